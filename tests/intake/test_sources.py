"""Whatever is at a path, each mail of it is found once, in order, with its own bytes."""

from __future__ import annotations

import mailbox
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.sources import SourceError, count_of, mails_in, mails_in_mbox
from tests.intake.builders import enquiry


def test_the_order_given_is_kept_and_folders_go_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ("b.eml", "a.eml", "c.eml", "truth.jsonl", ".hidden"):
        (folder / name).write_bytes(b"Subject: x\n\n")
    last = tmp_path / "z.eml"
    last.write_bytes(b"")
    found = [mail.source for mail in mails_in([last, folder, last])]
    assert found == [str(last), *(str(folder / name) for name in ("a.eml", "b.eml", "c.eml")), str(last)]
    assert count_of([last, folder]) >= 4


def test_a_path_that_is_not_there_is_a_mail_that_says_so(tmp_path: Path) -> None:
    (mail,) = mails_in([tmp_path / "nowhere.eml"])
    with pytest.raises(SourceError, match="No such file"):
        mail.data()


def test_a_pipe_and_a_circle_of_links_in_a_folder_hold_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "circle").symlink_to(tmp_path)
    (tmp_path / "a.eml").write_bytes(b"Subject: x\n\n")
    assert [mail.source for mail in mails_in([tmp_path])] == [str(tmp_path / "a.eml")]


def test_a_maildir_gives_its_mails_and_those_of_its_folders(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "box", create=True)
    box.add(enquiry(1))
    box.add_folder("Archive").add(enquiry(2))
    (tmp_path / "box" / "dovecot-uidlist").write_text("3 V1\n")
    assert len([mail.data() for mail in mails_in([tmp_path / "box"])]) == 2


def test_the_mails_of_an_mbox_can_be_read_side_by_side(tmp_path: Path) -> None:
    file = tmp_path / "archive.mbox"
    mails = [enquiry(number, text=f"mail {number}\n" * 500) for number in range(40)]
    file.write_bytes(b"".join(b"From person@example.com Tue Mar  5 10:00:00 2024\n" + mail.replace(b"\r\n", b"\n") + b"\n" for mail in mails))
    found = list(mails_in([file]))
    assert [mail.source for mail in found] == [f"{file}#{number}" for number in range(1, 41)]
    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(lambda mail: mail.data(), found))
    assert read == [mail.replace(b"\r\n", b"\n") for mail in mails]


def test_a_line_of_prose_that_begins_with_from_starts_no_mail(tmp_path: Path) -> None:
    file = tmp_path / "archive"
    head = b"From person@example.com Tue Mar  5 10:00:00 2024\nSubject: x\n\n"
    file.write_bytes(head + b"Dear Sir,\n\nFrom next year we move.\n\n>From the Director\n\n" + head + b"second\n")
    first, second = mails_in([file])
    assert first.data() == b"Subject: x\n\nDear Sir,\n\nFrom next year we move.\n\nFrom the Director\n"
    assert second.data() == b"Subject: x\n\nsecond\n"


WRITTEN = st.lists(
    st.text(alphabet=st.sampled_from("aFrom >:\n0123"), max_size=60).map(lambda text: b"Subject: x\n\n" + text.strip("\n").encode() + b"\n"),
    min_size=1,
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(mails=WRITTEN)
def test_what_the_standard_library_puts_into_an_mbox_comes_out_again(tmp_path_factory: pytest.TempPathFactory, mails: list[bytes]) -> None:
    file = tmp_path_factory.mktemp("mbox") / "box"
    quoted = [b"".join(b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in mail.splitlines(True)) for mail in mails]
    file.write_bytes(b"".join(b"From x@example.com Tue Mar  5 10:00:00 2024\n" + mail + b"\n" for mail in quoted))
    assert [mail.data() for mail in mails_in_mbox(file)] == mails


def test_our_own_record_is_no_part_of_an_archive_that_it_lies_in(tmp_path: Path) -> None:
    (tmp_path / "data" / "blobs" / "ab").mkdir(parents=True)
    for name in ("mail.eml", "data/intake.sqlite3", "data/intake.sqlite3-wal", "data/blobs/ab/abcd", "data/secret", "data/other.eml"):
        (tmp_path / name).write_bytes(b"From: a@example.com\r\n\r\nHello\r\n")
    ours = (tmp_path / "data" / "intake.sqlite3", tmp_path / "data" / "blobs", tmp_path / "data" / "secret")
    found = [Path(mail.source).relative_to(tmp_path).as_posix() for mail in mails_in([tmp_path], besides=ours)]
    assert sorted(found) == ["data/other.eml", "mail.eml"]
