"""From a mail's bytes to a decision and the words of an answer: one core for the dry run, the service and reprocessing."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, Protocol

from checks.consider import consider
from checks.overruling import NOTHING_SAID, Corrections, overruled
from checks.values import Decision, EarlierCase
from intake.notes_for_staff import findings_of_corrections, findings_of_mails
from intake.programme import Programme
from parsers.application import PartRead, read_application
from parsers.authentication import authentication_of
from parsers.case_application import application_of_case, standing
from parsers.corrections import fields_as_told, layouts_by_file
from parsers.language import language_of_text
from parsers.mail import MailLimits, read_message
from parsers.message_class import Classified, classify_message
from parsers.values import Application, FileKind, FileRead, Language, Message, MessageClass, Part, PartRole, Problem, Read
from replies.compose import MIN_CONFIDENCE, compose
from replies.policy import Ours, addressee, may_reply
from replies.values import NoReply, Office, Reply
from storage.references import find_references

FORM = "application_form"


class FileReader(Protocol):
    """Whatever turns a file's bytes into pages: the sandboxed reader, or one that remembers what was read before."""

    def read(self, data: bytes, kind: FileKind) -> FileRead: ...


@dataclass(frozen=True)
class MailRead:
    """A mail with everything in it read: what deciding starts from, and never needs a file or a clock again."""

    message: Message
    reads: tuple[PartRead, ...]


@dataclass(frozen=True)
class Considered:
    """What the service thinks of one mail. ``application`` and ``decision`` are None where the mail is none."""

    message: Message
    classified: Classified
    language: Language | None
    received_on: date | None
    application: Application | None
    decision: Decision | None
    answer: Reply | NoReply


@dataclass(frozen=True)
class Circumstances:
    """What deciding depends on besides the mail: all of it arguments, none of it looked up.

    ``received_on`` overrides the mail's own day; ``known``: addresses that belong to the case already; ``first_letter``: whether the letter is
    the first of its case and carries the personal information collection statement; ``min_confidence``: a floor under the thresholds of checks
    and letters; ``brings_new_paper``: whether the mail holds a paper that its case did not have (None: any paper counts); ``authserv``: the
    authserv-id whose word on the sender counts ("": nobody's); ``corrections``: what staff say of the case.
    """

    programme: Programme
    office: Office
    ours: Ours
    reference: str
    received_on: date | None = None
    earlier: tuple[EarlierCase, ...] = ()
    known: frozenset[str] = frozenset()
    first_letter: bool = True
    min_confidence: float = 0.0
    brings_new_paper: bool | None = None
    now: datetime | None = None
    internal_date: datetime | None = None
    authserv: str = ""
    corrections: Corrections = NOTHING_SAID


def read_mail(data: bytes, reader: FileReader, programme: Programme, *, limits: MailLimits, at_once: int = 1) -> MailRead:
    """Decodes a mail and reads each of its papers once, ``at_once`` files side by side. Never raises on the mail's account."""
    message = read_message(data, limits, programme.mail_words.cloud_hosts)
    papers = [part for part in message.parts if part.role is PartRole.PAPER]
    distinct = {part.sha256: part for part in papers}
    with ThreadPoolExecutor(max_workers=max(1, at_once)) as pool:
        files = dict(zip(distinct, pool.map(lambda part: _read_part(part, reader), distinct.values()), strict=True))
    return MailRead(message, tuple(PartRead(part=part, file=files[part.sha256]) for part in papers))


def _read_part(part: Part, reader: FileReader) -> FileRead:
    """What is known to be bad from the outside is not opened at all."""
    for problem in _NOT_OPENED:
        if problem in part.problems:
            return FileRead(sha256=part.sha256, kind=part.kind, outcome=_NOT_OPENED[problem])
    return reader.read(part.data, part.kind)


_NOT_OPENED: dict[Problem, Literal["unsafe", "encrypted", "too_large"]] = {
    Problem.UNSAFE: "unsafe",
    Problem.ENCRYPTED: "encrypted",
    Problem.TOO_LARGE: "too_large",
}


def consider_mail(mail: MailRead, given: Circumstances) -> Considered:
    """Classes a mail, reads its application, decides, and composes the answer. Pure."""
    message, programme = mail.message, given.programme
    application = application_of_mail(mail, given)
    classified = _classified(message, programme, application)
    if classified.message_class is MessageClass.APPLICATION:
        return _decided([message], classified, [application], given)
    bare = Considered(message, classified, message.language, given.received_on or message.received_on, None, None, NoReply(reason=""))
    return replace(bare, answer=answer_to(bare, given))


def consider_case(mails: Sequence[MailRead], given: Circumstances) -> Considered:
    """Considers a whole case anew, its mails oldest first: papers of all of them, the answer to the last (programme.md, 'Two clocks'). Pure."""
    applications = [application_of_mail(mail, given) for mail in mails]
    message_class = MessageClass.SUPPLEMENT if len(mails) > 1 else MessageClass.APPLICATION
    classified = Classified(message_class=message_class, reason="papers for a case on record")
    return _decided([mail.message for mail in mails], classified, applications, given)


def application_of_mail(mail: MailRead, given: Circumstances) -> Application:
    """What one mail alone holds of an application, its files parted as staff say where they said so."""
    layouts = layouts_by_file(given.corrections.layouts)
    return read_application(mail.reads, given.programme.catalogue, links=mail.message.links, layouts=layouts)


def _decided(messages: Sequence[Message], classified: Classified, applications: Sequence[Application], given: Circumstances) -> Considered:
    """Decides on the mails of a case as a whole, each with what it alone held; the last one is answered."""
    message, policy = messages[-1], given.programme.policy
    received_on = given.received_on or message.received_on
    joined = application_of_case(applications, given.programme.catalogue)
    held = [(one.sha256, application) for one, application in zip(messages, applications, strict=True)]
    told = fields_as_told(joined, held, given.corrections.fields)
    application = told.application
    decision = consider(
        standing(application),
        policy,
        received_on=received_on,
        earlier=given.earlier,
        programme_hash=given.programme.hash,
        min_confidence=given.min_confidence,
        trusted=all(one.sender is not None for one in messages),
        staff_notes=(*findings_of_mails(messages, given.programme, authserv=given.authserv), *findings_of_corrections(told, given.programme)),
    )
    decision = overruled(decision, application, given.corrections.overrulings, policy)
    language = message.language or language_of_text(_values_of(application))
    considered = Considered(message, classified, language, received_on, application, decision, NoReply(reason=""))
    return replace(considered, answer=answer_to(considered, given))


def answer_to(considered: Considered, given: Circumstances) -> Reply | NoReply:
    """The reply that the decision calls for, or the reason why there is none."""
    message, message_class = considered.message, considered.classified.message_class
    words = given.programme.mail_words
    refusal = may_reply(
        message,
        message_class=message_class,
        ours=given.ours,
        words=words,
        authentication=authentication_of(message, given.authserv),
        brings_new_paper=given.brings_new_paper,
        internal_date=given.internal_date,
        now=given.now,
    )
    if refusal is not None:
        return refusal
    fields = considered.application.fields if considered.application else {}
    sure = max(MIN_CONFIDENCE, given.min_confidence)
    to = addressee(message, message_class, fields, ours=given.ours, min_confidence=sure)
    if to is None:
        return NoReply(reason="no reply: there is no address that may be written to", kind="no_address")
    return compose(
        considered.decision,
        considered.application,
        message,
        message_class=message_class,
        reference=given.reference,
        letters=given.programme.letters,
        language=considered.language,
        catalogue=given.programme.catalogue,
        to=to,
        cause=message.sha256,
        office=given.office,
        known=given.known,
        first=given.first_letter,
        min_confidence=sure,
    )


def _classified(message: Message, programme: Programme, application: Application) -> Classified:
    """The mail's class; papers without a form that quote one of our references are a supplement (contract.md, References)."""
    has_form = application.form is not None or any(document.kind == FORM for document in application.documents)
    papers = [document for document in application.documents if document.kind != "other" or document.problems]
    classified = classify_message(message, programme.mail_words, has_form=has_form, has_papers=bool(papers))
    quotes_us = bool(find_references(message.subject) or find_references(message.full_text))
    open_classes = (MessageClass.APPLICATION, MessageClass.ENQUIRY, MessageClass.OTHER)
    if quotes_us and not has_form and application.documents and classified.message_class in open_classes:
        return Classified(message_class=MessageClass.SUPPLEMENT, reason="papers with one of our references and no form")
    return classified


def _values_of(application: Application) -> str:
    return "\n".join(str(field.value) for field in application.fields.values() if isinstance(field, Read) and isinstance(field.value, str))
