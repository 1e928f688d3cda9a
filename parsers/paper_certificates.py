"""What Hong Kong's registries print: business registration certificates, certificates of incorporation, annual returns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from dateutil.relativedelta import relativedelta

from parsers.dates import find_dates, read_date
from parsers.folding import compatible, fold
from parsers.normal_values import Malformed
from parsers.paper_lines import Piece, piece_of
from parsers.paper_name_ends import without_label
from parsers.paper_names import doubted, name_at
from parsers.paper_values import Found, PaperText, candidates, date_in, dates_at, is_company, name_in
from parsers.paper_words import spelled_date

_CERTIFICATE_NO = re.compile(r"(?<!\d)(\d{8})\s*-\s*([0-9OQ]{3})\s*-\s*(\d{2})\s*-\s*(\d{2})\s*-\s*([0-9A-Z])(?![0-9A-Z])")
_EIGHT = re.compile(r"(?<!\d)(\d{4}\s?\d{4})(?!\d)")
_IMPRINT = re.compile(r"\b(?:ird\s*)?paid\b|received|已繳|收訖|已付|payment\s*received|收款|缴讫|繳訖", re.IGNORECASE)
_NOT_YET = re.compile(
    r"unpaid|not\s+paid|(?:to|be|if|when|until|once|been|is|was|are|and|or|levy|fee|amount)\s+(?:be\s+)?(?:fully\s+|duly\s+)?(?:paid|received)|未繳|尚未|未付|paid\s+(?:by|on\s+or|before|at|within|to|in)\b",
    re.IGNORECASE,
)
_FIGURES = re.compile(r"\d{2}[/.-]\d{2}[/.-]\d{2,4}|\d{1,3}(?:,\d{3})+|\d+\.\d{2}|\d{4}-\d{2}-\d{2}")
_LEAD_IN = re.compile(r"certify\s*that|證明(?!書)|证明(?!书)|兹证|茲證", re.IGNORECASE)
_LEAD_OUT = re.compile(
    r"is\s*this\s*day|was\s*(?:this\s*day\s*)?incorporated|incorporated\s*in\s*hong|is\s*incorporated|having\s*(?:by|changed)|於本日|於本證明書|根據公司條例|has\s*(?:this\s*day\s*)?(?:been|changed)|已於|\bissued\b|\bregistrar\b|given\s*under|\bdated\b|註冊處處長",
    re.IGNORECASE,
)
_NOW_NAMED = re.compile(
    r"(?:in|under|by)\s*the\s*name\s*of|changed\s*its\s*name\s*to|name\s*(?:is\s*now|has\s*been\s*changed\s*to)|名稱現為|名称现为|(?:更改|改稱|改名)為(?!法團)",
    re.IGNORECASE,
)
_NAMED_ANEW = re.compile(r"having\s*by|changed|更改", re.IGNORECASE)
_DATED = re.compile(r"issued\s*on|dated|given\s*under|day\s*of|本證明書於|發出|签发|簽發|日期", re.IGNORECASE)
_NUMBER = re.compile(r"(?:No\.?|NO\.?|Number|編號|号码|號碼|^第)\D{0,14}?(?<![\d])([FM]?\s?(?:\d\s?){5}\d(?:\s?\d){0,2})(?!\d)")


def br_certificate(paper: PaperText) -> dict[str, Found]:
    found: dict[str, Found] = dict(name_at(paper, "name"))
    for key in ("commenced_on", "expires_on"):
        dated, _ = dates_at(paper, key)
        if dated:
            found[key] = dated
    number = _certificate_number(paper)
    if number:
        found["br_number"] = number
    return _agreeing_dates(paper, found)


def has_payment_imprint(paper: PaperText) -> bool:
    """Whether a machine imprint or a receipt stamp shows that the fee was paid: such words alone or with a date and an amount, in no sentence."""
    for view in paper.views:
        for row in view.rows:
            line = compatible(" ".join(piece.text for piece in row.pieces))
            for text in {line, *(compatible(piece.text) for piece in row.pieces)}:
                if not _IMPRINT.search(text) or _NOT_YET.search(text):
                    continue
                rest = _IMPRINT.sub("", text)
                if len(re.findall(r"[A-Za-z\u3400-\u9fff]", rest)) <= 12 or (_FIGURES.search(rest) and len(rest) < 60):
                    return True
    return False


def _certificate_number(paper: PaperText) -> Found | None:
    """The first eight digits of the certificate number: by its printed pattern anywhere, else at its label."""
    for row in paper.rows():
        for piece in row.pieces:
            match = _CERTIFICATE_NO.search(compatible(piece.text))
            if match:
                words = tuple(word for word in piece.words if any(part in compatible(word.text) for part in (match[1], match[0]))) or piece.words
                return Found(match[1], (piece_of(words, piece.page),), text=match[0])
    for sheet, label in paper.labels("br_number"):
        for lines in candidates(sheet, label):
            for piece in lines.lines[:3]:
                match = _EIGHT.search(compatible(piece.text))
                if match:
                    return Found(re.sub(r"\D", "", match[1]), (piece,), 0.97)
    return None


def _agreeing_dates(paper: PaperText, found: dict[str, Found]) -> dict[str, Found]:
    """A certificate runs for one year or three (Cap. 310, s. 6): dates that do not are read again from all dates of the page, or doubted."""
    start, end = found.get("commenced_on"), found.get("expires_on")
    if start and end and start.value == end.value:  # one date read for both: the other was not
        found = {key: value for key, value in found.items() if key not in ("commenced_on", "expires_on")}
        start = end = None
    if start and end and _whole_years(str(start.value), str(end.value)):
        return {**found, "commenced_on": start._replace(certainty=1.0), "expires_on": end._replace(certainty=1.0)}
    if start and end:
        return {**found, "commenced_on": start._replace(certainty=0.6), "expires_on": end._replace(certainty=0.6)}
    dates = [(Found(hit.iso, (piece,), 0.85, piece.text[hit.start : hit.end])) for piece in paper.pieces() for hit in find_dates(piece.text)]
    for one in dates:
        for other in dates:
            fits = (not start or start.value == one.value) and (not end or end.value == other.value)
            if fits and _whole_years(str(one.value), str(other.value)):
                return {**found, "commenced_on": start or one, "expires_on": end or other}
    return found


def _whole_years(start: str, end: str) -> bool:
    """End of a period of one or three years; 29 February may end a day early or late."""
    begun, ended = date.fromisoformat(start), date.fromisoformat(end)
    return any(abs((begun + relativedelta(years=years) - relativedelta(days=1) - ended).days) <= 1 for years in (1, 3))


def certificate_of_incorporation(paper: PaperText) -> dict[str, Found]:
    found = dict(_certified_name(paper))
    number = _company_number(paper)
    if number:
        found["company_number"] = number
    dated = _certified_date(paper)
    if dated:
        found["incorporated_on"] = dated
    return found


def _certified_name(paper: PaperText) -> dict[str, Found]:
    """The name stands between 'I hereby certify that' and 'is this day incorporated'; after a change, behind 'in the name of'."""
    inside, renamed, before = False, False, ""
    lines: list[Piece] = []
    for row in paper.rows():
        text = compatible(" ".join(piece.text for piece in row.pieces))
        starts, ends = _LEAD_IN.search(text), _LEAD_OUT.search(text)
        if _NOW_NAMED.search(text) or (lines and _NOW_NAMED.search(f"{before} {text}")):
            inside, renamed, lines, before = True, False, [], ""
            continue
        if ends and (inside or lines):
            if _NAMED_ANEW.search(text):
                inside, renamed, before = False, True, text
                continue
            break
        before = text
        if starts and not is_company(text):
            inside = True
        elif inside and len(lines) < 4:
            lines.extend(piece for piece in map(without_label, row.pieces) if piece is not None)
    names = name_in("name", lines)
    if names and renamed:  # the new name was not found, and the old one is nobody's any more
        return {key: found._replace(whole=False) for key, found in names.items()}
    if names:
        return doubted(names, paper.spec)
    big = sorted(
        (piece for piece in paper.pieces() if is_company(piece.text) and len(piece.key) < 90 and not _NOT_A_NAME.search(piece.text)),
        key=lambda piece: -piece.height,
    )
    return {key: value._replace(certainty=0.7) for key, value in name_in("name", big[:2]).items()}


_DIGITS_BEFORE, _EIGHT_DIGITS_SINCE = 7, "2023-12-27"  # of company numbers until the business registration number took their place
_NOT_A_NAME = re.compile(r"ordinance|registr|certif|條例|證明書|處長|註冊處|limited\.$|有限公司。", re.IGNORECASE)


def _company_number(paper: PaperText) -> Found | None:
    for row in paper.rows():
        match = _NUMBER.search(compatible(" ".join(word.text for word in row.words)))
        if match:
            digits = re.sub(r"\s", "", match[1])
            return Found(digits, (_words_with(row.words, digits, row.page),), text=match[1].strip())
    for sheet, label in paper.labels("company_number"):
        for lines in candidates(sheet, label):
            for piece in lines.lines[:3]:
                boxed = _boxed_number(piece)
                if boxed:
                    return boxed
    return None


def _words_with(words: tuple[object, ...], digits: str, page: int) -> Piece:
    mine = [word for word in words if re.sub(r"\D", "", compatible(word.text)) and re.sub(r"\W", "", compatible(word.text)).strip("No.") in digits]  # type: ignore[attr-defined]
    return piece_of(mine or list(words), page)  # type: ignore[arg-type]


def _boxed_number(piece: Piece) -> Found | None:
    """A company number, in one piece or one digit a box."""
    digits = re.sub(r"[\s|]", "", compatible(_noughts(piece.text)))
    match = re.fullmatch(r"[A-Za-z.:]*([FM]?\d{7,8})(?:-\d{3}.*)?", digits)
    return Found(match[1], (piece,), text=piece.text) if match else None


def _certified_date(paper: PaperText) -> Found | None:
    """The day of issue, in either language; both languages agreeing is the better reading."""
    found: list[Found] = []
    for row in paper.rows():
        piece = piece_of(row.words, row.page)
        dates = find_dates(piece.text) if _DATED.search(piece.text) or find_dates(piece.text) else ()
        for hit in dates:
            near = 1.0 if _DATED.search(piece.text) else 0.8
            found.append(Found(hit.iso, (piece,), near * hit.certainty, piece.text[hit.start : hit.end]))
        spelled = spelled_date(fold(piece.text)) if not dates else None
        if spelled:
            found.append(Found(spelled, (piece,), 0.95))
    if not found:
        whole = spelled_date(fold(" ".join(piece.text for piece in paper.pieces())))
        lines = tuple(piece for piece in paper.pieces() if _DATED.search(piece.text))
        return Found(whole, lines[:2], 0.9) if whole and lines else None
    best = max(found, key=lambda each: (each.certainty, sum(other.value == each.value for other in found)))
    return best if len({each.value for each in found if each.certainty >= 0.9}) <= 1 else best._replace(certainty=0.6)


def annual_return(paper: PaperText) -> dict[str, Found]:
    found = dict(name_at(paper, "name"))
    for sheet, label in paper.labels("company_number"):
        for lines in candidates(sheet, label):
            boxed = next((boxed for piece in lines.lines[:3] if (boxed := _boxed_number(piece))), None)
            if boxed and "company_number" not in found:
                found["company_number"] = boxed
    if "company_number" not in found:
        number = _company_number(paper)
        if number:
            found["company_number"] = number
    made_up = next(_made_up_to(paper), None)
    if made_up:
        found["made_up_to"] = made_up
    if _is_border_read(found.get("company_number"), found.get("made_up_to")):
        del found["company_number"]
    return found


def _is_border_read(number: Found | None, made_up: Found | None) -> bool:
    """Whether a number set one digit a box has a digit more than company numbers had at the time: a box's border was read as one."""
    if number is None or made_up is None or number.text is None or " " not in number.text.strip():
        return False
    return len(re.sub(r"\D", "", str(number.value))) > _DIGITS_BEFORE and str(made_up.value) < _EIGHT_DIGITS_SINCE


def _noughts(text: str) -> str:
    """A nought in its box, which readers take for a character with a frame: 日, 口, 回."""
    return re.sub(r"(?<![^\s|])[日口回曰〇○OoQD](?![^\s|])", "0", text)


def _made_up_to(paper: PaperText) -> Iterator[Found]:
    """Day, month and year in digit boxes or as a date, beside the label or in the rows below it."""
    for sheet, label in paper.labels("made_up_to"):
        rows = [sheet.rows[index] for index in range(label.rows[0], min(len(sheet.rows), label.rows[-1] + 6))]
        for words in rows:
            free = [word for word in words if id(word) in sheet.free]
            if not free:
                continue
            piece = piece_of(free, sheet.page)
            digits = [word for word in free if re.search(r"\d", _noughts(word.text))]
            joined = re.sub(r"\D", "", "".join(compatible(_noughts(word.text)) for word in digits))
            outcome = read_date(f"{joined[:2]}/{joined[2:4]}/{joined[4:]}") if len(joined) == 8 else Malformed(reason="not a date")
            if not isinstance(outcome, Malformed):
                boxed = piece_of(digits, sheet.page)
                yield Found(str(outcome.value), (boxed,), 1.0 if boxed.text == _noughts(boxed.text) else 0.85, boxed.text)
            elif dated := date_in(piece):
                yield dated
