"""What a visitor of the site does first: fills in the login's form as it was shown."""

from __future__ import annotations

import httpx2
from fastapi.testclient import TestClient

PASSWORD = "correct horse battery"


def form_token(html: str) -> str:
    """The proof that the last form of a page carries."""
    return html.split('name="csrf" value="')[-1].split('"')[0]


def log_in(client: TestClient, name: str = "chan", password: str = PASSWORD, then: str = "/") -> httpx2.Response:
    token = form_token(client.get("/login").text)
    return client.post("/login", data={"name": name, "password": password, "then": then, "csrf": token})
