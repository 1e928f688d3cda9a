"""Builders of files for the tests of reading: each shows only what its test is about."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pikepdf
import reportlab
from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFontFile
from reportlab.pdfgen.canvas import Canvas

A4 = (595.0, 842.0)
CHINESE = "MSung-Light"


def drawn_pdf(*pages: Callable[[Canvas], object], size: tuple[float, float] = A4) -> bytes:
    """A PDF whose pages are drawn by the functions."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size, pageCompression=1)
    if CHINESE not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def text_pdf(*lines: str, font: str = "Helvetica", size: float = 12) -> bytes:
    """One page with the lines from 100 points below the top, 50 from the left, 20 apart."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont(font, size)
        for n, line in enumerate(lines):
            canvas.drawString(50, 842 - 100 - 20 * n, line)

    return drawn_pdf(draw)


def form_pdf(value: str = "Harbour Tools Limited") -> bytes:
    """A form: text with that value, choice and two tick boxes (one ticked), two radio buttons."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 12)
        canvas.drawString(50, 742, "Name of Applicant")
        form = canvas.acroForm
        form.textfield(name="Name", tooltip="Name of Applicant", x=200, y=735, width=250, height=20, value=value, borderWidth=0)
        form.checkbox(name="Agree", tooltip="I agree", x=50, y=700, size=12, checked=True)
        form.checkbox(name="Refuse", x=50, y=680, size=12, checked=False)
        form.radio(name="Stream", value="one", x=50, y=650, size=12, selected=False)
        form.radio(name="Stream", value="two", x=80, y=650, size=12, selected=True)
        form.choice(name="Sector", x=200, y=650, width=100, height=20, value="Textiles", options=["Textiles", "Furniture"])

    return drawn_pdf(draw)


def with_pikepdf(data: bytes, change: Callable[[pikepdf.Pdf], object], **saving: object) -> bytes:
    """The PDF after a change made with pikepdf."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        pdf.save(out, **saving)  # type: ignore[arg-type]
    return out.getvalue()


def repeated(data: bytes, times: int) -> bytes:
    """The PDF with its first page repeated until there are ``times``."""

    def repeat(pdf: pikepdf.Pdf) -> None:
        for _ in range(times - 1):
            pdf.pages.append(pdf.pages[0])

    return with_pikepdf(data, repeat)


def raw_pdf(objects: Sequence[bytes], *, root: int = 1) -> bytes:
    """A PDF of objects written by hand, numbered from 1."""
    out = io.BytesIO(b"")
    out.write(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for place in places:
        out.write(b"%010d 00000 n \n" % place)
    out.write(b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, start))
    return out.getvalue()


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(content), content)


def doubling_pdf(levels: int = 40) -> bytes:
    """A page whose form XObjects each draw the next one twice: 2 to the ``levels`` drawings in four kilobytes."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>",
        stream(b"/X Do"),
    ]
    for level in range(levels):
        inner = b"/Resources << /XObject << /X %d 0 R >> >>" % (6 + level)
        objects.append(stream(b"/X Do /X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] " + inner))
    objects.append(stream(b"0 0 10 10 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 595 842]"))
    return raw_pdf(objects)


def slow_pdf() -> bytes:
    """A page that is painted over two hundred thousand times: minutes of work, little memory."""
    packed = zlib.compress(b"0 0 595 842 re 1 1 594 840 re f*\n" * 200_000, 9)
    entries = b"/MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >>"
    return raw_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R %s >>" % entries,
            stream(packed, b"/Filter /FlateDecode"),
        ]
    )


def swollen_pdf() -> bytes:
    """A page whose content unpacks to a gigabyte."""
    packer = zlib.compressobj(9)
    block = b"0 0 1 1 re f\n" * 80_000
    packed = b"".join(packer.compress(block) for _ in range(1000)) + packer.flush()
    return raw_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>",
            stream(packed, b"/Filter /FlateDecode"),
        ]
    )


def one_page_pdf(page: bytes = b"/MediaBox [0 0 595 842]", content: bytes = b"") -> bytes:
    """A page with the given entries and content, Helvetica as /F."""
    font = b"/Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
    return raw_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R %s %s >>" % (font, page),
            stream(content),
        ]
    )


def letter_map(pairs: dict[str, str]) -> bytes:
    """A /ToUnicode map that tells the values for the letters (codes of one byte)."""
    lines = b"".join(b"<%02X> <%s>\n" % (ord(key), value.encode("utf-16-be").hex().upper().encode()) for key, value in pairs.items())
    return (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /T def /CMapType 2 def\n"
        b"1 begincodespacerange <00> <FF> endcodespacerange\n%d beginbfchar\n%sendbfchar endcmap end end" % (len(pairs), lines)
    )


def lying_page(shown: str, told: str, *, turn: int = 0, base: str = "Helvetica") -> bytes:
    """A page that prints one text, in 12 points 50 from the left and 142 from the top, and tells another of the same length."""

    def lie(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Resources.Font.F.BaseFont = pikepdf.Name("/" + base)
        pdf.pages[0].Resources.Font.F.ToUnicode = pdf.make_stream(letter_map(dict(zip(shown, told, strict=True))))
        pdf.pages[0].rotate(turn, relative=False)

    return with_pikepdf(one_page_pdf(content=b"BT /F 12 Tf 50 700 Td (%s) Tj ET" % shown.encode()), lie)


def unnamed_letters_pdf(text: str) -> bytes:
    """A page whose font draws the text by glyph numbers and does not tell their letters (no /ToUnicode)."""
    path = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"
    glyphs = TTFontFile(str(path)).charToGlyph
    codes = "".join(f"{glyphs[ord(char)]:04X}" for char in text).encode()
    program = path.read_bytes()
    return raw_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
            stream(b"BT /F 12 Tf 50 700 Td <%s> Tj ET" % codes),
            b"<< /Type /Font /Subtype /Type0 /BaseFont /AAAAAA+Sub /Encoding /Identity-H /DescendantFonts [6 0 R] >>",
            b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /AAAAAA+Sub /FontDescriptor 7 0 R /DW 600 /CIDToGIDMap /Identity"
            b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
            b"<< /Type /FontDescriptor /FontName /AAAAAA+Sub /Flags 4 /FontBBox [-200 -200 1200 1000] /ItalicAngle 0 /Ascent 900"
            b" /Descent -200 /CapHeight 700 /StemV 80 /FontFile2 8 0 R >>",
            stream(program, b"/Length1 %d" % len(program)),
        ]
    )


def picture(kind: str = "PNG", *, size: tuple[int, int] = (400, 300), mode: str = "RGB", colour: object = "white", **saving: object) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind, **saving)  # type: ignore[arg-type]
    return out.getvalue()


def huge_png(side: int = 30_000) -> bytes:
    """A PNG that states a square of that side, in a few kilobytes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")

    header = side.to_bytes(4, "big") * 2 + b"\x01\x00\x00\x00\x00"
    body = zlib.compress(b"\0" * (side // 8 + 1) * 10)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def many_frames_tiff(frames: int) -> bytes:
    """A TIFF with that many frames of one pixel, written by hand."""
    out = bytearray(b"II*\0")
    size = 2 + 8 * 12 + 4
    out += (8).to_bytes(4, "little")
    entries = [(256, 4, 1), (257, 4, 1), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 4), (278, 4, 1), (279, 4, 1)]
    for n in range(frames):
        following = 8 + (n + 1) * size if n + 1 < frames else 0
        out += len(entries).to_bytes(2, "little")
        for tag, kind, value in entries:
            out += tag.to_bytes(2, "little") + kind.to_bytes(2, "little") + (1).to_bytes(4, "little") + value.to_bytes(4, "little")
        out += following.to_bytes(4, "little")
    return bytes(out)


def changed_zip(data: bytes, changes: dict[str, bytes]) -> bytes:
    """The ZIP with members replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename not in changes:
                new.writestr(info.filename, old.read(info))
        for name, body in changes.items():
            new.writestr(name, body)
    return out.getvalue()
