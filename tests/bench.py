"""The benchmark: our reading beside pytesseract and OCRmyPDF on the same papers, in one run, against the targets.  python -m tests.bench

The reference application is one mail with a PDF form that holds its values and three two-page scans at 200 dpi (English, bilingual, Simplified),
once with supporting papers and once with forms, the densest pages that there are. ``v`` is the share of the scans' values that stand exactly
in the text read. All readers run on one thread; core-seconds count all processes. Ours is measured as the service runs it, its models loaded.

In pieces, each a few minutes:  --runs 1 --parts reading, then --parts memory answers, then --parts reprocessing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from intake.pipeline import consider_mail
from intake.settings import load_settings
from intake.workshop import Workshop, open_workshop
from parsers.read_limits import ReadLimits
from parsers.sandbox import Reader
from parsers.values import FileKind, FileRead
from replies.policy import Ours
from tests import bench_answer, bench_reprocess
from tests.bench_papers import Scan, reference_mail, scanned_forms, scanned_papers
from tests.bench_readers import core_seconds, memory_watched, naive, ocrmypdf
from tests.corpus.degrade import as_pdf

DECISIONS = 50
MANY_PAGES = 30
Figures = dict[str, float]
# name: (target, whether more is better); the figures are named <papers>_<what>.
TARGETS: dict[str, tuple[float, bool]] = {
    **{f"{papers}_ratio_of_naive": (1 / 3, False) for papers in ("papers", "forms")},
    **{f"{papers}_times_ocrmypdf": (6.0, True) for papers in ("papers", "forms")},
    **{f"{papers}_v_{language}": (0.97, True) for papers in ("papers", "forms") for language in ("en", "zh_hant", "zh_hans")},
    "worker_peak_mb": (900.0, False),
    "answer_form_s": (3.0, False),
    "answer_form_and_2_papers_s": (3.0, False),
    "rules_changed": (100.0, True),
}
PARTS = ("reading", "memory", "answers", "reprocessing")


class _Known:
    """Answers from what was read before: what a reprocess after a rule change does."""

    def __init__(self, workshop: Workshop) -> None:
        self._reader = workshop.reader
        self._known: dict[str, FileRead] = {}

    def read(self, data: bytes, kind: FileKind) -> FileRead:
        key = hashlib.sha256(data).hexdigest()
        if key not in self._known:
            self._known[key] = self._reader.read(data, kind)
        return self._known[key]


def one_kind(workshop: Workshop, name: str, scans: list[Scan], seed: int) -> Figures:
    """All readers on the same scans."""
    mail = reference_mail(scans, seed)
    pages = 2 * len(scans)
    naive_s, naive_texts = core_seconds(lambda: naive(scans))
    ours_s, read = core_seconds(lambda: workshop.read(mail))
    other_s, other_texts = core_seconds(lambda: ocrmypdf(scans))
    texts = {item.part.name: " ".join(word.text for page in item.file.pages for word in page.words) for item in read.reads}
    found = {
        "naive_core_s": naive_s,
        "ours_core_s": ours_s,
        "ratio_of_naive": ours_s / naive_s,
        "ours_pages_per_core_minute": 60 * pages / ours_s,
    }
    if other_texts is not None:
        found |= {"ocrmypdf_pages_per_core_minute": 60 * pages / other_s, "times_ocrmypdf": other_s / ours_s}
    for number, scan in enumerate(scans):
        found[f"v_{scan.language}"] = scan.share(texts[f"paper{number}.pdf"])
        found[f"naive_v_{scan.language}"] = scan.share(naive_texts[scan.language])
        if other_texts is not None:
            found[f"ocrmypdf_v_{scan.language}"] = scan.share(other_texts[scan.language])
    return {f"{name}_{figure}": value for figure, value in found.items()}


def decisions_per_core_second(workshop: Workshop, mail: bytes) -> float:
    """Applications a second on one core where nothing needs reading again: papers, fields, rules, letter."""
    knowing = replace(workshop, reader=_Known(workshop))
    read = knowing.read(mail)
    spent, _ = core_seconds(lambda: [consider_mail(read, knowing.circumstances()) for _ in range(DECISIONS)])
    return DECISIONS / spent


def worker_memory(scans: list[Scan]) -> Figures:
    """MB of one worker over a file of many pages, dense and light in turn: the most, and over its second half against its first."""
    pictures = [picture for scan in scans for picture in scan.pictures()]
    file = as_pdf([pictures[number % len(pictures)] for number in range(MANY_PAGES)], 200)
    with Reader(1, ReadLimits()) as reader:
        reader.read(scans[0].pdf, FileKind.PDF)
        with memory_watched() as seen:
            reader.read(file, FileKind.PDF)
    half = seen[: len(seen) // 2]
    return {"worker_peak_mb": max(seen), "worker_growth_mb": max(seen) - max(half, default=0.0)}


def measured(runs: int, until: float) -> list[Figures]:
    """A row of figures for each run; none is begun that would not be over by ``until`` (monotonic seconds), but the first."""
    rows = []
    with open_workshop(load_settings(None, {"INTAKE_EXTRACTION__WORKERS": "1"}), ours=Ours()) as workshop:
        say("loading the models")
        workshop.read(reference_mail(scanned_papers(1)[:1], 1))
        for run in range(runs):
            began = time.monotonic()
            papers, forms = scanned_papers(300 + 10 * run), scanned_forms(100 + 10 * run)
            row: Figures = {}
            for name, scans in (("papers", papers), ("forms", forms)):
                say(f"run {run + 1} of {runs}: {name}")
                row |= one_kind(workshop, name, scans, 200 + run)
            rows.append(row | {"decisions_per_core_s": decisions_per_core_second(workshop, reference_mail(papers, 200 + run))})
            if run + 1 < runs and 2 * time.monotonic() - began > until:
                say(f"no time for more than {run + 1} of {runs} runs")
                break
    return rows


def say(what: str) -> None:
    """A line of progress."""
    print(what, file=sys.stderr, flush=True)


def verdict(name: str, value: float | None) -> tuple[str, str]:
    """The target and whether it is met, as words for the table."""
    if name not in TARGETS:
        return "", ""
    target, more = TARGETS[name]
    shown = f"{'>=' if more else '<='} {target:.2f}"
    if value is None:
        return shown, "not measured"
    return shown, "met" if (value >= target if more else value <= target) else "NOT MET"


def once(parts: list[str]) -> Figures:
    """What is measured once, whatever the number of runs."""
    found: Figures = {}
    if "memory" in parts:
        say(f"memory over {MANY_PAGES} pages")
        found |= worker_memory(scanned_forms(100) + scanned_papers(300))
    if "answers" in parts:
        say("answers of an idle service")
        found |= bench_answer.figures()
    if "reprocessing" in parts:
        say("reprocessing")
        found |= bench_reprocess.figures()
    return {key: round(value, 3) for key, value in found.items()}


def table_of(medians: Figures, rows: list[Figures]) -> Table:
    """Every figure with its spread, its target, and whether that is met."""
    table = Table("figure", "median", "least", "most", "target", "")
    for key in (*medians, *(name for name in TARGETS if name not in medians)):
        value, values = medians.get(key), [row[key] for row in rows if key in row]
        spread = (f"{min(values):.2f}", f"{max(values):.2f}") if values else ("", "")
        table.add_row(key, "-" if value is None else f"{value:.2f}", *spread, *verdict(key, value))
    return table


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--out", type=Path, default=Path("bench.json"))
    options.add_argument("--runs", type=int, default=3, help="of the readers side by side; 1 takes some three minutes")
    options.add_argument("--minutes", type=float, default=7.0, help="after which no further run is begun")
    options.add_argument("--parts", nargs="*", choices=PARTS, default=list(PARTS), help="the figures of the other parts stay as they stand in --out")
    given = options.parse_args()
    os.environ["OMP_THREAD_LIMIT"] = "1"
    before = json.loads(given.out.read_text("utf-8")) if len(given.parts) < len(PARTS) and given.out.exists() else {"median": {}, "runs": []}
    rows = measured(given.runs, time.monotonic() + 60 * given.minutes) if "reading" in given.parts else before["runs"]
    medians = {key: round(statistics.median(row[key] for row in rows), 3) for key in rows[0]} if rows else {}
    medians = {**before["median"], **medians, **once(given.parts)}
    targets = {name: {"target": target, "met": verdict(name, medians.get(name))[1] == "met"} for name, (target, _) in TARGETS.items()}
    given.out.write_text(json.dumps({"median": medians, "targets": targets, "runs": rows}, indent=1) + "\n", "utf-8")
    Console(width=120).print(table_of(medians, rows))
    print(f"written to {given.out}")


if __name__ == "__main__":
    main()
