"""What form fields and typed notes show on a PDF page, beside what they store: read from a copy of the page with all of it printed on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from parsers.folding import compatible
from parsers.page_frame import Frame, covered
from parsers.pdf_widgets import Annotated, FormFile
from parsers.pdf_words import LayerWord, layer_words
from parsers.values import Box, Widget

Picture = NDArray[np.uint8]


def added_words(data: bytes, number: int, frame: Frame, printed: Sequence[LayerWord], *, max_glyphs: int) -> list[LayerWord]:
    """Words that annotations and form fields show on page ``number``, beyond those ``printed`` on the page itself.

    Empty where pdfium cannot print the annotations onto a copy of the page.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        return []
    try:
        page = document[number - 1]
        flattened = pdfium_c.FPDFPage_Flatten(page, pdfium_c.FLAT_NORMALDISPLAY)
        page.close()
        if flattened != pdfium_c.FLATTEN_SUCCESS:
            return []
        page = document[number - 1]
        found, _ = layer_words(page, frame, max_glyphs=max_glyphs)
        page.close()
    except pdfium.PdfiumError:
        return []
    finally:
        document.close()
    known = Counter(_place(word) for word in printed)
    added = []
    for word in found:
        if known[_place(word)] > 0:
            known[_place(word)] -= 1
        else:
            added.append(word)
    return added


def _place(word: LayerWord) -> tuple[str, int, int]:
    return word.text, round(word.box[0]), round(word.box[1])


def with_shown(top: Annotated, added: Sequence[LayerWord], seen: Picture, scale: float, form: FormFile | None) -> tuple[Widget, ...]:
    """The widgets, each with the text that it shows where that could be read and is another than its value.

    ``seen`` is the page as displayed, ``scale`` its pixels per point. Nothing shown where something is stored is shown text ''.
    """
    widgets = []
    for position, widget in enumerate(top.widgets):
        shown = _shown(widget, added, seen, scale, hidden=position in top.hidden, drawn=form is None or not form.needs_appearances)
        widgets.append(widget.model_copy(update={"shown": shown}) if shown is not None else widget)
    return tuple(widgets)


def _shown(widget: Widget, added: Sequence[LayerWord], seen: Picture, scale: float, *, hidden: bool, drawn: bool) -> str | None:
    if widget.kind not in ("text", "choice"):
        return None
    if hidden:
        return "" if widget.value else None
    words = [word for word in added if covered(word.box, widget.box) > 0.5]
    if any(word.unknown or "\ufffd" in word.text for word in words):
        return None
    text = " ".join(word.text for word in words)
    if words:
        return None if _same(text, widget) else text
    return "" if widget.value and drawn and _nothing_there(widget.box, seen, scale) else None


def _same(text: str, widget: Widget) -> bool:
    """Whether the text is the value but for spaces and the usual dress of amounts; a list box shows other options besides."""
    shown, stored = _squeezed(text), _squeezed(widget.value or "")
    if widget.kind == "choice" and stored:
        return stored in shown
    return shown == stored or (_amount(shown) is not None and _amount(shown) == _amount(stored))


def _amount(text: str) -> Decimal | None:
    bare = re.sub(r"HKD|HK\$|[$,%元]", "", text)
    return Decimal(bare) if re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,6})?", bare) else None


def _squeezed(text: str) -> str:
    return "".join(compatible(text).split())


def _nothing_there(box: Box, seen: Picture, scale: float) -> bool:
    """Whether the inside of the box is of one grey; a box outside the page is."""
    inset = 2.0
    left, upper = int(max(0.0, box[0] + inset) * scale), int(max(0.0, box[1] + inset) * scale)
    patch = seen[upper : max(upper, int((box[3] - inset) * scale)), left : max(left, int((box[2] - inset) * scale))]
    return patch.size == 0 or int(patch.max()) - int(patch.min()) < 16
