"""Every file ends as pages or as a reason why not, whatever its bytes are."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from parsers.read_file import read_file
from parsers.read_limits import ReadLimits
from parsers.scan_reading import with_layer_words
from parsers.values import FileKind, FileRead, Page, Word
from tests.parsers.built_files import (
    doubling_pdf,
    form_pdf,
    huge_png,
    many_frames_tiff,
    one_page_pdf,
    picture,
    raw_pdf,
    repeated,
    stream,
    text_pdf,
    unnamed_letters_pdf,
)

LIMITS = ReadLimits()


def read(data: bytes, kind: FileKind, limits: ReadLimits = LIMITS) -> FileRead:
    return read_file(data, kind, limits)


@pytest.fixture
def seen_pictures(monkeypatch: pytest.MonkeyPatch) -> list[tuple[tuple[int, ...], float, float, float]]:
    """What is handed to the picture reader (shape, dpi, width, height), in place of reading it."""
    handed: list[tuple[tuple[int, ...], float, float, float]] = []

    def note(picture: np.ndarray, *, dpi: float, number: int, width: float, height: float, languages: Sequence[str], deadline: float | None) -> Page:
        handed.append((picture.shape, dpi, width, height))
        return Page(number=number, width=width, height=height, source="ocr", dpi=dpi)

    monkeypatch.setattr("parsers.ocr.read_picture", note)
    return handed


def inked(mode: str = "RGB", size: tuple[int, int] = (400, 300), *, ground: object = "white", ink: object = "black", at: int = 20) -> Image.Image:
    """A picture with a few dark bars in its upper left quarter."""
    image = Image.new(mode, size, ground)  # type: ignore[arg-type]
    draw = ImageDraw.Draw(image)
    for n in range(5):
        draw.rectangle((at, at + 14 * n, at + 80, at + 6 + 14 * n), fill=ink)  # type: ignore[arg-type]
    return image


def saved(image: Image.Image, kind: str, **saving: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **saving)
    return out.getvalue()


# ---------------------------------------------------------------- reasons


def test_an_empty_file_is_empty() -> None:
    assert read(b"", FileKind.PDF).outcome == "empty"


def test_kinds_that_are_not_read_are_unsupported() -> None:
    assert {read(b"x", kind).outcome for kind in (FileKind.DOC, FileKind.XLS, FileKind.RTF, FileKind.OTHER, FileKind.HEIC)} == {"unsupported"}


def test_an_encrypted_office_file_is_encrypted() -> None:
    assert read(b"x", FileKind.OFFICE_ENCRYPTED).outcome == "encrypted"


def test_a_file_that_does_not_begin_as_what_it_is_is_unsafe() -> None:
    assert read(b"junk" + text_pdf("Applicant"), FileKind.PDF).outcome == "unsafe"


def test_a_picture_that_is_a_pdf_too_is_unsafe() -> None:
    jpeg = saved(inked(), "JPEG", comment=b"%PDF-1.7 and so on")
    assert read(jpeg, FileKind.JPEG).outcome == "unsafe"


def test_a_pdf_that_is_a_zip_too_is_unsafe() -> None:
    assert read(text_pdf("Applicant") + b"PK\x05\x06" + b"\0" * 18, FileKind.PDF).outcome == "unsafe"


def test_the_same_bytes_give_the_same_reading() -> None:
    one, other = (read(form_pdf_once, FileKind.PDF) for form_pdf_once in [form_pdf()] * 2)
    assert one.model_copy(update={"seconds": 0}) == other.model_copy(update={"seconds": 0})


def test_a_reading_survives_its_way_through_json() -> None:
    one = read(form_pdf(), FileKind.PDF)
    assert FileRead.model_validate_json(one.model_dump_json()) == one


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([FileKind.PDF, FileKind.PNG, FileKind.JPEG, FileKind.TIFF, FileKind.DOCX, FileKind.XLSX, FileKind.HTML]), st.data())
def test_a_file_with_bytes_changed_never_breaks_the_reader(kind: FileKind, data: st.DataObject) -> None:
    whole = {FileKind.PDF: form_pdf(), FileKind.PNG: picture(), FileKind.JPEG: picture("JPEG"), FileKind.TIFF: picture("TIFF")}
    body = bytearray(whole.get(kind, b"PK\x03\x04<html><p>words"))
    for _ in range(data.draw(st.integers(1, 30))):
        body[data.draw(st.integers(8, len(body) - 1))] = data.draw(st.integers(0, 255))
    small = ReadLimits(max_pixels=2_000_000)
    assert read(bytes(body), kind, small).outcome in ("read", "damaged", "encrypted", "unsafe", "too_large", "too_complex", "empty")


# ---------------------------------------------------------------- PDFs


def test_a_pdf_cut_short_is_repaired_where_its_pages_are_whole() -> None:
    data = text_pdf("Applicant")
    assert [word.text for word in read(data[:-60], FileKind.PDF).pages[0].words] == ["Applicant"]


def test_a_pdf_of_which_little_is_left_is_damaged() -> None:
    assert read(text_pdf("Applicant")[:40], FileKind.PDF).outcome == "damaged"


def test_a_pdf_without_pages_is_damaged() -> None:
    assert read(raw_pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"]), FileKind.PDF).outcome == "damaged"


def test_a_page_tree_that_bites_its_tail_ends() -> None:
    tree = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R] /Count 1 >>",
    ]
    assert read(raw_pdf(tree), FileKind.PDF).outcome == "damaged"


def test_a_page_of_miles_is_rendered_within_the_pixels_allowed() -> None:
    data = one_page_pdf(b"/MediaBox [0 0 200000 200000]", b"BT /F 12000 Tf 5000 70000 Td (Wide) Tj ET")
    result = read(data, FileKind.PDF, ReadLimits(max_pixels=1_000_000))
    assert result.outcome == "read"
    assert [word.text for word in result.pages[0].words] == ["Wide"]


def test_a_page_that_is_a_thread_is_damaged() -> None:
    assert read(one_page_pdf(b"/MediaBox [0 0 900000 1]"), FileKind.PDF, ReadLimits(max_pixels=100_000)).outcome == "damaged"


@pytest.mark.slow
def test_sixty_thousand_glyphs_on_a_page_are_cut_and_noted() -> None:
    lines = b"".join(b"BT /F 3 Tf 20 %.1f Td (%s) Tj ET\n" % (820 - 1.6 * n, b"w%03d " % n * 24) for n in range(500))
    result = read(one_page_pdf(content=lines), FileKind.PDF, ReadLimits(max_glyphs=20_000))
    assert "too_complex" in result.pages[0].notes
    assert 0 < len(result.pages[0].words) <= 20_000


def test_pages_past_the_cap_are_counted_and_left_out() -> None:
    data = repeated(text_pdf("Applicant"), 10)
    result = read(data, FileKind.PDF, ReadLimits(max_pages=3))
    assert (len(result.pages), result.page_count) == (3, 10)


def test_reading_goes_on_where_another_stopped() -> None:
    data = repeated(text_pdf("Applicant"), 3)
    assert [page.number for page in read_file(data, FileKind.PDF, LIMITS, first_page=3).pages] == [3]


def test_a_scanned_page_is_handed_over_at_the_resolution_for_reading(seen_pictures: list[tuple[tuple[int, ...], float, float, float]]) -> None:
    with Image.new("RGB", (1654, 2339), "white") as scan:
        draw = ImageDraw.Draw(scan)
        for n in range(200):
            draw.rectangle((100 + 60 * (n % 20), 100 + 80 * (n // 20), 125 + 60 * (n % 20), 125 + 80 * (n // 20)), fill="black")
        data = saved(scan, "PDF", resolution=200)
    result = read(data, FileKind.PDF)
    assert result.pages[0].source == "ocr"
    (shape, dpi, width, height), *_ = seen_pictures
    assert (width, height) == pytest.approx((595.4, 842), abs=0.2)
    assert dpi == pytest.approx(200, abs=1)
    assert shape[0] == pytest.approx(2339, abs=2)


def test_a_photograph_on_a_page_as_large_as_its_pixels_is_read_as_a_sheet(seen_pictures: list[tuple[tuple[int, ...], float, float, float]]) -> None:
    """Telephones write PDF pages of one point a pixel."""
    data = saved(inked(size=(3000, 4000), at=400), "PDF", resolution=72)
    read(data, FileKind.PDF)
    (shape, dpi, width, height), *_ = seen_pictures
    assert (width, height) == (3000, 4000)
    assert dpi == pytest.approx(200, abs=2)
    assert max(shape) == pytest.approx(2339, abs=3)


def test_words_of_a_scan_keep_the_typed_text_on_top(monkeypatch: pytest.MonkeyPatch) -> None:
    def misread(
        picture: np.ndarray, *, dpi: float, number: int, width: float, height: float, languages: Sequence[str], deadline: float | None
    ) -> Page:
        words = [
            {"text": "App1icant", "box": (50, 130, 105, 146), "confidence": 0.6},
            {"text": "Scanned", "box": (50, 300, 100, 312), "confidence": 0.8},
        ]
        return Page.model_validate({"number": number, "width": width, "height": height, "source": "ocr", "dpi": dpi, "words": words})

    monkeypatch.setattr("parsers.ocr.read_picture", misread)
    boxes = b"".join(b"%d %d 6 9 re f\n" % (50 + 12 * (n % 40), 500 - 20 * (n // 40)) for n in range(200))
    page = read(one_page_pdf(content=b"BT /F 12 Tf 50 700 Td (Applicant) Tj ET\n" + boxes), FileKind.PDF).pages[0]
    assert [word.text for word in page.words] == ["Applicant", "Scanned"]
    assert page.source == "ocr"


def test_a_page_whose_font_does_not_tell_its_letters_is_read_as_a_picture(seen_pictures: list[object]) -> None:
    page = read(unnamed_letters_pdf("Name of applicant"), FileKind.PDF).pages[0]
    assert page.source == "ocr"
    assert "text_layer_rejected" in page.notes
    assert len(seen_pictures) == 1


def test_a_scanned_label_run_together_with_a_typed_number_stays_whole() -> None:
    read_as = Page(number=1, width=595, height=842, words=(Word(text="電話39150488", box=(50, 100, 150, 112), confidence=0.8),))
    merged = with_layer_words(read_as, [Word(text="39150488", box=(105, 101, 149, 111))])
    assert [word.text for word in merged.words] == ["電話39150488"]


# ---------------------------------------------------------------- pictures


def test_a_picture_of_too_many_pixels_is_too_large() -> None:
    assert read(huge_png(), FileKind.PNG).outcome == "too_large"


def test_a_tiff_of_ten_thousand_frames_is_too_complex() -> None:
    assert read(many_frames_tiff(10_000), FileKind.TIFF).outcome == "too_complex"


def test_a_photograph_cut_short_is_read_as_far_as_it_goes_and_says_so(seen_pictures: list[object]) -> None:
    data = saved(inked(size=(800, 1100), at=100), "JPEG", quality=95)
    page = read(data[: len(data) * 2 // 3], FileKind.JPEG).pages[0]
    assert "cut_short" in page.notes


def test_a_photograph_of_which_only_the_header_came_is_damaged() -> None:
    assert read(saved(inked(), "JPEG")[:100], FileKind.JPEG).outcome == "damaged"


def test_what_is_no_picture_is_damaged() -> None:
    assert read(b"\x89PNG\r\n\x1a\n" + b"nothing", FileKind.PNG).outcome == "damaged"


@pytest.mark.parametrize(
    ("saving", "points"),
    [({"dpi": (200, 200)}, (144, 108)), ({}, (842, 631.5)), ({"dpi": (1, 1)}, (842, 631.5)), ({"dpi": (200, 100)}, (144, 216))],
)
def test_a_picture_is_measured_by_the_resolution_that_it_states(
    saving: dict[str, object], points: tuple[float, float], seen_pictures: list[object]
) -> None:
    page = read(saved(inked(), "PNG", **saving), FileKind.PNG).pages[0]
    assert (page.width, page.height) == pytest.approx(points, abs=0.5)


def test_a_turned_photograph_is_measured_as_displayed(seen_pictures: list[tuple[tuple[int, ...], float, float, float]]) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    page = read(saved(inked(), "JPEG", exif=exif, dpi=(100, 100)), FileKind.JPEG).pages[0]
    assert (page.width, page.height) == pytest.approx((216, 288))
    assert seen_pictures[0][0][:2] == (400, 300)


def test_a_camera_picture_that_states_72_dpi_is_read_as_a_sheet_of_a4(seen_pictures: list[tuple[tuple[int, ...], float, float, float]]) -> None:
    read(saved(inked(size=(3024, 4032), at=400), "JPEG", dpi=(72, 72)), FileKind.JPEG)
    shape, dpi, width, height = seen_pictures[0]
    assert (width, height) == (3024, 4032)
    assert dpi == pytest.approx(300, abs=1)
    assert max(shape) == pytest.approx(3508, abs=5)


@pytest.mark.parametrize(
    ("image", "kind", "format_name"),
    [
        (inked("1", ground=1, ink=0), FileKind.TIFF, "TIFF"),
        (inked("L", ground=255, ink=0), FileKind.PNG, "PNG"),
        (inked("CMYK", ground=(0, 0, 0, 0), ink=(0, 0, 0, 255)), FileKind.JPEG, "JPEG"),
        (inked("RGBA", ground=(0, 0, 0, 0), ink=(0, 0, 0, 255)), FileKind.PNG, "PNG"),
        (inked("LA", ground=(0, 0), ink=(0, 255)), FileKind.PNG, "PNG"),
        (inked("I;16", ground=60000, ink=0), FileKind.PNG, "PNG"),
        (inked().convert("P"), FileKind.GIF, "GIF"),
        (inked(), FileKind.WEBP, "WEBP"),
        (inked(), FileKind.BMP, "BMP"),
    ],
    ids=lambda value: str(getattr(value, "mode", "")),
)
def test_every_kind_of_picture_comes_out_as_colours_on_white(
    image: Image.Image, kind: FileKind, format_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[np.ndarray] = []

    def note(picture: np.ndarray, *, dpi: float, number: int, width: float, height: float, languages: Sequence[str], deadline: float | None) -> Page:
        handed.append(picture)
        return Page(number=number, width=width, height=height, source="ocr")

    monkeypatch.setattr("parsers.ocr.read_picture", note)
    result = read(saved(image, format_name), kind)
    assert result.outcome == "read"
    assert (handed[0].shape[2], str(handed[0].dtype)) == (3, "uint8")
    corner, bar = int(handed[0][-5, -5].min()), int(handed[0][24, 40].max())
    assert corner > 200
    assert bar < 60


def test_each_frame_of_a_fax_is_a_page(seen_pictures: list[object]) -> None:
    data = saved(inked(), "TIFF", save_all=True, append_images=[inked(at=50), Image.new("RGB", (400, 300), "white")])
    result = read(data, FileKind.TIFF)
    assert [page.number for page in result.pages] == [1, 2, 3]
    assert [page.source for page in result.pages] == ["ocr", "ocr", "none"]
    assert result.pages[2].notes == ("blank",)


# ---------------------------------------------------------------- text


def test_a_text_file_is_read_in_the_encodings_of_hong_kong() -> None:
    for encoding in ("utf-8", "big5hkscs", "utf-16"):
        page = read("電話 深水埗分店".encode(encoding), FileKind.TEXT).pages[0]
        assert [word.text for word in page.words] == ["電話", "深水埗分店"], encoding


def test_an_html_paper_gives_the_words_that_a_browser_shows() -> None:
    source = b"<html><head><title>x</title></head><body><script>no()</script><p>Quotation</p><table><tr><td>Total</td><td>HK$5</td></table>"
    page = read(source, FileKind.HTML).pages[0]
    assert [word.text for word in page.words] == ["Quotation", "Total", "HK$5"]
    assert page.words[1].line == page.words[2].line


def test_hand_made_pdfs_of_the_tests_are_what_they_say() -> None:
    assert len(doubling_pdf()) < 8000
    with pikepdf.open(io.BytesIO(one_page_pdf(content=b"q Q"))) as pdf:
        assert pdf.pages[0].Contents.read_bytes().strip() == b"q Q"
    assert stream(b"ab").endswith(b"ab\nendstream")
