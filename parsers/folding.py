"""Folding of text for comparing: what a reader would call the same words becomes the same string. Values are reported as printed, never folded.

NFKC, the CJK radicals that it leaves, variant characters, Traditional to Simplified, case (programme.md, 'Names, numbers, papers').
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import opencc

# Radicals that NFKC leaves alone but that stand for whole characters in the text layers of older PDFs: each with its character.
_RADICAL_PAIRS = "⻑長⻓長⻚頁⻔門⻋車⻢馬⻝食⻅見⻉貝⻘青⻆角⻛風⻜飛⻥魚⻦鳥⻩黃⻬齊⻰龍⻄西⻁虎⺟母⺠民⻨麥⻤鬼⻣骨⻙韋"
# Forms that offices write for one another (programme.md names 伙/夥 and 証/證; the others are forms of one character).
_VARIANT_PAIRS = "夥伙証證裏裡滙匯啓啟衞衛産產爲為羣群畧略册冊恆恒臺台綫線鉄鐵髙高戸戶吿告內内粤粵温溫"


def _table(pairs: str) -> dict[int, str]:
    return {ord(source): target for source, target in zip(pairs[::2], pairs[1::2], strict=True)}


_RADICALS = _table(_RADICAL_PAIRS)
_VARIANTS = _table(_VARIANT_PAIRS)
_SHORT = 80  # characters: labels and words come again and again; the texts of mails do not, and remembering them filled the service's memory
_to_simplified = opencc.OpenCC("t2s")


def compatible(text: str) -> str:
    """NFKC with the radicals that it leaves replaced: for showing and reading, script and case unchanged."""
    return unicodedata.normalize("NFKC", text).translate(_RADICALS)


def fold(text: str) -> str:
    """Folded text for comparing phrases: compatible, variants and script folded, lower case, white space collapsed to single spaces."""
    return _remembered(text) if len(text) <= _SHORT else _folded(text)


def fold_key(text: str) -> str:
    """Folded text for comparing names: letters and digits only, as ``fold``."""
    return _remembered_key(text) if len(text) <= _SHORT else _key(text)


def _folded(text: str) -> str:
    return " ".join(str(_to_simplified.convert(compatible(text).translate(_VARIANTS))).casefold().split())


def _key(text: str) -> str:
    return "".join(c for c in fold(text) if unicodedata.category(c)[0] in "LN")


_remembered = lru_cache(maxsize=16384)(_folded)
_remembered_key = lru_cache(maxsize=16384)(_key)
