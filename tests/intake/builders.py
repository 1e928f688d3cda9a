"""Mails and installations made in the tests: small invented mails, a Maildir and an outbox folder of their own for each test."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlmodel import col, select

import tests
from intake.service import Service, open_service
from intake.settings import Settings
from parsers.read_file import read_file
from parsers.read_limits import ReadLimits
from parsers.values import FileKind, FileRead
from storage.database import Database, open_database
from storage.outbox import letters_in
from storage.register import status
from storage.rows import ArrivalRow
from storage.values import Arrival, Letter, LetterState
from tests.corpus import forms, papers
from tests.corpus.people import Applicant, invent

HONG_KONG = timezone(timedelta(hours=8))
OUR_ADDRESS = "apply@secretariat.example"
ROOT = Path(tests.__file__).parents[1]
MAILS = ROOT / "tests" / "mail"
SETTINGS_FILE = f'''
[outgoing]
from_address = "{OUR_ADDRESS}"
'''


def enquiry(
    number: int = 1,
    *,
    sender: str = "",
    subject: str = "Enquiry",
    text: str = "Dear Sir, may I ask which factories can apply for the programme? Thank you.",
    day: date = date(2024, 3, 5),
    headers: Mapping[str, str] | None = None,
    files: Mapping[str, bytes] | None = None,
    message_id: str = "",
) -> bytes:
    """A small mail; an enquiry unless it says something else."""
    mail = EmailMessage()
    when = datetime.combine(day, datetime.min.time(), HONG_KONG) + timedelta(hours=10, minutes=number % 60)
    mail["Received"] = f"from mx.applicant.example by mx.secretariat.example with ESMTPS id {number}; {when:%a, %d %b %Y %H:%M:%S %z}"
    mail["From"] = sender or f"person{number}@asking{number}.example"
    mail["To"] = OUR_ADDRESS
    mail["Subject"] = subject
    mail["Date"] = f"{when:%a, %d %b %Y %H:%M:%S %z}"
    mail["Message-ID"] = message_id or f"<{number}.asks@asking.example>"
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content(text)
    for name, data in (files or {}).items():
        kind = ("application", "pdf") if name.endswith(".pdf") else ("application", "octet-stream")
        mail.add_attachment(data, *kind, filename=name)
    return mail.as_bytes(policy=SMTP.clone(max_line_length=998))


@dataclass(frozen=True)
class Applying:
    """One invented applicant with the form and the papers, to be put into mails as a test needs them."""

    applicant: Applicant
    form: bytes
    papers: Mapping[str, bytes]  # by code; the quotations as quotation, quotation-2 ...

    @property
    def email(self) -> str:
        return str(self.applicant.values["contact.email"])

    def mail(self, number: int = 1, *, without: str = "", sender: str = "", form: bytes | None = None, **more: Any) -> bytes:
        """The application as a mail, ``without`` one of its papers."""
        files = {"application.pdf": form or self.form}
        files |= {f"{code}.pdf": data for code, data in self.papers.items() if code != without}
        text = "Dear Sir or Madam,\n\nPlease find enclosed our application form with supporting documents.\n\nYours faithfully,\nWong\n"
        given = {"subject": "Application under the CPPP", "text": text, "day": self.applicant.received_on, "files": files, **more}
        return enquiry(number, sender=sender or self.email, **given)


@cache
def an_application(seed: int = 8, **changes: Any) -> Applying:
    """A complete application for an on-site assessment of a factory in Hong Kong, all digital."""
    dice = random.Random(seed)
    applicant = invent(dice, form="A", connection="hk_factory", language="en").with_values(**changes)
    codes: dict[str, bytes] = {}
    for paper in papers.required_papers(applicant, dice):
        code = paper.kind if paper.kind not in codes else f"{paper.kind}-{len(codes)}"
        codes[code] = paper.pdf
    return Applying(applicant, forms.acroform(applicant, dice), codes)


class ReaderInProcess:
    """Reads files as the sandboxed reader does, but in this process and each bytes only once in the test run. ``poison``: bytes that break it."""

    remembered: dict[bytes, FileRead] = {}
    one_at_a_time = threading.Lock()  # pdfium is not made for threads; in service each file has a process of its own
    poison: bytes | None = None
    at_reading: Callable[[], None] = staticmethod(lambda: None)

    def __init__(self, workers: int, limits: ReadLimits) -> None:
        self._limits = limits

    def __enter__(self) -> ReaderInProcess:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        return None

    def read(self, data: bytes, kind: FileKind) -> FileRead:
        type(self).at_reading()
        if self.poison is not None and self.poison in data:
            raise ZeroDivisionError("poison")
        with self.one_at_a_time:
            if data not in self.remembered:
                self.remembered[data] = read_file(data, kind, self._limits)
            return self.remembered[data]


@dataclass
class Installation:
    """A service of its own in one folder: Maildir, database, blobs, outbox folder."""

    path: Path
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("cur", "new", "tmp"):
            (self.path / "data" / "maildir" / name).mkdir(parents=True, exist_ok=True)
        (self.path / "intake.toml").write_text(SETTINGS_FILE, encoding="utf-8")

    @property
    def settings(self) -> Settings:
        data = self.path / "data"
        sections: dict[str, dict[str, Any]] = {
            "mailbox": {"url": f"maildir:{data / 'maildir'}", "poll_seconds": 0.05},
            "outgoing": {"url": f"folder:{self.outbox}", "from_address": OUR_ADDRESS},
            "storage": {"database": f"sqlite:///{data / 'intake.sqlite3'}", "blobs": str(data / "blobs")},
            "review": {"secret_file": data / "review.secret"},
            "extraction": {"workers": 1},
        }
        for name, keys in self.changes.items():
            sections.setdefault(name, {}).update(keys)
        return Settings.model_validate(sections)

    @property
    def outbox(self) -> Path:
        return self.path / "data" / "outbox"

    @property
    def maildir(self) -> Path:
        return self.path / "data" / "maildir"

    def deliver(self, *mails: bytes) -> None:
        """Puts mails into the Maildir, as a mail server does; their names and times are in the order given."""
        for mail in mails:
            number = sum(1 for _ in self.maildir.rglob("*.test*"))
            file = self.maildir / "tmp" / f"{1_700_000_000 + number}.{number}.test"
            file.write_bytes(mail)
            os.utime(file, (1_700_000_000 + number,) * 2)
            file.rename(self.maildir / "new" / file.name)

    @contextmanager
    def service(self) -> Iterator[Service]:
        with open_service(self.settings, threading.Event()) as service:
            yield service

    def run(self) -> int:
        """One pass of the service; how many mails it decided."""
        with self.service() as service:
            return service.once()

    @contextmanager
    def database(self) -> Iterator[Database]:
        database = open_database(self.settings.storage.database)
        try:
            yield database
        finally:
            database.close()

    def arrivals(self) -> list[Arrival]:
        with self.database() as database, database.reading() as tx:
            rows = tx.session.exec(select(ArrivalRow).order_by(col(ArrivalRow.id))).all()
            return [Arrival.model_validate({name: getattr(row, name) for name in Arrival.model_fields}) for row in rows]

    def letters(self, *states: LetterState) -> tuple[Letter, ...]:
        with self.database() as database, database.reading() as tx:
            return letters_in(tx, *(states or tuple(LetterState)))

    def status(self) -> dict[str, Any]:
        with self.database() as database, database.reading() as tx:
            return dict(status(tx))

    def attention(self) -> list[str]:
        return [entry["kind"] for entry in self.status()["attention"]]

    def outbox_files(self) -> list[Path]:
        return sorted(self.outbox.glob("*.eml")) if self.outbox.exists() else []

    def command(self, *arguments: str, environment: Mapping[str, str] | None = None, **more: Any) -> subprocess.CompletedProcess[str]:
        """The `intake` command in the installation's folder, to its end."""
        environment = environment_of(environment)
        return subprocess.run(
            intake_command(*arguments), cwd=self.path, env=environment, capture_output=True, text=True, timeout=120, check=False, **more
        )

    @contextmanager
    def started(self, *arguments: str, environment: Mapping[str, str] | None = None, log: Path | None = None) -> Iterator[subprocess.Popen[str]]:
        """The `intake` command in the installation's folder, running while the block does. ``log``: a file for what it says, which is for one that
        runs long: a pipe that nobody reads is full after some hundred mails, and holds it up."""
        with (
            (log or Path(os.devnull)).open("w", encoding="utf-8") as said,
            subprocess.Popen(
                intake_command(*arguments), cwd=self.path, env=environment_of(environment), text=True,
                stdout=said if log else subprocess.PIPE, stderr=said if log else subprocess.PIPE,
            ) as process,
        ):  # fmt: skip
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.terminate()
                    process.communicate(timeout=30)


def intake_command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "intake.command_line", *arguments]


def environment_of(changes: Mapping[str, str] | None) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("INTAKE_")}
    return {**plain, "PYTHONPATH": str(ROOT), **(changes or {})}


def json_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]
