"""Progress of long work on standard error: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

LINE_EVERY_SECONDS = 10.0


class Progress:
    """Counts pieces of work done, how many a second, and how long the rest will take. Off a terminal: a line every ten seconds."""

    def __init__(self, title: str, total: int | None) -> None:
        self._title, self._total, self._done = title, total, 0
        self._console = Console(stderr=True)
        self._bar: Bar | None = None
        self._started = self._last_line = time.monotonic()

    def __enter__(self) -> Progress:
        if self._console.is_terminal:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TaskProgressColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(),
            )
            self._bar = Bar(*columns, console=self._console, transient=True)
            self._bar.start()
            self._task = self._bar.add_task(self._title, total=self._total, rate="")
        return self

    def step(self, what: str = "") -> None:
        """One piece is done; ``what`` names it."""
        self._done += 1
        if self._bar is not None:
            self._bar.update(self._task, advance=1, description=f"{self._title} {what}", rate=self.rate)
        elif time.monotonic() - self._last_line >= LINE_EVERY_SECONDS:
            self._last_line = time.monotonic()
            of = f" of {self._total}" if self._total else ""
            said = ", ".join(part for part in (f"{self._done}{of}", self.rate, self.left) if part)
            print(f"{self._title}: {said} {what}", file=sys.stderr, flush=True)

    @property
    def rate(self) -> str:
        """How many pieces a second so far, in words; empty before it can be told."""
        spent = time.monotonic() - self._started
        return f"{self._done / spent:.1f} a second" if self._done and spent > 0 else ""

    @property
    def left(self) -> str:
        """How long the rest takes at that rate, in words; empty where the whole is not known."""
        if not self._total or not self._done or self._done >= self._total:
            return ""
        seconds = (time.monotonic() - self._started) / self._done * (self._total - self._done)
        if seconds < 60:
            return f"{seconds:.0f} s left"
        hours, minutes = divmod(round(seconds / 60), 60)
        return f"{hours} h {minutes} min left" if hours else f"{minutes} min left"

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()
