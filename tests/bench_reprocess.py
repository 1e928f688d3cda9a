"""What it costs to decide an archive again: nothing changed, rules changed, catalogue changed, never seen.  python -m tests.bench_reprocess

Digital applications with all their papers, each sent several times with another Message-ID. Rates are applications a core-second: this process and
all its children, without what a run takes to begin (``start_s``: settings, programme, letters). The last part goes through
many small mails whose extracts are put into the memory beforehand, to see the parent's memory.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from intake.mail_reading import MailRead
from intake.reprocessing import opened, reprocess
from intake.sources import SETTLED_S
from parsers.mail import read_message
from parsers.values import Application, Read
from tests.intake.builders import ROOT, Installation, an_application, enquiry

_APPLICANT = {"applicant.br_number": "{:08}", "factory.name": "Factory {}", "factory.uscc": "91440000{:010}", "contact.email": "office@a{}.example"}


@contextmanager
def quiet() -> Iterator[StringIO]:
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()):
        yield out


def core_seconds() -> float:
    return sum(u.ru_utime + u.ru_stime for u in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)))


def resident_mb() -> float:
    """What this process holds now, in MB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


class House(Installation):
    """An installation with a programme of its own, to change."""

    def __init__(self, path: Path, workers: int = 1) -> None:
        programme = path / "programme"
        shutil.copytree(ROOT / "programmes" / "cppp", programme)
        super().__init__(path, {"programme": {"path": programme}, "extraction": {"workers": workers}})

    def change(self, file: str, pattern: str, new: str) -> None:
        path = self.path / "programme" / file
        before = path.read_text("utf-8")
        after = re.sub(pattern, new, before, count=1)
        assert after != before, (file, pattern)
        path.write_text(after, "utf-8")


def start_s(house: House) -> tuple[float, float]:
    """Core-seconds and seconds of a reprocess of nothing."""
    nothing = house.path / "nothing"
    nothing.mkdir(exist_ok=True)
    with quiet():
        before, started = core_seconds(), time.monotonic()
        reprocess([nothing], settings=house.settings, since=None, report=None, send_replies=False)
        return core_seconds() - before, time.monotonic() - started


def rate(house: House, archive: Path, applications: int) -> tuple[float, float, dict[str, int]]:
    """Applications a core-second and a second of one reprocess, and its outcomes."""
    start, start_wall = start_s(house)
    with quiet():
        before, started = core_seconds(), time.monotonic()
        report = house.path / "report.jsonl"
        reprocess([archive], settings=house.settings, since=None, report=report, send_replies=False)
        used, wall = core_seconds() - before - start, time.monotonic() - started - start_wall
    outcomes: dict[str, int] = {}
    for line in report.read_text("utf-8").splitlines():
        outcome = json.loads(line)["outcome"]
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    return applications / used, applications / wall, outcomes


def write_archive(folder: Path, applications: int, copies: int) -> int:
    """Applications by different people, each sent ``copies`` times. How many mails."""
    folder.mkdir()
    for seed in range(applications):
        applying = an_application(seed + 300)
        for copy in range(copies):
            mail = applying.mail(copy, message_id=f"<{seed}.{copy}@applicant.example>")
            (folder / f"{seed:03}-{copy:03}.eml").write_bytes(mail)
    return applications * copies


def decided_again(path: Path, *, applications: int = 6, copies: int = 10, workers: int = 2) -> dict[str, float]:
    """Rates on real mails with real papers."""
    house = House(path)
    archive = path / "archive"
    count = write_archive(archive, applications, copies)
    time.sleep(SETTLED_S + 0.5)
    found: dict[str, float] = {
        "mails": count,
        "megabytes": sum(file.stat().st_size for file in archive.iterdir()) / 1e6,
        "start_s": start_s(house)[0],
    }

    def measure(name: str, wanted: str, prepare: Callable[[], object] = lambda: None) -> None:
        prepare()
        found[name], found[f"{name}_wall"], outcomes = rate(house, archive, count)
        print(f"{name}: {found[name]:.1f} a core-second, {found[f'{name}_wall']:.1f} a second", file=sys.stderr, flush=True)
        assert outcomes == {wanted: count}, (name, outcomes)

    measure("cold_digital", "new")
    measure("nothing_changed", "unchanged")
    measure("rules_changed", "changed", lambda: house.change("editions.toml", r"\b45_?000\b", "1_000"))
    measure("words_changed", "unchanged", lambda: house.change("mail.toml", r'"enquiry",', '"enquiry", "an enquiry of mine",'))
    measure("catalogue_changed", "unchanged", lambda: house.change("documents.toml", r"title = \[", 'title = ["Paper of no office",'))
    house.changes["extraction"] = {"workers": workers}
    measure(f"catalogue_changed_{workers}_workers", "unchanged", lambda: house.change("documents.toml", "Paper of no office", "Paper of no house"))
    return found


def memory_over(path: Path, counts: tuple[int, ...] = (1_000, 10_000)) -> dict[str, float]:
    """Rates and the parent's memory over many mails, their extracts put into the memory beforehand."""
    house = House(path)
    archive = path / "archive"
    archive.mkdir()
    found: dict[str, float] = {}
    made = 0
    for count in counts:
        _add_mails(house, archive, made, count)
        made = count
        time.sleep(SETTLED_S + 0.5)
        found[f"new_of_{count}"], _, _ = rate(house, archive, count)
        found[f"resident_mb_new_{count}"] = resident_mb()
        found[f"nothing_changed_of_{count}"], _, outcomes = rate(house, archive, count)
        found[f"resident_mb_again_{count}"] = resident_mb()
        assert outcomes == {"unchanged": count}, outcomes
        print(json.dumps(found), file=sys.stderr)
    return found


def _add_mails(house: House, archive: Path, first: int, last: int) -> None:
    with quiet(), opened(house.settings) as handler:
        workshop = handler.workshop
        assert workshop.memory is not None
        model = workshop.read(an_application().mail())
        assert model.application is not None
        for number in range(first, last):
            mail = enquiry(number, message_id=f"<{number}@applicant.example>", subject="Application")
            (archive / f"{number:06}.eml").write_bytes(mail)
            read = MailRead(read_message(mail), (), _of_another(model.application, number), model.classified)
            workshop.memory.keep(hashlib.sha256(mail).hexdigest(), read, workshop.programme.mail_words)


def _of_another(application: Application, number: int) -> Application:
    """The same application by another applicant."""
    fields: Mapping[str, Any] = {
        key: field.model_copy(update={"value": _APPLICANT[key].format(number)}) if key in _APPLICANT and isinstance(field, Read) else field
        for key, field in application.fields.items()
    }
    documents = tuple(
        document.model_copy(update={"sha256": hashlib.sha256(f"{number} {document.part}".encode()).hexdigest()}) for document in application.documents
    )
    return application.model_copy(update={"fields": fields, "documents": documents})


def figures(*, applications: int = 6, copies: int = 10, counts: tuple[int, ...] = (1_000, 10_000)) -> dict[str, float]:
    """Everything that is measured, by name."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        return {**decided_again(Path(one), applications=applications, copies=copies), **(memory_over(Path(two), counts) if counts else {})}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--applications", type=int, default=6)
    options.add_argument("--copies", type=int, default=10)
    options.add_argument("--counts", type=int, nargs="*", default=[1_000, 10_000], help="mails over which memory is measured")
    given = options.parse_args()
    for name, value in figures(applications=given.applications, copies=given.copies, counts=tuple(given.counts)).items():
        print(f"{name:36} {value:10.1f}")


if __name__ == "__main__":
    main()
