"""The readers that the benchmark sets side by side, and what they take: core-seconds of this process and all that it starts, and memory."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytesseract
from PIL import Image

from tests.bench_papers import Scan

LANGUAGES = "eng+chi_tra+chi_sim"
_TICK = os.sysconf("SC_CLK_TCK")
_SAMPLED_S = 0.1


def core_seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Core-seconds of a piece of work, with what processes that go on living spent on it, and its result."""
    before = _spent()
    result = work()
    return _spent() - before, result


def _spent() -> float:
    ended = sum(u.ru_utime + u.ru_stime for u in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)))
    return ended + sum(core_seconds_of(child) for child in _children(os.getpid()))


def core_seconds_of(process: int) -> float:
    """User and system time of a process and of its ended children (fields 14 to 17 of proc(5) stat), and of all below it."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text("ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICK + sum(map(core_seconds_of, _children(process)))


def _children(process: int) -> Iterator[int]:
    for thread in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            yield from map(int, thread.read_text("ascii").split())
        except OSError:
            continue


@contextmanager
def memory_watched() -> Iterator[list[float]]:
    """Puts into the list, tenth of a second by tenth, the MB resident in the largest of the processes below this one."""
    seen, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(_SAMPLED_S):
            seen.append(max((_resident_mb(process) for process in _all_below(os.getpid())), default=0.0))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def _all_below(process: int) -> Iterator[int]:
    for child in _children(process):
        yield child
        yield from _all_below(child)


def _resident_mb(process: int) -> float:
    """The most that the process ever held, in MB (VmHWM of proc(5) status)."""
    try:
        lines = Path(f"/proc/{process}/status").read_text("ascii", errors="replace").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM")), 0.0)


def naive(scans: list[Scan]) -> dict[str, str]:
    """pytesseract as everybody calls it, page by page on one thread: the texts, by language."""
    return {
        scan.language: "".join(pytesseract.image_to_string(Image.fromarray(picture), lang=LANGUAGES) for picture in scan.pictures()) for scan in scans
    }


def ocrmypdf(scans: list[Scan]) -> dict[str, str] | None:
    """OCRmyPDF on one thread, with its quickest output: the texts, by language; None where it is not installed."""
    command = shutil.which("ocrmypdf")
    if command is None:
        return None
    texts = {}
    with tempfile.TemporaryDirectory() as folder:
        paper, made, text = Path(folder) / "in.pdf", Path(folder) / "out.pdf", Path(folder) / "text"
        for scan in scans:
            paper.write_bytes(scan.pdf)
            asked = [command, "-q", "--jobs", "1", "--output-type", "pdf", "-l", LANGUAGES, "--sidecar", str(text), str(paper), str(made)]
            subprocess.run(asked, check=True, stdin=subprocess.DEVNULL)
            texts[scan.language] = text.read_text("utf-8")
    return texts
