"""What Mainland registries and identity cards print: business licences, registers of shareholders, Hong Kong identity documents."""

from __future__ import annotations

import re

from stdnum.cn import uscc

from parsers.dates import find_dates
from parsers.folding import compatible, fold
from parsers.paper_lines import Piece, piece_of
from parsers.paper_name_ends import ended, pieces_until
from parsers.paper_values import Found, PaperText, by_script, candidates, dates_at, is_chinese

_USCC = re.compile(r"(?<![0-9A-Za-z])([0-9A-HJ-NPQRTUWXYIOSVZ]{2}\s?[0-9OISZ]{6}\s?[0-9A-Z]{9}\s?[0-9A-Z])(?![0-9A-Za-z])")
_LOOKS_LIKE = str.maketrans({"I": "1", "O": "0", "S": "5", "Z": "2"})  # letters that the code does not use (GB 32100-2015)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)\s*[%\uff05]")
_NO_PERSON = re.compile(r"\d|[省市区县镇路号]\S*[省市区县镇路号]|公司|有限|年|月")
_PERSON = re.compile(r"^[\u3400-\u9fff·]{2,5}$")
_HKID = re.compile(r"(?<![A-Z0-9])([A-Z]{1,2})\s?\d{6}\s?[(\uff08]?\s?([0-9A])\s?[)\uff09]?(?![A-Z0-9])")
_LATIN_NAME = re.compile(r"^[A-Z][A-Za-z'-]+\s?,\s?[A-Z][A-Za-z'-]+(?:[ -][A-Z]?[A-Za-z'-]+)*$")
_ENTERPRISE = re.compile(r"(?:公司|厂|廠|企业|集团|中心)\W*$")
_LEVEL_PT, _NO_LABEL = 12.0, 0.93  # values of a licence begin level; certainty of a name whose label was not read
_HEADS = (
    "姓名",
    "股东",
    "股东名称",
    "自然人股东",
    "自然人",
    "香港居民",
    "中国公民",
    "身份证",
    "法人股东",
    "合计",
    "姓名name",
    "性别",
    "出生日期",
    "签发日期",
    "永久性居民",
    "香港身份证",
)


def business_licence(paper: PaperText) -> dict[str, Found]:
    found: dict[str, Found] = {}
    for key in ("name", "enterprise_type", "legal_representative", "address"):
        value = _at(paper, key)
        if value:
            found[key] = value
    if "name" not in found and (name := _name_without_label(paper, found.get("enterprise_type"))) is not None:
        found["name"] = name
    code = _social_credit_code(paper)
    if code:
        found["uscc"] = code
    established, _ = dates_at(paper, "established_on")
    if established:
        found["established_on"] = established
    expiry = _end_of_term(paper)
    if expiry:
        found["expires_on"] = expiry
    return found


def _name_without_label(paper: PaperText, type_of_enterprise: Found | None) -> Found | None:
    """The enterprise's name whose label (名称, printed wide) a reader of the picture missed: a company's name alone on the row over its type, level
    with the values."""
    below = type_of_enterprise.pieces[0] if type_of_enterprise is not None else None
    if below is None:
        return None
    over = [row for row in paper.rows() if row.page == below.page and row.box[3] <= below.box[1] + 2 and row.pieces]
    row = max(over, key=lambda row: row.box[3], default=None)
    if row is None or len(row.pieces) != 1:
        return None
    piece = row.pieces[0]
    level = abs(piece.box[0] - below.box[0]) <= _LEVEL_PT and below.box[1] - piece.box[3] < 3 * piece.height
    return Found(piece.text, (piece,), _NO_LABEL, piece.text) if level and is_chinese(piece.text) and _ENTERPRISE.search(piece.text) else None


def _at(paper: PaperText, key: str) -> Found | None:
    """The text at a label: the first lines that are not a mere bracket of the printed form. Chinese alone where both scripts stand."""
    for sheet, label in paper.labels(key):
        for lines in candidates(sheet, label):
            kept = [line for line in lines.lines if line.key]
            if not kept or (key != "address" and not any(is_chinese(line.text) or re.search(r"[A-Za-z]", line.text) for line in kept)):
                continue
            if key == "legal_representative":
                kept = kept[:1]
                if len(kept[0].key) < 2 or _NO_PERSON.search(kept[0].text):
                    continue
            text = "".join(line.text for line in kept)
            name = ended(text) if key == "name" else text
            return Found(name, pieces_until(kept, name) if name != text else tuple(kept), 1.0 if label.exact else 0.9, name)
    return None


def _social_credit_code(paper: PaperText) -> Found | None:
    """The 18 characters: the first run of them whose check character is right, else the first run at all (real ones sometimes fail)."""
    seen: Found | None = None
    for row in paper.rows():
        for pieces in (*((piece,) for piece in row.pieces), row.pieces):
            text = compatible(" ".join(piece.text for piece in pieces)).upper()
            for match in _USCC.finditer(text):
                code = re.sub(r"\s", "", match[1])
                for reading, certainty in ((code, 1.0), (code.translate(_LOOKS_LIKE), 0.9)):
                    here = Found(reading, (_word_piece(pieces, code),), certainty, match[1])
                    if uscc.is_valid(reading):
                        return here
                    seen = seen or (here if reading[2:8].isdigit() else None)
    return seen._replace(certainty=0.75) if seen else None


def _word_piece(pieces: tuple[Piece, ...], code: str) -> Piece:
    words = [word for piece in pieces for word in piece.words if re.sub(r"\s", "", compatible(word.text)).upper() in code]
    return piece_of(words or [word for piece in pieces for word in piece.words], pieces[0].page)


def _end_of_term(paper: PaperText) -> Found | None:
    """The last day of the term where one is printed; 长期, or nothing, has no end."""
    for sheet, label in paper.labels("expires_on"):
        for lines in candidates(sheet, label):
            dates = [(hit, piece) for piece in lines.lines[:2] for hit in find_dates(piece.text)]
            if any("长期" in fold(piece.text) for piece in lines.lines[:2]):
                return None
            if len(dates) >= 2:
                hit, piece = dates[1]
                return Found(hit.iso, (piece,), hit.certainty, piece.text[hit.start : hit.end])
            if dates and re.search(r"至|止", dates[0][1].text):
                hit, piece = dates[0]
                return Found(hit.iso, (piece,), 0.85 * hit.certainty, piece.text[hit.start : hit.end])
    return None


def shareholding(paper: PaperText) -> dict[str, Found]:
    """Who holds how much, row by row, as ``holders``; the resident's own share where exactly one holder is marked as of Hong Kong."""
    holders: list[tuple[str, float, Piece, bool]] = []
    for row in paper.rows():
        text = compatible(" ".join(piece.text for piece in row.pieces))
        shares = _PERCENT.findall(text)
        names = [word for word in row.words if _PERSON.match(word.text) and fold(word.text) not in _HEADS]
        if not names:
            names = [word for word in row.words if is_chinese(word.text) and len(word.text) > 4 and "公司" in word.text]
        if shares and names and not re.search(r"合\s*计|合\s*計|total", text, re.IGNORECASE):
            of_hong_kong = bool(re.search(r"香港|hong\s*kong|hk", text, re.IGNORECASE))
            holders.append((names[0].text, float(shares[-1]), piece_of(row.words, row.page), of_hong_kong))
    if not holders:
        return {}
    listed = "; ".join(f"{name} {share:g}%" for name, share, _, _ in holders)
    found = {"holders": Found(listed, tuple(piece for _, _, piece, _ in holders), 0.9, listed)}
    residents = [holder for holder in holders if holder[3]]
    if len(residents) == 1:
        name, share, piece, _ = residents[0]
        found["resident_name"] = Found(name, (piece,), 0.9, name)
        found["resident_share"] = Found(int(share) if share == int(share) else share, (piece,), 0.9)
    return found


def identity(paper: PaperText) -> dict[str, Found]:
    """The holder's name, English and Chinese, and the card's number with all but its first letter and check digit masked."""
    found: dict[str, Found] = {}
    for row in paper.rows():
        for piece in row.pieces:
            text = compatible(piece.text).strip()
            number = _HKID.search(text)
            if number and "hkid_masked" not in found:
                masked = f"{number[1][0]}******({number[2]})"
                found["hkid_masked"] = Found(masked, (piece,), 0.9, masked)
            for part in by_script(piece):
                plain = compatible(part.text).strip()
                if "name" not in found and _LATIN_NAME.match(plain):
                    found["name"] = Found(plain, (part,), 0.9)
                elif (
                    "name_zh" not in found
                    and _PERSON.match(plain.replace(" ", ""))
                    and fold(plain).replace(" ", "") not in _HEADS
                    and not re.search(r"男|女|身份|香港|日期|副本", plain)
                ):
                    found["name_zh"] = Found(plain.replace(" ", ""), (part,), 0.8)
    if "name" not in found and "name_zh" in found:
        found["name"] = found.pop("name_zh")
    return found
