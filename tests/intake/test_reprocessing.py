"""`intake reprocess`: an archive into the record, oldest first, as often as one likes; what changed is said, and nobody is written to."""

from __future__ import annotations

import errno
import json
import mailbox
import os
import random
import re
import shutil
import signal
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from intake.pipeline import consider_case, consider_mail
from intake.programme import load_programme
from intake.reprocessing import reprocess
from intake.sources import SourceError
from storage.arrivals import arrivals_with_bytes, record_arrival
from storage.blobs import BlobStore
from storage.cases import all_runs, case_by_reference, cases_with_br_number
from storage.erasure import erase_case
from storage.errors import StorageError
from storage.register import register
from storage.values import ArrivalState
from tests.intake.builders import ROOT, Installation, ReaderInProcess, an_application, enquiry
from tests.intake.test_crashes import FORKED

pytestmark = pytest.mark.slow  # whole services, mail by mail


def archive(house: Installation, *mails: bytes, name: str = "archive") -> Path:
    folder = house.path / name
    folder.mkdir(exist_ok=True)
    for number, mail in enumerate(mails):
        (folder / f"{number:03}.eml").write_bytes(mail)
    return folder


def reprocessed(house: Installation, *paths: Path, since: date | None = None, send_replies: bool = False) -> tuple[int, list[dict[str, Any]]]:
    """Exit code, and the report's lines."""
    report = house.path / "report.jsonl"
    code = reprocess(list(paths), settings=house.settings, since=since, report=report, send_replies=send_replies)
    return code, [json.loads(line) for line in report.read_text("utf-8").splitlines()]


def outcomes(lines: list[dict[str, Any]]) -> list[str]:
    return [line["outcome"] for line in lines]


def test_an_archive_is_recorded_and_nobody_is_written_to(house: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = reprocessed(house, archive(house, enquiry(1), an_application().mail(), b""))
    assert code == 0
    assert outcomes(lines) == ["new", "new", "new"]
    assert [line.get("after") for line in lines if line.get("message_class") == "application"] == ["complete"]
    assert not house.letters()
    assert not house.outbox.exists()
    assert "3 mails: 3 new" in capsys.readouterr().out


def test_reprocessing_twice_changes_nothing(house: Installation) -> None:
    folder = archive(house, enquiry(1), an_application().mail(), an_application().mail(2, without="quotation"), b"")
    reprocessed(house, folder)
    with house.database() as database, database.reading() as tx:
        before = [run for case in register(tx, kind=None) for run in all_runs(tx, _id(tx, case.reference))]
    code, lines = reprocessed(house, folder)
    assert code == 0
    assert set(outcomes(lines)) == {"unchanged"}
    with house.database() as database, database.reading() as tx:
        assert [run for case in register(tx, kind=None) for run in all_runs(tx, _id(tx, case.reference))] == before


def _id(tx: Any, reference: str) -> int:
    case = case_by_reference(tx, reference)
    assert case is not None
    return case.id


def test_a_mail_is_known_by_its_content_wherever_it_lies(house: Installation) -> None:
    mail = enquiry(1).replace(b"\r\n", b"\n")
    folder = archive(house, mail)
    box = mailbox.Maildir(house.path / "box", create=True)
    box.add(mail)
    file = house.path / "archive.mbox"
    file.write_bytes(b"From person1@asking1.example Tue Mar  5 10:00:00 2024\n" + mail + b"\n")
    _, lines = reprocessed(house, folder, house.path / "box", file)
    assert sorted(outcomes(lines)) == ["new", "unchanged", "unchanged"]
    assert len({line["reference"] for line in lines}) == 1


def test_mail_that_the_service_answered_is_known_again_and_not_answered_anew(house: Installation) -> None:
    mail = an_application().mail()
    house.deliver(mail)
    house.run()
    _, lines = reprocessed(house, archive(house, mail), send_replies=True)
    assert outcomes(lines) == ["unchanged"]
    assert len(house.letters()) == 1


def test_letters_are_queued_only_where_that_is_asked_for(house: Installation) -> None:
    reprocessed(house, archive(house, enquiry(1)), send_replies=True)
    assert [letter.state.value for letter in house.letters()] == ["queued"]
    assert not house.outbox.exists()


def test_each_mail_is_judged_by_the_edition_of_its_day(house: Installation) -> None:
    applying = an_application()
    mails = [applying.mail(year, day=date(year, 6, 20)) for year in (2014, 2016, 2022)]
    reprocessed(house, archive(house, *mails))
    with house.database() as database, database.reading() as tx:
        cases = cases_with_br_number(tx, applying.applicant.values["applicant.br_number"])
        editions = {case.received_on.year if case.received_on else 0: all_runs(tx, case.id)[0].decision.edition for case in cases}
    assert editions == {2014: "2013", 2016: "2015", 2022: "2020"}


def test_a_changed_rule_is_reported_and_older_runs_are_kept(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.workshop.load_programme", load_programme)
    programme = house.path / "programme"
    shutil.copytree(ROOT / "programmes" / "cppp", programme)
    house.changes = {"programme": {"path": programme}}
    folder = archive(house, an_application().mail(), enquiry(1))
    reprocessed(house, folder)
    editions = programme / "editions.toml"
    editions.write_text(re.sub(r"\b45[_]?000\b", "1000", editions.read_text("utf-8")), encoding="utf-8")
    code, lines = reprocessed(house, folder)
    assert code == 0
    (line,) = [line for line in lines if line["outcome"] == "changed"]
    assert (line["before"], line["after"]) == ("complete", "incomplete")
    assert any(change.startswith("limit: ") and change.endswith("-> 1000") for change in line["changes"])
    with house.database() as database, database.reading() as tx:
        runs = all_runs(tx, _id(tx, line["reference"]))
    assert [(run.decision.verdict.value, run.current) for run in runs] == [("complete", False), ("incomplete", True)]
    assert [run.cause.value for run in runs] == ["reprocess", "reprocess"]


def test_since_leaves_out_older_mail(house: Installation) -> None:
    folder = archive(house, enquiry(1, day=date(2022, 3, 1)), enquiry(2, day=date(2024, 3, 1)), enquiry(3, day=date(2024, 2, 29)))
    _, lines = reprocessed(house, folder, since=date(2024, 3, 1))
    assert [Path(line["source"]).name for line in lines] == ["001.eml"]


def test_the_order_of_the_files_changes_nothing(house: Installation, tmp_path: Path) -> None:
    mails = [
        an_application().mail(1, day=date(2024, 3, 5)),
        an_application().mail(2, day=date(2024, 3, 5), without="provider_proposal"),
        an_application().mail(3, day=date(2023, 1, 5), without="annual_return"),
        enquiry(4),
        enquiry(5),
    ]
    seen = set()
    for attempt in range(2):
        random.Random(attempt).shuffle(mails)
        other = Installation(tmp_path / str(attempt))
        _, lines = reprocessed(other, archive(other, *mails))
        seen.add(tuple(sorted((line["sha256"], line.get("reference", ""), line.get("after", "")) for line in lines)))
    assert len(seen) == 1


def test_a_mail_that_breaks_us_is_quarantined_and_the_others_go_on(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReaderInProcess, "poison", b"poison")
    folder = archive(house, enquiry(1), enquiry(2, files={"x.pdf": b"%PDF-1.7\npoison"}), enquiry(3))
    code, lines = reprocessed(house, folder)
    assert code == 1
    assert outcomes(lines) == ["new", "quarantined", "new"]
    assert "quarantined" in house.attention()
    monkeypatch.setattr(ReaderInProcess, "poison", None)
    code, lines = reprocessed(house, folder)
    assert code == 0
    assert outcomes(lines) == ["unchanged", "new", "unchanged"]


def test_a_passing_trouble_is_put_off_and_not_held_against_the_mail(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object, **__: object) -> None:
        raise StorageError("the database is locked", temporary=True)

    folder = archive(house, enquiry(1))
    with monkeypatch.context() as broken:
        broken.setattr("intake.handling.record_message", locked)
        code, lines = reprocessed(house, folder)
    assert (code, outcomes(lines)) == (1, ["put off"])
    assert reprocessed(house, folder)[0] == 0


def test_a_full_disk_puts_mails_off_and_loses_none(house: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    folder = archive(house, enquiry(1), enquiry(2))
    with monkeypatch.context() as broken:
        broken.setattr(BlobStore, "_put", full)
        code, lines = reprocessed(house, folder)
    assert (code, outcomes(lines)) == (1, ["put off", "put off"])
    assert all("is full" in line["detail"] and "run the same command again" in line["detail"] for line in lines)
    assert "put off" in capsys.readouterr().err
    assert not house.arrivals()
    code, lines = reprocessed(house, folder)
    assert (code, outcomes(lines)) == (0, ["new", "new"])


def test_a_decided_mail_that_breaks_us_now_stays_decided_and_the_others_go_on(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = archive(house, an_application().mail(), an_application(9).mail(2))
    reprocessed(house, folder)
    before = [arrival.state for arrival in house.arrivals()]
    asked: list[int] = []

    def breaks_once(*given: Any, **named: Any) -> Any:
        asked.append(1)
        if len(asked) == 1:
            raise ZeroDivisionError("a rule that nobody tried")
        return consider_mail(*given, **named)

    monkeypatch.setattr("intake.reprocessing.consider_mail", breaks_once)
    code, lines = reprocessed(house, folder)
    assert (code, outcomes(lines)) == (1, ["broken", "unchanged"])
    assert "what is on record stands" in lines[0]["detail"]
    assert "ZeroDivisionError" in lines[0]["trace"]
    assert [arrival.state for arrival in house.arrivals()] == before == [ArrivalState.DECIDED] * 2


def test_bytes_kept_already_are_neither_written_nor_synced_again(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = archive(house, an_application().mail(), enquiry(1))
    reprocessed(house, folder)
    monkeypatch.setattr(BlobStore, "keep", lambda *_: pytest.fail("kept again"))
    assert outcomes(reprocessed(house, folder)[1]) == ["unchanged", "unchanged"]


def test_bytes_that_were_lost_from_the_store_are_kept_again(house: Installation) -> None:
    folder = archive(house, enquiry(1))
    _, (line,) = reprocessed(house, folder)
    store = BlobStore(Path(house.settings.storage.blobs))
    store.remove(line["sha256"])
    assert outcomes(reprocessed(house, folder)[1]) == ["unchanged"]
    assert store.get(line["sha256"]) == enquiry(1)


def test_a_case_of_several_mails_is_decided_once_with_the_last_that_the_archive_holds(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    applying = an_application()
    first = applying.mail(1, without="quotation")
    house.deliver(first)
    house.run()
    [letter] = house.letters()
    more = enquiry(
        7, sender=applying.email, subject=f"Re: {letter.reference}", text="Please find the quotation enclosed.",
        headers={"In-Reply-To": letter.message_id}, files={"quotation.pdf": applying.papers["quotation"]}, day=applying.applicant.received_on,
    )  # fmt: skip
    house.deliver(more)
    house.run()
    considered: list[int] = []

    def counted(mails: Any, given: Any) -> Any:
        considered.append(len(mails))
        return consider_case(mails, given)

    monkeypatch.setattr("intake.reprocessing.consider_case", counted)
    _, both = reprocessed(house, archive(house, first, more))
    assert outcomes(both) == ["unchanged", "unchanged"]
    assert both[0]["detail"] == "decided with a later mail of its case"
    assert both[1]["after"] == "complete"
    assert considered == [2]
    _, alone = reprocessed(house, archive(house, first, name="without the supplement"))
    assert [(line["outcome"], line["after"]) for line in alone] == [("unchanged", "complete")]
    assert considered == [2, 2]


def test_erased_mail_is_neither_kept_nor_read_again(house: Installation) -> None:
    mail = an_application().mail()
    house.deliver(mail)
    house.run()
    case_id = house.arrivals()[0].case_id or 0
    with house.database() as database:
        with database.transaction() as tx:
            erased = erase_case(tx, case_id)
        for sha256 in erased.blobs:
            BlobStore(Path(house.settings.storage.blobs)).remove(sha256)
    read = []
    ReaderInProcess.at_reading = staticmethod(lambda: read.append(True))
    try:
        code, lines = reprocessed(house, archive(house, mail))
    finally:
        ReaderInProcess.at_reading = staticmethod(lambda: None)
    assert (code, outcomes(lines), read) == (0, ["erased"], [])
    assert not BlobStore(Path(house.settings.storage.blobs)).has(lines[0]["sha256"])
    assert [arrival.state for arrival in house.arrivals()] == [ArrivalState.ERASED]


def test_mail_that_waits_in_the_mailbox_is_left_to_the_service(house: Installation) -> None:
    """Else it would be decided without a letter."""
    house.deliver(enquiry(1))
    with house.service() as service:
        service.fetch()
    _, lines = reprocessed(house, archive(house, enquiry(1)))
    assert outcomes(lines) == ["waiting"]
    house.run()
    assert len(house.outbox_files()) == 1


def test_a_reprocessing_that_was_killed_goes_on_where_it_stood(house: Installation) -> None:
    mails = [enquiry(number) for number in range(30)]
    folder = archive(house, *mails)
    for _ in range(4):
        process = FORKED.Process(target=reprocessed, args=(house, folder))
        process.start()
        process.join(0.5)
        if process.is_alive() and process.pid:
            os.kill(process.pid, signal.SIGKILL)
        process.join(30)
    code, lines = reprocessed(house, folder)
    assert code == 0
    assert len(lines) == 30
    with house.database() as database, database.reading() as tx:
        assert len(register(tx, kind=None)) == 30
    assert {arrival.state for arrival in house.arrivals()} == {ArrivalState.DECIDED}
    assert house.run() == 0
    assert not house.letters()


def test_a_mail_cut_off_between_recording_and_deciding_is_decided_at_the_next_go(house: Installation) -> None:
    mail = enquiry(1)
    with house.database() as database, database.transaction() as tx:
        sha256 = BlobStore(Path(house.settings.storage.blobs)).keep(mail)
        record_arrival(
            tx, mailbox=f"archive:{sha256}", uidvalidity=1, uid=1, sha256=sha256, size=9, internal_date=None, seen_at=datetime(2024, 1, 1, tzinfo=UTC)
        )
    assert outcomes(reprocessed(house, archive(house, mail))[1]) == ["new"]
    with house.database() as database, database.reading() as tx:
        assert len(arrivals_with_bytes(tx, sha256)) == 1


def test_files_that_cannot_be_read_are_named_and_the_exit_code_says_so(house: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = reprocessed(house, house.path / "nowhere", archive(house, enquiry(1)))
    assert code == 1
    assert outcomes(lines) == ["new", "unreadable file"]
    assert "nowhere: unreadable file" in capsys.readouterr().err


def test_a_report_that_cannot_be_written_is_said_in_one_line(house: Installation) -> None:
    with pytest.raises(SourceError, match=r"report .* cannot be written"):
        reprocess([], settings=house.settings, since=None, report=house.path / "no" / "report", send_replies=False)
