"""What staff do with a case, whichever way they come: checked against what they looked at, audited, and decided anew in the same transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from parsers.catalogue import FieldSpec, FieldType
from parsers.corrections import PaperTold, paper_field_key, standing_words
from parsers.identifiers import mask_hkid
from parsers.normal_forms import Normal, read_value
from parsers.values import Read, Unreadable
from replies.values import NoReply, Reply
from review.desk import Desk, Draft, WorkError
from review.plain_reasons import plain_reason
from review.words import SiteWords
from storage.audit import note, trail
from storage.cases import case_by_reference, close_case, current_run
from storage.database import Transaction
from storage.errors import StorageError
from storage.outbox import hold, letters_of_case, resolve
from storage.outbox import letter as letter_by_id
from storage.site import LOOKS, revision_of
from storage.staff import correct, corrections, lay_out, overrule
from storage.values import Case, CaseKind, CaseState, Letter, LetterState, Run

Value = bool | int | float | str
REPLACED = "replaced"  # begins the reason of a letter that a re-check withdrew: it says what is no longer so
_WITHDRAWN = "replaced: the application was withdrawn"
_UNSENT = (LetterState.HELD, LetterState.QUEUED, LetterState.DEFERRED)


class NoCase(Exception):
    """There is no case of that reference."""


def unchanged(tx: Transaction, reference: str, revision: str, t: SiteWords, *, actor: str) -> Case:
    """The case, where nobody did anything to it since the ``actor`` looked. Raises NoCase, and WorkError that names who did."""
    case = case_by_reference(tx, reference)
    if case is None:
        raise NoCase(reference)
    if revision_of(tx, case.id, reference) != revision:
        acts = [entry for entry in trail(tx, reference=reference) if entry.action not in LOOKS]
        who = acts[-1].actor if acts else "service"
        raise WorkError(t("problem.changed_by_yourself") if who == actor else t("problem.changed", name=who))
    return case


def as_shown(letter: Reply) -> str:
    """By which a letter is known that a person looked at."""
    return hashlib.sha256("\0".join((*letter.to, letter.subject, letter.text)).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Acts:
    """The acts of one person. ``t``: the words in which refusals are said. Each raises NoCase, WorkError or StorageError, and then nothing changed.

    ``revision``: what ``storage.site.revision_of`` said when the person looked; an act on a case that changed since is refused.
    """

    desk: Desk
    actor: str
    t: SiteWords

    def say_value(self, reference: str, *, key: str, text: str | None, reason: str = "", revision: str) -> None:
        """Corrects one value (None: nothing is given); kept in its normal form, and kept through every later reading. A value that is shown with its
        identity card number masked and comes back so is confirmed as it is."""

        def said(tx: Transaction, case: Case) -> None:
            stands = _value_of(current_run(tx, case.id), key)
            if text is not None and stands is not None and str(stands) != text.strip() == mask_hkid(str(stands)):
                value: Value | None = stands
            else:
                value = None if text is None else self.normal_form(key, text)
            correct(tx, case.id, key, value, actor=self.actor, at=self.desk.clock(), reason=reason)

        self._decided_anew(reference, revision, said, "value corrected", key)

    def confirm_value(self, reference: str, *, key: str, revision: str) -> None:
        """Says that a value is right as it was read, or that nothing is given where nothing was."""

        def said(tx: Transaction, case: Case) -> None:
            run = current_run(tx, case.id)
            value = _value_of(run, key)
            if value is None and run is not None and isinstance(_field_of(run, key), Unreadable):
                raise WorkError(self.t("problem.not_a_value"))
            correct(tx, case.id, key, value, actor=self.actor, at=self.desk.clock())

        self._kind_of(key)
        self._decided_anew(reference, revision, said, "value confirmed", key)

    def take_back_value(self, reference: str, *, key: str, revision: str) -> None:
        """Takes back what was said of a field: what was read counts again."""

        def said(tx: Transaction, case: Case) -> None:
            word = standing_words(corrections(tx, case.id)).get(key)
            if word is None:
                raise WorkError(self.t("problem.nothing_said"))
            correct(tx, case.id, key, word.value, actor=self.actor, at=self.desk.clock(), stands=False)

        self._decided_anew(reference, revision, said, "value taken back", key)

    def overrule(self, reference: str, *, check: str, fingerprint: str, reason: str, stands: bool = True, revision: str) -> None:
        """Overrules a finding with a reason, or takes that back."""
        if stands and not reason.strip():
            raise WorkError(self.t("problem.no_reason"))
        why = reason if stands else reason.strip() or self.t("act.taken_back")

        def said(tx: Transaction, case: Case) -> None:
            overrule(tx, case.id, check, fingerprint, actor=self.actor, at=self.desk.clock(), reason=why, stands=stands)

        self._decided_anew(reference, revision, said, "finding overruled" if stands else "finding restored", check)

    def lay_out(self, reference: str, *, sha256: str, papers: Sequence[PaperTold], pages: int, reason: str = "", revision: str) -> None:
        """Says which papers a file of so many ``pages`` holds, and which kind each is; none: what was said of it is taken back."""
        self._assert_laid_out(papers, pages)

        def said(tx: Transaction, case: Case) -> None:
            lay_out(tx, case.id, sha256, papers, actor=self.actor, at=self.desk.clock(), reason=reason)

        self._decided_anew(reference, revision, said, "papers told apart" if papers else "papers as read", sha256[:12])

    def recheck(self, reference: str, *, revision: str) -> None:
        """Decides the case again from what was read and what staff said."""
        self._decided_anew(reference, revision, lambda _tx, _case: None, "checked again")

    def change_state(self, reference: str, state: CaseState, *, reason: str = "", revision: str) -> None:
        """Staff are done with a case, or open it again, or the applicant took the application back: then no letter of it goes out any more."""
        if state is CaseState.ERASED:
            raise WorkError(self.t("problem.erase"))
        if state is CaseState.WITHDRAWN and not reason.strip():
            raise WorkError(self.t("problem.why_withdrawn"))

        def changing(tx: Transaction) -> Sequence[str]:
            case = unchanged(tx, reference, revision, self.t, actor=self.actor)
            if state is CaseState.WITHDRAWN:
                self._cancel_letters(tx, case)
            close_case(tx, case.id, state=state)
            note(tx, at=self.desk.clock(), actor=self.actor, action=f"case {state.value}", reference=reference, detail=reason[:200])
            again = state is CaseState.OPEN and case.state is CaseState.WITHDRAWN and case.kind is CaseKind.APPLICATION
            return (reference,) if again else ()

        self.desk.work.act(changing, actor=self.actor, skip_undecidable=True)

    def letter_due(self, reference: str) -> Reply | NoReply:
        """The letter that the case's decision leads to."""
        with self.desk.database.reading() as tx:
            if case_by_reference(tx, reference) is None:
                raise NoCase(reference)
        return self.desk.work.answer(reference)

    def release(self, reference: str, *, subject: str = "", text: str = "", shown: str = "", revision: str) -> None:
        """Releases that letter, with the words that the person gave it. ``shown``: ``as_shown`` of the letter that the person looked at."""
        due = self.letter_due(reference)
        if isinstance(due, NoReply):
            raise WorkError(due.reason)
        if shown and as_shown(due) != shown:
            raise WorkError(self.t("problem.other_letter"))

        def looked(tx: Transaction) -> Sequence[str]:
            unchanged(tx, reference, revision, self.t, actor=self.actor)
            return (reference,)

        self.desk.work.release(reference, actor=self.actor, reply=due, subject=subject or due.subject, text=text or due.text, doing=looked)

    def write(self, reference: str, *, draft: Draft, subject: str, text: str, close: bool = False, revision: str) -> None:
        """Sends a letter in the person's own words; ``close``: the case is done with thereby. WorkError where nothing stands in the frame: a browser
        sends its lines with other ends than it was given."""
        if text.split() == draft.text.split():
            raise WorkError(self.t("problem.nothing_written"))

        def writing(tx: Transaction) -> Sequence[str]:
            case = unchanged(tx, reference, revision, self.t, actor=self.actor)
            note(tx, at=self.desk.clock(), actor=self.actor, action="letter written", reference=reference)
            if close:
                close_case(tx, case.id)
                note(tx, at=self.desk.clock(), actor=self.actor, action="case closed", reference=reference)
            return ()

        self.desk.work.write(reference, draft=draft, subject=subject, text=text, doing=writing)

    def change_letter(self, letter_id: int, state: LetterState, *, reason: str = "", revision: str) -> Letter:
        """Releases a held letter, holds one that waits, or says what became of a doubtful one. ``revision``: of its case."""
        now = self.desk.clock()
        with self.desk.database.transaction() as tx:
            letter = letter_by_id(tx, letter_id)
            unchanged(tx, letter.reference, revision, self.t, actor=self.actor)
            if letter.state is LetterState.FAILED and letter.reason.startswith(REPLACED):
                raise WorkError(self.t("problem.replaced"))
            if letter.state is state is LetterState.FAILED:
                reason = reason or letter.reason  # only looked after: why it failed stays
            try:
                changed = resolve(tx, letter_id, state, at=now, actor=self.actor, reason=reason)
            except StorageError as error:
                raise WorkError(self.t("problem.letter_moved", state=self.t(f"letter_state.{letter.state.value}"))) from error
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
            raise WorkError(self.t("problem.no_value", value=text[:80], reason=plain_reason(read.reason, self.t.code)))
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

    def _decided_anew(self, reference: str, revision: str, said: Callable[[Transaction, Case], None], action: str, detail: str = "") -> None:
        """What a person said of a case, and the decision that follows from it: both, or neither."""

        def doing(tx: Transaction) -> Sequence[str]:
            said(tx, unchanged(tx, reference, revision, self.t, actor=self.actor))
            note(tx, at=self.desk.clock(), actor=self.actor, action=action, reference=reference, detail=detail)
            return (reference,)

        self.desk.work.act(doing, actor=self.actor)

    def _assert_laid_out(self, papers: Sequence[PaperTold], pages: int) -> None:
        """Raises WorkError unless every page of the file stands in one paper, and each paper is of a kind that there is."""
        kinds = {document.code for document in self.desk.catalogue.documents}
        ordered = sorted(papers, key=lambda paper: paper.first_page)
        expected = 1
        for paper in ordered:
            if paper.kind not in kinds:
                raise WorkError(self.t("problem.no_kind", kind=paper.kind[:40]))
            if paper.last_page < paper.first_page or paper.last_page > pages:
                raise WorkError(self.t("problem.page_range", first=paper.first_page, last=paper.last_page, pages=pages))
            if paper.first_page < expected:
                raise WorkError(self.t("problem.page_twice", page=paper.first_page))
            if paper.first_page > expected:
                raise WorkError(self.t("problem.page_nowhere", page=expected))
            expected = paper.last_page + 1
        if papers and expected <= pages:
            raise WorkError(self.t("problem.page_nowhere", page=expected))

    def _cancel_letters(self, tx: Transaction, case: Case) -> None:
        now = self.desk.clock()
        for letter in letters_of_case(tx, case.id):
            if letter.state in _UNSENT:
                if letter.state is not LetterState.HELD:
                    hold(tx, letter.id, at=now, reason=_WITHDRAWN)
                resolve(tx, letter.id, LetterState.FAILED, at=now, actor=self.actor, reason=_WITHDRAWN)


def _field_of(run: Run, key: str) -> object:
    if key in run.application.fields:
        return run.application.fields[key]
    named = {paper_field_key(paper, own): field for paper in run.application.documents for own, field in paper.fields.items()}
    return named.get(key)


def _value_of(run: Run | None, key: str) -> Value | None:
    """The value of a field as the case stands; None where nothing was read."""
    field = _field_of(run, key) if run is not None else None
    return field.value if isinstance(field, Read) else None
