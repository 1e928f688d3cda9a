"""`intake review`: the staff site served on this machine, and the service's own hands for what staff do there."""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from PIL import Image
from sqlalchemy.exc import SQLAlchemyError

from intake.failures import Failure
from intake.handling import Handler
from intake.rechecking import WENT_OUT, Rechecked, act_and_recheck, preview
from intake.remembering import RememberingReader
from intake.reminding import remind
from intake.secrets_file import secret_for
from intake.service_tools import ours_from
from intake.settings import Settings
from intake.site_provider import provider_from
from intake.site_rules import rules_from
from intake.workshop import open_workshop, read_limits
from parsers.drawing import Artist
from parsers.mail import read_message
from parsers.page_drawing import CannotDraw
from parsers.values import FileKind, FileRead, Language, Message
from replies.addresses import Ours, can_be_written_to
from replies.by_hand import frame, written
from replies.message_ids import message_id_for
from replies.reworded import CannotReword, reworded
from replies.values import NoReply, Reply
from review.desk import Desk, Doing, Draft, PagePicture, WorkError
from review.site import make_site
from storage.audit import note
from storage.blobs import open_blobs
from storage.cases import addresses_of, arrivals_of, case_by_reference
from storage.database import Transaction, open_database
from storage.errors import StorageError
from storage.outbox import letters_of_case, queue, resolve, reword
from storage.sealing import webhook_key
from storage.search import catch_up, is_behind
from storage.search_ahead import papers_to_take_up, take_up_papers
from storage.values import Case, CaseKind, LetterState, RunCause
from storage.webhooks import seal_open_secrets

SITE = "review"
_SECOND_READER_S = 15.0
AT_A_TIME = 250  # texts: a fifth of a second's work within one transaction
PAPERS_AT_A_TIME = 15  # cases whose papers are made ready while others may write: taking them up takes some hundredths of a second
AIR_S = 0.1  # between two of them: who waits for SQLite's lock looks again after 0.1 s at the latest
log = logging.getLogger("review")
CHANGED = "the letter changed meanwhile: look at it again"


@dataclass(frozen=True)
class Hands:
    """What the service does for staff (review.desk.CaseWork)."""

    handler: Handler
    artist: Artist

    def message(self, sha256: str) -> Message:
        return read_message(self.handler.blobs.get(sha256), self.handler.workshop.mail_limits)

    def picture(self, data: bytes, kind: FileKind, page: int, dpi: int) -> PagePicture:
        try:
            drawn = self.artist.draw(data, kind, page, dpi)
        except CannotDraw as error:
            raise WorkError(str(error)) from error
        return PagePicture(drawn.png, drawn.width, drawn.height)

    def read(self, data: bytes, kind: FileKind) -> FileRead:
        return self.handler.workshop.reader.read(data, kind)

    def second_view(self, picture: bytes, dpi: int, *, chinese: bool) -> str:
        from parsers.tesseract import read_with_tesseract  # loads slowly, and few ask

        languages = ("chi_tra", "chi_sim", "eng") if chinese else ("eng",)
        with Image.open(io.BytesIO(picture), formats=("PNG",)) as piece:
            words = read_with_tesseract(np.asarray(piece.convert("RGB")), dpi=dpi, languages=languages, psm=6, timeout_s=_SECOND_READER_S)
        return " ".join(word.text for word in words)

    def act(self, doing: Doing, *, actor: str, skip_undecidable: bool = False) -> None:
        try:
            act_and_recheck(self.handler, doing, actor=actor, at=datetime.now(UTC), letter="held", skip_undecidable=skip_undecidable)
        except Failure as error:
            raise WorkError(str(error)) from error

    def answer(self, reference: str) -> Reply | NoReply:
        try:
            return preview(self.handler, reference).answer
        except Failure as error:
            raise WorkError(str(error)) from error

    def release(self, reference: str, *, actor: str, reply: Reply, subject: str, text: str, doing: Doing) -> None:
        """The case is checked again in the same transaction, so that the letter says what is so when it is queued."""
        now = datetime.now(UTC)

        def send(tx: Transaction, made: Rechecked) -> None:
            if made.letter is None:
                raise WorkError(made.no_letter)
            if (made.letter.reply.text, made.letter.reply.subject, made.letter.to) != (reply.text, reply.subject, reply.to[0]):
                raise WorkError(CHANGED)
            words = reworded(made.letter.reply, subject=subject, text=text, reference=reference)
            if words != made.letter.reply:
                reword(tx, made.letter.id, words)
            resolve(tx, made.letter.id, LetterState.QUEUED, at=now, actor=actor)
            changed = " in the person's words" if words != made.letter.reply else ""
            note(tx, at=now, actor=actor, action="letter released", reference=reference, detail=f"letter {made.letter.id}{changed}")

        try:
            act_and_recheck(self.handler, doing, actor=actor, at=now, letter="held", then=send)
        except (Failure, CannotReword) as error:
            raise WorkError(str(error)) from error

    def draft(self, reference: str) -> Draft:
        with self.handler.database.reading() as tx:
            case = case_by_reference(tx, reference)
            mails = arrivals_of(tx, case.id) if case else ()
            known = addresses_of(tx, case.id) if case else frozenset()
            letters = letters_of_case(tx, case.id) if case else ()
        if case is None or not mails:
            raise WorkError(f"{reference} holds no mail that could be answered")
        message, workshop = self.message(mails[-1]), self.handler.workshop
        to = _whom(case, message, known, workshop.ours)
        if to is None:
            raise WorkError("there is no address that may be written to in this case")
        language = case.language or message.language or Language.EN
        first = not any(letter.state in WENT_OUT for letter in letters)
        subject, text = frame(workshop.programme.letters, language, reference=reference, office=workshop.office, first=first)
        return Draft(to=to, subject=subject, text=text, language=language, mail=message.sha256, about=message.subject)

    def write(self, reference: str, *, draft: Draft, subject: str, text: str, doing: Doing) -> None:
        message, ours = self.message(draft.mail), self.handler.workshop.ours
        try:
            reply = written(message, reference=reference, subject=subject, text=text, language=draft.language, to=draft.to)
        except CannotReword as error:
            raise WorkError(str(error)) from error
        message_id = message_id_for(reference, reply.template.value, reply.cause, secret=ours.secret, domain=ours.message_id_domain)
        with self.handler.database.transaction() as tx:
            doing(tx)
            case = case_by_reference(tx, reference)
            if case is None or queue(tx, case_id=case.id, reply=reply, message_id=message_id, at=datetime.now(UTC)) is None:
                raise WorkError("that letter was written already: look among the letters of the case")

    def remind(self, reference: str, *, actor: str) -> None:
        try:
            remind(self.handler, reference, actor=actor, at=datetime.now(UTC))
        except Failure as error:
            raise WorkError(str(error)) from error


def _whom(case: Case, message: Message, known: frozenset[str], ours: Ours) -> str | None:
    """To whom a person may write in a case: of an application the address on its form, else a sender who belongs to it; else who asked."""
    sender = message.sender.address.lower() if message.sender else ""
    wanted = [case.email or "", sender if sender in known else ""] if case.kind is CaseKind.APPLICATION else [sender]
    return next((address for address in wanted if can_be_written_to(address, ours)), None)


@contextmanager
def open_desk(settings: Settings) -> Iterator[Desk]:
    """The desk of the site with everything that it works with, closed at the end."""
    database = open_database(settings.storage.database)
    blobs = open_blobs(settings.storage.blobs)
    try:
        with (
            Artist() as artist,
            open_workshop(
                settings, ours=ours_from(settings), wrap=lambda reader: RememberingReader(reader, database, read_limits(settings)), database=database
            ) as workshop,
        ):
            secret = secret_for(SITE, settings.review.secret_file)
            with database.transaction() as tx:
                seal_open_secrets(tx, webhook_key(secret))
            handler = Handler(workshop, database, blobs, cause=RunCause.RECHECK)
            yield Desk(
                database=database, blobs=blobs, catalogue=workshop.programme.catalogue, programme=workshop.programme.name,
                work=Hands(handler, artist), secret=secret, session_hours=settings.review.session_hours,
                reminder_days=settings.review.reminder_days, kept=settings.storage.test_cases,
                addresses=frozenset(workshop.ours.addresses),
                checks={check: rule.clause for check, rule in workshop.programme.policy.rules.items()},
                clauses={rule.clause: rule.clause_zh_hant for rule in workshop.programme.policy.rules.values() if rule.clause_zh_hant},
            )  # fmt: skip
    finally:
        database.close()


@contextmanager
def kept_searchable(desk: Desk, every_s: float = 20.0) -> Iterator[None]:
    """Takes up what is new on record for searching, a few cases at a time, beside the site; what it has not reached, a search says."""
    over = threading.Event()

    def work() -> None:
        wait = 0.0
        while not over.wait(wait):
            try:
                with desk.database.reading() as tx:
                    behind = is_behind(tx)
                more = behind
                while more and not over.wait(AIR_S):
                    more = _some_taken_up(desk)
                wait = AIR_S if behind else every_s
            except (StorageError, SQLAlchemyError) as error:
                log.warning("what is new cannot be taken up for searching now: %s", error)
                wait = every_s

    thread = threading.Thread(target=work, name="searchable", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(30)


def _some_taken_up(desk: Desk) -> bool:
    """Takes up a few texts, or else the papers of a few cases. Whether anything was left to take up."""
    with desk.database.transaction() as tx:
        if catch_up(tx, AT_A_TIME, with_papers=False) >= AT_A_TIME:
            return True
    with desk.database.reading() as tx:
        ready = papers_to_take_up(tx, PAPERS_AT_A_TIME)
    if ready:
        with desk.database.transaction() as tx:
            take_up_papers(tx, ready)
    return bool(ready)


def serve_site(settings: Settings, *, host: str, port: int) -> int:
    """Serves the site until stopped. Raises Failure where the port is taken."""
    import uvicorn

    provider = provider_from(settings)
    with open_desk(settings) as desk, kept_searchable(desk):
        site = make_site(desk, rules_from(settings, listens_at=host), provider)
        server = uvicorn.Server(uvicorn.Config(site, host=host, port=port, log_level="warning", server_header=False, proxy_headers=False, ws="none"))
        print(f"The review site is at http://{host}:{port}/ (Ctrl+C ends it)", flush=True)
        try:
            server.run()
        except SystemExit as error:  # uvicorn's way to say that it could not start
            raise Failure(f"port {port} of {host} cannot be used: is another program there? Try --port") from error
    return 0
