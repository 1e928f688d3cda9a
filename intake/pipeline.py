"""From a mail's bytes to a decision and the words of an answer: one core for the dry run, the service and reprocessing."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from checks.consider import consider
from checks.values import Decision, EarlierCase, Finding
from intake.mail_findings import findings_of_mail
from intake.programme import Programme
from parsers.application import PartRead, read_application
from parsers.language import language_of_text
from parsers.mail import MailLimits, read_message
from parsers.message_class import Classified, classify_message
from parsers.values import Application, FileKind, FileRead, Language, Message, MessageClass, Part, PartRole, Read
from replies.compose import Office, compose
from replies.policy import Ours, addressee, may_reply
from replies.values import NoReply, Reply
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
    """What deciding depends on besides the mail: all of it arguments, none of it looked up."""

    programme: Programme
    office: Office
    ours: Ours
    reference: str
    received_on: date | None = None  # overrides the mail's own day
    earlier: tuple[EarlierCase, ...] = ()
    min_confidence: float = 0.8
    reply_even_if_ours_not_named: bool = False


def read_mail(data: bytes, reader: FileReader, programme: Programme, *, limits: MailLimits, at_once: int = 1) -> MailRead:
    """Decodes a mail and reads each of its papers once, ``at_once`` files side by side. Never raises on the mail's account."""
    message = read_message(data, limits, programme.mail_words.cloud_hosts)
    papers = [part for part in message.parts if part.role is PartRole.PAPER]
    distinct = {part.sha256: part for part in papers}
    with ThreadPoolExecutor(max_workers=max(1, at_once)) as pool:
        files = dict(zip(distinct, pool.map(lambda part: _read_part(part, reader), distinct.values()), strict=True))
    return MailRead(message, tuple(PartRead(part=part, file=files[part.sha256]) for part in papers))


def _read_part(part: Part, reader: FileReader) -> FileRead:
    blocking = next((outcome for problem, outcome in _OUTCOME_OF.items() if problem in part.problems), None)
    if blocking:
        return FileRead(sha256=part.sha256, kind=part.kind, outcome=blocking)  # type: ignore[arg-type]
    return reader.read(part.data, part.kind)


_OUTCOME_OF = {"unsafe": "unsafe", "encrypted": "encrypted", "too_large": "too_large"}


def consider_mail(mail: MailRead, given: Circumstances) -> Considered:
    """Classes a mail, reads its application, decides, and composes the answer. Pure."""
    message, programme = mail.message, given.programme
    received_on = given.received_on or message.received_on
    application = read_application(mail.reads, programme.catalogue, links=message.links)
    has_form = application.form is not None or any(document.kind == FORM for document in application.documents)
    classified = _classified(message, programme, application, has_form=has_form)
    if classified.message_class is not MessageClass.APPLICATION:
        language = message.language
        bare = Considered(message, classified, language, received_on, None, None, NoReply(reason=""))
        return replace(bare, answer=answer_to(bare, given))
    language = message.language or language_of_text(_values_of(application))
    decision = decide(application, given, received_on=received_on, mail_findings=findings_of_mail(message, mail.reads))
    considered = Considered(message, classified, language, received_on, application, decision, NoReply(reason=""))
    return replace(considered, answer=answer_to(considered, given))


def decide(application: Application, given: Circumstances, *, received_on: date | None, mail_findings: Sequence[Finding]) -> Decision:
    """The decision on an application under the given circumstances."""
    return consider(
        application,
        given.programme.policy,
        received_on=received_on,
        earlier=given.earlier,
        programme_hash=given.programme.hash,
        staff_notes=tuple(mail_findings),
    )


def answer_to(considered: Considered, given: Circumstances) -> Reply | NoReply:
    """The reply that the decision calls for, or the reason why there is none."""
    message = considered.message
    refusal = may_reply(message, message_class=considered.classified.message_class, ours=given.ours, words=given.programme.mail_words)
    if refusal is not None:
        return refusal
    fields = considered.application.fields if considered.application else {}
    to = addressee(message, considered.classified.message_class, fields)
    if to is None:
        return NoReply(reason="no reply: there is no address that may be written to", kind="no_address")
    return compose(
        considered.decision,
        considered.application,
        message,
        message_class=considered.classified.message_class,
        reference=given.reference,
        letters=given.programme.letters,
        language=considered.language,
        catalogue=given.programme.catalogue,
        to=to,
        cause=message.sha256,
        office=given.office,
    )


def _classified(message: Message, programme: Programme, application: Application, *, has_form: bool) -> Classified:
    """The mail's class; papers without a form that quote one of our references are a supplement (contract.md, References)."""
    papers = [document for document in application.documents if document.kind != "other" or document.problems]
    classified = classify_message(message, programme.mail_words, has_form=has_form, has_papers=bool(papers))
    quotes_us = bool(find_references(message.subject) or find_references(message.full_text))
    open_classes = (MessageClass.APPLICATION, MessageClass.ENQUIRY, MessageClass.OTHER)
    if quotes_us and not has_form and application.documents and classified.message_class in open_classes:
        return Classified(message_class=MessageClass.SUPPLEMENT, reason="papers with one of our references and no form")
    return classified


def _values_of(application: Application) -> str:
    return "\n".join(str(field.value) for field in application.fields.values() if isinstance(field, Read) and isinstance(field.value, str))
