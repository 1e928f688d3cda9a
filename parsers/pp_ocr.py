"""The first reader of pictures: models of the PP-OCR family, run by onnxruntime on one thread.

Lines are found on a reduced picture and recognised on crops of the full one, by the quick model first and by the thorough one where that is not
sure; crops are batched by width and hardly padded. Coordinates here are pixels of the picture, x right and y down.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import cv2
import numpy as np
import onnxruntime

from parsers.line_models import ModelsMissing, detector, load_models, quick_recogniser, thorough_recogniser
from parsers.line_pieces import Piece, pieces_to_read, put_together
from parsers.quick_lines import standing
from parsers.recogniser import LINE_PX, Reading, Recogniser
from parsers.uprighting import along_reading

__all__ = ["ModelsMissing", "load_models"]

Picture = np.ndarray[Any, np.dtype[Any]]
Key = TypeVar("Key")
Quad = np.ndarray[Any, np.dtype[np.float32]]  # four corners, clockwise from the top left

DETECTION_SIDE_PX = 1312  # long side on which lines are found: 112 dpi on A4; more costs time and finds nothing more
_BATCH_PX = 3200  # width of the lines recognised at once, padding and all: more takes memory and saves no time
_PADDING_PX = 16  # by which the widest of them may be wider than the narrowest
_MARGINS_PX = 352  # long side on which a page's margins are told: grain is averaged away there, print in the smallest type is not
_UNEVEN = 14  # of 255: greatest difference among nine neighbours there that is paper
_RIM = 0.02  # of the long side, kept around print: lines are found by the paper around them
_STEP = 32  # detection works on multiples of this


@dataclass(frozen=True)
class RecognisedLine:
    """One line: its corners, its text, each character's certainty, and where each begins and ends along the line (0 to 1)."""

    quad: Quad
    text: str
    certainties: tuple[float, ...]
    spans: tuple[tuple[float, float], ...]

    @property
    def confidence(self) -> float:
        return sum(self.certainties) / len(self.certainties) if self.certainties else 0.0


def read_lines(picture: Picture, *, deadline: float | None = None) -> tuple[list[RecognisedLine], bool]:
    """All lines of a picture (RGB), and whether there was time for all; ``deadline`` on the monotonic clock."""
    quads = find_lines(picture)
    return recognise(picture, quads, deadline=deadline)


def find_lines(picture: Picture) -> list[Quad]:
    """The corners of every line of text, in no particular order."""
    scale = min(1.0, DETECTION_SIDE_PX / max(picture.shape[:2]))
    left, top, right, bottom = _printed_area(picture)
    part = picture[top:bottom, left:right]
    height, width = part.shape[:2]
    size = (max(_STEP, round(width * scale / _STEP) * _STEP), max(_STEP, round(height * scale / _STEP) * _STEP))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    tensor = ((small / 255 - 0.5) / 0.5).transpose(2, 0, 1)[None, ::-1].copy()  # the models were trained on BGR
    session, post_process = detector()
    boxes, _ = post_process(session.run(None, {session.get_inputs()[0].name: tensor}, _giving_back())[0], (height, width))
    return [along_reading(np.asarray(box, np.float32) + np.array([left, top], np.float32)) for box in boxes]


def _printed_area(picture: Picture) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of all that is not even paper, with a rim: a page's margins cost as much as its print, and hold nothing."""
    height, width = picture.shape[:2]
    scale = min(1.0, _MARGINS_PX / max(height, width))
    grey = cv2.cvtColor(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    uneven = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > _UNEVEN
    columns, rows = np.flatnonzero(uneven.any(axis=0)), np.flatnonzero(uneven.any(axis=1))
    if not len(columns):
        return 0, 0, width, height
    rim = _RIM * max(height, width)
    left, right = max(0, int(columns[0] / scale - rim)), min(width, int((columns[-1] + 1) / scale + rim))
    top, bottom = max(0, int(rows[0] / scale - rim)), min(height, int((rows[-1] + 1) / scale + rim))
    return left, top, right, bottom


def recognise(picture: Picture, quads: Sequence[Quad], *, deadline: float | None = None) -> tuple[list[RecognisedLine], bool]:
    """The text of each line, empty ones left out, and whether there was time for all.

    Lines of which the quick model is sure stand as it read them, all others are read by the thorough one.
    """
    crops = _crops(picture, quads)
    quick = dict(_read(quick_recogniser(), crops, deadline))
    strips = {at: strip for at, strip in crops if at in quick}
    stand = dict(zip(quick, standing(list(quick.values())), strict=True))
    pieces = {at: _to_read(strip, quick[at], stand[at]) for at, strip in strips.items()}
    cut = [(piece, strips[at][:, piece.left : piece.right]) for at, found in pieces.items() for piece in found]
    again = dict(_read(thorough_recogniser(), sorted(cut, key=_width), deadline))
    lines = []
    for at, strip in strips.items():
        if all(piece in again for piece in pieces[at]):
            line = RecognisedLine(quads[at], *put_together(quick[at], [(piece, again[piece]) for piece in pieces[at]], strip.shape[1]))
            lines += [line] if line.text.strip() else []
    return lines, len(quick) == len(crops) and len(again) == len(cut)


def _to_read(strip: Picture, reading: Reading, stand: Sequence[bool]) -> list[Piece]:
    """What the thorough model is to read of a strip."""
    pieces = pieces_to_read(strip, reading, stand)
    return [Piece(0, len(reading[0]), 0, strip.shape[1])] if pieces is None else pieces


def _width(entry: tuple[Any, Picture]) -> int:
    return int(entry[1].shape[1])


def _crops(picture: Picture, quads: Sequence[Quad]) -> list[tuple[int, Picture]]:
    """The number of each line that has any size, and its strip, narrow ones first."""
    crops = [(at, crop_of(picture, quad)) for at, quad in enumerate(quads)]
    return sorted((entry for entry in crops if entry[1].size), key=_width)


def _read(reader: Recogniser, crops: Sequence[tuple[Key, Picture]], deadline: float | None) -> Iterator[tuple[Key, Reading]]:
    """What the model reads on each strip, as many as there is time for."""
    for batch in _batches(crops):
        if deadline is not None and time.monotonic() > deadline:
            return
        yield from zip((at for at, _ in batch), reader.read([crop for _, crop in batch]), strict=True)


def _batches(crops: Sequence[tuple[Key, Picture]]) -> Iterator[Sequence[tuple[Key, Picture]]]:
    """Crops in the order given, narrow ones first, as many at once as are of about one width: padding costs as much as print."""
    start = 0
    while start < len(crops):
        end, least = start + 1, crops[start][1].shape[1]
        while end < len(crops) and (end - start + 1) * crops[end][1].shape[1] <= _BATCH_PX and crops[end][1].shape[1] <= least + _PADDING_PX:
            end += 1
        yield crops[start:end]
        start = end


def mean_certainty(picture: Picture, quads: Sequence[Quad]) -> float:
    """How surely these lines can be read as their corners stand, 0 to 1, told by the quick model; a line in which nothing is read counts as 0."""
    read = [certainties for _, (text, certainties, _) in _read(quick_recogniser(), _crops(picture, quads), None) if text.strip()]
    return sum(sum(certainties) / len(certainties) for certainties in read) / len(quads) if quads else 0.0


def crop_of(picture: Picture, quad: Quad) -> Picture:
    """A line laid flat: its quad rectified to an upright strip of the recogniser's height, as its corners tell where reading begins."""
    width = max(float(np.linalg.norm(quad[0] - quad[1])), float(np.linalg.norm(quad[3] - quad[2])))
    height = max(float(np.linalg.norm(quad[0] - quad[3])), float(np.linalg.norm(quad[1] - quad[2])))
    if width < 2 or height < 2:
        return np.zeros((0, 0, 3), np.uint8)
    strip_width = max(8, round(width * LINE_PX / height))
    target = np.array([[0, 0], [strip_width, 0], [strip_width, LINE_PX], [0, LINE_PX]], np.float32)
    flat: Picture = cv2.warpPerspective(
        picture,
        cv2.getPerspectiveTransform(quad, target),
        (strip_width, LINE_PX),
        flags=cv2.INTER_CUBIC if height < LINE_PX else cv2.INTER_AREA,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return flat


def _giving_back() -> onnxruntime.RunOptions:
    """For a run after which the model's memory, some 150 MB, goes back: the next model needs as much."""
    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options
