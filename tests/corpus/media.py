"""The ways in which offices send a paper: scanners, fax machines, telephones and programs, each with the file it gives and where each point went."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import pikepdf
from PIL import Image

from parsers.values import FileKind
from tests.corpus import spoiling
from tests.corpus.degrade import pictures_of
from tests.corpus.spoiling import Shot

Matrix = Any
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Sent:
    """A file as it arrives. ``places``: for each page drawn, the number of the file's page that shows it, and the map (3 x 3) from points of the
    drawn page to points of that page as displayed."""

    data: bytes
    kind: FileKind
    places: tuple[tuple[int, Matrix], ...]

    def place(self, page: int, box: Box) -> tuple[int, Box]:
        """Where a box of the drawn page stands: the file's page, and the box around it there."""
        number, moved = self.places[page - 1]
        x0, top, x1, bottom = box
        corners = cv2.perspectiveTransform(np.array([[[x0, top], [x1, top], [x1, bottom], [x0, bottom]]], np.float64), moved)[0]
        (left, upper), (right, lower) = corners.min(axis=0), corners.max(axis=0)
        return number, (float(left), float(upper), float(right), float(lower))


Medium = Callable[[bytes, random.Random], Sent]


def shots_of(pdf: bytes, dpi: float) -> list[Shot]:
    """The pages as pictures; each remembers where a point of its page is."""
    return [Shot(picture, np.diag([dpi / 72, dpi / 72, 1.0])) for picture in pictures_of(pdf, dpi)]


def _placed(shots: Sequence[Shot], dpi: Sequence[tuple[float, float]]) -> tuple[tuple[int, Matrix], ...]:
    return tuple((number, np.diag([72 / x, 72 / y, 1.0]) @ shot.moved) for number, (shot, (x, y)) in enumerate(zip(shots, dpi, strict=True), 1))


def in_pdf(shots: Sequence[Shot], dpi: float, *, quality: int = 75) -> Sent:
    """A scanner's PDF, a JPEG a page."""
    pages = [Image.fromarray(shot.picture) for shot in shots]
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=dpi, quality=quality)
    return Sent(out.getvalue(), FileKind.PDF, _placed(shots, [(dpi, dpi)] * len(shots)))


def in_picture(shot: Shot, dpi: float | None, form: str = "JPEG", **options: Any) -> Sent:
    """A picture file; without ``dpi`` it states none, and its long side is 842 points."""
    out = io.BytesIO()
    stated = {"dpi": (dpi, dpi)} if dpi else {}
    Image.fromarray(shot.picture).save(out, form, **stated, **options)
    true = dpi or max(shot.picture.shape[:2]) * 72 / 842
    return Sent(out.getvalue(), FileKind[form], _placed([shot], [(true, true)]))


# ------------------------------------------------------------------ media


def scan(
    *, dpi: float, skew: float = 1.0, quality: int = 75, noise: float = 5.0, then: Sequence[Callable[[Shot, random.Random], Shot]] = ()
) -> Medium:
    """An office scanner, and what befell the sheet."""

    def made(pdf: bytes, dice: random.Random) -> Sent:
        shots = []
        for shot in shots_of(pdf, dpi):
            for change in then:
                shot = change(shot, dice)
            shots.append(spoiling.noisy(spoiling.skewed(shot, dice.choice((-1, 1)) * skew), dice, noise))
        return in_pdf(shots, dpi, quality=quality)

    return made


def turned(quarter: int, *, dpi: float, skew: float = 0.5) -> Medium:
    """A page fed sideways or upside down."""
    return scan(dpi=dpi, skew=skew, then=(lambda shot, dice: spoiling.turned(shot, quarter),))


def fax(across: int, down: int, *, group: int, pdf: bool) -> Medium:
    """A fax: black and white at the machine's resolution, in a TIFF or, as CCITT data, in a PDF."""

    def made(paper: bytes, dice: random.Random) -> Sent:
        shots = [spoiling.bilevel(spoiling.scaled(shot, across / 200, down / 200), dice) for shot in shots_of(paper, 200)]
        places = _placed(shots, [(across, down)] * len(shots))
        pages = [Image.fromarray(shot.picture).convert("1") for shot in shots]
        if pdf:
            return Sent(_ccitt_pdf(pages, across, down, group), FileKind.PDF, places)
        out = io.BytesIO()
        pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], compression=f"group{group}", dpi=(across, down))
        return Sent(out.getvalue(), FileKind.TIFF, places)

    return made


def _ccitt_pdf(pages: Sequence[Image.Image], across: int, down: int, group: int) -> bytes:
    pdf = pikepdf.new()
    for page in pages:
        width, height = page.size
        packed = io.BytesIO()
        page.save(packed, "TIFF", compression=f"group{group}", strip_size=1 << 30)
        tags = Image.open(io.BytesIO(packed.getvalue())).tag_v2  # type: ignore[attr-defined]
        start, length = tags[273][0], tags[279][0]
        parameters = pikepdf.Dictionary(K=-1 if group == 4 else 0, Columns=width, Rows=height, BlackIs1=tags[262] == 1)
        stream = pdf.make_stream(packed.getvalue()[start : start + length])
        stream.stream_dict.update(
            pikepdf.Dictionary(
                Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=width, Height=height, BitsPerComponent=1,
                ColorSpace=pikepdf.Name.DeviceGray, Filter=pikepdf.Name.CCITTFaxDecode, DecodeParms=parameters,
            )
        )  # fmt: skip
        sheet = pdf.add_blank_page(page_size=(width * 72 / across, height * 72 / down))
        sheet.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=stream))
        sheet.obj.Contents = pdf.make_stream(f"q {width * 72 / across} 0 0 {height * 72 / down} 0 0 cm /Im Do Q".encode())
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def photo(*, dpi: float = 200, quality: int = 75, steps: Sequence[Callable[[Shot, random.Random], Shot]]) -> Medium:
    """A telephone's picture of the first page."""

    def made(pdf: bytes, dice: random.Random) -> Sent:
        shot = shots_of(pdf, dpi)[0]
        for step in steps:
            shot = step(shot, dice)
        return in_picture(shot, None, quality=quality)

    return made


_STORED = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}


def exif(orientation: int, *, dpi: float = 150) -> Medium:
    """A picture stored turned, with the EXIF mark that says so."""

    def made(pdf: bytes, dice: random.Random) -> Sent:
        shot = spoiling.noisy(shots_of(pdf, dpi)[0], dice, 4)
        stored = Image.fromarray(shot.picture).transpose(
            {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}[orientation]
        )
        marks = Image.Exif()
        marks[0x0112] = orientation
        out = io.BytesIO()
        stored.save(out, "JPEG", quality=80, exif=marks.tobytes(), dpi=(dpi, dpi))
        return Sent(out.getvalue(), FileKind.JPEG, _placed([shot], [(dpi, dpi)]))

    return made


def stored_as(mode: str, form: str, *, dpi: float = 150) -> Medium:
    """A scan in an unusual kind of picture: CMYK, palette, transparent, sixteen bits a sample."""

    def made(pdf: bytes, dice: random.Random) -> Sent:
        shot = spoiling.noisy(shots_of(pdf, dpi)[0], dice, 3)
        picture = Image.fromarray(shot.picture)
        if mode == "I;16":
            grey = np.asarray(picture.convert("L")).astype(np.uint16) * 16  # twelve bits, as scanners give them
            picture = Image.fromarray(grey)
        elif mode == "RGBA":
            ink = 255 - np.asarray(picture.convert("L"))
            picture = Image.fromarray(np.dstack([np.zeros_like(shot.picture), ink]))
        else:
            picture = picture.convert(mode)
        out = io.BytesIO()
        picture.save(out, form, dpi=(dpi, dpi))
        return Sent(out.getvalue(), FileKind[form], _placed([shot], [(dpi, dpi)]))

    return made


def mixed_tiff(pdf: bytes, dice: random.Random) -> Sent:
    """One TIFF whose frames differ in size, resolution and kind."""
    kinds = [(150.0, "L"), (200.0, "1"), (120.0, "RGB")]
    shots, stated, frames = [], [], []
    for number, page in enumerate(pictures_of(pdf, 200)):
        dpi, mode = kinds[number % 3]
        shot = spoiling.scaled(Shot(page, np.diag([200 / 72, 200 / 72, 1.0])), dpi / 200, dpi / 200)
        shots.append(spoiling.noisy(shot, dice, 3))
        stated.append((dpi, dpi))
        frame = Image.fromarray(shots[-1].picture).convert(mode)
        frame.info["dpi"] = (dpi, dpi)
        frame.encoderinfo = {"dpi": (dpi, dpi), "compression": "group4" if mode == "1" else "tiff_deflate"}
        frames.append(frame)
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:], dpi=stated[0], compression="tiff_deflate")
    return Sent(out.getvalue(), FileKind.TIFF, _placed(shots, stated))


def in_strips(pdf: bytes, dice: random.Random) -> Sent:
    """A scanner's PDF that cuts each page into strips."""
    dpi, high = 200.0, 120
    document = pikepdf.new()
    shots = [spoiling.noisy(shot, dice, 4) for shot in shots_of(pdf, dpi)]
    for shot in shots:
        rows, columns = shot.picture.shape[:2]
        sheet = document.add_blank_page(page_size=(columns * 72 / dpi, rows * 72 / dpi))
        names, drawing = pikepdf.Dictionary(), []
        for top in range(0, rows, high):
            strip = shot.picture[top : top + high]
            _, packed = cv2.imencode(".jpg", strip[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 75])
            stream = document.make_stream(packed.tobytes())
            stream.stream_dict.update(
                pikepdf.Dictionary(
                    Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=columns, Height=strip.shape[0], BitsPerComponent=8,
                    ColorSpace=pikepdf.Name.DeviceRGB, Filter=pikepdf.Name.DCTDecode,
                )
            )  # fmt: skip
            names[f"/S{top}"] = stream
            bottom = (rows - top - strip.shape[0]) * 72 / dpi
            drawing.append(f"q {columns * 72 / dpi} 0 0 {strip.shape[0] * 72 / dpi} 0 {bottom} cm /S{top} Do Q")
        sheet.obj.Resources = pikepdf.Dictionary(XObject=names)
        sheet.obj.Contents = document.make_stream("\n".join(drawing).encode())
    out = io.BytesIO()
    document.save(out)
    return Sent(out.getvalue(), FileKind.PDF, _placed(shots, [(dpi, dpi)] * len(shots)))


def turned_and_cropped(rotate: int) -> Medium:
    """A scanner's PDF whose pages say that they are to be turned, and of which a border is cut away; as displayed they stand upright."""

    def made(pdf: bytes, dice: random.Random) -> Sent:
        dpi, cut = 150.0, 18.0
        shots = [spoiling.noisy(shot, dice, 4) for shot in shots_of(pdf, dpi)]
        stored = in_pdf([spoiling.turned(shot, (360 - rotate) % 360) for shot in shots], dpi)
        places = []
        with pikepdf.open(io.BytesIO(stored.data)) as document:
            for number, (page, shot) in enumerate(zip(document.pages, shots, strict=True), 1):
                x0, y0, x1, y1 = (float(n) for n in page.mediabox)
                page.obj.CropBox = [x0 + cut, y0 + cut, x1 - cut, y1 - cut]
                page.obj.Rotate = rotate
                places.append((number, np.array([[1, 0, -cut], [0, 1, -cut], [0, 0, 1]], float) @ np.diag([72 / dpi, 72 / dpi, 1.0]) @ shot.moved))
            out = io.BytesIO()
            document.save(out)
        return Sent(out.getvalue(), FileKind.PDF, tuple(places))

    return made


def two_on_a_sheet(*, dpi: float, shrink: float, gutter: float, skew: float = 0.4, sideways: int = 0) -> Medium:
    """Two pages side by side on one sheet: A3 (``shrink`` 1) or two A5 on A4 (0.707)."""

    def made(pdf: bytes, dice: random.Random) -> Sent:
        pages = [spoiling.scaled(shot, shrink, shrink) for shot in shots_of(pdf, dpi)]
        sheets: list[Shot] = []
        places: list[tuple[int, Matrix]] = []
        for first in range(0, len(pages), 2):
            pair = pages[first : first + 2]
            height, width = pair[0].picture.shape[:2]
            middle = round(gutter * dpi / 72)
            sheet = np.full((height, 2 * width + middle, 3), 250, np.uint8)
            for index, page in enumerate(pair):
                left = index * (width + middle)
                sheet[: page.picture.shape[0], left : left + width] = page.picture
            spread = spoiling.noisy(spoiling.skewed(spoiling.turned(Shot(sheet, np.eye(3)), sideways), dice.choice((-1, 1)) * skew), dice, 4)
            sheets.append(spread)
            for index, page in enumerate(pair):
                shift = np.array([[1, 0, index * (width + middle)], [0, 1, 0], [0, 0, 1]], float)
                places.append((len(sheets), np.diag([72 / dpi, 72 / dpi, 1.0]) @ spread.moved @ shift @ page.moved))
        return Sent(in_pdf(sheets, dpi).data, FileKind.PDF, tuple(places))

    return made


def screenshot(*, wide: int, form: str = "PNG") -> Medium:
    """A long screenshot of a telephone: a bar above, all pages below one another in a narrow column, no resolution stated."""

    def made(pdf: bytes, dice: random.Random) -> Sent:
        dpi = (wide - 40) * 72 / 595.28
        shots = shots_of(pdf, dpi)
        rows = [shot.picture.shape[0] for shot in shots]
        whole = np.full((160 + sum(rows) + 40 * len(rows), wide, 3), 237, np.uint8)
        whole[:120] = (245, 245, 245)
        cv2.putText(whole, "14:32", (40, 80), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (30, 30, 30), 3)
        places, top = [], 160
        for shot in shots:
            height, width = shot.picture.shape[:2]
            whole[top : top + height, 20 : 20 + min(width, wide - 20)] = shot.picture[:, : wide - 20]
            shift = np.array([[1, 0, 20], [0, 1, top], [0, 0, 1]], float)
            scale = 842 / max(whole.shape[:2])
            places.append((1, np.diag([scale, scale, 1.0]) @ shift @ shot.moved))
            top += height + 40
        sent = in_picture(Shot(whole, np.eye(3)), None, form)
        return Sent(sent.data, sent.kind, tuple(places))

    return made
