"""One worker of the sandbox seen from this side: its prepared process, the requests to it, and the results of each child."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from parsers.read_limits import ReadLimits
from parsers.values import FileKind, FileRead, Page, Value

START_SECONDS = 90.0  # to import the libraries or load the reading models on a busy machine
GRACE_SECONDS = 5.0  # beyond a page's own limit, for the child to give up by itself
MOST_RESULT = 64 << 20  # bytes that one child may answer
# What the reading processes get of the environment: nothing secret.
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TESSDATA_PREFIX", "LD_LIBRARY_PATH", "SYSTEMROOT")
_ONE_THREAD = dict.fromkeys(("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")

Trouble = Literal["timeout", "crashed", "too_complex"]


class Closed(Exception):
    """The worker was closed, or its process could not be started."""


class Run(Value):
    """What one child read: pages in order; ``end`` when it came to its end, else the trouble that stopped it."""

    pages: tuple[Page, ...] = ()
    page_count: int = 0
    signed: bool = False
    end: FileRead | None = None
    models_wanted: bool = False
    trouble: Trouble = "crashed"
    detail: str = ""
    seconds: float = 0.0


class Worker:
    """Runs one child at a time. Starts its process when needed, and again after it died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._ready = False
        self._load_models = False
        self._closed = False
        self._starting = threading.Lock()

    def run(self, file: int, kind: FileKind, limits: ReadLimits, first_page: int, deadline: float, temporary: str) -> Run:
        """Read the file behind descriptor ``file`` from ``first_page`` on, in a child. Ends by ``deadline`` (monotonic seconds) and a grace.

        Raises Closed.
        """
        request = {
            "kind": kind.value,
            "limits": limits.model_dump(mode="json"),
            "first_page": first_page,
            "temporary": temporary,
            "load_models": self._load_models,
        }
        results, pipe = os.pipe()
        try:
            pid = self._begin(json.dumps(request).encode(), file, pipe)
        except (OSError, Closed):
            os.close(results)
            raise Closed("no reading process") from None
        finally:
            os.close(pipe)
        collected = _Collected(results, limits, deadline)
        try:
            collected.collect()
        finally:
            os.close(results)
            ended = self._finish(pid, kill=collected.stopped)
        self._load_models = self._load_models or collected.models_wanted
        return collected.run(ended)

    def want_models(self) -> None:
        """Load the reading models with the next run."""
        self._load_models = True

    def close(self) -> None:
        """End the process and whatever it reads. A run under way in another thread ends as crashed."""
        with self._starting:
            self._closed = True
            process, channel = self._process, self._channel
        if channel is not None:
            with contextlib.suppress(OSError):
                channel.shutdown(socket.SHUT_RDWR)
        if process is not None:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                _kill(process.pid)
                process.wait(5)
        if channel is not None:
            channel.close()

    def _begin(self, request: bytes, file: int, pipe: int) -> int:
        """Hand the request over, to a new process where the old one is dead; the child's process id."""
        for attempt in (1, 2):
            try:
                channel = self._open()
                if not self._ready:
                    self._ready = bool(_hear(channel, START_SECONDS)["ready"])
                socket.send_fds(channel, [request], [file, pipe])
                return int(_hear(channel, START_SECONDS)["pid"])
            except (OSError, KeyError, ValueError):
                self._drop(None)
                if attempt == 2:
                    raise Closed("the reading process does not answer") from None
        raise AssertionError

    def _open(self) -> socket.socket:
        with self._starting:
            if self._closed:
                raise Closed("closed")
            if self._channel is None or self._process is None or self._process.poll() is not None:
                self._start()
            if self._channel is None:
                raise Closed("closed")
            return self._channel

    def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        environment |= _ONE_THREAD | {"PYTHONPATH": str(Path(__file__).resolve().parent.parent), "PYTHONDONTWRITEBYTECODE": "1"}
        if self._channel is not None:
            self._channel.close()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 (our own module)
                [sys.executable, "-P", "-m", "parsers.sandbox_child", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,
            )
        self._channel, self._ready = ours, False

    def _finish(self, pid: int, *, kill: bool) -> dict[str, Any]:
        """The child's end as its parent tells it; a parent that does not tell is killed with it and started anew next time."""
        channel = self._channel
        if channel is None:
            return {}
        try:
            if kill:
                channel.send(b"kill")
            return _hear(channel, GRACE_SECONDS)
        except (OSError, KeyError, ValueError):
            self._drop(pid)
            return {}

    def _drop(self, pid: int | None) -> None:
        """Kill a process that no longer serves, and the child that it may have left."""
        for group in (pid, self._process.pid if self._process is not None else None):
            if group is not None:
                _kill(group)
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(GRACE_SECONDS)
        if self._channel is not None:
            self._channel.close()
        with self._starting:
            self._process = self._channel = None


def _kill(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _hear(channel: socket.socket, seconds: float) -> dict[str, Any]:
    """The next answer; OSError where none comes in time, or the other side is gone."""
    channel.settimeout(seconds)
    answer = channel.recv(65536)
    if not answer:
        raise ConnectionResetError("gone")
    heard = json.loads(answer)
    if not isinstance(heard, dict):
        raise ValueError("no answer")
    return heard


class _Collected:
    """The lines of one child as they come, until it ends or a limit is reached (``stopped``)."""

    def __init__(self, results: int, limits: ReadLimits, deadline: float) -> None:
        self._results, self._limits, self._deadline = results, limits, deadline
        self.stopped = False
        self.models_wanted = False
        self._trouble: Trouble = "crashed"
        self._detail = ""
        self._pages: list[Page] = []
        self._opened: dict[str, Any] = {}
        self._end: FileRead | None = None

    def collect(self) -> None:
        waiting = select.poll()
        waiting.register(self._results, select.POLLIN)
        rest, total = b"", 0
        page_deadline = self._page_deadline()
        while True:
            left = min(page_deadline, self._deadline + GRACE_SECONDS) - time.monotonic()
            if left <= 0 or not waiting.poll(left * 1000):
                return self._stop("timeout", "time limit")
            chunk = os.read(self._results, 1 << 20)
            if not chunk:
                return None
            total += len(chunk)
            if total > MOST_RESULT:
                return self._stop("too_complex", "more results than are taken")
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                if not self._take(line):
                    return self._stop("crashed", "results not understood")
                page_deadline = self._page_deadline()

    def _page_deadline(self) -> float:
        return time.monotonic() + self._limits.page_seconds + min(GRACE_SECONDS, self._limits.page_seconds)

    def _stop(self, trouble: Trouble, detail: str) -> None:
        self.stopped, self._trouble, self._detail = True, trouble, detail

    def _take(self, line: bytes) -> bool:
        """Take one line in; whether it could be understood. What a child says is not trusted: values are checked, and pages come in order."""
        letter, body = line[:1], line[1:]
        try:
            if letter == b"P":
                self._pages.append(Page.model_validate_json(body))
            elif letter == b"O":
                self._opened = json.loads(body)
            elif letter == b"E":
                self._end = FileRead.model_validate_json(body)
            elif letter == b"M":
                self.models_wanted = True
            elif letter == b"X":
                self._detail = str(json.loads(body)["error"])[:80]
            else:
                return False
        except (ValidationError, ValueError, KeyError, TypeError):
            return False
        return True

    def run(self, ended: dict[str, Any]) -> Run:
        """All of it as one value, with the child's end as its parent told it."""
        status = ended.get("status")
        detail = self._detail or ("" if status in (0, None) else f"ended by signal {-status}" if status < 0 else f"exit {status}")
        return Run(
            pages=tuple(self._pages),
            page_count=int(self._opened.get("page_count", 0)),
            signed=bool(self._opened.get("signed", False)),
            end=self._end,
            models_wanted=self.models_wanted,
            trouble="timeout" if status == -signal.SIGXCPU else self._trouble,
            detail=detail,
            seconds=float(ended.get("seconds", 0.0)),
        )
