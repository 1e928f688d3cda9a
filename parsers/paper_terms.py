"""How long an agreement runs: its last day, printed or reckoned from its first day and its years."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from parsers.dates import FoundDate, find_dates
from parsers.folding import compatible
from parsers.paper_lines import Piece
from parsers.paper_values import Found, PaperText
from parsers.values import Method

_TERM = re.compile(
    r"有效期|合同期限|協議期限|协议期限|合作期限|期限|有效至|valid|validity|term\s+of|duration|in\s+force|expire|effective|commenc|起至|終止|终止|生效",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"(?:至|到|until|till|to|up\s+to|expir\w*(?:\s+on)?|ending(?:\s+on)?|through|[-–—~]|and\s+end\w*(?:\s+on)?|止|屆滿|届满|于|於)\s*(?:and\s+including\s*)?[,\uff0c:\uff1a]?\s*$",
    re.IGNORECASE,
)
_AFTER = re.compile(r"^\s*(?:止|屆滿|届满|期滿|期满|到期|終止|终止|为止|為止)")
_NUMERALS = {
    "一": 1, "壹": 1, "二": 2, "贰": 2, "貳": 2, "两": 2, "兩": 2, "三": 3, "叁": 3, "四": 4, "五": 5, "伍": 5, "六": 6, "七": 7, "八": 8,
    "九": 9, "十": 10, "拾": 10, "十五": 15, "二十": 20, "三十": 30, "五十": 50,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "fifteen": 15, "twenty": 20,
    "thirty": 30,
}  # fmt: skip
_YEARS = re.compile(
    rf"(?P<n>\d{{1,2}}|{'|'.join(sorted(_NUMERALS, key=len, reverse=True))})\s*(?:[(\uff08]\s*\w{{1,6}}\s*[)\uff09]\s*)?(?:個|个)?\s*"
    r"(?P<unit>年|years?|月|months?)(?!\d|\s*\d+\s*月)",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"簽訂|签订|簽署|签署|簽字|签字|訂立|订立|signed|dated|日期", re.IGNORECASE)


_BEGUN, _SIGNED_ONCE = 0.95, 0.85  # certainty of a last day reckoned from a first day in the same clause, or from the one day of signing


class _Clause(NamedTuple):
    text: str
    pieces: tuple[Piece, ...]


def expiry(paper: PaperText) -> dict[str, Found]:
    """The agreement's last day as ``expires_on``: printed after 至 or 'until', else so many years from its first day (``derived``)."""
    clauses = list(_clauses(paper))
    for clause in clauses:
        dates = find_dates(clause.text)
        ends = [hit for hit in dates if _is_end(clause.text, hit, dates)]
        if ends:
            last = ends[-1]
            return {"expires_on": Found(last.iso, _pieces_of(clause, last), last.certainty, clause.text[last.start : last.end])}
    for clause in clauses:
        years = _YEARS.search(compatible(clause.text))
        begins = find_dates(clause.text)
        start = begins[0].iso if begins else _signed_on(paper)
        if years and start:
            return {"expires_on": _reckoned(start, years, clause, begun=bool(begins))}
    return {}


def _clauses(paper: PaperText) -> Iterator[_Clause]:
    """Each row that speaks of a term, with the row after it, for a clause may break over two lines."""
    rows = list(paper.rows())
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        text = " ".join(piece.text for piece in row.pieces)
        if not _TERM.search(compatible(text)):
            continue
        more = following.pieces if following is not None and not text.rstrip().endswith(("。", ".")) else ()
        yield _Clause(_run_on(text, " ".join(piece.text for piece in more)), (*row.pieces, *more))


def _run_on(text: str, more: str) -> str:
    return text + more if more and re.match(r"[\u3400-\u9fff\d]", more) and re.search(r"[\u3400-\u9fff\d]$", text) else f"{text} {more}".strip()


def _is_end(text: str, hit: FoundDate, dates: tuple[FoundDate, ...]) -> bool:
    before, after = text[: hit.start], text[hit.end :]
    later = any(other.iso < hit.iso for other in dates)
    if _AFTER.match(after):
        return True
    if not _UNTIL.search(compatible(before)):
        return False
    plain = compatible(before).rstrip()
    return later if plain.endswith(("于", "於")) else True


def _pieces_of(clause: _Clause, hit: FoundDate) -> tuple[Piece, ...]:
    writing = re.sub(r"\s", "", clause.text[hit.start : hit.end])
    own = tuple(piece for piece in clause.pieces if writing in re.sub(r"\s", "", piece.text))
    return own[:1] or clause.pieces


def _reckoned(start: str, years: re.Match[str], clause: _Clause, *, begun: bool) -> Found:
    written = years["n"].lower()
    number = int(written) if written.isdigit() else _NUMERALS[written]
    length = relativedelta(months=number) if years["unit"].lower().startswith(("月", "month")) else relativedelta(years=number)
    last = date.fromisoformat(start) + length - relativedelta(days=1)
    return Found(last.isoformat(), clause.pieces, _BEGUN if begun else _SIGNED_ONCE, clause.text, Method.DERIVED)


def _signed_on(paper: PaperText) -> str | None:
    """The day of signing, where all dated lines that speak of it tell the same one."""
    signed = {
        hit.iso
        for row in paper.rows()
        for hit in find_dates(" ".join(p.text for p in row.pieces))
        if _SIGNED.search(" ".join(p.text for p in row.pieces))
    }
    return signed.pop() if len(signed) == 1 else None
