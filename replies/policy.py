"""Whether a mail may be answered by the machine, to whom the letter goes, and which caps hold it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from parsers.authentication import Authentication
from parsers.automation import marks_of_automation
from parsers.catalogue import MailWords
from parsers.values import Field, Message, MessageClass, PartRole, Value
from replies.addresses import Ours, can_be_written_to, form_address, is_machine, is_ours, is_plain_address, ours_of
from replies.message_ids import is_our_message_id
from replies.values import Held, NoReply

__all__ = ["Caps", "Counts", "Ours", "addressee", "may_reply", "ours_of", "within_caps"]

MIN_CONFIDENCE = 0.8
TOO_OLD = timedelta(days=7)
_CASE_LETTERS = frozenset({MessageClass.APPLICATION, MessageClass.SUPPLEMENT})
_SENDER_LETTERS = frozenset({MessageClass.ENQUIRY, MessageClass.WITHDRAWAL, MessageClass.DATA_REQUEST})


def may_reply(
    message: Message,
    *,
    message_class: MessageClass,
    ours: Ours,
    words: MailWords,
    authentication: Authentication | None = None,
    brings_new_paper: bool | None = None,
    already_sent: bool = False,
    internal_date: datetime | None = None,
    now: datetime | None = None,
) -> NoReply | None:
    """None where an automatic letter may go out; else the first rule that forbids it (reliability.md, 'When not to reply').

    ``authentication``: what a trusted server found out about the sender. ``brings_new_paper``: whether the mail holds a paper that
    its case did not have; not given: whether it holds any. ``already_sent``: a letter of that kind went out for that cause.
    ``internal_date`` and ``now``: of an IMAP mailbox only, where a mail first seen after seven days is for staff.

    Classes: automatic mail, bounces, lists, spam and unreadable mail get nothing. ``other`` gets nothing either: nobody could say what it is
    about, so no letter of ours would be true of it ("your enquiry", "your application"); programme.md promises a receipt to enquiries,
    withdrawals and data requests alone and flags the rest for staff, who answer it themselves.
    """
    if message_class not in _CASE_LETTERS | _SENDER_LETTERS:
        marks = marks_of_automation(message, words) if message.unreadable is None else ()
        why = f"{marks[0].reason}; " if marks else ""
        return NoReply(reason=f"no reply: {why}mail of class {message_class} gets no letter")
    if message.sender is None:
        return NoReply(reason="no reply: who sent the mail cannot be told for certain")
    reason = next(_reasons(message, message.sender.address, ours, words), None)
    if reason is not None:
        return NoReply(reason=f"no reply: {reason}")
    if authentication is not None and authentication.failed:
        return NoReply(reason=f"no reply: the sender's authentication failed ({authentication.reason})")
    if answers_us(message, ours) and not (_holds_paper(message) if brings_new_paper is None else brings_new_paper):
        return NoReply(reason="no reply: an answer to an automatic letter of ours, without a new paper")
    if internal_date is not None and now is not None and now - internal_date > TOO_OLD:
        return NoReply(reason="no reply: the mail lay in the mailbox for more than seven days", kind="not_due")
    if already_sent:
        return NoReply(reason="no reply: that letter went out for this mail already", kind="not_due")
    return None


def addressee(
    message: Message,
    message_class: MessageClass,
    fields: Mapping[str, Field],
    *,
    ours: Ours | None = None,
    min_confidence: float = MIN_CONFIDENCE,
) -> str | None:
    """The one address that a letter goes to, lower case; None where there is none.

    Letters about a case go to the e-mail address on the form, whoever sent the mail: consultants often send for an applicant. Where the form
    has none that can be used (absent, malformed, read without confidence, our own, a machine's), to the sender, under these limits, which
    ``compose`` keeps: no name and no title from the form stand in it; a complete application is only receipted; the list of what is missing
    goes out only for an application that came in this very mail. Such a list is drawn from that mail alone: it tells the sender which of the
    papers and boxes that he himself sent are wanting, hence "nothing in it but what that mail said" (programme.md), and a person who forgot
    to write an e-mail address can still learn that it is needed. After a supplement the list is drawn over the whole case, that is over
    papers that others may have sent: then the sender gets a receipt, unless his address is known for the case (``compose``, ``known``).

    Enquiries, withdrawals and data requests are receipted to the sender. Everything else gets no letter. A mail whose sender cannot be told
    for certain is not answered at all, not even to the form's address.
    """
    if message.sender is None:
        return None
    ours = ours or Ours()
    sender = message.sender.address.lower()
    usable = sender if can_be_written_to(sender, ours) else None
    if message_class in _SENDER_LETTERS:
        return usable
    if message_class not in _CASE_LETTERS:
        return None
    on_form = form_address(fields, sender=sender, min_confidence=min_confidence, ours=ours)
    return on_form or usable


class Caps(Value):
    """How many letters may go out (settings of [outgoing]); the defaults are those of the contract."""

    per_address_day: int = 3
    per_domain_hour: int = 60
    per_hour: int = 200
    per_thread: int = 2


class Counts(Value):
    """Letters that went out already, those on their way included: to the address within a day, to its domain and to all within an hour, and
    in the thread since its last new paper, whatever address they went to."""

    address_day: int = 0
    domain_hour: int = 0
    hour: int = 0
    thread: int = 0


def within_caps(counts: Counts, caps: Caps) -> Held | None:
    """None where one more letter may go; else which cap holds it for staff."""
    if counts.thread >= caps.per_thread:
        return Held(cap="thread", reason=f"held: {counts.thread} automatic letters in this thread without a new paper, {caps.per_thread} allowed")
    if counts.address_day >= caps.per_address_day:
        return Held(cap="address_day", reason=f"held: {counts.address_day} letters to this address within a day, {caps.per_address_day} allowed")
    if counts.domain_hour >= caps.per_domain_hour:
        return Held(cap="domain_hour", reason=f"held: {counts.domain_hour} letters to this domain within an hour, {caps.per_domain_hour} allowed")
    if counts.hour >= caps.per_hour:
        return Held(cap="hour", reason=f"held: {counts.hour} letters within an hour, {caps.per_hour} allowed; look whether something loops")
    return None


def _reasons(message: Message, sender: str, ours: Ours, words: MailWords) -> Iterator[str]:
    """Why the mail itself must not be answered, in words for staff."""
    for mark in marks_of_automation(message, words):
        yield mark.reason
    if any(note.code == "header_cut" for note in message.notes):
        yield "its header was too large to be read whole: what was cut off may say that no person wrote it"
    if is_ours(sender, ours):
        yield "sent from an address of our own"
    if is_machine(sender):
        yield f"the sender {sender.partition('@')[0]} is a machine"
    if not is_plain_address(sender):
        yield "the sender's address cannot be written to"
    if message.message_id and _is_our_id(message.message_id, ours):
        yield "a letter of our own came back"
    if ours.addresses and not any(mailbox.address.lower() in ours.addresses for mailbox in (*message.to, *message.cc)):
        yield "our address stands in neither To nor Cc"


def _is_our_id(message_id: str, ours: Ours) -> bool:
    return is_our_message_id(message_id, secret=ours.secret, domain=ours.message_id_domain)


def answers_us(message: Message, ours: Ours) -> bool:
    """Whether the mail answers a letter of ours: it names a Message-ID that we signed."""
    return any(_is_our_id(known, ours) for known in (*message.in_reply_to, *message.references))


def _holds_paper(message: Message) -> bool:
    return any(part.role is PartRole.PAPER for part in message.parts)
