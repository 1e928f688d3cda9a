"""Spaces that a recogniser missed are seen in the picture of the line; letters that merely stand wide apart are left together."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from parsers.line_gaps import with_gaps

SANS = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
MONO = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"
HEIGHT = 48


def strip_of(
    pieces: list[tuple[str, float]], *, font: str = SANS, ruled_from: int | None = None, spacing: float = 0
) -> tuple[np.ndarray, str, list[float]]:
    """A drawn line: each piece of text with the white before it in pixels; its letters without spaces and the middle of each."""
    face = ImageFont.truetype(font, 30)
    picture = Image.new("RGB", (1400, HEIGHT), "white")
    draw, x = ImageDraw.Draw(picture), 10.0
    letters, middles, starts = "", [], []
    for text, white in pieces:
        x += white
        starts.append(x)
        for letter in text:
            draw.text((x, 5), letter, font=face, fill="black")
            wide = face.getlength(letter)
            letters += letter
            middles.append(x + wide / 2)
            x += wide + spacing
    if ruled_from is not None:
        draw.line((starts[ruled_from] - 8, 42, x + 40, 42), fill="black", width=2)
    width = int(x) + 60
    return np.asarray(picture)[:, :width].copy(), letters, [middle / width for middle in middles]


def read(pieces: list[tuple[str, float]], **looks: object) -> str:
    strip, letters, middles = strip_of(pieces, **looks)  # type: ignore[arg-type]
    borders = [middles[0] - 0.01, *((a + b) / 2 for a, b in pairwise(middles)), middles[-1] + 0.01]
    text, certainties, spans = with_gaps(strip, letters, [0.9] * len(letters), middles, list(pairwise(borders)))
    assert len(text) == len(certainties) == len(spans)
    assert all(start <= end for start, end in spans)
    return text


def test_a_value_on_a_line_to_write_on_is_set_apart_from_its_label() -> None:
    assert read([("Held", 0), ("Project", 12)], ruled_from=1) == "Held Project"


def test_a_number_after_a_word_is_set_apart() -> None:
    assert read([("Workforce", 0), ("244", 14)]) == "Workforce 244"


def test_a_line_under_the_value_is_no_ink_that_fills_the_white() -> None:
    assert read([("Telephone", 0), ("27885588", 40)], ruled_from=0) == "Telephone 27885588"


@pytest.mark.parametrize("word", ["Illuminating", "WAVY", "11117111", "AVATAR", "f(x)-1.1,1"])
def test_the_white_within_a_word_is_no_space(word: str) -> None:
    assert read([(word, 0)]) == word


def test_letters_of_one_width_for_all_stand_apart_without_a_space() -> None:
    assert read([("Filling1111ilili", 0)], font=MONO) == "Filling1111ilili"


def test_lettering_spaced_out_stays_one_word() -> None:
    assert read([("COMPANY", 0)], spacing=14) == "COMPANY"


def test_a_line_of_few_letters_is_left_as_it_was_read() -> None:
    assert read([("A", 0), ("1", 60)]) == "A1"


def test_an_empty_strip_and_no_letters_are_nothing() -> None:
    assert with_gaps(np.full((HEIGHT, 40, 3), 255, np.uint8), "", [], [], []) == ("", (), ())
