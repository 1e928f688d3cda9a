"""Hostile files are read in children that can be killed; nothing hangs, nothing is left over, what was read is kept."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from parsers.read_limits import ReadLimits
from parsers.sandbox import Reader
from parsers.values import FileKind
from tests.parsers.built_files import doubling_pdf, form_pdf, huge_png, one_page_pdf, slow_pdf, swollen_pdf, text_pdf, with_pikepdf

pytestmark = pytest.mark.slow  # starts reading processes

QUICK = ReadLimits(page_seconds=1.0, file_seconds=20.0, memory_mb=800)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(2, QUICK) as one:
        yield one


def children_of(pid: int) -> set[int]:
    """Process ids of everything that descends from ``pid``."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                if stat[0] != "Z":
                    parents[int(entry.name)] = int(stat[1])
    found: set[int] = set()
    while more := {child for child, parent in parents.items() if parent in found | {pid}} - found:
        found |= more
    return found


def wait_until_gone(pids: set[int], seconds: float = 10) -> set[int]:
    end = time.monotonic() + seconds
    while (left := {pid for pid in pids if alive(pid)}) and time.monotonic() < end:
        time.sleep(0.05)
    return left


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def broken_in_the_middle() -> bytes:
    """Three pages, the second of which never ends."""

    def join(pdf: pikepdf.Pdf) -> None:
        with pikepdf.open(io.BytesIO(slow_pdf())) as bomb:
            pdf.pages.extend(bomb.pages)
        pdf.pages.append(pdf.pages[0])

    return with_pikepdf(text_pdf("Applicant"), join)


def test_a_file_reads_the_same_inside_as_outside(reader: Reader) -> None:
    from parsers.read_file import read_file

    data = form_pdf()
    inside, outside = reader.read(data, FileKind.PDF), read_file(data, FileKind.PDF, QUICK)
    assert inside.model_copy(update={"seconds": 0}) == outside.model_copy(update={"seconds": 0})


def test_a_page_that_takes_minutes_is_stopped(reader: Reader) -> None:
    started = time.monotonic()
    assert reader.read(slow_pdf(), FileKind.PDF).outcome == "timeout"
    assert time.monotonic() - started < 15


def test_a_bomb_of_doubling_drawings_ends_by_time_or_memory(reader: Reader) -> None:
    started = time.monotonic()
    assert reader.read(doubling_pdf(), FileKind.PDF).outcome in ("timeout", "crashed")
    assert time.monotonic() - started < 15


def test_the_pages_around_one_that_never_ends_are_kept(reader: Reader) -> None:
    result = reader.read(broken_in_the_middle(), FileKind.PDF)
    assert result.outcome == "timeout"
    assert [page.number for page in result.pages] == [1, 2, 3]
    assert [bool(page.words) for page in result.pages] == [True, False, True]
    assert result.pages[1].notes == ("time_limit",)
    assert result.page_count == 3


def test_a_file_that_unpacks_to_a_gigabyte_ends_within_the_limits(reader: Reader) -> None:
    assert reader.read(swollen_pdf(), FileKind.PDF).outcome in ("read", "damaged", "crashed", "timeout")
    assert reader.read(text_pdf("Next"), FileKind.PDF).outcome == "read"


def test_refusals_come_through(reader: Reader) -> None:
    assert reader.read(huge_png(), FileKind.PNG).outcome == "too_large"
    assert reader.read(b"", FileKind.PDF).outcome == "empty"


def test_two_files_are_read_at_once_and_results_are_not_mixed_up(reader: Reader) -> None:
    found: dict[int, list[str]] = {}

    def read(n: int) -> None:
        found[n] = [word.text for word in reader.read(text_pdf(f"Applicant{n}"), FileKind.PDF).pages[0].words]

    threads = [threading.Thread(target=read, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: [f"Applicant{n}"] for n in range(8)}


def test_a_dead_reading_process_is_started_again() -> None:
    with Reader(1, QUICK) as reader:
        reader.read(text_pdf("One"), FileKind.PDF)
        for pid in children_of(os.getpid()):
            with contextlib.suppress(OSError):
                if b"sandbox_child" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(pid, signal.SIGKILL)
        assert reader.read(text_pdf("Two"), FileKind.PDF).outcome == "read"


@pytest.mark.parametrize("module", ["parsers.sandbox_child", "parsers.drawing_child"])
@pytest.mark.parametrize("asked", [b"", b"half a request"], ids=["before anything was asked", "with a request nobody took"])
def test_a_reading_process_whose_service_is_gone_ends_without_a_word(module: str, asked: bytes) -> None:
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with its:
        process = subprocess.Popen([sys.executable, "-m", module, str(its.fileno())], pass_fds=[its.fileno()], stderr=subprocess.PIPE)
    if asked:
        ours.send(asked)
    ours.close()
    assert process.communicate(timeout=60)[1] == b""
    assert process.returncode == 0


def test_a_child_that_is_killed_leaves_a_crashed_file_and_the_next_is_read() -> None:
    with Reader(1, ReadLimits(page_seconds=30, file_seconds=60)) as reader:
        reader.read(text_pdf("One"), FileKind.PDF)
        before = children_of(os.getpid())
        results = []
        thread = threading.Thread(target=lambda: results.append(reader.read(slow_pdf(), FileKind.PDF)))
        thread.start()
        end = time.monotonic() + 10
        while not (new := children_of(os.getpid()) - before) and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(0.3)
        for pid in new:
            os.kill(pid, signal.SIGSEGV)
        thread.join(20)
        assert not thread.is_alive()
        assert results[0].outcome == "crashed"
        assert reader.read(text_pdf("Two"), FileKind.PDF).outcome == "read"


def test_closing_ends_a_reading_under_way_and_all_processes() -> None:
    before = children_of(os.getpid())
    reader = Reader(1, ReadLimits(page_seconds=60, file_seconds=60))
    reader.read(text_pdf("One"), FileKind.PDF)
    results = []
    thread = threading.Thread(target=lambda: results.append(reader.read(slow_pdf(), FileKind.PDF)))
    thread.start()
    time.sleep(0.5)
    processes = children_of(os.getpid()) - before
    assert len(processes) == 2
    reader.close()
    thread.join(10)
    assert not thread.is_alive()
    assert results[0].outcome == "crashed"
    assert wait_until_gone(processes) == set()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_parent_that_dies_leaves_no_processes(how: signal.Signals, tmp_path: Path) -> None:
    script = textwrap.dedent("""
        from parsers.read_limits import ReadLimits
        from parsers.sandbox import Reader
        from parsers.values import FileKind
        from tests.parsers.built_files import slow_pdf, text_pdf
        reader = Reader(1, ReadLimits(page_seconds=60, file_seconds=60))
        reader.read(text_pdf("One"), FileKind.PDF)
        print("ready", flush=True)
        reader.read(slow_pdf(), FileKind.PDF)
    """)
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment, cwd=Path(__file__).parents[2])
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"ready\n"
    time.sleep(0.5)
    processes = children_of(parent.pid)
    assert len(processes) >= 2
    parent.send_signal(how)
    parent.wait(10)
    parent.stdout.close()
    assert wait_until_gone(processes) == set()
    assert list(tmp_path.iterdir()) == []


def test_no_temporary_files_are_left(reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    reader.read(form_pdf(), FileKind.PDF)
    reader.read(slow_pdf(), FileKind.PDF)
    assert list(tmp_path.iterdir()) == []


def test_secrets_of_the_environment_do_not_reach_the_reading_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_MAILBOX__PASSWORD", "secret")
    before = children_of(os.getpid())
    with Reader(1, QUICK) as reader:
        reader.read(one_page_pdf(), FileKind.PDF)
        (process,) = children_of(os.getpid()) - before
        assert b"secret" not in Path(f"/proc/{process}/environ").read_bytes()
        assert b"OMP_THREAD_LIMIT=1" in Path(f"/proc/{process}/environ").read_bytes()


@pytest.mark.slow
def test_a_scan_is_read_with_models_that_are_loaded_once() -> None:
    page = pypdfium2.PdfDocument(text_pdf("Harbour Tools Limited", "12345678", size=20))[0]
    scan = io.BytesIO()
    page.render(scale=200 / 72).to_pil().save(scan, "PDF", resolution=200)
    with Reader(1, ReadLimits()) as reader:
        first, second = (reader.read(scan.getvalue(), FileKind.PDF) for _ in range(2))
    assert [word.text for word in first.pages[0].words] == ["Harbour", "Tools", "Limited", "12345678"]
    assert first.pages[0].source == "ocr"
    assert second.pages == first.pages
