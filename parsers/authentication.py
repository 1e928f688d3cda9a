"""Whether a server that we trust vouches for the sender: the Authentication-Results that it wrote, read by grammar (RFC 8601).

What anybody could have written proves nothing. Counted are the fields of the configured authserv-id alone: those above the topmost Received
(nothing that came with the mail stands there), else the topmost one between two Received of our own house. What stands below the first
Received of somebody else, or below a first counted field, may be the sender's own work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

from authres import AuthenticationResultsHeader, AuthResError

from parsers.values import Message, Value

_FIELD, _TRACE = "authentication-results", "received"
_LONGEST = 3_900  # characters: a field that was cut may have lost the half that speaks against the sender
_BY = re.compile(r"\bby\s+([A-Za-z0-9._\-]+)")
_COMMENT = re.compile(r"\([^()]*\)")
# Second-level names under which strangers register (com.hk): a domain of ours begins one label further left.
_SHARED = frozenset(["com", "net", "org", "gov", "edu", "idv", "co", "ac", "or", "ne", "go", "mil", "sch", "ltd", "plc", "me", "info"])
# Results that say only that there was nothing to look at (RFC 8601 2.7): the sender's domain publishes nothing, or could not be asked.
_NOTHING_TO_SEE = frozenset({"none", "neutral", "temperror", "permerror", "bestguesspass", "policy", "unknown", "skipped"})
_FAILED = frozenset({"fail", "softfail", "hardfail", "reject", "quarantine"})
_ITS_ERRORS = (AuthResError, ValueError, IndexError, AttributeError, TypeError, RecursionError)


class Trust(StrEnum):
    """What a trusted server found out about the From address."""

    PASSED = "passed"
    FAILED = "failed"  # it looked, and the sender did not pass
    UNKNOWN = "unknown"  # nobody that we trust looked, or there was nothing to look at


class Authentication(Value):
    """Whether the From address of a mail is proven, and by what, in words for staff."""

    trust: Trust
    reason: str

    @property
    def passed(self) -> bool:
        return self.trust is Trust.PASSED

    @property
    def failed(self) -> bool:
        return self.trust is Trust.FAILED


class _Result(Value):
    """One method's result: ``domain`` is the one that it speaks for, in lower case ("" where it names none)."""

    method: str
    result: str
    domain: str


def authentication_of(message: Message, authserv_id: str) -> Authentication:
    """What the trusted server says of the From address. Without a configured authserv-id nobody is authenticated, and nobody fails.

    Passed: ``dmarc=pass`` for the From domain; or dkim (header.d) or spf (smtp.mailfrom) passed for the From domain itself or for a parent of
    it (mail.works.example is vouched for by works.example, not by a sister or a child). A parent under which strangers register does not
    count. Failed: dmarc failed, or the server looked and nothing that passed is the From domain's. A mail whose sender two readers do not
    agree upon is never authenticated.
    """
    if not authserv_id.strip():
        return Authentication(trust=Trust.UNKNOWN, reason="no server is trusted to authenticate senders (mailbox.trusted_authserv)")
    if message.sender is None:
        return Authentication(trust=Trust.UNKNOWN, reason="who sent the mail cannot be told for certain")
    fields = trusted_fields(message.headers, authserv_id)
    results = [result for field in fields for result in _results(field)]
    if not results:
        return Authentication(trust=Trust.UNKNOWN, reason=f"{authserv_id} says nothing about the sender")
    return _judged(results, message.sender.address.rpartition("@")[2].lower())


def trusted_fields(headers: Sequence[tuple[str, str]], authserv_id: str) -> tuple[AuthenticationResultsHeader, ...]:
    """The Authentication-Results of that authserv-id that the sender cannot have written, top first. ``headers``: all, in order, undecoded."""
    own = authserv_id.strip().lower()
    counted: list[AuthenticationResultsHeader] = []
    hops, first_host = 0, ""
    for name, value in headers:
        key = name.lower()
        if key == _TRACE:
            host = _host(value)
            if counted:
                return tuple(counted)
            if hops and not (_same_house(host, own) or _same_house(host, first_host)):
                return ()
            hops, first_host = hops + 1, first_host or host
        elif key == _FIELD and (field := _parsed(value)) is not None and _id_of(field) == own:
            counted.append(field)
            if hops:
                return tuple(counted)
    return tuple(counted[:1])  # no Received at all: nothing tells where the sender's own work begins


def is_aligned(domain: str, from_domain: str) -> bool:
    """Whether what passed for a domain speaks for the From domain: the same, or a parent of it that is one organisation's own."""
    return domain == from_domain or (from_domain.endswith("." + domain) and organisation_of(from_domain) in (domain, *_parents(domain)))


def organisation_of(host: str) -> str:
    """The domain that an organisation registers: works.example of mail.works.example, works.com.hk of mx1.works.com.hk."""
    labels = host.lower().strip(".").split(".")
    shared = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SHARED
    return ".".join(labels[-3 if shared else -2 :])


def _judged(results: Sequence[_Result], from_domain: str) -> Authentication:
    dmarc = [each for each in results if each.method == "dmarc" and each.domain in ("", from_domain)]
    against = next((each for each in dmarc if each.result in _FAILED), None)
    if against is not None:
        return Authentication(trust=Trust.FAILED, reason=f"dmarc={against.result}")
    if any(each.result == "pass" for each in dmarc):
        return Authentication(trust=Trust.PASSED, reason="dmarc=pass")
    passed = [each for each in results if each.method in ("dkim", "spf") and each.result == "pass" and each.domain]
    for each in passed:
        if is_aligned(each.domain, from_domain):
            return Authentication(trust=Trust.PASSED, reason=f"{each.method}=pass of {each.domain}")
    telling = [each for each in results if each.method in ("dkim", "spf", "dmarc") and each.result not in _NOTHING_TO_SEE]
    if not telling:
        return Authentication(trust=Trust.UNKNOWN, reason="the sender's domain publishes nothing to be authenticated by")
    said = ", ".join(f"{each.method}={each.result}{f' of {each.domain}' if each.domain else ''}" for each in telling[:4])
    return Authentication(trust=Trust.FAILED, reason=f"nothing that passed speaks for {from_domain}: {said}")


def _parsed(value: str) -> AuthenticationResultsHeader | None:
    if len(value) >= _LONGEST or not value.isascii():
        return None
    try:
        return AuthenticationResultsHeader.parse(f"Authentication-Results: {value}")
    except _ITS_ERRORS:
        return None


def _id_of(field: AuthenticationResultsHeader) -> str:
    return str(field.authserv_id or "").lower()


def _results(field: AuthenticationResultsHeader) -> Iterator[_Result]:
    for each in field.results:
        properties = {f"{p.type}.{p.name}".lower(): str(p.value or "").strip().lower() for p in reversed(each.properties)}
        method = str(each.method or "").lower()
        yield _Result(method=method, result=str(each.result or "").lower(), domain=_domain_of(method, properties))


def _domain_of(method: str, properties: dict[str, str]) -> str:
    """The domain that a result speaks for. The HELO name is nobody's address, and counts for nothing."""
    wanted = {"dmarc": ("header.from",), "dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom", "smtp.mfrom")}.get(method, ())
    found = next((properties[name] for name in wanted if properties.get(name)), "")
    return found.rpartition("@")[2].strip("<>").strip(".")


def _host(received: str) -> str:
    """The host that wrote a Received field, as it names itself ("by ..."); comments do not count."""
    plain = received
    for _ in range(5):
        plain = _COMMENT.sub(" ", plain)
    match = _BY.search(plain)
    return match[1].lower().strip(".") if match else ""


def _same_house(host: str, other: str) -> bool:
    """Whether two hosts are of one organisation by their names."""
    if not host or not other or "." not in host or "." not in other:
        return host == other != ""
    return organisation_of(host) == organisation_of(other)


def _parents(domain: str) -> tuple[str, ...]:
    """The domain's parents, down to two labels."""
    labels = domain.split(".")
    return tuple(".".join(labels[at:]) for at in range(1, len(labels) - 1))
