"""What every answer of the site carries, and what every act must prove (reliability.md, 'Database, site, exports')."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
SANDBOXED = "default-src 'none'; sandbox"
_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"same-origin",
    b"permissions-policy": b"accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
    b"x-permitted-cross-domain-policies": b"none",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"cache-control": b"no-store",
}
_FOR_TLS = (b"strict-transport-security", b"max-age=31536000")
_STATIC = b"public, no-cache"  # kept by the browser and asked about each time: no personal data stands in it


class Forbidden(Exception):
    """An act that did not prove where it came from, or is not for this person's role."""


class OutOfDate(Forbidden):
    """A form of another session than the one that is there now."""


class SafeHeaders:
    """Adds the security headers to every answer that does not carry them already."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                present = {name.lower() for name, _ in headers}
                message["headers"] = headers + [(name, value) for name, value in safe_headers(scope).items() if name not in present]
            await send(message)

        await self._app(scope, receive, sending)


def safe_headers(scope: Scope) -> dict[bytes, bytes]:
    """The headers that every answer carries; over TLS also that the browser comes by no other way."""
    wanted = {**_HEADERS, b"content-security-policy": POLICY.encode()}
    if str(scope.get("path", "")).startswith("/static/"):
        wanted[b"cache-control"] = _STATIC
    if scope.get("scheme") == "https":
        wanted[_FOR_TLS[0]] = _FOR_TLS[1]
    return wanted


def is_secure(request: Request) -> bool:
    return request.url.scheme == "https"


def assert_own_form(request: Request, given: str, wanted: str) -> None:
    """Raises Forbidden unless the request carries its session's token and, where the browser tells, comes from our own pages."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise Forbidden("this form did not come from our own pages")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("this form did not come from our own pages")
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        raise OutOfDate("this form is out of date: load the page again")
