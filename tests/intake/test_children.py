"""No reading process outlives the service, however it ends."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.intake.builders import Installation, enquiry
from tests.intake.test_day_and_night import wait_for

pytestmark = pytest.mark.slow


def children_of(pid: int) -> set[int]:
    """Every process below that one, by the kernel's word."""
    found = set[int]()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found |= {child, *children_of(child)}
    return found


def test_reading_processes_end_with_a_service_that_is_killed(tmp_path: Path) -> None:
    house = Installation(tmp_path)
    with house.started("run") as process:
        wait_for(lambda: len(children_of(process.pid)) >= 1, seconds=60)
        children = children_of(process.pid)
        process.kill()
        process.communicate()
        wait_for(lambda: not [child for child in children if is_running(child)], seconds=10)


def test_a_second_signal_ends_the_service_at_once_and_the_first_within_seconds(tmp_path: Path) -> None:
    house = Installation(tmp_path)
    house.deliver(enquiry(1))
    with house.started("run") as process:
        wait_for(lambda: len(house.outbox_files()) == 1, seconds=60)
        os.kill(process.pid, signal.SIGSTOP)
        os.kill(process.pid, signal.SIGTERM)
        os.kill(process.pid, signal.SIGINT)
        os.kill(process.pid, signal.SIGCONT)
        process.communicate(timeout=10)
        assert process.returncode in (0, 128 + signal.SIGTERM, 128 + signal.SIGINT)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
