"""Who sent it: only what two readers agree on."""

from __future__ import annotations

import pytest

from parsers.header_reader import header_view
from parsers.mime_parts import RawField
from parsers.sender import sender_of


def _sender(*values: bytes) -> str | None:
    fields = [RawField("From", b" " + value) for value in values]
    mailbox = sender_of(fields, header_view(fields))
    return f"{mailbox.name}|{mailbox.address}" if mailbox else None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"chan@wahfung.example", "|chan@wahfung.example"),
        (b"Chan Tai Man <Chan@WahFung.example>", "Chan Tai Man|chan@wahfung.example"),
        (b'"Chan, Tai Man" <chan@wahfung.example>', "Chan, Tai Man|chan@wahfung.example"),
        (b"chan@wahfung.example (Chan)", "Chan|chan@wahfung.example"),
        (b'"chan@wahfung.example" <chan@wahfung.example>', "|chan@wahfung.example"),
        (b"chan@wahfung.example <chan@wahfung.example>", "|chan@wahfung.example"),
        (b"=?big5?B?s6+kaqTl?= <chan@wahfung.example>", "陳大文|chan@wahfung.example"),
        (b"=?utf-8?q?a=40good=2Eexample=2C?= <chan@wahfung.example>", "a@good.example,|chan@wahfung.example"),
        ("陳大文 <chan@wahfung.example>".encode("big5"), "陳大文|chan@wahfung.example"),
    ],
)
def test_one_clear_mailbox_is_the_sender(value: bytes, expected: str) -> None:
    assert _sender(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"a@good.example <evil@bad.example>",
        b"a@good.example, b@good.example",
        b"<a@good.example> <b@good.example>",
        b"A, B <a@good.example>",
        b'"A" <a@good.example',
        b"a@b@c.example",
        b"Group: a@good.example;",
        b"undisclosed-recipients:;",
        b"chan",
        "陳@wahfung.example".encode(),
        b"<a@good.example>, <>",
    ],
)
def test_any_doubt_leaves_no_sender(value: bytes) -> None:
    assert _sender(value) is None


def test_two_from_fields_leave_no_sender() -> None:
    assert _sender(b"a@good.example", b"a@good.example") is None
