"""Fills a record with many cases in seconds, straight into its tables, for measuring how fast the site answers; run as a program it measures.

python -m tests.review.many_cases [number of cases]
"""

from __future__ import annotations

import itertools
import json
import random
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlmodel import insert

from checks.values import Verdict
from parsers.values import Application, Missing
from storage.database import Database, Transaction, open_database
from storage.references import reference_of
from storage.rows import ArrivalRow, CaseRow, FieldRow, FileReadRow, FindingRow, LetterRow, MessageRow, RunRow
from storage.run_details import record_details
from storage.values import ArrivalState, CaseKind, CaseState, LetterState
from tests.review.visiting import log_in
from tests.storage.build import NOW, application, decision, read, reply, sha

_ENGLISH = ("Bright", "Crane", "Harbour", "Lucky", "Golden", "Pacific", "Union", "Star", "River", "Victory")
_TRADES = ("Dyeing", "Printing", "Plastics", "Metal", "Textile", "Foods", "Paper", "Electronics")
_TOWNS = ("東莞", "深圳", "佛山", "中山", "惠州", "江門")
_CHINESE = ("光明", "鶴立", "海港", "鴻運", "金輝", "太平", "聯合", "星河")
_LETTERS = (8, 2, 3, 4, 13, 2, 2, 6, 7, 1, 1, 4, 2, 7, 8, 2, 1, 6, 6, 9, 3, 1, 2, 1, 2, 1)
_SIGNS = "".join(chr(0x4E00 + 7 * at) for at in range(900))
_STAFF = "The form gives one number and the certificate another."


def fill_many(database: Database, number: int = 10_000, *, seed: int = 5, papers: int = 4) -> None:
    """Cases of two years with form, decision, mail and letter; about one in six is flagged and open, the rest are answered and mostly closed."""
    chance = random.Random(seed)
    template = application()
    pages = _pages(random.Random(seed + 1))
    for start in range(0, number, 1000):
        with database.transaction() as tx:
            for case_id in range(start + 1, min(start + 1000, number) + 1):
                _case(tx, case_id, chance, template, pages, papers)


def _case(tx: Transaction, case_id: int, chance: random.Random, template: Application, pages: list[list[str]], number_of_papers: int) -> None:
    verdict = chance.choice((Verdict.REVIEW, Verdict.COMPLETE, Verdict.COMPLETE, Verdict.INCOMPLETE, Verdict.INCOMPLETE, Verdict.INCOMPLETE))
    at = NOW - timedelta(hours=chance.randrange(24 * 700))
    english = f"{chance.choice(_ENGLISH)} {chance.choice(_TRADES)} {case_id} Limited"
    factory = f"{chance.choice(_TOWNS)}{chance.choice(_CHINESE)}{chance.choice(('染廠', '印刷廠', '五金廠'))}有限公司"
    number = f"{10_000_000 + case_id}"
    fields = {**template.fields, "applicant.name_en": read("applicant.name_en", english), "factory.name": read("factory.name", factory)}
    fields |= {"applicant.br_number": read("applicant.br_number", number)}
    fields |= {f"provider.note_{at}": read(f"provider.note_{at}", f"{factory}第{at}項 {english}") for at in range(25)}
    fields |= {f"other.{at}": Missing(key=f"other.{at}") for at in range(10)}
    (paper,) = template.documents
    papers = tuple(
        paper.model_copy(update={"sha256": f"{number + case_id * 10:064x}", "part": f"{number}"}) for number in range(2, 2 + number_of_papers)
    )
    for each in papers:
        read_there = [{"words": [{"text": word} for word in [*english.split(), factory, *chance.choice(pages)]]} for _ in range(3)]
        packed = zlib.compress(json.dumps({"pages": read_there}).encode(), level=3)
        tx.execute(insert(FileReadRow).values(sha256=each.sha256, reader_version="r", read_at=at, packed=packed, tries=0))
    form = template.model_copy(update={"fields": fields, "documents": (*template.documents, *papers)})
    decided = decision(verdict, staff=_STAFF if verdict is Verdict.REVIEW else "")
    closed = verdict is not Verdict.REVIEW and chance.random() < 0.8
    row = {
        "id": case_id, "reference": reference_of(2026, case_id), "year": 2026, "number": case_id, "kind": CaseKind.APPLICATION.value,
        "state": (CaseState.CLOSED if closed else CaseState.OPEN).value, "language": "en", "opened_at": at, "received_on": at.date(),
        "completed_on": at.date() if verdict is Verdict.COMPLETE else None, "verdict": verdict.value, "applicant": english, "factory_name": factory,
        "br_number": number,
    }  # fmt: skip
    tx.execute(insert(CaseRow).values(**row))
    run = {
        "id": case_id, "case_id": case_id, "at": at, "cause": "run", "programme_hash": "p", "reader_version": "r", "verdict": verdict.value,
        "digest": str(case_id), "current": True, "application": form.model_dump_json(), "decision": decided.model_dump_json(),
    }  # fmt: skip
    tx.execute(insert(RunRow).values(**run))
    record_details(tx, case_id, case_id, form, decided)
    mail = {
        "id": case_id, "mailbox": "INBOX", "uidvalidity": 1, "uid": case_id, "sha256": f"{case_id:064x}", "size": 9, "seen_at": at,
        "state": ArrivalState.DECIDED.value, "message_class": "application", "case_id": case_id, "decided_at": at, "attended": False,
        "new_paper": True,
    }  # fmt: skip
    tx.execute(insert(ArrivalRow).values(**mail))
    head = {
        "arrival_id": case_id,
        "message_id": f"<{case_id}@a.example>",
        "in_reply_to": "",
        "references": "",
        "subject": f"Application of {english}",
    }
    tx.execute(insert(MessageRow).values(**head, sender=f"office{case_id}@company.example", sender_name="Wong Siu Ming", received_on=at.date()))
    letter = reply(cause=sha("a")).model_copy(update={"text": f"Dear applicant,\n\nWe have received the application of {english}.\n" * 6})
    state = chance.choice((LetterState.ACCEPTED,) * 19 + (LetterState.HELD,))
    sent = {
        "case_id": case_id, "arrival_id": case_id, "template": letter.template.value, "cause": letter.cause, "message_id": f"<{case_id}@s.example>",
        "to_address": "a@company.example", "to_domain": "company.example", "reply": letter.model_dump_json(), "state": state.value, "queued_at": at,
        "next_at": at, "settled_at": at, "reason": "", "attended": False, "copy_due": False, "attempts": 1,
    }  # fmt: skip
    tx.execute(insert(LetterRow).values(**sent))


def _pages(chance: random.Random, number: int = 400) -> list[list[str]]:
    """Pages of some two hundred words, half of their signs Chinese."""
    return [
        ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", weights=_LETTERS, k=chance.randrange(2, 10))) for _ in range(150)]
        + ["".join(chance.choices(_SIGNS, k=chance.randrange(2, 9))) for _ in range(60)]
        for _ in range(number)
    ]


def measured(title: str, act: Callable[[], object], times: int = 7) -> None:
    """Prints the median of so many tries, in milliseconds of this process's own time and of the clock."""
    took = []
    for _ in range(times):
        cpu, clock = time.process_time(), time.perf_counter()
        act()
        took.append((time.process_time() - cpu, time.perf_counter() - clock))
    cpu, clock = (sorted(each)[times // 2] * 1000 for each in zip(*took, strict=True))
    print(f"{title:<46} {cpu:8.1f} ms CPU {clock:8.1f} ms")


def main(number: int) -> None:
    """Fills a record, opens the site over it and asks for its pages as a browser would."""
    from fastapi.testclient import TestClient

    from intake.programme import load_programme
    from review.desk import Desk
    from review.site import make_site
    from storage.blobs import BlobStore
    from storage.search import catch_up, search
    from storage.staff import add_login
    from storage.values import StaffRole
    from tests.review.conftest import HASH, PASSWORD, Hands

    programme = load_programme()
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/intake.sqlite3")
        began = time.process_time()
        fill_many(database, number)
        print(f"{number} cases filled in {time.process_time() - began:.1f} s CPU")
        began = time.process_time()
        for _ in itertools.count():
            with database.transaction() as tx:
                if catch_up(tx, 1000) < 1000:
                    break
        print(f"taken up for searching in {time.process_time() - began:.1f} s CPU; {Path(folder, 'intake.sqlite3').stat().st_size / 1e6:.0f} MB")
        with database.transaction() as tx:
            add_login(tx, "chan", HASH, at=NOW, role=StaffRole.OFFICER)
        blobs = BlobStore(Path(folder) / "blobs")
        desk = Desk(database, blobs, programme.catalogue, programme.name, Hands(blobs), secret=b"s", clock=lambda: NOW)
        client = TestClient(make_site(desk), base_url="http://localhost", follow_redirects=False)
        log_in(client, "chan", PASSWORD)
        for words in ("光明", "东莞鹤立", "bright dyeing", "10004242", "wong", "office77", "nothing such", "明"):
            with database.reading() as tx:
                found = len(search(tx, words))
                measured(f"search {words!r} ({found} found)", lambda words=words, tx=tx: search(tx, words))  # type: ignore[misc]
        pages = [
            "/queues/flagged", "/queues/flagged?after=1000", "/queues/to_release", "/queues/reminders", "/search?q=光明", "/search?q=wong",
            "/dashboard",
            "/learning", f"/cases/{reference_of(2026, 4242)}",
        ]  # fmt: skip
        for page in pages:
            status = client.get(page).status_code
            measured(f"GET {page} ({status})", lambda page=page: client.get(page))  # type: ignore[misc]
        database.close()


_ROWS = (FieldRow, FindingRow)  # written by record_details

if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
