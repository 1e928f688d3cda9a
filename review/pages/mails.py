"""One mail by itself: who sent it, its own words, its papers as pictures, why it got no answer, and what a person does with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import RedirectResponse, Response

from parsers.identifiers import mask_hkid
from parsers.values import Message, Part, PartRole
from review.desk import WorkError
from review.originals import DRAWN
from review.pages.cases import originals_of
from review.plain_reasons import plain_reason
from review.visit import Acting, Looking, Visit
from storage.arrivals import mark_attended, retry
from storage.audit import note
from storage.blobs import BlobError
from storage.cases import case_by_reference
from storage.database import Transaction
from storage.errors import StorageError
from storage.mails import MailOnRecord, join_to_case, mail_on_record, open_case_of
from storage.queues import queue_counts
from storage.references import check_reference
from storage.values import ArrivalState, CaseKind

router = APIRouter()
DPI = 110
T = TypeVar("T")
_HEADERS = ("From", "Reply-To", "To", "Cc", "Date", "Subject", "Message-ID", "In-Reply-To", "Auto-Submitted", "List-Id", "Precedence")
Given = Annotated[str, Form()]


@router.get("/mails/{arrival_id}")
def mail_page(visit: Looking, arrival_id: int, paper: str = "", page: int = 1) -> Response:
    """The mail; ``paper`` and ``page``: which of its papers is shown."""
    from review.pages.queues import terms_of

    with visit.desk.database.transaction() as tx:
        mail = _mail(tx, arrival_id)
        counts = queue_counts(tx, terms_of(visit))
        reference = mail.case.reference if mail.case else None
        note(tx, at=visit.desk.clock(), actor=visit.person.name, action="mail shown", reference=reference, detail=f"mail {arrival_id}")
    message, trouble = _message(visit, mail)
    papers = tuple(part for part in message.parts if part.role is PartRole.PAPER) if message else ()
    shown = next((part for part in papers if part.sha256 == paper), next((part for part in papers if part.kind in DRAWN), None))
    return visit.page(
        "mail.html.j2", mail=mail, message=message, trouble=trouble, papers=papers, shown=shown, page=max(1, page), counts=counts, queue=None,
        subject=mask_hkid(message.subject) if message else "", headers=_headers(message), kinds=tuple(CaseKind),
        words=mask_hkid(message.text) if message else "",
        can_draw=shown is not None and shown.kind in DRAWN, reason=lambda said: plain_reason(said, visit.t.code),
    )  # fmt: skip


@router.get("/mails/{arrival_id}/files/{sha256}/{page}.png")
def mail_picture(visit: Looking, arrival_id: int, sha256: str, page: int) -> Response:
    """A page of a paper of this mail as a picture."""
    with visit.desk.database.reading() as tx:
        mail = _mail(tx, arrival_id)
    part = _part(visit, mail, sha256)
    picture = originals_of(visit).picture(part, page, DPI)
    with visit.desk.database.transaction() as tx:
        detail = f"mail {arrival_id}: {sha256[:12]} page {page}"
        note(
            tx,
            at=visit.desk.clock(),
            actor=visit.person.name,
            action="page shown",
            reference=mail.case.reference if mail.case else None,
            detail=detail,
        )
    return Response(picture.png, media_type="image/png")


@router.post("/mails/{arrival_id}/retry")
def retry_mail(visit: Acting, arrival_id: int) -> Response:
    """A quarantined mail goes round again; the running service takes it up at its next look."""
    with visit.desk.database.transaction() as tx:
        mail = _mail(tx, arrival_id)
        if mail.arrival.state is not ArrivalState.QUARANTINED:
            raise WorkError(visit.t("mail.not_quarantined"))
        retry(tx, arrival_id)
        _note(tx, visit, "mail sent round again", arrival_id)
    return _to_mail(arrival_id)


@router.post("/mails/{arrival_id}/attended")
def attend_mail(visit: Acting, arrival_id: int) -> Response:
    """A person looked after it: it leaves its queue."""
    with visit.desk.database.transaction() as tx:
        _mail(tx, arrival_id)
        mark_attended(tx, arrival_id)
        _note(tx, visit, "mail attended", arrival_id)
    return RedirectResponse("/", status_code=303)


@router.post("/mails/{arrival_id}/join")
def join_mail(visit: Acting, arrival_id: int, reference: Given = "") -> Response:
    """The mail belongs to that case: it is decided anew with it, and so is the one that it was in."""
    wanted = check_reference(reference)
    with visit.desk.database.transaction() as tx:
        mail = _mail(tx, arrival_id)
        case = case_by_reference(tx, wanted) if wanted else None
        if case is None:
            raise WorkError(visit.t("mail.no_such_case", reference=reference[:40]))
        before = _moved(visit, join_to_case, tx, arrival_id, case)
        _note(tx, visit, "mail joined", arrival_id, case.reference)
        if before is not None:
            _note(tx, visit, "mail taken out", arrival_id, before.reference)
    for one in (case, before):
        if one is not None and one.kind is CaseKind.APPLICATION and mail.arrival.state is ArrivalState.DECIDED:
            _recheck(visit, one.reference)
    return RedirectResponse(f"/cases/{case.reference}", status_code=303)


@router.post("/mails/{arrival_id}/case")
def open_mail_case(visit: Acting, arrival_id: int, kind: Annotated[CaseKind, Form()]) -> Response:
    """A case of its own for a mail that led to none."""
    with visit.desk.database.reading() as tx:
        mail = _mail(tx, arrival_id)
    message, _ = _message(visit, mail)
    with visit.desk.database.transaction() as tx:
        case = _moved(visit, open_case_of, tx, arrival_id, kind, message, visit.desk.clock())
        _note(tx, visit, "case opened by hand", arrival_id, case.reference)
    if kind is CaseKind.APPLICATION and mail.arrival.state is ArrivalState.DECIDED:
        _recheck(visit, case.reference)
    return RedirectResponse(f"/cases/{case.reference}", status_code=303)


@router.post("/cases/{reference}/reminder")
def write_reminder(visit: Acting, reference: str) -> Response:
    """The missing-items letter again, with a line that says so, held for release."""
    visit.desk.work.remind(reference, actor=visit.person.name)
    return RedirectResponse(f"/cases/{reference}/letter", status_code=303)


def _moved(visit: Visit, act: Callable[..., T], *given: object) -> T:
    try:
        return act(*given)
    except StorageError as error:
        raise WorkError(visit.t("mail.cannot_move", reason=str(error))) from error


def _recheck(visit: Visit, reference: str) -> None:
    """A case of whose mails nothing can be decided stays as it is: a person opened or filled it, and sees so."""
    try:
        visit.desk.work.recheck(reference, actor=visit.person.name)
    except WorkError:
        with visit.desk.database.transaction() as tx:
            note(tx, at=visit.desk.clock(), actor="service", action="not decided", reference=reference, detail="nothing of it can be decided")


def _mail(tx: Transaction, arrival_id: int) -> MailOnRecord:
    mail = mail_on_record(tx, arrival_id) if 0 < arrival_id < 2**31 else None
    if mail is None:
        raise HTTPException(404)
    return mail


def _message(visit: Visit, mail: MailOnRecord) -> tuple[Message | None, str]:
    """The mail decoded, or why it cannot be shown."""
    if mail.arrival.sha256 is None:
        return None, visit.t("mail.no_bytes")
    try:
        return visit.desk.work.message(mail.arrival.sha256), ""
    except (BlobError, WorkError):
        return None, visit.t("mail.not_kept")


def _headers(message: Message | None) -> tuple[tuple[str, str], ...]:
    if message is None:
        return ()
    return tuple((name, mask_hkid(value)) for name in _HEADERS for value in message.headers_named(name)[:3])


def _part(visit: Visit, mail: MailOnRecord, sha256: str) -> Part:
    part = originals_of(visit).file((mail.arrival.sha256,), sha256) if mail.arrival.sha256 else None
    if part is None:
        raise HTTPException(404)
    return part


def _note(tx: Transaction, visit: Visit, action: str, arrival_id: int, reference: str | None = None) -> None:
    note(tx, at=visit.desk.clock(), actor=visit.person.name, action=action, reference=reference, detail=f"mail {arrival_id}")


def _to_mail(arrival_id: int) -> Response:
    return RedirectResponse(f"/mails/{arrival_id}", status_code=303)
