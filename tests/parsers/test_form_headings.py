"""Headings of sections in words that nobody listed; and what is a label, not a heading."""

from __future__ import annotations

import pytest

from parsers.form_headings import heading_words, section_told
from tests.parsers.form_pages import catalogue, form_page, values

WORDS = catalogue().label_words
MEANT = heading_words(WORDS.heading_words, WORDS.heading_nouns, WORDS.heading_fillers)


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("Part E - Declaration", "declaration"),
        ("Declaration by Applicant 申請人聲明", "declaration"),
        ("丙部 工廠資料", "factory"),
        ("Section 3: Contact Person", "contact"),
        ("第二部分 聯絡人", "contact"),
        ("4. Project information", "project"),
        ("五、聲明及簽署", "declaration"),
    ],
)
def test_a_heading_names_its_section(text: str, section: str) -> None:
    assert section_told(text, MEANT) == section


@pytest.mark.parametrize(
    "text", ["Contact Person", "Contact:", "Project", "工廠", "Name of Factory", "Company information 2345 6789", "Wing Fung Limited", ""]
)
def test_labels_and_values_are_no_headings(text: str) -> None:
    assert section_told(text, MEANT) == ""


def test_name_and_date_belong_to_the_section_that_a_heading_in_other_words_begins() -> None:
    page = form_page(
        "Application Form B - Demonstration Project",
        "Part B - Contact Person",
        "Contact Person: Chan Mei Ling",
        "Tel: 2345 6789",
        "Part E - Declaration by Applicant",
        "Name: Wong Siu Ming",
        "Date: 7 April 2024",
    )
    read = values(page)
    assert (read["contact.name"], read["declaration.name"], read["declaration.signed_on"]) == ("Chan Mei Ling", "Wong Siu Ming", "2024-04-07")
