"""Signature and chop: whether something is signed or stamped where the form asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from parsers.form_sheet import Sheet
from parsers.form_stream import Atom
from parsers.labels import LabelHit
from parsers.seal_places import at_border, framed_lettering, gap_between, places_of_seal, stamps_like_cells
from parsers.values import Box, Ink, Page

SIGNATURE, CHOP = "declaration.signature", "declaration.chop"
LETTERING = "lettering of a stamp"
NO_STAMP = "ink that is no stamp"  # what is said of pieces of ink of which nobody can tell what they are
_LEAST_PT = 9.0
_CHOP_PT = 24.0
_LEAST_WRITING_PT = 20.0  # a signature, or a part of it that hangs together, is longer: 7 mm
_FRAME_PT = 15.0  # a side of a stamp's frame, a little turned, is no thicker
_LARGEST_PT = 130.0  # of a stamp: 45 mm
_SENTENCE = 10  # characters
_ROUND = 0.72
_RING, _LONG = 0.8, 1.8  # roundness of a whole ring, at least; times its height that an oval chop is wide, at most
_BROAD = 1.3  # times its height that a signature is wide, at least, where it could be a stamp by its size
_MARGIN_PT = 4.0
_ILLEGIBLE, _WRITTEN, _HARDLY_LEGIBLE, _FAR_LARGER = (
    0.6,
    1.3,
    0.9,
    1.6,
)  # a signature that was taken for a word: its certainty, and its height against that of print
_UNBOXED = 0.55  # certainty that nothing is there where no box shows how far to look: always for a person to see
_TOGETHER_PT = 16.0  # pieces of ink nearer than this may be of one stamp
_ASTRAY_PT = 220.0  # a stamp so near the place for the chop may be meant for it
_HOLLOW = 0.12  # share of its box that the ink of lines around a cell fills at most; a stamp with lettering fills more
_EDGE_PT = 3.0  # ink that reaches so near the edge of a page is the sheet's own edge or shadow, most likely


@dataclass(frozen=True)
class Seal:
    """The answer for one of the two: whether it is there, where it was looked for, what was found, how sure (0 to 1). ``on`` None: cannot be told."""

    on: bool | None
    box: Box
    page: int
    found: str
    certainty: float


def seal_of(key: str, hit: LabelHit, sheet: Sheet, page: Page) -> Seal:
    """Looks where a label's signature (strokes) or chop (a round or coloured stamp) may stand, the likeliest place first.

    Absent only where none of the places holds anything; on a picture without boxes less surely than in a box.
    """
    seals = [_seal_in(area, key, hit, sheet, page) for area in places_of_seal(hit, sheet, page)]
    present = next((seal for seal in seals if seal.on), None)
    doubtful = next((seal for seal in seals if seal.on is None), None)
    if present or doubtful:
        return present or doubtful or seals[0]
    stray = _ink_beside(hit, [seal.box for seal in seals], sheet, page)
    if stray is not None and key == CHOP:
        return Seal(None, stray.box, page.number, "ink between the places", 0.5)
    astray = next((ink for ink in page.inks if _is_stamp(ink) and gap_between(ink.box, hit.box) <= _ASTRAY_PT), None)
    if astray is not None and key == CHOP:  # nothing but a chop is a stamp
        return Seal(None, astray.box, page.number, "a stamp in another place", 0.5)
    if key == CHOP and (framed := _framed_astray(hit, sheet, page)) is not None:
        return Seal(None, framed, page.number, "lettering in a frame in another place", 0.5)
    if page.source == "ocr" and sheet.streams[hit.stream].cell is None:
        return replace(seals[0], found="nothing seen", certainty=_UNBOXED)
    return seals[0]


def _framed_astray(hit: LabelHit, sheet: Sheet, page: Page) -> Box | None:
    """A square chop, taken for a cell of the form, not far from a label whose places hold nothing."""
    lettering = [word.box for word in page.words]
    labels = [label.box for label in sheet.labels if label.page == page.number]
    return next((box for box in framed_lettering(page.cells, lettering, labels) if gap_between(box, hit.box) <= _ASTRAY_PT), None)


def _ink_beside(hit: LabelHit, places: Sequence[Box], sheet: Sheet, page: Page) -> Ink | None:
    """Ink as large as a stamp on the height of a label's places, that stands in none of them and in none of the other label's: whose is it?"""
    others = [
        label for label in sheet.labels if label.page == hit.page and set(label.keys) & {SIGNATURE, CHOP} and not set(label.keys) & set(hit.keys)
    ]
    owned = [*places, *(box for label in others for box in places_of_seal(label, sheet, page))]
    top, bottom = min(box[1] for box in places), max(box[3] for box in places)
    for ink in page.inks:
        large = max(ink.box[2] - ink.box[0], ink.box[3] - ink.box[1]) >= _CHOP_PT
        if large and top <= (ink.box[1] + ink.box[3]) / 2 <= bottom and not any(_mostly_in(ink.box, box) for box in owned):
            return ink
    return None


def _seal_in(area: Box, key: str, hit: LabelHit, sheet: Sheet, page: Page) -> Seal:
    inks = [
        ink
        for ink in page.inks
        if _mostly_in(ink.box, area) and not _is_cell(ink.box, page, sheet) and max(ink.box[2] - ink.box[0], ink.box[3] - ink.box[1]) >= _LEAST_PT
    ]
    lettering = [atom.box for stream in sheet.streams if stream.page == page.number for atom in stream.atoms]
    frames = [box for box in stamps_like_cells(area, page.cells) if any(_mostly_in(letters, box) for letters in lettering)]
    stamps = [ink for ink in inks if _is_stamp(ink) and not (key == SIGNATURE and _is_pen(ink, lettering))]
    cells = [cell for cell in page.cells if cell not in frames]  # a square chop is no cell of the form
    lines = [ink for ink in stamps if any(_is_border(ink, cell, 3 if page.source == "ocr" else 4) for cell in (area, *cells))]
    if lines and len(lines) == len(inks):
        return Seal(None, _around([ink.box for ink in lines]), page.number, "ink at the border alone", 0.5)
    inks = [ink for ink in inks if ink not in lines]
    stamps = [ink for ink in stamps if ink not in lines]
    strokes = [ink for ink in inks if ink not in stamps]
    words = _words_in(area, hit, sheet, page)
    if frames and key == CHOP and not stamps:
        return Seal(True, _around(frames), page.number, "lettering in a frame of its own", 0.9)
    around_letters = [*frames, *(ink.box for ink in stamps)] if key == SIGNATURE else frames  # lettering of a stamp is no writing
    words = [atom for atom in words if not any(_mostly_in(atom.box, box) for box in around_letters)]
    around = _around([ink.box for ink in strokes]) if len(strokes) > 1 else None
    if key == SIGNATURE and around is not None and _is_ring(around) and sum(_mostly_in(letters, around) for letters in lettering) > 1:
        return Seal(None, around, page.number, "ink in pieces around lettering", 0.5)
    if key == CHOP:
        chop = _chop(area, page, stamps, strokes, words)
        shared = SIGNATURE in hit.keys and chop.found in (
            "ink",
            LETTERING,
        )  # one place for both: large writing, or what was read as a word, is none
        return replace(chop, on=None, certainty=0.5) if shared else chop
    if (foreign := _no_pen(strokes, page, lettering)) is not None:
        return foreign
    return _signature(area, page, stamps, strokes, words)


def _is_cell(box: Box, page: Page, sheet: Sheet) -> bool:
    """Whether what was seen as ink is a cell of the form itself, shaded or framed; a small one only where a label stands in it."""
    labelled = {hit.stream for hit in sheet.labels}
    own = [stream.cell for index, stream in enumerate(sheet.streams) if stream.page == page.number and stream.cell is not None and index in labelled]
    cells = own if _stamp_sized(box) else page.cells
    return any(all(abs(one - other) <= _MARGIN_PT for one, other in zip(box, cell, strict=True)) for cell in cells)


def _stamp_sized(box: Box) -> bool:
    return max(box[2] - box[0], box[3] - box[1]) <= _LARGEST_PT and 0.5 < (box[2] - box[0]) / max(1.0, box[3] - box[1]) < 2.0


def _no_pen(strokes: Sequence[Ink], page: Page, lettering: Sequence[Box]) -> Seal | None:
    """What is to be said where all the strokes in the place of a signature are pieces of a stamp beside it, or the edge of the sheet; None else."""
    if strokes and all(_at_edge(ink.box, page) for ink in strokes):
        return Seal(None, _around([ink.box for ink in strokes]), page.number, "ink at the edge of the page", 0.5)
    whole = [_whole_stamp(ink, page.inks, lettering) for ink in strokes if not _at_edge(ink.box, page)]
    boxes = [box for box in whole if box is not None]
    if boxes and len(boxes) == len(whole):
        return Seal(None, boxes[0], page.number, "pieces of a stamp", 0.5)
    return None


def _is_handwriting(atom: Atom, page: Page) -> bool:
    """Whether what was read as a word is plainly a signature: one word, hardly legible, larger than the print, no Chinese as chops hold,
    and no piece of a stamp near it."""
    wide, high = atom.box[2] - atom.box[0], atom.box[3] - atom.box[1]
    usual = median([word.box[3] - word.box[1] for word in page.words])
    large = wide >= _CHOP_PT and high >= _WRITTEN * usual
    others = [ink for ink in page.inks if gap_between(ink.box, atom.box) <= _TOGETHER_PT and not _mostly_in(ink.box, atom.box)]
    legible = atom.confidence >= (_ILLEGIBLE if high < _FAR_LARGER * usual else _HARDLY_LEGIBLE)
    return large and not legible and not others and not any(character > "\u2e7f" for character in atom.text)


def _at_edge(box: Box, page: Page) -> bool:
    """Whether ink reaches the edge of the page: the edge of the sheet on a photograph, the shadow of a scanner's lid."""
    return box[0] < _EDGE_PT or box[1] < _EDGE_PT or box[2] > page.width - _EDGE_PT or box[3] > page.height - _EDGE_PT


def _whole_stamp(piece: Ink, inks: Sequence[Ink], lettering: Sequence[Box]) -> Box | None:
    """The box of the stamp that a piece of ink belongs to: pieces of one colour, close together, around lettering or as a frame; None where none."""
    rest = [ink for ink in inks if ink is not piece and ink.colour == piece.colour]
    group = [piece]
    while near := [ink for ink in rest if any(_of_one_stamp(ink, other, lettering) for other in group)]:
        group += near
        rest = [ink for ink in rest if ink not in near]
    around = _around([ink.box for ink in group])
    lines = all(min(ink.box[2] - ink.box[0], ink.box[3] - ink.box[1]) <= _FRAME_PT and ink.roundness < 0.3 for ink in group)
    holds = any(_mostly_in(letters, around) for letters in lettering) or (lines and around[3] - around[1] > 1.5 * _CHOP_PT)
    opposite = len(group) == 2 and gap_between(group[0].box, group[1].box) > _TOGETHER_PT
    return (
        around
        if (opposite or len(group) > 2) and _is_ring(around) and max(around[2] - around[0], around[3] - around[1]) <= _LARGEST_PT and holds
        else None
    )


def _of_one_stamp(one: Ink, other: Ink, lettering: Sequence[Box]) -> bool:
    """Whether two pieces of ink are near each other, or on opposite sides of lettering that they frame together."""
    if gap_between(one.box, other.box) <= _TOGETHER_PT:
        return True
    around = _around([one.box, other.box])
    framed = _is_ring(around) and max(around[2] - around[0], around[3] - around[1]) <= _LARGEST_PT
    return framed and sum(_mostly_in(letters, around) for letters in lettering) > 1


def _signature(area: Box, page: Page, stamps: Sequence[Ink], strokes: Sequence[Ink], words: Sequence[Atom]) -> Seal:
    signed = [widget for widget in page.widgets if widget.kind == "signature" and widget.signed and _mostly_in(widget.box, area)]
    if signed:
        return Seal(True, signed[0].box, page.number, "digital signature", 0.99)
    pen = [ink for ink in strokes if ink.colour != "red"]
    if pen and all(at_border(ink.box, area) for ink in pen):  # a stamp over the border of its own box?
        return Seal(None, _around([ink.box for ink in pen]), page.number, "ink at the border alone", 0.5)
    if pen and all(_reach([ink]) < _LEAST_WRITING_PT for ink in pen):  # specks, or what was seen of a stamp's frame
        return Seal(None, _around([ink.box for ink in pen]), page.number, "ink too small for a signature", 0.5)
    if pen:
        return Seal(True, _around([ink.box for ink in pen]), page.number, "ink", 0.96)
    if strokes:  # red: pieces of a stamp, hardly of a pen
        return Seal(None, _around([ink.box for ink in strokes]), page.number, "red ink alone", 0.5)
    if any(ink.kind != "pixels" for ink in stamps):
        return Seal(True, stamps[0].box, page.number, "picture", 0.9)
    doubtful = [atom for atom in words if atom.confidence < 0.9]
    if doubtful:
        alone = len(words) == 1 and _is_handwriting(doubtful[0], page)
        return Seal(True, _around([atom.box for atom in doubtful]), page.number, "writing", 0.96 if alone else 0.85)
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
        return Seal(None, _around([ink.box for ink in strokes]), page.number, NO_STAMP, 0.5)
    doubtful = [atom for atom in words if atom.confidence < 0.9]
    if doubtful:
        return Seal(True, _around([atom.box for atom in doubtful]), page.number, LETTERING, 0.85)
    if words:
        return Seal(None, _around([atom.box for atom in words]), page.number, "typed words", 0.5)
    return Seal(False, area, page.number, "", 0.96)


def _is_stamp(ink: Ink) -> bool:
    width, height = ink.box[2] - ink.box[0], ink.box[3] - ink.box[1]
    if min(width, height) < _CHOP_PT * 0.8:
        return False
    return ink.roundness >= _ROUND or (ink.colour in ("red", "blue") and 0.55 < width / height < 1.8 and min(width, height) >= _CHOP_PT)


def _is_pen(ink: Ink, lettering: Sequence[Box]) -> bool:
    """Whether blue or black ink that is as large as a stamp is none: broader than high, neither ring nor frame, and around no lettering."""
    wide, high = ink.box[2] - ink.box[0], ink.box[3] - ink.box[1]
    drawn = 0 < ink.roundness < _ROUND and wide >= _BROAD * high
    long = 0 < ink.roundness < _RING and wide >= _LONG * high  # longer than oval chops are
    return ink.colour != "red" and (drawn or long) and not any(_mostly_in(letters, ink.box) for letters in lettering)


def _is_border(ink: Ink, cell: Box, least: int) -> bool:
    """Whether thin ink runs along so many sides of a cell at least: the lines of the form itself, not taken for ruling."""
    sides = sum(abs(one - other) <= _MARGIN_PT for one, other in zip(ink.box, cell, strict=True))
    return ink.kind == "pixels" and ink.density < _HOLLOW and sides >= least


def _reach(inks: Sequence[Ink]) -> float:
    """The longer side of the box around all pieces, in points."""
    x0, top, x1, bottom = _around([ink.box for ink in inks])
    return max(x1 - x0, bottom - top)


def _is_ring(box: Box) -> bool:
    """Whether pieces of ink together have the size and the shape of a stamp."""
    width, height = box[2] - box[0], box[3] - box[1]
    return min(width, height) >= _CHOP_PT and 0.4 < width / height < 2.6


def _words_in(area: Box, hit: LabelHit, sheet: Sheet, page: Page) -> list[Atom]:
    """Words inside the area that are no labels: writing or lettering that a reader took for text."""
    above = area[3] <= hit.box[1] + 4 and sheet.streams[hit.stream].cell is None  # over a line: sentences end above it, lettering is odd
    found = []
    for index, stream in enumerate(sheet.streams):
        if stream.page != page.number:
            continue
        taken = sheet.taken(index)
        for at, atom in enumerate(stream.atoms):
            if at in taken or atom.is_colon or not _mostly_in(atom.box, area) or not atom.text.strip("_-.…():/ "):
                continue
            if above and (atom.confidence >= 0.9 or _is_sentence(atom)):
                continue
            if sheet.streams[hit.stream].cell is None and _answers_another(atom.box, hit, sheet):
                continue
            found.append(atom)
    return found


def _is_sentence(atom: Atom) -> bool:
    """Whether a piece is a part of a long run of Chinese, as the words of a declaration are and no signature is."""
    return sum(character > "\u2e7f" for character in atom.word.text) >= _SENTENCE and atom.confidence >= _ILLEGIBLE


def _answers_another(box: Box, hit: LabelHit, sheet: Sheet) -> bool:
    """Whether words stand on the row of a label of something else, behind it: they are that label's value, badly read."""
    for label in sheet.labels:
        other = label.page == hit.page and label.keys and not set(label.keys) & {SIGNATURE, CHOP}
        shared = min(label.box[3], box[3]) - max(label.box[1], box[1])
        if other and label.box[0] < box[0] and shared > 0.5 * min(label.box[3] - label.box[1], box[3] - box[1]):
            return True
    return False


def _mostly_in(box: Box, area: Box) -> bool:
    width = min(box[2], area[2]) - max(box[0], area[0])
    height = min(box[3], area[3]) - max(box[1], area[1])
    size = max(0.1, (box[2] - box[0]) * (box[3] - box[1]))
    return width > 0 and height > 0 and width * height / size > 0.5


def _around(boxes: Sequence[Box]) -> Box:
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
