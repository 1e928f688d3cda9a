"""One service at a time on a record: on PostgreSQL the lease lives as long as its own connection does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from sqlalchemy import text

from intake.one_instance import Occupied, ServerLease, alone
from storage.database import Database, open_database
from tests.intake.builders import Installation, enquiry
from tests.intake.test_day_and_night import at_work, wait_for
from tests.storage.conftest import postgresql_server

__all__ = ["postgresql_server"]
pytestmark = pytest.mark.slow


@pytest.fixture
def url(postgresql_server: str, request: pytest.FixtureRequest) -> str:
    import psycopg

    name = f"lease_{abs(hash(request.node.name))}"
    with psycopg.connect(postgresql_server.replace("+psycopg", "") + "postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return postgresql_server + name


@pytest.fixture
def two(url: str) -> Iterator[tuple[Database, Database]]:
    first, second = open_database(url), open_database(url)
    yield first, second
    first.close()
    second.close()


def end_connections_of_leases(database: Database) -> None:
    """What a server does that is restarted, or a network that is cut: the connections that hold advisory locks end, a moment later."""
    statement = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
    with database.transaction() as tx:
        tx.execute(text(statement))


@contextmanager
def taken_over(database: Database) -> Iterator[None]:
    """The lease, taken as soon as its holder lost it; a service that looks every tenth of a second may be quicker, and loses it again."""
    with ExitStack() as stack:
        for attempt in range(500):
            if attempt % 20 == 0:
                end_connections_of_leases(database)
            try:
                stack.enter_context(alone(database))
                break
            except Occupied:
                threading.Event().wait(0.002)
        else:
            raise AssertionError("the service always took its lease again first")
        yield


def taken_by(lease: ServerLease) -> bool:
    try:
        lease.hold()
    except Occupied:
        return False
    return True


def test_the_second_is_told_and_may_take_over_once_the_first_has_ended(two: tuple[Database, Database]) -> None:
    with alone(two[0]), pytest.raises(Occupied, match="another intake run is at work"), alone(two[1]):
        pass
    with alone(two[1]) as lease:
        assert lease.is_held


def test_a_lost_connection_is_a_lost_lease_that_may_be_taken_again(two: tuple[Database, Database]) -> None:
    first, second = ServerLease(two[0]), ServerLease(two[1])
    first.hold()
    end_connections_of_leases(two[1])
    wait_for(lambda: taken_by(second))
    with pytest.raises(Occupied):
        first.hold()
    second.release()
    first.hold()
    assert first.is_held
    first.release()


def test_a_service_that_lost_its_lease_touches_the_mailbox_no_more(
    house: Installation, url: str, two: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.day_and_night._LEASE_LOOK_S", 0.1)
    house.changes = {"storage": {"database": url}}
    with at_work(house) as service:
        house.deliver(enquiry(1))
        wait_for(lambda: len(house.outbox_files()) == 1)
        with taken_over(two[1]):
            wait_for(lambda: "record" in {outage.name for outage in service.dependencies.outages})
            house.deliver(enquiry(2))
            threading.Event().wait(1.0)
            assert len(house.arrivals()) == 1
            assert list((house.maildir / "new").iterdir()), "the mail lies where it lay"
        wait_for(lambda: len(house.outbox_files()) == 2)


def test_two_services_on_one_record_answer_everybody_once(house: Installation, url: str) -> None:
    house.changes = {"storage": {"database": url}, "outgoing": {"per_hour": 1000}}
    house.deliver(*(enquiry(number) for number in range(12)))
    with at_work(house) as first, at_work(house) as second:
        wait_for(lambda: len(house.outbox_files()) == 12)
        waiting = {outage.name for service in (first, second) for outage in service.dependencies.outages}
        assert waiting == {"record"}
    assert len({letter.cause for letter in house.letters()}) == 12
