"""The site is for everyone: in both languages, on a phone, enlarged, by keyboard, without scripts, and to the letter of WCAG 2.2 AA (axe-core)."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from intake.reviewing import open_desk
from review.logins import hash_password
from review.site import make_site
from review.words import _table, in_its_language, words_in
from storage.register import register
from storage.staff import add_login
from storage.values import StaffRole
from tests.corpus import forms
from tests.intake.builders import Installation, ReaderInProcess, an_application, enquiry
from tests.review.site_running import PASSWORD, browser, site_of

AXE = (Path(__file__).parent / "axe-4.14.1.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NOT_PAGES = ("/static", "/api", "/logout", "/login/", "/metrics", "/healthz", "/openapi")
BOSS = "boss"


def test_every_word_of_the_site_stands_in_both_languages_with_the_same_places_to_fill() -> None:
    def places(text: str) -> list[str]:
        return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)

    for key, each in _table().items():
        assert all(each[code].strip() for code in ("en", "zh-Hant")), key
        assert places(each["en"]) == places(each["zh-Hant"]), key


def test_chinese_on_an_english_page_is_marked_as_chinese_and_escaped() -> None:
    assert in_its_language("東莞<b>染廠", "en") == '<span lang="zh-Hant">東莞&lt;b&gt;染廠</span>'
    assert in_its_language("Bright", "en") == "Bright"
    assert in_its_language("東莞", "zh-Hant") == "東莞"
    assert words_in("en")("site.name")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A site with a flagged case and an enquiry, and the addresses of all its pages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("intake.workshop.Reader", type("ReaderHere", (ReaderInProcess,), {}))
        house = Installation(tmp_path_factory.mktemp("house"), {"outgoing": {"mode": "approve"}})
        applying = an_application()
        wrong = applying.applicant.with_values(**{"applicant.br_number": "76543210"})
        house.deliver(applying.mail(form=forms.acroform(wrong, random.Random(8))), enquiry())
        house.run()
        with open_desk(house.settings) as desk:
            with desk.database.transaction() as tx:
                add_login(tx, BOSS, hash_password(PASSWORD), at=datetime.now(UTC), role=StaffRole.ADMIN)
            fixed = _paths(make_site(desk).routes)
        reference = house.letters()[0].reference
        case = f"/cases/{reference}"
        pages = (*sorted(fixed), "/queues/to_release", "/queues/quarantined", "/search?q=limited", "/search?q=zzzz", "/mails/1", "/nowhere", case,
                 f"{case}?zoom=3&turn=90", f"{case}/letter", f"{case}/write")  # fmt: skip
        with site_of(house.settings) as address:
            yield address, pages


TURNED = "\u202eredro \u2066\u202a"


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A site with a case whose values, subject and file names try the layout: without end, without spaces, turned round, piled up, formulas."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("intake.workshop.Reader", type("ReaderHere", (ReaderInProcess,), {}))
        house = Installation(tmp_path_factory.mktemp("house"), {"outgoing": {"mode": "approve"}})
        applying = an_application()
        hard = {
            "applicant.name_en": "W" * 10_000, "applicant.name_zh": "廠" * 3_000, "contact.name": f"{TURNED}=cmd|' /C calc'!A0",
            "contact.title": "Z\u0301\u0335" * 400,
            "project.title": "@SUM(1+1)" + "_" * 2_000, "applicant.br_number": "76543210", "factory.name": "<b>" * 900,
        }  # fmt: skip
        form = forms.acroform(applying.applicant.with_values(**hard), random.Random(8))
        files = {f"{TURNED}{'n' * 180}{number}.pdf": data for number, data in enumerate((form, *applying.papers.values()))}
        mail = enquiry(2, sender=applying.email, subject=f"Application {TURNED}{'S' * 900}", text="x" * 30_000, files=files)
        house.deliver(mail, enquiry(3, subject="Q" * 900, text=f"May I ask {'y' * 20_000} {TURNED}?"))
        house.run()
        with open_desk(house.settings) as desk, desk.database.transaction() as tx:
            add_login(tx, BOSS, hash_password(PASSWORD), at=datetime.now(UTC), role=StaffRole.ADMIN)
            references = [case.reference for case in register(tx)]
        assert references
        shown = [f"/cases/{reference}{page}" for reference in references for page in ("", "/letter", "/write")]
        fixed = ("/queues/flagged", "/queues/to_release", "/queues/enquiries", "/search?q=WWWW", "/search?q=limited", "/mails/1", "/mails/2",
                 "/dashboard",                 "/learning", "/test-cases",
                 "/admin/audit", f"/search?q={'W' * 3_000}", "/search?q=%E2%80%AE%00", f"/cases/{'C' * 900}")  # fmt: skip
        with site_of(house.settings) as address:
            yield address, (*shown, *fixed)


@pytest.mark.slow
@pytest.mark.parametrize(("width", "locale", "scheme"), [(360, "en-GB", "light"), (1280, "zh-HK", "dark")])
def test_no_value_however_made_breaks_a_page_out_of_its_width_or_turns_our_words_round(
    hostile_site: tuple[str, tuple[str, ...]], chromium: Browser, width: int, locale: str, scheme: Any
) -> None:
    address, pages = hostile_site
    context = chromium.new_context(viewport={"width": width, "height": 800}, locale=locale, color_scheme=scheme, bypass_csp=True)
    page = inside(context, address)
    wrong: dict[str, list[str]] = {}
    for path in pages:
        answer = page.goto(address + path)
        assert answer is not None
        assert answer.status < 500, path
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
        turned = page.evaluate("/[\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]/.test(document.documentElement.outerHTML)")
        wrong[path[:60]] = [*faults(page), *(["scrolls sideways"] if too_wide(page) else []), *(["letters turned round"] if turned else [])]
    context.close()
    assert {path: each for path, each in wrong.items() if each} == {}


def _paths(routes: Any) -> set[str]:
    """Every page without a number in its address, those too that are added later."""
    found = {str(route.path) for route in routes if "GET" in (getattr(route, "methods", None) or ()) and "{" not in route.path}
    return {path for path in found if not path.startswith(NOT_PAGES)}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


def inside(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    page.locator("#name").fill(BOSS)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button").first.click()
    page.locator("nav.queues").wait_for()
    return page


def faults(page: Page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [f"{each['id']}: {each['nodes'][0]['html'][:120]} {each['nodes'][0].get('failureSummary', '')[:200]}" for each in found["violations"]]


def too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.mark.slow
@pytest.mark.parametrize(("width", "locale"), [(1280, "en-GB"), (360, "zh-HK")])
def test_no_page_has_a_fault_that_axe_finds_nor_scrolls_sideways(
    site: tuple[str, tuple[str, ...]], chromium: Browser, width: int, locale: str
) -> None:
    """In both schemes of colour, as it comes and with everything unfolded."""
    address, pages = site
    context = chromium.new_context(viewport={"width": width, "height": 800}, locale=locale, bypass_csp=True, reduced_motion="reduce")
    wrong: dict[str, list[str]] = {}
    page = context.new_page()
    page.goto(f"{address}/login")
    wrong["/login"] = faults(page)
    page = inside(context, address)
    for path in pages:
        page.emulate_media(color_scheme="light")
        answer = page.goto(address + path)
        if answer is None or "html" not in answer.headers.get("content-type", ""):
            continue
        wrong[path] = [*faults(page), *(["scrolls sideways"] if too_wide(page) else [])]
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
        page.emulate_media(color_scheme="dark")
        wrong[f"{path}, unfolded at night"] = [*faults(page), *(["scrolls sideways"] if too_wide(page) else [])]
        if page.locator("details").count():
            page.emulate_media(color_scheme="light")
            wrong[f"{path}, unfolded"] = faults(page)
    context.close()
    assert {path: each for path, each in wrong.items() if each} == {}


@pytest.mark.slow
def test_at_twice_the_size_nothing_is_cut_off(site: tuple[str, tuple[str, ...]], chromium: Browser) -> None:
    address, pages = site
    context = chromium.new_context(viewport={"width": 640, "height": 400}, device_scale_factor=2, locale="en-GB")
    page = inside(context, address)
    wide = []
    for path in pages:
        page.goto(address + path)
        if too_wide(page):
            wide.append(path)
    context.close()
    assert wide == []


@pytest.mark.slow
def test_by_keyboard_one_gets_everywhere_sees_where_one_is_and_is_caught_nowhere(site: tuple[str, tuple[str, ...]], chromium: Browser) -> None:
    address, _ = site
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    page = inside(context, address)
    page.goto(f"{address}/queues/flagged")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip", "the first stop is the way past the head"
    seen: list[str] = []
    for _ in range(80):
        state = page.evaluate(
            "(() => { const e = document.activeElement; if (!e || e === document.body) return null; const s = getComputedStyle(e);"
            "return [e.tagName + ' ' + (e.textContent || e.name || '').trim(), s.outlineStyle !== 'none' || s.boxShadow !== 'none', e.tabIndex] })()"
        )
        if state is None:
            break
        assert state[1], f"one sees where one is: {state[0]}"
        assert state[2] == 0, f"the order is that of the page: {state[0]}"
        seen.append(state[0])
        page.keyboard.press("Tab")
    assert state is None, "the page can be left"
    wanted = page.locator("a:visible, button:visible, input:visible:not([type=hidden]), summary:visible").count()
    assert len(seen) == wanted
    context.close()


@pytest.mark.slow
def test_what_is_clicked_is_large_enough(site: tuple[str, tuple[str, ...]], chromium: Browser) -> None:
    """Success criterion 2.5.8: 24 by 24 px, but for links within a sentence."""
    address, _ = site
    context = chromium.new_context(viewport={"width": 360, "height": 800}, locale="en-GB")
    page = inside(context, address)
    small = page.evaluate(
        "[...document.querySelectorAll('button, nav a, summary, input:not([type=hidden]), select')]"
        ".filter(e => e.offsetParent)"
        ".filter(e => { const b = e.getBoundingClientRect(); return b.width > 1 && (b.width < 24 || b.height < 24) }).map(e => e.outerHTML)"
    )
    context.close()
    assert small == []


@pytest.mark.slow
def test_without_scripts_everything_can_be_read(site: tuple[str, tuple[str, ...]], chromium: Browser) -> None:
    address, pages = site
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    page = inside(context, address)
    case = next(path for path in pages if path.startswith("/cases/"))
    page.goto(address + case)
    assert page.locator(".line .value").count() > 10
    assert page.locator("svg.page image").count() == 1
    page.locator("nav.papers a").last.click()
    assert "sha256=" in page.url, "another paper is shown by a link"
    assert page.locator("figure.sheet").is_visible()
    page.goto(f"{address}/search?q=limited")
    assert page.locator("table.list tbody tr").count() >= 1
    page.goto(f"{address}/dashboard")
    assert page.locator("figure.chart").count() == 6
    context.close()


@pytest.mark.slow
def test_in_print_the_charts_stand_without_the_head_and_the_queues(site: tuple[str, tuple[str, ...]], chromium: Browser) -> None:
    address, _ = site
    context = chromium.new_context(viewport={"width": 800, "height": 1100}, locale="en-GB")
    page = inside(context, address)
    page.goto(f"{address}/dashboard")
    page.emulate_media(media="print")
    assert not page.locator("header.bar").is_visible()
    assert not page.locator("nav.queues").is_visible()
    assert page.locator("figure.chart svg").first.is_visible()
    context.close()


@pytest.mark.slow
def test_in_print_the_page_of_a_paper_stands_whole(site: tuple[str, tuple[str, ...]], chromium: Browser) -> None:
    address, pages = site
    context = chromium.new_context(viewport={"width": 1280, "height": 500}, locale="en-GB")
    page = inside(context, address)
    page.goto(address + next(path for path in pages if "zoom=3" in path), wait_until="networkidle")
    assert page.evaluate("(() => { const r = document.querySelector('.room'); return r.scrollHeight > r.clientHeight })()"), (
        "on the screen it is moved about"
    )
    page.emulate_media(media="print")
    inner, outer = (page.locator(each).bounding_box() for each in (".room svg.page", ".sheet"))
    assert inner is not None
    assert outer is not None
    assert inner["height"] <= outer["height"]
    assert inner["width"] <= outer["width"]
    assert not page.locator(".acts").is_visible()
    context.close()
