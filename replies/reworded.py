"""A letter in the words that a person gave it before releasing it: the same letter otherwise, and as clean."""

from __future__ import annotations

import html

from replies.values import Reply

LONGEST = 40_000


class CannotReword(ValueError):
    """The words cannot be sent; the text says why, for the person who wrote them."""


def reworded(reply: Reply, *, subject: str, text: str, reference: str) -> Reply:
    """The letter with a person's subject and text. Raises CannotReword without text, or where the subject lost its reference."""
    about, words = _tidy(subject, text)
    if words == reply.text.strip() and about == reply.subject:
        return reply
    about, words = checked_words(subject=subject, text=text, reference=reference)
    return reply.model_copy(update={"subject": about, "text": words + "\n", "html": as_html(words), "by_hand": True})


def checked_words(*, subject: str, text: str, reference: str) -> tuple[str, str]:
    """A person's subject and text as they can be sent. Raises CannotReword without text, or where the subject does not name the reference."""
    about, words = _tidy(subject, text)
    if not words:
        raise CannotReword("the letter has no text")
    if len(words) > LONGEST:
        raise CannotReword(f"the letter is longer than {LONGEST} characters")
    if reference not in about:
        raise CannotReword(f"the subject must name {reference}: by it the answer finds its case")
    if "=?" in about:
        raise CannotReword("the subject must not hold “=?”")
    bad = next((character for character in about + words if not (character.isprintable() or character in "\n\t")), "")
    if bad:
        raise CannotReword(f"the letter holds a character that cannot be sent (U+{ord(bad):04X})")
    return about, words


def _tidy(subject: str, text: str) -> tuple[str, str]:
    words = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n"))
    return " ".join(subject.split()), words


def as_html(words: str) -> str:
    """Plain text as HTML: a paragraph for each block, nothing but text in it."""
    blocks = [block for block in words.split("\n\n") if block.strip()]
    paragraphs = "\n".join("<p>" + "<br>\n".join(html.escape(line) for line in block.strip("\n").split("\n")) + "</p>" for block in blocks)
    return f"<!doctype html>\n<html><body>\n{paragraphs}\n</body></html>\n"
