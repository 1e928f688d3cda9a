"""A case officer's day in a real browser: the oldest flagged case cleared, and the letter found at the mail server."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.corpus import forms
from tests.intake.builders import Installation, an_application
from tests.review.site_running import NAME, PASSWORD, Watch, browser, site_of
from tests.servers.smtp import Postbox, postbox

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture
def out() -> Iterator[Postbox]:
    with postbox() as box:
        yield box


@pytest.fixture
def office(house: Installation, out: Postbox) -> Installation:
    """One application whose form and certificate disagree on the business registration number, decided and not answered with a judgement."""
    import random

    house.changes = {"outgoing": {"url": out.url}}
    applying = an_application()
    wrong = applying.applicant.with_values(**{"applicant.br_number": "76543210"})
    house.deliver(applying.mail(form=forms.acroform(wrong, random.Random(8))))
    house.run()
    return house


def log_in(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def test_an_officer_clears_a_flagged_case_and_the_letter_reaches_the_mail_server(office: Installation, out: Postbox, chromium: Browser) -> None:
    right = str(an_application().applicant.values["applicant.br_number"])
    assert len(out.taken) == 1, "the applicant has a receipt"
    with site_of(office.settings) as address:
        context = chromium.new_context(locale="en-GB")
        watch = Watch(context, address)
        page = context.new_page()
        log_in(page, address)
        expect(page.get_by_role("heading", name="Flagged applications")).to_be_visible()
        page.locator("table.list tbody tr").first.get_by_role("link").click()
        expect(page.locator(".finding.staff").first).to_contain_text("business registration number")
        line = page.locator('.line[data-key="applicant.br_number"]')
        line.locator("summary").click()
        line.locator('input[name="value"]').fill(right)
        line.get_by_role("button", name="This is right").click()
        expect(page.locator(".verdict")).to_have_text("Complete")
        page.get_by_role("link", name="See the letter").click()
        expect(page.get_by_label("Text")).to_contain_text("")
        page.get_by_role("button", name="Release the letter").first.click()
        expect(page.get_by_text("waits to be sent")).to_be_visible()
        context.close()
    assert watch.wrong == []
    office.run()
    assert len(out.taken) == 2
    letter = message_from_bytes(out.taken[1][2], policy=default)
    assert letter["To"] == an_application().email
    assert office.letters()[-1].reference in letter["Subject"]
