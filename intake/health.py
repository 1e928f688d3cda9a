"""Whether the service lives and does its work: hearts that its shifts beat, told over HTTP on this machine and to systemd."""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

from intake.failures import Failure
from intake.logs import logger

if TYPE_CHECKING:
    from intake.dependencies import Dependencies

LATE_S = {"mailbox": 1_500.0, "deciding": 900.0, "sending": 1_800.0, "telling": 900.0, "start": 300.0}
"""A turn's own limits (IMAP exchange, dot of a letter, answers of other systems) and some."""
_REQUEST_S = 10.0

log = logger("intake")


@dataclass
class Hearts:
    """When each shift last began a turn, and when the mailbox was last read to its end; all by the clock that nobody sets."""

    beats: dict[str, float] = field(default_factory=dict)
    last_poll: float | None = None

    def beat(self, name: str) -> None:
        self.beats[name] = time.monotonic()

    def rest(self, name: str) -> None:
        """The shift is over."""
        self.beats.pop(name, None)

    def polled(self) -> None:
        self.last_poll = time.monotonic()

    def late(self) -> tuple[str, ...]:
        """Shifts that have not begun a turn for too long: they hang."""
        now = time.monotonic()
        return tuple(name for name, at in list(self.beats.items()) if now - at > LATE_S[name])

    @property
    def poll_age_s(self) -> float | None:
        """Age of the last good poll; None before the first."""
        return None if self.last_poll is None else time.monotonic() - self.last_poll


class Figured(Protocol):
    """What `/metrics` and `/readyz` ask."""

    @property
    def has_record(self) -> bool: ...

    def text(self) -> bytes: ...


@dataclass
class Listener:
    """A small HTTP server on this machine while the block runs. `/healthz`: the process lives and its shifts turn; `/readyz`: the record answers and
    the mailbox was read lately; `/metrics`: figures for Prometheus."""

    listen: str
    fresh_s: float
    hearts: Hearts
    dependencies: Dependencies
    figures: Figured
    _server: http.server.ThreadingHTTPServer | None = None

    @property
    def port(self) -> int:
        return int(self._server.server_address[1]) if self._server else 0

    def __enter__(self) -> Listener:
        host, _, port = self.listen.rpartition(":")
        host = host.strip("[]")
        listener = self

        class Answer(_Answer):
            answers = listener

        class Server(http.server.ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
            daemon_threads = True

        try:
            self._server = Server((host, int(port)), Answer)
        except OSError as error:
            raise Failure(f"nothing can listen on {self.listen}: {error.strerror}; choose another port in [metrics] listen") from error
        threading.Thread(target=self._server.serve_forever, name="health", daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Status, kind and text of the answer."""
        if path == "/healthz":
            late = self.hearts.late()
            return _json(not late, {"alive": not late, "hanging": list(late)})
        if path == "/readyz":
            return self._ready()
        if path == "/metrics":
            return 200, "text/plain; version=0.0.4; charset=utf-8", self.figures.text()
        return 404, "text/plain; charset=utf-8", b"/healthz, /readyz, /metrics\n"

    def _ready(self) -> tuple[int, str, bytes]:
        age, has_record = self.hearts.poll_age_s, self.figures.has_record
        is_fresh = age is not None and age <= self.fresh_s
        told = {
            "ready": is_fresh and has_record,
            "record": has_record,
            "last_good_poll_age_s": None if age is None else round(age, 1),
            "out_of_reach": {outage.name: outage.tries for outage in self.dependencies.outages},
        }
        return _json(is_fresh and has_record, told)


class _Answer(http.server.BaseHTTPRequestHandler):
    answers: Listener
    timeout = _REQUEST_S
    server_version, sys_version = "intake", ""

    def do_GET(self) -> None:
        status, kind, text = self.answers.answer(self.path.partition("?")[0])
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: who asks how we are is no news."""


def _json(is_well: bool, told: Mapping[str, object]) -> tuple[int, str, bytes]:
    return (200 if is_well else 503), "application/json", json.dumps(told).encode() + b"\n"


class SystemdNotices:
    """What systemd is told of us (sd_notify(3)): READY once the work begins, WATCHDOG while it goes on, STOPPING at the end."""

    def __init__(self) -> None:
        self._address = os.environ.get("NOTIFY_SOCKET", "")

    def ready(self) -> None:
        self._say("READY=1")

    def alive(self) -> None:
        self._say("WATCHDOG=1")

    def stopping(self) -> None:
        self._say("STOPPING=1")

    def _say(self, words: str) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
            out.settimeout(1)
            out.sendto(words.encode(), address)
