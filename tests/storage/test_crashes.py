"""Nothing is lost and nothing done twice when processes are killed or race."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage import arrivals, outbox
from storage.blobs import BlobStore
from storage.database import Database, open_database
from storage.values import LetterState
from tests.storage.build import NOW, open_case, reply

pytestmark = pytest.mark.slow  # starts processes and kills them

ARRIVING = """
import sys, pathlib
from tests.storage.build import NOW
from storage import arrivals, outbox
from storage.blobs import BlobStore
from storage.database import open_database
from tests.storage.build import open_case, reply, run
from parsers.values import MessageClass
database, store = open_database(sys.argv[1]), BlobStore(pathlib.Path(sys.argv[2]))
uid = int(sys.argv[3])
while True:
    uid += 1
    sha256 = store.keep(str(uid).encode())
    with database.transaction() as tx:
        arrival, _ = arrivals.record_arrival(tx, mailbox="INBOX", uidvalidity=1, uid=uid, sha256=sha256, size=1, internal_date=NOW, seen_at=NOW)
    with database.transaction() as tx:
        case = open_case(tx)
        run(tx, case)
        outbox.queue(tx, case_id=case.id, reply=reply(cause=sha256), message_id=f"<{uid}@office.example>", at=NOW)
        arrivals.mark_decided(tx, arrival.id, message_class=MessageClass.APPLICATION, case_id=case.id, at=NOW)
    print(uid, flush=True)
"""

CLAIMING = """
import sys
from tests.storage.build import NOW
from storage import outbox
from storage.database import open_database
from storage.values import LetterState
database = open_database(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
while True:
    with database.transaction() as tx:
        letter = outbox.claim(tx, NOW)
    if letter is None:
        break
    print(letter.id, flush=True)
    with database.transaction() as tx:
        outbox.settle(tx, letter.id, LetterState.ACCEPTED, at=NOW, code=250)
"""


def test_a_service_that_is_killed_at_any_moment_loses_nothing_and_queues_nothing_twice(sqlite_url: str, tmp_path: Path) -> None:
    open_database(sqlite_url).close()
    uid, said = 0, 0
    for delay_s in (0.05, 0.11, 0.23):
        process = subprocess.Popen([sys.executable, "-c", ARRIVING, sqlite_url, str(tmp_path / "blobs"), str(uid)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay_s)
        os.kill(process.pid, signal.SIGKILL)
        lines = process.stdout.read().split()
        process.stdout.close()
        process.wait()
        said = int(lines[-1]) if lines else uid + 1
        uid = said + 1  # the next one may be half done: it is found as pending
    database, store = open_database(sqlite_url), BlobStore(tmp_path / "blobs")
    with database.reading() as tx:
        decided = [arrivals.arrival(tx, one) for one in range(1, 1 + len(arrivals.known_uids(tx, "INBOX", 1)))]
        letters = outbox.letters_in(tx, LetterState.QUEUED)
        waiting = arrivals.pending(tx)
    database.close()
    assert {one.uid for one in decided} >= {said}
    assert all(store.has(one.sha256 or "") for one in decided)
    assert len(letters) == len({(letter.case_id, letter.cause) for letter in letters}) == len(decided) - len(waiting)
    assert all(one.case_id is not None for one in decided if one not in waiting)
    assert len(waiting) <= 3


def test_of_two_senders_exactly_one_gets_each_letter(database: Database, url: str) -> None:
    with database.transaction() as tx:
        case = open_case(tx)
        for number in range(40):
            outbox.queue(tx, case_id=case.id, reply=reply(cause=f"{number:064}"), message_id=f"<{number}@office.example>", at=NOW)
    senders = [subprocess.Popen([sys.executable, "-c", CLAIMING, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for sender in senders:
        assert sender.stdout is not None
        assert sender.stdout.readline() == "ready\n"
    for sender in senders:
        assert sender.stdin is not None
        sender.stdin.write("\n")
        sender.stdin.flush()
    claimed = [int(line) for sender in senders for line in sender.communicate(timeout=60)[0].split()]
    assert sorted(claimed) == list(range(1, 41))
    with database.reading() as tx:
        assert outbox.counts(tx)["accepted"] == 40


def test_processes_that_make_the_database_at_once_do_not_refuse_each_other(url: str, tmp_path: Path) -> None:
    opening = "import pathlib, sys, time\nfrom storage.database import open_database\nprint('ready', flush=True)\n"
    opening += "while not pathlib.Path(sys.argv[2]).exists():\n    time.sleep(0.001)\nopen_database(sys.argv[1]).close()\n"
    openers = [subprocess.Popen([sys.executable, "-c", opening, url, str(tmp_path / "go")], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    for opener in openers:
        assert opener.stdout is not None
        assert opener.stdout.readline() == "ready\n"
    (tmp_path / "go").touch()
    for opener in openers:
        opener.communicate(timeout=60)
    assert [opener.returncode for opener in openers] == [0, 0, 0]


def test_a_sender_that_is_killed_while_sending_leaves_the_letter_to_be_looked_for(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    with database.transaction() as tx:
        outbox.queue(tx, case_id=open_case(tx).id, reply=reply(), message_id="<1@office.example>", at=NOW)
    claim_and_die = CLAIMING.split("    print(letter.id")[0] + "    import os, signal\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    done = subprocess.run([sys.executable, "-c", claim_and_die, sqlite_url], input="\n", text=True, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    with database.transaction() as tx:
        assert outbox.claim(tx, NOW) is None
        [letter] = outbox.letters_in(tx, LetterState.SENDING)
        assert letter.message_id == "<1@office.example>"
    database.close()
