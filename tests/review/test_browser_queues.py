"""What waits beside the flagged cases, worked off in a browser: letters held and refused, strangers, questions, withdrawals, second looks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import col, update

from parsers.values import MessageClass
from storage.rows import ArrivalRow, LetterRow
from tests.intake.builders import Installation, ReaderInProcess, an_application, enquiry
from tests.review.site_running import browser, site_of
from tests.review.test_browser_acts import DESK, officer
from tests.servers.smtp import Postbox, postbox

pytestmark = pytest.mark.slow
ASKER, GONE, STRANGER = "asker@asking.example", "gone@refused.example", "stranger@stranger.example"


class Choosy(Postbox):
    """Knows nobody at refused.example."""

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address.endswith("@refused.example"):
            return "550 5.1.1 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"


class House(Installation):
    """``references``: of the application that is complete, and of the one that lacks a paper."""

    references: tuple[str, str] = ("", "")
    out: Postbox


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, House]]:
    with pytest.MonkeyPatch.context() as patch, postbox(Choosy) as out:
        patch.setattr("intake.workshop.Reader", type("ReaderHere", (ReaderInProcess,), {}))
        house = House(tmp_path_factory.mktemp("house"), {"outgoing": {"url": out.url}})
        house.out = out
        house.deliver(an_application().mail(), an_application(21).mail(2, without="br_certificate"))
        house.run()
        lacking, whole = (letter.reference for letter in sorted(house.letters(), key=lambda letter: letter.to == an_application().email))
        house.references = (whole, lacking)
        house.deliver(
            enquiry(3, sender=ASKER, subject="Which factories?"),
            enquiry(4, sender=GONE, subject="Where is the form?"),
            enquiry(5, sender=an_application().email, subject="Withdrawal of application", text="We wish to withdraw our application. Regards"),
            enquiry(6, sender=STRANGER, subject=f"Re: [{lacking}] our papers", text="Here is the paper.",
                    files={"quotation.pdf": an_application(21).papers["quotation"]}),
            enquiry(7, sender="tea@tea.example", subject="Tea for your office", text="We sell tea. Our price list is here."),
        )  # fmt: skip
        house.run()
        with site_of(house.settings) as address:
            yield address, house


def settled(page: Page) -> None:
    page.wait_for_load_state("networkidle")


def into(page: Page, address: str, queue: str) -> None:
    page.goto(f"{address}/queues/{queue}")
    page.locator("table.list tbody th a").first.click()
    settled(page)


def test_a_refused_letter_is_tried_again_or_taken_off_the_list_and_offers_no_words_of_an_application(
    office: tuple[str, House], chromium: Browser
) -> None:
    address, _ = office
    with officer(chromium, address, **DESK) as page:
        page.goto(f"{address}/queues/undelivered")
        expect(page.locator("table.list tbody tr")).to_contain_text([re.compile(rf"Where is the form\?.*Receipt to {GONE}.*no such user here", re.S)])
        into(page, address, "undelivered")
        expect(page.get_by_text("This is no application: no decision leads to a letter.")).to_be_visible()
        expect(page.get_by_text("The address is the sender's own.")).to_be_visible()
        expect(page.locator("textarea")).to_have_count(0)
        page.get_by_role("button", name="Done: take it off the list").click()
        page.goto(f"{address}/queues/undelivered")
        expect(page.get_by_text("Nothing waits here.")).to_be_visible()


def test_a_question_is_answered_and_its_case_is_done_with(office: tuple[str, House], chromium: Browser) -> None:
    address, house = office
    with officer(chromium, address, **DESK) as page:
        page.goto(f"{address}/queues/enquiries")
        page.get_by_role("row", name="Which factories?").get_by_role("link").click()
        expect(page.locator("h1")).to_contain_text(f"Which factories? · {ASKER}")
        expect(page.locator(".hint")).to_contain_text("write the answer")
        page.keyboard.press("w")
        expect(page.get_by_text("may I ask which factories can apply").first).to_be_visible()
        text = page.get_by_label("Text")
        page.get_by_role("button", name="Send this letter").click()
        expect(page.locator(".refusal")).to_have_text("Nothing was written between the salutation and the close.")
        text.fill(text.input_value().replace("\n\n", "\n\nFactories in Hong Kong and Guangdong can apply. <b>Welcome</b> & good luck.\n\n", 1))
        page.get_by_role("button", name="Send this letter").click()
        expect(page.get_by_text("waits to be sent").first).to_be_visible()
        page.get_by_role("button", name="Hold").click()
        expect(page.get_by_text("waits for staff").first).to_be_visible()
        page.goto(f"{address}/queues/to_release")
        expect(page.locator("table.list tbody tr")).to_contain_text([f"Letter by a person to {ASKER}"])
        into(page, address, "to_release")
        page.get_by_role("button", name="Release the letter").click()
        expect(page.get_by_text("waits to be sent").first).to_be_visible()
        page.goto(f"{address}/queues/enquiries")
        expect(page.locator("main")).not_to_contain_text("Which factories?")
    house.run()
    letter = message_from_bytes(house.out.taken[-1][2], policy=default)
    assert (letter["To"], letter["In-Reply-To"]) == (ASKER, "<3.asks@asking.example>")
    plain, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "<b>Welcome</b> & good luck." in plain.get_content()
    assert "&lt;b&gt;Welcome&lt;/b&gt; &amp; good luck." in html.get_content()


def test_a_withdrawal_leads_to_the_senders_application_which_is_marked_as_withdrawn(office: tuple[str, House], chromium: Browser) -> None:
    address, house = office
    whole, _ = house.references
    with officer(chromium, address, **DESK) as page:
        into(page, address, "withdrawals")
        mine = page.url
        page.locator(".hint").get_by_role("link", name=whole).click()
        page.get_by_text("Mark as withdrawn").first.click()
        page.get_by_role("button", name="Mark as withdrawn").click()
        expect(page.locator(".refusal")).to_contain_text("Say how the applicant took the application back")
        page.get_by_label("Reason").last.fill("by mail of today")
        page.get_by_role("button", name="Mark as withdrawn").click()
        expect(page.locator(".facts")).to_contain_text("withdrawn by the applicant")
        page.goto(mine)
        page.get_by_role("button", name="Close the case").click()
        expect(page.locator(".facts")).to_contain_text("closed")
        page.goto(f"{address}/queues/withdrawals")
        expect(page.get_by_text("Nothing waits here.")).to_be_visible()


def test_a_reminder_is_written_at_a_click_and_released(office: tuple[str, House], chromium: Browser) -> None:
    address, house = office
    _, lacking = house.references
    with house.database() as database, database.transaction() as tx:
        long_ago = datetime.now(UTC) - timedelta(days=20)
        tx.execute(update(ArrivalRow).values(seen_at=long_ago - timedelta(days=1)))
        tx.execute(update(LetterRow).where(col(LetterRow.template) == "missing_items").values(settled_at=long_ago, queued_at=long_ago))
    with officer(chromium, address, **DESK) as page:
        page.goto(f"{address}/queues/reminders")
        page.get_by_role("row", name=lacking).get_by_role("button", name="Write a reminder").click()
        expect(page.get_by_text("waits for staff").first).to_be_visible()
        page.get_by_role("button", name="Release the letter").first.click()
        expect(page.get_by_text("waits to be sent").first).to_be_visible()
        page.goto(f"{address}/queues/reminders")
        expect(page.get_by_text("Nothing waits here.")).to_be_visible()
    house.run()
    letter = message_from_bytes(house.out.taken[-1][2], policy=default)
    assert letter["To"] == an_application(21).email
    assert lacking in letter["Subject"]


def test_a_strangers_paper_is_looked_at_declined_and_joined_after_all(office: tuple[str, House], chromium: Browser) -> None:
    address, house = office
    _, lacking = house.references
    with officer(chromium, address, **DESK) as page:
        page.goto(f"{address}/queues/unknown_sender")
        expect(page.locator("table.list tbody tr")).to_contain_text([STRANGER])
        into(page, address, "unknown_sender")
        expect(page.locator("img.drawn")).to_have_js_property("complete", True)
        assert page.locator("img.drawn").evaluate("picture => picture.naturalWidth") > 300
        expect(page.get_by_role("link", name="Next", exact=True)).to_have_count(0)
        page.get_by_role("button", name="It does not").click()
        expect(page.locator(".suggestion")).to_have_count(0)
        page.get_by_label("It belongs to the case").fill(lacking)
        page.get_by_role("button", name="Join").click()
        expect(page.locator("h1")).to_contain_text(lacking)
        row = page.locator("section[aria-labelledby=h-mails] tr", has_text=STRANGER)
        row.get_by_role("link").click()
        page.get_by_role("button", name="Open").click()
        page.wait_for_url(re.compile(f"/cases/(?!{lacking})"))
        expect(page.locator("section[aria-labelledby=h-mails]")).to_contain_text(STRANGER)
        page.goto(f"{address}/cases/{lacking}")
        expect(page.locator("section[aria-labelledby=h-mails]")).not_to_contain_text(STRANGER)
        page.get_by_text("History").click()
        expect(page.locator("details.history")).to_contain_text("took a mail out of the case")


def test_a_mail_about_something_else_is_taken_off_its_list(office: tuple[str, House], chromium: Browser) -> None:
    address, house = office
    tea = next(mail for mail in house.arrivals() if mail.message_class is MessageClass.OTHER)
    with officer(chromium, address, **DESK) as page:
        into(page, address, "other_mail")
        assert page.url == f"{address}/mails/{tea.id}"
        page.get_by_role("button", name="Done: take it off the list").click()
        expect(page.get_by_role("heading", name="Other mail")).to_be_visible()
        expect(page.get_by_text("Nothing waits here.")).to_be_visible()


def test_automatic_decisions_get_second_looks(office: tuple[str, House], chromium: Browser) -> None:
    address, _ = office
    with officer(chromium, address, **DESK) as page:
        page.goto(f"{address}/learning")
        page.get_by_role("button", name="Draw up to").click()
        looks = page.locator("section[aria-labelledby=looks] article")
        there = looks.count()
        assert there >= 1
        page.get_by_role("button", name="Looked: wrong").first.click()
        expect(page.locator(".refusal")).to_be_visible()
        page.get_by_label("Wrong, because").first.fill("the certificate is another company's")
        page.get_by_role("button", name="Looked: wrong").first.click()
        expect(looks).to_have_count(there - 1)
        expect(page.get_by_text("the certificate is another company's")).to_be_visible()


def test_these_lists_are_worked_without_scripts(house: Installation, chromium: Browser, tmp_path: Path) -> None:
    house.deliver(enquiry(3, sender=ASKER, subject="Which factories?"), enquiry(7, sender="tea@tea.example", subject="Tea", text="We sell tea."))
    house.run()
    with site_of(house.settings) as address, officer(chromium, address, java_script_enabled=False, **DESK) as page:
        into(page, address, "enquiries")
        page.get_by_role("link", name="Answer", exact=True).click()
        text = page.get_by_label("Text")
        text.fill(text.input_value().replace("\n\n", "\n\nAll of them.\n\n", 1))
        page.get_by_role("button", name="Send this letter").click()
        expect(page.get_by_text("waits to be sent").first).to_be_visible()
        into(page, address, "other_mail")
        page.get_by_role("button", name="Open").click()
        expect(page.locator("h1")).to_contain_text("CPPP-")
