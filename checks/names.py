"""Names of companies: whether two printed names are the same company, and whether a name is that of a limited company.

Names are compared folded (NFKC, Traditional and Simplified as one, case), with the spellings that offices use for one another (Ltd, Co., HK, &).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from parsers.folding import fold, fold_key

_SPELLINGS = {
    "ltd": "limited",
    "lmtd": "limited",
    "co": "company",
    "coy": "company",
    "corp": "corporation",
    "mfy": "manufactory",
    "mfg": "manufacturing",
    "mftg": "manufacturing",
    "intl": "international",
    "int'l": "international",
    "bros": "brothers",
    "tech": "technology",
    "eng": "engineering",
    "engg": "engineering",
    "hk": "hongkong",
    "&": "and",
}
_LATIN_LIMITED = re.compile(r"(?:\blimited|\bltd|\blmtd)[\s.,)]*$")
_CHINESE_LIMITED = re.compile(r"有限(?:责任)?公司[\s.。)]*$")
_SAME_TO_THE_EYE = str.maketrans({"l": "i", "1": "i", "0": "o"})
_OFTEN_MISREAD = str.maketrans({"l": "i", "1": "i", "0": "o", "5": "s", "8": "b", "6": "b", "2": "z"})


def is_limited_company(name: str) -> bool:
    """Whether the name ends in Limited, Ltd or 有限公司 (programme.md, 'Which documents')."""
    latin, chinese = _scripts(name)
    return bool(_LATIN_LIMITED.search(fold(latin)) or _CHINESE_LIMITED.search(fold(chinese)))


@lru_cache(maxsize=16384)
def same_name(a: str, b: str) -> bool | None:
    """Whether two names are the same company's; None where one cannot tell.

    A name may hold both scripts; each script is compared with its own, and all scripts that both names hold must agree. Cannot tell: no script in
    common, names that differ only by 'Limited' and its like being left out, or only by letters and digits that a reader confuses (S and 5, B and 8).
    """
    answers = [_same(x, y) for x, y in zip(_scripts(a), _scripts(b), strict=True) if fold_key(x) and fold_key(y)]
    if not answers:
        return None
    if False in answers:
        return False
    return None if None in answers else True


def nearly_same_name(a: str, b: str) -> bool:
    """Whether two names differ by no more than a reader of scans gets wrong: one letter, or one in twelve."""
    first, second = fold_key(a), fold_key(b)
    return Levenshtein.distance(first, second) <= max(1, max(len(first), len(second)) // 12)


def _scripts(name: str) -> tuple[str, str]:
    """The Latin and the Chinese part of a name. A few Latin letters inside a Chinese name (ABC有限公司) belong to it, digits and signs to both."""
    if not any(_is_chinese(c) for c in name):
        return name, ""
    latin = re.sub(r"\s+", " ", "".join(" " if _is_chinese(c) else c for c in name))
    words = re.findall(r"[A-Za-z]{2,}", latin)
    if len(words) < 2:
        return "", name
    return latin, "".join(c for c in name if _is_chinese(c))


def _is_chinese(character: str) -> bool:
    return unicodedata.name(character, "").startswith(("CJK UNIFIED", "CJK COMPATIBILITY IDEOGRAPH", "CJK RADICAL", "KANGXI"))


def _same(a: str, b: str) -> bool | None:
    first, second = _key(a), _key(b)
    if first.translate(_SAME_TO_THE_EYE) == second.translate(_SAME_TO_THE_EYE):
        return True
    if first.translate(_OFTEN_MISREAD) == second.translate(_OFTEN_MISREAD) or _without_form(first) == _without_form(second):
        return None
    chinese = _without_latin(first)
    if chinese and chinese == _without_latin(second) and chinese in (first, second):
        return None  # ABC科技有限公司 and 科技有限公司: the letters may have been taken for the English name
    return False


def _key(name: str) -> str:
    folded = fold(name).replace("&", " & ").replace("h.k.", "hk").replace("hong kong", "hongkong").replace("有限责任公司", "有限公司")
    words = [_SPELLINGS.get(word.strip(".,()"), word) for word in folded.split()]
    words = [_SPELLINGS.get(part, part) for word in words for part in re.split(r"[.,()\s]+", word) if part]
    return fold_key("".join(words[1:] if words[:1] == ["the"] else words))


def _without_form(key: str) -> str:
    return re.sub(r"(?:company)?limited$|company$|有限公司$|公司$", "", key)


def _without_latin(key: str) -> str:
    return "".join(c for c in key if not c.isascii())
