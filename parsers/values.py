"""The values that a mail becomes on its way to an application: each one frozen, each one a better understanding of the last.

Coordinates: a ``Box`` is ``(x0, top, x1, bottom)`` in PDF points (1/72 inch) from the top left corner of the page as it is
displayed (after /Rotate and /CropBox). For images: pixels x 72 / dpi as the file states it; none stated: the long side is 842 points.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as PydanticField

Box = tuple[float, float, float, float]


class Value(BaseModel):
    """Base of every value: frozen, no unknown keys, serialisable to JSON and back without loss."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")


class Language(StrEnum):
    """Languages of applicants and letters."""

    EN = "en"
    ZH_HANT = "zh_hant"
    ZH_HANS = "zh_hans"


class Words(Value):
    """The same words in the three languages of the programme."""

    en: str
    zh_hant: str
    zh_hans: str

    def in_language(self, language: Language | None) -> str:
        """The words in one language; English where the language is not known."""
        return str(getattr(self, (language or Language.EN).value))


# ------------------------------------------------------------------ mail


class FileKind(StrEnum):
    """What a file is by its content (magic bytes), never by its name or its declared type."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    TIFF = "tiff"
    WEBP = "webp"
    GIF = "gif"
    BMP = "bmp"
    HEIC = "heic"
    DOCX = "docx"
    DOC = "doc"
    XLSX = "xlsx"
    XLS = "xls"
    OFFICE_ENCRYPTED = "office_encrypted"
    ZIP = "zip"
    ARCHIVE = "archive"  # RAR, 7z, gzip ...: not opened
    TNEF = "tnef"
    MSG = "msg"
    EML = "eml"
    HTML = "html"
    TEXT = "text"
    CALENDAR = "calendar"
    RTF = "rtf"
    EMPTY = "empty"
    OTHER = "other"


class Problem(StrEnum):
    """Why a paper does not count, or needs a person (contract.md, documents[].problems)."""

    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    BLANK = "blank"
    UNREADABLE = "unreadable"
    EXPIRED = "expired"
    UNPAID = "unpaid"
    TOO_LARGE = "too_large"
    LINK_ONLY = "link_only"
    UNSAFE = "unsafe"


class Mailbox(Value):
    """One address of a header: display name (decoded, control characters removed) and the address in lower case."""

    name: str
    address: str


class PartRole(StrEnum):
    """What a part is for: a paper to be read, the mail's own text, a logo or signature picture, or machinery (report, calendar, ...)."""

    PAPER = "paper"
    BODY = "body"
    DECORATION = "decoration"
    MACHINERY = "machinery"


class Part(Value):
    """One MIME leaf, or one member of a container, named by its path and accounted for.

    ``path`` is the MIME path ("2", "1.2"); a member of a ZIP, TNEF or nested mail is the container's path, ``!`` and the member
    ("3!papers/br.pdf", "2!1.2"). ``name`` is the cleaned file name (last component, control characters removed, capped), for showing only.
    """

    path: str
    name: str | None
    declared_type: str
    kind: FileKind
    role: PartRole
    sha256: str
    size: int
    data: bytes = PydanticField(repr=False)
    content_id: str | None = None
    problems: tuple[Problem, ...] = ()


class MailNote(Value):
    """Something about the mail itself that staff may need to know, by code: ``broken_base64``, ``undecodable_text``, ``too_many_parts`` ..."""

    code: str
    part: str | None = None
    detail: str = ""


class MessageClass(StrEnum):
    """What a mail is (contract.md)."""

    APPLICATION = "application"
    SUPPLEMENT = "supplement"
    ENQUIRY = "enquiry"
    WITHDRAWAL = "withdrawal"
    DATA_REQUEST = "data_request"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    LIST = "list"
    SPAM = "spam"
    UNREADABLE = "unreadable"
    OTHER = "other"


class Message(Value):
    """A decoded mail. Reading never raises: what cannot be read has ``unreadable`` set to the reason, and everything else empty."""

    sha256: str
    size: int
    unreadable: str | None = None
    message_id: str | None = None  # as it stands in the header, stripped; may be of bad form
    in_reply_to: tuple[str, ...] = ()  # ids of strict form <left@right> only
    references: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()  # every top-level header, decoded, in order, capped
    from_text: str = ""  # as shown, decoded
    sender: Mailbox | None = None  # None unless there is exactly one From with exactly one mailbox on which two readers agree
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    subject: str = ""
    dated: datetime | None = None  # the Date header
    received_on: date | None = None  # first trusted Received header, else Date; Hong Kong's calendar
    text: str = ""  # the writer's own words: quoted text and signature of earlier mails removed
    full_text: str = ""
    language: Language | None = None  # of the own words; None where there are none to tell by
    links: tuple[str, ...] = ()  # links to cloud storage that stand instead of files
    parts: tuple[Part, ...] = ()
    notes: tuple[MailNote, ...] = ()

    def header(self, name: str) -> str | None:
        """First header of that name, case folded; None where there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def headers_named(self, name: str) -> tuple[str, ...]:
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == wanted)


# ------------------------------------------------------------------ files and pages


class Method(StrEnum):
    """How a value was read (contract.md)."""

    ACROFORM = "acroform"
    TEXT = "text"
    OCR = "ocr"
    DOCX = "docx"
    DERIVED = "derived"


class Word(Value):
    """A run of text without spaces (a run of Chinese is one word), with its box and the reader's confidence 0 to 1.

    ``line`` numbers the line of the page that the reader saw it in; words of one line share it, in reading order. ``size`` is that of its type
    in points as displayed (the em), where the file tells it. ``struck``: it is crossed out; ``ringed``: somebody put a ring or a frame around it
    (alone or with its neighbours). Words of pictures are never told to be crossed out: their readers lose such words.
    """

    text: str
    box: Box
    confidence: float = 1.0
    line: int = 0
    size: float | None = None
    struck: bool = False
    ringed: bool = False


class Widget(Value):
    """One widget of an interactive form (PDF AcroForm) or one content control of a Word file, with what it holds."""

    name: str
    kind: Literal["text", "checkbox", "radio", "choice", "signature", "button"]
    page: int
    box: Box
    value: str | None = None  # text or chosen option as stored (/V); None when empty
    on: bool | None = None  # for checkbox and radio
    option: str | None = None  # the on-state's name (export value)
    label: str | None = None  # /TU, the tooltip
    shown: str | None = None  # text of the appearance stream, where it could be read and differs from ``value``
    signed: bool | None = None  # for signature fields
    hidden: bool = False  # nobody sees it: hidden, not for viewing, off the page or without extent
    contradictory: bool = False  # what is stored and what is shown, or two ways of storing, differ so that viewers differ: staff


class Mark(Value):
    """A tick box seen on a page (drawn, scanned or printed as ☐ ☑), and whether something is in it. ``fill`` is the share of inked pixels inside."""

    box: Box
    on: bool
    fill: float
    confidence: float = 1.0


class Ink(Value):
    """A connected piece of ink or picture that is neither recognised text nor a ruling line: signatures, chops, logos.

    ``roundness`` is 1 for a full circle or ellipse ring, near 0 for a stroke; ``kind`` says where it came from.
    """

    box: Box
    colour: Literal["black", "red", "blue", "other"]
    roundness: float
    density: float  # inked share of the box
    kind: Literal["pixels", "image", "annotation"] = "pixels"


class Upright(Value):
    """How a page that was displayed askew, sideways or in perspective stands upright: its size in points, and where its points come from.

    ``matrix``: nine numbers, row by row, of the projective map from points of the page as displayed to points of the upright page.
    """

    matrix: tuple[float, float, float, float, float, float, float, float, float]
    width: float
    height: float


class Page(Value):
    """One page as a person would see it, before anybody knows which paper it belongs to.

    ``cells`` are the boxes enclosed by ruling lines (table and form cells), smallest ones only. ``rotation`` is the clockwise
    turn in degrees that was needed to make the displayed page upright; all boxes are in the page *as displayed*.
    """

    number: int  # from 1
    width: float
    height: float
    words: tuple[Word, ...] = ()
    cells: tuple[Box, ...] = ()
    widgets: tuple[Widget, ...] = ()
    marks: tuple[Mark, ...] = ()
    inks: tuple[Ink, ...] = ()
    source: Literal["text", "ocr", "docx", "none"] = "none"
    dpi: float | None = None  # of the picture that was read, for source "ocr"
    rotation: int = 0
    upright: Upright | None = None  # None: it stands upright as displayed (parsers.upright brings its boxes there and back)
    confidence: float = 1.0  # mean over the words; 1.0 for digital text
    codes: tuple[str, ...] = ()  # QR and bar codes, decoded
    notes: tuple[str, ...] = ()  # "blank", "text_layer_rejected", "time_limit", "words_hidden" ...


class FileRead(Value):
    """What came out of one file: pages, or the typed reason why not. Made in a limited child process; depends on the bytes alone."""

    sha256: str
    kind: FileKind
    outcome: Literal["read", "empty", "encrypted", "damaged", "too_complex", "too_large", "timeout", "crashed", "unsafe", "unsupported"]
    pages: tuple[Page, ...] = ()
    page_count: int = 0
    signed: bool = False  # carries a digital signature
    detail: str = ""
    seconds: float = 0.0  # of CPU


# ------------------------------------------------------------------ fields and papers


class Evidence(Value):
    """Where a value stands: the paper's file name and part, page, box, the words as read, how, and how sure (0 to 1)."""

    document: str | None
    part: str
    page: int
    box: Box | None
    quote: str
    method: Method
    confidence: float


class Read(Value):
    """A value that was read, in normal form (vocabulary.toml): date YYYY-MM-DD; money, integer and percent a number; flag a bool; else text.

    ``text`` is as printed.
    """

    state: Literal["read"] = "read"
    key: str
    value: bool | int | float | str
    text: str
    evidence: Evidence


class Missing(Value):
    """A field whose place was found empty, or whose place is not on the form at all (``evidence`` None)."""

    state: Literal["missing"] = "missing"
    key: str
    evidence: Evidence | None = None


class Unreadable(Value):
    """Something stands there, but no value of the field's type can be made of it. ``reason``: ``malformed`` (clearly read, but impossible: the
    applicant's to mend), ``illegible`` (cannot be read with confidence: staff), ``contradictory`` (two answers where one is asked)."""

    state: Literal["unreadable"] = "unreadable"
    key: str
    text: str
    reason: Literal["malformed", "illegible", "contradictory"]
    evidence: Evidence


Field = Annotated[Read | Missing | Unreadable, PydanticField(discriminator="state")]


class Document(Value):
    """One paper: a page range of one file, what kind of paper it is, and what its own fields say.

    ``kind`` is a code of the catalogue (vocabulary.toml, documents) or None where the file could not be read.
    ``meant`` is the code that the file's name tells it was meant to be, where the content cannot say (encrypted, damaged, blank).
    ``part`` is the MIME path; in a case of several mails that of a later mail has the mail's number before it ("2:3!br.pdf").
    """

    name: str | None
    part: str
    sha256: str
    kind: str
    confidence: float
    first_page: int
    last_page: int
    text_source: Literal["text", "ocr", "docx", "acroform", "none"]
    problems: tuple[Problem, ...] = ()
    meant: str | None = None
    duplicate_of: str | None = None  # part of the same bytes or the same pages seen earlier in this case
    superseded_by: str | None = None  # part of a later mail's paper that took its place in this case; both are kept
    fields: dict[str, Field] = {}
    doubts: tuple[str, ...] = ()  # notes of its pages that staff must know of: "layer_disagrees", "changed_after_signing", "holds_files"


class Application(Value):
    """What was read from a case, field by field, with its papers. ``form`` is None where no application form was found.

    ``conflicts`` are keys on which two forms of the same mail disagree.
    """

    form: Literal["A", "B", "C"] | None
    initiative: str | None
    fields: dict[str, Field] = {}
    documents: tuple[Document, ...] = ()
    conflicts: tuple[str, ...] = ()
    form_pages_unread: bool = False  # part of the form could not be read: what seems missing may stand there
