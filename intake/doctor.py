"""`intake doctor`: checks settings, programme, OCR and its languages, database, mailbox and mail sending; one line each."""

from __future__ import annotations

import shutil
import smtplib
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from intake.mailboxes import MailboxError
from intake.settings import Settings, SettingsError, load_settings

MINIMUM_FREE_BYTES = 1_000_000_000
_TIMEOUT_S = 15


class Trouble(Exception):
    """One check failed; the text says what to do."""


@dataclass(frozen=True)
class Examination:
    """One thing that is looked at: its name, and a function that says what is well, or raises Trouble."""

    name: str
    look: Callable[[], str]


def examine(config: Path | None) -> int:
    """Prints one line for each check; 1 if any fails."""
    try:
        settings = load_settings(config)
    except SettingsError as error:
        print(f"FAIL settings: {error}")
        return 1
    print(f"ok   settings: {config or Settings.DEFAULT_FILE if (config or Settings.DEFAULT_FILE).exists() else 'defaults'}")
    failed = False
    for examination in examinations(settings):
        try:
            print(f"ok   {examination.name}: {examination.look()}")
        except Trouble as trouble:
            failed = True
            print(f"FAIL {examination.name}: {trouble}")
    return 1 if failed else 0


def examinations(settings: Settings) -> Iterator[Examination]:
    yield Examination("programme", lambda: _programme(settings))
    yield Examination("tesseract", lambda: _tesseract(settings))
    yield Examination("reading", lambda: _reading(settings))
    yield Examination("database", lambda: _database(settings))
    yield Examination("disk", lambda: _disk(settings))
    yield Examination("mailbox", lambda: _mailbox(settings))
    yield Examination("outgoing", lambda: _outgoing(settings))


def _programme(settings: Settings) -> str:
    from intake.programme import ProgrammeError, load_programme

    try:
        programme = load_programme(settings.programme.path)
    except ProgrammeError as error:
        raise Trouble(str(error)) from error
    return f"{programme.path} ({programme.hash[:12]})"


def _tesseract(settings: Settings) -> str:
    try:
        listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, timeout=_TIMEOUT_S, check=True)  # noqa: S607 (Debian's)
    except (OSError, subprocess.SubprocessError) as error:
        raise Trouble(f"cannot be run ({error}); install the Debian package tesseract-ocr") from error
    known = set(listed.stdout.split())
    lacking = [language for language in settings.extraction.languages if language not in known]
    if lacking:
        packages = " ".join("tesseract-ocr-" + language.replace("_", "-") for language in lacking)
        raise Trouble(f"languages {', '.join(lacking)} are missing; install {packages}")
    return f"languages {', '.join(settings.extraction.languages)}"


def _reading(settings: Settings) -> str:
    """Reads a small picture of text through the sandboxed child, as every paper is read."""
    import io

    from PIL import Image, ImageDraw

    from intake.workshop import read_limits
    from parsers.sandbox import Reader
    from parsers.values import FileKind

    picture = Image.new("RGB", (900, 200), "white")
    ImageDraw.Draw(picture).text((40, 60), "CPPP 2024", fill="black", font_size=72)
    out = io.BytesIO()
    picture.save(out, "PNG", dpi=(200, 200))
    with Reader(1, read_limits(settings)) as reader:
        file = reader.read(out.getvalue(), FileKind.PNG)
    text = " ".join(word.text for page in file.pages for word in page.words)
    if "2024" not in text:
        raise Trouble(f"a test picture was not read ({file.outcome}: {text or file.detail or 'no text'}); run make setup again")
    return f"a test picture was read as {text!r}"


def _database(settings: Settings) -> str:
    from storage.database import open_database
    from storage.errors import StorageError

    try:
        database = open_database(settings.storage.database, busy_timeout_s=5)
        with database.transaction():
            pass
        database.close()
    except StorageError as error:
        raise Trouble(str(error)) from error
    return settings.storage.database.split("@")[-1]


def _disk(settings: Settings) -> str:
    from storage.blobs import BlobError, folder_of, open_blobs

    blobs = folder_of(settings.storage.blobs)
    try:
        originals = open_blobs(settings.storage.blobs)
        originals.remove(originals.keep(b"intake doctor\n"))
        with tempfile.TemporaryFile() as file:
            file.write(b"x")
        free = shutil.disk_usage(blobs or tempfile.gettempdir()).free
    except BlobError as error:
        raise Trouble(f"originals cannot be kept: {error}") from error
    except OSError as error:
        raise Trouble(f"the temporary folder cannot be written: {error}") from error
    if blobs is None:
        return f"{settings.storage.blobs} takes and gives back what we keep"
    if free < MINIMUM_FREE_BYTES:
        raise Trouble(f"{blobs} has only {free // 1_000_000} MB left; make room")
    return f"{blobs} ({free // 1_000_000_000} GB free)"


def _mailbox(settings: Settings) -> str:
    from intake.service import open_mailbox

    try:
        mailbox = open_mailbox(settings)
        identity = mailbox.identity()
        holds_mail = mailbox.waiting() > 0
        mailbox.close()
    except (MailboxError, SettingsError) as error:
        raise Trouble(str(error)) from error
    return f"{identity.mailbox} ({'holds mail' if holds_mail else 'empty'})"


def _outgoing(settings: Settings) -> str:
    from intake.settings import password_of
    from replies.smtp import is_loopback

    url = settings.outgoing.url
    if url.startswith("folder:"):
        folder = Path(url.removeprefix("folder:"))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise Trouble(f"{folder} cannot be written: {error.strerror}") from error
        return f"letters are written to {folder}"
    parts = urlsplit(url)
    host = parts.hostname or ""
    context = ssl.create_default_context()  # the certificate is looked at, as it is by the service: a password goes that way
    make = partial(smtplib.SMTP_SSL, context=context) if parts.scheme == "smtps" else smtplib.SMTP
    try:
        with make(host, parts.port or (465 if parts.scheme == "smtps" else 587), timeout=_TIMEOUT_S) as client:
            client.ehlo()
            if parts.scheme == "smtp" and not is_loopback(host):
                client.starttls(context=context)
                client.ehlo()
            if settings.outgoing.username:
                client.login(settings.outgoing.username, password_of(settings.outgoing))
            code, answer = client.mail(settings.outgoing.from_address)
            client.close()  # nothing was sent, and how it says goodbye is no matter
    except SettingsError as error:
        raise Trouble(str(error)) from error
    except (OSError, smtplib.SMTPException, socket.gaierror) as error:
        raise Trouble(f"{host} does not take mail from us: {error}") from error
    if code != 250:
        raise Trouble(f"{host} does not take {settings.outgoing.from_address} as a sender: {code} {answer.decode('utf-8', 'replace')[:200]}")
    return f"{host} accepts our login" if settings.outgoing.username else f"{host} answers"
