"""From a mail's bytes to what it says: decoded, its papers read, its application extracted, its class told. Nothing here knows a rule or a clock."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, Protocol

from intake.code_version import extraction_version
from intake.programme import Programme
from parsers.application import PartRead, read_application
from parsers.catalogue import MailWords
from parsers.mail import MailLimits, read_message
from parsers.message_class import Classified, classify_message
from parsers.read_limits import READER_VERSION, ReadLimits
from parsers.values import Application, FileKind, FileRead, Message, MessageClass, Part, PartRole, Problem, Value
from storage.references import find_references

FORM = "application_form"
_MACHINERY_BYTES = 64_000  # of each report, calendar or returned mail that stay with a message whose papers' bytes do not
# Limits that decide whether a file is read in time, and not what is read.
_OF_TIME = frozenset({"page_seconds", "file_seconds", "memory_mb"})


class FileReader(Protocol):
    """Whatever turns a file's bytes into pages: the sandboxed reader, or one that remembers what was read before."""

    def read(self, data: bytes, kind: FileKind) -> FileRead: ...


class MailExtract(Value):
    """What a mail says, without the bytes of its papers. ``words``: digest of the words by which it was classed."""

    message: Message
    application: Application
    classified: Classified
    words: str


@dataclass(frozen=True)
class MailRead:
    """A mail with everything in it read: what deciding starts from, and never needs a clock again.

    ``application`` and ``classified``: what was extracted, where it was. ``reads`` of a mail that was remembered are read again (from the memory
    of files) when somebody asks for them: after that person has parted a file's pages anew.
    """

    message: Message
    given_reads: tuple[PartRead, ...] | Callable[[], tuple[PartRead, ...]]
    application: Application | None = None
    classified: Classified | None = None

    @cached_property
    def reads(self) -> tuple[PartRead, ...]:
        return self.given_reads() if callable(self.given_reads) else self.given_reads

    @property
    def holds_pages(self) -> bool:
        """Whether ``reads`` are at hand, so that asking for them reads nothing."""
        return not callable(self.given_reads) or "reads" in self.__dict__

    @property
    def is_certain(self) -> bool:
        """Whether reading it again could not give anything else: no paper ran out of time or broke its reader."""
        return callable(self.given_reads) or all(is_certain(item.file) for item in self.given_reads)


def read_mail(data: bytes, reader: FileReader, programme: Programme, *, limits: MailLimits, at_once: int = 1) -> MailRead:
    """Decodes a mail and reads each of its papers once, ``at_once`` files side by side. Never raises on the mail's account."""
    message = read_message(data, limits, programme.mail_words.cloud_hosts)
    papers = [part for part in message.parts if part.role is PartRole.PAPER]
    distinct = {part.sha256: part for part in papers}
    with ThreadPoolExecutor(max_workers=max(1, at_once)) as pool:
        files = dict(zip(distinct, pool.map(lambda part: _read_part(part, reader), distinct.values()), strict=True))
    return MailRead(message, tuple(PartRead(part=part, file=files[part.sha256]) for part in papers))


def extracted(mail: MailRead, programme: Programme) -> MailRead:
    """The same mail with its application extracted and its class told."""
    if mail.application is not None and mail.classified is not None:
        return mail
    application = mail.application or read_application(mail.reads, programme.catalogue, links=mail.message.links)
    return replace(mail, application=application, classified=classified(mail.message, programme.mail_words, application))


def classified(message: Message, words: MailWords, application: Application) -> Classified:
    """The mail's class; papers without a form that quote one of our references are a supplement (contract.md, References)."""
    has_form = application.form is not None or any(document.kind == FORM for document in application.documents)
    papers = [document for document in application.documents if document.kind != "other" or document.problems]
    found = classify_message(message, words, has_form=has_form, has_papers=bool(papers))
    quotes_us = bool(find_references(message.subject) or find_references(message.full_text))
    open_classes = (MessageClass.APPLICATION, MessageClass.ENQUIRY, MessageClass.OTHER)
    if quotes_us and not has_form and application.documents and found.message_class in open_classes:
        return Classified(message_class=MessageClass.SUPPLEMENT, reason="papers with one of our references and no form")
    return found


def without_papers(message: Message) -> Message:
    """The message without its papers' bytes; of reports, calendars and returned mails their beginnings stay, for they tell what the mail is."""
    return message.model_copy(update={"parts": tuple(part.model_copy(update={"data": _kept(part)}) for part in message.parts)})


def _kept(part: Part) -> bytes:
    tells = part.role is PartRole.MACHINERY or part.declared_type in ("text/calendar", "application/ics")
    return part.data[:_MACHINERY_BYTES] if tells else b""


def is_certain(read: FileRead) -> bool:
    """Whether the bytes alone decided what came out; a time limit or a crash may be chance."""
    return read.outcome in _CERTAIN and not any(_CHANCE & set(page.notes) for page in read.pages)


_CERTAIN = frozenset({"read", "empty", "encrypted", "damaged", "unsafe", "unsupported", "too_large"})
_CHANCE = frozenset({"time_limit", "crashed"})


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


# ------------------------------------------------------------------ what the result depends on


def reading_key(limits: ReadLimits, *, of_time: bool = False) -> str:
    """Under what a file's reading is remembered: the reader's version and the limits that shape what is read; ``of_time``: all limits."""
    shaping = limits.model_dump(mode="json", exclude=None if of_time else set(_OF_TIME))
    shaping["known_forms"] = sorted(sha256 for _, sha256 in shaping.get("known_forms", ()))  # wherever they lie
    return f"{READER_VERSION}-{_digest(json.dumps(shaping, sort_keys=True))[:16]}{'t' if of_time else ''}"


def extraction_key(programme: Programme, read_limits: ReadLimits, mail_limits: MailLimits) -> str:
    """Everything that what a mail says depends on besides its bytes: the readers, their limits, the code, the catalogue; not rules, letters, days."""
    whole = [
        reading_key(read_limits),
        mail_limits.model_dump(mode="json"),
        extraction_version(),
        programme.catalogue.model_dump(mode="json"),
        programme.mail_words.cloud_hosts,
    ]
    return _digest(json.dumps(whole, sort_keys=True))


def words_key(words: MailWords) -> str:
    """Digest of the words by which mails are classed: other words, another class, and nothing to extract again."""
    return _digest(words.model_dump_json())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
