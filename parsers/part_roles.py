"""What each part of a mail is for: a paper, the mail's own text, decoration, or machinery. In doubt it is a paper: none is lost."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Sequence

from PIL import Image

from parsers.html_text import Picture
from parsers.values import FileKind, PartRole

_MACHINERY_TYPES = frozenset(
    {
        "message/delivery-status",
        "message/global-delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
        "text/rfc822-headers",
        "text/calendar",
        "application/ics",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-signature",
        "application/pgp-encrypted",
        "application/pgp-keys",
        "text/vcard",
        "text/x-vcard",
        "text/directory",
        "text/x-amp-html",
        "application/x-smime-signature",
    }
)
_PICTURES = {FileKind.JPEG: "JPEG", FileKind.PNG: "PNG", FileKind.GIF: "GIF", FileKind.BMP: "BMP", FileKind.WEBP: "WEBP", FileKind.TIFF: "TIFF"}
_PROGRAM_NAME = re.compile(
    r"(image\d{3}|outlook-\w+|att\d{5}|logo|signature|spacer|pixel|banner|icon|facebook|linkedin|wechat)[\w@.-]*", re.IGNORECASE
)
_NOT_A_PAPER = 90  # pixels: nothing can be read of a paper whose shorter side is less
_LOGO = 650  # pixels of the long side: scans and photos of papers have more, also when pasted
_PASTED_SCAN = 500  # pixels of the long side: a small scan, if its sides are as those of a paper
_BANNER = 2.4  # long side to short: papers have at most 1.5


def pixel_size(data: bytes, kind: FileKind) -> tuple[int, int] | None:
    """Width and height in pixels by the picture's header alone; None where it is no picture or cannot be told."""
    if kind not in _PICTURES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=[_PICTURES[kind]]) as image:
                return image.size
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, OverflowError, Image.DecompressionBombError, EOFError, AttributeError):
        return None


def _is_decoration(size: tuple[int, int], picture: Picture | None, *, inline: bool, name: str | None) -> bool:
    """A logo, signature picture, ruler or tracking pixel. ``picture`` is how the mail's page shows it, if it does."""
    long, short = max(size), min(size)
    if short < _NOT_A_PAPER // 2 or (short < _NOT_A_PAPER and long < 300):
        return True
    named_by_program = bool(name and _PROGRAM_NAME.match(name))
    if picture is None and not (inline and named_by_program):
        return False
    if long >= _PASTED_SCAN and 1.2 * short <= long <= 1.6 * short:
        return False
    displayed = max(picture.width or 0, picture.height or 0) if picture else 0
    if long <= _LOGO or (long >= _BANNER * short and short <= 450):
        return True
    return 0 < displayed <= 260 and long < 1500 and named_by_program


def role_of(
    *, kind: FileKind, declared_type: str, data: bytes, name: str | None, inline: bool, content_id: str | None, pictures: Sequence[Picture]
) -> PartRole:
    """Role of a part that is not the mail's text. A phone photo pasted into the text is a paper; an inline PDF without a name is one too."""
    if declared_type in _MACHINERY_TYPES or kind is FileKind.CALENDAR:
        return PartRole.MACHINERY if kind not in (FileKind.PDF, FileKind.JPEG, FileKind.PNG, FileKind.TIFF) else PartRole.PAPER
    if kind is FileKind.TEXT and data[:40].lstrip().upper().startswith((b"BEGIN:VCARD", b"-----BEGIN PGP SIGNATURE", b"-----BEGIN PGP PUBLIC KEY")):
        return PartRole.MACHINERY
    shown = next((p for p in pictures if content_id and p.content_id == content_id.lower()), None)
    size = pixel_size(data, kind)
    if size is not None and _is_decoration(size, shown, inline=inline, name=name):
        return PartRole.DECORATION
    if shown is not None and kind in (FileKind.OTHER, FileKind.EMPTY):  # vector logos
        return PartRole.DECORATION
    return PartRole.PAPER
