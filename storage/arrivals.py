"""Arrivals: every mail that a mailbox showed, recorded once by (mailbox, UIDVALIDITY, UID), and how far each got."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert
from sqlmodel import col, select, update

from parsers.identifiers import mask_hkid
from parsers.values import Message, MessageClass
from storage.database import Transaction
from storage.errors import StorageError
from storage.rows import ArrivalRow, MailboxRow, MessageRow
from storage.text import storable
from storage.uids import Uids
from storage.upsert import insert_once
from storage.values import Arrival, ArrivalState

_SEARCHED = 20_000  # characters of a mail that can be searched
_RETRIED = (ArrivalState.QUARANTINED.value, ArrivalState.STORED.value, ArrivalState.UNFETCHED.value)
FETCH_ATTEMPTS = 3  # reliability.md: after three failures quarantine that UID and go on


class Kept(NamedTuple):
    """A mail whose bytes are kept, to be recorded."""

    uid: int
    sha256: str
    size: int
    internal_date: datetime | None


def record_arrival(
    tx: Transaction, *, mailbox: str, uidvalidity: int, uid: int, sha256: str, size: int, internal_date: datetime | None, seen_at: datetime
) -> tuple[Arrival, bool]:
    """Records that a mail came whose bytes are kept, and whether that was new. Recording it again changes nothing.

    The same bytes under another UID (a copy, a new UIDVALIDITY) are ``repeated`` (``erased`` where those are): on record, and not decided again.
    """
    values = {
        "mailbox": mailbox, "uidvalidity": uidvalidity, "uid": uid, "sha256": sha256, "size": size,
        "internal_date": internal_date, "seen_at": seen_at,
        **_state_of_new(tx, sha256),
    }  # fmt: skip
    new = insert_once(tx, ArrivalRow, values, unique=("mailbox", "uidvalidity", "uid"))
    row = _row_of(tx, mailbox, uidvalidity, uid)
    if not new and row.sha256 is None:  # its bytes came at last
        tx.execute(update(ArrivalRow).where(col(ArrivalRow.id) == row.id).values({**values, "error": None, "attempts": 0}))
        new = True
        row = _fresh(tx, row)
    return _arrival(row), new


def record_arrivals(tx: Transaction, mails: Sequence[Kept], *, mailbox: str, uidvalidity: int, seen_at: datetime) -> None:
    """``record_arrival`` for some hundreds at once, in three statements where nothing of them is on record yet."""
    same = (ArrivalRow.mailbox == mailbox, ArrivalRow.uidvalidity == uidvalidity)
    uids = set(tx.session.exec(select(ArrivalRow.uid).where(*same, col(ArrivalRow.uid).in_([mail.uid for mail in mails]))))
    known = tx.session.exec(select(col(ArrivalRow.sha256)).where(col(ArrivalRow.sha256).in_([mail.sha256 for mail in mails])))
    sha256s = {sha256 for sha256 in known if sha256}
    new: list[dict[str, Any]] = []
    others: list[Kept] = []
    for mail in mails:
        if mail.uid in uids or mail.sha256 in sha256s:
            others.append(mail)
            continue
        sha256s.add(mail.sha256)
        new.append({
            "mailbox": mailbox, "uidvalidity": uidvalidity, "uid": mail.uid, "sha256": mail.sha256, "size": mail.size,
            "internal_date": mail.internal_date, "seen_at": seen_at, "state": ArrivalState.STORED.value, "attempts": 0,
        })  # fmt: skip
    if new:
        tx.execute(insert(ArrivalRow), new)
    for mail in others:
        record_arrival(
            tx, mailbox=mailbox, uidvalidity=uidvalidity, uid=mail.uid, sha256=mail.sha256, size=mail.size,
            internal_date=mail.internal_date, seen_at=seen_at,
        )  # fmt: skip


def record_unfetched(
    tx: Transaction, *, mailbox: str, uidvalidity: int, uid: int, size: int, internal_date: datetime | None, seen_at: datetime, error: str
) -> Arrival:
    """Records that a mail is there but its bytes could not be fetched; quarantined after three failures. Does nothing to one whose bytes are kept."""
    values = {
        "mailbox": mailbox, "uidvalidity": uidvalidity, "uid": uid, "size": size, "internal_date": internal_date, "seen_at": seen_at,
        "state": ArrivalState.UNFETCHED.value, "attempts": 0,
    }  # fmt: skip
    insert_once(tx, ArrivalRow, values, unique=("mailbox", "uidvalidity", "uid"))
    row = _row_of(tx, mailbox, uidvalidity, uid)
    if row.sha256 is None:
        attempts = row.attempts + 1
        state = ArrivalState.QUARANTINED if attempts >= FETCH_ATTEMPTS else ArrivalState.UNFETCHED
        tx.execute(
            update(ArrivalRow)
            .where(col(ArrivalRow.id) == row.id)
            .values(attempts=attempts, state=state.value, error=storable(error), size=size or row.size)
        )
        row = _fresh(tx, row)
    return _arrival(row)


def known_uids(tx: Transaction, mailbox: str, uidvalidity: int) -> Uids:
    """UIDs that need no fetching: their bytes are kept, or they were quarantined."""
    statement = select(ArrivalRow.uid).where(
        ArrivalRow.mailbox == mailbox, ArrivalRow.uidvalidity == uidvalidity, ArrivalRow.state != ArrivalState.UNFETCHED.value
    )
    return Uids(row[0] for row in tx.execute(statement.order_by(col(ArrivalRow.uid))))


def arrivals_with_bytes(tx: Transaction, sha256: str) -> tuple[Arrival, ...]:
    """Every arrival of these bytes, first one first."""
    return _arrivals(tx, select(ArrivalRow).where(ArrivalRow.sha256 == sha256).order_by(col(ArrivalRow.id)))


def arrival(tx: Transaction, arrival_id: int) -> Arrival:
    """The arrival of that id."""
    return _arrival(_row(tx, arrival_id))


def all_arrivals(tx: Transaction, mailbox: str) -> tuple[Arrival, ...]:
    """Every arrival of a mailbox, in the order in which they were recorded."""
    return _arrivals(tx, select(ArrivalRow).where(ArrivalRow.mailbox == mailbox).order_by(col(ArrivalRow.id)))


def sender_and_subject(tx: Transaction, arrival_id: int) -> tuple[str, str]:
    """Address and subject of an arrival's mail, as recorded when it was decided; empty where there are none."""
    row = tx.session.get(MessageRow, arrival_id)
    return (row.sender or "", row.subject) if row else ("", "")


def pending(tx: Transaction, limit: int = 100, *, after: int = 0) -> tuple[Arrival, ...]:
    """Arrivals whose bytes are kept and that are not decided yet, oldest first; ``after`` an id, to page on past those in work."""
    statement = select(ArrivalRow).where(ArrivalRow.state == ArrivalState.STORED.value, col(ArrivalRow.id) > after)
    return _arrivals(tx, statement.order_by(col(ArrivalRow.id)).limit(limit))


def begin_attempt(tx: Transaction, arrival_id: int) -> int:
    """Counts an attempt before it is made, so that a mail that kills the process is known by its count. Returns how many there were with this one."""
    tx.execute(update(ArrivalRow).where(col(ArrivalRow.id) == arrival_id).values(attempts=col(ArrivalRow.attempts) + 1))
    row = _row(tx, arrival_id)
    if row.state == ArrivalState.ERASED.value:
        raise StorageError(f"mail {arrival_id} was erased: it is not handled again")
    return row.attempts


def put_back(tx: Transaction, arrival_id: int) -> None:
    """The attempt was broken off by us (a stop, trouble of this machine) and is not counted against the mail. Does nothing to one that is decided."""
    waiting = (col(ArrivalRow.id) == arrival_id, col(ArrivalRow.state) == ArrivalState.STORED.value, col(ArrivalRow.attempts) > 0)
    tx.execute(update(ArrivalRow).where(*waiting).values(attempts=col(ArrivalRow.attempts) - 1))


def quarantined(tx: Transaction) -> tuple[Arrival, ...]:
    """Mails that broke us, or whose bytes did not come, and that wait for staff; oldest first."""
    return _arrivals(tx, select(ArrivalRow).where(ArrivalRow.state == ArrivalState.QUARANTINED.value).order_by(col(ArrivalRow.id)))


def mark_decided(
    tx: Transaction,
    arrival_id: int,
    *,
    message_class: MessageClass,
    case_id: int | None,
    at: datetime,
    no_reply: str | None = None,
    trust: str | None = None,
    new_paper: bool = False,
) -> None:
    """The mail was considered: its class, its case, the reason where it gets no reply, what is known of its sender, whether it brought a paper."""
    values = {"message_class": message_class.value, "case_id": case_id, "decided_at": at, "no_reply": storable(no_reply), "error": None}
    values |= {"trust": storable(trust), "new_paper": new_paper}
    _change(tx, arrival_id, {"state": ArrivalState.DECIDED.value, **values})


def mark_quarantined(tx: Transaction, arrival_id: int, *, error: str, at: datetime) -> None:
    """The mail broke us: kept with its traceback, shown to staff; the others go on. An erased mail stays erased."""
    if _row(tx, arrival_id).state != ArrivalState.ERASED.value:
        values = {"state": ArrivalState.QUARANTINED.value, "error": storable(error), "decided_at": at, "attended": False}
        _change(tx, arrival_id, values)


def mark_attended(tx: Transaction, arrival_id: int) -> None:
    """A person looked after a mail that needed one: it is no longer asked for."""
    _change(tx, arrival_id, {"attended": True})


def note_failure(tx: Transaction, arrival_id: int, *, error: str) -> None:
    """A passing trouble: the mail stays ``stored`` and is tried again."""
    _change(tx, arrival_id, {"error": storable(error)})


def retry(tx: Transaction, arrival_id: int) -> None:
    """Staff send a quarantined mail round again. Raises StorageError for one that is in another state (except one that only waits)."""
    row = _row(tx, arrival_id)
    if row.state not in _RETRIED:
        raise StorageError(f"mail {arrival_id} is {row.state}: only quarantined mail is sent round again")
    state = ArrivalState.STORED if row.sha256 else ArrivalState.UNFETCHED
    _change(tx, arrival_id, {"state": state.value, "attempts": 0, "error": None, "decided_at": None, "attended": False})


def mark_acknowledged(tx: Transaction, arrival_id: int, at: datetime) -> None:
    """The mail was moved or flagged on the server."""
    _change(tx, arrival_id, {"acknowledged_at": at})


def unacknowledged(tx: Transaction, mailbox: str, uidvalidity: int, limit: int = 500) -> tuple[Arrival, ...]:
    """Arrivals in an end state that were not yet moved or flagged on the server; doing it twice is harmless."""
    ends = tuple(state.value for state in (ArrivalState.DECIDED, ArrivalState.REPEATED, ArrivalState.QUARANTINED, ArrivalState.ERASED))
    statement = select(ArrivalRow).where(ArrivalRow.mailbox == mailbox, ArrivalRow.uidvalidity == uidvalidity, col(ArrivalRow.state).in_(ends))
    return _arrivals(tx, statement.where(col(ArrivalRow.acknowledged_at).is_(None)).order_by(col(ArrivalRow.id)).limit(limit))


def record_message(tx: Transaction, arrival_id: int, message: Message) -> None:
    """Keeps the headers by which later mails find this one. Recording them again replaces them."""
    values = {
        "arrival_id": arrival_id,
        "message_id": storable(message.message_id),
        "in_reply_to": storable(" ".join(message.in_reply_to)),
        "references": storable(" ".join(message.references)),
        "sender": storable(message.sender.address) if message.sender else None,
        "sender_name": storable(message.sender.name) if message.sender else "",
        "subject": storable(message.subject),
        "dated": message.dated if message.dated and message.dated.tzinfo else None,
        "received_on": message.received_on,
        "language": message.language.value if message.language else None,
        "words": storable(_words_of(message)),
    }
    if not insert_once(tx, MessageRow, values, unique=("arrival_id",)):
        tx.execute(update(MessageRow).where(col(MessageRow.arrival_id) == arrival_id).values(values))


def _words_of(message: Message) -> str:
    """What a mail says and what its files are called, for searching: identity card numbers masked, the beginning of very long ones."""
    said = (message.full_text or message.text)[:_SEARCHED]
    return mask_hkid("\n".join((said, *(part.name for part in message.parts if part.name))))[: 2 * _SEARCHED]


def arrivals_with_message_id(tx: Transaction, message_id: str) -> tuple[Arrival, ...]:
    """Arrivals whose mail bore this Message-ID. Evidence only: the same id with other bytes is another mail."""
    statement = select(ArrivalRow).join(MessageRow, col(MessageRow.arrival_id) == col(ArrivalRow.id)).where(MessageRow.message_id == message_id)
    return _arrivals(tx, statement.order_by(col(ArrivalRow.id)))


def note_poll(tx: Transaction, mailbox: str, uidvalidity: int, at: datetime) -> None:
    """A mailbox was read to its end at that moment."""
    values = {"mailbox": mailbox, "uidvalidity": uidvalidity, "last_poll": at}
    if not insert_once(tx, MailboxRow, values, unique=("mailbox",)):
        tx.execute(update(MailboxRow).where(col(MailboxRow.mailbox) == mailbox).values(values))


def last_poll(tx: Transaction, mailbox: str | None = None) -> tuple[int, datetime | None] | None:
    """UIDVALIDITY and moment of a mailbox's last good poll (of any mailbox, where none is named); None before the first."""
    statement = select(MailboxRow).order_by(col(MailboxRow.last_poll).desc())
    row = tx.session.exec(statement if mailbox is None else statement.where(MailboxRow.mailbox == mailbox)).first()
    return (row.uidvalidity, row.last_poll) if row else None


def _state_of_new(tx: Transaction, sha256: str) -> dict[str, Any]:
    statement = select(ArrivalRow.id, ArrivalRow.state).where(ArrivalRow.sha256 == sha256).order_by(col(ArrivalRow.id))
    first = tx.session.exec(statement).first()
    if first is None:
        return {"state": ArrivalState.STORED.value, "first_id": None, "attempts": 0}
    state = ArrivalState.ERASED if first[1] == ArrivalState.ERASED.value else ArrivalState.REPEATED
    return {"state": state.value, "first_id": first[0], "attempts": 0}


def _change(tx: Transaction, arrival_id: int, values: dict[str, Any]) -> None:
    if tx.execute(update(ArrivalRow).where(col(ArrivalRow.id) == arrival_id).values(values)).rowcount != 1:
        raise StorageError(f"there is no arrival {arrival_id}")


def _row(tx: Transaction, arrival_id: int) -> ArrivalRow:
    row = tx.session.get(ArrivalRow, arrival_id, populate_existing=True)
    if row is None:
        raise StorageError(f"there is no arrival {arrival_id}")
    return row


def _row_of(tx: Transaction, mailbox: str, uidvalidity: int, uid: int) -> ArrivalRow:
    statement = select(ArrivalRow).where(ArrivalRow.mailbox == mailbox, ArrivalRow.uidvalidity == uidvalidity, ArrivalRow.uid == uid)
    return tx.session.exec(statement.execution_options(populate_existing=True)).one()


def _fresh(tx: Transaction, row: ArrivalRow) -> ArrivalRow:
    tx.session.refresh(row)
    return row


def _arrivals(tx: Transaction, statement: Any) -> tuple[Arrival, ...]:
    return tuple(_arrival(row) for row in tx.session.exec(statement.execution_options(populate_existing=True)))


def _arrival(row: ArrivalRow) -> Arrival:
    return Arrival.model_validate({name: getattr(row, name) for name in Arrival.model_fields})
