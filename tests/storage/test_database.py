"""The database is safe, says what is wrong with it, and grows from form to form."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlmodel import SQLModel

from storage import arrivals, audit
from storage.database import Database, open_database
from storage.errors import StorageError
from storage.migrations import HEAD, configuration, migrate
from storage.references import next_reference
from tests.storage.build import NOW, arrive, open_case, run


def test_sqlite_is_opened_in_its_safe_settings(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    with database.reading() as tx:
        settings = {name: tx.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")}
    database.close()
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}


def test_a_transaction_is_all_or_nothing(database: Database) -> None:
    def half() -> None:
        with database.transaction() as tx:
            arrive(tx)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        half()
    with database.transaction() as tx:
        assert tx.execute(text("SELECT count(*) FROM arrivals")).scalar() == 0


def test_what_is_written_while_reading_is_undone(database: Database) -> None:
    with database.reading() as tx:
        arrive(tx)
    with database.reading() as tx:
        assert tx.execute(text("SELECT count(*) FROM arrivals")).scalar() == 0


def test_the_database_refuses_what_does_not_belong_together(database: Database) -> None:
    with pytest.raises(StorageError, match=r"ntegrity|ForeignKey"), database.transaction() as tx:
        tx.execute(text("INSERT INTO corrections (case_id, key, actor, at, reason) VALUES (99, 'k', 'chan', '2026-01-01 00:00:00', '')"))


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
def test_the_audit_trail_cannot_be_changed(database: Database, statement: str) -> None:
    with database.transaction() as tx:
        audit.note(tx, at=NOW, actor="chan", action="looked", reference="CPPP-2026-00042-O")
    with pytest.raises(StorageError, match="append only"), database.transaction() as tx:
        tx.execute(text(statement))
    with database.reading() as tx:
        assert [(entry.actor, entry.action) for entry in audit.trail(tx, reference="CPPP-2026-00042-O")] == [("chan", "looked")]


def test_a_locked_database_says_so_after_the_busy_timeout(sqlite_url: str, tmp_path: Path) -> None:
    database = open_database(sqlite_url, busy_timeout_s=0.2)
    other = sqlite3.connect(tmp_path / "intake.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="in use by another process") as raised, database.transaction() as tx:
        arrive(tx)
    assert raised.value.temporary
    with database.reading() as tx:  # readers are not kept waiting
        assert tx.execute(text("SELECT count(*) FROM arrivals")).scalar() == 0
    another = open_database(sqlite_url, busy_timeout_s=0.2)  # nor is who opens the record to read it
    with another.reading() as tx:
        assert tx.execute(text("SELECT count(*) FROM arrivals")).scalar() == 0
    another.close()
    other.execute("ROLLBACK")
    other.close()
    with database.transaction() as tx:
        arrive(tx)
    database.close()


def test_a_database_that_is_taken_away_is_noticed_and_welcome_back(sqlite_url: str, tmp_path: Path) -> None:
    database = open_database(sqlite_url)
    with database.transaction() as tx:
        arrive(tx)
    database.close()
    file = tmp_path / "intake.sqlite3"
    away = file.rename(tmp_path / "away")
    with pytest.raises(StorageError, match="has gone") as raised, database.transaction() as tx:
        arrive(tx, 2)
    assert raised.value.temporary
    away.rename(file)
    with database.reading() as tx:
        assert tx.execute(text("SELECT count(*) FROM arrivals")).scalar() == 1
    database.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite://", "in memory"),
        ("sqlite:////proc/none/x.sqlite3", "/proc/none"),
        ("not a url", "not a database URL"),
        ("postgresql+psycopg://intake@127.0.0.1:1/none", "cannot be reached|not installed"),
    ],
)
def test_a_database_that_cannot_be_opened_is_said_with_the_way_out(url: str, said: str) -> None:
    with pytest.raises(StorageError, match=said):
        open_database(url)


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite3").write_bytes(b"This is a letter, not a database. " * 100)
    with pytest.raises(StorageError, match="no database"):
        open_database(f"sqlite:///{tmp_path}/x.sqlite3")


def test_a_password_never_stands_in_an_error() -> None:
    with pytest.raises(StorageError) as raised:
        open_database("postgresql+psycopg://intake:geheim@127.0.0.1:1/none")
    assert "geheim" not in str(raised.value)


def test_opening_an_up_to_date_database_changes_nothing(url: str) -> None:
    open_database(url).close()
    database = open_database(url)
    with database.reading() as tx:
        assert tx.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD
    database.close()


def test_a_database_of_a_newer_program_is_left_alone(url: str) -> None:
    database = open_database(url)
    with database.transaction() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(StorageError, match="newer version"):
        open_database(url)


def test_migrations_go_up_and_down_and_up_again(database: Database) -> None:
    with database.transaction() as tx:
        run(tx, open_case(tx))
    for form in ("base", "head"):
        with database.transaction() as tx:
            migrate(tx.session.connection(), form)
    with database.transaction() as tx:
        assert open_case(tx).reference.startswith("CPPP-2026-00001-")


def test_a_record_of_the_first_form_is_carried_over_whole(database: Database) -> None:
    with database.transaction() as tx:
        kept = arrive(tx)
        migrate(tx.session.connection(), "0001")
    with database.transaction() as tx:
        migrate(tx.session.connection(), HEAD)
        assert arrivals.arrival(tx, kept.id) == kept


def test_the_migrations_make_the_tables_that_the_rows_describe(database: Database) -> None:
    with database.reading() as tx:
        context = MigrationContext.configure(tx.session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    assert ScriptDirectory.from_config(configuration()).get_current_head() == HEAD


@pytest.mark.slow
def test_a_server_that_breaks_the_connection_is_said_and_used_again_afterwards(postgresql_server: str) -> None:
    database = open_database(postgresql_server + "postgres")
    break_it = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = 'intake'")
    other = open_database(postgresql_server + "postgres")

    def cut_off_half_way() -> None:
        with database.transaction() as tx:
            arrive(tx)
            with other.transaction() as second:
                second.execute(break_it)
            arrive(tx, 2)

    with pytest.raises(StorageError) as raised:
        cut_off_half_way()
    assert raised.value.temporary
    with database.transaction() as tx:
        assert tx.execute(text("SELECT count(*) FROM arrivals")).scalar() == 0
    database.close()
    other.close()


@pytest.mark.slow
def test_a_lock_that_is_not_given_up_ends_the_waiting(postgresql_server: str) -> None:
    database = open_database(postgresql_server + "postgres", busy_timeout_s=0.3)
    with database.transaction() as tx:
        next_reference(tx, 2026)
        with pytest.raises(StorageError, match="in use by another process") as raised, database.transaction() as second:
            next_reference(second, 2026)
    assert raised.value.temporary
    database.close()
