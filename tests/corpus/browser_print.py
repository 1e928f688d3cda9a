"""HTML printed to PDF by a browser: a second maker of papers, with other fonts, line breaking and PDF habits than reportlab's."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path


def browser() -> str | None:
    """The browser of this machine, if there is one."""
    return shutil.which("chromium") or shutil.which("google-chrome")


def printed_page(html: str) -> bytes:
    """The page as a PDF, with the paper size that its style sheet asks for. Nothing is loaded from outside; the pages hold no scripts."""
    program = browser()
    if program is None:
        raise RuntimeError("no browser here to print with")
    with tempfile.TemporaryDirectory() as folder:
        page, out = Path(folder) / "page.html", Path(folder) / "page.pdf"
        page.write_text(html, "utf-8")
        command = [program, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
        command += ["--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={folder}/profile", f"--print-to-pdf={out}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return out.read_bytes()
