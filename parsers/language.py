"""The language in which somebody wrote: English, Traditional or Simplified Chinese, by the words and by characters that one script alone has."""

from __future__ import annotations

import re
from functools import lru_cache

from parsers.folding import compatible
from parsers.values import Language

MAX_TEXT = 20_000  # characters: a letter's language shows at its beginning
_NOISE = re.compile(
    r"https?://[!-~]{1,2000}|www\.[!-~]{1,500}|[\w.+-]{1,64}@[\w.-]{1,200}|[\w().-]{1,80}\.(?:pdf|docx?|xlsx?|jpe?g|png|zip|tiff?)\b"
    r"|\b[A-Z]{2,6}-\d{4}-\d{1,9}(?:-\w)?",
    re.IGNORECASE | re.ASCII,
)
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’]+")
# Words that English sentences are made of, and that names of companies, people and streets are not.
_ENGLISH = """we our you your us is are was were be been the a an this that these those it its to for from with by as in at on if or not no
please find attached enclosed would could can will shall may have has had do does did any all some more dear sir madam hi hello thank thanks regards
sincerely faithfully yours kindly submit apply application form documents document which what when how who whether also there here my me i am"""
_SENTENCE_WORDS = frozenset(_ENGLISH.split())
# Characters that Chinese sentences are made of, and that names, positions and addresses are not.
_CHINESE_SENTENCE = re.compile(r"[的是請请我們们您你貴贵附現现謝谢已將将了在為为如查敬啟启茲兹謹谨想可否嗎吗呢吧喇哋收寄申提交關关於于此致]")
_COMPANY = re.compile(r"股份有限公司|有限公司|有限责任公司|有限責任公司")
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


def _chinese(text: str) -> tuple[int, int]:
    """Chinese characters in lines that are sentences, and in all lines."""
    lines = [_COMPANY.sub("", line) for line in text.split("\n")]
    counts = [len(_HAN.findall(line)) for line in lines]
    return sum(count for count, line in zip(counts, lines, strict=True) if _CHINESE_SENTENCE.search(line)), sum(counts)


def _english(text: str) -> float:
    """English words weighed: words of sentences count whole, other lower-case words nearly so, names not at all."""
    words = _WORD.findall(text)
    sentence = sum(word.lower().replace("’", "'") in _SENTENCE_WORDS for word in words)
    lower = sum(word[0].islower() and word.lower() not in _SENTENCE_WORDS for word in words)
    return float(sentence + 0.7 * lower)


def language_of_text(text: str) -> Language | None:
    """Language of the writer's own text; None where there is nothing to tell by, or Chinese that both scripts write alike."""
    text = _NOISE.sub(" ", compatible(text[:MAX_TEXT]))
    letter = _without_signature(text)
    for words in (letter, text):
        (said, all_han), english = _chinese(words), _english(words)
        if all_han == 0 and english < 0.5:
            continue
        if (said or (all_han if english < 2 else 0)) >= 1.6 * english:
            return script_of(words) or script_of(text)
        return Language.EN
    return None
