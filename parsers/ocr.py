"""The reading of a page that is only a picture: made upright, read, and looked at; all boxes in points of the page as displayed."""

from __future__ import annotations

import contextlib
import os
import time
import unicodedata
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from parsers.coarse_print import doubted
from parsers.crossings import crossed_on_picture, ringed
from parsers.handwriting import without_hands
from parsers.known_forms import BlankPage, Registered, anchors_among, printed_line, register
from parsers.pp_ocr import ModelsMissing, Quad, RecognisedLine, find_lines, mean_certainty, recognise
from parsers.pp_ocr import load_models as load_first_reader
from parsers.scripts import in_one_script
from parsers.seeing import see_page
from parsers.tesseract import read_again, read_with_tesseract
from parsers.uprighting import Uprighting, made_upright
from parsers.values import Box, Page, Upright, Word

__all__ = ["load_models", "read_picture"]

Picture = np.ndarray[Any, np.dtype[Any]]

os.environ.setdefault("OMP_THREAD_LIMIT", "1")
cv2.setNumThreads(1)
PRINT_OF_THE_BLANK = 0.99  # certainty of words that were not read but known
_AGAIN_SECONDS = 8.0  # for the second reading of a page's numbers, which takes a fifth of a second


def read_picture(
    picture: Picture,
    *,
    dpi: float,
    number: int,
    width: float,
    height: float,
    languages: Sequence[str],
    deadline: float | None = None,
    known_forms: Sequence[BlankPage] = (),
) -> Page:
    """Reads one displayed page. ``width`` and ``height`` in points; ``deadline`` on the monotonic clock: what is not read by then is noted.

    Of a page that is certainly one of ``known_forms`` only what was filled in is read: its print is that of the blank.
    """
    upright, words, in_time = _words_on(picture, dpi=dpi, languages=languages, deadline=deadline, known_forms=known_forms)
    to_points = width / picture.shape[1]
    words = without_hands(doubted(words, picture), upright.picture)
    upright_scale = 72 / dpi
    placed = tuple(word.model_copy(update={"box": _scaled(word.box, upright_scale)}) for word in words)
    seen = see_page(upright.picture, dpi=dpi, words=placed)
    grey, boxes = np.asarray(cv2.cvtColor(upright.picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8), [word.box for word in placed]
    rings, struck = ringed(boxes, grey, dpi / 72), crossed_on_picture(boxes, grey, dpi / 72)
    back = _Placing(upright, dpi, to_points)
    notes = () if in_time and (deadline is None or time.monotonic() < deadline) else ("time_limit",)
    return Page(
        number=number,
        width=width,
        height=height,
        words=in_one_script(
            tuple(
                word.model_copy(update={"box": back.box(word.box), "ringed": at in rings, "struck": at in struck}) for at, word in enumerate(placed)
            )
        ),
        cells=tuple(back.box(cell) for cell in seen.cells),
        marks=tuple(mark.model_copy(update={"box": back.box(mark.box)}) for mark in seen.marks),
        inks=tuple(ink.model_copy(update={"box": back.box(ink.box)}) for ink in seen.inks),
        codes=seen.codes,
        source="ocr",
        dpi=dpi,
        rotation=upright.rotation,
        upright=back.upright(),
        confidence=_mean([word.confidence for word in words]),
        notes=notes,
    )


def load_models() -> None:
    """Loads the first reader's models, once a process; where there are none the second reader will do, and needs none."""
    with contextlib.suppress(ModelsMissing):
        load_first_reader()


def _words_on(
    picture: Picture, *, dpi: float, languages: Sequence[str], deadline: float | None, known_forms: Sequence[BlankPage] = ()
) -> tuple[Uprighting, tuple[Word, ...], bool]:
    """The page held upright, its words with boxes in pixels of the upright picture, and whether there was time for all of them."""
    try:
        quads = find_lines(picture)
    except ModelsMissing:
        words = read_with_tesseract(picture, dpi=dpi, languages=languages, timeout_s=_left(deadline, 30.0))
        return Uprighting(picture, 0, np.eye(3)), words, True
    upright = made_upright(picture, quads, lambda some: mean_certainty(picture, some))
    lines, in_time = _lines_in(upright.picture, upright.there(quads), known_forms, deadline)
    words = words_of(in_reading_order(lines))
    again_s = _left(deadline, _AGAIN_SECONDS)
    return upright, read_again(upright.picture, words, timeout_s=again_s) if in_time and again_s > 1 else words, in_time


def _lines_in(picture: Picture, quads: Sequence[Quad], known_forms: Sequence[BlankPage], deadline: float | None) -> tuple[list[RecognisedLine], bool]:
    """The lines of an upright page, and whether there was time for all; those that a known form prints are not read but known."""
    anchors = anchors_among(quads) if known_forms else []
    first, in_time = recognise(picture, [quads[number] for number in anchors], deadline=deadline)
    numbers = {id(quads[number]): number for number in anchors}
    form = register(quads, {numbers[id(line.quad)]: line.text for line in first}, known_forms) if known_forms and in_time else None
    known = form.printed if form is not None else {}
    printed = [_printed(quads[number], words, form) for number, words in known.items() if form is not None]
    done = set(anchors) | set(known)
    rest, in_time = recognise(picture, [quad for number, quad in enumerate(quads) if number not in done], deadline=deadline)
    return [*first, *printed, *rest], in_time


def _printed(quad: Quad, words: Sequence[Word], form: Registered) -> RecognisedLine:
    text, spans = printed_line(quad, words, form.to_picture)
    return RecognisedLine(quad, text, (PRINT_OF_THE_BLANK,) * len(text), spans)


def _left(deadline: float | None, most: float) -> float:
    """Seconds until the deadline, or as many as are to be spent at most."""
    return most if deadline is None else max(0.1, min(most, deadline - time.monotonic()))


class _Placing:
    """Boxes in points of the upright picture, back onto the page as displayed."""

    def __init__(self, upright: Uprighting, dpi: float, to_points: float) -> None:
        self._upright, self._to_pixels, self._to_points = upright, dpi / 72, to_points

    def upright(self) -> Upright | None:
        """The way from the displayed page to the upright one, in points; None where they are the same."""
        if self._upright.unchanged:
            return None
        scale = np.diag([self._to_points, self._to_points, 1.0])
        onward = scale @ np.linalg.inv(self._upright.to_displayed) @ np.linalg.inv(scale)
        a, b, c, d, e, f, g, h, i = (float(n) for n in (onward / onward[2, 2]).ravel())
        height, width = self._upright.picture.shape[:2]
        return Upright(matrix=(a, b, c, d, e, f, g, h, i), width=round(width * self._to_points, 2), height=round(height * self._to_points, 2))

    def box(self, box: Box) -> Box:
        return _scaled(self._upright.back(_scaled(box, self._to_pixels)), self._to_points)


def in_reading_order(lines: Sequence[RecognisedLine]) -> list[RecognisedLine]:
    """Rows from top to bottom, each from left to right; lines whose middles lie within half a height of one another share a row."""
    rows: list[list[RecognisedLine]] = []
    for line in sorted(lines, key=_middle):
        if rows and abs(_middle(line) - _middle(rows[-1][0])) < min(_print_height(line), _print_height(rows[-1][0])) / 2:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: float(line.quad[:, 0].min()))]


def words_of(lines: Sequence[RecognisedLine]) -> tuple[Word, ...]:
    """Lines cut at spaces into words, each with its box in the picture's pixels and the certainty of its characters."""
    words = []
    for number, line in enumerate(lines):
        start: int | None = None
        for index, character in enumerate((*line.text, " ")):
            if character.isspace():
                if start is not None:
                    words.append(_word(line, number, start, index))
                start = None
            elif start is None:
                start = index
    return tuple(words)


def _word(line: RecognisedLine, number: int, start: int, end: int) -> Word:
    left, right = line.spans[start][0], line.spans[end - 1][1]
    top_left, top_right, bottom_right, bottom_left = line.quad
    corners = np.array(
        [
            top_left + (top_right - top_left) * left,
            top_left + (top_right - top_left) * right,
            bottom_left + (bottom_right - bottom_left) * left,
            bottom_left + (bottom_right - bottom_left) * right,
        ]
    )
    certainties = line.certainties[start:end]
    confidence = (min(certainties) + _mean(certainties)) / 2
    (x0, top), (x1, bottom) = corners.min(axis=0), corners.max(axis=0)
    return Word(text=_plain(line.text[start:end]), box=(float(x0), float(top), float(x1), float(bottom)), confidence=confidence, line=number)


def _plain(text: str) -> str:
    """Full-width letters and digits as ordinary ones; other signs as read."""
    return "".join(unicodedata.normalize("NFKC", c) if "\uff10" <= c <= "\uff5a" and c.isalnum() else c for c in text)


def _middle(line: RecognisedLine) -> float:
    return float(line.quad[:, 1].mean())


def _print_height(line: RecognisedLine) -> float:
    return float(np.linalg.norm(line.quad[3] - line.quad[0]))


def _scaled(box: Box, by: float) -> Box:
    return (box[0] * by, box[1] * by, box[2] * by, box[3] * by)


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0
