"""What is on record, and what holds the application together: edition, one form, repeats, a mail that can be trusted (programme.md, 'For staff')."""

from __future__ import annotations

from collections.abc import Iterator

from dateutil.relativedelta import relativedelta

from checks.facts import Facts, on_form, on_paper, shown_name
from checks.names import same_name
from checks.papers import FORM, Answer
from checks.values import EarlierCase, Finding, MissingReason, Needs
from checks.wording import enumerated

BR_NUMBER, USCC, FACTORY_NAME, INITIATIVE = "applicant.br_number", "factory.uscc", "factory.name", "project.initiative"
_SENT_BUT_NOT_LEGIBLE = (MissingReason.ENCRYPTED, MissingReason.DAMAGED, MissingReason.UNREADABLE)


def check_edition(facts: Facts) -> Iterator[Finding]:
    """The edition by the day of receipt, and whether it pays for the initiative. None in force: flagged for staff, never refused."""
    check, edition, initiative = "edition.in_force", facts.edition, facts.application.initiative
    if facts.received_on is None:
        yield facts.say(check, "unsure", needs=Needs.STAFF)
        return
    if edition is None:
        yield facts.say(check, "fail", needs=Needs.STAFF, received_on=facts.received_on)
        return
    yield facts.say(check, "pass", edition=edition.code, received_on=facts.received_on)
    if initiative is None:
        return
    paid = edition.stream(initiative) is not None
    yield facts.say(
        "edition.initiative",
        "pass" if paid else "fail",
        needs=None if paid else Needs.STAFF,
        evidence=[on_form(facts.field(INITIATIVE))],
        initiative=facts.label(initiative),
        edition=edition.code,
    )


def check_form(facts: Facts, found: tuple[Answer, ...]) -> Iterator[Finding]:
    """There is a form, one only, wholly read, and for the initiative that is ticked on it.

    Papers without a form are for staff; a form that was sent but is locked, broken or blank is asked for again.
    """
    application = facts.application
    if facts.form is None:
        sent = any(answer.requirement.code == FORM and answer.reason in _SENT_BUT_NOT_LEGIBLE for answer in found)
        if not sent or application.form_pages_unread:
            yield facts.say("form.present", "fail", needs=Needs.STAFF)
        return
    forms = facts.papers(FORM)
    name = shown_name(forms[0], facts.label(FORM)) if forms else facts.label(FORM)
    yield facts.say("form.present", "pass", evidence=[on_paper(paper) for paper in forms], document=name)
    if application.form_pages_unread:
        yield facts.say("form.pages_read", "unsure", needs=Needs.STAFF, evidence=[on_paper(paper) for paper in forms])
    else:
        yield facts.say("form.pages_read", "pass")
    if application.conflicts:
        evidence = [on_form(facts.field(key)) for key in application.conflicts]
        fields = enumerated([facts.label(key) for key in application.conflicts])
        yield facts.say("form.single", "fail", needs=Needs.STAFF, evidence=evidence, fields=fields)
    else:
        yield facts.say("form.single", "pass")
    if application.initiative is not None:
        fits = application.initiative in facts.policy.form_initiatives.get(facts.form, ())
        yield facts.say(
            "form.initiative_fits",
            "pass" if fits else "fail",
            needs=None if fits else Needs.STAFF,
            evidence=[on_form(facts.field(INITIATIVE))],
            initiative=facts.label(application.initiative),
        )


def check_record(facts: Facts) -> Iterator[Finding]:
    """Earlier applications of the same applicant or factory, and mails of the very same bytes: each flagged for staff."""
    repeat = facts.policy.eligibility.repeat
    matches = [case for case in facts.earlier if _is_earlier(facts, case) and _same_applicant_or_factory(facts, case)]
    for case in facts.earlier:
        if case.same_bytes:
            yield facts.say("record.duplicate", "fail", needs=Needs.STAFF, reference=case.reference)
    for case in matches:
        both = case.initiative in repeat.initiatives and facts.application.initiative in repeat.initiatives
        since = case.received_on + relativedelta(years=repeat.years)
        too_soon = both and facts.received_on is not None and facts.received_on < since
        reference, day = case.reference, case.received_on
        if too_soon:
            yield facts.say("record.repeat", "fail", needs=Needs.STAFF, years=repeat.years, reference=reference, received_on=day)
        else:
            yield facts.say("record.repeat", "unsure", needs=Needs.STAFF, reference=reference, received_on=day)
    if not matches:
        yield facts.say("record.repeat", "pass")


def _is_earlier(facts: Facts, case: EarlierCase) -> bool:
    return not case.same_bytes and (facts.received_on is None or case.received_on <= facts.received_on)


def _same_applicant_or_factory(facts: Facts, case: EarlierCase) -> bool:
    """By BR number, USCC or factory name; a name that cannot be told apart counts as the same, for staff only look."""
    if case.br_number and case.br_number == facts.text(BR_NUMBER):
        return True
    if case.uscc and case.uscc == facts.text(USCC):
        return True
    name = facts.text(FACTORY_NAME)
    return bool(name and case.factory_name and same_name(name, case.factory_name))


def check_trust(facts: Facts, trusted: bool) -> Iterator[Finding]:
    yield facts.say("mail.trusted", "pass") if trusted else facts.say("mail.trusted", "fail", needs=Needs.STAFF)
