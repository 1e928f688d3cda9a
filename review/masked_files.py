"""A mail made anew with its personal data replaced; what cannot be replaced faithfully is refused with its reason."""

from __future__ import annotations

import io
import math
import re
import zipfile
import zlib
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, Protocol
from xml.sax.saxutils import escape, unescape

import pikepdf
from PIL import Image, ImageDraw

from parsers.values import FileKind, FileRead, Message, Part, PartRole
from review.masking import Masks

_LARGEST, _LARGEST_PICTURE = 5_000_000, 4_000_000  # bytes of a file, pixels of a picture
_TEXT = re.compile(rb"(<(?:\w+:)?t(?: [^<>]*)?>)([^<]*)(</(?:\w+:)?t>)")
_PARAGRAPH, _PARAGRAPH_ENDS = re.compile(rb"<w:p[ >]"), b"</w:p>"
_VALUE = re.compile(rb">[^<>]+<")
_MOST_ENTRIES = 2_000  # files within a Word file
_BY_KIND = {FileKind.TEXT: ("text", "plain"), FileKind.PDF: ("application", "pdf"),
            FileKind.DOCX: ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")}  # fmt: skip
Reading = Callable[[bytes, FileKind], FileRead]


class Remaking(Protocol):
    """How a paper is made anew (``remade``)."""

    def __call__(self, part: Part, masks: Masks, *, pictures: bool = True) -> bytes: ...


class CannotMask(Exception):
    """The mail cannot be kept: ``code`` says why (words.toml, kept.why), ``name`` of which file."""

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(f"{code} {name}".strip())
        self.code, self.name = code, name


def masked_mail(message: Message, masks: Masks, read: Reading, remake: Remaking, to: str) -> bytes:
    """The mail with its own words and its papers, masked. ``remake``: how a paper is made anew; ``read``: how that is read for what may be left.
    Raises CannotMask."""
    made = EmailMessage()
    sender = message.sender
    if sender is None or message.unreadable:
        raise CannotMask("no_sender")
    made["From"] = f"{_header(masks.text(sender.name))} <{masks.mail(sender.address)}>".strip()
    made["To"] = to
    made["Subject"] = _header(masks.text(message.subject))
    if message.dated:
        made["Date"] = format_datetime(message.dated)
    received = message.header("Received")
    if received and ";" in received:
        made["Received"] = f"from sender.masked.example by mail.masked.example; {_header(received.rpartition(';')[2])}"
    made["Message-ID"] = f"<{message.sha256[:24]}@masked.example>"
    made.set_content(_clean(masks, masks.text(message.full_text or message.text)) + "\n")
    for part in message.parts:
        if part.role is PartRole.PAPER:
            major, minor = _kind_of(part)
            made.add_attachment(masked_file(part, masks, read, remake), major, minor, filename=_header(masks.text(part.name or "paper")))
    return made.as_bytes()


def masked_file(part: Part, masks: Masks, read: Reading, remake: Remaking) -> bytes:
    """A paper of the mail, masked. Raises CannotMask for scans, photos, and whatever holds more than words."""
    name = part.name or ""
    if part.problems or part.size > _LARGEST or "!" in part.path:
        raise CannotMask("not_plain", name)
    if part.kind is FileKind.TEXT:
        return _clean(masks, masks.text(part.data.decode("utf-8", "replace"))).encode()
    _kind_of(part)
    made = remake(part, masks)
    if part.kind is FileKind.PDF:
        _assert_nothing_drawn(read(remake(part, masks, pictures=False), part.kind), name)
    seen = read(made, part.kind)
    if seen.outcome != "read":
        raise CannotMask("not_plain", name)
    for page in seen.pages:
        if page.source == "ocr" or "text_layer_rejected" in page.notes:
            raise CannotMask("picture", name)
        _clean(masks, " ".join(word.text for word in page.words), name)
        _clean(masks, "\n".join(widget.value or "" for widget in page.widgets), name)
    return made


def remade(part: Part, masks: Masks, *, pictures: bool = True) -> bytes:
    """A Word file or a PDF form with its words replaced; ``pictures`` False: without its pictures. It takes a sender's bytes apart: in the site
    only in a process of its own (review.masking_child). Raises CannotMask."""
    if part.kind is FileKind.DOCX:
        try:
            return _docx(part, masks)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
            raise CannotMask("not_plain", part.name or "") from error
    if part.kind is FileKind.PDF:
        return _form(part, masks, pictures=pictures)
    raise CannotMask("picture", part.name or "")


def _assert_nothing_drawn(seen: FileRead, name: str) -> None:
    """With its pictures away a form shows its words and values only: what else is drawn may be somebody's hand, and is refused."""
    for page in seen.pages:
        places = [widget.box for widget in page.widgets if widget.kind in ("text", "choice", "checkbox", "radio")]
        for ink in page.inks:
            middle, level = (ink.box[0] + ink.box[2]) / 2, (ink.box[1] + ink.box[3]) / 2
            if not any(x0 - 3 <= middle <= x1 + 3 and top - 3 <= level <= bottom + 3 for x0, top, x1, bottom in places):
                raise CannotMask("drawn", name)


def _kind_of(part: Part) -> tuple[str, str]:
    if part.kind not in _BY_KIND:
        raise CannotMask("picture", part.name or "")
    return _BY_KIND[part.kind]


def _clean(masks: Masks, said: str, name: str = "") -> str:
    if masks.left_over(said):
        raise CannotMask("left", name)
    return said


def _header(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:200]


def _docx(part: Part, masks: Masks) -> bytes:
    """Word keeps a sentence in several runs: a paragraph is masked as a whole, and its words stand in its first run."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(part.data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        if len(old.infolist()) > _MOST_ENTRIES:
            raise CannotMask("not_plain", part.name or "")
        for entry in old.infolist():
            if entry.file_size > 4 * _LARGEST or re.search(r"(media|embeddings|activeX|comments|vbaProject)", entry.filename):
                raise CannotMask("picture", part.name or "")
            data = old.read(entry)
            if entry.filename.startswith("docProps/"):
                data = _VALUE.sub(b"><", data)
            elif entry.filename.endswith(".xml"):
                data = _paragraphs(data, masks)
            new.writestr(entry.filename, data)
    return out.getvalue()


def _paragraphs(data: bytes, masks: Masks) -> bytes:
    """Each paragraph masked, in one way through the file: one that is never ended ends the search."""
    made, at = [], 0
    while (begins := _PARAGRAPH.search(data, at)) is not None and (ends := data.find(_PARAGRAPH_ENDS, begins.end())) >= 0:
        ends += len(_PARAGRAPH_ENDS)
        made += [data[at : begins.start()], _paragraph(data[begins.start() : ends], masks)]
        at = ends
    return b"".join((*made, data[at:]))


def _paragraph(paragraph: bytes, masks: Masks) -> bytes:
    pieces = _TEXT.findall(paragraph)
    whole = unescape(b"".join(piece[1] for piece in pieces).decode("utf-8", "replace"))
    masked = masks.text(whole)
    if masked == whole:
        return paragraph
    rest = iter([escape(masked).encode(), *(b"" for _ in pieces[1:])])
    return _TEXT.sub(lambda found: found.group(1) + next(rest) + found.group(3), paragraph)


def _form(part: Part, masks: Masks, *, pictures: bool = True) -> bytes:
    """A PDF form that is filled in and not signed: its values are replaced, its pictures of signatures and chops by invented ones."""
    name = part.name or ""
    try:
        with pikepdf.open(io.BytesIO(part.data)) as pdf:
            if "/AcroForm" not in pdf.Root or ("/Names" in pdf.Root and "/EmbeddedFiles" in pdf.Root.Names):
                raise CannotMask("print", name)
            for page in pdf.pages:
                if any(str(step.operator) == "INLINE IMAGE" for step in pikepdf.parse_content_stream(page)):
                    raise CannotMask("picture", name)
                _redraw_pictures(pdf, page.obj, name, pictures)
                for annotation in page.obj.get("/Annots", pikepdf.Array()):
                    _mask_widget(annotation, masks, name)
            for key in ("/Metadata", "/Names", "/OpenAction", "/AA"):
                if key in pdf.Root:
                    del pdf.Root[key]
            if "/Info" in pdf.trailer:
                del pdf.trailer["/Info"]
            if "/XFA" in pdf.Root.AcroForm:
                raise CannotMask("print", name)
            pdf.Root.AcroForm.NeedAppearances = True
            out = io.BytesIO()
            pdf.save(out, deterministic_id=True)
            return out.getvalue()
    except (pikepdf.PdfError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise CannotMask("not_plain", name) from error


def _mask_widget(annotation: pikepdf.Object, masks: Masks, name: str) -> None:
    if annotation.get("/Subtype") != "/Widget":
        raise CannotMask("print", name)
    holder = annotation if "/V" in annotation else annotation.get("/Parent", annotation)
    kind = annotation.get("/FT") or holder.get("/FT")
    if kind == "/Sig" and "/V" in holder:
        raise CannotMask("signed", name)
    if kind == "/Tx":
        if "/V" in holder:
            holder["/V"] = pikepdf.String(masks.text(str(holder["/V"])))
        for key in ("/AP", "/DV", "/RV", "/MK"):
            if key in annotation:
                del annotation[key]
        for key in ("/DV", "/RV"):
            if key in holder:
                del holder[key]


def _redraw_pictures(pdf: pikepdf.Pdf, holder: pikepdf.Object, name: str, pictures: bool, depth: int = 0) -> None:
    """Each picture that a page, or a form within it, draws becomes an invented one of the same size and colour: a ring for a chop, else a stroke."""
    if depth > 5:
        raise CannotMask("picture", name)
    for each in holder.get("/Resources", pikepdf.Dictionary()).get("/XObject", pikepdf.Dictionary()).values():
        if each.get("/Subtype") != "/Image":
            _redraw_pictures(pdf, each, name, pictures, depth + 1)
        elif int(each.Width) * int(each.Height) > _LARGEST_PICTURE:
            raise CannotMask("picture", name)
        else:
            _redraw(pdf, each, pictures)


def _redraw(pdf: pikepdf.Pdf, image: Any, pictures: bool) -> None:
    width, height = int(image.Width), int(image.Height)
    was: Any = pikepdf.PdfImage(image).as_pil_image().convert("RGB").resize((64, 64))
    inked = [pixel for pixel in was.get_flattened_data() if min(pixel) < 200 and max(pixel) > 20] or [(30, 30, 60)]
    colour = tuple(sum(channel) // len(inked) for channel in zip(*inked, strict=True))
    stroke = Image.new("L", (width, height), 0)
    pen, line = ImageDraw.Draw(stroke), max(2, min(width, height) // 24)
    if not pictures:
        pen.rectangle((0, 0, width, height), fill=0)
    elif 0.6 < width / height < 1.7:
        pen.ellipse((line, line, width - line - 1, height - line - 1), outline=255, width=line)
        pen.ellipse((width // 4, height // 4, 3 * width // 4, 3 * height // 4), outline=255, width=line)
    else:
        pen.line([(width * at // 24, int(height * (0.5 + 0.35 * math.sin(at * 1.7)))) for at in range(1, 24)], fill=255, width=line)
    drawn = Image.composite(Image.new("RGB", (width, height), colour), Image.new("RGB", (width, height), "white"), stroke)
    transparent = "/SMask" in image or "/Mask" in image or bool(image.get("/ImageMask", False))
    for key in list(image.keys()):
        if key not in ("/Type", "/Subtype", "/Width", "/Height", "/Length"):
            del image[key]
    image.ColorSpace, image.BitsPerComponent = pikepdf.Name.DeviceRGB, 8
    image.write(drawn.tobytes())
    if transparent:
        image.SMask = _grey(pdf, stroke)


def _grey(pdf: pikepdf.Pdf, stroke: Image.Image) -> pikepdf.Object:
    mask = pdf.make_stream(stroke.tobytes())
    mask.Type, mask.Subtype, mask.ColorSpace = pikepdf.Name.XObject, pikepdf.Name.Image, pikepdf.Name.DeviceGray
    mask.Width, mask.Height, mask.BitsPerComponent = stroke.width, stroke.height, 8
    return mask
