"""Pictures made to hurt, or spoiled on their way, end as pages or as a typed reason, and cost next to nothing."""

from __future__ import annotations

import io
import struct
import time
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from parsers.read_file import read_file
from parsers.read_limits import ReadLimits
from parsers.values import FileKind, FileRead, Page

PILE = 200  # kilobytes of a bomb


@pytest.fixture(autouse=True)
def reader_of_pictures(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """Stands in for the models: notes the shape of what it is given."""
    given: list[tuple[int, ...]] = []

    def note(picture: Any, *, dpi: float, number: int, width: float, height: float, **_: Any) -> Page:
        given.append(picture.shape)
        return Page(number=number, width=width, height=height, source="ocr", dpi=dpi)

    monkeypatch.setattr("parsers.ocr.read_picture", note)
    return given


def read(data: bytes, kind: FileKind) -> FileRead:
    began = time.process_time()
    result = read_file(data, kind, ReadLimits())
    assert time.process_time() - began < 6
    return result


def png(width: int, height: int, *, body: bytes = b"", depth: int = 1) -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(body, 9)) + chunk(b"IEND", b"")


def speckled(width: int, height: int) -> Image.Image:
    return Image.fromarray(np.where(np.random.default_rng(1).random((height, width)) < 0.1, 0, 255).astype(np.uint8))


def packed(picture: Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def test_a_picture_bomb_is_too_large_before_a_pixel_is_unpacked() -> None:
    assert read(png(60_000, 60_000, body=bytes(PILE * 1000)), FileKind.PNG).outcome == "too_large"
    assert read(png(2**31 - 1, 2**31 - 1), FileKind.PNG).outcome in ("too_large", "damaged")


@pytest.mark.parametrize(("width", "height"), [(1, 100_000), (100_000, 1), (2, 30_000)])
def test_a_thread_of_pixels_is_too_coarse_to_read_and_not_blank(width: int, height: int, reader_of_pictures: list[tuple[int, ...]]) -> None:
    result = read(packed(speckled(width, height), "PNG"), FileKind.PNG)
    assert [page.notes for page in result.pages] == [("too_coarse",)]
    assert not reader_of_pictures


@pytest.mark.parametrize(("width", "height"), [(0, 0), (0, 100), (100, 0)])
def test_a_picture_without_pixels_is_damaged(width: int, height: int) -> None:
    assert read(png(width, height), FileKind.PNG).outcome == "damaged"


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.99])
def test_a_jpeg_cut_short_is_damaged_or_says_that_it_was_cut(share: float) -> None:
    whole = packed(speckled(500, 700), "JPEG", quality=60)
    result = read(whole[: int(len(whole) * share)], FileKind.JPEG)
    assert result.outcome == "damaged" or all("cut_short" in page.notes for page in result.pages)


@pytest.mark.parametrize("orientation", [0, 9, 255, 65535])
def test_an_orientation_that_does_not_exist_turns_nothing(orientation: int) -> None:
    marks = Image.Exif()
    marks[0x0112] = orientation
    page = read(packed(speckled(300, 200), "JPEG", exif=marks.tobytes()), FileKind.JPEG).pages[0]
    assert page.width > page.height


def test_exif_data_of_garbage_harm_nothing() -> None:
    data = packed(speckled(300, 200), "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff" + bytes(range(256)) * 8)
    assert read(data, FileKind.JPEG).outcome == "read"


@pytest.mark.parametrize("dpi", [(1, 1), (100_000, 100_000), (0, 0), (72, 7200)])
def test_a_resolution_of_nonsense_is_not_believed_beyond_a_page(dpi: tuple[int, int], reader_of_pictures: list[tuple[int, ...]]) -> None:
    page = read(packed(speckled(800, 1100), "PNG", dpi=dpi), FileKind.PNG).pages[0]
    assert page.width > 0
    assert page.height > 0
    assert all(high * wide <= 40_000_000 for high, wide, _ in reader_of_pictures)


def test_a_screenshot_of_many_metres_is_handed_over_in_pieces_like_sheets(reader_of_pictures: list[tuple[int, ...]]) -> None:
    chat = Image.new("L", (700, 20_000), 255)
    for top in range(200, 19_800, 60):
        ImageDraw.Draw(chat).text((40, top), "Harbour Tools Limited 12345678", fill=0, font_size=24)
    read(packed(chat, "PNG"), FileKind.PNG)
    assert len(reader_of_pictures) > 10
    assert all(high <= 2.2 * wide for high, wide, _ in reader_of_pictures)


def test_each_frame_of_a_tiff_is_measured_by_itself() -> None:
    first, second = speckled(850, 1100).convert("L"), speckled(1728, 1100).convert("1")
    data = packed(first, "TIFF", save_all=True, append_images=[second], dpi=(100, 100))
    pages = read(data, FileKind.TIFF).pages
    assert [page.number for page in pages] == [1, 2]
    assert pages[1].width > pages[0].width
