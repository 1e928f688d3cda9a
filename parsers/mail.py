"""A mail's bytes to a Message: headers decoded, every part accounted for, the writer's own words and their language.

Reading never raises, whatever the bytes (reliability.md, 'Reading mail'); what cannot be read is a Message that says why.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import TypedDict
from urllib.parse import urlsplit

import olefile

from parsers.bounces import reports_failure
from parsers.charsets import codec_of, decode_header, decode_text, shown
from parsers.header_reader import HeaderView, header_view
from parsers.language import language_of_text
from parsers.mail_parts import Level, MailReader
from parsers.mime_parts import Budget, Entity, MailLimits, RawField, read_head, tree_of
from parsers.outlook_files import msg_as_mail
from parsers.own_words import own_words, without_providers_words
from parsers.received import dated, received_on
from parsers.sender import mailboxes, sender_of
from parsers.values import Language, Mailbox, Message

__all__ = ["MailLimits", "read_message"]

_STRICT_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-]{1,200}@[A-Za-z0-9.\-_\[\]:]{1,200}>")
_KNOWN = (
    "from to cc date subject received return-path delivered-to message-id mime-version content-type sender reply-to x-mailer x-originating-ip "
    "dkim-signature authentication-results in-reply-to references auto-submitted list-id"
)
_KNOWN_FIELDS = frozenset(_KNOWN.split())
_TRACE = frozenset({"authentication-results", "received"})
_LINK = re.compile(r"https?://[!#-&*-;=?-~]{4,2000}", re.IGNORECASE)  # printable ASCII but quotes and brackets
_SHOWN_HEADER = 4000  # characters of a header that are kept
MAX_LINKS = 20


def _raw_header(fields: Sequence[RawField], name: str) -> bytes:
    return next((field.value for field in fields if field.name.lower() == name), b"")


def _strict_ids(fields: Sequence[RawField], name: str) -> tuple[str, ...]:
    """Message ids of strict form in a header, in order, at most a hundred."""
    text = _raw_header(fields, name).decode("ascii", "replace")
    return tuple(dict.fromkeys(_STRICT_ID.findall(text)))[:100]


def _names_host(address: str, hosts: Sequence[str]) -> bool:
    """True where a link leads to one of the hosts ("drive.example", or with the beginning of a path: "mail.example/large/")."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower().rstrip(".")
    except ValueError:
        return False
    for wanted in hosts:
        domain, _, path = wanted.lower().partition("/")
        if (host == domain or host.endswith("." + domain)) and parts.path.lower().lstrip("/").startswith(path):
            return True
    return False


def _cloud_links(text: str, level: Level, hosts: Sequence[str]) -> tuple[str, ...]:
    """Links to the hosts in the writer's own words, or behind words of the page that the plain text does not show."""
    everything = level.text + "".join(level.nested_texts)
    found = [*_LINK.findall(text), *(link for link in level.links if link not in everything)]
    return tuple(dict.fromkeys(link for raw in found if _names_host(link := shown(raw.rstrip(".,;:!?"), 2000), hosts)))[:MAX_LINKS]


def _language(text: str, subject: str, charset: str | None) -> Language | None:
    """Language of the own words; of Chinese that both scripts write alike, the subject and then the charset decide."""
    text = without_providers_words(text)
    language = language_of_text(text)
    if language is not None or not re.search(r"[\u4e00-\u9fff]", text):
        return language
    by_subject = language_of_text(subject)
    if by_subject in (Language.ZH_HANT, Language.ZH_HANS):
        return by_subject
    return {"big5hkscs": Language.ZH_HANT, "gb18030": Language.ZH_HANS}.get(codec_of(charset) or "")


def _unreadable(data: bytes, reason: str, heading: Heading | None = None) -> Message:
    digest, size = hashlib.sha256(data).hexdigest(), len(data)
    return Message(sha256=digest, size=size, unreadable=reason, **heading) if heading else Message(sha256=digest, size=size, unreadable=reason)


def _too_large(data: bytes, limits: MailLimits) -> Message:
    """A mail over the cap: its header block alone is read, so that staff see who wrote, and about what."""
    fields = read_head(data[: 2 * limits.header_bytes].lstrip(b"\r\n"), 0, 2 * limits.header_bytes, limits).fields
    known = bool(_KNOWN_FIELDS.intersection(field.name.lower() for field in fields))
    reason = f"the mail is larger than {limits.message_bytes / 1_000_000:g} MB"
    return _unreadable(data, reason, _heading(fields, header_view(fields)) if known else None)


def _as_mail(data: bytes, limits: MailLimits) -> bytes | str:
    """The bytes of the mail proper (a .msg rewritten as one), or why there is none."""
    if not data.strip(b" \t\r\n\x00"):
        return "the file is empty"
    if data.startswith(olefile.MAGIC):
        mail = msg_as_mail(data, limits)
        return mail if mail is not None else "the Outlook file cannot be opened"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = decode_text(data).encode("utf-8", "replace")
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    return data if b"\n" in data else data.replace(b"\r", b"\n")


def _header_value(field: RawField) -> str:
    """A header decoded; those of the trace as they stand, for an encoded word in them would be the sender's way to write what a server did not."""
    if field.name.lower() in _TRACE:
        return shown(field.value.replace(b"\r", b"").replace(b"\n", b"").decode("ascii", "replace"))
    return decode_header(field.value)


class Heading(TypedDict):
    """What a mail's header fields alone tell of it."""

    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]
    from_text: str
    sender: Mailbox | None
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    subject: str
    dated: datetime | None
    received_on: date | None


def _heading(fields: Sequence[RawField], view: HeaderView) -> Heading:
    return Heading(
        message_id=shown(_raw_header(fields, "message-id").decode("latin-1"), 998) or None,
        in_reply_to=_strict_ids(fields, "in-reply-to"),
        references=_strict_ids(fields, "references"),
        headers=tuple((field.name, _header_value(field)[:_SHOWN_HEADER]) for field in fields),
        from_text=decode_header(_raw_header(fields, "from"))[:1000],
        sender=sender_of(fields, view),
        to=mailboxes(view.to),
        cc=mailboxes(view.cc),
        subject=decode_header(_raw_header(fields, "subject"))[:2000],
        dated=dated(fields, view),
        received_on=received_on(fields, view),
    )


def _message(data: bytes, root: Entity, level: Level, budget: Budget, hosts: Sequence[str]) -> Message:
    view = header_view(root.fields)
    heading = _heading(root.fields, view)
    if any("\ufffd" in value for name, value in heading["headers"] if name.lower() in ("subject", "from")):
        budget.note("undecodable_text", None, "subject or sender could not be decoded")
    for defect in view.defects:
        budget.note("header_defect", None, defect)
    text = own_words(level.text)
    nested = "\n\n".join(part for part in level.nested_texts if part.strip())
    full_text = level.text if not nested else f"{level.text}\n\n{nested}".strip()
    return Message(
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        text=text,
        full_text=full_text,
        language=_language(text, heading["subject"], level.charset),
        links=_cloud_links(text or full_text, level, hosts),
        parts=tuple(level.parts),
        notes=tuple(budget.notes),
        **heading,
    )


def read_message(data: bytes, limits: MailLimits = MailLimits(), cloud_hosts: tuple[str, ...] = ()) -> Message:  # noqa: B008 (frozen)
    """Read a mail (RFC 5322 bytes, or an Outlook .msg). Never raises; caps are applied before parsing.

    ``cloud_hosts``: hosts whose links stand instead of files ("drive.example", "mail.example/large/").
    """
    if len(data) > limits.message_bytes:
        return _too_large(data, limits)
    mail = _as_mail(data, limits)
    if isinstance(mail, str):
        return _unreadable(data, mail)
    budget = Budget(parts=limits.parts, archive_bytes=limits.archive_bytes)
    root = tree_of(mail, limits, budget)
    if not _KNOWN_FIELDS.intersection(field.name.lower() for field in root.fields):
        return _unreadable(data, "no mail header can be recognised")
    level = MailReader(limits, budget).read(root)
    if reports_failure(mail, len(level.parts)):
        budget.note("failure_reported", None, "the text reports a failed delivery")
    message = _message(mail, root, level, budget, cloud_hosts)
    return message.model_copy(update={"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)})
