"""What is not for this site, too large, too odd or from a stranger gets no further than the gate."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request

from intake.settings import Settings
from intake.site_rules import rules_from
from review.rules import Rules, source_of
from review.site import make_site
from tests.review.conftest import Office
from tests.review.test_access import csrf_of
from tests.review.visiting import form_token, log_in


def site(office: Office, rules: Rules, base: str = "http://localhost", came_from: str = "192.0.2.7") -> TestClient:
    return TestClient(make_site(office.desk, rules), base_url=base, follow_redirects=False, client=(came_from, 5000))


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:80:80", "", "[::1", "127.0.0.1, evil.example"])
def test_a_foreign_host_is_refused(office: Office, host: str) -> None:
    answer = office.client().get("/login", headers={"host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("settings", "listens_at", "welcome", "refused"),
    [
        ({}, "127.0.0.1", "localhost:8080", "review.office.example"),
        ({}, "192.0.2.1", "192.0.2.1:8080", "192.0.2.2"),
        ({}, "0.0.0.0", "127.0.0.1", "192.0.2.1"),  # noqa: S104
        ({"hosts": "review.office.example"}, "0.0.0.0", "Review.Office.Example:443", "192.0.2.1"),  # noqa: S104
        ({"hosts": [".office.example"]}, "127.0.0.1", "a.office.example", "office.example.evil"),
        ({"public_url": "https://review.office.example/"}, "127.0.0.1", "review.office.example.", "other.office.example"),
    ],
)
def test_the_site_answers_under_its_own_names_only(settings: dict[str, object], listens_at: str, welcome: str, refused: str) -> None:
    rules = rules_from(Settings.model_validate({"review": settings}), listens_at=listens_at)
    assert rules.allows(welcome)
    assert rules.allows("localhost")
    assert not rules.allows(refused)


def test_a_body_beyond_the_cap_is_refused_whether_or_not_its_length_is_told(office: Office) -> None:
    client = site(office, Rules(most_body=2000))
    told = client.post("/login", content=b"name=" + b"x" * 3000, headers={"content-type": "application/x-www-form-urlencoded"})
    untold = client.post("/login", content=(b"x" * 500 for _ in range(10)), headers={"content-type": "application/x-www-form-urlencoded"})
    lying = client.post("/login", content=b"x" * 3000, headers={"content-length": "nonsense"})
    assert [told.status_code, untold.status_code, lying.status_code] == [413, 413, 413]


@pytest.mark.parametrize("path", ["/search?q=a%00b", "/cases/CPPP%00", "/login?then=%00"])
def test_characters_that_no_record_can_hold_are_refused(office: Office, path: str) -> None:
    assert office.logged_in().get(path).status_code == 400


def test_over_tls_cookies_are_secure_and_the_browser_is_told_to_come_no_other_way(office: Office) -> None:
    safe = site(office, Rules(), "https://localhost")
    answer = log_in(safe)
    cookies = answer.headers.get_list("set-cookie")
    assert any(cookie.startswith("__Host-intake_session=") and "Secure" in cookie and "HttpOnly" in cookie for cookie in cookies)
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert safe.get("/queues/flagged").status_code == 200
    plain = log_in(office.client())
    assert "strict-transport-security" not in plain.headers
    assert not any("Secure" in cookie for cookie in plain.headers.get_list("set-cookie"))


def test_what_a_proxy_says_is_believed_of_the_proxies_that_are_named_and_of_nobody_else(office: Office) -> None:
    forwarded = {"x-forwarded-proto": "https", "x-forwarded-for": "198.51.100.9"}
    rules = Rules(proxies=("192.0.2.0/24",))
    through = site(office, rules).get("/login", headers=forwarded)
    stranger = site(office, rules, came_from="203.0.113.5").get("/login", headers=forwarded)
    nobody = site(office, Rules()).get("/login", headers=forwarded)
    assert "strict-transport-security" in through.headers
    assert "strict-transport-security" not in stranger.headers
    assert "strict-transport-security" not in nobody.headers


def test_a_proxy_cannot_be_made_to_say_that_everybody_comes_from_one_address(office: Office) -> None:
    seen: list[str] = []
    made = make_site(office.desk, Rules(proxies=("192.0.2.7",)))

    @made.get("/whence")
    def whence(request: Request) -> str:
        seen.append(request.client.host if request.client else "")
        return ""

    client = TestClient(made, base_url="http://localhost", client=("192.0.2.7", 1))
    client.get("/whence", headers={"x-forwarded-for": "10.0.0.1, 198.51.100.9"})
    assert seen == ["198.51.100.9"], "the last one that the proxy itself added, and not what the visitor wrote before it"


def test_a_login_form_from_elsewhere_logs_nobody_in(office: Office) -> None:
    fields = {"name": "chan", "password": "correct horse battery"}
    client = office.client()
    assert client.post("/login", data=fields).status_code == 403
    token = form_token(client.get("/login").text)
    other = office.client()
    other.get("/login")
    assert other.post("/login", data={**fields, "csrf": token}).status_code == 403, "another browser's proof"
    assert client.post("/login", data={**fields, "csrf": token}, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post("/login", data={**fields, "csrf": token}).status_code == 303


def test_a_login_that_nobody_uses_ends_by_itself_and_one_in_use_does_not(office: Office) -> None:
    client, idle = office.logged_in(), office.logged_in("lee")
    for _ in range(3):
        office.clock[0] += timedelta(minutes=50)
        assert client.get("/queues/flagged").status_code == 200
    assert idle.get("/queues/flagged").status_code == 303


def test_an_error_of_ours_says_nothing_of_our_inside(office: Office) -> None:
    made = make_site(office.desk)

    @made.get("/broken")
    def broken() -> None:
        raise RuntimeError("the secret of the house")

    answer = TestClient(made, base_url="http://localhost", raise_server_exceptions=False).get("/broken")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_a_database_that_is_away_is_said_without_its_address(office: Office) -> None:
    client = office.logged_in()
    file = office.desk.database.url.database or ""
    token = csrf_of(client.get("/queues/flagged").text)
    from pathlib import Path

    Path(file).rename(file + ".away")
    answer = client.get("/queues/flagged")
    assert answer.status_code == 503
    assert file not in answer.text
    Path(file + ".away").rename(file)
    assert client.post("/logout", data={"csrf": token}).status_code == 303


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("nonsense", "nonsense"),
        ("", "unknown"),
    ],
)
def test_attempts_are_counted_by_the_address_or_the_network_that_one_person_has(address: str, counted_as: str) -> None:
    assert source_of(address) == counted_as
