"""QR codes on a page: business licences carry one."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import zxingcpp

Picture = np.ndarray[Any, np.dtype[Any]]
_MOST = 10
_LONGEST = 2000


def codes_on(picture: Picture) -> tuple[str, ...]:
    """The texts of the codes on a page (RGB), each once; what is not text is left out. Bar codes are not looked for: that takes ten times as long."""
    formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    found = zxingcpp.read_barcodes(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), formats=formats)
    return tuple(dict.fromkeys(code.text[:_LONGEST] for code in found[:_MOST] if code.text))
