"""The programme's letters: their words in three languages, read from its folder, checked once and compiled."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from jinja2 import Environment, StrictUndefined, TemplateError
from jinja2 import Template as Compiled
from pydantic import ValidationError

from checks.values import MissingReason
from parsers.values import Language, Value, Words
from replies.layout import SAMPLE, LetterPart
from replies.letter_words import CommonWords, ItemWords, LetterWords
from replies.values import Template

VARIANTS: Mapping[Template, tuple[str, ...]] = {
    Template.ACKNOWLEDGEMENT: ("first", "completed"),
    Template.MISSING_ITEMS: ("first", "still"),
    Template.RECEIPT: ("application", "supplement", "enquiry", "withdrawal", "data_request"),
}
REASONS = tuple(MissingReason)
TEXT_LAYOUT, HTML_LAYOUT = "letter.txt.j2", "letter.html.j2"

V = TypeVar("V", bound=Value)
Values = Mapping[str, object]


class LettersError(ValueError):
    """The programme's letters are not complete; the message names the file, the entry and what is wrong with it."""


@dataclass(frozen=True)
class LetterSet:
    """Every letter of a programme, compiled. Only phrases of the programme's own files are ever rendered as templates: what applicants
    wrote enters as a value, and finished words are never rendered again."""

    common: Mapping[Language, CommonWords]
    letters: Mapping[tuple[Template, str, Language], LetterWords]
    items: ItemWords
    phrases: Mapping[str, Compiled]
    text_layout: Compiled
    html_layout: Compiled

    def say(self, phrase: str, values: Values) -> str:
        """One phrase of the programme's files, filled in. KeyError for any other text; UndefinedError for a value that is not given."""
        return self.phrases[phrase].render(values).strip()

    def date(self, day: date | None, language: Language) -> str:
        """The day as written in a letter of that language; empty where there is none."""
        if day is None:
            return ""
        words = self.common[language]
        return self.say(words.date, {"day": day.day, "month": words.months[day.month - 1], "year": day.year})

    def lay_out(self, subject: str, parts: Sequence[LetterPart]) -> tuple[str, str]:
        """The letter as plain text and as HTML; ``parts`` one below the other, one a language."""
        values = {"subject": subject, "parts": parts}
        return self.text_layout.render(values).strip() + "\n", self.html_layout.render(values).strip() + "\n"


def letter_values(given: Values) -> dict[str, object]:
    """Everything that a phrase of a letter may name, empty where it is not given."""
    empty: dict[str, object] = {
        "reference": "", "programme": "", "secretariat": "", "received_on": "", "completed_on": "",
        "count": 0, "form_items": False, "telephone": "", "web": "", "email": "",
    }  # fmt: skip
    return empty | dict(given)


def item_values(*, have: int, need: int, file: str = "", expired_on: str = "", what: str = "", counted: str = "") -> dict[str, object]:
    """Everything that a phrase of the list may name, empty where it is not known."""
    return {"have": have, "need": need, "more": max(need - have, 0), "file": file, "expired_on": expired_on, "what": what, "counted": counted}


def load_letters(folder: Path) -> LetterSet:
    """The letters of the folder. LettersError where one is missing, has unknown keys or does not render."""
    common = {
        language: _parsed(CommonWords, words, f"common.toml [{language}]")
        for language, words in _languages(_table(folder, "common.toml"), "common.toml")
    }
    letters = {
        (kind, variant, language): _parsed(LetterWords, words, f"{kind}.toml [{variant}.{language}]")
        for kind, variants in VARIANTS.items()
        for variant, language, words in _variants(folder, f"{kind}.toml", variants)
    }
    items = _parsed(ItemWords, _table(folder, "items.toml"), "items.toml")
    text, html = _environment(autoescape=False), _environment(autoescape=True)
    loaded = LetterSet(
        common=common,
        letters=letters,
        items=items,
        phrases={phrase: _compiled(text, phrase, where) for where, phrase, _ in _phrases(common, letters, items)},
        text_layout=_compiled(text, _read(folder, TEXT_LAYOUT), TEXT_LAYOUT),
        html_layout=_compiled(html, _read(folder, HTML_LAYOUT), HTML_LAYOUT),
    )
    _check(loaded)
    return loaded


def _environment(*, autoescape: bool) -> Environment:
    return Environment(autoescape=autoescape, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)  # noqa: S701 (text is not escaped)


def _compiled(environment: Environment, source: str, where: str) -> Compiled:
    try:
        return environment.from_string(source)
    except TemplateError as error:
        raise LettersError(f"letters: {where}: {error}") from error


def _read(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LettersError(f"letters: {folder / name} cannot be read: {error}") from error


def _table(folder: Path, name: str) -> dict[str, object]:
    try:
        return tomllib.loads(_read(folder, name))
    except tomllib.TOMLDecodeError as error:
        raise LettersError(f"letters: {name} is not good TOML: {error}") from error


def _languages(table: object, where: str) -> Iterator[tuple[Language, object]]:
    if not isinstance(table, dict):
        raise LettersError(f"letters: {where} is missing")
    unknown = sorted(table.keys() - set(Language))
    if unknown:
        raise LettersError(f"letters: {where}: unknown language {', '.join(unknown)}")
    for language in Language:
        if language not in table:
            raise LettersError(f"letters: {where} has no words in {language}")
        yield language, table[language]


def _variants(folder: Path, name: str, variants: tuple[str, ...]) -> Iterator[tuple[str, Language, object]]:
    table = _table(folder, name)
    unknown = sorted(table.keys() - set(variants))
    if unknown:
        raise LettersError(f"letters: {name}: unknown letter {', '.join(unknown)}; known are {', '.join(variants)}")
    for variant in variants:
        for language, words in _languages(table.get(variant), f"{name} [{variant}]"):
            yield variant, language, words


def _parsed(kind: type[V], table: object, where: str) -> V:
    try:
        return kind.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        raise LettersError(f"letters: {where}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _phrases(
    common: Mapping[Language, CommonWords], letters: Mapping[tuple[Template, str, Language], LetterWords], items: ItemWords
) -> Iterator[tuple[str, str, tuple[Values, ...]]]:
    """Every phrase that is rendered, where it stands, and the values to try it with."""
    tries = tuple(letter_values(given) for given in _TRIES)
    for language, words in common.items():
        yield f"common.toml [{language}] date", words.date, ({"day": 1, "month": words.months[0], "year": 2024},)
        yield from ((f"common.toml [{language}] privacy", phrase, tries) for phrase in words.privacy)
        if words.reminder:
            yield f"common.toml [{language}] reminder", words.reminder, ({"sent_on": "D"},)
    for (kind, variant, language), letter in letters.items():
        for phrase in (letter.subject, *letter.opening, *letter.closing):
            yield f"{kind}.toml [{variant}.{language}]", phrase, tries
    item_tries = tuple(
        item_values(have=have, need=need, file=file, expired_on=file, what="W", counted="C")
        for have in (0, 2)
        for need in (1, 3)
        for file in ("", "F")
    )
    spoken: list[tuple[str, Words]] = [(f"reasons.{code}", words) for code, words in items.reasons.items()]
    spoken += [(f"remedies.{code}", words) for code, words in items.remedies.items()]
    for name, trio in [*spoken, ("count", items.count)]:
        yield from ((f"items.toml [{name}] {language}", trio.in_language(language), item_tries) for language in Language)


_TRIES: tuple[Values, ...] = (
    {},
    {"reference": "R", "programme": "P", "received_on": "D", "completed_on": "D", "count": 1, "form_items": True, "telephone": "T", "web": "W"},
    {"reference": "R", "programme": "P", "secretariat": "S", "count": 7, "email": "E"},
)


def _check(letters: LetterSet) -> None:
    """Every phrase renders, every list is full, both layouts render."""
    for language, words in letters.common.items():
        if len(words.months) != 12:
            raise LettersError(f"letters: common.toml [{language}]: months has {len(words.months)} names, not 12")
    for name, table in (("reasons", letters.items.reasons), ("remedies", letters.items.remedies)):
        for code in REASONS:
            if code not in table:
                raise LettersError(f"letters: items.toml has no [{name}.{code}]")
    for name, table in (("documents", letters.items.documents), ("fields", letters.items.fields)):
        if "default" not in table:
            raise LettersError(f"letters: items.toml has no [{name}.default]")
    for (kind, variant, language), letter in letters.letters.items():
        if "{{ reference }}" not in letter.subject:
            raise LettersError(f"letters: {kind}.toml [{variant}.{language}]: the subject does not hold {{{{ reference }}}}")
    for where, phrase, tries in _phrases(letters.common, letters.letters, letters.items):
        for values in tries:
            _tried(letters.phrases[phrase], values, where)
    for layout, name in ((letters.text_layout, TEXT_LAYOUT), (letters.html_layout, HTML_LAYOUT)):
        _tried(layout, {"subject": "S", "parts": (SAMPLE, SAMPLE)}, name)


def _tried(phrase: Compiled, values: Values, where: str) -> None:
    try:
        phrase.render(values)
    except (TemplateError, TypeError, AttributeError) as error:
        raise LettersError(f"letters: {where}: {error}") from error
