"""Staff come in through an OpenID provider: whom it confirms and whom the office knows, and nobody else."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import OctKey, RSAKey

from intake.settings import Settings, SettingsError
from intake.site_provider import provider_from
from review.logins import NO_PASSWORD
from review.openid import Provider
from review.site import make_site
from storage.outside_logins import bind
from storage.sessions import set_active
from storage.staff import login
from storage.values import StaffLogin, StaffRole
from tests.review.conftest import Office
from tests.servers.openid import OpenIdServer, openid_server

pytestmark = pytest.mark.slow


@dataclass
class House:
    office: Office
    server: OpenIdServer
    provider: Provider

    def client(self) -> TestClient:
        return TestClient(make_site(self.office.desk, provider=self.provider), base_url="http://localhost", follow_redirects=False)

    def come(self, client: TestClient | None = None, then: str = "/") -> httpx2.Response:
        """All the way: to the provider, and back with what it says."""
        client = client or self.client()
        there = client.get("/login/outside", params={"then": then})
        assert there.status_code == 303, there.text
        return client.get(way_back(there.headers["location"]))

    def login(self, name: str) -> StaffLogin | None:
        with self.office.desk.database.reading() as tx:
            return login(tx, name)


def way_back(there: str) -> str:
    """Where the provider sends the browser, without following it."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any, **__: Any) -> None:
            return None

    try:
        urllib.request.build_opener(Stay).open(there, timeout=5)
    except urllib.error.HTTPError as answer:
        with answer:
            back = urlsplit(answer.headers["Location"])
            return f"{back.path}?{back.query}"
    raise AssertionError("the provider did not send the browser back")


@pytest.fixture
def house(office: Office) -> Iterator[House]:
    with openid_server() as server:
        settings = Settings.model_validate(
            {
                "openid": {
                    "issuer": server.issuer, "client_id": server.client_id, "client_secret": server.client_secret, "name": "Office login",
                    "officers": "lam@office.example", "readers": "lam@office.example, yu@office.example", "allow_http": True,
                    "private_networks": "127.0.0.0/8",
                }
            }
        )  # fmt: skip
        provider = provider_from(settings)
        assert provider is not None
        yield House(office, server, provider)


def test_a_listed_person_gets_a_login_of_the_right_role_and_is_led_on(house: House) -> None:
    assert "Log in with Office login" in house.client().get("/login").text
    client = house.client()
    answer = house.come(client, then="/queues/flagged")
    assert (answer.status_code, answer.headers["location"]) == (303, "/queues/flagged")
    assert client.get("/queues/flagged").status_code == 200
    made = house.login("lam@office.example")
    assert made is not None
    assert (made.role, made.password_hash) == (StaffRole.OFFICER, NO_PASSWORD)
    house.come()
    assert house.server.asked.count("/.well-known/openid-configuration") == 1, "the description is kept"


def test_a_login_without_a_password_is_not_entered_by_one(house: House) -> None:
    from tests.review.visiting import log_in

    house.come()
    assert log_in(house.client(), "lam@office.example", NO_PASSWORD).status_code == 401
    assert log_in(house.client(), "lam@office.example", "").status_code == 401


@pytest.mark.parametrize(
    "person",
    [
        {"sub": "p", "email": "stranger@office.example", "email_verified": True},
        {"sub": "p", "email": "lam@office.example", "email_verified": False},
        {"sub": "p", "email": "lam@office.example", "email_verified": "true"},
        {"sub": "p", "email": "lam@office.example"},
        {"sub": "p"},
    ],
)
def test_whom_the_office_does_not_know_by_a_verified_address_stays_out(house: House, person: dict[str, Any]) -> None:
    house.server.person = person
    answer = house.come()
    assert answer.status_code == 403
    assert "you have no login here" in answer.text
    assert house.login("lam@office.example") is None


@pytest.mark.parametrize(
    "lies",
    [
        {"iss": "https://other.example"},
        {"aud": "another-site"},
        {"aud": ["intake-site", "another-site"]},
        {"azp": "another-site"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"iat": 1_000_000_000},
        {"iat": time.time() + 3_600},
        {"nonce": "of another errand"},
        {"nonce": None},
        {"sub": ""},
        {"sub": None},
        {"sub": 5},
        {"nbf": time.time() + 3_600},
        {"exp": True},
    ],
)
def test_a_token_that_is_not_of_this_errand_lets_nobody_in(house: House, lies: dict[str, Any]) -> None:
    house.server.lies = lies
    answer = house.come()
    assert answer.status_code == 401
    assert "did not confirm" in answer.text
    assert house.login("lam@office.example") is None


def test_a_token_that_another_key_signed_lets_nobody_in(house: House) -> None:
    house.server.shown = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
    assert house.come().status_code == 401


def test_a_secret_that_the_provider_shows_signs_nothing(house: House) -> None:
    house.server.key, house.server.algorithm = OctKey.generate_key(256, {"kid": "shared"}), "HS256"
    assert house.come().status_code == 401


def test_a_key_that_changed_is_asked_for_anew(house: House) -> None:
    now = time.time()
    house.provider.clock = lambda: now
    assert house.come().status_code == 303
    house.server.rotate()
    assert house.come().status_code == 401, "not twice within a minute"
    now += 61
    assert house.come().status_code == 303


def test_an_answer_is_good_in_the_browser_that_asked_and_once(house: House) -> None:
    mine, other = house.client(), house.client()
    back = way_back(mine.get("/login/outside").headers["location"])
    assert other.get(back).status_code == 401, "another browser"
    state = parse_qs(urlsplit(back).query)["state"][0]
    assert mine.get(back.replace(state, "x" * 43)).status_code == 401
    assert mine.get(back).status_code == 303
    assert mine.get(back).status_code == 401, "its errand is over"


def test_an_answer_of_another_provider_or_too_late_is_refused(house: House) -> None:
    client = house.client()
    back = way_back(client.get("/login/outside").headers["location"])
    assert client.get(back.replace("iss=", "iss=https%3A%2F%2Fother.example&was=")).status_code == 401
    from datetime import timedelta

    house.office.clock[0] += timedelta(minutes=11)
    assert client.get(back).status_code == 401
    assert client.get("/login/outside/back?error=access_denied&state=x").status_code == 401


def test_who_is_listed_no_more_comes_in_no_more_and_a_changed_list_changes_the_role(house: House) -> None:
    house.come()
    house.provider.roles = {"lam@office.example": StaffRole.READER}
    assert house.come().status_code == 303
    assert house.login("lam@office.example").role is StaffRole.READER  # type: ignore[union-attr]
    house.provider.roles = {}
    assert house.come().status_code == 403


def test_a_closed_login_stays_closed(house: House) -> None:
    house.come()
    with house.office.desk.database.transaction() as tx:
        from storage.staff import add_login

        add_login(tx, "boss", NO_PASSWORD, at=house.office.clock[0], role=StaffRole.ADMIN)
        set_active(tx, "lam@office.example", active=False)
    assert house.come().status_code == 403


def test_a_login_with_a_password_is_bound_by_a_person_and_never_taken_over(house: House) -> None:
    house.provider.roles = {"chan": StaffRole.ADMIN, "lam@office.example": StaffRole.ADMIN}
    house.server.person = {"sub": "thief", "email": "chan", "email_verified": True}
    assert house.come().status_code == 403
    house.server.person = {"sub": "chan-of-the-office"}
    assert house.come().status_code == 403
    with house.office.desk.database.transaction() as tx:
        bind(tx, house.server.issuer, "chan-of-the-office", "chan", house.office.clock[0])
    assert house.come().status_code == 303
    assert house.login("chan").role is StaffRole.OFFICER  # type: ignore[union-attr]


def test_an_address_that_was_given_to_somebody_else_opens_nothing(house: House) -> None:
    house.come()
    house.server.person = {"sub": "person-2", "email": "lam@office.example", "email_verified": True}
    assert house.come().status_code == 403


def test_a_provider_that_is_away_is_said_and_a_site_without_one_has_no_such_page(house: House, office: Office) -> None:
    house.provider.issuer = "http://127.0.0.1:9"
    answer = house.client().get("/login/outside")
    assert answer.status_code == 401
    assert office.client().get("/login/outside").status_code == 404
    assert "outside" not in office.client().get("/login").text


@pytest.mark.parametrize("openid", [{"issuer": "http://login.example", "client_id": "x"}, {"issuer": "https://login.example"}])
def test_settings_that_would_not_be_safe_are_refused(openid: dict[str, str]) -> None:
    from intake.settings import load_settings

    with pytest.raises(SettingsError):
        provider_from(load_settings(None, {f"INTAKE_OPENID__{key.upper()}": value for key, value in openid.items()}))
