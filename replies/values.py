"""The values of answering: a letter for one applicant, or the reason why there is none."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from parsers.values import Language, Value


class Template(StrEnum):
    ACKNOWLEDGEMENT = "acknowledgement"
    MISSING_ITEMS = "missing_items"
    RECEIPT = "receipt"
    ANSWER = "answer"  # written by a person


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
    by_hand: bool = False  # a person wrote its words, or changed them: it does not call itself automatic (RFC 3834, 5)


class NoReply(Value):
    """Nothing may be sent, and why, in words for staff: 'no reply: Auto-Submitted: auto-generated'."""

    reason: str
    kind: Literal["suppressed", "no_address", "not_due"] = "suppressed"


class Office(Value):
    """Who writes: the From of every letter and the ways to reach a person. What is empty is left out of the letter."""

    from_name: str
    from_address: str
    telephone: str = ""
    web: str = ""


class Sent(Value):
    """What became of one attempt to hand a letter over (reliability.md, 'Sending: what each answer means').

    ``accepted``: taken over, never to be sent again. ``deferred``: try again later. ``failed``: refused for good, for staff. ``unknown``: it may
    or may not have been taken over; settled by looking for its Message-ID, never by sending again. ``phase`` names the step that gave the
    answer (``connect``, ``login``, ``mail``, ``rcpt``, ``data``, ``dot`` or ``folder``); ``code`` is the server's, None where it gave none.
    ``is_ours``: the trouble lies in our settings (login, sender, certificate) and does not end by itself; never of a ``failed`` letter.
    """

    outcome: Literal["accepted", "deferred", "failed", "unknown"]
    phase: str
    code: int | None = None
    text: str = ""
    is_ours: bool = False


class Held(Value):
    """A letter that a cap keeps back for staff, and which cap, in words for them. Nothing is dropped."""

    reason: str
    cap: Literal["address_day", "domain_hour", "hour", "thread"]
