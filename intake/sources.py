"""The mails that a path holds: a file (.eml, .msg, any other), an mbox, a Maildir, or a folder of any of these, in the order given."""

from __future__ import annotations

import mailbox
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

MBOX_START = b"From "
SKIPPED_SUFFIXES = {".jsonl", ".json", ".toml", ".md", ".csv", ".xlsx", ".py", ".db", ".sqlite3"}


class SourceError(Exception):
    """A mail that is there but cannot be read, in words."""


@dataclass(frozen=True)
class SourceMail:
    """One mail as found: ``source`` is the path (an mbox's mails: path#1, path#2 ...). Its bytes are read when they are asked for."""

    source: str
    _load: Callable[[], bytes]

    def data(self) -> bytes:
        """The bytes. Raises SourceError."""
        try:
            return self._load()
        except OSError as error:
            raise SourceError(error.strerror or str(error)) from error


def mails_in(paths: Iterable[Path]) -> Iterator[SourceMail]:
    """Every mail of the paths, in the order given; within a folder by name. A path that cannot be read is a mail whose data raises SourceError."""
    for path in paths:
        yield from _mails_at(path, named=True)


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
        elif not named and (path.suffix.lower() in SKIPPED_SUFFIXES or path.name.startswith(".")):
            return
        elif _is_mbox(path):
            yield from _mails_in_mbox(path)
        else:
            yield SourceMail(str(path), path.read_bytes)
    except OSError:
        yield SourceMail(str(path), path.read_bytes)  # reading it will say what is wrong with it


def _mails_in_folder(path: Path) -> Iterator[SourceMail]:
    is_maildir = (path / "cur").is_dir() and (path / "new").is_dir()
    folders = [path / "cur", path / "new"] if is_maildir else [path]
    for folder in folders:
        for entry in sorted(folder.iterdir(), key=lambda found: found.name):
            if not (is_maildir and entry.is_dir()):
                yield from _mails_at(entry, named=is_maildir)
    if is_maildir:
        for entry in sorted(path.iterdir(), key=lambda found: found.name):
            if entry.is_dir() and entry.name.startswith(".") and (entry / "cur").is_dir():
                yield from _mails_in_folder(entry)


def _is_mbox(path: Path) -> bool:
    if path.suffix.lower() in {".eml", ".msg"}:
        return False
    with path.open("rb") as file:
        return file.read(len(MBOX_START)) == MBOX_START


def _mails_in_mbox(path: Path) -> Iterator[SourceMail]:
    box = mailbox.mbox(path, create=False)
    for number, key in enumerate(box.iterkeys(), 1):
        yield SourceMail(f"{path}#{number}", partial(box.get_bytes, key))
