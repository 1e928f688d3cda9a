"""From a mail's bytes to a decision and the words of an answer: one core for the dry run, the service and reprocessing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from checks.consider import consider
from checks.overruling import NOTHING_SAID, Corrections, overruled
from checks.values import Decision, EarlierCase
from intake.mail_reading import FORM as FORM
from intake.mail_reading import FileReader as FileReader
from intake.mail_reading import MailRead as MailRead
from intake.mail_reading import classified as classified_by
from intake.mail_reading import read_mail as read_mail
from intake.notes_for_staff import findings_of_corrections, findings_of_mails
from intake.programme import Programme
from parsers.application import read_application
from parsers.authentication import authentication_of
from parsers.case_application import application_of_case, standing
from parsers.corrections import Told, fields_as_told, layouts_by_file
from parsers.language import language_of_text
from parsers.message_class import Classified
from parsers.values import Application, Language, Message, MessageClass, Read
from replies.compose import MIN_CONFIDENCE, compose
from replies.policy import Ours, addressee, answers_us, may_reply
from replies.values import NoReply, Office, Reply


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
    held: Application | None = None  # what the mail alone holds of an application, whatever its class


@dataclass(frozen=True)
class Circumstances:
    """What deciding depends on besides the mail: all of it arguments, none of it looked up.

    ``received_on`` overrides the mail's own day; ``known``: addresses that belong to the case already; ``first_letter``: whether the letter is
    the first of its case and carries the personal information collection statement; ``min_confidence``: a floor under the thresholds of checks
    and letters; ``brings_new_paper``: whether the mail holds a paper that its case did not have (None: any paper counts); ``authserv``: the
    authserv-id whose word on the sender counts ("": nobody's); ``corrections``: what staff say of the case; ``answering``: whether an answer is
    composed at all.
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
    answering: bool = True


def consider_mail(mail: MailRead, given: Circumstances) -> Considered:
    """Classes a mail, reads its application, decides, and composes the answer. Pure."""
    message, programme = mail.message, given.programme
    application = application_of_mail(mail, given)
    known = mail.classified if application is mail.application else None  # else staff parted its papers anew
    classified = _in_our_thread(known or classified_by(message, programme.mail_words, application), message, application, given.ours)
    if classified.message_class is MessageClass.APPLICATION:
        return _decided([message], classified, [application], given)
    bare = Considered(message, classified, message.language, given.received_on or message.received_on, None, None, NoReply(reason=""), application)
    return replace(bare, answer=answer_to(bare, given))


def _in_our_thread(classified: Classified, message: Message, application: Application, ours: Ours) -> Classified:
    """Papers without a form that answer a letter of ours are a supplement, whatever little the mail says beside them."""
    has_form = application.form is not None or any(document.kind == FORM for document in application.documents)
    open_classes = (MessageClass.APPLICATION, MessageClass.ENQUIRY, MessageClass.OTHER)
    if has_form or not application.documents or classified.message_class not in open_classes or not answers_us(message, ours):
        return classified
    return Classified(message_class=MessageClass.SUPPLEMENT, reason="papers that answer a letter of ours, and no form")


def consider_case(mails: Sequence[MailRead], given: Circumstances) -> Considered:
    """Considers a whole case anew, its mails oldest first: papers of all of them, the answer to the last (programme.md, 'Two clocks'). Pure."""
    applications = [application_of_mail(mail, given) for mail in mails]
    message_class = MessageClass.SUPPLEMENT if len(mails) > 1 else MessageClass.APPLICATION
    classified = Classified(message_class=message_class, reason="papers for a case on record")
    return _decided([mail.message for mail in mails], classified, applications, given)


def application_now(mails: Sequence[MailRead], given: Circumstances) -> Application:
    """What a case holds as it stands now, its mails oldest first, with what staff say of it; what is decided on it. Pure."""
    return _told([mail.message for mail in mails], [application_of_mail(mail, given) for mail in mails], given).application


def application_of_mail(mail: MailRead, given: Circumstances) -> Application:
    """What one mail alone holds of an application, its files parted as staff say where they said so."""
    layouts = layouts_by_file(given.corrections.layouts)
    if mail.application is not None and layouts.keys().isdisjoint(part.sha256 for part in mail.message.parts):
        return mail.application
    return read_application(mail.reads, given.programme.catalogue, links=mail.message.links, layouts=layouts)


def _decided(messages: Sequence[Message], classified: Classified, applications: Sequence[Application], given: Circumstances) -> Considered:
    """Decides on the mails of a case as a whole, each with what it alone held; the last one is answered."""
    message, policy = messages[-1], given.programme.policy
    received_on = given.received_on or message.received_on
    told = _told(messages, applications, given)
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
    considered = Considered(message, classified, language, received_on, application, decision, NoReply(reason=""), applications[-1])
    return replace(considered, answer=answer_to(considered, given))


def _told(messages: Sequence[Message], applications: Sequence[Application], given: Circumstances) -> Told:
    joined = application_of_case(applications, given.programme.catalogue)
    held = [(one.sha256, application) for one, application in zip(messages, applications, strict=True)]
    return fields_as_told(joined, held, given.corrections.fields)


def _is_vouched_for(considered: Considered) -> bool:
    """Whether a person overruled that the sender could not be confirmed."""
    found = [each for each in considered.decision.findings if each.check == "mail.authenticated"] if considered.decision else []
    return bool(found) and all(each.outcome.value == "pass" for each in found)


def answer_to(considered: Considered, given: Circumstances) -> Reply | NoReply:
    """The reply that the decision calls for, or the reason why there is none."""
    if not given.answering:
        return NoReply(reason="no reply: nobody is answered")
    message, message_class = considered.message, considered.classified.message_class
    words = given.programme.mail_words
    refusal = may_reply(
        message,
        message_class=message_class,
        ours=given.ours,
        words=words,
        authentication=None if _is_vouched_for(considered) else authentication_of(message, given.authserv),
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


def _values_of(application: Application) -> str:
    return "\n".join(str(field.value) for field in application.fields.values() if isinstance(field, Read) and isinstance(field.value, str))
