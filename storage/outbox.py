"""The outbox: letters due once for each (case, template, cause), claimed by one sender at a time, and settled by what the mail server said.

States and their meaning: contract.md (status) and reliability.md (Sending). A letter whose fate is unknown is never sent again by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, text
from sqlmodel import col, select, update

from replies.values import Reply, Template
from storage.database import Transaction
from storage.errors import StorageError
from storage.rows import CaseRow, LetterRow, MessageRow
from storage.text import storable
from storage.upsert import insert_once
from storage.values import Caps, Letter, LetterState

_DUE = (LetterState.QUEUED.value, LetterState.DEFERRED.value)
_GONE_OUT = (LetterState.SENDING.value, LetterState.ACCEPTED.value, LetterState.UNKNOWN.value, LetterState.FAILED.value)
_SETTLED = (LetterState.ACCEPTED, LetterState.DEFERRED, LetterState.FAILED, LetterState.UNKNOWN)
_RESOLUTIONS = {  # what a person, or a look into the sent folder, may make of a letter
    LetterState.UNKNOWN: (LetterState.ACCEPTED, LetterState.FAILED, LetterState.QUEUED),
    LetterState.FAILED: (LetterState.QUEUED, LetterState.FAILED),
    LetterState.HELD: (LetterState.QUEUED, LetterState.FAILED),
    LetterState.QUEUED: (LetterState.HELD,),
    LetterState.DEFERRED: (LetterState.HELD, LetterState.QUEUED),
    LetterState.SENDING: (LetterState.ACCEPTED, LetterState.UNKNOWN),
    LetterState.ACCEPTED: (LetterState.FAILED,),
}
_CLOCKS_DIFFER = timedelta(seconds=30)  # between machines that are in order
_CLAIM_LOCK = 0x4F555458  # "OUTX": on PostgreSQL claims wait for one another, so that caps are counted right


def queue(
    tx: Transaction, *, case_id: int, reply: Reply, message_id: str, at: datetime, arrival_id: int | None = None, held: str = ""
) -> Letter | None:
    """Puts a letter into the outbox, once for its (case, template, cause); None where it is there already. ``held``: why it waits for staff."""
    if len(reply.to) != 1:
        raise StorageError("a letter has exactly one address")
    values = {
        "case_id": case_id,
        "arrival_id": arrival_id,
        "template": reply.template.value,
        "cause": reply.cause,
        "message_id": message_id,
        "to_address": reply.to[0].lower(),
        "to_domain": reply.to[0].rpartition("@")[2].lower(),
        "reply": reply.model_dump_json(),
        "state": (LetterState.HELD if held else LetterState.QUEUED).value,
        "attempts": 0,
        "queued_at": at,
        "next_at": at,
        "reason": storable(held),
        "attended": False,
    }
    if not insert_once(tx, LetterRow, values, unique=("case_id", "template", "cause")):
        return None
    return letter_by_message_id(tx, message_id)


def claim(tx: Transaction, now: datetime, caps: Caps | None = None) -> Letter | None:
    """Takes the letter that has been due longest, now ``sending``; None where none is. Letters over a cap are held on the way.

    Commit before the first word to the mail server. Two claimers never get the same letter: the update must change exactly one row.
    """
    _wait_for_other_claims(tx)
    due = select(LetterRow).where(col(LetterRow.state).in_(_DUE), or_(col(LetterRow.next_at) <= now, _put_off_by_another_clock(now)))
    for row in tx.session.exec(due.order_by(col(LetterRow.next_at), col(LetterRow.id)).limit(200)).all():
        reason = _over_cap(tx, row, now, caps) if caps else ""
        new: dict[str, Any] = {"state": LetterState.HELD.value, "reason": reason}
        if not reason:
            new = {"state": LetterState.SENDING.value, "claimed_at": now, "dot_at": None, "attempts": col(LetterRow.attempts) + 1, "reason": ""}
        changed = _change(tx, row.id or 0, new, were=row.state)
        if changed and not reason:
            return letter(tx, row.id or 0)
    return None


def comes_to_the_dot(tx: Transaction, letter: Letter, at: datetime) -> None:
    """This attempt at a letter is about to be handed over: commit before the dot is sent, for from then on only the server knows.

    Raises StorageError where the attempt is not ours any more (another service took the letter up): the dot must not be sent.
    """
    ours = (col(LetterRow.id) == letter.id, col(LetterRow.state) == LetterState.SENDING.value, col(LetterRow.attempts) == letter.attempts)
    if tx.execute(update(LetterRow).where(*ours, col(LetterRow.dot_at).is_(None)).values(dot_at=at)).rowcount != 1:
        raise StorageError(f"letter {letter.id} is not ours to send any more")


def settle(
    tx: Transaction,
    letter_id: int,
    outcome: LetterState,
    *,
    at: datetime,
    code: int | None = None,
    reason: str = "",
    next_at: datetime | None = None,
    copy_due: bool = False,
) -> None:
    """What became of a letter that was being sent: accepted, deferred (until ``next_at``), failed or unknown.

    ``copy_due``: an accepted one is still to be put into the sent folder. Raises StorageError where the letter is not ``sending``: somebody
    else settled it, and nothing is overwritten.
    """
    if outcome not in _SETTLED or (outcome is LetterState.DEFERRED) != (next_at is not None):
        raise StorageError(f"a letter cannot be settled as {outcome.value}")
    values: dict[str, Any] = {"state": outcome.value, "settled_at": at, "last_code": code, "reason": storable(reason)}
    values["copy_due"] = copy_due and outcome is LetterState.ACCEPTED
    if next_at is not None:
        values["next_at"] = next_at
    if not _change(tx, letter_id, values, were=LetterState.SENDING.value):
        raise StorageError(f"letter {letter_id} is not being sent")


def resolve(tx: Transaction, letter_id: int, state: LetterState, *, at: datetime, actor: str, reason: str = "") -> Letter:
    """A person, or a look into the sent folder, says what becomes of a letter; only the steps that make sense are allowed.

    One that is sent on by a person passes the caps.
    """
    now = letter(tx, letter_id).state
    if state not in _RESOLUTIONS[now]:
        raise StorageError(f"a letter that is {now.value} cannot become {state.value}")
    values: dict[str, Any] = {"state": state.value, "reason": storable(reason or f"{state.value} by {actor}"), "settled_at": at, "attended": True}
    if state is LetterState.QUEUED:
        values |= {"next_at": at, "attended": False, "released_by": actor}
    if state is LetterState.HELD:
        values["attended"] = False  # it goes on waiting for a person
    if not _change(tx, letter_id, values, were=now.value):
        raise StorageError(f"letter {letter_id} was changed by somebody else: look again")
    return letter(tx, letter_id)


def release(tx: Transaction, letter_id: int, *, at: datetime, actor: str) -> Letter:
    """Staff release a held letter: it goes out next."""
    return resolve(tx, letter_id, LetterState.QUEUED, at=at, actor=actor)


def hold(tx: Transaction, letter_id: int, *, at: datetime, reason: str) -> Letter:
    """Keeps a letter back that waits to be sent."""
    return resolve(tx, letter_id, LetterState.HELD, at=at, actor="", reason=reason)


def mark_undelivered(tx: Transaction, message_id: str, *, at: datetime, reason: str) -> Letter | None:
    """A bounce of ours came back: the letter failed, and staff are called. None where no such letter was accepted."""
    found = letter_by_message_id(tx, message_id)
    if found is None or found.state not in (LetterState.ACCEPTED, LetterState.UNKNOWN):
        return None
    values = {"state": LetterState.FAILED.value, "reason": storable(reason), "settled_at": at, "attended": False}
    return letter(tx, found.id) if _change(tx, found.id, values, were=found.state.value) else None


def reword(tx: Transaction, letter_id: int, reply: Reply) -> None:
    """Gives a held letter the words of a person; its address, kind and cause stay. Raises StorageError where it is not held any more."""
    now = letter(tx, letter_id).reply
    if (reply.to, reply.template, reply.cause) != (now.to, now.template, now.cause):
        raise StorageError("only the words of a letter can be changed")
    if not _change(tx, letter_id, {"reply": reply.model_dump_json()}, were=LetterState.HELD.value):
        raise StorageError(f"letter {letter_id} is not held: its words stand")


def letter(tx: Transaction, letter_id: int) -> Letter:
    """The letter of that id. Raises StorageError where there is none."""
    found = _letters(tx, col(LetterRow.id) == letter_id)
    if not found:
        raise StorageError(f"there is no letter {letter_id}")
    return found[0]


def letter_by_message_id(tx: Transaction, message_id: str) -> Letter | None:
    """The letter that bears this Message-ID."""
    return next(iter(_letters(tx, col(LetterRow.message_id) == message_id)), None)


def letters_of_case(tx: Transaction, case_id: int) -> tuple[Letter, ...]:
    """Every letter of a case, in the order in which they were queued."""
    return _letters(tx, col(LetterRow.case_id) == case_id)


def letters_in(tx: Transaction, *states: LetterState) -> tuple[Letter, ...]:
    """Letters in these states: ``sending`` ones at start were cut off by a crash, and are settled by looking, never by guessing."""
    return _letters(tx, col(LetterRow.state).in_([state.value for state in states]))


def copies_due(tx: Transaction, limit: int = 50) -> tuple[Letter, ...]:
    """Accepted letters of which the sent folder has no copy yet, oldest first."""
    return _letters(tx, col(LetterRow.copy_due).is_(True))[:limit]


def copy_filed(tx: Transaction, letter_id: int) -> None:
    """The sent folder holds a copy of this letter."""
    tx.execute(update(LetterRow).where(col(LetterRow.id) == letter_id).values(copy_due=False))


def came_back_to_us(tx: Transaction, message_id: str) -> bool:
    """Whether a mail on record is that letter (our own copy of it), or answers it: either proves that the mail server took it over."""
    answers = col(MessageRow.in_reply_to).contains(message_id, autoescape=True)
    statement = select(MessageRow.arrival_id).where(or_(col(MessageRow.message_id) == message_id, answers)).limit(1)
    return tx.session.exec(statement).first() is not None


def letters_gone_out(tx: Transaction, since: datetime, *, address: str | None = None, domain: str | None = None, besides: int = 0) -> int:
    """How many letters went to the mail server since then (all, to an address, to a domain): what the caps count."""
    statement = select(func.count()).where(col(LetterRow.state).in_(_GONE_OUT), col(LetterRow.claimed_at) > since, col(LetterRow.id) != besides)
    if address is not None:
        statement = statement.where(col(LetterRow.to_address) == address.lower())
    if domain is not None:
        statement = statement.where(col(LetterRow.to_domain) == domain.lower())
    return int(tx.session.exec(statement).one())


def counts(tx: Transaction) -> dict[str, int]:
    """Letters by state, every state named."""
    rows = tx.session.exec(select(LetterRow.state, func.count()).group_by(col(LetterRow.state))).all()
    return {state.value: 0 for state in LetterState} | dict(rows)


def next_due(tx: Transaction, now: datetime | None = None) -> datetime | None:
    """When the next letter is due; None where none waits. With ``now``: at that moment, where one waits by a clock that was set back since."""
    if (
        now is not None
        and tx.session.exec(select(LetterRow.id).where(col(LetterRow.state).in_(_DUE), _put_off_by_another_clock(now)).limit(1)).first()
    ):
        return now
    return tx.session.exec(select(LetterRow.next_at).where(col(LetterRow.state).in_(_DUE)).order_by(col(LetterRow.next_at))).first()


def _put_off_by_another_clock(now: datetime) -> Any:
    """Letters that were put off at a moment which has not come: the clock was set back since, and they would wait for it to catch up."""
    return func.coalesce(col(LetterRow.settled_at), col(LetterRow.queued_at)) > now + _CLOCKS_DIFFER


def _over_cap(tx: Transaction, row: LetterRow, now: datetime, caps: Caps) -> str:
    if row.released_by:
        return ""
    hour, day, besides = now - timedelta(hours=1), now - timedelta(days=1), row.id or 0
    if letters_gone_out(tx, day, address=row.to_address, besides=besides) >= caps.per_address_day:
        return f"held: {caps.per_address_day} letters went to this address within a day"
    if letters_gone_out(tx, hour, domain=row.to_domain, besides=besides) >= caps.per_domain_hour:
        return f"held: {caps.per_domain_hour} letters went to this domain within an hour"
    if letters_gone_out(tx, hour, besides=besides) >= caps.per_hour:
        return f"held: {caps.per_hour} letters went out within an hour"
    return ""


def _wait_for_other_claims(tx: Transaction) -> None:
    if tx.session.get_bind().dialect.name == "postgresql":
        tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CLAIM_LOCK})


def _change(tx: Transaction, letter_id: int, values: dict[str, Any], *, were: str) -> bool:
    statement = update(LetterRow).where(col(LetterRow.id) == letter_id, col(LetterRow.state) == were).values(values)
    return bool(tx.execute(statement).rowcount == 1)


def _letters(tx: Transaction, condition: Any) -> tuple[Letter, ...]:
    statement = select(LetterRow, CaseRow.reference).join(CaseRow, col(CaseRow.id) == col(LetterRow.case_id)).where(condition)
    rows = tx.session.exec(statement.order_by(col(LetterRow.id)).execution_options(populate_existing=True))
    return tuple(_letter(row, reference) for row, reference in rows)


def _letter(row: LetterRow, reference: str) -> Letter:
    plain = {name: getattr(row, name) for name in Letter.model_fields if name not in ("reference", "template", "to", "reply")}
    reply = Reply.model_validate_json(row.reply)
    return Letter.model_validate({**plain, "reference": reference, "template": Template(row.template), "to": row.to_address, "reply": reply})
