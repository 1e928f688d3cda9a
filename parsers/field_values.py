"""The day or the number that a field holds, where one was read."""

from __future__ import annotations

import math
from datetime import date

from parsers.values import Field, Read


def as_number(field: Field | None) -> float | int | None:
    """The finite number that was read; None where none was."""
    if isinstance(field, Read) and isinstance(field.value, int | float) and not isinstance(field.value, bool):
        return field.value if math.isfinite(field.value) else None
    return None


def as_day(field: Field | None) -> date | None:
    """The day that was read (normal form YYYY-MM-DD); None where none was."""
    if not isinstance(field, Read) or not isinstance(field.value, str):
        return None
    try:
        return date.fromisoformat(field.value)
    except ValueError:
        return None
