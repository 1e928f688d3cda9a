"""Numbers and addresses by which offices and people are known: business registration, social credit code, identity card, telephone, e-mail.

Formats and check characters are those of programme.md, 'Names, numbers, papers'. Nothing is guessed: an O is never read as a 0.
"""

from __future__ import annotations

import re
from typing import Literal

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from stdnum.cn import uscc as social_credit
from stdnum.exceptions import ValidationError

from parsers.normal_values import Malformed, Normal, plain

Region = Literal["HK", "CN"]

_BR_PRINTED = re.compile(
    r"(?<![0-9A-Z])(?P<number>[0-9]{8}|[0-9]{4}[ -][0-9]{4}|[0-9]{2}[ ][0-9]{3}[ ][0-9]{3}|[0-9](?: [0-9]){7})"
    r"(?:\s?[-/ ]\s?[0-9]{3}(?:\s?[-/ ]\s?[0-9]{2}){0,2}(?:\s?[-/ ]\s?[0-9A-Z])?)?(?![0-9A-Z])(?!\s?[-/]?\s?[0-9])",
    re.IGNORECASE,
)
_BR_RUN = re.compile(r"(?<![0-9A-Z])(?P<number>[0-9]{8})000[0-9]{0,5}(?![0-9A-Z])", re.IGNORECASE)
_CODE_TOKEN = re.compile(r"[0-9A-Z]+")
_HKID = re.compile(
    r"(?<![A-Za-zＡ-Ｚ0-9０-９])(?P<letters>[A-Za-zＡ-Ｚ]{1,2})(?P<gap>[ -]?)(?P<digits>[0-9０-９]{3}[ ]?[0-9０-９]{3})(?P<space>[ -]?)"
    r"(?:(?P<open>[(（\[])\s?(?P<inside>[0-9０-９AaＡ])\s?(?P<close>[)）\]])|(?P<bare>[0-9０-９AaＡ])(?![A-Za-z0-9０-９]))"
)
_HKID_LABEL = re.compile(r"HKID|identity|\bID\b|身[份分][證証证]", re.IGNORECASE)
_MAIL_ADDRESS = re.compile(r"[^\s<>,;:()\[\]\"'、，；：（）/|]+@[^\s<>,;:()\[\]\"'、，；：（）/|]+")
_EXTENSION = re.compile(r"(?:ext(?:ension|n)?\.?|x|内线|內線|分机|分機|转|轉|#)\s?[0-9]{1,6}\s?\)?\s*$", re.IGNORECASE)
_SHORT_TAIL = re.compile(r"\s?-\s?[0-9]{1,4}\s*$")  # an extension after a hyphen: 0755-81234567-801
_TWO_NUMBERS = re.compile(r"\s*(?:/|;|、|,|\bor\b|或)\s*", re.IGNORECASE)
_NUMBER_CHARACTERS = re.compile(r"\+?[0-9(][0-9() .+-]{4,}[0-9)]")


def read_br_number(text: str) -> Normal | Malformed:
    """The first eight digits of a business registration number; format only, its check character is unpublished."""
    written = plain(text)
    numbers = {re.sub(r"\D", "", match["number"]): match for match in _BR_PRINTED.finditer(written)}
    if len(numbers) > 1 or len(set(re.findall(r"(?<![0-9])[0-9]{8}(?![0-9])", written))) > 1:
        return Malformed(reason="more than one number", doubtful=True)
    if numbers:
        number, match = next(iter(numbers.items()))
        odd = "-" in match["number"]
        return Normal(value=number, certainty=0.8 if odd else 1.0, note="hyphen inside the eight digits" if odd else "")
    run = _BR_RUN.search(written)
    if run:
        return Normal(value=run["number"], certainty=0.8, note="branch and period run on")
    digits = len(re.sub(r"\D", "", re.split(r"\s?[-/]\s?[0-9]{3}\s?[-/]", written)[0]))
    return Malformed(
        reason=f"{digits} digits where a business registration number has eight" if digits != 8 else "not a business registration number"
    )


def read_uscc(text: str) -> Normal | Malformed:
    """The 18 upper-case characters of a social credit code (GB 32100-2015); its check character is judged by ``uscc_check_ok``."""
    code = _code_among(_CODE_TOKEN.findall(plain(text).upper()))
    if len(code) == 15 and code.isdigit():
        return Malformed(reason="an old registration number of 15 digits, not a social credit code")
    if len(code) != 18:
        return Malformed(reason=f"{len(code)} characters where a social credit code has eighteen")
    strange = sorted(set(code) & set("IOSVZ"))
    if strange:
        return Malformed(reason=f"holds {' and '.join(strange)}, which no social credit code does")
    if not code[2:8].isdigit():
        return Malformed(reason="the region (third to eighth character) is not all digits")
    return Normal(value=code)


def uscc_check_ok(code: str) -> bool:
    """Whether the last character of an 18-character code is its check character. Real codes sometimes fail: staff judge."""
    try:
        return str(social_credit.calc_check_digit(code[:17])) == code[17:] and len(code) == 18
    except (ValidationError, ValueError, IndexError):
        return False


def uscc_region(code: str) -> str:
    """The province of a social credit code: '44' is Guangdong."""
    return code[2:4]


def hkid_check_ok(text: str) -> bool:
    """Whether a text is one Hong Kong identity card number with its right check character, as A123456(3) or AB987654(3)."""
    letters = re.sub(r"[\s()\[\]-]", "", plain(text)).upper()
    if not re.fullmatch(r"[A-Z]{1,2}[0-9]{6}[0-9A]", letters):
        return False
    body = [36] * (9 - len(letters)) + [int(c, 36) for c in letters[:-1]]
    total = sum(value * weight for value, weight in zip(body, range(9, 1, -1), strict=True))
    return "0123456789A"[-total % 11] == letters[-1]


def mask_hkid(text: str) -> str:
    """The text with every identity card number masked but for its letters and first three digits ('A123***(*)'); its length stays the same."""
    return _HKID.sub(_masked, text)


def read_phone(text: str, *, region: Region = "HK") -> Normal | Malformed:
    """A telephone number as E.164. Hong Kong: eight digits from 2 to 9; eleven digits that begin with 1 are a Mainland mobile; else ``region``."""
    written = plain(text)
    pieces = [piece for piece in _TWO_NUMBERS.split(_EXTENSION.sub("", written)) if len(re.sub(r"\D", "", piece)) >= 7] or [written]
    numbers = [number for piece in pieces if (number := _e164(_EXTENSION.sub("", piece), region) or _e164(_SHORT_TAIL.sub("", piece), region))]
    if not numbers:
        digits = len(re.sub(r"\D", "", pieces[0]))
        return Malformed(reason=f"{digits} digits make no telephone number" if digits else "not a telephone number")
    if len(set(numbers)) > 1 or len(numbers) < len(pieces):
        return Normal(value=numbers[0], certainty=0.8, note="more than one number")
    return Normal(value=numbers[0])


def read_email(text: str) -> Normal | Malformed:
    """An e-mail address in lower case; its form is judged, not whether it can be reached."""
    written = re.sub(r"mailto:", "", plain(text), flags=re.IGNORECASE)
    joined = re.sub(r"\s*@\s*", "@", written)
    found = [address.rstrip(".").lower() for address in _MAIL_ADDRESS.findall(joined)]
    addresses = tuple(dict.fromkeys(address for address in found if _is_address(address)))
    if not addresses:
        return Malformed(reason="not an e-mail address")
    if len(addresses) > 1:
        return Normal(value=addresses[0], certainty=0.7, note="more than one address")
    if joined != written:
        return Normal(value=addresses[0], certainty=0.7, note="spaces around the @")
    return Normal(value=addresses[0])


def _code_among(tokens: list[str]) -> str:
    """The pieces that make eighteen characters, where all other pieces are words; else every piece with a digit in it."""
    for start in range(len(tokens)):
        for end in range(start + 1, min(start + 18, len(tokens)) + 1):
            code = "".join(tokens[start:end])
            if len(code) == 18 and any(c.isdigit() for c in code) and not any(c.isdigit() for t in tokens[:start] + tokens[end:] for c in t):
                return code
    return "".join(token for token in tokens if any(c.isdigit() for c in token))


def _masked(match: re.Match[str]) -> str:
    if match["bare"] and not hkid_check_ok(match[0]) and not _HKID_LABEL.search(match.string[max(0, match.start() - 14) : match.start()]):
        return match[0]
    kept = match.end("letters") - match.start()
    seen = 0
    shown = []
    for character in match[0][kept:]:
        secret = character.isalnum()
        seen += secret
        shown.append("*" if secret and seen > 3 else character)
    return match[0][:kept] + "".join(shown)


def _e164(text: str, region: Region) -> str | None:
    found = _NUMBER_CHARACTERS.search(text)
    if found is None:
        return None
    digits = re.sub(r"[^0-9+]", "", found[0].replace("(0)", ""))
    digits = re.sub(r"^00(?=852|86|853|886|[1-9])", "+", digits)
    if re.fullmatch(r"852[2-9][0-9]{7}|861[3-9][0-9]{9}|86[1-9][0-9]{9,10}", digits):
        digits = "+" + digits
    if re.fullmatch(r"1[3-9][0-9]{9}|0[1-9][0-9]{9,10}", digits):
        region = "CN"
    elif region == "CN" and re.fullmatch(r"[2-9][0-9]{7}", digits):
        region = "HK"  # eight digits without an area code: a Mainland number would not be reachable so
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    national = phonenumbers.national_significant_number(number)
    if number.country_code == 852:
        return f"+852{national}" if re.fullmatch(r"[2-9][0-9]{7}", national) else None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _is_address(address: str) -> bool:
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True
