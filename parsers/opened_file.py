"""What opening a file gives: its pages, to be read one by one, or the typed reason why there are none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from parsers.values import Page

Reason = Literal["empty", "encrypted", "damaged", "too_complex", "too_large", "unsafe", "unsupported"]


class Refused(NamedTuple):
    """A file that yields no pages, and why; ``detail`` is for staff and names no content."""

    reason: Reason
    detail: str = ""


class Opened(NamedTuple):
    """A file that can be read. ``read_page`` takes a page number from 1 to ``page_count`` and never raises on what the page holds."""

    page_count: int
    read_page: Callable[[int], Page]
    signed: bool = False
