"""From the settings to the rules of the staff site: under which names it is reached, through which proxies, how long a login lasts unused."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from intake.settings import Settings
from review.rules import LOOPBACK, Rules

_EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 (what a listener may be told; such an address is nobody's name)


def rules_from(settings: Settings, *, listens_at: str) -> Rules:
    """The names: those of the settings and of the public address, else the address listened at; and always this machine's own."""
    review = settings.review
    public = urlsplit(review.public_url).hostname or ""
    named = (*review.hosts, *((public,) if public else ()))
    own = () if listens_at in _EVERYWHERE else (f"[{listens_at}]" if ":" in listens_at else listens_at,)
    return Rules(
        hosts=tuple(dict.fromkeys((*LOOPBACK, *(named or own)))),
        proxies=review.trusted_proxies,
        public_url=review.public_url,
        idle=timedelta(minutes=review.idle_minutes),
        plain_webhooks=settings.webhooks.allow_http,
    )
