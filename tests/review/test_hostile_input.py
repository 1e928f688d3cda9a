"""Whatever is sent to whichever page: an answer in words, and never an error of ours."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from review.site import make_site
from storage.staff import add_login
from storage.values import StaffRole
from tests.review.conftest import HASH, Office
from tests.review.test_access import csrf_of
from tests.review.visiting import log_in

ODD = (
    "", " ", "0", "-1", "1", "99999999999999999999", "2147483648", "1e9", "NaN", "null", "true", "../../etc/passwd", "%2e%2e%2f", "a" * 5_000,
    "'\"; DROP TABLE cases;--", "<script>alert(1)</script>", "{{ 7 * 7 }}", "{0.__class__}", "𠮷埗\u202e\u200b\ufeff", "\ufffd\uffff",
    "\r\nSet-Cookie: x=1", "CPPP-2026-00001-X", "application", "open", "queued", "applicant.br_number", "paper:x:y", "f" * 64, "?", "#", "[]", "{}",
    "٣", "²", "\x7f", "\x1b[31m", "2024-02-30", "-0", "+1", "１", "0x10", "1_000", "\u2028",
)  # fmt: skip
NOT_ASKED = {"/logout", "/login"}  # they end the visit; tested by themselves


@pytest.fixture
def boss(office: Office) -> TestClient:
    with office.desk.database.transaction() as tx:
        add_login(tx, "boss", HASH, at=office.clock[0], role=StaffRole.ADMIN)
    client = TestClient(make_site(office.desk), base_url="http://localhost", follow_redirects=False, raise_server_exceptions=False)
    log_in(client, "boss")
    return client


def routes(app: Any, before: str = "") -> Iterator[tuple[str, str, APIRoute]]:
    """Every route of an application, of the routers that it includes, and of the applications mounted in it."""
    for route in app.routes:
        if isinstance(route, APIRoute):
            yield from ((method, before + route.path, route) for method in sorted(route.methods or ()))
        elif hasattr(route, "original_router"):
            yield from routes(route.original_router, before)
        elif isinstance(getattr(route, "app", None), FastAPI):
            yield from routes(route.app, before + route.path)


def every_route(client: TestClient) -> list[tuple[str, str, APIRoute]]:
    assert isinstance(client.app, FastAPI)
    found = [one for one in routes(client.app) if one[1] not in NOT_ASKED]
    assert len(found) > 60
    return found


def filled(path: str, choose: Any) -> str:
    """The path with something in place of each of its parts; a part may be dots, slashes, anything."""
    pieces = [quote(choose(), safe="") or "x" if piece.startswith("{") else piece for piece in path.replace("}.png", "}/.png").split("/")]
    return "/".join(pieces).replace("/.png", ".png")[:8_000]


def fields_of(route: APIRoute, choose: Any) -> dict[str, str]:
    names = [field.alias for field in (*route.dependant.query_params, *route.dependant.body_params)]
    return {name: choose() for name in names if name not in ("csrf", "body")}


def answered(client: TestClient, method: str, path: str, **more: Any) -> int:
    answer = client.request(method, path, **more)
    assert answer.status_code < 500, (method, path, more, answer.status_code, answer.text[-2_000:])
    assert "Traceback" not in answer.text
    return answer.status_code


@pytest.mark.slow
def test_nothing_at_all_is_answered_everywhere(office: Office, boss: TestClient) -> None:
    proof = csrf_of(boss.get("/account").text)
    for method, path, _ in every_route(boss):
        there = filled(path, lambda: "1")
        if method == "GET":
            answered(boss, method, there)
        else:
            answered(boss, method, there, data={"csrf": proof})
            answered(boss, method, there, headers={"x-csrf-token": proof})
            answered(
                boss, method, there, content=b"\xff\xfe{", headers={"x-csrf-token": proof, "content-type": "application/json", "if-match": '"1-1"'}
            )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_anything_at_all_is_answered_everywhere(office: Office, boss: TestClient, seed: int) -> None:
    chance = random.Random(seed)

    def choose() -> str:
        return chance.choice((*ODD, office.reference, office.form))

    proof = csrf_of(boss.get("/account").text)
    pace = next(one for one in boss.app.routes if getattr(one, "name", "") == "api").app.state.pace  # type: ignore[attr-defined]
    pace.a_minute = 100_000
    made_of = boss.get("/api/v1/openapi.json").json()["paths"]
    operations = {(method.upper(), path): set(each["responses"]) for path, one in made_of.items() for method, each in one.items()}
    assert len(operations) > 20
    for method, path, route in every_route(boss):
        there, fields = filled(path, choose), fields_of(route, choose)
        if path.startswith("/api"):
            body: Any = {name: chance.choice([choose(), None, 5, -1, 1e300, True, [], {}, [choose()]]) for name in _body_names(route)}
            headers = {
                "x-csrf-token": proof,
                "if-match": chance.choice(['"1-1"', "*", "", 'W/"0-0"', "é".encode()]),
                "idempotency-key": f"key-{chance.random()}",
            }
            status = answered(
                boss, method, there, params=fields if method == "GET" else None, json=body if method != "GET" else None, headers=headers
            )
            assert status in (304, 404, 405) or str(status) in operations.get((method, path.removeprefix("/api")), {str(status)}), (
                method,
                path,
                status,
            )
        elif method == "GET":
            answered(boss, method, there, params=fields)
        else:
            answered(boss, method, there, data={"csrf": proof, **fields})


def _body_names(route: APIRoute) -> list[str]:
    annotation = route.body_field.field_info.annotation if route.body_field else None
    return [*getattr(annotation, "model_fields", {}), "unknown"]


@pytest.mark.slow
def test_odd_requests_before_a_login_are_answered_too(office: Office) -> None:
    client = TestClient(make_site(office.desk), base_url="http://localhost", follow_redirects=False, raise_server_exceptions=False)
    for odd in ODD:
        answered(client, "GET", "/login", params={"then": odd})
        answered(
            client,
            "GET",
            "/login",
            headers={"accept-language": odd.encode("utf-8", "replace").replace(b"\r\n", b"").replace(b"\x7f", b"").replace(b"\x1b", b"")},
        )
        for cookie in ("intake_session", "intake_form", "intake_browser", "intake_language", "intake_errand"):
            answered(client, "GET", "/", headers={"cookie": f"{cookie}={quote(odd)}"})
        answered(client, "POST", "/login", data={"name": odd, "password": odd, "csrf": odd, "then": odd})
        answered(client, "POST", "/language", data={"language": odd, "then": odd})
    answered(client, "GET", "/" + "a" * 7_000)
    answered(client, "DELETE", "/login")
    parts = {"content-type": "multipart/form-data; boundary=x"}
    for broken in (b"\xff" * 5_000, b"", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n', b"--x\r\n\r\n--x--"):
        answered(client, "POST", "/login", content=broken, headers=parts)
