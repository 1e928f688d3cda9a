"""Other systems are told of events: signed, at least once, later again where they fail, and nothing but what they may know."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import update

from intake.outside import Reach
from intake.webhooks import Teller, signature
from storage.database import Database, open_database
from storage.other_rows import WebhookDeliveryRow, WebhookReceiverRow
from storage.sealing import is_sealed, webhook_key
from storage.webhooks import (
    BACK_OFF,
    OPEN_AFTER,
    Delivery,
    DeliveryState,
    Receiver,
    add_receiver,
    claim_delivery,
    deliveries,
    put_test_on_its_way,
    receivers,
    retry_delivery,
    rotate_secret,
    set_receiver_active,
)
from tests.servers.receiver import Receiving, drip, flood, receiver, status
from tests.storage.build import open_case

AT_HOME = Reach(networks=("127.0.0.0/8", "::1/128"), plain=True, timeout_s=2)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path}/intake.sqlite3")
    yield database
    database.close()


@pytest.fixture
def other() -> Iterator[Receiving]:
    with receiver() as receiving:
        yield receiving


def tell_of(database: Database, url: str, *events: str) -> Receiver:
    with database.transaction() as tx:
        return add_receiver(tx, url, events or ("*",), actor="ho", at=datetime.now(UTC))


def happen(database: Database, times: int = 1) -> None:
    with database.transaction() as tx:
        for _ in range(times):
            open_case(tx)


def make_due(database: Database, *, attempts: int | None = None) -> None:
    """As if the waits were over."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    with database.transaction() as tx:
        tx.execute(update(WebhookDeliveryRow).values(next_at=past, **({} if attempts is None else {"attempts": attempts})))
        tx.execute(update(WebhookReceiverRow).values(not_before=None))


def all_deliveries(database: Database) -> tuple[Delivery, ...]:
    with database.reading() as tx:
        return deliveries(tx)


def the_receiver(database: Database) -> Receiver:
    with database.reading() as tx:
        return receivers(tx)[0]


def test_a_receiver_is_told_signed_and_without_anything_personal(database: Database, other: Receiving) -> None:
    secret = tell_of(database, other.url).secret
    happen(database)
    assert Teller(database, AT_HOME).tell_all_due() == 1
    (told,) = other.told
    assert told.is_signed_with(secret)
    body = json.loads(told.body)
    assert (body["type"], body["data"]["kind"]) == ("case.received", "application")
    assert set(body) == {"type", "timestamp", "data"}
    assert set(body["data"]) == {"id", "reference", "kind", "state", "cause", "letter_id"}
    assert told.headers["content-type"] == "application/json"
    assert [one.state for one in all_deliveries(database)] == [DeliveryState.DELIVERED]
    assert Teller(database, AT_HOME).tell_all_due() == 0, "once it was taken it is not told again"


def test_the_signature_is_that_of_the_standards_own_example() -> None:
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", '{"test": 2432232314}'
    assert signature((secret,), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_is_told_only_of_what_it_asked_for_and_only_from_then_on(database: Database, other: Receiving) -> None:
    happen(database)
    Teller(database, AT_HOME).tell_all_due()
    tell_of(database, other.url, "letter.sent", "case.decided")
    happen(database)
    Teller(database, AT_HOME).tell_all_due()
    assert other.told == []


def test_what_was_not_taken_is_told_again_later_under_the_same_id(database: Database, other: Receiving) -> None:
    tell_of(database, other.url)
    other.answers = [status(500), status(503)]
    happen(database)
    teller = Teller(database, AT_HOME)
    teller.tell_all_due()
    (waiting,) = all_deliveries(database)
    assert (waiting.state, waiting.status, waiting.error) == (DeliveryState.WAITING, 500, "it answered 500")
    assert waiting.next_at > datetime.now(UTC) + BACK_OFF[0] - timedelta(seconds=3)
    assert teller.tell_all_due() == 0, "not before its time"
    for _ in range(2):
        make_due(database)
        teller.tell_all_due()
    assert len({told.headers["webhook-id"] for told in other.told}) == 1
    assert len(other.told) == 3
    assert all_deliveries(database)[0].state is DeliveryState.DELIVERED
    assert the_receiver(database).failures == 0


def test_a_delivery_is_given_up_at_last_and_a_person_can_have_it_sent_again(database: Database, other: Receiving) -> None:
    tell_of(database, other.url)
    happen(database)
    other.answers = [status(500)]
    teller = Teller(database, AT_HOME)
    with database.transaction() as tx:
        from storage.webhooks import pass_on_events

        pass_on_events(tx, datetime.now(UTC))
    make_due(database, attempts=len(BACK_OFF))
    teller.tell_all_due()
    (given_up,) = all_deliveries(database)
    assert given_up.state is DeliveryState.GIVEN_UP
    with database.transaction() as tx:
        retry_delivery(tx, given_up.id, datetime.now(UTC))
    teller.tell_all_due()
    assert all_deliveries(database)[0].state is DeliveryState.DELIVERED


def test_a_redirect_is_not_followed(database: Database, other: Receiving) -> None:
    tell_of(database, other.url)
    happen(database)
    with receiver() as elsewhere:
        other.answers = [status(302, Location=elsewhere.url)]
        Teller(database, AT_HOME).tell_all_due()
        assert elsewhere.told == []
    assert "redirects are not followed" in all_deliveries(database)[0].error


@pytest.mark.slow
def test_a_receiver_that_hangs_drips_or_floods_costs_no_more_than_its_time(database: Database, other: Receiving) -> None:
    tell_of(database, other.url)
    happen(database, 3)
    other.answers = [drip(20), lambda handler: time.sleep(20), flood]
    reach = Reach(networks=AT_HOME.networks, plain=True, timeout_s=0.5)
    began = time.monotonic()
    Teller(database, reach).tell_all_due()
    assert time.monotonic() - began < 6
    states = sorted(one.state.value for one in all_deliveries(database))
    assert states == ["delivered", "waiting", "waiting"]
    assert all("within 0.5 s" in one.error or "in time" in one.error for one in all_deliveries(database) if one.error)


@pytest.mark.slow
def test_a_receiver_that_hangs_keeps_no_other_waiting(database: Database, other: Receiving) -> None:
    tell_of(database, other.url)
    happen(database, 6)
    other.answers = [lambda handler: time.sleep(3)] * 6
    with receiver() as well:
        tell_of(database, well.url)
        shift = threading.Thread(target=Teller(database, Reach(networks=AT_HOME.networks, plain=True, timeout_s=1)).tell_all_due)
        shift.start()
        until = time.monotonic() + 4
        while len(well.told) < 6 and time.monotonic() < until:
            time.sleep(0.05)
        assert len(well.told) == 6
        assert shift.is_alive(), "the one that hangs is still being asked"
        shift.join(30)


def test_a_receiver_that_fails_again_and_again_is_left_alone_for_a_while(database: Database, other: Receiving) -> None:
    tell_of(database, other.url)
    happen(database, OPEN_AFTER + 5)
    other.answers = [status(500)] * 50
    Teller(database, AT_HOME).tell_all_due()
    assert len(other.told) == OPEN_AFTER
    paused = the_receiver(database)
    assert paused.not_before is not None
    assert paused.not_before > datetime.now(UTC)
    other.answers = []
    make_due(database)
    Teller(database, AT_HOME).tell_all_due()
    assert {one.state for one in all_deliveries(database)} == {DeliveryState.DELIVERED}
    assert the_receiver(database).not_before is None


def test_a_receiver_that_is_gone_is_told_no_more(database: Database, other: Receiving) -> None:
    tell_of(database, other.url)
    happen(database)
    other.answers = [status(410)]
    Teller(database, AT_HOME).tell_all_due()
    assert not the_receiver(database).active
    happen(database)
    assert Teller(database, AT_HOME).tell_all_due() == 0
    with database.transaction() as tx:
        set_receiver_active(tx, the_receiver(database).id, active=True)
    happen(database)
    Teller(database, AT_HOME).tell_all_due()
    assert len(other.told) == 2


def test_after_a_rotation_both_secrets_sign_for_a_day(database: Database, other: Receiving) -> None:
    made = tell_of(database, other.url)
    with database.transaction() as tx:
        fresh = rotate_secret(tx, made.id, datetime.now(UTC))
    happen(database)
    Teller(database, AT_HOME).tell_all_due()
    assert other.told[0].is_signed_with(made.secret)
    assert other.told[0].is_signed_with(fresh)
    with database.transaction() as tx:
        tx.execute(update(WebhookReceiverRow).values(rotated_at=datetime.now(UTC) - timedelta(hours=25)))
    happen(database)
    Teller(database, AT_HOME).tell_all_due()
    assert not other.told[1].is_signed_with(made.secret)
    assert other.told[1].is_signed_with(fresh)


def test_a_machine_of_the_house_is_told_only_where_the_settings_name_its_network(database: Database, other: Receiving) -> None:
    tell_of(database, other.url)
    happen(database)
    Teller(database, Reach(plain=True)).tell_all_due()
    make_due(database)
    Teller(database, Reach(networks=("10.0.0.0/8",), plain=True)).tell_all_due()
    assert other.told == []
    assert "within a house" in all_deliveries(database)[0].error


def test_over_plain_http_nobody_is_told_unless_the_settings_allow_it(database: Database, other: Receiving) -> None:
    tell_of(database, other.url)
    happen(database)
    Teller(database, Reach(networks=AT_HOME.networks)).tell_all_due()
    assert other.told == []
    assert "only https" in all_deliveries(database)[0].error


def test_a_sender_that_died_over_a_delivery_loses_nothing(database: Database, other: Receiving) -> None:
    tell_of(database, other.url)
    happen(database)
    teller = Teller(database, AT_HOME)
    with database.transaction() as tx:
        from storage.webhooks import pass_on_events

        pass_on_events(tx, datetime.now(UTC))
        assert claim_delivery(tx, datetime.now(UTC)) is not None
    assert teller.tell_all_due() == 0, "somebody has it"
    make_due(database)
    assert teller.tell_all_due() == 1


def test_a_test_says_nothing_and_is_told_at_once(database: Database, other: Receiving) -> None:
    made = tell_of(database, other.url)
    with database.transaction() as tx:
        message_id = put_test_on_its_way(tx, made.id, datetime.now(UTC))
    assert Teller(database, AT_HOME).tell(message_id) == (204, "")
    assert json.loads(other.told[0].body)["type"] == "test.ping"
    assert other.told[0].is_signed_with(made.secret)


def test_secrets_stand_sealed_in_the_record_and_sign_under_their_key_alone(database: Database, other: Receiving) -> None:
    key = webhook_key(b"the site's secret")
    open_one = tell_of(database, other.url).secret
    with database.transaction() as tx:
        rotate_secret(tx, the_receiver(database).id, datetime.now(UTC))
    happen(database)
    Teller(database, AT_HOME, key=key).tell_all_due()
    kept = the_receiver(database)
    assert [is_sealed(kept.secret), is_sealed(kept.old_secret or "")] == [True, True], "what stood open is sealed"
    assert open_one in kept.signs_with(datetime.now(UTC), key)
    with database.transaction() as tx:
        fresh = rotate_secret(tx, kept.id, datetime.now(UTC), key=key)
    assert fresh not in the_receiver(database).secret
    happen(database)
    assert Teller(database, AT_HOME, key=key).tell_all_due() == 1
    assert other.told[-1].is_signed_with(fresh)
    happen(database)
    Teller(database, AT_HOME, key=webhook_key(b"another")).tell_all_due()
    assert "another review.secret_file" in all_deliveries(database)[0].error
