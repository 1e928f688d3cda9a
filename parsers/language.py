"""The language in which somebody wrote: English, Traditional or Simplified Chinese, by the words and by characters that one script alone has."""

from __future__ import annotations

import re
from functools import lru_cache

from parsers.folding import compatible
from parsers.values import Language

_NOISE = re.compile(
    r"https?://\S+|www\.\S+|\S+@\S+|<[^<>\s]*>|\S+\.(?:pdf|docx?|xlsx?|jpe?g|png|zip|tiff?)\b|[A-Z]{2,6}-\d{4}-\d+-?\w?", re.IGNORECASE
)
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’]+")
# Words that English sentences are made of, and that names of companies, people and streets are not.
_ENGLISH = """we our you your us is are was were be been the a an this that these those it its to for from with by as in at on if or not no
please find attached enclosed would could can will shall may have has had do does did any all some more dear sir madam hi hello thank thanks regards
sincerely faithfully yours kindly submit apply application form documents document which what when how who whether also there here my me i am"""
_SENTENCE_WORDS = frozenset(_ENGLISH.split())
_CLOSING = re.compile(
    r"^\s*((best|kind|warm|warmest|with|many)?\s*(regards|wishes|thanks)|yours (sincerely|faithfully|truly)|sincerely|faithfully|cheers|thank you"
    r"|此致|敬上|謹啟|谨启|順頌.{0,4}|顺颂.{0,4}|祝好|順祝.{0,4}|顺祝.{0,4})[\s,.,。!!]*$",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def _script(c: str) -> int:
    """1 for a character that only Traditional has, -1 for one that only Simplified has, 0 for both or neither (Big5 against GB 2312)."""

    def known(codec: str) -> bool:
        try:
            c.encode(codec)
        except UnicodeEncodeError:
            return False
        return True

    return int(known("cp950")) - int(known("gb2312"))


def _without_signature(text: str) -> str:
    """The text up to its closing formula (Best regards, 此致): names, positions and addresses below say nothing of the letter's language."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if at > 0 and _CLOSING.match(line) and len("".join(lines[:at]).strip()) >= 4:
            return "\n".join(lines[:at])
    return text


def script_of(text: str) -> Language | None:
    """Traditional or Simplified, by the characters that only one of them has; None where there are none or as many of each."""
    balance = sum(_script(c) for c in _HAN.findall(compatible(text)))
    if balance == 0:
        return None
    return Language.ZH_HANT if balance > 0 else Language.ZH_HANS


def _tells(text: str) -> tuple[int, float]:
    """Chinese characters, and English words weighed: words of sentences count whole, others (names, numbers of standards) hardly."""
    words = _WORD.findall(text)
    sentence = sum(word.lower().replace("’", "'") in _SENTENCE_WORDS for word in words)
    lower = sum(word[0].islower() and word.lower() not in _SENTENCE_WORDS for word in words)
    return len(_HAN.findall(text)), sentence + 0.7 * lower + 0.1 * (len(words) - sentence - lower)


def language_of_text(text: str) -> Language | None:
    """Language of the writer's own text; None where there is nothing to tell by, or Chinese that both scripts write alike."""
    text = _NOISE.sub(" ", compatible(text))
    letter = _without_signature(text)
    for words in (letter, text):
        han, english = _tells(words)
        if han == 0 and english < 0.2:
            continue
        if han >= 1.6 * english:
            return script_of(words) or script_of(text)
        return Language.EN
    return None
