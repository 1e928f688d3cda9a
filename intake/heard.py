"""What a mail server answered, noted beside the record the moment it is heard: a crash before the record has it leaves no letter in doubt.

The record may keep the answer waiting, for the disk and for whoever writes just then; a line at the end of a file does not. The line outlives the
process, not the power: after that a letter at the dot stays in doubt, as before.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from parsers.values import Value
from replies.values import Sent
from storage.values import Letter


class _Line(Value):
    letter: int
    message_id: str
    attempt: int
    sent: Sent


@dataclass(frozen=True)
class Heard:
    """The file of answers; ``path`` None: none is kept. Where it cannot be written letters go out all the same."""

    path: Path | None = None

    def note(self, letter: Letter, sent: Sent) -> None:
        """What the server answered to this attempt."""
        if self.path is None:
            return
        line = _Line(letter=letter.id, message_id=letter.message_id, attempt=letter.attempts, sent=sent).model_dump_json() + "\n"
        with suppress(OSError):
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(handle, line.encode())
            finally:
                os.close(handle)

    def of(self, letter: Letter) -> Sent | None:
        """What was heard of this attempt at this letter; None where nothing was. A line that was cut short says nothing."""
        try:
            lines = self.path.read_text("utf-8").splitlines() if self.path is not None else []
        except (OSError, UnicodeDecodeError):
            return None
        for line in reversed(lines):
            with suppress(ValueError):
                noted = _Line.model_validate_json(line)
                if (noted.letter, noted.message_id, noted.attempt) == (letter.id, letter.message_id, letter.attempts):
                    return noted.sent
        return None

    def forget(self) -> None:
        """The record has it all."""
        if self.path is not None:
            with suppress(OSError):
                os.truncate(self.path, 0)


def heard_beside(database_url: str) -> Heard:
    """The file beside an SQLite record; for a server's database none is kept, for the next service may run on another machine."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return Heard()
    return Heard(Path(f"{url.database}.heard"))
