"""A TCP proxy on loopback that counts bytes, cuts the line after so many, or falls silent."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class Proxy:
    """``cut_after``: bytes from the server after which each connection is cut; ``silent``: nothing passes any more; ``cut_when``: cut once the
    client's words match; ``rewrite``: what the client gets of the server's bytes; ``drip``: sent ever again instead of an answer."""

    port: int = 0
    cut_after: int | None = None
    cut_when: re.Pattern[bytes] | None = None
    silent: bool = False
    sent: int = 0
    received: int = 0
    connections: int = 0
    words: list[bytes] = field(default_factory=list)
    rewrite: Callable[[bytes], bytes] | None = None
    drip: bytes = b""
    lines: list[socket.socket] = field(default_factory=list)

    def hang_up(self) -> None:
        """Cuts every connection that is open."""
        _hang_up(*self.lines)
        self.lines.clear()

    def reset(self) -> None:
        """Counts from nothing again."""
        self.sent, self.received, self.connections = 0, 0, 0
        self.words.clear()

    @property
    def commands(self) -> list[str]:
        """The client's lines, without their tags."""
        lines = b"".join(self.words).split(b"\r\n")
        return [line.partition(b" ")[2].decode("latin-1") for line in lines if line]


@contextlib.contextmanager
def proxy_to(port: int) -> Iterator[Proxy]:
    """A proxy before a server on loopback."""
    proxy = Proxy()
    with socket.create_server(("127.0.0.1", 0)) as listener, contextlib.ExitStack() as open_sockets:
        proxy.port = listener.getsockname()[1]
        threading.Thread(target=_accept, args=(listener, port, proxy, open_sockets), daemon=True).start()
        yield proxy
        listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, port: int, proxy: Proxy, open_sockets: contextlib.ExitStack) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        proxy.connections += 1
        open_sockets.enter_context(client)
        try:
            server = open_sockets.enter_context(socket.create_connection(("127.0.0.1", port), 5))
        except OSError:
            client.close()
            continue
        proxy.lines += [client, server]
        threading.Thread(target=_to_server, args=(client, server, proxy), daemon=True).start()
        threading.Thread(target=_to_client, args=(server, client, proxy), daemon=True).start()


def _to_server(client: socket.socket, server: socket.socket, proxy: Proxy) -> None:
    with contextlib.suppress(OSError):
        while data := client.recv(65536):
            if proxy.silent:
                continue
            proxy.sent += len(data)
            proxy.words.append(data)
            if proxy.cut_when is not None and proxy.cut_when.search(data):
                break
            server.sendall(data)
    _hang_up(client, server)


def _to_client(server: socket.socket, client: socket.socket, proxy: Proxy) -> None:
    passed = 0
    with contextlib.suppress(OSError):
        while data := server.recv(65536):
            if proxy.silent:
                continue
            if proxy.rewrite is not None:
                data = proxy.rewrite(data)
            while proxy.drip:
                client.sendall(proxy.drip)
                time.sleep(0.2)
            room = len(data) if proxy.cut_after is None else max(0, proxy.cut_after - passed)
            client.sendall(data[:room])
            passed += len(data[:room])
            proxy.received += len(data[:room])
            if room < len(data):
                break
    _hang_up(client, server)


def _hang_up(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
