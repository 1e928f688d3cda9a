"""A decision becomes the words for one applicant: which letter, in which language, with what in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from checks.values import Decision, Verdict
from parsers.catalogue import Catalogue
from parsers.values import Application, Field, Language, Message, MessageClass, Read
from replies.addresses import form_address, is_plain_address
from replies.items import concerns_form, listed, points
from replies.layout import Group, LetterPart
from replies.letters import LetterSet, letter_values
from replies.message_ids import is_strict_id
from replies.quoting import one_line, presentable_name
from replies.values import Office, Reply, Template

MIN_CONFIDENCE = 0.8
_REFERENCES_KEPT = 10
_ROOM = 44_000  # bytes of text and HTML that stay below 64 KB once encoded
_LONGEST_MESSAGES = (600, 240, 80)  # characters of a finding: shorter ones where a letter would not fit
_OF_A_CASE = {MessageClass.APPLICATION, MessageClass.SUPPLEMENT}
_ANSWERED = {*_OF_A_CASE, MessageClass.ENQUIRY, MessageClass.WITHDRAWAL, MessageClass.DATA_REQUEST}


def template_for(
    decision: Decision | None, application: Application | None, *, message_class: MessageClass, confidential: bool, own_mail_only: bool
) -> Template:
    """Which letter a mail gets (programme.md, 'What the machine may decide').

    ``confidential``: the letter goes to the form's address or one already known for the case, so it may speak of the case. Else it goes to
    the sender as a newcomer: no acknowledgement then, and ``missing_items`` only where ``own_mail_only``, that is where the decision rests on
    this one mail: its list then tells the sender nothing but what that mail itself held or lacked. A list drawn up over a whole case would
    tell a stranger what others sent.
    """
    if decision is None or message_class not in _OF_A_CASE:
        return Template.RECEIPT
    if decision.verdict is Verdict.COMPLETE and confidential:
        return Template.ACKNOWLEDGEMENT
    something = bool(decision.missing_fields or decision.missing_documents or points(decision, application))
    if decision.verdict is Verdict.INCOMPLETE and something and (confidential or own_mail_only):
        return Template.MISSING_ITEMS
    return Template.RECEIPT


def compose(
    decision: Decision | None,
    application: Application | None,
    message: Message,
    *,
    message_class: MessageClass,
    reference: str,
    letters: LetterSet,
    language: Language | None,
    catalogue: Catalogue,
    to: str,
    cause: str,
    office: Office,
    known: Collection[str] = (),
    first: bool = True,
    completed_on: date | None = None,
    min_confidence: float = MIN_CONFIDENCE,
    template: Template | None = None,
) -> Reply:
    """The letter to one address. ``language`` None: English with Traditional Chinese below.

    ``known``: addresses already known for that application. ``first``: the first letter of the case, which carries the personal information
    collection statement. ``template``: the letter that a member of staff chose to release; else ``template_for`` says. ValueError for an
    address that cannot stand in a To, a class of mail that gets no letter, or a list without anything on it.
    """
    if not is_plain_address(to):
        raise ValueError("a letter needs one plain address")
    if message_class not in _ANSWERED:
        raise ValueError(f"mail of class {message_class} gets no letter")
    confidential = _is_known(to.lower(), application, message, known, min_confidence)
    own_mail_only = message_class is MessageClass.APPLICATION
    kind = template or template_for(decision, application, message_class=message_class, confidential=confidential, own_mail_only=own_mail_only)
    languages = (language,) if language else (Language.EN, Language.ZH_HANT)
    desk = _Desk(letters, catalogue, office, one_line(reference, 40), min_confidence)
    ours = decision.received_on if decision is not None and kind is not Template.RECEIPT else None
    content = _Content(
        kind=kind,
        variant=_variant(kind, message_class),
        decision=decision,
        application=application,
        shows_case=confidential and kind is not Template.RECEIPT,
        first=first,
        two_languages=len(languages) > 1,
        received_on=ours or message.received_on,
        completed_on=completed_on or message.received_on,
    )
    subject, text, html = desk.written(content, languages)
    references = thread_of(message)
    return Reply(
        template=kind,
        to=(to.lower(),),
        subject=subject,
        text=text,
        html=html,
        language=languages[0],
        cause=cause,
        in_reply_to=references[-1] if references else None,
        references=references,
    )


def _is_known(to: str, application: Application | None, message: Message, known: Collection[str], min_confidence: float) -> bool:
    """Whether an address stands on the form or is already known for the application."""
    sender = message.sender.address if message.sender else None
    on_form = form_address(application.fields, sender=sender, min_confidence=min_confidence) if application is not None else None
    return to == on_form or to in {address.lower() for address in known}


def _variant(kind: Template, message_class: MessageClass) -> str:
    again = message_class is MessageClass.SUPPLEMENT
    return {
        Template.ACKNOWLEDGEMENT: "completed" if again else "first",
        Template.MISSING_ITEMS: "still" if again else "first",
        Template.RECEIPT: message_class.value,
    }[kind]


def thread_of(message: Message) -> tuple[str, ...]:
    """The thread of the mail that is answered, that mail last; empty where its own id is not of strict form."""
    answered = message.message_id
    if answered is None or not is_strict_id(answered):
        return ()
    earlier = tuple(known for known in dict.fromkeys(message.references) if is_strict_id(known) and known != answered)
    return (*earlier[-_REFERENCES_KEPT:], answered)


@dataclass(frozen=True)
class _Content:
    """What one letter says, before it is put into a language. ``shows_case``: names from the form may stand at its head."""

    kind: Template
    variant: str
    decision: Decision | None
    application: Application | None
    shows_case: bool
    first: bool
    two_languages: bool
    received_on: date | None
    completed_on: date | None


@dataclass(frozen=True)
class _Desk:
    """Who writes and with which words: the same for both halves of a letter in two languages."""

    letters: LetterSet
    catalogue: Catalogue
    office: Office
    reference: str
    min_confidence: float

    def written(self, content: _Content, languages: Sequence[Language]) -> tuple[str, str, str]:
        """Subject, text and HTML, one language below the other; findings are cut shorter where the letter would not fit."""
        for longest in _LONGEST_MESSAGES:
            subjects, parts = zip(*(self.part(content, language, longest) for language in languages), strict=True)
            subject = " / ".join([subjects[0], *(other.removeprefix(f"[{self.reference}] ") for other in subjects[1:])])
            text, html = self.letters.lay_out(subject, parts)
            if len(text.encode()) + len(html.encode()) <= _ROOM:
                break
        return subject, text, html

    def part(self, content: _Content, language: Language, longest: int) -> tuple[str, LetterPart]:
        """Subject and body in one language. ValueError for a list without anything on it."""
        letters, words, letter = self.letters, self.letters.common[language], self.letters.letters[content.kind, content.variant, language]
        groups = self._list(content, language, longest)
        count = sum(len(group.entries) for group in groups)
        values = letter_values({
            "reference": self.reference, "programme": words.programme, "secretariat": words.secretariat, "count": count,
            "form_items": content.decision is not None and count > 0 and concerns_form(content.decision, content.application),
            "received_on": letters.date(content.received_on, language), "completed_on": letters.date(content.completed_on, language),
            "telephone": self.office.telephone, "web": self.office.web, "email": self.office.from_address,
        })  # fmt: skip
        return letters.say(letter.subject, values), LetterPart(
            lang=words.lang,
            programme=words.programme,
            notice=words.also_below if content.two_languages and language is Language.EN else "",
            salutation=words.salutation,
            facts=self._facts(content, language),
            opening=self._said(letter.opening, values),
            groups=groups,
            closing=self._said(letter.closing, values),
            sign_off=words.sign_off,
            contact=self._contact(language),
            automatic=words.automatic,
            privacy_heading=words.privacy_heading,
            privacy=self._said(words.privacy, values) if content.first else (),
            colon=words.colon,
            reason=words.reason,
            send=words.send,
        )

    def _facts(self, content: _Content, language: Language) -> tuple[tuple[str, str], ...]:
        """Lines at the head: the reference; of the case the applicant, kind and title, where they were read with confidence."""
        words = self.letters.common[language]
        lines = [(words.reference, self.reference)]
        if content.shows_case and content.application is not None:
            fields, initiative = content.application.fields, self.catalogue.initiatives.get(content.application.initiative or "")
            lines.append((words.applicant, _name(fields, language, self.min_confidence)))
            lines.append((words.initiative, initiative.in_language(language) if initiative else ""))
            lines.append((words.project, _confident(fields, "project.title", self.min_confidence)))
        return tuple((label, value) for label, value in lines if value)

    def _list(self, content: _Content, language: Language, longest: int) -> tuple[Group, ...]:
        if content.kind is not Template.MISSING_ITEMS:
            return ()
        if content.decision is None:
            raise ValueError("there is no decision to list anything from")
        groups = listed(content.decision, content.application, letters=self.letters, catalogue=self.catalogue, language=language, longest=longest)
        if not groups:
            raise ValueError("nothing is missing that the applicant could supply")
        return groups

    def _said(self, phrases: tuple[str, ...], values: Mapping[str, object]) -> tuple[str, ...]:
        return tuple(said for phrase in phrases if (said := self.letters.say(phrase, values)))

    def _contact(self, language: Language) -> tuple[tuple[str, str], ...]:
        words, office = self.letters.common[language], self.office
        lines = ((words.telephone, office.telephone), (words.email, office.from_address), (words.web, office.web))
        return tuple((label, value) for label, value in lines if value)


def _confident(fields: Mapping[str, Field], key: str, min_confidence: float) -> str:
    field = fields.get(key)
    if not isinstance(field, Read) or field.evidence.confidence < min_confidence:
        return ""
    return presentable_name(str(field.value))


def _name(fields: Mapping[str, Field], language: Language, min_confidence: float) -> str:
    keys = ["applicant.name_en", "applicant.name_zh"]
    ordered = keys if language is Language.EN else keys[::-1]
    return next((name for key in ordered if (name := _confident(fields, key, min_confidence))), "")
