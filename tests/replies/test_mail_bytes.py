"""The bytes of a letter: what must stand in them, and that nothing gets in that does not belong."""

from __future__ import annotations

import re
from datetime import datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.values import Verdict
from parsers.values import Language
from replies.mail_bytes import UnsafeLetter, build_mail, verify_mail
from replies.message_ids import is_our_message_id, is_strict_id, message_id_for, reference_of
from replies.reworded import reworded
from replies.values import Reply, Template
from tests.replies.builders import NOON, OUR_ADDRESS, REFERENCE, SECRET, decision, incomplete, letter, mail_of, our_id

DOMAIN = "secretariat.example.com"
REPLY = letter(incomplete(), language=Language.ZH_HANT)
MAIL = mail_of(REPLY)


def changed(**values: object) -> Reply:
    return REPLY.model_copy(update=values)


def test_a_letter_carries_every_header_that_the_contract_names_and_no_other() -> None:
    mail = message_from_bytes(MAIL, policy=SMTP)
    names = "From To Subject Date Message-ID In-Reply-To References Auto-Submitted X-Auto-Response-Suppress MIME-Version Content-Type"
    assert sorted(mail.keys()) == sorted(names.split())
    assert mail["To"] == "chan@wingfat.example"
    assert mail["From"] == f"CPPP Secretariat <{OUR_ADDRESS}>"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Subject"] == REPLY.subject
    assert mail["Date"].datetime == NOON
    assert mail["In-Reply-To"] == "<one@wingfat.example>"


def test_a_letter_in_a_persons_words_does_not_call_itself_automatic() -> None:
    """RFC 3834, 5: "no" for what a person wrote; the machine's own words that a person merely released stay automatic."""
    words = reworded(REPLY, subject=REPLY.subject, text="Please send us the quotation too.", reference=REFERENCE)
    assert message_from_bytes(mail_of(words), policy=SMTP)["Auto-Submitted"] == "no"
    left_alone = reworded(REPLY, subject=REPLY.subject, text=REPLY.text, reference=REFERENCE)
    assert mail_of(left_alone) == MAIL
    with pytest.raises(UnsafeLetter):
        verify_mail(mail_of(words))
    with pytest.raises(UnsafeLetter):
        verify_mail(MAIL, by_hand=True)


def test_text_and_html_arrive_as_they_were_written() -> None:
    mail = message_from_bytes(MAIL, policy=SMTP)
    text, html = mail.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == REPLY.text
    assert html.get_content().replace("\r\n", "\n") == REPLY.html


def test_an_older_mail_program_reads_the_same_subject() -> None:
    raw = message_from_bytes(MAIL)["Subject"]
    assert str(make_header(decode_header(raw))).replace("\n", "") == REPLY.subject


def test_the_same_letter_has_the_same_bytes() -> None:
    assert mail_of(REPLY) == MAIL


def test_long_ids_of_other_mail_programs_are_copied_whole() -> None:
    long = "<SEZPR06MB5642" + "A" * 120 + "@SEZPR06MB5642.apcprd06.prod.outlook.example>"
    mail = mail_of(changed(in_reply_to=long, references=(*(f"<{n}{'b' * 60}@x.example>" for n in range(10)), long)))
    assert b"=?" not in re.search(rb"(?s)In-Reply-To:.*?References:.*?\r\nAuto", mail)[0]  # type: ignore[index]
    assert long.encode() in mail.split(b"References:")[0]
    assert len(message_from_bytes(mail)["References"].split()) == 11


@pytest.mark.parametrize("bad", ["<a@b>\r\nBcc: x@y.example", "<=?utf-8?q?=0ABcc:_x?=@y>", "a@b", "<a@b> <c@d>", "<a\x00@b>"])
def test_an_id_of_bad_form_is_left_out_of_the_letter(bad: str) -> None:
    mail = mail_of(changed(in_reply_to=bad, references=(bad,)))
    assert b"Bcc" not in mail
    assert b"In-Reply-To" not in mail


@pytest.mark.parametrize(
    "bad",
    [
        {"to": ()},
        {"to": ("a@b.example", "c@d.example")},
        {"to": ("a@b.example\r\nBcc: c@d.example",)},
        {"to": ("a@b.example, c@d.example",)},
        {"to": ("=?utf-8?q?a?=@b.example",)},
        {"subject": "Hello\r\nBcc: c@d.example"},
        {"subject": "Hello =?utf-8?q?=0D=0ABcc:_c@d.example?="},
        {"subject": "Hello\u2028Bcc: c@d.example"},
        {"text": "x" * 70_000},
        {"html": '<img src="https://evil.example/pixel.gif">'},
        {"html": '<p style="background:url(https://evil.example)">x</p>'},
        {"html": '<p onclick="x()">x</p>'},
    ],
)
def test_a_letter_that_is_not_clean_is_not_built(bad: dict[str, object]) -> None:
    with pytest.raises(UnsafeLetter):
        mail_of(changed(**bad))


def test_a_senders_name_of_ours_that_hides_a_header_is_refused() -> None:
    for name in ("CPPP\nBcc: x@y.example", "=?utf-8?q?x?="):
        with pytest.raises(UnsafeLetter):
            mail_of(REPLY, from_name=name)


def test_a_chinese_name_of_ours_is_written_so_that_it_can_be_read() -> None:
    mail = message_from_bytes(mail_of(REPLY, from_name="清潔生產伙伴計劃秘書處, 香港"), policy=SMTP)
    assert mail["From"].addresses[0].display_name == "清潔生產伙伴計劃秘書處, 香港"


def test_a_date_without_a_zone_is_refused() -> None:
    with pytest.raises(UnsafeLetter, match="zone"):
        build_mail(REPLY, from_address=OUR_ADDRESS, from_name="x", message_id=our_id(), date=datetime(2026, 3, 5))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"To: ", b"Bcc: x@y.example\r\nTo: "),
        (b"To: ", b"Cc: x@y.example\r\nTo: "),
        (b"To: ", b"To: x@y.example\r\nTo: "),
        (b"To: chan@wingfat.example", b"To: chan@wingfat.example, x@y.example"),
        (b"To: chan@wingfat.example", b"To: other@wingfat.example"),
        (b"To: chan@wingfat.example", b"To: =?utf-8?q?chan?=@wingfat.example"),
        (b"From: ", b"Sender: x@y.example\r\nFrom: "),
        (b"Auto-Submitted: auto-replied\r\n", b""),
        (b"Auto-Submitted: auto-replied", b"Auto-Submitted: no"),
        (b"In-Reply-To: <", b"In-Reply-To: =?utf-8?q?=0A?= <"),
        (b"MIME-Version", b"X-Evil: 1\r\nMIME-Version"),
        (b"MIME-Version: 1.0\r\n", b"MIME-Version: 1.0\n"),
        (b"MIME-Version: 1.0\r\n", b"MIME-Version: 1.0\r\r\n"),
        (b"text/html", b"text/csv"),
        (b"multipart/alternative", b"multipart/mixed"),
        (b"Subject: ", b"Subject: \xe8\xab\x8b"),
        (b"Subject: ", b"Subject: =?utf-8?q?=3D=3Futf-8=3Fq=3F=0ABcc=3A_x=3F=3D?= "),
    ],
)
def test_bytes_changed_after_the_fact_are_noticed(old: bytes, new: bytes) -> None:
    assert old in MAIL
    verify_mail(MAIL, to="chan@wingfat.example", from_address=OUR_ADDRESS)
    with pytest.raises(UnsafeLetter):
        verify_mail(MAIL.replace(old, new, 1), to="chan@wingfat.example", from_address=OUR_ADDRESS)


hostile = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\r\n\t :=?_<>@,;\"'.{}%\x00\x85\u2028QqBb0")), max_size=120)
injections = st.sampled_from(["\r\nBcc: evil@x.example", "=?utf-8?q?=0D=0ABcc:_evil@x.example?=", "\n\n<script>", "%0d%0aBcc:"])


@settings(max_examples=150, deadline=None)
@given(subject=hostile, name=hostile, to=hostile, answered=hostile, injected=injections)
def test_no_text_whatever_can_break_a_mail(subject: str, name: str, to: str, answered: str, injected: str) -> None:
    reply = Reply(
        template=Template.RECEIPT,
        to=("a@b.example" if len(to) % 2 else f"{to}{injected}",),
        subject=subject + (injected if len(subject) % 3 == 0 else ""),
        text=f"{subject}{injected}",
        html="<p>x</p>",
        language=Language.EN,
        cause="c",
        in_reply_to=f"<{answered}@{answered}>{injected}" if len(answered) % 2 else f"<a{answered}@b>",
        references=(answered, injected),
    )
    try:
        mail = mail_of(reply, from_name=name)
    except UnsafeLetter:
        return
    head = mail.split(b"\r\n\r\n", 1)[0]
    names = [line.split(b":")[0].lower() for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]
    assert names.count(b"to") == 1
    assert not {b"bcc", b"cc", b"reply-to"} & set(names)
    assert message_from_bytes(mail)["To"] == reply.to[0]


# ------------------------------------------------------------------ Message-IDs


def test_the_id_of_a_letter_depends_on_case_letter_and_cause_alone() -> None:
    assert our_id() == our_id()
    assert len({our_id(), our_id(template="acknowledgement"), our_id(cause="other"), our_id(reference="CPPP-2026-00043-X")}) == 4


def test_we_know_our_own_ids_and_the_case_that_they_name() -> None:
    assert is_our_message_id(our_id(), secret=SECRET, domain=DOMAIN)
    assert is_our_message_id(our_id(), secret=SECRET, domain=DOMAIN.upper())
    assert reference_of(our_id(), secret=SECRET, domain=DOMAIN) == REFERENCE


@given(place=st.integers(1, len(our_id()) - 2), new=st.sampled_from("abcdef0123456789"))
def test_an_id_with_one_character_changed_is_not_ours(place: int, new: str) -> None:
    forged = our_id()[:place] + new + our_id()[place + 1 :]
    assert (forged == our_id()) == is_our_message_id(forged, secret=SECRET, domain=DOMAIN)


def test_without_the_secret_or_for_another_domain_nothing_is_ours() -> None:
    assert not is_our_message_id(our_id(), secret=b"", domain=DOMAIN)
    assert not is_our_message_id(our_id(), secret=b"another", domain=DOMAIN)
    assert not is_our_message_id(our_id(), secret=SECRET, domain="elsewhere.example")


@given(st.text(max_size=60))
def test_every_reference_makes_an_id_of_strict_form(reference: str) -> None:
    try:
        made = message_id_for(reference, "receipt", "cause", secret=SECRET, domain=DOMAIN)
    except ValueError:
        assert not reference or len(reference) > 40
        return
    assert is_strict_id(made)


@pytest.mark.parametrize("domain", ["", "a b", "x\r\ny", "=?x?="])
def test_a_domain_that_cannot_stand_in_an_id_is_refused(domain: str) -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        message_id_for(REFERENCE, "receipt", "cause", secret=SECRET, domain=domain)


def test_every_verdict_gives_a_letter_below_the_size_limit() -> None:
    for verdict in Verdict:
        given_decision = incomplete() if verdict is Verdict.INCOMPLETE else decision(verdict)
        assert len(mail_of(letter(given_decision, language=None))) < 64 * 1024
