"""Laws of the verdict: the order of findings never matters, staff come first, nothing raises."""

from __future__ import annotations

import random
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from checks.consider import consider, verdict_of
from checks.three_valued import all_of, any_of
from checks.values import Finding, Needs, Outcome, Verdict
from parsers.values import Application, Document, Field, Method, Missing, Problem, Words
from tests.checks.builders import demonstration, onsite, read, the_policy, unreadable

WORDS = Words(en="x", zh_hant="x", zh_hans="x")
FINDINGS = st.lists(
    st.builds(
        lambda outcome, needs: Finding(check="x", outcome=outcome, needs=needs, rule="x", message=WORDS),
        st.sampled_from(list(Outcome)),
        st.sampled_from([None, *Needs]),
    ),
    max_size=6,
)
OUTCOMES = st.lists(st.sampled_from(list(Outcome)), max_size=6)


@given(findings=FINDINGS, seed=st.integers(0, 99), absent=st.sampled_from([(), ("contact.phone",)]))
def test_the_order_of_findings_never_changes_the_verdict(findings: list[Finding], seed: int, absent: tuple[str, ...]) -> None:
    shuffled = random.Random(seed).sample(findings, len(findings))
    assert verdict_of(findings, absent) is verdict_of(shuffled, absent)


@given(findings=FINDINGS)
def test_anything_open_for_staff_means_review_and_complete_means_that_everything_passed(findings: list[Finding]) -> None:
    verdict = verdict_of(findings)
    for_staff = any(each.needs is Needs.STAFF and each.outcome is not Outcome.PASS for each in findings)
    assert not for_staff or verdict is Verdict.REVIEW
    assert (verdict is Verdict.COMPLETE) == all(each.outcome is Outcome.PASS for each in findings)


@given(findings=FINDINGS)
def test_a_missing_field_never_makes_an_application_complete(findings: list[Finding]) -> None:
    assert verdict_of(findings, ("contact.phone",)) is not Verdict.COMPLETE


@given(outcomes=OUTCOMES)
def test_three_valued_logic_never_takes_unsure_for_an_answer(outcomes: list[Outcome]) -> None:
    assert (all_of(outcomes) is Outcome.PASS) == (set(outcomes) <= {Outcome.PASS})
    assert (any_of(outcomes) is Outcome.FAIL) == (set(outcomes) <= {Outcome.FAIL})
    assert (all_of(outcomes) is Outcome.FAIL) == (Outcome.FAIL in outcomes)
    assert (any_of(outcomes) is Outcome.PASS) == (Outcome.PASS in outcomes)


# ------------------------------------------------------------------ whatever was read

KEYS = sorted(key for key in the_policy().field_types if "." in key)
PAPER_KEYS = sorted(key for key in the_policy().field_types if "." not in key)
KINDS = ("application_form", "br_certificate", "br_demand_note", "mainland_business_licence", "quotation", "processing_agreement", "other")
VALUES = st.one_of(
    st.booleans(),
    st.integers(-10, 10**9),
    st.floats(),
    st.text(max_size=12),
    st.dates().map(str),
    st.sampled_from(["onsite_assessment", "hk_factory"]),
)


def some_field(key: str) -> st.SearchStrategy[Field]:
    confidence = st.floats(0, 1)
    method = st.sampled_from([Method.TEXT, Method.OCR])
    return st.one_of(
        st.just(Missing(key=key)),
        st.builds(lambda value, m, c: read(key, value, method=m, confidence=c), VALUES, method, confidence),
        st.builds(
            lambda text, reason, m, c: unreadable(key, text, reason, method=m, confidence=c),
            st.text(max_size=8),
            st.sampled_from(["malformed", "illegible", "contradictory"]),
            method,
            confidence,
        ),
    )


@st.composite
def some_application(draw: st.DrawFn) -> Application:
    fields = {key: draw(some_field(key)) for key in draw(st.lists(st.sampled_from(KEYS), max_size=6, unique=True))}
    base = draw(st.sampled_from([onsite(), demonstration()]))
    papers = [draw(some_paper()) for _ in range(draw(st.integers(0, 3)))]
    return base.application.model_copy(
        update={
            "form": draw(st.sampled_from([None, "A", "B", "C"])),
            "initiative": draw(st.sampled_from([None, "onsite_assessment", "demonstration_i", "unheard_of"])),
            "fields": base.fields | fields,
            "documents": (*base.papers[: draw(st.integers(0, 9))], *papers),
            "form_pages_unread": draw(st.booleans()),
            "conflicts": tuple(draw(st.lists(st.sampled_from(KEYS), max_size=2))),
        }
    )


@st.composite
def some_paper(draw: st.DrawFn) -> Document:
    keys = draw(st.lists(st.sampled_from(PAPER_KEYS), max_size=3, unique=True))
    return Document(
        name=draw(st.sampled_from([None, "{x}.pdf", "br.pdf"])),
        part="3",
        sha256=draw(st.sampled_from(["", "a", "b"])),
        kind=draw(st.sampled_from(KINDS)),
        confidence=draw(st.floats(0, 1)),
        first_page=1,
        last_page=1,
        text_source="ocr",
        problems=tuple(draw(st.lists(st.sampled_from(list(Problem)), max_size=2, unique=True))),
        meant=draw(st.sampled_from([None, *KINDS])),
        fields={key: draw(some_field(key)) for key in keys},
    )


@settings(max_examples=60, deadline=None)
@given(application=some_application(), day=st.none() | st.dates(date(2000, 1, 1), date(2050, 1, 1)))
def test_whatever_was_read_there_is_a_decision_that_keeps_the_rules(application: Application, day: date | None) -> None:
    decision = consider(application, the_policy(), received_on=day, programme_hash="x")
    for each in decision.findings:
        assert each.outcome is not Outcome.PASS or each.needs is None
        assert each.needs is not Needs.APPLICANT or not each.check.startswith(("eligibility.", "agreement.", "record."))
    if decision.verdict is Verdict.COMPLETE:
        assert decision.edition is not None
        assert not decision.missing_fields
        assert not decision.missing_documents
    assert decision == consider(application, the_policy(), received_on=day, programme_hash="x")
