"""Folding of text for comparing: what a reader would call the same words becomes the same string. Values are reported as printed, never folded.

NFKC, the CJK radicals that it leaves, variant characters, Traditional to Simplified, case (programme.md, 'Names, numbers, papers').
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import opencc

# Kangxi and CJK-supplement radicals that NFKC leaves alone but that stand for whole characters in the text layers of older PDFs.
_RADICALS = str.maketrans(
    {
        "⻑": "長", "⻚": "頁", "⻔": "門", "⻋": "車", "⻢": "馬", "⻝": "食", "⻅": "見", "⻉": "貝", "⻓": "長", "⻘": "青", "⻆": "角", "⻛": "風",
        "⻜": "飛", "⻥": "魚", "⻦": "鳥", "⻩": "黃", "⻬": "齊", "⻰": "龍", "⻄": "西", "⻁": "虎", "⺟": "母", "⺠": "民", "⻨": "麥", "⻤": "鬼",
        "⻣": "骨", "⻙": "韋", "⻐": "長", "⻒": "長", "⻌": "辶", "⺒": "巳", "⺓": "幺", "⺡": "水", "⺥": "爪",
    }
)  # fmt: skip
# Variant forms that offices use for one another (programme.md names 伙/夥 and 証/證; the others are forms of one character).
_VARIANTS = str.maketrans({"夥": "伙", "証": "證", "裏": "裡", "滙": "匯", "啓": "啟", "衞": "衛", "産": "產", "爲": "為", "羣": "群", "畧": "略", "册": "冊", "恆": "恒", "強": "强", "臺": "台", "綫": "線", "鉄": "鐵", "髙": "高", "戸": "戶", "吿": "告", "內": "内", "粤": "粵", "温": "溫", "真": "眞"})  # fmt: skip
_to_simplified = opencc.OpenCC("t2s")


def compatible(text: str) -> str:
    """NFKC with the radicals that it leaves replaced: for showing and reading, script and case unchanged."""
    return unicodedata.normalize("NFKC", text.translate(_RADICALS)).translate(_RADICALS)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Folded text for comparing phrases: compatible, variants and script folded, lower case, white space collapsed to single spaces."""
    plain = compatible(text).translate(_VARIANTS)
    return " ".join(_to_simplified.convert(plain).translate(_VARIANTS).casefold().split())


@lru_cache(maxsize=65536)
def fold_key(text: str) -> str:
    """Folded text for comparing names: letters and digits only, as ``fold``."""
    return "".join(c for c in fold(text) if unicodedata.category(c)[0] in "LN")
