"""A mail server that takes letters over, refuses, loses its answers and breaks off, each now and then, and keeps book of what it took."""

from __future__ import annotations

import contextlib
import random
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class PostOffice:
    """``taken``: every mail whose bytes came whole and were not refused, those whose 250 was lost on the way back too. ``rough``: share of
    letters that something befalls."""

    port: int = 0
    rough: float = 0.0
    dice: random.Random = field(default_factory=lambda: random.Random(1))
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    befell: Counter[str] = field(default_factory=Counter)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if self._happens("450 at RCPT"):
            return "450 greylisted, come again"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        if self._happens("451 after the dot"):
            return "451 come again"
        if self._happens("broken before the dot was acted on"):
            server.transport.abort()
            return "451 never heard"
        self.taken.append((envelope.rcpt_tos[0], envelope.content))
        if self._happens("taken, and the 250 lost"):
            server.transport.abort()
        if self._happens("taken, and 421 at once"):
            server.transport.write(b"250 taken\r\n421 closing\r\n")
            server.transport.close()
        return "250 taken"

    def message_ids(self) -> list[str]:
        return [str(message_from_bytes(data, policy=default)["Message-ID"]) for _, data in self.taken]

    def _happens(self, what: str) -> bool:
        happens = self.dice.random() < self.rough / 5
        self.befell[what] += happens
        return happens


@contextlib.contextmanager
def post_office(seed: int) -> Iterator[PostOffice]:
    """A started server, stopped at the end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        office = PostOffice(free.getsockname()[1], dice=random.Random(seed))
    controller = Controller(office, hostname="127.0.0.1", port=office.port)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()
