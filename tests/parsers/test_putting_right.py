"""Pictures are put right before they are read, and what was read stands where a person sees it."""

from __future__ import annotations

import random
from itertools import pairwise

import cv2
import numpy as np
import pytest

from parsers.coarse_print import judged_for_size
from parsers.putting_right import carried, cut_places, is_negative, joined, put_right
from parsers.upright import held_upright, sheet_scale
from parsers.values import Page, Word
from tests.corpus import degrade, spoiling
from tests.corpus.spoiling import Shot
from tests.parsers.picture_pages import form_pages

STRAIGHT = np.eye(3)


def word(text: str, x0: float, top: float, x1: float, bottom: float, *, line: int = 0) -> Word:
    return Word(text=text, box=(x0, top, x1, bottom), confidence=0.98, line=line)


def test_a_fax_of_half_the_lines_gets_square_pixels() -> None:
    page = form_pages(3, 75)[0]
    fax = page[::2]
    right = put_right(fax, width=595.0, height=842.0)
    assert right.picture.shape[:2] == pytest.approx((page.shape[0], page.shape[1]), abs=4)
    assert put_right(page, width=595.0, height=842.0).picture is page


def test_a_fax_that_states_no_resolution_is_known_by_the_dots_of_its_lines() -> None:
    line = np.where(np.random.default_rng(1).random((1145, 1728)) < 0.1, 0, 255).astype(np.uint8)
    fax = np.repeat(line[:, :, None], 3, axis=2)
    width, height = 842.0, 842.0 * 1145 / 1728
    assert put_right(fax, width=width, height=height).picture.shape[:2] == (2290, 1728)
    grey = np.full_like(fax, 240)
    assert put_right(grey, width=width, height=height).picture.shape[:2] == (1145, 1728)


def test_white_print_on_black_becomes_black_on_white() -> None:
    page = form_pages(3, 75)[0]
    right = put_right(255 - page, width=595.0, height=842.0)
    assert right.negative
    assert np.array_equal(right.picture, page)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_papers_on_dark_desks_and_with_dark_edges_are_no_negatives(seed: int) -> None:
    dice = random.Random(seed)
    page = Shot(form_pages(seed, 75)[0], STRAIGHT)
    assert not is_negative(page.picture)
    assert not is_negative(degrade.photographed(page.picture, dice))
    assert not is_negative(spoiling.edged(page, dice).picture)
    assert not is_negative(spoiling.tilted(page, dice, 0.3, desk=(20, 18, 15)).picture)


def test_a_long_screenshot_is_cut_where_nothing_is_printed() -> None:
    high, wide = 6000, 700
    strip = np.full((high, wide, 3), 255, np.uint8)
    for top in range(30, high - 30, 50):
        cv2.putText(strip, "Harbour Tools Limited 12345678", (20, top + 20), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0, 0, 0), 2)
    places = cut_places(strip)
    assert (places[0], places[-1]) == (0, high)
    assert all(0 < below - above < 2.2 * wide for above, below in pairwise(places))
    assert all((strip[place] == 255).all() for place in places[1:-1])


def test_a_sheet_is_not_cut() -> None:
    assert cut_places(form_pages(3, 75)[0]) == [0, form_pages(3, 75)[0].shape[0]]


def test_what_was_read_in_a_mirror_stands_where_it_is_seen_and_is_read_as_in_the_mirror() -> None:
    read = Page(number=1, width=600, height=800, words=(word("Tel", 50, 100, 90, 112), word("23456789", 300, 100, 380, 112)))
    shown = carried(read, np.array([[-1.0, 0, 600], [0, 1, 0], [0, 0, 1]]), width=600, height=800)
    assert [w.box for w in shown.words] == [(510, 100, 550, 112), (220, 100, 300, 112)]
    held = held_upright(shown)
    assert [w.box for w in held.words] == [pytest.approx(w.box, abs=0.01) for w in read.words]


def test_pieces_of_a_long_picture_keep_their_order_and_their_places() -> None:
    above = Page(number=1, width=100, height=150, words=(word("one", 5, 10, 20, 16), word("two", 5, 30, 20, 36, line=1)), source="ocr")
    below = Page(number=1, width=100, height=120, words=(word("three", 5, 10, 20, 16),), source="ocr")
    page = joined([above, below], [0.0, 150.0], width=100, height=270)
    assert [(w.text, w.line, w.box[1]) for w in page.words] == [("one", 0, 10), ("two", 1, 30), ("three", 2, 160)]
    assert (page.width, page.height) == (100, 270)


def test_a_long_page_is_read_as_wide_as_a_sheet() -> None:
    assert sheet_scale(Page(number=1, width=76, height=842)) == pytest.approx(595 / 76)
    assert sheet_scale(Page(number=1, width=595, height=842)) == 1.0


def test_print_of_a_few_pixels_is_too_coarse_to_be_believed() -> None:
    page = Page(number=1, width=595, height=842, words=(word("12345678", 50, 100, 120, 115),), source="ocr", confidence=0.98)
    thumbnail = judged_for_size(page, 50 / 72)
    assert thumbnail.notes == ("too_coarse",)
    assert thumbnail.words[0].confidence <= 0.3
    assert judged_for_size(page, 150 / 72) == page
