"""What a whole application comes to."""

from __future__ import annotations

import pytest

from checks.values import Needs, Outcome, Verdict
from tests.checks.builders import (
    Draft,
    connected,
    demonstration,
    in_hong_kong,
    licence,
    onsite,
    open_checks,
    organisation,
    paper,
    quotations,
    read,
    the_policy,
)

COMPLETE = {
    "on-site assessment, joint venture": onsite(),
    "on-site assessment, Hong Kong factory": in_hong_kong(onsite()),
    "demonstration (i), joint venture": demonstration(),
    "demonstration (ii), joint venture": demonstration("demonstration_ii"),
    "demonstration, Hong Kong factory": in_hong_kong(demonstration()),
    "demonstration, Hong Kong workshop": in_hong_kong(demonstration(), "hk_workshop"),
    "wholly-owned with approval": connected(onsite(), "gd_wholly_owned", paper("foreign_investment_approval")),
    "wholly-owned with a joint venture contract instead": connected(onsite(), "gd_wholly_owned", paper("joint_venture_agreement")),
    "wholly-owned, licence type 港澳台 独资": connected(onsite(), "gd_wholly_owned").swapped(licence(enterprise_type="有限责任公司(港澳台法人独资)")),
    "processing agreement": connected(onsite(), "gd_processing_agreement", paper("processing_agreement", expires_on="2025-01-01")),
    "resident-owned": connected(onsite(), "gd_resident_owned", paper("resident_identity"), paper("mainland_shareholding_proof")).having(
        read("connection.mainland_shareholding", 50.01), read("connection.hk_shareholding", 30)
    ),
    "organisation support": organisation(),
}


@pytest.mark.parametrize("draft", COMPLETE.values(), ids=COMPLETE.keys())
def test_an_application_with_everything_right_is_complete_and_every_check_passes(draft: Draft) -> None:
    decision = draft.judged()
    assert open_checks(decision) == {}
    assert (decision.missing_fields, decision.missing_documents) == ((), ())
    assert decision.verdict is Verdict.COMPLETE


def test_a_case_for_staff_still_lists_what_is_missing() -> None:
    decision = onsite().saying(factory__sector="other").blank("contact.phone").less("provider_proposal").judged()
    assert decision.verdict is Verdict.REVIEW
    assert decision.missing_fields == ("contact.phone",)
    assert [missing.code for missing in decision.missing_documents] == ["provider_proposal"]


def test_what_the_applicant_must_mend_alone_makes_an_application_incomplete() -> None:
    assert onsite().blank("contact.phone").judged().verdict is Verdict.INCOMPLETE
    assert onsite().less("provider_proposal").judged().verdict is Verdict.INCOMPLETE
    assert onsite().saying(declaration__chop=False).judged().verdict is Verdict.INCOMPLETE


def test_papers_without_a_form_are_for_staff_and_only_the_form_is_asked_for() -> None:
    decision = Draft(None, None, papers=(paper("br_certificate", expires_on="2024-12-31"), *quotations(1))).judged()
    assert decision.verdict is Verdict.REVIEW
    assert decision.missing_fields == ()
    assert [(missing.code, missing.reason.value) for missing in decision.missing_documents] == [("application_form", "absent")]


def test_no_words_for_the_applicant_hint_at_eligibility() -> None:
    hints = ("eligib", "qualif", "refus", "reject", "資格", "资格", "拒絕", "拒绝", "不符合")
    drafts = [
        onsite().saying(project__funding_requested=40_001, project__end_on="2024-12-31", declaration__signature=False),
        onsite().saying(project__end_on="2023-01-01", declaration__chop=False).less("br_certificate"),
    ]
    for decision in (draft.judged() for draft in drafts):
        asked = [each for each in decision.findings if each.needs is Needs.APPLICANT]
        assert asked
        assert not any(each.check.startswith("eligibility.") for each in asked)
        assert not any(hint in " ".join(each.message.model_dump().values()) for each in asked for hint in hints)


def test_words_that_letters_print_hint_at_nothing_in_any_case() -> None:
    hints = ("eligib", "qualif", "refus", "reject", "資格", "资格", "拒絕", "拒绝")
    for check, rule in the_policy().rules.items():
        if not check.startswith(("eligibility.", "agreement.", "record.", "mail.")):
            for case, words in rule.cases.items():
                said = " ".join(words.model_dump().values()).lower()
                assert not any(hint in said for hint in hints), f"{check} {case}"


def test_every_finding_names_its_clause_and_speaks_three_languages() -> None:
    for draft in COMPLETE.values():
        for each in draft.judged().findings:
            assert each.rule
            assert each.outcome is Outcome.PASS
            assert all(text and "{" not in text for text in (each.message.en, each.message.zh_hant, each.message.zh_hans))
