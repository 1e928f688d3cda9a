"""What the service needs to run day and night, and what reprocessing remembers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


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


def downgrade() -> None:
    op.drop_table("outages")
    op.drop_column("outbox", "copy_due")
