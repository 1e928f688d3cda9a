"""The order in which an archive is gone through: oldest mail first, whatever its files are called; unchanged files are not opened again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from intake.code_version import extraction_version
from intake.progress import Progress
from intake.settings import Settings
from intake.sources import SourceError, SourceMail, mails_in
from intake.workshop import in_order
from parsers.mail import read_message
from storage.archive_files import ArchiveFile, archive_files, remember_archive_files
from storage.blobs import folder_of
from storage.database import Database

_HEADER_BYTES = 300_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ENDS = (b"\r\n\r\n", b"\n\n")
_AT_ONCE = 500  # files whose stamps are looked up, and kept, together


@dataclass(frozen=True)
class ArchivedMail:
    """One mail of an archive with what is known of it before it is read; ``trouble``: why its file could not be."""

    mail: SourceMail
    file: ArchiveFile
    trouble: str = ""

    @property
    def source(self) -> str:
        return self.mail.source

    @property
    def sha256(self) -> str:
        return self.file.sha256

    def data(self) -> bytes:
        """The bytes. Raises SourceError where they cannot be read, or are no longer what they were."""
        data = self.mail.data()
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise SourceError("it changed since this run began; run the same command again")
        return data

    @property
    def place(self) -> tuple[date, float, str]:
        """Where it stands among the others: by day, within a day by the Date header, then by content."""
        return self.file.received_on or date.max, self.file.dated_s, self.file.sha256


def by_day(
    paths: Iterable[Path], since: date | None, *, database: Database, besides: Iterable[Path] = (), at_once: int = 1, progress: Progress | None = None
) -> list[ArchivedMail]:
    """The mails oldest first, so that an earlier application is on record before a later one of the same applicant is judged.

    Within a day by the Date header, then by content: the order and names of the files change nothing. ``since`` leaves out mails of unknown day.
    """
    found: list[ArchivedMail] = []
    for some in _in_batches(mails_in(paths, besides=tuple(besides))):
        for archived in _looked_at(some, database, at_once):
            if progress is not None:
                progress.step(Path(archived.source).name)
            if since is None or since <= archived.place[0] < date.max:
                found.append(archived)
    return sorted(found, key=lambda archived: archived.place)


def _in_batches(mails: Iterator[SourceMail]) -> Iterator[list[SourceMail]]:
    batch: list[SourceMail] = []
    for mail in mails:
        batch.append(mail)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _looked_at(mails: list[SourceMail], database: Database, at_once: int) -> Iterator[ArchivedMail]:
    """Each mail with its place in time: from the memory where its file has not changed, else from its bytes."""
    stamps = {mail.source: stamp for mail in mails if (stamp := _stamp_of(mail)) is not None}
    with database.reading() as tx:
        known = archive_files(tx, list(stamps.values()))
    new: list[tuple[str, ArchiveFile]] = []
    for mail, made in in_order(lambda mail: known.get(stamps.get(mail.source, "")) or _file_of(mail), mails, at_once=at_once):
        if isinstance(made, str):
            yield ArchivedMail(mail, ArchiveFile(sha256="", size=0, received_on=None, dated_s=0.0), made)
            continue
        stamp = stamps.get(mail.source)
        if stamp is not None and stamp not in known and _stamp_of(mail) == stamp:  # nobody wrote while it was read
            new.append((stamp, made))
        yield ArchivedMail(mail, made)
    if new:
        with database.transaction() as tx:
            remember_archive_files(tx, new)


def _stamp_of(mail: SourceMail) -> str | None:
    """The file's stamp under the code that tells a mail's day."""
    stamp = mail.stamp()
    return None if stamp is None else hashlib.sha256(f"{extraction_version()} {stamp}".encode()).hexdigest()


def _file_of(mail: SourceMail) -> ArchiveFile | str:
    """What is found in a file, or why nothing is."""
    try:
        data = mail.data()
    except SourceError as error:
        return str(error)
    ends = [end for end in (data.find(mark) for mark in _ENDS) if end >= 0]
    head = read_message(data[: min(ends, default=_HEADER_BYTES)] + b"\r\n\r\n")
    return ArchiveFile(sha256=hashlib.sha256(data).hexdigest(), size=len(data), received_on=head.received_on, dated_s=_seconds(head.dated))


def _seconds(moment: datetime | None) -> float:
    """Seconds since 1970 of a moment with a zone; 0 where there is none, or none that can be counted."""
    return (moment - _EPOCH).total_seconds() if moment is not None and moment.tzinfo is not None else 0.0


def own_places(settings: Settings) -> tuple[Path, ...]:
    """Where our own record lies: never part of an archive, even where it stands in the archive's folder."""
    database = settings.storage.database
    file = Path(database.removeprefix("sqlite:///")) if database.startswith("sqlite:///") else None
    outbox = settings.outgoing.url.removeprefix("folder:") if settings.outgoing.url.startswith("folder:") else ""
    places = (file, folder_of(settings.storage.blobs), settings.review.secret_file, Path(outbox) if outbox else None)
    return tuple(place for place in places if place is not None)
