"""Who is eligible: rules whose failure or doubt is always for staff, never for a letter (programme.md, 'Who is eligible')."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from stdnum.cn import uscc as social_credit
from stdnum.exceptions import ValidationError

from checks.facts import Facts, on_form, on_paper, shown_name
from checks.form_fields import CONNECTION, FACTORY_ADDRESS, INITIATIVE, USCC
from checks.papers import CERTIFICATE, LICENCE, Answer, certificate, is_legible
from checks.places import place_of
from checks.three_valued import all_of, any_of, outcome_of
from checks.values import Finding, Needs, Outcome
from parsers.field_values import as_day
from parsers.values import Document, Missing, Read

BR_NUMBER = "applicant.br_number"
SECTOR, STATUS, NON_PROFIT = "factory.sector", "organisation.status", "organisation.non_profit"
MAINLAND_SHARE, APPLICANT_SHARE = "connection.mainland_shareholding", "connection.hk_shareholding"
AGREEMENT = "processing_agreement"


def check_eligibility(facts: Facts, found: Sequence[Answer]) -> Iterator[Finding]:
    """Findings on the eligibility rules that apply to this form; nothing where there is no form."""
    rules = facts.policy.eligibility
    if facts.form in rules.business_forms:
        yield _hong_kong_business(facts, found)
        yield from _connection(facts)
        yield _sector(facts)
    if facts.form in rules.organisation_forms:
        yield _organisation_status(facts)
        yield _non_profit(facts)


def _hong_kong_business(facts: Facts, found: Sequence[Answer]) -> Finding:
    """Registered under Cap. 310: a number, and a certificate that counts; while the applicant is asked for either, the rule waits."""
    check, paper = "eligibility.hong_kong_business", certificate(facts)
    undecided = facts.undecided(check, BR_NUMBER)
    if undecided:
        return undecided
    if paper is None or any(answer.requirement.code == CERTIFICATE and answer.state == "short" for answer in found):
        return facts.say(check, "waiting", field=facts.label(CERTIFICATE))
    number = facts.field(BR_NUMBER)
    return facts.say(check, "pass", evidence=[on_form(number), on_paper(paper, "br_number")], text=facts.text(BR_NUMBER) or "")


def _connection(facts: Facts) -> Iterator[Finding]:
    check, rules = "eligibility.connection", facts.policy.eligibility
    undecided = facts.undecided(check, CONNECTION)
    connection = facts.text(CONNECTION)
    if undecided or connection is None:
        yield undecided or facts.say(check, "not_read", needs=Needs.STAFF, field=facts.label(CONNECTION))
        return
    open_to = rules.connections_only_for.get(connection)
    initiative = facts.application.initiative
    evidence = [on_form(facts.field(CONNECTION))]
    if open_to is not None and initiative is None:
        yield facts.undecided(check, INITIATIVE) or facts.say(check, "not_read", needs=Needs.STAFF, field=facts.label(INITIATIVE))
    elif open_to is not None and initiative is not None and initiative not in open_to:
        yield facts.say(check, "fail", needs=Needs.STAFF, evidence=evidence, connection=facts.label(connection), initiative=facts.label(initiative))
    else:
        yield facts.say(check, "pass", evidence=evidence, connection=facts.label(connection))
    if connection in rules.guangdong_connections:
        yield _in_guangdong(facts)
        yield from _uscc(facts)
    if connection in rules.hong_kong_connections:
        yield _in_hong_kong(facts)
    if connection in rules.resident_connections:
        yield _shareholdings(facts)
    if connection in rules.agreement_connections:
        yield _agreement_in_force(facts)


def _in_guangdong(facts: Facts) -> Finding:
    """The factory's addresses on form and licence and the regions of its USCCs: one that is elsewhere fails, one that tells Guangdong passes."""
    check, places = "eligibility.factory_in_guangdong", facts.policy.places
    licences = [paper for paper in facts.papers(LICENCE) if is_legible(paper)]
    addresses = [facts.text(FACTORY_ADDRESS), *(_said(paper, "address") for paper in licences)]
    numbers = [facts.text(USCC), *(_said(paper, "uscc") for paper in licences)]
    told = [place_of(address, places) for address in addresses if address]
    by_address = [outcome_of(place == "guangdong") for place in told if place is not None]
    by_number = [outcome_of(number[2:4] == places.guangdong_uscc_region) for number in numbers if number and len(number) == 18]
    outcome = _agreed(by_address, by_number)
    if not any(addresses) and outcome is Outcome.UNSURE:
        undecided = facts.undecided(check, FACTORY_ADDRESS)
        if undecided:
            return undecided
    return _located(facts, check, outcome)


def _agreed(by_address: Sequence[Outcome], by_number: Sequence[Outcome]) -> Outcome:
    """The addresses decide; a number decides where no address tells. What contradicts itself cannot be told."""
    answers = {*by_address, *by_number}
    if len(answers) > 1:
        return Outcome.FAIL if by_address and set(by_address) == {Outcome.FAIL} else Outcome.UNSURE
    return any_of(answers) if answers else Outcome.UNSURE


def _in_hong_kong(facts: Facts) -> Finding:
    check = "eligibility.factory_in_hong_kong"
    undecided = facts.undecided(check, FACTORY_ADDRESS)
    if undecided:
        return undecided
    place = place_of(facts.text(FACTORY_ADDRESS) or "", facts.policy.places)
    return _located(facts, check, outcome_of(None if place is None else place == "hong_kong"))


def _located(facts: Facts, check: str, outcome: Outcome) -> Finding:
    evidence = [on_form(facts.field(FACTORY_ADDRESS))]
    if outcome is Outcome.PASS:
        return facts.say(check, "pass", evidence=evidence)
    return facts.say(check, outcome.value, needs=Needs.STAFF, evidence=evidence, address=facts.text(FACTORY_ADDRESS) or "-")


def _uscc(facts: Facts) -> Iterator[Finding]:
    """The check character of the USCC on the form (GB 32100-2015); real ones sometimes fail it."""
    field = facts.field(USCC)
    if not isinstance(field, Read) or not facts.is_certain(field):
        return
    number, check = str(field.value), "factory.uscc_check_character"
    try:
        right = len(number) == 18 and social_credit.validate(number) == number
    except ValidationError:
        right = False
    yield facts.say(check, "pass" if right else "fail", needs=None if right else Needs.STAFF, evidence=[on_form(field)], text=number)


def _shareholdings(facts: Facts) -> Finding:
    """More than one bound in the Mainland enterprise and at least the other in the applicant: 50.00 and 29.99 fail, 50.01 and 30.00 pass."""
    check, bounds = "eligibility.shareholdings", facts.policy.eligibility.shareholdings
    undecided = facts.undecided(check, MAINLAND_SHARE, APPLICANT_SHARE)
    mainland, applicant = facts.number(MAINLAND_SHARE), facts.number(APPLICANT_SHARE)
    if undecided or mainland is None or applicant is None:
        return undecided or facts.say(check, "not_read", needs=Needs.STAFF, field=facts.label(MAINLAND_SHARE))
    outcome = all_of(
        [
            outcome_of(Decimal(str(mainland)) > Decimal(str(bounds.mainland_more_than))),
            outcome_of(Decimal(str(applicant)) >= Decimal(str(bounds.applicant_at_least))),
        ]
    )
    evidence = [on_form(facts.field(MAINLAND_SHARE)), on_form(facts.field(APPLICANT_SHARE))]
    if outcome is Outcome.PASS:
        return facts.say(check, "pass", evidence=evidence, mainland=f"{mainland:g}", applicant=f"{applicant:g}")
    return facts.say(
        check,
        "fail",
        needs=Needs.STAFF,
        evidence=evidence,
        mainland=f"{mainland:g}",
        applicant=f"{applicant:g}",
        mainland_more_than=f"{bounds.mainland_more_than:g}",
        applicant_at_least=f"{bounds.applicant_at_least:g}",
    )


def _agreement_in_force(facts: Facts) -> Finding:
    """The processing agreement has not expired on the day of receipt; the one that runs longest counts. While there is none, the rule waits."""
    check = "processing_agreement.in_force"
    papers = [paper for paper in facts.papers(AGREEMENT) if is_legible(paper)]
    if not papers:
        return facts.say(check, "waiting", field=facts.label(AGREEMENT))
    dated = [(day, paper) for paper in papers if (day := as_day(paper.fields.get("expires_on"))) is not None]
    latest, paper = max(dated, key=lambda pair: pair[0], default=(None, papers[0]))
    name, evidence = shown_name(paper, facts.label(AGREEMENT)), [on_paper(paper, "expires_on")]
    expiry = paper.fields.get("expires_on")
    in_time = latest is not None and facts.received_on is not None and latest >= facts.received_on
    sure = isinstance(expiry, Read) and facts.is_certain(expiry) and (in_time or len(dated) == len(papers))
    if latest is None or facts.received_on is None or not sure:
        return facts.say(check, "unsure", needs=Needs.STAFF, evidence=evidence, document=name)
    if in_time:
        return facts.say(check, "pass", evidence=evidence, document=name, expires_on=latest)
    return facts.say(check, "fail", needs=Needs.STAFF, evidence=evidence, document=name, expires_on=latest, received_on=facts.received_on)


def _sector(facts: Facts) -> Finding:
    """The target sectors have priority; another one is decided case by case: flagged, never refused."""
    check = "eligibility.sector"
    words, evidence = facts.policy.label(f"{SECTOR}.{facts.text(SECTOR)}"), [on_form(facts.field(SECTOR))]
    undecided = facts.undecided(check, SECTOR)
    if undecided:
        return undecided
    if facts.text(SECTOR) in facts.policy.eligibility.sectors_for_staff:
        return facts.say(check, "unsure", needs=Needs.STAFF, evidence=evidence, sector=words)
    return facts.say(check, "pass", evidence=evidence, sector=words)


def _organisation_status(facts: Facts) -> Finding:
    """Statutory or registered under the laws of Hong Kong; another status is for staff."""
    check = "eligibility.organisation_status"
    words, evidence = facts.policy.label(f"{STATUS}.{facts.text(STATUS)}"), [on_form(facts.field(STATUS))]
    undecided = facts.undecided(check, STATUS)
    if undecided:
        return undecided
    if facts.text(STATUS) in facts.policy.eligibility.organisation_status_for_staff:
        return facts.say(check, "unsure", needs=Needs.STAFF, evidence=evidence, status=words)
    return facts.say(check, "pass", evidence=evidence, status=words)


def _non_profit(facts: Facts) -> Finding:
    """Non-profit-distributing: a No and a question left open are both for staff."""
    check, field = "eligibility.non_profit", facts.field(NON_PROFIT)
    evidence = [on_form(field)]
    if isinstance(field, Missing):
        return facts.say(check, "unsure", needs=Needs.STAFF, evidence=evidence)
    undecided = facts.undecided(check, NON_PROFIT)
    if undecided:
        return undecided
    if isinstance(field, Read) and field.value is True:
        return facts.say(check, "pass", evidence=evidence)
    return facts.say(check, "fail", needs=Needs.STAFF, evidence=evidence)


def _said(paper: Document, key: str) -> str | None:
    field = paper.fields.get(key)
    return str(field.value) if isinstance(field, Read) else None
