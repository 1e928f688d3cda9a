"""Temporary folders of the reading processes, removed also after a process that was killed: each is locked as long as its maker lives.

The lock (flock) ends with the process, however it ends. So a later process tells what is abandoned from what another one works in, be it one in a
container of its own that shares the temporary directory.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

READING = "intake-read-"
DRAWING = "intake-draw-"
MASKING = "intake-mask-"


@contextlib.contextmanager
def temporary_folder(prefix: str) -> Iterator[str]:
    """A new folder in the temporary directory, locked, and removed with all that is in it. Raises OSError where none can be made."""
    folder, lock = _locked(prefix)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _locked(prefix: str) -> tuple[str, int]:
    while True:
        folder = tempfile.mkdtemp(prefix=prefix)
        try:
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:  # another process took it for abandoned before it was locked
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if Path(folder).stat().st_ino == os.fstat(lock).st_ino:
                return folder, lock
        except (BlockingIOError, FileNotFoundError):
            pass
        except OSError:  # a file system without locks: nothing there is ever taken for abandoned
            return folder, lock
        os.close(lock)


def remove_abandoned() -> int:
    """Removes this user's folders whose maker is gone; how many. Never raises: what cannot be removed stays."""
    removed = 0
    with contextlib.suppress(OSError):
        for folder in Path(tempfile.gettempdir()).iterdir():
            if folder.name.startswith((READING, DRAWING, MASKING)):
                removed += _removed(folder)
    return removed


def _removed(folder: Path) -> bool:
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        found = os.fstat(lock)
        if found.st_uid != os.geteuid() or not stat.S_ISDIR(found.st_mode):
            return False
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        return False
    finally:
        os.close(lock)
    return not folder.exists()
