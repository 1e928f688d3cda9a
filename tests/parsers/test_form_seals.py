"""Signature and chop: what counts as one, what does not, and when it cannot be told."""

from __future__ import annotations

import pytest

from parsers.values import Field, Ink, Missing, Page, Read, Unreadable, Widget, Word
from tests.parsers.form_pages import TOP, fields, form_page, ring, stroke

TITLE = "Application Form B - Demonstration Project"
SIGNATURE, CHOP = "declaration.signature", "declaration.chop"
BOXES = ((50.0, 75.0, 300.0, 165.0), (300.0, 75.0, 550.0, 165.0))


def _declaration(*inks: Ink, confidence: float = 1.0, words: str = "") -> Page:
    """Two ruled boxes side by side, signature left and chop right, with their labels in the upper corners."""
    page = form_page(TITLE, "Authorised Signature", words or "|", confidence=confidence, inks=inks, cells=BOXES)
    chop = form_page("", "Company Chop").words
    moved = [word.model_copy(update={"box": (word.box[0] + 255, word.box[1], word.box[2] + 255, word.box[3])}) for word in chop]
    label = [word.model_copy(update={"line": 50}) for word in moved]
    return page.model_copy(update={"words": (*page.words, *label)})


def _seals(page: Page) -> tuple[Field, Field]:
    found = fields(page)
    return found[SIGNATURE], found[CHOP]


def _answers(page: Page) -> tuple[object, object]:
    signature, chop = _seals(page)
    return (
        signature.value if isinstance(signature, Read) else signature.state,
        chop.value if isinstance(chop, Read) else chop.state,
    )


def test_a_stroke_is_a_signature_and_a_ring_is_a_chop() -> None:
    assert _answers(_declaration(stroke(80, 110), ring(400, 105))) == (True, True)


def test_empty_boxes_are_neither_signed_nor_chopped() -> None:
    assert _answers(_declaration()) == (False, False)


def test_a_signed_form_may_lack_the_chop() -> None:
    assert _answers(_declaration(stroke(80, 110))) == (True, False)


def test_a_chopped_form_may_lack_the_signature() -> None:
    assert _answers(_declaration(ring(400, 105))) == (False, True)


def test_a_chop_in_the_signature_box_alone_leaves_both_to_staff_or_counts_for_none() -> None:
    signature, _ = _seals(_declaration(ring(150, 100)))
    assert isinstance(signature, Unreadable)
    assert signature.reason == "illegible"


def test_a_name_typed_where_a_signature_belongs_is_for_staff() -> None:
    signature, _ = _seals(_declaration(words="Chan Mei Ling"))
    assert isinstance(signature, Unreadable)
    assert signature.text == "typed words"


def test_writing_that_a_reader_took_for_words_is_a_signature() -> None:
    page = _declaration(confidence=0.95)
    written = form_page("", "", "|Mllk", confidence=0.4).words
    assert _answers(page.model_copy(update={"words": (*page.words, *written)}))[0] is True


def test_a_chop_in_pieces_around_its_lettering_is_a_chop() -> None:
    upper, lower = ring(400, 100).model_copy(update={"roundness": 0.06}), ring(398, 132).model_copy(update={"roundness": 0.5})
    pieces = (
        upper.model_copy(update={"box": (404.0, 100.0, 436.0, 106.0), "colour": "black"}),
        lower.model_copy(update={"box": (395.0, 135.0, 445.0, 156.0), "colour": "black"}),
    )
    page = _declaration(*pieces)
    lettering = form_page("", "", "|永豐").words
    inside = [word.model_copy(update={"box": (405.0, 115.0, 430.0, 125.0), "line": 60}) for word in lettering]
    assert _answers(page.model_copy(update={"words": (*page.words, *inside)}))[1] is True


def test_a_few_specks_are_no_chop_but_no_clear_absence_either() -> None:
    _, chop = _seals(_declaration(stroke(400, 110, wide=20, high=12)))
    assert isinstance(chop, Unreadable)


def test_red_pieces_in_the_signature_box_are_of_a_chop_and_no_clear_signature() -> None:
    piece = stroke(80, 110).model_copy(update={"colour": "red"})
    signature, _ = _seals(_declaration(piece, ring(400, 105)))
    assert isinstance(signature, Unreadable)


def test_specks_smaller_than_a_letter_are_nothing() -> None:
    assert _answers(_declaration(stroke(80, 110, wide=4, high=4), stroke(400, 110, wide=5, high=3))) == (False, False)


def test_a_digital_signature_in_the_box_counts() -> None:
    widget = Widget(name="Sig1", kind="signature", page=1, box=(80.0, 100.0, 250.0, 150.0), signed=True)
    assert _answers(_declaration().model_copy(update={"widgets": (widget,)}))[0] is True


def test_a_pasted_picture_of_a_signature_counts() -> None:
    picture = Ink(box=(80.0, 100.0, 200.0, 150.0), colour="other", roundness=0.0, density=1.0, kind="image")
    assert _answers(_declaration(picture))[0] is True


def test_without_boxes_a_signature_stands_under_or_above_its_label() -> None:
    under = form_page(TITLE, "Authorised Signature", inks=(stroke(60, TOP + 50),))
    assert _answers(under)[0] is True


def test_a_form_without_a_place_to_sign_has_no_answer() -> None:
    found = fields(form_page(TITLE, "Contact Person: Chan Mei Ling"))
    assert found[SIGNATURE] == Missing(key=SIGNATURE)


@pytest.mark.parametrize("label", ["授權簽署", "簽署", "签字", "Signature of Applicant", "Authorised Signature 授權簽署"])
def test_the_place_to_sign_has_many_names(label: str) -> None:
    assert _answers(form_page(TITLE, label, inks=(stroke(60, TOP + 50),)))[0] is True


def test_a_signature_that_was_taken_for_a_large_illegible_word_is_sure_where_nothing_of_a_stamp_is_near() -> None:
    page = _declaration(confidence=0.95)
    scrawl = [word.model_copy(update={"box": (70.0, 132.0, 158.0, 158.0)}) for word in form_page("", "", "|Mllk", confidence=0.3).words]
    signed = page.model_copy(update={"words": (*page.words, *scrawl)})
    beside = ring(160, 105).model_copy(update={"roundness": 0.1, "box": (80.0, 155.0, 90.0, 200.0)})  # runs out of the box
    near_a_stamp = signed.model_copy(update={"inks": (beside,)})
    assert (_sureness(signed), _sureness(near_a_stamp)) == (0.96, 0.85)


def test_a_square_chop_in_pieces_between_both_places_is_no_signature() -> None:
    pieces = [((255.0, 100.0, 262.0, 135.0)), ((264.0, 92.0, 320.0, 98.0)), ((322.0, 100.0, 328.0, 135.0)), ((262.0, 138.0, 320.0, 144.0))]
    page = _declaration(*(ring(0, 0).model_copy(update={"roundness": 0.05, "box": box, "colour": "blue"}) for box in pieces))
    lettering = [word.model_copy(update={"box": (270.0, 110.0, 315.0, 125.0), "line": 60}) for word in form_page("", "", "|永豐").words]
    signature, _ = _seals(page.model_copy(update={"words": (*page.words, *lettering)}))
    assert isinstance(signature, Unreadable)


def test_the_edge_of_the_sheet_on_a_photograph_is_no_signature() -> None:
    page = _open_paper(stroke(80, 110).model_copy(update={"box": (60.0, 838.0, 250.0, 843.0)}))
    signature, _ = _seals(page)
    assert isinstance(signature, Unreadable)
    assert signature.text == "ink at the edge of the page"


def test_on_a_picture_without_boxes_nothing_seen_is_never_sure() -> None:
    signature, _ = _seals(_open_paper())
    assert isinstance(signature, Read)
    assert signature.value is False
    assert signature.evidence.confidence < 0.6


def _sureness(page: Page) -> float:
    signature, _ = _seals(page)
    assert isinstance(signature, Read)
    assert signature.value is True
    return signature.evidence.confidence


def _open_paper(*inks: Ink) -> Page:
    """A label without a box at the foot of a photographed page."""
    page = form_page(TITLE, "Authorised Signature", confidence=0.95, inks=inks)
    low = [word.model_copy(update={"box": (word.box[0], 800.0, word.box[2], 811.0)}) if word.line == 1 else word for word in page.words]
    return page.model_copy(update={"words": tuple(low)})


def test_a_badly_read_value_on_a_row_above_the_place_of_the_chop_is_no_lettering_of_a_stamp() -> None:
    page = form_page(
        TITLE, "Service Provider: Falcon Controls Systems (Hong Kong) Limited", "", "Authorised Signature          Company Chop", confidence=0.7
    )
    assert _answers(page)[1] is False


def test_lettering_within_a_round_chop_is_no_signature() -> None:
    page = _declaration(ring(150, 100), confidence=0.95)
    (x0, top, x1, bottom), star = ring(150, 100).box, form_page("", "", "|\u2605", confidence=0.78).words
    middle = ((x0 + x1) / 2, (top + bottom) / 2)
    inside = [word.model_copy(update={"box": (middle[0] - 7, middle[1] - 8, middle[0] + 7, middle[1] + 8)}) for word in star]
    assert isinstance(_seals(page.model_copy(update={"words": (*page.words, *inside)}))[0], Unreadable)


def test_three_sides_of_a_chops_frame_whose_lettering_was_not_read_are_no_signature() -> None:
    sides = [(237.0, 92.0, 291.0, 106.0), (294.0, 118.0, 302.0, 152.0), (257.0, 154.0, 282.0, 159.0)]
    page = _declaration(*(stroke(0, 0).model_copy(update={"roundness": 0.05, "box": box}) for box in sides))
    assert isinstance(_seals(page)[0], Unreadable)


def _lines_of_a_cell(density: float) -> Ink:
    return Ink(box=(300.0, 76.0, 395.0, 164.0), colour="red", roundness=0.3, density=density)


def test_the_coloured_lines_of_a_shaded_cell_are_no_chop_but_for_staff() -> None:
    _, chop = _seals(_declaration(stroke(80, 110), _lines_of_a_cell(0.05), confidence=0.95))
    assert isinstance(chop, Unreadable)
    assert chop.evidence is not None
    assert chop.evidence.quote == "ink at the border alone"


def test_a_square_chop_as_high_as_its_box_is_one_where_the_page_is_no_picture() -> None:
    assert _answers(_declaration(stroke(80, 110), _lines_of_a_cell(0.1))) == (True, True)


def test_a_large_chop_that_fills_the_height_of_its_box_is_a_chop() -> None:
    assert _answers(_declaration(stroke(80, 110), _lines_of_a_cell(0.3))) == (True, True)


def test_the_lines_of_a_shaded_cell_beside_a_chop_take_nothing_from_it() -> None:
    assert _answers(_declaration(stroke(80, 110), ring(430, 105), _lines_of_a_cell(0.05))) == (True, True)


def test_two_sides_of_a_turned_square_chop_around_its_lettering_are_no_signature() -> None:
    page = _declaration(
        Ink(box=(120.0, 90.0, 184.0, 112.0), colour="black", roundness=0.0, density=0.11),
        Ink(box=(134.0, 140.0, 190.0, 158.0), colour="black", roundness=0.1, density=0.15),
        words="Wing Fung",
    )
    moved = {"Wing": (140.0, 114.0, 165.0, 124.0), "Fung": (145.0, 126.0, 170.0, 136.0)}
    words = tuple(word.model_copy(update={"box": moved.get(word.text, word.box)}) for word in page.words)
    signature, _ = _seals(page.model_copy(update={"words": words}))
    assert isinstance(signature, Unreadable)


def test_a_signature_between_typed_words_of_its_row_is_a_signature() -> None:
    assert _answers(_declaration(stroke(80, 110), stroke(140, 110)))[0] is True


def _word(text: str, left: float, top: float) -> Word:
    return Word(text=text, box=(left, top, left + 11.0 * len(text), top + 11.0), confidence=1.0, line=round(top))


def _lettering(left: float, top: float) -> tuple[Word, ...]:
    return (_word("永安染廠", left + 6, top + 14), _word("有限公司", left + 6, top + 36))


def test_a_square_chop_beside_a_label_in_the_middle_of_its_cell_is_a_chop() -> None:
    frame = (394.0, 542.0, 456.0, 604.0)
    label = (_word("Company", 303, 556), _word("Chop", 303, 568), _word("公司圖章", 303, 581))
    cells = ((298.0, 535.0, 385.0, 612.0), frame)
    page = form_page(TITLE).model_copy(update={"cells": cells})
    chop = fields(page.model_copy(update={"words": (*page.words, *label, *_lettering(394, 542))}))[CHOP]
    assert isinstance(chop, Read)
    assert chop.value is True
    assert chop.evidence is not None
    assert chop.evidence.box == frame


def test_a_square_chop_between_two_lines_to_sign_on_is_for_staff() -> None:
    label = (_word("Signature", 104, 320), _word("Company Chop", 342, 320))
    page = form_page(TITLE).model_copy(update={"cells": ((231.0, 248.0, 296.0, 313.0),)})
    _, chop = _seals(page.model_copy(update={"words": (*page.words, *label, *_lettering(231, 248))}))
    assert isinstance(chop, Unreadable)


def test_a_square_of_the_form_that_holds_a_label_is_no_chop() -> None:
    label = (_word("Company", 303, 556), _word("Chop", 303, 568))
    page = form_page(TITLE).model_copy(update={"cells": ((298.0, 535.0, 385.0, 612.0), (385.0, 535.0, 550.0, 612.0))})
    chop = fields(page.model_copy(update={"words": (*page.words, *label)}))[CHOP]
    assert isinstance(chop, Read)
    assert chop.value is False


def test_one_large_stroke_in_a_place_for_both_is_a_signature_and_no_clear_chop() -> None:
    page = form_page(TITLE, "Signature and Company Chop", "|", inks=(stroke(80, 110),), cells=((50.0, 75.0, 550.0, 165.0),))
    large = page.inks[0].model_copy(update={"box": (80.0, 105.0, 170.0, 135.0)})
    signature, chop = _seals(page.model_copy(update={"inks": (large,)}))
    assert isinstance(signature, Read)
    assert signature.value is True
    assert isinstance(chop, Unreadable)


def test_pieces_of_the_applicants_name_around_the_place_of_a_chop_leave_its_absence_open() -> None:
    page = form_page(TITLE, "申請機構中文名稱：|香港食品業協會")
    label = (_word("公司印章", 431, 659),)
    lettering = (_word("香港食品", 365, 601), _word("業協會", 376, 625))
    without = fields(page.model_copy(update={"words": (*page.words, *label)}))[CHOP]
    assert isinstance(without, Read)
    assert without.value is False
    around = fields(page.model_copy(update={"words": (*page.words, *label, *lettering)}))[CHOP]
    assert isinstance(around, Unreadable)
    far = tuple(word.model_copy(update={"box": (word.box[0] - 300, *word.box[1:2], word.box[2] - 300, word.box[3])}) for word in lettering)
    elsewhere = fields(page.model_copy(update={"words": (*page.words, *label, *far)}))[CHOP]
    assert isinstance(elsewhere, Read)


def test_the_forms_own_words_around_the_place_of_a_chop_are_no_lettering_though_the_applicants_name_holds_them() -> None:
    page = form_page(TITLE, "Company Name in English: Bright Company Signature Limited", "Signature of the Company", "Company Chop")
    chop = fields(page)[CHOP]
    assert isinstance(chop, Read)
    assert chop.value is False


def test_corners_of_a_shaded_cells_frame_are_no_signature() -> None:
    left, top, _, bottom = _declaration().cells[0]
    corners = [(left + 1, top + 1, left + 20, top + 26), (left + 1, bottom - 22, left + 8, bottom - 1)]
    page = _declaration(*(stroke(0, 0).model_copy(update={"roundness": 0.0, "density": 0.07, "box": box}) for box in corners))
    signature = _seals(page)[0]
    assert isinstance(signature, Unreadable)
    assert signature.evidence is not None
    assert signature.evidence.quote == "ink at the border alone"


def test_a_small_signature_in_the_middle_of_its_box_is_one() -> None:
    left, top, right, bottom = _declaration().cells[0]
    middle = stroke(0, 0).model_copy(
        update={"box": ((left + right) / 2 - 20, (top + bottom) / 2 - 8, (left + right) / 2 + 20, (top + bottom) / 2 + 8)}
    )
    assert _answers(_declaration(middle))[0] is True


def test_corners_of_a_turned_chops_frame_around_its_lettering_are_no_signature() -> None:
    pieces = [(121.0, 84.0, 136.0, 93.0), (126.0, 146.0, 144.0, 149.0)]
    page = _declaration(*(stroke(0, 0).model_copy(update={"roundness": 0.1, "density": 0.15, "box": box}) for box in pieces))
    signature = _seals(page)[0]
    assert isinstance(signature, Unreadable)
    assert signature.evidence is not None
    assert signature.evidence.quote == "ink too small for a signature"


def test_writing_that_was_read_as_a_word_in_a_place_for_both_is_no_clear_chop() -> None:
    page = form_page(TITLE, "Authorised Signature and Company Chop", "|", confidence=0.98, cells=((50.0, 75.0, 550.0, 165.0),))
    scrawl = Word(text="Wca", box=(200, 115, 290, 147), confidence=0.4, line=40)
    signature, chop = _answers(page.model_copy(update={"words": (*page.words, scrawl)}))
    assert signature is True
    assert chop not in (True, False)


@pytest.mark.parametrize(
    ("roundness", "high", "signed"), [(0.74, 42.0, True), (0.74, 62.0, False), (0.9, 42.0, False), (0.6, 62.0, True), (0.0, 85.0, False)]
)
def test_large_blue_writing_is_a_signature_and_what_may_be_a_ring_or_a_frame_is_none(roundness: float, high: float, signed: bool) -> None:
    written = stroke(80, 105).model_copy(update={"box": (80.0, 162.0 - high, 167.0, 162.0), "colour": "blue", "roundness": roundness})
    signature, _ = _answers(_declaration(written))
    assert (signature is True) is signed
