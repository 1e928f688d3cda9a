"""The forms by which staff act on a case: each leads back to the case, or says at the form itself, with what was typed, why nothing changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from parsers.corrections import PaperTold
from review.desk import WorkError
from review.mail_acts import MailActs
from review.pages.cases import show_case
from review.plain_reasons import plain_reason
from review.refusals import Refused, is_away
from review.visit import Acting, Visit
from storage.blobs import BlobError
from storage.cases import case_by_reference, current_run
from storage.errors import StorageError
from storage.values import CaseState

router = APIRouter()
Given = Annotated[str, Form()]
Several = Annotated[list[str], Form()]


@router.post("/cases/{reference}/fields")
def say_value(
    visit: Acting, reference: str, key: Given = "", act: Given = "say", value: Given = "", reason: Given = "", revision: Given = ""
) -> Response:
    """What a field's value is: typed (``say``), as it was read (``confirm``), none (``empty``); ``take_back``: what was said of it counts no more."""

    def doing() -> None:
        if act == "confirm":
            visit.acts.confirm_value(reference, key=key, revision=revision)
        elif act == "take_back":
            visit.acts.take_back_value(reference, key=key, revision=revision)
        else:
            visit.acts.say_value(reference, key=key, text=None if act == "empty" else value, reason=reason, revision=revision)

    return tried(visit, reference, doing, form="value", item=key, typed={"value": value, "reason": reason, "act": act}, focus=key)


@router.post("/cases/{reference}/findings")
def overrule_finding(
    visit: Acting,
    reference: str,
    check: Given = "",
    fingerprint: Given = "",
    reason: Given = "",
    revision: Given = "",
    stands: Annotated[bool, Form()] = True,
) -> Response:
    def doing() -> None:
        visit.acts.overrule(reference, check=check, fingerprint=fingerprint, reason=reason, stands=stands, revision=revision)

    return tried(visit, reference, doing, form="finding", item=fingerprint, typed={"reason": reason}, anchor="h-look")


@router.post("/cases/{reference}/papers")
def tell_papers_apart(
    visit: Acting,
    reference: str,
    sha256: Given = "",
    act: Given = "say",
    first: Several = [],  # noqa: B006 (FastAPI copies it)
    last: Several = [],  # noqa: B006
    kind: Several = [],  # noqa: B006
    reason: Given = "",
    revision: Given = "",
) -> Response:
    """Which papers a file holds: one row a paper, rows without pages left out; ``take_back``: as it was read."""

    def doing() -> None:
        with visit.desk.database.reading() as tx:
            case = case_by_reference(tx, reference)
            run = current_run(tx, case.id) if case else None
        papers = [each for each in run.application.documents if each.sha256 == sha256] if run else []
        if not papers:
            raise WorkError(visit.t("case.no_file"))
        told = () if act == "take_back" else tuple(_told(visit, first, last, kind))
        if act != "take_back" and not told:
            raise WorkError(visit.t("problem.no_papers"))
        pages = max(paper.last_page for paper in papers)
        visit.acts.lay_out(reference, sha256=sha256, papers=told, pages=pages, reason=reason, revision=revision)

    typed = {f"{name}{number}": text for name, texts in (("first", first), ("last", last), ("kind", kind)) for number, text in enumerate(texts)}
    return tried(visit, reference, doing, form="papers", item=sha256, typed=typed, anchor="h-papers", sha256=sha256)


@router.post("/cases/{reference}/recheck")
def check_again(visit: Acting, reference: str, revision: Given = "") -> Response:
    return tried(visit, reference, lambda: visit.acts.recheck(reference, revision=revision), form="case")


@router.post("/cases/{reference}/state")
def change_state(visit: Acting, reference: str, state: Annotated[CaseState, Form()], reason: Given = "", revision: Given = "") -> Response:
    def doing() -> None:
        visit.acts.change_state(reference, state, reason=reason, revision=revision)

    return tried(visit, reference, doing, form="state" if state is CaseState.WITHDRAWN else "case", typed={"reason": reason})


@router.post("/cases/{reference}/suggestions/{suggestion}")
def answer_suggestion(visit: Acting, reference: str, suggestion: int, accepted: Annotated[bool, Form()], revision: Given = "") -> Response:
    """A mail that may belong to the case belongs to it, or does not."""

    def doing() -> None:
        mails = MailActs(visit.desk, visit.person.name, visit.t)
        mails.answer_suggestion(reference, suggestion, accepted=accepted, revision=revision)

    return tried(visit, reference, doing, form="case")


def tried(
    visit: Visit,
    reference: str,
    doing: Callable[[], object],
    *,
    form: str,
    item: str = "",
    typed: Mapping[str, str] | None = None,
    focus: str = "",
    anchor: str = "",
    sha256: str = "",
) -> Response:
    """Back to the case once it is done; else the case as it is now, with the reason at the form and what was typed still in it."""
    refused = refusal(visit, doing, form=form, item=item, typed=typed or {})
    if refused is not None:
        return show_case(visit, reference, focus=focus, sha256=sha256, page=1 if sha256 else 0, refused=refused)
    there = f"/cases/{reference}?focus={quote(focus)}" if focus else f"/cases/{reference}"
    return RedirectResponse(there + (f"#{anchor}" if anchor else ""), status_code=303)


def refusal(visit: Visit, doing: Callable[[], object], *, form: str, item: str = "", typed: Mapping[str, str]) -> Refused | None:
    """Does it; what the person must be told where it cannot be done."""
    try:
        doing()
    except (WorkError, StorageError, BlobError) as error:
        away = is_away(error)
        message = visit.t("problem.away") if away else plain_reason(str(error), visit.t.code)
        return Refused(form, item, message, dict(typed), 503 if away else 409)
    return None


def _told(visit: Visit, first: list[str], last: list[str], kind: list[str]) -> list[PaperTold]:
    """The rows that name pages. Raises WorkError for one that names none."""
    told = []
    for starts, ends, code in zip(first, last, kind, strict=False):
        if not starts.strip() and not ends.strip():
            continue
        numbers = starts.strip() or ends.strip(), ends.strip() or starts.strip()
        if not all(number.isascii() and number.isdecimal() and 0 < int(number) < 100_000 for number in numbers):
            raise WorkError(visit.t("problem.no_page_number", text=f"{starts} {ends}"[:40]))
        told.append(PaperTold(first_page=int(numbers[0]), last_page=int(numbers[1]), kind=code))
    return told
