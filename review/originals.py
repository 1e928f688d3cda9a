"""The files of a case and their pages as pictures, kept for a while in memory and never on disk: what is erased is gone everywhere."""

from __future__ import annotations

import io
import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from PIL import Image

from parsers.identifiers import mask_hkid
from parsers.values import FileKind, Part, Word
from review.desk import CaseWork, PagePicture, WorkError

T = TypeVar("T")
FILE_BYTES, PICTURE_BYTES = 150_000_000, 60_000_000
DRAWN = (FileKind.PDF, FileKind.JPEG, FileKind.PNG, FileKind.TIFF, FileKind.WEBP, FileKind.GIF, FileKind.BMP)


_AROUND = 12.0  # points that are shown on each side of a value that is looked at close up
_LEAST = (150.0, 36.0)


def close_up(picture: PagePicture, box: str, *, around: float = _AROUND, least: tuple[float, float] = _LEAST) -> bytes:
    """What stands in a box of a page, and so many points around it, as PNG, ``least`` so wide and high. ``box``: x0, top, x1, bottom in points.

    Raises WorkError for no such box.
    """
    try:
        x0, top, x1, bottom = (float(number) for number in box.split(","))
    except ValueError as error:
        raise WorkError("that is no place on a page") from error
    if not all(math.isfinite(number) for number in (x0, top, x1, bottom)):
        raise WorkError("that is no place on a page")
    wide, high = max(around, (least[0] - (x1 - x0)) / 2), max(around, (least[1] - (bottom - top)) / 2)
    x0, top, x1, bottom = max(0.0, x0 - wide), max(0.0, top - high), min(picture.width, x1 + wide), min(picture.height, bottom + high)
    if not (x0 + 1 < x1 and top + 1 < bottom):
        raise WorkError("that is no place on a page")
    with Image.open(io.BytesIO(picture.png), formats=("PNG",)) as page:
        across, down = page.width / picture.width, page.height / picture.height
        cut = page.crop((round(x0 * across), round(top * down), max(round(x1 * across), 1), max(round(bottom * down), 1)))
        out = io.BytesIO()
        cut.save(out, "PNG")
    return out.getvalue()


def masked_words(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words of a page to be shown, identity card numbers masked, those too that stand in several words of a line."""
    masked = iter(mask_hkid(" ".join(word.text for word in words)) + " ")
    return tuple(word.model_copy(update={"text": "".join(next(masked) for _ in range(len(word.text) + 1))[:-1]}) for word in words)


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
        self._drawing = tuple(threading.Lock() for _ in range(8))
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
        """A page of a file as a picture, drawn once however many ask for it at a time. Raises WorkError where it cannot be drawn."""
        key = (part.sha256, page, dpi)
        known = self._pictures.get(key)
        if known is None:
            with self._drawing[hash(key) % len(self._drawing)]:
                known = self._pictures.get(key)
                if known is None:
                    known = self._work.picture(part.data, part.kind, page, dpi)
                    self._pictures.put(key, known)
        return known
