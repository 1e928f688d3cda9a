"""The files of a case and their pages as pictures, kept for a while in memory and never on disk: what is erased is gone everywhere."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from parsers.values import FileKind, Part
from review.desk import CaseWork, PagePicture

T = TypeVar("T")
FILE_BYTES, PICTURE_BYTES = 150_000_000, 60_000_000
DRAWN = (FileKind.PDF, FileKind.JPEG, FileKind.PNG, FileKind.TIFF, FileKind.WEBP, FileKind.GIF, FileKind.BMP)


class Kept(Generic[T]):
    """The most recently used values, up to so many bytes in all. Thread-safe."""

    def __init__(self, most_bytes: int, size: Callable[[T], int]) -> None:
        self._most, self._size = most_bytes, size
        self._held: OrderedDict[Hashable, T] = OrderedDict()
        self._total = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> T | None:
        with self._lock:
            value = self._held.get(key)
            if value is not None:
                self._held.move_to_end(key)
            return value

    def put(self, key: Hashable, value: T) -> None:
        with self._lock:
            if key in self._held:
                return
            self._held[key] = value
            self._total += self._size(value)
            while self._total > self._most and len(self._held) > 1:
                _, dropped = self._held.popitem(last=False)
                self._total -= self._size(dropped)


class Originals:
    """Finds the files of mails by their SHA-256 and draws their pages. One for a site; thread-safe."""

    def __init__(self, work: CaseWork) -> None:
        self._work = work
        self._files: Kept[Part] = Kept(FILE_BYTES, lambda part: part.size + 1000)
        self._pictures: Kept[PagePicture] = Kept(PICTURE_BYTES, lambda picture: len(picture.png) + 1000)

    def file(self, mails: tuple[str, ...], sha256: str) -> Part | None:
        """The file of that hash in one of these mails (by their hashes); None where none holds it."""
        known = self._files.get((mails, sha256))
        if known is not None:
            return known
        for mail in mails:
            for part in self._work.message(mail).parts:
                self._files.put((mails, part.sha256), part)
                if part.sha256 == sha256:
                    known = part
            if known is not None:
                return known
        return None

    def picture(self, part: Part, page: int, dpi: int) -> PagePicture:
        """A page of a file as a picture. Raises WorkError where it cannot be drawn."""
        key = (part.sha256, page, dpi)
        known = self._pictures.get(key)
        if known is None:
            known = self._work.picture(part.data, part.kind, page, dpi)
            self._pictures.put(key, known)
        return known
