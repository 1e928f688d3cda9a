"""Who issued a quotation: the letterhead or the signatory, never the addressee."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from parsers.folding import fold_key
from parsers.paper_kinds import PageView
from parsers.paper_lines import Piece, Row, piece_of
from parsers.paper_values import Found, by_script, is_chinese, is_company

_ADDRESSEE = re.compile(
    r"^\s*(?:to|attn|attention|客戶|客户|致|買方|买方|需方|customer|client|bill\s*to|messrs|m/s|甲方|收件人|公司名稱|quotation\s*(?:to|for))\s*(?:名稱|名称|name)?\s*(?:[:\uff1a.]|$|\s)",
    re.IGNORECASE,
)
_PERSON = re.compile(r"^\s*(?:attn|attention|收件人|聯絡人|联系人)", re.IGNORECASE)
_ADDRESSEE_GLUED = re.compile(r"^\s*(?:致|客戶|客户|需方|買方|买方)[:\uff1a]?\S")
_OFFERS = re.compile(
    r"^\W*(?:for\s+and\s+on\s+behalf\s+of|代表|報價(?:公司|單位|方|人)|报价(?:公司|单位|方|人)|供應商(?:名稱)?|供应商(?:名称)?|供方|賣方|卖方|supplier|vendor|from|quoted\s+by)"
    r"(?:\s*[(\uff08][^)\uff09]{1,8}[)\uff09])?\s*[:\uff1a]?\s*",
    re.IGNORECASE,
)
_SIGNS_FOR = re.compile(r"^\s*[Ff]or\s+(?=[A-Z][^.]*\b(?:[Ll]imited|LIMITED|[Ll]td|LTD|[Cc]o|CO|[Cc]ompany|COMPANY|[Ii]nc|[Cc]orp)\b\.?\W*$)")
_NAMED_AFTER = re.compile(
    r"^\W*(?:供方|賣方|卖方|供應商(?:名稱)?|供应商(?:名称)?|報價(?:公司|單位)|报价(?:公司|单位)|supplier|vendor)(?:\s*[(\uff08][^)\uff09]{1,8}[)\uff09])?\s*[:\uff1a]\s*(?=\S)",
    re.IGNORECASE,
)
_FOR_WHOM = re.compile(r"^\W*(?:\w+(?:\W+\w+){0,2}\s+)?(?:to|for)\W*$", re.IGNORECASE)  # 'Estimate to', 'Prepared for', alone on a line
_FORM_IN_CHINESE = re.compile(r"(?:股份|責任|责任)?(?:有限)?公司|工程公司")
_FORM_ALONE = re.compile(r"(?:\b(?:company|co|limited|ltd|inc|corporation|corp|h\.?k|hong\s*kong)\b|[\W\d_])+", re.IGNORECASE)


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
                name = _unwrapped(_without_offers(part), first.rows)
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
            named = bool(_NAMED_AFTER.match(piece.text))
            for name in filter(None, (_without_offers(piece), *beside, *following)):
                if (is_company(name.text) or (named and _may_name_a_firm(name))) and len(name.key) <= 80 and not _in(name, addressed):
                    return _named(None, name, 0.85) if is_chinese(name.text) else _named(name, None, 0.85)
    feet = [piece for row in rows for piece in row.pieces if _may_sign(piece, addressed)]
    names = {piece.key: piece for piece in feet}
    if len(names) == 1:
        name = next(iter(names.values()))
        return _named(None, name, 0.6) if is_chinese(name.text) else _named(name, None, 0.6)
    return {}


def _may_sign(piece: Piece, addressed: frozenset[str]) -> bool:
    """Whether a line names a company that may have issued the paper: whole, not the addressee, no part of a sentence."""
    whole = is_company(piece.text) and not _FORM_ALONE.fullmatch(piece.text) and len(piece.key) <= 60
    return whole and not _in(piece, addressed) and not _is_addressee(piece) and not _in_sentence(piece)


def _may_name_a_firm(name: Piece) -> bool:
    """Whether what follows 'Supplier:' may be a firm's name although it has none of a company's forms."""
    return 2 <= len(name.key) <= 40 and not re.search(r"\d|[:\uff1a@_]", name.text)


def _unwrapped(name: Piece | None, rows: Sequence[Row]) -> Piece | None:
    """A name of which only the company's form stands here ('Limited'), with the line above that it ends; None where there is none."""
    if name is not None and _FORM_IN_CHINESE.fullmatch(name.key):
        return None
    if name is None or not _FORM_ALONE.fullmatch(name.text):
        return name
    over = (
        piece
        for row in rows
        for piece in row.pieces
        if 0 < name.box[1] - piece.box[1] < 2.2 * max(name.height, piece.height) and abs(piece.box[0] - name.box[0]) < name.height
    )
    start = max(over, key=lambda piece: piece.box[1], default=None)
    if start is None or _FORM_ALONE.fullmatch(start.text) or is_chinese(start.text):
        return None
    return piece_of((*start.words, *name.words), name.page)


def _is_addressee(piece: Piece) -> bool:
    return bool(_ADDRESSEE.match(piece.text) or _ADDRESSEE_GLUED.match(piece.text) or _FOR_WHOM.match(piece.text))


def _addressed(rows: Sequence[Row]) -> frozenset[str]:
    """Keys of the lines that name the addressee: beside or just below 'To', '致', 'Customer'."""
    keys: set[str] = set()
    for index, row in enumerate(rows):
        for place, piece in enumerate(row.pieces):
            if not _is_addressee(piece):
                continue
            if _PERSON.match(piece.text):
                keys.update(_named_above(rows[max(0, index - 4) : index], piece))
            own = "" if _FOR_WHOM.match(piece.text) else fold_key(_ADDRESSEE.sub("", piece.text, count=1))
            beside = [other.key for other in row.pieces[place + 1 : place + 2] if not _OFFERS.match(other.text)]
            keys.update(key for key in (own, *beside) if len(key) > 3)
            if not own and not beside:
                keys.update(other.key for below in rows[index + 1 : index + 2] for other in below.pieces if abs(other.box[0] - piece.box[0]) < 60)
            anchors = [piece.box[0], *(other.box[0] for other in row.pieces[place + 1 : place + 2] if not own)]
            for below in rows[index + 1 : index + 3]:
                keys.update(
                    other.key for other in below.pieces if is_company(other.text) and any(abs(other.box[0] - anchor) < 12 for anchor in anchors)
                )
    return frozenset(keys)


def _named_above(rows: Sequence[Row], attention: Piece) -> list[str]:
    """Company names in plain print above 'Attn:', in one column with it: an address block, as a letter opens."""
    pieces = [piece for row in rows for piece in row.pieces[:1]]
    return [
        piece.key
        for piece in pieces
        if is_company(piece.text) and abs(piece.box[0] - attention.box[0]) < 6 and piece.height <= 1.4 * attention.height
    ]


def _in(name: Piece, addressed: frozenset[str]) -> bool:
    return any(name.key == key or (len(name.key) > 5 and name.key in key) for key in addressed)


def _in_sentence(name: Piece) -> bool:
    return bool(
        re.search(
            r"[。;\uff1b]|\.\s+\w[^.]*\.\s*$|條款|payable|cheque|抬頭|bank|account|銀行",
            re.sub(r"(?i)\b(?:co|ltd|inc)\.", "", name.text),
            re.IGNORECASE,
        )
    )


def _without_offers(piece: Piece) -> Piece | None:
    match = _SIGNS_FOR.match(piece.text) or _OFFERS.match(piece.text)
    if not match:
        return piece
    rest = piece.text[match.end() :]
    words = [word for word in piece.words if word.text.strip(" :\uff1a") and fold_key(word.text) in fold_key(rest)]
    return piece_of(words or piece.words, piece.page)._replace(text=rest, key=fold_key(rest)) if rest.strip() else None
