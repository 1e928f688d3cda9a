"""Questions answered without boxes: rings, and answers crossed out, as a person makes them on a digital form or in a Word file."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pytest
from docx.document import Document
from reportlab.pdfgen.canvas import Canvas

from parsers.crossings import crossed_on_picture
from parsers.read_file import read_file
from parsers.read_limits import ReadLimits
from parsers.values import Field, FileKind, Page, Read, Unreadable
from tests.corpus import degrade
from tests.corpus.sheet import FACES, Sheet
from tests.parsers.built_files import drawn_pdf
from tests.parsers.form_pages import fields
from tests.parsers.test_word_pages import page_of

SECTORS = ("Chemical Products", "Food and Beverage", "Furniture", "Metal and Metal Products", "Textiles")
TITLES = {"B": "Application Form B - Demonstration Project", "C": "Application Form C - Organisation Support Initiative"}
Draw = Callable[[Canvas, float, float, float], object]
"""Draws a mark over words: the canvas, the left and the right end of the words, and their base line."""


def line_through(canvas: Canvas, left: float, right: float, base: float) -> None:
    canvas.setLineWidth(1.2)
    canvas.line(left - 2, base + 3, right + 2, base + 3)


def slanting_line(canvas: Canvas, left: float, right: float, base: float) -> None:
    canvas.setStrokeColorRGB(0.1, 0.1, 0.6)
    canvas.line(left - 2, base + 1.6, right + 2, base + 5)


def underline(canvas: Canvas, left: float, right: float, base: float) -> None:
    canvas.line(left, base - 1.5, right, base - 1.5)


def ellipse(canvas: Canvas, left: float, right: float, base: float) -> None:
    canvas.setStrokeColorRGB(0.1, 0.1, 0.7)
    canvas.ellipse(left - 9, base - 6, right + 9, base + 12)


def frame(canvas: Canvas, left: float, right: float, base: float) -> None:
    canvas.rect(left - 3, base - 4, right - left + 6, 14)


def form(
    marks: dict[str, Draw], *, answers: Sequence[str] = SECTORS, question: str = "Industry Sector", inline: bool = False, letter: str = "B"
) -> Page:
    """A page with the question and its answers, one below the other (or on one row), with marks over some of them."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 14)
        canvas.drawString(100, 790, TITLES[letter])
        canvas.setFont("Helvetica", 10)
        canvas.drawString(50, 740, "Company Name (Eng): Harbour Furniture Company Limited")
        canvas.drawString(50, 720, question)
        x, y = 200.0, 720.0
        for answer in answers:
            canvas.drawString(x, y, answer)
            wide = canvas.stringWidth(answer, "Helvetica", 10)
            if answer in marks:
                canvas.saveState()
                marks[answer](canvas, x, x + wide, y)
                canvas.restoreState()
            x, y = (x + wide + 30, y) if inline else (x, y - 24)
        canvas.drawString(50, 560, "Position: Manager")

    read = read_file(drawn_pdf(draw), FileKind.PDF, ReadLimits())
    assert read.outcome == "read"
    return read.pages[0]


def sector(page: Page) -> Field:
    return fields(page)["factory.sector"]


@pytest.mark.parametrize("line", [line_through, slanting_line])
def test_the_only_answer_that_is_not_crossed_out_is_the_answer(line: Draw) -> None:
    field = sector(form({answer: line for answer in SECTORS if answer != "Textiles"}))
    assert isinstance(field, Read)
    assert field.value == "textiles"
    assert field.evidence is not None
    assert field.evidence.box is not None
    assert field.evidence.box[0] == pytest.approx(200, abs=3)


@pytest.mark.parametrize("ring", [ellipse, frame])
def test_the_answer_with_a_ring_around_it_is_the_answer(ring: Draw) -> None:
    field = sector(form({"Food and Beverage": ring}))
    assert isinstance(field, Read)
    assert field.value == "food_and_beverage"


@pytest.mark.parametrize(
    "marks",
    [
        {"Textiles": ellipse, "Furniture": ellipse},
        dict.fromkeys(SECTORS, line_through),
        dict.fromkeys(SECTORS[:3], line_through),
        {**{answer: line_through for answer in SECTORS if answer != "Textiles"}, "Furniture": ellipse},
    ],
    ids=["two rings", "all crossed out", "two left", "a ring and another left"],
)
def test_marks_that_do_not_tell_one_answer_are_for_staff(marks: dict[str, Draw]) -> None:
    field = sector(form(marks))
    assert isinstance(field, Unreadable)
    assert field.reason == "illegible"


def test_an_answer_that_nobody_understands_among_those_crossed_out_is_for_staff() -> None:
    answers = (*SECTORS[:4], "Shipbuilding", "Textiles")
    assert isinstance(sector(form({answer: line_through for answer in SECTORS if answer != "Textiles"}, answers=answers)), Unreadable)


def test_answers_that_are_underlined_or_framed_alike_are_not_marked() -> None:
    for mark in (underline, frame):
        assert not isinstance(sector(form(dict.fromkeys(SECTORS, mark))), Read)


@pytest.mark.parametrize(
    ("marks", "value"), [({"No": line_through}, True), ({"Yes": ellipse}, True), ({"Yes": slanting_line}, False), ({"No": ellipse}, False)]
)
def test_yes_or_no_as_left_or_ringed(marks: dict[str, Draw], value: bool) -> None:
    page = form(marks, answers=("Yes", "No"), question="Non-profit-distributing", inline=True, letter="C")
    field = fields(page)["organisation.non_profit"]
    assert isinstance(field, Read)
    assert field.value is value


def test_one_answers_words_in_a_frame_are_no_answer_by_themselves() -> None:
    assert not isinstance(sector(form({"Textiles": frame}, answers=("Textiles",), question="Nature of business")), Read)


def test_a_value_with_words_crossed_out_is_for_staff() -> None:
    page = form({"Harbour Tools Limited": line_through}, answers=("Harbour Tools Limited", "Harbour Gear Limited"), question="Applicant", inline=True)
    assert [word.text for word in page.words if word.struck] == ["Harbour", "Tools", "Limited"]


def test_answers_crossed_out_in_a_word_file() -> None:
    def build(document: Document) -> None:
        document.add_heading("Application Form B - Demonstration Project")
        table = document.add_table(rows=1, cols=2)
        table.rows[0].cells[0].text = "Industry Sector"
        for answer in SECTORS:
            run = table.rows[0].cells[1].add_paragraph().add_run(answer)
            run.font.strike = answer != "Furniture"

    page = page_of(build)
    assert {word.text for word in page.words if word.struck} >= {"Textiles", "Chemical"}
    field = sector(page)
    assert isinstance(field, Read)
    assert field.value == "furniture"


@pytest.mark.parametrize("seed", [4, 5])
def test_words_crossed_out_on_a_picture_are_told_from_the_others_and_from_underlined_ones(seed: int) -> None:
    sheet = Sheet(FACES[0])
    words = ("Chemical", "Products", "食品和飲品業", "紡織業", "Textiles", "其他")
    struck, underlined = {1, 2, 5}, {0, 3}
    boxes = []
    for row, word in enumerate(words):
        top = 80.0 + 30 * row
        right = sheet.text(100, top, word, 11)
        boxes.append((99.0, top - 2, right + 1, top + 13))
        if row in struck:
            sheet.line(99, top + 6, right + 1, top + 6, 1.2)
        if row in underlined:
            sheet.line(99, top + 13.5, right + 1, top + 13.5, 0.8)
    picture = degrade.scanned(degrade.pictures_of(sheet.pdf(), 200)[0], random.Random(seed), skew=0)
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    assert crossed_on_picture(boxes, grey, 200 / 72) == struck
