"""Who may come in, what every answer carries, and what every act must prove."""

from __future__ import annotations

from datetime import timedelta

import pytest

from review.logins import ALLOWED, hash_password
from storage.audit import trail
from storage.site import end_sessions_of
from storage.staff import close_login
from tests.review.conftest import PASSWORD, Office
from tests.review.visiting import log_in

PAGES = ("/", "/queues/flagged", "/search?q=bright", "/cases/{reference}", "/cases/{reference}/letter", "/cases/{reference}/files/{form}/1.png")


def csrf_of(html: str) -> str:
    return html.split('data-csrf="')[1].split('"')[0]


@pytest.mark.parametrize("path", PAGES)
def test_without_a_login_every_page_leads_to_the_login(office: Office, path: str) -> None:
    answer = office.client().get(path.format(reference=office.reference, form=office.form))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")


@pytest.mark.parametrize("path", ["/login", *PAGES, "/nothing-here", "/static/site.css"])
def test_every_answer_carries_the_headers_that_keep_a_browser_safe(office: Office, path: str) -> None:
    answer = office.logged_in().get(path.format(reference=office.reference, form=office.form))
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == ("public, no-cache" if path.startswith("/static") else "no-store")


def test_a_wrong_password_is_refused_and_on_record(office: Office) -> None:
    answer = log_in(office.client(), password="wrong")
    assert answer.status_code == 401
    assert "intake_session" not in answer.cookies
    with office.desk.database.reading() as tx:
        assert trail(tx)[-1].action == "login refused"


def test_after_five_failures_not_even_the_right_password_is_heard_for_a_quarter_of_an_hour(office: Office) -> None:
    client = office.client()
    for _ in range(ALLOWED.a_source):
        log_in(client, password="wrong")
    assert log_in(client).status_code == 429
    office.clock[0] += timedelta(minutes=16)
    assert log_in(client).status_code == 303


def test_a_session_ends_with_its_hours_with_the_logout_and_with_the_login(office: Office) -> None:
    old, left, closed, changed = (office.logged_in() for _ in range(4))
    page = left.get("/queues/flagged").text
    assert left.post("/logout", data={"csrf": csrf_of(page)}).status_code == 303
    assert left.get("/queues/flagged").status_code == 303
    with office.desk.database.transaction() as tx:
        end_sessions_of(tx, "chan")
    assert changed.get("/queues/flagged").status_code == 303
    closed = office.logged_in("lee")
    with office.desk.database.transaction() as tx:
        close_login(tx, "lee")
    assert closed.get("/queues/flagged").status_code == 303
    old = office.logged_in()
    office.clock[0] += timedelta(hours=8, minutes=1)
    assert old.get("/queues/flagged").status_code == 303


def test_a_form_from_elsewhere_changes_nothing(office: Office) -> None:
    client = office.logged_in()
    token = csrf_of(client.get("/queues/flagged").text)
    act = f"/cases/{office.reference}/recheck"
    assert client.post(act).status_code == 403
    assert client.post(act, data={"csrf": "0" * 64}).status_code == 403
    assert client.post(act, data={"csrf": token}, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post(act, data={"csrf": token}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    other = csrf_of(office.logged_in("lee").get("/queues/flagged").text)
    assert client.post(act, data={"csrf": other}).status_code == 403
    assert office.hands.asked == []


def test_a_reader_looks_and_does_not_act(office: Office) -> None:
    client = office.logged_in("ho")
    page = client.get(f"/cases/{office.reference}")
    assert page.status_code == 200
    assert 'class="act"' not in page.text
    answer = client.post(f"/cases/{office.reference}/recheck", data={"csrf": csrf_of(page.text)})
    assert answer.status_code == 403
    assert office.hands.asked == []


@pytest.mark.parametrize("then", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_a_login_never_leads_off_the_site(office: Office, then: str) -> None:
    answer = log_in(office.client(), then=then)
    assert answer.headers["location"] == "/"


def test_a_password_is_long_enough_and_kept_as_argon2(office: Office) -> None:
    with pytest.raises(ValueError, match="12 to"):
        hash_password("short")
    assert hash_password(PASSWORD).startswith("$argon2id$")
    cookie = office.logged_in().cookies["intake_session"]
    file = office.desk.database.url.database or ""
    with open(file, "rb") as record:  # noqa: PTH123
        assert cookie.encode() not in record.read()
