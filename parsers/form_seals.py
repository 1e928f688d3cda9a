"""Signature and chop: whether something is signed or stamped where the form asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parsers.form_layout import Sheet
from parsers.form_stream import Atom, Stream
from parsers.labels import LabelHit
from parsers.values import Box, Ink, Page

SIGNATURE, CHOP = "declaration.signature", "declaration.chop"
_OPEN_HEIGHT_PT = 105.0  # how far below its label a signature may stand where no cell bounds it
_LEAST_PT = 9.0
_CHOP_PT = 24.0
_ROUND = 0.72
_MARGIN_PT = 4.0


@dataclass(frozen=True)
class Seal:
    """The answer for one of the two: whether it is there, where it was looked for, what was found, how sure (0 to 1). ``on`` None: cannot be told."""

    on: bool | None
    box: Box
    page: int
    found: str
    certainty: float


def seal_of(key: str, hit: LabelHit, sheet: Sheet, page: Page) -> Seal:
    """Looks in the area of a label for strokes (signature) or a round or coloured stamp (chop)."""
    area = _area(hit, sheet, page)
    inks = [ink for ink in page.inks if _mostly_in(ink.box, area) and max(ink.box[2] - ink.box[0], ink.box[3] - ink.box[1]) >= _LEAST_PT]
    stamps = [ink for ink in inks if _is_stamp(ink)]
    strokes = [ink for ink in inks if ink not in stamps]
    words = _words_in(area, hit, sheet, page)
    seal = _chop(area, page, stamps, strokes, words) if key == CHOP else _signature(area, page, stamps, strokes, words)
    if seal.on is False and page.source == "ocr" and sheet.streams[hit.stream].cell is None:
        return Seal(None, area, page.number, "nothing seen, but no box shows where to look", 0.5)  # on a picture the area is a guess
    return seal


def _signature(area: Box, page: Page, stamps: Sequence[Ink], strokes: Sequence[Ink], words: Sequence[Atom]) -> Seal:
    signed = [widget for widget in page.widgets if widget.kind == "signature" and widget.signed and _mostly_in(widget.box, area)]
    if signed:
        return Seal(True, signed[0].box, page.number, "digital signature", 0.99)
    pen = [ink for ink in strokes if ink.colour != "red"]
    if pen and all(_at_border(ink.box, area) for ink in pen):  # a stamp over the border of its own box?
        return Seal(None, _around([ink.box for ink in pen]), page.number, "ink at the border alone", 0.5)
    if pen:
        return Seal(True, _around([ink.box for ink in pen]), page.number, "ink", 0.96)
    if strokes:  # red: pieces of a stamp, hardly of a pen
        return Seal(None, _around([ink.box for ink in strokes]), page.number, "red ink alone", 0.5)
    if any(ink.kind != "pixels" for ink in stamps):
        return Seal(True, stamps[0].box, page.number, "picture", 0.9)
    doubtful = [atom for atom in words if atom.confidence < 0.9]
    if doubtful:
        return Seal(True, _around([atom.box for atom in doubtful]), page.number, "writing", 0.85)
    if words:
        return Seal(None, _around([atom.box for atom in words]), page.number, "typed words", 0.5)
    if stamps:
        return Seal(None, stamps[0].box, page.number, "a stamp alone", 0.5)
    return Seal(False, area, page.number, "", 0.96)


def _chop(area: Box, page: Page, stamps: Sequence[Ink], strokes: Sequence[Ink], words: Sequence[Atom]) -> Seal:
    if stamps:
        return Seal(True, _around([ink.box for ink in stamps]), page.number, "stamp", 0.97)
    large = [ink for ink in strokes if min(ink.box[2] - ink.box[0], ink.box[3] - ink.box[1]) >= _CHOP_PT]
    if large:
        return Seal(True, _around([ink.box for ink in large]), page.number, "ink", 0.9)
    ring = _around([ink.box for ink in strokes]) if len(strokes) > 1 else None
    if ring is not None and _is_ring(ring) and any(_mostly_in(atom.box, ring) for atom in words):
        return Seal(True, ring, page.number, "a ring in pieces around lettering", 0.93)
    if strokes and all(ink.colour == "red" for ink in strokes) and _reach(strokes) >= _CHOP_PT:
        return Seal(True, _around([ink.box for ink in strokes]), page.number, "red ink", 0.9)
    if strokes:
        return Seal(None, _around([ink.box for ink in strokes]), page.number, "ink that is no stamp", 0.5)
    doubtful = [atom for atom in words if atom.confidence < 0.9]
    if doubtful:
        return Seal(True, _around([atom.box for atom in doubtful]), page.number, "lettering of a stamp", 0.85)
    if words:
        return Seal(None, _around([atom.box for atom in words]), page.number, "typed words", 0.5)
    return Seal(False, area, page.number, "", 0.96)


def _is_stamp(ink: Ink) -> bool:
    width, height = ink.box[2] - ink.box[0], ink.box[3] - ink.box[1]
    if min(width, height) < _CHOP_PT * 0.8:
        return False
    return ink.roundness >= _ROUND or (ink.colour in ("red", "blue") and 0.55 < width / height < 1.8 and min(width, height) >= _CHOP_PT)


def _reach(inks: Sequence[Ink]) -> float:
    """The longer side of the box around all pieces, in points."""
    x0, top, x1, bottom = _around([ink.box for ink in inks])
    return max(x1 - x0, bottom - top)


def _at_border(box: Box, area: Box) -> bool:
    """Whether a small piece of ink lies at the left or right border of an area, as the edge of a stamp set beside it does."""
    at_side = box[2] > area[2] - 2 * _MARGIN_PT or box[0] < area[0] + 2 * _MARGIN_PT
    return at_side and box[2] - box[0] < 0.2 * (area[2] - area[0])


def _is_ring(box: Box) -> bool:
    """Whether pieces of ink together have the size and the shape of a stamp."""
    width, height = box[2] - box[0], box[3] - box[1]
    return min(width, height) >= _CHOP_PT and 0.4 < width / height < 2.6


def _area(hit: LabelHit, sheet: Sheet, page: Page) -> Box:
    """The cell of the label without the label's own rows, or, outside cells, what lies under it up to the next label."""
    stream = sheet.streams[hit.stream]
    others = [label for label in sheet.labels if label.page == hit.page and label is not hit and label.keys != hit.keys]
    beside = [label.box[0] for label in others if label.box[0] > hit.box[2] and abs(label.box[1] - hit.box[1]) < 20]
    if stream.cell is not None:
        return _within_cell(hit, stream, stream.cell, beside, sheet)
    right = min(beside, default=page.width - 20) - _MARGIN_PT
    below = [label.box[1] for label in others if label.box[1] > hit.box[3] + 12 and label.box[0] < right and label.box[2] > hit.box[0]]
    bottom = min([hit.box[3] + _OPEN_HEIGHT_PT, page.height, *below])
    return (hit.box[0] - 25, hit.box[1] - 22, right, bottom)


def _within_cell(hit: LabelHit, stream: Stream, cell: Box, beside: Sequence[float], sheet: Sheet) -> Box:
    if cell[3] - cell[1] < 26:  # a row of labels: the boxes stand right of it, or below
        for other in sheet.streams:
            box = other.cell
            if box is None or other.page != stream.page or any(label.stream == sheet.streams.index(other) for label in sheet.labels):
                continue
            under = abs(box[1] - cell[3]) < 8 and min(box[2], cell[2]) - max(box[0], cell[0]) > 0.7 * (cell[2] - cell[0])
            right = abs(box[0] - cell[2]) < 8 and min(box[3], cell[3]) - max(box[1], cell[1]) > 0.7 * (cell[3] - cell[1])
            if under or right:
                return box
    inner = [x for x in beside if x < cell[2]]
    if hit.box[2] < cell[0] + 0.45 * (cell[2] - cell[0]) and cell[3] - cell[1] < 2.2 * (hit.box[3] - hit.box[1]) + 30 and not inner:
        neighbour = _empty_right_neighbour(stream, cell, sheet)
        if neighbour is not None:
            return neighbour
    return (cell[0] + 1, cell[1] + 1, min([cell[2] - 1, *(x - _MARGIN_PT for x in inner)]), cell[3] - 1)


def _empty_right_neighbour(stream: Stream, cell: Box, sheet: Sheet) -> Box | None:
    for index, other in enumerate(sheet.streams):
        box = other.cell
        if box is None or other.page != stream.page or any(label.stream == index for label in sheet.labels):
            continue
        if abs(box[0] - cell[2]) < 8 and min(box[3], cell[3]) - max(box[1], cell[1]) > 0.7 * (cell[3] - cell[1]):
            return box
    return None


def _words_in(area: Box, hit: LabelHit, sheet: Sheet, page: Page) -> list[Atom]:
    """Words inside the area that are no labels: writing or lettering that a reader took for text."""
    found = []
    for index, stream in enumerate(sheet.streams):
        if stream.page != page.number:
            continue
        taken = sheet.taken(index)
        for at, atom in enumerate(stream.atoms):
            if at not in taken and not atom.is_colon and _mostly_in(atom.box, area) and atom.box[1] > hit.box[1] - 2 and atom.text.strip("_-.…():/ "):
                found.append(atom)
    return found


def _mostly_in(box: Box, area: Box) -> bool:
    width = min(box[2], area[2]) - max(box[0], area[0])
    height = min(box[3], area[3]) - max(box[1], area[1])
    size = max(0.1, (box[2] - box[0]) * (box[3] - box[1]))
    return width > 0 and height > 0 and width * height / size > 0.5


def _around(boxes: Sequence[Box]) -> Box:
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
