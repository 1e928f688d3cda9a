"""The Message-IDs of our letters: fixed in advance, signed, and known again when somebody answers them."""

from __future__ import annotations

import hashlib
import hmac
import re

# RFC 5322 3.6.4 without quoted forms: <left@right>, both dot-atoms (right may be a bracketed literal), 250 characters at most.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_STRICT = re.compile(rf"<{_ATOM}(?:\.{_ATOM})*@(?:{_ATOM}(?:\.{_ATOM})*|\[[A-Za-z0-9:.-]+\])>")
_OURS = re.compile(r"<(?P<body>(?P<reference>[a-z0-9-]+)\.[0-9a-f]{20})\.(?P<mac>[0-9a-f]{24})@(?P<domain>[a-z0-9.-]+)>")


def is_strict_id(text: str) -> bool:
    """Whether a Message-ID has the strict form that may be copied into a header of ours; an encoded word (``=?``) never has."""
    return len(text) <= 250 and "=?" not in text and _STRICT.fullmatch(text) is not None


def message_id_for(reference: str, template: str, cause: str, *, secret: bytes, domain: str) -> str:
    """The Message-ID of the letter that is due once for (case, template, cause): always the same for the same three, and signed.

    ``cause`` is the SHA-256 of the mail that the letter answers. ValueError where the domain cannot stand in a Message-ID.
    """
    name = re.sub(r"[^a-z0-9-]", "-", reference.lower())
    digest = hashlib.sha256("\x00".join((reference, template, cause)).encode()).hexdigest()[:20]
    body = f"{name}.{digest}"
    made = f"<{body}.{_mac(body, domain.lower(), secret)}@{domain.lower()}>"
    if not is_strict_id(made) or _OURS.fullmatch(made) is None:
        raise ValueError(f"no Message-ID can be made of reference {reference!r} and domain {domain!r}")
    return made


def is_our_message_id(message_id: str, *, secret: bytes, domain: str) -> bool:
    """Whether we made that Message-ID. Without a secret nothing is ours."""
    return reference_of(message_id, secret=secret, domain=domain) is not None


def reference_of(message_id: str, *, secret: bytes, domain: str) -> str | None:
    """The case's reference, upper case, of a Message-ID that we made; None for every other."""
    match = _OURS.fullmatch(message_id.strip())
    if not secret or match is None or match["domain"] != domain.lower():
        return None
    genuine = hmac.compare_digest(match["mac"], _mac(match["body"], domain.lower(), secret))
    return match["reference"].upper() if genuine else None


def _mac(body: str, domain: str, secret: bytes) -> str:
    return hmac.new(secret, f"letter:{body}@{domain}".encode(), hashlib.sha256).hexdigest()[:24]
