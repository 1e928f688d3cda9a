"""The gate before every page: only requests for this site, of a size and in characters that it can take."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from review.rules import BODY_SECONDS, Rules

Refusing = Callable[[Request, int, str], Response]
"""Makes the answer for a request that is not let in: status, and the key of the words that say why."""
_NUL = (b"\0", b"%00", b"\\u0000")


class Gate:
    """Refuses a foreign Host (400), a body that is too large (413) or too slow (408), and NUL characters, which no record can hold (400)."""

    def __init__(self, app: ASGIApp, *, rules: Rules, refusing: Refusing) -> None:
        self._app, self._rules, self._refusing = app, rules, refusing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        body = b""
        if len(hosts) != 1 or not self._rules.allows(hosts[0].decode("latin-1")):
            refused: tuple[int, str] | None = (400, "problem.host")
        elif _has_nul(scope.get("raw_path") or b"") or _has_nul(scope.get("query_string") or b""):
            refused = (400, "problem.characters")
        else:
            body, refused = await self._body(scope, receive)
        if refused is not None:
            await self._refusing(Request(scope), *refused)(scope, receive, send)
            return
        await self._app(scope, _again(body, receive), send)

    async def _body(self, scope: Scope, receive: Receive) -> tuple[bytes, tuple[int, str] | None]:
        """The whole body, or why it is not taken."""
        said = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if said.isdigit() and int(said) > self._rules.most_body:
            return b"", (413, "problem.too_large")
        parts, size = [], 0
        try:
            async with asyncio.timeout(BODY_SECONDS):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return b"", (400, "problem.characters")
                    part = message.get("body", b"")
                    size += len(part)
                    if size > self._rules.most_body:
                        return b"", (413, "problem.too_large")
                    parts.append(part)
                    if not message.get("more_body", False):
                        break
        except TimeoutError:
            return b"", (408, "problem.too_slow")
        body = b"".join(parts)
        return body, (400, "problem.characters") if any(nul in body for nul in _NUL) else None


def _has_nul(text: bytes) -> bool:
    return b"\0" in unquote_to_bytes(text)


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was read once more, and then whatever the server says."""
    given = False

    async def receiving() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving
