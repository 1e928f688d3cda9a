"""A site over a small record: one flagged application with its mail, one held letter, an enquiry, a quarantined mail."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pikepdf
import pytest
from fastapi.testclient import TestClient
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from checks.values import Finding, Needs, Outcome, Verdict
from intake.programme import load_programme
from parsers.mail import read_message
from parsers.page_drawing import CannotDraw, draw_page
from parsers.read_limits import ReadLimits
from parsers.values import FileKind, FileRead, Language, Message, MessageClass, Words
from replies.values import NoReply, Reply, Template
from review.desk import Desk, Doing, Draft, PagePicture, WorkError
from review.site import make_site
from storage import arrivals, outbox
from storage.blobs import BlobStore
from storage.cases import arrivals_of, case_by_reference, record_run
from storage.database import Database, Transaction, open_database
from storage.staff import add_login
from storage.values import CaseKind, RunCause, StaffRole
from tests.intake.conftest import house
from tests.review.visiting import log_in
from tests.storage.build import NOW, application, decision, open_case, reply, sha

__all__ = ["house"]  # an installation of the service, for tests in a browser
PASSWORD = "correct horse battery"
HASH = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)).hash(PASSWORD)  # cheap: hundreds of tests log in
PROGRAMME = load_programme()


class Hands:
    """The service's hands as the site sees them, with a note of what was asked of them."""

    def __init__(self, blobs: BlobStore, database: Database | None = None) -> None:
        self._blobs, self._database = blobs, database
        self.asked: list[tuple[str, str]] = []
        self.broken = ""  # why the case cannot be decided

    def message(self, sha256: str) -> Message:
        return read_message(self._blobs.get(sha256))

    def picture(self, data: bytes, kind: FileKind, page: int, dpi: int) -> PagePicture:
        try:
            return PagePicture(*draw_page(data, kind, page, dpi, ReadLimits()))
        except CannotDraw as error:
            raise WorkError(str(error)) from error

    def read(self, data: bytes, kind: FileKind) -> FileRead:
        raise WorkError(f"not read: {kind.value}, {len(data)} bytes")

    def second_view(self, picture: bytes, dpi: int, *, chinese: bool) -> str:
        self.asked.append(("second view", f"{picture[:4]!r} {dpi} {chinese}"))
        return "A123456(3) 12345678"

    def act(self, doing: Doing, *, actor: str, skip_undecidable: bool = False) -> None:
        with self._transaction() as tx:
            references = doing(tx)
            if self.broken:
                raise WorkError(self.broken)
        self.asked += [("recheck", f"{reference} {actor}") for reference in references]

    def answer(self, reference: str) -> Reply | NoReply:
        self.asked.append(("answer", reference))
        return reply(template=Template.MISSING_ITEMS, cause=sha("c"))

    def release(self, reference: str, *, actor: str, reply: Reply, subject: str, text: str, doing: Doing) -> None:
        with self._transaction() as tx:
            doing(tx)
        self.asked.append(("release", f"{reference} {actor} {reply.template.value} {subject} {text[:20]}"))

    def draft(self, reference: str) -> Draft:
        with self._transaction() as tx:
            case = case_by_reference(tx, reference)
            mails = arrivals_of(tx, case.id) if case else ()
        if not mails:
            raise WorkError("nothing to answer")
        frame = "Dear Sir/Madam,\n\nYours faithfully,\n"
        return Draft("asker@asking.example", f"[{reference}] Programme", frame, Language.EN, mails[-1], "A question")

    def write(self, reference: str, *, draft: Draft, subject: str, text: str, doing: Doing) -> None:
        with self._transaction() as tx:
            doing(tx)
        self.asked.append(("write", f"{reference} {draft.to} {subject} {text[:40]}"))

    def remind(self, reference: str, *, actor: str) -> None:
        self.asked.append(("remind", f"{reference} {actor}"))

    def _transaction(self) -> AbstractContextManager[Transaction]:
        assert self._database is not None
        return self._database.transaction()


@dataclass
class Office:
    """The site with its record. ``reference``: of the flagged case; ``form``: SHA-256 of its form's file."""

    desk: Desk
    hands: Hands
    reference: str
    form: str
    clock: list[datetime]

    def client(self, language: str = "en") -> TestClient:
        """A browser that nobody logged in to yet."""
        return TestClient(make_site(self.desk), base_url="http://localhost", headers={"accept-language": language}, follow_redirects=False)

    def logged_in(self, name: str = "chan") -> TestClient:
        client = self.client()
        answer = log_in(client, name)
        assert answer.status_code == 303, answer.text
        return client


def a_pdf(words: str = "BT /F 14 Tf 70 600 Td (Bright Dyeing Limited) Tj ET") -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        page.Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(F=pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica))
        )
        page.Contents = pdf.make_stream(words.encode())
        pdf.save(out)
    return out.getvalue()


def a_mail(file: bytes, name: str = "form.pdf", subject: str = "Application") -> bytes:
    mail = EmailMessage()
    mail["From"] = "wong@bright.example"
    mail["To"] = "apply@secretariat.example"
    mail["Subject"] = subject
    mail["Message-ID"] = "<1@bright.example>"
    mail.set_content("Please find our application form enclosed.")
    mail.add_attachment(file, "application", "pdf", filename=name)
    return mail.as_bytes()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """The record once filled, to be copied for each test: its folder, the flagged case's reference, the hash of its form."""
    folder = tmp_path_factory.mktemp("record")
    database = open_database(f"sqlite:///{folder / 'intake.sqlite3'}")
    reference, form = fill(database, BlobStore(folder / "blobs"))
    database.close()
    return folder, reference, form


@pytest.fixture
def office(filled: tuple[Path, str, str], tmp_path: Path) -> Iterator[Office]:
    folder, reference, form = filled
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    database = open_database(f"sqlite:///{tmp_path / 'intake.sqlite3'}")
    blobs = BlobStore(tmp_path / "blobs")
    hands = Hands(blobs, database)
    clock = [NOW]
    desk = Desk(database, blobs, PROGRAMME.catalogue, PROGRAMME.name, hands, secret=b"secret of the tests", clock=lambda: clock[0])
    yield Office(desk, hands, reference, form, clock)
    database.close()


def fill(database: Database, blobs: BlobStore) -> tuple[str, str]:
    """Logins and a few cases. Returns the flagged case's reference and the hash of its form."""
    data = a_mail(a_pdf())
    message = read_message(data)
    form = message.parts[-1].sha256
    with database.transaction() as tx:
        for name, role in (("chan", StaffRole.OFFICER), ("lee", StaffRole.OFFICER), ("ho", StaffRole.READER)):
            add_login(tx, name, HASH, at=NOW, role=role)
        case = open_case(tx)
        mail, _ = arrivals.record_arrival(
            tx, mailbox="INBOX", uidvalidity=1, uid=1, sha256=blobs.keep(data), size=len(data), internal_date=NOW, seen_at=NOW
        )
        arrivals.record_message(tx, mail.id, message)
        arrivals.mark_decided(tx, mail.id, message_class=MessageClass.APPLICATION, case_id=case.id, at=NOW, no_reply=None)
        flagged = decision(Verdict.REVIEW).model_copy(update={"findings": (br_numbers_differ(),)})
        record_run(tx, case.id, application(form_sha=form), flagged, at=NOW, cause=RunCause.RUN, reader_version="1")
        outbox.queue(tx, case_id=case.id, reply=reply(), message_id="<held@secretariat.example>", at=NOW, held="held: every letter waits")
        open_case(tx, kind=CaseKind.ENQUIRY)
        broken, _ = arrivals.record_arrival(
            tx, mailbox="INBOX", uidvalidity=1, uid=2, sha256=sha("b"), size=10, internal_date=NOW, seen_at=NOW - timedelta(days=3)
        )
        arrivals.mark_quarantined(tx, broken.id, error="Traceback ...\nValueError: <script>alert(1)</script>", at=NOW)
    return case.reference, form


def br_numbers_differ() -> Finding:
    message = Words(en="The form gives 12345678, the certificate 12345679.", zh_hant="表格為 12345678。", zh_hans="表格为 12345678。")
    return Finding(
        check="br_number.agrees", outcome=Outcome.FAIL, needs=Needs.STAFF, rule="For staff: form and certificate that disagree", message=message
    )
