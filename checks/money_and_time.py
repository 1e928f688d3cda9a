"""Money and time: the grant limit, the amount asked for, and the project's period (programme.md, 'Initiatives, funding and duration')."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from dateutil.relativedelta import relativedelta

from checks.facts import Facts, on_form
from checks.policy import Stream
from checks.values import Finding, Funding, Needs
from checks.wording import money

COST, REQUESTED, START, END = "project.total_cost", "project.funding_requested", "project.start_on", "project.end_on"
_CENT = Decimal("0.01")


def grant_limit(stream: Stream, cost_hkd: float) -> Decimal:
    """min(rate x cost, ceiling) in HKD to the cent; rate x cost where no ceiling is stated."""
    share = (Decimal(str(cost_hkd)) * stream.rate_percent / 100).quantize(_CENT, ROUND_HALF_UP)
    return share if stream.ceiling_hkd is None else min(share, Decimal(stream.ceiling_hkd))


def last_day(start: date, months: int) -> date:
    """The last day of a period of so many months that begins on ``start``: starting 1 March, three months end on 31 May.

    Where the closing month is too short (30 November and three months), the period ends with that month.
    """
    corresponding = start + relativedelta(months=months)
    return corresponding if corresponding.day < start.day else corresponding - timedelta(days=1)


def funding_of(facts: Facts) -> Funding:
    """What is asked for and what may be granted; ``limit`` None where there is no edition, no stream for the initiative, or no cost."""
    cost, requested = facts.number(COST), facts.number(REQUESTED)
    limit = grant_limit(facts.stream, cost) if facts.stream is not None and cost is not None else None
    return Funding(total_cost=_plain(cost), requested=_plain(requested), limit=None if limit is None else _plain(float(limit)))


def _plain(amount: float | None) -> int | float | None:
    return int(amount) if amount is not None and amount == int(amount) else amount


def check_money_and_time(facts: Facts) -> Iterator[Finding]:
    """Funding within the limit; a period that ends after it starts and is not too long. Nothing where there is no form."""
    if facts.form is None:
        return
    if facts.stream is not None:
        yield _within_limit(facts, facts.stream)
    yield from _period(facts)


def _within_limit(facts: Facts, stream: Stream) -> Finding:
    check = "funding.within_limit"
    undecided = facts.undecided(check, COST, REQUESTED)
    cost, requested = facts.number(COST), facts.number(REQUESTED)
    if undecided or cost is None or requested is None:
        return undecided or facts.say(check, "not_read", needs=Needs.STAFF, field=facts.label(REQUESTED))
    limit = grant_limit(stream, cost)
    within = Decimal(str(requested)).quantize(_CENT, ROUND_HALF_UP) <= limit
    return facts.say(
        check,
        "pass" if within else "fail",
        needs=None if within else Needs.APPLICANT,
        evidence=[on_form(facts.field(REQUESTED)), on_form(facts.field(COST))],
        requested=money(requested),
        limit=money(float(limit)),
    )


def _period(facts: Facts) -> Iterator[Finding]:
    check = "project.ends_after_start"
    start, end = facts.day(START), facts.day(END)
    evidence = [on_form(facts.field(END)), on_form(facts.field(START))]
    undecided = facts.undecided(check, START, END)
    if undecided or start is None or end is None:
        yield undecided or facts.say(check, "not_read", needs=Needs.STAFF, evidence=evidence, field=facts.label(END))
        return
    if end < start:
        yield facts.say(check, "fail", needs=Needs.APPLICANT, evidence=evidence, start_on=start, end_on=end)
        return
    yield facts.say(check, "pass", evidence=evidence, start_on=start, end_on=end)
    if facts.stream is None:
        return
    months = facts.stream.months
    latest = last_day(start, months)
    if end <= latest:
        yield facts.say("project.duration", "pass", evidence=evidence, months=months, end_on=end)
    else:
        yield facts.say(
            "project.duration", "fail", needs=Needs.APPLICANT, evidence=evidence, months=months, start_on=start, end_on=end, last_day=latest
        )
