"""Searching everything on record: two characters are enough, either script, and nothing of what was erased."""

from __future__ import annotations

from sqlalchemy import text

from parsers.values import FileKind, Message, Part, PartRole
from replies.values import Template
from storage import arrivals, erasure, outbox
from storage.database import Database
from storage.search import catch_up, forget_mails, is_behind, search
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
