"""What applicants wrote, made fit to stand in a letter of ours: one line, no hidden characters, no whole identity card number, no link."""

from __future__ import annotations

import re
import unicodedata

from parsers.identifiers import mask_hkid

_LINK = re.compile(r"(?i)(?:https?|ftp)://|\bwww\.")
_NAME_LIMIT = 160


def one_line(text: str, limit: int) -> str:
    """The text on one line: no control, format or private characters (Unicode Cc, Cf, Cs, Co), runs of space made one, at most ``limit`` long."""
    shown = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
    shown = " ".join(shown.split())
    return shown if len(shown) <= limit else shown[: limit - 1].rstrip() + "…"


def quoted(text: str, limit: int = 600) -> str:
    """A sentence that may quote a paper: on one line, identity card numbers masked, links broken so that no mail program makes them live."""
    return _LINK.sub(lambda link: link[0].replace("://", ": //").replace("www.", "www ."), mask_hkid(one_line(text, limit)))


def presentable_name(text: str) -> str:
    """A name or title for the head of a letter; empty where it holds a link or an address, which no name does."""
    name = mask_hkid(one_line(text, _NAME_LIMIT))
    return "" if _LINK.search(name) or "@" in name or "://" in name else name
