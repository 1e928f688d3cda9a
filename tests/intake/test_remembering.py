"""What a mail says is remembered with everything that it depends on, and nothing is read or taken apart that would say the same again."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest

from intake import code_version
from intake.code_version import BESIDES_PARSERS, digest_of
from intake.mail_reading import MailRead, reading_key, without_papers
from intake.pipeline import consider_mail
from intake.programme import load_programme
from intake.remembering import TRIES
from intake.reprocessing import opened
from intake.result import result_of
from parsers.application import read_application
from parsers.mail import read_message
from parsers.read_limits import ReadLimits
from parsers.values import FileKind, FileRead, Page
from storage.extracts import remembered_extract
from tests.intake.builders import ROOT, Installation, ReaderInProcess, an_application, enquiry
from tests.intake.test_reprocessing import archive, outcomes, reprocessed

pytestmark = pytest.mark.slow  # whole services, mail by mail


def bounce() -> bytes:
    """A delivery report that returns the head of one of our letters."""
    head = 'Content-Type: multipart/report; report-type="delivery-status"; boundary="b"\nMIME-Version: 1.0'
    parts = (
        "Content-Type: text/plain\n\nI could not deliver your message.",
        "Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; x@y.example\nAction: failed\nStatus: 5.1.1\n",
        "Content-Type: text/rfc822-headers\n\nMessage-ID: <letter.1@secretariat.example>\nSubject: Your application\n",
    )
    fields = "From: MAILER-DAEMON@mx.example\nTo: apply@secretariat.example\nSubject: Undelivered Mail\nDate: Tue, 05 Mar 2024 10:00:00 +0800"
    return (f"{fields}\n{head}\n\n--b\n" + "\n--b\n".join(parts) + "\n--b--\n").encode()


def calendar() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "wong@applicant.example", "apply@secretariat.example", "Accepted: briefing"
    mail["Date"], mail["Message-ID"] = "Tue, 05 Mar 2024 10:00:00 +0800", "<c1@applicant.example>"
    mail.set_content("Accepted")
    mail.add_attachment(b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n", "text", "calendar")
    return mail.as_bytes()


@pytest.mark.parametrize("made", [lambda: an_application().mail(), bounce, calendar, enquiry, lambda: b"", lambda: b"\xff\xfe\x00garbage"])
def test_what_is_remembered_decides_as_what_was_read(house: Installation, made: Callable[[], bytes]) -> None:
    mail = made()
    with opened(house.settings) as handler:
        workshop = handler.workshop
        given = workshop.circumstances()
        fresh = replace(workshop, memory=None).read(mail)
        workshop.read(mail)
        remembered = workshop.read(mail)
        assert callable(remembered.given_reads), "it was read again"
        assert result_of("x", consider_mail(remembered, given)) == result_of("x", consider_mail(fresh, given))
        assert result_of("x", consider_mail(MailRead(fresh.message, fresh.reads), given)) == result_of("x", consider_mail(fresh, given))
        assert remembered.reads == fresh.reads


def test_the_memory_of_a_mail_holds_no_papers(house: Installation) -> None:
    mail = an_application().mail()
    with opened(house.settings) as handler:
        read = handler.workshop.read(mail)
        memory = handler.workshop.memory
        assert memory is not None
        with handler.database.reading() as tx:
            kept = remembered_extract(tx, read.message.sha256, memory.key)
    assert kept is not None
    assert len(kept) < len(mail) / 10
    assert not any(part.data for part in without_papers(read.message).parts if part.role == "paper")


class Counting:
    """Counts calls, and makes them."""

    def __init__(self, work: Callable[..., Any]) -> None:
        self.calls, self._work = 0, work

    def __call__(self, *given: Any, **named: Any) -> Any:
        self.calls += 1
        return self._work(*given, **named)


@pytest.fixture
def changing(house: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """An installation with a programme of its own."""
    monkeypatch.setattr("intake.workshop.load_programme", load_programme)
    shutil.copytree(ROOT / "programmes" / "cppp", house.path / "programme")
    house.changes = {"programme": {"path": house.path / "programme"}}
    return house


def change(house: Installation, file: str, pattern: str, new: str) -> None:
    path = house.path / "programme" / file
    before = path.read_text("utf-8")
    path.write_text(re.sub(pattern, new, before, count=1), "utf-8")
    assert path.read_text("utf-8") != before


def counted(monkeypatch: pytest.MonkeyPatch) -> tuple[Counting, Counting, Counting]:
    """How often a mail was taken apart, an application extracted, a file read, from here on."""
    counting = Counting(read_message), Counting(read_application), Counting(lambda: None)
    monkeypatch.setattr("intake.mail_reading.read_message", counting[0])
    monkeypatch.setattr("intake.mail_reading.read_application", counting[1])
    monkeypatch.setattr(ReaderInProcess, "at_reading", staticmethod(counting[2]))
    return counting


def test_a_changed_rule_takes_no_mail_apart(changing: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = archive(changing, an_application().mail(), enquiry(1))
    reprocessed(changing, folder)
    change(changing, "editions.toml", r"\b45_000\b", "1_000")
    counts = counted(monkeypatch)
    assert outcomes(reprocessed(changing, folder)[1]) == ["changed", "unchanged"]
    assert [count.calls for count in counts] == [0, 0, 0]


def test_a_changed_catalogue_extracts_again_and_reads_no_file(changing: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = archive(changing, an_application().mail(), enquiry(1))
    reprocessed(changing, folder)
    change(changing, "fields.toml", r"aliases = \[", 'aliases = ["A label of no form", ')
    counts = counted(monkeypatch)
    assert outcomes(reprocessed(changing, folder)[1]) == ["unchanged", "unchanged"]
    assert [count.calls for count in counts] == [1, 1, 0]


def test_other_words_class_a_mail_anew_without_taking_it_apart(changing: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = archive(changing, enquiry(1, subject="Hello", text="Zebra crossing stripes."))
    _, (line,) = reprocessed(changing, folder)
    assert line["message_class"] == "other"
    change(changing, "mail.toml", r"\nenquiry = \[", '\nenquiry = ["zebra crossing", ')
    counts = counted(monkeypatch)
    with opened(changing.settings) as handler:
        read = handler.workshop.read_kept(line["sha256"], lambda: pytest.fail("it was opened again"))
        assert read.classified is not None
        assert read.classified.message_class == "enquiry"
    assert [count.calls for count in counts] == [0, 0, 0]


def test_other_code_extracts_again(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = archive(house, an_application().mail())
    reprocessed(house, folder)
    counts = counted(monkeypatch)
    monkeypatch.setattr("intake.mail_reading.extraction_version", lambda: "another")
    assert outcomes(reprocessed(house, folder)[1]) == ["unchanged"]
    assert [count.calls for count in counts] == [1, 1, 0]


def test_the_version_of_extraction_changes_with_each_byte_name_and_library() -> None:
    sources, libraries = [("parsers/a.py", b"x = 1\n"), ("parsers/b.py", b"")], ["rapidfuzz-3.14.dist-info"]
    known = {digest_of(sources, libraries)}
    for changed in (
        digest_of([("parsers/a.py", b"x = 1 \n"), ("parsers/b.py", b"")], libraries),
        digest_of([("parsers/c.py", b"x = 1\n"), ("parsers/b.py", b"")], libraries),
        digest_of([("parsers/a.py", b"x = 1\n")], libraries),
        digest_of(sources, ["rapidfuzz-3.15.dist-info"]),
    ):
        assert changed not in known
        known.add(changed)
    assert digest_of(sources, libraries) in known


def test_all_code_that_extraction_runs_is_part_of_its_version() -> None:
    """Of our own modules: ``parsers`` whole, and those named besides; the programme's loader makes values, and those are part of the key."""
    apart = {"intake/programme.py", "intake/code_version.py"}
    found, waiting = set[str](), ["intake/mail_reading.py"]
    while waiting:
        name = waiting.pop()
        found.add(name)
        for node in ast.parse((ROOT / name).read_text("utf-8")).body:  # what is imported for types, or within a function that is not ours, is not run
            if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] in ("intake", "storage", "checks", "replies"):
                waiting += {node.module.replace(".", "/") + ".py"} - found - apart
    assert found == set(BESIDES_PARSERS)
    assert all((ROOT / name).is_file() for name in BESIDES_PARSERS)
    assert len(code_version.files_of(ROOT / "parsers")) > 50


# ------------------------------------------------------------------ outcomes of chance


class OutOfTime(ReaderInProcess):
    """A reader for which every file takes too long."""

    def read(self, data: bytes, kind: FileKind) -> FileRead:
        self.at_reading()
        read = super().read(data, kind)
        return read.model_copy(update={"pages": (Page(number=1, width=595, height=842, notes=("time_limit",)),)})


def test_what_ran_out_of_time_is_read_once_a_run_and_thrice_in_all(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[bool] = []
    reader = type("Slow", (OutOfTime,), {"at_reading": staticmethod(lambda: reads.append(True))})
    monkeypatch.setattr("intake.workshop.Reader", reader)
    monkeypatch.setattr(ReaderInProcess, "read", lambda self, data, kind: FileRead(sha256="0" * 64, kind=kind, outcome="read", page_count=1))
    folder = archive(house, enquiry(1, files={"scan.pdf": b"%PDF-1.7\nslow"}))
    each = []
    for _ in range(TRIES + 2):
        reprocessed(house, folder)
        each.append(len(reads))
        reads.clear()
    assert each[0] == 1, "read ahead, decided, and decided with its reference: read once"
    assert sum(each) <= TRIES


def test_more_time_gives_a_hopeless_file_another_chance() -> None:
    short, long = ReadLimits(page_seconds=20), ReadLimits(page_seconds=60)
    assert reading_key(short) == reading_key(long)
    assert reading_key(short, of_time=True) != reading_key(long, of_time=True)
    assert reading_key(ReadLimits(max_pages=3)) != reading_key(ReadLimits(max_pages=4))
    assert reading_key(ReadLimits(languages=("eng",))) != reading_key(ReadLimits())


def test_a_mail_with_a_paper_of_chance_is_not_remembered(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReaderInProcess, "read", lambda self, data, kind: FileRead(sha256="0" * 64, kind=kind, outcome="timeout"))
    mail = an_application().mail()
    with opened(house.settings) as handler:
        workshop = handler.workshop
        sha256 = workshop.read(mail).message.sha256
        assert workshop.memory is not None
        assert workshop.memory.lacking([sha256]) == frozenset()
        assert workshop.memory.take(sha256) is not None
        assert workshop.memory.lacking([sha256]) == {sha256}
