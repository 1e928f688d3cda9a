"""A missing-items letter that nobody answered, written again under a line that says so; a person asks for it and a person releases it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from zoneinfo import ZoneInfo

from intake.failures import Failure
from intake.handling import Handler
from intake.rechecking import preview
from replies.message_ids import message_id_for
from replies.reworded import as_html
from replies.values import NoReply, Reply, Template
from storage.audit import note
from storage.cases import case_by_reference
from storage.outbox import letters_of_case, queue
from storage.values import Letter, LetterState

_HONG_KONG = ZoneInfo("Asia/Hong_Kong")
_HELD = "held: a reminder that a person asked for"


def remind(handler: Handler, reference: str, *, actor: str, at: datetime) -> Letter:
    """Queues what is missing now as a reminder, held for release. Raises Failure where no such letter went out, or none is due any more."""
    with handler.database.reading() as tx:
        case = case_by_reference(tx, reference)
        letters = letters_of_case(tx, case.id) if case else ()
    sent = [one for one in letters if one.template is Template.MISSING_ITEMS and one.state is LetterState.ACCEPTED]
    if case is None or not sent:
        raise Failure(f"{reference} has no missing-items letter that went out: there is nothing to remind of")
    due = preview(handler, reference).answer
    if isinstance(due, NoReply):
        raise Failure(due.reason)
    if due.template is not Template.MISSING_ITEMS:
        raise Failure(f"nothing is missing in {reference} any more: look at the letter that is due")
    reply = _as_reminder(handler, due, sent[-1])
    ours = handler.workshop.ours
    message_id = message_id_for(reference, reply.template.value, reply.cause, secret=ours.secret, domain=ours.message_id_domain)
    with handler.database.transaction() as tx:
        queued = queue(tx, case_id=case.id, reply=reply, message_id=message_id, at=at, held=_HELD)
        if queued is None:
            raise Failure("that reminder was written already: look among the letters of the case")
        note(tx, at=at, actor=actor, action="reminder written", reference=reference, detail=f"letter {queued.id}")
    return queued


def _as_reminder(handler: Handler, due: Reply, before: Letter) -> Reply:
    """The letter under the reminder's line. ``cause``: the letter that it reminds of, so that one letter is reminded of once."""
    letters = handler.workshop.programme.letters
    line = letters.common[due.language].reminder
    if not line:
        raise Failure("the programme's letters/common.toml has no words for a reminder")
    day = (before.settled_at or before.queued_at).astimezone(_HONG_KONG).date()
    text = f"{letters.say(line, {'sent_on': letters.date(day, due.language)})}\n\n{due.text}"
    cause = hashlib.sha256(f"reminder of letter {before.id}: {before.cause}".encode()).hexdigest()
    return due.model_copy(update={"text": text, "html": as_html(text), "cause": cause})
