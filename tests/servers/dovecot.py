"""A real Dovecot on loopback with one account, in a folder of its own, started and stopped by the tests."""

from __future__ import annotations

import contextlib
import getpass
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from imapclient import IMAPClient

USER = "intake"
PASSWORD = 'Geheim-中-"quoted"-\\-word'
HOST = "127.0.0.1"
_START_S = 20
ORDINARY = "IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE NAMESPACE UIDPLUS MOVE UNSELECT CHILDREN SPECIAL-USE"


@dataclass
class Dovecot:
    """One running server. ``root``: its folder; ``capability``: what it says it can do; ``tokeninfo_url``: where it asks whose an
    OAuth token is (XOAUTH2 is offered then)."""

    root: Path
    port: int
    tls_port: int
    capability: str = ORDINARY
    separator: str = "/"
    prefix: str = ""
    certificate: Path | None = None
    user: str = USER
    tokeninfo_url: str = ""
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"imap://{HOST}:{self.port}"

    @property
    def maildir(self) -> Path:
        return self.root / "mail" / self.user

    def account(self, user: str) -> Dovecot:
        """The same server as another of its users sees it: every name is one, with an empty mailbox."""
        return replace(self, user=user)

    @property
    def log(self) -> str:
        path = self.root / "dovecot.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def start(self) -> None:
        """Starts the server and waits until it greets."""
        self._write_configuration()
        dovecot = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        assert dovecot, "dovecot is not installed: run deploy/debian-packages.sh"
        self._process = subprocess.Popen([dovecot, "-F", "-c", str(self.root / "dovecot.conf")], stderr=subprocess.DEVNULL, start_new_session=True)
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection((HOST, self.port), 1) as greeted:
                greeted.settimeout(5)
                if greeted.recv(64).startswith(b"* OK"):
                    return
            time.sleep(0.05)
        raise AssertionError(f"dovecot did not start:\n{self.log}")

    def stop(self) -> None:
        """Ends the server and every connection to it."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)  # asked kindly, it takes seconds, and its children linger
            self._process.wait(10)
            self._process = None

    def client(self) -> IMAPClient:
        """A second client, logged in: what a person's mail program does."""
        client = IMAPClient(HOST, self.port, ssl=False, timeout=20)
        client.plain_login(self.user, PASSWORD)
        return client

    def deliver(self, mails: Sequence[bytes], folder: str = "INBOX") -> None:
        """Puts mails into a folder through the server, in this order."""
        with self.client() as client:
            for mail in mails:
                client.append(folder, mail)

    def folder_contents(self, folder: str) -> list[bytes]:
        """Every mail of a folder, whole, by UID."""
        with self.client() as client:
            client.select_folder(folder, readonly=True)
            found = client.fetch(client.search(), ["BODY.PEEK[]"])
        return [found[uid][b"BODY[]"] for uid in sorted(found)]

    def _write_configuration(self) -> None:
        as_root = os.getuid() == 0
        mail_user = pwd.getpwnam("mail") if as_root else pwd.getpwuid(os.getuid())  # Dovecot serves no mail to root
        for folder in ("mail", "home"):
            (self.root / folder).mkdir(exist_ok=True)
            os.chown(self.root / folder, mail_user.pw_uid, mail_user.pw_gid)
        name = getpass.getuser()
        internal = "" if as_root else f"default_internal_user = {name}\ndefault_login_user = {name}\n"
        group = "" if as_root else f"default_internal_group = {_own_group()}\n"
        tls = "ssl = no\n"
        if self.certificate is not None:
            tls = f"ssl = yes\nssl_cert = <{self.certificate}\nssl_key = <{self.certificate.with_suffix('.key')}\n"
        oauth = ""
        if self.tokeninfo_url:
            (self.root / "oauth2.conf").write_text(f"tokeninfo_url = {self.tokeninfo_url}\nusername_attribute = email\n", "utf-8")
            oauth = f"passdb {{\n driver = oauth2\n mechanisms = xoauth2\n args = {self.root}/oauth2.conf\n}}\n"
        (self.root / "dovecot.conf").write_text(
            _CONFIGURATION.format(
                root=self.root, port=self.port, tls_port=self.tls_port if self.certificate else 0, uid=mail_user.pw_uid, gid=mail_user.pw_gid,
                internal=internal + group, tls=tls, capability=self.capability, separator=self.separator, prefix=self.prefix,
                password=PASSWORD, oauth=oauth, xoauth2="xoauth2" if oauth else "", auth_user="root" if as_root else name,
            ),
            "utf-8",
        )  # fmt: skip


@contextlib.contextmanager
def dovecot(**options: object) -> Iterator[Dovecot]:
    """A started server, ended and removed at the end. Options: the fields of Dovecot."""
    root = Path(tempfile.mkdtemp(prefix="dovecot-"))
    root.chmod(0o755)
    ports = _free_ports(2)
    server = Dovecot(root, *ports, **options)  # type: ignore[arg-type]
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(root, ignore_errors=True)


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server((HOST, 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in sockets]


def _own_group() -> str:
    import grp

    return grp.getgrgid(os.getgid()).gr_name


_CONFIGURATION = """
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
protocols = imap
listen = 127.0.0.1
{internal}{tls}
disable_plaintext_auth = no
auth_mechanisms = plain login {xoauth2}
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:{root}/mail/%u
mail_fsync = never
mailbox_idle_check_interval = 1 secs
imap_capability = {capability}
mail_max_userip_connections = 100
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
{oauth}passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/home/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service auth {{
  user = {auth_user}
}}
service auth-worker {{
  user = {auth_user}
}}
service imap {{
  vsz_limit = 1G
}}
"""
