"""Lets thousands of small mails through the running service, and says how much memory it holds at the beginning and at the end.

    python -m tests.soak --mails 10000

Not part of the suite. Reads the service's own figures; fails where its memory passes the limit, or grows with the mails.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from tests.intake.builders import Installation, enquiry
from tests.servers.ports import free_port

_MOST_BYTES = 300_000_000  # the parent process, without its reading processes
_FLAT = 0.05  # of that limit in ten thousand mails: the record's page caches fill (2 MB a connection), and each mail's place in the Maildir is held
_MOST_SLOPE = _FLAT * _MOST_BYTES / 10_000  # bytes a mail; more is a leak
_AT_ONCE = 250


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--mails", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        return soak(Installation(Path(folder)), given.mails, random.Random(given.seed))


def soak(house: Installation, mails: int, dice: random.Random) -> int:
    """Delivers the mails in lots, each once the one before is decided. 0 where memory stays within its limits."""
    port = free_port()
    environment = {"INTAKE_METRICS__LISTEN": f"127.0.0.1:{port}", "INTAKE_OUTGOING__PER_HOUR": "1000000", "INTAKE_EXTRACTION__WORKERS": "1"}
    held: list[tuple[int, float]] = []
    with house.started("run", environment=environment, log=house.path / "service.log"):
        delivered, started = 0, time.monotonic()
        while delivered < mails:
            lot = [a_mail(number, dice) for number in range(delivered, min(mails, delivered + _AT_ONCE))]
            deliver(house.maildir, lot, delivered)
            delivered += len(lot)
            while (figures := figures_of(port)).get("decided", 0.0) < delivered:
                time.sleep(0.5)
            held.append((delivered, figures["intake_resident_bytes"]))
            rate = delivered / (time.monotonic() - started)
            print(f"{delivered} mails, {held[-1][1] / 1e6:.1f} MB, {rate:.1f} mails/s", file=sys.stderr, flush=True)
    slope, most = slope_of(held[len(held) // 3 :]), max(size for _, size in held)
    print(f"{mails} mails: {held[0][1] / 1e6:.1f} MB after {held[0][0]}, {held[-1][1] / 1e6:.1f} MB at the end, most {most / 1e6:.1f} MB")
    print(f"growth over the last two thirds: {slope:.0f} bytes a mail")
    return 0 if most <= _MOST_BYTES and slope <= _MOST_SLOPE else 1


def a_mail(number: int, dice: random.Random) -> bytes:
    """A small mail of some kind, each with words of its own."""
    text = "Could you tell me who may apply? " + "".join(dice.choices("abcdefghij klmnop", k=dice.randrange(100, 3_000)))
    headers = dice.choice(({}, {}, {"List-Id": "<news.example>"}, {"Auto-Submitted": "auto-replied"}))
    return enquiry(number, text=text, headers=headers)


def deliver(maildir: Path, mails: list[bytes], first: int) -> None:
    for number, mail in enumerate(mails, first):
        file = maildir / "tmp" / f"{1_700_000_000 + number}.{number}.soak"
        file.write_bytes(mail)
        file.rename(maildir / "new" / file.name)


def figures_of(port: int) -> dict[str, float]:
    """The service's figures, and under ``decided`` how many mails it has decided; empty while it does not listen yet."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            text = answer.read().decode()
    except OSError:
        return {}
    found: dict[str, float] = {}
    for line in text.splitlines():
        name, _, value = line.rpartition(" ")
        if line.startswith("intake_arrivals{") and 'class="stored"' not in line:
            found["decided"] = found.get("decided", 0.0) + float(value)
        elif not line.startswith("#"):
            found[name] = float(value)
    return found


def slope_of(points: list[tuple[int, float]]) -> float:
    """Growth in bytes a mail, by least squares."""
    if len(points) < 2:
        return 0.0
    across = sum(x for x, _ in points) / len(points)
    up = sum(y for _, y in points) / len(points)
    return sum((x - across) * (y - up) for x, y in points) / sum((x - across) ** 2 for x, _ in points)


if __name__ == "__main__":
    sys.exit(main())
