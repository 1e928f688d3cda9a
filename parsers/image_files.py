"""Pictures as pages: photographs, scans and faxes, turned as a person sees them, one page a frame."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from parsers.opened_file import Opened, Refused
from parsers.read_limits import ReadLimits
from parsers.scan_reading import A4_LONG_SIDE, PictureReaders
from parsers.values import FileKind, Page

Picture = NDArray[np.uint8]

PILLOW_FORMATS = {
    FileKind.JPEG: ("JPEG",),  # multi-picture files of telephones too
    FileKind.PNG: ("PNG",),
    FileKind.TIFF: ("TIFF",),
    FileKind.WEBP: ("WEBP",),
    FileKind.GIF: ("GIF",),
    FileKind.BMP: ("BMP",),
}
# What Pillow raises on broken or hostile pictures; SyntaxError is its own for bad PNG chunks.
PILLOW_ERRORS = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, AttributeError, ZeroDivisionError, OverflowError)
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_LEAST_SIDE, _THREAD = 12, 100  # pixels of a line of print, and sides whose ratio no paper has: nothing can be read there
_STATED = (15.0, 2400.0)  # dots per inch that a file may state; others are no resolution


def open_image(data: bytes, kind: FileKind, readers: PictureReaders) -> Opened | Refused:
    """The picture file, ready to be read frame by frame; animations count as their first frame."""
    limits = readers.limits
    opened = open_picture(data, PILLOW_FORMATS[kind], limits)
    if isinstance(opened, Refused):
        return opened
    frames = 1
    if kind is FileKind.TIFF:
        frames = _frames(opened, limits)
        if frames > limits.max_frames:
            return Refused("too_complex", f"more than {limits.max_frames} frames")
    return Opened(frames, lambda number: _read_frame(opened, number, readers))


def open_picture(data: bytes, formats: tuple[str, ...], limits: ReadLimits) -> Image.Image | Refused:
    """The picture, headers read and pixels not; Refused where there would be too many, or the headers are broken."""
    try:
        with _only_bombs_matter():
            picture = Image.open(io.BytesIO(data), formats=formats)
    except BOMBS:
        return Refused("too_large", "too many pixels")
    except UnidentifiedImageError:
        return Refused("damaged", "not a picture")
    except PILLOW_ERRORS as error:
        return Refused("damaged", type(error).__name__)
    if picture.width * picture.height > limits.max_pixels:
        return Refused("too_large", f"{picture.width} x {picture.height} pixels")
    return picture


@contextlib.contextmanager
def _only_bombs_matter() -> Iterator[None]:
    """Pillow's complaints about broken metadata are not ours; a picture of too many pixels is an error."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="PIL")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def _frames(picture: Image.Image, limits: ReadLimits) -> int:
    """Number of frames, counted up to one more than the cap; a broken chain ends the count."""
    count = 1
    try:
        with _only_bombs_matter():
            while count <= limits.max_frames:
                picture.seek(count)
                count += 1
    except (*PILLOW_ERRORS, *BOMBS):
        return count
    return count


def _read_frame(picture: Image.Image, number: int, readers: PictureReaders) -> Page:
    try:
        with _only_bombs_matter():
            picture.seek(number - 1)
        if picture.width * picture.height > readers.limits.max_pixels:
            return Page(number=number, width=0, height=0, notes=("too_large",))
        displayed, dpi, whole = as_displayed(picture)
    except BOMBS:
        return Page(number=number, width=0, height=0, notes=("too_large",))
    except PILLOW_ERRORS:
        return Page(number=number, width=0, height=0, notes=("damaged",))
    width, height = size_in_points(displayed.shape[1], displayed.shape[0], dpi)
    if min(displayed.shape[:2]) < _LEAST_SIDE or max(displayed.shape[:2]) > _THREAD * min(displayed.shape[:2]):
        return Page(number=number, width=width, height=height, notes=("too_coarse",))
    page = read_picture_page(displayed, number=number, width=width, height=height, readers=readers)
    return page if whole else page.model_copy(update={"notes": (*page.notes, "cut_short")})


def read_picture_page(displayed: Picture, *, number: int, width: float, height: float, readers: PictureReaders) -> Page:
    """A page that is nothing but a picture: read, or found blank."""
    if readers.blank(displayed):
        return Page(number=number, width=width, height=height, notes=("blank",))
    return readers.ocr(displayed, number=number, width=width, height=height)


def as_displayed(picture: Image.Image) -> tuple[Picture, tuple[float, float] | None, bool]:
    """The frame as RGB, turned by its EXIF orientation, transparency on white; the stated dots per inch across and down, or None; and
    whether it was whole (False: cut short, the rest is grey). Raises PILLOW_ERRORS or BOMBS."""
    with _only_bombs_matter():
        dpi = stated_dpi(picture)
        whole = _load(picture)
        if dpi is not None and picture.getexif().get(0x0112, 1) in (5, 6, 7, 8):
            dpi = (dpi[1], dpi[0])
        turned = ImageOps.exif_transpose(picture)
        return np.array(_rgb(turned), dtype=np.uint8), dpi, whole


def _load(picture: Image.Image) -> bool:
    """Decode the pixels; a file that ends early gives what there is of it, when that is something."""
    try:
        picture.load()
    except OSError as error:
        if "truncated" not in str(error):
            raise
    else:
        return True
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        picture.load()
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    return False


def _rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I;16") or picture.mode in ("I", "F"):
        return _stretched(picture).convert("RGB")
    if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        ground = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(ground, layered).convert("RGB")
    return picture.convert("RGB")


def _stretched(picture: Image.Image) -> Image.Image:
    """Sixteen bits and more brought to eight: by the file's range, not by its top byte, which may be all zero."""
    values = np.asarray(picture, dtype=np.float32)
    low, high = float(values.min()), float(values.max())
    if high > low and not (low >= 0 and high <= 255):
        values = (values - low) * (255.0 / (high - low))
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def stated_dpi(picture: Image.Image) -> tuple[float, float] | None:
    """Dots per inch across and down as the file states them; None where it states none, or nonsense.

    JFIF density without a unit and TIFF resolution without an inch or centimetre state nothing.
    """
    stated = picture.info.get("dpi")
    if picture.format in ("JPEG", "MPO") and picture.info.get("jfif_unit") == 0 and 0x011A not in picture.getexif():
        return None
    if not isinstance(stated, tuple) or len(stated) != 2:
        return None
    across, down = (float(value) for value in stated)
    low, high = _STATED
    return (across, down) if low <= across <= high and low <= down <= high else None


def size_in_points(pixels_wide: int, pixels_high: int, dpi: tuple[float, float] | None) -> tuple[float, float]:
    """Width and height: pixels x 72 / dpi; without dpi the long side is 842 points (contract.md, 'box')."""
    if dpi is not None:
        return round(pixels_wide * 72 / dpi[0], 2), round(pixels_high * 72 / dpi[1], 2)
    scale = round(A4_LONG_SIDE) / max(pixels_wide, pixels_high)
    return round(pixels_wide * scale, 2), round(pixels_high * scale, 2)
