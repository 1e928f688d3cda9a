"""Takes the pictures of the staff site that the README shows: the service reads the sample mailbox, the site is served, a browser looks at it.

python -m tests.review.screenshots [FOLDER]
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from tests.intake.builders import Installation
from tests.review.site_running import NAME, PASSWORD, browser, site_of

ROOT = Path(__file__).parents[2]
MOST_BYTES = 200_000


def main(folder: Path) -> None:
    """Writes the pictures into the folder, each below 200 KB."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        house = Installation(Path(temporary), {"outgoing": {"mode": "approve"}})
        house.deliver(*(mail.read_bytes() for mail in sorted((ROOT / "docs" / "sample-mailbox").glob("*.eml"))))
        print(f"{house.run()} mails read")
        with site_of(house.settings) as address, browser() as chromium:
            wide = chromium.new_context(viewport={"width": 1280, "height": 860}, locale="en-GB").new_page()
            _log_in(wide, address)
            _keep(wide, folder / "queue.png")
            wide.locator("table.list tbody a").first.click()
            wide.locator("svg.page image").wait_for()
            wide.wait_for_load_state("networkidle")
            _keep(wide, folder / "case.png")
            case = wide.url.split("?")[0].split("#")[0]
            wide.goto(f"{address}/queues/to_release")
            wide.locator("table.list tbody a").first.click()
            _keep(wide, folder / "letter.png")
            wide.goto(f"{address}/dashboard")
            _keep(wide, folder / "dashboard.png")
            phone = chromium.new_context(viewport={"width": 360, "height": 740}, device_scale_factor=2, locale="zh-HK").new_page()
            _log_in(phone, address)
            _keep(phone, folder / "phone-queue.png")
            phone.goto(case)
            phone.wait_for_load_state("networkidle")
            _keep(phone, folder / "phone-case.png")


def _log_in(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("#name").fill(NAME)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button").click()
    page.locator("nav.queues").wait_for()


def _keep(page: Page, file: Path) -> None:
    """In as many colours as fit the size: the site has few."""
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        whole = picture.convert("RGB")
    for colours in (256, 128, 64, 32):
        whole.quantize(colours, dither=Image.Dither.NONE).save(file, optimize=True)
        if file.stat().st_size < MOST_BYTES:
            break
    print(f"{file.name}: {file.stat().st_size / 1000:.0f} KB")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures")
