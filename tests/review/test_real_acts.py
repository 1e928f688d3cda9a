"""Staff's acts done by the service itself: the decision follows in the same transaction, and letters of a person go out like every other."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from checks.values import Verdict
from intake.reviewing import open_desk
from parsers.corrections import PaperTold
from parsers.values import FileKind
from replies.values import Template
from review.acts import Acts
from review.desk import Desk, WorkError
from review.originals import close_up
from review.words import words_in
from storage.accuracy import accuracy
from storage.cases import case_by_reference, current_run
from storage.errors import StorageError
from storage.outbox import letters_of_case
from storage.site import revision_of
from storage.staff import corrections
from storage.values import Case, CaseState, Letter, LetterState, Run
from tests.corpus import forms
from tests.intake.builders import Installation, an_application, enquiry
from tests.servers.smtp import Postbox, postbox

pytestmark = pytest.mark.slow
BR_NUMBER = "applicant.br_number"


@pytest.fixture
def out() -> Iterator[Postbox]:
    with postbox() as box:
        yield box


def acts(desk: Desk, name: str = "chan") -> Acts:
    return Acts(desk, name, words_in("en"))


def on_record(desk: Desk, reference: str) -> tuple[Case, str, tuple[Letter, ...], Run | None]:
    with desk.database.reading() as tx:
        case = case_by_reference(tx, reference)
        assert case is not None
        return case, revision_of(tx, case.id, reference), letters_of_case(tx, case.id), current_run(tx, case.id)


def lacking(desk: Desk, reference: str) -> list[str]:
    _, _, _, run = on_record(desk, reference)
    assert run is not None
    return [missing.code for missing in run.decision.missing_documents]


def test_a_correction_is_not_kept_where_the_decision_cannot_be(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    house.deliver(an_application().mail())
    house.run()
    reference = house.letters()[0].reference

    def broken(*_given: Any, **_named: Any) -> None:
        raise StorageError("the disk is full")

    with open_desk(house.settings) as desk:
        case, revision, before, _ = on_record(desk, reference)
        with monkeypatch.context() as patched:
            patched.setattr("intake.rechecking.record_run", broken)
            with pytest.raises(StorageError, match="disk is full"):
                acts(desk).say_value(reference, key=BR_NUMBER, text="12345679", revision=revision)
        with desk.database.reading() as tx:
            assert corrections(tx, case.id) == ()
        assert on_record(desk, reference)[1:3] == (revision, before), "nothing was done, nothing is on record"


def test_of_two_people_who_act_at_the_same_moment_one_acts_and_one_is_told(house: Installation) -> None:
    house.deliver(an_application().mail())
    house.run()
    reference = house.letters()[0].reference
    with open_desk(house.settings) as desk:
        case, revision, _, _ = on_record(desk, reference)
        told: list[str] = []
        together = threading.Barrier(2)

        def act(name: str, number: str) -> None:
            together.wait()
            try:
                acts(desk, name).say_value(reference, key=BR_NUMBER, text=number, revision=revision)
            except WorkError as error:
                told.append(str(error))

        people = [threading.Thread(target=act, args=one) for one in (("chan", "12345678"), ("lee", "12345679"))]
        for person in people:
            person.start()
        for person in people:
            person.join(60)
        with desk.database.reading() as tx:
            (kept,) = corrections(tx, case.id)
    assert [f"{kept.actor} changed this case" in message for message in told] == [True]


def test_a_paper_of_another_kind_is_decided_on_at_once_and_again_as_read_when_taken_back(house: Installation) -> None:
    house.deliver(an_application().mail())
    house.run()
    reference = house.letters()[0].reference
    with open_desk(house.settings) as desk:
        _, revision, _, run = on_record(desk, reference)
        assert run is not None
        certificate = next(paper for paper in run.application.documents if paper.kind == "br_certificate")
        told = (PaperTold(first_page=1, last_page=1, kind="other"),)
        acts(desk).lay_out(reference, sha256=certificate.sha256, papers=told, pages=1, revision=revision)
        assert lacking(desk, reference) == ["br_certificate"]
        acts(desk).lay_out(reference, sha256=certificate.sha256, papers=(), pages=1, revision=on_record(desk, reference)[1])
        assert lacking(desk, reference) == []


def test_a_taken_back_correction_leaves_what_was_read(house: Installation) -> None:
    house.deliver(an_application().mail())
    house.run()
    reference = house.letters()[0].reference
    with open_desk(house.settings) as desk:
        _, revision, _, run = on_record(desk, reference)
        assert run is not None
        acts(desk).say_value(reference, key=BR_NUMBER, text="12345679", revision=revision)
        assert on_record(desk, reference)[0].br_number == "12345679"
        acts(desk).take_back_value(reference, key=BR_NUMBER, revision=on_record(desk, reference)[1])
        after = on_record(desk, reference)[3]
        assert after is not None
        assert after.application.fields[BR_NUMBER] == run.application.fields[BR_NUMBER]


def answered(mail: bytes) -> EmailMessage:
    return message_from_bytes(mail, policy=default)


def test_an_enquiry_is_answered_in_its_thread_in_a_persons_words(house: Installation, out: Postbox) -> None:
    house.changes = {"outgoing": {"url": out.url}}
    house.deliver(enquiry(sender="asker@asking.example", message_id="<question.1@asking.example>"))
    house.run()
    reference = house.letters()[0].reference
    with open_desk(house.settings) as desk:
        draft = desk.work.draft(reference)
        assert draft.to == "asker@asking.example"
        text = draft.text.replace("\n\n", "\n\nFactories in Hong Kong and Guangdong. 香港及廣東的工廠。\n\n", 1)
        subject = f"{draft.subject}: who may apply"
        acts(desk).write(reference, draft=draft, subject=subject, text=text, close=True, revision=on_record(desk, reference)[1])
        with pytest.raises(WorkError, match="written already"):
            acts(desk).write(reference, draft=draft, subject=subject, text=text, revision=on_record(desk, reference)[1])
        with pytest.raises(WorkError, match="must name"):
            acts(desk).write(reference, draft=draft, subject="Programme", text=text, revision=on_record(desk, reference)[1])
        assert on_record(desk, reference)[0].state is CaseState.CLOSED
    house.run()
    receipt, letter = (answered(data) for _, _, data in out.taken)
    assert letter["To"] == "asker@asking.example"
    assert letter["In-Reply-To"] == "<question.1@asking.example>"
    assert letter["Subject"].strip() == subject
    assert letter["Message-ID"] != receipt["Message-ID"]
    plain = letter.get_body(("plain",))
    assert plain is not None
    assert "Factories in Hong Kong and Guangdong. 香港及廣東的工廠。" in plain.get_content()


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_letter_in_which_nothing_was_written_is_not_sent(house: Installation, ends: str) -> None:
    """A browser sends the lines of a text with ends of its own."""
    house.deliver(enquiry())
    house.run()
    reference = house.letters()[0].reference
    with open_desk(house.settings) as desk:
        draft = desk.work.draft(reference)
        with pytest.raises(WorkError, match="Nothing was written"):
            acts(desk).write(
                reference, draft=draft, subject=draft.subject, text=draft.text.replace("\n", ends), revision=on_record(desk, reference)[1]
            )
    assert len(house.letters()) == 1


def test_a_value_that_is_not_on_the_form_is_confirmed_as_missing_and_asked_for(house: Installation) -> None:
    nameless = an_application().applicant.with_values(**{"contact.name": None})
    house.deliver(an_application().mail(form=forms.acroform(nameless, random.Random(8))))
    house.run()
    reference = house.letters()[0].reference
    with open_desk(house.settings) as desk:
        acts(desk).confirm_value(reference, key="contact.name", revision=on_record(desk, reference)[1])
        _, _, letters, run = on_record(desk, reference)
    assert run is not None
    assert run.decision.verdict is Verdict.INCOMPLETE
    assert run.decision.missing_fields == ("contact.name",)
    assert letters[-1].template is Template.MISSING_ITEMS


def test_a_letter_by_a_person_waits_like_every_other_where_a_cap_is_reached(house: Installation, out: Postbox) -> None:
    house.changes = {"outgoing": {"url": out.url, "per_address_day": 1}}
    house.deliver(enquiry(sender="asker@asking.example"))
    house.run()
    reference = house.letters()[0].reference
    with open_desk(house.settings) as desk:
        draft = desk.work.draft(reference)
        acts(desk).write(reference, draft=draft, subject=draft.subject, text=f"Yes.\n\n{draft.text}", revision=on_record(desk, reference)[1])
    house.run()
    assert len(out.taken) == 1, "the receipt"
    (held,) = house.letters(LetterState.HELD)
    assert (held.template, "1 letters went to this address" in held.reason) == (Template.ANSWER, True)


def test_an_applicant_is_written_to_at_the_address_of_the_form_whoever_sent_the_mail(house: Installation) -> None:
    applying = an_application()
    house.deliver(applying.mail(sender="consultant@consulting.example"))
    house.run()
    with open_desk(house.settings) as desk:
        assert desk.work.draft(house.letters()[0].reference).to == applying.email


def test_the_second_reader_reads_one_value_off_the_page(house: Installation) -> None:
    applying = an_application()
    house.deliver(applying.mail())
    house.run()
    reference = house.letters()[0].reference
    with open_desk(house.settings) as desk:
        _, _, _, run = on_record(desk, reference)
        assert run is not None
        evidence = run.application.fields[BR_NUMBER].evidence
        assert evidence is not None
        assert evidence.box is not None
        picture = desk.work.picture(applying.form, FileKind.PDF, evidence.page, 200)
        piece = close_up(picture, ",".join(str(number) for number in evidence.box), around=3.0, least=(0.0, 0.0))
        assert desk.work.second_view(piece, 200, chinese=False).replace(" ", "").startswith(str(applying.applicant.values[BR_NUMBER]))


def test_what_staff_put_right_counts_against_the_reading_and_not_against_itself(house: Installation) -> None:
    house.deliver(an_application().mail())
    house.run()
    with open_desk(house.settings) as desk:
        reference = house.letters()[0].reference
        wrong, right = "contact.name", "contact.title"
        acts(desk).say_value(reference, key=wrong, text="Somebody Else", revision=on_record(desk, reference)[1])
        acts(desk).confirm_value(reference, key=right, revision=on_record(desk, reference)[1])
        acts(desk).say_value(reference, key=wrong, text="Somebody Else Again", revision=on_record(desk, reference)[1])
        with desk.database.reading() as tx:
            by_field, by_method = accuracy(tx)
    assert {one.key: (one.right, one.looked_at) for one in by_field} == {wrong: (0, 1), right: (1, 1)}
    assert {one.key: (one.right, one.looked_at) for one in by_method} == {"acroform": (1, 2)}
