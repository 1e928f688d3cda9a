"""What staff do with a case, whichever way they come: checked against what they looked at, audited, and decided anew at once."""

from __future__ import annotations

from dataclasses import dataclass

from parsers.catalogue import FieldSpec, FieldType
from parsers.normal_forms import Normal, read_value
from replies.values import NoReply, Reply
from review.desk import Desk, WorkError
from review.words import SiteWords
from storage.audit import note, trail
from storage.cases import case_by_reference, close_case
from storage.database import Transaction
from storage.outbox import letter as letter_by_id
from storage.outbox import resolve
from storage.site import LOOKS, revision_of
from storage.staff import correct, overrule
from storage.values import Case, CaseState, Letter, LetterState

Value = bool | int | float | str
REPLACED = "replaced"  # begins the reason of a letter that a re-check withdrew: it says what is no longer so


class NoCase(Exception):
    """There is no case of that reference."""


@dataclass(frozen=True)
class Acts:
    """The acts of one person. ``t``: the words in which refusals are said. Each raises NoCase, WorkError or StorageError, and then nothing changed.

    ``revision``: what ``storage.site.revision_of`` said when the person looked; an act on a case that changed since is refused.
    """

    desk: Desk
    actor: str
    t: SiteWords

    def say_value(self, reference: str, *, key: str, text: str | None, reason: str = "", revision: str) -> None:
        """Confirms or corrects one value (None: nothing is given); kept in its normal form, and kept through every later reading."""
        said = None if text is None else self.normal_form(key, text)
        with self.desk.database.transaction() as tx:
            case = self._unchanged(tx, reference, revision)
            now = self.desk.clock()
            correct(tx, case.id, key, said, actor=self.actor, at=now, reason=reason)
            note(tx, at=now, actor=self.actor, action="value corrected", reference=reference, detail=key)
        self.desk.work.recheck(reference, actor=self.actor)

    def overrule(self, reference: str, *, check: str, fingerprint: str, reason: str, stands: bool = True, revision: str) -> None:
        """Overrules a finding with a reason, or takes that back."""
        with self.desk.database.transaction() as tx:
            case = self._unchanged(tx, reference, revision)
            now = self.desk.clock()
            overrule(tx, case.id, check, fingerprint, actor=self.actor, at=now, reason=reason, stands=stands)
            note(tx, at=now, actor=self.actor, action="finding overruled" if stands else "finding restored", reference=reference, detail=check)
        self.desk.work.recheck(reference, actor=self.actor)

    def recheck(self, reference: str, *, revision: str) -> None:
        """Decides the case again from what was read and what staff said."""
        with self.desk.database.transaction() as tx:
            self._unchanged(tx, reference, revision)
            note(tx, at=self.desk.clock(), actor=self.actor, action="checked again", reference=reference)
        self.desk.work.recheck(reference, actor=self.actor)

    def change_state(self, reference: str, state: CaseState, *, revision: str) -> None:
        """Staff are done with a case, or open it again."""
        if state is CaseState.ERASED:
            raise WorkError(self.t("problem.erase"))
        with self.desk.database.transaction() as tx:
            case = self._unchanged(tx, reference, revision)
            close_case(tx, case.id, state=state)
            note(tx, at=self.desk.clock(), actor=self.actor, action=f"case {state.value}", reference=reference)

    def letter_due(self, reference: str) -> Reply | NoReply:
        """The letter that the case's decision leads to."""
        with self.desk.database.reading() as tx:
            self._case(tx, reference)
        return self.desk.work.answer(reference)

    def release(self, reference: str, *, subject: str = "", text: str = "", revision: str) -> None:
        """Releases that letter, with the words that the person gave it."""
        with self.desk.database.transaction() as tx:
            self._unchanged(tx, reference, revision)
        due = self.desk.work.answer(reference)
        if isinstance(due, NoReply):
            raise WorkError(due.reason)
        self.desk.work.release(reference, actor=self.actor, reply=due, subject=subject or due.subject, text=text or due.text)

    def change_letter(self, letter_id: int, state: LetterState, *, reason: str = "") -> Letter:
        """Releases a held letter, holds one that waits, or says what became of a doubtful one."""
        now = self.desk.clock()
        with self.desk.database.transaction() as tx:
            letter = letter_by_id(tx, letter_id)
            if letter.state is LetterState.FAILED and letter.reason.startswith(REPLACED):
                raise WorkError(self.t("problem.replaced"))
            changed = resolve(tx, letter_id, state, at=now, actor=self.actor, reason=reason)
            note(tx, at=now, actor=self.actor, action=f"letter {state.value}", reference=letter.reference, detail=f"letter {letter_id}")
        return changed

    def normal_form(self, key: str, text: str) -> Value:
        """The normal form of what a person wrote for a field. Raises WorkError, in plain words, where it has none."""
        spec = self._kind_of(key)
        type_, choices = (spec.type, spec.choices) if isinstance(spec, FieldSpec) else (spec, ())
        read = read_value(text, type_, choices=choices, region="HK")
        if not isinstance(read, Normal) and type_ is FieldType.PHONE:
            read = read_value(text, type_, choices=choices, region="CN")
        if not isinstance(read, Normal):
            raise WorkError(self.t("problem.no_value", value=text[:80], reason=read.reason))
        return read.value

    def _kind_of(self, key: str) -> FieldSpec | FieldType:
        """What kind of value a field of the form, or of a paper (``parsers.corrections.paper_field_key``), holds."""
        catalogue = self.desk.catalogue
        found = next((spec for spec in catalogue.fields if spec.key == key), None)
        if found is not None:
            return found
        own = key.rpartition(":")[2]
        types = [field.type for document in catalogue.documents for field in document.fields if field.key == own]
        if not types:
            raise WorkError(self.t("problem.no_field", key=key[:80]))
        return types[0]

    def _unchanged(self, tx: Transaction, reference: str, revision: str) -> Case:
        """The case, where nobody did anything to it since the person looked. Raises WorkError that names who did."""
        case = self._case(tx, reference)
        if revision_of(tx, case.id, reference) != revision:
            acts = [entry for entry in trail(tx, reference=reference) if entry.action not in LOOKS]
            raise WorkError(self.t("problem.changed", name=acts[-1].actor if acts else "service"))
        return case

    @staticmethod
    def _case(tx: Transaction, reference: str) -> Case:
        case = case_by_reference(tx, reference)
        if case is None:
            raise NoCase(reference)
        return case
