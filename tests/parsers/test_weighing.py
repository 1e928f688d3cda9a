"""Confidence: what a reading's certainty has proved to mean, and what other evidence says of it."""

from __future__ import annotations

from functools import cache

import pytest
from pydantic import ValidationError

from intake.programme import load_programme
from parsers.calibration import Calibration, Curve, Weights
from parsers.catalogue import Catalogue, FieldType
from parsers.oddity import is_odd, words_of_forms
from parsers.values import Application, Document, Evidence, Method, Missing, Read, Unreadable
from parsers.weighing import weighed

GRID = (0.2, 0.5, 0.8, 0.95)
WEIGHTS = Weights(same_on_paper=50, nearly_on_paper=0.05, check_right=20, check_wrong=0.02, sense=10, nonsense=0.05, odd=0.001, odd_neighbours=0.02)


@cache
def shipped() -> Catalogue:
    return load_programme().catalogue


def curve(type_: str, method: Method = Method.OCR, right: tuple[float, ...] = (0.3, 0.5, 0.9, 0.99)) -> Curve:
    return Curve(type=type_, method=method, raw=GRID, right=right, count=(10, 20, 100, 1000))


def measured(*curves: Curve) -> Catalogue:
    known = Calibration(weights=WEIGHTS, curves=curves or (curve("any"), curve("any", Method.TEXT)), positions=("manager", "general", "廠長"))
    return shipped().model_copy(update={"calibration": known})


def told(key: str, value: bool | int | float | str, certainty: float = 0.8, method: Method = Method.OCR) -> Read:
    evidence = Evidence(document=None, part="2", page=1, box=None, quote="", method=method, confidence=certainty)
    return Read(key=key, value=value, text=str(value), evidence=evidence)


def paper(kind: str, *fields: Read, copy_of: str | None = None) -> Document:
    return Document(
        name=None, part="3", sha256="", kind=kind, confidence=0.9, first_page=1, last_page=1, text_source="ocr", duplicate_of=copy_of,
        fields={field.key: field for field in fields},
    )  # fmt: skip


def application(*fields: Read, papers: tuple[Document, ...] = ()) -> Application:
    return Application(form="B", initiative=None, fields={field.key: field for field in fields}, documents=papers)


def sureness(of: Application, key: str, catalogue: Catalogue | None = None) -> float:
    field = weighed(of, catalogue or measured()).fields[key]
    assert isinstance(field, Read)
    return field.evidence.confidence


# ------------------------------------------------------------------ curves


def test_confidence_is_the_share_that_was_right_at_that_certainty() -> None:
    assert sureness(application(told("contact.name", "Chan Tai Man", 0.8)), "contact.name") == 0.9
    assert sureness(application(told("contact.name", "Chan Tai Man", 0.65)), "contact.name") == pytest.approx(0.7)


def test_more_certain_is_never_less_sure_and_nothing_is_surer_than_the_best_that_was_seen() -> None:
    shares = [curve("any").at(step / 100) for step in range(101)]
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert shares[-1] == 0.99


def test_a_type_of_field_has_its_own_curve_before_that_of_its_method() -> None:
    known = measured(curve("any"), curve("date", right=(0.1, 0.2, 0.3, 0.4)))
    assert sureness(application(told("project.start_on", "2024-06-01")), "project.start_on", known) == 0.3
    assert sureness(application(told("contact.name", "Chan Tai Man")), "contact.name", known) == 0.9


def test_without_curves_and_for_places_without_a_value_confidence_stays_the_readers_own() -> None:
    place = told("project.title", "").evidence
    empty, scrawl = Missing(key="project.title", evidence=place), Unreadable(key="project.end_on", text="32/13", reason="malformed", evidence=place)
    given = Application(form="B", initiative=None, fields={"project.title": empty, "project.end_on": scrawl})
    assert weighed(given, measured()).fields == given.fields
    bare = application(told("contact.name", "Chan Tai Man", 0.61))
    assert weighed(bare, shipped().model_copy(update={"calibration": Calibration()})) == bare


def test_a_curve_that_falls_or_lacks_figures_is_refused() -> None:
    with pytest.raises(ValidationError, match="must rise"):
        curve("date", right=(0.3, 0.2, 0.9, 0.99))
    with pytest.raises(ValidationError, match="as many figures"):
        Curve(type="date", method=Method.OCR, raw=(0.1, 0.2), right=(0.1,), count=(1, 1))
    with pytest.raises(ValidationError, match="two curves"):
        Calibration(curves=(curve("date"), curve("date")))


# ------------------------------------------------------------------ what the target asks for


def test_the_threshold_lets_pass_as_many_values_as_the_target_allows() -> None:
    known = Calibration(curves=(curve("date", right=(0.3, 0.5, 0.99, 0.9995)),))
    dates = frozenset({"date"})
    assert known.threshold(dates, Method.OCR, one_wrong_in=500) == 0.99  # 1000 at one in 2000 and 100 at one in 100: 1.5 wrong of 1100
    assert known.threshold(dates, Method.OCR, one_wrong_in=1000) == 0.999
    assert known.threshold(dates, Method.OCR, one_wrong_in=90) == pytest.approx(1 - 20 / 90)  # not 0.5: that value is 45 times likelier wrong
    assert known.threshold(dates, Method.OCR, one_wrong_in=5000) == 0.9998  # nothing that was measured is as good as that
    assert known.threshold(dates, Method.TEXT, one_wrong_in=500) is None


# ------------------------------------------------------------------ other papers


def test_the_same_number_on_the_certificate_makes_both_readings_surer() -> None:
    number = told("applicant.br_number", "12345678")
    given = application(number, papers=(paper("br_certificate", told("br_number", "12345678", 0.65)),))
    whole = weighed(given, measured())
    assert sureness(given, "applicant.br_number") > 0.995
    assert whole.documents[0].fields["br_number"].evidence.confidence > 0.99  # type: ignore[union-attr]


def test_a_number_that_nearly_agrees_is_doubted_and_another_number_is_not() -> None:
    number = told("applicant.br_number", "12345678", 0.95)
    nearly = application(number, papers=(paper("br_certificate", told("br_number", "12345878", 0.95)),))
    other = application(number, papers=(paper("br_certificate", told("br_number", "87654321", 0.95)),))
    assert sureness(nearly, "applicant.br_number") < 0.9
    assert sureness(other, "applicant.br_number") == 0.99


def test_one_paper_that_agrees_outweighs_one_that_nearly_does_and_copies_do_not_count() -> None:
    number, agreeing = told("applicant.br_number", "12345678", 0.95), paper("br_certificate", told("br_number", "12345678", 0.95))
    nearly = paper("annual_return", told("company_number", "12345678", 0.95).model_copy(update={"value": "12345878"}))
    assert sureness(application(number, papers=(agreeing, nearly)), "applicant.br_number") > 0.99
    assert sureness(application(number, papers=(agreeing.model_copy(update={"duplicate_of": "2"}),)), "applicant.br_number") == 0.99


def test_what_stands_in_a_file_as_text_is_not_doubted_for_what_a_scan_says() -> None:
    number = told("applicant.br_number", "12345678", 0.95, Method.TEXT)
    given = application(number, papers=(paper("br_certificate", told("br_number", "12345878", 0.95)),))
    assert sureness(given, "applicant.br_number") == 0.99


# ------------------------------------------------------------------ check characters, days, amounts


def test_a_check_character_speaks_for_or_against_a_scanned_code() -> None:
    right, wrong = (application(told("factory.uscc", code)) for code in ("91441900MA4RQHCG4U", "91441900MA4RQHCG4X"))
    assert sureness(right, "factory.uscc") > 0.99
    assert sureness(wrong, "factory.uscc") < 0.2


def test_a_certificate_of_one_year_less_a_day_bears_out_both_of_its_days() -> None:
    def surely(expires: str) -> float:
        held = paper("br_certificate", told("commenced_on", "2023-04-17"), told("expires_on", expires))
        field = weighed(application(papers=(held,)), measured()).documents[0].fields["expires_on"]
        assert isinstance(field, Read)
        return field.evidence.confidence

    assert surely("2024-04-16") > 0.98
    assert surely("2026-04-16") > 0.98
    assert surely("2029-04-16") < 0.5


def test_a_round_share_of_the_cost_bears_out_both_amounts_and_more_than_the_cost_cannot_be() -> None:
    cost = told("project.total_cost", 880_000)
    assert sureness(application(cost, told("project.funding_requested", 440_000)), "project.total_cost") > 0.98
    assert sureness(application(cost, told("project.funding_requested", 433_700)), "project.total_cost") == 0.9
    assert sureness(application(cost, told("project.funding_requested", 4_400_000)), "project.funding_requested") < 0.5


def test_a_project_that_ends_before_it_begins_is_doubted_on_a_scan() -> None:
    given = application(told("project.start_on", "2024-06-01"), told("project.end_on", "2023-08-31"))
    assert sureness(given, "project.end_on") < 0.5


# ------------------------------------------------------------------ values of another kind


@pytest.mark.parametrize(
    ("key", "type_", "value"),
    [
        ("contact.name", FieldType.NAME, "+852 6717 6022"),
        ("contact.name", FieldType.NAME, "員"),
        ("applicant.name_en", FieldType.NAME, "15-08-2013"),
        ("applicant.name_en", FieldType.NAME, "榮業金屬製品有限公司"),
        ("applicant.name_zh", FieldType.NAME, "Wing Yip Metal Works Limited"),
        ("applicant.name_en", FieldType.NAME, "Company (in Chinese)"),
        ("applicant.address", FieldType.ADDRESS, "廠長"),
        ("applicant.address", FieldType.ADDRESS, "General Manager"),
        ("contact.title", FieldType.TEXT, "office@wingyip.example"),
        ("project.title", FieldType.TEXT, "2025年11月30日"),
        ("project.summary", FieldType.TEXT, "Project Title"),
    ],
)
def test_a_value_of_another_kind_than_its_field_is_odd(key: str, type_: FieldType, value: str) -> None:
    assert is_odd(value, type_, key, words_of_forms(measured()))


@pytest.mark.parametrize(
    ("key", "type_", "value"),
    [
        ("contact.name", FieldType.NAME, "何浩"),
        ("contact.name", FieldType.NAME, "Ng On"),
        ("contact.title", FieldType.TEXT, "General Manager"),
        ("contact.title", FieldType.TEXT, "廠長"),
        ("applicant.name_en", FieldType.NAME, "3M Hong Kong Limited"),
        ("applicant.name_zh", FieldType.NAME, "ABC科技有限公司"),
        ("applicant.address", FieldType.ADDRESS, "九龍觀塘鴻圖道12號7樓"),
        ("project.title", FieldType.TEXT, "Heat recovery 2024"),
        ("company_number", FieldType.TEXT, "1234567"),
        ("project.start_on", FieldType.DATE, "2024-06-01"),
    ],
)
def test_an_ordinary_value_is_not_odd(key: str, type_: FieldType, value: str) -> None:
    assert not is_odd(value, type_, key, words_of_forms(measured()))


def test_where_several_values_stand_in_the_wrong_place_none_of_the_form_is_relied_upon() -> None:
    shifted = (
        told("contact.name", "+852 6717 6022", 0.95, Method.TEXT),
        told("contact.title", "office@wingyip.example", 0.95, Method.TEXT),
        told("project.total_cost", 880_000, 0.95, Method.TEXT),
    )
    assert sureness(application(*shifted), "contact.name") < 0.2
    assert sureness(application(*shifted), "project.total_cost") < 0.9
    assert sureness(application(*shifted[1:]), "project.total_cost") == 0.99
