"""To whom a letter may go: addresses that can stand in a To, and the one that the application form gives."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from rapidfuzz.distance import Levenshtein

from parsers.values import Field, Method, Read, Value

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"({_LOCAL})@((?:{_LABEL}\.)+{_LABEL})")

# Local parts behind which no person reads (RFC 5230 4.6, and what ticket systems learnt).
_MACHINES = re.compile(
    r"mailer-?daemon|postmaster|root|daemon|nobody|uucp|listserv|majordomo|mailman|sympa|"
    r"(?:do[._-]?)?no(?:t)?[._-]?reply.*|auto-?(?:reply|responder|mailer)|bounces?|owner-.*|.*-(?:owner|request|bounces?|confirm|unsubscribe)",
    re.IGNORECASE,
)

# Two letters read wrongly at most: a scanned address that is this close to the sender's is the sender's.
_MISREAD = 2

PUBLIC_MAIL_DOMAINS = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "yahoo.com.hk", "icloud.com", "me.com",
    "qq.com", "foxmail.com", "163.com", "126.com", "yeah.net", "sina.com", "sohu.com", "139.com", "netvigator.com", "proton.me", "protonmail.com",
})  # fmt: skip


class Ours(Value):
    """What is ours, so that we never answer ourselves.

    ``addresses``: every address of the mailbox, aliases included, lower case; empty where no settings were given (then nobody has to have
    written to one of them). ``domains``: mail from these is not answered. ``secret`` and ``message_id_domain`` sign our Message-IDs.
    """

    addresses: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    secret: bytes = b""
    message_id_domain: str = ""


def ours_of(addresses: Collection[str], *, secret: bytes = b"", message_id_domain: str = "") -> Ours:
    """What is ours by the addresses of the mailbox; their domains too, unless the domain is a public provider's, where anyone may live."""
    own = tuple(dict.fromkeys(address.strip().lower() for address in addresses if address.strip()))
    domains = tuple(dict.fromkeys(address.rpartition("@")[2] for address in own if "@" in address))
    return Ours(
        addresses=own,
        domains=tuple(domain for domain in domains if domain not in PUBLIC_MAIL_DOMAINS),
        secret=secret,
        message_id_domain=message_id_domain or (domains[0] if domains else ""),
    )


def is_plain_address(address: str) -> bool:
    """Whether an address can stand in a To as it is: ASCII, the local part unquoted and no encoded word, a domain of two labels or more.

    Sizes: RFC 5321 4.5.3.1.
    """
    match = _ADDRESS.fullmatch(address)
    return match is not None and "=?" not in address and len(match[1]) <= 64 and len(match[2]) <= 253


def is_machine(address: str) -> bool:
    """Whether the local part is one behind which no person reads."""
    return _MACHINES.fullmatch(address.rpartition("@")[0]) is not None


def is_ours(address: str, ours: Ours) -> bool:
    """Whether the address, or its domain, is our own."""
    lowered = address.lower()
    return lowered in ours.addresses or lowered.rpartition("@")[2] in ours.domains


def can_be_written_to(address: str, ours: Ours) -> bool:
    """Whether a letter may go to the address at all: well formed, a person's, and not our own."""
    return is_plain_address(address) and not is_machine(address) and not is_ours(address, ours)


def form_address(fields: Mapping[str, Field], *, sender: str | None, min_confidence: float, ours: Ours | None = None) -> str | None:
    """The contact's e-mail address on the form, lower case; None where there is none that was read with confidence and may be written to.

    A scanned address that differs from the sender's by two letters at most is the sender's, misread: a letter to the misreading would
    go to a stranger or to nobody.
    """
    field = fields.get("contact.email")
    if not isinstance(field, Read) or not isinstance(field.value, str):
        return None
    address = field.value.strip().lower()
    if (
        field.evidence.method is Method.OCR
        and sender is not None
        and Levenshtein.distance(address, sender.lower(), score_cutoff=_MISREAD) <= _MISREAD
    ):
        address = sender.lower()
    elif field.evidence.confidence < min_confidence:
        return None
    return address if can_be_written_to(address, ours or Ours()) else None
