"""The acts of the site for other systems: the very same ones (review.acts, review.mail_acts), over JSON."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from parsers.corrections import PaperTold
from review.api.callers import Caller
from review.api.doing import Asked
from review.api.problems import described
from review.api.schemas import (
    AnswerSuggestion,
    ChangeLetter,
    ChangeState,
    Done,
    JoinMail,
    MailDone,
    NameField,
    OpenCase,
    Overrule,
    Release,
    SayValue,
    TellPapers,
    WriteLetter,
)
from review.desk import WorkError
from storage.blobs import BlobError
from storage.cases import case_by_reference, current_run
from storage.mails import mail_on_record
from storage.values import CaseState, LetterState

router = APIRouter(prefix="/v1")
_REFUSALS: Any = described(401, 403, 404, 409, 412, 422, 428, 429)
_CASE: Any = {"response_model": Done, "responses": _REFUSALS}
_MAIL: Any = {"response_model": MailDone, "responses": _REFUSALS, "tags": ["mails"]}


@router.post("/cases/{reference}/values", tags=["cases"], **_CASE)
def say_value(asked: Asked, reference: str, body: SayValue) -> Response:
    """Corrects a value; the case is decided anew at once."""
    acts = asked.caller.acts
    return asked.on_case(
        reference, body, lambda revision: acts.say_value(reference, key=body.key, text=body.value, reason=body.reason, revision=revision)
    )  # fmt: skip


@router.post("/cases/{reference}/values/confirm", tags=["cases"], **_CASE)
def confirm_value(asked: Asked, reference: str, body: NameField) -> Response:
    """Says that a value is right as it was read."""
    return asked.on_case(reference, body, lambda revision: asked.caller.acts.confirm_value(reference, key=body.key, revision=revision))


@router.post("/cases/{reference}/values/take-back", tags=["cases"], **_CASE)
def take_back_value(asked: Asked, reference: str, body: NameField) -> Response:
    """Takes back what was said of a field."""
    return asked.on_case(reference, body, lambda revision: asked.caller.acts.take_back_value(reference, key=body.key, revision=revision))


@router.post("/cases/{reference}/overrulings", tags=["cases"], **_CASE)
def overrule(asked: Asked, reference: str, body: Overrule) -> Response:
    """Overrules a finding with a reason, or takes that back."""

    def act(revision: str) -> None:
        asked.caller.acts.overrule(
            reference, check=body.check, fingerprint=body.fingerprint, reason=body.reason, stands=body.stands, revision=revision
        )  # fmt: skip

    return asked.on_case(reference, body, act)


@router.post("/cases/{reference}/papers", tags=["cases"], **_CASE)
def tell_papers_apart(asked: Asked, reference: str, body: TellPapers) -> Response:
    """Says which papers a file holds, and of which kind each is."""

    def act(revision: str) -> None:
        told = [PaperTold(**paper.model_dump()) for paper in body.papers]
        pages = _pages_of(asked.caller, reference, body.sha256)
        asked.caller.acts.lay_out(reference, sha256=body.sha256, papers=told, pages=pages, reason=body.reason, revision=revision)

    return asked.on_case(reference, body, act)


@router.post("/cases/{reference}/recheck", tags=["cases"], **_CASE)
def check_again(asked: Asked, reference: str) -> Response:
    """Decides the case again from what was read and what staff said."""
    return asked.on_case(reference, None, lambda revision: asked.caller.acts.recheck(reference, revision=revision))


@router.post("/cases/{reference}/state", tags=["cases"], **_CASE)
def change_state(asked: Asked, reference: str, body: ChangeState) -> Response:
    """Closes a case, opens it again, or marks it withdrawn: then no letter of it goes out any more."""
    state = CaseState(body.state)
    return asked.on_case(
        reference, body, lambda revision: asked.caller.acts.change_state(reference, state, reason=body.reason, revision=revision)
    )  # fmt: skip


@router.post("/cases/{reference}/letter", tags=["letters"], **_CASE)
def release_letter(asked: Asked, reference: str, body: Release) -> Response:
    """Releases the letter that was looked at, in its own words or others."""

    def act(revision: str) -> None:
        asked.caller.acts.release(reference, subject=body.subject, text=body.text, shown=body.shown, revision=revision)

    return asked.on_case(reference, body, act)


@router.post("/cases/{reference}/letters", tags=["letters"], **_CASE)
def write_letter(asked: Asked, reference: str, body: WriteLetter) -> Response:
    """Sends a letter in words of one's own, as an answer to an enquiry."""

    def act(revision: str) -> None:
        draft = asked.caller.desk.work.draft(reference)
        asked.caller.acts.write(reference, draft=draft, subject=body.subject, text=body.text, close=body.close, revision=revision)

    return asked.on_case(reference, body, act)


@router.post("/letters/{letter_id}", tags=["letters"], **_CASE)
def change_letter(asked: Asked, letter_id: int, body: ChangeLetter) -> Response:
    """Releases a held letter (queued), holds one that waits, or says what became of a doubtful one. If-Match: the ETag of its case."""
    state = LetterState(body.state)
    return asked.on_letter(
        letter_id, body, lambda revision: asked.caller.acts.change_letter(letter_id, state, reason=body.reason, revision=revision)
    )  # fmt: skip


@router.post("/cases/{reference}/suggestions/{suggestion_id}", tags=["mails"], **_CASE)
def answer_suggestion(asked: Asked, reference: str, suggestion_id: int, body: AnswerSuggestion) -> Response:
    """A mail that may belong to the case belongs to it, or does not."""

    def act(revision: str) -> None:
        asked.caller.mail_acts.answer_suggestion(reference, suggestion_id, accepted=body.accepted, revision=revision)

    return asked.on_case(reference, body, act)


@router.post("/mails/{mail_id}/retry", **_MAIL)
def retry_mail(asked: Asked, mail_id: int) -> Response:
    """A quarantined mail goes round again."""
    return asked.on_mail(mail_id, None, lambda revision: asked.caller.mail_acts.retry(mail_id, revision=revision))


@router.post("/mails/{mail_id}/attended", **_MAIL)
def attend_mail(asked: Asked, mail_id: int) -> Response:
    """Somebody looked after the mail: it leaves its queue."""
    return asked.on_mail(mail_id, None, lambda revision: asked.caller.mail_acts.attend(mail_id, revision=revision))


@router.post("/mails/{mail_id}/join", **_MAIL)
def join_mail(asked: Asked, mail_id: int, body: JoinMail) -> Response:
    """The mail belongs to that case; both cases that this concerns are decided anew."""
    return asked.on_mail(mail_id, body, lambda revision: asked.caller.mail_acts.join(mail_id, body.reference, revision=revision))


@router.post("/mails/{mail_id}/case", **_MAIL)
def open_mail_case(asked: Asked, mail_id: int, body: OpenCase) -> Response:
    """A case of its own for a mail that led to none, or is in one in which it does not belong."""

    def act(revision: str) -> None:
        with asked.caller.desk.database.reading() as tx:
            mail = mail_on_record(tx, mail_id)
        try:
            message = asked.caller.desk.work.message(mail.arrival.sha256) if mail is not None and mail.arrival.sha256 else None
        except BlobError:
            message = None
        asked.caller.mail_acts.open_case(mail_id, body.kind, message, revision=revision)

    return asked.on_mail(mail_id, body, act)


def _pages_of(caller: Caller, reference: str, sha256: str) -> int:
    """How many pages a file of the case has. Raises WorkError where the case has no such file."""
    with caller.desk.database.reading() as tx:
        case = case_by_reference(tx, reference)
        run = current_run(tx, case.id) if case else None
    pages = [each.last_page for each in run.application.documents if each.sha256 == sha256] if run else []
    if not pages:
        raise WorkError(caller.t("case.no_file"))
    return max(pages)
