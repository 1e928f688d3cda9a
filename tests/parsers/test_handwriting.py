"""What a hand wrote is read with low confidence, and print of every kind is not."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from parsers.handwriting import HANDWRITTEN, without_hands
from parsers.values import Word
from tests.corpus import spoiling
from tests.corpus.handwriting import printed_line, written_line
from tests.corpus.sheet import TRUETYPE
from tests.corpus.spoiling import Shot

VALUES = (
    "Harbour Tools Limited", "22070343-000-05-24-7", "Chan Siu Ming", "General Manager", "(852) 2788 5588", "office@harbour.example", "14 March 2024",
    "HK$ 880,000.00", "Heat recovery of the dryer", "Unit 9, 8/F, Golden Gate Industrial Building", "53 Au Pui Wan Street, Fo Tan", "281 persons",
)  # fmt: skip
LABELS = ("Company name", "Business registration number", "Contact person", "Position", "Telephone", "E-mail address", "Date of establishment",
          "Total project cost", "Title of the project", "Address of the factory", "Correspondence address", "Number of employees")  # fmt: skip
FACES = ("liberation/LiberationSans-Regular.ttf", "liberation/LiberationSerif-Italic.ttf", "dejavu/DejaVuSansMono.ttf", "dejavu/DejaVuSerif.ttf")


def filled_in(face: Path, dice: random.Random, *, by_hand: int) -> tuple[np.ndarray, list[Word]]:
    """A form of printed labels and values, the first so many values written by hand; the words with their boxes in pixels."""
    sheet = np.full((60 * len(VALUES) + 40, 1500), 255, np.uint8)
    words: list[Word] = []
    for row, (label, value) in enumerate(zip(LABELS, VALUES, strict=True)):
        hand = row < by_hand
        drawn = written_line(value, None, 34, dice) if hand else printed_line(value, face, 34)
        for line, (text, left, image) in enumerate(((label, 30, printed_line(label, face, 34)), (value, 640, drawn))):
            image = image[:58, : 1500 - left]
            top = 20 + 60 * row
            sheet[top : top + image.shape[0], left : left + image.shape[1]] = image
            ink = np.argwhere(image < 128)
            (y0, x0), (y1, x1) = ink.min(axis=0), ink.max(axis=0)
            box = (float(left + x0 - 3), float(top + y0 - 4), float(left + x1 + 3), float(top + y1 + 5))
            words.append(Word(text=text.replace(" ", ""), box=box, confidence=0.98, line=2 * row + line))
    return np.repeat(sheet[:, :, None], 3, axis=2), words


@pytest.mark.parametrize("seed", [1, 2])
def test_values_that_a_hand_wrote_into_a_printed_form_are_doubted(seed: int) -> None:
    picture, words = filled_in(TRUETYPE / FACES[0], random.Random(seed), by_hand=len(VALUES))
    judged = without_hands(words, picture)
    assert sum(word.confidence <= HANDWRITTEN for word in judged[1::2]) >= 0.7 * len(VALUES)
    assert sum(word.confidence <= HANDWRITTEN for word in judged[::2]) <= 1


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("spoiled", ["clean", "fax", "blur"])
def test_print_is_believed(face: str, spoiled: str) -> None:
    dice = random.Random(face)
    picture, words = filled_in(TRUETYPE / face, dice, by_hand=0)
    shot = Shot(picture, np.eye(3))
    changed = {"clean": shot, "fax": spoiling.bilevel(shot, dice), "blur": spoiling.blurred(shot, 1.5)}[spoiled]
    assert without_hands(words, changed.picture) == tuple(words)


def test_one_odd_line_on_a_printed_page_is_doubted_only_where_its_reader_is_unsure() -> None:
    picture, words = filled_in(TRUETYPE / FACES[0], random.Random(1), by_hand=1)
    assert without_hands(words, picture) == tuple(words)
    unsure = [word.model_copy(update={"confidence": 0.7}) if number == 1 else word for number, word in enumerate(words)]
    assert without_hands(unsure, picture)[1].confidence <= HANDWRITTEN


def test_a_page_without_words_has_no_hands() -> None:
    assert without_hands([], np.full((100, 100, 3), 255, np.uint8)) == ()
