"""The installation's secret: made once, kept readable for its owner alone; letters and the review site derive their own keys from it."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

from intake.settings import SettingsError

_BYTES = 32


def secret_for(purpose: str, file: Path) -> bytes:
    """A key for one purpose, derived from the secret in ``file`` (made where it is missing). Raises SettingsError."""
    return hmac.new(_secret(file), purpose.encode(), hashlib.sha256).digest()


def _secret(file: Path) -> bytes:
    try:
        if not file.exists():
            _make(file)
        secret = file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"review.secret_file {file} cannot be used: {error}") from error
    if len(secret) < _BYTES:
        raise SettingsError(f"review.secret_file {file} holds no secret: remove it, and a new one is made")
    return secret.encode("ascii")


def _make(file: Path) -> None:
    """Written whole under another name and linked into place: of two processes that start at once one wins, and nobody reads half a secret."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".secret-", dir=file.parent)  # mkstemp: readable for its owner alone
    try:
        with os.fdopen(handle, "w", encoding="ascii") as new:
            new.write(secrets.token_hex(_BYTES))
            new.flush()
            os.fsync(new.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(name, file)
    finally:
        Path(name).unlink()
