"""The service: every mail ends decided once, is answered once, and is marked in the mailbox."""

from __future__ import annotations

import email
import email.policy
import threading
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from intake.backlog import Backlog
from intake.handling import ATTEMPTS, DEATHS, Handler
from intake.reading_ahead import ReadingAhead
from intake.service import open_service
from intake.storing import Store
from storage.arrivals import begin_attempt, pending
from storage.blobs import BlobError
from storage.cases import all_runs, case_by_reference
from storage.errors import StorageError
from storage.suggestions import open_suggestions
from storage.values import ArrivalState, LetterState
from tests.intake.builders import Installation, ReaderInProcess, an_application, enquiry

pytestmark = pytest.mark.slow  # whole services, mail by mail

ENDS = {ArrivalState.DECIDED, ArrivalState.REPEATED, ArrivalState.QUARANTINED}


def strictly_read(file: Path) -> EmailMessage:
    """A letter as a parser sees it that complains of every defect."""
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.SMTP.clone(raise_on_defect=True))
    assert isinstance(mail, EmailMessage)
    return mail


def the_reference(house: Installation, number: int = 0) -> str:
    return house.letters()[number].reference


def answering(house: Installation, letter: int = 0, **more: Any) -> dict[str, Any]:
    """Headers of a mail that answers one of our letters."""
    return {"headers": {"In-Reply-To": house.letters()[letter].message_id}, **more}


def test_every_mail_becomes_one_arrival_in_an_end_state(house: Installation) -> None:
    odd = [b"", b"\xff\xfe\x00garbage\x00" * 9, b"From: a@b.example\nTo: x\n\nhello"]
    mails = [enquiry(1), enquiry(2), *odd, an_application().mail(), enquiry(3, headers={"Auto-Submitted": "auto-replied"})]
    house.deliver(*mails)
    house.run()
    arrivals = house.arrivals()
    assert len(arrivals) == len(mails)
    assert {arrival.state for arrival in arrivals} <= ENDS
    assert [arrival.message_class for arrival in arrivals] == ["enquiry", "enquiry", "unreadable", "unreadable", "other", "application", "auto_reply"]


def test_a_letter_is_a_clean_mail_to_one_address(house: Installation) -> None:
    house.deliver(an_application().mail())
    house.run()
    (file,) = house.outbox_files()
    mail = strictly_read(file)
    letter = house.letters()[0]
    assert mail.get_all("To") == [an_application().email]
    assert (mail["Cc"], mail["Bcc"]) == (None, None)
    assert len(mail.get_all("From") or []) == 1
    assert "apply@secretariat.example" in str(mail["From"])
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Message-ID"] == letter.message_id
    assert mail["In-Reply-To"] == "<1.asks@asking.example>"
    assert "<1.asks@asking.example>" in mail["References"]
    assert letter.reference in mail["Subject"]
    assert mail["Date"]
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert file.stat().st_size < 64 * 1024


def test_a_complete_application_is_acknowledged(house: Installation) -> None:
    house.deliver(an_application().mail())
    house.run()
    assert [letter.template for letter in house.letters()] == ["acknowledgement"]
    assert house.status()["cases"] == {"complete": 1, "incomplete": 0, "review": 0}


def test_a_second_pass_changes_nothing_and_sends_nothing(house: Installation) -> None:
    house.deliver(enquiry(1), an_application().mail())
    house.run()
    before = (house.arrivals(), house.letters(), house.outbox_files())
    assert house.run() == 0
    assert (house.arrivals(), house.letters(), house.outbox_files()) == before


def test_handled_mail_stays_and_is_marked_seen_where_no_folder_is_set(house: Installation) -> None:
    house.deliver(enquiry(1))
    house.run()
    assert [path.name for path in (house.maildir / "cur").iterdir()] == ["1700000000.0.test:2,S"]
    assert not list((house.maildir / "new").iterdir())


def test_handled_mail_is_moved_to_folders_that_are_made_when_missing(house: Installation) -> None:
    house.changes = {"mailbox": {"processed_folder": "Handled", "review_folder": "For staff"}}
    house.deliver(enquiry(1, headers={"List-Id": "<news.example>"}), enquiry(2, subject="Hello", text="The weather is fine today."))
    house.run()
    assert [path.name for path in (house.maildir / ".Handled" / "cur").iterdir()] == ["1700000000.0.test:2,S"]
    assert [path.name for path in (house.maildir / ".For staff" / "cur").iterdir()] == ["1700000001.1.test:2,S"]


def test_the_same_bytes_delivered_twice_are_answered_once(house: Installation) -> None:
    house.deliver(enquiry(1), enquiry(1))
    house.run()
    assert [arrival.state for arrival in house.arrivals()] == [ArrivalState.DECIDED, ArrivalState.REPEATED]
    assert len(house.outbox_files()) == 1


def test_two_mails_under_one_message_id_are_two_cases(house: Installation) -> None:
    house.deliver(an_application().mail(message_id="<same@id.example>"), an_application().mail(2, message_id="<same@id.example>"))
    house.run()
    assert len({letter.reference for letter in house.letters()}) == 2
    assert len(house.outbox_files()) == 2


def test_a_supplement_that_answers_our_letter_completes_its_case(house: Installation) -> None:
    applying = an_application()
    house.deliver(applying.mail(without="provider_proposal"))
    house.run()
    assert [letter.template for letter in house.letters()] == ["missing_items"]
    house.deliver(
        enquiry(2, sender=applying.email, text="Here it is.", files={"proposal.pdf": applying.papers["provider_proposal"]}, **answering(house))
    )
    house.run()
    assert [letter.template for letter in house.letters()] == ["missing_items", "acknowledgement"]
    assert len({letter.reference for letter in house.letters()}) == 1
    with house.database() as database, database.reading() as tx:
        case = case_by_reference(tx, the_reference(house))
        assert case is not None
        assert case.verdict == "complete"
        assert [run.cause.value for run in all_runs(tx, case.id)] == ["run", "supplement"]
        assert case.received_on == applying.applicant.received_on


def test_an_answer_with_only_papers_that_we_have_is_not_answered_again(house: Installation) -> None:
    applying = an_application()
    house.deliver(applying.mail(without="provider_proposal"))
    house.run()
    again = {"certificate.pdf": applying.papers["br_certificate"]}
    house.deliver(*(enquiry(number, sender=applying.email, text="Here it is.", files=again, **answering(house)) for number in (2, 3)))
    house.run()
    assert len(house.outbox_files()) == 1
    assert "without a new paper" in str(house.arrivals()[-1].no_reply)


def test_a_stranger_who_quotes_a_reference_joins_nothing(house: Installation) -> None:
    applying = an_application()
    house.deliver(applying.mail(without="provider_proposal"))
    house.run()
    reference = the_reference(house)
    paper = {"proposal.pdf": applying.papers["provider_proposal"]}
    house.deliver(enquiry(2, sender="eve@elsewhere.example", subject=f"Re: {reference}", text="The paper is enclosed.", files=paper))
    house.run()
    with house.database() as database, database.reading() as tx:
        case = case_by_reference(tx, reference)
        assert case is not None
        assert case.verdict == "incomplete"
        assert [suggestion.reference for suggestion in open_suggestions(tx)] == [reference]
    assert house.arrivals()[1].case_id != case.id
    assert "suggestion" in house.attention()
    to_the_stranger = [letter for letter in house.letters() if letter.to == "eve@elsewhere.example"]
    assert [letter.template for letter in to_the_stranger] == ["receipt"]
    assert to_the_stranger[0].reference != reference
    assert reference not in to_the_stranger[0].reply.text


def test_papers_from_a_stranger_join_nothing_even_in_answer_to_our_letter(house: Installation) -> None:
    applying = an_application()
    house.deliver(applying.mail(without="provider_proposal"))
    house.run()
    paper = {"proposal.pdf": applying.papers["provider_proposal"]}
    house.deliver(enquiry(2, sender="eve@elsewhere.example", text="The paper is enclosed.", files=paper, **answering(house)))
    house.run()
    first, second = house.arrivals()
    assert first.case_id != second.case_id
    assert "suggestion" in house.attention()


def test_a_forged_message_id_is_no_token(house: Installation) -> None:
    applying = an_application()
    house.deliver(applying.mail(without="provider_proposal"))
    house.run()
    forged = house.letters()[0].message_id.replace(".", ".0", 1)
    paper = {"proposal.pdf": applying.papers["provider_proposal"]}
    house.deliver(enquiry(2, sender=applying.email, text="Here it is.", files=paper, headers={"In-Reply-To": forged}))
    house.run()
    assert house.arrivals()[0].case_id != house.arrivals()[1].case_id


def test_letters_wait_for_staff_where_the_settings_say_so(house: Installation) -> None:
    house.changes = {"outgoing": {"mode": "approve"}}
    house.deliver(enquiry(1))
    house.run()
    assert not house.outbox_files()
    assert len(house.letters(LetterState.HELD)) == 1
    assert "letter_held" in house.attention()


def test_letters_over_a_cap_wait_for_staff_and_none_is_dropped(house: Installation) -> None:
    house.deliver(*(enquiry(number, sender="one@person.example") for number in range(5)))
    house.run()
    assert len(house.outbox_files()) == 3
    assert len(house.letters(LetterState.HELD)) == 2


def test_the_circuit_breaker_holds_letters_while_intake_goes_on(house: Installation) -> None:
    house.changes = {"outgoing": {"per_hour": 2}}
    house.deliver(*(enquiry(number) for number in range(4)))
    house.run()
    assert len(house.outbox_files()) == 2
    assert {arrival.state for arrival in house.arrivals()} == {ArrivalState.DECIDED}


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("We hereby withdraw our application. Please cancel it.", "withdrawal"),
        ("Under the Personal Data (Privacy) Ordinance I make a data access request: please send me a copy of my personal data.", "data_request"),
        ("Could you tell me who can apply for the programme?", "enquiry"),
    ],
)
def test_mail_that_is_no_application_gets_a_receipt_and_a_case_of_its_kind(house: Installation, words: str, kind: str) -> None:
    house.deliver(enquiry(1, subject="To the Secretariat", text=words))
    house.run()
    with house.database() as database, database.reading() as tx:
        case = case_by_reference(tx, the_reference(house))
    assert case is not None
    assert case.kind.value == kind
    assert [letter.template for letter in house.letters()] == ["receipt"]
    assert kind in house.attention()


def test_mail_about_something_else_is_not_answered_but_shown_to_staff(house: Installation) -> None:
    house.deliver(enquiry(1, subject="Hello", text="The weather is fine today."))
    house.run()
    assert not house.letters()
    assert house.attention() == ["mail"]


def test_an_application_that_names_the_wrong_line_between_its_parts_is_read_and_goes_to_staff(house: Installation) -> None:
    mail = an_application().mail()
    declared = mail[mail.index(b'boundary="') :].split(b'"')[1]
    house.deliver(mail.replace(b'boundary="' + declared, b'boundary="wrong', 1))
    house.run()
    assert [arrival.message_class for arrival in house.arrivals()] == ["application"]
    assert "review" in house.attention()
    assert not [letter for letter in house.letters() if letter.template == "acknowledgement"]


def test_a_mail_about_something_else_from_an_applicants_address_is_suggested_for_the_case(house: Installation) -> None:
    applying = an_application()
    house.deliver(applying.mail(without="provider_proposal"))
    house.run()
    words = "The password of the files that we sent is: harbour-7."
    house.deliver(enquiry(2, sender=applying.email, subject="Password", text=words), enquiry(3, subject="Password", text=words))
    house.run()
    assert [arrival.message_class for arrival in house.arrivals()[1:]] == ["other", "other"]
    assert [arrival.case_id for arrival in house.arrivals()[1:]] == [None, None]
    with house.database() as database, database.reading() as tx:
        (suggestion,) = open_suggestions(tx)
    assert (suggestion.reference, suggestion.arrival_id) == (the_reference(house), house.arrivals()[1].id)
    assert suggestion.reason == "the mail comes from an address of this case"
    assert len(house.letters()) == 1


def test_papers_that_quote_us_but_belong_nowhere_get_a_newcomers_receipt(house: Installation) -> None:
    paper = {"proposal.pdf": an_application().papers["provider_proposal"]}
    house.deliver(enquiry(1, subject="CPPP-2026-00042-O", text="The paper is enclosed.", files=paper))
    house.run()
    assert [arrival.message_class for arrival in house.arrivals()] == ["supplement"]
    assert [letter.template for letter in house.letters()] == ["receipt"]
    assert house.attention() == ["other"]


def test_a_bounce_of_our_letter_marks_it_undelivered_and_calls_staff(house: Installation) -> None:
    house.deliver(enquiry(1))
    house.run()
    ours = house.letters()[0].message_id
    house.deliver(a_bounce(ours, house.outbox_files()[0].read_bytes()))
    house.run()
    assert [letter.state for letter in house.letters()] == [LetterState.FAILED]
    assert house.arrivals()[-1].message_class == "bounce"
    assert "letter_failed" in house.attention()
    assert len(house.outbox_files()) == 1


def a_bounce(message_id: str, letter: bytes) -> bytes:
    """A delivery report (RFC 3464) that returns the headers of our letter."""
    head = letter.split(b"\r\n\r\n")[0].decode()
    return (
        "Return-Path: <>\r\nReceived: from mx.asking1.example by mx.secretariat.example; Tue, 5 Mar 2024 12:00:00 +0800\r\n"
        "From: Mail Delivery System <MAILER-DAEMON@asking1.example>\r\nTo: apply@secretariat.example\r\nSubject: Undelivered Mail\r\n"
        "Date: Tue, 5 Mar 2024 12:00:00 +0800\r\nMessage-ID: <bounce@asking1.example>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThe mail could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.asking1.example\r\n\r\n"
        "Final-Recipient: rfc822; person1@asking1.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{head}\r\n--b--\r\n"
    ).encode()


def test_a_mail_that_breaks_the_reader_is_tried_three_times_then_put_before_staff(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReaderInProcess, "poison", b"poison")
    house.deliver(enquiry(1), enquiry(2, files={"poison.pdf": b"%PDF-1.7\npoison"}), enquiry(3))
    house.run()
    assert [arrival.state.value for arrival in house.arrivals()] == ["decided", "quarantined", "decided"]
    broken = house.arrivals()[1]
    assert broken.attempts == 3
    assert "ZeroDivisionError" in str(broken.error)
    assert "quarantined" in house.attention()
    assert len(house.outbox_files()) == 2


@pytest.mark.parametrize(("deaths", "state"), [(DEATHS - 1, ArrivalState.DECIDED), (DEATHS, ArrivalState.QUARANTINED)])
def test_a_mail_over_which_the_process_ended_again_and_again_is_put_before_staff_at_last(
    house: Installation, deaths: int, state: ArrivalState
) -> None:
    house.deliver(enquiry(1), enquiry(2))
    with house.service() as service:
        service.fetch()
    with house.database() as database, database.transaction() as tx:
        for _ in range(deaths):
            begin_attempt(tx, 1)
    house.run()
    assert [arrival.state for arrival in house.arrivals()] == [state, ArrivalState.DECIDED]


def test_a_mail_over_which_the_process_ended_three_times_lets_others_go_before(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is to blame, nobody knows: it is tried again, but the others are answered first."""
    order: list[int] = []
    handle = Handler.handle
    monkeypatch.setattr(Handler, "handle", lambda self, arrival, **more: order.append(arrival.id) or handle(self, arrival, **more))  # type: ignore[func-returns-value]
    house.deliver(enquiry(1), enquiry(2), enquiry(3))
    with house.service() as service:
        service.fetch()
        with service.database.transaction() as tx:
            for _ in range(ATTEMPTS):
                begin_attempt(tx, 1)
        service.decide_pending()
    assert sorted(order) == [1, 2, 3]
    assert order[0] != 1


def test_a_backlog_is_kept_before_anything_is_decided(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.storing.MAILS", 2)
    house.deliver(*(enquiry(number) for number in range(1, 6)))
    kept: list[tuple[int, bool]] = []
    keep = Store.keep
    with house.service() as service:

        def noted(store: Store, *given: Any) -> int:
            kept.append((len(given[1]), service.backlog.goes_first))
            return keep(store, *given)

        monkeypatch.setattr(Store, "keep", noted)
        service.fetch()
        assert kept == [(2, False), (2, True), (1, True)]
        assert not service.backlog.goes_first
        service.backlog.grows()
        with ReadingAhead(service.handler.workshop, service.database, service.blobs, service.held, service.handler.workshop.ours, service.stopping,
                          service.backlog) as ahead:  # fmt: skip
            with service.database.reading() as tx:
                ahead.take(pending(tx))
            assert not ahead.is_reading
            assert ahead.next_read(0.1) is None
            service.backlog.is_kept()
            ahead.take(())
            assert ahead.next_read(10) is not None
    assert {arrival.attempts for arrival in house.arrivals()} <= {0, 1}


def test_a_mailbox_that_never_comes_to_an_end_does_not_keep_deciding_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("intake.backlog.time.monotonic", lambda: now[0])
    backlog = Backlog()
    seen = []
    for _ in range(200):
        backlog.grows()
        seen.append(backlog.goes_first)
        now[0] += 1.0
    assert seen == [True] * 120 + [False] * 80
    backlog.is_kept()
    backlog.grows()
    now[0] += 4.0
    seen = [backlog.goes_first]
    now[0] += 2.0
    seen.append(backlog.goes_first)
    assert seen == [True, False], "the server stalls between two batches"


@pytest.mark.parametrize("trouble", [StorageError("the database is locked", temporary=True), BlobError("the disk is full", temporary=True)])
def test_trouble_of_this_machine_is_not_counted_against_the_mail(
    house: Installation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, trouble: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise trouble

    house.deliver(enquiry(1))
    with monkeypatch.context() as broken:
        broken.setattr("intake.handling.record_message", fail)
        for _ in range(5):
            house.run()
    assert [(arrival.state, arrival.attempts) for arrival in house.arrivals()] == [(ArrivalState.STORED, 0)]
    assert str(trouble) in caplog.text
    house.run()
    assert [arrival.state for arrival in house.arrivals()] == [ArrivalState.DECIDED]
    assert len(house.outbox_files()) == 1


def test_bytes_that_are_lost_are_put_before_staff_and_stop_nobody(house: Installation) -> None:
    house.deliver(enquiry(1), enquiry(2))
    with house.service() as service:
        service.fetch()
    next(path for path in (house.path / "data" / "blobs").rglob("*") if path.is_file()).unlink()
    house.run()
    assert sorted(arrival.state.value for arrival in house.arrivals()) == ["decided", "quarantined"]


def test_two_services_that_decide_the_same_arrival_write_one_letter(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a server database nothing but the record itself keeps two services apart."""
    house.deliver(enquiry(1))
    with house.service() as service:
        service.fetch()
        arrival = house.arrivals()[0]
        assert service.handler.handle(arrival) is not None
        assert service.handler.handle(arrival) is None
    assert len(house.letters()) == 1


def test_a_second_service_on_one_record_is_told_so(house: Installation) -> None:
    with house.service(), pytest.raises(Exception, match="another intake run is at work"), open_service(house.settings, threading.Event()):
        pass


def test_mail_of_a_reprocessing_that_was_cut_off_is_left_to_it(house: Installation) -> None:
    """Else the service would write to people whose mail came out of an archive."""
    from datetime import UTC, datetime

    from storage.arrivals import record_arrival

    with house.service() as service:
        sha256 = service.blobs.keep(enquiry(1))
        with service.database.transaction() as tx:
            now = datetime.now(UTC)
            record_arrival(tx, mailbox="archive:x", uidvalidity=1, uid=1, sha256=sha256, size=1, internal_date=None, seen_at=now)
        assert service.once() == 0
    assert not house.letters()


def test_reading_happens_under_no_open_transaction(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """A paper may take minutes: whoever else wants to write must not wait for it."""
    looked = []

    def write_something_else() -> None:
        with house.database() as database, database.transaction():
            looked.append(True)

    monkeypatch.setattr(ReaderInProcess, "at_reading", staticmethod(write_something_else))
    house.deliver(an_application().mail())
    house.run()
    assert len(looked) == 7
    assert house.status()["cases"]["complete"] == 1
