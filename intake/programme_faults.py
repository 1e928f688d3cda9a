"""What is wrong with a programme although each of its files is well formed: words that are missing, codes that nothing else knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from checks.policy import Policy
from checks.wording import CASES, COMMON_CASES, faulty_placeholders
from intake.toml_source import KeyPath
from parsers.catalogue import Catalogue
from parsers.values import Language, Problem, Words

REQUIREMENTS, PROGRAMME, EDITIONS, RULES = "requirements.toml", "programme.toml", "editions.toml", "rules.toml"
_WHAT = {
    "field": "a field",
    "document": "a document",
    "initiative": "an initiative",
    "form": "a form",
    "paper field": "a field of that paper",
    "edition": "an edition",
}
_WHERE = {"field": "fields.toml", "document": "documents.toml", "paper field": "documents.toml", "edition": EDITIONS}


@dataclass(frozen=True)
class Fault:
    """One fault: the file, the entry, and what to do about it."""

    file: str
    path: KeyPath
    message: str


@dataclass(frozen=True)
class _Named:
    """A code that an entry names, and what it is a code of."""

    file: str
    path: KeyPath
    kind: str
    code: str


def dotted(path: KeyPath) -> str:
    """A path as people write it, positions from 1."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path) or "file"


def faults_of(policy: Policy, catalogue: Catalogue) -> Iterator[Fault]:
    """Every fault, none where the programme is good: each check has words for each of its cases; whatever the rules name exists."""
    yield from _faults_of_words(policy)
    for problem in Problem:
        if problem not in policy.problems:
            yield Fault(PROGRAMME, ("problems",), f"problems lacks {problem.value}; say its reason and needs")
    for named in _named_codes(policy):
        known = {edition.code for edition in policy.editions} if named.kind == "edition" else _known(named.kind, catalogue)
        if named.code not in known:
            what = _WHAT.get(named.kind, f"a choice of {named.kind}")
            where = _WHERE.get(named.kind, "forms.toml and fields.toml")
            yield Fault(named.file, named.path, f"{dotted(named.path)}: {named.code} is not {what} of this programme; use a code of {where}")


# ------------------------------------------------------------------ words


def _faults_of_words(policy: Policy) -> Iterator[Fault]:
    for check in policy.rules:
        if check not in CASES:
            yield Fault(RULES, ("rules", check), f"{check} is not a check; correct its name or remove it")
    for check, cases in CASES.items():
        rule = policy.rules.get(check)
        if rule is None:
            yield Fault(RULES, ("rules",), f'the check {check} has no words; add [rules."{check}"]')
            continue
        if not rule.clause.strip():
            yield Fault(RULES, ("rules", check, "clause"), f"{check}: the clause is empty; write what the rule rests on")
        yield from _faults_of_cases(("rules", check), rule.cases, cases)
    yield from _faults_of_cases(("common",), policy.common_words, COMMON_CASES)


def _faults_of_cases(at: KeyPath, words: Mapping[str, Words], cases: Mapping[str, tuple[str, ...]]) -> Iterator[Fault]:
    for case in words:
        if case not in cases:
            yield Fault(RULES, (*at, case), f"{dotted(at)} has no case {case}; known are {', '.join(cases)}")
    for case, allowed in cases.items():
        if case not in words:
            yield Fault(RULES, at, f"{dotted(at)}: the case {case} has no words; add them in all three languages")
            continue
        for language in Language:
            path = (*at, case, language.value)
            template = words[case].in_language(language)
            fault = "the words are empty; write them" if not template.strip() else faulty_placeholders(template, allowed)
            if fault:
                yield Fault(RULES, path, f"{dotted(path)}: {fault}")


# ------------------------------------------------------------------ codes


def _known(kind: str, catalogue: Catalogue) -> set[str]:
    if kind == "field":
        return {spec.key for spec in catalogue.fields}
    if kind == "document":
        return {spec.code for spec in catalogue.documents}
    if kind == "initiative":
        return set(catalogue.initiatives)
    if kind == "paper field":
        return {f"{paper.code}.{spec.key}" for paper in catalogue.documents for spec in paper.fields}
    return {choice.code for spec in catalogue.fields if spec.key == kind for choice in spec.choices}


def _named_codes(policy: Policy) -> Iterator[_Named]:
    """Every code that the rules name."""
    for place, edition in enumerate(policy.editions):
        for nth, stream in enumerate(edition.streams):
            yield from _all(EDITIONS, ("editions", place, "streams", nth, "initiatives"), "initiative", stream.initiatives)
    for place, field in enumerate(policy.required_fields):
        at: KeyPath = ("fields", place)
        yield _Named(REQUIREMENTS, (*at, "key"), "field", field.key)
        yield from _all(REQUIREMENTS, (*at, "or_else"), "field", field.or_else)
        yield from _all(REQUIREMENTS, (*at, "editions"), "edition", field.editions or ())
        yield from _all(REQUIREMENTS, (*at, "connections"), "connection.type", field.connections or ())
    for place, document in enumerate(policy.required_documents):
        at = ("documents", place)
        yield _Named(REQUIREMENTS, (*at, "code"), "document", document.code)
        yield from _all(REQUIREMENTS, (*at, "alternatives"), "document", document.alternatives)
        yield from _all(REQUIREMENTS, (*at, "editions"), "edition", document.editions or ())
        yield from _all(REQUIREMENTS, (*at, "connections"), "connection.type", document.connections or ())
        yield from _all(REQUIREMENTS, (*at, "when_given"), "field", [document.when_given] if document.when_given else [])
        if document.waiver is not None:
            yield _Named(REQUIREMENTS, (*at, "waiver", "paper"), "document", document.waiver.paper)
            yield _Named(REQUIREMENTS, (*at, "waiver", "field"), "paper field", f"{document.waiver.paper}.{document.waiver.field}")
    yield from _codes_of_eligibility(policy)


def _codes_of_eligibility(policy: Policy) -> Iterator[_Named]:
    rules = policy.eligibility
    lists: tuple[tuple[str, str, Iterable[str]], ...] = (
        ("guangdong_connections", "connection.type", rules.guangdong_connections),
        ("hong_kong_connections", "connection.type", rules.hong_kong_connections),
        ("agreement_connections", "connection.type", rules.agreement_connections),
        ("resident_connections", "connection.type", rules.resident_connections),
        ("connections_only_for", "connection.type", rules.connections_only_for),
        ("sectors_for_staff", "factory.sector", rules.sectors_for_staff),
        ("organisation_status_for_staff", "organisation.status", rules.organisation_status_for_staff),
    )
    for name, kind, codes in lists:
        yield from _all(PROGRAMME, ("eligibility", name), kind, codes)
    for connection, initiatives in rules.connections_only_for.items():
        yield from _all(PROGRAMME, ("eligibility", "connections_only_for", connection), "initiative", initiatives)
    yield from _all(PROGRAMME, ("eligibility", "repeat", "initiatives"), "initiative", rules.repeat.initiatives)


def _all(file: str, path: KeyPath, kind: str, codes: Iterable[str]) -> Iterator[_Named]:
    return (_Named(file, path, kind, code) for code in codes)
