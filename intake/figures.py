"""The figures that `/metrics` gives: what is on record, counted when somebody asks, and what this process has seen since its start."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from intake.dependencies import Dependencies
from intake.health import Hearts
from parsers.values import FileRead
from storage.database import Database
from storage.errors import StorageError
from storage.figures import Counts, counts_of

_SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300)
_LOST = ("timeout", "crashed", "too_complex")
_KEPT_S = 2.0  # scrapers in a hurry cost the record one count


disable_created_metrics()  # type: ignore[no-untyped-call]


class Figures:
    """Counters of this process and counts of the record. Thread-safe."""

    def __init__(self, dependencies: Dependencies, hearts: Hearts) -> None:
        self._dependencies, self._hearts = dependencies, hearts
        self._database: Database | None = None
        self._asking = threading.Lock()
        self._counted: tuple[float, Counts | None] = (float("-inf"), None)
        self.registry = CollectorRegistry()
        self._stages = Histogram("intake_stage_seconds", "Seconds that a step took", ["stage"], buckets=_SECONDS, registry=self.registry)
        self._pages = Counter("intake_pages_read", "Pages read, by how", ["method"], registry=self.registry)
        self._lost = Counter("intake_reading_children_lost", "Reading children that a file broke, or that were ended", registry=self.registry)
        self.registry.register(_OfTheRecord(self))

    def watch(self, database: Database) -> None:
        """The record that is counted."""
        self._database = database

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measures the block as a step of that name."""
        started = time.monotonic()
        try:
            yield
        finally:
            self._stages.labels(name).observe(time.monotonic() - started)

    def count_file(self, file: FileRead) -> None:
        """A file was read."""
        self._stages.labels("read").observe(file.seconds)
        for page in file.pages:
            self._pages.labels(page.source).inc()
        if file.outcome in _LOST:
            self._lost.inc()

    @property
    def has_record(self) -> bool:
        """Whether the record answers."""
        return self.counts() is not None

    def text(self) -> bytes:
        """All figures in the text format of Prometheus."""
        return generate_latest(self.registry)

    def counts(self) -> Counts | None:
        """What is on record; None where it is out of reach."""
        with self._asking:
            at, counts = self._counted
            if time.monotonic() - at > _KEPT_S:
                self._counted = (time.monotonic(), counts := self._ask())
            return counts

    def _ask(self) -> Counts | None:
        if self._database is None:
            return None
        try:
            with self._database.reading() as tx:
                return counts_of(tx)
        except StorageError:
            return None

    def collect(self) -> Iterable[Metric]:
        """What is counted at the moment of asking."""
        counts, now = self.counts(), datetime.now(UTC)
        age = self._hearts.poll_age_s
        yield _gauge("intake_last_good_poll_age_seconds", "Age of the last good poll of the mailbox", -1.0 if age is None else age)
        yield _gauge("intake_resident_bytes", "Memory of the service itself, without its reading processes", _resident_bytes())
        out = GaugeMetricFamily("intake_out_of_reach_tries", "Tries in vain to reach what the service depends on", labels=["dependency"])
        for name, dependency in list(self._dependencies.all.items()):
            out.add_metric([name], dependency.outage.tries if dependency.outage else 0)
        yield out
        if counts is None:
            return
        yield _family("intake_arrivals", "Mails on record, by class, or by state while undecided", "class", counts.arrivals)
        yield _family("intake_decisions", "Applications, by verdict", "verdict", counts.verdicts)
        yield _family("intake_letters", "Letters, by state", "state", counts.letters)
        yield _gauge("intake_oldest_waiting_arrival_seconds", "Age of the oldest mail that is not decided", _age(counts.oldest_waiting, now))
        yield _gauge("intake_oldest_due_letter_seconds", "How long the oldest letter is overdue", _age(counts.oldest_due, now))


class _OfTheRecord:
    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterable[Metric]:
        return self._figures.collect()

    def describe(self) -> Iterable[Metric]:
        return ()


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)


def _family(name: str, words: str, label: str, values: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())


def _resident_bytes() -> float:
    for line in Path("/proc/self/status").read_text("ascii", "replace").splitlines():
        if line.startswith("VmRSS:"):
            return float(line.split()[1]) * 1024
    return 0.0
