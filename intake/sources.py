"""The mails that a path holds: a file (.eml, .msg, any other), an mbox, a Maildir, or a folder of any of these, in the order given."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

MBOX_START = b"From "
SETTLED_S = 3.0  # coarser than any file system's clock
SKIPPED_SUFFIXES = {".jsonl", ".json", ".toml", ".md", ".csv", ".xlsx", ".py", ".db", ".sqlite3"}


class SourceError(Exception):
    """A mail that is there but cannot be read, in words."""


@dataclass(frozen=True)
class SourceMail:
    """One mail as found: ``source`` is the path (an mbox's mails: path#1, path#2 ...). Its bytes are read when they are asked for."""

    source: str
    _load: Callable[[], bytes]
    _place: tuple[int, int] | None = None  # within an mbox

    def data(self) -> bytes:
        """The bytes. Raises SourceError."""
        try:
            return self._load()
        except OSError as error:
            raise SourceError(error.strerror or str(error)) from error

    def stamp(self) -> str | None:
        """A digest that changes whenever the bytes may have changed: of the file's path, size, times and number. None where nothing can be told by
        it: there is no file, or it was written so lately that a second writing would show in none of these."""
        file = Path(self.source if self._place is None else self.source.rpartition("#")[0])
        try:
            now = file.stat()
            path = str(file.resolve())
        except OSError:
            return None
        if time.time() - max(now.st_mtime, now.st_ctime) < SETTLED_S:
            return None
        what = (path, now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns, self._place)
        return hashlib.sha256(repr(what).encode("utf-8", "surrogatepass")).hexdigest()


def mails_in(paths: Iterable[Path], *, besides: Collection[Path] = ()) -> Iterator[SourceMail]:
    """Every mail of the paths, in the order given; within a folder by name. A path that cannot be read is a mail whose data raises SourceError.

    ``besides``: files and folders that are no archive though they lie in one (our own record); what is in them is left out.
    """
    left_out = [path.resolve() for path in besides]
    for path in paths:
        for mail in _mails_at(path, named=True):
            if not left_out or not _lies_in(Path(mail.source.partition("#")[0]).resolve(), left_out):
                yield mail


def _lies_in(path: Path, places: Collection[Path]) -> bool:
    """Whether a path is one of the places, or within one, or a file that goes with one (a database's -wal and -shm)."""
    return any(path.is_relative_to(place) or (path.parent == place.parent and path.name.startswith(place.name)) for place in places)


def count_of(paths: Iterable[Path]) -> int:
    """How many files there are to go through, for a progress bar; an mbox counts once."""
    total = 0
    for path in paths:
        total += sum(1 for _ in path.rglob("*") if _.is_file()) if path.is_dir() else 1
    return total


def _mails_at(path: Path, *, named: bool) -> Iterator[SourceMail]:
    try:
        if path.is_dir():
            yield from _mails_in_folder(path)
        elif not named and not _may_be_a_mail(path):
            return
        elif _is_mbox(path):
            yield from mails_in_mbox(path)
        else:
            yield SourceMail(str(path), path.read_bytes)
    except OSError:
        yield SourceMail(str(path), path.read_bytes)  # reading it will say what is wrong with it


def _may_be_a_mail(path: Path) -> bool:
    """Of the entries of a folder: plain files (or links to them) that are neither hidden nor data that lies beside mails."""
    return (path.is_file() or path.is_symlink()) and path.suffix.lower() not in SKIPPED_SUFFIXES and not path.name.startswith(".")


def _mails_in_folder(path: Path) -> Iterator[SourceMail]:
    is_maildir = (path / "cur").is_dir() and (path / "new").is_dir()
    folders = [path / "cur", path / "new"] if is_maildir else [path]
    for folder in folders:
        for entry in sorted(folder.iterdir(), key=lambda found: found.name):
            if not (entry.is_dir() and (is_maildir or entry.is_symlink())):  # a link to a folder may lead round in a circle
                yield from _mails_at(entry, named=is_maildir)
    if is_maildir:
        for entry in sorted(path.iterdir(), key=lambda found: found.name):
            if entry.is_dir() and entry.name.startswith(".") and (entry / "cur").is_dir():
                yield from _mails_in_folder(entry)


def _is_mbox(path: Path) -> bool:
    if path.suffix.lower() in {".eml", ".msg"} or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(MBOX_START)) == MBOX_START


def mails_in_mbox(path: Path) -> Iterator[SourceMail]:
    """The mails between the From_ lines (RFC 4155); each is read on its own when it is asked for, so several may be read at once."""
    for number, (start, end) in enumerate(_places_in_mbox(path), 1):
        yield SourceMail(f"{path}#{number}", partial(_mail_of_mbox, path, start, end), (start, end))


def _places_in_mbox(path: Path) -> list[tuple[int, int]]:
    """Start and end of each mail, without its From_ line. A From_ line begins the file, or follows an empty line and bears a time of day.

    Software that writes no time of day is known by the first line: then any "From " after an empty line counts.
    """
    places: list[tuple[int, int]] = []
    start = position = 0
    dated = after_empty = True
    with path.open("rb") as file:
        for line in file:
            is_first = position == 0
            if after_empty and line.startswith(MBOX_START) and (is_first or not dated or _TIME_OF_DAY.search(line)):
                if is_first:
                    dated = _TIME_OF_DAY.search(line) is not None
                else:
                    places.append((start, position))
                start = position + len(line)
            position += len(line)
            after_empty = line in (b"\n", b"\r\n")
    return [*places, (start, position)]


def _mail_of_mbox(path: Path, start: int, end: int) -> bytes:
    """The mail as it was before it was put into the mbox: the empty line at its end dropped, >From unquoted (mboxrd)."""
    with path.open("rb") as file:
        file.seek(start)
        data = file.read(end - start)
    for empty in (b"\r\n\r\n", b"\n\n"):
        if data.endswith(empty):
            data = data[: -len(empty) // 2]
            break
    return _QUOTED_FROM.sub(rb"\1", data)


_TIME_OF_DAY = re.compile(rb"\d{1,2}:\d{2}")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
