"""A real S3 server (SeaweedFS) on loopback: signatures checked, objects put only where there are none; started and stopped by the tests."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from obstore.exceptions import BaseError
from obstore.store import S3Store

from tests.servers.ports import free_port

HOST, KEY, SECRET, BUCKET = "127.0.0.1", "INTAKE", "a-secret-of-the-tests", "originals"
_START_S = 60


@dataclass
class BucketServer:
    """One running server with one bucket. Stopped and started again it is at the same address, with what it held."""

    root: Path
    ports: dict[str, int]
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.ports['s3.port']}"

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to know."""
        return {"AWS_ENDPOINT_URL": self.url, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": "us-east-1"}

    def start(self) -> None:
        """Starts the server and waits until it takes an object."""
        identity = {"name": "intake", "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": ["Admin", "Read", "Write", "List"]}
        (self.root / "s3.json").write_text(json.dumps({"identities": [identity]}))
        (self.root / "data").mkdir(exist_ok=True)
        command = [str(Path(sys.executable).parent / "weed"), "server", "-s3", f"-ip={HOST}", f"-dir={self.root / 'data'}"]
        command += [
            f"-s3.config={self.root / 's3.json'}",
            "-s3.autoCreateBucket=false",
            "-master.volumeSizeLimitMB=64",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-master.telemetry=false",
        ]
        with (self.root / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *(f"-{name}={port}" for name, port in self.ports.items())],
                cwd=self.root, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + _START_S
        while not self._takes_objects():
            assert time.monotonic() < deadline, (self.root / "log").read_text("utf-8", "replace")[-4000:]
            time.sleep(0.2)

    def stop(self) -> None:
        """Ends the server and every connection to it."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
            self._process = None

    def _takes_objects(self) -> bool:
        """Whether the bucket, made by the way where it is not there, takes an object."""
        made = urllib.request.Request(f"http://{HOST}:{self.ports['filer.port']}/buckets/{BUCKET}/", method="POST")
        with contextlib.suppress(OSError), urllib.request.urlopen(made, timeout=5):  # noqa: S310 (our own address)
            pass
        store = S3Store(
            BUCKET, endpoint=self.url, access_key_id=KEY, secret_access_key=SECRET, region="us-east-1",
            client_options={"allow_http": True}, retry_config={"max_retries": 0},
        )  # fmt: skip
        with contextlib.suppress(OSError, BaseError):
            store.put("started", b"yes", use_multipart=False)
            return True
        return False


@contextlib.contextmanager
def bucket_server() -> Iterator[BucketServer]:
    """A running server in a folder of its own, gone at the end."""
    names = ("s3.port", "s3.port.grpc", "master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc")
    with tempfile.TemporaryDirectory(prefix="buckets-", ignore_cleanup_errors=True) as root:
        server = BucketServer(Path(root), {name: free_port() for name in names})
        try:
            server.start()
            yield server
        finally:
            server.stop()
