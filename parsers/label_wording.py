"""What a label asks for that nobody has listed, told by the words that it is made of: 'Proposed Start Date' is a start and a date, of nothing else.

A label may hold words without meaning, and a few unknown ones; words that mean something else make it another label.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from parsers.catalogue import Asking, LabelWords
from parsers.folding import fold, fold_key

_TOKEN = re.compile(r"[a-z][a-z'’]*|[\u2e80-\u9fff]+|[0-9]+")
_POSSESSIVE = re.compile(r"['’]s?$|['’]")
_LONGEST = 6  # tokens of one entry
_MISREAD = 80.0  # rapidfuzz ratio from which a Latin word of five letters or more is taken for a known one
_HAN_WEIGHT = 3.0  # a Chinese character says as much as so many Latin letters
_MOST = 70  # letters of a label
_NOTHING = ""  # the meaning of a word that may stand in any label


@dataclass(frozen=True)
class Wording:
    """The words of labels by their folded keys, each with its meanings, and what labels made of them ask for."""

    meanings: dict[str, frozenset[str]]
    latin: tuple[str, ...]  # those that may be met misread
    longest_han: int
    askings: tuple[Asking, ...]


@dataclass(frozen=True)
class Asked:
    """The fields that a label asks for (none: something that is not read), and the share of its letters that were understood, 0 to 1."""

    keys: tuple[str, ...]
    understood: float


def wording_of(words: LabelWords) -> Wording:
    """The words ready for looking up."""
    meanings: dict[str, set[str]] = {fold_key(text): {_NOTHING} for text in words.fillers}
    for meaning, texts in words.meanings.items():
        for text in texts:
            meanings.setdefault(fold_key(text), set()).add(meaning)
    latin = tuple(key for key in meanings if key.isascii() and len(key) >= 5)
    han = max((len(key) for key in meanings if not key.isascii()), default=0)
    return Wording({key: frozenset(found) for key, found in meanings.items()}, latin, han, words.askings)


def asked_by(text: str, wording: Wording, *, forgiving: bool) -> Asked | None:
    """What a label asks for; None where its words do not tell, or tell two things. ``forgiving``: its letters may be misread (pictures)."""
    known, understood = _understood(fold(text), wording, forgiving=forgiving)
    if not known:
        return None
    fitting = [asking for asking in wording.askings if _fits(asking, known)]
    if not fitting:
        return None
    most = max(len(asking.made_of) for asking in fitting)
    keys = {asking.key for asking in fitting if len(asking.made_of) == most}
    if len(keys) != 1:
        return None
    key = keys.pop()
    return Asked(tuple(key.split("+")) if key else (), understood)


def share_understood(text: str, wording: Wording, *, forgiving: bool) -> float:
    """The share of a text's letters that belong to words of labels, whatever they ask for, 0 to 1."""
    return _understood(fold(text), wording, forgiving=forgiving)[1]


def _fits(asking: Asking, known: Sequence[frozenset[str]]) -> bool:
    """Whether all meanings that it needs are there, and every word has a meaning that may be there, or none."""
    allowed = frozenset((*asking.made_of, *asking.may, _NOTHING))
    if any(not found & allowed for found in known):
        return False
    return all(any(meaning in found for found in known) for meaning in asking.made_of)


def _understood(text: str, wording: Wording, *, forgiving: bool) -> tuple[list[frozenset[str]], float]:
    """The meanings of the words of a folded text, one set a word, and the share of its letters that belong to known words."""
    tokens = [_POSSESSIVE.sub("", token) for token in _TOKEN.findall(text)]
    while tokens and _is_numbering(tokens):
        tokens = tokens[1:]
    if not tokens or sum(map(len, tokens)) > _MOST or any(map(str.isdigit, tokens)):  # a number is no part of a label, but of a value
        return [], 0.0
    total = sum(_weight(token) for token in tokens)
    found: list[frozenset[str]] = []
    seen, at = 0.0, 0
    while at < len(tokens):
        count, meanings = _entry_at(tokens, at, wording, forgiving=forgiving)
        if meanings is None:
            parts = list(_within(tokens[at], wording))
            found += [meaning for _, meaning in parts]
            seen += sum(length for length, _ in parts) * _weight(tokens[at]) / max(1, len(tokens[at]))
        else:
            found.append(meanings)
            seen += sum(_weight(token) for token in tokens[at : at + count])
        at += count
    return found, seen / total


def _is_numbering(tokens: Sequence[str]) -> bool:
    first = tokens[0]
    return (first.isdigit() and len(first) <= 2) or (len(tokens) > 1 and len(first) == 1 and first.isascii() and first != "a")


def _weight(token: str) -> float:
    return len(token) * (1.0 if token.isascii() else _HAN_WEIGHT)


def _entry_at(tokens: Sequence[str], at: int, wording: Wording, *, forgiving: bool) -> tuple[int, frozenset[str] | None]:
    """The longest entry of Latin words that begins here: how many tokens, and its meanings; (1, None) where there is none."""
    if not tokens[at].isascii():
        return 1, wording.meanings.get(tokens[at])
    for count in range(min(_LONGEST, len(tokens) - at), 0, -1):
        run = tokens[at : at + count]
        if all(token.isascii() for token in run) and "".join(run) in wording.meanings:
            return count, wording.meanings["".join(run)]
    if forgiving and len(tokens[at]) >= 5:
        near = _nearest(tokens[at], wording.latin)
        if near:
            return 1, wording.meanings[near]
    return 1, None


@lru_cache(maxsize=4096)
def _nearest(token: str, known: tuple[str, ...]) -> str:
    found = process.extractOne(token, known, scorer=fuzz.ratio, score_cutoff=_MISREAD)
    return str(found[0]) if found else ""


def _within(token: str, wording: Wording) -> Iterator[tuple[int, frozenset[str]]]:
    """The known words that a run without spaces is made of: Chinese with gaps where a character is unknown, Latin without any, or nothing."""
    if token.isascii():
        parts = _latin_parts(token, wording) if len(token) >= 6 else None
        yield from parts or ()
        return
    best: list[tuple[float, list[tuple[int, frozenset[str]]]]] = [(0.0, [])]
    for end in range(1, len(token) + 1):
        options = [(best[end - 1][0] - 1.0, best[end - 1][1])]
        for length in range(1, min(wording.longest_han, end) + 1):
            meanings = wording.meanings.get(token[end - length : end])
            if meanings is not None:
                score, parts = best[end - length]
                options.append((score + length - 0.3 - (0.2 if _NOTHING in meanings else 0.0), [*parts, (length, meanings)]))
        best.append(max(options, key=lambda option: option[0]))
    yield from best[-1][1]


def _latin_parts(token: str, wording: Wording) -> list[tuple[int, frozenset[str]]] | None:
    """A run of Latin letters as known words of three letters or more (a reader of pictures loses spaces); None where a letter is left."""
    if not token:
        return []
    for length in range(len(token), 2, -1):
        if token[:length] in wording.meanings:
            rest = _latin_parts(token[length:], wording)
            if rest is not None:
                return [(length, wording.meanings[token[:length]]), *rest]
    return None


def folded(texts: Iterable[str]) -> frozenset[str]:
    """The folded keys of a list of words."""
    return frozenset(fold_key(text) for text in texts)
