"""What a quotation says: who offers (the letterhead, never the addressee), the grand total, and the day it is dated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from parsers.amounts import FoundAmount, find_amounts
from parsers.catalogue import PaperFieldSpec
from parsers.dates import find_dates
from parsers.folding import compatible, fold, fold_key
from parsers.paper_lines import Piece, Row
from parsers.paper_suppliers import supplier_of
from parsers.paper_values import Found, PaperText, candidates, date_in

_NO_TOTAL = re.compile(r"sub\s*-?\s*total|小计|deposit|订金|定金|%\s*(?:of|deposit)|unit|单价|数量|qty|tax|税额|分项", re.IGNORECASE)
_LESS = re.compile(r"discount|折扣|减", re.IGNORECASE)
_AFTER = re.compile(r"after|net\b|后|折实")  # a sum after the discount is the sum that is asked for
_LISTED = re.compile(r"^(?:[A-Za-z]|\d{1,3}|[一二三四五六七八九十]{1,3})?[.、 ]+(?=\D)")
_MONEY_CHARACTERS = re.compile(r"[\dhk¥rmb元港币us]")
_NOT_THE_DATE = re.compile(r"valid|有效|expir|deliver|交貨|交货|completion|due|截止|start|訂|order|received", re.IGNORECASE)
_PARENTHESES = re.compile(r"[(\uff08][^)\uff09]{0,60}[)\uff09]")
_CURRENCIES = (
    ("CNY", re.compile(r"RMB|CNY|人民[幣币]|¥|\uffe5")),
    ("USD", re.compile(r"US\s?\$|USD|美[元金]")),
    ("HKD", re.compile(r"HK\s?\$|HKD|港[元幣币]")),
)


class _Sum(NamedTuple):
    rank: int
    order: int
    amount: FoundAmount
    piece: Piece
    doubt: float


def quotation(paper: PaperText) -> dict[str, Found]:
    found: dict[str, Found] = dict(supplier_of(paper.views))
    total = _total(paper)
    if total:
        found["total"] = Found(total.amount.value, (total.piece,), total.amount.certainty * total.doubt)
        currency = total.amount.currency or _currency(paper)
        if currency not in (None, "HKD"):
            found["currency"] = Found(str(currency), (total.piece,))
    dated = _dated(paper)
    if dated:
        found["dated"] = dated
    return found


def _total(paper: PaperText) -> _Sum | None:
    """The grand total: best label first, then the last such row of the paper; a row's amount is its last one."""
    sums = list(_sums(paper))
    if not sums:
        return _only_amount(paper)
    rank = min(each.rank for each in sums)
    best = max((each for each in sums if each.rank == rank), key=lambda each: each.order)
    larger = [each for each in sums if each.amount.value > best.amount.value and each.order > best.order]
    return best._replace(doubt=best.doubt * 0.6) if larger else best


def _sums(paper: PaperText) -> Iterator[_Sum]:
    spec = _field(paper, "total")
    rows = list(paper.rows())
    for order, row in enumerate(rows):
        for place, piece in enumerate(row.pieces):
            rank = _total_rank(piece.text, spec)
            if rank is None:
                continue
            right = [piece, *row.pieces[place + 1 :]]
            amount = _last_amount(right)
            if (
                amount is None
                and place == len(row.pieces) - 1
                and len(row.pieces) == 1
                and order + 1 < len(rows)
                and len(rows[order + 1].pieces) <= 2
            ):
                amount = _last_amount(list(rows[order + 1].pieces))
            if amount:
                yield _Sum(rank, order, amount[0], amount[1], 1.0)
                break


def _total_rank(text: str, spec: PaperFieldSpec) -> int | None:
    """0 for a grand total's label, 1 for a plain total's; None where the piece does not begin with either."""
    plain = fold(_PARENTHESES.sub(" ", compatible(text)))
    if _NO_TOTAL.search(plain) or (_LESS.search(plain) and not _AFTER.search(plain)):
        return None
    key = fold_key(_LISTED.sub("", plain))
    for rank, labels in enumerate((spec.first_labels, spec.labels)):
        for label in labels:
            wanted = fold_key(label)
            if key.startswith(wanted) and len(_MONEY_CHARACTERS.sub("", key[len(wanted) :])) <= 26:
                return 0 if _AFTER.search(plain) else rank
    return None


def _last_amount(pieces: Sequence[Piece]) -> tuple[FoundAmount, Piece] | None:
    """The last amount of money on a row, in figures where figures and words both stand."""
    for piece in reversed(pieces):
        amounts = find_amounts(piece.text) or _bare(piece.text)
        if amounts:
            figures = [amount for amount in amounts if re.search(r"\d", piece.text[amount.start : amount.end])]
            return (figures or list(amounts))[-1], piece
    return None


def _bare(text: str) -> tuple[FoundAmount, ...]:
    """A whole number standing alone in a total's row, without sign or commas ('72000')."""
    match = re.fullmatch(r"\D{0,20}?(\d{3,9})\s*", compatible(text))
    return (FoundAmount(start=match.start(1), end=match.end(1), value=int(match[1]), currency=None, certainty=0.85),) if match else ()


def _only_amount(paper: PaperText) -> _Sum | None:
    """A quotation in prose, or a table of one line: the one amount that it names."""
    amounts = [(amount, piece) for piece in paper.pieces() for amount in find_amounts(piece.text) if amount.value >= 100]
    if not amounts or len({amount.value for amount, _ in amounts}) > 1:
        return None
    return _Sum(9, 0, *amounts[-1], 0.7)


def _currency(paper: PaperText) -> str | None:
    """The currency that the table's heads name, where a total carries none."""
    text = compatible(" ".join(piece.text for piece in paper.pieces()))
    named = [name for name, pattern in _CURRENCIES if pattern.search(text)]
    return named[0] if len(named) == 1 else None


def _dated(paper: PaperText) -> Found | None:
    for sheet, label in paper.labels("dated"):
        for lines in candidates(sheet, label):
            for piece in lines.lines[:1]:
                dated = date_in(piece)
                if dated:
                    return dated
    labels = tuple(fold(label) for label in _field(paper, "dated").labels)
    for row in paper.views[0].rows:
        for piece in row.pieces:
            plain = fold(piece.text)
            if any(plain.startswith(label) for label in labels) and not _NOT_THE_DATE.search(plain) and (dated := date_in(piece)):
                return dated
    heads = [row for row in paper.views[0].rows if row.box[1] < 0.45 * paper.views[0].page.height]
    free = [
        (piece, hit)
        for row in heads
        for piece in row.pieces
        for hit in find_dates(piece.text)
        if not _NOT_THE_DATE.search(" ".join(other.text for other in row.pieces)) and not _NOT_THE_DATE.search(_above(piece, heads))
    ]
    if len({hit.iso for _, hit in free}) == 1:
        piece, hit = free[0]
        return Found(hit.iso, (piece,), 0.85 * hit.certainty, piece.text[hit.start : hit.end])
    return None


def _above(piece: Piece, rows: Sequence[Row]) -> str:
    """The text close above a piece, in its column: the label of a date that stands below it."""
    over = (
        other
        for row in rows
        for other in row.pieces
        if 0 < piece.box[1] - other.box[1] < 2.6 * piece.height and other.box[0] < piece.box[2] and piece.box[0] < other.box[2]
    )
    nearest = max(over, key=lambda other: other.box[1], default=None)
    return nearest.text if nearest else ""


def _field(paper: PaperText, key: str) -> PaperFieldSpec:
    return next(field for field in paper.spec.fields if field.key == key)
