"""The service's own memory over months: few heaps for its many threads, and what is free given back to the machine from time to time.

glibc gives each thread a heap of its own, up to eight a core, and each keeps what was once its largest. Elsewhere nothing is done.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress

_M_ARENA_MAX = -8  # malloc.h
_HEAPS = 2


def keep_few_heaps() -> None:
    """To be called before the first thread is started."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _HEAPS)


def give_back() -> None:
    """Takes some milliseconds."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
