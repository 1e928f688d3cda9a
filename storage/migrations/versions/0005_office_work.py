"""What staff's daily work needs besides: the programs that act for them, and what they are told of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reading_jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("worker", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("beat_at", Moment(), nullable=True),
        sa.Column("outcome", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sha256", "kind", "key", name="one_job_a_file"),
    )
    op.create_index(op.f("ix_reading_jobs_sha256"), "reading_jobs", ["sha256"], unique=False)
    op.create_index(op.f("ix_reading_jobs_state"), "reading_jobs", ["state"], unique=False)
    op.create_table(
        "reading_workers",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("beat_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "search_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "source", name="one_text_a_source"),
    )
    op.create_index(op.f("ix_search_texts_case_id"), "search_texts", ["case_id"], unique=False)
    op.create_table(
        "second_looks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("drawn_at", Moment(), nullable=False),
        sa.Column("looked_at", Moment(), nullable=True),
        sa.Column("actor", sa.String(), nullable=True),
        sa.Column("right", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("run_id", name="one_look_a_run"),
    )
    op.create_index(op.f("ix_second_looks_case_id"), "second_looks", ["case_id"], unique=False)


def downgrade() -> None:
    op.execute("DROP TABLE IF EXISTS search_pairs")
    op.drop_index(op.f("ix_second_looks_case_id"), table_name="second_looks")
    op.drop_table("second_looks")
    op.drop_index(op.f("ix_search_texts_case_id"), table_name="search_texts")
    op.drop_table("search_texts")
    op.drop_table("reading_workers")
    op.drop_index(op.f("ix_reading_jobs_state"), table_name="reading_jobs")
    op.drop_index(op.f("ix_reading_jobs_sha256"), table_name="reading_jobs")
    op.drop_table("reading_jobs")
