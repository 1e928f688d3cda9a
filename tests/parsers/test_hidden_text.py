"""What a person sees of a page wins over what the file says, however the difference was made."""

from __future__ import annotations

import io

import pikepdf
import pytest
from PIL import Image, ImageDraw
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from parsers.read_file import read_file
from parsers.read_limits import ReadLimits
from parsers.scan_reading import PictureReaders
from parsers.values import FileKind, Page
from tests.parsers.built_files import drawn_pdf, one_page_pdf, text_pdf, with_pikepdf

SEEN = b"BT /F 12 Tf 50 700 Td (Total cost) Tj ET "
HIDDEN = b"BT /F 12 Tf 200 700 Td (450000) Tj ET "
RULE = b"0 G 190 704 m 260 704 l S "  # through the hidden number: ink stands in its place


@pytest.fixture(autouse=True)
def only_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are not searched for cells, ticks and codes: that takes most of the time and is tested elsewhere."""
    monkeypatch.setattr(PictureReaders, "see", lambda self, page, picture: page)


def page_of(data: bytes) -> Page:
    read = read_file(data, FileKind.PDF, ReadLimits())
    assert read.outcome == "read"
    return read.pages[0]


def texts(page: Page) -> list[str]:
    return [word.text for word in page.words]


def resources(entries: bytes, objects: bytes = b"") -> bytes:
    return b"/MediaBox [0 0 595 842] " + entries + objects


HIDINGS = {
    "white on white, a rule through it": SEEN + b"1 g " + HIDDEN + RULE,
    "not painted, a rule through it": SEEN + b"BT 3 Tr /F 12 Tf 200 700 Td (450000) Tj 0 Tr ET " + RULE,
    "painted over": SEEN + HIDDEN + b"1 g 195 695 80 20 re f ",
    "clipped away": SEEN + b"q 0 0 10 10 re W n " + HIDDEN + b"Q " + RULE,
    "squeezed to a line": SEEN + b"BT 1 Tz /F 12 Tf 200 700 Td (450000) Tj 100 Tz ET ",
    "half a point high": SEEN + b"BT /F 0.5 Tf 200 700 Td (450000) Tj ET ",
    "clipped text only": SEEN + b"q BT 7 Tr /F 12 Tf 200 700 Td (450000) Tj ET Q ",
}


@pytest.mark.parametrize("how", HIDINGS)
def test_a_hidden_number_is_not_read_and_staff_are_told(how: str) -> None:
    page = page_of(one_page_pdf(content=HIDINGS[how]))
    assert "450000" not in texts(page)
    assert texts(page)[:2] == ["Total", "cost"]
    assert {"words_hidden", "layer_disagrees"} <= set(page.notes)


@pytest.fixture
def read_as_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that are read as pictures come back empty."""
    monkeypatch.setattr("parsers.ocr.read_picture", lambda picture, **given: Page(number=1, width=595, height=842, source="ocr"))


@pytest.mark.usefixtures("read_as_pictures")
def test_a_page_with_a_number_painted_over_another_is_read_as_a_picture_and_staff_are_told() -> None:
    """Letters that both share belong to the one that nobody sees: what is left would be a wrong number."""
    over = b"1 g 195 695 80 20 re f 0 g BT /F 12 Tf 200 700 Td (150000) Tj ET "
    page = page_of(one_page_pdf(content=SEEN + HIDDEN + over))
    assert page.source == "ocr"
    assert {"text_layer_rejected", "layer_disagrees"} <= set(page.notes)


@pytest.mark.parametrize("entry", [b"/ca 0", b"/ca 0.02"])
def test_transparent_text_is_not_seen(entry: bytes) -> None:
    def fade(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Resources.ExtGState = pikepdf.Dictionary(G=pikepdf.Object.parse(b"<< " + entry + b" >>"))

    page = page_of(with_pikepdf(one_page_pdf(content=SEEN + b"/G gs " + HIDDEN), fade))
    assert texts(page) == ["Total", "cost"]
    assert "layer_disagrees" in page.notes


def test_text_of_a_layer_that_is_switched_off_is_not_seen() -> None:
    def switch_off(pdf: pikepdf.Pdf) -> None:
        layer = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="Draft"))
        pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=[layer], D=pikepdf.Dictionary(OFF=[layer], Order=[layer]))
        pdf.pages[0].Resources.Properties = pikepdf.Dictionary(L=layer)

    page = page_of(with_pikepdf(one_page_pdf(content=SEEN + b"/OC /L BDC " + HIDDEN + b"EMC " + RULE), switch_off))
    assert texts(page) == ["Total", "cost"]
    assert "layer_disagrees" in page.notes


def test_hidden_text_of_a_drawing_within_a_drawing_is_not_seen() -> None:
    def nest(pdf: pikepdf.Pdf) -> None:
        inner = pdf.make_stream(b"1 g " + HIDDEN, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 595, 842])
        inner.Resources = pdf.pages[0].Resources
        outer = pdf.make_stream(b"/X Do", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 595, 842])
        outer.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner))
        pdf.pages[0].Resources = pikepdf.Dictionary(Font=pdf.pages[0].Resources.Font, XObject=pikepdf.Dictionary(X=outer))

    page = page_of(with_pikepdf(one_page_pdf(content=SEEN + b"/X Do 0 g " + RULE), nest))
    assert texts(page) == ["Total", "cost"]


def test_text_under_a_blackened_box_is_not_read() -> None:
    """An annotation drawn over the text takes it from sight, though the file still holds it."""

    def blacken(pdf: pikepdf.Pdf) -> None:
        look = pdf.make_stream(b"0 g 0 0 100 20 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 100, 20])
        box = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Square, Rect=[190, 692, 290, 712], F=4, AP={"/N": look})
        pdf.pages[0].Annots = pikepdf.Array([pdf.make_indirect(box)])

    page = page_of(with_pikepdf(one_page_pdf(content=SEEN + HIDDEN), blacken))
    assert texts(page) == ["Total", "cost"]
    assert "layer_disagrees" in page.notes


def test_text_under_a_picture_that_shows_another_number_is_not_read() -> None:
    cover = Image.new("RGB", (300, 60), "white")
    ImageDraw.Draw(cover).text((10, 5), "150000", fill="black", font_size=44)

    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 700, "Total cost")
        canvas.drawString(200, 700, "450000")
        canvas.drawImage(ImageReader(cover), 195, 695, 90, 18)

    page = page_of(drawn_pdf(draw))
    assert "450000" not in texts(page)
    assert "words_hidden" in page.notes or "ocr_layer" in page.notes


def test_only_the_part_of_a_number_that_is_seen_is_read() -> None:
    page = page_of(one_page_pdf(content=SEEN + HIDDEN + b"1 g 226 695 60 20 re f "))
    assert texts(page) == ["Total", "cost", "4500"]
    assert "words_hidden" in page.notes


def test_text_outside_the_crop_is_left_out_without_a_word_to_staff() -> None:
    def crop(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].cropbox = pikepdf.Array([0, 0, 180, 842])

    page = page_of(with_pikepdf(one_page_pdf(content=SEEN + HIDDEN), crop))
    assert texts(page) == ["Total", "cost"]
    assert page.notes == ("words_hidden",)


def test_the_white_marks_of_signing_services_are_nothing_for_staff() -> None:
    page = page_of(one_page_pdf(content=SEEN + rb"1 g BT /F 12 Tf 200 650 Td (\\s1\\ {{Sig_es_:signer1:signature}}) Tj ET "))
    assert texts(page) == ["Total", "cost"]
    assert "layer_disagrees" not in page.notes


def test_bold_print_by_printing_twice_is_read_once() -> None:
    twice = b"BT /F 12 Tf 200 700 Td (Heading) Tj ET BT /F 12 Tf 200.3 700 Td (Heading) Tj ET "
    page = page_of(one_page_pdf(content=SEEN + twice))
    assert texts(page) == ["Total", "cost", "Heading"]
    assert page.notes == ()


def test_a_watermark_over_the_text_hides_nothing() -> None:
    mark = b"q 0.8 g BT /F 60 Tf 0.7 0.7 -0.7 0.7 60 620 Tm (SPECIMEN) Tj ET Q "
    page = page_of(one_page_pdf(content=mark + SEEN + HIDDEN + b"BT /F 12 Tf 50 680 Td (Requested 225000) Tj ET "))
    assert {"Total", "cost", "450000", "Requested", "225000"} <= set(texts(page))
    assert page.notes == ()


@pytest.mark.usefixtures("read_as_pictures")
def test_two_numbers_printed_over_each_other_are_read_as_the_mess_that_they_are() -> None:
    page = page_of(one_page_pdf(content=SEEN + HIDDEN + b"BT /F 12 Tf 200 700 Td (150000) Tj ET "))
    assert page.source == "ocr"
    assert "text_layer_rejected" in page.notes


def scan_with_layer(layer: bytes) -> bytes:
    """A scanned page that shows a line, with a reader's words laid under it unpainted."""
    scan = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(scan)
    for n in range(12):
        draw.text((100, 200 + 60 * n), "Total cost of the project 150000", fill="black", font_size=36)
    out = io.BytesIO()
    scan.save(out, "PDF", resolution=150)

    def lay(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].contents_add(pdf.make_stream(b"BT 3 Tr /F 17 Tf 48 730 Td (" + layer + b") Tj ET"))
        pdf.pages[0].Resources.Font = pikepdf.Dictionary(F=pikepdf.Object.parse(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"))

    return with_pikepdf(out.getvalue(), lay)


@pytest.mark.parametrize("layer", [b"Total cost of the project 450000", b"T0ta1 c.s: 0f tl1e", b"xqzj vvkw", b"Total"])
@pytest.mark.usefixtures("read_as_pictures")
def test_a_scanners_own_words_are_never_taken_for_what_the_scan_shows(layer: bytes) -> None:
    page = page_of(scan_with_layer(layer))
    assert page.source == "ocr"
    assert texts(page) == []
    assert "ocr_layer" in page.notes
    assert "layer_disagrees" not in page.notes


def test_print_that_differs_little_from_its_ground_is_still_seen() -> None:
    page = page_of(one_page_pdf(content=SEEN + b"0.75 g " + HIDDEN))
    assert texts(page) == ["Total", "cost", "450000"]
    assert page.notes == ()


def test_a_page_is_the_same_after_its_text_was_switched_off_and_on() -> None:
    data = text_pdf("Name of Applicant", "祥樂 Limited")
    assert page_of(data) == page_of(data)
