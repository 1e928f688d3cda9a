"""Names of folders on the server, and folders made where they are missing."""

from __future__ import annotations

from intake.imap_session import Refused, Session

INBOX = "INBOX"
_NO_FOLDER = frozenset({b"\\noselect", b"\\nonexistent"})  # names that only lead to others (RFC 9051 7.3.1)


def wire_name(session: Session, name: str) -> str:
    """The name by which this server knows a folder of the settings: ``/`` stands for its separator, its personal prefix goes before (RFC 2342)."""
    if name not in session.names:
        session.names[name] = INBOX if name.upper() == INBOX else _asked(session, name)
    return session.names[name]


def _asked(session: Session, name: str) -> str:
    if not session.offers("NAMESPACE"):
        return name
    with session.exchange("asking how folders are named") as client:
        personal = client.namespace().personal
        prefix, separator = personal[0] if personal else ("", "/")
    separator = separator or "/"
    inner = name if separator == "/" else name.replace("/", separator)
    if not prefix or inner.startswith(prefix) or f"{inner}{separator}" == prefix or folder_exists(session, inner):  # last: a shared folder
        return inner
    return f"{prefix}{inner}"


def ensure_folder(session: Session, wire: str) -> None:
    """Makes and subscribes a folder unless it is there. Raises Refused where the server does not let us."""
    if folder_exists(session, wire):
        return
    try:
        with session.exchange(f"making folder {wire}") as client:
            client.create_folder(wire)
    except Refused:
        if not folder_exists(session, wire):  # somebody else made it in the meantime
            raise
    try:
        with session.exchange(f"subscribing folder {wire}") as client:
            client.subscribe_folder(wire)
    except Refused:
        return  # only mail programs that show subscribed folders alone miss it


def folder_exists(session: Session, wire: str) -> bool:
    with session.exchange(f"looking for folder {wire}") as client:
        return any(not _NO_FOLDER & {flag.lower() for flag in flags} for flags, _, _ in client.list_folders("", wire))
