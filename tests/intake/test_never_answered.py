"""Mails that no person wrote get no letter, and staff can see why; people whose mail merely carries such marks are taken in."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from intake.bounced_letters import our_ids_in, says_failed
from intake.programme import load_programme
from parsers.mail import read_message
from parsers.message_class import Classified, classify_message
from parsers.values import MessageClass
from replies.message_ids import message_id_for
from replies.policy import may_reply, ours_of
from tests.intake.builders import OUR_ADDRESS, enquiry

SECRET = b"a secret of the tests"
OURS = ours_of([OUR_ADDRESS], secret=SECRET)
REFERENCE = "CPPP-2026-00042-O"
TOKEN = message_id_for(REFERENCE, "missing_items", "ab" * 32, secret=SECRET, domain="secretariat.example")
_programme = cache(load_programme)
DRAWN = Path(__file__).parent / "never_answered"  # drawn after what the usual systems write; names in braces are filled in
BOUNCES, ABSENCES, LISTS = ({file.stem: file for file in sorted((DRAWN / kind).glob("*.eml"))} for kind in ("bounces", "absences", "lists"))


def drawn(file: Path, *, token: str = TOKEN, change: tuple[str, str] = ("", "")) -> bytes:
    text = file.read_text(encoding="utf-8")
    assert change[0] in text
    text = text.replace(*change) if change[0] else text
    at = token.index("@")
    filled = {"{token}": token, "{bare}": token.strip("<>"), "{folded}": f"{token[:at]}\n> {token[at:]}"}
    filled |= {"{reference}": REFERENCE, "{to}": "wong@works.example"}
    for name, value in filled.items():
        text = text.replace(name, value)
    return text.replace("\n", "\r\n").encode()


def classed(mail: bytes) -> Classified:
    return classify_message(read_message(mail), _programme().mail_words, has_form=False, has_papers=False)


def refused(mail: bytes, **given: Any) -> str:
    message = read_message(mail)
    found = classify_message(message, _programme().mail_words, has_form=False, has_papers=False)
    refusal = may_reply(message, message_class=found.message_class, ours=OURS, words=_programme().mail_words, **given)
    assert refusal is not None, found
    return refusal.reason


@pytest.mark.parametrize("name", BOUNCES)
def test_a_delivery_report_is_a_bounce_that_names_our_letter_and_is_not_answered(name: str) -> None:
    mail = drawn(BOUNCES[name])
    assert classed(mail).message_class is MessageClass.BOUNCE
    assert refused(mail)
    message = read_message(mail)
    assert our_ids_in(mail, message, OURS) == (TOKEN,)
    assert says_failed(message, _programme().mail_words)


@pytest.mark.parametrize("name", BOUNCES)
def test_a_forged_bounce_names_no_letter_of_ours(name: str) -> None:
    left, _, domain = TOKEN.partition("@")
    forged = f"{left[:-24]}{'0' * 24}@{domain}"
    mail = drawn(BOUNCES[name], token=forged)
    assert our_ids_in(mail, read_message(mail), OURS) == ()


@pytest.mark.parametrize("name", ABSENCES)
def test_an_automatic_answer_gets_nothing(name: str) -> None:
    mail = drawn(ABSENCES[name])
    assert refused(mail).startswith("no reply: ")
    assert classed(mail).message_class is not MessageClass.APPLICATION


@pytest.mark.parametrize("name", LISTS)
def test_list_mail_gets_nothing(name: str) -> None:
    assert refused(drawn(LISTS[name])).startswith("no reply: ")


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed"])
def test_a_report_of_a_delay_or_of_a_delivery_is_no_failure(action: str) -> None:
    mail = drawn(BOUNCES["postfix"], change=("Action: failed", f"Action: {action}"))
    assert not says_failed(read_message(mail), _programme().mail_words)


def test_a_warning_without_a_status_is_no_failure() -> None:
    mail = drawn(BOUNCES["qmail"], change=("Subject: failure notice", "Subject: Warning: could not send message for past 4 hours"))
    assert not says_failed(read_message(mail), _programme().mail_words)


RULES = {
    "null return path": ({"Return-Path": "<>"}, "Return-Path is null"),
    "automatic": ({"Auto-Submitted": "auto-generated"}, "auto_reply"),
    "an unknown keyword": ({"Auto-Submitted": "yes"}, "auto_reply"),
    "a list": ({"List-Id": "<x.example>"}, "class list"),
    "Mailing-List": ({"Mailing-List": "x"}, "class list"),
    "X-BeenThere": ({"X-BeenThere": "x"}, "class list"),
    "Feedback-ID": ({"Feedback-ID": "1:2"}, "class list"),
    "bulk": ({"Precedence": "bulk"}, "class list"),
    "junk": ({"Precedence": "junk"}, "class list"),
    "precedence list": ({"Precedence": "list"}, "class list"),
    "precedence auto_reply": ({"Precedence": "auto_reply"}, "auto_reply"),
    "X-Autoreply": ({"X-Autoreply": "yes"}, "auto_reply"),
    "X-Autorespond": ({"X-Autorespond": "yes"}, "auto_reply"),
    "X-Autoresponder": ({"X-Autoresponder": "yes"}, "auto_reply"),
    "X-Failed-Recipients": ({"X-Failed-Recipients": "a@b.example"}, "bounce"),
    "X-Loop": ({"X-Loop": "a@b.example"}, "X-Loop"),
    "inbox rules": ({"X-MS-Exchange-Inbox-Rules-Loop": "a@b.example"}, "Inbox-Rules-Loop"),
    "X-FC-MachineGenerated": ({"X-FC-MachineGenerated": "true"}, "auto_reply"),
    "Delivered-To": ({"Delivered-To": "Autoresponder"}, "auto_reply"),
    "Exchange's wish": ({"X-Auto-Response-Suppress": "All"}, "X-Auto-Response-Suppress"),
    "our token": ({"In-Reply-To": TOKEN}, "without a new paper"),
    "our own letter": ({"Message-ID": TOKEN}, "a letter of our own came back"),
}


@pytest.mark.parametrize("name", RULES)
def test_each_rule_of_silence_is_named_in_its_reason(name: str) -> None:
    headers, said = RULES[name]
    others = {key: value for key, value in headers.items() if key != "Message-ID"}
    assert said in refused(enquiry(1, message_id=headers.get("Message-ID", ""), headers=others))


@pytest.mark.parametrize("sender", ["mailer-daemon", "postmaster", "no-reply", "owner-news", "news-request", "news-bounces", "listserv", "root"])
def test_nobody_reads_behind_these_names(sender: str) -> None:
    assert refused(enquiry(1, sender=f"{sender}@works.example"))


def test_our_own_address_and_domain_and_mail_to_others_are_not_answered() -> None:
    assert "our own" in refused(enquiry(1, sender=OUR_ADDRESS))
    assert "our own" in refused(enquiry(1, sender="colleague@secretariat.example"))
    assert "neither To nor Cc" in refused(enquiry(1).replace(b"To: apply@secretariat.example", b"To: other@works.example"))


def test_an_ordinary_exchange_users_mail_is_taken_in_though_not_answered() -> None:
    assert classed(enquiry(1, headers={"X-Auto-Response-Suppress": "DR, OOF, AutoReply"})).message_class is MessageClass.ENQUIRY
