"""`intake review`: the staff site served on this machine, and the service's own hands for what staff do there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from intake.failures import Failure
from intake.handling import Handler
from intake.rechecking import preview, recheck
from intake.remembering import RememberingReader
from intake.reminding import remind
from intake.secrets_file import secret_for
from intake.service_tools import ours_from
from intake.settings import Settings
from intake.workshop import open_workshop, read_limits
from parsers.drawing import Artist
from parsers.mail import read_message
from parsers.page_drawing import CannotDraw
from parsers.values import FileKind, FileRead, Message
from replies.reworded import CannotReword, reworded
from replies.values import NoReply, Reply
from review.desk import Desk, PagePicture, WorkError
from review.site import make_site
from storage.audit import note
from storage.blobs import BlobStore
from storage.database import open_database
from storage.outbox import resolve, reword
from storage.values import LetterState, RunCause

SITE = "review"


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

    def recheck(self, reference: str, *, actor: str) -> None:
        try:
            recheck(self.handler, reference, actor=actor, at=datetime.now(UTC), letter="held")
        except Failure as error:
            raise WorkError(str(error)) from error

    def answer(self, reference: str) -> Reply | NoReply:
        try:
            return preview(self.handler, reference).answer
        except Failure as error:
            raise WorkError(str(error)) from error

    def release(self, reference: str, *, actor: str, reply: Reply, subject: str, text: str) -> None:
        """The letter as it is due now, in the person's words, queued to be sent: the case is checked again first, so that it says what is so."""
        now = datetime.now(UTC)
        try:
            made = recheck(self.handler, reference, actor=actor, at=now, letter="held")
            if made.letter is None:
                raise WorkError(made.no_letter)
            if (made.letter.reply.text, made.letter.reply.subject) != (reply.text, reply.subject):
                raise WorkError("the letter changed meanwhile: look at it again")
            words = reworded(made.letter.reply, subject=subject, text=text, reference=reference)
        except (Failure, CannotReword) as error:
            raise WorkError(str(error)) from error
        with self.handler.database.transaction() as tx:
            if words != made.letter.reply:
                reword(tx, made.letter.id, words)
            resolve(tx, made.letter.id, LetterState.QUEUED, at=now, actor=actor)
            changed = " in the person's words" if words != made.letter.reply else ""
            note(tx, at=now, actor=actor, action="letter released", reference=reference, detail=f"letter {made.letter.id}{changed}")

    def remind(self, reference: str, *, actor: str) -> None:
        try:
            remind(self.handler, reference, actor=actor, at=datetime.now(UTC))
        except Failure as error:
            raise WorkError(str(error)) from error


@contextmanager
def open_desk(settings: Settings) -> Iterator[Desk]:
    """The desk of the site with everything that it works with, closed at the end."""
    database = open_database(settings.storage.database)
    blobs = BlobStore(Path(settings.storage.blobs))
    try:
        with (
            Artist() as artist,
            open_workshop(
                settings, ours=ours_from(settings), wrap=lambda reader: RememberingReader(reader, database, read_limits(settings)), database=database
            ) as workshop,
        ):
            handler = Handler(workshop, database, blobs, cause=RunCause.RECHECK)
            yield Desk(
                database=database, blobs=blobs, catalogue=workshop.programme.catalogue, programme=workshop.programme.name,
                work=Hands(handler, artist), secret=secret_for(SITE, settings.review.secret_file), session_hours=settings.review.session_hours,
                reminder_days=settings.review.reminder_days,
            )  # fmt: skip
    finally:
        database.close()


def serve_site(settings: Settings, *, host: str, port: int) -> int:
    """Serves the site until stopped. Raises Failure where the port is taken."""
    import uvicorn

    with open_desk(settings) as desk:
        server = uvicorn.Server(
            uvicorn.Config(make_site(desk), host=host, port=port, log_level="warning", server_header=False, date_header=True, proxy_headers=False)
        )
        print(f"The review site is at http://{host}:{port}/ (Ctrl+C ends it)", flush=True)
        try:
            server.run()
        except SystemExit as error:  # uvicorn's way to say that it could not start
            raise Failure(f"port {port} of {host} cannot be used: is another program there? Try --port") from error
    return 0
