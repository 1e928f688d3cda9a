"""Asked to stop while the mail server is slow: the process ends in time, no letter is lost, none is sent twice, and none is in doubt without need."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from intake.day_and_night import DayAndNight
from storage.values import LetterState
from tests.intake.builders import OUR_ADDRESS, Installation, enquiry
from tests.servers.smtp import postbox

pytestmark = pytest.mark.slow
STEPS = {"greeting": "220 ready", "ehlo": "250 hello", "mail": "250 fine", "rcpt": "250 fine", "data": "354 go on", "dot": "250 taken"}


class SlowServer:
    """Speaks SMTP up to a step, and then says nothing more. ``heard``: the verbs; ``taken``: how many mails it has whole."""

    def __init__(self, silent_at: str) -> None:
        self.silent_at = silent_at
        self.heard: list[str] = []
        self.taken = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []

    def serve(self) -> None:
        try:
            while True:
                line, _ = self._listener.accept()
                self._open.append(line)
                threading.Thread(target=self._converse, args=(line,), daemon=True).start()
        except OSError:
            return

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for line in self._open:
            line.close()

    def _converse(self, line: socket.socket) -> None:
        steps = {"EHLO": "ehlo", "MAIL": "mail", "RCPT": "rcpt", "DATA": "data"}
        try:
            with line.makefile("rb") as lines:
                if not self._says(line, "greeting"):
                    return
                while words := lines.readline():
                    verb = words.split()[0].decode().upper()
                    self.heard.append(verb)
                    if not self._says(line, steps[verb]):
                        return
                    if verb == "DATA":
                        while lines.readline() not in (b".\r\n", b""):
                            pass
                        self.taken += 1
                        if not self._says(line, "dot"):
                            return
        except (OSError, ValueError, KeyError, IndexError):
            return

    def _says(self, line: socket.socket, step: str) -> bool:
        if step == self.silent_at:
            self.heard.append(f"silent at {step}")
            return False
        line.sendall(f"{STEPS[step]}\r\n".encode())
        return True


@contextmanager
def slow_server(silent_at: str) -> Iterator[SlowServer]:
    server = SlowServer(silent_at)
    threading.Thread(target=server.serve, daemon=True).start()
    try:
        yield server
    finally:
        server.close()


def wait_for_silence(server: SlowServer) -> None:
    deadline = time.monotonic() + 40
    while not any(words.startswith("silent") for words in server.heard):
        assert time.monotonic() < deadline, f"the service has not come so far: {server.heard}"
        time.sleep(0.02)


@pytest.mark.parametrize("step", STEPS)
def test_a_stop_in_the_midst_of_a_slow_conversation_leaves_no_letter_in_needless_doubt(
    house: Installation, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Before the dot nothing was handed over: the letter goes out after the restart. After it nobody knows: a person, not a second letter."""
    monkeypatch.setattr("intake.day_and_night.DRAIN_S", 0.6)
    monkeypatch.setattr("intake.day_and_night._BREAK_OFF_S", 1.5)
    house.deliver(enquiry(1))
    with slow_server(step) as server:
        house.changes = {"outgoing": {"url": f"smtp://127.0.0.1:{server.port}", "retry_seconds": 0.1}}
        service = DayAndNight(house.settings, threading.Event())
        thread = threading.Thread(target=service.work)
        thread.start()
        wait_for_silence(server)
        asked = time.monotonic()
        service.stopping.set()
        thread.join(20)
        assert not thread.is_alive()
        assert time.monotonic() - asked < 10
        assert server.taken == (step == "dot")
        (letter,) = house.letters()  # as the stopped service left it, the line still open
        assert letter.state is (LetterState.SENDING if step == "dot" else LetterState.DEFERRED), letter.reason
    with postbox() as office:
        house.changes = {"outgoing": {"url": office.url, "retry_seconds": 0.1}}
        time.sleep(0.3)
        house.run()
        assert len(office.taken) == (step != "dot")
    assert [letter.state for letter in house.letters()] == [LetterState.UNKNOWN if step == "dot" else LetterState.ACCEPTED]


def test_a_second_sigterm_stops_at_once_whatever_the_mail_server_does(tmp_path: Path) -> None:
    house = Installation(tmp_path)
    house.deliver(enquiry(1))
    with slow_server("rcpt") as server:
        settings = f'[mailbox]\npoll_seconds = 0.2\n[outgoing]\nfrom_address = "{OUR_ADDRESS}"\nurl = "smtp://127.0.0.1:{server.port}"\n'
        (house.path / "intake.toml").write_text(settings, "utf-8")
        with house.started("run", log=house.path / "service.log") as process:
            wait_for_silence(server)
            process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            assert process.poll() is None, "the first one lets the letter in hand be finished"
            process.send_signal(signal.SIGTERM)
            assert process.wait(5) == 128 + signal.SIGTERM
    assert "Traceback" not in (house.path / "service.log").read_text("utf-8")
