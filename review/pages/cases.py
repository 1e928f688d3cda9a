"""One case on one screen: what was read, from where, what was found, what was written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from parsers.values import FileKind, Page, Part
from review.case_view import CaseView, Place, case_view
from review.desk import WorkError
from review.originals import DRAWN, Originals
from review.security import SANDBOXED
from review.visit import Looking, Visit
from storage.audit import note
from storage.cases import arrivals_of, case_by_reference, current_run
from storage.database import Transaction
from storage.outbox import letters_of_case
from storage.register import case_record
from storage.site import be_present, others_present, revision_of
from storage.staff import corrections
from storage.suggestions import open_suggestions
from storage.values import Case

router = APIRouter()
PRESENT = timedelta(minutes=2)
DPI, CLOSE_DPI = 110, 200


@router.get("/cases/{reference}")
def case_page(visit: Looking, reference: str, focus: str = "", sha256: str = "", page: int = 0) -> Response:
    """The whole case. ``focus``: the key of a field to be shown first; else the page asked for; else what needs a look first."""
    desk, now = visit.desk, visit.desk.clock()
    with desk.database.transaction() as tx:
        record = case_record(tx, reference)
        if record is None:
            raise HTTPException(404)
        note(tx, at=now, actor=visit.person.name, action="case shown", reference=reference)
        be_present(tx, record.case.id, visit.person.name, now)
        others = others_present(tx, record.case.id, besides=visit.person.name, since=now - PRESENT)
        revision = revision_of(tx, record.case.id, reference)
        said = corrections(tx, record.case.id)
        letters = letters_of_case(tx, record.case.id)
        suggestions = tuple(one for one in open_suggestions(tx) if one.case_id == record.case.id)
    view = case_view(record.current, desk.catalogue, visit.t, said) if record.current else None
    place = _place_of(view, focus, sha256, page)
    return visit.page(
        "case.html.j2", record=record, case=record.case, view=view, others=others, revision=revision, now=now, focus=focus, letters=letters,
        suggestions=suggestions, **(_page_values(visit, record.case, view, place) if view and place else {"place": None}),
    )  # fmt: skip


@router.get("/cases/{reference}/page")
def page_fragment(visit: Looking, reference: str, sha256: str, page: int = 1, focus: str = "") -> Response:
    """One page with its boxes, to be put into the screen. Without scripts the whole screen comes instead."""
    if not visit.is_fragment:
        return case_page(visit, reference, focus, sha256, page)
    case, view = _case_and_view(visit, reference)
    with visit.desk.database.transaction() as tx:
        note(tx, at=visit.desk.clock(), actor=visit.person.name, action="page shown", reference=reference, detail=f"{sha256[:12]} page {page}")
    return visit.page("_page.html.j2", case=case, view=view, focus=focus, **_page_values(visit, case, view, Place(sha256, page)))


@router.get("/cases/{reference}/files/{sha256}/{page}.png")
def page_picture(visit: Looking, reference: str, sha256: str, page: int, close: bool = False) -> Response:
    """A page as a picture; nothing active ever reaches a browser."""
    case, mails = _case_and_mails(visit, reference)
    part = _file(visit, mails, sha256)
    picture = originals_of(visit).picture(part, page, CLOSE_DPI if close else DPI)
    with visit.desk.database.transaction() as tx:
        note(tx, at=visit.desk.clock(), actor=visit.person.name, action="page shown", reference=case.reference, detail=f"{sha256[:12]} page {page}")
    return Response(picture.png, media_type="image/png")


@router.get("/cases/{reference}/files/{sha256}/original")
def original(visit: Looking, reference: str, sha256: str) -> Response:
    """The file as it came, to be saved and never shown by the browser."""
    case, mails = _case_and_mails(visit, reference)
    part = _file(visit, mails, sha256)
    with visit.desk.database.transaction() as tx:
        note(tx, at=visit.desk.clock(), actor=visit.person.name, action="original shown", reference=case.reference, detail=sha256[:12])
    headers = {"Content-Disposition": f'attachment; filename="{case.reference}-{sha256[:12]}.{_ending(part)}"', "Content-Security-Policy": SANDBOXED}
    return Response(part.data, media_type="application/octet-stream", headers=headers)


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
    return case, case_view(run, visit.desk.catalogue, visit.t, said)


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
    if focus:
        found = next((line.place for line in view.lines() if line.key == focus and line.place), None)
        if found is not None:
            return found
    return Place(sha256, page) if sha256 and page > 0 else view.first


def _page_values(visit: Visit, case: Case, view: CaseView, place: Place) -> dict[str, Any]:
    """What the template of one page needs: its size in points, its boxes, or why it cannot be shown."""
    with visit.desk.database.reading() as tx:
        mails = arrivals_of(tx, case.id)
    paper = next((paper for paper in view.papers if paper.document.sha256 == place.sha256), None)
    shown = {"place": place, "lines": view.on_page(place.sha256, place.page), "paper": paper, "size": (595.0, 842.0), "drawn": None, "trouble": ""}
    try:
        part = _file(visit, mails, place.sha256)
        if part.kind in DRAWN:
            picture = originals_of(visit).picture(part, place.page, DPI)
            return shown | {"size": (picture.width, picture.height)}
        page = _read_page(visit, part, place.page)
        return shown | {"size": (page.width, page.height), "drawn": page.words}
    except WorkError as error:
        return shown | {"trouble": str(error)}
    except HTTPException:
        return shown | {"trouble": visit.t("case.no_file")}


def _read_page(visit: Visit, part: Part, number: int) -> Page:
    pages = visit.desk.work.read(part.data, part.kind).pages
    if not 1 <= number <= len(pages):
        raise WorkError(visit.t("case.no_page"))
    return pages[number - 1]


def _ending(part: Part) -> str:
    return {FileKind.JPEG: "jpg", FileKind.OTHER: "bin", FileKind.EMPTY: "bin"}.get(part.kind, part.kind.value)
