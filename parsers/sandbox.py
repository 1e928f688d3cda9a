"""Reading files that may be hostile: each in a child process of its own that can be killed, while this process never looks inside.

Per worker stands one prepared process (``parsers.sandbox_child``) that forks a limited child for each file. Results come back as
JSON lines, page by page, so that a file that hangs or breaks its reader keeps the pages read until then.
"""

from __future__ import annotations

import hashlib
import os
import queue
import threading
import time
from types import TracebackType

from parsers.read_limits import ReadLimits
from parsers.sandbox_worker import Closed, Run, Worker
from parsers.temporary_folders import READING, remove_abandoned, temporary_folder
from parsers.values import FileKind, FileRead, Page

MOST_FAILURES = 3  # pages of one file that may hang or break the reader before the rest is left unread


class Reader:
    """Reads files in up to ``workers`` child processes at once. Thread-safe; a context manager; ``close`` ends whatever still reads."""

    def __init__(self, workers: int, limits: ReadLimits) -> None:
        remove_abandoned()  # what readers left that were killed
        self.limits = limits
        self._closed = threading.Event()
        self._workers = [Worker() for _ in range(max(1, workers))]
        self._idle: queue.LifoQueue[Worker] = queue.LifoQueue()
        for worker in self._workers:
            self._idle.put(worker)

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End all processes; readings under way end as ``crashed``."""
        self._closed.set()
        for worker in self._workers:
            worker.close()

    def want_models(self) -> None:
        """Has every process load the reading models with its next file, whatever that is, and not only when a picture comes."""
        for worker in self._workers:
            worker.want_models()

    def read(self, data: bytes, kind: FileKind) -> FileRead:
        """What came out of the file. Waits for a free worker; ends within the limits; raises nothing on what the bytes hold."""
        worker = self._idle.get()
        try:
            return self._read(worker, data, kind)
        finally:
            self._idle.put(worker)

    def _read(self, worker: Worker, data: bytes, kind: FileKind) -> FileRead:
        reading = _Reading(kind, self.limits)
        try:
            with temporary_folder(READING) as temporary, _in_memory(data) as file:
                while not reading.over and not self._closed.is_set():
                    reading.add(worker.run(file.fileno(), kind, self.limits, reading.next_page, reading.deadline, temporary))
        except Closed:
            reading.crashed("the reader was closed or could not be started")
        return reading.result(hashlib.sha256(data).hexdigest())


def _in_memory(data: bytes):  # type: ignore[no-untyped-def]
    """An open file in memory that holds the bytes: a descriptor to hand over, and nothing on any disk."""
    file = os.fdopen(os.memfd_create("paper"), "w+b")
    file.write(data)
    file.flush()
    return file


class _Reading:
    """What is known of one file so far, put together from the runs of one or more children."""

    def __init__(self, kind: FileKind, limits: ReadLimits) -> None:
        self._kind, self._limits = kind, limits
        self.deadline = time.monotonic() + limits.file_seconds
        self.over = False
        self._pages: list[Page] = []
        self._count = 0
        self._signed = False
        self._end: FileRead | None = None
        self._trouble: str | None = None
        self._detail = ""
        self._failures = 0
        self._seconds = 0.0

    @property
    def next_page(self) -> int:
        return len(self._pages) + 1

    def add(self, run: Run) -> None:
        """Take over what a child read, and decide whether another child shall go on behind the page that stopped it."""
        self._pages += run.pages
        self._count, self._signed = run.page_count or self._count, run.signed or self._signed
        self._seconds += run.seconds
        if run.end is not None or run.models_wanted:
            self._end, self.over = run.end, run.end is not None
            return
        self._failures += 1
        self._trouble = self._trouble or run.trouble
        self._detail = self._detail or run.detail
        last = min(self._count, self._limits.max_pages)
        if self.next_page <= last and run.trouble != "too_complex":
            note = "time_limit" if run.trouble == "timeout" else "crashed"
            self._pages.append(Page(number=self.next_page, width=0, height=0, notes=(note,)))
        self.over = run.trouble == "too_complex" or self._failures >= MOST_FAILURES or self.next_page > last or time.monotonic() > self.deadline

    def crashed(self, detail: str) -> None:
        self._trouble, self._detail = self._trouble or "crashed", self._detail or detail

    def result(self, sha256: str) -> FileRead:
        end = self._end
        outcome = self._trouble or (end.outcome if end is not None else "crashed")
        return FileRead.model_validate(
            {
                "sha256": sha256,
                "kind": self._kind,
                "outcome": outcome,
                "pages": tuple(self._pages),
                "page_count": self._count,
                "signed": self._signed,
                "detail": self._detail or (end.detail if end is not None else ""),
                "seconds": round(self._seconds, 3),
            }
        )
