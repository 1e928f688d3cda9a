"""Staff logins, and what staff say a value is."""

from __future__ import annotations

import pytest

from parsers.corrections import PaperTold
from parsers.values import MessageClass
from storage import arrivals, staff
from storage.database import Database
from storage.errors import StorageError
from storage.values import StaffRole
from tests.storage.build import NOW, arrive, later, open_case, sha


def test_a_login_is_added_once_and_given_a_new_password_after_that(database: Database) -> None:
    with database.transaction() as tx:
        assert staff.add_login(tx, "chan", "hash-1", at=NOW)
        assert not staff.add_login(tx, "chan", "hash-2", at=later(days=1), role=StaffRole.ADMIN)
        found = staff.login(tx, "chan")
        assert found is not None
        assert (found.password_hash, found.role, found.active, found.created_at) == ("hash-2", StaffRole.ADMIN, True, NOW)
        assert "hash-2" not in repr(found)
        assert staff.login(tx, "lee") is None


def test_a_closed_login_is_shut_out_until_it_is_added_again(database: Database) -> None:
    with database.transaction() as tx:
        staff.add_login(tx, "chan", "hash", at=NOW)
        staff.close_login(tx, "chan")
        assert [login.active for login in staff.logins(tx)] == [False]
        staff.add_login(tx, "chan", "hash", at=NOW)
        assert [login.active for login in staff.logins(tx)] == [True]
        with pytest.raises(StorageError, match="no login 'lee'"):
            staff.close_login(tx, "lee")


def test_every_correction_of_a_value_stays_on_record_in_its_type(database: Database) -> None:
    with database.transaction() as tx:
        case = open_case(tx)
        for number, value in enumerate((880000, 50.01, True, "東莞", None)):
            staff.correct(tx, case.id, "k", value, actor="chan", at=later(minutes=number), reason="telephoned")
        assert [one.value for one in staff.corrections(tx, case.id)] == [880000, 50.01, True, "東莞", None]


def test_a_correction_remembers_the_newest_mail_of_its_case(database: Database) -> None:
    with database.transaction() as tx:
        case = open_case(tx)
        staff.correct(tx, case.id, "k", 1, actor="chan", at=NOW)
        for uid, letter in ((1, "a"), (2, "b")):
            arrivals.mark_decided(tx, arrive(tx, uid, sha256=sha(letter)).id, message_class=MessageClass.APPLICATION, case_id=case.id, at=NOW)
        staff.correct(tx, case.id, "k", 2, actor="chan", at=NOW)
        assert [one.last_mail for one in staff.corrections(tx, case.id)] == [None, sha("b")]


def test_a_files_papers_are_told_by_pages_that_no_two_share(database: Database) -> None:
    one, two = PaperTold(first_page=1, last_page=2, kind="quotation"), PaperTold(first_page=2, last_page=3, kind="annual_return")
    with database.transaction() as tx:
        case = open_case(tx)
        staff.lay_out(tx, case.id, sha("a"), [one], actor="chan", at=NOW, reason="two papers in one file")
        with pytest.raises(StorageError, match="cannot share a page"):
            staff.lay_out(tx, case.id, sha("a"), [two, one], actor="chan", at=NOW)
        with pytest.raises(StorageError, match="ends before it begins"):
            staff.lay_out(tx, case.id, sha("a"), [PaperTold(first_page=3, last_page=2, kind="other")], actor="chan", at=NOW)
        assert [(layout.sha256, layout.papers) for layout in staff.layouts(tx, case.id)] == [(sha("a"), (one,))]


def test_a_finding_is_overruled_with_a_reason_and_the_word_can_be_taken_back(database: Database) -> None:
    with database.transaction() as tx:
        case = open_case(tx)
        with pytest.raises(StorageError, match="say why"):
            staff.overrule(tx, case.id, "mail.trusted", "f", actor="chan", at=NOW, reason="  ")
        staff.overrule(tx, case.id, "mail.trusted", "f", actor="chan", at=NOW, reason="telephoned")
        staff.overrule(tx, case.id, "mail.trusted", "f", actor="lee", at=later(days=1), reason="in error", stands=False)
        said = staff.what_staff_say(tx, case.id)
        assert [(one.actor, one.stands) for one in said.overrulings] == [("chan", True), ("lee", False)]
        assert (said.fields, said.layouts) == ((), ())
