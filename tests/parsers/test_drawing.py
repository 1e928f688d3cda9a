"""Pages drawn for people: as displayed, within limits, and a clear word where a page cannot be drawn."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf
import pytest
from PIL import Image

from parsers.drawing import Artist
from parsers.page_drawing import CannotDraw, draw_page
from parsers.read_limits import ReadLimits
from parsers.values import FileKind

LIMITS = ReadLimits()


def pdf(*, pages: int = 1, rotate: int = 0, size: tuple[float, float] = (400, 600), contents: bytes = b"") -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as made:
        for _ in range(pages):
            page = made.add_blank_page(page_size=size)
            page.Rotate = rotate
            page.Contents = made.make_stream(contents)
        made.save(out)
    return out.getvalue()


def jpeg(size: tuple[int, int] = (400, 200), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, "JPEG", **options)
    return out.getvalue()


@pytest.fixture(scope="module")
def artist() -> Iterator[Artist]:
    with Artist(1) as opened:
        yield opened


def test_a_page_has_the_size_that_a_person_sees() -> None:
    png, width, height = draw_page(pdf(rotate=90), FileKind.PDF, 1, 72, LIMITS)
    assert (width, height) == (600, 400)
    assert Image.open(io.BytesIO(png)).size == (600, 400)


def test_a_photograph_is_turned_as_it_says_and_measured_as_its_boxes_are() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    png, width, height = draw_page(jpeg((400, 200), exif=exif, dpi=(100, 100)), FileKind.JPEG, 1, 72, LIMITS)
    assert (width, height) == (144, 288)
    drawn = Image.open(io.BytesIO(png))
    assert drawn.height == 2 * drawn.width


@pytest.mark.parametrize(
    ("data", "kind", "page", "said"),
    [
        (b"no pdf", FileKind.PDF, 1, "damaged"),
        (pdf(), FileKind.PDF, 2, "no page 2"),
        (pdf(), FileKind.PDF, 0, "no page 0"),
        (b"no picture", FileKind.JPEG, 1, "picture"),
        (jpeg()[:50], FileKind.JPEG, 1, "damaged|picture|Error"),
        (b"PK", FileKind.DOCX, 1, "docx"),
    ],
)
def test_what_cannot_be_drawn_is_said(data: bytes, kind: FileKind, page: int, said: str) -> None:
    with pytest.raises(CannotDraw, match=said):
        draw_page(data, kind, page, 72, LIMITS)


@pytest.mark.slow
def test_the_artist_draws_what_the_function_draws_and_survives_what_kills_a_child(artist: Artist) -> None:
    drawn = artist.draw(pdf(pages=2), FileKind.PDF, 2, 50)
    assert drawn == draw_page(pdf(pages=2), FileKind.PDF, 2, 50, LIMITS)
    with pytest.raises(CannotDraw, match="damaged"):
        artist.draw(b"junk", FileKind.PDF, 1, 50)
    with Artist(1, LIMITS.model_copy(update={"memory_mb": 1})) as cramped, pytest.raises(CannotDraw):
        cramped.draw(pdf(size=(5000, 5000)), FileKind.PDF, 1, 200)
    assert artist.draw(pdf(), FileKind.PDF, 1, 50).width == 400
