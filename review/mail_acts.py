"""What staff do with a single mail: to which case it belongs, whether it is looked after, whether it is tried again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parsers.values import Message
from review.acts import NoCase, unchanged
from review.desk import Desk, WorkError
from review.plain_reasons import plain_reason
from review.words import SiteWords
from storage.arrivals import mark_attended, retry
from storage.audit import note
from storage.cases import arrivals_of, case_by_id, case_by_reference, close_case, open_case
from storage.database import Transaction
from storage.errors import StorageError
from storage.mails import MailOnRecord, join_to_case, mail_on_record, open_case_of
from storage.references import check_reference
from storage.suggestions import answer, move_mail, open_suggestions
from storage.values import ArrivalState, Case, CaseKind, CaseState, SuggestionState

_REOPENED = (CaseState.CLOSED, CaseState.WITHDRAWN)


class NoMail(Exception):
    """There is no mail of that number."""


def revision_of_mail(mail: MailOnRecord) -> str:
    """Changes whenever anybody does something to a mail: what an act on it is checked against."""
    return f"{mail.arrival.state.value}-{mail.arrival.case_id or 0}-{int(mail.arrival.attended)}-{mail.arrival.attempts}"


@dataclass(frozen=True)
class MailActs:
    """The acts of one person on mails. Each raises NoMail, NoCase, WorkError or StorageError, and then nothing changed.

    ``revision``: what ``revision_of_mail`` said when the person looked; for acts from a case's screen, of the case.
    """

    desk: Desk
    actor: str
    t: SiteWords

    def retry(self, arrival_id: int, *, revision: str) -> None:
        """A quarantined mail goes round again; the running service takes it up at its next look."""
        with self.desk.database.transaction() as tx:
            mail = self._unchanged(tx, arrival_id, revision)
            if mail.arrival.state is not ArrivalState.QUARANTINED:
                raise WorkError(self.t("mail.not_quarantined"))
            retry(tx, arrival_id)
            self._note(tx, "mail sent round again", arrival_id)

    def attend(self, arrival_id: int, *, revision: str) -> None:
        """A person looked after it: it leaves its queue."""
        with self.desk.database.transaction() as tx:
            self._unchanged(tx, arrival_id, revision)
            mark_attended(tx, arrival_id)
            self._note(tx, "mail attended", arrival_id)

    def join(self, arrival_id: int, reference: str, *, revision: str) -> Case:
        """The mail belongs to that case: it is decided anew with it, and so is the one that it was in."""
        wanted = check_reference(reference)
        joined: list[Case] = []

        def doing(tx: Transaction) -> Sequence[str]:
            mail = self._unchanged(tx, arrival_id, revision)
            case = case_by_reference(tx, wanted) if wanted else None
            if case is None:
                raise WorkError(self.t("mail.no_such_case", reference=reference[:40]))
            joined.append(case)
            return self._joined(tx, mail, case)

        self.desk.work.act(doing, actor=self.actor, skip_undecidable=True)
        return joined[-1]

    def open_case(self, arrival_id: int, kind: CaseKind, message: Message | None, *, revision: str) -> Case:
        """A case of its own for a mail that led to none, or that is in a case in which it does not belong."""
        opened: list[Case] = []

        def doing(tx: Transaction) -> Sequence[str]:
            mail = self._unchanged(tx, arrival_id, revision)
            before = mail.case
            case = self._opened(tx, mail, kind, message)
            opened.append(case)
            self._note(tx, "case opened by hand", arrival_id, case.reference)
            if before is not None:
                self._note(tx, "mail taken out", arrival_id, before.reference)
            return _to_decide(mail, case, before)

        self.desk.work.act(doing, actor=self.actor, skip_undecidable=True)
        return opened[-1]

    def answer_suggestion(self, reference: str, suggestion_id: int, *, accepted: bool, revision: str) -> None:
        """A mail was suggested for the case: it belongs to it, or does not."""

        def doing(tx: Transaction) -> Sequence[str]:
            case = unchanged(tx, reference, revision, self.t, actor=self.actor)
            one = next((each for each in open_suggestions(tx, case_id=case.id) if each.id == suggestion_id), None)
            if one is None:
                raise WorkError(self.t("problem.no_suggestion"))
            mail = mail_on_record(tx, one.arrival_id)
            if mail is None:
                raise WorkError(self.t("mail.not_kept"))
            if accepted:
                return self._joined(tx, mail, case)
            answer(tx, suggestion_id, accepted=False)
            self._note(tx, f"suggestion {SuggestionState.DECLINED.value}", one.arrival_id, reference)
            return ()

        self.desk.work.act(doing, actor=self.actor, skip_undecidable=True)

    def decline(self, arrival_id: int, reference: str, *, revision: str) -> None:
        """The mail does not belong to the case that it was suggested for."""
        with self.desk.database.transaction() as tx:
            self._unchanged(tx, arrival_id, revision)
            one = next((each for each in open_suggestions(tx) if (each.arrival_id, each.reference) == (arrival_id, reference)), None)
            if one is None:
                raise WorkError(self.t("problem.no_suggestion"))
            answer(tx, one.id, accepted=False)
            self._note(tx, f"suggestion {SuggestionState.DECLINED.value}", arrival_id, reference)

    def _joined(self, tx: Transaction, mail: MailOnRecord, case: Case) -> Sequence[str]:
        try:
            before = join_to_case(tx, mail.arrival.id, case)
        except StorageError as error:
            raise WorkError(self.t("mail.cannot_move", reason=plain_reason(str(error), self.t.code))) from error
        if case.state in _REOPENED:
            close_case(tx, case.id, state=CaseState.OPEN)
        self._note(tx, "mail joined", mail.arrival.id, case.reference)
        if before is not None:
            self._note(tx, "mail taken out", mail.arrival.id, before.reference)
        return _to_decide(mail, case, before)

    def _opened(self, tx: Transaction, mail: MailOnRecord, kind: CaseKind, message: Message | None) -> Case:
        if mail.case is None:
            return open_case_of(tx, mail.arrival.id, kind, message, self.desk.clock())
        if len(arrivals_of(tx, mail.case.id)) < 2:
            raise WorkError(self.t("problem.only_mail"))
        received_on = (message.received_on if message else None) or mail.arrival.seen_at.date()
        case = open_case(
            tx, kind=kind, received_on=received_on, opened_at=self.desk.clock(), language=message.language if message else None
        )  # fmt: skip
        move_mail(tx, mail.arrival.id, case.id)
        mark_attended(tx, mail.arrival.id)
        return case_by_id(tx, case.id)

    def _unchanged(self, tx: Transaction, arrival_id: int, revision: str) -> MailOnRecord:
        mail = mail_on_record(tx, arrival_id) if 0 < arrival_id < 2**31 else None
        if mail is None:
            raise NoMail(arrival_id)
        if revision_of_mail(mail) != revision:
            raise WorkError(self.t("problem.mail_changed"))
        return mail

    def _note(self, tx: Transaction, action: str, arrival_id: int, reference: str | None = None) -> None:
        note(tx, at=self.desk.clock(), actor=self.actor, action=action, reference=reference, detail=f"mail {arrival_id}")


def _to_decide(mail: MailOnRecord, *cases: Case | None) -> Sequence[str]:
    """Which cases are decided anew once a mail moved: applications, where the mail was read."""
    if mail.arrival.state is not ArrivalState.DECIDED:
        return ()
    return tuple(case.reference for case in cases if case is not None and case.kind is CaseKind.APPLICATION)


__all__ = ["MailActs", "NoCase", "NoMail", "revision_of_mail"]
