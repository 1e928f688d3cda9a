"""What mails say is remembered under one key, replaced by a newer one, and gone with the mail."""

from __future__ import annotations

import json
from datetime import date

from parsers.values import FileKind, FileRead, MessageClass
from storage import arrivals, erasure, extracts, reads
from storage.archive_files import ArchiveFile, archive_files, remember_archive_files
from storage.database import Database, Transaction
from storage.values import CaseKind
from tests.storage.build import NOW, arrive, later, open_case, run, sha

SAYS = json.dumps({"message": {"parts": [{"sha256": sha("p")}, {"sha256": sha("q")}]}, "of": "黃小明"})


def remembered(tx: Transaction, letter: str, key: str = "k1") -> str | None:
    return extracts.remembered_extract(tx, sha(letter), key)


def test_what_a_mail_says_comes_back_under_its_key_alone_and_the_newest_key_stays(database: Database) -> None:
    with database.transaction() as tx:
        assert extracts.remember_extract(tx, sha("a"), "k1", SAYS, NOW)
    with database.transaction() as tx:
        assert (remembered(tx, "a"), remembered(tx, "a", "k2"), remembered(tx, "b")) == (SAYS, None, None)
        assert extracts.extracts_lacking(tx, [sha("a"), sha("b")], "k1") == {sha("b")}
        extracts.remember_extract(tx, sha("a"), "k2", SAYS, NOW)
    with database.reading() as tx:
        assert (remembered(tx, "a"), remembered(tx, "a", "k2")) == (None, SAYS)


def test_an_erased_mail_leaves_nothing_behind_and_is_not_remembered_again(database: Database) -> None:
    with database.transaction() as tx:
        case = open_case(tx)
        one = arrive(tx, 1, sha256=sha("a"))
        arrivals.mark_decided(tx, one.id, message_class=MessageClass.APPLICATION, case_id=case.id, at=NOW)
        run(tx, case)
        for letter in "ab":
            extracts.remember_extract(tx, sha(letter), "k1", SAYS, NOW)
            remember_archive_files(tx, [(f"stamp {letter}", ArchiveFile(sha256=sha(letter), size=1, received_on=None, dated_s=0.0))])
        reads.remember_read(tx, FileRead(sha256=sha("p"), kind=FileKind.PDF, outcome="read"), "r1", NOW)
    with database.transaction() as tx:
        erasure.erase_case(tx, case.id)
    with database.transaction() as tx:
        assert (remembered(tx, "a"), remembered(tx, "b")) == (None, SAYS)
        assert archive_files(tx, ["stamp a", "stamp b"]).keys() == {"stamp b"}
        assert reads.remembered_read(tx, sha("p"), "r1") is None
        assert not extracts.remember_extract(tx, sha("a"), "k1", SAYS, NOW)
        assert remembered(tx, "a") is None


def test_the_papers_of_mail_without_a_case_are_forgotten_with_it(database: Database) -> None:
    with database.transaction() as tx:
        one = arrive(tx, 1, sha256=sha("a"))
        arrivals.mark_decided(tx, one.id, message_class=MessageClass.LIST, case_id=None, at=NOW)
        extracts.remember_extract(tx, sha("a"), "k1", SAYS, NOW)
        reads.remember_read(tx, FileRead(sha256=sha("q"), kind=FileKind.PDF, outcome="read"), "r1", NOW)
    with database.transaction() as tx:
        assert erasure.erase_mail_without_case(tx, later(days=400)).blobs == (sha("a"),)
        assert remembered(tx, "a") is None
        assert reads.remembered_read(tx, sha("q"), "r1") is None


def test_only_applications_and_what_has_no_case_are_read_again(database: Database) -> None:
    with database.transaction() as tx:
        for uid, (letter, kind) in enumerate((("a", CaseKind.APPLICATION), ("b", CaseKind.ENQUIRY), ("c", None), ("d", None)), 1):
            one = arrive(tx, uid, sha256=sha(letter))
            case = open_case(tx, kind=kind) if kind else None
            if letter != "d":
                arrivals.mark_decided(tx, one.id, message_class=MessageClass.OTHER, case_id=case.id if case else None, at=NOW)
    with database.reading() as tx:
        assert extracts.needing_no_extract(tx, [sha(letter) for letter in "abcde"]) == {sha("b")}


def test_what_lies_in_an_archives_files_is_known_by_their_stamps(database: Database) -> None:
    files = [(f"stamp {number}", ArchiveFile(sha256=sha("a"), size=5_000_000_000, received_on=date(2014, 3, 5), dated_s=1.5)) for number in range(3)]
    with database.transaction() as tx:
        remember_archive_files(tx, files)
        remember_archive_files(tx, files)
    with database.reading() as tx:
        assert archive_files(tx, ["stamp 0", "stamp 2", "another"]) == {"stamp 0": files[0][1], "stamp 2": files[2][1]}


def test_outcomes_of_chance_are_counted_and_never_taken_for_certain_ones(database: Database) -> None:
    slow = FileRead(sha256=sha("f"), kind=FileKind.PDF, outcome="timeout")
    with database.transaction() as tx:
        for _ in range(2):
            reads.remember_chance(tx, slow, "r1t", NOW)
        assert reads.remembered_read(tx, sha("f"), "r1t") is None
        assert reads.remembered_read(tx, sha("f"), "r1t", tries=3) is None
        reads.remember_chance(tx, slow, "r1t", NOW)
        assert reads.remembered_read(tx, sha("f"), "r1t", tries=3) == slow
