"""A folder of mails made to hurt, delivered to the running service; each must end in a recorded state while the process lives.

    python -m tests.chaos.torture            runs the whole and prints what became of each mail
    python -m tests.chaos.torture FOLDER     only writes the mails there

Every mail stands for a rule of reliability.md. After them comes an ordinary enquiry, which must be answered as if nothing had happened.
"""

from __future__ import annotations

import argparse
import base64
import io
import random
import signal
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import col, select

from storage.rows import ArrivalRow
from storage.values import LetterState
from tests.intake.builders import OUR_ADDRESS, Installation, enquiry
from tests.parsers.built_files import doubling_pdf, huge_png, many_frames_tiff, one_page_pdf, picture, slow_pdf, swollen_pdf, text_pdf
from tests.parsers.outlook_builders import winmail

_SETTINGS = f"""
[mailbox]
poll_seconds = 0.3
addresses = ["{OUR_ADDRESS}"]
[outgoing]
from_address = "{OUR_ADDRESS}"
[extraction]
page_seconds = 15
"""
ENDS = {"decided", "repeated", "quarantined"}
HEAD = (
    b"From: Chan <chan@wahfung.example>\r\nTo: "
    + OUR_ADDRESS.encode()
    + b"\r\nSubject: Application under the CPPP\r\nMessage-ID: <%d@wahfung.example>\r\n"
)


@dataclass(frozen=True)
class Ended:
    """What became of the folder. ``left``: arrivals that have not ended; ``answered``: whether the ordinary mail at the end was."""

    states: dict[str, str]
    left: tuple[str, ...]
    answered: bool
    alive: bool
    parent_mb: float
    seconds: float


def with_file(data: bytes, name: str = "form.pdf", kind: str = "application/pdf") -> bytes:
    packed = base64.encodebytes(data).replace(b"\n", b"\r\n")
    return (
        b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nOur form.\r\n--b\r\n'
        b"Content-Type: " + kind.encode() + b'\r\nContent-Disposition: attachment; filename="' + name.encode() + b'"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n" + packed + b"\r\n--b--\r\n"
    )


def plain(text: bytes = b"We apply.") -> bytes:
    return b"Content-Type: text/plain\r\n\r\n" + text + b"\r\n"


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def nested(depth: int, kind: bytes = b"multipart/mixed") -> bytes:
    start = b"".join(b'Content-Type: %s; boundary="b%d"\r\n\r\n--b%d\r\n' % (kind, level, level) for level in range(depth))
    return start + b"Content-Type: text/plain\r\n\r\nhello\r\n" + b"".join(b"--b%d--\r\n" % level for level in reversed(range(depth)))


def forwarded(depth: int) -> bytes:
    body = plain(b"the innermost")
    for _ in range(depth):
        body = b"Content-Type: message/rfc822\r\n\r\n" + HEAD % 1 + body
    return body


def xlsx_bomb() -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<a>" + b"A" * 150_000_000 + b"</a>"})


def docx_with_entities() -> bytes:
    bomb = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {after} "{"&" + before + ";" * 1}{("&" + before + ";") * 9}">' for before, after in zip("abcdefgh", "bcdefghi", strict=True)
    )
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": (bomb + "]><w>&i;</w>").encode()})


def truncated_jpeg() -> bytes:
    return picture("JPEG", size=(900, 900))[:4000]


def png_of_many_chunks() -> bytes:
    chunk = b"\0\0\0\4tEXtAAAA" + zlib.crc32(b"tEXtAAAA").to_bytes(4, "big")
    whole = picture("PNG")
    return whole[:33] + chunk * 300_000 + whole[33:]


def mails() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every hostile mail."""
    dice = random.Random(7)
    made: list[tuple[str, bytes]] = [
        ("empty", b""),
        ("one-byte", b"\n"),
        ("nul-bytes", b"\0" * 5000),
        ("noise", dice.randbytes(50_000)),
        ("no-header", b"\r\n\r\nhello"),
        ("subject-of-240-kb", HEAD.replace(b"Application under the CPPP", b"=?utf-8?B?5Lit?= " * 14_000) + plain()),
        ("ten-thousand-fields", HEAD + b"".join(b"X-Field-%d: y\r\n" % number for number in range(10_000)) + plain()),
        ("header-without-end", b"Subject: " + b"A" * 3_000_000),
        ("folded-for-ever", HEAD.replace(b"Application", b"A\r\n " * 60_000) + plain()),
        ("from-with-two-mailboxes", HEAD.replace(b"From: Chan <chan@wahfung.example>", b"From: a@good.example <evil@bad.example>") + plain()),
        ("from-of-a-thousand", HEAD.replace(b"Chan <chan@wahfung.example>", b", ".join(b"a%d@x.example" % n for n in range(1000))) + plain()),
        ("subject-with-line-feed", HEAD.replace(b"Application", b"=?utf-8?Q?Hello=0D=0ABcc:_victim@x.example?=") + plain()),
        ("message-id-with-command", b'From: a@x.example\r\nTo: x\r\nMessage-ID: <"\r\n a1 DELETE INBOX">\r\nSubject: Enquiry\r\n' + plain()),
        ("a-hundred-thousand-parts", HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 100_000 + b"--b--\r\n"),
        ("nested-two-hundred", HEAD + nested(200)),
        ("forwarded-sixty", HEAD + forwarded(60)),
        ("boundary-empty", HEAD + b'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n\r\nx\r\n----\r\n'),
        ("boundary-never-closed", HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.4'),
        ("charset-unknown", HEAD + b"Content-Type: text/plain; charset=klingon-8\r\n\r\n\xa4\xa4\xe5\r\n"),
        ("charset-that-is-a-codec", HEAD + b"Content-Type: text/plain; charset=zlib\r\n\r\n\x78\x9c\r\n"),
        ("base64-broken", HEAD + with_file(b"x" * 900).replace(b"eHh4", b"!!e*")),
        ("quoted-printable-broken", HEAD + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=ZZ=4=\r\n"),
        ("uuencoded", HEAD + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\nM\r\n"),
        ("name-is-a-path", HEAD + with_file(text_pdf("hello"), "../../../etc/cron.d/x.pdf")),
        ("name-of-a-kilobyte", HEAD + with_file(text_pdf("hello"), "名" * 2000 + ".pdf")),
        ("pdf-of-doubling-objects", HEAD + with_file(doubling_pdf())),
        ("pdf-that-is-slow", HEAD + with_file(slow_pdf())),
        ("pdf-that-swells", HEAD + with_file(swollen_pdf())),
        ("pdf-without-pages", HEAD + with_file(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n")),
        ("pdf-page-of-a-mile", HEAD + with_file(one_page_pdf(b"/MediaBox [0 0 5000000 5000000]"))),
        ("pdf-page-of-nothing", HEAD + with_file(one_page_pdf(b"/MediaBox [0 0 0 0]"))),
        ("pdf-that-includes-itself", HEAD + with_file(one_page_pdf(b"/MediaBox [0 0 99 99] /Resources << /XObject << /X 3 0 R >> >>", b"/X Do"))),
        ("pdf-cut-in-half", HEAD + with_file(text_pdf("hello " * 400)[:700])),
        ("polyglot", HEAD + with_file(b"PK\x03\x04" + text_pdf("hello") + zipped({"a": b"b"}))),
        ("png-of-a-gigapixel", HEAD + with_file(huge_png(), "scan.png", "image/png")),
        ("png-of-many-chunks", HEAD + with_file(png_of_many_chunks(), "scan.png", "image/png")),
        ("jpeg-cut-short", HEAD + with_file(truncated_jpeg(), "scan.jpg", "image/jpeg")),
        ("tiff-of-many-frames", HEAD + with_file(many_frames_tiff(5000), "fax.tif", "image/tiff")),
        ("zip-bomb", HEAD + with_file(zipped({"a.pdf": b"\0" * 200_000_000}), "papers.zip", "application/zip")),
        ("zip-of-ten-thousand", HEAD + with_file(zipped({f"{n}.txt": b"x" for n in range(10_000)}), "papers.zip", "application/zip")),
        ("zip-in-zip-in-zip", HEAD + with_file(zipped({"a.zip": zipped({"b.zip": zipped({"c.pdf": text_pdf("x")})})}), "a.zip", "application/zip")),
        ("zip-with-paths", HEAD + with_file(zipped({"../../x.pdf": text_pdf("x"), "/etc/passwd": b"x"}), "a.zip", "application/zip")),
        ("docx-of-entities", HEAD + with_file(docx_with_entities(), "form.docx", "application/octet-stream")),
        ("xlsx-bomb", HEAD + with_file(xlsx_bomb(), "form.xlsx", "application/octet-stream")),
        ("winmail", HEAD + with_file(winmail({"form.pdf": text_pdf("hello")}), "winmail.dat", "application/ms-tnef")),
        ("winmail-cut", HEAD + with_file(winmail({"form.pdf": text_pdf("hello")})[:80], "winmail.dat", "application/ms-tnef")),
        ("html-of-a-megabyte", HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div><table><tr><td>" * 60_000),
        ("text-of-regular-expressions", HEAD + plain(b"(" * 60_000 + b"a" * 60_000 + b" " * 60_000 + b"!")),
        ("text-of-one-line", HEAD + plain("申請".encode() * 200_000)),
        ("ids-without-number", HEAD + b"References: " + b"<a@b.example> " * 20_000 + b"\r\n" + plain()),
        ("received-without-number", b"Received: from a by b; Mon, 1 Jan 2024 00:00:00 +0000\r\n" * 900 + HEAD + plain()),
        ("date-of-the-year-zero", HEAD + b"Date: Mon, 0 Jan 0000 99:99:99 +9999\r\n" + plain()),
        ("winding-addresses", HEAD + b"Cc: " + b"(" * 20_000 + b")" * 20_000 + b" a@b.example\r\n" + plain()),
        ("surrogates", HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + b"\xed\xa0\x80\xed\xb0\x80 \xf4\x90\x80\x80"),
    ]
    for number, (name, data) in enumerate(made):
        yield name, data.replace(b"<%d@wahfung.example>", b"<%d@wahfung.example>" % number)


def torture(folder: Path, *, longest_s: float = 240.0) -> Ended:
    """Runs the service on the whole folder, with its own reading processes, until every mail has ended or the time is up."""
    house = Installation(folder)
    (folder / "intake.toml").write_text(_SETTINGS, "utf-8")
    names = [name for name, _ in mails()]
    started = time.monotonic()
    with house.started("run") as process:
        house.deliver(*(data for _, data in mails()))
        asked = enquiry(999, sender="last@asking.example")
        house.deliver(asked)
        peak = 0.0
        while time.monotonic() - started < longest_s and process.poll() is None:
            time.sleep(1.0)
            peak = max(peak, _resident_mb(process.pid))
            states = _states(house)
            if len(states) == len(names) + 1 and set(states) <= ENDS and _answered(house):
                break
        alive = process.poll() is None
        states, answered = _states(house), _answered(house)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    told = dict(zip([*names, "ordinary"], states, strict=False))
    left = tuple(name for name in [*names, "ordinary"] if told.get(name) not in ENDS)
    return Ended(told, left, answered, alive, peak, time.monotonic() - started)


def _states(house: Installation) -> list[str]:
    with house.database() as database, database.reading() as tx:
        return list(tx.session.exec(select(ArrivalRow.state).order_by(col(ArrivalRow.uid))))


def _answered(house: Installation) -> bool:
    return any(letter.to == "last@asking.example" for letter in house.letters(LetterState.ACCEPTED))


def _resident_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), 0.0)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path, nargs="?")
    given = options.parse_args()
    if given.folder is not None:
        given.folder.mkdir(parents=True, exist_ok=True)
        for number, (name, data) in enumerate(mails()):
            (given.folder / f"{number:02}-{name}.eml").write_bytes(data)
        return 0
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        ended = torture(Path(folder))
    for name, state in ended.states.items():
        print(f"{state:12} {name}")
    print(f"alive: {ended.alive}; ordinary mail answered: {ended.answered}; parent at most {ended.parent_mb:.0f} MB; {ended.seconds:.0f} s")
    print(f"not ended: {', '.join(ended.left) or 'none'}")
    return 1 if ended.left or not ended.alive or not ended.answered else 0


if __name__ == "__main__":
    sys.exit(main())
