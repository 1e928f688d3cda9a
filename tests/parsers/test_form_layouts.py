"""Forms that offices retyped in layouts of their own are read to the last field, and an empty place stays empty."""

from __future__ import annotations

from functools import cache

import pytest

from intake.programme import load_programme
from parsers.folding import fold_key
from parsers.form_reading import FormReading, form_likeness, read_form
from parsers.read_file import read_file
from parsers.read_limits import ReadLimits
from parsers.values import FileKind, Method, Missing, Page, Read
from tests.corpus.people import Applicant
from tests.parsers.form_sheets import BILINGUAL, LAYOUTS, Drawer, application, dotted_leaders, drawn, nameless_widgets, several_on_a_line

CATALOGUE = load_programme().catalogue
EMPTIED = ("applicant.br_number", "contact.phone", "factory.name", "project.end_on", "project.title")


def pages_of(layout: Drawer, applicant: Applicant) -> tuple[Page, ...]:
    return read_file(drawn(layout, applicant), FileKind.PDF, ReadLimits()).pages


def reading_of(layout: Drawer, applicant: Applicant) -> FormReading:
    return read_form(pages_of(layout, applicant), CATALOGUE, document="form.pdf", part="2")


@cache
def filled_in(name: str) -> tuple[Applicant, tuple[Page, ...]]:
    """The whole application in a layout, and the pages read from it."""
    layout, language = LAYOUTS[name]
    applicant = application(language)
    return applicant, pages_of(layout, applicant)


def differences(reading: FormReading, applicant: Applicant) -> dict[str, tuple[object, object]]:
    """What was read otherwise than it was typed; texts and names are compared as the programme compares them."""
    found: dict[str, tuple[object, object]] = {}
    for key in sorted({*reading.fields, *applicant.values}):
        field, typed = reading.fields.get(key), applicant.values.get(key)
        read = field.value if isinstance(field, Read) else None
        alike = fold_key(read) == fold_key(typed) if isinstance(read, str) and isinstance(typed, str) else read == typed
        if not alike:
            found[key] = (read, typed)
    return found


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_field_of_a_retyped_form_is_read(name: str) -> None:
    applicant, pages = filled_in(name)
    reading = read_form(pages, CATALOGUE, document="form.pdf", part="2")
    assert reading.form == "B"
    assert reading.initiative == applicant.initiative
    assert differences(reading, applicant) == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", LAYOUTS)
def test_a_place_left_empty_is_missing_and_takes_nothing_from_its_neighbours(name: str) -> None:
    layout, language = LAYOUTS[name]
    applicant = application(language, seed=11).with_values(**{key.replace(".", "__"): None for key in EMPTIED})
    reading = reading_of(layout, applicant)
    assert {reading.fields[key].state for key in EMPTIED} == {"missing"}
    assert differences(reading, applicant) == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", LAYOUTS)
def test_a_form_with_nothing_written_on_it_yields_no_value(name: str) -> None:
    layout, language = LAYOUTS[name]
    blank = application(language).with_values(**{key.replace(".", "__"): None for key in BILINGUAL})
    reading = reading_of(layout, blank)
    written = {key: field for key, field in reading.fields.items() if key in BILINGUAL and not isinstance(field, Missing)}
    assert written == {}


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_first_page_of_a_retyped_form_is_known_for_one(name: str) -> None:
    _, pages = filled_in(name)
    assert form_likeness(pages[0], CATALOGUE) > 0.9


def test_values_in_nameless_widgets_come_with_the_widgets_own_box() -> None:
    field = reading_of(nameless_widgets, application("en")).fields["applicant.br_number"]
    assert isinstance(field, Read)
    assert field.evidence.method is Method.ACROFORM
    assert field.evidence.box is not None
    x0, _, x1, _ = field.evidence.box
    assert (round(x0), round(x1)) == (215, 545)


def test_dotted_lines_to_write_on_are_no_part_of_a_value() -> None:
    reading = reading_of(dotted_leaders, application("en"))
    assert [key for key, field in reading.fields.items() if isinstance(field, Read) and ".." in field.text] == []


def test_two_labels_on_one_line_part_their_values() -> None:
    applicant = application("en")
    reading = reading_of(several_on_a_line, applicant)
    number, founded = reading.fields["applicant.br_number"], reading.fields["applicant.established_on"]
    assert isinstance(number, Read)
    assert isinstance(founded, Read)
    assert (number.text, founded.value) == (applicant.values["applicant.br_number"], applicant.values["applicant.established_on"])


@pytest.mark.parametrize("key", ["declaration.signature", "declaration.chop"])
def test_an_empty_box_for_signature_or_chop_is_seen_as_empty(key: str) -> None:
    layout, language = LAYOUTS["label_in_corner"]
    applicant = application(language).with_values(**{key.replace(".", "__"): False})
    field = reading_of(layout, applicant).fields[key]
    assert isinstance(field, Read)
    assert field.value is False
