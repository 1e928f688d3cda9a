"""One case on one screen: every value beside its place, hostile words harmless, two people kept apart."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from review.plain_reasons import plain_reason
from review.site import make_site
from review.words import words_in
from storage.audit import trail
from storage.cases import arrivals_of, case_by_reference
from storage.outbox import letters_in, resolve
from storage.staff import corrections
from storage.values import CaseState, LetterState
from tests.review.conftest import PROGRAMME, Office
from tests.review.test_access import csrf_of
from tests.review.visiting import log_in
from tests.storage.build import NOW


def revision_of(html: str) -> str:
    return html.split('name="revision" value="')[1].split('"')[0]


def test_the_screen_shows_values_findings_and_the_page_with_their_boxes(office: Office) -> None:
    page = office.logged_in().get(f"/cases/{office.reference}").text
    assert "Bright Dyeing Limited" in page
    assert "The form gives 12345678, the certificate 12345679." in page
    assert f'href="/cases/{office.reference}/files/{office.form}/1.png"' in page
    assert page.count('class="box') == 9
    assert 'viewBox="0 0 595.0 842.0"' in page


def test_the_screen_is_in_chinese_for_who_reads_chinese(office: Office) -> None:
    client = office.logged_in()
    page = client.get(f"/cases/{office.reference}", headers={"accept-language": "zh-HK,zh;q=0.9,en;q=0.8"}).text
    assert 'lang="zh-Hant"' in page
    assert "表格為 12345678。" in page
    assert "申請機構名稱(英文)" in page


def test_a_look_is_on_record_and_is_no_change(office: Office) -> None:
    client = office.logged_in()
    first = revision_of(client.get(f"/cases/{office.reference}").text)
    client.get(f"/cases/{office.reference}/files/{office.form}/1.png")
    assert revision_of(client.get(f"/cases/{office.reference}").text) == first
    with office.desk.database.reading() as tx:
        actions = [entry.action for entry in trail(tx, reference=office.reference)]
    assert actions == ["case shown", "page shown", "case shown"]


def test_a_page_is_a_picture_and_an_original_is_only_saved(office: Office) -> None:
    client = office.logged_in()
    picture = client.get(f"/cases/{office.reference}/files/{office.form}/1.png")
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    saved = client.get(f"/cases/{office.reference}/files/{office.form}/original")
    assert saved.headers["content-type"] == "application/octet-stream"
    assert saved.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in saved.headers["content-security-policy"]
    assert client.get(f"/cases/{office.reference}/files/{'0' * 64}/1.png").status_code == 404
    assert client.get(f"/cases/{office.reference}/files/{office.form}/7.png").status_code == 409


def test_a_corrected_value_is_kept_in_its_normal_form_and_the_case_checked_again(office: Office) -> None:
    client = office.logged_in()
    page = client.get(f"/cases/{office.reference}").text
    form = {"csrf": csrf_of(page), "revision": revision_of(page), "key": "applicant.br_number", "value": "1234 5679-000"}
    assert client.post(f"/cases/{office.reference}/fields", data=form).status_code == 303
    with office.desk.database.reading() as tx:
        (kept,) = corrections(tx, 1)
    assert (kept.key, kept.value, kept.actor) == ("applicant.br_number", "12345679", "chan")
    assert office.hands.asked == [("recheck", f"{office.reference} chan")]


@pytest.mark.parametrize(("key", "value"), [("applicant.br_number", "12"), ("project.start_on", "31/02/2026"), ("project.total_cost", "much")])
def test_a_value_that_has_no_normal_form_is_refused_in_words(office: Office, key: str, value: str) -> None:
    client = office.logged_in()
    page = client.get(f"/cases/{office.reference}").text
    form = {"csrf": csrf_of(page), "revision": revision_of(page), "key": key, "value": value}
    answer = client.post(f"/cases/{office.reference}/fields", data=form)
    assert answer.status_code == 409
    assert value in answer.text
    assert office.hands.asked == []


def test_of_two_people_on_one_case_the_second_is_told_and_overwrites_nothing(office: Office) -> None:
    chan, lee = office.logged_in(), office.logged_in("lee")
    chans = chan.get(f"/cases/{office.reference}").text
    lees = lee.get(f"/cases/{office.reference}").text
    assert "Also open at: chan." in lees
    form = {"key": "applicant.br_number", "value": "12345679"}
    first = chan.post(f"/cases/{office.reference}/fields", data={**form, "csrf": csrf_of(chans), "revision": revision_of(chans)})
    assert first.status_code == 303
    second = lee.post(f"/cases/{office.reference}/fields", data={**form, "value": "12345670", "csrf": csrf_of(lees), "revision": revision_of(lees)})
    assert second.status_code == 409
    assert "chan changed this case meanwhile" in second.text
    with office.desk.database.reading() as tx:
        assert [one.value for one in corrections(tx, 1)] == ["12345679"]


def test_an_overruled_finding_needs_a_reason(office: Office) -> None:
    client = office.logged_in()
    page = client.get(f"/cases/{office.reference}").text
    fingerprint = page.split('name="fingerprint" value="')[1].split('"')[0]
    form = {"csrf": csrf_of(page), "revision": revision_of(page), "check": "br_number.agrees", "fingerprint": fingerprint, "reason": " "}
    assert client.post(f"/cases/{office.reference}/findings", data=form).status_code == 409
    assert office.hands.asked == []
    form["reason"] = "the certificate is misprinted"
    assert client.post(f"/cases/{office.reference}/findings", data=form).status_code == 303
    assert office.hands.asked == [("recheck", f"{office.reference} chan")]


def test_a_case_is_closed_and_opened_and_never_erased_here(office: Office) -> None:
    client = office.logged_in()
    for state, status in (("closed", 303), ("open", 303), ("erased", 409)):
        page = client.get(f"/cases/{office.reference}").text
        form = {"csrf": csrf_of(page), "revision": revision_of(page), "state": state}
        assert client.post(f"/cases/{office.reference}/state", data=form).status_code == status
    with office.desk.database.reading() as tx:
        from storage.cases import case_by_reference

        case = case_by_reference(tx, office.reference)
    assert case is not None
    assert case.state is CaseState.OPEN


def test_queues_show_what_waits_with_its_reason_and_nothing_of_it_is_markup(office: Office) -> None:
    client = office.logged_in()
    assert client.get("/").headers["location"] == "/queues/flagged"
    flagged = client.get("/queues/flagged").text
    assert office.reference in flagged
    assert "The form gives 12345678, the certificate 12345679." in flagged
    quarantined = client.get("/queues/quarantined").text
    assert "<script>alert" not in quarantined
    mail = re.search(r'href="(/mails/\d+)"', quarantined)
    assert mail is not None
    told = client.get(mail[1]).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in told
    assert "<script>alert" not in told
    assert office.reference in client.get("/queues/to_release").text


def test_search_finds_a_case_by_two_chinese_characters(office: Office) -> None:
    found = office.logged_in().get("/search", params={"q": "光明"}).text
    assert office.reference in found


def test_a_letter_that_a_re_check_withdrew_cannot_be_sent_any_more(office: Office) -> None:
    client = office.logged_in()
    with office.desk.database.transaction() as tx:
        (letter,) = letters_in(tx, LetterState.HELD)
        resolve(tx, letter.id, LetterState.FAILED, at=office.clock[0], actor="service", reason="replaced: the case was checked again")
    page = client.get(f"/cases/{office.reference}/letter").text
    assert "withdrawn: the case was checked again" in page
    assert f'action="/letters/{letter.id}"' not in page
    answer = client.post(f"/letters/{letter.id}", data={"csrf": csrf_of(page), "revision": revision_of(page), "state": "queued"})
    assert answer.status_code == 409
    with office.desk.database.reading() as tx:
        assert [one.state for one in letters_in(tx, *LetterState)] == [LetterState.FAILED]


def test_what_was_seen_where_a_signature_may_stand_is_said_in_the_readers_language() -> None:
    source = (Path(__file__).parents[2] / "parsers" / "form_seals.py").read_text("utf-8")
    said = set(re.findall(r'(?:page\.number, |found=)"([^"]+)"', source))
    words = words_in("zh-Hant")
    assert len(said) > 15
    assert {found for found in said if not words.has(f"seen.{found.replace(' ', '_')}")} == set()


def test_the_clause_stands_in_the_readers_language_and_as_recorded_where_none_is_written(office: Office) -> None:
    desk = replace(office.desk, clauses={"For staff: form and certificate that disagree": "交職員處理:申請表與登記證不一致"})
    client = TestClient(make_site(desk), base_url="http://localhost", follow_redirects=False)
    log_in(client)
    assert "For staff: form and certificate that disagree" in client.get(f"/cases/{office.reference}").text
    client.cookies.set("intake_language", "zh-Hant")
    chinese = client.get(f"/cases/{office.reference}").text
    assert "交職員處理:申請表與登記證不一致" in chinese
    assert "For staff: form and certificate that disagree" not in chinese
    unnamed = TestClient(make_site(office.desk), base_url="http://localhost", follow_redirects=False, cookies=client.cookies)
    assert "For staff: form and certificate that disagree" in unnamed.get(f"/cases/{office.reference}").text


def test_every_clause_of_the_programme_is_written_in_chinese_too() -> None:
    assert [check for check, rule in PROGRAMME.policy.rules.items() if not rule.clause_zh_hant.strip()] == []


def test_moments_are_those_of_the_clock_on_the_offices_wall(office: Office) -> None:
    there = NOW.astimezone(ZoneInfo("Asia/Hong_Kong"))
    client = office.logged_in()
    for path in (f"/cases/{office.reference}", "/mails/1"):
        assert f'<time datetime="{NOW.isoformat()}">{there:%Y-%m-%d %H:%M}</time>' in client.get(path).text


def test_a_withdrawn_letters_reason_is_said_in_the_readers_language() -> None:
    assert plain_reason("failed by chan", "zh-Hant") == "chan 決定不予發出"
    assert plain_reason("failed: dmarc=fail", "en") == "not proven: the server looked, and the sender did not pass (dmarc=fail)"
    assert plain_reason("failed: connection refused", "en") == "failed: connection refused", "what is not known stands as it was written"


def test_a_case_opens_where_the_bytes_of_its_mail_are_gone(office: Office) -> None:
    with office.desk.database.reading() as tx:
        case = case_by_reference(tx, office.reference)
        assert case is not None
        mails = arrivals_of(tx, case.id)
    for sha256 in mails:
        office.desk.blobs.remove(sha256)
    page = office.logged_in().get(f"/cases/{office.reference}")
    assert page.status_code == 200
    assert "Bright Dyeing Limited" in page.text
    assert "The mail&#39;s bytes cannot be read." in page.text
