"""What the applicant is never asked to mend: the form's own print, and values of other fields, found where a value should stand."""

from __future__ import annotations

import pytest

from parsers.catalogue import FieldType
from parsers.form_doubts import belongs_elsewhere, has_trace, is_no_value, is_print, is_worded_as_label
from parsers.labels import label_book
from parsers.values import Read, Unreadable
from tests.parsers.form_pages import catalogue, fields, form_page

TITLE = "Application Form B - Demonstration Project"


def _field(key: str, *rows: str | tuple[str, ...]) -> object:
    return fields(form_page(TITLE, *rows))[key]


@pytest.mark.parametrize(
    ("label", "text", "key"),
    [
        ("BR No.", "of the applicant", "applicant.br_number"),
        ("Tel", "office hours only", "contact.phone"),
        ("E-mail", "in full, please", "contact.email"),
        ("Unified Social Credit Code", "(18 digits)", "factory.uscc"),
        ("Total Project Cost", "as in the plan", "project.total_cost"),
        ("Date of Establishment", "see certificate", "applicant.established_on"),
        ("BR No.", "HK$34,900.00", "applicant.br_number"),
        ("Tel", "HK$581,500", "contact.phone"),
        ("Tel", "2023-05-07", "contact.phone"),
    ],
)
def test_what_was_never_meant_as_the_value_is_for_staff_and_not_for_the_applicant_to_mend(label: str, text: str, key: str) -> None:
    field = _field(key, (label, text))
    assert isinstance(field, Unreadable)
    assert (field.reason, field.text) == ("illegible", text)


@pytest.mark.parametrize(
    ("label", "text", "key"),
    [
        ("BR No.", "1234567", "applicant.br_number"),
        ("Tel", "2788 55", "contact.phone"),
        ("E-mail", "office.wingfung.example", "contact.email"),
        ("Unified Social Credit Code", "91441900MA4RQHCG", "factory.uscc"),
        ("Date of Establishment", "31/02/2003", "applicant.established_on"),
    ],
)
def test_a_value_that_was_plainly_tried_is_still_the_applicants_to_mend(label: str, text: str, key: str) -> None:
    field = _field(key, (label, text))
    assert isinstance(field, Unreadable)
    assert (field.reason, field.text) == ("malformed", text)


@pytest.mark.parametrize(
    "text", ["2022年4月30日", "31/12/2023", "69,800", "office@kinkeunglee.example", "91440113MA6GD11K3Y", "as of 01-06-2021", "12345678"]
)
def test_a_name_is_no_date_no_amount_no_address_of_a_mailbox_and_no_number(text: str) -> None:
    field = _field("contact.name", ("Contact Person", text))
    assert isinstance(field, Unreadable)
    assert field.reason == "illegible"
    assert field.evidence.confidence <= 0.5


@pytest.mark.parametrize(
    "text", ["3D Printing (1957) Limited", "二〇〇八染廠有限公司", "Chan Tai Man, Peter", "Date Fruit Company Limited", "七海有限公司"]
)
def test_names_that_hold_digits_or_words_of_labels_are_names(text: str) -> None:
    field = _field("factory.name", ("Name of Factory", text))
    assert isinstance(field, Read)
    assert field.value == text


def test_the_applicants_own_words_may_be_words_of_labels_where_a_position_is_asked() -> None:
    field = _field("contact.title", "Position: Contact Person of the group")
    assert isinstance(field, Read)


@pytest.mark.parametrize(
    ("text", "whose"), [("Amount of Grant Sought (HKD) HK$289,600.00", "another's label"), ("Amount & Grant Advisers Limited", "a name")]
)
def test_another_fields_label_with_its_value_is_no_name(text: str, whose: str) -> None:
    spec = next(spec for spec in catalogue().fields if spec.key == "provider.name")
    assert is_no_value(text, spec, label_book(catalogue())) is (whose == "another's label")


@pytest.mark.parametrize("text", ["2. Contact Person", "聯絡人姓名", "(HK$)", "1.4 BR No."])
def test_labels_and_hints_are_print_of_the_form(text: str) -> None:
    assert is_print(text, label_book(catalogue()))


def test_words_that_only_labels_are_made_of_are_told_from_a_name() -> None:
    book = label_book(catalogue())
    assert is_worded_as_label("Expected Commencement Date", book)
    assert not is_worded_as_label("Wing Fung Dyeing Company Limited", book)


def test_an_amount_in_words_holds_a_trace_of_money_and_an_address_of_a_mailbox_one_of_e_mail() -> None:
    assert has_trace("捌拾捌萬元正", FieldType.MONEY)
    assert has_trace("office (at) wingfung.example", FieldType.EMAIL)
    assert not has_trace("to be advised", FieldType.MONEY)
    assert not belongs_elsewhere("880,000", FieldType.MONEY)
