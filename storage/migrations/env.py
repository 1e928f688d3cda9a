"""Runs migrations inside the transaction that the caller opened."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import storage.job_rows
import storage.other_rows
import storage.rows
import storage.search_rows
import storage.site_rows  # noqa: F401 (all fill the metadata)

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True, transactional_ddl=False)
context.run_migrations()
