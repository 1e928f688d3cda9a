"""Which characters of a text layer are really printed: the page is drawn with its text and without, and what changes is what a person sees.

Whatever hides text (no ink, white ink, no opacity, a clip, a layer switched off, something painted over it) leaves no difference, and
whatever else stands in the same place (a picture, a rule, other text) makes none.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import cv2
import numpy as np
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from parsers.pdf_words import Glyph, LayerWord
from parsers.values import Box

Picture = NDArray[np.uint8]
Mask = NDArray[np.uint8]

LEAST_CONTRAST = 24  # levels of any colour by which print must differ from its ground; less is invisible to a person
MOST_LAYERS = 6  # drawings of text on text that are told apart; a page with more is a puzzle, and read as a picture
_GRID = 2.0  # cells per point in which overlaps of text are looked for
_SHRUNK = 0.2  # of a character's box, on each side: neighbours that touch do not overlap
_OVERLAP = 0.35  # share of a character's cells that another drawing has taken
_OVERLAP_CELLS = 20


class Printed(NamedTuple):
    """The ink that each text object adds to the page, 0 to 255, at ``scale`` pixels per point; text on text is kept in layers apart.

    ``layers`` tells the picture of a text object's ink, ``rivals`` which others it lies on. ``tangled``: so much text lies on text that they
    could not be told apart. ``bare``: the page drawn without all text.
    """

    inks: tuple[Mask, ...]
    layers: Mapping[int, int]
    scale: float
    rivals: Mapping[int, AbstractSet[int]]
    tangled: bool = False
    bare: Picture | None = None

    def ink_of(self, glyph: Glyph, margin: float = 0.0) -> Mask:
        """The ink of the character's drawing within its box (and ``margin`` points around it); empty outside the page."""
        ink = self.inks[self.layers.get(glyph.text_object, 0)]
        x0, top, x1, bottom = glyph.box
        left, upper = int((max(0.0, x0) - margin) * self.scale), int((max(0.0, top) - margin) * self.scale)
        right, lower = int(np.ceil((x1 + margin) * self.scale)) + 1, int(np.ceil((bottom + margin) * self.scale)) + 1
        return ink[max(0, upper) : max(0, lower), max(0, left) : max(0, right)]

    def shown(self, glyphs: Sequence[Glyph]) -> list[bool]:
        """For each character whether its drawing leaves a visible trace within its box."""
        if not glyphs:
            return []
        sums = [cv2.integral((ink >= LEAST_CONTRAST).astype(np.uint8)) for ink in self.inks]
        boxes = np.array([glyph.box for glyph in glyphs]) * self.scale
        (high, wide), layer = self.inks[0].shape, np.array([self.layers.get(glyph.text_object, 0) for glyph in glyphs])
        left, right = np.clip(np.floor(boxes[:, 0]), 0, wide).astype(int), np.clip(np.ceil(boxes[:, 2]) + 1, 0, wide).astype(int)
        upper, lower = np.clip(np.floor(boxes[:, 1]), 0, high).astype(int), np.clip(np.ceil(boxes[:, 3]) + 1, 0, high).astype(int)
        stack = np.stack(sums)
        traces = stack[layer, lower, right] - stack[layer, upper, right] - stack[layer, lower, left] + stack[layer, upper, left]
        return [bool(trace > 0) for trace in traces]


def printed_ink(words: Sequence[LayerWord], shown: Picture, draw: Callable[[], Picture], *, scale: float) -> Printed | None:
    """What the words' drawings add to the page ``shown``. ``draw`` draws the page anew, in the same size. None where no drawing is known.

    The page's text is switched off and on again: it is as before when this returns.
    """
    glyphs = [glyph for word in words for glyph in word.glyphs if glyph.text_object]
    if not glyphs:
        return None
    drawings = dict.fromkeys(glyph.text_object for glyph in glyphs)
    rivals = overlapping(glyphs, shown.shape[1] / scale, shown.shape[0] / scale)
    layers = _layers(drawings, rivals)
    tangled = layers is None
    layers = layers or dict.fromkeys(drawings, 0)
    try:
        _switch(drawings, on=False)
        bare = draw()
        inks = []
        for layer in range(max(layers.values()) + 1):
            if layer == 0 and not any(layers.values()):
                inks.append(_difference(shown, bare))
                break
            these = [drawing for drawing in drawings if layers.get(drawing, 0) == layer]
            _switch(these, on=True)
            inks.append(_difference(draw(), bare))
            _switch(these, on=False)
    finally:
        _switch(drawings, on=True)
    return Printed(tuple(inks), layers, scale, rivals, tangled, bare)


def _switch(drawings: Iterable[int], *, on: bool) -> None:
    for address in drawings:
        pdfium_c.FPDFPageObj_SetIsActive(ctypes.cast(address, pdfium_c.FPDF_PAGEOBJECT), on)


def _difference(one: Picture, other: Picture) -> Mask:
    """The greatest difference of any colour, pixel by pixel."""
    apart = cv2.absdiff(one, other)
    return np.asarray(cv2.max(cv2.max(apart[:, :, 0], apart[:, :, 1]), apart[:, :, 2]), dtype=np.uint8)


def _layers(drawings: Iterable[int], rivals: Mapping[int, AbstractSet[int]]) -> dict[int, int] | None:
    """The layer of each text object, so that none of a layer lies on another of it; None where it would take more than MOST_LAYERS."""
    layers: dict[int, int] = {}
    for drawing in drawings:
        taken = {layers[rival] for rival in rivals.get(drawing, ()) if rival in layers}
        layers[drawing] = next(number for number in range(len(taken) + 1) if number not in taken)
        if layers[drawing] >= MOST_LAYERS:
            return None
    return layers


def overlapping(glyphs: Sequence[Glyph], width: float, height: float) -> dict[int, set[int]]:
    """Text objects whose letters or digits lie on those of others: each with the others."""
    factor = min(_GRID, 3000 / max(width, height, 1.0))
    owners = np.zeros((int(height * factor) + 2, int(width * factor) + 2), dtype=np.int32)
    numbers = {drawing: number for number, drawing in enumerate(dict.fromkeys(glyph.text_object for glyph in glyphs), 1)}
    drawings = list(numbers)
    rivals: dict[int, set[int]] = {}
    for glyph in glyphs:
        if not glyph.text.isalnum():
            continue
        left, upper, right, lower = _shrunk(glyph.box, factor)
        patch, own = owners[upper:lower, left:right], numbers[glyph.text_object]
        if not patch.size:
            continue
        if patch.any():
            found, counts = np.unique(patch[(patch > 0) & (patch != own)], return_counts=True)
            for number, count in zip(found.tolist(), counts.tolist(), strict=True):
                if count >= min(_OVERLAP_CELLS, max(1.0, _OVERLAP * patch.size)):
                    rivals.setdefault(glyph.text_object, set()).add(drawings[number - 1])
                    rivals.setdefault(drawings[number - 1], set()).add(glyph.text_object)
        patch[:] = own
    return rivals


def _shrunk(box: Box, factor: float) -> tuple[int, int, int, int]:
    x0, top, x1, bottom = box
    across, down = _SHRUNK * (x1 - x0), _SHRUNK * (bottom - top)
    left, upper = max(0, int((x0 + across) * factor)), max(0, int((top + down) * factor))
    return left, upper, max(left + 1, int((x1 - across) * factor)), max(upper + 1, int((bottom - down) * factor))
