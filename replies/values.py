"""The values of answering: a letter for one applicant, or the reason why there is none."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from parsers.values import Language, Value


class Template(StrEnum):
    ACKNOWLEDGEMENT = "acknowledgement"
    MISSING_ITEMS = "missing_items"
    RECEIPT = "receipt"


class Reply(Value):
    """The words for one applicant. ``language`` is the main one; where it was not known the letter is English with Traditional Chinese below.

    ``to`` holds exactly one address. ``cause`` is what makes the letter due once: the SHA-256 of the mail that it answers.
    """

    template: Template
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    language: Language
    cause: str
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()


class NoReply(Value):
    """Nothing may be sent, and why, in words for staff: 'no reply: Auto-Submitted: auto-generated'."""

    reason: str
    kind: Literal["suppressed", "no_address", "not_due"] = "suppressed"
