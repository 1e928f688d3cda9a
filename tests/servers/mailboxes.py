"""Mailboxes of the service on a real server, polled as the service does it, and small mails to fill them."""

from __future__ import annotations

import re
from typing import Any

from intake.imap import ImapMailbox, imap_mailbox
from intake.imap_session import Limits
from intake.mailboxes import FetchedMail, UnfetchedMail
from intake.settings import Settings
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.proxy import Proxy

QUICK = Limits(connect_s=2, read_s=1, exchange_s=4)


def mail(number: int, size: int = 0) -> bytes:
    head = f"From: a@factory.example\r\nTo: intake@cppp.example\r\nSubject: mail {number}\r\nMessage-ID: <{number}@factory.example>\r\n\r\n"
    body = f"This is mail {number}.\r\n" + "x" * 70 * (size // 72) + "\r\n"
    return head.encode() + re.sub(r"(x{70})", r"\1\r\n", body).encode()


def mailbox_of(
    server: Dovecot, *, through: Proxy | None = None, limits: Limits = QUICK, max_message_mb: float = 60, reconcile_s: float = 600, **keys: Any
) -> ImapMailbox:
    port = through.port if through else server.port
    box = {"url": f"imap://127.0.0.1:{port}", "username": server.user, "password": PASSWORD, **keys}
    settings = Settings.model_validate({"mailbox": box, "extraction": {"max_message_mb": max_message_mb}})
    return imap_mailbox(settings, limits=limits, reconcile_s=reconcile_s)


def poll(mailbox: ImapMailbox, known: set[int]) -> list[FetchedMail | UnfetchedMail]:
    """One poll as the service makes it: what came whole is known from then on."""
    mailbox.identity()
    found = list(mailbox.unseen(known))
    known.update(one.uid for one in found if isinstance(one, FetchedMail))
    return found


def whole(found: list[FetchedMail | UnfetchedMail]) -> list[bytes]:
    return [one.data for one in found if isinstance(one, FetchedMail)]
