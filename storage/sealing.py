"""Secrets that other systems gave or were given, at rest: sealed under a key that stands in the installation's secret file, never in the database.

Whoever reads the database or a copy of it alone signs nothing in our name. Fernet: AES-128-CBC with HMAC-SHA256, the key derived for this purpose.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken

from storage.errors import StorageError

_MARK = "sealed:1:"


def webhook_key(secret: bytes) -> bytes:
    """The key for the secrets of webhooks, of the site's own secret."""
    return hmac.new(secret, b"secrets of webhooks", hashlib.sha256).digest()


def seal(secret: str, key: bytes | None) -> str:
    """As it is kept; without a key as it is, for a record that is nobody's."""
    return _MARK + _fernet(key).encrypt(secret.encode()).decode("ascii") if key is not None else secret


def is_sealed(kept: str) -> bool:
    return kept.startswith(_MARK)


def unseal(kept: str, key: bytes | None) -> str:
    """The secret. Raises StorageError where it was sealed under another key."""
    if not is_sealed(kept):
        return kept
    try:
        if key is None:
            raise InvalidToken
        return _fernet(key).decrypt(kept.removeprefix(_MARK).encode()).decode()
    except InvalidToken as error:
        raise StorageError("its secret was sealed under another review.secret_file: give it a new one (`intake webhook rotate`)") from error


def _fernet(key: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key))
