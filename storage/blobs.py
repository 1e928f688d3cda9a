"""The original bytes of mails, kept under their SHA-256: once written they are safe, and never change; in a folder, or in a bucket (buckets.py)."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path
from typing import Protocol

_WRITERS = 8  # most of their time they wait for the disk
_SHA256 = re.compile(r"[0-9a-f]{64}")
BUCKET = "s3://"


class BlobTrouble(StrEnum):
    """What kind of trouble a BlobError is."""

    UNUSABLE = "unusable"  # wrong name, disk full or not writable, settings that lack something
    UNREACHABLE = "unreachable"  # no answer from the server of the bucket
    REFUSED = "refused"  # the server does not let us
    MISSING = "missing"
    CHANGED = "changed"  # there, but not the content that the name says


class BlobError(Exception):
    """Bytes could not be kept or found. ``temporary`` where trying again may help (a full disk, a lost mount, a server that is away)."""

    def __init__(self, message: str, *, temporary: bool = False, trouble: BlobTrouble = BlobTrouble.UNUSABLE) -> None:
        super().__init__(message)
        self.temporary = temporary
        self.trouble = trouble


class Blobs(Protocol):
    """Where original bytes lie. Every method may raise BlobError."""

    def keep(self, data: bytes) -> str:
        """Stores bytes and returns their SHA-256. On return they are safe; keeping them again does nothing."""

    def keep_all(self, many: Sequence[bytes]) -> list[str]:
        """``keep`` for several at once. On return all are safe."""

    def get(self, sha256: str) -> bytes:
        """The bytes of that hash; BlobError where they are not there (MISSING), or no longer what they were (CHANGED)."""

    def holds(self, sha256: str, size: int) -> bool:
        """Whether as many bytes are kept under that hash."""

    def has(self, sha256: str) -> bool:
        """Whether bytes of that hash are kept."""

    def remove(self, sha256: str) -> bool:
        """Erases the bytes of that hash. Whether there were any."""

    def older_than(self, seconds: float) -> Iterator[str]:
        """The hashes of all that was kept longer ago than that."""


def open_blobs(place: str) -> Blobs:
    """The store that ``[storage] blobs`` names: a folder, or ``s3://bucket/prefix``. Nothing is asked of a server yet.

    Raises BlobError where the bucket's extra is not installed, or the environment names no credentials.
    """
    if not place.startswith(BUCKET):
        return BlobStore(Path(place))
    from storage.buckets import bucket_of

    return bucket_of(place, os.environ)


def folder_of(place: str) -> Path | None:
    """The folder that ``[storage] blobs`` names; None where originals lie in a bucket."""
    return None if place.startswith(BUCKET) else Path(place)


def check_name(sha256: str) -> str:
    """The hash itself. Raises BlobError where it is none, so that nothing else ever becomes part of a path."""
    if not _SHA256.fullmatch(sha256):
        raise BlobError(f"not a SHA-256: {sha256[:80]!r}")
    return sha256


class BlobStore:
    """A folder of files named by their SHA-256, in two levels of sub-folders (ab/cd/abcd...)."""

    def __init__(self, path: Path) -> None:
        self.path = Path(path)

    def keep(self, data: bytes) -> str:
        """Stores bytes and returns their SHA-256. On return they are on disk (file and folder synced). Keeping them again does nothing."""
        sha256 = hashlib.sha256(data).hexdigest()
        target = self._place(sha256)
        try:
            for folder in self._put(target, data):
                _sync_folder(folder)
        except OSError as error:
            raise BlobError(_said(error, self.path), temporary=True) from error
        return sha256

    def keep_all(self, many: Sequence[bytes]) -> list[str]:
        """``keep`` for several at once: files are written and synced side by side, then each folder is synced once. On return all are on disk."""
        if len(many) < 2:
            return [self.keep(data) for data in many]
        sha256s = [hashlib.sha256(data).hexdigest() for data in many]
        try:
            with ThreadPoolExecutor(min(len(many), _WRITERS)) as writers:
                folders = set[Path]().union(*writers.map(self._put, map(self._place, sha256s), many))
                list(writers.map(_sync_folder, folders))
        except OSError as error:
            raise BlobError(_said(error, self.path), temporary=True) from error
        return sha256s

    def get(self, sha256: str) -> bytes:
        """The bytes of that hash. Raises BlobError where they are not there, or no longer what they were."""
        try:
            data = self._place(sha256).read_bytes()
        except FileNotFoundError as error:
            raise BlobError(f"no bytes are kept under {sha256}: restore {self.path} from its backup", trouble=BlobTrouble.MISSING) from error
        except OSError as error:
            raise BlobError(_said(error, self.path), temporary=True) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise BlobError(f"the bytes kept under {sha256} have changed: restore {self._place(sha256)} from its backup", trouble=BlobTrouble.CHANGED)
        return data

    def holds(self, sha256: str, size: int) -> bool:
        """Whether as many bytes are kept under that hash: for those once kept and on record, which need neither writing nor syncing again."""
        try:
            return self._place(sha256).stat().st_size == size
        except OSError:
            return False

    def has(self, sha256: str) -> bool:
        """Whether bytes of that hash are kept (their content is checked by ``get``)."""
        return self._place(sha256).is_file()

    def remove(self, sha256: str) -> bool:
        """Erases the bytes of that hash (privacy: a person's data, past its retention). Whether there were any."""
        try:
            self._place(sha256).unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise BlobError(_said(error, self.path), temporary=True) from error
        return True

    def older_than(self, seconds: float) -> Iterator[str]:
        """The hashes of the files that were written longer ago than that."""
        files = (file for file in self.path.glob("??/??/*") if file.is_file() and not file.name.startswith("."))
        return (file.name for file in files if time.time() - file.stat().st_mtime > seconds)

    def _place(self, sha256: str) -> Path:
        return self.path / check_name(sha256)[:2] / sha256[2:4] / sha256

    def _is_whole(self, target: Path, data: bytes) -> bool:
        """A file of the right name and content; after a crash of the machine one may be shorter than it should be."""
        return target.is_file() and target.stat().st_size == len(data) and target.read_bytes() == data

    def _put(self, target: Path, data: bytes) -> set[Path]:
        """Writes and syncs the file unless it is there; gives the folders that are still to be synced, so that its name is safe too.

        One that is there may have been put there by a process that died before it synced them.
        """
        if self._is_whole(target, data):
            return {target.parent, target.parent.parent, self.path}
        new_folders = [folder for folder in (target.parent, target.parent.parent, self.path) if not folder.exists()]
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        finally:
            Path(name).unlink(missing_ok=True)  # there still where it did not come to be the target
        return {target.parent, *(folder.parent for folder in new_folders)}


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _said(error: OSError, path: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk of {path} is full: make room, nothing was lost"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{path} cannot be written: check its owner and permissions"
    return f"{path} cannot be used: {error.strerror or error}"
