"""Another system that is told of events: a real HTTP server that keeps what it got and answers as it is told to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.server
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Told:
    """One delivery as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    def is_signed_with(self, secret: str) -> bool:
        """As a receiver checks it (Standard Webhooks, 'Verifying signatures'): any one of the signatures, and a time that is near."""
        signed = b".".join((self.headers["webhook-id"].encode(), self.headers["webhook-timestamp"].encode(), self.body))
        wanted = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
        given = [base64.b64decode(one.partition(",")[2]) for one in self.headers["webhook-signature"].split(" ") if one.startswith("v1,")]
        near = abs(time.time() - int(self.headers["webhook-timestamp"])) < 300
        return near and any(hmac.compare_digest(one, wanted) for one in given)


Answering = Callable[[http.server.BaseHTTPRequestHandler], None]


@dataclass
class Receiving:
    """The server. ``answers``: how the next ones are answered; empty: 204."""

    url: str = ""
    told: list[Told] = field(default_factory=list)
    answers: list[Answering] = field(default_factory=list)


def status(code: int, **headers: str) -> Answering:
    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def drip(seconds: float) -> Answering:
    """A byte now and then, and never an end."""

    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        until = time.monotonic() + seconds
        try:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while time.monotonic() < until:
                handler.wfile.write(b"x")
                time.sleep(0.05)
        except OSError:
            return

    return answer


def flood(handler: http.server.BaseHTTPRequestHandler) -> None:
    """An answer without end."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(2_000):
            handler.wfile.write(b"x" * 65_536)
    except OSError:
        return


@contextmanager
def receiver(certificate: Path | None = None) -> Iterator[Receiving]:
    """On this machine while the block runs; over TLS with a certificate."""
    receiving = Receiving()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            receiving.told.append(Told(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            (receiving.answers.pop(0) if receiving.answers else status(204))(self)
            self.close_connection = True

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, certificate.with_suffix(".key"))
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    receiving.url = f"{'https' if certificate else 'http'}://localhost:{server.server_address[1]}/events"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiving
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
