"""A Maildir as mailbox: the embedded default, and what many mail servers deliver to."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from intake.mailboxes import FetchedMail, MailboxError, MailboxIdentity

SEEN = "S"
_UIDVALIDITY = 1  # names of a Maildir are never used again, so its numbering never changes
_LOOK_S = 0.2  # two calls of stat cost next to nothing, and a mail is answered while its sender still looks at the screen
_SAME_TIME_NS = 50_000_000  # file systems keep times no finer than the kernel's tick
_UID_BYTES = 7  # keeps the number within 56 bits: positive in every database


class Maildir:
    """A Maildir folder. A mail is known by the unique part of its file name; its UID is a hash of that, so nothing has to be remembered."""

    def __init__(self, path: Path, *, processed_folder: str = "", review_folder: str = "") -> None:
        self._path = path
        self._folders = {False: processed_folder, True: review_folder}
        self._looked_at: tuple[int, ...] = ()
        self._places: dict[int, str] = {}  # where mails that are not handled yet lay at the last look; looked up again where one has moved
        self._found_again: dict[int, str] = {}  # where all mails lie, until the next look: after a restart many are to be handled at once

    def identity(self) -> MailboxIdentity:
        return MailboxIdentity(f"maildir:{self._path.resolve()}", _UIDVALIDITY)

    def unseen(self, known: Collection[int]) -> Iterator[FetchedMail]:
        for uid in self._look(known):
            path = Path(self._places[uid])
            try:
                data, written = path.read_bytes(), path.stat().st_mtime
            except FileNotFoundError:
                continue  # moved by somebody else between listing and reading: seen again under its new name
            except OSError as error:
                raise MailboxError(f"{path}: cannot be read: {error.strerror}") from error
            yield FetchedMail(uid, data, datetime.fromtimestamp(written, UTC))

    def acknowledge(self, uid: int, *, needs_person: bool) -> None:
        folder = self._folders[needs_person] or self._folders[False]
        path = self._place_of(uid)
        if path is not None:
            self._move(path, self._subfolder(folder) if folder else self._path)
        self._places.pop(uid, None)

    def waiting(self) -> int:
        return sum(1 for _ in self._files())

    def wait(self, seconds: float, stopping: Event) -> bool:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not stopping.wait(min(left, _LOOK_S)):
            if self._changes() != self._looked_at:
                return True
        return False

    def close(self) -> None:
        """Nothing is held open."""

    def _changes(self) -> tuple[int, ...]:
        """When files were last put into new and cur, or taken away; empty where that cannot be told now."""
        try:
            return tuple((self._path / name).stat().st_mtime_ns for name in ("cur", "new"))
        except OSError:
            return ()

    def _settled_changes(self) -> tuple[int, ...]:
        """The same before a look; empty, so that another look follows, where the last change is so fresh that the next might bear the same time."""
        changes = self._changes()
        return changes if time.time_ns() - max(changes, default=0) > _SAME_TIME_NS else ()

    def _place_of(self, uid: int) -> Path | None:
        """Where the mail lies now; None where it is gone from new and cur."""
        known = self._places.get(uid)
        if known is None or not os.path.lexists(known):
            known = self._found_again.get(uid)
        if known is None or not os.path.lexists(known):
            self._found_again = {uid_of(entry.name): entry.path for entry in self._files()}
            known = self._found_again.get(uid)
        return Path(known) if known is not None and os.path.lexists(known) else None

    def _look(self, known: Collection[int]) -> list[int]:
        """The numbers of the mails that are not ``known``, the oldest first; where each lies is noted. What is known is held nowhere: of the
        mails of years, which may all lie here, only the new ones cost memory."""
        changes = self._settled_changes()  # before the look: what comes during it is news
        found: list[tuple[int, str, str]] = []
        for entry in self._files():
            if uid_of(entry.name) not in known:
                with suppress(FileNotFoundError):  # moved away under our eyes
                    found.append((entry.stat().st_mtime_ns, entry.name, entry.path))
        self._looked_at = changes
        self._found_again = {}
        new = {uid_of(name): place for _, name, place in sorted(found)}
        self._places |= new
        return list(new)

    def _files(self) -> Iterator[os.DirEntry[str]]:
        """Every mail in cur and new. A Maildir that is not there yet is made. Raises MailboxError."""
        try:
            for name in ("tmp", "cur", "new"):  # a mail that is moved from new to cur meanwhile is seen at the next look
                folder = self._path / name
                folder.mkdir(parents=True, exist_ok=True)
                if name != "tmp":
                    with os.scandir(folder) as entries:
                        yield from (entry for entry in entries if not entry.name.startswith(".") and entry.is_file())
        except OSError as error:
            raise MailboxError(f"{self._path}: {error.strerror}; check mailbox.url and the rights on the folder") from error

    def _subfolder(self, name: str) -> Path:
        """The Maildir++ folder of that name, made where it is missing."""
        folder = self._path / ("." + name.replace("/", ".").lstrip("."))
        try:
            for part in ("cur", "new", "tmp"):
                (folder / part).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MailboxError(f"{folder} cannot be made: {error.strerror}; check the rights on {self._path}") from error
        return folder

    def _move(self, path: Path, folder: Path) -> None:
        base, _, flags = path.name.partition(":2,")
        target = folder / "cur" / f"{base}:2,{''.join(sorted(set(flags) | {SEEN}))}"
        try:
            if path != target:
                path.rename(target)
        except FileNotFoundError:
            return  # moved by somebody else meanwhile: it is marked at the next look, should it still be there
        except OSError as error:
            raise MailboxError(f"{path}: cannot be moved to {target}: {error.strerror}") from error


def uid_of(name: str) -> int:
    """The number by which a Maildir file is known: from the unique part of its name, whatever its flags."""
    return int.from_bytes(hashlib.sha256(name.partition(":2,")[0].encode("utf-8", "surrogateescape")).digest()[:_UID_BYTES])
