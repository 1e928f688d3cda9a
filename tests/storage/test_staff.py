"""Staff logins, and what staff say a value is."""

from __future__ import annotations

import pytest

from storage import staff
from storage.database import Database
from storage.errors import StorageError
from storage.values import StaffRole
from tests.storage.build import NOW, later, open_case


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
