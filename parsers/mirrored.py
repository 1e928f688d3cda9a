"""Sheets seen from behind: a transparency scanned the wrong way round, a front camera, a scanner set to mirror."""

from __future__ import annotations

from typing import Any

import numpy as np

from parsers.pp_ocr import ModelsMissing, find_lines, mean_certainty

Picture = np.ndarray[Any, np.dtype[Any]]

_SAMPLE = 6  # lines that are read both ways
_CLEARLY = 0.1  # by how much they must be read more surely in the mirror


def reads_better_mirrored(picture: Picture) -> bool:
    """Whether lines of a picture in which little could be read are read more surely in a mirror: a sheet scanned from behind, a front camera."""
    try:
        found = find_lines(picture)
    except ModelsMissing:
        return False
    quads = [quad for quad in found if np.linalg.norm(quad[1] - quad[0]) > 3 * np.linalg.norm(quad[3] - quad[0])]
    sample = sorted(quads, key=lambda quad: -float(np.linalg.norm(quad[1] - quad[0])))[:_SAMPLE]
    if not sample:
        return False
    ends = [(sample, [np.roll(quad, 2, axis=0) for quad in sample])]
    ends.append(([quad[[1, 0, 3, 2]] for quad in sample], [quad[[3, 2, 1, 0]] for quad in sample]))
    straight, mirrored = (max(mean_certainty(picture, some) for some in ways) for ways in ends)
    return mirrored > straight + _CLEARLY
