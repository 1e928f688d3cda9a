"""What other systems need that act beside staff: their tokens, and where they are told of events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_EVENTS = (  # what is told of: (name, when it fires, condition, type, case, letter, state, cause)
    ("event_case_received", "AFTER INSERT ON cases", "", "'case.received'", "NEW.id", "NULL", "NEW.kind", "NULL"),
    (
        "event_mail_received", "AFTER UPDATE OF case_id ON arrivals",
        "NEW.case_id IS NOT NULL AND (OLD.case_id IS NULL OR OLD.case_id <> NEW.case_id)",
        "'mail.received'", "NEW.case_id", "NULL", "NEW.message_class", "NULL",
    ),
    ("event_case_decided", "AFTER INSERT ON runs", "", "'case.decided'", "NEW.case_id", "NULL", "NEW.verdict", "NEW.cause"),
    (  # after the decision, whatever order a database fires its triggers in
        "event_case_flagged", "AFTER INSERT ON case_events", "NEW.type = 'case.decided' AND NEW.state = 'review'",
        "'case.flagged'", "NEW.case_id", "NULL", "NEW.state", "NEW.cause",
    ),
    ("event_value_corrected", "AFTER INSERT ON corrections", "", "'case.corrected'", "NEW.case_id", "NULL", "'value'", "NULL"),
    ("event_finding_overruled", "AFTER INSERT ON overrulings", "", "'case.corrected'", "NEW.case_id", "NULL", "'finding'", "NULL"),
    ("event_papers_laid_out", "AFTER INSERT ON paper_layouts", "", "'case.corrected'", "NEW.case_id", "NULL", "'papers'", "NULL"),
    (
        "event_case_state", "AFTER UPDATE OF state ON cases", "OLD.state <> NEW.state",
        "'case.' || CASE NEW.state WHEN 'open' THEN 'reopened' ELSE NEW.state END", "NEW.id", "NULL", "NEW.state", "NULL",
    ),
    (
        "event_letter_made", "AFTER INSERT ON outbox", "", "CASE NEW.state WHEN 'held' THEN 'letter.held' ELSE 'letter.queued' END",
        "NEW.case_id", "NEW.id", "NEW.state", "NULL",
    ),
    (
        "event_letter_state", "AFTER UPDATE OF state ON outbox", "OLD.state <> NEW.state AND NEW.state NOT IN ('sending', 'deferred')",
        "CASE NEW.state WHEN 'accepted' THEN 'letter.sent' WHEN 'held' THEN 'letter.held' WHEN 'queued' THEN 'letter.queued' "
        "ELSE CASE WHEN OLD.state IN ('held', 'queued', 'deferred') THEN 'letter.withdrawn' ELSE 'letter.undelivered' END END",
        "NEW.case_id", "NEW.id", "NEW.state", "NULL",
    ),
)  # fmt: skip


def upgrade() -> None:
    op.add_column("corrections", sa.Column("stands", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("users", sa.Column("password_due", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("site_sessions", sa.Column("address", sa.String(), server_default="", nullable=False))
    op.create_index("texts_taken_up", "search_texts", ["kind", "source", "version"], unique=False)
    _tokens()
    _webhooks()
    for event in _EVENTS:
        _tell(*event)


def _tokens() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.Column("used_at", Moment(), nullable=True),
        sa.Column("used_from", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_table(
        "api_answers",
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key"),
    )
    op.create_index(op.f("ix_api_answers_at"), "api_answers", ["at"], unique=False)
    op.create_table(
        "outside_logins",
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("bound_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject"),
    )
    op.create_index(op.f("ix_outside_logins_user"), "outside_logins", ["user"], unique=False)


def _webhooks() -> None:
    op.create_table(
        "case_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("taken", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_case_events_at"), "case_events", ["at"], unique=False)
    op.create_index(op.f("ix_case_events_case_id"), "case_events", ["case_id"], unique=False)
    not_taken = sa.text("NOT taken")
    op.create_index("events_not_taken", "case_events", ["id"], unique=False, sqlite_where=not_taken, postgresql_where=not_taken)
    op.create_table(
        "webhook_receivers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("events", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("old_secret", sa.String(), nullable=True),
        sa.Column("rotated_at", Moment(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("not_before", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("url"),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("next_at", Moment(), nullable=False),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["receiver_id"], ["webhook_receivers.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message_id"),
        sa.UniqueConstraint("receiver_id", "event_id", name="one_delivery_a_receiver"),
    )
    for column in ("receiver_id", "state", "next_at"):
        op.create_index(op.f(f"ix_webhook_deliveries_{column}"), "webhook_deliveries", [column], unique=False)


def _tell(name: str, fires: str, condition: str, type_: str, case: str, letter: str, state: str, cause: str) -> None:
    """A trigger: what happened is on record in the transaction in which it happened, whoever did it."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    now = "now()" if postgresql else "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'"
    insert = (
        "INSERT INTO case_events (at, type, case_id, letter_id, state, cause, taken) "  # noqa: S608 (all of it stands in this file)
        f"VALUES ({now}, {type_}, {case}, {letter}, {state}, {cause}, false);"
    )
    when = f"WHEN ({condition}) " if condition else ""
    if postgresql:
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {insert} RETURN NEW; END $$")
        op.execute(f"CREATE TRIGGER {name} {fires} FOR EACH ROW {when}EXECUTE FUNCTION {name}()")
    else:
        op.execute(sa.text(f"CREATE TRIGGER {name} {fires} FOR EACH ROW {when}BEGIN {insert} END".replace(":", "\\:")))


def _tell_no_more(name: str, table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION {name}()")
    else:
        op.execute(f"DROP TRIGGER {name}")


def downgrade() -> None:
    for name, fires, *_ in _EVENTS:
        _tell_no_more(name, fires.rpartition(" ")[2])
    for table in ("webhook_deliveries", "webhook_receivers", "case_events", "outside_logins", "api_answers", "api_tokens"):
        op.drop_table(table)
    op.drop_index("texts_taken_up", table_name="search_texts")
    with op.batch_alter_table("site_sessions") as sessions:
        sessions.drop_column("address")
    with op.batch_alter_table("users") as users:
        users.drop_column("password_due")
    with op.batch_alter_table("corrections") as corrections:
        corrections.drop_column("stands")
