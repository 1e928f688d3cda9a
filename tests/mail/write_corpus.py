"""Writes the corpus of small mails, each beside a twin that says what must be read of it: ``python -m tests.mail.write_corpus``."""

from __future__ import annotations

import io
import zipfile
from base64 import b64encode, encodebytes
from pathlib import Path
from typing import Any

import tomlkit
from PIL import Image

FOLDER = Path(__file__).parent
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
HEAD = (
    b"Received: from mail.wahfung.example by mx1.secretariat.example with ESMTPS id 1A2B\r\n\tfor <apply@secretariat.example>; "
    b"Wed, 06 Mar 2024 10:28:21 +0800 (HKT)\r\nDate: Wed, 06 Mar 2024 10:28:15 +0800\r\nFrom: Chan Tai Man <chan@wahfung.example>\r\n"
    b"To: apply@secretariat.example\r\nMessage-ID: <1.2@wahfung.example>\r\nMIME-Version: 1.0\r\n"
)


def part(content_type: str, data: bytes, *extra: str) -> bytes:
    lines = [f"Content-Type: {content_type}", "Content-Transfer-Encoding: base64", *extra]
    return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + encodebytes(data)


def many(kind: str, *parts: bytes, boundary: str = "=_b1") -> bytes:
    inner = b"".join(b"--" + boundary.encode() + b"\r\n" + piece + b"\r\n" for piece in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode() + inner + b"--" + boundary.encode() + b"--\r\n"


def text(words: str, charset: str = "utf-8") -> bytes:
    return part(f'text/plain; charset="{charset}"', words.encode({"big5": "big5hkscs", "gb2312": "gb18030"}.get(charset, charset)))


def pdf(name: str) -> bytes:
    return part("application/pdf", PDF, f'Content-Disposition: attachment; filename="{name}"')


def mail(body: bytes, subject: str = "Application", head: bytes = HEAD) -> bytes:
    return head + b"Subject: " + subject.encode() + b"\r\n" + body


def picture(width: int, height: int, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(out, kind)
    return out.getvalue()


def archive(files: dict[bytes, bytes]) -> bytes:
    """A ZIP whose names are raw bytes without the UTF-8 flag, as Windows in Hong Kong and on the Mainland writes them."""
    out = io.BytesIO()
    stand_in = {chr(ord("A") + number) * len(raw): raw for number, raw in enumerate(files)}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, raw in stand_in.items():
            file.writestr(name, files[raw])
    data = out.getvalue()
    for name, raw in stand_in.items():
        data = data.replace(name.encode(), raw)
    return data


def row(path: str, role: str, kind: str, name: str | None = None, problems: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"path": path, "role": role, "kind": kind, "name": name or "", "problems": list(problems)}


def _word(words: str, charset: str, codec: str) -> str:
    return f"=?{charset}?B?{b64encode(words.encode(codec)).decode()}?="


def corpus() -> dict[str, tuple[bytes, dict[str, Any]]]:
    """Name of the pair -> (the mail, what must be read of it)."""
    body = row("1", "body", "text")
    inner = mail(many("mixed", text("請審批。"), pdf("form.pdf"), boundary="in"), "inner")
    hkscs = "深水埗永業邨12號,申請表請查收。"
    pairs: dict[str, tuple[bytes, dict[str, Any]]] = {}
    pairs["single-part"] = (mail(text("Our application is attached.")), {"text": "Our application is attached.", "language": "en", "parts": [body]})
    pairs["nameless-pdf-inline"] = (
        mail(many("mixed", text("Attached."), part("application/pdf", PDF, "Content-Disposition: inline"))),
        {"parts": [body, row("2", "paper", "pdf")]},
    )
    pairs["big5-with-hong-kong-characters"] = (
        mail(text(hkscs, "big5"), _word("申請 - 深水埗", "big5", "big5hkscs")),
        {"text": hkscs, "language": "zh_hant", "subject": "申請 - 深水埗"},
    )
    pairs["gb2312-with-traditional-characters"] = (
        mail(text("附件为申请表，請查收。镕", "gb2312"), _word("申请（禮鎔）", "gb2312", "gb18030")),
        {"subject": "申请（禮鎔）", "text": "附件为申请表，請查收。镕"},
    )
    pairs["raw-big5-without-declaration"] = (
        HEAD + b"Subject: " + "清潔生產申請".encode("big5") + b"\r\n\r\n" + "附上申請表及有關文件，敬請審閱。".encode("big5"),
        {"subject": "清潔生產申請", "text": "附上申請表及有關文件，敬請審閱。", "language": "zh_hant"},
    )
    split = b64encode("清潔生產".encode()[:4]).decode(), b64encode("清潔生產".encode()[4:]).decode().rstrip("=")
    pairs["encoded-word-cut-inside-a-character"] = (
        mail(text("x"), f"=?utf-8?B?{split[0]}?=\r\n =?utf-8?B?{split[1]}?="),
        {"subject": "清潔生產"},
    )
    pairs["file-names-in-every-form"] = (
        mail(
            many(
                "mixed",
                text("x"),
                part("application/pdf", PDF, "Content-Disposition: attachment; filename*=big5''%B0%D3%B7~%B5n%B0O%C3%D2.pdf"),
                part("application/pdf", PDF, f'Content-Disposition: attachment; filename="{_word("營業執照.pdf", "utf-8", "utf-8")}"'),
                part("application/pdf", PDF, "Content-Disposition: attachment; filename*0*=UTF-8''%E7%94%B3; filename*1*=%E8%AB%8B; filename*2=.pdf"),
                part("application/pdf", PDF, 'Content-Disposition: attachment; filename="申請表.pdf"'),
                part('application/pdf; name="../../etc/br.pdf"', PDF, "Content-Disposition: attachment"),
                part("application/pdf", PDF, "Content-Disposition: attachment; filename=two words.pdf"),
            )
        ),
        {
            "parts": [
                body,
                row("2", "paper", "pdf", "商業登記證.pdf"),
                row("3", "paper", "pdf", "營業執照.pdf"),
                row("4", "paper", "pdf", "申請.pdf"),
                row("5", "paper", "pdf", "申請表.pdf"),
                row("6", "paper", "pdf", "br.pdf"),
                row("7", "paper", "pdf", "two words.pdf"),
            ]
        },
    )
    page = b'<p>Our application.</p><img src="cid:logo@x"><img src="cid:photo@x">'
    pairs["logo-and-pasted-photo"] = (
        mail(
            many(
                "mixed",
                many(
                    "related",
                    part("text/html; charset=utf-8", page),
                    part("image/png; name=image001.png", picture(180, 60), "Content-ID: <logo@x>", "Content-Disposition: inline"),
                    part("image/jpeg; name=IMG_1.jpg", picture(1200, 1600, "JPEG"), "Content-ID: <photo@x>", "Content-Disposition: inline"),
                    boundary="rel",
                ),
                pdf("form.pdf"),
                part("image/gif", picture(1, 1, "GIF"), "Content-Disposition: inline"),
            )
        ),
        {
            "text": "Our application.",
            "parts": [
                row("1.1", "body", "html"),
                row("1.2", "decoration", "png", "image001.png"),
                row("1.3", "paper", "jpeg", "IMG_1.jpg"),
                row("2", "paper", "pdf", "form.pdf"),
                row("3", "decoration", "gif"),
            ],
        },
    )
    pairs["forwarded-mail"] = (
        mail(many("mixed", text("Please process."), b"Content-Type: message/rfc822\r\n\r\n" + inner), "FW: application"),
        {
            "text": "Please process.",
            "language": "en",
            "parts": [body, row("2", "machinery", "eml"), row("2!1", "body", "text"), row("2!2", "paper", "pdf", "form.pdf")],
        },
    )
    names = {"證明文件/商業登記證.pdf".encode("big5"): PDF, "證明文件/報價單1.pdf".encode("big5"): PDF}
    pairs["zip-with-big5-names"] = (
        mail(many("mixed", text("x"), part("application/zip", archive(names), "Content-Disposition: attachment; filename=papers.zip"))),
        {
            "parts": [
                body,
                row("2", "machinery", "zip", "papers.zip"),
                row("2!證明文件/商業登記證.pdf", "paper", "pdf", "商業登記證.pdf"),
                row("2!證明文件/報價單1.pdf", "paper", "pdf", "報價單1.pdf"),
            ]
        },
    )
    nested = archive({b"inner.zip": archive({"营业执照.pdf".encode("gb18030"): PDF}), b"mail.eml": inner})
    pairs["zip-in-zip-and-mail-in-zip"] = (
        mail(many("mixed", text("x"), part("application/x-zip-compressed", nested, "Content-Disposition: attachment; filename=all.zip"))),
        {
            "parts": [
                body,
                row("2", "machinery", "zip", "all.zip"),
                row("2!inner.zip", "machinery", "zip", "inner.zip"),
                row("2!inner.zip!营业执照.pdf", "paper", "pdf", "营业执照.pdf"),
                row("2!mail.eml", "machinery", "eml", "mail.eml"),
                row("2!mail.eml!1", "body", "text"),
                row("2!mail.eml!2", "paper", "pdf", "form.pdf"),
            ]
        },
    )
    broken = part("application/pdf", b"", 'Content-Disposition: attachment; filename="br.pdf"') + b"JVBE!!Ri0x*LjQK"
    pairs["broken-base64"] = (
        mail(many("mixed", text("x"), broken)),
        {"parts": [body, row("2", "paper", "pdf", "br.pdf", ("damaged",))], "notes": ["broken_base64"]},
    )
    pairs["polyglot"] = (
        mail(many("mixed", text("x"), part("application/pdf", b"<html></html>" + PDF, "Content-Disposition: attachment; filename=a.pdf"))),
        {"parts": [body, row("2", "paper", "pdf", "a.pdf", ("unsafe",))]},
    )
    pairs["sender-two-readers-disagree"] = (
        mail(text("x"), head=HEAD.replace(b"Chan Tai Man <chan@wahfung.example>", b"a@good.example <evil@bad.example>")),
        {"sender": ""},
    )
    pairs["two-from-fields"] = (mail(text("x"), head=HEAD + b"From: other@wahfung.example\r\n"), {"sender": ""})
    pairs["received-late-in-the-evening-utc"] = (
        mail(text("x"), head=HEAD.replace(b"Wed, 06 Mar 2024 10:28:21 +0800 (HKT)", b"Wed, 06 Mar 2024 16:30:00 +0000 (UTC)")),
        {"received_on": "2024-03-07"},
    )
    pairs["no-received-impossible-date"] = (
        b"From: chan@wahfung.example\r\nSubject: x\r\nDate: Thu, 99 Foo 2024 99:00:00\r\n\r\nx",
        {"received_on": "", "sender": "chan@wahfung.example"},
    )
    quoted = (
        "We withdraw nothing.\r\n\r\nChan\r\n\r\n寄件者: Secretariat <a@secretariat.example>\r\n"
        "寄件日期: 2024年3月5日\r\n收件者: Chan\r\n主旨: 申請\r\n\r\n請補交文件。"
    )
    pairs["outlook-quotation-in-chinese"] = (mail(text(quoted), "RE: 申請"), {"text": "We withdraw nothing.\n\nChan", "language": "en"})
    pairs["multipart-without-closing-line"] = (
        mail(many("mixed", text("Attached."), pdf("form.pdf")).rsplit(b"--=_b1--", 1)[0]),
        {"parts": [body, row("2", "paper", "pdf", "form.pdf")]},
    )
    pairs["empty"] = (b"", {"unreadable": "the file is empty"})
    pairs["garbled"] = (b"\x00\x01\x02PNG\xff\xfe\nno header here\n\nnothing", {"unreadable": "no mail header can be recognised"})
    return pairs


def main() -> None:
    for name, (data, expected) in corpus().items():
        (FOLDER / f"{name}.eml").write_bytes(data)
        (FOLDER / f"{name}.toml").write_text(tomlkit.dumps(expected), encoding="utf-8")


if __name__ == "__main__":
    main()
