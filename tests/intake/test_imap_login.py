"""Reaching the mail server: encrypted off this machine, let in by password or token, and clear words where not."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs

import pytest

from intake.imap import imap_mailbox
from intake.imap_session import Limits, Server, server_of
from intake.mailboxes import MailboxError
from intake.settings import Settings, SettingsError
from tests.servers.certificates import write_certificate
from tests.servers.dovecot import HOST, PASSWORD, USER, Dovecot, dovecot
from tests.servers.mailboxes import QUICK, mail, mailbox_of, poll
from tests.servers.proxy import proxy_to

slow = pytest.mark.slow


def settings(**keys: Any) -> Settings:
    return Settings.model_validate({"mailbox": {"username": USER, "password": PASSWORD, **keys}})


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    with dovecot(certificate=write_certificate(tmp_path_factory.mktemp("tls"))) as server:
        server.deliver([mail(1)])
        yield server


@pytest.fixture
def trusted(encrypted: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(encrypted.certificate))


def test_plain_connections_are_for_this_machine_alone() -> None:
    assert server_of("imap://127.0.0.1:1143") == Server("127.0.0.1", 1143, "plain")
    assert server_of("imap://mail.example") == Server("mail.example", 143, "starttls")
    assert server_of("imaps://mail.example") == Server("mail.example", 993, "tls")


@pytest.mark.parametrize("url", ["imaps://", "imaps://user:word@mail.example", "imaps://mail.example/INBOX", "imaps://mail.example:99999", "imap:"])
def test_an_address_that_is_no_server_is_a_fault_of_the_settings(url: str) -> None:
    with pytest.raises(SettingsError, match=r"mailbox\.url"):
        server_of(url)


def test_settings_that_lack_an_account_are_said_before_anything_is_connected_to() -> None:
    with pytest.raises(SettingsError, match="username"):
        imap_mailbox(settings(url="imap://127.0.0.1:1", username=""))
    with pytest.raises(SettingsError, match="password"):
        imap_mailbox(settings(url="imap://127.0.0.1:1", password=""))
    with pytest.raises(SettingsError, match="oauth_client_id"):
        imap_mailbox(settings(url="imap://127.0.0.1:1", oauth="google"))
    with pytest.raises(SettingsError, match="oauth_token_url"):
        imap_mailbox(
            settings(url="imap://127.0.0.1:1", oauth="google", oauth_client_id="x", oauth_refresh_token="x", oauth_token_url="http://a.example")
        )


def test_a_server_that_is_not_there_is_said_with_the_way_out() -> None:
    mailbox = imap_mailbox(settings(url="imap://127.0.0.1:1"), limits=QUICK)
    with pytest.raises(MailboxError, match=r"no connection: .*check mailbox\.url"):
        mailbox.identity()


@slow
@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_encrypted_way_is_used(encrypted: Dovecot, security: Any) -> None:
    port = encrypted.tls_port if security == "tls" else encrypted.port
    with proxy_to(port) as proxy:
        mailbox = imap_mailbox(settings(url=f"imaps://{HOST}:{port}"), limits=QUICK, server=Server(HOST, proxy.port, security))
        assert len(poll(mailbox, set())) == 1
        mailbox.close()
        assert not any("AUTHENTICATE" in command for command in proxy.commands)


@slow
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_of_unknown_hand_is_refused(encrypted: Dovecot, security: Any) -> None:
    port = encrypted.tls_port if security == "tls" else encrypted.port
    mailbox = imap_mailbox(settings(url=f"imaps://{HOST}:{port}"), limits=QUICK, server=Server(HOST, port, security))
    with pytest.raises(MailboxError, match="certificate is not trusted: self-signed"):
        mailbox.identity()


@slow
def test_without_starttls_no_password_leaves_this_machine(encrypted: Dovecot) -> None:
    with dovecot() as server, proxy_to(server.port) as proxy:
        mailbox = imap_mailbox(settings(url=server.url), limits=QUICK, server=Server(HOST, proxy.port, "starttls"))
        with pytest.raises(MailboxError, match="no connection"):
            mailbox.identity()
        assert not any("AUTH" in command or "LOGIN" in command for command in proxy.commands)


@slow
def test_a_refused_login_is_said_once_and_not_tried_again_at_once(encrypted: Dovecot, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with proxy_to(encrypted.port) as proxy:
        mailbox = mailbox_of(encrypted, through=proxy, password="wrong-word")
        for _ in range(3):
            with pytest.raises(MailboxError, match=r"the login is refused: .*check mailbox\.username") as caught:
                mailbox.identity()
            assert "wrong-word" not in str(caught.value)
        assert proxy.connections == 1
    assert "wrong-word" not in caplog.text


@slow
def test_a_password_file_that_is_put_right_counts_at_the_next_login(encrypted: Dovecot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.imap_connection._LOGIN_FACTOR", 0.0)
    file = tmp_path / "password"
    file.write_text("wrong\n", "utf-8")
    patient = Limits(connect_s=5, read_s=25, exchange_s=40)  # Dovecot takes its time with whoever failed before
    mailbox = mailbox_of(encrypted, limits=patient, password="", password_file=file)
    with pytest.raises(MailboxError, match="login is refused") as refused:
        mailbox.identity()
    assert refused.value.refuses, "no waiting mends it: a person is asked"
    file.unlink()
    with pytest.raises(MailboxError, match="no login without a password") as missing:
        mailbox.identity()
    assert missing.value.refuses
    file.write_text(PASSWORD + "\n", "utf-8")
    assert mailbox.identity().mailbox.startswith("imap:")
    mailbox.close()


@slow
def test_a_login_that_breaks_is_no_refused_login(encrypted: Dovecot) -> None:
    with proxy_to(encrypted.port) as proxy:
        proxy.rewrite = lambda data: b"" if data.startswith(b"+") else data
        mailbox = mailbox_of(encrypted, through=proxy)
        with pytest.raises(MailboxError, match="broke while logging in"):
            mailbox.identity()


@dataclass
class TokenEndpoint:
    """A provider's token endpoint on loopback: what it was asked, and what it answers."""

    answers: list[tuple[int, dict[str, Any]]]
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""


@contextmanager
def token_endpoint(*answers: tuple[int, dict[str, Any]]) -> Iterator[TokenEndpoint]:
    endpoint = TokenEndpoint(list(answers))

    class Handler(BaseHTTPRequestHandler):
        served: ClassVar[TokenEndpoint] = endpoint

        def do_GET(self) -> None:
            """Whose a token is, as the mail server asks it."""
            known = self.path.endswith(("token-1", "token-2"))
            self._answer(200 if known else 401, {"email": USER} if known else {})

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.served.asked.append({key: value[0] for key, value in form.items()})
            status, answer = self.served.answers.pop(0)
            self._answer(status, answer)

        def _answer(self, status: int, answer: dict[str, Any]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        endpoint.url = f"http://127.0.0.1:{server.server_port}/token"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield endpoint
        server.shutdown()
        thread.join(5)


OAUTH: dict[str, Any] = {
    "oauth": "microsoft",
    "oauth_client_id": "client",
    "oauth_client_secret": "geheim",
    "oauth_refresh_token": "refresh-1",
    "password": "",
}


@pytest.fixture(scope="module")
def token_server() -> Iterator[Dovecot]:
    with token_endpoint() as judge, dovecot(tokeninfo_url=f"{judge.url}info?access_token=") as server:
        server.deliver([mail(1)])
        yield server


@slow
def test_a_token_is_asked_for_at_each_connection_and_never_logged(token_server: Dovecot, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    first, second = {"access_token": "token-1", "refresh_token": "refresh-2"}, {"access_token": "token-2"}
    with token_endpoint((200, first), (200, second)) as endpoint, proxy_to(token_server.port) as proxy:
        mailbox = mailbox_of(token_server, through=proxy, oauth_token_url=endpoint.url, **OAUTH)
        known = set[int]()
        assert len(poll(mailbox, known)) == 1
        proxy.hang_up()
        assert poll(mailbox, known) == []
        mailbox.close()
    assert [form["grant_type"] for form in endpoint.asked] == ["refresh_token"] * 2
    assert [form["refresh_token"] for form in endpoint.asked] == ["refresh-1", "refresh-2"]
    assert endpoint.asked[0]["client_secret"] == "geheim"
    assert not any(secret in caplog.text for secret in ("token-1", "token-2", "refresh-1", "refresh-2", "geheim"))


@slow
def test_a_client_without_refresh_token_shows_its_own_credentials(token_server: Dovecot) -> None:
    with token_endpoint((200, {"access_token": "token-1"})) as endpoint:
        keys = OAUTH | {"oauth_refresh_token": "", "oauth_tenant": "tenant"}
        mailbox = mailbox_of(token_server, oauth_token_url=endpoint.url, **keys)
        assert mailbox.waiting() == 1
        mailbox.close()
    assert endpoint.asked[0]["grant_type"] == "client_credentials"
    assert "refresh_token" not in endpoint.asked[0]


@slow
def test_a_token_that_the_mail_server_refuses_is_a_refused_login(token_server: Dovecot) -> None:
    with token_endpoint((200, {"access_token": "another"})) as endpoint:
        mailbox = mailbox_of(token_server, oauth_token_url=endpoint.url, **OAUTH)
        with pytest.raises(MailboxError, match="login is refused"):
            mailbox.identity()


@slow
@pytest.mark.parametrize(
    ("status", "answer", "says"),
    [
        (400, {"error": "invalid_grant", "error_description": "token-1 x"}, r"HTTP 400, invalid_grant"),
        (503, {}, "answers 503"),
        (200, {}, "HTTP 200"),
    ],
)
def test_a_token_that_is_not_given_is_said_with_its_reason(token_server: Dovecot, status: int, answer: dict[str, Any], says: str) -> None:
    with token_endpoint((status, answer)) as endpoint:
        mailbox = mailbox_of(token_server, oauth_token_url=endpoint.url, **OAUTH)
        with pytest.raises(MailboxError, match=says):
            mailbox.identity()
        mailbox.close()


@slow
def test_a_token_endpoint_that_drips_for_ever_is_given_up(token_server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.imap_oauth._LONGEST_S", 0.6)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")
                    for _ in range(100):
                        connection.sendall(b" ")
                        time.sleep(0.1)

        dripping = threading.Thread(target=drip, daemon=True)
        dripping.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/token"
        mailbox = mailbox_of(token_server, oauth_token_url=url, **OAUTH)
        begun = time.monotonic()
        with pytest.raises(MailboxError):
            mailbox.identity()
        assert time.monotonic() - begun < 5
        mailbox.close()
    dripping.join(15)
