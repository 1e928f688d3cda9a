"""Small numbers on faxes are doubted; the same on grey scans, and larger print, are not."""

from __future__ import annotations

import random

import pytest

from parsers.coarse_print import DOUBTFUL, doubted, is_bilevel
from parsers.values import Box, Word
from tests.corpus import degrade
from tests.parsers.picture_pages import form_pages

SMALL: Box = (100.0, 100.0, 180.0, 116.0)
LARGE: Box = (100.0, 100.0, 180.0, 132.0)


def words(*texts: str, box: Box = SMALL, confidence: float = 0.98) -> tuple[Word, ...]:
    return tuple(Word(text=text, box=box, confidence=confidence) for text in texts)


@pytest.mark.parametrize("dpi", [75.0, 100.0, 150.0])
def test_a_fax_is_black_and_white_alone(dpi: float) -> None:
    page = form_pages(3, dpi)[0]
    assert is_bilevel(degrade.faxed(page, random.Random(3)))
    assert not is_bilevel(page)
    assert not is_bilevel(degrade.scanned(page, random.Random(3)))
    assert not is_bilevel(degrade.photographed(page, random.Random(3)))


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_a_fax_in_a_pdf_is_black_and_white_still(seed: int) -> None:
    fax = degrade.faxed(form_pages(seed, 100)[0], random.Random(seed))
    assert is_bilevel(degrade.pictures_of(degrade.as_pdf([fax], 100, bilevel=True), 100)[0])


def test_a_page_without_ink_is_no_fax() -> None:
    assert not is_bilevel(form_pages(3, 75)[0][:4, :4] * 0 + 255)


def test_small_numbers_on_a_fax_are_doubted() -> None:
    fax = degrade.faxed(form_pages(3, 100)[0], random.Random(3))
    assert [word.confidence for word in doubted(words("37017601", "$2,208.00"), fax)] == [DOUBTFUL, DOUBTFUL]


def test_words_without_numbers_and_larger_print_on_a_fax_are_believed() -> None:
    fax = degrade.faxed(form_pages(3, 100)[0], random.Random(3))
    assert doubted(words("Limited", "電話"), fax) == words("Limited", "電話")
    assert doubted(words("37017601", box=LARGE), fax) == words("37017601", box=LARGE)


def test_doubt_never_makes_a_word_surer() -> None:
    fax = degrade.faxed(form_pages(3, 100)[0], random.Random(3))
    assert doubted(words("37017601", confidence=0.4), fax) == words("37017601", confidence=0.4)


def test_small_numbers_on_a_grey_scan_are_believed() -> None:
    scan = degrade.scanned(form_pages(3, 100)[0], random.Random(3))
    assert doubted(words("37017601"), scan) == words("37017601")
