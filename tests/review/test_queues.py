"""What waits for a person, by what must be done, and a mail by itself with what is done with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from checks.values import Verdict
from parsers.values import MessageClass
from replies.values import Template
from review.plain_reasons import plain_reason
from review.words import words_in
from storage import arrivals, outbox
from storage.audit import trail
from storage.cases import arrivals_of, case_by_reference
from storage.queues import Queue, Terms, queue_counts, waiting_in
from storage.rows import CaseRow, LetterRow
from storage.suggestions import open_suggestions, suggest
from storage.values import ArrivalState, CaseKind, LetterState
from tests.review.conftest import Office, a_mail, a_pdf
from tests.review.test_access import csrf_of
from tests.review.test_case_page import revision_of
from tests.storage.build import NOW, decision, later, open_case, reply, run, sha


def an_other_mail(office: Office, subject: str = "Tea orders", uid: int = 50) -> int:
    """A mail in no case, about something else. Returns its number."""
    data = a_mail(a_pdf(), name="price list.pdf", subject=subject)
    with office.desk.database.transaction() as tx:
        sha256 = office.desk.blobs.keep(data)
        mail, _ = arrivals.record_arrival(tx, mailbox="INBOX", uidvalidity=1, uid=uid, sha256=sha256, size=9, internal_date=NOW, seen_at=NOW)
        arrivals.record_message(tx, mail.id, office.hands.message(sha256))
        reason = "no reply: mail of class other gets no letter"
        arrivals.mark_decided(
            tx, mail.id, message_class=MessageClass.OTHER, case_id=None, at=NOW, no_reply=reason, trust="none: no server is trusted"
        )
    return mail.id


def counts(office: Office, **ahead: float) -> dict[Queue, int]:
    with office.desk.database.reading() as tx:
        return queue_counts(tx, Terms(now=later(**ahead)))


def test_every_queue_has_its_page_in_both_languages(office: Office) -> None:
    client = office.logged_in()
    for queue in Queue:
        for language, code in (("en", "en"), ("zh-HK", "zh-Hant")):
            page = client.get(f"/queues/{queue.value}", headers={"accept-language": language})
            assert page.status_code == 200
            assert words_in(code)(f"queue.{queue.value}") in page.text


def test_a_data_request_counts_down_the_forty_days_of_the_law(office: Office) -> None:
    with office.desk.database.transaction() as tx:
        open_case(tx, kind=CaseKind.DATA_REQUEST)
    client = office.logged_in()
    office.clock[0] = later(days=3)
    client = office.logged_in()
    assert "37 days left" in client.get("/queues/data_requests").text
    office.clock[0] = later(days=41)
    client = office.logged_in()
    assert "1 days over the limit" in client.get("/queues/data_requests").text


def an_incomplete_case_with_letter(office: Office, state: LetterState = LetterState.ACCEPTED) -> str:
    with office.desk.database.transaction() as tx:
        case = open_case(tx)
        run(tx, case, decision(Verdict.INCOMPLETE))
        letter = outbox.queue(tx, case_id=case.id, reply=reply(template=Template.MISSING_ITEMS), message_id=f"<{case.id}@s.example>", at=NOW)
        assert letter is not None
        assert outbox.claim(tx, NOW) is not None
        outbox.settle(tx, letter.id, state, at=NOW)
    return case.reference


def test_a_missing_items_letter_that_nobody_answers_is_due_for_a_reminder_after_the_policys_days(office: Office) -> None:
    reference = an_incomplete_case_with_letter(office)
    assert counts(office, days=13)[Queue.REMINDERS] == 0
    assert counts(office, days=15)[Queue.REMINDERS] == 1
    office.clock[0] = later(days=15)
    client = office.logged_in()
    page = client.get("/queues/reminders").text
    assert reference in page
    answer = client.post(f"/cases/{reference}/reminder", data={"csrf": csrf_of(page)})
    assert answer.headers["location"] == f"/cases/{reference}/letter"
    assert office.hands.asked == [("remind", f"{reference} chan")]


def test_no_reminder_is_due_where_somebody_answered_or_the_letter_never_arrived(office: Office) -> None:
    an_incomplete_case_with_letter(office, LetterState.FAILED)
    reference = an_incomplete_case_with_letter(office)
    assert counts(office, days=15)[Queue.REMINDERS] == 1
    with office.desk.database.transaction() as tx:
        case = case_by_reference(tx, reference)
        assert case is not None
        robot, _ = arrivals.record_arrival(
            tx, mailbox="INBOX", uidvalidity=1, uid=70, sha256=sha("8"), size=9, internal_date=None, seen_at=later(days=1)
        )
        arrivals.mark_decided(tx, robot.id, message_class=MessageClass.AUTO_REPLY, case_id=case.id, at=later(days=1))
    assert counts(office, days=15)[Queue.REMINDERS] == 1, "an out-of-office note is no answer"
    with office.desk.database.transaction() as tx:
        mail, _ = arrivals.record_arrival(
            tx, mailbox="INBOX", uidvalidity=1, uid=71, sha256=sha("9"), size=9, internal_date=None, seen_at=later(days=2)
        )
        arrivals.mark_decided(tx, mail.id, message_class=MessageClass.SUPPLEMENT, case_id=case.id, at=later(days=2))
    assert counts(office, days=15)[Queue.REMINDERS] == 0


def test_the_queue_is_oldest_first_and_pages_on(office: Office) -> None:
    with office.desk.database.transaction() as tx:
        for _ in range(60):
            open_case(tx, kind=CaseKind.ENQUIRY)
    client = office.logged_in()
    first = client.get("/queues/enquiries").text
    assert "1 to 50 of 61" in first
    assert 'href="?after=50"' in first
    assert "51 to 61 of 61" in client.get("/queues/enquiries?after=50").text
    assert client.get("/queues/enquiries?after=99999999999999999999").status_code == 200
    with office.desk.database.reading() as tx:
        since = [one.since for one in waiting_in(tx, Queue.ENQUIRIES, Terms(now=NOW))]
    assert since == sorted(since)


@pytest.mark.parametrize(
    ("said", "english", "chinese"),
    [
        ("held: every letter waits for staff (outgoing.mode = approve)", "Every letter waits for a person", "逐封批核"),
        ("no reply: Auto-Submitted: auto-generated", "Not answered: sent by a machine (Auto-Submitted)", "由電腦自動發出"),
        ("held: 3 letters to this address within a day, 3 allowed", "3 letters went to this address within a day", "3 封信件"),
        ("ValueError: <script>alert(1)</script>", "The program broke on this mail (ValueError)", "程式處理此郵件時出錯"),
        ("the mail quotes CPPP-2026-00001-X, but {0}", "It quotes CPPP-2026-00001-X", "郵件引述 CPPP-2026-00001-X"),
    ],
)
def test_a_reason_of_the_service_is_said_in_plain_words(said: str, english: str, chinese: str) -> None:
    assert english in plain_reason(said, "en")
    assert chinese in plain_reason(said, "zh-Hant")


def test_a_reason_nobody_foresaw_is_shown_as_it_was_written() -> None:
    assert plain_reason("the moon {is} full", "zh-Hant") == "the moon {is} full"


def test_a_mail_shows_its_head_its_words_its_papers_and_why_it_got_no_answer(office: Office) -> None:
    mail = an_other_mail(office, subject="<img src=x onerror=alert(1)>")
    client = office.logged_in()
    assert f'href="/mails/{mail}"' in client.get("/queues/other_mail").text
    page = client.get(f"/mails/{mail}").text
    assert "Please find our application form enclosed." in page
    assert "wong@bright.example" in page
    assert "price list.pdf" in page
    assert "Mail of this kind gets no automatic letter" in page
    assert "<img src=x" not in page
    picture = page.split('<img class="drawn" src="')[1].split('"')[0]
    assert client.get(picture).content.startswith(b"\x89PNG")
    with office.desk.database.reading() as tx:
        assert [entry.action for entry in trail(tx)][-2:] == ["mail shown", "page shown"]


def test_identity_card_numbers_in_a_mail_are_masked(office: Office) -> None:
    mail = an_other_mail(office, subject="My HKID is A123456(3)")
    page = office.logged_in().get(f"/mails/{mail}").text
    assert "A123456" not in page.replace("<title>", "")
    assert "A123***(*)" in page


def test_a_quarantined_mail_goes_round_again(office: Office) -> None:
    client = office.logged_in()
    with office.desk.database.reading() as tx:
        (broken,) = arrivals.quarantined(tx)
    page = client.get(f"/mails/{broken.id}").text
    assert "The program broke on this mail (ValueError)" in page
    assert "<script>alert(1)" not in page
    assert client.post(f"/mails/{broken.id}/retry", data={"csrf": csrf_of(page), "revision": revision_of(page)}).status_code == 303
    with office.desk.database.reading() as tx:
        assert arrivals.arrival(tx, broken.id).state is ArrivalState.STORED
    assert client.post(f"/mails/{broken.id}/retry", data={"csrf": csrf_of(page), "revision": revision_of(page)}).status_code == 409


def test_a_mail_that_was_looked_after_leaves_its_queue(office: Office) -> None:
    mail = an_other_mail(office)
    client = office.logged_in()
    assert counts(office)[Queue.OTHER_MAIL] == 1
    page = client.get(f"/mails/{mail}").text
    client.post(f"/mails/{mail}/attended", data={"csrf": csrf_of(page), "revision": revision_of(page)})
    assert counts(office)[Queue.OTHER_MAIL] == 0


def test_a_mail_joins_the_case_that_a_person_names_and_the_suggestions_for_it_are_answered(office: Office) -> None:
    mail = an_other_mail(office)
    with office.desk.database.transaction() as tx:
        case = case_by_reference(tx, office.reference)
        assert case is not None
        suggest(tx, arrival_id=mail, case_id=case.id, reason=f"the mail quotes {office.reference}", at=NOW)
        suggest(tx, arrival_id=mail, case_id=2, reason="the mail quotes another", at=NOW)
    client = office.logged_in()
    page = client.get(f"/mails/{mail}").text
    assert f'value="{office.reference}"' in page
    wrong = client.post(f"/mails/{mail}/join", data={"csrf": csrf_of(page), "revision": revision_of(page), "reference": "CPPP-2026-99999-A"})
    assert (wrong.status_code, "There is no case" in wrong.text) == (409, True)
    answer = client.post(
        f"/mails/{mail}/join", data={"csrf": csrf_of(page), "revision": revision_of(page), "reference": f" {office.reference.lower()} "}
    )
    assert answer.headers["location"] == f"/cases/{office.reference}"
    assert office.hands.asked == [("recheck", f"{office.reference} chan")]
    with office.desk.database.reading() as tx:
        assert len(arrivals_of(tx, case.id)) == 2
        assert open_suggestions(tx) == ()
    again = client.post(f"/mails/{mail}/join", data={"csrf": csrf_of(page), "revision": revision_of(page), "reference": office.reference})
    assert again.status_code == 409


def test_a_person_opens_a_case_of_a_mail_by_hand(office: Office) -> None:
    mail = an_other_mail(office)
    client = office.logged_in()
    page = client.get(f"/mails/{mail}").text
    answer = client.post(f"/mails/{mail}/case", data={"csrf": csrf_of(page), "revision": revision_of(page), "kind": "enquiry"})
    reference = answer.headers["location"].rpartition("/")[2]
    with office.desk.database.reading() as tx:
        case = case_by_reference(tx, reference)
        assert case is not None
        assert (case.kind, len(arrivals_of(tx, case.id))) == (CaseKind.ENQUIRY, 1)
    assert office.hands.asked == []
    assert client.post(f"/mails/{mail}/case", data={"csrf": csrf_of(page), "revision": revision_of(page), "kind": "enquiry"}).status_code == 409


def test_a_reader_looks_at_a_mail_and_does_nothing_with_it(office: Office) -> None:
    mail = an_other_mail(office)
    client = office.logged_in("ho")
    page = client.get(f"/mails/{mail}").text
    assert "Join" not in page
    for act in ("retry", "attended", "join", "case"):
        assert client.post(f"/mails/{mail}/{act}", data={"csrf": "x", "kind": "enquiry"}).status_code == 403
    assert client.get("/mails/999").status_code == 404
    assert client.get("/mails/99999999999999999999").status_code == 404


def test_search_finds_cases_and_mails_at_once_and_says_where(office: Office) -> None:
    mail = an_other_mail(office, subject="茶葉訂單")
    client = office.logged_in()
    found = client.get("/search", params={"q": "光明"}).text
    assert office.reference in found
    assert "form and papers" in found
    assert f'href="/mails/{mail}"' in client.get("/search", params={"q": "茶叶"}).text
    assert "0 found" in client.get("/search", params={"q": "nobody <b>"}).text
    with office.desk.database.reading() as tx:
        entries = [entry for entry in trail(tx) if entry.action == "searched"]
    assert [entry.detail for entry in entries] == ["1 found", "1 found", "0 found"], "the words themselves stay out of the trail"


def test_an_hour_does_not_pass_before_new_mail_is_found(office: Office) -> None:
    client = office.logged_in()
    assert "0 found" in client.get("/search", params={"q": "late arrival"}).text
    an_other_mail(office, subject="A late arrival", uid=51)
    office.clock[0] += timedelta(seconds=1)
    assert "1 found" in client.get("/search", params={"q": "late arrival"}).text


@pytest.mark.slow
def test_search_is_narrowed_on_its_page_and_keeps_what_was_chosen(office: Office) -> None:
    client = office.logged_in()
    page = client.get("/search", params={"q": "bright", "verdict": "review", "queue": "flagged", "since": "2020-01-01"}).text
    assert f'href="/cases/{office.reference}"' in page
    assert '<option value="review" selected>' in page
    assert '<option value="flagged" selected>' in page
    assert 'value="2020-01-01"' in page
    assert f'href="/cases/{office.reference}"' not in client.get("/search", params={"q": "bright", "verdict": "complete"}).text
    assert f'href="/cases/{office.reference}"' in client.get("/search", params={"verdict": "review"}).text, "without words: the cases themselves"
    odd = client.get("/search", params={"q": "bright", "verdict": "<b>", "since": "yesterday", "until": "2026-13-45", "queue": "x", "kind": "%"})
    assert (odd.status_code, f'href="/cases/{office.reference}"' in odd.text) == (200, True), "a choice that is none counts as not made"


def test_an_undelivered_letter_that_was_looked_after_leaves_its_queue_and_keeps_its_reason(office: Office) -> None:
    with office.desk.database.transaction() as tx:
        row = tx.session.exec(select(LetterRow).where(LetterRow.state == "held")).one()
        row.state, row.reason = "failed", "undelivered: the letter bounced"
        tx.session.add(row)
        letter = row.id
    client = office.logged_in()
    assert office.reference in client.get("/queues/undelivered").text
    page = client.get(f"/cases/{office.reference}/letter").text
    assert "If the address is wrong, correct it at the case" in page
    csrf, revision = (page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("csrf", "revision"))
    assert client.post(f"/letters/{letter}", data={"csrf": csrf, "revision": revision, "state": "failed"}).status_code == 303
    assert office.reference not in client.get("/queues/undelivered").text
    page = client.get(f"/cases/{office.reference}/letter").text
    assert "The letter came back: it could not be delivered" in page
    assert "Done: take it off the list" not in page


def test_what_waits_says_whose_it_is_and_which_letter(office: Office) -> None:
    mail = an_other_mail(office)
    with office.desk.database.transaction() as tx:
        case = case_by_reference(tx, office.reference)
        assert case is not None
        suggest(tx, arrival_id=mail, case_id=case.id, reason=f"the mail quotes {office.reference}", at=NOW)
    client = office.logged_in()
    assert "Receipt to wong@bright.example" in client.get("/queues/to_release").text
    unknown = client.get("/queues/unknown_sender").text
    assert "Tea orders" in unknown
    assert "wong@bright.example" in unknown
    with office.desk.database.reading() as tx:
        assert [entry.detail for entry in trail(tx) if entry.action == "queue shown"] == ["to_release", "unknown_sender"]


def test_the_forty_days_count_from_the_day_the_request_came_and_not_from_when_it_was_read(office: Office) -> None:
    with office.desk.database.transaction() as tx:
        case = open_case(tx, kind=CaseKind.DATA_REQUEST)
        tx.execute(update(CaseRow).where(col(CaseRow.id) == case.id).values(received_on=(NOW - timedelta(days=30)).date()))
    client = office.logged_in()
    assert "10 days left" in client.get("/queues/data_requests").text
    page = client.get(f"/cases/{case.reference}").text
    assert f"By law to be met by {(NOW + timedelta(days=10)).date()}" in page


def test_a_suggested_case_is_declined_at_the_mail(office: Office) -> None:
    mail = an_other_mail(office)
    with office.desk.database.transaction() as tx:
        case = case_by_reference(tx, office.reference)
        assert case is not None
        suggest(tx, arrival_id=mail, case_id=case.id, reason=f"the mail quotes {office.reference}", at=NOW)
    client = office.logged_in()
    page = client.get(f"/mails/{mail}").text
    asked = {"csrf": csrf_of(page), "revision": revision_of(page), "reference": office.reference}
    assert client.post(f"/mails/{mail}/decline", data=asked).status_code == 303
    with office.desk.database.reading() as tx:
        assert open_suggestions(tx) == ()
        assert arrivals.arrival(tx, mail).case_id is None
        assert trail(tx, reference=office.reference)[-1].action == "suggestion declined"
    again = client.post(f"/mails/{mail}/decline", data=asked)
    assert (again.status_code, "Somebody answered this suggestion already" in again.text) == (409, True)
