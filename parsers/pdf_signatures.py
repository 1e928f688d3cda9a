"""Whether a digitally signed PDF still shows what was signed: what was added to the file afterwards may change its pages (ISO 32000-1, 12.8.2)."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pypdfium2 as pdfium

COMPARED_DPI = 72.0
_CHANGED = 48  # levels of any colour; the same drawing by the same hand differs by none
_LEAST_ADDED = 16  # bytes: a line end after the signed part is no revision


class SignedRevision:
    """The file as it was when it was last signed. ``page_changed`` compares a page as shown then and now.

    Additions that show nothing (validation data, time stamps) change no page. Raises PdfiumError where the signed part is no PDF.
    """

    def __init__(self, data: bytes, signed_bytes: int) -> None:
        self._document = pdfium.PdfDocument(data[:signed_bytes])
        self._document.init_forms()

    @staticmethod
    def differs(data: bytes, signed_bytes: int | None) -> bool:
        """Whether anything follows the part of the file that the last signature covers."""
        return signed_bytes is not None and signed_bytes > 0 and len(data) - signed_bytes >= _LEAST_ADDED

    def page_changed(self, number: int, page: Any) -> bool:
        """Whether page ``number`` (from 1), open as it is now, shows something else than when it was signed."""
        if number > len(self._document):
            return True
        then = self._document[number - 1]
        try:
            if then.get_size() != page.get_size():
                return True
            scale = COMPARED_DPI / 72 * min(1.0, (4_000_000 / (then.get_width() * then.get_height())) ** 0.5)
            one, other = (_drawn(each, scale) for each in (then, page))
            return one.shape != other.shape or int(cv2.absdiff(one, other).max()) >= _CHANGED
        finally:
            then.close()


def _drawn(page: Any, scale: float) -> np.ndarray[Any, np.dtype[np.uint8]]:
    bitmap = page.render(scale=scale, may_draw_forms=True)
    try:
        return np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8)
    finally:
        bitmap.close()
