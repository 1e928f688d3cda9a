"""An act that could not be done, said at the form that asked for it, with everything that the person typed still in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from storage.blobs import BlobError
from storage.errors import StorageError

_TROUBLE = (SQLAlchemyError, OSError, sqlite3.Error)


@dataclass(frozen=True)
class Refused:
    """``form`` and ``item``: which form of the page (the value of which key, the finding of which fingerprint ...); ``message``: why, in words."""

    form: str = ""
    item: str = ""
    message: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    status: int = 200

    def at(self, form: str, item: str = "") -> bool:
        """Whether it is that form that was refused."""
        return bool(self.message) and (self.form, self.item) == (form, item)

    def typed_in(self, form: str, item: str, name: str, otherwise: str) -> str:
        """What the person typed into that box, or what stands there otherwise."""
        return self.typed.get(name, otherwise) if self.at(form, item) else otherwise


NOTHING_REFUSED = Refused()


def is_away(error: Exception) -> bool:
    """Whether the record or the originals are in trouble; anything else is said of what the person asked for."""
    return isinstance(error, BlobError) or (isinstance(error, StorageError) and (error.temporary or isinstance(error.__cause__, _TROUBLE)))
