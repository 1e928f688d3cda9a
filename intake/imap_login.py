"""How we log in to the IMAP server: with a password, or with an OAuth 2 token that is asked for anew each time."""

from __future__ import annotations

from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from intake.imap_oauth import OAuthClient, access_token
from intake.imap_session import Login, LoginRefused
from intake.settings import Mailbox, SettingsError, password_of


def login_of(box: Mailbox) -> Login:
    """The login that the settings describe. SettingsError where they lack something."""
    if not box.username:
        raise SettingsError("mailbox.username is not set: which account of the mail server is to be read?")
    if box.oauth is not None:
        client = OAuthClient.of(box)
        return lambda connection: _with_token(connection, box.username, access_token(client))
    if not password_of(box):
        raise SettingsError("mailbox.password (or password_file, or oauth) is not set")
    return lambda connection: _with_password(connection, box.username, _password_now(box))


def _password_now(box: Mailbox) -> str:
    """The password as it stands just now: a file that is put right counts at the next try."""
    try:
        return password_of(box)
    except SettingsError as error:
        raise LoginRefused(f"no login without a password: {error}") from error


def _with_password(client: IMAPClient, username: str, password: str) -> None:
    """AUTHENTICATE PLAIN, which takes every character (RFC 4616); LOGIN where the server lacks it, which takes ASCII alone."""
    if client.has_capability("AUTH=PLAIN"):
        client.plain_login(username, password)
        return
    if client.has_capability("LOGINDISABLED"):
        raise LoginError("the server takes no password; use oauth")
    if not (username + password).isascii() or not (username + password).isprintable():
        raise LoginError("the server takes no AUTH=PLAIN, and name or password have characters that LOGIN cannot carry")
    quoted = username.replace("\\", "\\\\").replace('"', '\\"')
    client.login(f'"{quoted}"', password)  # imaplib quotes the password, not the name


def _with_token(client: IMAPClient, username: str, token: str) -> None:
    """XOAUTH2, as Microsoft and Google take it: a refusal comes as a challenge that is answered with nothing."""
    first = [f"user={username}\1auth=Bearer {token}\1\1"]
    client.sasl_login("XOAUTH2", lambda _challenge: first.pop() if first else b"")
