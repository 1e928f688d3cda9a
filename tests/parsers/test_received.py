"""The day of receipt, in Hong Kong's calendar."""

from __future__ import annotations

import pytest

from parsers.header_reader import header_view
from parsers.mime_parts import RawField
from parsers.received import received_on

BY = b" from a.example by mx.example with ESMTP id 1; "


def _day(*fields: tuple[str, bytes]) -> str | None:
    raw = [RawField(name, value) for name, value in fields]
    day = received_on(raw, header_view(raw))
    return str(day) if day else None


@pytest.mark.parametrize(
    ("date", "day"),
    [
        (b"Tue, 10 Sep 2024 13:07:54 +0800 (HKT)", "2024-09-10"),
        (b"Tue, 10 Sep 2024 16:00:00 +0000", "2024-09-11"),
        (b"Tue, 10 Sep 2024 15:59:59 GMT", "2024-09-10"),
        (b"Mon, 31 Dec 2012 23:30:00 -0500", "2013-01-01"),
        (b"Wed, 10 Sep 2024 13:07:54 +0800", "2024-09-10"),
        (b"10 Sep 2024 13:07:54 HKT", "2024-09-10"),
        (b"10 Sep 24 13:07 +0800", "2024-09-10"),
    ],
)
def test_the_topmost_received_field_tells_the_day(date: bytes, day: str) -> None:
    assert _day(("Received", BY + date), ("Received", BY + b"Sun, 1 Jan 2006 00:00:00 +0800"), ("Date", b" Sun, 1 Jan 2006 00:00:00 +0800")) == day


def test_without_received_the_date_tells_it() -> None:
    assert _day(("Date", b" Tue, 10 Sep 2024 23:59:59 +0800")) == "2024-09-10"


def test_an_impossible_received_date_gives_way_to_the_date() -> None:
    assert _day(("Received", BY + b"Tue, 99 Sep 2024 13:07:54 +0800"), ("Date", b" Tue, 10 Sep 2024 13:00:00 +0800")) == "2024-09-10"


@pytest.mark.parametrize("date", [b"", b"yesterday", b"Tue, 10 Sep 1024 13:07:54 +0800", b"Thu, 31 Feb 2024 10:00:00 +0800", b"\xff\xfe"])
def test_no_possible_date_is_no_day(date: bytes) -> None:
    assert _day(("Date", date)) is None
    assert _day() is None
