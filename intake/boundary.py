"""The boundary around one message: the only place where anything unexpected is caught, so that one bad mail never stops the others."""

from __future__ import annotations

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

    @property
    def in_words(self) -> str:
        return f"this message broke the reader ({self.kind}); it is kept and needs a person"


def attempt(work: Callable[[], T]) -> T | Broken:
    """The work's result, or Broken. MemoryError and recursion are trouble of the message too; interrupts and exits go on."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 (design.md, Errors: the boundary around one message)
        return Broken(type(error).__name__, "".join(traceback.format_exception(error))[-20_000:])
