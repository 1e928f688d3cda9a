"""One arrival from stored bytes to a recorded decision: read, find its case, decide once, queue the letter, all in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from checks.values import EarlierCase
from intake.crash_points import crash_point
from intake.pipeline import FORM, Circumstances, Considered, MailRead, consider_case, consider_mail
from intake.workshop import Workshop
from parsers.read_limits import READER_VERSION
from parsers.values import Application, MessageClass, PartRole, Read
from replies.message_ids import is_our_message_id, message_id_for, reference_of
from replies.values import NoReply, Reply
from storage.arrivals import arrival as arrival_now
from storage.arrivals import begin_attempt, mark_decided, record_message
from storage.audit import note
from storage.blobs import BlobStore
from storage.cases import addresses_of, arrivals_of, case_by_reference, earlier_cases, open_case, record_run
from storage.database import Database, Transaction
from storage.outbox import mark_undelivered, queue
from storage.references import find_references
from storage.suggestions import suggest
from storage.values import Arrival, ArrivalState, Case, CaseKind, CaseState, RunCause, RunRecorded

ARCHIVE = "archive:"  # what stands before the name of a mailbox that is none: mail brought in by reprocessing
ATTEMPTS = 3  # reliability.md: a mail that breaks us is tried three times, then quarantined in front of staff
_KINDS = {
    MessageClass.APPLICATION: CaseKind.APPLICATION,
    MessageClass.SUPPLEMENT: CaseKind.OTHER,  # of no case that it may join
    MessageClass.ENQUIRY: CaseKind.ENQUIRY,
    MessageClass.WITHDRAWAL: CaseKind.WITHDRAWAL,
    MessageClass.DATA_REQUEST: CaseKind.DATA_REQUEST,
}
_MAY_JOIN = (MessageClass.APPLICATION, MessageClass.SUPPLEMENT, MessageClass.ENQUIRY, MessageClass.OTHER)
_RETURNED = 64_000  # bytes of each returned part that are searched for the Message-ID of our letter
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
class Handler:
    """Handles arrivals. ``send_letters`` False: letters are not queued (reprocessing). ``approve``: every letter waits for staff."""

    workshop: Workshop
    database: Database
    blobs: BlobStore
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
        first = consider_mail(mail, self.workshop.circumstances())
        with self.database.reading() as tx:
            joined = self._case_joined(tx, first)
            earlier_mails = arrivals_of(tx, joined.id) if joined else ()
        mails = (*(self._read(sha256) for sha256 in earlier_mails if sha256 != arrival.sha256), mail)
        crash_point("after-reading")
        with self.database.transaction() as tx:
            if arrival_now(tx, arrival.id).state is ArrivalState.DECIDED and arrival.state is not ArrivalState.DECIDED:
                return None
            record_message(tx, arrival.id, mail.message)
            handled = self._supplement(tx, arrival, mails, joined) if joined else self._newcomer(tx, arrival, mail, first)
        crash_point("after-decision")
        return handled

    def _read(self, sha256: str) -> MailRead:
        return self.workshop.read(self.blobs.get(sha256))

    def _newcomer(self, tx: Transaction, arrival: Arrival, mail: MailRead, first: Considered) -> Handled:
        self._note_bounce(tx, first)
        kind = _KINDS.get(first.classified.message_class)
        if kind is None:
            return self._without_case(tx, arrival, first)
        case = open_case(tx, kind=kind, received_on=first.received_on, opened_at=datetime.now(UTC), language=first.language)
        given = replace(self._given(arrival), reference=case.reference, earlier=self.earlier(tx, first.application, case))
        considered = consider_mail(mail, given)
        self._suggest(tx, arrival, considered, case)
        return self._record(tx, arrival, considered, case, self.cause)

    def _supplement(self, tx: Transaction, arrival: Arrival, mails: Sequence[MailRead], case: Case) -> Handled:
        """Papers that belong to a case: the case is read and checked again as a whole (programme.md, 'Two clocks')."""
        given = replace(self._given(arrival), reference=case.reference, received_on=case.received_on, first_letter=False)
        application = consider_case(mails, given).application
        given = replace(given, earlier=self.earlier(tx, application, case), known=addresses_of(tx, case.id), brings_new_paper=brings_new_paper(mails))
        note(tx, actor=SERVICE, action="supplement joined", reference=case.reference, detail=f"arrival {arrival.id}", at=datetime.now(UTC))
        return self._record(tx, arrival, consider_case(mails, given), case, RunCause.SUPPLEMENT)

    def _given(self, arrival: Arrival) -> Circumstances:
        is_folder = arrival.mailbox.startswith(("maildir:", ARCHIVE))
        return replace(self.workshop.circumstances(), now=datetime.now(UTC), internal_date=None if is_folder else arrival.internal_date)

    def _record(self, tx: Transaction, arrival: Arrival, considered: Considered, case: Case, cause: RunCause) -> Handled:
        now = datetime.now(UTC)
        recorded = None
        if considered.application is not None and considered.decision is not None:
            recorded = record_run(
                tx, case.id, considered.application, considered.decision,
                at=now, cause=cause, reader_version=READER_VERSION, language=considered.language, completed_on=considered.message.received_on,
            )  # fmt: skip
        queued = self._queue(tx, arrival, considered, case, now)
        reason = considered.answer.reason if isinstance(considered.answer, NoReply) else None
        mark_decided(tx, arrival.id, message_class=considered.classified.message_class, case_id=case.id, at=now, no_reply=reason)
        needs_person = considered.decision is None or considered.decision.verdict.value == "review"
        return Handled(considered, case.reference, recorded, queued, needs_person)

    def _without_case(self, tx: Transaction, arrival: Arrival, considered: Considered) -> Handled:
        reason = considered.answer.reason if isinstance(considered.answer, NoReply) else None
        mark_decided(tx, arrival.id, message_class=considered.classified.message_class, case_id=None, at=datetime.now(UTC), no_reply=reason)
        needs_person = considered.classified.message_class in (MessageClass.OTHER, MessageClass.UNREADABLE)
        return Handled(considered, None, None, False, needs_person)

    def _queue(self, tx: Transaction, arrival: Arrival, considered: Considered, case: Case, now: datetime) -> bool:
        if not self.send_letters or not isinstance(considered.answer, Reply):
            return False
        ours = self.workshop.ours
        reply = considered.answer
        message_id = message_id_for(case.reference, reply.template.value, reply.cause, secret=ours.secret, domain=ours.message_id_domain)
        held = "held: every letter waits for staff (outgoing.mode = approve)" if self.approve else ""
        return queue(tx, case_id=case.id, reply=reply, message_id=message_id, at=now, arrival_id=arrival.id, held=held) is not None

    def _case_joined(self, tx: Transaction, considered: Considered) -> Case | None:
        """The case that the mail brings papers for: it answers a letter of ours (a signed Message-ID that only who got the letter knows),
        and its sender belongs to the case (contract.md, References; reliability.md, invariant 5)."""
        message = considered.message
        if considered.classified.message_class not in _MAY_JOIN or message.sender is None:
            return None
        if not any(part.role is PartRole.PAPER for part in message.parts):
            return None
        for case in self._cases_answered(tx, considered):
            if case.kind is CaseKind.APPLICATION and message.sender.address.lower() in addresses_of(tx, case.id):
                return case
        return None

    def _cases_answered(self, tx: Transaction, considered: Considered) -> Iterator[Case]:
        """The cases whose letters the mail answers, those erased left out."""
        ours, message = self.workshop.ours, considered.message
        for known in (*message.in_reply_to, *message.references):
            reference = reference_of(known, secret=ours.secret, domain=ours.message_id_domain)
            case = case_by_reference(tx, reference) if reference else None
            if case is not None and case.state is not CaseState.ERASED:
                yield case

    def _note_bounce(self, tx: Transaction, considered: Considered) -> None:
        """A bounce of one of our letters marks it undelivered and calls staff."""
        if considered.classified.message_class is not MessageClass.BOUNCE:
            return
        ours, message = self.workshop.ours, considered.message
        returned = [part.data[:_RETURNED].decode("utf-8", "replace") for part in message.parts if part.role is PartRole.MACHINERY]
        for known in dict.fromkeys((*message.in_reply_to, *message.references, *ids_in("\n".join((message.full_text, *returned))))):
            if is_our_message_id(known, secret=ours.secret, domain=ours.message_id_domain):
                mark_undelivered(tx, known, at=datetime.now(UTC), reason="undelivered: the letter bounced")

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

    def _suggest(self, tx: Transaction, arrival: Arrival, considered: Considered, own: Case) -> None:
        """Somebody answers or quotes a case without belonging to it: staff get a suggestion, nothing joins (reliability.md, last rule)."""
        hints = [(case, "the mail answers a letter of ours") for case in self._cases_answered(tx, considered)]
        hints += [
            (case, f"the mail quotes {case.reference}") for case in map(partial(case_by_reference, tx), _quoted(considered)) if case is not None
        ]
        for case, reason in hints:
            if case.id != own.id and case.state is not CaseState.ERASED:
                suggest(tx, arrival_id=arrival.id, case_id=case.id, reason=reason, at=datetime.now(UTC))


def brings_new_paper(mails: Sequence[MailRead]) -> bool:
    """Whether the last mail holds a paper whose bytes none of those before it held."""
    *before, last = ({part.sha256 for part in mail.message.parts if part.role is PartRole.PAPER} for mail in mails)
    return bool(last.difference(*before))


def _quoted(considered: Considered) -> Sequence[str]:
    message = considered.message
    return tuple(dict.fromkeys((*find_references(message.subject), *find_references(message.full_text))))


def ids_in(text: str) -> tuple[str, ...]:
    """Everything in a text that looks like a Message-ID: what a bounce quotes of our letter."""
    return tuple(f"<{piece.split('>')[0]}>" for piece in text.split("<")[1:] if ">" in piece and "@" in piece.split(">")[0])[:500]


def _text(application: Application, key: str) -> str | None:
    field = application.fields.get(key)
    return str(field.value) if isinstance(field, Read) else None
