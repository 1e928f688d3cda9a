"""The forms that the database has had, and the way from each to the next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from storage.errors import StorageError

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

HEAD = "0008"  # the newest form; a test compares it with the scripts, so that an up-to-date database opens without alembic


def migrate(connection: Connection, to: str = "head") -> None:
    """Brings the database of an open transaction up to a form ('head', or its number), or down to an earlier one ('base', or its number)."""
    from alembic import command  # a third of a second, needed only when there is something to migrate
    from alembic.util import CommandError

    config = configuration()
    config.attributes["connection"] = connection
    try:
        if to == "base" or (to != "head" and int(to) < int(_form(connection))):
            command.downgrade(config, to)
        else:
            command.upgrade(config, to)
    except CommandError as error:
        raise StorageError("the database was made by a newer version of this program: update the program") from error


def configuration() -> Config:
    """Alembic's configuration, without a file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def _form(connection: Connection) -> str:
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision() or "0"
