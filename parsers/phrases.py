"""A writer's words as sentences, and the programme's phrases looked up in them.

Case, width, script and line breaks are folded; ``*`` in a phrase is a gap within a sentence, at its end the rest of the sentence.
"""

from __future__ import annotations

import re
from functools import lru_cache

from parsers.folding import compatible, fold

_SENTENCE_END = re.compile(r"(?<=[。！？!?；])\s*|(?<=[A-Za-z0-9)][.;])\s+(?=[A-Z\u4e00-\u9fff])|\n\s*\n")
_HAN_SPACE = re.compile(r"(?<=[\u3400-\u9fff，。、；：])\s+(?=[\u3400-\u9fff])")
_QUESTION = re.compile(r"[?？]\s*[\"'”」』)）]*\s*$|(嗎|吗|呢)[。.!！]?\s*$")
_GAP = r"(?:[^,]|(?<![\u3400-\u9fff]),){0,60}?"  # in Chinese a comma ends the clause, in English it often does not


@lru_cache(maxsize=256)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, each folded, its own end mark kept; lines wrapped by the mail program are joined."""
    pieces = _SENTENCE_END.split(text.replace("\r", ""))
    joined = (_HAN_SPACE.sub("", " ".join(piece.split())) for piece in pieces if piece and piece.strip())
    return tuple(fold(piece) for piece in joined)


def is_question(sentence: str) -> bool:
    """True for a sentence that ends as a question."""
    return _QUESTION.search(compatible(sentence)) is not None


def _pattern_of(phrase: str) -> str:
    pieces = [re.escape(fold(piece)) for piece in phrase.split("*")]
    pattern = _GAP.join(pieces[:-1]) + ".*" if phrase.endswith("*") else _GAP.join(pieces)
    first, last = fold(phrase).replace("*", "")[:1], fold(phrase).replace("*", "")[-1:]
    before = r"(?<![a-z0-9])" if first.isascii() and first.isalnum() else ""
    after = r"(?![a-z0-9])" if last.isascii() and last.isalnum() and not phrase.endswith("*") else ""
    return f"{before}{pattern}{after}"


@lru_cache(maxsize=64)
def _compiled(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"({_pattern_of(phrase)})" for phrase in phrases) or r"(?!)")


def first_phrase(text: str, phrases: tuple[str, ...]) -> str | None:
    """The first phrase of the list that stands in a folded sentence, as the list writes it; None where none does."""
    match = _compiled(phrases).search(text)
    return phrases[match.lastindex - 1] if match and match.lastindex else None


def clause_of(text: str, phrases: tuple[str, ...]) -> str | None:
    """The clause, from comma to comma, in which the first phrase of the list stands; None where none does."""
    match = _compiled(phrases).search(text)
    if match is None:
        return None
    end = text.find(",", match.end())
    return text[text.rfind(",", 0, match.start()) + 1 : end if end >= 0 else len(text)]


def phrases_in(text: str, phrases: tuple[str, ...]) -> tuple[str, ...]:
    """The different phrases of the list that stand in a folded text."""
    found = (phrases[match.lastindex - 1] for match in _compiled(phrases).finditer(text) if match.lastindex)
    return tuple(dict.fromkeys(found))


def without(text: str, phrases: tuple[str, ...]) -> str:
    """A folded sentence with the phrases struck out."""
    return _compiled(phrases).sub(" ", text)


def starts_with(text: str, phrases: tuple[str, ...]) -> str | None:
    """The phrase with which a folded text begins; None where it begins with none."""
    match = _compiled(phrases).match(text)
    return phrases[match.lastindex - 1] if match and match.lastindex else None
