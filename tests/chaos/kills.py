"""Kills the running service at random moments, a thousand times, between servers that misbehave; then checks the books from outside.

    python -m tests.chaos.kills --kills 1000 --seed 1

A real Dovecot behind a line that is cut now and then, a mail server that refuses and loses answers, mails of many kinds delivered all the while.
At the end the service runs undisturbed until nothing is left to do, and the ten invariants are looked at (reliability.md, 'Invariants').
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlmodel import col, select

import tests
from storage.blobs import BlobError, BlobStore
from storage.database import Database, open_database
from storage.errors import StorageError
from storage.outbox import copies_due, letters_in
from storage.rows import ArrivalRow
from storage.values import LetterState
from tests.chaos.post_office import PostOffice, post_office
from tests.intake.builders import OUR_ADDRESS, enquiry
from tests.servers.dovecot import PASSWORD, Dovecot, dovecot
from tests.servers.proxy import Proxy, proxy_to

ROOT = Path(tests.__file__).parents[1]
DONE, REVIEW, SENT = "Done", "Review", "Sent"
_ENDS = {"decided", "repeated", "quarantined"}
_SETTLED = {LetterState.ACCEPTED, LetterState.UNKNOWN, LetterState.HELD, LetterState.FAILED}
_QUIET_S = 240.0


@dataclass
class Books:
    """What was delivered: bytes, and whether an answer is forbidden."""

    delivered: list[bytes] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)  # senders that must never hear from us


@dataclass
class House:
    """The service's folder and how it is run there."""

    folder: Path
    settings: str
    running: int | None = None
    starter: subprocess.Popen[str] | None = None

    @property
    def database(self) -> str:
        return f"sqlite:///{self.folder / 'data' / 'intake.sqlite3'}"

    def open(self) -> None:
        (self.folder / "intake.toml").write_text(self.settings, "utf-8")
        (self.folder / "data").mkdir()
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.starter = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.starter", "intake.toml"],
            cwd=self.folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def start(self) -> None:
        assert self.starter is not None
        assert self.starter.stdin is not None
        assert self.starter.stdout is not None
        self.starter.stdin.write("start\n")
        self.starter.stdin.flush()
        self.running = int(self.starter.stdout.readline())

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        if self.running is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.running, number)
            self.running = None

    def close(self) -> None:
        self.kill()
        if self.starter is not None:
            self.starter.kill()
            self.starter.communicate()

    @contextlib.contextmanager
    def record(self) -> Iterator[Database]:
        database = open_database(self.database)
        try:
            yield database
        finally:
            database.close()


def another_mail(number: int, dice: random.Random, books: Books) -> bytes:
    """A mail of some kind: mostly enquiries, some with a paper; lists, automatic mail, garbage, and copies of earlier ones."""
    kind = dice.choices(("enquiry", "paper", "list", "robot", "garbage", "copy"), (60, 10, 8, 8, 6, 8))[0]
    sender = f"person{number}@asking{number}.example"
    if kind == "copy" and books.delivered:
        return dice.choice(books.delivered)
    if kind == "garbage":
        return dice.randbytes(300) + b"\n"
    if kind in ("list", "robot"):
        books.silent.add(sender)
        headers = {"List-Id": "<news.example>"} if kind == "list" else {"Auto-Submitted": "auto-replied"}
        return enquiry(number, sender=sender, headers=headers)
    return enquiry(number, sender=sender, files={"paper.pdf": _one_page()} if kind == "paper" else None)


def _one_page() -> bytes:
    """The smallest PDF that is one: a blank page."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )


def settings_for(server: Dovecot, proxy: Proxy, office: PostOffice) -> str:
    password = PASSWORD.replace("\\", "\\\\").replace('"', '\\"')
    return f'''
[mailbox]
url = "imap://127.0.0.1:{proxy.port}"
username = "{server.user}"
password = "{password}"
addresses = ["{OUR_ADDRESS}"]
processed_folder = "{DONE}"
review_folder = "{REVIEW}"
sent_folder = "{SENT}"
poll_seconds = 0.2
[outgoing]
url = "smtp://127.0.0.1:{office.port}"
from_address = "{OUR_ADDRESS}"
retry_seconds = 0.2
per_hour = 100000
[extraction]
workers = 1
'''


def chaos(kills: int, seed: int, folder: Path, *, longest_s: float = 1.2) -> list[str]:
    """The whole treatment; every fault found, in words. Takes about 0.7 s a kill and a minute besides."""
    dice = random.Random(seed)
    books = Books()
    with dovecot() as server, proxy_to(server.port) as proxy, post_office(seed) as office:
        house = House(folder, settings_for(server, proxy, office))
        house.open()
        try:
            office.rough = 0.15
            for count in range(kills):
                for _ in range(dice.choice((0, 0, 1, 1, 2))):
                    mail = another_mail(len(books.delivered), dice, books)
                    server.deliver([mail])
                    books.delivered.append(mail)
                house.start()
                _let_run(dice, proxy, longest_s)
                house.kill(signal.SIGTERM if dice.random() < 0.05 else signal.SIGKILL)
                if count % 20 == 19:
                    print(f"{count + 1}/{kills} kills, {len(books.delivered)} mails, {len(office.taken)} letters taken", file=sys.stderr, flush=True)
            office.rough, proxy.cut_after = 0.0, None
            house.start()
            _until_quiet(house, len(books.delivered))
            house.kill(signal.SIGTERM)
            time.sleep(1.0)
            print(f"befell letters: {dict(office.befell)}", file=sys.stderr)
            return faults(house, server, office, books)
        finally:
            house.close()


def _let_run(dice: random.Random, proxy: Proxy, longest_s: float) -> None:
    proxy.cut_after = dice.randrange(200, 20_000) if dice.random() < 0.15 else None
    time.sleep(dice.uniform(0.02, longest_s) if dice.random() < 0.9 else dice.uniform(1.0, 3.0))
    if dice.random() < 0.1:
        proxy.hang_up()
        time.sleep(dice.uniform(0.0, 0.3))


def _until_quiet(house: House, mails: int) -> None:
    deadline = time.monotonic() + _QUIET_S
    with house.record() as database:
        while time.monotonic() < deadline:
            time.sleep(0.5)
            with contextlib.suppress(StorageError), database.reading() as tx:
                arrivals = tx.session.exec(select(ArrivalRow.state, ArrivalRow.acknowledged_at)).all()
                waiting = [one for one in letters_in(tx, *LetterState) if one.state not in _SETTLED]
                ended = len(arrivals) == mails and all(state in _ENDS and at is not None for state, at in arrivals)
                if ended and not waiting and not copies_due(tx):
                    return


def faults(house: House, server: Dovecot, office: PostOffice, books: Books) -> list[str]:
    """What is wrong in the books: nothing lost, nothing twice, nothing forbidden, everything acknowledged."""
    found: list[str] = []
    blobs = BlobStore(house.folder / "data" / "blobs")
    with house.record() as database, database.reading() as tx:
        arrivals = list(tx.session.exec(select(ArrivalRow).order_by(col(ArrivalRow.id))))
        letters = letters_in(tx, *LetterState)
        if len(arrivals) != len(books.delivered):
            found.append(f"{len(books.delivered)} mails were delivered, {len(arrivals)} arrivals are on record")
        found += [f"arrival {one.id} is left {one.state}" for one in arrivals if one.state not in _ENDS]
        found += [f"arrival {one.id} was never acknowledged" for one in arrivals if one.acknowledged_at is None]
        ends = Counter(one.state for one in arrivals)
        kept = Counter(_bytes_of(blobs, one.sha256) for one in arrivals)
    shown = Counter(data for folder in ("INBOX", DONE, REVIEW) for data in _contents(server, folder))
    found += [f"{lost.total()} mails are lost"] if (lost := shown - kept) else []
    found += [f"letter {one.id} is left {one.state.value}" for one in letters if one.state not in _SETTLED]
    twice = [name for name, count in Counter(office.message_ids()).items() if count > 1]
    found += [f"taken over {len(twice)} letters twice"] if twice else []
    causes = Counter((one.case_id, one.template, one.cause) for one in letters)
    found += [f"due twice: {cause}" for cause, count in causes.items() if count > 1]
    found += [f"an answer to a machine: {to}" for to, _ in office.taken if to in books.silent]
    taken = set(office.message_ids())
    found += [
        f"letter {one.id} is accepted in the record and unknown to the server" for one in letters if _is_wrong(one.state, one.message_id, taken)
    ]
    found += _in_folders(server, len(books.delivered), len([one for one in letters if one.state is LetterState.ACCEPTED]))
    states = Counter(one.state.value for one in letters)
    doubts = Counter(one.reason for one in letters if one.state is LetterState.UNKNOWN)
    print(f"in doubt, and why: {dict(doubts)}", file=sys.stderr)
    print(f"{len(arrivals)} arrivals {dict(ends)}; letters {dict(states)}; taken {len(taken)}", file=sys.stderr)
    return found


def _is_wrong(state: LetterState, message_id: str, taken: set[str]) -> bool:
    return state is LetterState.ACCEPTED and message_id not in taken


def _bytes_of(blobs: BlobStore, sha256: str | None) -> bytes:
    try:
        return blobs.get(sha256 or "")
    except BlobError:
        return b""


def _contents(server: Dovecot, folder: str) -> list[bytes]:
    with server.client() as person:
        there = person.folder_exists(folder)
    return server.folder_contents(folder) if there else []


def _in_folders(server: Dovecot, mails: int, accepted: int) -> list[str]:
    with server.client() as person:
        counted = {
            name: person.folder_status(name, ["MESSAGES"])[b"MESSAGES"] if person.folder_exists(name) else 0 for name in ("INBOX", DONE, REVIEW, SENT)
        }
    found = [f"{counted['INBOX']} mails are left in the inbox"] if counted["INBOX"] else []
    if counted[DONE] + counted[REVIEW] != mails:
        found.append(f"{mails} mails were delivered, {counted[DONE] + counted[REVIEW]} lie in the folders")
    if counted[SENT] != accepted:
        found.append(f"{accepted} letters were accepted, {counted[SENT]} copies lie in the sent folder")
    return found


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kills", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--longest", type=float, default=1.2, help="seconds that the service mostly lives at most")
    given = options.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        found = chaos(given.kills, given.seed, Path(folder), longest_s=given.longest)
        if found:
            print((Path(folder) / "service.log").read_text("utf-8", "replace")[-4000:], file=sys.stderr)
    print("\n".join(found) if found else f"{given.kills} kills in {time.monotonic() - started:.0f} s: nothing lost, nothing twice, nothing forbidden")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
