"""One question to another machine over HTTP: to the address that was checked and no other, within a time, with no more taken than asked for."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_SPECIAL = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "192.0.0.0/24"))
"""NAT64, 6to4 and Teredo, which lead to an address of IPv4 that may be any; and addresses of protocols (RFC 6890)."""
_resolving = ThreadPoolExecutor(max_workers=4, thread_name_prefix="resolving")


class CannotAsk(Exception):
    """No answer: the address is not allowed, or nobody answered in time. The text names no secret of the address."""


@dataclass(frozen=True)
class Reach:
    """What may be reached. ``networks``: of our own house; everything else must be a public address. ``plain``: without TLS too."""

    networks: tuple[str, ...] = ()
    plain: bool = False
    timeout_s: float = 10.0
    most_bytes: int = 65_536

    def allows(self, address: Address) -> bool:
        """Whether that address may be talked to: one of ours that is named, or a public one."""
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        if any(address in ipaddress.ip_network(network, strict=False) for network in self.networks):
            return True
        return address.is_global and not address.is_multicast and not any(address in network for network in _SPECIAL)


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def assert_askable(url: str, reach: Reach) -> SplitResult:
    """The parts of an address that may be asked. Raises CannotAsk, in words, for any other."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise CannotAsk("that is no address of the web") from error
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0 or not url.isascii() or any(c <= " " for c in url):
        raise CannotAsk("write the whole address, as https://system.office.example/events")
    if parts.scheme == "http" and not reach.plain:
        raise CannotAsk("only https is allowed (the setting allow_http allows more)")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise CannotAsk("an address without a login in it and without a fragment")
    return parts


def ask(url: str, reach: Reach, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | None = None) -> Answer:
    """Asks once and follows no redirect. Raises CannotAsk. Nothing is left behind after ``timeout_s``, whatever the other side does."""
    parts = assert_askable(url, reach)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    connection = _Pinned(host, port, _address_of(host, port, reach), secure=parts.scheme == "https", timeout=reach.timeout_s)
    watchdog = threading.Timer(reach.timeout_s, connection.cut)
    watchdog.daemon = True
    watchdog.start()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, path, body, {"User-Agent": "cppp-intake", "Accept-Encoding": "identity", "Connection": "close", **(headers or {})})
        answer = connection.getresponse()
        taken = answer.read(reach.most_bytes + 1)
        if connection.was_cut:
            raise CannotAsk(f"no whole answer within {reach.timeout_s:g} s")
        return Answer(answer.status, taken, {name.lower(): value for name, value in answer.getheaders()})
    except ssl.SSLCertVerificationError as error:
        raise CannotAsk(f"its certificate is not to be trusted: {error.verify_message}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise CannotAsk(f"no whole answer within {reach.timeout_s:g} s" if connection.was_cut else _plain(error)) from error
    finally:
        watchdog.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was looked at before, under the name that the certificate must bear."""

    def __init__(self, host: str, port: int, address: str, *, secure: bool, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address, self._secure = address, secure
        self.default_port = 443 if secure else 80
        self.was_cut = False

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._secure:
            secured = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = secured
            secured.do_handshake()
        if self.was_cut:
            raise TimeoutError

    def cut(self) -> None:
        """From another thread: ends whatever this connection waits for."""
        self.was_cut = True
        sock = self.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


def _address_of(host: str, port: int, reach: Reach) -> str:
    """The first address of a name, where every one that it has is allowed. Raises CannotAsk."""
    looking = _resolving.submit(socket.getaddrinfo, host, port, 0, socket.SOCK_STREAM)
    try:
        found = looking.result(reach.timeout_s)
    except TooSlow as error:
        raise CannotAsk("its name was not resolved in time") from error
    except (OSError, UnicodeError) as error:
        raise CannotAsk("its name is not known") from error
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not addresses:
        raise CannotAsk("its name is not known")
    if not all(reach.allows(ipaddress.ip_address(address)) for address in addresses):
        raise CannotAsk("its address lies within a house, and private_networks does not name that network")
    return addresses[0]


def _plain(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens there"
    return f"the connection failed ({type(error).__name__})"
