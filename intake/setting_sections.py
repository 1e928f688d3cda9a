"""What can be set, section by section, and what each key may hold (contract.md, Settings)."""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator, model_validator

_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_OUR_ADDRESS = re.compile(r"[^\s@<>()\[\]\"',;:]{1,64}@[^\s@<>()\[\]\"',;:]{1,255}")  # within a house a domain may be one word
_HOST = re.compile(r"\.?[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


def _list_of(value: Any) -> Any:
    """A variable gives several with commas between, or as the file does: ["one", "two"]."""
    if not isinstance(value, str):
        return value
    if value.strip().startswith("["):
        try:
            return tuple(tomllib.loads(f"several = {value.strip()}")["several"])
        except tomllib.TOMLDecodeError as error:
            raise ValueError('write several with commas between, or as ["one", "two"]') from error
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _server(value: str, example: str) -> str:
    """An address of a server has a host, and a port only where it is one."""
    try:
        split = urlsplit(value)
        named = bool(split.hostname) and split.port != 0
    except ValueError:
        named = False
    if not named:
        raise ValueError(f"name the server and its port, as {example}")
    return value


def _networks(value: tuple[str, ...]) -> tuple[str, ...]:
    for one in value:
        try:
            ipaddress.ip_network(one, strict=False)
        except ValueError as error:
            raise ValueError(f"{one[:40]!r} is no address or network, as 10.1.2.3 or 10.1.0.0/16") from error
    return value


Several = Annotated[tuple[str, ...], BeforeValidator(_list_of)]  # a variable gives them with commas between
Networks = Annotated[Several, AfterValidator(_networks)]


class Mailbox(Section):
    """Where applications arrive. ``url``: maildir:PATH, imaps://host:993 or imap://host:port (plain only on loopback)."""

    url: str = "maildir:data/maildir"
    username: str = ""
    password: SecretStr = SecretStr("")
    password_file: Path | None = None
    oauth: Literal["microsoft", "google"] | None = None
    oauth_client_id: str = ""
    oauth_client_secret: SecretStr = SecretStr("")
    oauth_refresh_token: SecretStr = SecretStr("")
    oauth_tenant: str = ""
    oauth_token_url: str = ""
    addresses: Several = ()
    folder: str = "INBOX"
    processed_folder: str = ""
    review_folder: str = ""
    sent_folder: str = ""
    poll_seconds: float = Field(default=60, gt=0, le=86_400)
    trusted_authserv: str = ""

    @field_validator("url")
    @classmethod
    def _known_scheme(cls, value: str) -> str:
        if not value.startswith(("maildir:", "imaps://", "imap://")):
            raise ValueError("use maildir:PATH, imaps://host:993 or imap://host:port")
        return value if value.startswith("maildir:") else _server(value, "imaps://mail.office.example:993")

    @field_validator("addresses")
    @classmethod
    def _plain_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(not _OUR_ADDRESS.fullmatch(address) for address in value):
            raise ValueError("write plain addresses, as apply@office.example: mail to other addresses is not answered")
        return value


class Outgoing(Section):
    """How letters leave. ``url``: folder:PATH, smtp://host:port or smtps://host:port. Caps count letters."""

    url: str = "folder:data/outbox"
    username: str = ""
    password: SecretStr = SecretStr("")
    password_file: Path | None = None
    from_address: str = "secretariat@cppp.example"
    from_name: str = "Secretariat, Cleaner Production Partnership Programme"
    mode: Literal["send", "approve"] = "send"
    retry_seconds: float = Field(default=60, gt=0, le=86_400)
    sent_copy: Literal["append", "provider"] = "append"
    per_address_day: int = Field(default=3, ge=0)
    per_domain_hour: int = Field(default=60, ge=0)
    per_hour: int = Field(default=200, ge=0)

    @field_validator("url")
    @classmethod
    def _known_scheme(cls, value: str) -> str:
        if not value.startswith(("folder:", "smtp://", "smtps://")):
            raise ValueError("use folder:PATH, smtp://host:port or smtps://host:port")
        return value if value.startswith("folder:") else _server(value, "smtp://mail.office.example:587")

    @field_validator("from_name")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if len(value) > 200 or not value.isprintable():
            raise ValueError("write one line of at most 200 characters")
        return value

    @field_validator("from_address")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        if not _ADDRESS.fullmatch(value):
            raise ValueError("write one plain address, as secretariat@office.example")
        return value


_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.\-]{1,62}(?:/[A-Za-z0-9._\-/]*)?")


class Storage(Section):
    """Where the record is kept. ``database``: an SQLAlchemy URL; ``blobs``: a folder for original bytes, or ``s3://bucket/prefix``."""

    database: str = "sqlite:///data/intake.sqlite3"
    blobs: str = "data/blobs"

    @property
    def test_cases(self) -> Path:
        """Where staff's test cases lie, masked: beside the originals."""
        return (Path("data/blobs") if self.blobs.startswith("s3://") else Path(self.blobs)).parent / "test-cases"

    @field_validator("blobs")
    @classmethod
    def _folder_or_bucket(cls, value: str) -> str:
        if ("://" in value or value.startswith("s3:")) and not _BUCKET.fullmatch(value):
            raise ValueError("name a folder, or a bucket as s3://bucket/prefix")
        return value


class Extraction(Section):
    """Limits of reading. ``workers`` 0: one a core. ``min_confidence``: a floor under the programme's thresholds for values read from pictures."""

    languages: tuple[str, ...] = ("eng", "chi_tra", "chi_sim")
    workers: int = Field(default=0, ge=0)
    min_confidence: float = Field(default=0.0, ge=0, le=1)
    page_seconds: float = Field(default=60, gt=0, le=3_600)
    max_pages: int = Field(default=60, gt=0)
    max_message_mb: float = Field(default=60, gt=0, le=1_000)

    @field_validator("languages", mode="before")
    @classmethod
    def _list(cls, value: Any) -> Any:
        return _list_of(value.replace("+", ",")) if isinstance(value, str) else value

    @property
    def worker_count(self) -> int:
        return self.workers or max(1, len(os.sched_getaffinity(0)))


class Review(Section):
    """The staff site. ``hosts``: names under which it is reached; ``trusted_proxies``: addresses or networks whose X-Forwarded-* headers are
    believed; ``public_url``: its address for visitors. ``idle_minutes``: a login that is not used for so long ends."""

    secret_file: Path = Path("data/review.secret")
    session_hours: float = Field(default=8, gt=0, le=744)
    idle_minutes: float = Field(default=60, gt=0, le=44_640)
    hosts: Several = ()
    trusted_proxies: Networks = ()
    public_url: str = ""
    reminder_days: int = Field(default=14, ge=1, le=365)  # without an answer to a missing-items letter: then a reminder is due

    @field_validator("hosts")
    @classmethod
    def _plain_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(not _HOST.fullmatch(name) for name in value):
            raise ValueError("write names without port, as review.office.example, or .office.example for every name below it")
        return value

    @field_validator("public_url")
    @classmethod
    def _whole_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[A-Za-z0-9.\-\[\]:]+/?", value):
            raise ValueError("write the site's address without a path, as https://review.office.example")
        return value.rstrip("/")


class Webhooks(Section):
    """How other systems are told of events. ``allow_http`` and ``private_networks`` (receivers of our own house) are meant for closed networks."""

    allow_http: bool = False
    private_networks: Networks = ()
    timeout_seconds: float = Field(default=10, gt=0, le=60)


class OpenId(Section):
    """Staff who log in through an OpenID provider. ``issuer`` empty: nobody does. The lists hold e-mail addresses that the provider has verified;
    who stands in several has the highest role. ``private_networks``: where a provider within the house may stand."""

    issuer: str = ""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    client_secret_file: Path | None = None
    name: str = "OpenID"
    readers: Several = ()
    officers: Several = ()
    admins: Several = ()
    allow_http: bool = False
    private_networks: Networks = ()

    @model_validator(mode="after")
    def _whole(self) -> OpenId:
        if self.issuer and not self.issuer.startswith("https://") and not (self.allow_http and self.issuer.startswith("http://")):
            raise ValueError("issuer: write the provider's address, as https://login.office.example")
        return self


class Metrics(Section):
    """Where health and figures are told. ``listen``: address and port on this machine, as 127.0.0.1:9108; empty: nowhere."""

    listen: str = ""

    @field_validator("listen")
    @classmethod
    def _on_this_machine(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if value and not (host.strip("[]") in ("127.0.0.1", "::1", "localhost") and port.isdigit() and int(port) < 65_536):
            raise ValueError("write address and port on this machine, as 127.0.0.1:9108")
        return value


class ProgrammeFolder(Section):
    path: Path | None = None
