"""The dashboard, what corrections teach, and second looks at what was decided without a person."""

from __future__ import annotations

from checks.values import Verdict
from replies.values import Template
from storage import outbox
from storage.accuracy import accuracy
from storage.insight import straight_through
from storage.second_looks import second_looks
from storage.staff import correct
from storage.values import LetterState
from tests.review.conftest import Office
from tests.review.test_access import csrf_of
from tests.storage.build import NOW, decision, later, open_case, reply, run


def an_answered_case(office: Office) -> str:
    with office.desk.database.transaction() as tx:
        case = open_case(tx)
        run(tx, case, decision(Verdict.INCOMPLETE))
        letter = outbox.queue(tx, case_id=case.id, reply=reply(template=Template.MISSING_ITEMS), message_id=f"<{case.id}@s.example>", at=NOW)
        assert letter is not None
        assert outbox.claim(tx, NOW) is not None
        outbox.settle(tx, letter.id, LetterState.ACCEPTED, at=NOW)
    return case.reference


def test_the_dashboard_draws_its_charts_with_their_figures_in_both_languages(office: Office) -> None:
    an_answered_case(office)
    client = office.logged_in()
    page = client.get("/dashboard").text
    assert page.count("<svg") >= 4
    assert "1 of 2 applications (50%)" in page
    assert "<script>" not in page
    assert "每周來函" in client.get("/dashboard", headers={"accept-language": "zh-HK"}).text


def test_corrections_tell_how_well_a_field_is_read(office: Office) -> None:
    with office.desk.database.transaction() as tx:
        correct(tx, 1, "applicant.br_number", "12345678", actor="chan", at=later(days=1))
        correct(tx, 1, "project.total_cost", 880001, actor="chan", at=later(days=1))
        by_field, by_method = accuracy(tx)
        assert {one.key: one.right for one in by_field} == {"applicant.br_number": 1, "project.total_cost": 0}
        assert [(one.key, one.right, one.looked_at) for one in by_method] == [("ocr", 1, 2)]
    assert "50.0% (1)" in office.logged_in().get("/learning").text


def test_an_automatic_decision_is_drawn_and_looked_at_once(office: Office) -> None:
    reference = an_answered_case(office)
    client = office.logged_in()
    csrf = csrf_of(client.get("/learning").text)
    client.post("/learning/draw", data={"csrf": csrf})
    client.post("/learning/draw", data={"csrf": csrf})
    with office.desk.database.reading() as tx:
        (look,) = second_looks(tx, waiting=True)
        assert (look.reference, straight_through(tx).untouched) == (reference, 1)
    assert client.post(f"/learning/{look.id}", data={"csrf": csrf, "right": "false"}).status_code == 409, "a wrong one needs a reason"
    assert client.post(f"/learning/{look.id}", data={"csrf": csrf, "right": "false", "reason": "the form is signed"}).status_code == 303
    assert "the form is signed" in client.get("/learning").text
    assert client.post(f"/learning/{look.id}", data={"csrf": csrf, "right": "true"}).status_code == 409
