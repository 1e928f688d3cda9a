"""The outbox folder holds each letter once, whole."""

from __future__ import annotations

from pathlib import Path

from parsers.values import MessageClass
from replies.folder import FolderOutbox
from tests.replies.builders import letter, mail_of, our_id


def test_a_letter_stands_in_the_folder_as_it_is(tmp_path: Path) -> None:
    outbox = FolderOutbox(tmp_path / "new" / "outbox")
    mail = mail_of(letter(None, message_class=MessageClass.ENQUIRY))
    assert not outbox.holds(our_id())
    sent = outbox.deliver(our_id(), mail)
    assert (sent.outcome, sent.phase) == ("accepted", "folder")
    assert outbox.holds(our_id())
    assert [path.read_bytes() for path in outbox.path.iterdir()] == [mail]
    assert outbox.file_of(our_id()).suffix == ".eml"


def test_the_same_letter_is_written_once(tmp_path: Path) -> None:
    outbox = FolderOutbox(tmp_path)
    outbox.deliver(our_id(), b"first")
    assert outbox.deliver(our_id(), b"second").outcome == "accepted"
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"first"]


def test_an_id_cannot_name_a_file_elsewhere(tmp_path: Path) -> None:
    outbox = FolderOutbox(tmp_path / "outbox")
    for message_id in ("<../../etc/passwd@x>", "</abs@x>", "<\x00@x>", "<" + "a" * 500 + "@x>"):
        assert outbox.deliver(message_id, b"x").outcome == "accepted"
        assert outbox.file_of(message_id).parent == outbox.path
    assert len(list(outbox.path.iterdir())) == 4


def test_a_folder_that_cannot_be_written_defers_the_letter(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file in its place")
    sent = FolderOutbox(tmp_path / "outbox").deliver(our_id(), b"x")
    assert sent.outcome == "deferred"
