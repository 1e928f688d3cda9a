"""A Maildir as mailbox: the embedded default, and what many mail servers deliver to."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Collection, Iterator
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
        self._places: dict[int, str] = {}  # where each mail lay at the last look; looked up again where it has moved. Paths would be larger

    def identity(self) -> MailboxIdentity:
        return MailboxIdentity(f"maildir:{self._path.resolve()}", _UIDVALIDITY)

    def unseen(self, known: Collection[int]) -> Iterator[FetchedMail]:
        for uid, place in self._files().items():
            if uid in known:
                continue
            path = Path(place)
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

    def waiting(self) -> int:
        return len(self._files())

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
            known = self._files().get(uid)
        return None if known is None else Path(known)

    def _files(self) -> dict[int, str]:
        """Where each mail in new and cur lies, by its number, the oldest first. A Maildir that is not there yet is made."""
        found: list[tuple[int, str, str]] = []
        changes = self._settled_changes()  # before the look: what comes during it is news
        try:
            for name in ("cur", "new", "tmp"):
                folder = self._path / name
                folder.mkdir(parents=True, exist_ok=True)
                if name != "tmp":
                    found += _entries(folder)
        except OSError as error:
            raise MailboxError(f"{self._path}: {error.strerror}; check mailbox.url and the rights on the folder") from error
        self._looked_at = changes
        self._places = {uid_of(name): place for _, name, place in sorted(found) if not name.startswith(".")}
        return self._places

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


def _entries(folder: Path) -> list[tuple[int, str, str]]:
    """Time, name and path of each file; one that is moved away under our eyes is left out."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                if entry.is_file():
                    found.append((entry.stat().st_mtime_ns, entry.name, entry.path))
            except FileNotFoundError:
                continue
    return found


def uid_of(name: str) -> int:
    """The number by which a Maildir file is known: from the unique part of its name, whatever its flags."""
    return int.from_bytes(hashlib.sha256(name.partition(":2,")[0].encode("utf-8", "surrogateescape")).digest()[:_UID_BYTES])
