"""A Maildir as mailbox: the embedded default, and what many mail servers deliver to."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path

from intake.mailboxes import FetchedMail, MailboxError, MailboxIdentity

SEEN = "S"
_UIDVALIDITY = 1  # names of a Maildir are never used again, so its numbering never changes
_UID_BYTES = 7  # keeps the number within 56 bits: positive in every database


class Maildir:
    """A Maildir folder. A mail is known by the unique part of its file name; its UID is a hash of that, so nothing has to be remembered."""

    def __init__(self, path: Path, *, processed_folder: str = "", review_folder: str = "") -> None:
        self._path = path
        self._folders = {False: processed_folder, True: review_folder}

    def identity(self) -> MailboxIdentity:
        return MailboxIdentity(f"maildir:{self._path.resolve()}", _UIDVALIDITY)

    def unseen(self, known: Collection[int]) -> Iterator[FetchedMail]:
        for path in self._files():
            uid = uid_of(path.name)
            if uid in known:
                continue
            try:
                data, written = path.read_bytes(), path.stat().st_mtime
            except FileNotFoundError:
                continue  # moved by somebody else between listing and reading: seen again under its new name
            except OSError as error:
                raise MailboxError(f"{path}: cannot be read: {error.strerror}") from error
            yield FetchedMail(uid, data, datetime.fromtimestamp(written, UTC))

    def acknowledge(self, uid: int, *, needs_person: bool) -> None:
        folder = self._folders[needs_person] or self._folders[False]
        for path in self._files():
            if uid_of(path.name) == uid:
                self._move(path, self._subfolder(folder) if folder else self._path)
                return

    def close(self) -> None:
        """Nothing is held open."""

    def _files(self) -> list[Path]:
        """Mails in new and cur, the oldest first. A Maildir that is not there yet is made."""
        found: list[tuple[int, str, Path]] = []
        try:
            for name in ("cur", "new", "tmp"):
                folder = self._path / name
                folder.mkdir(parents=True, exist_ok=True)
                if name != "tmp":
                    found += [(entry.stat().st_mtime_ns, entry.name, Path(entry.path)) for entry in os.scandir(folder) if entry.is_file()]
        except OSError as error:
            raise MailboxError(f"{self._path}: {error.strerror}; check mailbox.url and the rights on the folder") from error
        return [path for _, name, path in sorted(found) if not name.startswith(".")]

    def _subfolder(self, name: str) -> Path:
        """The Maildir++ folder of that name, made where it is missing."""
        folder = self._path / ("." + name.replace("/", ".").lstrip("."))
        for part in ("cur", "new", "tmp"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        return folder

    def _move(self, path: Path, folder: Path) -> None:
        base, _, flags = path.name.partition(":2,")
        target = folder / "cur" / f"{base}:2,{''.join(sorted(set(flags) | {SEEN}))}"
        try:
            if path != target:
                path.rename(target)
        except OSError as error:
            raise MailboxError(f"{path}: cannot be moved to {target}: {error.strerror}") from error


def uid_of(name: str) -> int:
    """The number by which a Maildir file is known: from the unique part of its name, whatever its flags."""
    return int.from_bytes(hashlib.sha256(name.partition(":2,")[0].encode("utf-8", "surrogateescape")).digest()[:_UID_BYTES])
