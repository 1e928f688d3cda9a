"""Letters go out once, within the caps, and what became of each is known or said to be unknown."""

from __future__ import annotations

from datetime import datetime

import pytest

from replies.values import Template
from storage import outbox
from storage.attention import attention
from storage.database import Database, Transaction
from storage.errors import StorageError
from storage.queues import Queue, Terms, waiting_in
from storage.values import Caps, Letter, LetterState
from tests.storage.build import NOW, later, open_case, reply, sha


def put(tx: Transaction, number: int = 1, *, to: str = "wong@bright.example", at: datetime = NOW, held: str = "") -> Letter:
    letter = outbox.queue(tx, case_id=open_case(tx).id, reply=reply(to), message_id=f"<{number}@office.example>", at=at, held=held)
    assert letter is not None
    return letter


def test_a_letter_is_due_once_for_each_case_template_and_cause(database: Database) -> None:
    with database.transaction() as tx:
        case, other = open_case(tx), open_case(tx)
        queued = [
            outbox.queue(tx, case_id=on.id, reply=reply(template=template, cause=cause), message_id=f"<{number}@office.example>", at=NOW)
            for number, (on, template, cause) in enumerate(
                [
                    (case, Template.RECEIPT, sha("a")),
                    (case, Template.RECEIPT, sha("a")),
                    (case, Template.RECEIPT, sha("b")),
                    (case, Template.MISSING_ITEMS, sha("a")),
                    (other, Template.RECEIPT, sha("a")),
                ]
            )
        ]
        assert [letter is not None for letter in queued] == [True, False, True, True, True]
        assert outbox.counts(tx)["queued"] == 4


def test_a_letter_is_read_back_word_for_word(database: Database) -> None:
    with database.transaction() as tx:
        letter = put(tx)
        assert letter.reply == reply()
        assert (letter.to, letter.state, letter.attempts) == ("wong@bright.example", LetterState.QUEUED, 0)
        assert outbox.letters_of_case(tx, letter.case_id) == (letter,)


def test_a_claimed_letter_is_not_claimed_again(database: Database) -> None:
    with database.transaction() as tx:
        put(tx)
        claimed = outbox.claim(tx, NOW)
        assert claimed is not None
        assert (claimed.state, claimed.attempts, claimed.claimed_at) == (LetterState.SENDING, 1, NOW)
        assert outbox.claim(tx, NOW) is None
        assert [letter.id for letter in outbox.letters_in(tx, LetterState.SENDING)] == [claimed.id]


def test_a_deferred_letter_waits_for_its_time(database: Database) -> None:
    with database.transaction() as tx:
        letter = put(tx)
        outbox.claim(tx, NOW)
        outbox.settle(tx, letter.id, LetterState.DEFERRED, at=NOW, code=451, reason="greylisted", next_at=later(minutes=2))
        assert outbox.next_due(tx) == later(minutes=2)
        assert outbox.claim(tx, later(minutes=1)) is None
        again = outbox.claim(tx, later(minutes=2))
        assert again is not None
        assert (again.attempts, again.last_code) == (2, 451)


@pytest.mark.parametrize("outcome", [LetterState.ACCEPTED, LetterState.FAILED, LetterState.UNKNOWN])
def test_a_settled_letter_is_never_claimed_again_by_itself(database: Database, outcome: LetterState) -> None:
    with database.transaction() as tx:
        letter = put(tx)
        outbox.claim(tx, NOW)
        outbox.settle(tx, letter.id, outcome, at=NOW, code=250)
        assert outbox.claim(tx, later(days=30)) is None
        with pytest.raises(StorageError, match="is not being sent"):
            outbox.settle(tx, letter.id, LetterState.ACCEPTED, at=NOW)


def test_letters_over_a_cap_are_held_and_the_others_go_on(database: Database) -> None:
    caps = Caps(per_address_day=2, per_domain_hour=3, per_hour=4)
    with database.transaction() as tx:
        addresses = ["a@one.example", "A@one.example", "a@one.example", "b@one.example", "c@one.example", "d@two.example", "e@three.example"]
        for number, address in enumerate(addresses):
            put(tx, number, to=address)
        sent = []
        while letter := outbox.claim(tx, NOW, caps):
            sent.append(letter.to)
            outbox.settle(tx, letter.id, LetterState.ACCEPTED, at=NOW, code=250)
        held = {letter.to: letter.reason for letter in outbox.letters_in(tx, LetterState.HELD)}
        assert sent == ["a@one.example", "a@one.example", "b@one.example", "d@two.example"]
        assert set(held) == {"a@one.example", "c@one.example", "e@three.example"}
        assert "address within a day" in held["a@one.example"]
        assert "domain within an hour" in held["c@one.example"]
        assert "within an hour" in held["e@three.example"]


def test_a_letter_that_a_person_released_passes_the_caps(database: Database) -> None:
    nothing = Caps(per_address_day=0, per_domain_hour=0, per_hour=0)
    with database.transaction() as tx:
        letter = put(tx, held="approve")
        assert outbox.claim(tx, NOW, nothing) is None
        outbox.release(tx, letter.id, at=NOW, actor="chan")
        claimed = outbox.claim(tx, NOW, nothing)
        assert claimed is not None
        assert claimed.id == letter.id


def test_the_caps_forget_letters_of_yesterday(database: Database) -> None:
    caps = Caps(per_address_day=1, per_domain_hour=60, per_hour=200)
    with database.transaction() as tx:
        for number, moment in enumerate((NOW, later(hours=25))):
            put(tx, number, at=moment)
            letter = outbox.claim(tx, moment, caps)
            assert letter is not None
            outbox.settle(tx, letter.id, LetterState.ACCEPTED, at=moment)


def test_a_bounce_of_ours_marks_the_letter_undelivered(database: Database) -> None:
    with database.transaction() as tx:
        letter = put(tx)
        assert outbox.mark_undelivered(tx, letter.message_id, at=NOW, reason="bounced") is None
        outbox.claim(tx, NOW)
        outbox.settle(tx, letter.id, LetterState.ACCEPTED, at=NOW)
        undelivered = outbox.mark_undelivered(tx, letter.message_id, at=later(minutes=5), reason="550 no such user")
        assert undelivered is not None
        assert (undelivered.state, undelivered.reason) == (LetterState.FAILED, "550 no such user")
        assert outbox.mark_undelivered(tx, "<none@office.example>", at=NOW, reason="") is None


def test_only_steps_that_make_sense_are_allowed(database: Database) -> None:
    with database.transaction() as tx:
        letter = put(tx)
        with pytest.raises(StorageError, match="queued cannot become accepted"):
            outbox.resolve(tx, letter.id, LetterState.ACCEPTED, at=NOW, actor="chan")
        assert outbox.hold(tx, letter.id, at=NOW, reason="wait").state is LetterState.HELD
        with pytest.raises(StorageError, match="cannot be settled as queued"):
            outbox.settle(tx, letter.id, LetterState.QUEUED, at=NOW)


def test_a_letter_to_two_addresses_is_refused(database: Database) -> None:
    two = reply().model_copy(update={"to": ("a@one.example", "b@one.example")})
    with database.transaction() as tx, pytest.raises(StorageError, match="exactly one address"):
        outbox.queue(tx, case_id=open_case(tx).id, reply=two, message_id="<1@office.example>", at=NOW)


def test_a_letter_that_a_person_holds_goes_on_waiting_for_a_person(database: Database) -> None:
    with database.transaction() as tx:
        letter = put(tx)
        outbox.resolve(tx, letter.id, LetterState.HELD, at=NOW, actor="chan")
        assert [(one.letter_id, one.template) for one in waiting_in(tx, Queue.TO_RELEASE, Terms(now=NOW))] == [(letter.id, letter.template)]
        assert [one.kind for one in attention(tx)] == ["letter_held"]
        outbox.resolve(tx, letter.id, LetterState.FAILED, at=NOW, actor="chan")
        assert waiting_in(tx, Queue.TO_RELEASE, Terms(now=NOW)) == ()
