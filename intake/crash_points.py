"""Named points at which tests end the process as a power cut would (INTAKE_CRASH_AT=name), to see that nothing is lost and nothing sent twice."""

from __future__ import annotations

import os
import signal

VARIABLE = "INTAKE_CRASH_AT"
POINTS = (
    "after-bytes", "after-arrival", "before-reading", "after-reading", "after-decision", "before-acknowledge", "after-acknowledge",
    "after-claim", "at-the-dot", "after-send", "after-settle",
)  # fmt: skip

COPY_POINTS = ("after-copy",)  # come to only where letters are copied into a sent folder


def crash_point(name: str) -> None:
    """Kills this process here, where the variable names this point."""
    if os.environ.get(VARIABLE) == name:
        os.kill(os.getpid(), signal.SIGKILL)
