"""QR and bar codes on a page: business licences carry one, and so may forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import zxingcpp

Picture = np.ndarray[Any, np.dtype[Any]]
_MOST = 10
_LONGEST = 2000


def codes_on(picture: Picture) -> tuple[str, ...]:
    """The texts of the codes on a page, each once; what is not text is left out."""
    found = zxingcpp.read_barcodes(picture)
    return tuple(dict.fromkeys(code.text[:_LONGEST] for code in found[:_MOST] if code.text))
