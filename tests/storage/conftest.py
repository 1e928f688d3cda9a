"""Real databases for the storage tests: an SQLite file for each test, and a PostgreSQL server of our own where its binaries are installed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Database, open_database


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL server on loopback, started for this run of the tests; ends with '/'."""
    pytest.importorskip("psycopg")
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries:
        pytest.skip("PostgreSQL is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="cppp-pg-"))
    folder.chmod(0o755)
    as_user: list[str] = []
    if Path("/proc/self").stat().st_uid == 0:  # the server refuses to run as root
        if shutil.which("runuser") is None:
            pytest.skip("PostgreSQL does not run as root, and there is no runuser")
        shutil.chown(folder, "nobody")
        as_user = ["runuser", "-u", "nobody", "--"]
    data, log = folder / "data", folder / "log"
    initdb = [*as_user, str(binaries[-1] / "initdb"), "-D", str(data), "-A", "trust", "-U", "intake", "-E", "UTF8", "--no-sync"]
    subprocess.run(initdb, check=True, capture_output=True, cwd="/")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    control = [*as_user, str(binaries[-1] / "pg_ctl"), "-D", str(data), "-w"]
    subprocess.run([*control, "-l", str(log), "-o", options, "start"], check=True, stdout=subprocess.DEVNULL, cwd="/")
    yield f"postgresql+psycopg://intake@127.0.0.1:{port}/"
    subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True, cwd="/")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once for each kind that we run on."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/intake.sqlite3"
    import psycopg

    server: str = request.getfixturevalue("postgresql_server")
    name = f"test_{abs(hash(tmp_path))}"
    with psycopg.connect(server.replace("+psycopg", "") + "postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return server + name


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = open_database(url, busy_timeout_s=5)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/intake.sqlite3"
