"""Another system works with cases over JSON: by a token, on what it looked at, and never twice for one request."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from review.site import make_site
from review.tokens import made
from storage.audit import trail
from storage.tokens import revoke_token
from storage.values import StaffRole
from tests.review.conftest import Office
from tests.review.test_access import csrf_of


def a_token(office: Office, name: str = "register", role: StaffRole = StaffRole.OFFICER, days: int = 30) -> str:
    with office.desk.database.transaction() as tx:
        token, _ = made(tx, name, role=role, lasts=timedelta(days=days), actor="ho", at=office.clock[0])
    return token


def caller(office: Office, token: str = "") -> TestClient:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return TestClient(make_site(office.desk), base_url="http://localhost", headers=headers, follow_redirects=False)


def problem(answer: httpx2.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    said = answer.json()
    assert said["status"] == answer.status_code
    return answer.status_code, said["type"].rpartition(":")[2]


def etag(client: TestClient, reference: str) -> str:
    return client.get(f"/api/v1/cases/{reference}").headers["etag"]


def actions(office: Office) -> list[tuple[str, str]]:
    with office.desk.database.reading() as tx:
        return [(entry.actor, entry.action) for entry in trail(tx)]


def test_without_a_token_nothing_is_told(office: Office) -> None:
    for path in ("/api/v1/cases", f"/api/v1/cases/{office.reference}", "/api/v1/openapi.json", "/api/v1/events"):
        answer = caller(office).get(path)
        assert problem(answer) == (401, "token")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert problem(caller(office, "intake_guessed").get("/api/v1/cases")) == (401, "token")


def test_a_token_ends_with_its_days_and_when_it_is_revoked(office: Office) -> None:
    short, revoked = caller(office, a_token(office, days=1)), caller(office, a_token(office, "other"))
    assert short.get("/api/v1/cases").status_code == 200
    with office.desk.database.transaction() as tx:
        revoke_token(tx, "other", office.clock[0])
    assert problem(revoked.get("/api/v1/cases")) == (401, "token")
    office.clock[0] += timedelta(days=1)
    assert problem(short.get("/api/v1/cases")) == (401, "token")


def test_a_case_is_told_in_the_words_of_the_vocabulary_and_the_look_is_on_record(office: Office) -> None:
    client = caller(office, a_token(office))
    answer = client.get(f"/api/v1/cases/{office.reference}")
    told = answer.json()
    assert told["reference"] == office.reference
    assert told["verdict"] == "review"
    assert told["application"]["findings"][0]["check"] == "br_number.agrees"
    assert set(told["application"]["missing"]) == {"fields", "documents"}
    assert answer.headers["etag"] == f'"{told["revision"]}"'
    assert answer.headers["cache-control"] == "no-store"
    assert ("token:register", "case shown") in actions(office)
    again = client.get(f"/api/v1/cases/{office.reference}", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.text) == (304, "")


def test_cases_come_in_pages_and_by_what_they_are(office: Office) -> None:
    client = caller(office, a_token(office))
    seen: list[str] = []
    there: str | None = "/api/v1/cases?limit=1"
    while there:
        page = client.get(there).json()
        seen += [case["reference"] for case in page["items"]]
        there = page["next"]
    everything = [case["reference"] for case in client.get("/api/v1/cases").json()["items"]]
    assert seen == everything
    assert len(seen) == 2
    enquiries = client.get("/api/v1/cases", params={"kind": "enquiry"}).json()["items"]
    assert [case["kind"] for case in enquiries] == ["enquiry"]
    assert client.get("/api/v1/cases", params={"verdict": "complete"}).json() == {"items": [], "next": None}


def test_an_act_is_the_sites_own_act_and_answers_with_the_new_revision(office: Office) -> None:
    client = caller(office, a_token(office))
    before = etag(client, office.reference)
    body = {"key": "applicant.br_number", "value": "1234 5678", "reason": "seen on the certificate"}
    answer = client.post(f"/api/v1/cases/{office.reference}/values", json=body, headers={"if-match": before})
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] != before
    assert answer.headers["etag"] == etag(client, office.reference)
    assert ("recheck", f"{office.reference} token:register") in office.hands.asked
    assert ("token:register", "value corrected") in actions(office)


def test_an_act_on_what_has_changed_since_is_refused(office: Office) -> None:
    client = caller(office, a_token(office))
    old = etag(client, office.reference)
    there, body = f"/api/v1/cases/{office.reference}/values", {"key": "applicant.br_number", "value": "12345678"}
    assert problem(client.post(there, json=body)) == (428, "revision-needed")
    assert problem(client.post(there, json=body, headers={"if-match": "*"})) == (428, "revision-needed")
    assert client.post(there, json=body, headers={"if-match": old}).status_code == 200
    refused = client.post(there, json=body, headers={"if-match": old})
    assert problem(refused) == (412, "changed")
    assert refused.headers["etag"] == etag(client, office.reference)


def test_a_request_sent_twice_under_one_key_is_done_once_and_answered_the_same(office: Office) -> None:
    client = caller(office, a_token(office))
    there = f"/api/v1/cases/{office.reference}/recheck"
    headers = {"if-match": etag(client, office.reference), "idempotency-key": "nightly-0001"}
    first, second = client.post(there, headers=headers), client.post(there, headers=headers)
    assert (first.status_code, first.json(), first.headers["etag"]) == (second.status_code, second.json(), second.headers["etag"])
    assert [what for what, _ in office.hands.asked].count("recheck") == 1
    other = client.post(f"/api/v1/cases/{office.reference}/state", json={"state": "closed"}, headers=headers)
    assert problem(other) == (422, "key-used")
    assert caller(office, a_token(office, "second")).post(there, headers=headers).status_code == 412, "a key is each caller's own"


def test_what_was_refused_may_be_asked_again_under_its_key(office: Office) -> None:
    client = caller(office, a_token(office))
    there = f"/api/v1/cases/{office.reference}/values"
    headers = {"if-match": etag(client, office.reference), "idempotency-key": "nightly-0002"}
    body = {"key": "applicant.br_number", "value": "no number"}
    assert problem(client.post(there, json=body, headers=headers)) == (409, "cannot")
    assert problem(client.post(there, json=body, headers=headers)) == (409, "cannot")


def test_a_reader_looks_and_does_not_act(office: Office) -> None:
    client = caller(office, a_token(office, role=StaffRole.READER))
    answer = client.post(f"/api/v1/cases/{office.reference}/recheck", headers={"if-match": etag(client, office.reference)})
    assert problem(answer) == (403, "role")
    assert office.hands.asked == []


def test_a_person_logged_in_looks_and_needs_the_sites_own_proof_to_act(office: Office) -> None:
    client = office.logged_in()
    tag = etag(client, office.reference)
    there = f"/api/v1/cases/{office.reference}/recheck"
    assert problem(client.post(there, headers={"if-match": tag})) == (403, "origin")
    proof = csrf_of(client.get("/queues/flagged").text)
    tag = etag(client, office.reference)
    assert client.post(there, headers={"if-match": tag, "x-csrf-token": proof}).status_code == 200


def test_a_letter_is_looked_at_and_released_as_it_was_looked_at(office: Office) -> None:
    client = caller(office, a_token(office))
    there = f"/api/v1/cases/{office.reference}/letter"
    due = client.get(there).json()
    assert due["template"] == "missing_items"
    headers = {"if-match": etag(client, office.reference)}
    assert problem(client.post(there, json={"shown": "0" * 32}, headers=headers)) == (409, "cannot")
    assert client.post(there, json={"shown": due["shown"]}, headers=headers).status_code == 200
    assert office.hands.asked[-1][0] == "release"


def test_a_held_letter_is_released_on_the_revision_of_its_case(office: Office) -> None:
    client = caller(office, a_token(office))
    letter = client.get(f"/api/v1/cases/{office.reference}/letters").json()[0]
    assert letter["state"] == "held"
    there = f"/api/v1/letters/{letter['id']}"
    answer = client.post(there, json={"state": "queued"}, headers={"if-match": etag(client, office.reference)})
    assert answer.status_code == 200, answer.text
    assert client.get(f"/api/v1/cases/{office.reference}/letters").json()[0]["state"] == "queued"
    assert problem(client.post("/api/v1/letters/99999999999", json={"state": "queued"}, headers={"if-match": '"1-1"'}))[0] in (404, 422)


def test_a_quarantined_mail_is_sent_round_again(office: Office) -> None:
    client = caller(office, a_token(office))
    (waiting,) = client.get("/api/v1/queues/quarantined").json()["items"]
    there = f"/api/v1/mails/{waiting['arrival_id']}"
    looked = client.get(there)
    assert client.post(f"{there}/retry", headers={"if-match": looked.headers["etag"]}).json()["state"] == "stored"
    assert problem(client.post(f"{there}/retry", headers={"if-match": looked.headers["etag"]})) == (412, "changed")


def test_a_file_is_given_to_be_saved_and_never_to_be_shown(office: Office) -> None:
    client = caller(office, a_token(office))
    answer = client.get(f"/api/v1/cases/{office.reference}/files/{office.form}")
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert ("token:register", "original shown") in actions(office)


def test_events_are_told_in_order_and_with_nothing_personal(office: Office) -> None:
    client = caller(office, a_token(office))
    office.clock[0] += timedelta(days=3650)
    client = caller(office, a_token(office, "later"))
    page = client.get("/api/v1/events").json()
    types = [event["type"] for event in page["items"]]
    assert types[0] == "case.received"
    assert {"case.decided", "case.flagged", "letter.held", "mail.received"} <= set(types)
    assert "bright" not in str(page).lower()
    assert client.get(page["next"]).json()["items"] == []


def test_too_many_calls_are_told_to_wait(office: Office) -> None:
    site = make_site(office.desk)
    client = TestClient(site, base_url="http://localhost", headers={"authorization": f"Bearer {a_token(office)}"})
    api = next(route.app for route in site.routes if getattr(route, "name", "") == "api")  # type: ignore[attr-defined]
    api.state.pace.a_minute = 3
    answers = [client.get("/api/v1/queues") for _ in range(6)]
    assert [answer.status_code for answer in answers][:3] == [200, 200, 200]
    assert problem(answers[-1]) == (429, "too-many")
    assert int(answers[-1].headers["retry-after"]) > 0


def test_guessing_tokens_is_slow(office: Office) -> None:
    client = caller(office)
    answers = [client.get("/api/v1/cases", headers={"authorization": f"Bearer intake_{number}"}).status_code for number in range(25)]
    assert answers[0] == 401
    assert answers[-1] == 429


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("values", {"key": "applicant.br_number"}),
        ("values", {"key": "applicant.br_number", "value": 5}),
        ("values", {"key": "k", "value": "v", "extra": 1}),
        ("state", {"state": "erased"}),
        ("overrulings", {}),
        ("papers", {"sha256": "x", "papers": []}),
        ("values", None),
    ],
)
def test_a_request_that_is_not_as_described_is_refused_with_its_faults_and_without_its_words(office: Office, path: str, body: Any) -> None:
    client = caller(office, a_token(office))
    answer = client.post(f"/api/v1/cases/{office.reference}/{path}", json=body, headers={"if-match": etag(client, office.reference)})
    assert problem(answer) == (422, "invalid")
    assert answer.json()["faults"]


def test_the_description_is_openapi_and_whole(office: Office) -> None:
    made_of = caller(office, a_token(office)).get("/api/v1/openapi.json").json()
    assert made_of["openapi"].startswith("3.1")
    names: set[str] = set()
    for path, operations in made_of["paths"].items():
        for method, operation in operations.items():
            assert operation["operationId"] not in names
            names.add(operation["operationId"])
            assert operation["security"] == [{"token": []}], path
            assert operation.get("description"), (method, path)
            assert {"401", "429"} <= set(operation["responses"])
            for status, answer in operation["responses"].items():
                assert status.startswith("2") or set(answer["content"]) == {"application/problem+json"}, (path, status)
            if method == "post":
                assert any(one["name"] == "If-Match" for one in operation["parameters"]), path
    for reference in _references(made_of):
        assert reference.rpartition("/")[2] in made_of["components"]["schemas"], reference


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [value for key, value in node.items() if key == "$ref"] + [found for value in node.values() for found in _references(value)]
    return [found for value in node for found in _references(value)] if isinstance(node, list) else []


def test_the_guide_names_every_operation_and_object_and_needs_no_script(office: Office) -> None:
    made_of = caller(office, a_token(office)).get("/api/v1/openapi.json").json()
    page = office.logged_in().get("/api-guide").text
    for path, operations in made_of["paths"].items():
        for method in operations:
            assert f"{method.upper()} /api{path}" in page
    for name, schema in made_of["components"]["schemas"].items():
        section = page.split(f'<section id="s-{name}"')[1].split("</section>")[0]
        for field in schema.get("properties", {}):
            assert f"<code>{field}</code>" in section, (name, field)
    targets = set(re.findall(r'href="#(s-[^"]+)"', page))
    assert targets
    assert all(f'id="{target}"' in page for target in targets)
    assert "<script>" not in page
    assert "://" not in page.replace("http://localhost/", "")
    assert office.client().get("/api-guide").status_code == 303, "who is not logged in is asked to"


def test_what_stands_in_an_address_or_a_header_is_never_described_as_null(office: Office) -> None:
    made_of = caller(office, a_token(office)).get("/api/v1/openapi.json").json()
    given = [each for path in made_of["paths"].values() for operation in path.values() for each in operation.get("parameters", [])]
    assert not any("null" in str(each["schema"]) for each in given)
    assert all(each["required"] for each in given if each["name"] == "If-Match")


@pytest.mark.parametrize("day", ["0", "1700000000", "5 March 2024", "2024-02-30", "2024-3-5"])
def test_a_day_is_written_in_one_way(office: Office, day: str) -> None:
    assert caller(office, a_token(office)).get("/api/v1/cases", params={"received_since": day}).status_code == 422
