"""A PDF page by page: its words where its text layer can be believed, a reading of its picture where not, and what lies on top."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from parsers.crossings import crossed
from parsers.layer_check import Doubts, are_confirmed, lasting_doubts
from parsers.opened_file import Opened, Refused
from parsers.page_frame import Frame, area, covered, rounded
from parsers.pdf_appearances import added_words, laid_words, with_shown
from parsers.pdf_print import Printed, printed_ink
from parsers.pdf_signatures import SignedRevision
from parsers.pdf_widgets import PIKEPDF_ERRORS, Annotated, FormFile
from parsers.pdf_words import LayerWord, layer_words, page_frame
from parsers.read_limits import ReadLimits
from parsers.scan_reading import MOST_DPI, PictureReaders, real_long_side, with_inks, with_layer_words
from parsers.text_layer import Layer, Seen, judge_seen, seen_words
from parsers.values import Box, Ink, Page

Picture = NDArray[np.uint8]

MOST_PICTURES = 500  # of one page that are looked at
LEAST_PICTURE = 12.0  # points: smaller pictures are rules and bullets
SEE_PIXELS = 12_000_000
CLOSER_DPI = 225.0  # at which print is looked at again whose letters are in doubt


def open_pdf(data: bytes, readers: PictureReaders) -> Opened | Refused:
    """The PDF, ready to be read page by page; Refused where it is encrypted, damaged beyond repair or without pages."""
    loaded = _load(data)
    if isinstance(loaded, Refused):
        return loaded
    document, data = loaded
    if len(document) == 0:
        return Refused("damaged", "no pages")
    try:
        form: FormFile | None = FormFile(data)
    except PIKEPDF_ERRORS:
        form = None
    _with_forms(document)
    file = _PdfFile(document, data, form, readers)
    return Opened(len(document), file.read_page, signed=form is not None and form.signed)


def _load(data: bytes) -> tuple[Any, bytes] | Refused:
    """The pdfium document and the bytes that it was made from: the file's own, or as repaired by pikepdf."""
    try:
        return pdfium.PdfDocument(data), data
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
            return Refused("encrypted", "needs a password")
    try:
        repaired = _repaired(data)
        return pdfium.PdfDocument(repaired), repaired
    except pikepdf.PasswordError:
        return Refused("encrypted", "needs a password")
    except (*PIKEPDF_ERRORS, pdfium.PdfiumError) as error:
        return Refused("damaged", type(error).__name__)


def _repaired(data: bytes) -> bytes:
    import io

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
        pdf.save(out)
    return out.getvalue()


def _with_forms(document: Any) -> None:
    """Have form fields drawn on renderings; a form that pdfium cannot set up is left undrawn."""
    try:
        document.init_forms()
    except pdfium.PdfiumError:
        return


class _PdfFile:
    """One opened PDF: pdfium's document for text and pictures, pikepdf's for form values."""

    def __init__(self, document: Any, data: bytes, form: FormFile | None, readers: PictureReaders) -> None:
        self._document, self._form, self._readers = document, form, readers
        self._data = data
        self._signed = _signed_revision(data, form)
        self._limits = readers.limits

    def read_page(self, number: int) -> Page:
        try:
            page = self._document[number - 1]
        except pdfium.PdfiumError:
            return Page(number=number, width=0, height=0, notes=("damaged",))
        try:
            frame = page_frame(page)
            if not (0.1 < frame.width < 1e6 and 0.1 < frame.height < 1e6):
                return Page(number=number, width=0, height=0, notes=("damaged",))
            return self._read(page, number, frame)
        except pdfium.PdfiumError:
            return Page(number=number, width=0, height=0, notes=("damaged",))
        finally:
            page.close()

    def _read(self, page: Any, number: int, frame: Frame) -> Page:
        top = self._form.on_page(number, frame) if self._form else Annotated()
        found, more = layer_words(page, frame, max_glyphs=self._limits.max_glyphs)
        pictures = _pictures(page, frame)
        seen = self._drawn(page, frame, self._limits.see_dpi)
        added = Seen((), ())
        if top.widgets or top.notes or top.stamps:
            added = self._added(number, frame, found, seen)
        in_widgets = [widget.box for widget in top.widgets]
        layer = self._layer(page, frame, found, seen, pictures, added, in_widgets)
        page_read = self._page(page, number, frame, layer, seen, pictures)
        widgets = with_shown(top, added.words, seen, seen.shape[1] / frame.width, self._form)
        inks = [*_inks(seen, frame, pictures, "image"), *_inks(seen, frame, top.stamps, "annotation")]
        changed = self._signed is not None and self._signed.page_changed(number, page)
        notes = [*page_read.notes, *(["too_complex"] if more else []), *(["changed_after_signing"] if changed else []), *self._xfa_notes()]
        if number == 1 and self._holds_files():
            notes.append("holds_files")
        page_read = page_read.model_copy(update={"widgets": widgets, "notes": tuple(dict.fromkeys(notes))})
        if top.bare_notes:
            page_read = with_layer_words(page_read, [word for text, box in top.bare_notes for word in laid_words(text, box)])
        return with_inks(self._with_xfa(page_read), inks)

    def _drawn(self, page: Any, frame: Frame, dpi: float) -> Picture:
        return render(page, frame, dpi=dpi, max_pixels=min(SEE_PIXELS, self._limits.max_pixels))

    def _printed(self, page: Any, frame: Frame, words: Sequence[LayerWord], dpi: float, shown: Picture | None = None) -> Printed | None:
        """The ink of the words at a resolution; ``shown``: the page drawn so, where it is at hand."""
        drawn = self._drawn(page, frame, dpi) if shown is None else shown
        return printed_ink(words, drawn, lambda: self._drawn(page, frame, dpi), scale=drawn.shape[1] / frame.width)

    def _doubts(self, page: Any, frame: Frame, words: Sequence[LayerWord], printed: Printed | None) -> Doubts:
        """Words of an open page that look otherwise than the file names their letters, and that are not read so, either."""
        if printed is None:
            return Doubts()
        doubts = lasting_doubts(words, printed, lambda: self._printed(page, frame, words, CLOSER_DPI))
        if doubts.words and are_confirmed(doubts, lambda boxes: self._words_in(page, frame, boxes)):
            return doubts._replace(words=())
        return doubts

    def _words_in(self, page: Any, frame: Frame, boxes: Sequence[tuple[Box, int]]) -> list[str] | None:
        picture = render(page, frame, dpi=reading_dpi(frame, (), page, self._limits), max_pixels=self._limits.max_pixels)
        return self._readers.words_in(picture, boxes, frame.width)

    def _added(self, number: int, frame: Frame, found: Sequence[LayerWord], seen: Picture) -> Seen:
        """What annotations and form fields show beyond what is printed on the page; words whose letters are in doubt have none."""

        def judged(page: Any, words: list[LayerWord]) -> Seen:
            printed = self._printed(page, frame, words, self._limits.see_dpi)
            shown = seen_words(words, seen, width=frame.width, height=frame.height, printed=printed)
            odd = {id(word) for word, _ in self._doubts(page, frame, shown.words, printed).words}
            return shown._replace(words=tuple(word._replace(text="\ufffd" * len(word.text)) if id(word) in odd else word for word in shown.words))

        return added_words(self._data, number, frame, found, judged, max_glyphs=self._limits.max_glyphs)

    def _layer(
        self, page: Any, frame: Frame, found: Sequence[LayerWord], seen: Picture, pictures: Sequence[Box], added: Seen, in_widgets: Sequence[Box]
    ) -> Layer:
        """The page's text layer and what is typed on top, judged against the page as displayed."""
        width, height = frame.width, frame.height
        printed = self._printed(page, frame, found, self._limits.see_dpi, seen)
        own = _with_crossings(seen_words(found, seen, width=width, height=height, printed=printed), printed)
        typed, unseen = ([word for word in words if not any(covered(word.box, box) > 0.5 for box in in_widgets)] for words in added[:2])
        doubts = self._doubts(page, frame, own.words, printed)
        signs = set(map(id, doubts.signs))
        words = (*(word for word in own.words if id(word) not in signs), *typed)
        both = Seen(words, (*own.hidden, *unseen), own.tangled)
        layer = judge_seen(both, seen, width=width, height=height, images=pictures, elsewhere=in_widgets)
        if not doubts.words:
            return layer
        return Layer((), True, tuple(dict.fromkeys((*layer.notes, "text_layer_rejected", "layer_disagrees"))))

    def _page(self, page: Any, number: int, frame: Frame, layer: Layer, seen: Picture, pictures: Sequence[Box]) -> Page:
        """The page's words and what is no text, by the text layer, by its picture, or both."""
        width, height = round(frame.width, 2), round(frame.height, 2)
        blank = not layer.words and "text_layer_rejected" not in layer.notes and self._readers.blank(seen)
        if layer.read_picture and not blank:
            dpi = reading_dpi(frame, pictures, page, self._limits)
            picture = render(page, frame, dpi=dpi, max_pixels=self._limits.max_pixels)
            read = self._readers.ocr(picture, number=number, width=width, height=height)
            return with_layer_words(read, layer.words, notes=layer.notes)
        source = "text" if layer.words else "none"
        notes = (*layer.notes, "blank") if blank else layer.notes
        return self._readers.see(Page(number=number, width=width, height=height, words=layer.words, source=source, notes=notes), seen)

    def _xfa_notes(self) -> tuple[str, ...]:
        if not self._form or not self._form.xfa:
            return ()
        return ("xfa", "xfa_only") if self._form.only_xfa else ("xfa",)

    def _holds_files(self) -> bool:
        """Whether other files lie in this one (ISO 32000-1, 7.11.4 and 12.5.6.15; a portfolio is a cover page with its papers so)."""
        return pdfium_c.FPDFDoc_GetAttachmentCount(self._document) > 0 or b"/FileAttachment" in self._data

    def _with_xfa(self, page: Page) -> Page:
        """Page 1 with the values of the XFA datasets where the form has no fields of its own; a 'please wait' page has no words of its own."""
        if not self._form or not self._form.xfa:
            return page
        if self._form.only_xfa:
            page = page.model_copy(update={"words": (), "source": "none"})
        if page.number == 1 and not page.widgets:
            page = page.model_copy(update={"widgets": self._form.xfa_widgets()})
        return page


def _signed_revision(data: bytes, form: FormFile | None) -> SignedRevision | None:
    """The file as last signed, where something was added to it since."""
    signed_bytes = form.signed_bytes() if form is not None and form.signed else None
    if signed_bytes is None or not SignedRevision.differs(data, signed_bytes):
        return None
    try:
        return SignedRevision(data, signed_bytes)
    except pdfium.PdfiumError:
        return None


def render(page: Any, frame: Frame, *, dpi: float, max_pixels: int) -> Picture:
    """The page as displayed, form fields and annotations drawn, RGB; coarser than ``dpi`` where it would have more than ``max_pixels``."""
    scale = min(dpi / 72, (max_pixels / (frame.width * frame.height)) ** 0.5)
    scale = max(scale, 1.01 / min(frame.width, frame.height))
    if frame.width * scale * frame.height * scale > 2 * max_pixels:
        raise pdfium.PdfiumError("the page is a thread: too long for its width")
    bitmap = page.render(scale=scale, rev_byteorder=True, may_draw_forms=True)
    try:
        return np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8)
    finally:
        bitmap.close()


def reading_dpi(frame: Frame, pictures: Sequence[Box], page: Any, limits: ReadLimits) -> float:
    """Resolution in dots per point-inch at which to render a page for reading: that of a real sheet, not finer than a small page's picture."""
    long_side = max(frame.width, frame.height)
    factor = real_long_side(long_side, min(frame.width, frame.height)) / long_side
    dpi = float(limits.render_dpi)
    if long_side * factor < 500:  # a card: its small print deserves what its picture holds
        dpi = MOST_DPI
    return dpi * factor


def _pictures(page: Any, frame: Frame) -> list[Box]:
    """Boxes of the raster pictures on the page, as displayed."""
    boxes: list[Box] = []
    objects = page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=4)
    for picture, _ in zip(objects, range(MOST_PICTURES), strict=False):
        try:
            box = rounded(_clipped(frame.displayed(*_bounds(picture)), frame))
        except pdfium.PdfiumError:
            continue
        if box[2] - box[0] >= LEAST_PICTURE and box[3] - box[1] >= LEAST_PICTURE:
            boxes.append(box)
    return boxes


def _bounds(picture: Any) -> tuple[float, float, float, float]:
    left, bottom, right, top = picture.get_bounds()
    return float(left), float(bottom), float(right), float(top)


def _clipped(box: Box, frame: Frame) -> Box:
    return (max(0.0, box[0]), max(0.0, box[1]), min(frame.width, box[2]), min(frame.height, box[3]))


def _with_crossings(own: Seen, printed: Printed | None) -> Seen:
    """The words with those told that are crossed out or ringed on the page."""
    if printed is None or printed.bare is None:
        return own
    struck, ringed = crossed(own.words, printed.bare, printed.scale)
    words = tuple(word._replace(struck=at in struck, ringed=at in ringed) for at, word in enumerate(own.words)) if struck or ringed else own.words
    return own._replace(words=words)


def _inks(seen: Picture, frame: Frame, boxes: Sequence[Box], kind: Any) -> list[Ink]:
    """Pasted pictures and stamps as pieces of ink: those that are no background and show something."""
    scale = seen.shape[1] / frame.width
    inks = []
    for box in boxes:
        if area(box) > 0.25 * frame.width * frame.height:
            continue
        patch = seen[int(box[1] * scale) : int(box[3] * scale) + 1, int(box[0] * scale) : int(box[2] * scale) + 1]
        if patch.size and (ink := _ink_of(patch, box, kind)) is not None:
            inks.append(ink)
    return inks


def _ink_of(patch: Picture, box: Box, kind: Any) -> Ink | None:
    hue, saturation, value = cv2.split(cv2.cvtColor(patch, cv2.COLOR_RGB2HSV))
    inked = (value < 160) | (saturation > 70)
    if inked.sum() < 12:
        return None
    strong = inked & (saturation > 70)
    colour = "black"
    if strong.sum() > 0.4 * inked.sum():
        middle = float(np.median((hue[strong].astype(int) + 30) % 180))  # red lies around 30 after the turn
        colour = "red" if 10 <= middle <= 50 else "blue" if 115 <= middle <= 165 else "other"
    return Ink(box=box, colour=colour, roundness=0.0, density=round(float(inked.mean()), 3), kind=kind)


PageReader = Callable[[int], Page]
