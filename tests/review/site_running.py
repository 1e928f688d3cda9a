"""The real site on a port of its own, over a real record, for a real browser."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Dialog, expect, sync_playwright

from intake.reviewing import open_desk
from intake.settings import Settings
from review.logins import hash_password
from review.openid import Provider
from review.site import make_site
from storage.staff import add_login
from storage.values import StaffRole

CHROMIUM = "/usr/bin/chromium"
NAME, PASSWORD = "chan", "correct horse battery"


@contextmanager
def site_of(settings: Settings, provider: Provider | None = None) -> Iterator[str]:
    """The site over these settings' record, with one officer's login; yields its address. ``provider``: through which staff come in besides."""
    with open_desk(settings) as desk:
        with desk.database.transaction() as tx:
            add_login(tx, NAME, hash_password(PASSWORD), at=datetime.now(UTC), role=StaffRole.OFFICER)
        server = uvicorn.Server(uvicorn.Config(make_site(desk, provider=provider), host="127.0.0.1", port=0, log_level="warning"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        try:
            while not server.started:
                time.sleep(0.02)
            yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


@contextmanager
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=20_000)  # a busy machine is no fault of the site
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield started
        finally:
            started.close()


class Watch:
    """What a browser did that it must not: requests off this machine, complaints of the content security policy, errors of scripts."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.wrong: list[str] = []
        context.on("request", lambda request: None if request.url.startswith((address, "data:")) else self.wrong.append(f"request {request.url}"))
        context.on("console", lambda message: self.wrong.append(f"console {message.text}") if message.type in ("error", "warning") else None)
        context.on("weberror", lambda error: self.wrong.append(f"script {error.error}"))
        context.on("dialog", self._dialog)

    def _dialog(self, dialog: Dialog) -> None:
        self.wrong.append(f"dialog {dialog.message}")
        dialog.dismiss()
