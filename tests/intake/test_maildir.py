"""A Maildir as mailbox: every mail is seen once, found again wherever it was moved, and what was handled is held nowhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.mailboxes import FetchedMail, MailboxError
from intake.maildir import Maildir, uid_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("tmp", "cur", "new"):
        (tmp_path / name).mkdir()
    return tmp_path


def put(folder: Path, *numbers: int, into: str = "new", flags: str = "") -> None:
    for number in numbers:
        (folder / into / f"{1_700_000_000 + number}.{number}.here{flags}").write_bytes(b"Subject: %d\r\n\r\n" % number)


def uid(number: int) -> int:
    return uid_of(f"{1_700_000_000 + number}.{number}.here")


def seen(mailbox: Maildir, known: set[int]) -> list[int]:
    found = list(mailbox.unseen(known))
    assert all(isinstance(one, FetchedMail) for one in found)
    return [one.uid for one in found]


def test_mails_are_seen_once_and_marked_where_they_lie(folder: Path) -> None:
    put(folder, 1, 2)
    put(folder, 3, into="cur", flags=":2,F")
    mailbox = Maildir(folder)
    assert sorted(seen(mailbox, set())) == sorted([uid(1), uid(2), uid(3)])
    assert seen(mailbox, {uid(1), uid(2), uid(3)}) == []
    for number in (1, 2, 3):
        mailbox.acknowledge(uid(number), needs_person=False)
        mailbox.acknowledge(uid(number), needs_person=False)
    assert sorted(file.name.partition(":2,")[2] for file in (folder / "cur").iterdir()) == ["FS", "S", "S"]
    assert not list((folder / "new").iterdir())


def test_mails_of_a_stopped_service_are_found_in_one_look(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, *range(200))
    mailbox = Maildir(folder, processed_folder="Done")
    known = {uid(number) for number in range(200)}
    assert seen(mailbox, known) == []
    looks: list[int] = []
    looking = Maildir._files

    def look(self: Maildir) -> Iterator[os.DirEntry[str]]:
        looks.append(1)
        return looking(self)

    monkeypatch.setattr(Maildir, "_files", look)
    for number in range(200):
        mailbox.acknowledge(uid(number), needs_person=False)
    assert len(list((folder / ".Done" / "cur").iterdir())) == 200
    assert len(looks) == 1


def test_a_mail_that_a_person_moved_or_removed_is_no_trouble(folder: Path) -> None:
    put(folder, 1, 2)
    mailbox = Maildir(folder, processed_folder="Done")
    assert len(seen(mailbox, set())) == 2
    (folder / "new" / "1700000001.1.here").rename(folder / "cur" / "1700000001.1.here:2,R")
    (folder / "new" / "1700000002.2.here").unlink()
    mailbox.acknowledge(uid(1), needs_person=False)
    mailbox.acknowledge(uid(2), needs_person=False)
    assert [file.name for file in (folder / ".Done" / "cur").iterdir()] == ["1700000001.1.here:2,RS"]


def test_what_was_handled_is_held_nowhere(folder: Path) -> None:
    mailbox = Maildir(folder)
    known: set[int] = set()
    for start in range(0, 500, 100):
        put(folder, *range(start, start + 100))
        known.update(seen(mailbox, known))
        for number in range(start, start + 100):
            mailbox.acknowledge(uid(number), needs_person=False)
    assert len(known) == 500
    assert not mailbox._places
    assert len(mailbox._found_again) == 0


def test_a_folder_that_cannot_be_read_is_said_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "box").write_text("in the way")
    with pytest.raises(MailboxError, match=r"check mailbox\.url"):
        seen(Maildir(tmp_path / "box"), set())
