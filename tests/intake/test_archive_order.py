"""An archive is gone through oldest mail first; files that did not change are not opened again, those that did are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from intake.archive_order import ArchivedMail, by_day
from intake.sources import SourceError, SourceMail, mails_in
from storage.database import Database
from tests.intake.builders import Installation, enquiry


@pytest.fixture
def database(house: Installation) -> Iterator[Database]:
    with house.database() as database:
        yield database


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every file had been written long ago."""
    monkeypatch.setattr("intake.sources.SETTLED_S", -1e9)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The mails whose bytes were asked for."""
    asked: list[str] = []
    load = SourceMail.data

    def data(self: SourceMail) -> bytes:
        asked.append(Path(self.source).name)
        return load(self)

    monkeypatch.setattr(SourceMail, "data", data)
    return asked


def written(folder: Path, **days: date) -> Path:
    folder.mkdir(exist_ok=True)
    for number, (name, day) in enumerate(days.items()):
        (folder / f"{name}.eml").write_bytes(enquiry(number, day=day))
    return folder


def names(mails: list[ArchivedMail]) -> list[str]:
    return [Path(mail.source).stem for mail in mails]


def test_the_oldest_comes_first_and_what_has_no_day_last(tmp_path: Path, database: Database) -> None:
    folder = written(tmp_path / "archive", a=date(2024, 3, 5), b=date(2014, 3, 5), c=date(2019, 3, 5))
    (folder / "0.eml").write_bytes(b"Subject: no day\n\nx")
    assert names(by_day([folder], None, database=database)) == ["b", "c", "a", "0"]
    assert names(by_day([folder], date(2019, 3, 5), database=database)) == ["c", "a"]


@pytest.mark.usefixtures("settled")
def test_a_file_that_did_not_change_is_not_opened_again(tmp_path: Path, database: Database, opened: list[str]) -> None:
    folder = written(tmp_path / "archive", a=date(2024, 3, 5), b=date(2014, 3, 5))
    first = by_day([folder], None, database=database)
    assert sorted(opened) == ["a.eml", "b.eml"]
    opened.clear()
    again = by_day([folder], None, database=database)
    assert opened == []
    assert [mail.file for mail in again] == [mail.file for mail in first]


@pytest.mark.usefixtures("settled")
def test_a_file_that_changed_is_opened_again_even_where_size_and_time_stayed(tmp_path: Path, database: Database, opened: list[str]) -> None:
    folder = written(tmp_path / "archive", a=date(2024, 3, 5), b=date(2014, 3, 5))
    before = {mail.source: mail.sha256 for mail in by_day([folder], None, database=database)}
    file = folder / "a.eml"
    times = file.stat()
    file.write_bytes(file.read_bytes().replace(b"Dear Sir", b"Dear Kin"))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    opened.clear()
    after = {mail.source: mail.sha256 for mail in by_day([folder], None, database=database)}
    assert opened == ["a.eml"]
    assert after[str(file)] != before[str(file)]
    assert after[str(folder / "b.eml")] == before[str(folder / "b.eml")]


def test_a_file_written_just_now_is_not_trusted_to_stay(tmp_path: Path) -> None:
    [mail] = mails_in([written(tmp_path / "archive", a=date(2024, 3, 5))])
    assert mail.stamp() is None


@pytest.mark.usefixtures("settled")
def test_each_mail_of_an_mbox_has_a_stamp_of_its_own(tmp_path: Path, database: Database, opened: list[str]) -> None:
    file = tmp_path / "archive.mbox"
    file.write_bytes(
        b"".join(b"From a@b.example Tue Mar  5 10:00:00 2024\n" + enquiry(number).replace(b"\r\n", b"\n") + b"\n" for number in range(3))
    )
    stamps = {mail.stamp() for mail in mails_in([file])}
    assert len(stamps) == 3
    by_day([file], None, database=database)
    opened.clear()
    assert len({mail.sha256 for mail in by_day([file], None, database=database)}) == 3
    assert opened == []


def test_a_file_that_cannot_be_read_says_so_and_has_no_stamp(tmp_path: Path, database: Database) -> None:
    [mail] = by_day([tmp_path / "nowhere"], None, database=database)
    assert mail.trouble == "No such file or directory"
    assert mail.mail.stamp() is None


def test_bytes_that_changed_since_they_were_looked_at_are_not_taken_for_the_same(tmp_path: Path, database: Database) -> None:
    folder = written(tmp_path / "archive", a=date(2024, 3, 5))
    [mail] = by_day([folder], None, database=database)
    (folder / "a.eml").write_bytes(enquiry(9))
    with pytest.raises(SourceError, match="changed since this run began"):
        mail.data()
