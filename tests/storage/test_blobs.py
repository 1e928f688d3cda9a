"""Original bytes stay as they came."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage.blobs import BlobError, BlobStore

MAIL = b"From: wong@bright.example\r\n\r\nHello"

WRITER = """
import pathlib, sys
from storage.blobs import BlobStore
store, number = BlobStore(pathlib.Path(sys.argv[1])), 0
while True:
    number += 1
    store.keep(bytes([number % 256]) * 300_000 + str(number).encode())
"""


def test_bytes_are_kept_under_their_hash_and_come_back_the_same(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "blobs")
    sha256 = store.keep(MAIL)
    assert sha256 == hashlib.sha256(MAIL).hexdigest()
    assert store.has(sha256)
    assert BlobStore(tmp_path / "blobs").get(sha256) == MAIL
    assert (tmp_path / "blobs" / sha256[:2] / sha256[2:4] / sha256).read_bytes() == MAIL


def test_keeping_the_same_bytes_twice_keeps_one_file(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    assert store.keep(MAIL) == store.keep(MAIL)
    assert sum(path.is_file() for path in tmp_path.rglob("*")) == 1


def test_bytes_that_changed_on_disk_are_never_given_out_and_are_mended_when_they_come_again(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    sha256 = store.keep(MAIL)
    place = tmp_path / sha256[:2] / sha256[2:4] / sha256
    place.write_bytes(MAIL[:10])
    with pytest.raises(BlobError, match="have changed"):
        store.get(sha256)
    store.keep(MAIL)
    assert store.get(sha256) == MAIL


def test_bytes_that_are_not_there_and_names_that_are_no_hash_are_said(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    with pytest.raises(BlobError, match="no bytes are kept"):
        store.get("0" * 64)
    with pytest.raises(BlobError, match="not a SHA-256"):
        store.get("../../etc/passwd")
    assert not store.has("0" * 64)
    assert not store.remove("0" * 64)


def test_erased_bytes_are_gone(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    sha256 = store.keep(MAIL)
    assert store.remove(sha256)
    assert not store.has(sha256)


def test_a_folder_that_cannot_be_used_is_said_and_may_come_back(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("a file, not a folder")
    with pytest.raises(BlobError, match="blobs cannot be used") as raised:
        BlobStore(tmp_path / "blobs").keep(MAIL)
    assert raised.value.temporary


def test_a_writer_that_is_killed_leaves_no_bytes_that_are_not_whole(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)])
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and sum(1 for path in tmp_path.rglob("?" * 64) if path.is_file()) < 5:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and not path.name.startswith(".new-")]
    assert len(kept) >= 5
    store = BlobStore(tmp_path)
    assert all(store.get(path.name) for path in kept)


def test_many_are_kept_at_once_and_each_is_found_again(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    many = [*(f"mail {number}".encode() for number in range(40)), b"", b"mail 3"]
    sha256s = store.keep_all(many)
    assert [store.get(sha256) for sha256 in sha256s] == many
    assert store.keep_all(many) == sha256s
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 41


def test_of_many_none_counts_as_kept_where_the_disk_refuses_one(tmp_path: Path) -> None:
    (tmp_path / hashlib.sha256(b"second").hexdigest()[:2]).write_bytes(b"a file where a folder must be")
    with pytest.raises(BlobError):
        BlobStore(tmp_path).keep_all([b"first", b"second"])
