"""What the quick model reads stands only where it cannot have taken one character for another."""

from __future__ import annotations

import random

import numpy as np
import pytest

from parsers.line_models import quick_characters
from parsers.line_pieces import Piece, pieces_to_read, put_together
from parsers.pp_ocr import find_lines, recognise
from parsers.quick_lines import standing
from parsers.recogniser import Reading
from tests.corpus import degrade
from tests.corpus.sheet import FACES, Sheet

SIMPLIFIED = "统一社会信用代码营业执照法定代表人经营范围"


def reading(text: str, certainty: float = 0.99, **less: float) -> Reading:
    """A line of so sure characters, those named less sure, of one width."""
    step = 1 / len(text)
    certainties = tuple(less.get(letter, certainty) for letter in text)
    return text, certainties, tuple((at * step, (at + 1) * step) for at in range(len(text)))


def stands(*texts: str) -> list[bool]:
    """Of the last line of a page of these lines, which characters stand."""
    return standing([reading(text) for text in texts])[-1]


def test_latin_print_of_which_it_is_sure_stands_anywhere() -> None:
    assert all(stands("香港特別行政區", "Unit 5, 12/F (Block B)"))


def test_a_letter_of_which_it_is_not_sure_does_not() -> None:
    assert standing([reading("Total HK$", **{"$": 0.6})]) == [[True] * 8 + [False]]


def test_chinese_on_a_page_that_shows_no_script_is_read_again() -> None:
    assert not any(stands("名称"))


def test_chinese_on_a_simplified_page_stands() -> None:
    assert all(stands(SIMPLIFIED, "营业执照", "日期"))


def test_numbers_and_addresses_that_decide_letters_are_read_by_both_models() -> None:
    assert stands("Date 2024-03-05") == [True] * 5 + [False] * 10
    assert not any(stands("office@wingfung.example"))
    assert all(stands("Room 12, 3/F"))


def test_a_narrow_letter_of_which_it_is_less_sure_is_read_again() -> None:
    assert standing([reading("Ofice", f=0.93)]) == [[True, False, True, True, True]]


def test_chinese_on_a_traditional_page_is_read_again_and_latin_print_beside_it_is_not() -> None:
    assert stands("商業登記號碼證書機構", "Date 日期") == [True] * 5 + [False] * 2


def test_a_name_on_a_simplified_page_that_may_be_printed_in_traditional_is_read_again() -> None:
    assert "吳" not in quick_characters()
    assert "吴" in quick_characters()
    assert not any(stands(SIMPLIFIED, "吴嘉欣"))


def test_a_traditional_name_on_a_simplified_page_is_read_again() -> None:
    assert not any(stands(SIMPLIFIED * 3, "陳志強"))


def test_numerals_of_narrow_letters_are_read_again() -> None:
    assert stands("Project (ii) of") == [True] * 8 + [False] * 4 + [True] * 3


def strip_of(*words: tuple[int, int]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A strip 48 high and 400 wide with ink between these columns."""
    strip = np.full((48, 400, 3), 255, np.uint8)
    for start, end in words:
        for column in range(start, end, 3):
            strip[12:36, column : column + 2] = 0
    return strip


def test_only_the_piece_in_doubt_is_read_again_cut_in_the_white() -> None:
    line = reading("ab cdef")
    stand = [False, False, True, True, True, True, True]
    (piece,) = pieces_to_read(strip_of((0, 110), (175, 400)), line, stand) or []
    assert (piece.first, piece.end) == (0, 2)
    assert piece.left == 0
    assert 105 <= piece.right <= 130


def test_a_sign_is_read_again_with_the_word_before_it_and_never_by_itself() -> None:
    pieces = pieces_to_read(strip_of((0, 110), (150, 160), (230, 400)), reading("ab: cdef"), [True, True, False, True, True, True, True, True])
    assert [(piece.first, piece.end) for piece in pieces or []] == [(0, 3)]


def test_a_line_without_white_at_the_doubt_is_read_again_as_a_whole() -> None:
    assert pieces_to_read(strip_of((0, 400)), reading("ab cdef"), [False, False, True, True, True, True, True]) is None


def test_a_line_in_which_nothing_was_read_is_read_again_as_a_whole() -> None:
    assert pieces_to_read(strip_of((0, 400)), ("", (), ()), []) is None


def test_what_was_read_again_stands_in_its_place() -> None:
    text, certainties, spans = put_together(reading("ab cd"), [(Piece(0, 2, 0, 200), reading("xyz", 0.5))], 500)
    assert text == "xyz cd"
    assert certainties == (0.5, 0.5, 0.5, 0.99, 0.99, 0.99)
    assert spans[2] == pytest.approx((2 / 3 * 0.4, 0.4))
    assert spans[-1] == pytest.approx((0.8, 1.0))


@pytest.mark.slow
def test_a_bilingual_page_is_read_with_its_traditional_characters() -> None:
    sheet = Sheet(FACES[0])
    printed = ("Name of Applicant 申請機構名稱", "紙品項目資料總額", "Telephone 電話 2345 6789", "吳嘉欣 Ng Ka Yan", "HK$ 1,234,567.00")
    for row, value in enumerate(printed):
        sheet.text(60, 60 + 30 * row, value, 11)
    picture = degrade.scanned(degrade.pictures_of(sheet.pdf(), 200)[0], random.Random(3), skew=0)
    lines, in_time = recognise(picture, find_lines(picture))
    read = [line.text for line in sorted(lines, key=lambda line: float(line.quad[0, 1]))]
    assert in_time
    assert ["".join(text.split()) for text in read] == ["".join(text.split()) for text in printed]


@pytest.mark.slow
def test_without_time_nothing_is_made_up() -> None:
    sheet = Sheet(FACES[0])
    sheet.text(60, 60, "Name of Applicant", 11)
    picture = degrade.pictures_of(sheet.pdf(), 200)[0]
    assert recognise(picture, find_lines(picture), deadline=0.0) == ([], False)
