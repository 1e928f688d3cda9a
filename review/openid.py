"""Coming in through an OpenID provider: authorization code with PKCE (OpenID Connect Core 1.0, RFC 7636, RFC 9207), every claim checked here."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from storage.values import StaffRole

SKEW_S = 120
KEPT_S, ASKED_AGAIN_S = 3_600.0, 60.0
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
_KINDS = ("RSA", "EC")  # never a shared secret: whoever can check could then sign


class NotTold(Exception):
    """The provider did not confirm who the visitor is. The text is for the log, and holds nothing secret."""


class Fetch(Protocol):
    """One question to the provider over HTTP; status and body. Raises NotTold where there is no answer."""

    def __call__(
        self, url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> tuple[int, bytes]: ...


@dataclass(frozen=True)
class Told:
    """Whom the provider confirmed. ``subject`` never changes; ``email`` only where the provider verified it, in lower case."""

    issuer: str
    subject: str
    email: str | None


@dataclass(frozen=True)
class Errand:
    """What the visitor's browser takes to the provider and back: signed by the site, good once and for ten minutes."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Errand:
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))

    @property
    def challenge(self) -> str:
        """RFC 7636, section 4.2, method S256."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


@dataclass
class Provider:
    """One provider. ``roles``: the role of each verified e-mail address (lower case) that may come in without having been bound by a person."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    roles: Mapping[str, StaffRole]
    fetch: Fetch
    clock: Callable[[], float] = time.time
    _about: tuple[float, dict[str, Any]] | None = None
    _keys: tuple[float, list[dict[str, Any]]] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def way_there(self, errand: Errand, redirect_uri: str) -> str:
        """Where the browser is sent. Raises NotTold where the provider cannot be asked."""
        asked = {
            "response_type": "code", "client_id": self.client_id, "redirect_uri": redirect_uri, "scope": "openid email", "state": errand.state,
            "nonce": errand.nonce, "code_challenge": errand.challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        there = self._place("authorization_endpoint")
        return f"{there}{'&' if '?' in there else '?'}{urlencode(asked)}"

    def who(self, errand: Errand, code: str, redirect_uri: str) -> Told:
        """Whom the provider confirms for that code. Raises NotTold."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": errand.verifier}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if self.client_secret:
            login = f"{quote(self.client_id, safe='')}:{quote(self.client_secret, safe='')}"  # RFC 6749, section 2.3.1
            headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode("ascii")
        else:
            form["client_id"] = self.client_id
        status, body = self.fetch(self._place("token_endpoint"), method="POST", headers=headers, body=urlencode(form).encode())
        if status != 200:
            raise NotTold(f"the token endpoint answered {status}")
        token = _json(body).get("id_token")
        if not isinstance(token, str):
            raise NotTold("no id_token came")
        return self._checked(self._claims(token), errand)

    def _checked(self, claims: dict[str, Any], errand: Errand) -> Told:
        """OpenID Connect Core 1.0, section 3.1.3.7."""
        now, audience = self.clock(), claims.get("aud")
        audiences = [audience] if isinstance(audience, str) else audience if isinstance(audience, list) else []
        subject, email = claims.get("sub"), claims.get("email")
        checks = {
            "iss": claims.get("iss") == self.issuer,
            "aud": self.client_id in audiences,
            "azp": claims.get("azp", self.client_id) == self.client_id and (len(audiences) == 1 or "azp" in claims),
            "exp": _is_number(claims.get("exp")) and claims["exp"] > now - SKEW_S,
            "iat": _is_number(claims.get("iat")) and now - 600 - SKEW_S < claims["iat"] < now + SKEW_S,
            "nbf": "nbf" not in claims or (_is_number(claims["nbf"]) and claims["nbf"] < now + SKEW_S),
            "nonce": isinstance(claims.get("nonce"), str) and secrets.compare_digest(claims["nonce"].encode(), errand.nonce.encode()),
            "sub": isinstance(subject, str) and 0 < len(subject) <= 255,
        }
        wrong = [name for name, right in checks.items() if not right]
        if wrong:
            raise NotTold(f"the id_token's {', '.join(wrong)} cannot be accepted")
        verified = claims.get("email_verified") is True and isinstance(email, str)
        return Told(self.issuer, str(subject), str(email).strip().lower() if verified else None)

    def _claims(self, token: str) -> dict[str, Any]:
        """The claims of a token that one of the provider's keys signed; keys that are not known are asked for anew, at most once a minute."""
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        for anew in (False, True):
            keys = self._signing_keys(anew=anew)
            try:
                return dict(jwt.decode(token, KeySet.import_key_set({"keys": keys}), algorithms=ALGORITHMS).claims)
            except (JoseError, ValueError, KeyError, TypeError) as error:
                trouble = type(error).__name__
        raise NotTold(f"the id_token is not signed as it must be ({trouble})")

    def _signing_keys(self, *, anew: bool) -> list[dict[str, Any]]:
        with self._lock:
            kept = self._keys
        if kept is not None and self.clock() - kept[0] < (ASKED_AGAIN_S if anew else KEPT_S):
            return kept[1]
        status, body = self.fetch(self._place("jwks_uri"))
        found = _json(body).get("keys") if status == 200 else None
        if not isinstance(found, list):
            raise NotTold(f"the provider's keys cannot be had ({status})")
        keys = [key for key in found if isinstance(key, dict) and key.get("kty") in _KINDS and key.get("use", "sig") == "sig"]
        with self._lock:
            self._keys = (self.clock(), keys)
        return keys

    def _place(self, name: str) -> str:
        """An address out of the provider's description (OpenID Connect Discovery 1.0, section 4)."""
        with self._lock:
            kept = self._about
        if kept is None or self.clock() - kept[0] >= KEPT_S:
            status, body = self.fetch(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
            about = _json(body) if status == 200 else {}
            if about.get("issuer") != self.issuer:
                raise NotTold("the provider's description is missing, or is another's")
            kept = (self.clock(), about)
            with self._lock:
                self._about = kept
        place = kept[1].get(name)
        if not isinstance(place, str):
            raise NotTold(f"the provider's description names no {name}")
        return place


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotTold("the provider answered with what is no JSON") from error
    return found if isinstance(found, dict) else {}


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
