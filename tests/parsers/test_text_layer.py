"""A text layer is believed when it says what a person sees, and only then."""

from __future__ import annotations

import numpy as np
import pytest

from parsers.pdf_words import LayerWord
from parsers.text_layer import Layer, Picture, judge_layer, unread_specks
from parsers.values import Box

WIDTH, HEIGHT = 600.0, 800.0


def blank_page() -> Picture:
    return np.full((800, 600, 3), 255, dtype=np.uint8)


def printed(words: list[LayerWord]) -> Picture:
    """A page on which something dark stands in each word's place."""
    page = blank_page()
    for word in words:
        x0, top, x1, bottom = (int(edge) for edge in word.box)
        page[top + 2 : bottom - 2, x0 + 1 : x1 - 1 : 3] = 0
    return page


def row(*texts: str, painted: bool = True, unknown: int = 0) -> list[LayerWord]:
    return [LayerWord(text, (50.0, 50.0 + 20 * n, 150.0, 62.0 + 20 * n), 12.0, painted, unknown) for n, text in enumerate(texts)]


def judge(found: list[LayerWord], picture: Picture, images: tuple[Box, ...] = ()) -> Layer:
    return judge_layer(found, picture, width=WIDTH, height=HEIGHT, images=images)


def specks(page: Picture, count: int, top: int = 300) -> Picture:
    for n in range(count):
        x, y = 50 + (n % 30) * 15, top + (n // 30) * 20
        page[y : y + 8, x : x + 5] = 0
    return page


def test_a_plain_layer_is_believed() -> None:
    words = row("Name", "申請機構名稱", "12345678-000-01-24-1")
    layer = judge(words, printed(words))
    assert [word.text for word in layer.words] == ["Name", "申請機構名稱", "12345678-000-01-24-1"]
    assert not layer.read_picture


@pytest.mark.parametrize("text", ["(cid:12)(cid:13)", "\ufffd\ufffd\ufffd", "\ue001\ue002\ue003", "Имяпредприятия"])
def test_a_layer_without_real_letters_is_dropped_and_the_page_read_as_a_picture(text: str) -> None:
    words = row("Name", text)
    layer = judge(words, printed(words))
    assert layer.words == ()
    assert layer.read_picture
    assert "text_layer_rejected" in layer.notes


def test_letters_that_the_font_does_not_name_count_against_the_layer() -> None:
    words = row("abcdef", unknown=3)
    assert judge(words, printed(words)).read_picture


def test_single_symbols_of_a_symbol_font_do_not_spoil_a_layer() -> None:
    words = row("First", "\uf0b7", "Second", "\uf0fe")
    layer = judge(words, printed(words))
    assert not layer.read_picture
    assert len(layer.words) == 4


def test_a_word_where_nothing_is_printed_is_hidden() -> None:
    words = row("Seen", "Unseen")
    layer = judge(words, printed(words[:1]))
    assert [word.text for word in layer.words] == ["Seen"]
    assert layer.notes == ("words_hidden",)


def test_an_unpainted_layer_over_a_picture_is_a_scanners_reading_and_not_believed() -> None:
    words = row("Scanned", "words", painted=False)
    layer = judge(words, specks(printed(words), 30), images=((0, 0, WIDTH, HEIGHT),))
    assert layer.words == ()
    assert layer.read_picture
    assert layer.notes == ("ocr_layer",)


def test_a_scan_with_a_typed_header_is_read_as_a_picture_and_keeps_the_header() -> None:
    words = row("Page", "1")
    layer = judge(words, specks(printed(words), 200), images=((0, 0, WIDTH, HEIGHT),))
    assert layer.read_picture
    assert [word.text for word in layer.words] == ["Page", "1"]


def test_print_without_any_text_layer_is_read_as_a_picture() -> None:
    assert judge([], specks(blank_page(), 200)).read_picture


def test_a_logo_and_a_signature_do_not_send_a_page_to_the_picture_reader() -> None:
    words = row(*["Ordinary"] * 10)
    assert not judge(words, specks(printed(words), 20)).read_picture


def test_ink_within_known_boxes_is_not_unread() -> None:
    grey = specks(blank_page(), 60)[:, :, 0]
    assert unread_specks(grey, 1.0, []) == 60
    assert unread_specks(grey, 1.0, [(40, 290, 560, 400)]) == 0
