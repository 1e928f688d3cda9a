"""A mail's bytes to its MIME tree: header fields, leaves named by their paths as IMAP names them.

Splitting works on offsets, one pass a level, and stops at the caps before it costs anything (reliability.md, 'Reading mail'):
the usual parsers need seconds and gigabytes for a hostile header or a hundred thousand parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from parsers.parameters import Parameters, parameters
from parsers.values import MailNote, Value


class MailLimits(Value):
    """Caps on what is read of one mail; what lies beyond is noted, never read. Sizes in bytes."""

    header_bytes: int = 256 * 1024
    header_fields: int = 1000
    field_bytes: int = 32 * 1024
    parts: int = 500
    depth: int = 20
    message_bytes: int = 60 * 1024 * 1024
    archive_entries: int = 50
    archive_ratio: int = 100
    archive_bytes: int = 100 * 1024 * 1024
    archive_depth: int = 2  # archives inside one another that are opened: one inside another
    mail_depth: int = 5  # mails inside one another that are opened: a forwarded mail is often forwarded again


@dataclass(frozen=True, slots=True)
class RawField:
    """One header field: its name as written and its value in raw bytes, folding included."""

    name: str
    value: bytes


@dataclass(slots=True)
class Entity:
    """A node of the MIME tree: a leaf with its raw body, or a multipart with its children. ``path`` is the IMAP part number."""

    path: str
    fields: tuple[RawField, ...]
    content_type: Parameters
    disposition: Parameters
    body: bytes = b""
    children: list[Entity] = field(default_factory=list)

    @property
    def is_multipart(self) -> bool:
        return bool(self.children)

    def raw(self, name: str) -> bytes | None:
        """First field of that name, raw."""
        return next((f.value for f in self.fields if f.name.lower() == name), None)

    def leaves(self) -> Iterator[Entity]:
        """All leaves in order."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


@dataclass(slots=True)
class Budget:
    """What may still be read of one mail, over all its levels, and what was noted on the way."""

    parts: int
    archive_bytes: int
    notes: list[MailNote] = field(default_factory=list)

    def note(self, code: str, part: str | None = None, detail: str = "") -> None:
        if len(self.notes) < 200:
            self.notes.append(MailNote(code=code, part=part, detail=detail[:300]))


# ------------------------------------------------------------------ header block

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_STRUCTURAL = ("content-", "mime-version")
_SAID = 5  # fields of one name that are looked at, where one alone may stand


@dataclass(frozen=True, slots=True)
class Head:
    """A header block, where its body begins, and what was cut of it ("" where nothing was)."""

    fields: tuple[RawField, ...]
    body_start: int
    cut: str = ""


def _line_end(data: bytes, start: int, end: int) -> int:
    found = data.find(b"\n", start, end)
    return end if found < 0 else found + 1


def read_head(data: bytes, start: int, end: int, limits: MailLimits) -> Head:
    """The header block that begins at ``start``. A line that is no field ends it, as does an empty one; fields over the caps are cut or dropped,
    except those that say how to read the body."""
    fields: list[RawField] = []
    name, value_start, position, used, cut = "", 0, start, 0, ""
    value_end = start

    def keep() -> None:
        nonlocal used, cut
        if not name:
            return
        raw = data[value_start : min(value_end, value_start + limits.field_bytes)].rstrip(b"\r\n")
        if value_end - value_start > limits.field_bytes + 2:
            cut = cut or f"field {name} is longer than {limits.field_bytes} bytes"
        used += len(raw) + len(name)
        if len(fields) >= limits.header_fields or used > limits.header_bytes:
            cut = cut or f"more than {limits.header_fields} fields or {limits.header_bytes} bytes"
            if not name.lower().startswith(_STRUCTURAL) or len(fields) >= limits.header_fields + 20:
                return
        fields.append(RawField(name, raw))

    while position < end:
        line_end = _line_end(data, position, end)
        first = data[position : position + 1]
        if first in (b"\n", b"\r") and data[position:line_end] in (b"\n", b"\r\n", b"\r"):
            position = line_end
            break
        if first in (b" ", b"\t"):
            value_end = line_end
        else:
            match = _FIELD.match(data, position, min(line_end, position + 300))
            if match is None and not (data.startswith((b"From ", b">From "), position) and not name):
                break
            keep()
            name = match[1].decode("ascii") if match else ""
            value_start, value_end = (match.end() if match else position), line_end
        position = line_end
    keep()
    return Head(tuple(fields), position, cut)


# ------------------------------------------------------------------ the tree


_GUESSED = re.compile(rb"^--([^\s]{3,200})[ \t]*\r?\n(?=content-[a-z-]{1,40}[ \t]*:)", re.MULTILINE | re.IGNORECASE)
_FIRST_LINE = re.compile(rb"\s{0,10}--([^\s]{3,200})[ \t]*\r?\n")


def _boundary(content_type: Parameters, data: bytes, start: int, end: int) -> tuple[bytes | None, bool]:
    """The boundary, and whether it is a guess: the declared one where a line bears it, else what the first line looks like, else what stands before
    the first fields of a part."""
    declared = content_type.items.get("boundary", "").rstrip().encode("utf-8", "replace")
    if declared and _delimiter(declared).search(data, start, end):
        return declared, False
    guessed = _FIRST_LINE.match(data, start, end) or _GUESSED.search(data, start, end)
    if guessed is None:
        return declared or None, False
    return guessed[1], bool(declared)


def _delimiter(boundary: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"^--" + re.escape(boundary) + rb"(--)?[ \t]*(?:\r?\n|\r|\Z)", re.MULTILINE)


def _spans(data: bytes, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int]]:
    """Spans of the parts between the lines of one boundary. A part after the closing line is a part all the same: nothing is hidden."""
    opened: int | None = None
    for match in _delimiter(boundary).finditer(data, start, end):
        if opened is not None:
            stop = match.start()
            stop -= 2 if data[stop - 2 : stop] == b"\r\n" else 1
            yield opened, max(opened, stop)
        opened = None if match[1] else match.end()
    if opened is not None and opened < end:
        yield opened, end


def _is_closed(data: bytes, start: int, end: int, boundary: bytes) -> bool:
    """Whether the line stands there that ends the last part (RFC 2046, 5.1.1): of a mail that was cut off on its way it does not."""
    return re.compile(rb"^--" + re.escape(boundary) + rb"--", re.MULTILINE).search(data, start, end) is not None


def _default_type(parent: str) -> str:
    return "message/rfc822" if parent == "multipart/digest" else "text/plain"


def _said_twice(entity: Entity) -> bool:
    """Whether it bears Content-Type or Content-Transfer-Encoding more than once, and not alike: two programs may read it as two mails."""
    for name in ("content-type", "content-transfer-encoding"):
        said = [parameters(each.value) for each in entity.fields if each.name.lower() == name][:_SAID]
        if any(one.value != said[0].value or one.items.get("boundary") != said[0].items.get("boundary") for one in said[1:]):
            return True
    return False


def _typed(data: bytes, head: Head, end: int) -> bytes | None:
    """The Content-Type field that counts: the first; of several the first that names parts that are there, for then nothing stays unseen."""
    said = [each.value for each in head.fields if each.name.lower() == "content-type"][:_SAID]
    for value in said if len(said) > 1 else ():
        declared = parameters(value)
        boundary = declared.items.get("boundary", "").rstrip().encode("utf-8", "replace")
        if declared.value.startswith("multipart/") and boundary and _delimiter(boundary).search(data, head.body_start, end):
            return value
    return said[0] if said else None


def _entity(data: bytes, head: Head, path: str, default: str, end: int) -> Entity:
    declared = _typed(data, head, end)
    disposition = next((f.value for f in head.fields if f.name.lower() == "content-disposition"), None)
    content_type = parameters(declared)
    if not re.fullmatch(r"[a-z0-9.+_-]+/[a-z0-9.+_-]+", content_type.value):
        named = content_type.value in ("text", "html", "plain")
        content_type = Parameters(default if not content_type.value else "text/plain" if named else "application/octet-stream", content_type.items)
    return Entity(path, head.fields, content_type, parameters(disposition))


def _grow(data: bytes, entity: Entity, start: int, end: int, *, prefix: str, depth: int, limits: MailLimits, budget: Budget) -> None:
    """Give an entity its children or its body. ``prefix`` is "" at the top, so that the paths of leaves are IMAP's."""
    kind = entity.content_type.value
    boundary, guessed = _boundary(entity.content_type, data, start, end) if kind.startswith("multipart/") else (None, False)
    shown = entity.path or "1"
    if _said_twice(entity):
        budget.note("contradictory_type", shown, "it says twice, and differently, how its body is to be read")
    if guessed:
        budget.note("wrong_boundary", shown, "its parts are parted by another line than it says")
    if boundary is not None and depth < limits.depth:
        for number, (part_start, part_end) in enumerate(_spans(data, start, end, boundary), 1):
            if budget.parts <= 0:
                budget.note("too_many_parts", f"{prefix}{number}", f"only the first {limits.parts} parts were read")
                break
            budget.parts -= 1
            head = read_head(data, part_start, part_end, limits)
            if head.cut:
                budget.note("header_cut", f"{prefix}{number}", head.cut)
            child = _entity(data, head, f"{prefix}{number}", _default_type(kind), part_end)
            entity.children.append(child)
            _grow(data, child, head.body_start, part_end, prefix=f"{prefix}{number}.", depth=depth + 1, limits=limits, budget=budget)
    if entity.children:
        if not prefix and boundary is not None and budget.parts > 0 and not _is_closed(data, start, end, boundary):
            budget.note("may_be_cut_off", None, "the line that closes its parts is not there")
        return
    entity.path = shown
    entity.body = data[start:end]
    if kind.startswith("multipart/"):
        code = "too_deep" if depth >= limits.depth else "multipart_without_parts"
        budget.note(code, shown, "read as text")
        entity.content_type = Parameters("text/plain", {})


def tree_of(data: bytes, limits: MailLimits, budget: Budget, depth: int = 0) -> Entity:
    """The MIME tree of one mail (outermost or nested). Never raises; what was cut or could not be split is in the budget's notes."""
    head = read_head(data, 0, len(data), limits)
    if head.cut:
        budget.note("header_cut", None, head.cut)
    root = _entity(data, head, "", "text/plain", len(data))
    _grow(data, root, head.body_start, len(data), prefix="", depth=depth, limits=limits, budget=budget)
    return root


def declared_name(entity: Entity) -> str | None:
    """The file name that the part gives itself, as declared; None where it gives none."""
    return entity.disposition.items.get("filename") or entity.content_type.items.get("name") or None
