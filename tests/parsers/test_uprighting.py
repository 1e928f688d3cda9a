from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.sheet_edges import sheet_corners
from parsers.upright import displayed_box, held_upright
from parsers.uprighting import along_reading, made_upright
from parsers.values import Page, Upright, Word
from tests.corpus import degrade
from tests.parsers.picture_pages import form_pages, lines_of, turned

DPI = 100


def reads_upright(lines: Sequence[Any]) -> float:
    return 0.98


def reads_from_the_other_end(lines: Sequence[Any]) -> float:
    """A reader who can read only what begins at the right (or, on a sideways page, at the top)."""
    along = np.mean([line[1] - line[0] for line in lines], axis=0)
    return 0.97 if along[1] > abs(along[0]) or along[0] < -abs(along[1]) else 0.4


def test_a_straight_page_is_left_alone_pixel_for_pixel() -> None:
    for picture in (*form_pages(1, DPI), *form_pages(2, DPI, form="C", language="zh_hant")):
        upright = made_upright(picture, lines_of(picture, DPI), reads_upright)
        assert upright.unchanged
        assert upright.rotation == 0
        assert np.array_equal(upright.picture, picture)


@pytest.mark.parametrize("degrees", [-9.5, -3.0, -0.6, 0.4, 1.5, 7.0])
def test_a_skewed_scan_is_brought_level(degrees: float) -> None:
    page = form_pages(3, DPI)[0]
    upright = made_upright(turned(page, degrees), lines_of(page, DPI, turned_by=degrees), reads_upright)
    onward = np.linalg.inv(upright.to_displayed)
    found = -math.degrees(math.atan2(onward[1, 0], onward[0, 0]))
    assert found == pytest.approx(degrees, abs=0.1)
    assert upright.rotation == 0


@pytest.mark.parametrize(("turn", "reader"), [(90, reads_upright), (270, reads_from_the_other_end), (180, reads_from_the_other_end)])
def test_a_sideways_or_upside_down_page_is_turned_without_loss(turn: int, reader: Any) -> None:
    page = form_pages(4, DPI)[0]
    upright = made_upright(turned(page, 360 - turn), lines_of(page, DPI, turned_by=360 - turn), reader)
    assert upright.rotation == turn
    assert np.array_equal(upright.picture, page)


def test_a_page_that_cannot_be_read_either_way_is_not_turned() -> None:
    page = form_pages(4, DPI)[0]
    assert made_upright(page, lines_of(page, DPI), lambda lines: 0.5).rotation == 0


def test_a_page_without_lines_is_left_alone() -> None:
    empty = np.full((800, 600, 3), 240, np.uint8)
    assert made_upright(empty, [], reads_upright).unchanged


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_photographed_sheet_is_laid_flat(seed: int) -> None:
    page = form_pages(5, DPI)[0]
    photo = degrade.photographed(page, random.Random(seed))
    upright = made_upright(photo, [], reads_upright)
    assert not upright.unchanged
    onward = np.linalg.inv(upright.to_displayed)
    assert onward[2, :2] == pytest.approx((0, 0), abs=1e-3)
    height, width = upright.picture.shape[:2]
    assert height / width == pytest.approx(math.sqrt(2), rel=0.01)
    edges = np.concatenate([upright.picture[3], upright.picture[-4], upright.picture[:, 3], upright.picture[:, -4]])
    assert float((edges.max(axis=1) < 110).mean()) < 0.02  # no desk is left


def test_a_certificate_with_a_dark_frame_is_no_sheet_on_a_desk() -> None:
    page = np.full((900, 640, 3), 60, np.uint8)
    page[40:860, 40:600] = 250
    assert sheet_corners(page, []) is None


def test_a_sheet_is_not_cut_out_where_lines_stand_outside_it() -> None:
    photo = degrade.photographed(form_pages(5, DPI)[0], random.Random(3))
    outside = np.array([[2, 2], [80, 2], [80, 12], [2, 12]], np.float32)
    assert sheet_corners(photo, []) is not None
    assert sheet_corners(photo, [outside]) is None


@given(angle=st.floats(-80, 80), length=st.floats(60, 400), start=st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_a_line_is_read_along_its_length_wherever_its_corners_begin(angle: float, length: float, start: int) -> None:
    turn = math.radians(angle)
    along, aside = np.array([math.cos(turn), math.sin(turn)]), np.array([-math.sin(turn), math.cos(turn)])
    corners = np.array([[0, 0], length * along, length * along + 12 * aside, 12 * aside]) + 500
    line = along_reading(np.roll(corners, start, axis=0))
    first = line[1] - line[0]
    assert float(np.linalg.norm(first)) == pytest.approx(length, rel=1e-3)
    assert first[0] > 0 or abs(first[1]) > abs(first[0])
    assert first[1] < 0 or abs(first[0]) >= abs(first[1])


@given(degrees=st.floats(-12, 12), quarter=st.sampled_from([0, 90, 180, 270]), x=st.floats(20, 400), y=st.floats(20, 600), width=st.floats(3, 300))
@settings(max_examples=60, deadline=None)
def test_boxes_find_their_way_to_the_upright_page_and_back(degrees: float, quarter: int, x: float, y: float, width: float) -> None:
    turn = math.radians(degrees + quarter)
    matrix = (math.cos(turn), -math.sin(turn), 700.0, math.sin(turn), math.cos(turn), 500.0, 0.0, 0.0, 1.0)
    upright = Upright(matrix=matrix, width=595, height=842)
    box = (x, y, x + width, y + 11)
    page = Page(number=1, width=595, height=842, upright=upright, words=(Word(text="A", box=displayed_box(box, upright)),))
    held = held_upright(page)
    assert held.words[0].box == pytest.approx(box, abs=0.2)
    assert held.upright is None
