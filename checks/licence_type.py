"""Whether a Mainland licence's enterprise type makes the investment approval unnecessary (programme.md, 'Which documents')."""

from __future__ import annotations

from checks.facts import Facts
from checks.policy import LicenceTypeWaiver, WaivingWords
from checks.three_valued import all_of, any_of
from checks.values import Outcome
from parsers.folding import fold_key
from parsers.values import Missing, Read


def waives(facts: Facts, waiver: LicenceTypeWaiver) -> Outcome:
    """PASS where a licence's type holds a word of every group; UNSURE where there is no licence, or none whose type can be read surely."""
    licences = facts.papers(waiver.paper)
    if not licences:
        return Outcome.UNSURE
    return any_of(_waived_by_type(facts, waiver, paper.fields.get(waiver.field) or Missing(key=waiver.field)) for paper in licences)


def _waived_by_type(facts: Facts, waiver: LicenceTypeWaiver, field: object) -> Outcome:
    if not isinstance(field, Read):
        return Outcome.UNSURE
    folded = fold_key(str(field.value))
    answer = all_of(_holds(group, folded) for group in waiver.groups)
    return Outcome.UNSURE if answer is Outcome.FAIL and not facts.is_certain(field) else answer


def _holds(group: WaivingWords, folded: str) -> Outcome:
    if any(fold_key(word) in folded for word in group.words):
        return Outcome.PASS
    return Outcome.UNSURE if any(fold_key(fragment) in folded for fragment in group.fragments) else Outcome.FAIL
