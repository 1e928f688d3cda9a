"""Under which names and through which proxies the site is reached, how long a login lasts unused, and how much a visitor may send."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import timedelta

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
MOST_BODY = 1_000_000  # bytes: the longest letter of 64 KB, form-encoded Chinese at nine bytes a character, has room
BODY_SECONDS = 30.0


@dataclass(frozen=True)
class Rules:
    """``hosts``: names (without port) that a request may ask for. ``proxies``: addresses or networks whose X-Forwarded-* headers are believed.

    ``public_url``: where visitors find the site, as https://review.office.example; empty: where it listens.
    """

    hosts: tuple[str, ...] = LOOPBACK
    proxies: tuple[str, ...] = ()
    public_url: str = ""
    idle: timedelta = timedelta(minutes=60)
    most_body: int = MOST_BODY
    plain_webhooks: bool = False  # receivers may be told over http too

    def allows(self, host: str) -> bool:
        """Whether a Host header names this site. A name that begins with a dot stands for every name below it."""
        name = _name_of(host)
        return any(name == wanted.lower() or (wanted.startswith(".") and name.endswith(wanted.lower())) for wanted in self.hosts)


def source_of(address: str) -> str:
    """By what attempts from an address are counted: the address itself; of IPv6 the network of one site (/64), which one person has whole."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:100] or "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _name_of(host: str) -> str:
    """The name of a Host header without its port, in lower case; empty where it is no host."""
    host = host.strip().lower()
    if host.startswith("["):
        name, closed, port = host.partition("]")
        return f"{name}]" if closed and (not port or port[1:].isdigit()) else ""
    name, _, port = host.partition(":")
    return name.rstrip(".") if not port or port.isdigit() else ""
