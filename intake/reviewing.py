"""`intake review`: the staff site served on this machine, and the service's own hands for what staff do there."""

from __future__ import annotations

from pathlib import Path

from intake.failures import Failure
from intake.programme import load_programme
from intake.secrets_file import secret_for
from intake.settings import Settings
from parsers.drawing import Artist
from parsers.page_drawing import CannotDraw
from parsers.values import FileKind, FileRead, Message
from replies.values import NoReply, Reply
from review.desk import Desk, PagePicture, WorkError
from review.site import make_site
from storage.blobs import BlobStore
from storage.database import open_database

SITE = "review"


class Hands:
    """What the service does for staff (review.desk.CaseWork)."""

    def __init__(self, blobs: BlobStore, artist: Artist) -> None:
        self._blobs = blobs
        self._artist = artist

    def message(self, sha256: str) -> Message:
        from parsers.mail import read_message

        return read_message(self._blobs.get(sha256))

    def picture(self, data: bytes, kind: FileKind, page: int, dpi: int) -> PagePicture:
        try:
            drawn = self._artist.draw(data, kind, page, dpi)
        except CannotDraw as error:
            raise WorkError(str(error)) from error
        return PagePicture(drawn.png, drawn.width, drawn.height)

    def read(self, data: bytes, kind: FileKind) -> FileRead:
        raise WorkError(f"a {kind.value} file cannot be read here yet ({len(data)} bytes)")

    def recheck(self, reference: str, *, actor: str) -> None:
        raise WorkError(f"{reference} cannot be checked again here yet ({actor})")

    def answer(self, reference: str) -> Reply | NoReply:
        raise WorkError(f"the letter for {reference} cannot be shown yet")

    def release(self, reference: str, *, actor: str, reply: Reply, subject: str, text: str) -> None:
        raise WorkError(f"{reply.template.value} ({subject}, {len(text)}) for {reference} cannot be released here yet ({actor})")


def serve_site(settings: Settings, *, host: str, port: int) -> int:
    """Serves the site until stopped. Raises Failure where the port is taken."""
    import uvicorn

    database = open_database(settings.storage.database)
    programme = load_programme(settings.programme.path)
    blobs = BlobStore(Path(settings.storage.blobs))
    artist = Artist()
    desk = Desk(
        database=database, blobs=blobs, catalogue=programme.catalogue, programme=programme.name, work=Hands(blobs, artist),
        secret=secret_for(SITE, settings.review.secret_file), session_hours=settings.review.session_hours,
    )  # fmt: skip
    server = uvicorn.Server(
        uvicorn.Config(make_site(desk), host=host, port=port, log_level="warning", server_header=False, date_header=True, proxy_headers=False)
    )
    print(f"The review site is at http://{host}:{port}/ (Ctrl+C ends it)", flush=True)
    try:
        server.run()
    except SystemExit as error:  # uvicorn's way to say that it could not start
        raise Failure(f"port {port} of {host} cannot be used: is another program there? Try --port") from error
    finally:
        artist.close()
        database.close()
    return 0
