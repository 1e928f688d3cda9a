"""How long an applicant waits for the letter while the service is idle: from the mail's arrival to the letter at a real mail server.

    python -m tests.bench_answer --times 3
    python -m tests.bench_answer --times 3 --imap

A service of its own (`intake run`, two reading processes) beside a mail server on this machine; its mailbox is a Maildir, or a folder of a real
Dovecot that it watches. Every mail is by another applicant, so that nothing was read before. ``core_s``: what the service and its children spent.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.bench_readers import core_seconds_of
from tests.intake.builders import OUR_ADDRESS, Installation, an_application, enquiry
from tests.servers.dovecot import PASSWORD, dovecot
from tests.servers.smtp import Postbox, postbox

TARGET_S = 3.0  # for a mail with a PDF form
LONGEST_S = 60.0
_SETTLED_S = 2.0  # between two mails: idle again
_LOOK_S = 0.01
KINDS: dict[str, Callable[[int], bytes]] = {
    "no_papers": lambda seed: enquiry(seed),
    "form": lambda seed: _with(seed, 0),
    "form_and_2_papers": lambda seed: _with(seed, 2),
    "whole_application": lambda seed: an_application(seed).mail(seed),
}


def _with(seed: int, papers: int) -> bytes:
    """The PDF form with values by itself, or with some of the papers."""
    applying = an_application(seed)
    files = {"application.pdf": applying.form, **{f"{code}.pdf": applying.papers[code] for code in list(applying.papers)[:papers]}}
    return enquiry(seed, sender=applying.email, subject="Application under the CPPP", text="Please find our form enclosed.", files=files)


class Waited:
    """What one answer took: seconds by the clock, and core-seconds of the service."""

    def __init__(self, seconds: float, core_s: float) -> None:
        self.seconds, self.core_s = seconds, core_s


@contextmanager
def idle_service(folder: Path, *, imap: bool, workers: int = 2) -> Iterator[tuple[Callable[[bytes], Waited], Postbox]]:
    """A running service that has its models loaded and nothing to do; and what hands it a mail and waits for its answer."""
    with ExitStack() as open_things:
        box = open_things.enter_context(postbox())
        house = Installation(folder)
        mailbox = f'url = "maildir:{house.maildir}"'
        deliver: Callable[[bytes], None] = house.deliver
        if imap:
            server = open_things.enter_context(dovecot())
            mailbox, deliver = f'url = "{server.url}"\nusername = "{server.user}"', lambda mail: server.deliver([mail])
        (folder / "intake.toml").write_text(
            f'[mailbox]\n{mailbox}\npoll_seconds = 1\naddresses = ["{OUR_ADDRESS}"]\n[outgoing]\nurl = "{box.url}"\nfrom_address = "{OUR_ADDRESS}"\n'
            f"per_hour = 10000\n[extraction]\nworkers = {workers}\n",
            encoding="utf-8",
        )
        environment = {"INTAKE_MAILBOX__PASSWORD": PASSWORD} if imap else None
        process = open_things.enter_context(house.started("run", environment=environment, log=folder / "said.log"))

        def answer(mail: bytes) -> Waited:
            before, letters = core_seconds_of(process.pid), len(box.taken)
            began = time.monotonic()
            deliver(mail)
            while len(box.taken) == letters:
                if time.monotonic() - began > LONGEST_S:
                    raise TimeoutError((folder / "said.log").read_text("utf-8")[-2000:])
                time.sleep(_LOOK_S)
            waited = time.monotonic() - began
            time.sleep(_SETTLED_S)
            return Waited(waited, core_seconds_of(process.pid) - before)

        answer(_with(9_000, 1))  # the reading processes start and load their models
        time.sleep(_SETTLED_S)
        yield answer, box


def figures(*, times: int = 3, imap: bool = False, kinds: tuple[str, ...] = tuple(KINDS), seed: int = 500) -> dict[str, float]:
    """Median and longest wait by kind of mail, in seconds, and the median core-seconds."""
    found: dict[str, float] = {}
    mails = {kind: [KINDS[kind](seed + 50 * place + number) for number in range(times)] for place, kind in enumerate(kinds)}
    with tempfile.TemporaryDirectory(prefix="answer-") as folder, idle_service(Path(folder), imap=imap) as (answer, _):
        for kind in kinds:
            waits = [answer(mail) for mail in mails[kind]]
            found[f"answer_{kind}_s"] = round(statistics.median(wait.seconds for wait in waits), 2)
            found[f"answer_{kind}_longest_s"] = round(max(wait.seconds for wait in waits), 2)
            found[f"answer_{kind}_core_s"] = round(statistics.median(wait.core_s for wait in waits), 2)
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--times", type=int, default=3)
    options.add_argument("--imap", action="store_true", help="a folder of a real Dovecot in place of a Maildir")
    options.add_argument("--kinds", nargs="*", choices=list(KINDS), default=list(KINDS))
    options.add_argument("--seed", type=int, default=500)
    given = options.parse_args()
    print(json.dumps(figures(times=given.times, imap=given.imap, kinds=tuple(given.kinds), seed=given.seed), indent=1))


if __name__ == "__main__":
    main()
