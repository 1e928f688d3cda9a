"""How many keys, clicks and seconds an officer needs for a flagged case, worked in a real browser: every finding answered, the letter released.

python -m tests.review.measure_officer [--count N] [--seed S]

Seconds are of the machine and the browser, from the case's first key to the next case's page; a person adds the time to read and to decide. A value
is confirmed as it was read, or taken from the other paper where that is offered; a finding without a value is overruled with three words. What is
right is not asked: keys are counted, not judgement. The mails are read beforehand.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from tests.corpus.mails import write_corpus
from tests.intake.builders import Installation
from tests.review.screenshots import ROOT
from tests.review.site_running import NAME, PASSWORD, browser, site_of

REASON = "seen on form"


@dataclass
class Cleared:
    """What one case took."""

    reference: str
    findings: int
    keys: int = 0
    clicks: int = 0
    typed: int = 0  # characters of reasons
    seconds: float = 0.0
    verdict: str = ""
    released: bool = False


class Officer:
    """One who works a page by keys, or by the mouse alone."""

    def __init__(self, page: Page, *, by_mouse: bool) -> None:
        self.page, self.by_mouse = page, by_mouse
        self.doing = Cleared("", 0)

    def press(self, key: str, *, leads_on: bool = True) -> None:
        """``leads_on``: another page comes of it."""
        self.doing.keys += 1
        self._done(lambda: self.page.keyboard.press(key), leads_on)

    def click(self, where: str, *, leads_on: bool = True) -> None:
        self.doing.clicks += 1
        self._done(lambda: self.page.locator(where).first.click(), leads_on)

    def _done(self, act: Callable[[], object], leads_on: bool) -> None:
        if leads_on:
            with self.page.expect_navigation():
                act()
            self.page.wait_for_load_state("load")
        else:
            act()
            self.page.wait_for_timeout(200)  # the page of a paper that it brings up

    def clear(self) -> Cleared:
        """The case on the screen: each finding for staff answered, the letter released, on to the next."""
        page = self.page
        staff = page.locator(".finding.staff")
        self.doing = Cleared(page.url.split("?")[0].rsplit("/", 1)[-1], staff.count())
        began = time.monotonic()
        for _ in range(60):
            if not staff.count():
                break
            self._answer(staff.first.locator(".other form button").count() > 0, staff.first.locator("form.confirm button").count() > 0)
        self.doing.verdict = page.locator(".verdict").inner_text()
        self.click("[data-hotkey=l]") if self.by_mouse else self.press("l")
        if page.locator("[data-hotkey=s]").count():
            self.click("[data-hotkey=s]") if self.by_mouse else self.press("s")
            self.doing.released = page.locator(".said.done").count() > 0
        self.click("[data-hotkey=g]") if self.by_mouse else self.press("g")
        self.doing.seconds = time.monotonic() - began
        return self.doing

    def _answer(self, offered: bool, read: bool) -> None:
        first = ".finding.staff >> nth=0 >> "
        if self.by_mouse and (offered or read):
            self.click(first + (".other form button" if offered else "form.confirm button"))
            return
        if self.by_mouse:
            self.click(first + "details.overrule summary", leads_on=False)
        else:
            self.press("n", leads_on=False)
            if offered or read:
                key, there = ("u", ".other form") if offered else ("c", "form.confirm")
                if not self.page.locator(f".line.chosen {there}").count():
                    self.press(key, leads_on=False)  # brings up the value of this finding that can be answered so
                self.press(key)
                return
            self.press("o", leads_on=False)
        self.page.keyboard.type(REASON)
        self.doing.typed += len(REASON)
        self.click(first + "details.overrule button") if self.by_mouse else self.press("Enter")


def worked(house: Installation, *, by_mouse: bool) -> None:
    """Every flagged case of an installation, one after the other; prints what each took."""
    with site_of(house.settings) as address, browser() as chromium:
        page = chromium.new_context(viewport={"width": 1280, "height": 860}, locale="en-GB").new_page()
        page.goto(address)
        page.locator("#name").fill(NAME)
        page.locator("#password").fill(PASSWORD)
        page.locator("main button").click()
        page.goto(f"{address}/queues/flagged", wait_until="networkidle")
        waiting = page.locator("table.list tbody tr").count()
        page.locator("table.list tbody a").first.click()
        page.wait_for_load_state("networkidle")
        officer = Officer(page, by_mouse=by_mouse)
        cleared: list[Cleared] = []
        while len(cleared) < waiting and "/cases/" in page.url:
            cleared.append(officer.clear())
            print(cleared[-1])
        page.goto(f"{address}/queues/flagged")
        left = page.locator("table.list tbody tr").count()
    print("by mouse" if by_mouse else "by keys")
    for name in ("findings", "keys", "clicks", "typed", "seconds"):
        of = [float(getattr(each, name)) for each in cleared]
        print(f"{name}: median {statistics.median(of):.1f}, most {max(of):.1f}")
    print(f"{len(cleared)} cases, {sum(each.released for each in cleared)} letters released, {left} left in the queue")


def main(count: int, seed: int) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        write_corpus(place / "mails", count=count, seed=seed, media=("digital", "digital", "scan", "photo"), looks=False)
        house = Installation(place / "keys", {"outgoing": {"mode": "approve"}})
        files = [*sorted((ROOT / "docs" / "sample-mailbox").glob("*.eml")), *sorted((place / "mails").glob("*.eml"))]
        house.deliver(*(file.read_bytes() for file in files))
        print(f"{house.run()} mails read")
        shutil.copytree(place / "keys", place / "mouse")
        worked(house, by_mouse=False)
        worked(Installation(place / "mouse", house.changes), by_mouse=True)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--count", type=int, default=16)
    asked.add_argument("--seed", type=int, default=9950)
    given = asked.parse_args()
    main(given.count, given.seed)
