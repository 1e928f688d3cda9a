"""An SMTP server on loopback that does at each step what it is told to just then, for as long as it is told, and keeps book of what it took."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import compat32

STEPS = {
    "greeting": "220 ready", "ehlo": "250 hello", "starttls": "220 go on", "auth": "235 welcome", "mail": "250 sender fine",
    "rcpt": "250 receiver fine", "data": "354 go on", "dot": "250 taken", "noop": "250 here", "rset": "250 forgotten", "quit": "221 bye",
}  # fmt: skip
_VERBS = {"HELO": "ehlo", "EHLO": "ehlo", "AUTH": "auth", "STARTTLS": "starttls", "MAIL": "mail", "RCPT": "rcpt", "DATA": "data", "NOOP": "noop"}
_VERBS |= {"RSET": "rset", "QUIT": "quit"}


@dataclass
class RoughServer:
    """``answers``: what it says at a step instead of consent; ``close`` breaks the connection, ``silence`` says nothing for ``silent_s``.
    ``taken``: every mail whose dot came and that was not refused, although the answer may have been lost. ``seen``: each verb."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    context: ssl.SSLContext | None = None
    wants_login: bool = False
    silent_s: float = 3.0
    slow_s: float = 0.0
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    @property
    def message_ids(self) -> list[str]:
        return [str(message_from_bytes(data, policy=compat32)["Message-ID"]) for _, data in self.taken]

    def talk(self, connection: socket.socket) -> None:
        """One conversation, to its end."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            _Talk(self, connection).run()
        with contextlib.suppress(OSError):
            connection.close()


@dataclass
class _Talk:
    server: RoughServer
    connection: socket.socket
    to: str = ""

    def run(self) -> None:
        lines = self.connection.makefile("rb")
        if not self.says("greeting"):
            return
        while line := lines.readline():
            verb = line.split()[0].decode("ascii", "replace").upper()
            self.server.seen.append(verb)
            step = _VERBS.get(verb, "")
            if verb == "RCPT":
                self.to = line.decode("utf-8", "replace").partition("<")[2].partition(">")[0]
            if not self.says(step):
                return
            if step == "starttls" and self.server.context is not None and not self.server.answers.get("starttls"):
                self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
                lines = self.connection.makefile("rb")
            if step == "data" and self.server.answers.get("data", "354").startswith("354"):
                body = b""
                while (line := lines.readline()) not in (b".\r\n", b""):
                    body += line[1:] if line.startswith(b".") else line
                if not line or not self.after_the_dot(body):
                    return
            if step == "quit":
                return

    def after_the_dot(self, body: bytes) -> bool:
        answer = self.server.answers.get("dot", "250 taken")
        if answer[:1] not in "45":
            self.server.taken.append((self.to, body))
        return self.says("dot")

    def says(self, step: str) -> bool:
        """Gives the answer of a step; False where the conversation ends with it."""
        answer = self.server.answers.get(step) or STEPS.get(step, "500 what")
        time.sleep(self.server.slow_s)
        if answer == "close":
            self.connection.shutdown(socket.SHUT_RDWR)
            return False
        if answer == "silence":
            time.sleep(self.server.silent_s)
            return False
        if step == "ehlo" and answer.startswith("250"):
            offers = ["hello", *(["AUTH PLAIN LOGIN"] if self.server.wants_login else []), *(["STARTTLS"] if self.server.context else [])]
            answer = "\r\n".join(f"250{' ' if offer is offers[-1] else '-'}{offer}" for offer in offers)
        self.connection.sendall(answer.encode() + b"\r\n")
        return not (answer.startswith("421") or (step == "greeting" and not answer.startswith("220")))


@contextlib.contextmanager
def rough_server(**options: object) -> Iterator[RoughServer]:
    """A started server. Options: the fields of RoughServer."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = RoughServer(listener.getsockname()[1], **options)  # type: ignore[arg-type]
        threading.Thread(target=_accept, args=(listener, server), daemon=True).start()
        yield server
        listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, server: RoughServer) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=server.talk, args=(connection,), daemon=True).start()
