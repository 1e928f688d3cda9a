"""The letters of a case: the one that is due, as the applicant will see it; those that a person writes; and what became of the earlier ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import RedirectResponse, Response

from parsers.identifiers import mask_hkid
from replies.reworded import CannotReword, reworded
from replies.values import Reply
from review.acts import REPLACED, as_shown
from review.desk import WorkError
from review.letter_words import shown_html, with_its_looks
from review.pages.acts import refusal
from review.plain_reasons import plain_reason
from review.refusals import NOTHING_REFUSED, Refused
from review.visit import Acting, Looking, Visit
from storage.audit import note
from storage.cases import case_by_reference, current_run
from storage.outbox import letter as letter_by_id
from storage.outbox import letters_of_case
from storage.site import revision_of
from storage.values import Letter, LetterState

router = APIRouter()
Given = Annotated[str, Form()]
_ON_ITS_WAY = (LetterState.QUEUED, LetterState.SENDING, LetterState.DEFERRED, LetterState.ACCEPTED)
AS_SENT = "default-src 'none'; style-src 'unsafe-inline'; sandbox"  # the letter's own styles, and nothing that runs or loads


@router.get("/cases/{reference}/letter")
def letter_page(visit: Looking, reference: str) -> Response:
    """The letter that the decision leads to, as the applicant would get it, and those that were written before."""
    return show_letters(visit, reference)


def show_letters(visit: Visit, reference: str, *, refused: Refused = NOTHING_REFUSED, preview: Reply | None = None) -> Response:
    """``preview``: the letter that is due in the words that a person gave it, not released yet."""
    with visit.desk.database.transaction() as tx:
        case = case_by_reference(tx, reference)
        if case is None:
            raise HTTPException(404)
        note(tx, at=visit.desk.clock(), actor=visit.person.name, action="letter shown", reference=reference)
        letters = letters_of_case(tx, case.id)
        revision = revision_of(tx, case.id, reference)
        run = current_run(tx, case.id)
    due, why = _due(visit, reference)
    out = out_already(letters, due, run.at if run else None) if due else None
    before = next((each for each in reversed(letters) if due and not out and each.state in _ON_ITS_WAY and each.template is due.template), None)
    shown = due if due and not out else None
    above = [each.id for each in letters if shown and each.state is LetterState.HELD and each.to in shown.to and each.reply.text == shown.text]
    return visit.page(
        "letter.html.j2", status=refused.status, case=case, out=out, above=above, before=before,
        letters=[each for each in reversed(letters) if not was_replaced(each)], replaced=[each for each in reversed(letters) if was_replaced(each)],
        due=due, why=why, revision=revision, refused=refused,
        shown=as_shown(due) if due else "", preview=preview, html=shown_html, reason=lambda said: plain_reason(said, visit.t.code),
    )  # fmt: skip


def was_replaced(letter: Letter) -> bool:
    """Whether a re-check withdrew the letter before it went out."""
    return letter.state is LetterState.FAILED and letter.reason.startswith(REPLACED)


def out_already(letters: Sequence[Letter], due: Reply, decided_at: datetime | None) -> Letter | None:
    """The letter on record that is the one due, in whatever words: it was queued on the decision that stands, or for the same mail. None where it is
    still to be released; so it is where it waits itself. Others of its kind may wait besides, as a reminder does."""
    for letter in reversed(letters):
        if letter.template is not due.template:
            continue
        if letter.state is LetterState.HELD and letter.reply.text == due.text:
            return None
        same = letter.reply.cause == due.cause or letter.reply.text == due.text or (decided_at is not None and letter.queued_at >= decided_at)
        if letter.state in _ON_ITS_WAY and same:
            return letter
    return None


@router.post("/cases/{reference}/letter")
def release_letter(
    visit: Acting, reference: str, text: Given = "", subject: Given = "", act: Given = "release", shown: Given = "", revision: Given = ""
) -> Response:
    """Releases the letter that is due, or (``preview``) shows how the applicant will see it in these words."""
    typed = {"subject": subject, "text": text}
    if act == "preview":
        return _previewed(visit, reference, subject, text)
    refused = refusal(
        visit,
        lambda: visit.acts.release(reference, subject=subject, text=text, shown=shown, revision=revision),
        form="letter",
        typed=typed,
    )
    return show_letters(visit, reference, refused=refused) if refused else RedirectResponse(f"/cases/{reference}/letter", status_code=303)


@router.get("/cases/{reference}/letter/as-sent")
def due_as_sent(visit: Looking, reference: str) -> Response:
    """The letter that is due as a mail program would show it, in a page of its own that runs and loads nothing."""
    due, _ = _due(visit, reference)
    if due is None:
        raise HTTPException(404)
    return _as_sent(visit, reference, due)


@router.get("/letters/{letter_id}/as-sent")
def letter_as_sent(visit: Looking, letter_id: int) -> Response:
    with visit.desk.database.reading() as tx:
        letter = letter_by_id(tx, letter_id)
    return _as_sent(visit, letter.reference, letter.reply)


@router.post("/letters/{letter_id}")
def change_letter(visit: Acting, letter_id: int, state: Annotated[LetterState, Form()], reason: Given = "", revision: Given = "") -> Response:
    with visit.desk.database.reading() as tx:
        reference = letter_by_id(tx, letter_id).reference
    refused = refusal(
        visit,
        lambda: visit.acts.change_letter(letter_id, state, reason=reason, revision=revision),
        form="change",
        item=str(letter_id),
        typed={"reason": reason},
    )
    return show_letters(visit, reference, refused=refused) if refused else RedirectResponse(f"/cases/{reference}/letter", status_code=303)


@router.get("/cases/{reference}/write")
def write_page(visit: Looking, reference: str) -> Response:
    """A letter that a person writes: an enquiry answered, a question asked."""
    return _show_writing(visit, reference)


@router.post("/cases/{reference}/write")
def write_letter(
    visit: Acting,
    reference: str,
    text: Given = "",
    subject: Given = "",
    close: Annotated[bool, Form()] = False,
    mail: Given = "",
    revision: Given = "",
) -> Response:
    def doing() -> None:
        draft = visit.desk.work.draft(reference)
        if mail and mail != draft.mail:
            raise WorkError(visit.t("problem.newer_mail"))
        visit.acts.write(reference, draft=draft, subject=subject, text=text, close=close, revision=revision)

    refused = refusal(visit, doing, form="write", typed={"subject": subject, "text": text, "close": "true" if close else ""})
    if refused:
        return _show_writing(visit, reference, refused=refused)
    return RedirectResponse(f"/cases/{reference}/letter", status_code=303)


def _show_writing(visit: Visit, reference: str, refused: Refused = NOTHING_REFUSED) -> Response:
    with visit.desk.database.transaction() as tx:
        case = case_by_reference(tx, reference)
        if case is None:
            raise HTTPException(404)
        note(tx, at=visit.desk.clock(), actor=visit.person.name, action="letter shown", reference=reference, detail="to be written")
        revision = revision_of(tx, case.id, reference)
    draft = visit.desk.work.draft(reference)
    message = visit.desk.work.message(draft.mail)
    return visit.page(
        "write.html.j2", status=refused.status, case=case, draft=draft, message=message, revision=revision, refused=refused, mask=mask_hkid
    )


def _previewed(visit: Visit, reference: str, subject: str, text: str) -> Response:
    due, _ = _due(visit, reference)
    typed = {"subject": subject, "text": text}
    if due is None:
        return show_letters(visit, reference)
    try:
        words = reworded(due, subject=subject or due.subject, text=text or due.text, reference=reference)
    except CannotReword as error:
        return show_letters(visit, reference, refused=Refused("letter", "", plain_reason(str(error), visit.t.code), typed, 409))
    return show_letters(visit, reference, preview=words)


def _due(visit: Visit, reference: str) -> tuple[Reply | None, str]:
    """The letter that is due, or why there is none."""
    try:
        answer = visit.acts.letter_due(reference)
    except WorkError as error:
        return None, str(error)
    return (answer, "") if isinstance(answer, Reply) else (None, answer.reason)


def _as_sent(visit: Visit, reference: str, reply: Reply) -> Response:
    with visit.desk.database.transaction() as tx:
        note(tx, at=visit.desk.clock(), actor=visit.person.name, action="letter shown", reference=reference, detail="as sent")
    return Response(with_its_looks(reply.html, reply.subject), media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": AS_SENT})
