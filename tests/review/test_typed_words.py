"""What a person typed at a session that ended is not lost, is done by nobody but that person, and never by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import httpx2
import pytest
from fastapi.testclient import TestClient

from review.typed_words import Typed, seal, unseal
from storage.cases import case_by_reference
from storage.staff import corrections
from tests.review.conftest import Office
from tests.review.visiting import PASSWORD, form_token, log_in

OURS = {"origin": "http://localhost", "sec-fetch-site": "same-origin"}
REASON = "telephoned <the> applicant 電話"


def correct(office: Office, client: TestClient, headers: dict[str, str] = OURS) -> Callable[[], httpx2.Response]:
    """An officer's correction, as the form on the case screen sends it."""
    page = client.get(f"/cases/{office.reference}").text
    revision = re.findall(r'name="revision" value="([^"]*)"', page)[0]
    given = {"csrf": form_token(page), "revision": revision, "key": "applicant.br_number", "value": "12345678", "reason": REASON}
    return lambda: client.post(f"/cases/{office.reference}/fields", data=given, headers=headers)


def kept_in(html: str) -> str:
    found = re.search(r'name="kept" value="([^"]+)"', html)
    return found.group(1) if found else ""


def enter(client: TestClient, page: str, name: str = "chan") -> httpx2.Response:
    return client.post("/login", data={"name": name, "password": PASSWORD, "csrf": form_token(page), "kept": kept_in(page)})


def said(office: Office) -> list[object]:
    with office.desk.database.reading() as tx:
        case = case_by_reference(tx, office.reference)
        return [word.value for word in corrections(tx, case.id)] if case else []


@pytest.mark.slow
def test_words_typed_at_an_ended_session_are_shown_after_the_login_and_sent_by_the_person(office: Office) -> None:
    client = office.logged_in()
    send = correct(office, client)
    office.clock[0] += timedelta(hours=2)
    login = send()
    assert login.status_code == 401
    assert "what you typed is kept" in login.text
    assert "telephoned" not in login.text, "whoever finds the login page open reads nothing"
    again = enter(client, login.text)
    assert again.status_code == 200
    assert "telephoned &lt;the&gt; applicant 電話" in again.text
    assert said(office) == [], "nothing is done by itself"
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', again.text.split('class="again"')[1]))
    assert fields["csrf"] == form_token(client.get(f"/cases/{office.reference}").text), "of the session that is there now"
    done = client.post(f"/cases/{office.reference}/fields", data={**fields, "reason": REASON}, headers=OURS)
    assert done.status_code == 303
    assert said(office) == ["12345678"]


def test_words_go_to_nobody_but_the_person_who_typed_them(office: Office) -> None:
    client = office.logged_in("chan")
    send = correct(office, client)
    office.clock[0] += timedelta(hours=2)
    other = enter(client, send().text, "lee")
    assert (other.status_code, other.headers["location"]) == (303, "/")


def test_a_wrong_password_does_not_cost_the_words(office: Office) -> None:
    client = office.logged_in()
    send = correct(office, client)
    office.clock[0] += timedelta(hours=2)
    page = send().text
    wrong = client.post("/login", data={"name": "chan", "password": "wrong", "csrf": form_token(page), "kept": kept_in(page)})
    assert wrong.status_code == 401
    assert REASON.split()[0] in enter(client, wrong.text).text


@pytest.mark.parametrize(
    "headers",
    [
        {"accept": "*/*"},
        {"origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"origin": "http://localhost", "sec-fetch-site": "none"},
    ],
)
def test_what_no_page_of_ours_sent_is_not_kept(office: Office, headers: dict[str, str]) -> None:
    client = office.logged_in()
    send = correct(office, client, headers)
    office.clock[0] += timedelta(hours=2)
    assert kept_in(send().text) == ""


def test_a_form_with_a_password_is_never_kept(office: Office) -> None:
    answer = office.client().post("/account", data={"now": PASSWORD, "new": PASSWORD}, headers=OURS)
    assert (answer.status_code, answer.text) == (303, "")


def test_a_form_of_an_older_session_is_shown_again_where_our_own_page_sent_it(office: Office) -> None:
    """Two windows: the login ended, the person logs in again in one of them, and goes on in the other."""
    client = office.logged_in()
    send = correct(office, client)
    client.cookies.delete("intake_session")
    log_in(client)
    again = send()
    assert again.status_code == 200
    assert "telephoned &lt;the&gt; applicant" in again.text
    assert said(office) == []
    foreign = correct(office, client, {"accept": "*/*"})
    client.cookies.delete("intake_session")
    log_in(client)
    assert foreign().status_code == 403


@pytest.mark.slow
def test_who_came_in_in_another_window_goes_on_here(office: Office) -> None:
    client = office.logged_in()
    send = correct(office, client)
    office.clock[0] += timedelta(hours=2)
    page = send().text
    given = {"csrf": form_token(page), "kept": kept_in(page)}
    assert client.post("/again", data=given).status_code == 401, "not in yet: the words stay"
    log_in(client)
    assert "telephoned" in client.post("/again", data=given).text
    assert client.post("/again", data={"kept": kept_in(page)}).status_code == 403


def test_a_seal_is_good_for_a_day_and_for_what_was_sealed(office: Office) -> None:
    typed = Typed(path="/cases/CPPP-2026-00001-X/fields", fields=(("reason", "字" * 20_000),))
    sealed = seal(office.desk, typed)
    assert unseal(office.desk, sealed) == typed
    assert unseal(office.desk, sealed[:-9] + "AAAAAAAA=") is None
    assert unseal(office.desk, "字") is None
    office.clock[0] += timedelta(hours=25)
    assert unseal(office.desk, sealed) is None


def test_the_page_that_was_asked_for_comes_after_the_login_with_its_question(office: Office) -> None:
    answer = office.client().get("/search?q=東莞&verdict=review")
    assert answer.headers["location"].startswith("/login?then=%2Fsearch%3Fq%3D")
    shown = {"hx-request": "true", "hx-current-url": "http://localhost/cases/CPPP-1?focus=a"}
    assert office.client().get("/cases/CPPP-1/presence", headers=shown).headers["hx-redirect"] == "/login?then=%2Fcases%2FCPPP-1%3Ffocus%3Da"
