"""Handing one letter to the mail server, and saying exactly what became of it (reliability.md, 'Sending: what each answer means')."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from replies.mail_bytes import verify_mail
from replies.values import Sent


@dataclass(frozen=True)
class Timeouts:
    """Limits in seconds. ``answer_s``: to the dot that ends the mail (RFC 5321 4.5.3.2.6). ``total_s``: for the whole, however slowly bytes drip."""

    connect_s: float = 30
    command_s: float = 120
    answer_s: float = 600
    total_s: float = 1200


@dataclass
class _Progress:
    phase: str = "connect"
    is_broken_off: bool = False


def send_mail(
    mail: bytes,
    *,
    url: str,
    username: str = "",
    password: str = "",
    from_address: str,
    to: str,
    timeouts: Timeouts | None = None,
    context: ssl.SSLContext | None = None,
) -> Sent:
    """One attempt to hand over one letter; UnsafeLetter, before anything is connected to, where its bytes are not clean.

    ``url``: ``smtp://host:port`` (STARTTLS required off loopback) or ``smtps://host:port``; ValueError for any other. Every answer of the
    server and every break ends as a Sent. Refused at RCPT, DATA or after the dot with 5xx: ``failed``; a server that will not talk, encrypt, let
    us in or take our address for a sender's is not the letter's fault: ``deferred``; silence after the dot: ``unknown``.
    """
    with MailServer(url, from_address=from_address, username=username, password=lambda: password, timeouts=timeouts, context=context) as server:
        return server.send(mail, to=to)


class MailServer:
    """A mail server that takes several letters over one connection; connected to when the first is there, and again after any trouble.

    Every letter has its own limits of time. A connection is kept only after an ``accepted``; before the next letter it is asked whether it still
    stands, so that a server which hung up in between (RFC 5321 3.8: 421) costs nothing but a new connection. ``password`` is asked at each login;
    what it raises is raised.
    """

    def __init__(
        self,
        url: str,
        *,
        from_address: str,
        username: str = "",
        password: Callable[[], str] = lambda: "",
        timeouts: Timeouts | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._url = url
        self._from_address = from_address
        self._username, self._password = username, password
        self._limits = timeouts or Timeouts()
        self._context = context
        self._client: _Watched | None = None
        self._progress = _Progress()
        self._taken = 0

    def __enter__(self) -> MailServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, mail: bytes, *, to: str, by_hand: bool = False, before_dot: Callable[[], None] = lambda: None) -> Sent:
        """One attempt to hand over one letter, as ``send_mail`` says.

        ``before_dot`` is called when the server has everything but the dot that ends the mail: until then it takes nothing over (RFC 5321
        4.1.1.4), from then on only it knows. What that raises is raised; ``close`` then.
        """
        verify_mail(mail, to=to, from_address=self._from_address, by_hand=by_hand)
        progress = self._progress = _Progress()
        try:
            client = self._standing() or self._opened(progress)
            sent = _handed_over(client, mail, from_address=self._from_address, to=to, limits=self._limits, progress=progress, before_dot=before_dot)
        except (OSError, smtplib.SMTPException) as error:
            sent = _broken(error, progress)
        self._taken += sent.outcome == "accepted"
        if sent.outcome != "accepted" or self._taken >= _LETTERS_A_CONNECTION:
            self.close()
        return sent

    def close(self) -> None:
        """Says goodbye and closes; whatever comes back changes nothing any more."""
        client, self._client, self._taken = self._client, None, 0
        if client is not None:
            _leave(client)

    def break_off(self) -> None:
        """From another thread, while we are asked to stop: an attempt that has not come to the dot ends now, as ``deferred``; one that has is left
        to its end, for nobody else will hear the answer."""
        progress, client = self._progress, self._client
        progress.is_broken_off = True
        if progress.phase != "dot" and client is not None:
            client.cut()

    @property
    def is_connecting(self) -> bool:
        """Whether nothing was said yet: no letter can have been handed over."""
        return self._client is None

    def _standing(self) -> _Watched | None:
        """The kept connection with a fresh limit of time; None where there is none, or it no longer answers."""
        client = self._client
        if client is None:
            return None
        client.watch(self._limits.total_s)
        try:
            if client.sock is not None:
                client.sock.settimeout(min(_STILL_THERE_S, self._limits.command_s))
                if client.noop()[0] == 250:
                    return client
        except (OSError, smtplib.SMTPException):
            pass
        self.close()
        return None

    def _opened(self, progress: _Progress) -> _Watched:
        password = self._password() if self._username else ""
        context = self._context or ssl.create_default_context()
        client = self._client = _connected(self._url, self._limits, context, progress, name=self._from_address.rpartition("@")[2])
        if self._username:
            progress.phase = "login"
            client.login(self._username, password)
        return client


_LETTERS_A_CONNECTION = 50  # servers that count hang up in mid-dialogue some time; fifty is below every limit known to us
_STILL_THERE_S = 10.0


class _Watched(smtplib.SMTP):
    """A connection that is cut when its time is up: a server may keep every single read alive and yet never end."""

    def __init__(self, host: str, port: int, *, total_s: float, **options: Any) -> None:
        self._watchdog: threading.Timer | None = None
        self.watch(total_s)
        try:
            super().__init__(host, port, **options)
        except (OSError, smtplib.SMTPException):
            self._unwatch()
            raise

    def watch(self, total_s: float) -> None:
        """From now on that many seconds are left."""
        self._unwatch()
        self._watchdog = threading.Timer(total_s, self.cut)
        self._watchdog.daemon = True
        self._watchdog.start()

    def close(self) -> None:
        self._unwatch()
        super().close()

    def _unwatch(self) -> None:
        if self._watchdog is not None:
            self._watchdog.cancel()

    def cut(self) -> None:
        """Whoever waits for an answer learns that there will be none."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


class _WatchedTls(_Watched, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


def _connected(url: str, limits: Timeouts, context: ssl.SSLContext, progress: _Progress, *, name: str) -> _Watched:
    """A greeted connection, encrypted where it leaves this machine. ``name`` is what we call ourselves."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError(f"not an address of a mail server: {parts.scheme}://{parts.hostname or ''}")
    if parts.scheme == "smtps":
        return _WatchedTls(parts.hostname, parts.port or 465, total_s=limits.total_s, timeout=limits.connect_s, context=context, local_hostname=name)
    client = _Watched(parts.hostname, parts.port or 587, total_s=limits.total_s, timeout=limits.connect_s, local_hostname=name)
    if not is_loopback(parts.hostname):
        progress.phase = "starttls"
        try:
            client.ehlo_or_helo_if_needed()
            code, answer = client.starttls(context=context)
            if code != 220:
                raise smtplib.SMTPResponseException(code, answer)
        except (OSError, smtplib.SMTPException):
            client.close()
            raise
    return client


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, where plain connections are allowed."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _handed_over(
    client: smtplib.SMTP, mail: bytes, *, from_address: str, to: str, limits: Timeouts, progress: _Progress, before_dot: Callable[[], None]
) -> Sent:
    assert client.sock is not None  # noqa: S101
    client.sock.settimeout(limits.command_s)
    client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # the dot goes alone, and waits for nobody
    progress.phase = "mail"
    client.ehlo_or_helo_if_needed()
    code, answer = client.mail(from_address)
    if code != 250:
        return _refused(progress, code, answer)
    progress.phase = "rcpt"
    code, answer = client.rcpt(to)
    if code not in {250, 251}:
        return _refused(progress, code, answer)
    progress.phase = "data"
    code, answer = client.docmd("DATA")
    if code != 354:
        return _refused(progress, code, answer)
    if progress.is_broken_off:
        raise smtplib.SMTPServerDisconnected("broken off: we were asked to stop")
    client.send(re.sub(rb"(?m)^\.", b"..", mail))
    before_dot()
    if progress.is_broken_off:
        raise smtplib.SMTPServerDisconnected("broken off: we were asked to stop")
    progress.phase = "dot"
    client.send(b".\r\n")
    client.sock.settimeout(limits.answer_s)
    code, answer = client.getreply()
    if 250 <= code < 260:  # a cut line of other digits is no consent
        return Sent(outcome="accepted", phase="dot", code=code, text=_shown(answer))
    return _refused(progress, code, answer)


def _refused(progress: _Progress, code: int, answer: bytes) -> Sent:
    """An answer that is no consent. Anything that is neither 4xx nor 5xx is nonsense: before the dot a break, after it no answer at all.

    Until RCPT the server knows nothing of the letter: what it refuses there is us (not logged in, not encrypted, not our address).
    """
    text = _shown(answer)
    if 500 <= code < 600:
        if progress.phase == "mail":
            return Sent(outcome="deferred", phase="mail", code=code, text=text, is_ours=True)
        return Sent(outcome="failed", phase=progress.phase, code=code, text=text)
    if 400 <= code < 600 or progress.phase != "dot":
        return Sent(outcome="deferred", phase=progress.phase, code=code if code > 0 else None, text=text)
    return Sent(outcome="unknown", phase="dot", code=code if code > 0 else None, text=text)


def _broken(error: OSError | smtplib.SMTPException, progress: _Progress) -> Sent:
    """The connection ended without an answer that counts: before the dot nothing was handed over, after it nobody knows."""
    outcome = "unknown" if progress.phase == "dot" else "deferred"
    if isinstance(error, smtplib.SMTPResponseException):
        is_ours = outcome == "deferred" and 500 <= error.smtp_code < 600
        return Sent(outcome=outcome, phase=progress.phase, code=error.smtp_code, text=_shown(error.smtp_error), is_ours=is_ours)
    is_ours = isinstance(error, ssl.SSLCertVerificationError | smtplib.SMTPNotSupportedError)
    return Sent(outcome=outcome, phase=progress.phase, text=f"{type(error).__name__}: {error}"[:300], is_ours=is_ours)


def _shown(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]


def _leave(client: smtplib.SMTP) -> None:
    """QUIT, as manners want; whatever comes back changes nothing any more."""
    with contextlib.suppress(OSError, smtplib.SMTPException):
        if client.sock is not None:
            client.sock.settimeout(5)
        client.quit()
    client.close()
