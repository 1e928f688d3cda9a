"""Mails as offices, machines and people with odd programs really send them, and whether a letter may go out to each.

python -m tests.chaos.real_mails            runs `intake run --once` over all of them and prints what became of each
python -m tests.chaos.real_mails FOLDER     only writes the mails there
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.torture import ENDS, forwarded, plain, with_file, zipped
from tests.intake.builders import OUR_ADDRESS, Installation
from tests.parsers.built_files import text_pdf

US = OUR_ADDRESS.encode()
ASKS = "Dear Sir, may I ask which factories can apply for the programme? Thank you."
NDR = "Your message to {to} could not be delivered. The e-mail address was not found (550 5.1.1 user unknown)."
AWAY = "本人現正休假，將於三月十八日返回辦公室。如有急事，請聯絡 office@factory.example。"
OURS = "[CPPP-2026-00042-O] Cleaner Production Partnership Programme"


@dataclass(frozen=True)
class RealMail:
    """One mail; ``may``: whether a receipt may go out to its sender (none of them is due any other letter)."""

    name: str
    data: bytes
    may: bool


def head(sender: str, subject: str, *more: str, to: str = OUR_ADDRESS, number: int = 0) -> str:
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", "Date: Tue, 10 Mar 2026 10:00:00 +0800", *more]
    return "\r\n".join(
        [*lines, f"Message-ID: <{number or hashlib.sha256(repr((sender, subject, more)).encode()).hexdigest()[:16]}@machine.example>", ""]
    )


def text(sender: str, subject: str, words: str, *more: str, **given: str) -> bytes:
    body = f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{words}\r\n"
    return (head(sender, subject, *more, **given) + body).encode()  # type: ignore[arg-type]


def parts(sender: str, subject: str, kind: str, *bodies: tuple[str, str], more: tuple[str, ...] = ()) -> bytes:
    """A mail of several parts: each its Content-Type and its words."""
    inner = "".join(f"--b\r\nContent-Type: {content}\r\n\r\n{words}\r\n" for content, words in bodies)
    return (head(sender, subject, *more) + f'MIME-Version: 1.0\r\nContent-Type: {kind}; boundary="b"\r\n\r\n{inner}--b--\r\n').encode()


def report(sender: str, subject: str, words: str, *more: str, status: str = "failed") -> bytes:
    """A delivery report of RFC 3464 about a letter of ours."""
    delivery = f"Reporting-MTA: dns; mx.factory.example\r\n\r\nFinal-Recipient: rfc822; chan@factory.example\r\nAction: {status}\r\nStatus: 5.1.1\r\n"
    ours = f"From: {OUR_ADDRESS}\r\nSubject: {OURS}\r\n"
    bodies = (("text/plain; charset=utf-8", words), ("message/delivery-status", delivery), ("text/rfc822-headers", ours))
    return parts(sender, subject, "multipart/report; report-type=delivery-status", *bodies, more=more)


def bounces() -> Iterator[tuple[str, bytes]]:
    system = "Mail Delivery System <MAILER-DAEMON@mx.factory.example>"
    exchange = "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@factory.example>"
    yield "bounce-exchange", report(exchange, f"Undeliverable: {OURS}", NDR, "X-MS-Exchange-Message-Is-Ndr:", "Auto-Submitted: auto-replied")
    yield "bounce-exchange-chinese", report("postmaster@factory.example", f"無法傳遞: {OURS}", "無法將您的郵件傳遞給下列收件者")
    yield "bounce-exchange-bare", text("postmaster@factory.example", f"Undeliverable: {OURS}", NDR)
    yield "bounce-postfix", report(system, "Undelivered Mail Returned to Sender", NDR, "Auto-Submitted: auto-replied", "Return-Path: <>")
    yield "bounce-postfix-delayed", report(system, "Delayed Mail (still being retried)", NDR, status="delayed")
    gmail = "Mail Delivery Subsystem <mailer-daemon@mailhost.example>"
    yield "bounce-gmail", report(gmail, "Delivery Status Notification (Failure)", NDR, "X-Failed-Recipients: chan@factory.example")
    qmail = "Hi. This is the qmail-send program at mx.factory.example.\n\n<chan@factory.example>:\nSorry, no mailbox here by that name.\n\n---"
    yield "bounce-qmail", text("MAILER-DAEMON@mx.factory.example", "failure notice", qmail, "Return-Path: <>")
    yield "bounce-qmail-other-sender", text("mail@mx.factory.example", "failure notice", qmail, "Return-Path: <>")
    yield "bounce-of-a-portal", text("Postmaster@portal.example", "系统退信", "您的邮件未能投递到 chan@factory.example：该邮箱不存在。")
    yield "bounce-domino", text("Mail Router <router@factory.example>", "DELIVERY FAILURE: User chan not listed in Directory", NDR, "Return-Path: <>")


def automatic() -> Iterator[tuple[str, bytes]]:
    answers = "In-Reply-To: <abc.1@secretariat.example>"
    yield "away-traditional", text("Chan <chan1@factory.example>", f"自動回覆: {OURS}", AWAY, answers)
    yield "away-simplified", text("Chen <chen@factory.example>", f"自动回复：{OURS}", "您好，我正在休假，3月18日返回。", answers)
    yield "away-without-a-mark", text("Chan <chan2@factory.example>", f"Re: {OURS}", AWAY, answers)
    yield "away-outlook", text("Li <li@factory.example>", f"Automatic reply: {OURS}", "I am out of the office.", "Auto-Submitted: auto-generated")
    yield "away-html-only", text("Ho <ho@factory.example>", "Out of Office", "I am currently out of the office until 18 March.", answers)
    yield "away-precedence", text("Ma <ma@factory.example>", f"Re: {OURS}", "Thank you for your mail.", "Precedence: auto_reply")
    yield "ticket-system", text("Support <help@desk.example>", "[Ticket#20260310] Your request was received", ASKS, "Auto-Submitted: auto-replied")
    read = (
        "Reporting-UA: desk; Outlook\r\nFinal-Recipient: rfc822;wong@factory.example\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n"
    )
    receipt = (("text/plain; charset=utf-8", "Your message was read."), ("message/disposition-notification", read))
    yield "read-receipt", parts("wong@factory.example", f"Read: {OURS}", "multipart/report; report-type=disposition-notification", *receipt)
    yield "read-receipt-chinese", parts("wong2@factory.example", f"已讀: {OURS}", "multipart/report; report-type=disposition-notification", *receipt)
    event = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:{0}\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Site visit\r\nEND:VEVENT\r\nEND:VCALENDAR"
    for name, method in (("invitation", "REQUEST"), ("invitation-accepted", "REPLY"), ("invitation-cancelled", "CANCEL")):
        bodies = (("text/plain", ASKS), (f"text/calendar; method={method}", event.format(method)))
        yield name, parts(f"{name}@factory.example", f"{method.title()}: site visit", "multipart/alternative", *bodies)
    yield "list-mailman", text("Au <au@factory.example>", "[cleaner] question", ASKS, "List-Id: <cleaner.lists.example>", "Precedence: list")
    yield (
        "list-group",
        text("Yu <yu@factory.example>", "question", ASKS, "X-BeenThere: group@lists.example", "Mailing-list: list group@lists.example"),
    )
    yield "newsletter", text("News <news@shop.example>", "Offers in March", ASKS, "Feedback-ID: 1:2:3", "List-Unsubscribe: <https://shop.example/u>")
    dmarc = head("noreply-dmarc@provider.example", "Report domain: secretariat.example Submitter: provider.example").encode()
    yield "dmarc-report", dmarc + with_file(zipped({"r.xml": b"<feedback/>"}), "provider.example!secretariat.example.zip", "application/zip")
    abuse = (
        ("text/plain", ASKS),
        ("message/feedback-report", "Feedback-Type: abuse\r\nVersion: 1\r\n"),
        ("message/rfc822", f"From: {OUR_ADDRESS}\r\n"),
    )
    yield "abuse-report", parts("fbl@provider.example", "complaint", "multipart/report; report-type=feedback-report", *abuse)
    yield "no-reply-sender", text("no-reply@shop.example", "Your order", ASKS)
    yield "from-ourselves", text(f"Secretariat <{OUR_ADDRESS}>", "Enquiry", ASKS)
    yield "not-addressed-to-us", text("blind@factory.example", "Enquiry", ASKS, to="somebody@else.example")
    yield "null-return-path", text("nobody@factory.example", "Enquiry", ASKS, "Return-Path: <>")
    yield "x-loop", text("loop@factory.example", "Enquiry", ASKS, f"X-Loop: {OUR_ADDRESS}")
    yield "autoresponder", text("responder@factory.example", "Enquiry", ASKS, "Delivered-To: Autoresponder")


def sealed() -> Iterator[tuple[str, bytes, bool]]:
    """Signed mail is read; what is encrypted is for staff."""
    sealed_part = with_file(b"\x30\x80" + bytes(range(256)) * 4, "smime.p7m", "application/pkcs7-mime; smime-type=enveloped-data")
    yield "smime-encrypted", head("sealed@factory.example", "Application under the CPPP").encode() + sealed_part, False
    signature = ("application/pkcs7-signature; name=smime.p7s", "MIAGCSqGSIb3DQEHAqCAMIACAQEx")
    signed = (("text/plain", ASKS), signature)
    yield "smime-signed", parts("signed@factory.example", "Enquiry", 'multipart/signed; protocol="application/pkcs7-signature"', *signed), True
    armour = "-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA0a8s7Y2lF9sAQf/Zm9vYmFy\r\n=abcd\r\n-----END PGP MESSAGE-----"
    encrypted = (("application/pgp-encrypted", "Version: 1"), ("application/octet-stream; name=encrypted.asc", armour))
    yield (
        "pgp-encrypted",
        parts("pgp1@factory.example", "Application", 'multipart/encrypted; protocol="application/pgp-encrypted"', *encrypted),
        False,
    )
    yield "pgp-inline", text("pgp2@factory.example", "...", armour), False
    clear = f"-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\n{ASKS}\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\niQEz\r\n"
    yield "pgp-clear-signed", text("pgp3@factory.example", "Enquiry", clear), True


def senders() -> Iterator[tuple[str, bytes, bool]]:
    """Who the mail comes from: where that cannot be told for certain, nobody is written to."""
    yield "two-from", text("one@factory.example\r\nFrom: two@factory.example", "Enquiry", ASKS), False
    yield "from-of-two", text("one@factory.example, two@factory.example", "Enquiry", ASKS), False
    yield "from-group", text("Team: one@factory.example, two@factory.example;", "Enquiry", ASKS), False
    yield "from-empty-group", text("undisclosed-recipients:;", "Enquiry", ASKS), False
    yield "from-nothing", text("", "Enquiry", ASKS), False
    yield "from-without-address", text("Chan Tai Man", "Enquiry", ASKS), False
    yield "from-in-utf8", text("陳大文 <陳大文@工廠.example>", "Enquiry", ASKS), False
    yield "from-idn", text("Chan <chan@xn--4gq48lf9j.example>", "Enquiry", ASKS), True
    yield "from-name-is-an-address", text('"boss@bank.example" <clerk@factory.example>', "Enquiry", ASKS), True
    yield "from-encoded-address", text("=?utf-8?q?boss=40bank=2eexample?= <clerk2@factory.example>", "Enquiry", ASKS), True
    yield "from-encoded-whole", text("=?utf-8?q?boss=40bank=2eexample?=", "Enquiry", ASKS), False
    yield "from-with-comment", text("clerk3(of the office)@factory.example", "Enquiry", ASKS), True
    yield "from-with-nul", text("clerk4\0@factory.example", "Enquiry", ASKS), False
    yield "reply-to-another", text("clerk5@factory.example", "Enquiry", ASKS, "Reply-To: victim@bank.example"), True
    yield "asks-for-a-receipt", text("clerk6@factory.example", "Enquiry", ASKS, "Disposition-Notification-To: victim@bank.example"), True


def oddities() -> Iterator[tuple[str, bytes, bool]]:
    """What broken programs and hostile hands make."""
    odd: Callable[[int], str] = lambda number: f"odd{number}@factory.example"  # noqa: E731
    yield "nothing-said", text(odd(1), "", ""), False
    yield "only-spaces", text(odd(2), " ", " \r\n \u3000\r\n"), False
    files = "".join(f'--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename="{n}.txt"\r\n\r\nx\r\n' for n in range(5_000))
    yield "five-thousand-files", (head(odd(3), "Papers") + f'Content-Type: multipart/mixed; boundary="b"\r\n\r\n{files}--b--\r\n').encode(), True
    yield "header-bomb", text(odd(4), "Enquiry", ASKS, *(f"X-Bomb-{n}: {'A' * 30_000}" for n in range(200))), False
    hides = (*(f"X-Bomb-{n}: A" for n in range(3_000)), "List-Id: <cleaner.lists.example>", "From: two@factory.example")
    yield "header-that-hides-a-list", text(odd(25), "Enquiry", ASKS, *hides), False
    yield "fifty-thousand-receivers", text(odd(5), "Enquiry", ASKS, "Cc: " + ", ".join(f"a{n}@x.example" for n in range(50_000))), False
    yield "forwarded-a-hundred", head(odd(6), "Fwd: application").encode() + forwarded(100), True
    yield "nul-everywhere", text(odd(7), "En\0quiry", ASKS.replace(" ", "\0")), True
    yield "utf-16-unsaid", head(odd(8), "Enquiry").encode() + plain(ASKS.encode("utf-16")), True
    yield (
        "charset-that-lies",
        head(odd(9), "查詢").encode() + b"Content-Type: text/plain; charset=us-ascii\r\n\r\n" + "請問如何申請？".encode("big5"),
        True,
    )
    bomb = zipped({f"{n}.zip": zipped({"a.pdf": b"\0" * 30_000_000}) for n in range(8)})
    yield "zip-of-bombs", head(odd(10), "Papers").encode() + with_file(bomb, "papers.zip", "application/zip"), False
    yield "subject-of-100-kb", text(odd(11), "查詢" * 17_000, ASKS), False
    yield "year-1970", text(odd(12), "Enquiry", ASKS).replace(b"10 Mar 2026", b"01 Jan 1970"), True
    yield "year-2099", text(odd(13), "Enquiry", ASKS).replace(b"10 Mar 2026", b"10 Mar 2099"), True
    yield (
        "message-partial",
        head(odd(14), "Papers (1/3)").encode() + b'Content-Type: message/partial; id="x"; number=1; total=3\r\n\r\nFrom: a\r\n',
        False,
    )
    outside = b'Content-Type: message/external-body; access-type=URL; URL="http://127.0.0.1:9/x.pdf"\r\n\r\nContent-Type: application/pdf\r\n\r\n'
    yield "external-body", head(odd(15), "Papers").encode() + outside, False
    yield "bare-carriage-returns", text(odd(16), "Enquiry", ASKS).replace(b"\r\n", b"\r"), True
    yield "mbox-line-first", b"From odd17@factory.example Tue Mar 10 10:00:00 2026\r\n" + text(odd(17), "Enquiry", ASKS), True
    yield "byte-order-mark-first", b"\xef\xbb\xbf" + text(odd(18), "Enquiry", ASKS), True
    yield "colon-without-name", b": nothing\r\n" + text(odd(19), "Enquiry", ASKS), True
    yield "in-reply-to-of-ten-thousand", text(odd(20), "Enquiry", ASKS, "In-Reply-To: " + "<a@b.example> " * 10_000), False
    yield "pdf-named-exe", head(odd(21), "Papers").encode() + with_file(text_pdf("hello"), "invoice.pdf.exe", "application/x-msdownload"), False
    yield (
        "html-that-calls-home",
        (head(odd(22), "Enquiry") + f'Content-Type: text/html\r\n\r\n<img src="http://127.0.0.1:9/pixel"><script>x</script><p>{ASKS}</p>').encode(),
        True,
    )
    yield "right-to-left", text(odd(23), "Enquiry \u202egpj.exe", ASKS + "\u202e\u2066"), True
    yield "content-type-twice", text(odd(24), "Enquiry", ASKS, "Content-Type: application/pdf", "Content-Type: multipart/mixed; boundary=x"), True


def real_mails() -> tuple[RealMail, ...]:
    """All of them, each with a Message-ID and bytes of its own."""
    made = [RealMail(name, data, may=False) for name, data in (*bounces(), *automatic())]
    return (*made, *(RealMail(name, data, may) for name, data, may in (*sealed(), *senders(), *oddities())))


@dataclass(frozen=True)
class Handled:
    """What became of one mail: its state, its class, the template of the letter that was made for it and whom that is for."""

    mail: RealMail
    state: str
    message_class: str
    letter: str
    to: str
    reference: str

    @property
    def is_wrong(self) -> bool:
        return self.state not in ENDS or bool(self.letter and not self.mail.may) or self.letter not in ("", "receipt")


def handled(folder: Path) -> tuple[int, list[Handled]]:
    """Runs the service once over all of them, as a user does. The command's exit code, and what became of each."""
    house = Installation(folder)
    (folder / "intake.toml").write_text(f'[mailbox]\naddresses = ["{OUR_ADDRESS}"]\n[outgoing]\nfrom_address = "{OUR_ADDRESS}"\n', "utf-8")
    mails = real_mails()
    house.deliver(*(mail.data for mail in mails))
    code = house.command("run", "--once").returncode
    arrivals = {arrival.sha256: arrival for arrival in house.arrivals()}
    letters = {letter.cause: letter for letter in house.letters()}
    found: list[Handled] = []
    for mail in mails:
        sha256 = hashlib.sha256(mail.data).hexdigest()
        arrival, letter = arrivals.get(sha256), letters.get(sha256)
        state, kind = (arrival.state.value, str(arrival.message_class)) if arrival else ("lost", "")
        found.append(
            Handled(mail, state, kind, letter.template.value if letter else "", letter.to if letter else "", letter.reference if letter else "")
        )
    return code, found


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path, nargs="?")
    given = options.parse_args()
    if given.folder is not None:
        given.folder.mkdir(parents=True, exist_ok=True)
        for mail in real_mails():
            (given.folder / f"{mail.name}.eml").write_bytes(mail.data)
        return 0
    with tempfile.TemporaryDirectory(prefix="real-mails-") as folder:
        code, found = handled(Path(folder))
    for one in found:
        print(f"{'WRONG' if one.is_wrong else '':6}{one.mail.name:30} {one.state:12} {one.message_class:14} {one.letter} {one.to}")
    wrong = sum(one.is_wrong for one in found)
    print(f"{len(found)} mails, exit code {code}, {sum(bool(one.letter) for one in found)} letters, {wrong} wrong")
    return 1 if wrong or code else 0


if __name__ == "__main__":
    sys.exit(main())
