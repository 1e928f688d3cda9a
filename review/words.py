"""The words of the site in English and Traditional Chinese, from `words.toml`: a programme officer can change them without touching code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

from parsers.values import Language

FILE = Path(__file__).parent / "words.toml"
LANGUAGES = {"en": Language.EN, "zh-Hant": Language.ZH_HANT}


class SiteWords:
    """The words of one language. Asking for words that are not there is a KeyError: a page never shows a hole."""

    def __init__(self, code: str, words: Mapping[str, str]) -> None:
        self.code = code
        self.language = LANGUAGES[code]
        self._words = words

    def __call__(self, key: str, /, **values: object) -> str:
        return self._words[key].format(**values)

    def has(self, key: str) -> bool:
        return key in self._words


@cache
def words_in(code: str) -> SiteWords:
    """The words of a language: ``en`` or ``zh-Hant``."""
    return SiteWords(code, {key: entry[code] for key, entry in _table().items()})


@cache
def _table() -> dict[str, dict[str, str]]:
    """Every key with its words in each language: `[part.key] en = ..., zh-Hant = ...`, keys joined by dots."""
    found: dict[str, dict[str, str]] = {}

    def collect(prefix: str, table: Mapping[str, object]) -> None:
        if set(table) == set(LANGUAGES):
            found[prefix] = {code: str(text) for code, text in table.items()}
            return
        for name, below in table.items():
            if not isinstance(below, Mapping):
                raise TypeError(f"words.toml: {prefix}.{name} needs both {' and '.join(LANGUAGES)}")
            collect(f"{prefix}.{name}" if prefix else name, below)

    collect("", tomllib.loads(FILE.read_text("utf-8")))
    return found


_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


def in_its_language(text: str | None, code: str) -> Markup:
    """Text of an applicant, marked as Chinese on an English page, so that it is read out as Chinese (WCAG 2.2, success criterion 3.1.2)."""
    said = escape(text or "")
    if code == "en" and _CHINESE.search(said):
        return Markup('<span lang="zh-Hant">{}</span>').format(said)
    return Markup(said)  # noqa: S704 (escaped above)


def language_of(chosen: str | None, accepted: str) -> str:
    """The language of a visitor: the one chosen, else Traditional Chinese where the browser asks for Chinese before English."""
    if chosen in LANGUAGES:
        return str(chosen)
    wanted = [part.split(";")[0].strip().lower() for part in accepted.split(",")]
    first = next((tag for tag in wanted if tag.startswith(("zh", "en"))), "en")
    return "zh-Hant" if first.startswith("zh") else "en"
