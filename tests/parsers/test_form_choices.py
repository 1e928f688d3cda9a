"""Tick-box questions: drawn boxes, typed ones, answers in words, before and after the words that they belong to."""

from __future__ import annotations

import pytest

from parsers.form_choices import answers_on
from parsers.form_reading import read_form
from parsers.form_signs import with_typed_boxes
from parsers.values import Box, Mark, Missing, Page, Read, Unreadable, Word
from tests.parsers.form_pages import ROW, TOP, catalogue, fields, form_page, values

TITLE = "Application Form B - Demonstration Project"
SECTORS = ("Chemical Products", "Furniture", "Textiles")


@pytest.mark.parametrize(("off", "on"), [("☐", "☑"), ("( )", "(X)"), ("[ ]", "[x]"), ("[]", "[✓]"), ("（ ）", "（✓）"), ("□", "■")])
def test_a_box_is_ticked_however_it_is_drawn_or_typed(off: str, on: str) -> None:
    rows = [f"{on if sector == 'Furniture' else off} {sector}" for sector in SECTORS]
    assert values(form_page(TITLE, "Industry Sector", *rows))["factory.sector"] == "furniture"


def test_boxes_in_one_row_belong_to_the_words_behind_them() -> None:
    assert values(form_page(TITLE, "Industry Sector", "☐ Chemical Products  ☑ Furniture  ☐ Textiles"))["factory.sector"] == "furniture"


def test_boxes_may_stand_behind_their_words() -> None:
    page = form_page(TITLE, "Industry Sector", *(f"{sector} {'☑' if sector == 'Furniture' else '☐'}" for sector in SECTORS))
    assert values(page)["factory.sector"] == "furniture"


def test_a_typed_box_glued_to_its_words_is_a_box() -> None:
    page = form_page(TITLE, "Industry Sector", "(X)Furniture", "( )Textiles")
    assert values(page)["factory.sector"] == "furniture"


def test_no_box_ticked_is_a_missing_answer_with_its_place() -> None:
    field = fields(form_page(TITLE, "Industry Sector", *(f"☐ {sector}" for sector in SECTORS)))["factory.sector"]
    assert isinstance(field, Missing)
    assert field.evidence is not None


def test_an_answer_whose_box_was_not_seen_may_be_the_ticked_one() -> None:
    field = fields(form_page(TITLE, "Industry Sector", "☐ Chemical Products", "Furniture", "☐ Textiles"))["factory.sector"]
    assert isinstance(field, Unreadable)
    assert field.reason == "illegible"


def test_others_belongs_to_the_question_that_it_stands_in() -> None:
    page = form_page(TITLE, "Industry Sector", "☐ Chemical Products", "☐ Furniture", "☐ Textiles", "☑ Others")
    assert values(page)["factory.sector"] == "other"


def test_two_boxes_ticked_are_contradictory() -> None:
    field = fields(form_page(TITLE, "Industry Sector", "☑ Chemical Products", "☑ Furniture", "☐ Textiles"))["factory.sector"]
    assert isinstance(field, Unreadable)
    assert field.reason == "contradictory"


def test_an_answer_may_be_given_in_words() -> None:
    read = values(form_page(TITLE, ("Industry Sector", "Textiles"), ("Relationship with the Factory", "Wholly-owned foreign enterprise")))
    assert (read["factory.sector"], read["connection.type"]) == ("textiles", "gd_wholly_owned")


def test_the_two_streams_of_demonstration_projects_are_told_apart() -> None:
    page = form_page(TITLE, "Type of Application", "☐ Demonstration Project (i)", "☑ Demonstration Project (ii)")
    assert values(page)["project.initiative"] == "demonstration_ii"


@pytest.mark.parametrize(("row", "answer"), [("☑ Yes  ☐ No", True), ("☐ Yes  ☑ No", False), ("☑ 是  ☐ 否", True), ("(X) Yes  ( ) No", True)])
def test_a_question_of_yes_or_no_is_answered_by_its_box(row: str, answer: bool) -> None:
    assert values(form_page("申請表C - 機構支援計劃", "不分配利潤", row))["organisation.non_profit"] is answer


def test_neither_yes_nor_no_is_missing() -> None:
    assert isinstance(fields(form_page("申請表C - 機構支援計劃", "不分配利潤", "☐ 是  ☐ 否"))["organisation.non_profit"], Missing)


def test_both_yes_and_no_are_contradictory() -> None:
    field = fields(form_page("申請表C - 機構支援計劃", "不分配利潤", "☑ 是  ☑ 否"))["organisation.non_profit"]
    assert isinstance(field, Unreadable)
    assert field.reason == "contradictory"


def test_a_question_with_one_of_its_two_boxes_unseen_is_illegible() -> None:
    field = fields(form_page("申請表C - 機構支援計劃", "不分配利潤", "凶是  ☐ 否", confidence=0.97))["organisation.non_profit"]
    assert isinstance(field, Unreadable)
    assert field.reason == "illegible"


def test_part_of_a_letter_is_no_box() -> None:
    page = form_page("申請表C - 機構支援計劃", "不分配利潤", "☑ 是  ☐ 否")
    letter = next(word for word in page.words if word.text == "是")
    x0, top, x1, _ = letter.box
    seen = Mark(box=(x0 + 1, top + 1, x1 - 1, top + 6), on=True, fill=0.6, confidence=0.98)
    assert values(page.model_copy(update={"marks": (*page.marks, seen)}))["organisation.non_profit"] is True


def test_a_typed_empty_box_with_thick_lines_is_still_empty() -> None:
    box = (50.0, 100.0, 57.0, 107.0)
    page = form_page(TITLE).model_copy(update={"words": (Word(text="☐", box=box),), "marks": (Mark(box=box, on=True, fill=0.11, confidence=0.75),)})
    (mark,) = with_typed_boxes(page).marks
    assert mark.on is False


def test_brackets_around_words_are_no_boxes() -> None:
    page = form_page("Tel: (852) 2345 6789", "Demonstration Project (i)", "Company Name (Eng): Wing Fung (HK) Limited")
    assert with_typed_boxes(page) == page


def test_a_form_with_one_answer_needs_no_tick() -> None:
    field = fields(form_page("Application Form A - On-site Improvement Assessment", "Contact Person: Chan Mei Ling"))["project.initiative"]
    assert isinstance(field, Read)
    assert (field.value, field.evidence.method) == ("onsite_assessment", "derived")


@pytest.mark.parametrize("letter", ["\u5188", "\u51f6", "K"])
def test_a_ticked_box_that_was_read_as_a_letter_by_itself_says_nothing_before_the_words_of_its_answer(letter: str) -> None:
    page = form_page(TITLE, "Industry Sector", "☐ 化學製品業", "☑ 紡織業", "☐ 傢具製造業", confidence=0.95)
    ticked = next(mark for mark in page.marks if mark.on)
    x0, top, x1, bottom = ticked.box
    over = Word(text=letter, box=(x0 - 2, top - 2, x1 + 2, bottom + 2), confidence=0.3, line=2)
    assert values(page.model_copy(update={"words": (*page.words, over)}))["factory.sector"] == "textiles"


def test_the_end_of_a_name_under_an_answer_is_of_the_name() -> None:
    page = form_page(TITLE, "x")
    mark = Mark(box=(307.0, 170.0, 316.0, 179.0), on=False, fill=0.0, confidence=0.98)
    answer = [("Demonstration", 320.0, 170.0), ("Project", 380.0, 170.0), ("(ii)", 415.0, 170.0)]
    below = [
        ("Applicant", 40.0, 184.0),
        ("Name", 90.0, 184.0),
        (":", 118.0, 184.0),
        *zip(("Hop", "Wai", "Foods", "Limited"), (230.0, 252.0, 276.0, 306.0), (184.0,) * 4, strict=True),
    ]
    words = tuple(
        Word(text=text, box=(left, top, left + 5.2 * len(text), top + 10), confidence=1.0, line=round(top)) for text, left, top in (*answer, *below)
    )
    (found,) = answers_on(page.model_copy(update={"words": words, "marks": (mark,)}), catalogue())
    assert [word.text for word in found.said] == ["Demonstration", "Project", "(ii)"]
    assert "Limited" not in found.words


def _tall_lettered(page: Page, *, by: float) -> Page:
    """The page as a reader of pictures gives it: rows 13 points apart, in boxes that reach into the rows above and below."""

    def close(box: Box, grown: float) -> Box:
        top = TOP + (box[1] - TOP) * 13 / ROW
        return (box[0], top - grown, box[2], top + box[3] - box[1] + grown)

    words = tuple(word.model_copy(update={"box": close(word.box, by)}) for word in page.words)
    marks = tuple(mark.model_copy(update={"box": close(mark.box, 0)}) for mark in page.marks)
    return page.model_copy(update={"words": words, "marks": marks})


@pytest.mark.parametrize("ticked", SECTORS)
def test_a_box_belongs_to_the_nearest_of_close_rows(ticked: str) -> None:
    rows = [f"{'☑' if sector == ticked else '☐'} {sector}" for sector in SECTORS]
    assert values(_tall_lettered(form_page(TITLE, "Industry Sector", *rows, confidence=0.98), by=3.5))["factory.sector"] == ticked.lower().replace(
        " ", "_"
    )


def test_a_box_may_stand_at_half_the_height_of_its_words() -> None:
    page = form_page(
        TITLE,
        "☐ Factory in Hong Kong owned and operated by the applicant",
        "Workshop with polluting processes in",
        "Hong Kong owned and operated",
        "by the applicant",
    )
    low, high = page.words[-1].box, page.marks[0].box
    mark = Mark(box=(high[0], high[1] + 2 * ROW, high[2], high[3] + 2 * ROW), on=True, fill=0.5, confidence=0.98)
    words = tuple(
        w if w.box[1] < TOP + ROW + 5 else w.model_copy(update={"box": (w.box[0] + 15, w.box[1], w.box[2] + 15, w.box[3])}) for w in page.words
    )
    assert low[1] > mark.box[1]
    held = _tall_lettered(page.model_copy(update={"words": words, "marks": (*page.marks, mark)}), by=2)
    assert values(held)["connection.type"] == "hk_workshop"


def test_a_ticked_box_beside_words_that_nobody_understands_may_be_the_answer() -> None:
    page = form_page(TITLE, "Industry Sector", "☐ Chemical Products", "☑ Qxzw Vkjqp", "☐ Textiles", confidence=0.98)
    field = fields(page)["factory.sector"]
    assert isinstance(field, Unreadable)
    assert field.reason == "illegible"


def _scanned(*rows: str) -> Page:
    return form_page(TITLE, *rows, confidence=0.98).model_copy(update={"source": "ocr"})


@pytest.mark.parametrize("first", ["Demonstration Project (i)", "Demonstration Project ()"])
def test_two_answers_that_look_alike_but_for_an_unread_number_are_for_staff(first: str) -> None:
    page = _scanned(f"☐ {first}", "☑ Demonstration Project (i)")
    field = fields(page)["project.initiative"]
    assert isinstance(field, Unreadable) or (field.evidence is not None and field.evidence.confidence < 0.9)


def test_a_numbered_answer_without_its_other_may_be_misread() -> None:
    assert [answer.code for answer in answers_on(with_typed_boxes(_scanned("☑ Demonstration Project (i)")), catalogue())] == [""]
    both = _scanned("☐ Demonstration Project (i)", "☑ Demonstration Project (ii)")
    assert values(both)["project.initiative"] == "demonstration_ii"


def test_a_letter_within_the_words_of_an_answer_is_no_box() -> None:
    page = _scanned("Guangdong factory of a wholly-owned foreign enterprise with capital from the applicant", "☐ Factory in Hong Kong")
    letter = next(word for word in page.words if word.text == "a")
    mark = Mark(box=(letter.box[0] - 1, letter.box[1] + 2, letter.box[0] + 5, letter.box[1] + 8), on=True, fill=0.73, confidence=0.98)
    found = answers_on(with_typed_boxes(page.model_copy(update={"marks": (*page.marks, mark)})), catalogue())
    assert "gd_wholly_owned" not in [answer.code for answer in found if answer.mark.on]


def test_boxes_among_running_words_belong_to_the_words_behind_them_over_the_ends_of_rows() -> None:
    rows = (
        "[ ] Chemical Products [ ] Food and Beverage [ ]",
        "Furniture [ ] Paper and",
        "Paper Products [X] Printing and Publishing [ ]",
        "Textiles [ ] Others",
    )
    assert values(form_page(TITLE, "Industry Sector", *rows))["factory.sector"] == "printing_and_publishing"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Joint venture plant in Dongguan", "gd_joint_venture"),
        ("廣東獨資廠", "gd_wholly_owned"),
        ("東莞來料加工廠", "gd_processing_agreement"),
        ("Enterprise of a Hong Kong resident", "gd_resident_owned"),
        ("Our own factory, in Hong Kong", "hk_factory"),
        ("本公司之香港工場", "hk_workshop"),
    ],
)
def test_an_answer_in_any_wording_is_known_by_words_that_only_it_can_have(words: str, code: str) -> None:
    page = form_page(TITLE, "Connection with the Factory", f"☑ {words}", "☐ Something else altogether")
    assert values(page)["connection.type"] == code


def test_words_of_two_answers_tell_none() -> None:
    page = form_page(TITLE, "Connection with the Factory", "☑ Joint venture or wholly-owned", "☐ Hong Kong workshop")
    assert not isinstance(fields(page)["connection.type"], Read)


def test_a_hardly_filled_box_tells_nothing_where_another_answers_box_was_not_seen() -> None:
    page = form_page(TITLE, "Industry Sector", "☑ Chemical Products", "Textiles", "☐ Furniture", confidence=0.98)
    faint = [mark.model_copy(update={"fill": 0.27}) if mark.on else mark for mark in page.marks]
    assert isinstance(fields(page.model_copy(update={"marks": tuple(faint)}))["factory.sector"], Unreadable)


def test_answers_beside_boxes_are_no_title_of_the_form() -> None:
    rows = ("Type of application", "☑ On-site Improvement Assessment", "☐ Demonstration Project (i)", "☐ Organisation Support Initiative")
    assert read_form([form_page("Application for funding", *rows)], catalogue(), document="form.pdf", part="2").form == "A"


@pytest.mark.parametrize(("others", "sure"), [(0.98, True), (0.8, False)])
def test_a_tick_in_place_of_its_box_is_believed_where_the_other_boxes_are_plainly_empty(others: float, sure: bool) -> None:
    page = form_page(TITLE, "Industry Sector", "☐ Chemical Products", "☑ Furniture", "☐ Textiles", confidence=0.98)
    read_as_sign = [mark.model_copy(update={"fill": 1.0, "confidence": 0.35} if mark.on else {"confidence": others}) for mark in page.marks]
    field = fields(page.model_copy(update={"marks": tuple(read_as_sign)}))["factory.sector"]
    assert isinstance(field, Read)
    assert field.value == "furniture"
    assert (field.evidence.confidence > 0.9) is sure
