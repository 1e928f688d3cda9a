"""An access token for the mailbox from the provider's token endpoint (RFC 6749, 4.4 and 6): asked for at each connection, never stored or logged."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from intake.imap_session import Broken, LoginRefused, said
from intake.settings import Mailbox, SettingsError
from replies.smtp import is_loopback

_TIMEOUT_S = 20
_LONGEST_S = 40.0  # for the whole answer: each piece of it may come in time, and it never end
_LONGEST_ANSWER = 65_536
_MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
_GOOGLE = "https://oauth2.googleapis.com/token"
_MICROSOFT_DELEGATED = "https://outlook.office.com/IMAP.AccessAsUser.All offline_access"
_MICROSOFT_APPLICATION = "https://outlook.office365.com/.default"


@dataclass
class OAuthClient:
    """Who asks for tokens. ``refresh_token`` is replaced, for as long as we run, by the one that the provider hands out last."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scope: str

    @classmethod
    def of(cls, box: Mailbox) -> OAuthClient:
        """The client of the settings. SettingsError where a key is missing."""
        secret, refresh = box.oauth_client_secret.get_secret_value(), box.oauth_refresh_token.get_secret_value()
        if not box.oauth_client_id:
            raise SettingsError("mailbox.oauth_client_id is not set")
        if not refresh and (box.oauth == "google" or not secret):
            raise SettingsError("mailbox.oauth_refresh_token is not set" + ("" if box.oauth == "google" else ", nor oauth_client_secret"))
        url = box.oauth_token_url or (_GOOGLE if box.oauth == "google" else _MICROSOFT.format(tenant=box.oauth_tenant or "organizations"))
        if not refresh and not box.oauth_tenant and not box.oauth_token_url:
            raise SettingsError("mailbox.oauth_tenant is not set: without a refresh token the tenant must be named")
        parts = urlsplit(url)
        if not parts.hostname or parts.scheme not in ("https", "http") or (parts.scheme == "http" and not is_loopback(parts.hostname)):
            raise SettingsError("mailbox.oauth_token_url: use https://host/path")
        scope = "" if box.oauth == "google" else _MICROSOFT_DELEGATED if refresh else _MICROSOFT_APPLICATION
        return cls(url, box.oauth_client_id, secret, refresh, scope)


def access_token(client: OAuthClient) -> str:
    """A fresh access token. Raises Broken where the endpoint cannot be reached, LoginRefused where it gives none."""
    host = urlsplit(client.token_url).hostname or ""
    status, answer = _asked(client, host)
    token = answer.get("access_token")
    if status == 200 and isinstance(token, str) and token.isascii() and token.isprintable() and token:
        renewed = answer.get("refresh_token")
        if client.refresh_token and isinstance(renewed, str) and renewed:
            client.refresh_token = renewed
        return token
    if status >= 500 or status == 429:
        raise Broken(f"{host}: the token endpoint answers {status}")
    reason = answer.get("error")
    known = reason if isinstance(reason, str) and reason.isidentifier() else "no reason given"
    raise LoginRefused(f"{host}: no token for the mailbox (HTTP {status}, {known}); check the mailbox.oauth_* keys, or grant access again")


def _asked(client: OAuthClient, host: str) -> tuple[int, dict[str, Any]]:
    parts = urlsplit(client.token_url)
    form = {"client_id": client.client_id, "client_secret": client.client_secret, "scope": client.scope, "refresh_token": client.refresh_token}
    form["grant_type"] = "refresh_token" if client.refresh_token else "client_credentials"
    body = urlencode({key: value for key, value in form.items() if value})
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(host, parts.port, timeout=_TIMEOUT_S, context=ssl.create_default_context())
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=_TIMEOUT_S)
    watchdog = threading.Timer(_LONGEST_S, _cut, (connection,))
    watchdog.daemon = True
    watchdog.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"})
        response = connection.getresponse()  # no redirection is followed: a secret goes where the settings say
        text = response.read(_LONGEST_ANSWER)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Broken(f"{host}: the token endpoint cannot be reached: {said(error)}") from error
    finally:
        watchdog.cancel()
        connection.close()
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        answer = None
    return response.status, answer if isinstance(answer, dict) else {}


def _cut(connection: http.client.HTTPConnection) -> None:
    """Whoever waits for the answer learns that there will be none."""
    if connection.sock is not None:
        with contextlib.suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
