"""Labels in words that nobody listed: told by what their words mean, and by nothing that means something else."""

from __future__ import annotations

import pytest

from parsers.label_wording import asked_by, wording_of
from tests.parsers.form_pages import catalogue, fields, form_page, ring, stroke, values

WORDING = wording_of(catalogue().label_words)


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Planned Date of Commencement of the Project", "project.start_on"),
        ("Applicant Company's Name in English", "applicant.name_en"),
        ("Daytime Telephone Number of Contact Person", "contact.phone"),
        ("Location of Manufacturing Plant", "factory.address"),
        ("擬申請資助款額(港幣)", "project.funding_requested"),
        ("工廠詳細地址", "factory.address"),
        ("企业统一社会信用代码", "factory.uscc"),
        ("获授权签署人姓名", "declaration.name"),
    ],
)
def test_a_label_asks_for_what_its_words_mean(label: str, key: str) -> None:
    asked = asked_by(label, WORDING, forgiving=False)
    assert asked is not None
    assert asked.keys == (key,)


@pytest.mark.parametrize(
    "text", ["Engineering Manager", "Rinse Water Recycling", "東莞市永明五金製品有限公司", "Fax No. of Factory Name", "Unit 4, 7/F", "2345 6789"]
)
def test_a_value_asks_for_nothing(text: str) -> None:
    asked = asked_by(text, WORDING, forgiving=False)
    assert asked is None or asked.understood < 0.6


def test_a_fax_number_is_nobodys_telephone() -> None:
    read = values(form_page("Office Fax Number: 2345 6780", "Office Telephone Number: 2345 6789"))
    assert read["contact.phone"] == "+85223456789"


def test_one_place_for_signature_and_chop_is_known_as_both() -> None:
    asked = asked_by("Authorised Signature with Company Chop", WORDING, forgiving=False)
    assert asked is not None
    assert asked.keys == ("declaration.signature", "declaration.chop")


def test_a_misread_word_is_understood_on_a_picture_only() -> None:
    assert asked_by("Estabilshment Date", WORDING, forgiving=False) is None
    asked = asked_by("Estabilshment Date", WORDING, forgiving=True)
    assert asked is not None
    assert asked.keys == ("applicant.established_on",)


def test_the_beginning_of_an_unknown_label_is_no_label() -> None:
    """'Contact Person's Nickname: Ah Ming' is no contact person."""
    read = fields(form_page("Contact Person Nickname: Ah Ming", "Telephone: 2345 6789"))
    assert read["contact.name"].state == "missing"


def test_a_section_in_a_side_cell_tells_whose_the_rows_beside_it_are() -> None:
    page = form_page(("Name", "Chan Mei Ling"), ("Email", "chan@wingfung.example"), ("Name", "永豐五金廠"), ("Address", "虎門鎮工業大道9號"))
    side = [((20.0, 55.0, 50.0, 95.0), "Contact"), ((20.0, 95.0, 50.0, 135.0), "Factory")]
    cells = [box for box, _ in side]
    extra = form_page(cells=cells)
    words = [extra_word(box, text) for box, text in side]
    read = values(page.model_copy(update={"cells": (*page.cells, *extra.cells), "words": (*page.words, *words)}))
    assert (read["contact.name"], read["factory.name"], read["factory.address"]) == ("Chan Mei Ling", "永豐五金廠", "虎門鎮工業大道9號")


def extra_word(box: tuple[float, float, float, float], text: str):  # type: ignore[no-untyped-def]
    from parsers.values import Word

    return Word(text=text, box=(box[0] + 1, box[3] - 14, box[2] - 1, box[3] - 5), line=99)


def test_values_are_found_above_where_all_labels_stand_below_their_lines() -> None:
    page = form_page(
        "12345678", "Business Registration No.", "", "Chan Mei Ling", "Contact Person", "", "2345 6789", "Telephone", "", "Director", "Position", "",
        "永豐有限公司", "公司名稱(中文)", "", "end of page",
    )  # fmt: skip
    closer = [
        word.model_copy(update={"box": (word.box[0], word.box[1] - 7, word.box[2], word.box[3] - 7)}) if word.line % 3 == 1 else word
        for word in page.words
    ]
    read = values(page.model_copy(update={"words": tuple(closer)}))
    assert read["contact.name"] == "Chan Mei Ling"
    assert read["contact.phone"] == "+85223456789"
    assert read["applicant.br_number"] == "12345678"


def test_signature_and_chop_are_seen_on_the_line_above_their_labels() -> None:
    page = form_page("", "", "", "", "Authorised Signature  Company Chop", inks=[stroke(60, 100), ring(220, 70)])
    read = values(page)
    assert (read["declaration.signature"], read["declaration.chop"]) == (True, True)


def test_signature_and_chop_are_seen_in_the_boxes_beside_their_labels() -> None:
    page = form_page(("Authorised\nSignature\n\n", "", "Company\nChop\n\n", ""), inks=[stroke(190, 80), ring(440, 60)])
    assert (values(page)["declaration.signature"], values(page)["declaration.chop"]) == (True, True)
    empty = form_page(("Authorised\nSignature\n\n", "", "Company\nChop\n\n", ""))
    assert (values(empty)["declaration.signature"], values(empty)["declaration.chop"]) == (False, False)


def test_answers_without_boxes_are_for_staff_and_never_the_first_of_them() -> None:
    """Crossed out or circled: the words alone do not tell which answer is meant."""
    read = fields(form_page("Status of Organisation", "Statutory organisation", "Organisation registered under the laws of Hong Kong", "Others"))
    assert read["organisation.status"].state == "unreadable"
