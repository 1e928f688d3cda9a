"""Many UIDs in little room: what a mailbox of years shows at every poll."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Set


class Uids(Set[int]):
    """A set of UIDs in eight bytes each; a hash table takes ten times as much, and its going and coming leaves holes in the heap."""

    def __init__(self, ascending: Iterable[int]) -> None:
        """Of UIDs in ascending order."""
        self._numbers = array("q", ascending)

    def __contains__(self, uid: object) -> bool:
        if not isinstance(uid, int):
            return False
        at = bisect_left(self._numbers, uid)
        return at < len(self._numbers) and self._numbers[at] == uid

    def __iter__(self) -> Iterator[int]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)
