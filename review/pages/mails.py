"""One mail by itself: who sent it, its own words, its papers as pictures, why it got no answer, and what a person does with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import RedirectResponse, Response

from parsers.identifiers import mask_hkid
from parsers.values import Message, Part, PartRole
from review.desk import WorkError
from review.mail_acts import MailActs, NoMail, revision_of_mail
from review.originals import DRAWN
from review.pages.acts import refusal
from review.pages.cases import originals_of
from review.plain_reasons import plain_reason
from review.refusals import NOTHING_REFUSED, Refused
from review.visit import Acting, Looking, Visit
from storage.audit import note
from storage.blobs import BlobError
from storage.database import Transaction
from storage.mails import MailOnRecord, mail_on_record, pages_known
from storage.queues import Queue, queue_counts
from storage.values import ArrivalState, Case, CaseKind

router = APIRouter()
DPI = 110
HEADERS = ("From", "Reply-To", "To", "Cc", "Date", "Subject", "Message-ID", "In-Reply-To", "Auto-Submitted", "List-Id", "Precedence")
Given = Annotated[str, Form()]


@router.get("/mails/{arrival_id}")
def mail_page(visit: Looking, arrival_id: int, paper: str = "", page: int = 1) -> Response:
    """The mail; ``paper`` and ``page``: which of its papers is shown."""
    return show_mail(visit, arrival_id, paper=paper, page=page)


def show_mail(visit: Visit, arrival_id: int, *, paper: str = "", page: int = 1, refused: Refused = NOTHING_REFUSED) -> Response:
    """``refused``: what the person asked for and cannot have, said where it was asked for."""
    from review.pages.queues import terms_of

    with visit.desk.database.transaction() as tx:
        mail = _mail(tx, arrival_id)
        counts = queue_counts(tx, terms_of(visit))
        reference = mail.case.reference if mail.case else None
        note(tx, at=visit.desk.clock(), actor=visit.person.name, action="mail shown", reference=reference, detail=f"mail {arrival_id}")
    message, trouble = _message(visit, mail)
    papers = tuple(part for part in message.parts if part.role is PartRole.PAPER) if message else ()
    shown = _shown(papers, paper)
    with visit.desk.database.reading() as tx:
        last = pages_known(tx, shown.sha256) if shown else None
    return visit.page(
        "mail.html.j2", status=refused.status, mail=mail, message=message, trouble=trouble, papers=papers, shown=shown, page=max(1, page), last=last,
        counts=counts, queue=None, subject=mask_hkid(message.subject) if message else "", headers=_headers(message), kinds=tuple(CaseKind),
        words=mask_hkid(message.text) if message else "", mask=mask_hkid, revision=revision_of_mail(mail), refused=refused,
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
def retry_mail(visit: Acting, arrival_id: int, revision: Given = "") -> Response:
    """A quarantined mail goes round again; the running service takes it up at its next look."""
    return _tried(visit, arrival_id, lambda: _acts(visit).retry(arrival_id, revision=revision), f"/mails/{arrival_id}")


@router.post("/mails/{arrival_id}/attended")
def attend_mail(visit: Acting, arrival_id: int, revision: Given = "") -> Response:
    """A person looked after it: it leaves its queue."""
    with visit.desk.database.reading() as tx:
        quarantined = _mail(tx, arrival_id).arrival.state is ArrivalState.QUARANTINED
    back = Queue.QUARANTINED if quarantined else Queue.OTHER_MAIL
    return _tried(visit, arrival_id, lambda: _acts(visit).attend(arrival_id, revision=revision), f"/queues/{back.value}")


@router.post("/mails/{arrival_id}/join")
def join_mail(visit: Acting, arrival_id: int, reference: Given = "", revision: Given = "") -> Response:
    """The mail belongs to that case: it is decided anew with it, and so is the one that it was in."""
    typed = {"reference": reference}
    return _tried(visit, arrival_id, lambda: _acts(visit).join(arrival_id, reference, revision=revision), "/cases/{case}", form="join", typed=typed)


@router.post("/mails/{arrival_id}/decline")
def decline_mail(visit: Acting, arrival_id: int, reference: Given = "", revision: Given = "") -> Response:
    """The mail does not belong to the case that it was suggested for."""
    return _tried(visit, arrival_id, lambda: _acts(visit).decline(arrival_id, reference, revision=revision), f"/mails/{arrival_id}")


@router.post("/mails/{arrival_id}/case")
def open_mail_case(visit: Acting, arrival_id: int, kind: Annotated[CaseKind, Form()], revision: Given = "") -> Response:
    """A case of its own for a mail that led to none, or that does not belong where it is."""
    with visit.desk.database.reading() as tx:
        mail = _mail(tx, arrival_id)
    message, _ = _message(visit, mail)
    typed = {"kind": kind.value}
    doing = partial(_acts(visit).open_case, arrival_id, kind, message, revision=revision)
    return _tried(visit, arrival_id, doing, "/cases/{case}", form="case", typed=typed)


@router.post("/cases/{reference}/reminder")
def write_reminder(visit: Acting, reference: str) -> Response:
    """The missing-items letter again, with a line that says so, held for release."""
    visit.desk.work.remind(reference, actor=visit.person.name)
    return RedirectResponse(f"/cases/{reference}/letter", status_code=303)


def _shown(papers: tuple[Part, ...], wanted: str) -> Part | None:
    """The paper that was asked for; else the first that can be drawn."""
    return next((part for part in papers if part.sha256 == wanted), next((part for part in papers if part.kind in DRAWN), None))


def _acts(visit: Visit) -> MailActs:
    return MailActs(visit.desk, visit.person.name, visit.t)


def _tried(
    visit: Visit, arrival_id: int, doing: Callable[[], Case | None], there: str, *, form: str = "mail", typed: Mapping[str, str] | None = None
) -> Response:
    """On to where the act leads (``{case}``: the reference of the case that it gave); else the mail again, with the reason at the form."""
    came: list[Case | None] = []
    try:
        refused = refusal(visit, lambda: came.append(doing()), form=form, typed=typed or {})
    except NoMail as error:
        raise HTTPException(404) from error
    if refused is not None:
        return show_mail(visit, arrival_id, refused=refused)
    case = came[-1]
    return RedirectResponse(there.format(case=case.reference if case else ""), status_code=303)


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
    return tuple((name, mask_hkid(value)) for name in HEADERS for value in message.headers_named(name)[:3])


def _part(visit: Visit, mail: MailOnRecord, sha256: str) -> Part:
    part = originals_of(visit).file((mail.arrival.sha256,), sha256) if mail.arrival.sha256 else None
    if part is None:
        raise HTTPException(404)
    return part
