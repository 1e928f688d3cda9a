"""Guessing passwords is slow however it is done, and keeps nobody out of the own office for long."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from review import logins
from review.logins import ALLOWED, Entered, Refused, enter
from review.site import make_site
from storage.site_rows import FailedLoginRow
from tests.review.conftest import Office
from tests.review.visiting import PASSWORD, log_in


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Passwords compared at once instead of by Argon2; which ones were looked at."""
    looked: list[str] = []

    def right(password: str, _hash: str) -> bool:
        looked.append(password)
        return password == PASSWORD

    monkeypatch.setattr(logins, "is_right", right)
    return looked


def guess(office: Office, name: str = "chan", *, address: str, password: str = "guess", browser: str = "") -> Entered | Refused:  # noqa: S107
    return enter(office.desk, name, password, address=address, browser=browser)


@pytest.mark.slow
def test_many_guesses_at_once_are_no_more_than_a_few(office: Office, quick: list[str]) -> None:
    start = threading.Barrier(20)

    def one() -> None:
        start.wait()
        guess(office, address="198.51.100.1")

    threads = [threading.Thread(target=one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(quick) == ALLOWED.a_source


def test_a_stranger_who_goes_on_and_on_keeps_the_person_out_no_longer_than_he_is_at_it(office: Office, quick: list[str]) -> None:
    for _ in range(50):
        guess(office, address="198.51.100.1")
    office.clock[0] += timedelta(minutes=14)
    for _ in range(50):
        assert guess(office, address="198.51.100.1") == Refused(too_many=True), "what is refused unlooked is not counted"
    assert isinstance(guess(office, address="203.0.113.5", password=PASSWORD), Entered), "from another address the person comes in"
    office.clock[0] += timedelta(minutes=2)
    assert isinstance(guess(office, address="198.51.100.1", password=PASSWORD), Entered)


@pytest.mark.slow
def test_many_strangers_together_are_slowed_and_the_persons_own_browser_is_not(office: Office, quick: list[str]) -> None:
    known = guess(office, address="203.0.113.5", password=PASSWORD)
    assert isinstance(known, Entered)
    quick.clear()
    for number in range(60):
        for _ in range(5):
            guess(office, address=f"198.51.100.{number}")
    assert len(quick) == ALLOWED.a_name
    assert guess(office, address="192.0.2.9", password=PASSWORD) == Refused(too_many=True)
    assert isinstance(guess(office, address="192.0.2.9", password=PASSWORD, browser=known.browser), Entered)


def test_a_browsers_mark_is_good_for_its_own_name_and_for_a_few_guesses(office: Office, quick: list[str]) -> None:
    known = guess(office, address="203.0.113.5", password=PASSWORD)
    assert isinstance(known, Entered)
    for _ in range(ALLOWED.a_source):
        guess(office, "lee", address="198.51.100.1")
    assert guess(office, "lee", address="198.51.100.1", password=PASSWORD, browser=known.browser) == Refused(too_many=True)
    forged = known.browser[:-1] + ("0" if known.browser[-1] != "0" else "1")
    for _ in range(ALLOWED.a_source):
        assert guess(office, address="198.51.100.7", browser=forged) == Refused()
    assert guess(office, address="198.51.100.7", browser=forged) == Refused(too_many=True)
    for _ in range(ALLOWED.a_source):
        guess(office, address="198.51.100.8", browser=known.browser)
    assert guess(office, address="198.51.100.8", browser=known.browser) == Refused(too_many=True)


@pytest.mark.slow
def test_one_address_that_tries_every_name_is_stopped(office: Office, quick: list[str]) -> None:
    for number in range(100):
        guess(office, f"name{number}", address="198.51.100.1")
    assert len(quick) == ALLOWED.an_address


def test_names_that_nobody_bears_are_answered_as_those_of_staff(office: Office, quick: list[str]) -> None:
    for name in ("chan", "nobody"):
        answers = [guess(office, name, address=f"198.51.100.{len(name)}") for _ in range(ALLOWED.a_source + 1)]
        assert answers == [Refused()] * ALLOWED.a_source + [Refused(too_many=True)]
    assert len(quick) == 2 * ALLOWED.a_source, "a password is looked at for either"


def test_a_login_that_succeeds_forgets_the_failures_before_it(office: Office, quick: list[str]) -> None:
    for _ in range(3):
        for _ in range(ALLOWED.a_source - 1):
            guess(office, address="203.0.113.5")
        assert isinstance(guess(office, address="203.0.113.5", password=PASSWORD), Entered)
    with office.desk.database.reading() as tx:
        from sqlmodel import select

        assert tx.session.exec(select(FailedLoginRow)).all() == []


@pytest.mark.parametrize("name", ["\0", "a\0b", "\ud800", "x" * 100_000, "'; DROP TABLE users; --", "𝟙", ""])
def test_whatever_stands_for_a_name_is_a_name_that_nobody_bears(office: Office, quick: list[str], name: str) -> None:
    assert guess(office, name, address="198.51.100.1", password="\ud800") == Refused()


def test_the_browser_that_logged_in_is_known_next_time(office: Office) -> None:
    client = TestClient(make_site(office.desk), base_url="http://localhost", follow_redirects=False)
    log_in(client)
    assert client.cookies["intake_browser"].count(".") == 1
