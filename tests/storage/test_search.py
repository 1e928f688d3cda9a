"""Searching everything on record: two characters are enough, either script, and nothing of what was erased."""

from __future__ import annotations

import json
import time
import zlib
from datetime import date
from typing import Any

from sqlalchemy import insert, text

from checks.values import Verdict
from parsers.values import FileKind, FileRead, Message, Page, Part, PartRole, Word
from replies.values import Template
from storage import arrivals, erasure, outbox
from storage.database import Database, Transaction
from storage.queues import Queue, Terms
from storage.reads import remember_read
from storage.rows import FileReadRow
from storage.search import catch_up, forget_mails, is_behind, search
from storage.search_ahead import papers_to_take_up, take_up_papers
from storage.search_narrowed import Narrowed
from storage.search_papers import words_of
from storage.values import CaseKind
from tests.storage.build import NOW, application, arrive, decision, open_case, read, reply, run, sha


def test_a_case_is_found_by_two_characters_in_either_script_and_by_parts_of_numbers(database: Database) -> None:
    with database.transaction() as tx:
        case = open_case(tx)
        run(tx, case)
        run(tx, open_case(tx), form=application(read("factory.name", "佛山紡織廠")))
        assert is_behind(tx)
        catch_up(tx)
        assert not is_behind(tx)
        for words in ("光明", "东莞", "東莞染廠 bright"[:2], "明", "345678", "dyeing bright", case.reference[5:15]):
            assert [hit.reference for hit in search(tx, words)] == [case.reference], words
        assert len(search(tx, "廠")) == 2
        assert search(tx, "明光") == ()  # both characters are there, side by side the other way round
        assert search(tx, "bright 佛山") == ()
        assert search(tx, '"; DROP TABLE cases; --') == ()
        assert search(tx, '* " %') == ()


def test_letters_and_mails_without_a_case_are_found_and_say_where(database: Database) -> None:
    with database.transaction() as tx:
        case = open_case(tx)
        outbox.queue(tx, case_id=case.id, reply=reply(template=Template.RECEIPT), message_id="<1@s.example>", at=NOW)
        mail = arrive(tx, 7)
        tx.execute(
            text("INSERT INTO messages (arrival_id, in_reply_to, \"references\", sender_name, subject) VALUES (:id, '', '', '陳大文', '茶點訂單')"),
            {"id": mail.id},
        )
        catch_up(tx)
        (letter,) = search(tx, "received it")
        assert (letter.reference, letter.within) == (case.reference, ("letter",))
        (found,) = search(tx, "大文")
        assert (found.reference, found.arrival_id, found.title) == (None, mail.id, "茶點訂單")
        assert [hit.arrival_id for hit in search(tx, "订单")] == [mail.id]


def test_a_mail_is_found_by_the_words_of_its_body_and_by_its_files_names_with_identity_card_numbers_masked(database: Database) -> None:
    paper = Part(
        path="2",
        sha256=sha("paper"),
        size=5,
        data=b"paper",
        name="設備報價單-更新.pdf",
        declared_type="application/pdf",
        kind=FileKind.PDF,
        role=PartRole.PAPER,
    )
    message = Message(sha256=sha("mail"), size=9, subject="Re: 查詢", text="會計部林小姐說訂金已付。 HKID A123456(3)", parts=(paper,))
    with database.transaction() as tx:
        mail = arrive(tx, 9)
        catch_up(tx)
        arrivals.record_message(tx, mail.id, message)
        assert is_behind(tx)
        catch_up(tx)
        assert not is_behind(tx)
        for words in ("訂金", "订金", "林小姐 會計", "報價單", "查詢"):
            assert [hit.arrival_id for hit in search(tx, words)] == [mail.id], words
        assert search(tx, "A123456") == ()
        forget_mails(tx, [mail.id])
        assert search(tx, "訂金") == ()


def test_a_case_read_again_is_found_by_its_new_words_alone(database: Database) -> None:
    with database.transaction() as tx:
        case = open_case(tx)
        run(tx, case)
        catch_up(tx)
        run(tx, case, form=application(read("applicant.name_en", "Crane Printing Limited")))
        catch_up(tx)
        assert search(tx, "Bright") == ()
        assert [hit.reference for hit in search(tx, "crane")] == [case.reference]


def test_an_erased_case_leaves_no_word_in_the_index(database: Database) -> None:
    with database.transaction() as tx:
        case, other = open_case(tx), open_case(tx)
        run(tx, case, form=application(read("applicant.name_en", "Zyqx Company")))
        run(tx, other, decision())
        mail = arrive(tx, 3, sha256=sha("e"))
        arrivals.mark_quarantined(tx, mail.id, error="x", at=NOW)
        catch_up(tx)
        erasure.erase_case(tx, case.id)
        catch_up(tx)
        assert search(tx, "zyqx") == ()
        assert len(search(tx, "bright")) == 1
        if database.is_sqlite:
            blocks = tx.execute(text("SELECT block FROM search_pairs_data")).scalars().all()
            assert not any(b"zy" in bytes(block) for block in blocks)


def _remembered(tx: Transaction, sha256: str, *pages: list[str]) -> None:
    packed = zlib.compress(json.dumps({"pages": [{"words": [{"text": word} for word in page]} for page in pages]}).encode())
    tx.execute(insert(FileReadRow).values(sha256=sha256, reader_version="1", read_at=NOW, packed=packed, tries=0))


def test_the_text_of_papers_is_found_beyond_their_fields_and_masked(database: Database) -> None:
    with database.transaction() as tx:
        case = open_case(tx)
        form = application(form_sha=sha("paper"))
        _remembered(tx, sha("paper"), ["Inverter", "compressor", "節能", "改造", "第", "九", "條"], ["HKID", "A123456(3)", "7654", "3210", "尾頁"])
        run(tx, case, form=form)
        catch_up(tx)
        assert not is_behind(tx)
        for words in ("inverter", "invert", "节能", "能改", "改", "第九條", "compressor 尾頁", "7654", "76543210"):
            found = search(tx, words)
            assert [(hit.reference, hit.within) for hit in found] == [(case.reference, ("paper",))], words
        for words in ("A1234563", "A123456", "verter", "能節", "compressor 首頁", "條尾頁x"):
            assert search(tx, words) == (), words
        run(tx, case, form=application(read("factory.name", "佛山紡織廠")))
        assert is_behind(tx)
        catch_up(tx)
        assert search(tx, "inverter") == (), "the newest decision's papers count"


def test_papers_whose_text_was_not_remembered_are_found_once_they_are_read_again(database: Database) -> None:
    with database.transaction() as tx:
        case = open_case(tx)
        run(tx, case, form=application(form_sha=sha("paper")))
        run(tx, open_case(tx), form=application(form_sha=sha("another")))
        catch_up(tx)
        assert not is_behind(tx)
        assert search(tx, "inverter") == ()
        word = Word(text="Inverter", box=(10.0, 10.0, 60.0, 20.0), confidence=1.0, line=0)
        page = Page(number=1, width=595, height=842, words=(word,), source="text")
        remember_read(tx, FileRead(sha256=sha("paper"), kind=FileKind.PDF, outcome="read", pages=(page,)), "9", NOW)
        assert is_behind(tx)
        catch_up(tx)
        assert not is_behind(tx)
        assert [hit.reference for hit in search(tx, "inverter")] == [case.reference]


def test_what_is_searched_is_narrowed_by_verdict_kind_days_and_queue(database: Database) -> None:
    with database.transaction() as tx:
        flagged, answered, asked = open_case(tx), open_case(tx), open_case(tx, kind=CaseKind.ENQUIRY)
        run(tx, flagged, decision(Verdict.REVIEW, staff="look"))
        run(tx, answered, decision(Verdict.COMPLETE))
        tx.execute(text("UPDATE cases SET received_on = '2026-05-20' WHERE id = :id"), {"id": answered.id})
        catch_up(tx)

        def references(words: str = "光明", **among: Any) -> list[str | None]:
            return [hit.reference for hit in search(tx, words, among=Narrowed(**among))]

        assert references(verdict=Verdict.REVIEW) == [flagged.reference]
        assert references(kind=CaseKind.ENQUIRY) == []
        assert references(words="", kind=CaseKind.ENQUIRY) == [asked.reference]
        assert references(since=date(2026, 5, 20), until=date(2026, 5, 20)) == [answered.reference]
        assert references(words="", until=date(2020, 1, 1)) == []
        assert references(queue=Queue.FLAGGED, terms=Terms(now=NOW)) == [flagged.reference]
        assert references(words="", queue=Queue.FLAGGED) == [flagged.reference]
        assert references(queue=Queue.QUARANTINED) == references(words="", queue=Queue.QUARANTINED) == []
        assert references(words="") == [], "nothing asked, nothing found"


def test_words_of_a_page_are_taken_apart_in_linear_time() -> None:
    began = time.process_time()
    words = words_of([["光" * 100_000], ["a" * 100_000], ["1 2" * 30_000], ["é̂" * 50_000]])
    assert len(words) < 40_000
    assert time.process_time() - began < 5


def test_papers_made_ready_are_not_taken_up_where_their_case_was_erased_or_decided_anew_meanwhile(database: Database) -> None:
    with database.transaction() as tx:
        cases = [open_case(tx) for _ in range(3)]
        for number, case in enumerate(cases):
            _remembered(tx, sha(f"papers {number}"), ["Zyqx", "宏圖", f"word{number}"])
            run(tx, case, form=application(form_sha=sha(f"papers {number}")))
        catch_up(tx, with_papers=False)
        assert is_behind(tx)
        ready = papers_to_take_up(tx, 10)
        assert len(ready) == 3
        erasure.erase_case(tx, cases[0].id)
        run(tx, cases[1], form=application(form_sha=sha("papers 2")))
        catch_up(tx, with_papers=False)
        take_up_papers(tx, ready)
        assert [hit.reference for hit in search(tx, "宏图 word2")] == [cases[2].reference]
        assert search(tx, "word0") == search(tx, "word1") == ()
        while more := papers_to_take_up(tx, 1):
            take_up_papers(tx, more)
        assert not is_behind(tx)
        assert {hit.reference for hit in search(tx, "宏图 word2")} == {case.reference for case in cases[1:]}
