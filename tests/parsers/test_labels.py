"""Printed labels: met letter by letter, nearly so on pictures, never inside a sentence or another word."""

from __future__ import annotations

import pytest

from parsers.form_stream import streams_of
from parsers.labels import find_labels, label_book
from parsers.values import Page
from tests.parsers.form_pages import catalogue, form_page, read, values


def _met(text: str, *, forgiving: bool = False) -> list[str]:
    book = label_book(catalogue())
    return [hit.keys[0] for hit in find_labels(streams_of(form_page(text)), book, forgiving=forgiving)]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Business Registration No.", "applicant.br_number"),
        ("BUSINESS REGISTRATION NO :", "applicant.br_number"),
        ("B.R. No. 1234 5678", "applicant.br_number"),
        ("商業登記號碼：12345678", "applicant.br_number"),
        ("商业登记号码 12345678", "applicant.br_number"),
        ("Total Project Expenditure (HK$)  880,000", "project.total_cost"),
        ("电子邮箱：office@wingfung.example", "contact.email"),
        ("Funding Requested (HK$):", "project.funding_requested"),
    ],
)
def test_a_label_is_known_whatever_its_case_script_and_colon(text: str, key: str) -> None:
    assert _met(text) == [key]


def test_a_misread_label_is_known_on_a_picture_only() -> None:
    text = "Environmenta1 Techno1ogy Service Provider"
    assert _met(text, forgiving=True) == ["provider.name"]
    assert _met("Enviromenta1 Techno1ogy Servlce Provder") == []


def _set_close(page: Page) -> Page:
    """The same rows, each eleven points below the one before."""
    rows = sorted({word.box[1] for word in page.words})
    tops = {top: rows[0] + 11 * at for at, top in enumerate(rows)}
    return page.model_copy(
        update={"words": tuple(w.model_copy(update={"box": (w.box[0], tops[w.box[1]], w.box[2], tops[w.box[1]] + 10)}) for w in page.words)}
    )


@pytest.mark.parametrize("value", ["22000", "314", "No"])
def test_a_short_value_right_over_a_long_label_is_none_of_its_words(value: str) -> None:
    page = form_page("Funding Requested (HK$)", value, "Environmental Technology Service Provider", "Delta Clean Air Company")
    streams = streams_of(_set_close(page))
    hits = find_labels(streams, label_book(catalogue()), forgiving=True)
    assert [streams[hit.stream].atoms[hit.start].text for hit in hits] == ["Funding", "Environmental"]


def test_close_rows_with_a_box_of_its_own_beside_each_are_two_labels() -> None:
    page = _set_close(form_page("Contact Person's Name  Yuen Lai Kuen", "Job Position  Clerk", confidence=0.98))
    moved = tuple(
        w.model_copy(update={"box": (w.box[0] + 200, w.box[1], w.box[2] + 200, w.box[3])}) if w.text in ("Yuen", "Lai", "Kuen", "Clerk") else w
        for w in page.words
    )
    rows = sorted({word.box[1] for word in page.words})
    cells = tuple((250.0, top - 0.5, 520.0, top + 10.5) for top in rows)
    found = values(page.model_copy(update={"words": moved, "cells": cells}))
    assert (found["contact.name"], found["contact.title"]) == ("Yuen Lai Kuen", "Clerk")


@pytest.mark.parametrize(
    "text", ["Please telephone our office before the visit", "The factory is in Dongguan", "We apply for funding from the Programme"]
)
def test_a_word_in_a_sentence_is_no_label(text: str) -> None:
    assert _met(text) == []


def test_two_labels_stand_on_one_line() -> None:
    assert _met("Tel: 2345 6789  E-mail: office@wingfung.example") == ["contact.phone", "contact.email"]


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("CPPP Form A", "A"),
        ("Application Form B – Demonstration Project", "B"),
        ("申請表C – 機構支援計劃", "C"),
        ("实地评估申请表", "A"),
        ("Organization Support Initiative", "C"),
    ],
)
def test_a_form_is_known_by_its_title(title: str, form: str) -> None:
    assert read(form_page(title, "Contact Person: Chan Mei Ling")).form == form


def test_the_word_information_is_no_title_of_form_a() -> None:
    assert read(form_page("Applicant Information", "Contact Person: Chan Mei Ling")).form is None
