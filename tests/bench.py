"""The benchmark: our reading beside the usual pipeline on the same papers, in one run.  python -m tests.bench [--out bench.json]

The reference application: one mail, one PDF form with values, three two-page scans at 200 dpi (English, Traditional, Simplified). ``v`` is the
share of the scans' values that stand exactly in what was read. Core-seconds count this process and all its children.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pypdfium2
import pytesseract
from rich.console import Console
from rich.table import Table

from intake.pipeline import MailRead, consider_mail
from intake.settings import load_settings
from intake.workshop import Workshop, open_workshop
from parsers.folding import fold_key
from parsers.values import FileKind, FileRead
from replies.policy import Ours
from tests.corpus import degrade, forms, people

DPI = 200
LANGUAGES = "eng+chi_tra+chi_sim"
DECISIONS = 50


@dataclass(frozen=True)
class Scan:
    """A scanned form of two pages, and the values that are printed on it."""

    language: str
    pdf: bytes
    values: tuple[str, ...]


def scans(seed: int) -> list[Scan]:
    """Three scans, one a script."""
    made = []
    for number, (language, connection) in enumerate((("en", "hk_factory"), ("zh_hant", "hk_factory"), ("zh_hans", "gd_wholly_owned"))):
        dice = random.Random(seed + number)
        applicant = people.invent(dice, form="B", connection=connection, language=language)
        pdf, _ = forms.printed_official(applicant, dice)
        pictures = [degrade.scanned(page, dice) for page in degrade.pictures_of(pdf, DPI)]
        values = tuple(forms.printed(key, value) for key, value in applicant.values.items() if key in forms.WIDGETS)
        made.append(Scan(language, degrade.as_pdf(pictures, DPI), values))
    return made


def reference_mail(papers: list[Scan], seed: int) -> bytes:
    """The reference application as a mail."""
    dice = random.Random(seed)
    applicant = people.invent(dice, form="B", connection="gd_wholly_owned", language="en")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "office@applicant.example", "apply@secretariat.example", "Application"
    mail["Date"], mail["Message-ID"] = "Mon, 03 Mar 2025 10:00:00 +0800", f"<bench.{seed}@applicant.example>"
    mail.set_content("Please find enclosed our application form and supporting documents.")
    mail.add_attachment(forms.acroform(applicant, dice), "application", "pdf", filename="form.pdf")
    for number, paper in enumerate(papers):
        mail.add_attachment(paper.pdf, "application", "pdf", filename=f"paper{number}.pdf")
    return mail.as_bytes()


def core_seconds(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Core-seconds and wall seconds of a piece of work whose children end with it, and its result."""

    def used() -> float:
        return sum(u.ru_utime + u.ru_stime for u in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)))

    before, started = used(), time.monotonic()
    result = work()
    return used() - before, time.monotonic() - started, result


def naive(papers: list[Scan]) -> dict[str, float]:
    """pytesseract as everybody calls it, on every page of the scans; one thread. The share of values found, by language."""
    found = {}
    for paper in papers:
        document = pypdfium2.PdfDocument(paper.pdf)
        text = "".join(pytesseract.image_to_string(page.render(scale=DPI / 72).to_pil(), lang=LANGUAGES) for page in document)
        found[paper.language] = share(paper, text)
    return found


def ours(mail: bytes, workers: int) -> MailRead:
    """The whole application through the sandboxed reader, from nothing to everything read."""
    settings = load_settings(None, {"INTAKE_EXTRACTION__WORKERS": str(workers)})
    with open_workshop(settings, ours=Ours()) as workshop:
        return workshop.read(mail)


def share(paper: Scan, text: str) -> float:
    key = fold_key(text)
    return sum(fold_key(value) in key for value in paper.values) / len(paper.values)


class _Remembered:
    """Answers from what was read before: what a reprocess after a rule change does."""

    def __init__(self, mail: MailRead) -> None:
        self._known = {item.part.sha256: item.file for item in mail.reads}

    def read(self, data: bytes, kind: FileKind) -> FileRead:
        import hashlib

        return self._known[hashlib.sha256(data).hexdigest()]


def decisions_a_second(mail: bytes, read: MailRead) -> float:
    """Applications a second on one core where nothing needs reading again: MIME, papers, fields, rules, letter."""
    with open_workshop(load_settings(None, {}), ours=Ours()) as opened:
        workshop = Workshop(opened.settings, opened.programme, _Remembered(read), opened.office, opened.ours)
        workshop.consider(mail)
        spent, _, _ = core_seconds(lambda: [consider_mail(read, workshop.circumstances()) for _ in range(DECISIONS)])
    return DECISIONS / spent


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--out", type=Path, default=Path("bench.json"))
    options.add_argument("--runs", type=int, default=3)
    given = options.parse_args()
    os.environ["OMP_THREAD_LIMIT"] = "1"
    rows: list[dict[str, float]] = []
    for run in range(given.runs):
        print(f"run {run + 1} of {given.runs}", file=sys.stderr, flush=True)
        papers = scans(100 + run)
        mail = reference_mail(papers, 200 + run)
        naive_core, naive_wall, naive_found = core_seconds(lambda papers=papers: naive(papers))  # type: ignore[misc]
        ours_core, ours_wall, read = core_seconds(lambda mail=mail: ours(mail, 2))  # type: ignore[misc]
        texts = {item.part.name: " ".join(word.text for page in item.file.pages for word in page.words) for item in read.reads}
        row = {
            "naive_core_seconds": naive_core, "naive_wall_seconds": naive_wall, "ours_core_seconds": ours_core, "ours_wall_seconds": ours_wall,
            "ratio": naive_core / ours_core, "decisions_per_core_second": decisions_a_second(mail, read),
        }  # fmt: skip
        for number, paper in enumerate(papers):
            row[f"naive_v_{paper.language}"] = naive_found[paper.language]
            row[f"ours_v_{paper.language}"] = share(paper, texts[f"paper{number}.pdf"])
        rows.append(row)
    medians = {key: round(statistics.median(row[key] for row in rows), 3) for key in rows[0]}
    given.out.write_text(json.dumps({"median": medians, "runs": rows}, indent=1) + "\n", "utf-8")
    table = Table("figure", "median", "least", "most")
    for key, value in medians.items():
        table.add_row(key, f"{value:.2f}", f"{min(r[key] for r in rows):.2f}", f"{max(r[key] for r in rows):.2f}")
    Console().print(table)
    print(f"written to {given.out}")


if __name__ == "__main__":
    main()
