"""Headings of a form's sections in words that no list holds: 'Part E - Declaration', '丙部 工廠資料', 'Declaration by Applicant'."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parsers.folding import fold, fold_key

_PREFIX = re.compile(
    r"^\W*(?:(?:part|section)\s*(?:[a-z]|[ivx]{1,4}|[0-9]{1,2})\b|[甲乙丙丁戊己庚辛]\s*部|第\s*[一二三四五六七八九十0-9]{1,2}\s*(?:部分|部|节|章))[\s\-–—:：.)、]*"
)
_NUMBERED = re.compile(r"^\W*(?:[0-9]{1,2}|[a-z]|[ivx]{1,4}|[一二三四五六七八九十])[.)、]\s*")
_RUN = re.compile(r"[a-z]+|[\u2e80-\u9fff]+|[0-9]+")
_MOST = 60  # letters of a heading
_DECLARATION = "declaration"


@dataclass(frozen=True)
class HeadingWords:
    """What headings are made of, folded: words that name a section, words that make a heading of them ('particulars'), and words of no weight."""

    sections: Mapping[str, str]
    nouns: frozenset[str]
    fillers: frozenset[str]

    @property
    def longest(self) -> int:
        return max(map(len, (*self.sections, *self.nouns, *self.fillers)), default=0)


def heading_words(sections: Mapping[str, Sequence[str]], nouns: Sequence[str], fillers: Sequence[str]) -> HeadingWords:
    """The words ready for looking up."""
    named = {fold_key(word): section for section, words in sections.items() for word in words}
    return HeadingWords(named, frozenset(map(fold_key, nouns)), frozenset(map(fold_key, fillers)))


def section_told(text: str, words: HeadingWords) -> str:
    """The section that a row announces; empty where it holds another word, names none or several, or nothing makes a heading of it."""
    folded = fold(text)
    prefix = _PREFIX.match(folded)
    rest = folded[prefix.end() :] if prefix else _NUMBERED.sub("", folded)
    if not rest or len(rest) > _MOST or any(sign in rest for sign in ":：?？@"):
        return ""
    parts = [part for run in _RUN.findall(rest) for part in (_han_parts(run, words) if run > "\u2e7f" else [run])]
    if not parts or any(part not in words.sections and part not in words.nouns and part not in words.fillers for part in parts):
        return ""
    named = {words.sections[part] for part in parts if part in words.sections}
    if prefix is None and not any(part in words.nouns for part in parts) and _DECLARATION not in named:
        return ""
    if _DECLARATION in named:
        return _DECLARATION
    return named.pop() if len(named) == 1 else ""


def _han_parts(run: str, words: HeadingWords) -> list[str]:
    """A run of Chinese in the longest words that are known; what is not known stays as single characters."""
    parts, at = [], 0
    while at < len(run):
        size = next((n for n in range(min(words.longest, len(run) - at), 0, -1) if _known(run[at : at + n], words)), 1)
        parts.append(fold_key(run[at : at + size]))
        at += size
    return parts


def _known(text: str, words: HeadingWords) -> bool:
    key = fold_key(text)
    return key in words.sections or key in words.nouns or key in words.fillers
