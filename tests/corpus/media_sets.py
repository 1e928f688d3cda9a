"""The media by name: ``MEDIA`` for building the readers, ``KEPT_APART`` (other strengths, other combinations) for measuring them."""

from __future__ import annotations

from tests.corpus import spoiling
from tests.corpus.media import (
    Medium,
    exif,
    fax,
    in_strips,
    mixed_tiff,
    photo,
    scan,
    screenshot,
    stored_as,
    turned,
    turned_and_cropped,
    two_on_a_sheet,
)

_CLOSE = (lambda shot, dice: spoiling.tilted(shot, dice, 0.05, close=True), lambda shot, dice: spoiling.shaded(shot, dice, 0.6))
_WHITE_TABLE = (lambda shot, dice: spoiling.tilted(shot, dice, 0.06, desk=(243, 242, 240)), lambda shot, dice: spoiling.shaded(shot, dice, 0.7))

MEDIA: dict[str, Medium] = {
    "scan 200": scan(dpi=200),
    "scan 150 JPEG 40": scan(dpi=150, quality=40),
    "scan 400": scan(dpi=400, skew=0.6),
    "skew 10": scan(dpi=200, skew=9.8),
    "noise": scan(dpi=200, noise=22),
    "sideways": turned(90, dpi=200),
    "upside down": turned(180, dpi=150),
    "fax fine TIFF": fax(204, 196, group=4, pdf=False),
    "fax coarse TIFF": fax(204, 98, group=3, pdf=False),
    "fax coarse PDF G4": fax(204, 98, group=4, pdf=True),
    "fax fine PDF G3": fax(204, 196, group=3, pdf=True),
    "photo close": photo(steps=_CLOSE),
    "photo white table": photo(steps=_WHITE_TABLE),
    "photo dark desk": photo(steps=(lambda s, d: spoiling.tilted(s, d, 0.06, desk=(60, 55, 50)), lambda s, d: spoiling.shaded(s, d, 0.6))),
    "photo uneven": photo(steps=(lambda s, d: spoiling.tilted(s, d, 0.02, close=True), lambda s, d: spoiling.shaded(s, d, 0.35))),
    "photo blurred": photo(steps=(lambda s, d: spoiling.tilted(s, d, 0.02, close=True), lambda s, d: spoiling.blurred(s, 1.6))),
    "photo moire": photo(steps=(lambda s, d: spoiling.tilted(s, d, 0.02, close=True), spoiling.moired)),
    "red chop": scan(dpi=200, then=(spoiling.chopped,)),
    "holes, staple, dark edges": scan(dpi=200, skew=1.5, then=(spoiling.punched, spoiling.edged)),
    "inverted": scan(dpi=200, then=(lambda s, d: spoiling.inverted(s),)),
    "mirrored": scan(dpi=200, then=(lambda s, d: spoiling.mirrored(s),)),
    "EXIF 6": exif(6),
    "EXIF 3": exif(3),
    "CMYK": stored_as("CMYK", "JPEG"),
    "palette": stored_as("P", "PNG"),
    "alpha": stored_as("RGBA", "PNG"),
    "16 bits": stored_as("I;16", "PNG"),
    "mixed TIFF": mixed_tiff,
    "strips": in_strips,
    "Rotate 90, CropBox": turned_and_cropped(90),
    "A3 spread": two_on_a_sheet(dpi=150, shrink=1.0, gutter=0),
    "two A5 on A4": two_on_a_sheet(dpi=200, shrink=0.7071, gutter=0),
    "screenshot": screenshot(wide=1080),
}

KEPT_APART: dict[str, Medium] = {
    "scan 250, skew 6, JPEG 40": scan(dpi=250, skew=6.2, quality=40, noise=9),
    "upside down, skew 4": turned(180, dpi=175, skew=4.0),
    "sideways 270 with chop": scan(dpi=180, skew=2.0, then=(spoiling.chopped, lambda s, d: spoiling.turned(s, 270))),
    "fax 200x100 G4 TIFF": fax(200, 100, group=4, pdf=False),
    "fax coarse PDF G3": fax(204, 98, group=3, pdf=True),
    "photo close, uneven, JPEG 40": photo(
        dpi=230, quality=40, steps=(lambda s, d: spoiling.tilted(s, d, 0.08, close=True), lambda s, d: spoiling.shaded(s, d, 0.45))
    ),
    "photo white table, blurred": photo(
        dpi=170, steps=(lambda s, d: spoiling.tilted(s, d, 0.09, desk=(250, 250, 248)), lambda s, d: spoiling.blurred(s, 1.1))
    ),
    "photo moire, shade": photo(
        dpi=240, steps=(lambda s, d: spoiling.tilted(s, d, 0.04, close=True), spoiling.moired, lambda s, d: spoiling.shaded(s, d, 0.55))
    ),
    "inverted upside down": scan(dpi=150, skew=2.5, then=(lambda s, d: spoiling.inverted(s), lambda s, d: spoiling.turned(s, 180))),
    "mirrored skew 3": scan(dpi=170, skew=3.0, then=(lambda s, d: spoiling.mirrored(s),)),
    "holes, edges, skew 5": scan(dpi=150, skew=5.0, quality=50, then=(spoiling.punched, spoiling.edged)),
    "EXIF 8": exif(8, dpi=180),
    "CMYK TIFF": stored_as("CMYK", "TIFF", dpi=200),
    "Rotate 270, CropBox": turned_and_cropped(270),
    "A3 spread, gutter, sideways": two_on_a_sheet(dpi=170, shrink=1.0, gutter=14, skew=1.2, sideways=90),
    "two A5 on A4, skew": two_on_a_sheet(dpi=250, shrink=0.7071, gutter=0, skew=1.5),
    "screenshot 1440": screenshot(wide=1440, form="JPEG"),
}
