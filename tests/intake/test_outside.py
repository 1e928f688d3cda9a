"""What is asked of the world outside is asked of the address that was checked, and of no machine of the house by accident."""

from __future__ import annotations

import ipaddress
import socket
from pathlib import Path

import pytest

from intake.outside import CannotAsk, Reach, ask, assert_askable
from tests.servers.certificates import write_certificate
from tests.servers.receiver import receiver

LOOPBACK = ("127.0.0.0/8", "::1/128")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",  # noqa: S104
        "192.0.0.8", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "2001:0:1::",
    ],
)  # fmt: skip
def test_an_address_of_the_house_or_of_no_one_machine_is_not_asked(address: str) -> None:
    assert not Reach().allows(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_a_public_address_is_asked(address: str) -> None:
    assert Reach().allows(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://system.example/", "ftp://system.example/", "https://", "https:///events", "https://user:pw@system.example/", "https://system.example:0/",
        "https://system.example:99999/", "https://system.example/#part", "https://[::1", "file:///etc/passwd", "https://sys tem.example/",
        "https://système.example/", "https://system.example/\r\nX: 1",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_in_words(url: str) -> None:
    with pytest.raises(CannotAsk):
        assert_askable(url, Reach())


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1", "[::1]", "[::ffff:127.0.0.1]"])
def test_however_this_machine_is_written_it_is_not_asked(host: str) -> None:
    with receiver() as here:
        port = here.url.rpartition(":")[2].partition("/")[0]
        with pytest.raises(CannotAsk, match=r"within a house|not known"):
            ask(f"http://{host}:{port}/", Reach(plain=True, timeout_s=2))
        assert here.told == []


def test_the_address_that_was_checked_is_the_one_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads elsewhere the second time it is looked up (DNS rebinding) is looked up once."""
    looked = []
    real = socket.getaddrinfo

    def lookup(host: str, *rest: object, **more: object) -> object:
        looked.append(host)
        return real("127.0.0.1", *rest, **more)  # type: ignore[arg-type]

    with receiver() as here:
        port = here.url.rpartition(":")[2].partition("/")[0]
        monkeypatch.setattr(socket, "getaddrinfo", lookup)
        answer = ask(f"http://rebinding.example:{port}/events", Reach(networks=LOOPBACK, plain=True, timeout_s=2))
        assert answer.status == 204
        assert looked.count("rebinding.example") == 1
        assert here.told[0].headers["host"] == f"rebinding.example:{port}"


def test_of_a_name_with_an_address_of_the_house_none_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: both)
    with pytest.raises(CannotAsk, match="within a house"):
        ask("https://two-faced.example/", Reach(timeout_s=2))


def test_a_certificate_is_checked_under_the_name_that_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = write_certificate(tmp_path)
    with receiver(certificate) as secured:
        with pytest.raises(CannotAsk, match="certificate"):
            ask(secured.url, Reach(networks=LOOPBACK, timeout_s=3))
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert ask(secured.url, Reach(networks=LOOPBACK, timeout_s=3), method="POST", body=b"{}").status == 204
        monkeypatch.setattr(socket, "getaddrinfo", lambda _host, port, *_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))])
        with pytest.raises(CannotAsk, match="certificate"):
            ask(secured.url.replace("localhost", "other.example"), Reach(networks=LOOPBACK, timeout_s=3))


def test_nobody_there_is_said() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(CannotAsk, match="nobody listens"):
        ask(f"http://127.0.0.1:{port}/", Reach(networks=LOOPBACK, plain=True, timeout_s=2))
