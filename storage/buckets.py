"""The original bytes of mails in a bucket of an S3 server, under the same names as in a folder; an extra (`pip install .[s3]`).

Where the bucket lies and who we are stands in the environment, in the words that every S3 program uses: AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN (or AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN, or AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
or _FULL_URI), AWS_REGION, AWS_ENDPOINT_URL for a server that is not Amazon's, AWS_CA_BUNDLE for one whose certificate only the house knows.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from storage.blobs import BUCKET, BlobError, BlobTrouble, check_name

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Store

T = TypeVar("T")

_BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9._\-/]*")
_CODE = re.compile(r"<Code>([A-Za-z]{1,60})</Code>")
_IDENTITIES = ("AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI")
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_CONNECT_S, _QUICK_S, _PATIENT_S = 5, 20, 900
_RETRIES, _NO_RETRY_AFTER_S = 2, 10
_LARGE = 4_000_000  # bytes: what may take longer than _QUICK_S on a line of 200 KB/s
_WRITERS = 16  # most of their time they wait for the server
_LEAVE_ALONE_S = 1.0  # a server that has just not answered


def bucket_of(place: str, environment: Mapping[str, str]) -> BucketStore:
    """The store of ``s3://bucket/prefix``. Raises BlobError where it cannot be used whatever the server says; nothing is asked of it yet."""
    name, _, prefix = place.removeprefix(BUCKET).partition("/")
    if not _BUCKET_NAME.fullmatch(name) or not _PREFIX.fullmatch(prefix):
        raise BlobError(f"{place[:100]!r} is no bucket: write s3://bucket/prefix")
    try:
        from obstore.exceptions import BaseError
        from obstore.store import S3Store
    except ImportError as error:
        raise BlobError(f"{place} needs the extra for buckets: pip install '.[s3]'") from error
    if not any(environment.get(variable) for variable in _IDENTITIES):
        raise BlobError(f"{place} needs credentials in the environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    endpoint = next((environment[variable] for variable in _ENDPOINTS if environment.get(variable)), "")
    in_clear = endpoint.startswith("http://")
    if in_clear and not _is_loopback(endpoint):
        raise BlobError(f"{endpoint} is not encrypted: use https:// (http:// works on this machine only)")

    def store(limit_s: int) -> S3Store:
        client: ClientConfig = {"connect_timeout": timedelta(seconds=_CONNECT_S), "timeout": timedelta(seconds=limit_s), "allow_http": in_clear}
        if environment.get("AWS_CA_BUNDLE"):
            client["root_certificate"] = _certificates(environment["AWS_CA_BUNDLE"])
        again = {"max_retries": _RETRIES, "retry_timeout": timedelta(seconds=_NO_RETRY_AFTER_S)}
        region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or "us-east-1"
        return S3Store(name, prefix=prefix.strip("/") or None, region=region, client_options=client, retry_config=again, **elsewhere)  # type: ignore[arg-type]

    elsewhere = {"endpoint": endpoint} if endpoint else {}
    try:
        return BucketStore(f"{BUCKET}{name}/{prefix.strip('/')}".rstrip("/"), store(_QUICK_S), store(_PATIENT_S))
    except (BaseError, OSError, ValueError) as error:
        raise BlobError(f"{place} cannot be used as the environment says: {_short(error)}") from error


@dataclass
class BucketStore:
    """A bucket of objects named by their SHA-256 (prefix/ab/cd/abcd...). A server that did not answer is left alone for a moment, and for as
    long as it let us wait, so that a thousand mails do not wait for it one by one."""

    name: str
    quick: S3Store
    patient: S3Store  # for large bytes
    _away: tuple[float, str] = (0.0, "")  # until when (time.monotonic()), and what was said
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, data: bytes) -> str:
        """Stores bytes and returns their SHA-256. On return the server has them whole: it checks the signed hash of what it got.

        What is there already is read and compared: bytes that are no longer what their name says are replaced.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        if not self._put(sha256, data) and self._asked(lambda: self._read(sha256)) != data:
            self._put(sha256, data, anew=True)
        return sha256

    def keep_all(self, many: Sequence[bytes]) -> list[str]:
        """``keep`` for several at once, side by side. On return the server has them all."""
        if len(many) < 2:
            return [self.keep(data) for data in many]
        with ThreadPoolExecutor(min(len(many), _WRITERS)) as writers:
            return list(writers.map(self.keep, many))

    def get(self, sha256: str) -> bytes:
        """The bytes of that hash, checked. BlobError: MISSING, CHANGED, UNREACHABLE or REFUSED."""
        check_name(sha256)
        data = self._asked(lambda: self._read(sha256))
        if hashlib.sha256(data).hexdigest() != sha256:
            raise BlobError(f"the bytes kept under {sha256} in {self.name} have changed: restore them from the backup", trouble=BlobTrouble.CHANGED)
        return data

    def holds(self, sha256: str, size: int) -> bool:
        """Whether as many bytes are kept under that hash. BlobError where the server does not say."""
        return self._size(sha256) == size

    def has(self, sha256: str) -> bool:
        """Whether bytes of that hash are kept (their content is checked by ``get``)."""
        return self._size(sha256) is not None

    def remove(self, sha256: str) -> bool:
        """Erases the bytes of that hash; older versions, where the bucket keeps them, are its owner's to erase. Whether there were any."""
        if not self.has(sha256):
            return False
        self._asked(lambda: self.quick.delete(_key(sha256)))
        return True

    def older_than(self, seconds: float) -> Iterator[str]:
        """The hashes of what was stored longer ago than that, by the server's clock."""
        until = datetime.now(UTC) - timedelta(seconds=seconds)
        listed = self.quick.list()
        while batch := self._asked(lambda: next(listed, None)):
            for one in batch:
                sha256 = one["path"].rpartition("/")[2]
                if one["last_modified"] < until and one["path"] == _key(sha256):
                    yield sha256

    def _put(self, sha256: str, data: bytes, *, anew: bool = False) -> bool:
        """Puts the object unless it is there; False where it is. Servers that know no such condition overwrite it, with the same bytes."""
        store = self.patient if len(data) > _LARGE else self.quick
        try:
            self._asked(lambda: store.put(_key(sha256), data, mode="overwrite" if anew else "create", use_multipart=False))
        except _ThereAlready:
            return False
        except _ConditionUnknown:
            return self._put(sha256, data, anew=True)
        return True

    def _read(self, sha256: str) -> bytes:
        found = self.quick.get(_key(sha256))
        if found.meta["size"] > _LARGE:
            found = self.patient.get(_key(sha256))
        return bytes(found.bytes())

    def _size(self, sha256: str) -> int | None:
        check_name(sha256)
        try:
            return self._asked(lambda: self.quick.head(_key(sha256)))["size"]
        except BlobError as error:
            if error.trouble is BlobTrouble.MISSING:
                return None
            raise

    def _asked(self, ask: Callable[[], T]) -> T:
        """The server's answer, or a BlobError in words that name the bucket and the way out."""
        with self._lock:
            until, said = self._away
        if time.monotonic() < until:
            raise BlobError(said, temporary=True, trouble=BlobTrouble.UNREACHABLE)
        from obstore.exceptions import BaseError

        began = time.monotonic()
        try:
            return ask()
        except (BaseError, OSError) as error:
            trouble = self._trouble(error)
            if isinstance(trouble, BlobError) and trouble.trouble is BlobTrouble.UNREACHABLE:
                now = time.monotonic()
                with self._lock:
                    self._away = (now + max(_LEAVE_ALONE_S, now - began), str(trouble))
            raise trouble from error

    def _trouble(self, error: Exception) -> Exception:
        from obstore import exceptions

        code = _code(error)
        if isinstance(error, exceptions.AlreadyExistsError | exceptions.PreconditionError):
            return _ThereAlready(self.name)
        if isinstance(error, exceptions.NotSupportedError) or code == "NotImplemented":
            return _ConditionUnknown(self.name)
        if code == "NoSuchBucket":
            return BlobError(f"{self.name} is not there: create the bucket, or mend [storage] blobs", temporary=True, trouble=BlobTrouble.REFUSED)
        if isinstance(error, FileNotFoundError | exceptions.NotFoundError):
            return BlobError(f"no bytes are kept under their name in {self.name}: restore them from the backup", trouble=BlobTrouble.MISSING)
        if isinstance(error, exceptions.PermissionDeniedError | exceptions.UnauthenticatedError):
            way_out = (
                "put this machine's clock right" if code == "RequestTimeTooSkewed" else "check the credentials in the environment and their rights"
            )
            return BlobError(f"{self.name} refuses us ({code or 'no reason given'}): {way_out}", temporary=True, trouble=BlobTrouble.REFUSED)
        return BlobError(f"{self.name} cannot be reached ({_short(error)}): nothing was lost", temporary=True, trouble=BlobTrouble.UNREACHABLE)


class _ThereAlready(Exception):
    """The object is there."""


class _ConditionUnknown(Exception):
    """The server does not know "only where it is not there"."""


def _key(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _code(error: Exception) -> str:
    found = _CODE.search(str(error)[:20_000])
    return found[1] if found else ""


def _short(error: Exception) -> str:
    """The library's words without its tree of causes, the address of the object and the time that it took."""
    first = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return _code(error) or first.rpartition(" - ")[2].partition(": <")[0].strip()[:160]


def _is_loopback(endpoint: str) -> bool:
    host = urlsplit(endpoint).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _certificates(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise BlobError(f"AWS_CA_BUNDLE {file} cannot be read: {error.strerror}") from error
