"""The database's troubles, said with the way out."""

from __future__ import annotations

from sqlalchemy.engine import URL

_KNOWN = (  # words of the driver's message -> what to do; True where trying again may help
    ("database is locked", "{name} is in use by another process and stayed locked: stop the other process, or try again", True),
    ("database table is locked", "{name} is in use by another process and stayed locked: stop the other process, or try again", True),
    ("disk is full", "the disk of {name} is full: make room; the transaction was undone", True),
    ("no space left", "the disk of {name} is full: make room; the transaction was undone", True),
    ("disk i/o error", "the disk of {name} fails: check it; the transaction was undone", True),
    ("unable to open database file", "{name} cannot be opened: check that its folder exists and may be written", True),
    ("readonly database", "{name} cannot be written: check its owner and permissions", True),
    ("permission denied", "{name} cannot be used: check its owner and permissions", True),
    ("not a database", "{name} is no database, or damaged: restore it from its backup", False),
    ("malformed", "{name} is damaged: restore it from its backup", False),
    ("password authentication failed", "{name} refuses the login: check user and password in [storage] database", False),
    ("does not exist", "{name} lacks something: create the database, or check [storage] database", False),
    ("lock timeout", "{name} is in use by another process and stayed locked: stop the other process, or try again", True),
    ("statement timeout", "{name} took too long to answer: look at the load of its server", True),
    ("deadlock", "{name} undid this transaction in favour of another: try again", True),
    ("shutting down", "{name} is being shut down: it can be used again once its server runs", True),
    ("starting up", "{name} is being started: try again in a moment", True),
    ("terminating connection", "{name} broke the connection: try again", True),
    ("connection", "{name} cannot be reached: check that the server runs and the address is right", True),
    ("can't locate revision", "{name} was made by a newer version of this program: update the program", False),
)


class StorageError(Exception):
    """The record could not be read or written. Nothing of the transaction remains. ``temporary`` where trying again may help."""

    def __init__(self, message: str, *, temporary: bool = False) -> None:
        super().__init__(message)
        self.temporary = temporary


def explained(error: Exception, url: URL) -> StorageError:
    """The library's error in words that name the thing and the way out, without the statement's values."""
    cause = getattr(error, "orig", None) or error
    said = str(cause).lower()
    name = f"the database {url.database}" if url.get_backend_name() == "sqlite" else f"the database {url.database} on {url.host}"
    for words, message, temporary in _KNOWN:
        if words in said:
            return StorageError(message.format(name=name), temporary=temporary)
    return StorageError(f"{name}: {type(cause).__name__}: {str(cause).splitlines()[0][:200] if str(cause) else ''}")
