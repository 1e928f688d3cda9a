"""From a rule's answer to a Finding in three languages: which checks there are, which cases each has, what its words may name."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

from checks.policy import Policy
from checks.values import EvidenceRef, Finding, Needs, Outcome
from parsers.values import Words

Said = str | int | date | Words  # what a placeholder can stand for

_PAPER = ("document",)
_COMPARED = {"pass": ("document",), "fail": ("document", "on_form", "on_paper"), "unsure": ("document",)}

# check -> case -> the placeholders that its words may use. rules.toml must have exactly these checks and cases.
CASES: dict[str, dict[str, tuple[str, ...]]] = {
    "edition.in_force": {"pass": ("edition", "received_on"), "fail": ("received_on",), "unsure": ()},
    "edition.initiative": {"pass": ("initiative", "edition"), "fail": ("initiative", "edition")},
    "form.present": {"pass": _PAPER, "fail": ()},
    "form.pages_read": {"pass": (), "unsure": ()},
    "form.single": {"pass": (), "fail": ("fields",)},
    "form.initiative_fits": {"pass": ("initiative",), "fail": ("initiative",)},
    "form.complete": {"pass": ()},
    "form.field_found": {"unsure": ("field",)},
    "form.field_readable": {
        "fail": ("field", "text"),
        "fail_twice": ("field", "text"),
        "unsure": ("field",),
        "unsure_twice": ("field", "text"),
    },
    "form.values_certain": {"pass": (), "unsure": ("field", "text")},
    "form.br_number": {"pass": (), "fail": ("text",)},
    "form.email": {"pass": (), "fail": ("text",)},
    "form.phone": {"pass": (), "fail": ("text",)},
    "form.signature": {"pass": (), "fail": (), "unsure": ()},
    "form.chop": {"pass": (), "fail": (), "unsure": ()},
    "factory.uscc_check_character": {"pass": ("text",), "fail": ("text",)},
    "funding.within_limit": {"pass": ("requested", "limit"), "fail": ("requested", "limit")},
    "project.ends_after_start": {"pass": ("start_on", "end_on"), "fail": ("start_on", "end_on")},
    "project.duration": {"pass": ("months", "end_on"), "fail": ("months", "start_on", "end_on", "last_day")},
    "document.present": {
        "pass": ("paper", "have", "need"),
        "pass_waived": ("paper",),
        "unsure": ("paper", "have", "need"),
        "unsure_licence_type": ("paper",),
    },
    "document.readable": {
        "fail_encrypted": _PAPER,
        "fail_damaged": _PAPER,
        "fail_blank": _PAPER,
        "fail_unreadable": _PAPER,
        "fail_too_large": _PAPER,
        "fail_link_only": _PAPER,
        "pass_blank": _PAPER,
        "pass_not_needed": _PAPER,
        "unsure": _PAPER,
        "unsure_disagrees": _PAPER,
        "unsure_holds_files": _PAPER,
        "unsure_unsafe": _PAPER,
    },
    "document.identified": {"unsure": ("document", "paper")},
    "br_certificate.in_force": {
        "pass": ("document", "expires_on", "received_on"),
        "fail": ("document", "expires_on", "received_on"),
        "unsure": ("document",),
        "unsure_early": ("document", "commenced_on", "received_on"),
    },
    "mainland_business_licence.in_force": {
        "pass": ("document", "expires_on"),
        "fail": ("document", "expires_on", "received_on"),
        "unsure": _PAPER,
    },
    "eligibility.hong_kong_business": {"pass": ("text",)},
    "eligibility.connection": {"pass": ("connection",), "fail": ("connection", "initiative")},
    "eligibility.factory_in_guangdong": {"pass": (), "fail": ("address",), "unsure": ("address",)},
    "eligibility.factory_in_hong_kong": {"pass": (), "fail": ("address",), "unsure": ("address",)},
    "eligibility.shareholdings": {
        "pass": ("mainland", "applicant"),
        "fail": ("mainland", "applicant", "mainland_more_than", "applicant_at_least"),
    },
    "processing_agreement.in_force": {
        "pass": ("document", "expires_on"),
        "fail": ("document", "expires_on", "received_on"),
        "unsure": ("document",),
    },
    "eligibility.sector": {"pass": ("sector",), "unsure": ("sector",)},
    "eligibility.organisation_status": {"pass": ("status",), "unsure": ("status",)},
    "eligibility.non_profit": {"pass": (), "fail": (), "unsure": ()},
    "agreement.br_number": _COMPARED,
    "agreement.applicant_name": _COMPARED,
    "agreement.company_number": _COMPARED,
    "agreement.factory_name": _COMPARED,
    "agreement.uscc": _COMPARED,
    "agreement.shareholding": _COMPARED,
    "record.repeat": {"pass": (), "fail": ("reference", "received_on", "years"), "unsure": ("reference", "received_on")},
    "record.duplicate": {"fail": ("reference",)},
    "mail.trusted": {"pass": (), "fail": ()},
    "mail.readable": {"unsure": ("note",)},
    "mail.authenticated": {"fail": ("note",)},
    "record.corrected": {"unsure": ("field", "text")},
}
# Cases that every check has: its answer waits for something that the applicant is asked for; rests on something that could not be read; or was
# overruled by a person.
COMMON_CASES: dict[str, tuple[str, ...]] = {"waiting": ("field",), "not_read": ("field",), "pass_overruled": ("who", "day", "reason")}
_UNSURE_CASES = ("unsure", "waiting", "not_read")


def finding(policy: Policy, check: str, case: str, *, needs: Needs | None = None, evidence: Sequence[EvidenceRef] = (), **said: Said) -> Finding:
    """One check's outcome with its clause and words. The outcome is the first word of ``case``; 'waiting' and 'not_read' are unsure."""
    rule = policy.rules[check]
    words = rule.cases.get(case) or policy.common_words[case]
    outcome = Outcome.UNSURE if case in _UNSURE_CASES else Outcome(case.split("_")[0])
    return Finding(check=check, outcome=outcome, needs=needs, rule=rule.clause, evidence=tuple(evidence), message=_filled(words, said))


def money(amount_hkd: float) -> Words:
    """An amount in HKD as each language writes it; cents only where there are some."""
    exact = Decimal(str(amount_hkd)).quantize(Decimal("0.01"))
    figure = f"{exact:,.0f}" if exact == exact.to_integral_value() else f"{exact:,.2f}"
    return Words(en=f"HK${figure}", zh_hant=f"{figure}港元", zh_hans=f"{figure}港元")


def enumerated(items: Sequence[Words]) -> Words:
    """A list of things in one line."""
    return Words(en="; ".join(i.en for i in items), zh_hant="、".join(i.zh_hant for i in items), zh_hans="、".join(i.zh_hans for i in items))


def faulty_placeholders(template: str, allowed: Sequence[str]) -> str | None:
    """What is wrong with the placeholders of one template, in words; None where nothing is. Plain ``{name}`` only."""
    try:
        parsed = list(string.Formatter().parse(template))
    except ValueError as error:
        return f"the braces do not match ({error})"
    for _, name, spec, conversion in parsed:
        if name is None:
            continue
        if name not in allowed or spec or conversion:
            return f"{{{name}}} is not known here; known: {', '.join('{' + a + '}' for a in allowed) or 'none'}"
    return None


def _filled(words: Words, said: Mapping[str, Said]) -> Words:
    if all(isinstance(value, Words) for value in said.values()):  # labels and amounts: said of many applications in the same words, and of no person
        return _filled_once(words, tuple(said.items()))
    return _filled_now(words, said)


@lru_cache(maxsize=2048)
def _filled_once(words: Words, said: tuple[tuple[str, Said], ...]) -> Words:
    return _filled_now(words, dict(said))


def _filled_now(words: Words, said: Mapping[str, Said]) -> Words:
    spoken = {name: _spoken(value) for name, value in said.items()}
    return Words(
        en=words.en.format(**{name: w.en for name, w in spoken.items()}),
        zh_hant=words.zh_hant.format(**{name: w.zh_hant for name, w in spoken.items()}),
        zh_hans=words.zh_hans.format(**{name: w.zh_hans for name, w in spoken.items()}),
    )


def _spoken(value: Said) -> Words:
    if isinstance(value, Words):
        return value
    if isinstance(value, date):
        chinese = f"{value.year}年{value.month}月{value.day}日"
        return Words(en=f"{value.day} {_MONTHS[value.month - 1]} {value.year}", zh_hant=chinese, zh_hans=chinese)
    return Words(en=str(value), zh_hant=str(value), zh_hans=str(value))


_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
