"""Staff come in through an OpenID provider in a real browser: to it and back, and with the words that a login ended under."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from intake.settings import Settings
from intake.site_provider import provider_from
from storage.site import end_sessions_of
from tests.intake.builders import Installation, enquiry
from tests.review.site_running import Watch, browser, site_of
from tests.servers.openid import OpenIdServer, openid_server

pytestmark = pytest.mark.slow
WHO = "lam@office.example"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture
def provider() -> Iterator[OpenIdServer]:
    with openid_server() as server:
        yield server


@pytest.fixture
def office(house: Installation) -> Installation:
    house.deliver(enquiry())
    house.run()
    return house


def settings_of(server: OpenIdServer) -> Settings:
    told = {
        "issuer": server.issuer, "client_id": server.client_id, "client_secret": server.client_secret, "name": "Office login", "officers": WHO,
        "allow_http": True, "private_networks": "127.0.0.0/8",
    }  # fmt: skip
    return Settings.model_validate({"openid": told})


def test_a_person_comes_in_through_the_provider_and_goes_on_with_words_that_a_login_ended_under(
    office: Installation, provider: OpenIdServer, chromium: Browser
) -> None:
    context = chromium.new_context(locale="en-GB")
    try:
        with site_of(office.settings, provider_from(settings_of(provider))) as address:
            watch = Watch(context, address)
            page = context.new_page()
            page.goto(f"{address}/queues/enquiries")
            page.get_by_role("link", name="Log in with Office login").click()
            expect(page.get_by_role("heading", name="Enquiries")).to_be_visible()
            assert page.url == f"{address}/queues/enquiries", "the page that was asked for"
            assert WHO in page.locator("header").inner_text()
            page.locator("table.list tbody a").first.click()
            page.get_by_role("link", name="Answer", exact=True).click()
            page.get_by_label("Text").fill("The programme covers factories in Guangdong and Hong Kong. 廣東")
            with office.database() as database, database.transaction() as tx:
                end_sessions_of(tx, WHO)
            page.get_by_role("button", name="Send").first.click()
            expect(page.get_by_text("what you typed is kept")).to_be_visible()
            with context.expect_page() as opened:
                page.get_by_role("link", name="Log in with Office login").click()
            opened.value.locator("nav.queues").wait_for()
            page.get_by_role("button", name="go on with my words").click()
            expect(page.get_by_label("Text")).to_have_value("The programme covers factories in Guangdong and Hong Kong. 廣東")
            page.get_by_role("button", name="Send it now").click()
            expect(page.get_by_text("Letter by a person")).to_be_visible()
            page.get_by_role("button", name="Log out").click()
            expect(page.get_by_role("link", name="Log in with Office login")).to_be_visible()
            strange = [wrong for wrong in watch.wrong if "401 (Unauthorized)" not in wrong and f"request {provider.issuer}" not in wrong]
            assert strange == []
    finally:
        context.close()
