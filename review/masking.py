"""Personal data replaced by invented data of the same form, the same each time: names, identity cards, telephones, e-mail, registration numbers."""

from __future__ import annotations

import hmac
import re
import tomllib
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from stdnum.cn import uscc as social_credit

from parsers.folding import fold_key
from parsers.identifiers import hkid_check_ok
from parsers.values import Application, Read, Unreadable

_WORDS_FILE = tomllib.loads((Path(__file__).parent / "masking.toml").read_text("utf-8"))
_NAMES = frozenset(_WORDS_FILE["fields"])
_WORDS, _SIGNS = tuple(_WORDS_FILE["words"].split()), str(_WORDS_FILE["signs"])
_GENERAL = frozenset(_WORDS_FILE["general_words"].split())
_GENERAL_SIGNS = re.compile("|".join((*sorted(_WORDS_FILE["general_signs"].split(), key=len, reverse=True), r"[^\u3400-\u9fff\uf900-\ufaff]+")))
_MAIL = re.compile(r"(?<![A-Za-z0-9._%+'-])[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_HKID = re.compile(r"(?<![A-Za-z0-9])([A-Z]{1,2})([ -]?)([0-9]{6})([ -]?[(（]?)([0-9A])([)）]?)(?![A-Za-z0-9])")
_USCC = re.compile(r"(?<![0-9A-Za-z])(?=[0-9A-Z]*[0-9]{6})[0-9A-HJ-NP-RTUW-Y]{18}(?![0-9A-Za-z])")
_DATE = r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9](?![0-9])"
_NUMBER = re.compile(  # of a telephone, with or without its country, or of a business registration; in one go, so that none is replaced twice
    rf"(?<![0-9A-Za-z])(?:(?:\+|00)?(?:852|86)[ )-]{{0,2}})?(?!{_DATE})"
    r"(?:[2-9][0-9]{3}[ -]?[0-9]{4}|1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}|0[0-9]{2,3}[ -]?[0-9]{4}[ -]?[0-9]{3,4}|[0-9]{8})"
    r"(?=(?:000[0-9]{0,5})?(?![0-9A-Za-z]))"
)
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


class Masks:
    """What stands for what in one mail. ``keep``: addresses that are ours. The same secret gives the same invented data."""

    def __init__(self, application: Application, people: Iterable[str], secret: bytes, keep: frozenset[str]) -> None:
        said = [*people, *_names_of(application)]
        phrases = sorted({text.strip() for text in said if len(text.strip()) > 1 and _CHINESE.search(text)}, key=lambda text: (-len(text), text))
        words = {word for text in said for word in re.findall(r"[A-Za-z][A-Za-z'-]+", text) if "@" not in text}
        self._know(phrases, sorted({word.casefold() for word in words} - _GENERAL, key=lambda word: (-len(word), word)), secret, keep)

    def _know(self, phrases: list[str], words: list[str], secret: bytes, keep: frozenset[str]) -> None:
        self._phrases, self._words, self._secret, self._keep = phrases, words, secret, keep
        alone = "|".join(re.escape(word) for word in self._words)
        self._word = re.compile(rf"(?<![A-Za-z])(?:{alone})(?![A-Za-z])", re.IGNORECASE) if alone else None

    def as_told(self) -> dict[str, Any]:
        """All of it, to be told to another process as JSON."""
        return {"phrases": self._phrases, "words": self._words, "secret": self._secret.hex(), "keep": sorted(self._keep)}

    @classmethod
    def told(cls, said: Mapping[str, Any]) -> Masks:
        """What ``as_told`` told."""
        made = cls.__new__(cls)
        made._know(list(said["phrases"]), list(said["words"]), bytes.fromhex(said["secret"]), frozenset(said["keep"]))
        return made

    def text(self, said: str) -> str:
        """The text with everything personal that is known, or has the form of something personal, replaced."""
        said = _MAIL.sub(lambda found: self.mail(found.group()), said)
        said = _HKID.sub(self._hkid, said)
        said = _USCC.sub(lambda found: self._uscc(found.group()), said)
        said = _NUMBER.sub(lambda found: self._digits(found.group(), 5), said)
        for phrase in self._phrases:
            said = re.sub(r"\s*".join(re.escape(sign) for sign in phrase if not sign.isspace()), lambda found: self._signs(found.group()), said)
        return self._word.sub(lambda found: self._like(found.group()), said) if self._word else said

    def value(self, said: bool | int | float | str) -> bool | int | float | str:
        return self.text(said) if isinstance(said, str) else said

    def mail(self, address: str) -> str:
        """An invented address; ours stay, and what is masked already."""
        local, _, domain = address.lower().rpartition("@")
        if address.lower() in self._keep or domain.endswith("masked.example"):
            return address
        return f"{self._drawn(_WORDS, local).lower()}{self._number(local) % 1000}@{self._drawn(_WORDS, domain).lower()}.masked.example"

    def left_over(self, said: str) -> str:
        """Which known name still stands in a text; empty where none does. Whatever is handed out was asked this."""
        folded = fold_key(said)
        return next(
            (phrase for phrase in self._phrases if len(fold_key(phrase)) > 1 and fold_key(phrase) in folded and self._signs(phrase) != phrase), ""
        ) or (found.group() if self._word and (found := self._word.search(said)) else "")

    def _hkid(self, found: re.Match[str]) -> str:
        letters, gap, digits, opening, check, closing = found.groups()
        if not hkid_check_ok(f"{letters}{digits}{check}"):
            return found.group()
        made = self._digits(digits, 6)
        right = next(sign for sign in "0123456789A" if hkid_check_ok(f"{letters}{made}{sign}"))
        return f"{letters}{gap}{made}{opening}{right}{closing}"

    def _uscc(self, code: str) -> str:
        middle = "".join(sign if not sign.isdigit() else str((int(sign) + self._number(code, at)) % 10) for at, sign in enumerate(code[8:17]))
        made = code[:8] + middle
        return made + str(social_credit.calc_check_digit(made))

    def _digits(self, written: str, last: int) -> str:
        """The last so many digits are others, in their places. A number has one stand-in, however it is written."""
        all_digits = re.sub(r"\D", "", written)
        own = all_digits[-8:]
        made = "".join(str((int(digit) + 1 + self._number(own, at) % 9) % 10) for at, digit in enumerate(all_digits[-last:]))
        whole = iter(all_digits[: len(all_digits) - last] + made)
        return "".join(next(whole) if sign.isdigit() else sign for sign in written)

    def _signs(self, phrase: str) -> str:
        made, at = [], 0
        while at < len(phrase):
            general = _GENERAL_SIGNS.match(phrase, at)
            piece = general.group() if general and general.group() else phrase[at]
            one = _CHINESE.fullmatch(piece) and not general
            made.append(self._drawn(_SIGNS, fold_key(piece)) if one else piece)
            at += len(piece)
        return "".join(made)

    def _like(self, word: str) -> str:
        made = self._drawn(_WORDS, word.casefold())
        return made.upper() if word.isupper() else made.lower() if word.islower() else made

    def _drawn(self, of: str | tuple[str, ...], key: str) -> str:
        return of[self._number(key) % len(of)]

    def _number(self, key: str, at: int = 0) -> int:
        return int.from_bytes(hmac.new(self._secret, f"{at}:{key}".encode(), sha256).digest()[:6], "big")


def _names_of(application: Application) -> list[str]:
    fields: list[Mapping[str, object]] = [application.fields, *(paper.fields for paper in application.documents)]
    found = [field for each in fields for key, field in each.items() if key.rpartition(".")[2] in _NAMES]
    return [str(text) for field in found if isinstance(field, Read | Unreadable) for text in (field.text, getattr(field, "value", "")) if text]
