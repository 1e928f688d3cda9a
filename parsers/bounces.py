"""Delivery reports that do not say so in their headers: recognised by their text, with flufl.bounce."""

from __future__ import annotations

import email
import re

from flufl.bounce import all_failures

_HINT = re.compile(
    rb"mailer-daemon|postmaster|mail delivery|delivery (status|failure|has failed|to the following)|undeliver|could not be delivered|returned mail"
    rb"|failure notice|permanent(ly)? (error|fail)|return-path:\s*<>|\xe9\x80\x80\xe4\xbf\xa1|\xe7\x84\xa1\xe6\xb3\x95\xe5\x82\xb3\xe9\x81\x9e",
    re.IGNORECASE,
)
_HEAD = 200_000  # bytes: reports say at their beginning whom they could not reach
_ITS_ERRORS = (ValueError, LookupError, AttributeError, TypeError, AssertionError, RecursionError, OverflowError)


def reports_failure(mail: bytes, parts: int) -> bool:
    """True where flufl.bounce finds recipients that could not be reached. An opinion: an ordinary mail that quotes a report looks the same."""
    head = mail[:_HEAD]
    if parts > 50 or not _HINT.search(head[:20_000]):
        return False
    try:
        temporary, permanent = all_failures(email.message_from_bytes(head))
    except _ITS_ERRORS:
        return False
    return bool(temporary or permanent)
