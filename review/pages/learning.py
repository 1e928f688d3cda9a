"""What staff's corrections teach: how well each field is read, which checks are overruled, and second looks at what was decided without a person."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from review.details import check_in_words, field_in_words
from review.pages.acts import refusal
from review.pages.queues import terms_of
from review.refusals import NOTHING_REFUSED, Refused
from review.visit import Acting, Looking, Visit
from storage.accuracy import Share, accuracy, overrulings_by_check, untouched_values
from storage.audit import note
from storage.insight import straight_through
from storage.queues import queue_counts
from storage.second_looks import answer_second_look, draw_second_looks, second_looks, second_looks_found_right

router = APIRouter()
DRAWN = 10
Given = Annotated[str, Form()]


@router.get("/learning")
def learning_page(visit: Looking) -> Response:
    return show_learning(visit)


def show_learning(visit: Visit, *, refused: Refused = NOTHING_REFUSED) -> Response:
    """``refused``: an answer to a second look that could not be kept, said where it was given."""
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
        "learning.html.j2", status=refused.status, refused=refused, **values, waiting=waiting, done=done, counts=counts, queue=None, drawn=DRAWN,
        looked=Share(key="second looks", right=right, looked_at=looked),
        label=lambda key: field_in_words(visit, key), check_words=lambda check: check_in_words(visit, check),
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

    def doing() -> None:
        with visit.desk.database.transaction() as tx:
            answer_second_look(tx, look_id, right=right, reason=reason, actor=visit.person.name, at=visit.desk.clock())
            note(tx, at=visit.desk.clock(), actor=visit.person.name, action="second look", detail=f"look {look_id}: {'right' if right else 'wrong'}")

    refused = refusal(visit, doing, form="look", item=str(look_id), typed={"reason": reason})
    if refused is not None:
        return show_learning(visit, refused=refused)
    return RedirectResponse("/learning#looks", status_code=303)
