"""Mails whose words or papers lie in a wrapping of their own: signed, encrypted, uuencoded, in UTF-16."""

from __future__ import annotations

import binascii
import random
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from parsers.mail import MailLimits, read_message
from parsers.signed_mail import content_of_signed
from parsers.uuencoded import without_files
from parsers.values import Message
from tests.mail.write_corpus import PDF, mail, many, part, pdf, text

INNER = many("mixed", text("Please find our application attached."), pdf("form.pdf"), boundary="in")


def _signed(content: bytes, *options: pkcs7.PKCS7Options) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Chan Tai Man")])
    day = datetime(2024, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(day)
        .not_valid_after(day + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary, *options])


def _in_pieces(content: bytes) -> bytes:
    """As programs write it that sign while they read: no lengths, the content in pieces."""
    pieces = b"".join(
        b"\x04\x82" + len(piece).to_bytes(2, "big") + piece for piece in (content[at : at + 1000] for at in range(0, len(content), 1000))
    )
    capsule = b"\x30\x80\x06\x09" + bytes.fromhex("2a864886f70d010701") + b"\xa0\x80\x24\x80" + pieces + b"\x00\x00" * 3
    signed = b"\x30\x80\x02\x01\x01\x31\x00" + capsule + b"\x31\x00\x00\x00"
    return b"\x30\x80\x06\x09" + bytes.fromhex("2a864886f70d010702") + b"\xa0\x80" + signed + b"\x00\x00" * 2


def _seen(message: Message) -> list[tuple[str, str, str, str]]:
    return [(p.path, str(p.role), str(p.kind), p.name or "") for p in message.parts]


@pytest.mark.parametrize("sign", [_signed, _in_pieces])
def test_an_opaquely_signed_mail_is_read_as_if_it_were_not_signed(sign: object) -> None:
    assert callable(sign)
    signed = part(
        "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", sign(INNER), "Content-Disposition: attachment; filename=smime.p7m"
    )
    message = read_message(mail(signed))
    assert message.text == "Please find our application attached."
    assert _seen(message) == [("1", "machinery", "other", "smime.p7m"), ("1!1", "body", "text", ""), ("1!2", "paper", "pdf", "form.pdf")]
    assert not message.notes


def test_a_mail_signed_twice_is_opened_twice() -> None:
    once = part("application/pkcs7-mime; smime-type=signed-data", _signed(INNER))
    message = read_message(mail(part("application/pkcs7-mime; smime-type=signed-data", _signed(once))))
    assert [p.name for p in message.parts if p.role == "paper"] == ["form.pdf"]


def test_a_signed_file_among_others_is_the_file() -> None:
    signed = part("application/pkcs7-mime; name=form.pdf.p7m", _signed(PDF), "Content-Disposition: attachment; filename=form.pdf.p7m")
    message = read_message(mail(many("mixed", text("Attached."), signed)))
    assert ("2!1", "paper", "pdf", "form.pdf") in _seen(message)


def test_a_signature_beside_the_words_is_machinery() -> None:
    beside = part("application/pkcs7-signature; name=smime.p7s", _signed(INNER, pkcs7.PKCS7Options.DetachedSignature))
    message = read_message(mail(many("signed", INNER, beside)))
    assert [p.role for p in message.parts] == ["body", "paper", "machinery"]
    assert not message.notes


def test_an_encrypted_mail_says_so() -> None:
    enveloped = b"\x30\x80\x06\x09" + bytes.fromhex("2a864886f70d010703") + b"\xa0\x80\x30\x00" + b"\x00\x00" * 2
    message = read_message(mail(part("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", enveloped)))
    assert [note.code for note in message.notes] == ["encrypted_mail"]


def test_encrypted_text_says_so_and_an_encrypted_file_is_a_paper() -> None:
    secret = b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA0\r\n-----END PGP MESSAGE-----\r\n"
    assert [note.code for note in read_message(mail(b"\r\n" + secret)).notes] == ["encrypted_mail"]
    attached = part("application/octet-stream", secret, "Content-Disposition: attachment; filename=form.pdf.asc")
    message = read_message(mail(many("mixed", text("Attached."), attached)))
    assert [(p.role, p.problems) for p in message.parts[1:]] == [("paper", ("encrypted",))]
    key = part("application/octet-stream", b"-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n", "Content-Disposition: attachment; filename=key.asc")
    assert [p.role for p in read_message(mail(many("mixed", text("Attached."), key))).parts[1:]] == ["machinery"]


def test_no_bytes_break_the_opening_of_a_signed_mail() -> None:
    dice, whole = random.Random(1), [_signed(INNER), _in_pieces(INNER)]
    for number in range(2000):
        data = bytearray(whole[number % 2])
        for _ in range(dice.randint(1, 4)):
            data[dice.randrange(60)] = dice.randrange(256)
        content_of_signed(bytes(data[: dice.randrange(len(data))] if number % 3 == 0 else data))
    began = time.perf_counter()
    assert content_of_signed(b"\x30\x80" * 1_000_000) is None
    assert content_of_signed(_in_pieces(b"x")[:50] + b"\x24\x80" + b"\x04\x00" * 3_000_000) is None
    assert time.perf_counter() - began < 3


def _uu(name: str, data: bytes, *, end: str = "`\nend\n") -> str:
    lines = "".join(binascii.b2a_uu(data[at : at + 45], backtick=True).decode() for at in range(0, len(data), 45))
    return f"begin 644 {name}\n{lines}{end}"


def test_files_in_the_text_are_papers_and_no_words() -> None:
    words = f"Our application.\n\n{_uu('form.pdf', PDF)}\n{_uu('br.pdf', PDF + b' ')}\nRegards\n".replace("\n", "\r\n")
    message = read_message(mail(b"\r\n" + words.encode()))
    assert message.text == "Our application.\n\nRegards"
    assert _seen(message) == [("1", "body", "text", ""), ("1!form.pdf", "paper", "pdf", "form.pdf"), ("1!br.pdf", "paper", "pdf", "br.pdf")]
    assert message.parts[1].data == PDF


def test_a_file_that_was_cut_off_is_damaged() -> None:
    message = read_message(mail(b"\r\nAttached.\r\n\r\n" + _uu("form.pdf", PDF * 3, end="").encode()))
    assert [(p.name, p.problems) for p in message.parts[1:]] == [("form.pdf", ("damaged",))]


def test_words_that_begin_like_a_file_stay_words() -> None:
    for words in ("begin 644 words of the letter\nWe would like to begin in May.\nend\n", "We begin 2024 with a form.\n", "begin 644 a\nend\n"):
        assert without_files(words.encode()) == (words.encode(), [])


def test_files_in_the_text_count_against_the_parts_of_the_mail() -> None:
    words = "".join(_uu(f"{number}.pdf", PDF + b"%d" % number) for number in range(45))
    message = read_message(mail(b"\r\n" + words.encode()), MailLimits(parts=10))
    assert "too_many_parts" in [note.code for note in message.notes]
    assert len(message.parts) <= 11


@pytest.mark.parametrize(
    ("words", "codec", "charset"),
    [
        ("附件為申請表,請查收。", "utf-16", "utf-16"),
        ("附件為申請表,請查收。", "utf-16-le", "utf-16le"),
        ("附件為申請表,請查收。", "utf-16-be", "utf-16"),
        ("Our application is attached.", "utf-16", ""),
        ("Our application is attached.", "utf-16-le", ""),
        ("Our application is attached.", "utf-16-be", "utf-8"),
    ],
)
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_words_in_utf_16_are_words(words: str, codec: str, charset: str, end: bytes) -> None:
    declared = f"text/plain; charset={charset}" if charset else "text/plain"
    message = read_message(mail(many("mixed", part(declared, words.encode(codec) + end), pdf("form.pdf"))))
    assert [p.role for p in message.parts] == ["body", "paper"]
    assert message.text == words


def test_zeros_among_the_words_are_left_out_and_a_file_of_zeros_is_none() -> None:
    message = read_message(mail(many("mixed", part("text/plain", b"Our applica\x00tion is attached to this mail.\x00"), pdf("form.pdf"))))
    assert message.text == "Our application is attached to this mail."
    message = read_message(mail(many("mixed", part("text/plain", bytes(range(256)) * 20), pdf("form.pdf"))))
    assert [p.role for p in message.parts] == ["paper", "paper"]
