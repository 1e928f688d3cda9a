"""The `intake` command with a clock that can be set while it runs: as many seconds off as a file says. Time that only passes is left alone.

python -m tests.chaos.shifted_clock FILE run
"""

from __future__ import annotations

import datetime as module
import sys
import time
from pathlib import Path
from typing import Any

_REAL = module.datetime
_REAL_TIME = time.time


class _LikeTheRealOne(type):
    def __instancecheck__(cls, thing: object) -> bool:
        return isinstance(thing, _REAL)

    def __subclasscheck__(cls, kind: type) -> bool:
        return issubclass(kind, _REAL)


def _shift(file: Path) -> None:
    """From now on every module that asks what time it is gets the shifted answer."""

    def off_by() -> float:
        return float(file.read_text("ascii") or 0)

    class Shifted(_REAL, metaclass=_LikeTheRealOne):
        @classmethod
        def now(cls, tz: module.tzinfo | None = None) -> Any:
            return _REAL.now(tz) + module.timedelta(seconds=off_by())

    module.datetime = Shifted  # type: ignore[misc]
    time.time = lambda: _REAL_TIME() + off_by()


def main() -> int:
    _shift(Path(sys.argv[1]))
    sys.argv = ["intake", *sys.argv[2:]]
    from intake.command_line import main as command

    return command()


if __name__ == "__main__":
    sys.exit(main())
