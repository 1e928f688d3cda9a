"""What an officer does beside correcting, in a real browser: a file parted, a mail that belongs here, a withdrawal, a login that ended meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from storage.rows import CaseRow
from storage.site import end_sessions_of
from storage.suggestions import suggest
from storage.values import LetterState
from tests.intake.builders import Installation, ReaderInProcess, an_application, enquiry
from tests.review.site_running import NAME, PASSWORD, Watch, browser, site_of
from tests.review.test_browser import log_in

pytestmark = pytest.mark.slow
PHONE_AT_NIGHT: dict[str, Any] = {"viewport": {"width": 360, "height": 780}, "color_scheme": "dark", "locale": "en-GB"}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 860}, "color_scheme": "light", "locale": "en-GB"}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, Installation]]:
    """The site's address, and the reference of an application to which another mail may belong."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("intake.workshop.Reader", type("ReaderHere", (ReaderInProcess,), {}))
        house = Installation(tmp_path_factory.mktemp("house"), {"outgoing": {"mode": "approve"}})
        house.deliver(an_application().mail(), enquiry())
        house.run()
        came, asked = house.arrivals()
        with house.database() as database, database.transaction() as tx:
            case = tx.session.get(CaseRow, came.case_id)
            assert case is not None
            reference = case.reference
            why = "the mail quotes the case, but nobody vouches for its sender"
            suggest(tx, arrival_id=asked.id, case_id=case.id or 0, reason=why, at=datetime.now(UTC))
        with site_of(house.settings) as address:
            yield address, reference, house


@contextmanager
def officer(chromium: Browser, address: str, **how: Any) -> Iterator[Page]:
    """An officer's window; whatever it did that it must not is a failure."""
    context = chromium.new_context(**how)
    try:
        watch = Watch(context, address)
        page = context.new_page()
        log_in(page, address)
        page.locator("nav.queues").wait_for()
        yield page
        named = ("401 (Unauthorized)", "409 (Conflict)")  # the browser names a login that ended, and what was refused
        assert [wrong for wrong in watch.wrong if not any(each in wrong for each in named)] == []
    finally:
        context.close()


def narrow_enough(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_a_file_is_parted_on_a_phone_and_put_together_again(office: tuple[str, str, Installation], chromium: Browser) -> None:
    address, reference, _ = office
    with officer(chromium, address, **PHONE_AT_NIGHT) as page:
        page.goto(f"{address}/cases/{reference}")
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).slice(0, 3).every(part => Number(part) < 60)")
        assert dark, "the page is dark where the person's machine is"
        file = page.locator("article.file", has=page.locator("h3", has_text="application.pdf"))
        file.locator("summary", has_text="Split, join or rename papers").click()
        first = file.locator("fieldset").first
        first.get_by_label("to page").fill("1")
        second = file.locator("fieldset").nth(1)
        second.get_by_label("from page").fill("2")
        second.get_by_label("to page").fill("2")
        second.get_by_role("combobox").select_option("other")
        assert narrow_enough(page)
        file.locator("form.part").get_by_role("button").click()
        expect(page.get_by_text("Papers of a file told apart")).to_be_visible()
        file = page.locator("article.file", has=page.locator("h3", has_text="application.pdf"))
        expect(file.get_by_role("link", name="Other")).to_be_visible()
        assert narrow_enough(page)
        page.locator(".said-list button").first.click()
        expect(page.get_by_text("Papers of a file told apart")).to_have_count(0)


def test_a_second_click_or_key_while_the_first_is_on_its_way_asks_for_nothing_more(office: tuple[str, str, Installation], chromium: Browser) -> None:
    address, reference, _ = office
    with officer(chromium, address, **DESK) as page:
        page.goto(f"{address}/cases/{reference}?focus=contact.name")
        page.locator('.line[data-key="contact.name"] form.confirm button').dblclick()
        expect(page.locator(".said-list")).to_contain_text("Contact Person")
        expect(page.locator(".refusal")).to_have_count(0)
        page.goto(f"{address}/cases/{reference}?focus=contact.title", wait_until="networkidle")
        page.keyboard.press("c")
        page.keyboard.press("c")
        expect(page.locator(".said-list li")).to_have_count(2)
        expect(page.locator(".refusal")).to_have_count(0)
        for _ in range(2):
            page.locator(".said-list button").first.click()
        expect(page.locator(".said-list")).to_have_count(0)


def test_a_letter_that_waits_stands_once_to_be_released(office: tuple[str, str, Installation], chromium: Browser) -> None:
    address, reference, _ = office
    with officer(chromium, address, **DESK) as page:
        page.goto(f"{address}/cases/{reference}/letter")
        expect(page.get_by_role("button", name="Release the letter")).to_have_count(1)
        expect(page.get_by_text("This is the letter above.")).to_be_visible()
        expect(page.get_by_role("button", name="Do not send")).to_have_count(1)
        page.goto(f"{address}/cases/{reference}")
        page.locator("[data-hotkey=r]").click()
        page.goto(f"{address}/cases/{reference}/letter")
        expect(page.get_by_role("button", name="Release the letter")).to_have_count(1)
        expect(page.locator("section[aria-labelledby=h-earlier] > article")).to_have_count(1)
        expect(page.locator("details.withdrawn > article").first).to_be_hidden()


def test_where_a_findings_first_value_was_answered_the_key_brings_up_the_next(house: Installation, chromium: Browser) -> None:
    house.deliver(an_application(8, **{"project.start_on": "2022-09-01", "project.end_on": "2022-08-01"}).mail())
    house.run()
    reference = house.letters()[0].reference
    with site_of(house.settings) as address, officer(chromium, address, **DESK) as page:
        page.goto(f"{address}/cases/{reference}", wait_until="networkidle")
        finding = page.locator(".finding", has=page.locator('.line[data-key="project.end_on"]'))
        expect(finding.locator(".line")).to_have_count(2)
        for _ in range(2):
            page.keyboard.press("n")
            page.keyboard.press("c")
            expect(page.locator(".line.chosen form.confirm, .said-list")).not_to_have_count(0)
            page.wait_for_load_state("networkidle")
        said = page.locator(".said-list li")
        expect(said).to_have_count(1)
        first = page.locator(".line.chosen").get_attribute("data-key")
        page.keyboard.press("c")
        expect(said).to_have_count(2)
        assert first in ("project.end_on", "project.start_on")


def test_a_letter_that_was_released_is_not_offered_again(house: Installation, chromium: Browser) -> None:
    """Where every letter waits, and one waited already when the case was checked again."""
    house.changes = {"outgoing": {"mode": "approve"}}
    house.deliver(an_application().mail(without="br_certificate"))
    house.run()
    reference = house.letters()[0].reference
    with site_of(house.settings) as address, officer(chromium, address, **DESK) as page:
        page.goto(f"{address}/cases/{reference}")
        page.locator(".finding summary", has_text="Overrule").first.click()
        page.locator(".finding [name=reason]").first.fill("it lies in our files")
        page.locator(".finding button", has_text="Overrule").first.click()
        page.locator("[data-hotkey=l]").click()
        page.get_by_label("Text").fill(page.get_by_label("Text").input_value().replace("Our staff", "My colleagues"))
        page.get_by_role("button", name="Release the letter").click()
        for _ in range(2):
            expect(page.get_by_text("waits to be sent", exact=True)).to_be_visible()
            expect(page.get_by_role("button", name="Release the letter")).to_have_count(0)
            page.reload()
        page.go_back()
        page.goto(f"{address}/cases/{reference}/letter")
        expect(page.get_by_role("button", name="Release the letter")).to_have_count(0)
    house.run()
    assert [letter.state for letter in house.letters()].count(LetterState.ACCEPTED) == 1


def test_a_suggested_mail_is_taken_in_at_the_case(office: tuple[str, str, Installation], chromium: Browser) -> None:
    address, reference, _ = office
    with officer(chromium, address, **DESK) as page:
        page.goto(f"{address}/cases/{reference}")
        suggestion = page.locator(".suggestion")
        expect(suggestion).to_contain_text("This mail may belong here")
        suggestion.get_by_role("link").click()
        expect(page.locator("pre.words")).to_contain_text("may I ask which factories can apply")
        page.go_back()
        page.locator(".suggestion").get_by_role("button").first.click()
        expect(page.locator(".suggestion")).to_have_count(0)
        expect(page.locator("section[aria-labelledby=h-mails]")).to_contain_text("Enquiry")


def test_a_reason_typed_at_a_login_that_ended_withdraws_the_application_after_the_next(
    office: tuple[str, str, Installation], chromium: Browser
) -> None:
    address, reference, house = office
    with officer(chromium, address, **DESK) as page:
        page.goto(f"{address}/cases/{reference}")
        page.get_by_text("Mark as withdrawn").first.click()
        page.get_by_label("Reason").last.fill("by telephone on Monday, 已致電")
        with house.database() as database, database.transaction() as tx:
            end_sessions_of(tx, NAME)
        page.get_by_role("button", name="Mark as withdrawn").click()
        expect(page.get_by_text("what you typed is kept")).to_be_visible()
        assert "telephone" not in page.content()
        page.get_by_label("Name").fill(NAME)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_label("Reason")).to_have_value("by telephone on Monday, 已致電")
        page.get_by_role("button", name="Send it now").click()
        expect(page.locator(".facts")).to_contain_text("withdrawn by the applicant")
        page.get_by_text("History").click()
        expect(page.locator("details.history")).to_contain_text("已致電")
        page.goto(f"{address}/queues/flagged")
        expect(page.locator("main")).not_to_contain_text(reference)


def test_words_stay_on_the_screen_when_the_login_ends_under_them(office: tuple[str, str, Installation], chromium: Browser) -> None:
    address, reference, house = office
    with officer(chromium, address, **DESK) as page:
        page.goto(f"{address}/cases/{reference}")
        line = page.locator('.line[data-key="applicant.name_en"]')
        line.locator("summary").click()
        box = line.locator("input[name=value]").last
        box.fill("typed and not sent")
        with house.database() as database, database.transaction() as tx:
            end_sessions_of(tx, NAME)
        page.evaluate("htmx.ajax('GET', location.pathname + '/presence', {target: '#ended'})")
        expect(page.get_by_text("What you typed is still here")).to_be_visible()
        expect(box).to_have_value("typed and not sent")
        box.evaluate("box => { box.value = box.defaultValue }")
        page.evaluate("htmx.ajax('GET', location.pathname + '/presence', {target: '#ended'})")
        expect(page.get_by_label("Password")).to_be_visible()
        assert "then=" in page.url
