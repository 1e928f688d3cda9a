"""The words of letters as they stand in the programme's files: what each file must hold, and nothing else."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from parsers.values import Value, Words

Phrase = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class LetterWords(Value):
    """One letter in one language: its subject, what stands before the list (where there is one) and what stands after it."""

    subject: Phrase
    opening: tuple[Phrase, ...]
    closing: tuple[Phrase, ...]


class CommonWords(Value):
    """What every letter of one language shares (letters/common.toml). ``colon`` keeps its spaces."""

    lang: Phrase
    programme: Phrase
    secretariat: Phrase
    salutation: Phrase
    sign_off: tuple[Phrase, ...]
    automatic: Phrase
    colon: str
    also_below: Phrase  # in a letter of two languages, under the first one's heading
    reference: Phrase
    applicant: Phrase
    initiative: Phrase
    project: Phrase
    reason: Phrase
    send: Phrase
    telephone: Phrase
    email: Phrase
    web: Phrase
    date: Phrase
    months: tuple[Phrase, ...]
    privacy_heading: Phrase
    privacy: tuple[Phrase, ...]
    reminder: str = ""  # the line above a missing-items letter that is sent again; {{ sent_on }}: the day of the one before


class Either(Value):
    """Fields of which one is enough; asked for once where all are missing."""

    keys: tuple[str, ...]
    title: Words


class Headings(Value):
    """Headings of the three parts of the list."""

    form: Words
    documents: Words
    corrections: Words


class ItemWords(Value):
    """The words of the numbered list (letters/items.toml). ``documents`` and ``fields`` have an entry ``default``."""

    headings: Headings
    reasons: dict[str, Words]
    remedies: dict[str, Words]
    count: Words
    documents: dict[str, Words]
    field_reason: Words
    fields: dict[str, Words]
    either: tuple[Either, ...] = ()

    def document_hint(self, code: str) -> Words:
        """What such a paper must be."""
        return self.documents.get(code, self.documents["default"])

    def field_hint(self, key: str) -> Words:
        """What to write into such a field."""
        return self.fields.get(key, self.fields["default"])
