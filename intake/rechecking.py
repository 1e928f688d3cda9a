"""A case decided anew after staff said something of it: all its mails, their word laid over, one transaction; the letter held or sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from intake.failures import Failure
from intake.handling import Handler
from intake.pipeline import Considered, MailRead, answer_to, application_now, consider_case
from parsers.corrections import layouts_by_file
from parsers.read_limits import READER_VERSION
from replies.message_ids import message_id_for
from replies.values import NoReply, Reply
from storage.audit import note
from storage.cases import addresses_of, arrivals_of, case_by_reference, record_run
from storage.database import Transaction
from storage.outbox import hold, letters_of_case, queue, resolve
from storage.staff import layouts, what_staff_say
from storage.values import Case, CaseKind, CaseState, Letter, LetterState, RunCause, RunRecorded

LetterWish = Literal["none", "held", "queued"]
_UNSENT = (LetterState.HELD, LetterState.QUEUED, LetterState.DEFERRED)
WENT_OUT = (LetterState.SENDING, LetterState.ACCEPTED, LetterState.UNKNOWN)
_REPLACED = "replaced: the case was checked again"
_ROUNDS = 4  # mails of the cases, pages of those parted anew, and once more for a mail that came meanwhile


@dataclass(frozen=True)
class Rechecked:
    """What a re-check made of a case. ``letter``: the new one, None where none is due; ``no_letter``: why, in words for staff."""

    considered: Considered
    run: RunRecorded
    letter: Letter | None
    no_letter: str = ""


def recheck(handler: Handler, reference: str, *, actor: str, at: datetime, letter: LetterWish = "held") -> Rechecked:
    """Decides a case anew with what staff say of it, in one transaction, and queues the letter that is due now: held for release, or to be sent.

    Letters of the case that were not sent yet are withdrawn: they say what is no longer so. A letter that went out with the same words is not
    written again. Raises Failure where there is no such case, or nothing of it can be read.
    """
    made: list[Rechecked] = []
    act_and_recheck(handler, lambda _tx: (reference,), actor=actor, at=at, letter=letter, then=lambda _tx, each: made.append(each))
    return made[0]


def act_and_recheck(
    handler: Handler,
    act: Callable[[Transaction], Sequence[str]],
    *,
    actor: str,
    at: datetime,
    letter: LetterWish = "held",
    then: Callable[[Transaction, Rechecked], object] = lambda _tx, _each: None,
    skip_undecidable: bool = False,
) -> None:
    """Does what a person asks (``act``, which names the cases that it bears on), decides those cases anew, and hands each to ``then``: all of it in
    one transaction, or nothing. ``act`` may be called more than once, each time in a transaction of its own: what it needs read is read between them.

    Raises Failure where a case is not there or cannot be decided (``skip_undecidable``: it then stays as it is), and what ``act`` and ``then`` raise.
    """
    read: dict[str, MailRead] = {}
    for _ in range(_ROUNDS):
        try:
            with handler.database.transaction() as tx:
                for reference in act(tx):
                    made = _recheck_within(handler, tx, reference, read, actor=actor, at=at, letter=letter, skip_undecidable=skip_undecidable)
                    if made is not None:
                        then(tx, made)
                return
        except _ToBeRead as wanted:
            for sha256 in wanted.mails:
                if sha256 in read:
                    _ = read[sha256].reads  # its papers were parted anew: their pages are needed, and not what was made of them
                else:
                    read[sha256] = handler.workshop.read(handler.blobs.get(sha256))
    raise Failure("mails come in faster than they can be read: try again in a moment")


class _ToBeRead(Exception):
    """Mails that must be read first: nothing is read while a transaction waits."""

    def __init__(self, mails: Sequence[str]) -> None:
        super().__init__(len(mails))
        self.mails = mails


def _recheck_within(
    handler: Handler,
    tx: Transaction,
    reference: str,
    known: Mapping[str, MailRead],
    *,
    actor: str,
    at: datetime,
    letter: LetterWish,
    skip_undecidable: bool,
) -> Rechecked | None:
    try:
        case, mails = _application_and_mails(tx, reference)
    except Failure:
        if skip_undecidable:
            return None
        raise
    read = _all_read(tx, case, mails, known)
    considered, as_first = considered_now(handler, tx, case, read)
    if considered.application is None or considered.decision is None:
        if skip_undecidable:
            return None
        raise Failure(f"nothing of {reference} can be decided")
    run = record_run(
        tx, case.id, considered.application, considered.decision,
        at=at, cause=RunCause.RECHECK, reader_version=READER_VERSION, completed_on=read[-1].message.received_on,
    )  # fmt: skip
    note(tx, at=at, actor=actor, action="case checked again", reference=reference, detail=f"verdict {run.after.value}")
    wish: LetterWish = "none" if case.state is CaseState.WITHDRAWN else letter
    made, no_letter = _letter(handler, tx, case, considered, run, at=at, wish=wish, as_first=as_first)
    return Rechecked(considered, run, made, no_letter)


def _all_read(tx: Transaction, case: Case, mails: Sequence[str], known: Mapping[str, MailRead]) -> tuple[MailRead, ...]:
    unread = [sha256 for sha256 in mails if sha256 not in known]
    if unread:
        raise _ToBeRead(unread)
    parted = layouts_by_file(layouts(tx, case.id)).keys()
    pageless = [
        sha256 for sha256 in mails if not known[sha256].holds_pages and not parted.isdisjoint(part.sha256 for part in known[sha256].message.parts)
    ]
    if pageless:
        raise _ToBeRead(pageless)
    return tuple(known[sha256] for sha256 in mails)


def preview(handler: Handler, reference: str) -> Considered:
    """What a re-check would decide and write now; nothing is recorded. Raises Failure where there is no such case."""
    with handler.database.reading() as tx:
        case, mails = _application_and_mails(tx, reference)
    read = tuple(handler.workshop.read(handler.blobs.get(sha256)) for sha256 in mails)
    with handler.database.reading() as tx:
        return considered_now(handler, tx, case, read)[0]


def considered_now(handler: Handler, tx: Transaction, case: Case, mails: tuple[MailRead, ...]) -> tuple[Considered, str]:
    """The case as its mails and staff's word say now, and the answer to its last mail; and the answer's text as it would have been, had it been the
    first letter of the case. A person asked for it: age and thread hold nothing back."""
    letters = letters_of_case(tx, case.id)
    given = replace(
        handler.workshop.circumstances(reference=case.reference),
        received_on=case.received_on,
        known=addresses_of(tx, case.id),
        first_letter=not any(letter.state in WENT_OUT for letter in letters),
        brings_new_paper=True,
        corrections=what_staff_say(tx, case.id),
    )
    given = replace(given, earlier=handler.earlier(tx, application_now(mails, given), case))
    considered = consider_case(mails, given)
    first = answer_to(considered, replace(given, first_letter=True))
    return considered, first.text if isinstance(first, Reply) else ""


def _application_and_mails(tx: Transaction, reference: str) -> tuple[Case, tuple[str, ...]]:
    """The case and its mails. An enquiry or a withdrawal is never decided on: the letter would speak of an application and of what it lacks."""
    case = case_by_reference(tx, reference)
    if case is None or case.state is CaseState.ERASED:
        raise Failure(f"there is no case {reference}")
    if case.kind is not CaseKind.APPLICATION:
        raise Failure(f"{reference} is no application: nothing of it is decided")
    mails = arrivals_of(tx, case.id)
    if not mails:
        raise Failure(f"{reference} holds no mail that could be checked again")
    return case, mails


def _letter(
    handler: Handler, tx: Transaction, case: Case, considered: Considered, run: RunRecorded, *, at: datetime, wish: LetterWish, as_first: str
) -> tuple[Letter | None, str]:
    answer = considered.answer
    if wish == "none":
        return None, "no letter was asked for"
    letters = letters_of_case(tx, case.id)
    if isinstance(answer, Reply) and any(letter.state in WENT_OUT and letter.reply.text in (answer.text, as_first) for letter in letters):
        return None, "a letter with the same words went out already"
    for letter in letters:
        if letter.state in _UNSENT:
            _withdraw(tx, letter, at=at)
    if isinstance(answer, NoReply):
        return None, answer.reason
    reply = _with_free_cause(answer, letters, run.run_id)
    ours = handler.workshop.ours
    message_id = message_id_for(case.reference, reply.template.value, reply.cause, secret=ours.secret, domain=ours.message_id_domain)
    held = "held: for a person to release, after the case was checked again" if wish == "held" or handler.approve else ""
    return queue(tx, case_id=case.id, reply=reply, message_id=message_id, at=at, held=held), ""


def _with_free_cause(reply: Reply, letters: tuple[Letter, ...], run_id: int) -> Reply:
    """A letter is due once for each (case, template, cause); where that one was written, the cause of the new one is this re-check."""
    taken = {(letter.template, letter.cause) for letter in letters}
    if (reply.template, reply.cause) not in taken:
        return reply
    cause = hashlib.sha256(f"{reply.cause}:checked again:{run_id}".encode()).hexdigest()
    while (reply.template, cause) in taken:
        cause = hashlib.sha256(cause.encode()).hexdigest()
    return reply.model_copy(update={"cause": cause})


def _withdraw(tx: Transaction, letter: Letter, *, at: datetime) -> None:
    if letter.state is not LetterState.HELD:
        hold(tx, letter.id, at=at, reason=_REPLACED)
    resolve(tx, letter.id, LetterState.FAILED, at=at, actor="", reason=_REPLACED)
