"""What staff do on a case: all of it or nothing, refused in words at the form with what was typed, and never over somebody else's act."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from parsers.values import MessageClass, Word
from replies.values import Template
from review.letter_words import shown_html
from review.originals import masked_words
from review.pages.cases import PRESENT
from storage import arrivals, outbox
from storage.audit import trail
from storage.cases import arrivals_of, case_by_reference, record_run
from storage.mails import mails_of_case
from storage.outbox import letters_in
from storage.staff import corrections, layouts, overrulings
from storage.suggestions import open_suggestions, suggest
from storage.values import Case, CaseKind, CaseState, LetterState, RunCause
from tests.review.conftest import Office, a_mail, a_pdf
from tests.review.test_access import csrf_of
from tests.review.test_case_page import revision_of
from tests.storage.build import NOW, application, decision, open_case, read, reply, sha

BR_NUMBER = "applicant.br_number"


def post(client: TestClient, page: str, path: str, **values: Any) -> Any:
    """Sends a form of that page, as the person who looked at it would."""
    return client.post(path, data={"csrf": csrf_of(page), "revision": revision_of(page), **values})


def case_of(office: Office, reference: str = "") -> Case:
    with office.desk.database.reading() as tx:
        case = case_by_reference(tx, reference or office.reference)
    assert case is not None
    return case


def test_a_correction_stands_or_falls_with_the_decision_that_follows_from_it(office: Office) -> None:
    client = office.logged_in()
    path = f"/cases/{office.reference}"
    page = client.get(path).text
    office.hands.broken = "nothing of the case can be decided"
    answer = post(client, page, f"{path}/fields", key=BR_NUMBER, value="12345679")
    assert answer.status_code == 409
    assert "nothing of the case can be decided" in answer.text
    with office.desk.database.reading() as tx:
        assert corrections(tx, 1) == ()
        assert [entry.action for entry in trail(tx, reference=office.reference)] == ["case shown", "case shown"]


@pytest.mark.slow
def test_what_was_typed_is_still_there_after_any_refusal(office: Office) -> None:
    chan, lee = office.logged_in(), office.logged_in("lee")
    path = f"/cases/{office.reference}"
    page = chan.get(path).text
    no_number = post(chan, page, f"{path}/fields", key=BR_NUMBER, value="12 or so")
    assert no_number.status_code == 409
    assert 'name="value" value="12 or so"' in no_number.text
    assert 'class="said refusal" role="alert"' in no_number.text
    fingerprint = page.split('name="fingerprint" value="')[1].split('"')[0]
    blank = post(chan, page, f"{path}/findings", check="br_number.agrees", fingerprint=fingerprint, reason="  ")
    assert blank.status_code == 409
    assert "Say why, in a few words" in blank.text
    assert post(lee, lee.get(path).text, f"{path}/fields", key=BR_NUMBER, value="12345679").status_code == 303
    late = post(chan, page, f"{path}/findings", check="br_number.agrees", fingerprint=fingerprint, reason="the certificate is misprinted")
    assert late.status_code == 409
    assert "lee changed this case meanwhile" in late.text
    assert 'name="reason" value="the certificate is misprinted"' in late.text
    again = post(chan, late.text, f"{path}/findings", check="br_number.agrees", fingerprint=fingerprint, reason="the certificate is misprinted")
    assert again.status_code == 303, "who has looked at what changed may decide"


def test_a_value_is_confirmed_as_it_was_read_and_the_word_is_taken_back(office: Office) -> None:
    client = office.logged_in()
    path = f"/cases/{office.reference}"
    assert post(client, client.get(path).text, f"{path}/fields", key=BR_NUMBER, act="confirm").status_code == 303
    page = client.get(path).text
    assert "said by chan" in page
    assert "What staff said" in page
    assert post(client, page, f"{path}/fields", key=BR_NUMBER, act="take_back").status_code == 303
    page = client.get(path).text
    assert "What staff said" not in page
    with office.desk.database.reading() as tx:
        assert [(word.value, word.stands) for word in corrections(tx, 1)] == [("12345678", True), ("12345678", False)]
    nothing = post(client, page, f"{path}/fields", key=BR_NUMBER, act="take_back")
    assert (nothing.status_code, "taken back already" in nothing.text) == (409, True)
    no_value = post(client, page, f"{path}/fields", key="project.end_on", act="confirm")
    assert no_value.status_code == 409, "31/02/2026 is nothing that could be confirmed"


def test_an_overruling_is_taken_back_and_history_says_who_did_what(office: Office) -> None:
    client = office.logged_in()
    path = f"/cases/{office.reference}"
    page = client.get(path).text
    fingerprint = page.split('name="fingerprint" value="')[1].split('"')[0]
    finding = {"check": "br_number.agrees", "fingerprint": fingerprint}
    assert post(client, page, f"{path}/findings", **finding, reason="misprinted").status_code == 303
    page = client.get(path).text
    assert "misprinted" in page
    assert post(client, page, f"{path}/findings", **finding, stands="false").status_code == 303
    page = client.get(path).text
    assert "<b>chan</b>: took an overruling back" in page
    with office.desk.database.reading() as tx:
        assert [(word.actor, word.stands) for word in overrulings(tx, 1)] == [("chan", True), ("chan", False)]


REFUSED_ROWS = (
    ([("1", "2", "application_form")], "Page 3 stands in no paper"),
    ([("1", "4", "application_form"), ("4", "6", "br_certificate")], "Page 4 stands in two papers"),
    ([("1", "9", "application_form")], "Pages 1 to 9 are not in this file: it has 6"),
    ([("1", "6", "love_letter")], "There is no kind of paper"),
    ([("one", "6", "application_form")], "is no page number"),
    ([("", "", "application_form")], "at least one paper"),
)


@pytest.mark.slow
def test_papers_that_cannot_be_so_are_refused_and_the_rows_stay_filled(office: Office) -> None:
    client = office.logged_in()
    path = f"/cases/{office.reference}"
    page = client.get(path).text
    for rows, refusal in REFUSED_ROWS:
        first, last, kind = zip(*rows, strict=True)
        answer = post(client, page, f"{path}/papers", sha256=office.form, first=first, last=last, kind=kind)
        assert (answer.status_code, refusal in answer.text) == (409, True), refusal
        assert f'name="last" inputmode="numeric" size="3" value="{last[0]}"' in answer.text
    with office.desk.database.reading() as tx:
        assert layouts(tx, 1) == ()


def test_a_file_is_split_into_papers_and_put_together_again(office: Office) -> None:
    client = office.logged_in()
    path = f"/cases/{office.reference}"
    rows = {"first": ["1", "5", ""], "last": ["4", "6", ""], "kind": ["application_form", "br_certificate", "other"]}
    assert post(client, client.get(path).text, f"{path}/papers", sha256=office.form, **rows).status_code == 303
    with office.desk.database.reading() as tx:
        (layout,) = layouts(tx, 1)
    assert [(paper.first_page, paper.last_page, paper.kind) for paper in layout.papers] == [(1, 4, "application_form"), (5, 6, "br_certificate")]
    assert office.hands.asked == [("recheck", f"{office.reference} chan")]
    page = client.get(path).text
    assert "Papers of a file told apart" in page
    assert post(client, page, f"{path}/papers", sha256=office.form, act="take_back").status_code == 303
    assert "Papers of a file told apart" not in client.get(path).text


def test_identity_card_numbers_stand_masked_on_the_screen_and_are_confirmed_unseen(office: Office) -> None:
    with office.desk.database.transaction() as tx:
        form = application(read("contact.name", "Wong A123456(3)"), form_sha=office.form)
        record_run(tx, 1, form, decision(), at=NOW, cause=RunCause.RUN, reader_version="2")
    client = office.logged_in()
    path = f"/cases/{office.reference}"
    page = client.get(path).text
    assert "A123456" not in page
    assert 'name="value" value="Wong A123***(*)"' in page
    assert post(client, page, f"{path}/fields", key="contact.name", value="Wong A123***(*)").status_code == 303
    with office.desk.database.reading() as tx:
        assert corrections(tx, 1)[-1].value == "Wong A123456(3)"


def test_identity_card_numbers_are_masked_across_the_words_of_a_page() -> None:
    words = tuple(Word(text=text, box=(0, 0, 1, 1)) for text in ("HKID", "A123456", "(3)", "Wong"))
    assert [word.text for word in masked_words(words)] == ["HKID", "A123***", "(*)", "Wong"]


def test_a_value_is_seen_close_up_and_a_place_that_is_none_is_refused(office: Office) -> None:
    client = office.logged_in()
    path = f"/cases/{office.reference}/files/{office.form}/1.png"
    page = client.get(f"/cases/{office.reference}", params={"focus": BR_NUMBER}).text
    there = html.unescape(page.split('<p class="closeup">')[1].split('src="')[1].split('"')[0])
    close = client.get(there)
    assert close.content.startswith(b"\x89PNG")
    assert len(close.content) < len(client.get(path).content)
    for box in ("nan,1,2,3", "9999,9999,10000,10000", "1,2,3", "a,b,c,d"):
        assert client.get(path, params={"box": box}).status_code == 409


def test_pages_are_turned_zoomed_and_leafed_through_by_links(office: Office) -> None:
    client = office.logged_in()
    path = f"/cases/{office.reference}"
    third = client.get(path, params={"sha256": office.form, "page": 1, "turn": 90, "zoom": 3}).text
    assert 'transform="translate(842.0 0) rotate(90)"' in third
    assert 'class="page z3"' in third
    assert f"sha256={office.form}&amp;page=2&amp;turn=90&amp;zoom=3" in third
    odd = client.get(path, params={"sha256": office.form, "page": 1, "turn": 45, "zoom": 99}).text
    assert "rotate" not in odd.split("<svg")[1].split("<image")[0]


@pytest.mark.slow
def test_who_has_the_case_open_is_asked_for_and_whether_it_changed(office: Office) -> None:
    chan, lee = office.logged_in(), office.logged_in("lee")
    path = f"/cases/{office.reference}"
    page = chan.get(path).text
    revision = revision_of(page)
    assert f'hx-get="{path}/presence?revision={revision}"' in page
    assert "lee" not in chan.get(f"{path}/presence", params={"revision": revision}).text
    lees = lee.get(path).text
    told = chan.get(f"{path}/presence", params={"revision": revision}).text
    assert "Also open at: lee." in told
    assert "was changed" not in told
    post(lee, lees, f"{path}/recheck")
    assert "This case was changed since you opened it." in chan.get(f"{path}/presence", params={"revision": revision}).text
    office.clock[0] += PRESENT + timedelta(seconds=1)
    assert "Also open" not in chan.get(f"{path}/presence", params={"revision": revision}).text


def test_the_next_flagged_case_is_the_next_oldest_and_the_last_leads_to_the_first(office: Office) -> None:
    with office.desk.database.transaction() as tx:
        others = [open_case(tx) for _ in range(2)]
        for other in others:
            record_run(tx, other.id, application(), decision(staff="look"), at=NOW, cause=RunCause.RUN, reader_version="1")
            tx.execute(_as_review(other.id))
    client = office.logged_in()
    ways = [client.get(f"/cases/{reference}/next").headers["location"] for reference in (office.reference, others[0].reference, others[1].reference)]
    assert ways == [f"/cases/{others[0].reference}", f"/cases/{others[1].reference}", f"/cases/{office.reference}"]
    with office.desk.database.transaction() as tx:
        for other in others:
            tx.execute(_as_review(other.id, "complete"))
    assert client.get(f"/cases/{office.reference}/next").headers["location"] == "/queues/flagged"


def _as_review(case_id: int, verdict: str = "review") -> Any:
    from sqlmodel import col, update

    from storage.rows import CaseRow

    return update(CaseRow).where(col(CaseRow.id) == case_id).values(verdict=verdict)


@pytest.mark.slow
def test_of_two_people_at_one_letter_the_second_is_told_and_nothing_is_sent(office: Office) -> None:
    chan, lee = office.logged_in(), office.logged_in("lee")
    path = f"/cases/{office.reference}/letter"
    chans, lees = chan.get(path).text, lee.get(path).text
    with office.desk.database.reading() as tx:
        (letter,) = letters_in(tx, LetterState.HELD)
    assert post(chan, chans, f"/letters/{letter.id}", state="failed").status_code == 303
    late = post(lee, lees, f"/letters/{letter.id}", state="queued")
    assert (late.status_code, "chan changed this case meanwhile" in late.text) == (409, True)
    unseen = lee.post(f"/letters/{letter.id}", data={"csrf": csrf_of(lees), "state": "queued"})
    assert unseen.status_code == 409, "nobody acts on a letter without having looked"
    with office.desk.database.reading() as tx:
        assert [one.state for one in letters_in(tx, *LetterState)] == [LetterState.FAILED]


@pytest.mark.slow
def test_a_release_is_refused_where_the_case_or_the_letter_is_another_by_now_and_the_words_stay(office: Office) -> None:
    chan, lee = office.logged_in(), office.logged_in("lee")
    path = f"/cases/{office.reference}"
    page = chan.get(f"{path}/letter").text
    shown = page.split('name="shown" value="')[1].split('"')[0]
    words = {"subject": "Received", "text": "My own words <b>"}
    other = post(chan, page, f"{path}/letter", **words, shown="0" * 32)
    assert (other.status_code, "is not the one that you looked at" in other.text) == (409, True)
    post(lee, lee.get(path).text, f"{path}/recheck")
    late = post(chan, page, f"{path}/letter", **words, shown=shown)
    assert (late.status_code, "lee changed this case meanwhile" in late.text) == (409, True)
    assert "My own words &lt;b&gt;</textarea>" in late.text
    assert [what for what, _ in office.hands.asked if what == "release"] == []
    assert post(chan, late.text, f"{path}/letter", **words, shown=shown).status_code == 303
    assert [what for what, _ in office.hands.asked if what == "release"] == ["release"]


def test_a_letter_is_previewed_in_the_persons_words_and_as_it_will_be_sent(office: Office) -> None:
    client = office.logged_in()
    path = f"/cases/{office.reference}/letter"
    page = client.get(path).text
    assert "As the applicant will read it" in page
    assert "Language: English" in page
    subject = f"[{office.reference}] Received"
    seen = post(client, page, path, subject=subject, text="First.\n\nSecond <script>alert(1)</script>.", act="preview")
    assert "<p>First.</p>" in seen.text
    assert "Second &lt;script&gt;" in seen.text
    assert "in your words, not released yet" in seen.text
    wrong = post(client, page, path, subject="no reference", text="Words", act="preview")
    assert (wrong.status_code, "Words</textarea>" in wrong.text) == (409, True)
    sent = client.get(f"{path}/as-sent")
    assert sent.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert [what for what, _ in office.hands.asked if what == "release"] == []


def test_nothing_of_a_letters_html_runs_or_loads_on_the_page() -> None:
    hostile = "<html><head><title>t</title><style>p{}</style></head><body onload=x()><p style='a:b' onclick=y()>Hi<script>z()</script></p>"
    hostile += "<img src=http://out.example/x><a href=javascript:w()>link</a><svg><use href=//out.example/></svg><form action=//out.example>"
    assert shown_html(hostile) == "<p>Hi</p>link"


def a_suggested_mail(office: Office) -> int:
    """A mail in a case of its own that was suggested for the flagged case. Returns its number."""
    data = a_mail(a_pdf(), name="br.pdf", subject=f"Papers for {office.reference}")
    with office.desk.database.transaction() as tx:
        own = open_case(tx, kind=CaseKind.OTHER)
        sha256 = office.desk.blobs.keep(data)
        mail, _ = arrivals.record_arrival(tx, mailbox="INBOX", uidvalidity=1, uid=60, sha256=sha256, size=9, internal_date=NOW, seen_at=NOW)
        arrivals.record_message(tx, mail.id, office.hands.message(sha256))
        arrivals.mark_decided(tx, mail.id, message_class=MessageClass.SUPPLEMENT, case_id=own.id, at=NOW, no_reply=None)
        suggest(tx, arrival_id=mail.id, case_id=1, reason=f"the mail quotes {office.reference}, but nobody vouches for its sender", at=NOW)
    return mail.id


@pytest.mark.slow
def test_a_suggested_mail_joins_the_case_and_can_be_taken_out_again(office: Office) -> None:
    mail = a_suggested_mail(office)
    client = office.logged_in()
    path = f"/cases/{office.reference}"
    page = client.get(path).text
    assert "This mail may belong here" in page
    with office.desk.database.reading() as tx:
        (one,) = open_suggestions(tx, case_id=1)
    assert post(client, page, f"{path}/suggestions/{one.id}", accepted="true").status_code == 303
    assert office.hands.asked == [("recheck", f"{office.reference} chan")]
    with office.desk.database.reading() as tx:
        assert [each.id for each in mails_of_case(tx, 1)][-1] == mail
        assert open_suggestions(tx) == ()
    again = post(client, client.get(path).text, f"{path}/suggestions/{one.id}", accepted="false")
    assert (again.status_code, "answered this suggestion already" in again.text) == (409, True)
    page = client.get(f"/mails/{mail}").text
    assert "It does not belong to this case" in page
    apart = post(client, page, f"/mails/{mail}/case", kind="enquiry")
    with office.desk.database.reading() as tx:
        assert len(arrivals_of(tx, 1)) == 1
        opened = case_by_reference(tx, apart.headers["location"].rpartition("/")[2])
    assert opened is not None
    assert opened.kind is CaseKind.ENQUIRY
    alone = post(client, client.get(f"/mails/{mail}").text, f"/mails/{mail}/case", kind="other")
    assert (alone.status_code, "only mail of its case" in alone.text) == (409, True)


def test_a_suggestion_that_a_person_declines_is_not_made_again(office: Office) -> None:
    mail = a_suggested_mail(office)
    client = office.logged_in()
    path = f"/cases/{office.reference}"
    with office.desk.database.reading() as tx:
        (one,) = open_suggestions(tx, case_id=1)
    assert post(client, client.get(path).text, f"{path}/suggestions/{one.id}", accepted="false").status_code == 303
    with office.desk.database.reading() as tx:
        assert open_suggestions(tx) == ()
        assert mail not in [each.id for each in mails_of_case(tx, 1)]
    assert "said that a mail does not belong here" in client.get(path).text


@pytest.mark.slow
def test_of_two_people_at_one_mail_the_second_is_told(office: Office) -> None:
    mail = a_suggested_mail(office)
    chan, lee = office.logged_in(), office.logged_in("lee")
    chans, lees = chan.get(f"/mails/{mail}").text, lee.get(f"/mails/{mail}").text
    assert post(chan, chans, f"/mails/{mail}/join", reference=office.reference).status_code == 303
    with office.desk.database.transaction() as tx:
        other = open_case(tx)
    late = post(lee, lees, f"/mails/{mail}/join", reference=other.reference)
    assert (late.status_code, "Somebody did something with this mail" in late.text) == (409, True)
    assert f'value="{other.reference}"' in late.text
    with office.desk.database.reading() as tx:
        assert arrivals.arrival(tx, mail).case_id == 1


def test_a_withdrawn_application_sends_no_letter_any_more_until_it_is_opened_again(office: Office) -> None:
    client = office.logged_in()
    path = f"/cases/{office.reference}"
    with office.desk.database.transaction() as tx:
        outbox.queue(tx, case_id=1, reply=reply(template=Template.RECEIPT, cause=sha("q")), message_id="<q@secretariat.example>", at=NOW)
    unsaid = post(client, client.get(path).text, f"{path}/state", state="withdrawn", reason=" ")
    assert (unsaid.status_code, "Say how the applicant took the application back" in unsaid.text) == (409, True)
    assert case_of(office).state is CaseState.OPEN
    assert post(client, client.get(path).text, f"{path}/state", state="withdrawn", reason="by telephone").status_code == 303
    page = client.get(path).text
    assert "withdrawn by the applicant" in page
    assert case_of(office).state is CaseState.WITHDRAWN
    with office.desk.database.reading() as tx:
        assert {letter.state for letter in letters_in(tx, *LetterState)} == {LetterState.FAILED}
        assert outbox.claim(tx, NOW) is None
    assert office.reference not in client.get("/queues/flagged").text
    assert post(client, page, f"{path}/state", state="open").status_code == 303
    assert office.hands.asked == [("recheck", f"{office.reference} chan")]


@pytest.mark.slow
def test_an_enquiry_is_answered_in_a_persons_words_and_nothing_of_them_is_lost_on_the_way(office: Office) -> None:
    chan, lee = office.logged_in(), office.logged_in("lee")
    path = f"/cases/{office.reference}"
    page = chan.get(f"{path}/write").text
    assert "asker@asking.example" in page
    frame = html.unescape(page.split('<textarea id="text"')[1].split(">", 1)[1].split("</textarea>")[0])
    mail = page.split('name="mail" value="')[1].split('"')[0]
    given = {"subject": f"[{office.reference}] Programme", "mail": mail}
    empty = post(chan, page, f"{path}/write", **given, text=frame)
    assert (empty.status_code, "Nothing was written" in empty.text) == (409, True)
    words = frame.replace("\n\n", "\n\nThe five years count from the last assessment.\n\n", 1)
    post(lee, lee.get(path).text, f"{path}/recheck")
    late = post(chan, page, f"{path}/write", **given, text=words)
    assert (late.status_code, "lee changed this case meanwhile" in late.text) == (409, True)
    assert "The five years count from the last assessment." in late.text
    newer = post(chan, late.text, f"{path}/write", **given | {"mail": sha("0")}, text=words)
    assert (newer.status_code, "A newer mail came in this case" in newer.text) == (409, True)
    assert post(chan, late.text, f"{path}/write", **given, text=words, close="true").status_code == 303
    assert office.hands.asked[-1][0] == "write"
    assert case_of(office).state is CaseState.CLOSED


def test_a_reader_sees_everything_and_is_given_no_form(office: Office) -> None:
    client = office.logged_in("ho")
    path = f"/cases/{office.reference}"
    for page in (path, f"{path}/letter", f"{path}/write"):
        text = client.get(page).text
        assert "<button" not in text.split("<main")[1]
    for act in ("fields", "findings", "papers", "recheck", "letter", "write"):
        assert client.post(f"{path}/{act}", data={"csrf": "x"}).status_code == 403


def test_the_second_reader_is_asked_about_one_value_and_its_view_is_masked(office: Office) -> None:
    client = office.logged_in()
    path = f"/cases/{office.reference}"
    page = client.get(path).text
    assert f'hx-get="{path}/second?key={BR_NUMBER}"' in page
    piece = client.get(f"{path}/second", params={"key": BR_NUMBER}, headers={"hx-request": "true"}).text
    assert "The second reader sees “A123***(*) 12345678”" in piece
    assert office.hands.asked == [("second view", "b'\\x89PNG' 200 False")]
    whole = client.get(f"{path}/second", params={"key": BR_NUMBER}).text
    assert "The second reader sees" in whole
    assert "<h1>" in whole
    assert client.get(f"{path}/second", params={"key": "contact.phone"}).status_code == 404


@pytest.mark.slow
def test_asking_who_is_there_does_not_keep_a_login_alive(office: Office) -> None:
    client = office.logged_in()
    path = f"/cases/{office.reference}"
    client.get(path)
    for _ in range(13):
        office.clock[0] += timedelta(minutes=5)
        status = client.get(f"{path}/presence").status_code
    assert status == 303, "an hour without a hand on it, and the login has ended"
