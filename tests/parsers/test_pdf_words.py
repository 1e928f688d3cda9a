"""Words of PDF pages stand where a person sees them."""

from __future__ import annotations

import io

import pikepdf
import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from parsers.read_file import read_file
from parsers.read_limits import ReadLimits
from parsers.values import FileKind, Page
from tests.parsers.built_files import CHINESE, drawn_pdf, one_page_pdf, picture, text_pdf, with_pikepdf


def page_of(data: bytes) -> Page:
    read = read_file(data, FileKind.PDF, ReadLimits())
    assert read.outcome == "read"
    return read.pages[0]


def texts(page: Page) -> list[str]:
    return [word.text for word in page.words]


def test_words_are_split_at_spaces_and_carry_their_boxes() -> None:
    page = page_of(text_pdf("Harbour Tools Limited"))
    assert texts(page) == ["Harbour", "Tools", "Limited"]
    x0, top, x1, bottom = page.words[0].box
    assert x0 == pytest.approx(51, abs=1.5)
    assert x1 == pytest.approx(50 + 44, abs=3)
    assert 89 < top < bottom < 103
    assert page.source == "text"
    assert (page.width, page.height) == (595, 842)


def test_a_run_of_chinese_is_one_word() -> None:
    assert texts(page_of(text_pdf("申請機構名稱 祥樂有限公司", font=CHINESE))) == ["申請機構名稱", "祥樂有限公司"]


def test_words_on_one_height_share_a_line_in_reading_order() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(300, 700, "value")
        canvas.drawString(50, 680, "below")
        canvas.drawString(50, 701, "label")

    page = page_of(drawn_pdf(draw))
    assert [(word.text, word.line) for word in page.words] == [("label", 0), ("value", 0), ("below", 1)]


def test_text_without_a_space_between_is_two_words_where_it_stands_apart() -> None:
    page = page_of(one_page_pdf(content=b"BT /F 12 Tf 50 700 Td (Name) Tj 200 0 Td (Value) Tj ET"))
    assert texts(page) == ["Name", "Value"]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_turned_page_gives_boxes_as_displayed(turn: int) -> None:
    """The word stands 50 from the left and 100 from the top of the unturned page."""
    data = with_pikepdf(text_pdf("Applicant"), lambda pdf: pdf.pages[0].rotate(turn, relative=False))
    page = page_of(data)
    x0, top, x1, bottom = page.words[0].box
    middle = ((x0 + x1) / 2, (top + bottom) / 2)
    where = {0: (74, 96), 90: (842 - 96, 74), 180: (595 - 74, 842 - 96), 270: (96, 595 - 74)}[turn]
    assert middle == pytest.approx(where, abs=6)
    assert (page.width, page.height) == ((842, 595) if turn in (90, 270) else (595, 842))


def test_a_cropped_page_is_measured_from_what_is_displayed() -> None:
    def crop(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].cropbox = pikepdf.Array([40, 400, 500, 802])

    page = page_of(with_pikepdf(text_pdf("Applicant"), crop))
    assert (page.width, page.height) == (460, 402)
    assert page.words[0].box[0] == pytest.approx(10, abs=1.5)
    assert page.words[0].box[3] == pytest.approx(60, abs=4)


def test_text_outside_the_page_is_left_out_and_noted() -> None:
    page = page_of(one_page_pdf(content=b"BT /F 12 Tf 50 700 Td (Seen) Tj 2000 0 Td (Unseen) Tj ET"))
    assert texts(page) == ["Seen"]
    assert "words_hidden" in page.notes


@pytest.mark.parametrize(
    ("content", "how"),
    [
        (b"BT /F 12 Tf 50 700 Td (Seen) Tj 1 g 0 -20 Td (Unseen) Tj ET", "white"),
        (b"BT /F 12 Tf 50 700 Td (Seen) Tj 3 Tr 0 -20 Td (Unseen) Tj ET", "unpainted"),
        (b"BT /F 12 Tf 50 700 Td (Seen) Tj /F 1 Tf 0 -20 Td (Unseen) Tj ET", "tiny"),
    ],
)
def test_text_that_a_person_cannot_see_is_left_out_and_noted(content: bytes, how: str) -> None:
    page = page_of(one_page_pdf(content=content))
    assert texts(page) == ["Seen"], how
    assert "words_hidden" in page.notes


def test_white_print_on_a_dark_ground_is_seen() -> None:
    page = page_of(one_page_pdf(content=b"0 g 40 690 200 30 re f BT /F 12 Tf 1 g 50 700 Td (Heading) Tj ET"))
    assert texts(page) == ["Heading"]
    assert page.notes == ()


def test_stand_ins_for_chinese_characters_become_the_characters_and_full_width_print_stays() -> None:
    page = page_of(with_text_map({"A": "㆗", "B": "⻑", "C": "：", "D": "人"}))
    assert texts(page) == ["中長：人"]


def with_text_map(letters: dict[str, str]) -> bytes:
    """A page that prints the keys, and whose text layer says the values."""
    pairs = b"".join(b"<%02X> <%s>\n" % (ord(key), value.encode("utf-16-be").hex().upper().encode()) for key, value in letters.items())
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /T def /CMapType 2 def\n"
        b"1 begincodespacerange <00> <FF> endcodespacerange\n%d beginbfchar\n%sendbfchar endcmap end end" % (len(letters), pairs)
    )
    data = one_page_pdf(content=b"BT /F 12 Tf 50 700 Td (%s) Tj ET" % "".join(letters).encode())

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Resources.Font.F.ToUnicode = pdf.make_stream(cmap)

    return with_pikepdf(data, change)


def test_a_typed_note_on_the_page_is_read_as_the_page_is() -> None:
    def add(pdf: pikepdf.Pdf) -> None:
        resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=pdf.pages[0].Resources.Font.F1))
        look = pdf.make_stream(b"BT /F 12 Tf 2 5 Td (Typed) Tj ET", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
        look.BBox, look.Resources = [0, 0, 100, 20], resources
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FreeText, Rect=[200, 735, 300, 755], Contents="Typed", F=4, DA="/F 12 Tf", AP={"/N": look}
        )
        pdf.pages[0].Annots = pikepdf.Array([pdf.make_indirect(note)])

    page = page_of(with_pikepdf(text_pdf("Applicant"), add))
    assert texts(page) == ["Applicant", "Typed"]
    assert page.words[1].line == page.words[0].line


def test_a_blank_page_says_so() -> None:
    page = page_of(one_page_pdf())
    assert page.source == "none"
    assert page.notes == ("blank",)
    assert page.words == ()


def test_a_pasted_signature_picture_is_ink_where_it_stands() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 742, "Signature of the authorised person")
        canvas.drawImage(ImageReader(io.BytesIO(picture(size=(60, 30), colour=(10, 10, 150)))), 100, 600, 60, 30)

    page = page_of(drawn_pdf(draw))
    assert any(ink.colour == "blue" and ink.box == pytest.approx((100, 212, 160, 242), abs=3) for ink in page.inks)


def test_words_set_letter_by_letter_beside_a_chop_are_words() -> None:
    """pdfium takes the lines of such a page for upright ones, and parts its letters by line breaks."""
    width = {
        "S": 6.0,
        "i": 2.0,
        "g": 5.0,
        "n": 5.0,
        "H": 6.5,
        "e": 5.0,
        "r": 3.0,
        " ": 2.5,
        "C": 6.5,
        "o": 5.0,
        "m": 7.5,
        "p": 5.0,
        "a": 5.0,
        "y": 4.5,
    }
    content = ""
    for x, y, text in ((45.0, 759, "Sign Here"), (303.0, 764, "Company")):
        for letter in text:
            content += f"BT /F 9 Tf 1 0 0 1 {x:.2f} {y} Tm ({letter}) Tj ET\n" if letter != " " else ""
            x += width[letter]
    places = ((57, 176), (62, 139), (79, 107), (105, 83), (138, 70), (174, 69), (207, 81), (235, 104), (254, 136), (152, 200))
    ring = "".join(f"BT /F 9 Tf 3 -0.6 0.6 3 {x} {y} Tm (W) Tj ET\n" for x, y in places)

    def with_chop(pdf: pikepdf.Pdf) -> None:
        chop = pdf.make_stream(ring.encode(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 300, 300])
        chop.Resources = pdf.pages[0].Resources
        pdf.pages[0].Resources.XObject = pikepdf.Dictionary(Chop=chop)

    page = page_of(with_pikepdf(one_page_pdf(content=content.encode() + b"q 0.3 0 0 0.3 380 740 cm /Chop Do Q\n"), with_chop))
    assert {"Sign", "Here", "Company"} <= set(texts(page))
