"""Copies of our letters in the sent folder: put there once, and found again by the Message-ID that we gave them."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import compat32

from intake.imap_folders import ensure_folder, folder_exists, wire_name
from intake.imap_session import Session
from replies.message_ids import is_strict_id

_FIELD = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"
_LOOKED_AT = 20


def append_sent(session: Session, folder: str, mail: bytes, message_id: str) -> None:
    """Puts a copy, marked seen, into the folder unless one with that Message-ID lies there. The folder is made where it is missing."""
    wire = wire_name(session, folder)
    ensure_folder(session, wire)
    if not holds_message_id(session, folder, message_id):
        with session.exchange(f"putting a copy into {wire}") as client:
            client.append(wire, mail, flags=("\\Seen",))


def holds_message_id(session: Session, folder: str, message_id: str) -> bool:
    """Whether a mail with exactly that Message-ID lies in that folder, which is opened for reading. ValueError for an id that is not strict.

    The one text that ever enters a command is an id that we made, of characters that mean nothing there (reliability.md: UIDs only).
    """
    if not is_strict_id(message_id):
        raise ValueError("only a Message-ID of the strict form is searched for")
    wire = wire_name(session, folder)
    if not folder_exists(session, wire):
        return False
    session.select(wire, readonly=True)
    with session.exchange(f"looking for a letter in {wire}") as client:
        uids = client.search(f'HEADER Message-ID "{message_id}"')[-_LOOKED_AT:]  # a server looks for a part of the value
        answers = client.fetch(uids, [_FIELD])
    return any(_id_in(value) == message_id for answer in answers.values() for key, value in answer.items() if key.startswith(b"BODY["))


def _id_in(header: object) -> str:
    return str(message_from_bytes(header, policy=compat32).get("Message-ID", "")).strip() if isinstance(header, bytes) else ""
