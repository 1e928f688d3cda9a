"""A scanned page of an official form is known by its print, and only what was filled in is read."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from parsers.blank_forms import pages_of_blank
from parsers.known_forms import BlankPage, Quad, anchors_among, printed_line, register
from parsers.values import Box, Word

FORMS = Path(__file__).parents[2] / "programmes" / "cppp" / "blank_forms"
SCALE = 200 / 72


@pytest.fixture(scope="module")
def blanks() -> list[BlankPage]:
    return [page for path in sorted(FORMS.glob("*.pdf")) for page in pages_of_blank(path.read_bytes(), path.stem)]


def quad_of(box: Box, matrix: np.ndarray, *, swell: float = 0.15) -> Quad:
    """A line as it is found on a picture: a little larger than its words."""
    room = swell * (box[3] - box[1])
    x0, top, x1, bottom = box[0] - room, box[1] - room, box[2] + room, box[3] + room
    corners = np.array([[[x0, top], [x1, top], [x1, bottom], [x0, bottom]]], np.float64)
    return np.asarray(cv2.perspectiveTransform(corners, matrix)[0], np.float32)


class Found:
    """Lines found on a picture of a blank's page: those of its print, then those of what was filled in."""

    def __init__(self, blank: BlankPage, matrix: np.ndarray, filled: Sequence[tuple[str, Box]] = ()) -> None:
        self.texts = [segment.key for segment in blank.segments] + [text for text, _ in filled]
        self.quads = [quad_of(segment.box, matrix) for segment in blank.segments] + [quad_of(box, matrix) for _, box in filled]
        self.print_count = len(blank.segments)

    def read(self) -> dict[int, str]:
        return {number: self.texts[number] for number in anchors_among(self.quads)}


def scaled() -> np.ndarray:
    return np.diag([SCALE, SCALE, 1.0])


def turned(degrees: float) -> np.ndarray:
    angle = math.radians(degrees)
    turn = np.array([[math.cos(angle), -math.sin(angle), 30.0], [math.sin(angle), math.cos(angle), -12.0], [0, 0, 1.0]])
    return np.asarray(turn @ np.diag([1.07 * SCALE, 1.05 * SCALE, 1.0]))


def photographed() -> np.ndarray:
    """What flattening a photograph leaves: a little perspective."""
    return np.asarray(np.array([[1.0, 0.004, 9.0], [-0.003, 1.0, 14.0], [1.2e-5, -0.8e-5, 1.0]]) @ scaled())


def values_on(blank: BlankPage) -> list[tuple[str, Box]]:
    return [("Wing Fat 12345678", (x0 + 3, bottom - 10, min(x1 - 3, x0 + 90), bottom - 2)) for x0, _, x1, bottom in blank.zones if x1 - x0 > 60]


WAYS = {"scanned": scaled, "askew": lambda: turned(0.4), "askew to the left": lambda: turned(-0.6), "photographed": photographed}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("at", range(4))
def test_a_filled_page_is_known_and_only_its_values_are_left_to_read(blanks: list[BlankPage], at: int, way: Callable[[], np.ndarray]) -> None:
    blank, filled = blanks[at], values_on(blanks[at])
    found = Found(blank, way(), filled)
    known = register(found.quads, found.read(), blanks)
    assert known is not None
    assert (known.page.form, known.page.number) == (blank.form, blank.number)
    assert all(number < found.print_count for number in known.printed)
    assert len(known.printed) + len(found.read()) > 0.9 * found.print_count
    assert all("".join(word.text for word in words) for words in known.printed.values())


def test_the_words_of_a_known_line_stand_where_they_are_printed(blanks: list[BlankPage]) -> None:
    found = Found(blanks[0], scaled())
    known = register(found.quads, found.read(), blanks)
    assert known is not None
    number, words = max(known.printed.items(), key=lambda item: len(item[1]))
    text, spans = printed_line(found.quads[number], words, known.to_picture)
    assert text == " ".join(word.text for word in words)
    assert len(spans) == len(text)
    left, right = found.quads[number][0][0], found.quads[number][1][0]
    assert left + spans[0][0] * (right - left) == pytest.approx(words[0].box[0] * SCALE, abs=3)
    assert left + spans[-1][1] * (right - left) == pytest.approx(words[-1].box[2] * SCALE, abs=3)


def test_a_value_run_together_with_its_label_is_read(blanks: list[BlankPage]) -> None:
    blank = blanks[0]
    found = Found(blank, scaled())
    label = next(n for n, segment in enumerate(blank.segments) if segment.key == "telephone")
    x0, top, x1, bottom = blank.segments[label].box
    found.quads[label] = quad_of((x0, top, x1 + 120, bottom), scaled())
    known = register(found.quads, found.read(), blanks)
    assert known is not None
    assert label not in known.printed


def test_a_form_typed_anew_with_the_same_words_in_other_places_is_read_in_full(blanks: list[BlankPage]) -> None:
    shifted = [word.model_copy(update={"box": moved(word)}) for word in blanks[0].words]
    retyped = BlankPage(form="retyped", number=1, width=595, height=842, words=tuple(shifted))
    found = Found(retyped, scaled())
    assert register(found.quads, found.read(), blanks) is None


def moved(word: Word) -> Box:
    """The same rows in another order, as an office sets them that types the form anew."""
    x0, top, x1, bottom = word.box
    row = 60 + 13.0 * ((word.line * 7) % 55)
    return (x0, row, x1, row + bottom - top)


def test_another_edition_with_other_words_in_places_that_were_read_is_read_in_full(blanks: list[BlankPage]) -> None:
    found = Found(blanks[0], scaled())
    read = found.read()
    changed = sorted(read)[len(read) // 2]
    assert register(found.quads, read | {changed: "Quite different wording of another edition"}, blanks) is None


def test_a_page_of_another_paper_is_no_form(blanks: list[BlankPage]) -> None:
    lines = [(f"Clause {n} of an agreement between the parties", (60.0, 60.0 + 20 * n, 400.0, 70.0 + 20 * n)) for n in range(30)]
    quads = [quad_of(box, scaled()) for _, box in lines]
    assert register(quads, {n: lines[n][0] for n in anchors_among(quads)}, blanks) is None


def test_a_page_turned_or_mirrored_is_never_laid_over_a_blank(blanks: list[BlankPage]) -> None:
    upside_down = np.array([[-SCALE, 0, 595 * SCALE], [0, -SCALE, 842 * SCALE], [0, 0, 1.0]])
    found = Found(blanks[0], upside_down)
    assert register(found.quads, found.read(), blanks) is None


def test_few_lines_are_read_to_know_a_form(blanks: list[BlankPage]) -> None:
    found = Found(blanks[0], scaled(), values_on(blanks[0]))
    chosen = anchors_among(found.quads)
    assert len(chosen) <= 12
    heights = [float(found.quads[number][:, 1].mean()) for number in chosen]
    assert max(heights) - min(heights) > 0.7 * 842 * SCALE
