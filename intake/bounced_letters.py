"""Bounces of our letters: what they prove to know of a letter marks it undelivered; what they merely claim is shown to staff.

Providers return a whole letter, its headers, a few of them, or only its Message-ID somewhere in the text, folded, quoted or escaped.
The Message-ID is signed, so that nobody marks a letter that he never saw.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import datetime

from parsers.catalogue import MailWords
from parsers.folding import fold
from parsers.phrases import first_phrase
from parsers.values import Message
from replies.message_ids import is_our_message_id
from replies.policy import Ours
from storage.cases import case_by_reference
from storage.database import Transaction
from storage.outbox import letter_by_message_id, letters_of_case, mark_undelivered
from storage.references import find_references
from storage.suggestions import suggest
from storage.values import CaseState, Letter

_SEARCHED = 2_000_000  # bytes of a bounce that are searched
_TOKEN = re.compile(r"cppp-\d{4}-\d{5,9}-[0-9a-z]\.[0-9a-f]{20}\.[0-9a-f]{24}@[a-z0-9.-]+", re.IGNORECASE)
_SOFT_BREAK = re.compile(r"=\s*\n")
_ACTION = re.compile(rb"(?im)^Action:[ \t]*([a-z]+)")
_STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
_UNDELIVERED = "undelivered: the letter bounced"


def our_ids_in(raw: bytes, message: Message, ours: Ours) -> tuple[str, ...]:
    """Every Message-ID of ours that a mail quotes anywhere, in its headers, texts or returned parts; each is genuine (signed by us)."""
    domain = ours.message_id_domain.lower()
    texts = [" ".join((*message.in_reply_to, *message.references)), message.full_text, raw[:_SEARCHED].decode("utf-8", "replace")]
    texts += [part.data[:_SEARCHED].decode("utf-8", "replace") for part in message.parts]
    found: dict[str, None] = {}
    for text in texts:
        for variant in _variants(text):
            for match in _TOKEN.finditer(variant):
                left, _, right = match[0].lower().partition("@")
                candidate = f"<{left}@{domain}>"
                if right.startswith(domain) and is_our_message_id(candidate, secret=ours.secret, domain=domain):
                    found[candidate] = None
    return tuple(found)


def note_bounce(tx: Transaction, raw: bytes, message: Message, *, arrival_id: int, ours: Ours, words: MailWords, at: datetime) -> Letter | None:
    """Marks the letters that a bounce proves to have seen as undelivered (staff are called), and returns one of them. A report of a delay, or of
    a delivery, marks nothing. None where it proves nothing: then staff get a suggestion for each case that it names by its reference, where it
    names the addressee as well."""
    marked: Letter | None = None
    failed = says_failed(message, words)
    for known in our_ids_in(raw, message, ours):
        if failed:
            mark_undelivered(tx, known, at=at, reason=_UNDELIVERED)
        marked = letter_by_message_id(tx, known) or marked
    if marked is None and failed:
        for case_id in _cases_claimed(tx, raw, message):
            suggest(tx, arrival_id=arrival_id, case_id=case_id, reason="a report says that a letter of this case was not delivered", at=at)
    return marked


def says_failed(message: Message, words: MailWords) -> bool:
    """Whether a report tells of a failure for good: by its Action fields (RFC 3464 2.3.3), else unless its subject speaks of a delay."""
    reports = [part.data[:_SEARCHED] for part in message.parts if part.declared_type in _STATUS_TYPES]
    actions = {match.lower() for report in reports for match in _ACTION.findall(report)}
    if actions:
        return b"failed" in actions
    return first_phrase(fold(message.subject), words.delay_subjects) is None


def _variants(text: str) -> Iterator[str]:
    """A text as it stands, and as it was before a mail program folded, escaped or encoded it."""
    yield text
    plain = _SOFT_BREAK.sub("", html.unescape(text)).replace("=40", "@").replace("=2E", ".")
    yield plain
    yield re.sub(r"[\s>|*]+", "", plain)


def _cases_claimed(tx: Transaction, raw: bytes, message: Message) -> Iterator[int]:
    said = "\n".join((message.subject, message.full_text, raw[:_SEARCHED].decode("utf-8", "replace")))
    for reference in find_references(said)[:20]:
        case = case_by_reference(tx, reference)
        if case is None or case.state is CaseState.ERASED:
            continue
        if any(letter.to in said.lower() for letter in letters_of_case(tx, case.id)):
            yield case.id
