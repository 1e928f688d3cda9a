"""Original bytes in a bucket: kept before they count as kept, given back as they came, and every trouble of the server told apart."""

from __future__ import annotations

import hashlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.blobs import BlobError, Blobs, BlobTrouble, folder_of, open_blobs
from storage.buckets import BucketStore, bucket_of
from tests.servers.buckets import BUCKET, BucketServer, bucket_server
from tests.servers.proxy import proxy_to

MAIL = b"From: wong@bright.example\r\n\r\nHello"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "K", "AWS_SECRET_ACCESS_KEY": "S"}


@pytest.fixture(scope="module")
def running() -> Iterator[BucketServer]:
    with bucket_server() as server:
        yield server


@pytest.fixture
def server(running: BucketServer, monkeypatch: pytest.MonkeyPatch) -> BucketServer:
    for name, value in running.environment.items():
        monkeypatch.setenv(name, value)
    return running


@pytest.fixture
def store(server: BucketServer, request: pytest.FixtureRequest) -> Blobs:
    """The bucket under a prefix of this test's own."""
    return open_blobs(f"s3://{BUCKET}/office/{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:12]}")


@pytest.mark.slow
def test_bytes_are_kept_under_their_hash_and_come_back_the_same(store: Blobs) -> None:
    assert store.keep(MAIL) == hashlib.sha256(MAIL).hexdigest()
    sha256 = store.keep(MAIL)
    assert store.get(sha256) == MAIL
    assert store.holds(sha256, len(MAIL))
    assert not store.holds(sha256, 3)
    many = [*(f"mail {number}".encode() for number in range(40)), b"", MAIL, b"x" * 9_000_000]
    assert [store.get(one) for one in store.keep_all(many)] == many
    assert set(store.older_than(-60)) == {hashlib.sha256(one).hexdigest() for one in many}
    assert not list(store.older_than(3600))


@pytest.mark.slow
def test_erased_bytes_are_gone_and_missing_ones_are_said(store: Blobs) -> None:
    sha256 = store.keep(MAIL)
    assert store.remove(sha256)
    assert not store.remove(sha256)
    assert not store.has(sha256)
    with pytest.raises(BlobError, match="restore them from the backup") as raised:
        store.get(sha256)
    assert (raised.value.trouble, raised.value.temporary) == (BlobTrouble.MISSING, False)
    with pytest.raises(BlobError, match="not a SHA-256"):
        store.get("../../other")


@pytest.mark.slow
def test_bytes_that_changed_in_the_bucket_are_never_given_out_and_are_mended_when_they_come_again(store: Blobs) -> None:
    assert isinstance(store, BucketStore)
    sha256 = store.keep(MAIL)
    store.quick.put(f"{sha256[:2]}/{sha256[2:4]}/{sha256}", MAIL[:10] + b"?" * (len(MAIL) - 10), use_multipart=False)
    with pytest.raises(BlobError, match="have changed") as raised:
        store.get(sha256)
    assert raised.value.trouble is BlobTrouble.CHANGED
    store.keep(MAIL)
    assert store.get(sha256) == MAIL


@pytest.mark.slow
def test_a_server_that_refuses_us_is_told_from_one_that_is_away(server: BucketServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BlobError, match="create the bucket") as raised:
        open_blobs("s3://another/office").keep(MAIL)
    assert (raised.value.trouble, raised.value.temporary) == (BlobTrouble.REFUSED, True)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another secret")
    with pytest.raises(BlobError, match=r"refuses us \(SignatureDoesNotMatch\): check the credentials") as raised:
        open_blobs(f"s3://{BUCKET}/office").keep(MAIL)
    assert (raised.value.trouble, raised.value.temporary) == (BlobTrouble.REFUSED, True)


@pytest.mark.slow
def test_a_server_that_went_away_is_left_alone_for_a_moment_and_found_again_with_all_that_it_took(
    server: BucketServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxy_to(server.ports["s3.port"]) as line:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{line.port}")
        store = open_blobs(f"s3://{BUCKET}/went-away")
        sha256 = store.keep(MAIL)
        line.cut_after = 0
        line.hang_up()
        with pytest.raises(BlobError, match="cannot be reached") as raised:
            store.keep_all([b"one", b"two"])
        assert (raised.value.trouble, raised.value.temporary) == (BlobTrouble.UNREACHABLE, True)
        asked = line.connections
        with pytest.raises(BlobError, match="cannot be reached"):
            store.get(sha256)
        assert line.connections == asked, "it was not left alone"
        line.cut_after = None
        time.sleep(1.1)
        assert store.get(sha256) == MAIL
        assert store.keep_all([b"one", b"two"]) == [hashlib.sha256(data).hexdigest() for data in (b"one", b"two")]


@pytest.mark.slow
def test_a_server_that_takes_everything_and_says_nothing_is_given_up_and_the_next_mail_does_not_wait_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.buckets._QUICK_S", 2)
    with socket.create_server(("127.0.0.1", 0)) as hole:
        environment = {**CREDENTIALS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{hole.getsockname()[1]}"}
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("storage.buckets._RETRIES", 0)
        store = bucket_of("s3://originals", environment)
        with pytest.raises(BlobError, match="cannot be reached"):
            store.keep(MAIL)
        began = time.monotonic()
        with pytest.raises(BlobError, match="cannot be reached"):
            store.get("0" * 64)
        assert time.monotonic() - began < 1.0


def test_what_can_never_work_is_said_before_anything_is_asked() -> None:
    with pytest.raises(BlobError, match="no bucket"):
        bucket_of("s3://", CREDENTIALS)
    with pytest.raises(BlobError, match="no bucket"):
        bucket_of("s3://originals/a?b", CREDENTIALS)
    with pytest.raises(BlobError, match="AWS_ACCESS_KEY_ID"):
        bucket_of("s3://originals/office", {})
    with pytest.raises(BlobError, match="not encrypted"):
        bucket_of("s3://originals/office", {**CREDENTIALS, "AWS_ENDPOINT_URL": "http://store.example:9000"})
    with pytest.raises(BlobError, match="cannot be read"):
        bucket_of("s3://originals/office", {**CREDENTIALS, "AWS_CA_BUNDLE": "/nowhere/ca.pem"})


def test_a_folder_is_a_folder_and_a_bucket_is_none() -> None:
    assert folder_of("data/blobs") == Path("data/blobs")
    assert folder_of("s3://originals/office") is None
