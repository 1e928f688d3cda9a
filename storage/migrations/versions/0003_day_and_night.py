"""What the service needs to run day and night, and what reprocessing remembers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OF_STAFF = {  # what staff say of a case besides the values of its fields
    "paper_layouts": (sa.Column("sha256", sa.String(), nullable=False), sa.Column("papers", sa.Text(), nullable=False)),
    "overrulings": (
        sa.Column("check_code", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
    ),
}


def upgrade() -> None:
    op.add_column("outbox", sa.Column("copy_due", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "outages",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", Moment(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
    )
    op.add_column("arrivals", sa.Column("trust", sa.Text(), nullable=True))
    op.add_column("arrivals", sa.Column("new_paper", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("cases", sa.Column("thread_id", sa.Integer(), nullable=True))
    op.create_index("ix_cases_thread_id", "cases", ["thread_id"])
    op.add_column("corrections", sa.Column("last_mail", sa.String(), nullable=True))
    for name, columns in _OF_STAFF.items():
        op.create_table(
            name,
            sa.Column("id", sa.Integer(), primary_key=True),
            sa.Column("case_id", sa.Integer(), sa.ForeignKey("cases.id"), nullable=False),
            *(sa.Column(column.name, column.type, nullable=False) for column in columns),
            sa.Column("actor", sa.String(), nullable=False),
            sa.Column("at", Moment(), nullable=False),
            sa.Column("reason", sa.Text(), nullable=False),
        )
        op.create_index(f"ix_{name}_case_id", name, ["case_id"])
    op.add_column("file_reads", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "mail_extracts",
        sa.Column("sha256", sa.String(), primary_key=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "archive_files",
        sa.Column("stamp", sa.String(), primary_key=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("dated_s", sa.Float(), nullable=False),
    )
    op.create_index("ix_archive_files_sha256", "archive_files", ["sha256"])


def downgrade() -> None:
    op.drop_index("ix_archive_files_sha256", "archive_files")
    op.drop_table("archive_files")
    op.drop_table("mail_extracts")
    op.drop_column("file_reads", "tries")
    for name in _OF_STAFF:
        op.drop_table(name)
    op.drop_column("corrections", "last_mail")
    op.drop_index("ix_cases_thread_id", "cases")
    op.drop_column("cases", "thread_id")
    op.drop_column("arrivals", "new_paper")
    op.drop_column("arrivals", "trust")
    op.drop_table("outages")
    op.drop_column("outbox", "copy_due")
