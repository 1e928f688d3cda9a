"""What an administrator does with people, logins, tokens and receivers, what a person does with the own password, and who may not."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from intake.outside import CannotAsk
from review.logins import ALLOWED
from review.pages.webhooks import _good
from review.site import make_site
from storage.audit import trail
from storage.staff import add_login, login
from storage.values import StaffLogin, StaffRole
from tests.review.conftest import HASH, Office
from tests.review.test_access import csrf_of
from tests.review.visiting import PASSWORD, log_in

NEW = "a staple for another battery"


@pytest.fixture
def boss(office: Office) -> TestClient:
    with office.desk.database.transaction() as tx:
        add_login(tx, "boss", HASH, at=office.clock[0], role=StaffRole.ADMIN)
    return office.logged_in("boss")


def form(client: TestClient, path: str, **fields: str) -> str:
    """Fills in a form of the administration. What the page says then."""
    token = csrf_of(client.get("/admin").text)
    answer = client.post(path, data={"csrf": token, **fields})
    return answer.text if answer.status_code == 200 else f"{answer.status_code} {answer.text}"


def once(page: str) -> str:
    found = re.search(r'class="once">([^<]+)<', page)
    assert found is not None, page[:2000]
    return found[1]


def on_record(office: Office, name: str) -> StaffLogin:
    with office.desk.database.reading() as tx:
        found = login(tx, name)
    assert found is not None
    return found


ADMIN_PAGES = ("/admin", "/admin/audit", "/admin/tokens", "/admin/webhooks")
ADMIN_ACTS = (
    "/admin/people", "/admin/people/reset", "/admin/people/role", "/admin/people/state", "/admin/sessions/end", "/admin/tokens",
    "/admin/tokens/revoke", "/admin/webhooks", "/admin/webhooks/1/rotate", "/admin/webhooks/1/remove", "/admin/webhooks/deliveries/1",
)  # fmt: skip


def test_an_officer_has_no_part_in_the_administration(office: Office) -> None:
    client = office.logged_in()
    token = csrf_of(client.get("/queues/flagged").text)
    assert {client.get(path).status_code for path in ADMIN_PAGES} == {403}
    fields = {"csrf": token, "name": "ho", "role": "admin", "active": "false", "mark": "x", "url": "https://a.example"}
    assert {client.post(path, data=fields).status_code for path in ADMIN_ACTS} == {403}
    assert on_record(office, "ho").role is StaffRole.READER


def test_an_administrators_form_from_elsewhere_changes_nothing(office: Office, boss: TestClient) -> None:
    assert boss.post("/admin/people/role", data={"name": "ho", "role": "admin"}).status_code == 403
    assert on_record(office, "ho").role is StaffRole.READER


def test_a_new_person_must_choose_a_password_before_anything_else(office: Office, boss: TestClient) -> None:
    given = once(form(boss, "/admin/people", name=" tse ", role="officer"))
    client = office.client()
    answer = log_in(client, "tse", given)
    assert answer.headers["location"] == "/account"
    assert client.get("/queues/flagged").headers["location"] == "/account"
    token = csrf_of(client.get("/account").text)
    assert client.post(f"/cases/{office.reference}/recheck", data={"csrf": token}).headers["location"] == "/account"
    assert office.hands.asked == []
    assert client.get("/api/v1/cases").status_code == 403
    assert client.post("/account", data={"csrf": token, "now": given, "new": NEW, "again": NEW}).status_code == 303
    assert client.get("/queues/flagged").status_code == 200
    assert log_in(office.client(), "tse", given).status_code == 401


def test_a_changed_password_ends_every_other_login_of_that_person(office: Office) -> None:
    mine, elsewhere, other = office.logged_in(), office.logged_in(), office.logged_in("lee")
    token = csrf_of(mine.get("/account").text)
    assert mine.post("/account", data={"csrf": token, "now": PASSWORD, "new": NEW, "again": NEW}).status_code == 303
    assert mine.get("/queues/flagged").status_code == 200
    assert elsewhere.get("/queues/flagged").status_code == 303
    assert other.get("/queues/flagged").status_code == 200
    assert log_in(office.client()).status_code == 401
    assert log_in(office.client(), password=NEW).status_code == 303


@pytest.mark.parametrize(
    ("now", "new", "again", "said"),
    [
        ("wrong", NEW, NEW, "is not right"),
        (PASSWORD, NEW, NEW + "x", "differ"),
        (PASSWORD, "short", "short", "12 to"),
        (PASSWORD, PASSWORD, PASSWORD, "is the old one"),
        ("", "", "", "is the old one"),
    ],
)
def test_a_password_is_not_changed_without_the_one_now_and_a_good_new_one(office: Office, now: str, new: str, again: str, said: str) -> None:
    client = office.logged_in()
    answer = client.post("/account", data={"csrf": csrf_of(client.get("/account").text), "now": now, "new": new, "again": again})
    assert (answer.status_code, said in answer.text) == (422, True)
    assert on_record(office, "chan").password_hash == HASH


def test_a_stolen_session_cannot_try_passwords_without_end(office: Office) -> None:
    client = office.logged_in()
    fields = {"csrf": csrf_of(client.get("/account").text), "now": "guess", "new": NEW, "again": NEW}
    answers = [client.post("/account", data=fields).status_code for _ in range(ALLOWED.a_source + 1)]
    assert answers == [422] * ALLOWED.a_source + [429]


def test_a_reset_password_ends_the_persons_logins_and_is_shown_once(office: Office, boss: TestClient) -> None:
    client = office.logged_in()
    given = once(form(boss, "/admin/people/reset", name="chan"))
    assert client.get("/queues/flagged").status_code == 303
    assert log_in(office.client()).status_code == 401
    assert log_in(office.client(), password=given).headers["location"] == "/account"
    assert given not in boss.get("/admin").text


def test_a_closed_login_is_out_at_once_and_may_be_opened_again(office: Office, boss: TestClient) -> None:
    client = office.logged_in()
    form(boss, "/admin/people/state", name="chan", active="false")
    assert client.get("/queues/flagged").status_code == 303
    assert log_in(office.client()).status_code == 401
    form(boss, "/admin/people/state", name="chan", active="true")
    assert log_in(office.client()).status_code == 303


def test_the_last_administrator_stays_one(office: Office, boss: TestClient) -> None:
    assert "409" in form(boss, "/admin/people/state", name="boss", active="false")
    assert "409" in form(boss, "/admin/people/role", name="boss", role="reader")
    form(boss, "/admin/people/role", name="chan", role="admin")
    assert on_record(office, "chan").role is StaffRole.ADMIN
    assert on_record(office, "boss").active


def test_one_login_is_ended_and_the_others_stay(office: Office, boss: TestClient) -> None:
    client = office.logged_in()
    page = boss.get("/admin").text
    row = next(part for part in page.split("<tr>") if 'name="mark"' in part and ">chan" in part)
    form(boss, "/admin/sessions/end", mark=row.split('name="mark" value="')[1].split('"')[0])
    assert client.get("/queues/flagged").status_code == 303
    assert boss.get("/admin").status_code == 200
    form(boss, "/admin/sessions/end", mark="")
    assert boss.get("/admin").status_code == 200


def test_the_audit_trail_is_searched_and_the_search_is_on_record(office: Office, boss: TestClient) -> None:
    office.logged_in("lee").get(f"/cases/{office.reference}")
    page = boss.get("/admin/audit", params={"actor": "lee", "action": "shown"}).text
    assert "case shown" in page
    assert "logged in" not in page.split("<tbody>")[1]
    assert "Nothing found" in boss.get("/admin/audit", params={"actor": "nobody"}).text
    assert "case shown" in boss.get("/admin/audit", params={"reference": office.reference.lower()}).text
    day = (office.clock[0] + timedelta(hours=8)).date()
    assert "case shown" in boss.get("/admin/audit", params={"since": str(day), "until": str(day)}).text
    assert "Nothing found" in boss.get("/admin/audit", params={"until": str(day - timedelta(days=2))}).text
    for odd in ("9999-12-31", "0001-01-01", "yesterday", "9" * 50):
        assert boss.get("/admin/audit", params={"since": odd, "until": odd, "action": "%_\\"}).status_code == 200
    chinese = boss.get("/admin/audit", headers={"accept-language": "zh-HK"}).text
    assert '查閱個案 <small lang="en">case shown</small>' in chinese, "in the reader's language, beside the words that the search knows"
    with office.desk.database.reading() as tx:
        assert ("boss", "audit trail searched") in [(entry.actor, entry.action) for entry in trail(tx)]


def test_a_token_is_made_shown_once_used_and_revoked(office: Office, boss: TestClient) -> None:
    token = once(form(boss, "/admin/tokens", name="register", role="reader", days="30"))
    system = TestClient(make_site(office.desk), base_url="http://localhost", headers={"authorization": f"Bearer {token}"})
    assert system.get("/api/v1/cases").status_code == 200
    page = boss.get("/admin/tokens").text
    assert token not in page
    assert "testclient" in page, "its last use"
    assert "409" in form(boss, "/admin/tokens", name="register", role="reader", days="30")
    form(boss, "/admin/tokens/revoke", name="register")
    assert system.get("/api/v1/cases").status_code == 401
    with open(office.desk.database.url.database or "", "rb") as record:  # noqa: PTH123
        assert token.encode() not in record.read()


def test_a_receiver_is_added_tested_given_another_secret_and_removed(office: Office, boss: TestClient) -> None:
    secret = once(form(boss, "/admin/webhooks", url="https://system.office.example/events", events="case.decided"))
    assert secret.startswith("whsec_")
    assert secret not in boss.get("/admin/webhooks").text
    form(boss, "/admin/webhooks/1/test")
    assert "test.ping" in boss.get("/admin/webhooks").text
    assert once(form(boss, "/admin/webhooks/1/rotate")) != secret
    assert "409" in form(boss, "/admin/webhooks/999999999999/rotate")
    assert "409" in form(boss, "/admin/webhooks", url="https://system.office.example/events")
    assert "409" in form(boss, "/admin/webhooks", url="https://other.office.example/", events="case.invented")
    form(boss, "/admin/webhooks/deliveries/1")
    form(boss, "/admin/webhooks/1/state", active="false")
    assert "stopped" in boss.get("/admin/webhooks").text
    form(boss, "/admin/webhooks/1/remove")
    assert "Nothing found" in boss.get("/admin/webhooks").text


@pytest.mark.parametrize(
    "url", ["http://a.example/", "https://u:p@a.example/", "javascript:alert(1)", "https://", "https://a.example/#x", "https://["]
)
def test_a_receivers_address_is_refused_where_it_could_never_be_told(boss: TestClient, url: str) -> None:
    assert "409" in form(boss, "/admin/webhooks", url=url)


@pytest.mark.parametrize(
    "url", ["https://a.example/x?y=1", "http://a.example/", "https://u@a.example/", "ftp://a.example", "https://a.example:0/", "x"]
)
def test_the_page_and_the_sender_agree_on_addresses(url: str) -> None:
    from intake.outside import Reach, assert_askable

    try:
        assert_askable(url, Reach())
    except CannotAsk:
        assert not _good(url, plain=False)
    else:
        assert _good(url, plain=False)


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\tb", "a\u202eb"])
def test_a_login_has_a_name_that_can_be_read(boss: TestClient, name: str) -> None:
    assert form(boss, "/admin/people", name=name, role="officer").startswith("4")
