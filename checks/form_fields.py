"""The form itself: is everything filled in that must be, can it be read, is it signed and stamped (programme.md, 'For the applicant to mend')."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from checks.facts import Facts, on_form
from checks.places import place_of
from checks.policy import FieldRequirement
from checks.values import Finding, Needs
from parsers.catalogue import FieldType
from parsers.values import Missing, Read, Unreadable

INITIATIVE, CONNECTION, FACTORY_ADDRESS, USCC = "project.initiative", "connection.type", "factory.address", "factory.uscc"
_FLAGS_OF_THE_DECLARATION = {"declaration.signature": "form.signature", "declaration.chop": "form.chop"}
_WELL_FORMED = {
    FieldType.BR_NUMBER: ("form.br_number", re.compile(r"[0-9]{8}")),
    FieldType.EMAIL: ("form.email", re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")),
    FieldType.PHONE: ("form.phone", re.compile(r"\+852[0-9]{8}|\+86[0-9]{10,12}|\+(?!852|86)[0-9]{7,15}")),
}


def missing_fields(facts: Facts) -> tuple[str, ...]:
    """Keys of the required fields that are absent, in the order of the requirements. Nothing where there is no form.

    What may stand on a page of the form that was not read is not listed; signature and chop are findings, never missing fields.
    """
    absent = []
    for requirement in _required(facts):
        field = facts.field(requirement.key)
        if not isinstance(field, Missing) or requirement.key in _FLAGS_OF_THE_DECLARATION:
            continue
        if facts.application.form_pages_unread and field.evidence is None:
            continue
        absent.append(requirement.key)
    return tuple(absent)


def check_form_fields(facts: Facts) -> Iterator[Finding]:
    """Findings on the fields of the form; nothing where there is no form."""
    if facts.form is None:
        return
    required = [requirement.key for requirement in _required(facts)]
    yield from _unseen(facts, required)
    if not missing_fields(facts):
        yield facts.say("form.complete", "pass")
    of_concern = list(dict.fromkeys([*_without_needless(facts, required), *_WELL_FORMED_KEYS]))
    yield from _readable(facts, of_concern)
    yield from _certain(facts, of_concern)
    for key, check in _FLAGS_OF_THE_DECLARATION.items():
        yield _declared(facts, key, check)


_WELL_FORMED_KEYS = ("applicant.br_number", "contact.email", "contact.phone")


def _required(facts: Facts) -> Iterator[FieldRequirement]:
    if facts.form is None:
        return
    for requirement in facts.policy.required_fields:
        if facts.form in requirement.forms and _applies(requirement, facts):
            others = [facts.field(key) for key in requirement.or_else]
            satisfied = any(not isinstance(other, Missing) for other in others) and isinstance(facts.field(requirement.key), Missing)
            derived = requirement.key == INITIATIVE and facts.application.initiative is not None
            if not (satisfied or (derived and isinstance(facts.field(INITIATIVE), Missing))):
                yield requirement


def _applies(requirement: FieldRequirement, facts: Facts) -> bool:
    """Whether the field is required, as far as one can tell: a condition that nobody can decide requires nothing."""
    edition = facts.edition.code if facts.edition else None
    if requirement.editions is not None and edition not in requirement.editions:
        return False
    if requirement.received_from is not None and (facts.received_on is None or facts.received_on < requirement.received_from):
        return False
    connection = facts.text(CONNECTION)
    if requirement.connections is not None and connection not in requirement.connections:
        return False
    return not requirement.in_guangdong or _factory_in_guangdong(facts, connection)


def _factory_in_guangdong(facts: Facts, connection: str | None) -> bool:
    if connection is not None:
        return connection in facts.policy.eligibility.guangdong_connections
    address = facts.text(FACTORY_ADDRESS)
    return address is not None and place_of(address, facts.policy.places) == "guangdong"


def _without_needless(facts: Facts, required: Sequence[str]) -> Iterator[str]:
    """The required fields with those that may stand instead; of such a group only the certain ones where there is one."""
    groups = {requirement.key: requirement.or_else for requirement in facts.policy.required_fields if facts.form in requirement.forms}
    for key in dict.fromkeys([*required, *(key for key, others in groups.items() if others)]):
        group = [key, *groups.get(key, ())]
        certain = [each for each in group if facts.standing(facts.field(each)) == "certain"]
        yield from certain or group


def _unseen(facts: Facts, required: Iterable[str]) -> Iterator[Finding]:
    """Fields that seem missing, but perhaps were only not seen."""
    for key in required:
        field = facts.field(key)
        if isinstance(field, Missing) and key not in _FLAGS_OF_THE_DECLARATION and facts.place_may_be_unseen(field):
            yield facts.say("form.field_found", "unsure", needs=Needs.STAFF, evidence=[on_form(field)], field=facts.label(key))


def _readable(facts: Facts, keys: Iterable[str]) -> Iterator[Finding]:
    """Fields that hold something of which no value can be made, and values of a form that they cannot have."""
    for key in keys:
        field = facts.field(key)
        type_ = facts.policy.field_types.get(key)
        check, pattern = _WELL_FORMED.get(type_, ("form.field_readable", None)) if type_ else ("form.field_readable", None)
        if isinstance(field, Unreadable):
            yield _unreadable(facts, field, check)
        elif isinstance(field, Read) and pattern is not None and facts.is_certain(field):
            well = pattern.fullmatch(str(field.value)) is not None
            evidence = [on_form(field)]
            if well:
                yield facts.say(check, "pass", evidence=evidence)
            else:
                yield facts.say(check, "fail", needs=Needs.APPLICANT, evidence=evidence, text=field.text)


def _unreadable(facts: Facts, field: Unreadable, check: str) -> Finding:
    label, evidence = facts.label(field.key), [on_form(field)]
    if field.key == USCC and field.reason == "malformed" and facts.is_certain(field):
        return facts.say("factory.uscc_check_character", "fail", needs=Needs.STAFF, evidence=evidence, text=field.text)
    if not facts.is_for_applicant(field):
        if field.reason == "contradictory":
            return facts.say("form.field_readable", "unsure_twice", needs=Needs.STAFF, evidence=evidence, field=label, text=field.text)
        return facts.say("form.field_readable", "unsure", needs=Needs.STAFF, evidence=evidence, field=label)
    if field.reason == "contradictory":
        return facts.say("form.field_readable", "fail_twice", needs=Needs.APPLICANT, evidence=evidence, field=label, text=field.text)
    if check == "form.field_readable":
        return facts.say(check, "fail", needs=Needs.APPLICANT, evidence=evidence, field=label, text=field.text)
    return facts.say(check, "fail", needs=Needs.APPLICANT, evidence=evidence, text=field.text)


def _certain(facts: Facts, keys: Iterable[str]) -> Iterator[Finding]:
    """Every required value was read with confidence, or which were not."""
    doubtful = [field for key in keys if isinstance(field := facts.field(key), Read) and key not in _FLAGS_OF_THE_DECLARATION]
    doubtful = [field for field in doubtful if not facts.is_certain(field)]
    for field in doubtful:
        label = facts.label(field.key)
        yield facts.say("form.values_certain", "unsure", needs=Needs.STAFF, evidence=[on_form(field)], field=label, text=field.text)
    if not doubtful:
        yield facts.say("form.values_certain", "pass")


def _declared(facts: Facts, key: str, check: str) -> Finding:
    """Whether something stands in the box for signature or chop. Unsigned is for the applicant; not seen, or not surely seen, for staff."""
    field = facts.field(key)
    evidence = [on_form(field)]
    if isinstance(field, Unreadable) or (isinstance(field, Missing) and facts.place_may_be_unseen(field)):
        return facts.say(check, "unsure", needs=Needs.STAFF, evidence=evidence)
    if isinstance(field, Missing):
        return facts.say(check, "fail", needs=Needs.APPLICANT, evidence=evidence)
    if not facts.is_certain(field):
        return facts.say(check, "unsure", needs=Needs.STAFF, evidence=evidence)
    if field.value is True:
        return facts.say(check, "pass", evidence=evidence)
    return facts.say(check, "fail", needs=Needs.APPLICANT, evidence=evidence)
