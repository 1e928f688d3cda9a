"""Answers in words that no form of the Secretariat prints, told by the few words that only one of a question's answers can have."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from parsers.catalogue import Choice
from parsers.folding import fold_key

_LONGEST = 90  # folded letters of one answer: longer texts are several answers, or sentences
_ALL = "+"  # between words that must all be there


def told_by_signs(key: str, choices: Sequence[Choice]) -> str:
    """The code of the one answer whose signs stand in a folded text; empty where no answer's do, or those of several."""
    if not key or len(key) > _LONGEST or any(map(str.isdigit, key)):  # a number belongs to a value, not to an answer
        return ""
    told = [choice.code for choice in choices if _speaks_for(key, choice)]
    return told[0] if len(told) == 1 else ""


def _speaks_for(key: str, choice: Choice) -> bool:
    signs, unless = _folded(choice.signs), _folded(choice.unless)
    return any(all(part in key for part in sign) for sign in signs) and not any(all(part in key for part in sign) for sign in unless)


@lru_cache(maxsize=256)
def _folded(signs: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(fold_key(part) for part in sign.split(_ALL)) for sign in signs)
