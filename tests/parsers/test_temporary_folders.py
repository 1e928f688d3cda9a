"""Temporary folders go with their maker, also with one that was killed; those of others that live stay."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from parsers.read_limits import ReadLimits
from parsers.sandbox import Reader
from parsers.temporary_folders import READING, remove_abandoned, temporary_folder

ROOT = Path(__file__).parents[2]
HOLDING = textwrap.dedent("""
    import sys, tempfile
    from parsers.temporary_folders import READING, temporary_folder
    tempfile.tempdir = sys.argv[1]
    with temporary_folder(READING) as folder:
        open(folder + "/page.ppm", "w").write("a page")
        print(folder, flush=True)
        sys.stdin.read()
""")


@pytest.fixture(autouse=True)
def its_own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def _holder(directory: Path) -> tuple[subprocess.Popen[str], Path]:
    command = [sys.executable, "-c", HOLDING, str(directory)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_a_folder_is_there_while_it_is_used_and_gone_after() -> None:
    with temporary_folder(READING) as folder:
        (Path(folder) / "deep").mkdir()
        assert remove_abandoned() == 0
        assert Path(folder).is_dir()
    assert not Path(folder).exists()


def test_the_next_reader_removes_what_a_killed_one_left_and_nothing_of_one_that_lives(tmp_path: Path) -> None:
    (killed, left), (living, used) = _holder(tmp_path), _holder(tmp_path)
    try:
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        assert (left / "page.ppm").exists()
        Reader(1, ReadLimits()).close()
        assert not left.exists()
        assert (used / "page.ppm").exists()
    finally:
        living.communicate("")
    assert list(tmp_path.iterdir()) == []


def test_links_files_and_other_names_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / f"{READING}link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / f"{READING}file").write_text("x", "utf-8")
    assert remove_abandoned() == 0
    assert len(list(tmp_path.iterdir())) == 3
