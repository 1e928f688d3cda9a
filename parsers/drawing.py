"""Pages of files that may be hostile, drawn in a limited process of their own while this process never looks inside."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from parsers.page_drawing import CannotDraw
from parsers.read_limits import ReadLimits
from parsers.temporary_folders import DRAWING, temporary_folder
from parsers.values import FileKind

_START_S, _DRAW_S = 30.0, 10.0
_MOST_BYTES = 64 << 20
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")


class Drawn(NamedTuple):
    """A page as PNG with its width and height in PDF points as displayed."""

    png: bytes
    width: float
    height: float


class Artist:
    """Draws pages, up to ``at_once`` side by side. Thread-safe; a context manager."""

    def __init__(self, at_once: int = 2, limits: ReadLimits | None = None) -> None:
        self._limits = (limits or ReadLimits()).model_copy(update={"file_seconds": _DRAW_S})
        self._processes = [_Process() for _ in range(at_once)]
        self._idle: queue.LifoQueue[_Process] = queue.LifoQueue()
        for process in self._processes:
            self._idle.put(process)

    def __enter__(self) -> Artist:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for process in self._processes:
            process.close()

    def draw(self, data: bytes, kind: FileKind, page: int, dpi: int) -> Drawn:
        """The page (from 1) at that resolution. Raises CannotDraw, with the reason, within ten seconds and a start."""
        process = self._idle.get()
        try:
            with temporary_folder(DRAWING) as temporary:
                request = {"kind": kind.value, "page": page, "dpi": dpi, "limits": self._limits.model_dump(mode="json"), "temporary": temporary}
                answer = process.ask(json.dumps(request).encode(), data)
        finally:
            self._idle.put(process)
        head, _, png = answer.partition(b"\n")
        try:
            told = json.loads(head)
        except ValueError:
            raise CannotDraw("the page could not be drawn within its limits") from None
        if "error" in told:
            raise CannotDraw(str(told["error"]))
        return Drawn(png, float(told["width"]), float(told["height"]))


class _Process:
    """One prepared process; started when it is first needed, and again after trouble."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None

    def ask(self, request: bytes, data: bytes) -> bytes:
        results, pipe = os.pipe()
        try:
            with os.fdopen(os.memfd_create("paper"), "w+b") as file:
                file.write(data)
                file.flush()
                channel = self._open()
                socket.send_fds(channel, [request], [file.fileno(), pipe])
            os.close(pipe)
            pipe = -1
            pid = self._heard(channel, _START_S)["pid"]
            answer = _read_all(results, time.monotonic() + _DRAW_S)
            if answer is None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._heard(channel, _START_S)
        except (OSError, ValueError, KeyError):
            self.close()
            return b""
        finally:
            os.close(results)
            if pipe >= 0:
                os.close(pipe)
        return answer or b""

    def close(self) -> None:
        if self._channel is not None:
            self._channel.close()
        if self._child is not None:
            self._child.kill()
            self._child.wait(5)
        self._child = self._channel = None

    def _open(self) -> socket.socket:
        if self._channel is None or self._child is None or self._child.poll() is not None:
            self.close()
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
            environment |= {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).resolve().parent.parent), "PYTHONDONTWRITEBYTECODE": "1"}
            with theirs:
                self._child = subprocess.Popen(  # noqa: S603 (our own module)
                    [sys.executable, "-P", "-m", "parsers.drawing_child", str(theirs.fileno())],
                    pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=environment, start_new_session=True,
                )  # fmt: skip
            self._channel = ours
        return self._channel

    @staticmethod
    def _heard(channel: socket.socket, seconds: float) -> dict[str, int]:
        channel.settimeout(seconds)
        answer = channel.recv(65536)
        if not answer:
            raise ConnectionResetError("gone")
        return dict(json.loads(answer))


def _read_all(results: int, deadline: float) -> bytes | None:
    """Everything until the other side closes; None where that takes too long, or is too much."""
    waiting = select.poll()
    waiting.register(results, select.POLLIN)
    pieces: list[bytes] = []
    total = 0
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not waiting.poll(left * 1000):
            return None
        piece = os.read(results, 1 << 20)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
        total += len(piece)
        if total > _MOST_BYTES:
            return None
