"""Forms in looks and words that nobody has listed: read where place and type tell, doubted where they do not, never wrongly missing."""

from __future__ import annotations

from parsers.values import Missing, Read, Unreadable, Word
from tests.parsers.form_pages import fields, form_page, values

TITLE = "Application Form B - Demonstration Project"
KNOWN = (("BR No.", "12345678"), ("Tel", "2345 6789"), ("E-mail", "office@wingfung.example"), ("Position", "Works Manager"))


def test_a_label_in_unknown_words_ends_the_value_above_it() -> None:
    read = fields(form_page(TITLE, ("Business Address in Hong Kong", "8 Hung To Road, Kwun Tong"), ("Quellenweg", "Chan Mei Ling"), *KNOWN))
    address = read["applicant.address"]
    assert isinstance(address, Read)
    assert address.value == "8 Hung To Road, Kwun Tong"


def test_a_label_of_which_half_the_words_are_known_is_told_by_where_it_stands_and_less_surely() -> None:
    read = fields(form_page(TITLE, *KNOWN, ("Zuständige Contact Person", "Chan Mei Ling")))
    name = read["contact.name"]
    assert isinstance(name, Read)
    assert name.value == "Chan Mei Ling"
    assert name.evidence.confidence < 0.85


def test_words_that_nothing_claims_near_a_label_without_a_place_are_for_staff() -> None:
    field = fields(form_page(TITLE, "Wing Fung Dyeing Limited", "Name of Factory", "", "I declare that all of this is true."))["factory.name"]
    assert isinstance(field, Unreadable)
    assert field.reason == "illegible"


def test_a_label_with_nothing_near_it_is_missing() -> None:
    field = fields(form_page(TITLE, "", "", "Name of Factory:", "Tel: 2345 6789", "E-mail: office@wingfung.example"))["factory.name"]
    assert isinstance(field, Missing)
    assert field.evidence is not None


def test_a_question_without_any_boxes_is_for_staff_and_never_missing() -> None:
    field = fields(form_page("Application Form C - Organisation Support Initiative", "Non-profit-distributing organisation?"))[
        "organisation.non_profit"
    ]
    assert isinstance(field, Unreadable)
    assert field.reason == "illegible"


def test_a_dash_sets_a_label_off_as_a_colon_does_and_stays_within_a_value() -> None:
    read = values(form_page(TITLE, "Project Title - Heat recovery - phase two", "Organisation's Name - Chinese - 永豐漂染有限公司"))
    assert read["project.title"] == "Heat recovery - phase two"
    assert read["applicant.name_zh"] == "永豐漂染有限公司"
    assert "applicant.name_en" not in read


def test_help_in_brackets_behind_a_label_is_no_part_of_the_value() -> None:
    read = values(
        form_page(TITLE, "E-mail (letters will be sent here): office@wingfung.example", "Tel: (852) 2345 6789", "Signed by (name): Chan Mei Ling")
    )
    assert (read["contact.email"], read["contact.phone"], read["declaration.name"]) == ("office@wingfung.example", "+85223456789", "Chan Mei Ling")


def test_the_words_of_answers_are_neither_labels_nor_values() -> None:
    page = form_page(
        "Application Form A - On-site Improvement Assessment", "Relationship with the factory",
        "☐ Guangdong factory of a wholly-owned foreign enterprise with capital from the applicant",
        "☑ Factory in Hong Kong owned and operated by the applicant", "Name of Factory: Wing Fung Dyeing Factory",
    )  # fmt: skip
    read = values(page)
    assert (read["connection.type"], read["factory.name"]) == ("hk_factory", "Wing Fung Dyeing Factory")


def test_an_answer_in_words_behind_a_question_that_nobody_understands_is_read_less_surely() -> None:
    read = fields(form_page("Application Form B", *KNOWN, ("Quellenweg", "Textiles")))
    sector = read["factory.sector"]
    assert isinstance(sector, Read)
    assert sector.value == "textiles"
    assert sector.evidence.confidence <= 0.8


def test_a_value_of_several_rows_whose_label_stands_at_half_its_height_is_whole() -> None:
    page = form_page(TITLE, "Tel  2345 6789")
    placed = (
        (50.0, 120.0, "Business Address in Hong Kong"),
        (260.0, 113.0, "Unit 9, 8/F, Golden Gate Building,"),
        (260.0, 126.0, "78 Fuk Wing Street"),
    )
    words = list(page.words)
    for left, top, text in placed:
        at = left
        for piece in text.split():
            words.append(Word(text=piece, box=(at, top, at + 5.5 * len(piece), top + 10), line=9))
            at += 5.5 * len(piece) + 3
    page = page.model_copy(update={"words": tuple(words)})
    assert values(page)["applicant.address"] == "Unit 9, 8/F, Golden Gate Building, 78 Fuk Wing Street"


def test_a_chinese_label_of_many_words_is_not_cut_short() -> None:
    read = values(form_page(TITLE, "聯絡人員姓名 梁嘉欣", "職務/職稱 總經理", "電話 2345 6789"))
    assert (read["contact.name"], read["contact.title"]) == ("梁嘉欣", "總經理")


def test_the_last_row_of_a_longer_label_is_no_label_of_its_own() -> None:
    page = form_page(TITLE, *KNOWN, ("How is the applicant connected with the\nfactory?", "by contract"))
    assert "factory.name" not in values(page)


def test_a_date_whose_characters_a_file_sets_apart_is_read_less_surely_and_never_called_malformed() -> None:
    field = fields(form_page(TITLE, ("Date of Establishment", "1 0/03/2 0 2 3")))["applicant.established_on"]
    assert isinstance(field, Read)
    assert (field.value, field.evidence.confidence < 0.85) == ("2023-03-10", True)
