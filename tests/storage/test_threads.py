"""Who belongs to a case, which mails a thread holds, and how many letters it has had."""

from __future__ import annotations

import pytest

from parsers.values import Mailbox, Message, MessageClass
from storage import arrivals, cases, outbox, suggestions, threads
from storage.database import Database, Transaction
from storage.errors import StorageError
from storage.values import Arrival, Case, CaseKind, CaseState, LetterState
from tests.storage.build import NOW, TODAY, application, arrive, open_case, read, reply, run, sha


def mail(tx: Transaction, case: Case, uid: int, sender: str, *, kind: MessageClass = MessageClass.APPLICATION, new_paper: bool = False) -> Arrival:
    letter = "0123456789abcdef"[uid]
    one = arrive(tx, uid, sha256=sha(letter))
    arrivals.record_message(tx, one.id, Message(sha256=sha(letter), size=1, sender=Mailbox(name="", address=sender)))
    arrivals.mark_decided(tx, one.id, message_class=kind, case_id=case.id, at=NOW, new_paper=new_paper)
    return one


def letter(tx: Transaction, case: Case, arrival: Arrival) -> None:
    outbox.queue(
        tx, case_id=case.id, reply=reply(cause=arrival.sha256 or ""), message_id=f"<{arrival.id}@office.example>", at=NOW, arrival_id=arrival.id
    )


def test_the_applications_sender_and_the_addresses_on_its_forms_belong_and_nobody_else(database: Database) -> None:
    with database.transaction() as tx:
        case = open_case(tx)
        mail(tx, case, 1, "Agent@consultants.example")
        mail(tx, case, 2, "stranger@elsewhere.example")
        run(tx, case, form=application(read("contact.email", "old@bright.example")))
        run(tx, case, form=application(read("contact.email", "new@bright.example")))
        assert cases.addresses_of(tx, case.id) == {"agent@consultants.example", "old@bright.example", "new@bright.example"}


def test_what_machines_answer_is_kept_but_brings_a_case_nothing(database: Database) -> None:
    with database.transaction() as tx:
        case = open_case(tx)
        mail(tx, case, 1, "robot@bright.example", kind=MessageClass.AUTO_REPLY)
        mail(tx, case, 2, "wong@bright.example")
        assert cases.arrivals_of(tx, case.id) == (sha("2"),)
        assert cases.addresses_of(tx, case.id) == {"wong@bright.example"}


def test_letters_of_a_thread_are_counted_since_its_last_new_paper(database: Database) -> None:
    with database.transaction() as tx:
        first = open_case(tx)
        second = cases.open_case(tx, kind=CaseKind.ENQUIRY, received_on=TODAY, opened_at=NOW, thread_id=first.id)
        other = open_case(tx)
        letter(tx, first, mail(tx, first, 1, "a@a.example"))
        letter(tx, second, mail(tx, second, 2, "b@b.example"))
        letter(tx, other, mail(tx, other, 3, "c@c.example"))
        assert threads.letters_since_last_paper(tx, first.id) == 2
        letter(tx, second, mail(tx, second, 4, "b@b.example", new_paper=True))
        assert threads.letters_since_last_paper(tx, first.id) == 0
        letter(tx, first, mail(tx, first, 5, "a@a.example"))
        assert threads.letters_since_last_paper(tx, first.id) == 1
        outbox.hold(tx, 5, at=NOW, reason="r")
        assert outbox.letter(tx, 5).state is LetterState.HELD
        assert threads.letters_since_last_paper(tx, first.id) == 0


def test_a_mail_that_staff_move_leaves_an_empty_case_closed(database: Database) -> None:
    with database.transaction() as tx:
        case, own = open_case(tx), open_case(tx)
        mail(tx, case, 1, "a@a.example")
        stray = mail(tx, own, 2, "b@b.example")
        suggestions.suggest(tx, arrival_id=stray.id, case_id=case.id, reason="r", at=NOW)
        suggestions.answer(tx, suggestions.open_suggestions(tx)[0].id, accepted=True)
        assert cases.arrivals_of(tx, case.id) == (sha("1"), sha("2"))
        assert cases.case_by_id(tx, own.id).state is CaseState.CLOSED
        with pytest.raises(StorageError, match="no mail 99"):
            suggestions.move_mail(tx, 99, case.id)
