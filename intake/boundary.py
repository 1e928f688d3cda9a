"""The boundary around one message: the only place where anything unexpected is caught, so that one bad mail never stops the others."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Broken:
    """A message broke us: what kind of trouble, and the traceback for staff. Holds no text of the mail beyond what the exception says."""

    kind: str
    trace: str
    passing: bool = False  # this machine's trouble (a full disk, a locked database), not the message's: to be tried again
    said: str = ""  # the passing trouble in one line

    @property
    def in_words(self) -> str:
        return f"this message broke the reader ({self.kind}); it is kept and needs a person"


def attempt(work: Callable[[], T]) -> T | Broken:
    """The work's result, or Broken. MemoryError and recursion are trouble of the message too; interrupts and exits go on."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 (design.md, Errors: the boundary around one message)
        trace = "".join(traceback.format_exception(error))[-20_000:]
        return Broken(type(error).__name__, trace, passing=_is_passing(error), said=str(error) if _is_passing(error) else "")


def _is_passing(error: Exception) -> bool:
    """Whether trying again later may help whatever the message is: what the record or the blobs call temporary, and a disk without room."""
    if isinstance(error, OSError):
        return error.errno in _PASSING_ERRNOS
    return bool(getattr(error, "temporary", False))


_PASSING_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.EIO, errno.EROFS})
