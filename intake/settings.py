"""The settings: `intake.toml` in the working directory (or --config FILE), every key overridden by INTAKE_SECTION__KEY; unknown keys are an error."""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

PREFIX = "INTAKE_"
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


_HOST = re.compile(r"\.?[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")


class SettingsError(Exception):
    """A settings file or variable that cannot be used; the text names the key and the way out."""


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


def _list_of(value: Any) -> Any:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


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
        if "://" in value and not _BUCKET.fullmatch(value):
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
        return tuple(part for part in value.replace("+", ",").split(",") if part) if isinstance(value, str) else value

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


class Settings(Section):
    """All settings of one installation. Relative paths are relative to the working directory."""

    mailbox: Mailbox = Mailbox()
    outgoing: Outgoing = Outgoing()
    storage: Storage = Storage()
    extraction: Extraction = Extraction()
    review: Review = Review()
    metrics: Metrics = Metrics()
    webhooks: Webhooks = Webhooks()
    openid: OpenId = OpenId()
    programme: ProgrammeFolder = ProgrammeFolder()

    DEFAULT_FILE: ClassVar[Path] = Path("intake.toml")

    @model_validator(mode="after")
    def _one_password(self) -> Settings:
        for name, section in (("mailbox", self.mailbox), ("outgoing", self.outgoing)):
            if section.password_file is not None and section.password.get_secret_value():
                raise ValueError(f"{name}: give password or password_file, not both")
        return self

    @property
    def our_addresses(self) -> tuple[str, ...]:
        """Our own addresses, aliases included, in lower case."""
        return tuple(address.lower() for address in (self.mailbox.addresses or (self.outgoing.from_address,)))


def load_settings(file: Path | None = None, environment: dict[str, str] | None = None) -> Settings:
    """Settings from file and environment. Raises SettingsError in words that name the key and the way out."""
    values = _from_file(file)
    variables = _from_environment(dict(os.environ) if environment is None else environment)
    for section, keys in variables.items():
        in_file = values.get(section, {})
        values[section] = {**in_file, **keys} if isinstance(in_file, dict) else in_file
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError(_in_words(error, file, variables)) from error


def password_of(section: Mailbox | Outgoing) -> str:
    """The password, from the setting or its file (trailing newline dropped). Raises SettingsError where the file cannot be read."""
    if section.password_file is None:
        return section.password.get_secret_value()
    try:
        return section.password_file.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"password_file {section.password_file} cannot be read: {error}") from error


def _from_file(file: Path | None) -> dict[str, Any]:
    path = file or Settings.DEFAULT_FILE
    if file is None and not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: is no valid TOML: {error}") from error


def _from_environment(environment: dict[str, str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, value in environment.items():
        if not name.upper().startswith(PREFIX) or "__" not in name:
            continue
        section, _, key = name[len(PREFIX) :].lower().partition("__")
        found.setdefault(section, {})[key] = value
    return found


def _in_words(error: ValidationError, file: Path | None, variables: dict[str, dict[str, Any]]) -> str:
    """The first fault in one line: where it stands, which key, what is wrong. The value itself is not repeated, for it may be a secret."""
    first = error.errors()[0]
    section, key = (str(part) for part in (*first["loc"], "", "")[:2])
    name = ".".join(str(part) for part in first["loc"]) or "settings"
    where = f"{PREFIX}{section}__{key}".upper() if key in variables.get(section, {}) else str(file or Settings.DEFAULT_FILE)
    if first["type"] == "extra_forbidden":
        return f"{where}: unknown key {name}; the README lists the keys"
    return f"{where}: {name}: {first['msg'].removeprefix('Value error, ')}"
