"""Logic with three answers, so that what nobody could read never counts as a no (programme.md: 'cannot be decided' is for staff)."""

from __future__ import annotations

from collections.abc import Iterable

from checks.values import Outcome


def all_of(outcomes: Iterable[Outcome]) -> Outcome:
    """FAIL if one fails, else UNSURE if one is unsure, else PASS (also for none at all)."""
    seen = set(outcomes)
    if Outcome.FAIL in seen:
        return Outcome.FAIL
    return Outcome.UNSURE if Outcome.UNSURE in seen else Outcome.PASS


def any_of(outcomes: Iterable[Outcome]) -> Outcome:
    """PASS if one passes, else UNSURE if one is unsure, else FAIL (also for none at all)."""
    seen = set(outcomes)
    if Outcome.PASS in seen:
        return Outcome.PASS
    return Outcome.UNSURE if Outcome.UNSURE in seen else Outcome.FAIL


def outcome_of(answer: bool | None) -> Outcome:
    """A yes, a no, or 'cannot tell' (None) as an outcome."""
    if answer is None:
        return Outcome.UNSURE
    return Outcome.PASS if answer else Outcome.FAIL
