"""Reading mail: each mail of the corpus against its twin, and the laws that hold for any bytes."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.mail import MailLimits, read_message
from parsers.values import Message, PartRole
from tests.mail.write_corpus import HEAD, PDF, archive, corpus, mail, many, part, pdf, picture, text

CORPUS = Path(__file__).parent.parent / "mail"
NAMES = sorted(path.stem for path in CORPUS.glob("*.toml"))


def _seen(message: Message) -> dict[str, Any]:
    return {
        "unreadable": message.unreadable,
        "text": message.text,
        "subject": message.subject,
        "language": message.language or "",
        "sender": message.sender.address if message.sender else "",
        "received_on": str(message.received_on or ""),
        "notes": [note.code for note in message.notes],
        "parts": [
            {"path": p.path, "role": p.role, "kind": p.kind, "name": p.name or "", "problems": [str(problem) for problem in p.problems]}
            for p in message.parts
        ],
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_mail_is_read_as_its_twin_says(name: str) -> None:
    expected = tomllib.loads((CORPUS / f"{name}.toml").read_text(encoding="utf-8"))
    seen = _seen(read_message((CORPUS / f"{name}.eml").read_bytes()))
    assert {key: seen[key] for key in expected} == expected


def test_the_corpus_on_disk_is_the_one_that_is_written() -> None:
    assert sorted(corpus()) == NAMES


def _broken(data: bytes, cuts: list[tuple[int, int, bytes]]) -> bytes:
    for at, length, other in cuts:
        place = at % (len(data) + 1)
        data = data[:place] + other + data[place + length :]
    return data


_CUTS = st.lists(
    st.tuples(
        st.integers(0, 5000), st.integers(0, 300), st.sampled_from([b"", b"\n", b"\n\n", b"--=_b1", b'"', b"=?big5?B?", b"\x00", b"\xa4", b"(", b";"])
    ),
    max_size=6,
)
_SOURCES = sorted(data for data, _ in corpus().values() if len(data) < 20_000)


@settings(max_examples=120, deadline=None)
@given(st.binary(max_size=600), st.booleans())
def test_reading_never_raises_on_any_bytes(data: bytes, with_head: bool) -> None:
    message = read_message((HEAD if with_head else b"") + data)
    assert message.size == len(data) + (len(HEAD) if with_head else 0)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(_SOURCES), _CUTS)
def test_a_mutilated_mail_is_still_a_message(data: bytes, cuts: list[tuple[int, int, bytes]]) -> None:
    message = read_message(_broken(data, cuts))
    paths = [part.path for part in message.parts]
    assert message.unreadable or paths, "a readable mail has at least one part"
    assert len(paths) == len(set(paths)), "a path names one part"
    Message.model_validate_json(message.model_dump_json())


def test_a_hundred_thousand_parts_cost_no_more_than_five_hundred() -> None:
    message = read_message(mail(b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 100_000))
    assert len(message.parts) == MailLimits().parts
    assert [note.code for note in message.notes] == ["too_many_parts"]


def test_an_endless_subject_is_cut_and_said() -> None:
    message = read_message(b"From: a@b.example\r\nSubject: " + b"=?utf-8?q?a?= " * 20_000 + b"\r\n\r\nx")
    assert "header_cut" in [note.code for note in message.notes]
    assert len(message.subject) <= 2000


def test_fields_beyond_the_cap_are_dropped_but_the_body_is_still_found() -> None:
    junk = b"X-Junk: 1\r\n" * 2000
    message = read_message(HEAD + junk + many("mixed", text("Hello."), pdf("a.pdf")))
    assert [p.kind for p in message.parts] == ["text", "pdf"]


def test_nesting_beyond_the_cap_is_noted_and_read_as_text() -> None:
    body = text("deep")
    for level in range(40):
        body = many("mixed", body, boundary=f"b{level}")
    message = read_message(mail(body))
    assert "too_deep" in [note.code for note in message.notes]
    assert message.parts


def test_a_mail_larger_than_the_cap_is_unreadable_and_says_so() -> None:
    message = read_message(mail(text("x" * 5000)), MailLimits(message_bytes=1000))
    assert message.unreadable is not None
    assert "larger" in message.unreadable
    assert (message.from_text, message.subject) == ("Chan Tai Man <chan@wahfung.example>", "Application")
    assert message.sender is not None
    assert not message.parts


def test_a_huge_file_that_is_no_mail_has_no_sender() -> None:
    message = read_message(b"\x00\x01" * 5000, MailLimits(message_bytes=1000))
    assert (message.unreadable or "").startswith("the mail is larger")
    assert (message.from_text, message.sender, message.headers) == ("", None, ())


def test_members_of_an_encrypted_zip_keep_their_names() -> None:
    data = bytearray(archive({b"br.pdf": PDF}))
    data[6] |= 1  # general purpose flag of the local header
    data[data.index(b"PK\x01\x02") + 8] |= 1
    message = read_message(mail(many("mixed", text("x"), part("application/zip", bytes(data), "Content-Disposition: attachment; filename=a.zip"))))
    member = next(p for p in message.parts if p.path == "2!br.pdf")
    assert (member.role, member.name, [str(p) for p in member.problems]) == (PartRole.PAPER, "br.pdf", ["encrypted"])


def test_links_to_cloud_storage_are_found_only_for_the_hosts_given() -> None:
    body = "Files too big: https://drive.google.com/file/d/1?x=2 and our site https://www.wahfung.example/about."
    assert read_message(mail(text(body)), cloud_hosts=("drive.google.com",)).links == ("https://drive.google.com/file/d/1?x=2",)
    assert read_message(mail(text(body))).links == ()


def test_a_host_given_with_a_path_matches_that_path_alone() -> None:
    body = "https://mail.qq.com/cgi-bin/ftnExs_download?k=1 https://mail.qq.com/help"
    assert len(read_message(mail(text(body)), cloud_hosts=("mail.qq.com/cgi-bin/ftn",)).links) == 1


def test_a_mail_unknown_to_have_a_charset_and_beyond_decoding_is_noted() -> None:
    message = read_message(
        HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + "申請表".encode() + b"\xff\xfe\xe7 and many English words after it"
    )
    assert "undecodable_text" in [note.code for note in message.notes]


def test_a_link_behind_words_of_the_page_is_found_where_the_plain_text_does_not_show_it() -> None:
    page = '<p>Our application: <a href="https://wx.mail.qq.com/ftn/download?k=1&amp;f=2">申請表.zip</a></p>'.encode()
    body = many("alternative", text("Our application: 申請表.zip, please download it there."), part("text/html; charset=utf-8", page))
    assert read_message(mail(body), cloud_hosts=("mail.qq.com/ftn",)).links == ("https://wx.mail.qq.com/ftn/download?k=1&f=2",)


def test_a_link_that_an_earlier_mail_gave_is_not_the_writers() -> None:
    quoted = "Thank you.\n\nOn 3 Mar 2024, Lee <l@x.example> wrote:\n> https://drive.google.com/file/d/1\n"
    assert read_message(mail(text(quoted)), cloud_hosts=("drive.google.com",)).links == ()


def test_a_link_ends_where_chinese_begins() -> None:
    assert read_message(mail(text("請到https://drive.google.com/d/1下載申請表。")), cloud_hosts=("drive.google.com",)).links == (
        "https://drive.google.com/d/1",
    )


def test_a_small_scan_pasted_into_the_text_is_a_paper() -> None:
    page = b'<p>BR:</p><img src="cid:scan@x">'
    body = many(
        "related",
        part("text/html; charset=utf-8", page),
        part("image/jpeg; name=image001.jpg", picture(640, 480, "JPEG"), "Content-ID: <scan@x>", "Content-Disposition: inline"),
    )
    assert [p.role for p in read_message(mail(body)).parts] == [PartRole.BODY, PartRole.PAPER]


def test_text_that_exchange_cut_off_is_no_paper() -> None:
    tail = part('text/plain; charset=utf-8; name="ATT00001.txt"', b"Chan Tai Man", "Content-Disposition: attachment; filename=ATT00001.txt")
    assert [p.role for p in read_message(mail(many("mixed", text("x"), pdf("a.pdf"), tail))).parts] == [PartRole.BODY, PartRole.PAPER, PartRole.BODY]


def test_a_forwarded_forward_with_a_zip_is_opened_to_the_end() -> None:
    papers = archive({b"a.pdf": PDF, b"more.zip": archive({b"b.pdf": PDF})})
    inner = mail(many("mixed", text("in"), part("application/zip", papers), boundary="i3"))
    for level in range(2):
        inner = mail(many("mixed", text("fw"), b"Content-Type: message/rfc822\r\n\r\n" + inner, boundary=f"f{level}"))
    paths = [p.path for p in read_message(inner).parts if p.role is PartRole.PAPER]
    assert paths == ["2!2!2!a.pdf", "2!2!2!more.zip!b.pdf"]


def test_a_mail_whose_parts_are_not_closed_may_be_cut_off() -> None:
    whole = mail(many("mixed", text("Attached."), pdf("form.pdf"), pdf("quotation.pdf")))

    def noted(data: bytes) -> bool:
        return "may_be_cut_off" in [note.code for note in read_message(data, MailLimits()).notes]

    assert not noted(whole)
    for share in (0.5, 0.7, 0.9):
        assert noted(whole[: int(len(whole) * share)])
        assert noted(whole[: int(len(whole) * share)] + b"\r\n")


def test_parts_are_found_where_the_mail_names_another_line_between_them() -> None:
    body = many("mixed", text("Attached."), pdf("form.pdf"), boundary="=_real").replace(b'boundary="=_real"', b'boundary="=_wrong"')
    for preamble in (b"", b"This is a multi-part message in MIME format.\r\n\r\n"):
        message = read_message(mail(body.replace(b"\r\n\r\n", b"\r\n\r\n" + preamble, 1)))
        assert [(p.path, p.role, p.kind) for p in message.parts] == [("1", "body", "text"), ("2", "paper", "pdf")]
        assert [note.code for note in message.notes] == ["wrong_boundary"]
        assert message.text == "Attached."


def test_a_mail_whose_parts_cannot_be_found_is_read_as_text_and_says_so() -> None:
    message = read_message(mail(b'Content-Type: multipart/mixed; boundary="none"\r\n\r\nPlease find our application attached.\r\n----------\r\n'))
    assert message.text.startswith("Please find our application attached.")
    assert [note.code for note in message.notes] == ["multipart_without_parts"]


@pytest.mark.parametrize("first", [b"Content-Type: text/plain\r\n", b'Content-Type: multipart/mixed; boundary="no"\r\n'])
def test_of_two_content_types_the_one_that_shows_parts_is_read_and_the_other_said(first: bytes) -> None:
    message = read_message(mail(first + many("mixed", text("Attached."), pdf("form.pdf"))))
    assert [p.kind for p in message.parts] == ["text", "pdf"]
    assert [note.code for note in message.notes] == ["contradictory_type"]


def test_two_equal_content_types_are_one() -> None:
    once = many("mixed", text("Attached."), pdf("form.pdf"))
    message = read_message(mail(once[: once.index(b"\r\n") + 2] + once))
    assert [p.kind for p in message.parts] == ["text", "pdf"]
    assert not message.notes


def test_a_thousand_content_types_cost_no_more_than_five() -> None:
    fields = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n' % number for number in range(1000))
    began = time.process_time()
    message = read_message(mail(fields + b"\r\n" + b"--x\r\n" * 2_000_000))
    assert "contradictory_type" in [note.code for note in message.notes]
    assert time.process_time() - began < 5
