"""Where values stand on a form: after, beside, below their labels; and what is never taken for one."""

from __future__ import annotations

import pytest

from parsers.values import Box, Missing, Read, Unreadable, Word
from tests.parsers.form_pages import ROW, TOP, fields, form_page, stroke, values

TITLE = "Application Form B - Demonstration Project"


def test_a_value_stands_after_its_label_and_a_colon() -> None:
    read = values(form_page(TITLE, "Company Name (Eng): Wing Fung Dyeing Company Limited", "BR No.: 12345678-000-03-24-7", "Tel: 2345 6789"))
    assert read["applicant.name_en"] == "Wing Fung Dyeing Company Limited"
    assert read["applicant.br_number"] == "12345678"
    assert read["contact.phone"] == "+85223456789"


def test_a_value_stands_in_the_cell_right_of_its_label() -> None:
    read = values(form_page(TITLE, ("Contact Person", "Chan Mei Ling"), ("E-mail", "office@wingfung.example"), ("電話", "2345 6789")))
    assert (read["contact.name"], read["contact.email"], read["contact.phone"]) == ("Chan Mei Ling", "office@wingfung.example", "+85223456789")


def test_a_value_stands_in_the_cell_under_its_label() -> None:
    read = values(form_page(TITLE, ("Contact Person", "Position", "Tel"), ("Chan Mei Ling", "Director", "2345 6789")))
    assert (read["contact.name"], read["contact.title"], read["contact.phone"]) == ("Chan Mei Ling", "Director", "+85223456789")


def test_a_value_stands_under_its_label_in_the_same_cell() -> None:
    read = values(form_page(TITLE, ("Contact Person\nChan Mei Ling", "Tel\n2345 6789")))
    assert (read["contact.name"], read["contact.phone"]) == ("Chan Mei Ling", "+85223456789")


def test_a_value_stands_under_its_label_without_any_lines() -> None:
    read = values(form_page(TITLE, "Contact Person", "Chan Mei Ling", "Position", "Director"))
    assert (read["contact.name"], read["contact.title"]) == ("Chan Mei Ling", "Director")


def test_two_fields_share_a_line() -> None:
    read = values(form_page(TITLE, "Tel: 2345 6789  E-mail: office@wingfung.example", "開始日期：2025年3月1日  完成日期：2025年8月31日"))
    assert read["contact.phone"] == "+85223456789"
    assert read["contact.email"] == "office@wingfung.example"
    assert (read["project.start_on"], read["project.end_on"]) == ("2025-03-01", "2025-08-31")


def test_numbering_before_a_label_is_passed_over() -> None:
    rows = ("3. Contact Person  Chan Mei Ling", "1.14 Position  Director", "(12) Tel  2345 6789", "iii) E-mail  office@wingfung.example")
    read = values(form_page(TITLE, *rows))
    assert [read[f"contact.{key}"] for key in ("name", "title", "phone", "email")] == [
        "Chan Mei Ling",
        "Director",
        "+85223456789",
        "office@wingfung.example",
    ]


def test_dots_and_underscores_are_no_part_of_a_value() -> None:
    read = values(form_page(TITLE, "Contact Person: Chan Mei Ling ..........................", "Position: ______ Director ______"))
    assert (read["contact.name"], read["contact.title"]) == ("Chan Mei Ling", "Director")


def test_a_label_in_two_languages_is_one_label() -> None:
    read = values(form_page(TITLE, ("Contact Person\n聯絡人姓名", "Chan Mei Ling"), ("Tel 電話", "2345 6789")))
    assert (read["contact.name"], read["contact.phone"]) == ("Chan Mei Ling", "+85223456789")


def test_short_labels_belong_to_the_section_that_they_stand_in() -> None:
    page = form_page(
        TITLE,
        "1. Applicant Information",
        ("Address", "Unit 3, 8/F, Golden Gate Building, Kwun Tong"),
        "2. Contact Details",
        ("Name", "Chan Mei Ling"),
        "3. Factory Information",
        ("Name", "Wing Fung Dyeing Factory"),
        ("Address", "12 Industrial Road, Humen, Dongguan"),
        "4. Declaration",
        ("Name", "Lee Ka Yan"),
        ("Date", "3 March 2025"),
    )
    read = values(page)
    assert read["applicant.address"] == "Unit 3, 8/F, Golden Gate Building, Kwun Tong"
    assert (read["contact.name"], read["declaration.name"]) == ("Chan Mei Ling", "Lee Ka Yan")
    assert (read["factory.name"], read["factory.address"]) == ("Wing Fung Dyeing Factory", "12 Industrial Road, Humen, Dongguan")
    assert read["declaration.signed_on"] == "2025-03-03"


def test_a_short_label_outside_every_section_is_nobodys() -> None:
    assert "contact.name" not in values(form_page(TITLE, "Name: Chan Mei Ling"))


def test_a_chinese_label_may_run_into_its_value() -> None:
    read = values(form_page("申請表B - 示範項目", "公司地址新界葵涌葵喜街127號", "聯絡人陳美玲", "簽署人姓名李嘉欣"))
    assert read["applicant.address"] == "新界葵涌葵喜街127號"
    assert (read["contact.name"], read["declaration.name"]) == ("陳美玲", "李嘉欣")


def test_a_value_that_begins_like_a_label_is_left_whole() -> None:
    read = values(form_page("申請表B - 示範項目", ("項目名稱", "電話機外殼塗裝升級"), ("電話", "2345 6789")))
    assert read["project.title"] == "電話機外殼塗裝升級"
    assert read["contact.phone"] == "+85223456789"


def test_a_value_wrapped_in_its_cell_keeps_words_that_are_labels_elsewhere() -> None:
    read = values(form_page(TITLE, ("Factory Name", "On Yee Kam Chemical\nFactory"), ("Tel", "2345 6789")))
    assert read["factory.name"] == "On Yee Kam Chemical Factory"


@pytest.mark.parametrize("row", ["Tel:", ("Tel", "")])
def test_an_empty_place_never_takes_what_the_next_label_announces(row: str | tuple[str, str]) -> None:
    after = ("E-mail", "office@wingfung.example") if isinstance(row, tuple) else "E-mail: office@wingfung.example"
    found = fields(form_page(TITLE, "Contact Person: Chan Mei Ling", row, after))
    assert isinstance(found["contact.phone"], Missing)
    assert found["contact.phone"].evidence is not None
    assert isinstance(found["contact.email"], Read)


@pytest.mark.parametrize("text", ["N/A", "Nil", "不適用", "-", "........", "____"])
def test_words_and_lines_for_nothing_leave_a_field_missing(text: str) -> None:
    assert isinstance(fields(form_page(TITLE, ("Position", text)))["contact.title"], Missing)


def test_a_label_that_is_not_on_the_form_leaves_a_field_missing_without_evidence() -> None:
    field = fields(form_page(TITLE, "Contact Person: Chan Mei Ling"))["contact.phone"]
    assert isinstance(field, Missing)
    assert field.evidence is None


def test_a_clear_value_that_is_none_of_its_type_is_malformed() -> None:
    field = fields(form_page(TITLE, "BR No.: 1234567"))["applicant.br_number"]
    assert isinstance(field, Unreadable)
    assert (field.reason, field.text) == ("malformed", "1234567")


def test_a_blurred_value_that_is_none_of_its_type_is_illegible() -> None:
    field = fields(form_page(TITLE, "BR No.: 1234567", confidence=0.7))["applicant.br_number"]
    assert isinstance(field, Unreadable)
    assert field.reason == "illegible"


def test_writing_by_hand_in_an_empty_place_is_illegible_and_not_missing() -> None:
    page = form_page(TITLE, ("Contact Person", ""), ("Tel", "2345 6789"), confidence=0.97)
    x0, top, _, _ = page.cells[1]
    field = fields(page.model_copy(update={"inks": (stroke(x0 + 10, top + 4, wide=60, high=12),)}))["contact.name"]
    assert isinstance(field, Unreadable)
    assert field.reason == "illegible"


def test_an_answer_in_words_that_is_none_of_the_answers_is_for_staff() -> None:
    field = fields(form_page(TITLE, ("Industry Sector", "Electronics and toys")))["factory.sector"]
    assert isinstance(field, Unreadable)
    assert field.reason == "illegible"


def test_a_cell_cut_in_two_by_a_false_line_is_read_whole() -> None:
    page = form_page(TITLE, ("公司地址", "新界葵涌葵喜街127號"))
    x0, top, x1, bottom = page.cells[1]
    cut = page.model_copy(update={"cells": (page.cells[0], (x0, top, x0 + 30, bottom), (x0 + 30, top, x1, bottom))})
    assert values(cut)["applicant.address"] == "新界葵涌葵喜街127號"


def test_a_value_whose_cell_was_not_seen_stands_right_of_its_label_all_the_same() -> None:
    page = form_page(TITLE, ("簽署人姓名", "葉美玲"), ("完成日期", "31 December 2024"), confidence=0.97)
    read = values(page.model_copy(update={"cells": page.cells[::2]}))
    assert (read["declaration.name"], read["project.end_on"]) == ("葉美玲", "2024-12-31")


def test_a_slanted_scan_is_read_as_if_its_lines_were_level_and_shown_where_it_stands() -> None:
    page = form_page(
        TITLE, ("Contact Person", "Chan Mei Ling"), ("Position", "Director"), ("Tel", "2345 6789"), ("E-mail", "office@wingfung.example"),
        "This is a sentence of many words that runs over the whole page", "This is another sentence of many words over the page", confidence=0.97,
    )  # fmt: skip

    def slanted(box: Box) -> Box:
        return (box[0], box[1] + 0.03 * box[0], box[2], box[3] + 0.03 * box[2])

    words = tuple(word.model_copy(update={"box": slanted(word.box)}) for word in page.words)
    cells = tuple(slanted(cell) for cell in page.cells)
    field = fields(page.model_copy(update={"words": words, "cells": cells}))["contact.phone"]
    seen = next(word.box for word in words if word.text == "2345")
    assert isinstance(field, Read)
    assert field.evidence.box is not None
    assert abs(field.evidence.box[1] - seen[1]) < 4


def test_evidence_shows_where_the_value_stands() -> None:
    field = fields(form_page(TITLE, "Tel: 2345 6789", number=3))["contact.phone"]
    assert isinstance(field, Read)
    assert (field.evidence.page, field.evidence.document, field.evidence.part) == (3, "form.pdf", "2")
    assert field.evidence.box is not None
    assert field.evidence.box[1] == TOP + ROW


def test_a_company_name_with_both_languages_fills_both_names() -> None:
    read = values(form_page(TITLE, "Company Name: Wing Fung Dyeing Limited 永豐漂染有限公司", "BR No.: 12345678"))
    assert (read["applicant.name_en"], read["applicant.name_zh"]) == ("Wing Fung Dyeing Limited", "永豐漂染有限公司")


def test_the_value_of_a_label_at_the_foot_of_a_page_may_stand_on_the_next() -> None:
    first = form_page("Application Form B - Demonstration Project", "Contact Person: Chan Mei Ling", "Project Title")
    head = form_page("Heat Recovery for Drying Line", "Total Project Cost (HK$): 880,000", number=2)
    assert isinstance(fields(first, head)["project.title"], Unreadable)
    assert isinstance(fields(first)["project.title"], Missing)


def _scanned_with_frame(*frames: Box) -> dict[str, object]:
    """A scan whose contact person stands in a frame under its label that was seen as these cells."""
    page = form_page(TITLE, "E-mail: office@wingfung.example", "Contact Person", "", "Tel: 2345 6789", confidence=0.99, cells=frames)
    name = Word(text="ChanMeiLing", box=(54, TOP + 3 * ROW, 134, TOP + 3 * ROW + 10), confidence=0.99)
    return dict(fields(page.model_copy(update={"words": (*page.words, name)})))


def test_a_frame_that_was_seen_in_two_parts_is_one_where_a_word_runs_over_the_gap() -> None:
    top, bottom = TOP + 3 * ROW - 3, TOP + 3 * ROW + 13
    contact = _scanned_with_frame((50.0, top, 75.0, bottom), (86.0, top, 280.0, bottom))["contact.name"]
    assert isinstance(contact, Read)
    assert contact.value == "ChanMeiLing"


def test_a_place_that_a_word_of_its_neighbour_reaches_into_is_not_called_empty() -> None:
    top, bottom = TOP + 3 * ROW - 3, TOP + 3 * ROW + 13
    contact = _scanned_with_frame((50.0, top, 85.0, bottom), (86.0, top - 8, 280.0, bottom))["contact.name"]
    assert isinstance(contact, Unreadable)
    assert contact.reason == "illegible"


@pytest.mark.parametrize("confidence", [1.0, 0.97])
def test_a_short_value_under_a_long_label_is_no_word_of_it(confidence: float) -> None:
    provider = "Environmental Technology Service Provider\n環境技術服務供應商\nABC"
    assert values(form_page(TITLE, (provider, "E-mail\noffice@wingfung.example"), confidence=confidence))["provider.name"] == "ABC"


def test_a_value_may_begin_under_the_end_of_the_longer_row_of_its_label() -> None:
    page = form_page(TITLE, "Date of the Signature by hand", "簽署日期  2025年03月14日", "Position  Director")
    assert values(page)["declaration.signed_on"] == "2025-03-14"


def test_an_e_mail_address_that_the_edge_of_its_cell_broke_is_one() -> None:
    page = form_page(TITLE, ("E-mail", "wing.poon@harbourdyers.exam\nple"), ("Tel", "2345 6789"))
    assert values(page)["contact.email"] == "wing.poon@harbourdyers.example"


def test_what_stands_under_a_whole_e_mail_address_is_no_part_of_it() -> None:
    page = form_page(TITLE, ("E-mail", "wing.poon@harbourdyers.com\noffice"), ("Tel", "2345 6789"))
    assert values(page).get("contact.email") != "wing.poon@harbourdyers.comoffice"


def test_a_companys_name_is_no_person_who_signs() -> None:
    page = form_page(TITLE, "Declaration", "Name of Signatory: HARBOUR DYERS LIMITED 海港漂染有限公司")
    assert isinstance(fields(page)["declaration.name"], Unreadable)


def test_a_sentence_that_ends_in_a_colon_is_no_label() -> None:
    sentence = "The factory will replace its present equipment: heat recovery from ovens."
    page = form_page(TITLE, "Project Title", "Heat Recovery", "Project Summary", sentence, "Position", "Director")
    assert values(page)["project.summary"] == sentence
