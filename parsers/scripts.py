"""Chinese characters that a reader of pictures took for their twins of the other script, put back where the page shows which script it is in."""

from __future__ import annotations

from functools import lru_cache

import opencc

from parsers.values import Word

_to_simplified = opencc.OpenCC("t2s")
_to_traditional = opencc.OpenCC("s2t")


def in_one_script(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Words of a page with stray characters of the other script turned, only in words that hold characters of both scripts.

    A word wholly in the other script stays (a Traditional form names a Simplified factory), and so does every page that mixes the scripts evenly.
    """
    return tuple(_mended(word) for word in words)


def _mended(word: Word) -> Word:
    traditional = sum(map(is_traditional_only, word.text))
    simplified = sum(map(is_simplified_only, word.text))
    if not traditional or not simplified or traditional == simplified:
        return word
    convert = _one_traditional if traditional > simplified else _one_simplified
    return word.model_copy(update={"text": "".join(map(convert, word.text))})


@lru_cache(maxsize=32768)
def is_traditional_only(character: str) -> bool:
    """Whether a character has a different Simplified form, and is none itself."""
    return str(_to_simplified.convert(character)) != character


@lru_cache(maxsize=32768)
def is_simplified_only(character: str) -> bool:
    """Whether a character has a different Traditional form, one only, and is not itself used in Traditional texts (里, 后, 台 are)."""
    return str(_to_traditional.convert(character)) != character and character not in _BOTH


@lru_cache(maxsize=32768)
def _one_traditional(character: str) -> str:
    return str(_to_traditional.convert(character)) if is_simplified_only(character) else character


@lru_cache(maxsize=32768)
def _one_simplified(character: str) -> str:
    return str(_to_simplified.convert(character)) if is_traditional_only(character) else character


# Characters that opencc would turn but that stand in ordinary Traditional text of Hong Kong too.
_BOTH = frozenset(
    "里后台面才干范系制只游余谷斗表向吁征回郁丑云冬占卜叶合吊同周咸姜家布并御志折松杯板柜核栖梁欲汇沈洒涂淀漓溪灶灿症秋种种笋签糊胡致舍芸苏苹荐药蒙虫虱蜡蝎蟮衣袜裙袍裤谣豆赞踊迹适采针钟闲闹升注伙占床峰岩岳仇群炉痴凶吃"
)
