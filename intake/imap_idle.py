"""Waiting for news of the mailbox with IDLE (RFC 2177): a hint only, renewed within nine minutes, under a watchdog."""

from __future__ import annotations

import time
from threading import Event

from intake.imap_session import Session

_RENEW_S = 540.0  # servers end an idle connection after thirty minutes, routers long before
_LOOK_S = 0.5  # how soon a stop is noticed
_GRACE_S = 30.0


def idles(session: Session, seconds: float, stopping: Event) -> bool:
    """Waits that long, less where ``stopping`` is set or the server tells of a new mail (then True). Raises Broken or Refused."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0 and not stopping.is_set():
        if _idles_once(session, min(left, _RENEW_S), stopping):
            return True
    return False


def _idles_once(session: Session, seconds: float, stopping: Event) -> bool:
    until = time.monotonic() + seconds
    news = False
    with session.exchange("waiting for news", limit_s=seconds + _GRACE_S) as client:
        client.idle()
        while not news and not stopping.is_set() and (left := until - time.monotonic()) > 0:
            looked = time.monotonic()
            answers = client.idle_check(timeout=min(left, _LOOK_S))
            news = _tell_of_mail(answers)
            if not answers and time.monotonic() - looked < min(left, _LOOK_S) / 2:
                break  # readable and nothing to read: the connection is closed, and DONE will say so
        _, late = client.idle_done()
    news = news or _tell_of_mail(late)
    if news:
        session.heard()
    return news


def _tell_of_mail(answers: list[tuple[object, ...]]) -> bool:
    return any(len(answer) > 1 and answer[1] == b"EXISTS" for answer in answers)
