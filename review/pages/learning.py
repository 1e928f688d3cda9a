"""What staff's corrections teach: how well each field is read, which checks are overruled, and second looks at what was decided without a person."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from review.desk import WorkError
from review.pages.dashboard import label_of
from review.pages.queues import terms_of
from review.visit import Acting, Looking
from storage.accuracy import Share, accuracy, overrulings_by_check, untouched_values
from storage.audit import note
from storage.errors import StorageError
from storage.insight import straight_through
from storage.queues import queue_counts
from storage.second_looks import answer_second_look, draw_second_looks, second_looks, second_looks_found_right

router = APIRouter()
DRAWN = 10
Given = Annotated[str, Form()]


@router.get("/learning")
def learning_page(visit: Looking) -> Response:
    with visit.desk.database.transaction() as tx:
        by_field, by_method = accuracy(tx)
        waiting, done = second_looks(tx, waiting=True), second_looks(tx, waiting=False)
        values: dict[str, Any] = {"by_field": by_field, "by_method": by_method, "overruled": overrulings_by_check(tx)}
        values["through"] = straight_through(tx)
        values["free_by_field"], values["free_by_method"] = untouched_values(tx)
        right, looked = second_looks_found_right(tx)
        counts = queue_counts(tx, terms_of(visit))
        note(tx, at=visit.desk.clock(), actor=visit.person.name, action="second looks shown", detail=f"{len(waiting)} waiting")
    return visit.page(
        "learning.html.j2", **values, waiting=waiting, done=done, counts=counts, queue=None, drawn=DRAWN,
        looked=Share(key="second looks", right=right, looked_at=looked),
        label=lambda key: label_of(visit.desk.catalogue, key, visit),
    )  # fmt: skip


@router.post("/learning/draw")
def draw(visit: Acting) -> Response:
    """Draws automatic decisions at random for second looks."""
    with visit.desk.database.transaction() as tx:
        drawn = draw_second_looks(tx, DRAWN, visit.desk.clock())
        note(tx, at=visit.desk.clock(), actor=visit.person.name, action="second looks drawn", detail=str(drawn))
    return RedirectResponse("/learning#looks", status_code=303)


@router.post("/learning/{look_id}")
def answer(visit: Acting, look_id: int, right: Annotated[bool, Form()], reason: Given = "") -> Response:
    """Looked: right, or wrong because."""
    try:
        with visit.desk.database.transaction() as tx:
            answer_second_look(tx, look_id, right=right, reason=reason, actor=visit.person.name, at=visit.desk.clock())
            note(tx, at=visit.desk.clock(), actor=visit.person.name, action="second look", detail=f"look {look_id}: {'right' if right else 'wrong'}")
    except StorageError as error:
        raise WorkError(visit.t("learning.not_kept", reason=str(error))) from error
    return RedirectResponse("/learning#looks", status_code=303)
