"""What each answer of a mail server means, against real servers on this machine."""

from __future__ import annotations

import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from parsers.values import MessageClass
from replies.mail_bytes import UnsafeLetter
from replies.smtp import Timeouts, is_loopback, send_mail
from replies.values import Sent
from tests.replies.builders import OUR_ADDRESS, letter, mail_of
from tests.replies.smtp_servers import Script, scripted

TO = "chan@wingfat.example"
MAIL = mail_of(letter(None, message_class=MessageClass.ENQUIRY))
QUICK = Timeouts(connect_s=0.7, command_s=0.7, answer_s=0.7, total_s=10)


class Postbox:
    """Keeps what the real server took over."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], bytes]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 taken"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def server(postbox: Postbox) -> Iterator[Controller]:
    controller = Controller(postbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


def send(port: int, *, timeouts: Timeouts = QUICK, **given: Any) -> Sent:
    return send_mail(MAIL, url=f"smtp://127.0.0.1:{port}", from_address=OUR_ADDRESS, to=TO, timeouts=timeouts, **given)


def sent_through(**answers: str) -> tuple[Sent, Script]:
    script = Script.of(**answers)
    with scripted(script) as port:
        return send(port), script


@pytest.mark.slow
def test_a_real_server_takes_the_letter_over_as_it_was_written(server: Controller, postbox: Postbox) -> None:
    sent = send(server.port)
    assert (sent.outcome, sent.phase, sent.code) == ("accepted", "dot", 250)
    (sender, receivers, content), = postbox.taken  # fmt: skip
    assert (sender, receivers) == (OUR_ADDRESS, [TO])
    assert message_from_bytes(content, policy=SMTP)["To"] == TO
    assert content == MAIL


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_server_that_wants_a_login_gets_one(postbox: Postbox) -> None:
    def known(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        return AuthResult(success=(given.login, given.password) == (b"office", b"right"), handled=False)

    controller = Controller(postbox, hostname="127.0.0.1", port=free_port(), authenticator=known, auth_required=True, auth_require_tls=False)
    controller.start()
    try:
        assert send(controller.port, username="office", password="right").outcome == "accepted"
        wrong = send(controller.port, username="office", password="wrong")
        assert (wrong.outcome, wrong.phase, wrong.code, wrong.is_ours) == ("deferred", "login", 535, True)
        without = send(controller.port)
        assert (without.outcome, without.phase, without.code) == ("deferred", "mail", 530)
        assert len(postbox.taken) == 1
    finally:
        controller.stop()


@pytest.mark.slow
def test_smtps_is_encrypted_from_the_first_byte_and_its_certificate_looked_at(postbox: Postbox, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = f"openssl req -x509 -newkey rsa:2048 -nodes -keyout {key} -out {certificate} -days 1 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
    inside = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    inside.load_cert_chain(certificate, key)
    controller = Controller(postbox, hostname="127.0.0.1", port=free_port(), ssl_context=inside)
    controller.start()
    try:
        url = f"smtps://127.0.0.1:{controller.port}"
        trusting = ssl.create_default_context(cafile=str(certificate))
        assert send_mail(MAIL, url=url, from_address=OUR_ADDRESS, to=TO, timeouts=QUICK, context=trusting).outcome == "accepted"
        stranger = send_mail(MAIL, url=url, from_address=OUR_ADDRESS, to=TO, timeouts=QUICK)
        assert (stranger.outcome, stranger.phase, stranger.is_ours) == ("deferred", "connect", True)
        assert "certificate" in stranger.text.lower()
    finally:
        controller.stop()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("step", "answer", "outcome"),
    [
        ("greeting", "close", "deferred"),
        ("greeting", "silence", "deferred"),
        ("greeting", "554 go away", "deferred"),
        ("greeting", "421 busy", "deferred"),
        ("ehlo", "close", "deferred"),
        ("mail", "451 later", "deferred"),
        ("mail", "550 not you", "deferred"),
        ("mail", "553 not yours to use", "deferred"),
        ("mail", "421 closing", "deferred"),
        ("mail", "530 log in first", "deferred"),
        ("mail", "close", "deferred"),
        ("rcpt", "450 greylisted", "deferred"),
        ("rcpt", "550 no such user", "failed"),
        ("rcpt", "close", "deferred"),
        ("rcpt", "silence", "deferred"),
        ("rcpt", "nonsense", "deferred"),
        ("data", "421 closing", "deferred"),
        ("data", "554 no", "failed"),
        ("data", "close", "deferred"),
        ("dot", "451 later", "deferred"),
        ("dot", "421 closing", "deferred"),
        ("dot", "552 too big", "failed"),
        ("dot", "554 spam", "failed"),
        ("dot", "close", "unknown"),
        ("dot", "silence", "unknown"),
        ("dot", "nonsense", "unknown"),
        ("dot", "354 more", "unknown"),
        ("dot", "250 taken", "accepted"),
        ("quit", "421 closing", "accepted"),
        ("quit", "close", "accepted"),
    ],
)
def test_each_answer_of_a_server_means_one_thing(step: str, answer: str, outcome: str) -> None:
    sent, script = sent_through(**{step: answer})
    assert sent.outcome == outcome
    phase = {"greeting": "connect", "ehlo": "mail", "quit": "dot"}.get(step, step)
    assert sent.phase == phase
    if answer[:3].isdigit() and step not in {"greeting", "quit"}:
        assert sent.code == int(answer[:3])
    assert "DATA" not in script.seen or script.seen.count("DATA") == 1
    assert sent.is_ours == (step in {"greeting", "mail"} and answer.startswith("5"))


@pytest.mark.slow
def test_a_very_long_answer_after_the_dot_is_no_answer() -> None:
    sent, _ = sent_through(dot="250 " + "x" * 20_000)
    assert sent.outcome == "unknown"


@pytest.mark.slow
@pytest.mark.parametrize(("step", "outcome"), [("greeting", "deferred"), ("dot", "unknown")])
def test_a_server_that_drips_is_cut_off_when_the_time_is_up(step: str, outcome: str) -> None:
    script = Script.of(**{step: "drip"})
    begun = time.monotonic()
    with scripted(script) as port:
        sent = send(port, timeouts=Timeouts(connect_s=2, command_s=2, answer_s=2, total_s=0.6))
    assert sent.outcome == outcome
    assert time.monotonic() - begun < 6


@pytest.mark.slow
def test_a_line_that_begins_with_a_dot_arrives_whole() -> None:
    script = Script()
    with scripted(script) as port:
        assert send(port).outcome == "accepted"
    assert script.body.replace(b"\r\n..", b"\r\n.") == MAIL


def test_nobody_there_means_later() -> None:
    sent = send(free_port())
    assert (sent.outcome, sent.phase) == ("deferred", "connect")


def test_the_letter_must_be_clean_and_meant_for_the_one_it_goes_to() -> None:
    with pytest.raises(UnsafeLetter):
        send_mail(MAIL, url="smtp://127.0.0.1:1", from_address=OUR_ADDRESS, to="other@wingfat.example")
    with pytest.raises(UnsafeLetter):
        send_mail(MAIL.replace(b"To: ", b"Bcc: x@y.example\r\nTo: "), url="smtp://127.0.0.1:1", from_address=OUR_ADDRESS, to=TO)


@pytest.mark.parametrize("url", ["http://127.0.0.1:25", "127.0.0.1:25", "smtp://"])
def test_an_address_that_is_no_mail_servers_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="mail server"):
        send_mail(MAIL, url=url, from_address=OUR_ADDRESS, to=TO)


@pytest.mark.slow
def test_off_this_machine_nothing_is_sent_without_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("replies.smtp.is_loopback", lambda host: False)
    sent, script = sent_through()
    assert (sent.outcome, sent.phase) == ("deferred", "starttls")
    assert "MAIL" not in script.seen


@pytest.mark.parametrize(("host", "here"), [("localhost", True), ("127.0.0.9", True), ("::1", True), ("192.0.2.1", False), ("local.example", False)])
def test_only_this_machine_is_loopback(host: str, here: bool) -> None:
    assert is_loopback(host) is here
