"""How fast a backlog is fetched and kept: mails of 100 KB in a real Dovecot, until the last arrival is on record.

    python -m tests.bench_backlog --mails 1000 --size 100000
    python -m tests.bench_backlog --mails 1000 --deciding

Not part of the suite. ``--deciding``: the whole service runs and decides beside, as it does after an outage; else fetching alone is measured.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import random
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path
from unittest import mock

from intake.day_and_night import DayAndNight
from intake.service import Service, open_service
from intake.settings import Settings
from tests.intake.builders import OUR_ADDRESS, Installation, enquiry
from tests.servers.dovecot import PASSWORD, Dovecot, dovecot


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--mails", type=int, default=1000)
    options.add_argument("--size", type=int, default=100_000)
    options.add_argument("--deciding", action="store_true")
    options.add_argument("--profile", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="backlog-") as folder, dovecot() as server:
        fill(server, given.mails, given.size)
        settings = settings_of(Path(folder), server)
        if given.deciding:
            _beside_deciding(settings, given.mails)
        else:
            _alone(settings, given.mails, profile=given.profile)
    return 0


def fill(server: Dovecot, mails: int, size: int) -> None:
    """Enquiries of about that many bytes each, laid into the server's Maildir as a delivery agent does."""
    dice = random.Random(1)
    with server.client() as client:
        client.select_folder("INBOX")
    for number in range(mails):
        text = "May I ask which factories can apply?\n\n" + "\n".join("".join(dice.choices("abcdefghij ", k=70)) for _ in range(size // 72))
        file = server.maildir / "new" / f"{1_700_000_000 + number}.{number}.backlog"
        file.write_bytes(enquiry(number, text=text))
        file.chmod(0o666)


def settings_of(folder: Path, server: Dovecot) -> Settings:
    house = Installation(folder)
    mailbox = {"url": server.url, "username": server.user, "password": PASSWORD, "addresses": [OUR_ADDRESS], "poll_seconds": 1}
    house.changes = {"mailbox": mailbox, "outgoing": {"per_hour": 100_000}}
    return house.settings


def _alone(settings: Settings, mails: int, *, profile: bool) -> None:
    with open_service(settings, threading.Event()) as service:
        service.mailbox.identity()
        profiler = cProfile.Profile() if profile else None
        started, used = time.monotonic(), _cpu_s()
        if profiler is not None:
            profiler.enable()
        fetched = service.fetch()
        if profiler is not None:
            profiler.disable()
            pstats.Stats(profiler, stream=sys.stderr).sort_stats("tottime").print_stats(25)
        _say(fetched, time.monotonic() - started, _cpu_s() - used)
    assert fetched == mails


def _beside_deciding(settings: Settings, mails: int) -> None:
    kept: list[tuple[float, float]] = []
    fetch = Service.fetch

    def counted(service: Service) -> int:
        service.mailbox.identity()
        started, used = time.monotonic(), _cpu_s()
        fetched = fetch(service)
        if fetched:
            kept.append((time.monotonic() - started, _cpu_s() - used))
        return fetched

    service = DayAndNight(settings, threading.Event())
    thread = threading.Thread(target=service.work)
    with mock.patch.object(Service, "fetch", counted):
        thread.start()
        while not kept:
            time.sleep(0.05)
        _say(mails, *kept[0])
        service.stopping.set()
        thread.join()


def _cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _say(mails: int, wall_s: float, cpu_s: float) -> None:
    print(f"{mails} mails kept in {wall_s:.2f} s: {mails / wall_s:.0f} a second; {cpu_s / mails * 1000:.2f} ms of our processor time each")


if __name__ == "__main__":
    sys.exit(main())
