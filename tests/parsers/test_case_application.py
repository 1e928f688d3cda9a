"""Several mails of one case, and what staff say of it, become one application."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from intake.programme import load_programme
from parsers.case_application import application_of_case, mail_and_part, standing
from parsers.corrections import FieldCorrection, PaperLayout, PaperTold, fields_as_told, layouts_by_file, paper_field_key
from parsers.values import Application, Document, Evidence, Field, Method, Missing, Problem, Read, Unreadable

CATALOGUE = load_programme().catalogue
NAME, PHONE = "applicant.name_en", "contact.phone"
NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)


def at(part: str = "2", *, method: Method = Method.ACROFORM, confidence: float = 1.0) -> Evidence:
    return Evidence(document="form.pdf", part=part, page=1, box=None, quote="", method=method, confidence=confidence)


def says(key: str, value: Any, **how: Any) -> Read:
    return Read(key=key, value=value, text=str(value), evidence=at(**how))


def form(*fields: Field, code: str = "A", **more: Any) -> Application:
    return Application(form=code, initiative="onsite_assessment", fields={field.key: field for field in fields}, **more)


def paper(kind: str, sha: str, *problems: Problem, part: str = "3", meant: str | None = None, **fields: str) -> Document:
    return Document(
        name=f"{sha}.pdf", part=part, sha256=sha, kind=kind, confidence=1.0, first_page=1, last_page=1, text_source="text", problems=problems,
        meant=meant, fields={key: says(key, value) for key, value in fields.items()},
    )  # fmt: skip


def papers(*documents: Document) -> Application:
    return Application(form=None, initiative=None, documents=documents)


def case(*mails: Application) -> Application:
    return application_of_case(mails, CATALOGUE)


def successors(application: Application) -> dict[str, str | None]:
    return {document.sha256: document.superseded_by for document in application.documents}


def test_a_case_of_one_mail_is_that_mails_application() -> None:
    only = form(says(NAME, "Bright Limited"))
    assert case(only) is only
    with pytest.raises(ValueError, match="at least one mail"):
        case()


def test_the_later_forms_answer_wins_and_keeps_its_mails_number() -> None:
    joined = case(form(says(PHONE, "+85221234567")), form(says(PHONE, "+85227654321")))
    field = joined.fields[PHONE]
    assert isinstance(field, Read)
    assert (field.value, field.evidence.part, mail_and_part(field.evidence.part)) == ("+85227654321", "2:2", (2, "2"))
    assert joined.conflicts == ()
    assert mail_and_part("1.2!br.pdf") == (1, "1.2!br.pdf")


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("applicant.name_en", ("Bright Limited", "Dark Limited")),
        ("applicant.br_number", ("12345678", "87654321")),
        ("project.initiative", ("onsite_assessment", "demonstration_i")),
        ("contact.email", ("wong@bright.example", "eve@elsewhere.example")),
    ],
)
def test_two_forms_that_disagree_in_who_applies_or_whom_to_write_to_are_in_conflict(key: str, values: tuple[str, str]) -> None:
    assert case(form(says(key, values[0])), form(says(key, values[1]))).conflicts == (key,)


def test_a_box_left_empty_on_the_second_form_takes_nothing_away() -> None:
    joined = case(form(says(PHONE, "+85221234567")), form(Missing(key=PHONE, evidence=at())))
    assert isinstance(joined.fields[PHONE], Read)


def test_what_is_unreadable_on_the_second_form_stands_so_that_somebody_looks() -> None:
    smudge = Unreadable(key=PHONE, text="27", reason="illegible", evidence=at(method=Method.OCR))
    assert isinstance(case(form(says(PHONE, "+85221234567")), form(smudge)).fields[PHONE], Unreadable)


def test_a_scan_of_the_same_form_does_not_spoil_what_was_typed() -> None:
    scanned = form(says(NAME, "Brlght Dyeing Limited", method=Method.OCR, confidence=0.9))
    field = case(form(says(NAME, "Bright Dyeing Limited")), scanned).fields[NAME]
    assert isinstance(field, Read)
    assert field.value == "Bright Dyeing Limited"


def test_a_second_form_without_the_signature_that_the_first_bore_is_looked_at() -> None:
    seal = "declaration.signature"
    joined = case(form(says(seal, True)), form(says(seal, False)))
    assert (joined.fields[seal].value, joined.conflicts) == (True, (seal,))  # type: ignore[union-attr]
    assert case(form(says(seal, False)), form(says(seal, True))).conflicts == ()


def test_a_later_paper_takes_the_place_of_the_earlier_one_of_its_kind_and_both_are_kept() -> None:
    joined = case(papers(paper("br_certificate", "a")), papers(paper("br_certificate", "b")))
    assert successors(joined) == {"a": "2:3", "b": None}
    assert [document.sha256 for document in standing(joined).documents] == ["b"]


def test_an_encrypted_paper_is_replaced_by_what_it_was_meant_to_be() -> None:
    locked = paper("other", "a", Problem.ENCRYPTED, meant="annual_return")
    assert successors(case(papers(locked), papers(paper("annual_return", "b")))) == {"a": "2:3", "b": None}


@pytest.mark.parametrize(
    ("before", "later"),
    [
        (paper("br_certificate", "a"), paper("br_certificate", "b", Problem.ENCRYPTED)),
        (paper("br_certificate", "a", expires_on="2027-01-01"), paper("br_certificate", "b", expires_on="2023-01-01")),
        (paper("quotation", "a", supplier="One Ltd"), paper("quotation", "b", supplier="Two Ltd")),
        (paper("premises_proof", "a"), paper("premises_proof", "b")),
        (paper("other", "a"), paper("other", "b")),
        (paper("application_form", "a"), paper("application_form", "b")),
        (paper("br_certificate", "a"), paper("br_certificate", "a")),
    ],
    ids=["unreadable", "older", "another supplier", "of several", "other", "form", "the same"],
)
def test_nothing_is_replaced_where_both_may_count(before: Document, later: Document) -> None:
    assert successors(case(papers(before), papers(later)))["a"] is None


def test_a_suppliers_new_quotation_takes_the_place_of_its_old_one() -> None:
    assert successors(case(papers(paper("quotation", "a", supplier="One Ltd")), papers(paper("quotation", "b", supplier="ONE LTD."))))["a"] == "2:3"


def test_the_same_bytes_in_a_second_mail_are_a_copy() -> None:
    joined = case(papers(paper("annual_return", "a")), papers(paper("annual_return", "a", part="4")))
    assert [document.duplicate_of for document in joined.documents] == [None, "3"]


def test_a_page_sent_later_that_may_be_the_forms_own_is_looked_at() -> None:
    lacking = form(*(Missing(key=f"declaration.{name}") for name in ("name", "signed_on", "signature")))
    assert case(lacking, papers(paper("other", "a"))).form_pages_unread
    assert not case(lacking, papers(paper("annual_return", "a"))).form_pages_unread
    assert not case(form(says(NAME, "Bright")), papers(paper("other", "a"))).form_pages_unread


# ------------------------------------------------------------------ what staff say


def word(key: str, value: Any, *, last_mail: str | None = "one") -> FieldCorrection:
    return FieldCorrection(key=key, value=value, actor="chan", at=NOON, last_mail=last_mail)


def told(words: list[FieldCorrection], *mails: Application) -> Any:
    return fields_as_told(case(*mails), list(zip(("one", "two", "three"), mails, strict=False)), words)


def test_a_persons_value_stands_at_the_place_where_it_was_read() -> None:
    said = told([word(PHONE, "+85227654321")], form(says(PHONE, "+85221234567", method=Method.OCR, confidence=0.4)))
    field = said.application.fields[PHONE]
    assert (field.value, field.evidence.part, field.evidence.method, field.evidence.confidence) == ("+85227654321", "2", Method.DERIVED, 1.0)


def test_a_person_may_say_that_there_is_none_and_of_two_words_the_last_counts() -> None:
    said = told([word(PHONE, "+85227654321"), word(PHONE, None)], form(says(PHONE, "1")))
    assert isinstance(said.application.fields[PHONE], Missing)


def test_a_newer_form_that_says_otherwise_stands_and_a_person_is_told() -> None:
    said = told([word(PHONE, "5")], form(says(PHONE, "1")), form(says(PHONE, "9")))
    assert (said.application.fields[PHONE].value, said.outdated) == ("9", (PHONE,))
    settled = told([word(PHONE, "5"), word(PHONE, "7", last_mail="two")], form(says(PHONE, "1")), form(says(PHONE, "9")))
    assert (settled.application.fields[PHONE].value, settled.outdated) == ("7", ())


@pytest.mark.parametrize("again", [form(says(PHONE, "1")), form(says(PHONE, "5")), form(Missing(key=PHONE)), papers(paper("annual_return", "b"))])
def test_a_newer_mail_that_says_nothing_new_leaves_the_persons_word(again: Application) -> None:
    said = told([word(PHONE, "5")], form(says(PHONE, "1")), again)
    assert (said.application.fields[PHONE].value, said.outdated) == ("5", ())


def test_a_persons_word_settles_a_conflict_of_two_forms() -> None:
    both = (form(says(NAME, "Bright Limited")), form(says(NAME, "Dark Limited")))
    assert case(*both).conflicts == (NAME,)
    assert told([word(NAME, "Dark Limited", last_mail="two")], *both).application.conflicts == ()


def test_a_papers_own_field_can_be_corrected() -> None:
    certificate = paper("br_certificate", "a", expires_on="2023-01-01")
    said = told([word(paper_field_key(certificate, "expires_on"), "2028-01-01")], papers(certificate))
    assert said.application.documents[0].fields["expires_on"].value == "2028-01-01"


def test_of_a_files_layout_the_last_word_counts_and_an_empty_one_takes_it_back() -> None:
    first = PaperLayout(sha256="a", papers=(PaperTold(first_page=1, last_page=2, kind="quotation"),), actor="chan", at=NOON)
    assert layouts_by_file([first])["a"][0].kind == "quotation"
    assert layouts_by_file([first, first.model_copy(update={"papers": ()})]) == {}
