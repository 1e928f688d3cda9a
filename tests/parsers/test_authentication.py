"""Whom a trusted server vouches for, and how little a sender can do about it."""

from __future__ import annotations

import pytest

from parsers.authentication import Trust, authentication_of, is_aligned
from parsers.mail import read_message

OURS = "mx.secretariat.example"
BORDER = "Received: from mail.works.example ([192.0.2.7])\r\n\tby mx.secretariat.example (Postfix) with ESMTPS; Tue, 5 Mar 2024 10:00:00 +0800"
STORED = "Received: from mx.secretariat.example by store.secretariat.example with LMTP; Tue, 5 Mar 2024 10:00:01 +0800"
THEIRS = "Received: from laptop by mail.works.example; Tue, 5 Mar 2024 09:59:00 +0800"
PASS = f"Authentication-Results: {OURS}; dmarc=pass (p=none) header.from=works.example"
FAIL = f"Authentication-Results: {OURS}; dmarc=fail header.from=works.example; spf=fail smtp.mailfrom=works.example"


def judged(*fields: str, sender: str = "Wong <wong@works.example>", authserv: str = OURS) -> Trust:
    head = "\r\n".join((*fields, f"From: {sender}", "To: apply@secretariat.example", "Subject: x"))
    return authentication_of(read_message(f"{head}\r\n\r\nHello\r\n".encode()), authserv).trust


def said(results: str, *, sender: str = "wong@works.example") -> Trust:
    return judged(f"Authentication-Results: {OURS}; {results}", BORDER, sender=sender)


def test_without_a_configured_server_nobody_is_authenticated_and_nobody_fails() -> None:
    assert judged(PASS, BORDER, authserv="") is Trust.UNKNOWN
    assert judged(FAIL, BORDER, authserv="") is Trust.UNKNOWN


@pytest.mark.parametrize(
    ("results", "trust"),
    [
        ("dmarc=pass header.from=works.example", Trust.PASSED),
        ("dmarc=pass", Trust.PASSED),
        ("dkim=pass header.d=works.example header.s=s1", Trust.PASSED),
        ("dkim=pass header.i=@works.example", Trust.PASSED),
        ("spf=pass smtp.mailfrom=bounce@works.example", Trust.PASSED),
        ("spf=pass smtp.mailfrom=works.example", Trust.PASSED),
        ("dkim=fail header.d=works.example; spf=pass smtp.mailfrom=works.example", Trust.PASSED),
        ("dkim=none; dmarc=none header.from=works.example; spf=pass smtp.mailfrom=works.example", Trust.PASSED),
        ("dkim=pass header.d=evil.example; dkim=pass header.d=works.example", Trust.PASSED),
        ("dmarc=fail header.from=works.example; spf=pass smtp.mailfrom=works.example", Trust.FAILED),
        ("dmarc=pass header.from=evil.example", Trust.FAILED),
        ("dkim=pass header.d=evil.example", Trust.FAILED),
        ("spf=pass smtp.mailfrom=x@evil.example", Trust.FAILED),
        ("spf=pass smtp.helo=works.example", Trust.FAILED),
        ("spf=softfail smtp.mailfrom=works.example", Trust.FAILED),
        ("dkim=pass header.d=notworks.example", Trust.FAILED),
        ("dkim=pass header.d=works.example.evil.example", Trust.FAILED),
        ("dkim=pass header.d=mail.works.example", Trust.FAILED),
        ("iprev=pass policy.iprev=192.0.2.7; auth=pass smtp.auth=wong", Trust.UNKNOWN),
        ("none", Trust.UNKNOWN),
        ("spf=none smtp.mailfrom=works.example; dkim=none", Trust.UNKNOWN),
        ("dmarc=temperror header.from=works.example; spf=temperror smtp.mailfrom=works.example", Trust.UNKNOWN),
    ],
)
def test_what_a_trusted_server_says_is_read_by_method_and_domain(results: str, trust: Trust) -> None:
    assert said(results) is trust


def test_a_parent_vouches_for_its_sub_domain_but_not_where_strangers_register() -> None:
    assert said("dkim=pass header.d=works.example", sender="a@sales.works.example") is Trust.PASSED
    assert is_aligned("works.com.hk", "mail.works.com.hk")
    assert not is_aligned("com.hk", "works.com.hk")
    assert not is_aligned("hk", "works.hk")
    assert not is_aligned("example", "works.example")


def test_comments_and_folding_and_a_version_change_nothing() -> None:
    folded = f"Authentication-Results: {OURS} 1 (ours);\r\n\tspf=fail (dmarc=pass header.from=works.example)\r\n smtp.mailfrom=works.example"
    assert judged(folded, BORDER) is Trust.FAILED
    nested = f"Authentication-Results: {OURS};\r\n dmarc=pass (p=none (sp=none) dis=none)\r\n\theader.from=works.example"
    assert judged(nested, BORDER) is Trust.PASSED


@pytest.mark.parametrize(
    "field",
    [
        f"Authentication-Results: {OURS} 99; dmarc=pass header.from=works.example",
        f"Authentication-Results: {OURS}.evil.example; dmarc=pass",
        f"Authentication-Results: x{OURS}; dmarc=pass",
        f"Authentication-Results: ({OURS}) evil.example; dmarc=pass",
        "Authentication-Results: evil.example; dmarc=pass header.from=works.example",
        "Authentication-Results: dmarc=pass header.from=works.example",
        "Authentication-Results: mx.secretariat.examp1e; dmarc=pass",
        "Authentication-Results: =?utf-8?q?mx=2Esecretariat=2Eexample?=; dmarc=pass",
        f"ARC-Authentication-Results: i=1; {OURS}; dmarc=pass",
        f"X-Authentication-Results: {OURS}; dmarc=pass",
        f"Authentication-Results: {OURS}; dmarc=pass header.from=works.example; ((((",
    ],
)
def test_another_servers_word_or_a_garbled_one_counts_for_nothing(field: str) -> None:
    assert judged(field, BORDER) is Trust.UNKNOWN


def test_the_authserv_id_is_compared_without_case() -> None:
    assert judged(PASS.replace(OURS, OURS.upper()), BORDER) is Trust.PASSED


def test_what_stands_below_the_senders_own_received_is_the_senders_own_work() -> None:
    assert judged(BORDER, THEIRS, PASS) is Trust.UNKNOWN
    assert judged(STORED, BORDER, THEIRS, PASS) is Trust.UNKNOWN
    assert judged(FAIL, BORDER, PASS, THEIRS) is Trust.FAILED


def test_a_forged_result_right_below_the_true_one_changes_nothing() -> None:
    assert judged(BORDER, FAIL, PASS, THEIRS) is Trust.FAILED
    assert judged(BORDER, FAIL, BORDER, PASS) is Trust.FAILED
    assert judged(FAIL, PASS) is Trust.FAILED
    evil = f"Authentication-Results: {OURS}; spf=pass smtp.mailfrom=evil.example; dkim=none"
    assert judged(BORDER, evil, PASS, THEIRS) is Trust.FAILED


def test_the_servers_own_fields_count_together_above_its_received_and_behind_an_inner_hop() -> None:
    dkim = f"Authentication-Results: {OURS}; dkim=none"
    assert judged(dkim, PASS, BORDER, THEIRS) is Trust.PASSED
    assert judged(STORED, PASS, BORDER, THEIRS) is Trust.PASSED
    assert judged(STORED, BORDER, PASS, THEIRS) is Trust.PASSED  # as Gmail writes them


def test_an_encoded_word_in_an_address_cannot_write_a_result() -> None:
    crafted = (
        f'Authentication-Results: {OURS}; spf=fail smtp.mailfrom="=?utf-8?q?x=22=3B_dmarc=3Dpass_header=2Efrom=3Dworks=2Eexample_=28?="@evil.example'
    )
    assert judged(crafted, BORDER) is not Trust.PASSED


def test_a_sender_that_two_readers_see_differently_is_never_authenticated() -> None:
    assert judged(PASS, BORDER, sender="wong@works.example <evil@works.example>") is Trust.UNKNOWN


def test_a_field_too_long_to_be_read_whole_is_not_read() -> None:
    assert judged(f"{PASS}; x=none ({'x' * 5000}); dmarc=fail", BORDER) is Trust.UNKNOWN


def test_reading_never_raises_on_any_header() -> None:
    for value in ("", ";", "\x00", "(" * 2000, f"{OURS};" + "a=b;" * 900, f"{OURS}; dkim=pass header.d=", '"' * 99, f"{OURS}; =;=", "a" * 999):
        assert judged(f"Authentication-Results: {value}", BORDER) in set(Trust)
