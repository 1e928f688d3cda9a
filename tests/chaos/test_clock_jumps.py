"""The clock is put right while the service runs, a day forward, an hour back: nothing waits for the time that was, nothing goes out twice."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.values import LetterState
from tests.intake.builders import OUR_ADDRESS, Installation, enquiry, environment_of
from tests.servers.smtp import Postbox, postbox

pytestmark = pytest.mark.slow
DAY, HOUR = 86_400, 3_600


class Greylisting(Postbox):
    """A server that for a while puts every letter off."""

    busy = False

    async def handle_RCPT(self, _server: object, _session: object, envelope: object, address: str, _options: object) -> str:
        if self.busy:
            return "450 come again"
        envelope.rcpt_tos.append(address)  # type: ignore[attr-defined]
        return "250 fine"


@contextmanager
def at_work(house: Installation, clock: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (house.path / "service.log").open("wb") as log, subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.shifted_clock", str(clock), "run"], cwd=house.path, env=environment_of(None), stdout=log, stderr=log
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            process.wait(40)


def wait_for(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def test_a_clock_that_jumps_forward_and_back_under_a_living_service_delays_no_mail_and_no_letter(tmp_path: Path) -> None:
    house, clock = Installation(tmp_path), tmp_path / "clock"
    clock.write_text("0")
    with postbox(Greylisting) as server:
        assert isinstance(server, Greylisting)
        (tmp_path / "intake.toml").write_text(
            f'[mailbox]\naddresses = ["{OUR_ADDRESS}"]\npoll_seconds = 0.3\n'
            f'[outgoing]\nurl = "{server.url}"\nfrom_address = "{OUR_ADDRESS}"\nretry_seconds = 1\n'
        )
        with at_work(house, clock) as process:
            house.deliver(enquiry(1))
            wait_for(lambda: len(server.taken) == 1)

            clock.write_text(str(DAY))
            house.deliver(enquiry(2))
            wait_for(lambda: len(server.taken) == 2)

            server.busy = True  # a letter is put off by a clock that is a day ahead ...
            house.deliver(enquiry(3))
            wait_for(lambda: bool(house.letters(LetterState.DEFERRED)))
            clock.write_text(str(DAY - HOUR))  # ... and then set back: it must not wait for the hour to pass again
            server.busy = False
            wait_for(lambda: len(server.taken) == 3)

            clock.write_text("0")
            house.deliver(enquiry(4))
            wait_for(lambda: len(server.taken) == 4)
            wait_for(lambda: len(house.letters(LetterState.ACCEPTED)) == 4)
            assert process.poll() is None
            assert 0 <= house.status()["last_poll_age_s"] < 60
    assert len(set(server.message_ids)) == 4
    assert "out of reach" not in (tmp_path / "service.log").read_text("utf-8")
