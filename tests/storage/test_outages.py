"""What is out of reach stands on record while it lasts, for whoever asks for the status."""

from __future__ import annotations

from datetime import datetime

from storage.attention import attention
from storage.database import Database
from storage.outages import Outage, end_outage, note_outage, outages
from tests.storage.build import NOW, later


def an_outage(name: str, tries: int = 1) -> Outage:
    return Outage(name=name, since=NOW, tries=tries, next_at=later(minutes=1), trouble="no answer in time")


def test_an_outage_is_on_record_until_it_ends(database: Database) -> None:
    with database.transaction() as tx:
        note_outage(tx, an_outage("mailbox"))
        note_outage(tx, an_outage("mailbox", tries=2))
        note_outage(tx, an_outage("mail server"))
        assert [(one.name, one.tries) for one in outages(tx)] == [("mailbox", 2), ("mail server", 1)]
        end_outage(tx, "mailbox")
        assert [one.name for one in outages(tx)] == ["mail server"]
        end_outage(tx)
        assert outages(tx) == ()


def test_an_outage_is_said_in_one_line() -> None:
    words = an_outage("mailbox", tries=12).words(NOW)
    assert words == f"mailbox out of reach since {NOW:%Y-%m-%d %H:%M} UTC, 12 tries, next in 60 s: no answer in time"


def test_an_outage_that_does_not_end_by_itself_is_asked_of_a_person(database: Database) -> None:
    def named(now: datetime) -> list[str]:
        return [outage.name for outage in (an_outage("disk"), an_outage("mailbox")) if outage.needs_person(now)]

    assert named(later(minutes=1)) == ["disk"]
    assert named(later(minutes=15)) == ["disk", "mailbox"]
    with database.transaction() as tx:
        note_outage(tx, an_outage("disk"))
        (entry,) = attention(tx)
    assert (entry.kind, entry.reference) == ("out_of_reach", None)
    assert "disk out of reach" in entry.message


def test_a_server_that_refuses_us_is_asked_of_a_person_at_once(database: Database) -> None:
    refusal = an_outage("mail server").model_copy(update={"refuses": True, "trouble": "login: 535 wrong password"})
    with database.transaction() as tx:
        note_outage(tx, an_outage("mailbox"))
        note_outage(tx, refusal)
        assert outages(tx)[1] == refusal
        (entry,) = (entry for entry in attention(tx) if "mail server" in entry.message)
    assert "mail server refuses us since" in entry.message
    assert refusal.needs_person(NOW)
    assert not an_outage("mailbox").needs_person(NOW)


def test_an_outage_is_said_in_plain_words() -> None:
    assert "1 try, next at any moment" in an_outage("disk", tries=1).words(later(minutes=5))
