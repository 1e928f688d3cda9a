"""One case on one screen: what was read, from where, what was found, what was written."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

from fastapi import APIRouter, HTTPException
from starlette.responses import RedirectResponse, Response

from parsers.corrections import standing_words
from parsers.identifiers import mask_hkid
from parsers.values import FileKind, Page, Part
from review.case_values import CaseView, Place
from review.case_view import case_view
from review.desk import WorkError
from review.details import check_in_words, detail_in_words
from review.originals import DRAWN, Originals, close_up, masked_words
from review.plain_reasons import plain_reason
from review.refusals import NOTHING_REFUSED, Refused
from review.security import SANDBOXED
from review.visit import Looking, Visit
from storage.audit import note
from storage.blobs import BlobError
from storage.cases import arrivals_of, case_by_reference, current_run
from storage.database import Transaction
from storage.errors import StorageError
from storage.mails import MailOfCase, mails_of_case, sender_known
from storage.outbox import letters_of_case
from storage.queues import DATA_REQUEST_DAYS, next_flagged
from storage.register import case_record
from storage.site import LOOKS, be_present, others_present, revision_of
from storage.staff import corrections
from storage.suggestions import open_suggestions
from storage.values import Case, CaseKind, CaseRecord

router = APIRouter()
PRESENT = timedelta(minutes=2)
DPI, CLOSE_DPI = 110, 200
TURNS = (0, 90, 180, 270)
ZOOMS = (1, 2, 3, 4)


@router.get("/cases/{reference}")
def case_page(visit: Looking, reference: str, focus: str = "", sha256: str = "", page: int = 0, turn: int = 0, zoom: int = 1) -> Response:
    """The whole case. ``focus``: the key of a field to be shown first; else the page asked for; else what needs a look first."""
    return show_case(visit, reference, focus=focus, sha256=sha256, page=page, turn=turn, zoom=zoom)


def show_case(
    visit: Visit,
    reference: str,
    *,
    focus: str = "",
    sha256: str = "",
    page: int = 0,
    turn: int = 0,
    zoom: int = 1,
    refused: Refused = NOTHING_REFUSED,
    second: tuple[str, str] = ("", ""),
) -> Response:
    """The screen of a case; ``refused``: what the person asked for and cannot have, said where it was asked for; ``second``: of which field
    the second reader was asked, and what it says."""
    desk, now = visit.desk, visit.desk.clock()
    with desk.database.transaction() as tx:
        record = case_record(tx, reference)
        if record is None:
            raise HTTPException(404)
        note(tx, at=now, actor=visit.person.name, action="case shown", reference=reference)
        be_present(tx, record.case.id, visit.person.name, now)
        others = others_present(tx, record.case.id, besides=visit.person.name, since=now - PRESENT)
        revision = revision_of(tx, record.case.id, reference)
        letters = letters_of_case(tx, record.case.id)
        suggestions = open_suggestions(tx, case_id=record.case.id)
        mails = mails_of_case(tx, record.case.id)
        known = _others_of_the_sender(tx, record.case, mails)
    view = case_view(record.current, desk.catalogue, visit.t, record.corrections, desk.clauses) if record.current else None
    place = _place_of(view, focus, sha256, page)
    said = what_stands(record, view)
    shown = _page_values(visit, record.case, view, place, turn=turn, zoom=zoom) if view and place else {"place": None}
    return visit.page(
        "case.html.j2", status=refused.status, record=record, case=record.case, view=view, others=others, revision=revision, now=now, focus=focus,
        letters=letters, suggestions=suggestions, mails=mails, refused=refused, kinds=desk.catalogue.documents, mask=mask_hkid, looks=LOOKS,
        second=second, asked=_asked(visit, record.case), detail=partial(detail_in_words, visit), check_words=partial(check_in_words, visit),
        reason=lambda said: plain_reason(said, visit.t.code), title=_title(record.case, mails), known=known, due_on=_due_on(record.case),
        **said, **shown,
    )  # fmt: skip


@router.get("/cases/{reference}/page")
def page_fragment(visit: Looking, reference: str, sha256: str, page: int = 1, focus: str = "", turn: int = 0, zoom: int = 1) -> Response:
    """One page with its boxes, to be put into the screen. Without scripts the whole screen comes instead."""
    if not visit.is_fragment:
        return show_case(visit, reference, focus=focus, sha256=sha256, page=page, turn=turn, zoom=zoom)
    case, view = _case_and_view(visit, reference)
    with visit.desk.database.transaction() as tx:
        note(tx, at=visit.desk.clock(), actor=visit.person.name, action="page shown", reference=reference, detail=f"{sha256[:12]} page {page}")
    values = _page_values(visit, case, view, Place(sha256, page), turn=turn, zoom=zoom)
    return visit.page("_page.html.j2", case=case, view=view, focus=focus, mask=mask_hkid, **values)


@router.get("/cases/{reference}/presence")
def presence(visit: Looking, reference: str, revision: str = "") -> Response:
    """Who else has the case open, and whether anybody changed it since this page was made. Asked every few seconds; no look of its own."""
    now = visit.desk.clock()
    with visit.desk.database.transaction() as tx:
        case = _case(tx, reference)
        be_present(tx, case.id, visit.person.name, now)
        others = others_present(tx, case.id, besides=visit.person.name, since=now - PRESENT)
        same = revision_of(tx, case.id, reference) == revision
    return visit.page("_presence.html.j2", case=case, others=others, revision=revision, changed=not same)


@router.get("/cases/{reference}/second")
def second_view(visit: Looking, reference: str, key: str) -> Response:
    """What the second reader makes of the place where a value was read. Without scripts the whole screen comes with it."""
    case, view = _case_and_view(visit, reference)
    line = next((each for each in view.lines() if each.key == key and each.is_picture and each.place), None)
    if line is None or line.place is None or line.place.box is None:
        raise HTTPException(404)
    with visit.desk.database.reading() as tx:
        mails = arrivals_of(tx, case.id)
    picture = originals_of(visit).picture(_file(visit, mails, line.place.sha256), line.place.page, CLOSE_DPI)
    piece = close_up(picture, ",".join(f"{number:.2f}" for number in line.place.box), around=3.0, least=(0.0, 0.0))
    words = mask_hkid(visit.desk.work.second_view(piece, CLOSE_DPI, chinese=any("\u3400" <= letter <= "\u9fff" for letter in line.text)))
    with visit.desk.database.transaction() as tx:
        note(tx, at=visit.desk.clock(), actor=visit.person.name, action="page shown", reference=reference, detail="second reader")
    if visit.is_fragment:
        return visit.page("_second.html.j2", line=line, words=words)
    return show_case(visit, reference, focus=key, second=(key, words))


@router.get("/cases/{reference}/next")
def next_case(visit: Looking, reference: str) -> Response:
    """On to the flagged case that waits longest after this one; where none does, to the queue."""
    with visit.desk.database.reading() as tx:
        following = next_flagged(tx, _case(tx, reference))
    return RedirectResponse(f"/cases/{following}" if following else "/queues/flagged", status_code=303)


@router.get("/cases/{reference}/files/{sha256}/{page}.png")
def page_picture(visit: Looking, reference: str, sha256: str, page: int, close: bool = False, box: str = "") -> Response:
    """A page as a picture, or what stands in a ``box`` of it (four numbers in points) close up; nothing active ever reaches a browser."""
    case, mails = _case_and_mails(visit, reference)
    part = _file(visit, mails, sha256)
    picture = originals_of(visit).picture(part, page, CLOSE_DPI if close or box else DPI)
    png = close_up(picture, box) if box else picture.png
    with visit.desk.database.transaction() as tx:
        note(tx, at=visit.desk.clock(), actor=visit.person.name, action="page shown", reference=case.reference, detail=f"{sha256[:12]} page {page}")
    return Response(png, media_type="image/png")


@router.get("/cases/{reference}/files/{sha256}/original")
def original(visit: Looking, reference: str, sha256: str) -> Response:
    """The file as it came, to be saved and never shown by the browser."""
    case, mails = _case_and_mails(visit, reference)
    part = _file(visit, mails, sha256)
    with visit.desk.database.transaction() as tx:
        note(tx, at=visit.desk.clock(), actor=visit.person.name, action="original shown", reference=case.reference, detail=sha256[:12])
    headers = {"Content-Disposition": f'attachment; filename="{case.reference}-{sha256[:12]}.{_ending(part)}"', "Content-Security-Policy": SANDBOXED}
    return Response(part.data, media_type="application/octet-stream", headers=headers)


def what_stands(record: CaseRecord, view: CaseView | None) -> dict[str, Any]:
    """What staff said of a case and did not take back: of values (each with its line on the screen), findings, papers."""
    lines = {line.key: line for line in view.lines()} if view else {}
    last = {word.fingerprint: word for word in record.overrulings}
    parted = {word.sha256: word for word in record.layouts}
    return {
        "said_values": [(lines[key], word) for key, word in standing_words(record.corrections).items() if key in lines],
        "said_findings": [word for word in last.values() if word.stands],
        "said_papers": [word for word in parted.values() if word.papers],
    }


def originals_of(visit: Visit) -> Originals:
    originals = visit.request.app.state.originals
    assert isinstance(originals, Originals)  # noqa: S101
    return originals


def _case_and_mails(visit: Visit, reference: str) -> tuple[Case, tuple[str, ...]]:
    with visit.desk.database.reading() as tx:
        case = _case(tx, reference)
        return case, arrivals_of(tx, case.id)


def _case_and_view(visit: Visit, reference: str) -> tuple[Case, CaseView]:
    with visit.desk.database.reading() as tx:
        case = _case(tx, reference)
        run = current_run(tx, case.id)
        said = corrections(tx, case.id)
    if run is None:
        raise HTTPException(404)
    return case, case_view(run, visit.desk.catalogue, visit.t, said, visit.desk.clauses)


def _case(tx: Transaction, reference: str) -> Case:
    case = case_by_reference(tx, reference)
    if case is None:
        raise HTTPException(404)
    return case


def _file(visit: Visit, mails: tuple[str, ...], sha256: str) -> Part:
    part = originals_of(visit).file(mails, sha256)
    if part is None:
        raise HTTPException(404)
    return part


def _place_of(view: CaseView | None, focus: str, sha256: str, page: int) -> Place | None:
    if view is None:
        return None
    if sha256 and page > 0:
        return Place(sha256, page)
    found = next((line.place for line in view.lines() if line.key == focus and line.place), None) if focus else None
    return found or _where_it_would_stand(view, focus) or view.first


def _where_it_would_stand(view: CaseView, focus: str) -> Place | None:
    findings = (found for found in (*view.for_staff, *view.for_applicant) if focus in found.keys)
    return next((place for found in findings for _, place in found.places), None)


def _page_values(visit: Visit, case: Case, view: CaseView, place: Place, *, turn: int = 0, zoom: int = 1) -> dict[str, Any]:
    """What the template of one page needs: its size in points, its boxes, its neighbours, or why it cannot be shown."""
    with visit.desk.database.reading() as tx:
        mails = arrivals_of(tx, case.id)
    paper = next((paper for paper in view.papers if paper.document.sha256 == place.sha256), None)
    pages = view.pages()
    at = next((number for number, each in enumerate(pages) if (each.sha256, each.page) == (place.sha256, place.page)), None)
    shown = {
        "place": place, "lines": view.on_page(place.sha256, place.page), "paper": paper, "size": (595.0, 842.0), "drawn": None, "trouble": "",
        "turn": turn if turn in TURNS else 0, "zoom": zoom if zoom in ZOOMS else 1, "pages": pages, "at": at,
        "before": pages[at - 1] if at else None, "after": pages[at + 1] if at is not None and at + 1 < len(pages) else None,
    }  # fmt: skip
    try:
        part = _file(visit, mails, place.sha256)
        if part.kind in DRAWN:
            picture = originals_of(visit).picture(part, place.page, DPI)
            return shown | {"size": (picture.width, picture.height)}
        page = _read_page(visit, part, place.page)
        return shown | {"size": (page.width, page.height), "drawn": masked_words(page.words)}
    except WorkError as error:
        return shown | {"trouble": plain_reason(str(error), visit.t.code)}
    except BlobError:
        return shown | {"trouble": visit.t("mail.not_kept")}  # what is on record of the case is there all the same
    except HTTPException:
        return shown | {"trouble": visit.t("case.no_file")}


def _title(case: Case, mails: tuple[MailOfCase, ...]) -> str:
    """Whom a case is of; where no applicant is known, what its first mail is about and who sent it."""
    return mask_hkid(case.applicant or " · ".join(part for part in (mails[0].subject, mails[0].sender) if part) if mails else case.applicant or "")


def _others_of_the_sender(tx: Transaction, case: Case, mails: tuple[MailOfCase, ...]) -> tuple[str, ...]:
    """The other cases of who opened this one, where it is about words: the application that is withdrawn or asked about."""
    if case.kind is CaseKind.APPLICATION or not mails:
        return ()
    return tuple(other for other in sender_known(tx, mails[0].sender, mails[0].id).references if other != case.reference)


def _due_on(case: Case) -> date | None:
    """By when the law wants a data access request met."""
    return case.received_on + timedelta(days=DATA_REQUEST_DAYS) if case.kind is CaseKind.DATA_REQUEST and case.received_on else None


def _asked(visit: Visit, case: Case) -> str:
    """The newest mail's own words, where a case is about words and not about papers: staff need not look for the question."""
    if case.kind is CaseKind.APPLICATION:
        return ""
    with visit.desk.database.reading() as tx:
        mails = arrivals_of(tx, case.id)
    try:
        return mask_hkid(visit.desk.work.message(mails[-1]).text.strip()) if mails else ""
    except (BlobError, StorageError, WorkError):
        return ""  # the mail's own page says what is wrong with it


def _read_page(visit: Visit, part: Part, number: int) -> Page:
    pages = visit.desk.work.read(part.data, part.kind).pages
    if not 1 <= number <= len(pages):
        raise WorkError(visit.t("case.no_page"))
    return pages[number - 1]


def _ending(part: Part) -> str:
    return {FileKind.JPEG: "jpg", FileKind.OTHER: "bin", FileKind.EMPTY: "bin"}.get(part.kind, part.kind.value)
