"""One conversation with an IMAP server: every wait has a limit, every exchange ends as an answer or as a MailboxError."""

from __future__ import annotations

import contextlib
import logging
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, IMAPClientReadOnlyError, LoginError, ProtocolError

from intake.imap_watchdog import Watchdog, WatchedClient
from intake.mailboxes import MailboxError
from intake.settings import SettingsError
from replies.smtp import is_loopback

logging.getLogger("imapclient").setLevel(logging.WARNING)  # below that it writes whole commands and answers: logs hold ids, not contents

_NOT_UNDERSTOOD = (ValueError, LookupError, TypeError, AttributeError)  # what imaplib and imapclient raise over an answer that is no IMAP
_PORTS = {"imaps": 993, "imap": 143}
_LONGEST_SAID = 200


class Refused(MailboxError):
    """The server answered NO or BAD, or what cannot be parsed; the connection stands."""


class Broken(MailboxError):
    """There is no connection, or no longer."""


class LoginRefused(MailboxError):
    """The server does not let us in."""

    refuses = True


@dataclass(frozen=True)
class Server:
    """Where the mailbox is and how the way there is protected. ``plain`` only on loopback."""

    host: str
    port: int
    security: Literal["tls", "starttls", "plain"]

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Limits:
    """Limits in seconds. ``read_s``: between two pieces of an answer; ``exchange_s``: for a whole exchange, however slowly bytes drip."""

    connect_s: float = 20
    read_s: float = 60
    exchange_s: float = 600


@dataclass(frozen=True)
class Selection:
    """What the server says of the folder that it opened. ``keywords``: flags that stay (PERMANENTFLAGS, RFC 9051 7.1), in lower case."""

    folder: str
    uidvalidity: int
    uidnext: int | None
    exists: int
    keywords: frozenset[str]


@dataclass(frozen=True)
class News:
    """What the server told of the open folder without being asked: ``mails`` came or went since it was last looked at; ``is_doubtful``: it
    complained, as Dovecot does where a folder was removed and made anew under an open connection."""

    mails: bool
    is_doubtful: bool


Login = Callable[[IMAPClient], None]


def server_of(url: str) -> Server:
    """The server of ``imaps://host:port`` or ``imap://host:port`` (STARTTLS required off loopback). SettingsError for anything else."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise SettingsError(f"mailbox.url: {error}; use imaps://host:993") from error
    if parts.scheme not in _PORTS or not host or parts.path not in ("", "/") or parts.query or "@" in parts.netloc:
        raise SettingsError("mailbox.url: use imaps://host:993; account and folder have keys of their own (mailbox.username, mailbox.folder)")
    security: Literal["tls", "starttls", "plain"] = "tls" if parts.scheme == "imaps" else "plain" if is_loopback(host) else "starttls"
    return Server(host, port or _PORTS[parts.scheme], security)


class Session:
    """A logged-in connection. After a Broken it is dead; nothing here connects again."""

    def __init__(self, client: IMAPClient, server: Server, limits: Limits) -> None:
        self._client = client
        self._server = server
        self._limits = limits
        self.selected: Selection | None = None
        self.names: dict[str, str] = {}  # folders by the names of the settings, as this server calls them
        self.alive = True
        self._told = False

    @contextlib.contextmanager
    def exchange(self, doing: str, *, limit_s: float | None = None) -> Iterator[IMAPClient]:
        """One exchange under the watchdog. Raises Refused or Broken, in words that say what was being done; nothing of the library leaks."""
        if not self.alive:
            raise Broken(f"{self._server}: the connection is closed")
        watchdog = Watchdog(limit_s or self._limits.exchange_s)
        try:
            with watchdog.over(self._client.socket()):
                yield self._client
        except MailboxError:
            raise
        except (IMAPClientError, OSError) as error:
            if isinstance(_reason(error), (IMAPClientAbortError, OSError)):
                self.drop()
                raise Broken(f"{self._server}: the connection broke while {doing}: {watchdog.says or said(error)}") from error
            raise self._refused(error, doing) from error
        except _NOT_UNDERSTOOD as error:
            self.drop()
            raise Broken(f"{self._server}: the answer while {doing} cannot be understood ({type(error).__name__})") from error

    def _refused(self, error: Exception, doing: str) -> Refused:
        if isinstance(error, IMAPClientReadOnlyError):
            return Refused(f"{self._server}: {doing}: the folder may only be read by this account; grant it the right to write")
        if isinstance(error, ProtocolError):
            return Refused(f"{self._server}: {doing}: the answer cannot be parsed")  # the error would quote the mail
        return Refused(f"{self._server}: {doing}: refused: {said(error)}")

    def select(self, folder: str, *, readonly: bool = False) -> Selection:
        """Opens a folder. Raises Refused where the server has none of that name or does not number its mails for good."""
        self.selected = None
        self._told = True  # what came before it was opened is told to nobody
        with self.exchange(f"opening folder {folder}") as client:
            answer: dict[bytes, Any] = client.select_folder(folder, readonly=readonly)
            uidvalidity, uidnext = answer.get(b"UIDVALIDITY"), answer.get(b"UIDNEXT")
            flags = answer.get(b"PERMANENTFLAGS", ())
            exists = int(answer.get(b"EXISTS", 0))
            client.told("EXISTS")
        if not isinstance(uidvalidity, int) or uidvalidity < 1:
            raise Refused(f"{self._server}: folder {folder} has no UIDVALIDITY: its mails cannot be told apart for good")
        keywords = frozenset(flag.decode("ascii", "replace").lower() for flag in flags)
        selection = Selection(folder, uidvalidity, uidnext if isinstance(uidnext, int) else None, exists, keywords)
        if not readonly:
            self.selected = selection
        return selection

    def offers(self, capability: str) -> bool:
        with self.exchange("asking what the server offers") as client:
            return bool(client.has_capability(capability))

    def noop(self) -> None:
        """Finds out whether the connection lives."""
        self.news()

    def news(self) -> News:
        """Lets the server tell what it has to tell (RFC 9051 5.2). One round trip; what it told during earlier exchanges counts."""
        with self.exchange("asking for news") as client:
            client.noop()
            told = self._told
            self._told = False
            return News(mails=client.told("EXISTS") or client.told("EXPUNGE") or told, is_doubtful=client.told("NO") or client.told("BAD"))

    def uids_between(self, first: int, last: int | None = None) -> tuple[int, ...]:
        """UIDs in the folder from ``first`` to ``last`` (None: to the end), ascending. One round trip.

        ``first:*`` always names the last mail, even an older one (RFC 9051 6.4.8): such are left out.
        """
        with self.exchange("looking for mails") as client:
            found = client.search(f"UID {first:d}:{'*' if last is None else format(last, 'd')}")
        return tuple(sorted({uid for uid in found if uid >= first and (last is None or uid <= last)}))

    def heard(self) -> None:
        """The server told of mails while we were idle."""
        self._told = True

    def looked(self) -> None:
        """Everything that was told so far has been looked at."""
        self._told = False

    def listed_from(self, first: int) -> tuple[int, ...]:
        """The same UIDs as ``uids_between(first)``, asked for in another way: what a server's search forgets, its list may show."""
        with self.exchange("listing mails") as client:
            found = client.listed_from(first)
        return tuple(sorted({uid for uid in found if uid >= first}))

    def close(self) -> None:
        """Says goodbye where that works, and closes."""
        if self.alive:
            with contextlib.suppress(MailboxError), self.exchange("saying goodbye", limit_s=min(5.0, self._limits.exchange_s)) as client:
                client.logout()
        self.drop()

    def drop(self) -> None:
        """Closes without a word."""
        self.alive = False
        with contextlib.suppress(OSError, IMAPClientError, *_NOT_UNDERSTOOD):
            self._client.shutdown()


def open_session(server: Server, login: Login, limits: Limits) -> Session:
    """Connects, encrypts where the way leads off this machine, and logs in. Raises Broken or LoginRefused, with the way out."""
    try:
        client = _connected(server, limits)
    except ssl.SSLCertVerificationError as error:
        way_out = (
            "let the machine trust its authority (/etc/ssl/certs, or the file that SSL_CERT_FILE names), and use the name that the certificate names"
        )
        untrusted = Broken(f"{server}: its certificate is not trusted: {error.verify_message}; {way_out}")
        untrusted.refuses = True
        raise untrusted from error
    except (OSError, IMAPClientError, *_NOT_UNDERSTOOD) as error:
        raise Broken(f"{server}: no connection: {said(error)}; check mailbox.url and the network") from error
    session = Session(client, server, limits)
    try:
        with session.exchange("logging in"):
            login(client)
    except Refused as error:
        session.close()
        if isinstance(error.__cause__, LoginError):
            raise LoginRefused(f"{server}: the login is refused: {said(error.__cause__)}; check mailbox.username and password, or oauth") from error
        raise
    except MailboxError:
        session.close()
        raise
    return session


def _connected(server: Server, limits: Limits) -> IMAPClient:
    context = ssl.create_default_context()
    watchdog = Watchdog(min(limits.exchange_s, 2 * limits.connect_s + limits.read_s))
    try:
        with watchdog.over(None):
            client = WatchedClient(
                server.host, server.port, tls=context if server.security == "tls" else None,
                timeout=SocketTimeout(connect=limits.connect_s, read=limits.read_s), watchdog=watchdog,
            )  # fmt: skip
            client.normalise_times = False  # times with their zone, as the server gave them
            if server.security == "starttls":
                _encrypt(client, context)
    except (OSError, IMAPClientError) as error:
        if watchdog.says:
            raise TimeoutError(watchdog.says) from error
        raise
    return client


def _encrypt(client: IMAPClient, context: ssl.SSLContext) -> None:
    try:
        client.starttls(context)
    except (OSError, IMAPClientError, *_NOT_UNDERSTOOD):
        with contextlib.suppress(OSError):
            client.shutdown()
        raise


def _reason(error: Exception) -> BaseException:
    """What is behind an error: imapclient makes a refused login out of every trouble at login, a break too."""
    return error.__context__ if isinstance(error, LoginError) and error.__context__ is not None else error


def said(error: BaseException) -> str:
    """What went wrong, in one short line."""
    if isinstance(error, TimeoutError):
        return str(error) if str(error).startswith("not done") else "no answer in time"
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split())[:_LONGEST_SAID] or type(error).__name__
