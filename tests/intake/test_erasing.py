"""Erasing one case, and applying the retention policy, from outside."""

from __future__ import annotations

import json
import os
from datetime import date

import pytest

from intake.erasing import erase, retention
from intake.failures import Failure
from intake.programme import load_programme
from storage.cases import case_by_reference, close_case
from storage.values import CaseState
from tests.intake.builders import Installation, enquiry

SECRET_WORDS = "The furnace of Wing Fat leaks"
TODAY = date(2030, 1, 1)


def everything_on_disk(house: Installation) -> bytes:
    return b"".join(file.read_bytes() for file in (house.path / "data").rglob("*") if file.is_file() and "maildir" not in file.parts)


def with_an_enquiry(house: Installation, number: int = 1) -> str:
    house.deliver(enquiry(number, text=f"{SECRET_WORDS}. May I ask who can apply?", sender=f"wong{number}@wingfat.example"))
    house.run()
    return house.letters()[-1].reference


def closed(house: Installation, reference: str) -> None:
    with house.database() as database, database.transaction() as tx:
        case = case_by_reference(tx, reference)
        assert case is not None
        close_case(tx, case.id)


def state_of(house: Installation, reference: str) -> CaseState:
    with house.database() as database, database.reading() as tx:
        case = case_by_reference(tx, reference)
    assert case is not None
    return case.state


def test_an_erased_case_leaves_its_reference_and_nothing_else(house: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    reference = with_an_enquiry(house)
    assert SECRET_WORDS.encode() in everything_on_disk(house)
    assert erase(house.settings, reference.lower()) == 0
    left = everything_on_disk(house)
    assert SECRET_WORDS.encode() not in left
    assert b"wingfat" not in left
    assert reference.encode() in left
    assert not house.outbox_files()
    said = capsys.readouterr().out
    assert "to be removed by a person: the mail in maildir:" in said
    assert house.run() == 0, "the mail that still lies in the mailbox is not taken in again"
    assert len(house.letters()) == 0


def test_test_cases_kept_of_an_erased_case_go_with_it_and_others_stay(house: Installation) -> None:
    reference = with_an_enquiry(house)
    folder = house.settings.storage.test_cases
    folder.mkdir()
    kept = {"actor": "chan", "at": "2026-11-23T00:00:00Z", "why": "", "verdict": "review"}
    lines = [
        {"file": f"{name}.eml", "kept": kept | {"file": f"{name}.eml", "reference": of}}
        for name, of in (("a", reference), ("b", "CPPP-2020-00009-Z"))
    ]
    (folder / "truth.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    for name in "ab":
        (folder / f"{name}.eml").write_bytes(b"Subject: masked\n\n")
    assert erase(house.settings, reference) == 0
    assert [line["file"] for line in map(json.loads, (folder / "truth.jsonl").read_text("utf-8").splitlines())] == ["b.eml"]
    assert sorted(file.name for file in folder.iterdir()) == ["b.eml", "truth.jsonl"]


def test_erasing_again_is_harmless_and_a_wrong_reference_is_said(house: Installation) -> None:
    reference = with_an_enquiry(house)
    erase(house.settings, reference)
    assert erase(house.settings, reference) == 0
    with pytest.raises(Failure, match="there is no case"):
        erase(house.settings, "CPPP-2026-99999-X")


def test_what_another_case_needs_stays(house: Installation) -> None:
    first, second = with_an_enquiry(house, 1), with_an_enquiry(house, 2)
    erase(house.settings, first)
    assert state_of(house, second) is CaseState.OPEN
    assert SECRET_WORDS.encode() in everything_on_disk(house)


def test_retention_erases_closed_cases_past_their_time_after_a_dry_run(house: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    old, still_open = with_an_enquiry(house, 1), with_an_enquiry(house, 2)
    closed(house, old)
    assert retention(house.settings, dry_run=True, today=TODAY) == 0
    assert state_of(house, old) is CaseState.CLOSED
    assert f"would erase {old}" in capsys.readouterr().out
    assert retention(house.settings, dry_run=False, today=date(2025, 1, 1)) == 0
    assert state_of(house, old) is CaseState.CLOSED, "its time is not over"
    assert retention(house.settings, dry_run=False, today=TODAY) == 0
    assert state_of(house, old) is CaseState.ERASED
    assert state_of(house, still_open) is CaseState.OPEN
    assert "1 open cases are older" in capsys.readouterr().err


def test_retention_removes_old_mail_without_a_case_and_stray_originals(house: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    house.deliver(enquiry(1, text=SECRET_WORDS, headers={"List-Id": "<news.example>"}))
    house.run()
    retention(house.settings, dry_run=True, today=date(2090, 1, 1))
    assert "0 cases would be erased, and 1 mails without a case" in capsys.readouterr().out
    retention(house.settings, dry_run=True, today=date(2020, 1, 1))
    assert "0 cases would be erased, and 0 mails without a case" in capsys.readouterr().out
    stray = house.path / "data" / "blobs" / "ab" / "cd" / ("abcd" + "0" * 60)
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"left by a crash")
    os.utime(stray, (1_700_000_000,) * 2)
    retention(house.settings, dry_run=False, today=date(2090, 1, 1))
    assert not [file for file in (house.path / "data" / "blobs").rglob("*") if file.is_file()]


def test_every_status_has_its_retention_in_the_programme() -> None:
    policy = load_programme().retention
    assert set(policy.applications.values()) | set(policy.others.values()) >= {24, 84}
    assert policy.mail_without_case == 12
