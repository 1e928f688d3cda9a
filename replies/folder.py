"""The outbox folder: letters written as files, for a demonstration or for another program to send."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from pathlib import Path

from replies.values import Sent


class FolderOutbox:
    """A folder with one ``.eml`` file for each letter, named after its Message-ID."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def file_of(self, message_id: str) -> Path:
        """Where the letter of that Message-ID stands or will stand."""
        left = re.sub(r"[^A-Za-z0-9-]+", "_", message_id.strip("<>").partition("@")[0])[:60].strip("_")
        return self.path / f"{left}-{hashlib.sha256(message_id.encode()).hexdigest()[:12]}.eml"

    def holds(self, message_id: str) -> bool:
        """Whether the letter was written already."""
        return self.file_of(message_id).exists()

    def deliver(self, message_id: str, mail: bytes) -> Sent:
        """Writes the letter whole or not at all, once for each Message-ID: ``accepted`` once on disk, ``deferred`` where the disk will not."""
        target = self.file_of(message_id)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if target.exists():
                return Sent(outcome="accepted", phase="folder", text=f"{target.name} was there already")
            self._write(target, mail)
        except OSError as error:
            return Sent(outcome="deferred", phase="folder", text=f"{target.name}: {error.strerror or error}")
        return Sent(outcome="accepted", phase="folder", text=target.name)

    def _write(self, target: Path, mail: bytes) -> None:
        handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=self.path)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(mail)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        except OSError:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
        folder = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
