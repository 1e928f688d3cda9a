"""Bytes to text as Hong Kong and the Mainland write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.charsets import cleaned_name, codec_of, decode_header, decode_text

PHRASES = ["證明文件", "商業登記證.pdf", "申請表", "報價單1", "深水埗工廠", "許功蓋", "股東身份證副本", "營業執照"]
SIMPLIFIED = ["营业执照.pdf", "证明", "项目计划书", "三来一补合同", "陈伟强", "统一社会信用代码"]


@pytest.mark.parametrize("words", PHRASES)
@pytest.mark.parametrize("codec", ["big5hkscs", "gb18030", "utf-8"])
def test_traditional_words_are_recognised_without_a_declared_charset(words: str, codec: str) -> None:
    assert decode_text(words.encode(codec)) == words


@pytest.mark.parametrize("words", SIMPLIFIED)
@pytest.mark.parametrize("codec", ["gb18030", "utf-8"])
def test_simplified_words_are_recognised_without_a_declared_charset(words: str, codec: str) -> None:
    assert decode_text(words.encode(codec)) == words


@pytest.mark.parametrize(
    ("declared", "codec"),
    [("big5", "big5hkscs"), ("CP950", "big5hkscs"), ("gb2312", "gb18030"), ("GBK", "gb18030"), ("utf8", "utf-8"), ('"Big5"', "big5hkscs")],
)
def test_a_charset_is_read_in_its_widest_form(declared: str, codec: str) -> None:
    assert codec_of(declared) == codec


@pytest.mark.parametrize("name", ["zlib", "rot13", "unicode_escape", "undefined", "x-nonsense", "", None])
def test_a_codec_that_is_no_charset_is_not_used(name: str | None) -> None:
    assert codec_of(name) is None


def test_one_hong_kong_character_does_not_ruin_a_big5_text() -> None:
    assert decode_text("九龍深水埗南昌街邨".encode("big5hkscs"), "big5") == "九龍深水埗南昌街邨"


def test_a_wrong_declaration_is_not_believed() -> None:
    assert decode_text("附上申請表及有關文件".encode("big5"), "utf-8") == "附上申請表及有關文件"
    assert decode_text("附上申請表及有關文件".encode("big5"), "iso-8859-1") == "附上申請表及有關文件"
    assert decode_text("现提交申请材料".encode("gb18030"), "us-ascii") == "现提交申请材料"


def test_western_text_stays_western() -> None:
    assert decode_text("Café Müller, Zürich".encode("latin-1"), "iso-8859-1") == "Café Müller, Zürich"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"=?utf-8?B?5riF5r2U?= =?utf-8?B?55Sf55Si?=", "清潔生產"),
        (b"=?utf-8?B?5riF5r2U55Sf55S?=", "清潔生\ufffd"),
        (b"=?big5?Q?=A5=D3=BD=D0?= form", "申請 form"),
        (b"=?utf-8?Q?hello world?=", "hello world"),
        (b"Re: =?utf-8?B?55Sz6KuL?=(CPPP)", "Re: 申請(CPPP)"),
        (b"=?x-unknown?B?55Sz6KuL?=", "申請"),
        (b"=?utf-8?B?unterminated", "=?utf-8?B?unterminated"),
        (b"a =?utf-8?q?b=0D=0ABcc:_c?=", "a b Bcc: c"),
    ],
)
def test_header_words_are_decoded_also_when_broken(raw: bytes, expected: str) -> None:
    assert decode_header(raw) == expected


@given(st.binary(max_size=200), st.sampled_from([None, "big5", "gb2312", "utf-8", "utf-7", "hz", "iso-2022-jp", "nonsense"]))
def test_decoding_never_raises(data: bytes, charset: str | None) -> None:
    assert isinstance(decode_text(data, charset), str)
    assert "\n" not in decode_header(data)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\chan\\br.pdf", "br.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\r\nb.pdf", "a b.pdf"),
        ("", None),
        ("...", None),
        (None, None),
    ],
)
def test_a_file_name_is_cleaned_for_showing(name: str | None, expected: str | None) -> None:
    assert cleaned_name(name) == expected


def test_a_long_name_keeps_its_ending() -> None:
    cleaned = cleaned_name("申" * 400 + ".pdf")
    assert cleaned is not None
    assert len(cleaned) <= 150
    assert cleaned.endswith(".pdf")
