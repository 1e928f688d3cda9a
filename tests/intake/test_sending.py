"""Letters on their way out: one connection for many, a server that fails stops nobody but itself, and what a server said is never forgotten."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import intake.sending
from intake.sending import Sender
from intake.settings import Outgoing
from parsers.values import MessageClass
from replies.smtp import Timeouts
from storage import outbox
from storage.database import Database, open_database
from storage.errors import StorageError
from storage.values import Letter, LetterState
from tests.replies.builders import OUR_ADDRESS, letter
from tests.replies.smtp_servers import Script, scripted
from tests.servers.smtp import Postbox, postbox
from tests.storage.build import open_case

pytestmark = pytest.mark.slow
QUICK = Timeouts(connect_s=0.7, command_s=0.7, answer_s=0.7, total_s=10)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'intake.sqlite3'}")
    yield opened
    opened.close()


@pytest.fixture
def out() -> Iterator[Postbox]:
    with postbox() as box:
        yield box


def queue_letters(database: Database, count: int) -> list[Letter]:
    reply = letter(None, message_class=MessageClass.ENQUIRY)
    with database.transaction() as tx:
        made = [
            outbox.queue(tx, case_id=open_case(tx).id, reply=reply, message_id=f"<{number}.ours@secretariat.example>", at=datetime.now(UTC))
            for number in range(count)
        ]
    return [one for one in made if one is not None]


def sender(database: Database, url: str, **keys: Any) -> Sender:
    return Sender(database, Outgoing(url=url, from_address=OUR_ADDRESS, per_address_day=100, per_domain_hour=100, **keys), timeouts=QUICK)


def letters(database: Database) -> list[Letter]:
    with database.reading() as tx:
        return list(outbox.letters_in(tx, *LetterState))


def states(database: Database) -> list[str]:
    return [one.state.value for one in letters(database)]


def test_many_letters_go_over_one_connection(database: Database) -> None:
    queue_letters(database, 4)
    script = Script()
    with scripted(script) as port:
        assert sender(database, f"smtp://127.0.0.1:{port}").send_all_due() == 4
    assert states(database) == ["accepted"] * 4
    assert script.seen.count("EHLO") == 1
    assert script.seen.count("DATA") == 4
    assert script.seen[-1] == "QUIT"


@pytest.mark.parametrize("answer", ["421 too long", "close", "silence", "451 cannot"])
def test_a_server_that_hung_up_between_two_letters_gets_the_next_over_a_new_connection(database: Database, answer: str) -> None:
    queue_letters(database, 3)
    scripts = [Script.of(noop=answer) for _ in range(3)]
    with scripted(*scripts) as port:
        assert sender(database, f"smtp://127.0.0.1:{port}").send_all_due() == 3
    assert [script.seen.count("DATA") for script in scripts] == [1, 1, 1]
    assert [letter.attempts for letter in letters(database)] == [1, 1, 1]


def test_a_refused_letter_holds_up_none_of_the_others(database: Database) -> None:
    queue_letters(database, 3)
    with scripted(Script.of(rcpt="550 nobody here"), Script.of(dot="451 later"), Script()) as port:
        assert sender(database, f"smtp://127.0.0.1:{port}").send_all_due() == 1
    assert states(database) == ["failed", "deferred", "accepted"]


def test_while_the_server_is_out_of_reach_letters_wait_untouched(database: Database, out: Postbox) -> None:
    queue_letters(database, 3)
    sending = sender(database, "smtp://127.0.0.1:9", retry_seconds=0.4)
    assert sending.send_all_due() == 0
    assert sending.send_all_due() == 0, "the server is not asked again at once"
    assert states(database) == ["deferred", "queued", "queued"]
    assert [letter.attempts for letter in letters(database)] == [1, 0, 0]
    assert sending.server.failures == 1
    assert "connect" in sending.server.trouble
    back = Sender(database, sending.outgoing.model_copy(update={"url": out.url}), timeouts=QUICK, server=sending.server)
    threading.Event().wait(0.5)
    assert back.send_all_due() == 3
    assert states(database) == ["accepted"] * 3
    assert (back.server.failures, back.server.trouble) == (0, "")


@pytest.mark.parametrize(
    ("script", "trouble"),
    [
        ({"mail": "550 5.7.1 sender not allowed"}, "mail: 550 5.7.1 sender not allowed; check outgoing.from_address and the login"),
        ({"mail": "530 5.7.0 log in first"}, "mail: 530 5.7.0 log in first; check outgoing.from_address and the login"),
        ({"greeting": "554 your address is blocked"}, "connect: 554 your address is blocked"),
    ],
)
def test_a_server_that_refuses_us_fails_no_letter_and_gets_them_all_once_it_is_mended(
    database: Database, out: Postbox, script: dict[str, str], trouble: str
) -> None:
    queue_letters(database, 3)
    with scripted(Script.of(**script)) as port:
        refused = sender(database, f"smtp://127.0.0.1:{port}", retry_seconds=0.2)
        assert refused.send_all_due() == 0
    assert states(database) == ["deferred", "queued", "queued"]
    assert (refused.server.trouble, refused.server.refuses) == (trouble, True)
    mended = Sender(database, refused.outgoing.model_copy(update={"url": out.url}), timeouts=QUICK, server=refused.server)
    threading.Event().wait(0.3)
    assert mended.send_all_due() == 3
    assert len(set(out.message_ids)) == 3
    assert not mended.server.refuses


def test_a_sender_that_is_put_off_for_a_while_holds_up_no_letter_for_hours(database: Database, out: Postbox) -> None:
    queue_letters(database, 2)
    answers = [Script.of(mail="451 4.7.1 come again") for _ in range(4)]
    with scripted(*answers) as port:
        busy = sender(database, f"smtp://127.0.0.1:{port}", retry_seconds=0.05)
        for _ in answers:
            busy.send_all_due()
            threading.Event().wait(0.5)
    assert [script.seen.count("MAIL") for script in answers] == [1, 1, 1, 1]
    back = Sender(database, busy.outgoing.model_copy(update={"url": out.url}), timeouts=QUICK, server=busy.server)
    assert back.send_all_due() == 2


def test_a_wrong_password_file_is_trouble_of_ours_and_not_of_the_letter(database: Database, out: Postbox, tmp_path: Path) -> None:
    queue_letters(database, 2)
    sending = sender(database, out.url, username="office", password_file=tmp_path / "gone")
    assert sending.send_all_due() == 0
    assert states(database) == ["deferred", "queued"]
    assert "gone" in sending.server.trouble


def test_the_letter_in_hand_is_finished_and_no_other_begun_when_the_service_stops(database: Database) -> None:
    queue_letters(database, 3)
    stopping = threading.Event()
    with postbox() as box:
        taken = box.handle_DATA

        async def stop_and_take(*given: Any) -> str:
            stopping.set()
            return await taken(*given)

        box.handle_DATA = stop_and_take  # type: ignore[method-assign, assignment]
        assert sender(database, box.url).send_all_due(stopping) == 1
    assert states(database) == ["accepted", "queued", "queued"]


def test_what_the_server_said_while_the_record_was_out_of_reach_is_recorded_later_and_the_letter_not_sent_again(
    database: Database, out: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_letters(database, 2)
    sending = sender(database, out.url)

    def locked(*_: object, **__: object) -> None:
        raise StorageError("the database is locked by another program", temporary=True)

    with monkeypatch.context() as trouble:
        trouble.setattr(intake.sending, "settle", locked)
        with pytest.raises(StorageError, match="locked"):
            sending.send_all_due()
    assert states(database) == ["sending", "queued"]
    assert sending.send_all_due() == 1
    assert states(database) == ["accepted", "accepted"]
    assert len(out.message_ids) == len(set(out.message_ids)) == 2


def test_a_letter_that_the_server_never_answered_for_is_not_sent_again(database: Database, out: Postbox) -> None:
    queue_letters(database, 1)
    with scripted(Script.of(dot="silence")) as port:
        assert sender(database, f"smtp://127.0.0.1:{port}").send_all_due() == 0
    again = sender(database, out.url)
    again.settle_cut_off()
    assert again.send_all_due() == 0
    assert states(database) == ["unknown"]
    assert out.taken == []
