"""What a quotation says: who offers (the letterhead, never the addressee), the grand total, and the day it is dated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

from parsers.amounts import FoundAmount, find_amounts
from parsers.dates import find_dates
from parsers.folding import compatible, fold, fold_key
from parsers.paper_kinds import PageView
from parsers.paper_lines import Piece, Row, piece_of
from parsers.paper_values import Found, PaperText, by_script, candidates, date_in, is_chinese, is_company

_ADDRESSEE = re.compile(
    r"^\s*(?:to|attn|attention|客戶|客户|致|買方|买方|需方|customer|client|bill\s*to|messrs|m/s|甲方|收件人|公司名稱|quotation\s*(?:to|for))\s*(?:名稱|名称|name)?\s*(?:[:\uff1a.]|$|\s)",
    re.IGNORECASE,
)
_ADDRESSEE_GLUED = re.compile(r"^\s*(?:致|客戶|客户|需方|買方|买方)[:\uff1a]?\S")
_OFFERS = re.compile(
    r"^\W*(?:for\s+and\s+on\s+behalf\s+of|代表|報價(?:公司|單位|方|人)|报价(?:公司|单位|方|人)|供應商(?:名稱)?|供应商(?:名称)?|供方|賣方|卖方|supplier|vendor|from|quoted\s+by)\s*[:\uff1a]?\s*",
    re.IGNORECASE,
)
_BEST_TOTAL = (
    "grand total",
    "总计",
    "总金额",
    "总额",
    "总价",
    "合共",
    "net total",
    "net amount",
    "总报价",
    "报价总额",
    "优惠价",
    "折实价",
    "最终报价",
    "total payable",
    "amount due",
    "净额",
    "工程总价",
    "费用总额",
    "contract sum",
    "lump sum",
    "total quotation",
    "quotation total",
    "全数",
    "总费用",
    "顾问费用总额",
    "total consultancy fee",
)
_TOTAL = ("total", "合计", "共计", "合计金额", "total amount", "总数", "total price", "total sum", "total cost", "total fee", "总共")
_NO_TOTAL = re.compile(
    r"sub\s*-?\s*total|小计|小計|discount|折扣|减|deposit|订金|定金|%\s*(?:of|deposit)|unit|单价|数量|qty|tax|税额|分项", re.IGNORECASE
)
_DATE_LABELS = (
    "date",
    "日期",
    "报价日期",
    "quotation date",
    "quote date",
    "date of quotation",
    "issue date",
    "issued on",
    "发出日期",
    "dated",
    "date of issue",
    "报价单日期",
    "开单日期",
)
_NOT_THE_DATE = re.compile(r"valid|有效|expir|deliver|交貨|交货|completion|due|截止|start|訂|order|received", re.IGNORECASE)
_PARENTHESES = re.compile(r"[(\uff08][^)\uff09]{0,24}[)\uff09]")
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


def supplier_of(views: Sequence[PageView]) -> dict[str, Found]:
    """The supplier's English and Chinese names: the largest company name at the head of the first page, else whoever signs."""
    first = views[0]
    usual = median([piece.height for row in first.rows for piece in row.pieces] or [10.0])
    reach = max(0.42 * first.page.height, 0.0)
    addressed = _addressed(first.rows)
    heads: list[tuple[float, Piece]] = []
    for row in first.rows:
        if row.box[1] > reach or (row.pieces and _is_addressee(row.pieces[0])):
            continue
        for piece in row.pieces:
            for part in by_script(piece):
                name = _without_offers(part)
                if name and is_company(name.text) and len(name.key) <= 80 and not _in(name, addressed) and not _in_sentence(name):
                    heads.append((name.height / usual - 0.6 * name.box[1] / first.page.height, name))
    if not heads:
        return _signatory(views, addressed)
    heads.sort(key=lambda head: -head[0])
    best = heads[0][1]
    other = next(
        (piece for _, piece in heads[1:] if is_chinese(piece.text) != is_chinese(best.text) and abs(piece.box[1] - best.box[1]) < 4 * best.height),
        None,
    )
    english, chinese = (other, best) if is_chinese(best.text) else (best, other)
    return _named(english, chinese, 1.0)


def issuer(view: PageView, kind: str) -> str:
    """The key of whoever issued a page, for telling two papers of one kind apart; "" where it cannot be told."""
    names = supplier_of((view,))
    return fold_key(str(names["supplier"].value)) if "supplier" in names else ""


def _named(english: Piece | None, chinese: Piece | None, certainty: float) -> dict[str, Found]:
    named: dict[str, Found] = {}
    if english:
        named["supplier"] = Found(english.text.strip(" ,:"), (english,), certainty)
    if chinese:
        named["supplier_zh" if english else "supplier"] = Found(chinese.text, (chinese,), certainty)
    return named


def _signatory(views: Sequence[PageView], addressed: frozenset[str]) -> dict[str, Found]:
    """No name at the head: 'For and on behalf of …', 'Supplier: …', or the only other company named at the foot."""
    rows = [row for view in views for row in view.rows]
    for index, row in enumerate(rows):
        for piece in row.pieces:
            if not _OFFERS.match(piece.text):
                continue
            following = rows[index + 1].pieces if index + 1 < len(rows) else ()
            beside = [other for other in row.pieces if other.box[0] > piece.box[2]]
            for name in filter(None, (_without_offers(piece), *beside, *following)):
                if is_company(name.text) and len(name.key) <= 80 and not _in(name, addressed):
                    return _named(None, name, 0.85) if is_chinese(name.text) else _named(name, None, 0.85)
    feet = [
        piece
        for row in rows
        for piece in row.pieces
        if is_company(piece.text) and len(piece.key) <= 60 and not _in(piece, addressed) and not _is_addressee(piece) and not _in_sentence(piece)
    ]
    names = {piece.key: piece for piece in feet}
    if len(names) == 1:
        name = next(iter(names.values()))
        return _named(None, name, 0.6) if is_chinese(name.text) else _named(name, None, 0.6)
    return {}


def _is_addressee(piece: Piece) -> bool:
    return bool(_ADDRESSEE.match(piece.text) or _ADDRESSEE_GLUED.match(piece.text))


def _addressed(rows: Sequence[Row]) -> frozenset[str]:
    """Keys of the lines that name the addressee: beside or just below 'To', '致', 'Customer'."""
    keys: set[str] = set()
    for index, row in enumerate(rows):
        for place, piece in enumerate(row.pieces):
            if not _is_addressee(piece):
                continue
            own = fold_key(_ADDRESSEE.sub("", piece.text, count=1))
            beside = [other.key for other in row.pieces[place + 1 : place + 2]]
            keys.update(key for key in (own, *beside) if len(key) > 3)
            if not own and not beside:
                keys.update(other.key for below in rows[index + 1 : index + 2] for other in below.pieces if abs(other.box[0] - piece.box[0]) < 60)
            anchor = piece.box[0] if own else (row.pieces[place + 1].box[0] if beside else piece.box[0])
            for below in rows[index + 1 : index + 3]:
                keys.update(other.key for other in below.pieces if abs(other.box[0] - anchor) < 12 and is_company(other.text))
    return frozenset(keys)


def _in(name: Piece, addressed: frozenset[str]) -> bool:
    return any(name.key == key or (len(name.key) > 5 and name.key in key) for key in addressed)


def _in_sentence(name: Piece) -> bool:
    return bool(re.search(r"[。;;]|\.\s+\w|條款|payable|cheque|抬頭|bank|account|銀行", re.sub(r"(?i)\b(?:co|ltd|inc)\.", "", name.text), re.IGNORECASE))


def _without_offers(piece: Piece) -> Piece | None:
    match = _OFFERS.match(piece.text)
    if not match:
        return piece
    rest = piece.text[match.end() :]
    words = [word for word in piece.words if word.text.strip(" :\uff1a") and fold_key(word.text) in fold_key(rest)]
    return piece_of(words, piece.page)._replace(text=rest) if rest.strip() and words else None


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
    rows = list(paper.rows())
    for order, row in enumerate(rows):
        for place, piece in enumerate(row.pieces):
            rank = _total_rank(piece.text)
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


def _total_rank(text: str) -> int | None:
    """0 for a grand total's label, 1 for a plain total's; None where the piece does not begin with either."""
    plain = fold(_PARENTHESES.sub(" ", compatible(text)))
    spaced = plain.replace(" ", "")
    if _NO_TOTAL.search(plain):
        return None
    for rank, labels in enumerate((_BEST_TOTAL, _TOTAL)):
        for label in labels:
            if spaced.startswith(label.replace(" ", "")) or re.match(rf"^[\w.、 ]{{0,4}}{re.escape(label)}\b", plain):
                rest = spaced[spaced.find(label.replace(" ", "")) + len(label.replace(" ", "")) :]
                if len(re.sub(r"[\d.,$hk¥rmb元港币幣us:()/-]", "", rest)) <= 26:
                    return rank
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
    for row in paper.views[0].rows:
        for piece in row.pieces:
            plain = fold(piece.text)
            if any(plain.startswith(label) for label in _DATE_LABELS) and not _NOT_THE_DATE.search(plain) and (dated := date_in(piece)):
                return dated
    heads = [row for row in paper.views[0].rows if row.box[1] < 0.45 * paper.views[0].page.height]
    free = [
        (piece, hit)
        for row in heads
        for piece in row.pieces
        for hit in find_dates(piece.text)
        if not _NOT_THE_DATE.search(" ".join(other.text for other in row.pieces))
    ]
    if len({hit.iso for _, hit in free}) == 1:
        piece, hit = free[0]
        return Found(hit.iso, (piece,), 0.85 * hit.certainty, piece.text[hit.start : hit.end])
    return None
