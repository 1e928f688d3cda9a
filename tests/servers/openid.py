"""An OpenID provider on this machine: describes itself, logs its one person in at once, checks PKCE and signs, or lies as it is told to."""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey


@dataclass
class OpenIdServer:
    """``person``: the claims of whoever comes. ``lies``: claims that stand in the next tokens instead. ``asked``: paths, in order."""

    issuer: str = ""
    client_id: str = "intake-site"
    client_secret: str = "shared with the site"
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "person-1", "email": "Lam@office.example", "email_verified": True})
    lies: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    key: RSAKey | ECKey | OctKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first", "use": "sig"}))
    shown: RSAKey | ECKey | OctKey | None = None  # the key that it shows, where it is not the one it signs with
    asked: list[str] = field(default_factory=list)
    waiting: dict[str, dict[str, str]] = field(default_factory=dict)

    def rotate(self) -> None:
        self.key, self.algorithm = ECKey.generate_key("P-256", {"kid": "second", "use": "sig"}), "ES256"

    def describe(self) -> dict[str, Any]:
        places = {name: f"{self.issuer}/{name}" for name in ("authorize", "token", "keys")}
        return {
            "issuer": self.issuer, "authorization_endpoint": places["authorize"], "token_endpoint": places["token"], "jwks_uri": places["keys"],
            "response_types_supported": ["code"], "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        }  # fmt: skip

    def authorize(self, asked: dict[str, str]) -> str:
        assert asked["response_type"] == "code"
        assert asked["client_id"] == self.client_id
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.waiting)}"
        self.waiting[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.issuer})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self.waiting.pop(form.get("code", ""), None)
        login = base64.b64encode(f"{self.client_id}:{self.client_secret.replace(' ', '%20')}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if (
            asked is None
            or authorization != f"Basic {login}"
            or challenge != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": self.client_id, "iat": now, "exp": now + 300, "nonce": asked["nonce"], **self.person, **self.lies}
        header = {"alg": self.algorithm, "kid": str(self.key.as_dict().get("kid", ""))}
        signed = jwt.encode(header, {name: value for name, value in claims.items() if value is not None}, self.key, algorithms=[self.algorithm])
        return 200, {"access_token": "unused", "token_type": "Bearer", "id_token": signed}


@contextmanager
def openid_server() -> Iterator[OpenIdServer]:
    provider = OpenIdServer()

    class Handler(http.server.BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            provider.asked.append(path)
            if path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize({name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}))
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif path == "/keys":
                self._json(200, {"keys": [(provider.shown or provider.key).as_dict(private=False)]})
            elif path == "/.well-known/openid-configuration":
                self._json(200, provider.describe())
            else:
                self._json(404, {})

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            self._json(*provider.token({name: values[0] for name, values in parse_qs(body).items()}, self.headers.get("Authorization", "")))

        def _json(self, status: int, answer: dict[str, Any]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
