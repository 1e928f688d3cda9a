"""One arrival from stored bytes to a recorded decision: read, find its case, decide once, queue the letter, all in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from checks.values import EarlierCase
from intake.bounced_letters import note_bounce
from intake.crash_points import crash_point
from intake.joining import Joining, joining_of
from intake.pipeline import FORM, Circumstances, Considered, MailRead, application_now, consider_case, consider_mail
from intake.workshop import Workshop
from parsers.authentication import authentication_of
from parsers.read_limits import READER_VERSION
from parsers.values import Application, MessageClass, PartRole, Read
from replies.message_ids import message_id_for
from replies.policy import Caps, Counts, within_caps
from replies.values import NoReply, Reply
from storage.arrivals import arrival as arrival_now
from storage.arrivals import begin_attempt, mark_decided, record_message
from storage.audit import note
from storage.blobs import Blobs
from storage.cases import (
    addresses_of,
    arrivals_of,
    case_by_id,
    close_case,
    earlier_cases,
    open_case,
    record_run,
)
from storage.database import Database, Transaction
from storage.outbox import queue
from storage.staff import what_staff_say
from storage.suggestions import suggest
from storage.threads import letters_since_last_paper, papers_of_thread
from storage.values import Arrival, ArrivalState, Case, CaseKind, CaseState, Letter, RunCause, RunRecorded

ARCHIVE = "archive:"  # what stands before the name of a mailbox that is none: mail brought in by reprocessing
ATTEMPTS = 3  # reliability.md: a mail that breaks us is tried three times, then quarantined in front of staff
DEATHS = 10  # so often the process itself may end over a mail: a kill or a power cut ends it too, and says nothing of the mail in hand
_KINDS = {
    MessageClass.APPLICATION: CaseKind.APPLICATION,
    MessageClass.SUPPLEMENT: CaseKind.OTHER,  # of no case that it may join
    MessageClass.ENQUIRY: CaseKind.ENQUIRY,
    MessageClass.WITHDRAWAL: CaseKind.WITHDRAWAL,
    MessageClass.DATA_REQUEST: CaseKind.DATA_REQUEST,
}
_ANSWERS_OF_MACHINES = (MessageClass.AUTO_REPLY, MessageClass.BOUNCE)
SERVICE = "service"


@dataclass(frozen=True)
class Handled:
    """What became of one arrival. ``needs_person``: whether the mail belongs into the review folder."""

    considered: Considered
    reference: str | None
    run: RunRecorded | None
    letter_queued: bool
    needs_person: bool


@dataclass(frozen=True)
class _Came:
    """One arrival with what is known of it before it is decided: what it holds alone, where it belongs, what is known of its sender."""

    arrival: Arrival
    first: Considered
    joining: Joining
    trust: str


@dataclass(frozen=True)
class Handler:
    """Handles arrivals. ``send_letters`` False: letters are not queued (reprocessing). ``approve``: every letter waits for staff."""

    workshop: Workshop
    database: Database
    blobs: Blobs
    cause: RunCause = RunCause.RUN
    send_letters: bool = True
    approve: bool = False

    def handle(self, arrival: Arrival, *, begun: bool = False) -> Handled | None:
        """Reads and decides one arrival; None where another process decided it meanwhile. Raises what breaks it: the caller is the boundary.

        ``begun``: the attempt was counted when its papers were read ahead.
        """
        if not begun:
            with self.database.transaction() as tx:
                begin_attempt(tx, arrival.id)
        crash_point("before-reading")
        mail = self._read(arrival.sha256 or "")
        first = consider_mail(mail, self._given(arrival))
        trust = authentication_of(mail.message, self.workshop.settings.mailbox.trusted_authserv)
        with self.database.reading() as tx:
            joining = joining_of(tx, first, trust, self.workshop.ours)
            earlier_mails = arrivals_of(tx, joining.case.id) if joining.case else ()
        mails = (*(self._read(sha256) for sha256 in earlier_mails if sha256 != arrival.sha256), mail)
        crash_point("after-reading")
        with self.database.transaction() as tx:
            if arrival_now(tx, arrival.id).state is ArrivalState.DECIDED and arrival.state is not ArrivalState.DECIDED:
                return None
            record_message(tx, arrival.id, mail.message)
            came = _Came(arrival, first, joining, f"{trust.trust}: {trust.reason}")
            handled = self._supplement(tx, came, mails, joining.case) if joining.case else self._newcomer(tx, came, mail)
        crash_point("after-decision")
        return handled

    def _read(self, sha256: str) -> MailRead:
        return self.workshop.read_kept(sha256, lambda: self.blobs.get(sha256))

    def _newcomer(self, tx: Transaction, came: _Came, mail: MailRead) -> Handled:
        first, root = came.first, came.joining.thread
        kind = _KINDS.get(first.classified.message_class)
        if kind is None:
            return self._without_case(tx, came)
        thread_id = (root.thread_id or root.id) if root else None
        received_on = _not_after_today(first.received_on)
        case = open_case(tx, kind=kind, received_on=received_on, opened_at=_now(), language=first.language, thread_id=thread_id)
        new_paper = brings_new_paper([mail], besides=papers_of_thread(tx, thread_id) if thread_id else ())
        given = replace(
            self._given(came.arrival), received_on=received_on, reference=case.reference, earlier=self.earlier(tx, first.application, case)
        )
        considered = consider_mail(mail, replace(given, brings_new_paper=new_paper))
        for hinted, reason in came.joining.hints:
            suggest(tx, arrival_id=came.arrival.id, case_id=hinted.id, reason=reason, at=_now())
        return self._record(tx, came, considered, case, self.cause, new_paper=new_paper)

    def _supplement(self, tx: Transaction, came: _Came, mails: Sequence[MailRead], case: Case) -> Handled:
        """Papers that belong to a case: the case is read and checked again as a whole (programme.md, 'Two clocks')."""
        new_paper = brings_new_paper(mails)
        given = replace(self._given(came.arrival), reference=case.reference, received_on=case.received_on, first_letter=False)
        given = replace(given, corrections=what_staff_say(tx, case.id), known=addresses_of(tx, case.id), brings_new_paper=new_paper)
        considered = consider_case(mails, replace(given, earlier=self.earlier(tx, application_now(mails, given), case)))
        if case.state in (CaseState.CLOSED, CaseState.WITHDRAWN):
            close_case(tx, case.id, state=CaseState.OPEN)
        note(tx, actor=SERVICE, action="supplement joined", reference=case.reference, detail=f"mail {came.arrival.id}: {came.joining.how}", at=_now())
        return self._record(tx, came, considered, case, RunCause.SUPPLEMENT, new_paper=new_paper)

    def _given(self, arrival: Arrival) -> Circumstances:
        is_folder = arrival.mailbox.startswith(("maildir:", ARCHIVE))
        return replace(self.workshop.circumstances(), now=_now(), internal_date=None if is_folder else arrival.internal_date)

    def _record(self, tx: Transaction, came: _Came, considered: Considered, case: Case, cause: RunCause, *, new_paper: bool) -> Handled:
        now, recorded = _now(), None
        if considered.application is not None and considered.decision is not None:
            recorded = record_run(
                tx, case.id, considered.application, considered.decision,
                at=now, cause=cause, reader_version=READER_VERSION, language=considered.language,
                completed_on=_not_after_today(considered.message.received_on),
            )  # fmt: skip
        queued = self._queue(tx, came.arrival, considered, case, now, new_paper=new_paper)
        self._mark_decided(tx, came, considered, case.id, new_paper=new_paper)
        needs_person = considered.decision is None or considered.decision.verdict.value == "review"
        return Handled(considered, case.reference, recorded, queued, needs_person)

    def _without_case(self, tx: Transaction, came: _Came) -> Handled:
        """Mail that begins no case. What a machine answers to a letter of ours is kept with the letter's case, and brings it nothing."""
        first, case = came.first, came.joining.answers
        bounced = self._bounced(tx, came) if first.classified.message_class is MessageClass.BOUNCE else None
        case = case_by_id(tx, bounced.case_id) if bounced else case
        belongs = case is not None and first.classified.message_class in _ANSWERS_OF_MACHINES
        self._mark_decided(tx, came, first, case.id if case is not None and belongs else None)
        needs_person = bounced is not None or first.classified.message_class in (MessageClass.OTHER, MessageClass.UNREADABLE)
        if not belongs:
            for hinted, reason in came.joining.hints if first.classified.message_class is MessageClass.OTHER else ():
                suggest(tx, arrival_id=came.arrival.id, case_id=hinted.id, reason=reason, at=_now())
        return Handled(first, case.reference if case is not None and belongs else None, None, False, needs_person)

    def _bounced(self, tx: Transaction, came: _Came) -> Letter | None:
        """A bounce of one of our letters marks it undelivered and calls staff."""
        raw, words = self.blobs.get(came.arrival.sha256 or ""), self.workshop.programme.mail_words
        return note_bounce(tx, raw, came.first.message, arrival_id=came.arrival.id, ours=self.workshop.ours, words=words, at=_now())

    def _mark_decided(self, tx: Transaction, came: _Came, considered: Considered, case_id: int | None, *, new_paper: bool = False) -> None:
        reason = considered.answer.reason if isinstance(considered.answer, NoReply) else None
        mark_decided(
            tx, came.arrival.id, message_class=considered.classified.message_class, case_id=case_id, at=_now(), no_reply=reason,
            trust=came.trust, new_paper=new_paper,
        )  # fmt: skip

    def _queue(self, tx: Transaction, arrival: Arrival, considered: Considered, case: Case, now: datetime, *, new_paper: bool) -> bool:
        if not self.send_letters or not isinstance(considered.answer, Reply):
            return False
        ours, reply = self.workshop.ours, considered.answer
        message_id = message_id_for(case.reference, reply.template.value, reply.cause, secret=ours.secret, domain=ours.message_id_domain)
        over = None if new_paper else within_caps(Counts(thread=letters_since_last_paper(tx, case.thread_id or case.id)), Caps())
        held = "held: every letter waits for staff (outgoing.mode = approve)" if self.approve else over.reason if over else ""
        return queue(tx, case_id=case.id, reply=reply, message_id=message_id, at=now, arrival_id=arrival.id, held=held) is not None

    def earlier(self, tx: Transaction, application: Application | None, case: Case) -> tuple[EarlierCase, ...]:
        if application is None:
            return ()
        return earlier_cases(
            tx,
            br_number=_text(application, "applicant.br_number"),
            uscc=_text(application, "factory.uscc"),
            factory_name=_text(application, "factory.name"),
            before=case.received_on or (datetime.now(UTC) + timedelta(days=1)).date(),
            besides=case.id,
            form_sha256s=[document.sha256 for document in application.documents if document.kind == FORM],
        )


def brings_new_paper(mails: Sequence[MailRead], *, besides: Collection[str] = ()) -> bool:
    """Whether the last mail holds a paper whose bytes none of those before it held, nor are among those known ``besides``; or a link to one."""
    *before, last = ({part.sha256 for part in mail.message.parts if part.role is PartRole.PAPER} for mail in mails)
    return bool(last.difference(*before, besides)) or not set(mails[-1].message.links) <= {link for mail in mails[:-1] for link in mail.message.links}


def _now() -> datetime:
    return datetime.now(UTC)


def _not_after_today(day: date | None) -> date | None:
    """The day of receipt, today where the mail names one that has not come: by the clock of a wrong machine every certificate would have expired."""
    today = (_now() + timedelta(hours=14)).date()  # where it is latest
    return min(day, today) if day is not None else None


def _text(application: Application, key: str) -> str | None:
    field = application.fields.get(key)
    return str(field.value) if isinstance(field, Read) else None
