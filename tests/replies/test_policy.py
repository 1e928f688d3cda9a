"""When the machine keeps silent, to whom it writes, and when a letter waits for staff."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parsers.authentication import Authentication, Trust
from parsers.values import Field, Mailbox, MailNote, MessageClass, Method, PartRole
from replies.addresses import is_plain_address, ours_of
from replies.policy import Caps, Counts, Ours, addressee, may_reply, within_caps
from replies.values import NoReply
from tests.replies.builders import OUR_ADDRESS, SECRET, WORDS, attached, fields, message, our_id, read

OURS = ours_of([OUR_ADDRESS, "Alias@Other.example"], secret=SECRET, message_id_domain="secretariat.example.com")
APPLICATION = MessageClass.APPLICATION
SENDER = "chan@wingfat.example"
CONSULTANT = "agent@consultants.example"


def answer(*, ours: Ours = OURS, message_class: MessageClass = APPLICATION, mail: dict[str, Any] | None = None, **given: Any) -> NoReply | None:
    return may_reply(message(**(mail or {})), message_class=message_class, ours=ours, words=WORDS, **given)


def refused(**given: Any) -> str:
    refusal = answer(**given)
    assert refusal is not None
    return refusal.reason


@pytest.mark.parametrize(
    "message_class",
    [APPLICATION, MessageClass.SUPPLEMENT, MessageClass.ENQUIRY, MessageClass.WITHDRAWAL, MessageClass.DATA_REQUEST],
)
def test_an_ordinary_mail_of_a_person_is_answered(message_class: MessageClass) -> None:
    assert answer(message_class=message_class) is None


@pytest.mark.parametrize(
    "message_class",
    [
        MessageClass.AUTO_REPLY,
        MessageClass.BOUNCE,
        MessageClass.LIST,
        MessageClass.SPAM,
        MessageClass.UNREADABLE,
        MessageClass.OTHER,
    ],
)
def test_mail_of_these_classes_gets_nothing(message_class: MessageClass) -> None:
    assert message_class in refused(message_class=message_class)


def test_a_sender_who_cannot_be_told_gets_nothing() -> None:
    refusal = may_reply(message().model_copy(update={"sender": None}), message_class=APPLICATION, ours=OURS, words=WORDS)
    assert refusal is not None
    assert "who sent the mail" in refusal.reason


def test_automatic_mail_gets_nothing_and_the_mark_is_named() -> None:
    assert "auto-generated" in refused(mail={"headers": (("Auto-Submitted", "auto-generated"),)})
    assert answer(mail={"headers": (("Auto-Submitted", "no"),)}) is None


@pytest.mark.parametrize(
    "sender",
    [
        "mailer-daemon@x.example", "MAILER-DAEMON@x.example", "postmaster@x.example", "no-reply@x.example", "noreply@x.example",
        "do-not-reply@x.example", "donotreply@x.example", "owner-news@x.example", "news-request@x.example", "news-bounces@x.example",
        "listserv@x.example", "root@x.example", "noreply-abc@x.example", "bounce@x.example",
    ],
)  # fmt: skip
def test_a_machine_is_not_answered(sender: str) -> None:
    assert answer(mail={"sender": sender}) is not None


@pytest.mark.parametrize("sender", ["norman@x.example", "rooted@x.example", "request@x.example", "reply@x.example", "owner@x.example"])
def test_a_person_whose_name_resembles_a_machines_is_answered(sender: str) -> None:
    assert answer(mail={"sender": sender}) is None


@pytest.mark.parametrize("sender", [OUR_ADDRESS, "colleague@secretariat.example.com", "alias@other.example"])
def test_we_never_answer_ourselves(sender: str) -> None:
    assert "our own" in refused(mail={"sender": sender})


def test_a_public_providers_domain_is_never_ours() -> None:
    assert ours_of(["grants.office@gmail.com"]).domains == ()


def test_a_letter_of_ours_that_comes_back_is_not_answered() -> None:
    assert "came back" in refused(mail={"message_id": our_id()})


def test_our_address_must_stand_in_to_or_cc_where_it_is_known() -> None:
    other, ours = Mailbox(name="", address="someone@else.example"), Mailbox(name="", address="ALIAS@other.example")
    assert "neither To nor Cc" in refused(mail={"to": (other,)})
    assert answer(mail={"to": (other,), "cc": (ours,)}) is None
    assert answer(mail={"to": (other,)}, ours=Ours()) is None


def test_an_answer_to_our_letter_needs_a_new_paper() -> None:
    answering = {"in_reply_to": (our_id(),)}
    assert "without a new paper" in refused(mail=answering)
    assert "without a new paper" in refused(mail=answering | {"parts": (attached(PartRole.DECORATION),)})
    assert answer(mail=answering | {"parts": (attached(),)}) is None
    assert "without a new paper" in refused(mail=answering | {"parts": (attached(),)}, brings_new_paper=False)
    assert "without a new paper" in refused(mail={"references": ("<a@b>", our_id())})


def test_an_answer_to_a_letter_that_only_looks_like_ours_is_an_ordinary_mail() -> None:
    forged = our_id().replace(our_id()[-40], "0" if our_id()[-40] != "0" else "1")
    assert answer(mail={"in_reply_to": (forged,)}) is None


def test_failed_authentication_silences() -> None:
    failed = Authentication(trust=Trust.FAILED, reason="dmarc=fail")
    assert refused(authentication=failed) == "no reply: the sender's authentication failed (dmarc=fail)"
    assert answer(authentication=Authentication(trust=Trust.UNKNOWN, reason="nobody looked")) is None


def test_a_mail_that_lay_for_more_than_a_week_is_for_staff() -> None:
    now = datetime(2026, 3, 20, tzinfo=UTC)
    late = answer(internal_date=now - timedelta(days=7, seconds=1), now=now)
    assert late is not None
    assert late.kind == "not_due"
    assert answer(internal_date=now - timedelta(days=7), now=now) is None


def test_a_letter_is_due_once() -> None:
    again = answer(already_sent=True)
    assert again is not None
    assert again.kind == "not_due"


# ------------------------------------------------------------------ to whom


def to(message_class: MessageClass = APPLICATION, given: dict[str, Field] | None = None, *, sender: str = CONSULTANT) -> str | None:
    return addressee(message(sender=sender), message_class, fields() if given is None else given, ours=OURS)


def test_letters_about_a_case_go_to_the_address_on_the_form_whoever_sent_it() -> None:
    assert to() == SENDER
    assert to(MessageClass.SUPPLEMENT) == SENDER


@pytest.mark.parametrize(
    "unusable",
    [
        {},
        fields(contact_email="not an address"),
        fields(contact_email=OUR_ADDRESS),
        fields(contact_email="no-reply@wingfat.example"),
        fields() | {"contact.email": read("contact.email", "other@wingfat.example", confidence=0.5, method=Method.OCR)},
    ],
)
def test_without_a_usable_address_on_the_form_the_sender_is_written_to(unusable: dict[str, Field]) -> None:
    assert to(given=unusable) == CONSULTANT


def test_a_scanned_address_two_letters_off_the_senders_is_the_senders() -> None:
    scanned = {"contact.email": read("contact.email", "chan@wlngfat.exarnple", confidence=0.95, method=Method.OCR)}
    typed = {"contact.email": read("contact.email", "chen@wingfat.example")}
    close = {"contact.email": read("contact.email", "chan@wlngfat.example", confidence=0.5, method=Method.OCR)}
    assert to(given=close, sender=SENDER) == SENDER
    assert to(given=typed, sender=SENDER) == "chen@wingfat.example"
    assert to(given=scanned, sender=SENDER) == "chan@wlngfat.exarnple"


@pytest.mark.parametrize("message_class", [MessageClass.ENQUIRY, MessageClass.WITHDRAWAL, MessageClass.DATA_REQUEST])
def test_other_mail_is_receipted_to_its_sender(message_class: MessageClass) -> None:
    assert to(message_class) == CONSULTANT


@pytest.mark.parametrize("message_class", [MessageClass.OTHER, MessageClass.LIST, MessageClass.BOUNCE, MessageClass.UNREADABLE])
def test_nobody_is_written_to_about_mail_that_gets_no_letter(message_class: MessageClass) -> None:
    assert to(message_class) is None


def test_a_machine_that_sends_a_form_without_an_address_is_not_written_to() -> None:
    assert to(given={}, sender="no-reply@portal.example") is None


def test_without_a_certain_sender_nobody_is_written_to() -> None:
    assert addressee(message().model_copy(update={"sender": None}), APPLICATION, fields()) is None


@pytest.mark.parametrize(
    "address",
    [
        "a@b",
        "a b@c.example",
        '"a b"@c.example',
        "a@b.example\n",
        "a@-b.example",
        "a@b..example",
        "<a@b.example>",
        "a@b.example,c@d.example",
        "é@b.example",
    ],
)
def test_an_address_that_could_break_a_header_is_not_plain(address: str) -> None:
    assert not is_plain_address(address)


# ------------------------------------------------------------------ caps


@pytest.mark.parametrize(
    ("counts", "cap"),
    [
        (Counts(address_day=3), "address_day"),
        (Counts(domain_hour=60), "domain_hour"),
        (Counts(hour=200), "hour"),
        (Counts(thread=2), "thread"),
        (Counts(address_day=3, thread=5), "thread"),
    ],
)
def test_a_letter_over_a_cap_is_held_and_says_which(counts: Counts, cap: str) -> None:
    held = within_caps(counts, Caps())
    assert held is not None
    assert held.cap == cap
    assert held.reason.startswith("held")


def test_the_last_letter_within_the_caps_goes_out() -> None:
    assert within_caps(Counts(address_day=2, domain_hour=59, hour=199, thread=1), Caps()) is None


def test_the_caps_are_settings() -> None:
    assert within_caps(Counts(address_day=3), Caps(per_address_day=4)) is None


def test_a_mail_whose_header_was_cut_is_not_answered_for_what_was_cut_may_be_a_mark_of_a_machine() -> None:
    cut = MailNote(code="header_cut", detail="more than 1000 fields or 262144 bytes")
    assert "too large to be read whole" in refused(mail={"notes": (cut,)})
