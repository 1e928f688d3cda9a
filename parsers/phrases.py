"""A writer's words as sentences, and the programme's phrases looked up in them.

Case, width, script and line breaks are folded; ``*`` in a phrase is a gap within a sentence, at its end the rest of the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from parsers.folding import compatible, fold

_SENTENCE_END = re.compile(r"(?<=[。！？!?；])\s*|(?<=[A-Za-z0-9)][.;])\s+(?=[A-Z\u4e00-\u9fff])|\n\s*\n")
_HAN_SPACE = re.compile(r"(?<=[\u3400-\u9fff，。、；：])\s+(?=[\u3400-\u9fff])")
_QUESTION = re.compile(r"[?？]\s*[\"'”」』)）]*\s*$|(嗎|吗|呢)[。.!！]?\s*$")
_GAP = r"(?:[^,]|(?<![\u3400-\u9fff]),){0,60}?"  # in Chinese a comma ends the clause, in English it often does not


@lru_cache(maxsize=32)  # a mail asks for its own again and again, and is long
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


@lru_cache(maxsize=8192)
def _compiled(phrase: str) -> re.Pattern[str]:
    return re.compile(_pattern_of(phrase))


@lru_cache(maxsize=64)
def _literals(phrases: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each phrase with the pieces that stand in every text in which it stands."""
    return tuple((phrase, tuple(fold(piece) for piece in phrase.split("*"))) for phrase in phrases)


def _candidates(text: str, phrases: tuple[str, ...]) -> list[str]:
    """The phrases that may stand in a text, in the order of the list: all but a few are ruled out without a pattern, which saves nine tenths."""
    return [phrase for phrase, pieces in _literals(phrases) if pieces[0] in text and all(piece in text for piece in pieces)]


def _matches(text: str, phrases: tuple[str, ...]) -> Iterator[tuple[str, re.Match[str]]]:
    """The phrases that stand in a text from left to right, none over another; of those that begin at one place the first of the list."""
    coming = {phrase: match for phrase in _candidates(text, phrases) if (match := _compiled(phrase).search(text))}
    while coming:
        phrase, match = min(coming.items(), key=lambda one: one[1].start())  # the first of the list, where several begin there
        yield phrase, match
        begin = max(match.end(), match.start() + 1)
        for passed in [phrase for phrase, match in coming.items() if match.start() < begin]:
            again = _compiled(passed).search(text, begin)
            if again is None:
                del coming[passed]
            else:
                coming[passed] = again


def first_phrase(text: str, phrases: tuple[str, ...]) -> str | None:
    """The first phrase of the list that stands in a folded sentence, as the list writes it; None where none does."""
    return next((phrase for phrase, _ in _matches(text, phrases)), None)


def clause_of(text: str, phrases: tuple[str, ...]) -> str | None:
    """The clause, from comma to comma, in which the first phrase of the list stands; None where none does."""
    match = next((match for _, match in _matches(text, phrases)), None)
    if match is None:
        return None
    end = text.find(",", match.end())
    return text[text.rfind(",", 0, match.start()) + 1 : end if end >= 0 else len(text)]


def phrases_in(text: str, phrases: tuple[str, ...]) -> tuple[str, ...]:
    """The different phrases of the list that stand in a folded text."""
    return tuple(dict.fromkeys(phrase for phrase, _ in _matches(text, phrases)))


def without(text: str, phrases: tuple[str, ...]) -> str:
    """A folded sentence with the phrases struck out."""
    kept, end = [], 0
    for _, match in _matches(text, phrases):
        kept.append(text[end : match.start()])
        end = match.end()
    return " ".join([*kept, text[end:]])


def starts_with(text: str, phrases: tuple[str, ...]) -> str | None:
    """The phrase with which a folded text begins; None where it begins with none."""
    return next((phrase for phrase in _candidates(text, phrases) if _compiled(phrase).match(text)), None)
