"""Bytes of mail to text: Hong Kong's and the Mainland's charsets, wrong or missing declarations, encoded header words, file names.

Python's own big5 and gb2312 codecs ruin a whole text for one Hong Kong character; here each charset is read by its widest form.
"""

from __future__ import annotations

import binascii
import codecs
import re
import unicodedata
from functools import cache

_WIDEST = {
    "big5hkscs": "big5 big5-hkscs big5-eten big-5 cp950 ms950 windows-950 950 x-big5 cn-big5 chinesebig5 csbig5 big5-tw big5_tw",
    "gb18030": "gb2312 gbk cp936 ms936 windows-936 936 x-gbk gb_2312-80 gb2312-80 euc-cn euccn cn-gb csgb2312 chinese hz-gb-18030 gb-18030",
    "utf-8": "utf8 utf-8 utf8mb4 utf-8mb4 utf_8 u8 x-utf-8 unicode-1-1-utf-8 cp65001 65001",
    "cp1252": "iso-8859-1 iso8859-1 iso_8859-1 latin1 latin-1 l1 8859-1 cp1252 windows-1252 ansi x-ansi",
}
_ALIASES = {alias: codec for codec, aliases in _WIDEST.items() for alias in (codec, *aliases.split())}
_OTHER_CODECS = re.compile(
    r"(utf[-_]?(7|16|16[-_]?[bl]e|32|32[-_]?[bl]e)|hz(-gb-2312)?|iso-?2022-[a-z0-9-]+|iso-?8859-\d+|(cp|windows-)\d{3,4}|koi8-[ru]"
    r"|shift[-_]?jis|sjis|euc[-_](jp|kr|tw)|ks_c_5601-1987|tis-620|mac[-_]?roman|macintosh)"
)
# The characters that make up about three quarters of running Chinese, both scripts: a wrong decoding rarely hits them.
_FREQUENT = frozenset(
    "的一是在不了有和人這中大為上個國我以要他時來用們生到作地於出就分對成會可主發年動同工也能下過子說產種面而方後多定行學法所民得經三之進著等部度"
    "家電力裡如水化高自二理起小物現實加量都兩體制機當使點從業本去把性好應開它合還因由其些然前外天政四日社義事平形相全表間樣與關各重新線內數正心反"
    "你明看原又利比或但質氣第向道命此變條只沒結解問意建月公無系軍很情者最立代想已通並提直題黨程展五果料象員革位入常文總次品式活設及管特件長求老頭"
    "基資邊流路級少圖山統接知較將組見計別她手角期根論運農指幾九區強放決被幹做必戰先回則任取據處隊南給色光門即保治北造百規熱領七海口東導器志世金增"
    "爭濟階油思術極交受聯什認六共權收證改清己美再採轉更單風切打白教速花帶安場身車例真務具萬每目至達走積示議聲報鬥完類八離華名確才科張信馬節話米整"
    "這为个国时来们对会发动过说产种后学经进着里电现实两体机当点从业开还关应间样与线内数质气变条没结解问无军并题党员总设长头资边级图统较将组见计别"
    "论运农几区强决给处队门规热领东导争济阶术极联认权证转单风带场车务达积议声报斗类离华确张马节话登記记申請请香港厂廠商照執执附件蓋章敬啟启謹谨編编號号"
    "項项目計劃划劵圳深廣广東莞市省有限公司銀银銷销營营牌註册冊邮郵您貴贵謝谢審审閱阅書书評评估環环境保護护聯络絡電话簽签署副副本複印影印件身份"
)
_LINE_END_OF_MAIL = "\u0a0d\u0d0a"  # one of two bytes behind text of two bytes a character
_ENCODED_WORD = re.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?(.{0,4000}?)\?=", re.DOTALL)
_BETWEEN_WORDS = re.compile(rb"[ \t\r\n]*")


def codec_of(charset: str | None) -> str | None:
    """The widest codec for a declared charset; None for none, for an unknown one, and for codecs that are not charsets at all."""
    name = (charset or "").split("*")[0].strip().strip("\"'").lower()
    if name in _ALIASES:
        return _ALIASES[name]
    if _OTHER_CODECS.fullmatch(name):
        try:
            return codecs.lookup(name.replace("windows-", "cp")).name
        except LookupError:
            return None
    return None


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError):
        return None


@cache
def _first_level() -> frozenset[str]:
    """The first planes of GB 2312 and Big5: the characters that educated people know."""
    simplified = (bytes((lead, trail)).decode("gb2312", "ignore") for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF))
    trails = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    traditional = (bytes((lead, trail)).decode("big5", "ignore") for lead in range(0xA4, 0xC7) for trail in trails)
    return frozenset(c for c in (*simplified, *traditional) if c)


def _character_score(c: str) -> float:
    if c in _FREQUENT:
        return 1.0
    if c in _first_level():
        return 0.5
    category = unicodedata.category(c)
    if c == "\ufffd" or category in ("Co", "Cn", "Cc"):
        return -3.0
    if "\u3000" <= c <= "\u301f" or "\uff01" <= c <= "\uff5e" or c in "“”‘’—…·":
        return 0.3
    if "\u4e00" <= c <= "\u9fff":
        return -0.2
    return -0.6


def plausibility(text: str) -> float:
    """How much the non-ASCII characters of a text look like Chinese that somebody wrote: 1 at best, below 0 for mojibake."""
    foreign = [c for c in text[:20000] if ord(c) > 127]
    return sum(map(_character_score, foreign)) / len(foreign) if foreign else 1.0


def _best_guess(data: bytes) -> str:
    """The most plausible decoding of bytes whose declaration is missing or wrong."""
    decoded = [data.decode(codec, "replace") for codec in ("gb18030", "big5hkscs", "utf-8")]
    cp950 = _strict(data, "cp950")
    if cp950 is not None:
        decoded.append(cp950)
    best = max(decoded, key=plausibility)
    if plausibility(best) < 0.1 and not _looks_chinese(data):
        return _strict(data, "cp1252") or data.decode("latin-1")
    return best


def _looks_chinese(data: bytes) -> bool:
    """True where text declared as Western has the bytes of Chinese: old mail programs sent Big5 as iso-8859-1."""
    sample = data[:20000]
    high = sum(byte > 127 for byte in sample)
    return high * 5 >= len(sample) and high >= 4


def _wide(data: bytes, codec: str | None) -> str | None:
    """Text in UTF-16: marked as such at its beginning, declared, or such that every other byte is zero. A last odd byte (the mail's own line end) is
    left out; without a mark the order of bytes is the more plausible one, for programs do not keep to RFC 2781 4.3. None for other text."""
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and (len(data) % 2 == 0 or data.rstrip(b"\r\n") != data)
    even = data[: len(data) // 2 * 2]
    if marked:
        return even.decode("utf-16", "replace").rstrip(_LINE_END_OF_MAIL)
    sample = data[:2000]
    half = max(1, len(sample) // 2)
    zeros = max(sample[0::2].count(0), sample[1::2].count(0)) / half if len(sample) >= 4 else 0.0
    if codec not in ("utf-16", "utf-16-le", "utf-16-be") and not (zeros > 0.4 and sample.count(0) < 0.6 * len(sample)):
        return None
    if b"\x00" not in data and _strict(data, "utf-8") is not None:
        return None  # declared as what it is not
    if codec in ("utf-16-le", "utf-16-be"):
        return even.decode(codec, "replace").rstrip(_LINE_END_OF_MAIL)
    return max((even.decode(order, "replace").rstrip(_LINE_END_OF_MAIL) for order in ("utf-16-le", "utf-16-be")), key=_readable)


def _readable(text: str) -> float:
    """The share of characters that are ASCII or Chinese."""
    sample = text[:5000]
    return sum(" " <= c <= "~" or c in "\r\n\t" or c in _first_level() for c in sample) / max(1, len(sample))


def decode_text(data: bytes, charset: str | None = None) -> str:
    """Text of some bytes. A declared charset is read in its widest form and believed where it fits; else the most plausible is taken.

    Where nothing fits whole, U+FFFD stands for what could not be decoded; nothing is dropped. Never raises.
    """
    if data.startswith(codecs.BOM_UTF8):
        return data[3:].decode("utf-8", "replace")
    codec = codec_of(charset)
    wide = _wide(data, codec)
    if wide is not None:
        return wide
    if codec is None or codec == "cp1252":
        whole = _strict(data, "utf-8")
        if whole is not None:
            return whole
        western = _strict(data, "cp1252") if codec and not _looks_chinese(data) else None
        return western if western is not None else _best_guess(data)
    whole = _strict(data, codec)
    if whole is None and codec == "big5hkscs":
        whole = _strict(data, "cp950")
    if whole is None and codec != "utf-8":
        whole = _strict(data, "utf-8")
    if whole is not None:
        return whole
    declared = data.decode(codec, "replace")
    guess = _best_guess(data)
    return guess if plausibility(guess) > plausibility(declared) + 0.2 else declared


# ------------------------------------------------------------------ encoded words


def _base64_pieces(pieces: list[bytes]) -> bytes:
    """Base64 of adjacent words: each by itself, or, where a broken mailer cut the base64 itself, joined; padding is added where it lacks."""
    cleaned = [re.sub(rb"[^A-Za-z0-9+/]", b"", piece) for piece in pieces]
    if any(len(piece.rstrip(b"=")) % 4 == 1 for piece in cleaned) or any(
        len(p) % 4 and b"=" not in q for p, q in zip(cleaned[:-1], pieces, strict=False)
    ):
        cleaned = [b"".join(cleaned)]
    out = b""
    for piece in cleaned:
        usable = piece[: len(piece) - 1] if len(piece) % 4 == 1 else piece
        out += binascii.a2b_base64(usable + b"=" * (-len(usable) % 4))
    return out


def _word_bytes(encoding: bytes, pieces: list[bytes]) -> bytes:
    if encoding in b"bB":
        return _base64_pieces(pieces)
    return b"".join(binascii.a2b_qp(piece.replace(b" ", b"_"), header=True) for piece in pieces)


def _runs(raw: bytes) -> list[tuple[str, bytes, list[bytes]]]:
    """The header as runs: ("", b"", [plain bytes]) or (charset, encoding, payloads of adjacent words of one charset and encoding)."""
    runs: list[tuple[str, bytes, list[bytes]]] = []
    end = 0
    for match in _ENCODED_WORD.finditer(raw):
        charset, encoding, payload = match[1].decode("ascii", "replace").lower(), match[2].lower(), match[3]
        between = raw[end : match.start()]
        adjacent = bool(runs) and runs[-1][0] != "" and _BETWEEN_WORDS.fullmatch(between) is not None
        if adjacent and runs[-1][:2] == (charset, encoding):
            runs[-1][2].append(payload)
        else:
            if between and not adjacent:
                runs.append(("", b"", [between]))
            runs.append((charset, encoding, [payload]))
        end = match.end()
    if raw[end:]:
        runs.append(("", b"", [raw[end:]]))
    return runs


def decode_words(raw: bytes) -> str:
    """A header's value (RFC 2047, also as broken mailers write it: cut inside a character, unpadded, with spaces; raw 8-bit). Never raises."""
    if b"=?" not in raw:
        return decode_text(raw)
    return "".join(decode_text(_word_bytes(encoding, pieces) if charset else pieces[0], charset or None) for charset, encoding, pieces in _runs(raw))


def shown(text: str, limit: int = 32768) -> str:
    """Text for showing on one line: control and direction characters removed, white space collapsed, capped."""
    kept = (
        " " if c in "\t\r\n\x0b\x0c\u2028\u2029" else c for c in text[: limit * 2] if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs")
    )
    return " ".join("".join(kept).split())[:limit]


def decode_header(raw: bytes) -> str:
    """A header's value decoded and fit for showing on one line."""
    return shown(decode_words(raw.replace(b"\r", b"").replace(b"\n", b"")))


def cleaned_name(name: str | None, limit: int = 150) -> str | None:
    """A file name for showing only: last component, no control or direction characters, capped with its ending kept; None where nothing is left."""
    last = shown(re.split(r"[/\\]", name or "")[-1]).strip(" .\"'") if name else ""
    if len(last) > limit:
        stem, dot, ending = last.rpartition(".")
        last = stem[: limit - 1 - len(ending)] + dot + ending if dot and len(ending) <= 8 else last[:limit]
    return last or None
