"""The service whose originals lie in a bucket: nothing counts as kept before the server has it, and nothing is lost while the server is away."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.blobs import Blobs, open_blobs
from storage.values import ArrivalState, LetterState
from tests.intake.builders import Installation, enquiry, json_lines
from tests.intake.test_day_and_night import at_work, wait_for
from tests.servers.buckets import BUCKET, BucketServer, bucket_server
from tests.servers.proxy import Proxy, proxy_to

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def running() -> Iterator[BucketServer]:
    with bucket_server() as server:
        yield server


@pytest.fixture
def line(running: BucketServer, monkeypatch: pytest.MonkeyPatch, house: Installation) -> Iterator[Proxy]:
    """The line to the server, and an installation whose originals go over it."""
    with proxy_to(running.ports["s3.port"]) as line:
        for name, value in {**running.environment, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{line.port}"}.items():
            monkeypatch.setenv(name, value)
        place = f"s3://{BUCKET}/{house.path.name}"
        house.changes = {"storage": {"blobs": place}}
        settings = house.path / "intake.toml"
        settings.write_text(f'{settings.read_text("utf-8")}\n[storage]\nblobs = "{place}"\n', "utf-8")
        yield line


@contextmanager
def down(line: Proxy) -> Iterator[None]:
    line.cut_after = 0
    line.hang_up()
    yield
    line.cut_after = None


def kept(house: Installation) -> Blobs:
    return open_blobs(house.settings.storage.blobs)


def test_the_server_may_go_away_in_the_middle_and_every_mail_is_answered_once_in_the_end(house: Installation, line: Proxy) -> None:
    mails = [enquiry(number) for number in range(1, 7)]
    house.deliver(*mails[:3])
    with at_work(house) as service:
        wait_for(lambda: len(house.letters(LetterState.ACCEPTED)) == 3)
        with down(line):
            house.deliver(*mails[3:])
            wait_for(lambda: any(outage.name == "bucket" for outage in service.dependencies.outages))
            wait_for(lambda: bool(house.status()["out_of_reach"]))
            assert "cannot be reached" in str(house.status()["out_of_reach"])
            assert len(house.arrivals()) == 3, "a mail counts as kept whose bytes are not"
        wait_for(lambda: len(house.letters(LetterState.ACCEPTED)) == 6, seconds=60)
        wait_for(lambda: not service.dependencies.outages)
    assert sorted(kept(house).get(arrival.sha256 or "") for arrival in house.arrivals()) == sorted(mails)
    assert not (house.path / "data" / "blobs").exists()


def test_bytes_are_in_the_bucket_before_any_row_names_them(house: Installation, line: Proxy) -> None:
    house.deliver(enquiry(1))
    ended = house.command("run", "--once", environment={"INTAKE_CRASH_AT": "after-bytes"})
    assert ended.returncode != 0
    sha256 = hashlib.sha256(enquiry(1)).hexdigest()
    assert kept(house).get(sha256) == enquiry(1)
    assert not house.arrivals()
    assert house.run() == 1
    assert [arrival.sha256 for arrival in house.arrivals()] == [sha256]


def test_commands_say_in_one_line_that_the_server_is_away_and_an_archive_is_gone_on_with_later(house: Installation, line: Proxy) -> None:
    folder = house.path / "archive"
    folder.mkdir()
    for number in (1, 2):
        (folder / f"{number}.eml").write_bytes(enquiry(number))
    with down(line):
        house.deliver(enquiry(3))
        once = house.command("run", "--once")
        assert (once.returncode, once.stderr.count("cannot be reached")) == (1, 1)
        again = house.command("reprocess", str(folder), "--report", "report.jsonl")
        assert again.returncode == 1
        assert {line["outcome"] for line in json_lines((house.path / "report.jsonl").read_text("utf-8"))} == {"put off"}
        assert not house.arrivals()
    assert house.command("reprocess", str(folder)).returncode == 0
    assert house.run() == 1
    assert [arrival.state for arrival in house.arrivals()] == [ArrivalState.DECIDED] * 3
    assert {kept(house).get(arrival.sha256 or "") for arrival in house.arrivals()} == {enquiry(number) for number in (1, 2, 3)}
    assert not Path(house.path / "s3:").exists()
