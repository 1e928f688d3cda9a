"""What form fields and typed notes show on a PDF page, beside what they store: read from a copy of the page with all of it printed on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from parsers.folding import compatible
from parsers.page_frame import Frame, covered, rounded
from parsers.pdf_widgets import Annotated, FormFile
from parsers.pdf_words import LayerWord, layer_words
from parsers.text_layer import Seen
from parsers.values import Box, Widget, Word

Picture = NDArray[np.uint8]
UNSURE_NOTE = 0.6  # certainty of words that only some viewers show


def added_words(
    data: bytes,
    number: int,
    frame: Frame,
    printed: Sequence[LayerWord],
    judged: Callable[[Any, list[LayerWord]], Seen],
    *,
    max_glyphs: int,
) -> Seen:
    """Words that annotations and form fields show on page ``number``, beyond those ``printed`` on the page itself, as ``judged`` on a copy
    of the page on which they are printed, too.

    Empty where pdfium cannot print the annotations onto a copy of the page.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        return Seen((), ())
    try:
        page = document[number - 1]
        flattened = pdfium_c.FPDFPage_Flatten(page, pdfium_c.FLAT_NORMALDISPLAY)
        page.close()
        if flattened != pdfium_c.FLATTEN_SUCCESS:
            return Seen((), ())
        page = document[number - 1]
        try:
            found, _ = layer_words(page, frame, max_glyphs=max_glyphs)
            added = _beyond(printed, found)
            return judged(page, added) if added else Seen((), ())
        finally:
            page.close()
    except pdfium.PdfiumError:
        return Seen((), ())
    finally:
        document.close()


def _beyond(printed: Sequence[LayerWord], found: Sequence[LayerWord]) -> list[LayerWord]:
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


def laid_words(text: str, box: Box) -> list[Word]:
    """The words of a typed note without an appearance, laid in its box line by line: some viewers draw it, others do not, so that it is unsure."""
    rows = [row for row in text.splitlines() if row.strip()]
    height = min(14.0, (box[3] - box[1]) / max(1, len(rows)))
    words = []
    for number, row in enumerate(rows):
        at, top = box[0] + 2, box[1] + number * height
        each = min(0.5 * height, (box[2] - box[0] - 4) / max(1, len(row)))
        for piece in row.split(" "):
            if piece:
                words.append(Word(text=piece, box=rounded((at, top, at + each * len(piece), top + height)), confidence=UNSURE_NOTE))
            at += each * (len(piece) + 1)
    return words


def with_shown(top: Annotated, added: Sequence[LayerWord], seen: Picture, scale: float, form: FormFile | None) -> tuple[Widget, ...]:
    """The widgets, each with the text that it shows where that could be read and is another than its value.

    ``seen`` is the page as displayed, ``scale`` its pixels per point. Nothing shown where something is stored is shown text ''. Contradictory
    are those that show something else than they store, or letters that do not look as they are named.
    """
    renewed = form is not None and form.needs_appearances  # viewers draw all fields anew, by their values
    widgets = []
    for position, widget in enumerate(top.widgets):
        drawn = position in top.dressed and not renewed
        if widget.kind in ("text", "choice"):
            shown, doubted = _shown(widget, added, seen, scale, drawn=drawn)
            differs = shown is not None and not widget.hidden
            widget = widget.model_copy(update={"shown": shown, "contradictory": widget.contradictory or doubted or differs})
        elif widget.on and drawn and not widget.hidden and _nothing_there(widget.box, seen, scale):
            widget = widget.model_copy(update={"contradictory": True})
        widgets.append(widget)
    return tuple(widgets)


def _shown(widget: Widget, added: Sequence[LayerWord], seen: Picture, scale: float, *, drawn: bool) -> tuple[str | None, bool]:
    """The text shown where it is another than the value's (None: the same, or not to be told), and whether its letters are in doubt."""
    if widget.hidden:
        return ("" if widget.value else None), False
    words = [word for word in added if covered(word.box, widget.box) > 0.5]
    if any("\ufffd" in word.text for word in words if not word.unknown):
        return None, True
    if any(word.unknown or "\ufffd" in word.text for word in words):
        return None, False
    text = " ".join(word.text for word in words)
    if words:
        return (None if _same(text, widget) or _cut_off(text, widget) else text), False
    return ("" if widget.value and drawn and _nothing_there(widget.box, seen, scale) else None), False


def _cut_off(text: str, widget: Widget) -> bool:
    """Whether a long text is shown as far as its box reaches: people type more than fits, and the rest is stored. A number is never cut."""
    shown, stored = _squeezed(text), _squeezed(widget.value or "")
    if len(shown) < 8 or sum(c.isdigit() for c in stored) > 0.5 * len(stored):
        return False
    return stored.startswith(shown) or stored.endswith(shown) or ("\n" in (widget.value or "") and shown in stored)


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
