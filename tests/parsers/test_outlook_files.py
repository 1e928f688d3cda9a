"""What Outlook packs: winmail.dat and .msg are opened like any mail."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.containers import Opened
from parsers.file_kind import kind_of
from parsers.mail import MailLimits, read_message
from parsers.outlook_files import msg_as_mail, open_tnef
from tests.mail.write_corpus import PDF, mail, many, part, text
from tests.parsers.outlook_builders import compound, msg, winmail


def test_the_files_of_a_winmail_dat_are_taken_with_their_long_names() -> None:
    data = winmail({"商業登記證.pdf": PDF, "申請表.pdf": PDF + b"2"})
    message = read_message(mail(many("mixed", text("x"), part("application/ms-tnef; name=winmail.dat", data))))
    assert [(p.path, p.name, p.kind, p.role) for p in message.parts[1:]] == [
        ("2", "winmail.dat", "tnef", "machinery"),
        ("2!商業登記證.pdf", "商業登記證.pdf", "pdf", "paper"),
        ("2!申請表.pdf", "申請表.pdf", "pdf", "paper"),
    ]


def test_an_attached_msg_is_opened_and_its_papers_taken() -> None:
    data = msg("申請", "附上申請表。", {"申請表.pdf": PDF})
    message = read_message(mail(many("mixed", text("Please process."), part("application/vnd.ms-outlook; name=a.msg", data))))
    assert [(p.path, p.name, p.kind, p.role) for p in message.parts[1:]] == [
        ("2", "a.msg", "msg", "machinery"),
        ("2!1", None, "text", "body"),
        ("2!2", "申請表.pdf", "pdf", "paper"),
    ]
    assert message.text == "Please process."


def test_a_msg_file_is_read_as_a_mail_of_its_own() -> None:
    message = read_message(msg("申請", "附上申請表。", {"申請表.pdf": PDF}))
    assert message.unreadable is None
    assert (message.subject, message.text, message.language) == ("申請", "附上申請表。", "zh_hant")
    assert message.sender is not None
    assert message.sender.address == "chan@wahfung.example"
    assert [p.name for p in message.parts if p.role == "paper"] == ["申請表.pdf"]


def test_every_file_of_a_msg_with_many_is_taken_in_its_order() -> None:
    files = {f"paper {number}.pdf": b"%PDF-1.4\n%" + str(number).encode() + b"x" * (200 if number % 2 else 9_000) for number in range(150)}
    message = read_message(msg("Application", "Dear Sir, please find our papers enclosed.", files))
    papers = [part for part in message.parts if part.role == "paper"]
    assert [part.name for part in papers] == list(files)
    assert [part.data for part in papers] == list(files.values())
    assert message.text.startswith("Dear Sir")


def test_a_msg_with_more_files_than_are_opened_says_so() -> None:
    message = read_message(msg("Application", "Enclosed.", {f"{number}.pdf": b"%PDF-1.4\n" for number in range(600)}))
    assert any(note.code == "too_many_parts" for note in message.notes)


def test_an_encrypted_word_file_is_an_encrypted_office_file() -> None:
    assert [str(value) for value in (kind_of(compound({"EncryptedPackage": b"x", "EncryptionInfo": b"y"})))[1]] == ["encrypted"]


def test_an_old_word_file_with_macros_is_unsafe() -> None:
    kind, problems = kind_of(compound({"WordDocument": b"\xec\xa5" + b"\x00" * 40, "Macros": {"VBA": {"dir": b"x"}}}))
    assert (str(kind), [str(p) for p in problems]) == ("doc", ["unsafe"])


def test_a_winmail_that_counts_to_four_thousand_million_costs_nothing() -> None:
    endless = b"\xff\xff\xff\xff" + b"\x02\x10\x01\x00\xff\xff\xff\xff"
    head = winmail({})
    hostile = (
        head
        + b"\x02\x02\x90\x06\x00\x02\x00\x00\x00\x01\x00\x01\x00"
        + b"\x02\x05\x90\x06\x00"
        + len(endless).to_bytes(4, "little")
        + endless
        + b"\x00\x00"
    )
    assert isinstance(open_tnef(hostile), Opened)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3000), st.binary(max_size=30))
def test_a_damaged_outlook_file_never_raises(at: int, junk: bytes) -> None:
    for data in (winmail({"a.pdf": PDF}), msg("s", "b", {"a.pdf": PDF})):
        place = at % len(data)
        broken = data[:place] + junk + data[place + len(junk) :]
        open_tnef(broken)
        msg_as_mail(broken, MailLimits())
        kind_of(broken)
        read_message(broken)


def test_an_outlook_file_whose_sectors_are_larger_than_numbers_is_damaged() -> None:
    whole = bytearray(msg("s", "b", {"a.pdf": PDF}))
    for at in (30, 32):  # the shifts of sector sizes in the header of a compound file ([MS-CFB] 2.2)
        broken = bytes(whole[:at]) + (63).to_bytes(2, "little") + bytes(whole[at + 2 :])
        assert msg_as_mail(broken, MailLimits()) is None
