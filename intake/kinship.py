"""Which mails belong together, told from their headers alone: they are decided in the order of their arrival, all others as they are read.

Nothing here proves anything about a mail: two that only seem to be related wait for one another, and that is all.
"""

from __future__ import annotations

import re

from replies.message_ids import reference_of
from replies.policy import Ours
from storage.references import find_references

_HEADER_BYTES = 256 * 1024  # reliability.md, 'Reading mail': caps before parsing
_END = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(rb"\r?\n[ \t]+")
_FIELD = re.compile(rb"^(from|sender|reply-to|message-id|in-reply-to|references|subject)[ \t]*:(.*)$", re.I | re.M)
_TOKEN = re.compile(rb"[^\s<>,;:\"'()\[\]]{1,250}@[^\s<>,;:\"'()\[\]]{1,250}")
_MOST = 200  # names that one mail may claim: a hostile one shall not cost more


def kinship_of(mail: bytes, ours: Ours) -> frozenset[str]:
    """Names that a mail shares with its kin: its sender, its thread, the cases that it answers or quotes. Never raises on any bytes."""
    head = _FOLD.sub(b" ", _END.split(mail[:_HEADER_BYTES], maxsplit=1)[0])
    names: dict[str, None] = {}
    for field in _FIELD.finditer(head):
        if len(names) >= _MOST:
            break
        if field[1].lower() == b"subject":
            names |= dict.fromkeys(find_references(field[2][:2_000].decode("ascii", "replace")))
            continue
        for token in _TOKEN.findall(field[2]):
            name = token.decode("utf-8", "replace").lower()
            reference = reference_of(f"<{token.decode('utf-8', 'replace')}>", secret=ours.secret, domain=ours.message_id_domain)
            names |= dict.fromkeys((name, reference) if reference else (name,))
    return frozenset(list(names)[:_MOST])
