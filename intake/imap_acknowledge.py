"""Marking a mail handled on the server: moved to a folder, else a keyword, else seen; every step may be repeated, nothing else is ever expunged."""

from __future__ import annotations

import logging
from collections.abc import Callable

from intake.imap_folders import ensure_folder, wire_name
from intake.imap_session import Refused, Session

log = logging.getLogger("intake.imap")
KEYWORD = "IntakeHandled"
_PASSING = ("[INUSE]", "[UNAVAILABLE]", "[LIMIT]", "BUSY")  # RFC 5530, and Exchange
_DELETED, _SEEN, _ANY = "\\Deleted", "\\Seen", "\\*"


def move(session: Session, uid: int, folder: str) -> None:
    """Moves a mail; does nothing where it is no longer there. The folder is made where it is missing; a mail that the server will not move is marked.

    MOVE (RFC 6851) where offered, else copied and marked deleted, and expunged by its UID (RFC 4315). Where the server offers not even that it
    stays marked deleted: a plain EXPUNGE would take other people's mails with it.
    """
    wire = wire_name(session, folder)
    try:
        _move(session, uid, wire)
    except Refused as error:
        if any(word in str(error).upper() for word in _PASSING):
            raise
        if session.uids_between(uid, uid):
            log.warning("mail uid=%s stays where it is, marked handled: %s", uid, error)
            flag(session, uid)


def _move(session: Session, uid: int, wire: str) -> None:
    if session.offers("MOVE"):
        _into(session, wire, lambda: _moved(session, uid, wire))
        return
    flags = _flags(session, uid)
    if flags is None:
        return
    copied = {_DELETED.lower(), KEYWORD.lower()} <= flags
    if not copied:
        if _DELETED.lower() in flags:
            _store(session, uid, _DELETED, remove=True)  # somebody's mark: the copy would carry it and be swept away
        _into(session, wire, lambda: _copied(session, uid, wire))
        _store(session, uid, *([_DELETED, KEYWORD] if _is_permitted(session, KEYWORD) else [_DELETED]))
    if session.offers("UIDPLUS"):
        with session.exchange("expunging a moved mail") as client:
            client.uid_expunge([uid])


def flag(session: Session, uid: int) -> None:
    """Gives a mail the keyword, or marks it seen where the server keeps no keywords."""
    _store(session, uid, KEYWORD if _is_permitted(session, KEYWORD) else _SEEN)


def _into(session: Session, wire: str, put: Callable[[], None]) -> None:
    try:
        put()
    except Refused:  # the folder may be missing (TRYCREATE, RFC 9051 7.1)
        ensure_folder(session, wire)
        put()


def _moved(session: Session, uid: int, wire: str) -> None:
    with session.exchange(f"moving a mail to {wire}") as client:
        client.move([uid], wire)


def _copied(session: Session, uid: int, wire: str) -> None:
    with session.exchange(f"copying a mail to {wire}") as client:
        client.copy([uid], wire)


def _flags(session: Session, uid: int) -> frozenset[str] | None:
    """The mail's flags in lower case; None where it is no longer there."""
    with session.exchange("asking for flags") as client:
        answer = client.fetch([uid], ["FLAGS"]).get(uid)
    return None if answer is None else frozenset(flag.decode("ascii", "replace").lower() for flag in answer.get(b"FLAGS", ()))


def _store(session: Session, uid: int, *flags: str, remove: bool = False) -> None:
    with session.exchange("marking a mail") as client:
        if remove:
            client.remove_flags([uid], flags, silent=True)
        else:
            client.add_flags([uid], flags, silent=True)


def _is_permitted(session: Session, keyword: str) -> bool:
    permitted = session.selected.keywords if session.selected else frozenset()
    return _ANY in permitted or keyword.lower() in permitted
