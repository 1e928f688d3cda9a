"""A limit on the whole of an exchange with the IMAP server: it may keep every single read alive and yet never end."""

from __future__ import annotations

import contextlib
import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Iterator

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError
from imapclient.imap4 import IMAP4WithTimeout
from imapclient.tls import IMAP4_TLS

_UID = re.compile(rb"\bUID (\d{1,10})\b")


class Watchdog:
    """Cuts a connection when its time is up. ``says``: why, once it has."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._connection: socket.socket | None = None
        self.says = ""

    @contextlib.contextmanager
    def over(self, connection: socket.socket | None) -> Iterator[None]:
        """Watches for as long as the block runs; None: the connection is told later, once it is there."""
        self._connection = connection
        timer = threading.Timer(self._limit_s, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def watch(self, connection: socket.socket) -> None:
        self._connection = connection

    def _cut(self) -> None:
        self.says = f"not done after {self._limit_s:g} s"
        if self._connection is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._connection, socket.SHUT_RDWR)


class WatchedClient(IMAPClient):  # type: ignore[misc]
    """An IMAPClient whose greeting and handshake are watched too: the library hands its socket out only after both."""

    def __init__(self, host: str, port: int, *, tls: ssl.SSLContext | None, timeout: SocketTimeout, watchdog: Watchdog) -> None:
        self._watchdog = watchdog
        super().__init__(host, port, ssl=tls is not None, ssl_context=tls, timeout=timeout)

    def listed_from(self, first: int) -> list[int]:
        """UIDs of the mails from ``first`` on, as the server lists them (the library drops what was not named one by one)."""
        status, lines = self._imap.uid("FETCH", f"{first:d}:*", "(UID)")
        if status != "OK":
            raise IMAPClientError("fetch failed")
        return [int(found[1]) for line in lines if isinstance(line, bytes) and (found := _UID.search(line))]

    def told(self, word: str) -> bool:
        """Whether the server said this without being asked, since it was last looked for (NO and BAD: in its answer to the last command)."""
        return bool(self._imap.untagged_responses.pop(word, None))

    def _create_IMAP4(self) -> imaplib.IMAP4:
        kind = _Tls if self.ssl else _Plain
        watched = type(kind.__name__, (kind,), {"watchdog": self._watchdog})
        if self.ssl:
            made: imaplib.IMAP4 = watched(self.host, self.port, self.ssl_context, self._timeout.connect)
        else:
            made = watched(self.host, self.port, self._timeout.connect)
        return made


class _Plain(IMAP4WithTimeout):  # type: ignore[misc]
    watchdog: Watchdog

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        connection: socket.socket = super()._create_socket(timeout)
        self.watchdog.watch(connection)
        return connection


class _Tls(IMAP4_TLS):  # type: ignore[misc]
    watchdog: Watchdog

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        plain = socket.create_connection((self.host, self.port), timeout=self._timeout if timeout is None else timeout)
        connection = self.ssl_context.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        self.watchdog.watch(connection)
        try:
            connection.do_handshake()
        except OSError:
            connection.close()
            raise
        return connection  # type: ignore[no-any-return]
