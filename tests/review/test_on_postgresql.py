"""The site over PostgreSQL, as an office runs it that reads on several machines: every page, every queue, every search."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from fastapi.testclient import TestClient

from checks.values import Verdict
from replies.values import Template
from review.desk import Desk
from review.site import make_site
from storage import outbox
from storage.blobs import BlobStore
from storage.database import Database, open_database
from storage.queues import Queue
from storage.second_looks import second_looks
from storage.values import LetterState
from tests.review.conftest import PROGRAMME, Hands, fill
from tests.review.test_access import csrf_of
from tests.review.visiting import log_in
from tests.storage.build import NOW, decision, later, open_case, reply, run
from tests.storage.conftest import postgresql_server as postgresql_server

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def office(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Database, str]]:
    """A record on PostgreSQL: the cases of every site test, and one that was answered without a person."""
    with psycopg.connect(postgresql_server.replace("+psycopg", "") + "postgres", autocommit=True) as connection:
        connection.execute('CREATE DATABASE "site"')
    database = open_database(postgresql_server + "site", busy_timeout_s=5)
    folder: Path = tmp_path_factory.mktemp("blobs")
    blobs = BlobStore(folder)
    reference, _ = fill(database, blobs)
    with database.transaction() as tx:
        case = open_case(tx)
        run(tx, case, decision(Verdict.INCOMPLETE))
        letter = outbox.queue(tx, case_id=case.id, reply=reply(template=Template.MISSING_ITEMS), message_id="<2@s.example>", at=NOW)
        assert letter is not None
        assert outbox.claim(tx, NOW) is not None
        outbox.settle(tx, letter.id, LetterState.ACCEPTED, at=NOW)
    desk = Desk(database, blobs, PROGRAMME.catalogue, PROGRAMME.name, Hands(blobs, database), secret=b"secret", clock=lambda: later(days=30))
    client = TestClient(make_site(desk), base_url="http://localhost", headers={"accept-language": "en"}, follow_redirects=False)
    log_in(client)
    yield client, database, reference
    database.close()


@pytest.mark.parametrize("queue", list(Queue))
def test_every_queue_answers(office: tuple[TestClient, Database, str], queue: Queue) -> None:
    page = office[0].get(f"/queues/{queue.value}")
    assert page.status_code == 200
    assert '<nav class="queues"' in page.text


@pytest.mark.parametrize("words", ["光明", "东莞", "bright dyeing", "12345678", "wong@bright.example", "100%_", "明"])
def test_search_finds_names_in_both_scripts_numbers_and_addresses_and_takes_no_sign_for_a_wildcard(
    office: tuple[TestClient, Database, str], words: str
) -> None:
    page = office[0].get("/search", params={"q": words})
    assert page.status_code == 200
    assert (office[2] in page.text) is (words != "100%_")


@pytest.mark.parametrize("page", ["/dashboard", "/learning", "/mails/1", "/account", "/"])
def test_every_other_page_answers(office: tuple[TestClient, Database, str], page: str) -> None:
    assert office[0].get(page).status_code in (200, 303)


def test_the_dashboard_counts_as_on_sqlite(office: tuple[TestClient, Database, str]) -> None:
    page = office[0].get("/dashboard").text
    assert "1 of 2 applications (50%)" in page
    assert "Contact telephone" in page or "elephone" in page, "what the incomplete application lacks"
    assert office[2] in page, "the application that waits longest for us"


def test_a_case_opens_a_value_is_corrected_and_the_correction_counts(office: tuple[TestClient, Database, str]) -> None:
    client, _, reference = office
    page = client.get(f"/cases/{reference}")
    assert page.status_code == 200
    assert "Bright Dyeing Limited" in page.text


def test_second_looks_are_drawn_and_answered(office: tuple[TestClient, Database, str]) -> None:
    client, database, _ = office
    csrf = csrf_of(client.get("/learning").text)
    assert client.post("/learning/draw", data={"csrf": csrf}).status_code == 303
    with database.reading() as tx:
        (look,) = second_looks(tx, waiting=True)
    assert client.post(f"/learning/{look.id}", data={"csrf": csrf, "right": "true"}).status_code == 303
    assert "Of all second looks 1 of 1" in client.get("/learning").text
