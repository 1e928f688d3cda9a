"""Mail servers for the tests: a real one, and one that breaks off where it is told to."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace


@dataclass
class Script:
    """What the hand-written server answers at each step; ``close`` breaks the connection there, ``silence`` says nothing for long, ``drip``
    sends a character at a time without an end."""

    greeting: str = "220 ready"
    ehlo: str = "250 hello"
    mail: str = "250 sender fine"
    rcpt: str = "250 receiver fine"
    data: str = "354 go on"
    dot: str = "250 taken"
    noop: str = "250 still here"
    quit: str = "221 bye"
    seen: list[str] = field(default_factory=list)
    body: bytes = b""

    @classmethod
    def of(cls, **answers: str) -> Script:
        """The ordinary conversation, but for these answers."""
        return replace(cls(), **answers)  # type: ignore[arg-type]


@contextlib.contextmanager
def scripted(*scripts: Script, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server on loopback that speaks one conversation after another, a script each, encrypted where a context is given; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_accept, args=(listener, scripts, context), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
    thread.join(5)


def _accept(listener: socket.socket, scripts: tuple[Script, ...], context: ssl.SSLContext | None) -> None:
    talking = []
    with contextlib.suppress(OSError):
        for script in scripts:
            connection, _ = listener.accept()
            if context is not None:
                connection = context.wrap_socket(connection, server_side=True)
            talking.append(threading.Thread(target=_converse, args=(connection, script), daemon=True))
            talking[-1].start()
    for thread in talking:
        thread.join(5)


def _converse(connection: socket.socket, script: Script) -> None:
    with contextlib.suppress(OSError), connection, connection.makefile("rb") as lines:
        if not _answer(connection, script.greeting):
            return
        while line := lines.readline():
            verb = line.split()[0].decode().upper() if line.split() else ""
            script.seen.append(verb)
            step = {"EHLO": "ehlo", "HELO": "ehlo", "MAIL": "mail", "RCPT": "rcpt", "DATA": "data", "NOOP": "noop", "QUIT": "quit"}.get(verb)
            if step is None or not _answer(connection, getattr(script, step)):
                return
            if step == "data" and script.data.startswith("354"):
                while (line := lines.readline()) not in (b".\r\n", b""):
                    script.body += line
                if not line or not _answer(connection, script.dot):
                    return


def _answer(connection: socket.socket, answer: str) -> bool:
    if answer == "close":
        connection.shutdown(socket.SHUT_RDWR)
        return False
    if answer == "silence":
        time.sleep(1.5)
        return False
    if answer == "drip":
        for _ in range(100):
            connection.sendall(b"2")
            time.sleep(0.05)
        return False
    connection.sendall(answer.encode() + b"\r\n")
    return True
