"""A case officer's day in a real browser: the oldest flagged case cleared, and the letter found at the mail server."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest
from playwright.sync_api import Browser, Page, expect

from review.logins import hash_password
from storage import outbox
from storage.staff import add_login
from storage.values import StaffRole
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
    house.changes = {"outgoing": {"url": out.url}}
    applying = an_application()
    wrong = applying.applicant.with_values(**{"applicant.br_number": "76543210"})
    house.deliver(applying.mail(form=forms.acroform(wrong, random.Random(8))))
    house.run()
    return house


def log_in(page: Page, address: str, name: str = NAME) -> None:
    page.goto(address)
    page.get_by_label("Name").fill(name)
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
        line.locator("summary", has_text="Correct").click()
        line.get_by_role("textbox").fill(right)
        line.get_by_role("button", name="This is right").click()
        expect(page.locator(".verdict")).to_have_text("Complete")
        page.get_by_role("link", name="See the letter").click()
        expect(page.get_by_label("Text")).to_contain_text("")
        page.get_by_role("button", name="Release the letter").first.click()
        expect(page.get_by_text("waits to be sent", exact=True)).to_be_visible()
        context.close()
    assert watch.wrong == []
    office.run()
    assert len(out.taken) == 2
    letter = message_from_bytes(out.taken[1][2], policy=default)
    assert letter["To"] == an_application().email
    assert office.letters()[-1].reference in letter["Subject"]


def tab_to(page: Page, name: str) -> None:
    """Presses the tabulator until what bears that name has the focus."""
    for _ in range(60):
        focused = page.evaluate("(document.activeElement.labels?.[0] || document.activeElement).textContent.slice(0, 60).trim()")
        if str(focused).startswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached by the tabulator")


def test_a_case_is_cleared_by_keyboard_alone(office: Installation, out: Postbox, chromium: Browser) -> None:
    right = str(an_application().applicant.values["applicant.br_number"])
    with site_of(office.settings) as address:
        context = chromium.new_context(locale="en-GB")
        watch = Watch(context, address)
        page = context.new_page()
        page.goto(address)
        tab_to(page, "Name")
        page.keyboard.type(NAME)
        tab_to(page, "Password")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Flagged applications")).to_be_visible()
        tab_to(page, "CPPP-")
        page.keyboard.press("Enter")
        expect(page.locator(".finding.staff")).to_have_count(1)
        page.wait_for_load_state()
        page.keyboard.press("n")
        expect(page.locator(".finding.staff")).to_be_focused()
        expect(page.locator('#page a.box.chosen[data-key="applicant.br_number"]')).to_be_in_viewport()
        expect(page.locator("#page .closeup img")).to_have_js_property("complete", True)
        page.keyboard.press("e")
        expect(page.get_by_label("Business Registration No. is")).to_be_focused()
        page.keyboard.type("nrlx")
        expect(page.get_by_label("Business Registration No. is")).to_have_value("nrlx")
        page.keyboard.press("Enter")
        expect(page.locator(".refusal")).to_contain_text("“nrlx” cannot be used")
        expect(page.get_by_label("Business Registration No. is")).to_have_value("nrlx")
        expect(page.get_by_label("Business Registration No. is")).to_be_focused()
        page.keyboard.press("Control+a")
        page.keyboard.type(right)
        page.keyboard.press("Enter")
        expect(page.locator(".verdict")).to_have_text("Complete")
        page.wait_for_load_state()
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_have_attribute("open", "")
        page.keyboard.press("?")
        page.keyboard.press("l")
        expect(page.get_by_text("As the applicant will read it")).to_be_visible()
        page.wait_for_load_state()
        page.keyboard.press("s")
        expect(page.get_by_text("waits to be sent", exact=True)).to_be_visible()
        page.wait_for_load_state()
        page.keyboard.press("g")
        expect(page.get_by_role("heading", name="Flagged applications")).to_be_visible()
        context.close()
    assert [wrong for wrong in watch.wrong if "409 (Conflict)" not in wrong] == [], "the browser names the one refusal above"
    office.run()
    letter = message_from_bytes(out.taken[1][2], policy=default)
    assert letter["To"] == an_application().email


def test_an_officer_clears_a_flagged_case_with_six_keys(office: Installation, out: Postbox, chromium: Browser) -> None:
    """From the queue to the next case. Seconds are of the machine alone, on a busy one; a person adds the time to read and to decide."""
    pressed: list[str] = []
    with site_of(office.settings) as address:
        context = chromium.new_context(locale="en-GB")
        page = context.new_page()
        log_in(page, address)
        expect(page.get_by_role("heading", name="Flagged applications")).to_be_visible()

        def press(key: str) -> None:
            page.wait_for_load_state()
            page.keyboard.press(key)
            pressed.append(key)

        began = time.monotonic()
        press("g")
        expect(page.locator(".finding.staff")).to_have_count(1)
        press("n")
        expect(page.locator("#page .closeup img")).to_have_js_property("complete", True)
        press("u")
        expect(page.locator(".verdict")).to_have_text("Complete")
        press("l")
        expect(page.get_by_text("As the applicant will read it")).to_be_visible()
        press("s")
        expect(page.get_by_text("waits to be sent", exact=True)).to_be_visible()
        press("g")
        expect(page.get_by_role("heading", name="Flagged applications")).to_be_visible()
        took = time.monotonic() - began
        page.wait_for_load_state()
        page.keyboard.press("/")
        expect(page.get_by_role("searchbox")).to_be_focused()
        context.close()
    print(f"{len(pressed)} keys, {took:.1f} s of the machine")
    assert pressed == ["g", "n", "u", "l", "s", "g"]
    assert took < 60
    office.run()
    assert len(out.taken) == 2


def test_a_value_and_its_box_show_each_other(office: Installation, chromium: Browser) -> None:
    reference = office.letters()[0].reference
    with site_of(office.settings) as address:
        context = chromium.new_context(locale="en-GB")
        watch = Watch(context, address)
        page = context.new_page()
        log_in(page, address)
        page.goto(f"{address}/cases/{reference}")
        line = page.locator('.line[data-key="contact.name"]')
        box = page.locator('#page a.box[data-key="contact.name"]')
        expect(page.locator("#page svg.z1")).to_be_visible()
        line.locator("dt").hover()
        expect(box).to_have_class("box sure near")
        box.hover()
        expect(line).to_have_class("line sure near")
        box.click()
        expect(line).to_be_focused()
        expect(page.locator("#page svg.z2")).to_be_visible()
        expect(page.locator("#page .closeup img")).to_be_visible()
        page.keyboard.press("]")
        expect(page.locator("#page .where")).to_contain_text("page 2")
        page.keyboard.press("t")
        expect(page.locator("#page svg g")).to_have_attribute("transform", "translate(841.9 0) rotate(90)")
        page.keyboard.press("j")
        expect(page.locator(".line.chosen")).not_to_have_attribute("data-key", "contact.name")
        page.locator("#keys summary").click()
        page.get_by_label("Single keys are on").uncheck()
        page.keyboard.press("l")
        page.keyboard.press("[")
        expect(page).to_have_url(f"{address}/cases/{reference}")
        context.close()
    assert watch.wrong == []


EVIL = '"><script>alert(1)</script><img src=http://out.example/a.png onerror=alert(2)><style>@import url(//out.example/b.css)</style>{{7*7}}'


def a_hostile_mail() -> bytes:
    """An application whose values, file names, subject and HTML all try to run or to load something."""
    applying = an_application()
    evil = applying.applicant.with_values(**{"project.title": EVIL, "contact.title": EVIL, "applicant.br_number": "76543210"})
    mail = message_from_bytes(applying.mail(form=forms.acroform(evil, random.Random(8))), policy=SMTP)
    assert isinstance(mail, EmailMessage)
    rebuilt = EmailMessage(policy=SMTP)
    for name in ("From", "To", "Date", "Message-ID", "Received"):
        rebuilt[name] = mail[name]
    rebuilt["Subject"] = f"Application {EVIL}"
    rebuilt.set_content(f"Please find our application. {EVIL}")
    rebuilt.add_alternative(
        f"<html><head>{EVIL[2:]}</head><body onload=alert(3)><p>Please find our application.</p>{EVIL}</body></html>", subtype="html"
    )
    for part in mail.iter_attachments():
        name = f"{EVIL} {part.get_filename()}"
        rebuilt.add_attachment(part.get_content(), maintype="application", subtype="pdf", filename=name)
    return rebuilt.as_bytes()


def test_hostile_names_values_and_mails_run_nothing_and_load_nothing(house: Installation, chromium: Browser) -> None:
    house.deliver(a_hostile_mail())
    house.run()
    letter = house.letters()[0]
    hostile_letter = letter.reply.model_copy(update={"html": f"<html><body onload=alert(4)><p>Dear</p>{EVIL}</body></html>", "cause": "e" * 64})
    with house.database() as database, database.transaction() as tx:
        outbox.queue(tx, case_id=letter.case_id, reply=hostile_letter, message_id="<evil@secretariat.example>", at=letter.queued_at, held="held")
    reference = letter.reference
    with site_of(house.settings) as address:
        context = chromium.new_context(locale="en-GB")
        watch = Watch(context, address)
        page = context.new_page()
        log_in(page, address)
        seen = ""
        for path in (
            "/queues/flagged", "/queues/to_release", f"/cases/{reference}", f"/cases/{reference}?focus=project.title", f"/cases/{reference}/letter",
            f"/cases/{reference}/write", "/mails/1", "/search?q=script",
            "/letters/1/as-sent", "/letters/2/as-sent",
            f"/cases/{reference}/letter/as-sent", "/dashboard",
        ):  # fmt: skip
            page.goto(f"{address}{path}", wait_until="networkidle")
            page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
            seen += page.locator("body").inner_text()
        context.close()
    assert watch.wrong == []
    assert "<script>alert(1)</script>" in seen, "it is shown as the words that it is"


def test_two_people_on_one_case_see_each_other_and_what_was_changed(office: Installation, chromium: Browser) -> None:
    reference = office.letters()[0].reference
    with site_of(office.settings) as address:
        with office.database() as database, database.transaction() as tx:
            add_login(tx, "lee", hash_password(PASSWORD), at=datetime.now(UTC), role=StaffRole.OFFICER)
        context, hers = chromium.new_context(locale="en-GB"), chromium.new_context(locale="en-GB")
        watch, page, other = Watch(context, address), context.new_page(), hers.new_page()
        page.clock.install()
        log_in(page, address)
        page.goto(f"{address}/cases/{reference}")
        log_in(other, address, "lee")
        other.goto(f"{address}/cases/{reference}")
        expect(other.locator(".presence")).to_contain_text(f"Also open at: {NAME}.")
        page.clock.run_for(16_000)
        expect(page.locator(".presence")).to_contain_text("Also open at: lee.")
        other.locator(".finding").get_by_role("button", name="Use this").click()
        expect(other.locator(".verdict")).to_have_text("Complete")
        page.clock.run_for(16_000)
        expect(page.locator(".presence")).to_contain_text("This case was changed since you opened it.")
        page.locator(".finding").get_by_role("button", name="Use this").click()
        expect(page.get_by_text("lee changed this case meanwhile")).to_be_visible()
        expect(page.locator(".verdict")).to_have_text("Complete")
        context.close()
        hers.close()
    assert [wrong for wrong in watch.wrong if "409 (Conflict)" not in wrong] == []


def test_without_scripts_a_case_is_read_and_cleared_by_plain_forms(office: Installation, chromium: Browser) -> None:
    with site_of(office.settings) as address:
        context = chromium.new_context(locale="en-GB", java_script_enabled=False)
        page = context.new_page()
        log_in(page, address)
        page.locator("table.list tbody tr").first.get_by_role("link").click()
        page.locator(".finding .value a").click()
        expect(page.locator("#page .closeup img")).to_be_visible()
        expect(page.locator("#page svg.z2")).to_be_visible()
        page.get_by_role("link", name="Next page").click()
        expect(page.locator("#page .where")).to_contain_text("page 2")
        page.locator(".finding").get_by_role("button", name="Use this").click()
        expect(page.locator(".verdict")).to_have_text("Complete")
        page.get_by_role("link", name="See the letter").click()
        page.get_by_role("button", name="Release the letter").first.click()
        expect(page.get_by_text("waits to be sent", exact=True)).to_be_visible()
        context.close()
