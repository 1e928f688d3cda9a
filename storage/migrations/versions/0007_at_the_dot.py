"""When a letter came to the dot that ends it: before, nothing was handed over; after, only the mail server knows. And the words of mails, to search.

Letters that are being sent at this moment were begun without that mark: they count as having come to the dot.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("dot_at", Moment(), nullable=True))  # not in a batch: that would make the table anew, without its triggers
    op.add_column("messages", sa.Column("words", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE outbox SET dot_at = claimed_at WHERE state = 'sending'")


def downgrade() -> None:
    op.drop_column("messages", "words")
    op.drop_column("outbox", "dot_at")
