"""How fast the staff site answers with many cases on record: each page asked for as a browser asks, in milliseconds on the server.

python -m tests.review.measure_site [--cases 10000] [--database postgresql+psycopg://…] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi.testclient import TestClient
from sqlmodel import col, update

from intake.programme import load_programme
from parsers.drawing import Artist
from parsers.mail import read_message
from parsers.page_drawing import CannotDraw
from parsers.values import FileKind
from review.desk import Desk, PagePicture, WorkError
from review.site import make_site
from storage.blobs import BlobStore
from storage.cases import current_run
from storage.database import Database, open_database
from storage.references import reference_of
from storage.rows import ArrivalRow, RunRow
from storage.search import catch_up
from storage.staff import add_login, login
from storage.values import StaffRole
from tests.corpus import forms
from tests.intake.builders import an_application
from tests.review.conftest import HASH, PASSWORD, Hands
from tests.review.many_cases import fill_many
from tests.review.visiting import log_in
from tests.storage.build import NOW

TIMES = 9
_TARGETS = {"queue": 100, "search": 200, "case": 300, "dashboard": 1000, "learning": 1000, "picture, cold": 200, "picture, cached": 20}


class DrawingHands(Hands):
    """As the real service draws pages: in a limited process that stays ready."""

    def __init__(self, blobs: BlobStore, database: Database, artist: Artist) -> None:
        super().__init__(blobs, database)
        self._artist = artist

    def picture(self, data: bytes, kind: FileKind, page: int, dpi: int) -> PagePicture:
        try:
            drawn = self._artist.draw(data, kind, page, dpi)
        except CannotDraw as error:
            raise WorkError(str(error)) from error
        return PagePicture(drawn.png, drawn.width, drawn.height)


def measured(act: Callable[[int], object], times: int = TIMES) -> tuple[float, float]:
    """Median milliseconds of the clock and of this process, over so many tries; each try is given its number."""
    took = []
    for number in range(times):
        cpu, clock = time.process_time(), time.perf_counter()
        act(number)
        took.append((time.perf_counter() - clock, time.process_time() - cpu))
    clock, cpu = (sorted(each)[times // 2] * 1000 for each in zip(*took, strict=True))
    return clock, cpu


@contextmanager
def filled(url: str, blobs: BlobStore, number: int, papers: int) -> Iterator[tuple[Database, str, str]]:
    """A record of so many cases (made, where it is empty), with one case whose form is a real file: its reference and the file's hash."""
    database = open_database(url)
    case_id = number // 2 + 42
    with database.reading() as tx:
        ready = login(tx, "chan") is not None
    data = an_application().mail(form=forms.acroform(an_application().applicant, random.Random(8)))
    form = next(part for part in read_message(data).parts if part.kind is FileKind.PDF)
    if not ready:
        began = time.process_time()
        fill_many(database, number, papers=papers)
        print(f"{number} cases filled in {time.process_time() - began:.1f} s CPU")
        began = time.process_time()
        taken = 1000
        while taken >= 1000:
            with database.transaction() as tx:
                taken = catch_up(tx, 1000)
        print(f"taken up for searching in {time.process_time() - began:.1f} s CPU")
        with database.transaction() as tx:
            add_login(tx, "chan", HASH, at=NOW, role=StaffRole.OFFICER)
            tx.execute(update(ArrivalRow).where(col(ArrivalRow.id) == case_id).values(sha256=blobs.keep(data)))
            run = current_run(tx, case_id)
            assert run is not None
            paper, *_ = run.application.documents
            there = run.application.model_copy(update={"documents": (paper.model_copy(update={"sha256": form.sha256, "part": form.path}),)})
            tx.execute(update(RunRow).where(col(RunRow.id) == run.id).values(application=there.model_dump_json()))
    with database.reading() as tx:
        run = current_run(tx, case_id)
    assert run is not None
    try:
        yield database, reference_of(2026, case_id), run.application.documents[0].sha256
    finally:
        database.close()


def main(number: int, url: str | None, folder: Path, papers: int) -> None:
    """Prints one row a page: the median of the clock, of the process's own time, and the target."""
    blobs = BlobStore(folder / "blobs")
    programme = load_programme()
    with filled(url or f"sqlite:///{folder}/intake.sqlite3", blobs, number, papers) as (database, reference, form), Artist() as artist:
        hands = DrawingHands(blobs, database, artist)
        desk = Desk(database, blobs, programme.catalogue, programme.name, hands, secret=b"s", clock=lambda: NOW)
        client = TestClient(make_site(desk), base_url="http://localhost", follow_redirects=False)
        log_in(client, "chan", PASSWORD)
        pages = [("queue", f"/queues/{name}") for name in ("flagged", "flagged?after=1000", "to_release", "reminders", "unknown_sender")]
        words = ("光明", "东莞鹤立", "bright dyeing", "10004242", "wong", "office77", "nothing such", "明", "CPPP-2026-04242")
        pages += [("search", f"/search?q={word}") for word in words]
        narrowed = ("光明&verdict=review", "bright&queue=flagged", "明&since=2026-01-01&until=2026-03-31", "&verdict=incomplete&kind=application")
        pages += [("search", f"/search?q={asked}") for asked in narrowed]
        pages += [("case", f"/cases/{reference}"), ("dashboard", "/dashboard"), ("learning", "/learning")]
        client.get(f"/cases/{reference}/files/{form}/1.png?close=true")  # the first page starts the artist's process
        for kind, page in pages:
            status = client.get(page).status_code
            told(kind, page, status, measured(lambda _, page=page: client.get(page)))  # type: ignore[misc]
        told("picture, cold", "a page of the form", 200, measured(lambda at: _drawn(client, f"/cases/{reference}/files/{form}/{at + 1}.png"), 2))
        told("picture, cached", "the same again", 200, measured(lambda _: _drawn(client, f"/cases/{reference}/files/{form}/1.png")))


def _drawn(client: TestClient, page: str) -> None:
    assert client.get(page).status_code == 200, page


def told(kind: str, page: str, status: int, took: tuple[float, float]) -> None:
    clock, cpu = took
    print(f"{kind:<16} {page:<46} {status} {clock:8.1f} ms {cpu:8.1f} ms CPU   target {_TARGETS[kind]}{'' if cpu < _TARGETS[kind] else '  MISSED'}")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--cases", type=int, default=10_000)
    asked.add_argument("--database", help="an empty database of a server; by default a new SQLite file")
    asked.add_argument("--keep", type=Path, help="a folder in which the record is kept for another measurement")
    asked.add_argument("--papers", type=int, default=4, help="papers of three pages that each case has beside its form")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = given.keep or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        main(given.cases, given.database, place, given.papers)
