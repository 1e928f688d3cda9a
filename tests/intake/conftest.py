"""What tests of the service share: an installation in a folder of its own, a reader without a sandbox where reading is not the point, a Dovecot."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from intake.programme import load_programme
from tests.intake.builders import Installation, ReaderInProcess
from tests.servers.dovecot import Dovecot, dovecot

loaded_once = cache(load_programme)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """An installation whose files are read in this process."""
    reader = type("ReaderOfThisTest", (ReaderInProcess,), {})
    monkeypatch.setattr("intake.workshop.Reader", reader)
    monkeypatch.setattr("intake.workshop.load_programme", loaded_once)
    return Installation(tmp_path)


@pytest.fixture(scope="session")
def running() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


@pytest.fixture
def server(running: Dovecot, request: pytest.FixtureRequest) -> Dovecot:
    """The running server with an account of this test's own."""
    return running.account(hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:12])
