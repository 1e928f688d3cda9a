"""What a mail is: an application, a question, a withdrawal, a request for one's data, or a mail that no person wrote (contract.md, message.class).

Judged by headers and by the writer's own words; never by what a mail quotes. In doubt it is ``other``, and a person reads it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from parsers.automation import AutomationMark, marks_of_automation
from parsers.catalogue import MailWords
from parsers.folding import fold
from parsers.phrases import clause_of, first_phrase, is_question, phrases_in, sentences, without
from parsers.values import Message, MessageClass, PartRole, Value

_OTHERS_SUBJECT = re.compile(
    r"^\s*([\[【(][^\])】]{1,30}[\])】]\s*)*(re|aw|fw|fwd|回覆|回复|答覆|答复|回應|轉寄|转发|轉發|转寄)\s*[::]", re.IGNORECASE
)
_ADDRESS = re.compile(r"https?://[!-~]{1,2000}|[\w.+-]{1,64}@[\w.-]{1,200}", re.ASCII)  # a question mark in a link asks nothing
# What hides papers or words of a mail from us: without a form that was found all the same, nobody can say what the mail is.
_HIDING = {
    "multipart_without_parts": "its parts could not be told apart",
    "contradictory_type": "it says twice, and differently, how its body is to be read",
    "encrypted_mail": "it is encrypted",
}
_READ = 20_000  # characters of a letter that are judged
_ABSENCE_LENGTH = 700  # characters: absence notes are short
_ABSENCE_BEGINNING = 200


class Classified(Value):
    """The class of a mail and why, in words for staff."""

    message_class: MessageClass
    reason: str


@dataclass(frozen=True)
class _OwnWords:
    """The sentences that the writer stands for, polite formulas struck out, and whether anything is attached or linked."""

    spoken: tuple[str, ...]
    everything: str
    attached: bool
    silent: bool


def _own(message: Message, words: MailWords) -> _OwnWords:
    text = _ADDRESS.sub(" ", (message.text if message.text.strip() else message.full_text)[:_READ])
    mine = [] if _OTHERS_SUBJECT.match(message.subject) and text.strip() else [*sentences(_OTHERS_SUBJECT.sub("", message.subject))]
    spoken = tuple(without(sentence, words.courtesies) for sentence in (*mine, *sentences(text)))
    attached = bool(message.links) or any(part.role is PartRole.PAPER for part in message.parts)
    return _OwnWords(spoken=spoken, everything=fold(f"{message.subject} {text}"), attached=attached, silent=not text.strip())


def _declared(own: _OwnWords, phrases: tuple[str, ...], words: MailWords, *, asking: bool) -> str | None:
    """A phrase that the writer means: not conditional, not quoted as a right, no question about the way.

    ``asking``: whether a question will do ("could I have my data?"); else only a request does ("could you please cancel ...?").
    """
    for sentence in own.spoken:
        phrase, clause = first_phrase(sentence, phrases), clause_of(sentence, phrases)
        if phrase is None or clause is None or first_phrase(sentence, words.conditions) or first_phrase(clause, words.procedures):
            continue
        if not asking and (first_phrase(clause, words.doubts) or (is_question(sentence) and not first_phrase(sentence, words.requests))):
            continue
        return phrase
    return None


def _withdraws(own: _OwnWords, words: MailWords) -> str | None:
    return _declared(own, words.withdrawal, words, asking=False)


def _asks_for_data(own: _OwnWords, words: MailWords) -> str | None:
    return _declared(own, words.data_request, words, asking=True)


def _said(own: _OwnWords, phrases: tuple[str, ...]) -> str | None:
    return next((phrase for sentence in own.spoken if (phrase := first_phrase(sentence, phrases))), None)


def _stated(own: _OwnWords, phrases: tuple[str, ...], words: MailWords) -> str | None:
    """A phrase in a sentence that neither asks nor withdraws."""
    asked = (*words.procedures, *words.doubts, *words.withdrawal)
    statements = (sentence for sentence in own.spoken if not is_question(sentence) and not first_phrase(sentence, asked))
    return next((phrase for sentence in statements if (phrase := first_phrase(sentence, phrases))), None)


def _asks(own: _OwnWords, words: MailWords) -> str | None:
    """Why the mail is a question: a phrase of enquiring, or a sentence with a question mark."""
    phrase = _said(own, words.enquiry)
    if phrase:
        return f"it asks: {phrase}"
    return "it asks a question" if any(is_question(sentence) for sentence in own.spoken) else None


def _by_marks(message: Message, own: _OwnWords, words: MailWords, *, has_form: bool, has_papers: bool) -> Classified | None:
    """The class that the marks of automation give. A weak mark gives way to a form; a machine's address to papers; a mailing list to a
    person's plain withdrawal or data request, for offices write through group addresses."""
    classes = {
        "bounce": MessageClass.BOUNCE,
        "auto_reply": MessageClass.AUTO_REPLY,
        "report": MessageClass.AUTO_REPLY,
        "list": MessageClass.LIST,
    }
    for mark in marks_of_automation(message, words):
        if mark.kind not in classes or (mark.weak and (has_form or _outweighed(mark, message, own, words, has_papers=has_papers))):
            continue
        return Classified(message_class=classes[mark.kind], reason=mark.reason)
    return None


def _outweighed(mark: AutomationMark, message: Message, own: _OwnWords, words: MailWords, *, has_papers: bool) -> bool:
    if mark.kind == "list":
        declares = _withdraws(own, words) or _asks_for_data(own, words)
        return declares is not None and not phrases_in(fold(message.full_text[:_READ]), words.list_texts)
    return has_papers and any(part.role is PartRole.PAPER for part in message.parts) and _said(own, words.auto_reply_texts) is None


def _is_absence(message: Message, own: _OwnWords, words: MailWords) -> str | None:
    """An absence note that does not say so in its headers: a short answer without papers or questions that begins with such words."""
    quotes_subject = _OTHERS_SUBJECT.match(message.subject) is not None
    if own.attached or len(message.text) > _ABSENCE_LENGTH or any(is_question(sentence) for sentence in own.spoken):
        return None
    titled = None if quotes_subject else first_phrase(fold(message.subject), words.auto_reply_subjects)
    spoken = first_phrase(fold(message.text)[:_ABSENCE_BEGINNING], words.auto_reply_texts)
    if titled and (spoken or own.silent):
        return titled
    return spoken if quotes_subject or message.in_reply_to else None


def _unwanted(message: Message, own: _OwnWords, words: MailWords) -> Classified | None:
    """A newsletter that does not say so in its headers, or spam; never a mail that speaks of the programme to us."""
    spam = phrases_in(own.everything, words.spam)
    flagged = (message.header("X-Spam-Flag") or "").strip().lower() == "yes"
    if first_phrase(own.everything, words.programme_names) is None and (len(spam) >= 2 or (flagged and not own.attached)):
        return Classified(message_class=MessageClass.SPAM, reason="it says: " + ", ".join(spam[:5]) if spam else "X-Spam-Flag: YES")
    subscribed = phrases_in(fold(message.full_text[:_READ]), words.list_texts)
    if len(subscribed) >= 2 or (subscribed and not _personal(own, words)):
        return Classified(message_class=MessageClass.LIST, reason=f"it says: {subscribed[0]}")
    return None


def _personal(own: _OwnWords, words: MailWords) -> bool:
    """True where the words could be a person's to the office."""
    return bool(_said(own, words.application) or _asks(own, words) or _said(own, words.withdrawal) or _said(own, words.data_request))


def _by_words(own: _OwnWords, words: MailWords, *, has_form: bool, has_papers: bool) -> Classified:
    applies, asks = _stated(own, words.application, words), _asks(own, words)
    withdraws = _withdraws(own, words)
    if withdraws and not (has_form and applies and _said(own, words.attaching)):
        return Classified(message_class=MessageClass.WITHDRAWAL, reason=f"it says: {withdraws}")
    data = _asks_for_data(own, words)
    if data and not (has_form and (applies or _said(own, words.attaching))):
        return Classified(message_class=MessageClass.DATA_REQUEST, reason=f"it says: {data}")
    if has_form:
        return Classified(message_class=MessageClass.APPLICATION, reason="an application form was found")
    if applies and own.attached and (has_papers or not asks):
        return Classified(message_class=MessageClass.APPLICATION, reason=f"it says: {applies}; no form was found")
    if has_papers and not asks and (_said(own, words.application_wishes) or _said(own, words.attaching) or own.silent):
        return Classified(message_class=MessageClass.APPLICATION, reason="papers of an application came without a form")
    if asks:
        return Classified(message_class=MessageClass.ENQUIRY, reason=asks)
    if applies:
        return Classified(message_class=MessageClass.OTHER, reason="it speaks of an application, but nothing is attached")
    return Classified(message_class=MessageClass.OTHER, reason="nothing in its words tells what it is")


def classify_message(message: Message, words: MailWords, *, has_form: bool, has_papers: bool) -> Classified:
    """The class of a mail. ``has_form``: an application form was found in it; ``has_papers``: other papers of the programme were (not merely files).

    ``supplement`` is never the answer: that needs to know the cases on record.
    """
    if message.unreadable is not None:
        return Classified(message_class=MessageClass.UNREADABLE, reason=message.unreadable)
    own = _own(message, words)
    by_marks = _by_marks(message, own, words, has_form=has_form, has_papers=has_papers)
    if by_marks:
        return by_marks
    absence = _is_absence(message, own, words)
    if absence and not has_form:
        return Classified(message_class=MessageClass.AUTO_REPLY, reason=f"it answers with: {absence}")
    hidden = next((_HIDING[note.code] for note in message.notes if note.code in _HIDING), None)
    if hidden and not has_form:
        return Classified(message_class=MessageClass.OTHER, reason=hidden)
    unwanted = None if has_form or (has_papers and _personal(own, words)) else _unwanted(message, own, words)
    return unwanted or _by_words(own, words, has_form=has_form, has_papers=has_papers)
