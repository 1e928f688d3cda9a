"""Where a company's name begins and ends on a paper: behind the words of its label, and with the form of the company; what runs on is no name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsers.folding import fold_key
from parsers.paper_lines import Piece, piece_of

_LIMITED = re.compile(r"^(?P<name>.*?\w.*?\b(?:limited|ltd)\b\.?)(?=[\s,;]+\S)(?!\s+(?:liability|partnership|company)\b)", re.IGNORECASE | re.DOTALL)
_CHINESE = re.compile(r"^(?P<name>.+?(?:有限公司|有限責任公司|有限责任公司))(?P<rest>.+)$", re.DOTALL)
_TYPE = re.compile(r"^\W*(?:有限責任公司|有限责任公司|股份有限公司|外商|港澳台|台港澳|中外|个人|個人)")
_ADDRESS = re.compile(r"香港|九龍|九龙|新界|\d|[樓楼室座]")
_LABELS = frozenset(
    fold_key(text)
    for text in (
        "Company Name",
        "Name of Company",
        "Name of the Company",
        "公司名稱",
        "公司名",
        "English Name",
        "Chinese Name",
        "英文名稱",
        "中文名稱",
    )
)
_ALONE = _LABELS | {fold_key(text) for text in ("Name", "名稱", "English", "Chinese", "英文", "中文", "Company", "公司")}
_LONGEST = 8  # words of a label in two languages


def ended(name: str) -> str:
    """A name up to the form of its company ('... Limited', '…有限公司'), where what follows is an address, a kind of company or another name."""
    latin = _LIMITED.match(name)
    if latin:
        return latin["name"].strip()
    chinese = _CHINESE.match(name)
    if chinese and (_TYPE.match(chinese["rest"]) or _ADDRESS.search(chinese["rest"])):
        return chinese["name"].strip()
    return name


def pieces_until(pieces: Sequence[Piece], name: str) -> tuple[Piece, ...]:
    """The pieces, and of the last one the words, that make up a name that was cut at its end."""
    left = len(fold_key(name))
    kept: list[Piece] = []
    for piece in pieces:
        words = []
        for word in piece.words:
            if left <= 0:
                break
            words.append(word)
            left -= len(fold_key(word.text))
        if words:
            kept.append(piece if len(words) == len(piece.words) else piece_of(words, piece.page))
    return tuple(kept)


def without_label(piece: Piece) -> Piece | None:
    """A piece without the label of a company's name at its beginning, in one language or two; None where it is nothing else."""
    starts = 0
    for count in range(1, min(len(piece.words), _LONGEST) + 1):
        key = fold_key("".join(word.text for word in piece.words[:count]))
        if _is_label(key, _ALONE if count == len(piece.words) else _LABELS):
            starts = count
    if not starts:
        return piece
    return piece_of(piece.words[starts:], piece.page) if starts < len(piece.words) else None


def _is_label(key: str, labels: frozenset[str]) -> bool:
    """Whether a folded text is one label, or one label after the other."""
    return key in labels or any(key.startswith(label) and key[len(label) :] in labels for label in labels)
