"""`status`, `show` and `export` where the record may only be read, or stays locked: they show what is there, and say what they could not note."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from intake.exporting import export_register
from intake.record import print_case, print_status
from storage.database import open_database, open_to_look
from storage.errors import StorageError
from tests.intake.builders import Installation, enquiry

REFERENCE = "CPPP-2024-00001-M"
NOT_NOTED = "this look is not noted in the audit trail"


@pytest.fixture
def filled(house: Installation) -> Installation:
    house.deliver(enquiry(1))
    house.run()
    return house


@pytest.fixture
def read_only(filled: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setattr("storage.database._may_be_written", lambda _: False)
    return filled


def record_of(house: Installation) -> Path:
    return house.path / "data" / "intake.sqlite3"


def looks(house: Installation, out: Path) -> dict[str, Callable[[], int]]:
    return {
        "status": lambda: print_status(house.settings, as_json=True),
        "show": lambda: print_case(house.settings, REFERENCE, as_json=True),
        "export": lambda: export_register(house.settings, file_format="json", since=None, kind="all", output=out),
    }


@pytest.mark.parametrize("command", ["status", "show", "export"])
def test_a_record_that_may_only_be_read_is_shown(read_only: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    before = sorted((file.name, file.read_bytes()) for file in record_of(read_only).parent.glob("intake.sqlite3*"))
    assert looks(read_only, tmp_path / "register.json")[command]() == 0
    said = capsys.readouterr()
    shown = (tmp_path / "register.json").read_text("utf-8") if command == "export" else said.out
    assert "enquiry" in json.dumps(json.loads(shown))
    assert (NOT_NOTED in said.err) == (command != "status")
    assert sorted((file.name, file.read_bytes()) for file in record_of(read_only).parent.glob("intake.sqlite3*")) == before


def test_what_a_killed_service_left_in_the_log_is_read_too(filled: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(record_of(filled))) as writer:
        writer.execute("UPDATE cases SET state = 'closed'")
        writer.commit()
        assert record_of(filled).with_name("intake.sqlite3-wal").stat().st_size > 0
        monkeypatch.setattr("storage.database._may_be_written", lambda _: False)
        looking = open_to_look(filled.settings.storage.database)
        with looking.reading() as tx:
            assert tx.session.connection().exec_driver_sql("SELECT state FROM cases").scalar() == "closed"
        with pytest.raises(StorageError, match="cannot be written"), looking.transaction() as tx:
            tx.session.connection().exec_driver_sql("UPDATE cases SET state = 'open'")
        looking.close()


def test_a_record_of_another_form_that_may_only_be_read_is_said(filled: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(record_of(filled))) as writer:
        writer.execute("UPDATE alembic_version SET version_num = '0001'")
        writer.commit()
    monkeypatch.setattr("storage.database._may_be_written", lambda _: False)
    with pytest.raises(StorageError, match="another form"):
        open_to_look(filled.settings.storage.database)


@contextmanager
def locked(house: Installation) -> Iterator[None]:
    """Another program writes and comes to no end."""
    with closing(sqlite3.connect(record_of(house), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        other.execute("UPDATE cases SET language = 'en'")
        yield
        other.execute("ROLLBACK")


@pytest.mark.parametrize("command", ["status", "show", "export"])
def test_a_record_that_stays_locked_is_shown(
    filled: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr("intake.record.LOOK_S", 0.3)
    with locked(filled):
        assert looks(filled, tmp_path / "register.json")[command]() == 0
    said = capsys.readouterr()
    assert (NOT_NOTED in said.err) == (command != "status")
    if command == "status":
        (outage,) = json.loads(said.out)["out_of_reach"]
        assert outage["name"] == "database"
        assert "stayed locked" in outage["trouble"]


def test_a_record_that_stays_locked_is_said_to_a_person_too(
    filled: Installation, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.record.LOOK_S", 0.3)
    with locked(filled):
        assert print_status(filled.settings, as_json=False) == 0
    assert "database out of reach since" in capsys.readouterr().out
    assert print_status(filled.settings, as_json=False) == 0
    assert "out of reach" not in capsys.readouterr().out


def test_a_look_waits_a_moment_for_who_writes_and_is_noted(filled: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    begun, done = threading.Event(), threading.Event()

    def write() -> None:
        with locked(filled):
            begun.set()
            done.wait(0.5)

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(5)
    assert print_case(filled.settings, REFERENCE, as_json=True) == 0
    writer.join()
    assert NOT_NOTED not in capsys.readouterr().err
    database = open_database(filled.settings.storage.database)
    with database.reading() as tx:
        actions = [action for (action,) in tx.session.connection().exec_driver_sql("SELECT action FROM audit")]
    database.close()
    assert "case shown" in actions
