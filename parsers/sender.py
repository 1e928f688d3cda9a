"""Who sent a mail: only what two independent readers agree on is an identity (reliability.md, 'Reading mail').

The first reader is the strict grammar below (RFC 5322 section 3.4, one mailbox); the second is mail-parser.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsers.charsets import decode_words, shown
from parsers.header_reader import Address, HeaderView
from parsers.mime_parts import RawField
from parsers.values import Mailbox

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(\.{_ATOM})*@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*")
_TOKEN = re.compile(rb'"(?:\\.|[^"\\]){0,2000}"|\((?:\\.|[^()\\]){0,2000}\)|<[^<>]{0,400}>|[^"(<>)]', re.DOTALL)
MAX_NAME = 200


def _address(raw: bytes) -> str | None:
    """An address of plain form (dot-atom local part, 254 characters at most), in lower case; None for anything else."""
    try:
        text = raw.strip().decode("ascii")
    except UnicodeDecodeError:
        return None
    return text.lower() if len(text) <= 254 and _ADDRESS.fullmatch(text) else None


def _tokens(raw: bytes) -> list[bytes] | None:
    """Quoted strings, comments, angle addresses and single characters; None where quotes, comments or brackets do not close."""
    tokens, position = [], 0
    while position < len(raw):
        match = _TOKEN.match(raw, position)
        if match is None:
            return None
        tokens.append(match[0])
        position = match.end()
    return tokens


def _unquoted_name(tokens: list[bytes]) -> str:
    raw = b"".join(re.sub(rb"\\(.)", rb"\1", token[1:-1]) if token.startswith(b'"') else token for token in tokens)
    return shown(decode_words(raw), MAX_NAME)


def strict_mailbox(raw: bytes) -> Mailbox | None:
    """The one mailbox of a From value by strict grammar; None where there is none, more than one, or any doubt which it is."""
    tokens = _tokens(re.sub(rb"\r?\n", b"", raw).strip())
    if tokens is None:
        return None
    angles = [at for at, token in enumerate(tokens) if token.startswith(b"<")]
    bare = b"".join(token for token in tokens if not token.startswith((b"(", b"<", b'"')))
    if not angles:
        address = _address(bare) if not any(token.startswith(b'"') for token in tokens) else None
        comments = [token[1:-1] for token in tokens if token.startswith(b"(")]
        return Mailbox(name=shown(decode_words(b" ".join(comments)), MAX_NAME), address=address) if address else None
    after = [token for token in tokens[angles[0] + 1 :] if not token.startswith(b"(") and token.strip()]
    address = _address(tokens[angles[0]][1:-1])
    if len(angles) != 1 or after or address is None:
        return None
    words = re.sub(rb"=\?[^?\s]+\?[bBqQ]\?[^?]*\?=", b"", bare)
    if re.search(rb"[@,;:]", words) and _address(words) != address:
        return None
    name = _unquoted_name([token for token in tokens[: angles[0]] if not token.startswith(b"(")])
    return Mailbox(name="" if name.lower() == address else name, address=address)


def sender_of(fields: Sequence[RawField], view: HeaderView) -> Mailbox | None:
    """The sender: exactly one From field, exactly one mailbox in it, and both readers see the same address. Else None."""
    values = [field.value for field in fields if field.name.lower() == "from"]
    if len(values) != 1 or len(view.from_) != 1:
        return None
    mailbox = strict_mailbox(values[0])
    return mailbox if mailbox is not None and view.from_[0][1].strip().lower() == mailbox.address else None


def mailboxes(addresses: Sequence[Address], limit: int = 200) -> tuple[Mailbox, ...]:
    """Recipients as mail-parser reads them, for showing and for finding our own address among them."""
    return tuple(Mailbox(name=shown(name, MAX_NAME), address=shown(address, 254).lower()) for name, address in addresses[:limit] if "@" in address)
