"""A mail's tree to its parts: every leaf, every member of a container, each with its role, and the mail's own text.

Every MIME leaf ends as a Part or a MailNote; forwarded mails, .msg files, ZIPs and winmail.dat are opened and their papers taken.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from parsers.charsets import cleaned_name, decode_text, shown
from parsers.containers import Member, Opened, open_zip
from parsers.file_kind import kind_of
from parsers.html_text import Picture, page_words
from parsers.mime_parts import Budget, Entity, MailLimits, declared_name, tree_of
from parsers.outlook_files import msg_as_mail, open_tnef
from parsers.own_words import own_words
from parsers.parameters import Parameters
from parsers.part_roles import role_of
from parsers.signed_mail import content_of_signed
from parsers.transfer_encodings import decoded_body
from parsers.uuencoded import TextFile, without_files
from parsers.values import FileKind, Part, PartRole, Problem

_TEXT_KINDS = (FileKind.TEXT, FileKind.HTML, FileKind.EMPTY, FileKind.EML, FileKind.OTHER)
_CUT_TEXT = re.compile(r"ATT\d{5}\.(txt|html?)", re.IGNORECASE)  # Exchange cuts the text after an attachment off into such a file
_SIGNED_TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_MOST_SIGNATURES = 3  # around one another that are opened
_MIME_HEAD = re.compile(rb"(?i)\s{0,4}(content-[a-z-]{1,40}|mime-version)[ \t]*:")
_ENCRYPTED_TEXT = re.compile(r"^-----BEGIN PGP MESSAGE-----\s*$", re.MULTILINE)
_PLACEHOLDERS = 40  # characters: a plain alternative this short beside a longer page is a placeholder ("your program cannot show HTML")


@dataclass(slots=True)
class Level:
    """What one mail (outermost or nested) holds: its text as written, links with their words, and its parts."""

    text: str = ""
    charset: str | None = None
    links: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    nested_texts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Text:
    """A text part decoded: words, and what its page links to and shows."""

    words: str
    is_html: bool
    links: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()


def _is_body(entity: Entity, data: bytes, kind: FileKind) -> bool:
    """A text part that is not attached: the mail's own words."""
    if entity.content_type.value not in ("text/plain", "text/html", "text/enriched", "text/x-amp-html") or kind not in _TEXT_KINDS:
        return False
    name = declared_name(entity)
    if name and _CUT_TEXT.fullmatch(name):
        return True
    attached, named = entity.disposition.value == "attachment", name is not None
    return not attached and (not named or entity.disposition.value == "inline") and _reads_as_text(entity, data)


def _reads_as_text(entity: Entity, data: bytes) -> bool:
    """Whether bytes with zeros among them are text all the same: in UTF-16, or with a few zeros that a program put in; else it is some file."""
    if b"\x00" not in data[:1000]:
        return True
    sample = _words_of(entity, data[:4000])
    strange = sum(c == "\ufffd" or (c < " " and c not in "\t\r\n\f") for c in sample)
    return strange * 50 <= len(sample)


def _words_of(entity: Entity, data: bytes) -> str:
    return decode_text(data, entity.content_type.items.get("charset")).replace("\x00", "")


def _text_of(entity: Entity, data: bytes) -> _Text:
    decoded = _words_of(entity, data)
    if entity.content_type.value != "text/html":
        return _Text(decoded.replace("\r\n", "\n"), is_html=False)
    page = page_words(decoded)
    return _Text(page.text, True, tuple(address for address, _ in page.links), tuple(page.pictures))


def _texts_in_order(entity: Entity, texts: dict[str, _Text]) -> list[_Text]:
    """The texts that a person reads: all of them in order, but of alternatives one."""
    if not entity.children:
        return [texts[entity.path]] if entity.path in texts else []
    branches = [_texts_in_order(child, texts) for child in entity.children]
    if entity.content_type.value != "multipart/alternative":
        return [text for branch in branches for text in branch]
    filled = [branch for branch in branches if any(text.words.strip() for text in branch)]
    if not filled:
        return []
    plain = next((branch for branch in filled if not any(text.is_html for text in branch)), None)
    html = next((branch for branch in filled if any(text.is_html for text in branch)), None)
    if plain is None or html is None:
        return filled[0]
    plain_words, html_words = "".join(text.words for text in plain), "".join(text.words for text in html)
    placeholder = len(plain_words.strip()) < _PLACEHOLDERS and len(html_words) > 4 * len(plain_words)
    spoilt = plain_words.count("\ufffd") > html_words.count("\ufffd")
    return html if placeholder or spoilt else plain


class Depth(NamedTuple):
    """How deep something lies: in how many nested mails, and in how many archives."""

    mails: int = 0
    archives: int = 0


class MailReader:
    """Reads one mail and all that lies in it, within one budget."""

    def __init__(self, limits: MailLimits, budget: Budget) -> None:
        self.limits = limits
        self.budget = budget

    def read(self, root: Entity, prefix: str = "", depth: Depth | None = None) -> Level:
        """Parts and text of a mail. ``prefix`` ("3!") stands before the paths of nested mails' parts; ``depth``: what it lies in."""
        level, depth = Level(), depth or Depth()
        self._open_signed(level, root, prefix)
        decoded = [(entity, *decoded_body(entity)) for entity in root.leaves()]
        kinds = {entity.path: kind_of(data) for entity, data, _ in decoded}
        bodies = [(entity, data) for entity, data, _ in decoded if _is_body(entity, data, kinds[entity.path][0])]
        parted = {entity.path: without_files(data) if entity.content_type.value == "text/plain" else (data, []) for entity, data in bodies}
        texts = {entity.path: _text_of(entity, parted[entity.path][0]) for entity, _ in bodies}
        pictures = [picture for text in texts.values() for picture in text.pictures]
        chosen = _texts_in_order(root, texts)
        level.text = "\n\n".join(text.words.strip() for text in chosen if text.words.strip())
        level.links = [link for text in texts.values() for link in text.links]
        level.charset = next((e.content_type.items.get("charset") for e, _, _ in decoded if e.path in texts), None)
        if "\ufffd" in own_words(level.text):
            self.budget.note(
                "undecodable_text", prefix + "1" if len(decoded) == 1 else prefix or None, "characters of the mail's text could not be decoded"
            )
        for entity, data, trouble in decoded:
            self._keep(level, entity, data, trouble, prefix=prefix, depth=depth, body=entity.path in texts, pictures=pictures)
            if entity.path in parted and parted[entity.path][1]:
                self._take_members(level, prefix + entity.path, Opened(_members_of(parted[entity.path][1])), depth)
        if any(_ENCRYPTED_TEXT.search(text.words) for text in chosen):
            self.budget.note("encrypted_mail", prefix + "1", "encrypted text is not read")
        return level

    def _open_signed(self, level: Level, root: Entity, prefix: str) -> None:
        """Puts the content of opaquely signed parts in their places: the mail's own words and papers, or a single signed file."""
        for _ in range(_MOST_SIGNATURES):
            opened = False
            for entity in [each for each in root.leaves() if each.content_type.value in _SIGNED_TYPES]:
                data, _trouble = decoded_body(entity)
                content = content_of_signed(data)
                if content is None:
                    continue
                name = re.sub(r"(?i)\.p7[ms]$", "", declared_name(entity) or "")
                inner = tree_of(content, self.limits, self.budget) if _MIME_HEAD.match(content) else _single(content, name)
                for leaf in inner.leaves():
                    leaf.path = f"{entity.path}!{leaf.path}"
                entity.children, opened = [inner], True
                level.parts.append(_envelope(prefix + entity.path, declared_name(entity), entity, data))
            if not opened:
                return

    def _keep(
        self, level: Level, entity: Entity, data: bytes, trouble: str, *, prefix: str, depth: Depth, body: bool, pictures: list[Picture]
    ) -> None:
        path = prefix + entity.path
        declared = declared_name(entity)
        name = cleaned_name(declared)
        if name and "\ufffd" in name:
            self.budget.note("undecodable_text", path, "the file name could not be decoded")
        if trouble:
            self.budget.note({"unknown_encoding": "unknown_transfer_encoding"}.get(trouble, "broken_base64"), path, trouble)
        if entity.content_type.value in (*_SIGNED_TYPES, "application/pgp-encrypted"):
            self.budget.note("encrypted_mail", path, "an encrypted mail is not opened")
        content_id = shown((entity.raw("content-id") or b"").decode("latin-1"), 200).strip("<> ") or None
        member = Member("", data, entity.content_type.value, (Problem.DAMAGED,) if trouble == "broken" and not body else (), content_id=content_id)
        inline = entity.disposition.value != "attachment"
        self._add(level, path, name, member, depth=depth, body=body, inline=inline, pictures=pictures)

    def _add(
        self, level: Level, path: str, name: str | None, member: Member, *, depth: Depth, body: bool, inline: bool, pictures: list[Picture]
    ) -> None:
        """One part, and what is in it."""
        kind, problems = kind_of(member.data)
        if member.declared_type in ("message/rfc822", "message/global", "message/news") and kind in (FileKind.TEXT, FileKind.OTHER, FileKind.HTML):
            kind = FileKind.EML
        data = member.data
        role = (
            PartRole.BODY
            if body
            else role_of(
                kind=kind, declared_type=member.declared_type, data=data, name=name, inline=inline, content_id=member.content_id, pictures=pictures
            )
        )
        found = tuple(sorted({*problems, *member.problems}))
        at = len(level.parts)
        if role is PartRole.PAPER and not member.problems:
            trouble = self._open(level, path, data, kind, depth)
            role = PartRole.MACHINERY if trouble is None and len(level.parts) > at else role
            found = tuple(sorted({*found, *([trouble] if trouble else [])}))
        part = Part(
            path=path,
            name=name,
            declared_type=shown(member.declared_type, 100),
            kind=kind,
            role=role,
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            data=data,
            content_id=member.content_id,
            problems=found,
        )
        level.parts.insert(at, part)

    def _open(self, level: Level, path: str, data: bytes, kind: FileKind, depth: Depth) -> Problem | None:
        """Take what is in a container into the level; the problem where it cannot be opened, None where it was or is no container."""
        if kind not in (FileKind.ZIP, FileKind.TNEF, FileKind.EML, FileKind.MSG):
            return Problem.UNREADABLE if kind is FileKind.ARCHIVE else None
        is_mail = kind in (FileKind.EML, FileKind.MSG)
        if (depth.mails >= self.limits.mail_depth) if is_mail else (depth.archives >= self.limits.archive_depth):
            self.budget.note("too_deep", path, "a container inside containers was not opened")
            return Problem.UNREADABLE
        if is_mail:
            mail = data if kind is FileKind.EML else msg_as_mail(data, self.limits)
            if mail is None:
                return Problem.DAMAGED
            self._take_mail(level, path, mail, depth)
            return None
        opened = open_zip(data, path, self.limits, self.budget) if kind is FileKind.ZIP else open_tnef(data)
        self._take_members(level, path, opened, depth)
        return opened.problem

    def _take_mail(self, level: Level, path: str, mail: bytes, depth: Depth) -> None:
        inner = self.read(tree_of(mail, self.limits, self.budget), prefix=f"{path}!", depth=depth._replace(mails=depth.mails + 1))
        level.parts += inner.parts
        level.nested_texts += [inner.text, *inner.nested_texts]
        level.links += inner.links

    def _take_members(self, level: Level, path: str, opened: Opened, depth: Depth) -> None:
        for member, unique in zip(opened.members, _unique(opened.members), strict=True):
            if self.budget.parts <= 0:
                self.budget.note("too_many_parts", path, f"only the first {self.limits.parts} parts were read")
                return
            self.budget.parts -= 1
            name = cleaned_name(member.path)
            self._add(
                level, f"{path}!{unique}", name, member, depth=depth._replace(archives=depth.archives + 1), body=False, inline=False, pictures=[]
            )


def _members_of(files: list[TextFile]) -> list[Member]:
    return [Member(decode_text(file.name), file.data, problems=() if file.whole else (Problem.DAMAGED,)) for file in files]


def _single(content: bytes, name: str) -> Entity:
    """A signed file as a part by itself."""
    return Entity("1", (), Parameters("application/octet-stream", {"name": name} if name else {}), Parameters("attachment", {}), content)


def _envelope(path: str, name: str | None, entity: Entity, data: bytes) -> Part:
    """The signed part itself, once its content was taken."""
    return Part(
        path=path,
        name=cleaned_name(name),
        declared_type=shown(entity.content_type.value, 100),
        kind=FileKind.OTHER,
        role=PartRole.MACHINERY,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        data=data,
    )


def _unique(members: list[Member]) -> Iterator[str]:
    """Paths of members, the second of one name numbered: a part's path names it alone."""
    seen: dict[str, int] = {}
    for member in members:
        path = shown(member.path, 300) or "unnamed"
        seen[path] = seen.get(path, 0) + 1
        yield path if seen[path] == 1 else f"{path} ({seen[path]})"
