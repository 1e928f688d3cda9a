from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers import ocr
from parsers.pp_ocr import ModelsMissing
from parsers.tesseract import agree, judged_by, read_again, read_with_tesseract
from parsers.values import Word
from tests.corpus import degrade
from tests.corpus.sheet import FACES, Sheet


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        ("12345678-000-03-24-7", "12345678-000-03-24-7", "agree"),
        ("HK$450,000.00", "HK$450,000.00.", "agree"),
        ("12345678", "12345673", "differ"),
        ("12345678", "1234567", "differ"),
        ("25/05/2022", "25/06/2022", "differ"),
        ("91441900MALH0YWCMR", "91441900MALHOYWCMR", "untold"),
        ("12345678", "", "untold"),
        ("12345678", "Telephone", "untold"),
        ("office@wingfung.example", "office@wingfung.example", "agree"),
    ],
)
def test_two_readings_of_a_value_agree_differ_or_tell_nothing(first: str, second: str, verdict: str) -> None:
    assert agree(first, second) == verdict


@given(st.text(alphabet="0123456789-/., ", max_size=20), st.text(alphabet="0123456789OIl-/., ", max_size=20))
def test_agreement_does_not_depend_on_which_reader_came_first(one: str, other: str) -> None:
    if len(one.strip("-/., ")) == len(other.strip("-/., ")):
        assert (agree(one, other) == "agree") == (agree(other, one) == "agree")


def test_agreement_makes_surer_and_a_clear_difference_doubtful() -> None:
    word = Word(text="12345678", box=(0, 0, 1, 1), confidence=0.93)
    assert judged_by(word, "12345678", 0.9).confidence > 0.97
    assert judged_by(word, "12345673", 0.9).confidence < 0.8
    assert judged_by(word, "12345673", 0.3).confidence == 0.93
    assert judged_by(word, "", 0.0).confidence == 0.93
    assert judged_by(word, "12345673", 0.9).text == "12345678"


def _number_page() -> tuple[Any, list[Word]]:
    sheet, words = Sheet(FACES[0]), []
    for row, text in enumerate(("52345678-000-03-24-7", "25/05/2022", "HK$450,000.00", "office@wingfung.example", "Textiles")):
        right = sheet.text(60, 60 + 30 * row, text, 11)
        words.append(Word(text=text, box=(60, 60 + 30 * row, right, 73 + 30 * row), confidence=0.95, line=row))
    picture = degrade.pictures_of(sheet.pdf(), 200)[0]
    scale = 200 / 72
    return picture, [word.model_copy(update={"box": tuple(n * scale for n in word.box)}) for word in words]


@pytest.mark.slow
def test_numbers_read_rightly_are_borne_out_and_a_misread_one_is_doubted() -> None:
    picture, words = _number_page()
    words[0] = words[0].model_copy(update={"text": "52345673-000-03-24-7"})
    judged = read_again(picture, words)
    assert judged[0].confidence < 0.8
    assert [word.confidence > 0.97 for word in judged[1:]] == [True, True, True, False]
    assert [word.text for word in judged] == [word.text for word in words]


@pytest.mark.slow
def test_a_page_is_read_without_the_first_readers_models(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(picture: object) -> None:
        raise ModelsMissing("none")

    monkeypatch.setattr(ocr, "find_lines", missing)
    picture, _ = _number_page()
    page = ocr.read_picture(picture, dpi=200, number=1, width=595, height=842, languages=("eng",))
    assert {"25/05/2022", "Textiles"} <= {word.text for word in page.words}


@pytest.mark.slow
def test_a_missing_language_reads_nothing_and_raises_nothing() -> None:
    picture, _ = _number_page()
    assert read_with_tesseract(picture, dpi=200, languages=("tlh",)) == ()
