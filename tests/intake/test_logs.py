"""The log says what happened by ids; no address, name or subject of a mail ever stands in it."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import compat32

import pytest

from intake.logs import begin_logging, logger
from tests.intake.builders import MAILS, Installation, ReaderInProcess, enquiry
from tests.intake.test_day_and_night import at_work, wait_for


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that is logged during the test, down to the least, as a machine gets it."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    out = io.StringIO()
    begin_logging(out)
    root.setLevel(logging.DEBUG)
    yield out
    root.handlers[:], root.level = before, level


def lines(written: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def personal_words(mail: bytes) -> set[str]:
    """Addresses, names and subject words that a mail's headers hold."""
    found = set[str]()
    message = message_from_bytes(mail[:50_000], policy=compat32)
    for name in ("From", "To", "Subject", "Reply-To", "Sender"):
        for value in message.get_all(name, []):
            found |= set(re.findall(r"[\w.+-]{5,}@[\w.-]{4,}|[A-Z][\w]{6,}|[\u3400-\u9fff]{2,}", str(value)))
    return found - {"Enquiry", "Subject", "Secretariat", "Application", "charset", "unknown"}


@pytest.mark.slow
def test_a_torture_folder_leaves_no_personal_word_in_the_log(house: Installation, written: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    torture = [path.read_bytes() for path in sorted(MAILS.glob("*.eml"))]
    named = enquiry(
        90, sender='"Chan Tai Man, A123456(3)" <chan.taiman@secretive.example>', subject="Application of Bright Peacock Limited 孔雀有限公司",
        files={"poison Chan Tai Man.pdf": b"%PDF-1.7\npoison A123456(3)"},
    )  # fmt: skip
    monkeypatch.setattr(ReaderInProcess, "poison", b"poison")
    mails = [*torture, named]
    house.deliver(*mails)
    with at_work(house):
        wait_for(lambda: len(house.arrivals()) == len(mails) and all(one.state.value != "stored" for one in house.arrivals()), seconds=90)
    log = written.getvalue()
    assert {"decided", "broke the reader"} <= {str(line["event"]) for line in lines(written)}
    words = set[str]().union(*(personal_words(mail) for mail in mails)) | {"secretive.example", "Peacock", "孔雀", "A123456"}
    assert sorted(word for word in words if word in log) == []


def test_what_others_log_is_cleaned_too(written: io.StringIO) -> None:
    logging.getLogger("some.package").warning("550 no such user chan.tai.man@bright.example\r\nnext: forged line, holder of A123456(3)")
    (line,) = lines(written)
    assert "bright.example" not in str(line["event"])
    assert "A123456" not in str(line["event"])
    assert "\n" not in str(line["event"])
    assert line["level"] == "warning"


def test_reading_a_bounce_writes_no_line_for_each_mail_server_that_it_may_be_of(written: io.StringIO) -> None:
    logging.getLogger("flufl.bounce").info("Running detector: one of thirty")
    assert lines(written) == []


def test_of_an_exception_its_kind_and_place_are_logged_and_not_its_words(written: io.StringIO) -> None:
    try:
        int("Chan Tai Man")
    except ValueError:
        logger("intake").exception("broke off", arrival=7)
    (line,) = lines(written)
    assert line["arrival"] == 7
    assert re.fullmatch(r"ValueError at test_logs\.py:\d+", str(line["error"]))
    assert "Chan" not in written.getvalue()


def test_a_value_of_any_size_is_cut(written: io.StringIO) -> None:
    logger("intake").info("said", text="x" * 100_000, many=["a@b.example"], code=250, none=None)
    assert len(written.getvalue()) < 2_000
    assert lines(written)[0]["many"] == ["<address>"]


def test_a_letter_is_logged_without_its_address(house: Installation, written: io.StringIO) -> None:
    house.deliver(enquiry(1))
    house.run()
    assert any("letter=" in str(line["event"]) and "accepted" in str(line["event"]) for line in lines(written))
    assert "asking1.example" not in written.getvalue()
