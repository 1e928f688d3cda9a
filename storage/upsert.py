"""Rows that are there once: inserted if no other has the same key, on either database, without a race."""

from __future__ import annotations

from typing import Any

import sqlalchemy
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from storage.database import Transaction


def insert_once(tx: Transaction, table: type[SQLModel], values: dict[str, Any], *, unique: tuple[str, ...]) -> bool:
    """Inserts a row unless one with the same ``unique`` columns is there. Whether it was inserted."""
    dialect = tx.session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(table).values(**values).on_conflict_do_nothing(index_elements=list(unique)).returning(sqlalchemy.literal(1))
    return tx.execute(statement).first() is not None
