"""Several processes read ahead of the one that decides: the same end as with one, whatever ends whom."""

from __future__ import annotations

import os
import runpy
import signal
import subprocess
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from intake.archive_order import ArchivedMail, by_day
from intake.boundary import Broken
from intake.reading_crew import ENDED, Crew
from intake.settings import Settings
from intake.sources import SourceMail
from storage.archive_files import ArchiveFile
from storage.register import register
from tests.intake.builders import ROOT, Installation, an_application, enquiry, environment_of, intake_command
from tests.intake.test_reprocessing import archive, outcomes, reprocessed


def mail_named(name: str) -> ArchivedMail:
    return ArchivedMail(SourceMail(name, name.encode), ArchiveFile(sha256=name, size=1, received_on=None, dated_s=0.0))


def answers_or_dies(connection: Connection, settings: Settings) -> None:
    """A reader in place of ours, which says the mail's name, and which some mails kill."""
    while True:
        try:
            mail = connection.recv()
        except EOFError:
            return
        if mail.source.startswith("poison"):
            os.kill(os.getpid(), signal.SIGKILL)
        connection.send(f"read {mail.source}")


@pytest.mark.slow
def test_a_mail_that_kills_its_reader_is_told_and_the_others_are_read(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.reading_crew._read_for", answers_or_dies)
    names = ["a", "poison-1", "b", "c", "poison-2", "d", "e"]
    with Crew(house.settings, 2) as crew:
        for name in names:
            crew.ask(mail_named(name))
        found = {name: crew.outcome(name) for name in names}
        assert crew.outcome("never asked for") is None
    for name in names:
        outcome = found[name]
        if name.startswith("poison"):
            assert isinstance(outcome, Broken)
            assert outcome.kind == ENDED
        else:
            assert outcome == f"read {name}"


def several(house: Installation) -> Path:
    mails = [enquiry(number) for number in range(4)]
    mails += [an_application().mail(1), an_application().mail(2, without="quotation", message_id="<second@applicant.example>")]
    return archive(house, *mails, b"")


@pytest.mark.slow
def test_two_processes_come_to_the_same_end_as_one_and_go_on_after_a_kill(tmp_path: Path) -> None:
    """Real readers in real processes; killed while they read, and run again."""
    alone, together = Installation(tmp_path / "alone"), Installation(tmp_path / "together")
    together.changes["extraction"] = {"workers": 2}
    for house in (alone, together):
        folder = several(house)
    command = intake_command("reprocess", str(folder), "--workers", "2")
    settings = {
        "INTAKE_STORAGE__DATABASE": together.settings.storage.database,
        "INTAKE_STORAGE__BLOBS": str(together.settings.storage.blobs),
        "INTAKE_REVIEW__SECRET_FILE": str(together.settings.review.secret_file),
    }
    process = subprocess.Popen(command, cwd=together.path, env=environment_of(settings), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and len(children_of(process.pid)) < 2:
        time.sleep(0.05)
    readers = children_of(process.pid)
    time.sleep(1)
    process.kill()
    process.wait()
    assert readers
    while time.monotonic() < deadline and any(Path(f"/proc/{reader}").exists() for reader in readers):
        time.sleep(0.05)
    assert not [reader for reader in readers if Path(f"/proc/{reader}").exists()], "they outlived the process that started them"
    lines = {}
    for house in (alone, together):
        code, said = reprocessed(house, house.path / "archive")
        assert code == 0
        assert set(outcomes(said)) <= {"new", "unchanged"}
        assert set(outcomes(reprocessed(house, house.path / "archive")[1])) == {"unchanged"}
        with house.database() as database, database.reading() as tx:
            lines[house.path.name] = [entry.model_dump(exclude={"opened_at"}) for entry in register(tx, kind=None)]
    assert len(lines["alone"]) == 6
    assert lines["alone"] == lines["together"]


def children_of(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    except FileNotFoundError:
        return []


def test_nobody_is_started_where_nothing_is_to_be_read(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = archive(house, *(enquiry(number) for number in range(5)))
    reprocessed(house, folder)
    house.changes["extraction"] = {"workers": 2}
    monkeypatch.setattr(Crew, "_start", lambda self: pytest.fail("a process was started"))
    assert outcomes(reprocessed(house, folder)[1]) == ["unchanged"] * 5
    with house.database() as database:
        assert len(by_day([folder], None, database=database)) == 5


def test_the_command_that_the_set_up_writes_does_nothing_where_a_process_that_it_started_loads_it_again(tmp_path: Path) -> None:
    text = (ROOT / "deploy" / "virtual-environment.sh").read_text("utf-8")
    launcher = tmp_path / "intake"
    launcher.write_text(text.partition("<<LAUNCHER\n")[2].partition("LAUNCHER\n")[0].partition("\n")[2], "utf-8")
    assert "main" in runpy.run_path(str(launcher), run_name="__mp_main__")
