"""The settings: `intake.toml` in the working directory (or --config FILE), every key overridden by INTAKE_SECTION__KEY; unknown keys are an error."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, ClassVar

from pydantic import ValidationError, model_validator

from intake.setting_sections import (
    Extraction,
    Mailbox,
    Metrics,
    OpenId,
    Outgoing,
    ProgrammeFolder,
    Review,
    Section,
    Storage,
    Webhooks,
)

__all__ = ["Mailbox", "OpenId", "Outgoing", "Settings", "SettingsError", "load_settings", "password_of"]

PREFIX = "INTAKE_"


class SettingsError(Exception):
    """A settings file or variable that cannot be used; the text names the key and the way out."""


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
    of_variables = variables.get(section, {})
    if first["type"] == "extra_forbidden" and not key and len(of_variables) == 1:
        key = next(iter(of_variables))  # the whole section is not known: said of the variable that brought it
    where = f"{PREFIX}{section}__{key}".upper() if key in of_variables else str(file or Settings.DEFAULT_FILE)
    if first["type"] == "extra_forbidden":
        return f"{where}: unknown key {name}; the README lists the keys"
    return f"{where}: {name}: {first['msg'].removeprefix('Value error, ')}"
