"""To which case a mail belongs: by the signed token of our letter, by a reference and a sender who is proven, or by neither; then staff decide.

References are guessable and so prove nothing (reliability.md). A mail joins a case only where its sender belongs to the case, and
- it answers a letter of ours (the token: a signed Message-ID that only who got the letter knows), unless a trusted server says that the sender is
  forged. Without a trusted server the token must do: who forges the sender and knows the token gains nothing by it, for letters of the case go
  to the form's address, and what he sends is kept beside what it replaces;
- or a trusted server vouches for the sender, and the mail quotes the case's reference, or holds its BR number while the case still lacks something.
Everything else is a hint for staff. The sender of a mail that joins nothing gets what any newcomer gets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from checks.names import same_name
from intake.pipeline import Considered
from parsers.authentication import Authentication
from parsers.folding import fold_key
from parsers.values import Application, MessageClass, PartRole, Read
from replies.message_ids import reference_of
from replies.policy import Ours
from storage.cases import addresses_of, case_by_reference, cases_with_br_number, current_run, open_cases_of_address
from storage.database import Transaction
from storage.references import find_references
from storage.values import Case, CaseKind, CaseState

_MAY_JOIN = (MessageClass.APPLICATION, MessageClass.SUPPLEMENT, MessageClass.ENQUIRY, MessageClass.OTHER)
_BR_NUMBER = "applicant.br_number"
_NAMES = ("applicant.name_en", "applicant.name_zh")
_OF_A_PROJECT = ("factory.name", "project.title")
_ALIKE = 80.0  # rapidfuzz ratio of folded texts that may be one text in two readings
_NUMBERS_OF_PAPERS = ("br_number", "company_number")
_BR_DIGITS = 8
_MOST_BY_SENDER = 3  # cases that are suggested by the sender alone: consultants write for many applicants


@dataclass(frozen=True)
class Joining:
    """Where a mail belongs. ``case`` None: nowhere by itself. ``how``: by what it joined, for the audit trail. ``hints``: for staff, each case
    with why the mail may belong to it. ``answers``: the case whose letter it answers, whoever sent it. ``thread``: the first case that it names."""

    case: Case | None
    how: str
    hints: tuple[tuple[Case, str], ...]
    answers: Case | None
    thread: Case | None


def joining_of(tx: Transaction, considered: Considered, authentication: Authentication, ours: Ours) -> Joining:
    """Where a mail belongs by what is on record now. Cases that were erased are never named."""
    answered, quoted = tuple(cases_answered(tx, considered, ours)), tuple(cases_quoted(tx, considered))
    hints: dict[int, tuple[Case, str]] = {}
    joined, how = None, ""
    for case, reason in _candidates(tx, considered, authentication, answered, quoted):
        if joined is None and (refusal := _why_not(tx, case, considered)) is None:
            joined, how = case, reason
        elif joined is None:
            hints.setdefault(case.id, (case, f"{reason}, but {refusal}"))
    if joined is None:
        for case, reason in _loose_ends(tx, considered, answered, quoted):
            hints.setdefault(case.id, (case, reason))
    named = (*answered, *quoted)
    return Joining(joined, how, tuple(hints.values()), answered[0] if answered else None, named[0] if named else None)


def cases_answered(tx: Transaction, considered: Considered, ours: Ours) -> Iterator[Case]:
    """The cases whose letters the mail answers, those erased left out."""
    message = considered.message
    references = (reference_of(known, secret=ours.secret, domain=ours.message_id_domain) for known in (*message.in_reply_to, *message.references))
    yield from _on_record(tx, dict.fromkeys(reference for reference in references if reference))


def cases_quoted(tx: Transaction, considered: Considered) -> Iterator[Case]:
    """The cases whose references stand in the mail's subject or text, those erased left out."""
    message = considered.message
    yield from _on_record(tx, dict.fromkeys((*find_references(message.subject), *find_references(message.full_text))))


def _on_record(tx: Transaction, references: dict[str, None]) -> Iterator[Case]:
    for reference in list(references)[:20]:
        case = case_by_reference(tx, reference)
        if case is not None and case.state is not CaseState.ERASED:
            yield case


def _candidates(
    tx: Transaction, considered: Considered, authentication: Authentication, answered: tuple[Case, ...], quoted: tuple[Case, ...]
) -> Iterator[tuple[Case, str]]:
    """The cases that the sender belongs to and that the mail names by something that counts, the strongest proof first."""
    message = considered.message
    if message.sender is None or considered.classified.message_class not in _MAY_JOIN or authentication.failed:
        return
    if not message.links and not any(part.role is PartRole.PAPER for part in message.parts):
        return
    sender = message.sender.address.lower()

    def belongs(case: Case) -> bool:
        return case.kind is CaseKind.APPLICATION and sender in addresses_of(tx, case.id)

    yield from ((case, "it answers a letter of ours") for case in answered if belongs(case))
    if authentication.passed:
        proof = f"the sender is proven ({authentication.reason})"
        yield from ((case, f"it quotes {case.reference} and {proof}") for case in quoted if belongs(case))
        lacking = [case for case in _of_same_number(tx, considered) if case.completed_on is None and case.state is CaseState.OPEN and belongs(case)]
        if len(lacking) == 1 and not quoted:
            yield lacking[0], f"it holds the BR number of the case and {proof}"


def _loose_ends(tx: Transaction, considered: Considered, answered: tuple[Case, ...], quoted: tuple[Case, ...]) -> Iterator[tuple[Case, str]]:
    """What a person should look at: the mail names a case, but nothing proves that it belongs to it."""
    yield from ((case, "the mail answers a letter of ours") for case in answered)
    yield from ((case, f"the mail quotes {case.reference}") for case in quoted)
    if considered.classified.message_class in _MAY_JOIN and not _has_form(considered):
        for case in _of_same_number(tx, considered):
            yield case, "a paper in the mail bears the BR number of this case"
    sender, named = considered.message.sender, (*answered, *quoted)
    if considered.classified.message_class is MessageClass.OTHER and sender is not None and not named:  # a password, a promise, a correction
        for case in open_cases_of_address(tx, sender.address.lower())[:_MOST_BY_SENDER]:
            yield case, "the mail comes from an address of this case"


def _of_same_number(tx: Transaction, considered: Considered) -> Iterator[Case]:
    seen: set[int] = set()
    for number in br_numbers(considered.held):
        for case in cases_with_br_number(tx, number):
            if case.id not in seen and case.state is not CaseState.ERASED:
                seen.add(case.id)
                yield case


def br_numbers(held: Application | None) -> tuple[str, ...]:
    """The BR numbers on a mail's form and papers; of companies' numbers those that are BR numbers (eight digits, since December 2023)."""
    if held is None:
        return ()
    fields = [held.fields.get(_BR_NUMBER), *(document.fields.get(key) for document in held.documents for key in _NUMBERS_OF_PAPERS)]
    numbers = (str(field.value) for field in fields if isinstance(field, Read))
    return tuple(dict.fromkeys(number for number in numbers if len(number) == _BR_DIGITS and number.isdigit()))


def _has_form(considered: Considered) -> bool:
    return considered.held is not None and considered.held.form is not None


def _why_not(tx: Transaction, case: Case, considered: Considered) -> str | None:
    """Why a mail is no supplement of a case that its sender belongs to: it holds a form of another kind, or of another applicant."""
    run, held = current_run(tx, case.id), considered.held
    if run is None or held is None or held.form is None or run.application.form is None:
        return None
    if held.form != run.application.form:
        return f"it holds a form {held.form}, and the case is of form {run.application.form}"
    if _is_anothers(held, run.application):
        return "its form names another applicant"
    differences = _differences_in_project(held, run.application)
    allowed = 1 if case.completed_on is None else 0  # one may be what is being corrected; a complete case has nothing to correct
    return "its form is of another project" if differences > allowed else None


def _is_anothers(held: Application, known: Application) -> bool:
    """Whether two forms are of different applicants: both number and name disagree. One alone may be what is being corrected."""
    number, before = _text(held, _BR_NUMBER), _text(known, _BR_NUMBER)
    if number is None or before is None or number == before:
        return False
    names = [(_text(held, key), _text(known, key)) for key in _NAMES]
    answers = [same_name(one, other) for one, other in names if one is not None and other is not None]
    return bool(answers) and True not in answers


def _differences_in_project(held: Application, known: Application) -> int:
    """In how many of initiative, factory and title two forms disagree, beyond what a reading of a picture may get wrong."""
    pairs = [(_text(held, key), _text(known, key)) for key in _OF_A_PROJECT]
    differ = [one is not None and other is not None and fuzz.ratio(fold_key(one), fold_key(other)) < _ALIKE for one, other in pairs]
    return sum(differ) + (None not in (held.initiative, known.initiative) and held.initiative != known.initiative)


def _text(application: Application, key: str) -> str | None:
    field = application.fields.get(key)
    return str(field.value) if isinstance(field, Read) else None
