"""What staff say of a finding stands for as long as what it rests on."""

from __future__ import annotations

from datetime import UTC, datetime

from checks.overruling import Overruling, fingerprint_of, fingerprint_of_missing_document, fingerprint_of_missing_field, overruled
from checks.values import EvidenceRef, Finding, MissingDocument, MissingReason, Needs, Outcome, Verdict
from intake.programme import load_programme
from parsers.values import Application, Words
from tests.storage.build import application, decision, read

POLICY = load_programme().policy
NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
NAME = "applicant.name_en"


def doubted(*, check: str = "agreement.applicant_name", field: str | None = NAME, said: str = "x") -> Finding:
    evidence = (EvidenceRef(document="form.pdf", part="2", page=1, field=field),) if field else ()
    words = Words(en=said, zh_hant=said, zh_hans=said)
    return Finding(check=check, outcome=Outcome.FAIL, needs=Needs.STAFF, rule="a clause", evidence=evidence, message=words)


def form(name: str = "Bright Dyeing Limited") -> Application:
    return application(read(NAME, name))


def word(fingerprint: str, *, stands: bool = True) -> Overruling:
    return Overruling(check="x", fingerprint=fingerprint, actor="chan", at=NOON, reason="the name was changed in 2025", stands=stands)


def test_an_overruled_finding_passes_with_who_and_why_and_the_verdict_is_drawn_anew() -> None:
    given = decision(Verdict.REVIEW).model_copy(update={"findings": (doubted(),), "missing_fields": (), "missing_documents": ()})
    after = overruled(given, form(), [word(fingerprint_of(doubted(), form()))], POLICY)
    assert after.verdict is Verdict.COMPLETE
    assert (after.findings[0].outcome, after.findings[0].needs) == (Outcome.PASS, None)
    assert "chan" in after.findings[0].message.en
    assert "the name was changed in 2025" in after.findings[0].message.zh_hant


def test_it_is_open_again_when_the_value_it_rests_on_changes() -> None:
    given = decision(Verdict.REVIEW).model_copy(update={"findings": (doubted(),), "missing_fields": (), "missing_documents": ()})
    before = word(fingerprint_of(doubted(), form()))
    assert overruled(given, form("Another Company Limited"), [before], POLICY).findings == given.findings


def test_other_words_for_the_same_finding_change_nothing_where_its_evidence_names_a_value() -> None:
    assert fingerprint_of(doubted(said="x"), form()) == fingerprint_of(doubted(said="y"), form())
    bare = [fingerprint_of(doubted(field=None, said=said), form()) for said in ("CPPP-1", "CPPP-2")]
    assert bare[0] != bare[1]


def test_a_word_taken_back_stands_no_more() -> None:
    given = decision(Verdict.REVIEW).model_copy(update={"findings": (doubted(),)})
    mark = fingerprint_of(doubted(), form())
    assert overruled(given, form(), [word(mark), word(mark, stands=False)], POLICY) == given


def test_what_is_missing_can_be_waived_for_the_reason_that_it_was_missing_for() -> None:
    missing = MissingDocument(code="annual_return", have=0, need=1, reason=MissingReason.ABSENT)
    bare = {"findings": (), "missing_fields": ("contact.phone",), "missing_documents": (missing,)}
    given = decision(Verdict.INCOMPLETE).model_copy(update=bare)
    words = [word(fingerprint_of_missing_document(missing)), word(fingerprint_of_missing_field("contact.phone"))]
    after = overruled(given, form(), words, POLICY)
    assert (after.missing_fields, after.missing_documents, after.verdict) == ((), (), Verdict.COMPLETE)
    encrypted = missing.model_copy(update={"reason": MissingReason.ENCRYPTED})
    again = given.model_copy(update={"missing_documents": (encrypted,)})
    assert overruled(again, form(), words, POLICY).missing_documents == (encrypted,)
