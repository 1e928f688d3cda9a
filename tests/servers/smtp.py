"""A real SMTP server on loopback that keeps what it takes over."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import compat32
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Postbox:
    """``taken``: envelope sender, receivers and bytes of each mail, in order."""

    port: int = 0
    taken: list[tuple[str, list[str], bytes]] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 taken"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def message_ids(self) -> list[str]:
        return [str(message_from_bytes(data, policy=compat32)["Message-ID"]) for _, _, data in self.taken]


@contextlib.contextmanager
def postbox(kind: type[Postbox] = Postbox) -> Iterator[Postbox]:
    """A started server, stopped at the end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        box = kind(free.getsockname()[1])
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
