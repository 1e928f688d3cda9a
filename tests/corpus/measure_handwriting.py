"""How much of forms filled in by hand is doubted, and how little of printed forms, medium by medium.

python -m tests.corpus.measure_handwriting --fonts FOLDER --count 3 (the folder holds handwriting fonts; without it letters and digits alone are written)
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from parsers.handwriting import HANDWRITTEN
from parsers.page_frame import inside_centre
from parsers.read_file import read_file
from parsers.read_limits import ReadLimits
from tests.corpus import spoiling
from tests.corpus.forms import printed, retyped
from tests.corpus.handwriting import can_write, written_line
from tests.corpus.media import in_pdf, shots_of
from tests.corpus.people import Applicant, invent
from tests.corpus.spoiling import Shot

LAYOUTS = ("table", "lines", "above", "table2")
MEDIA = ("scan", "fax", "photo", "JPEG 40")
_DPI = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fonts", type=Path)
    parser.add_argument("--count", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    fonts: list[Path | None] = [*(sorted(asked.fonts.rglob("*.[to]tf")) if asked.fonts else []), None]
    columns = ("pages", "printed", "doubted", "pages doubted", "by hand", "hand doubted")
    print(f"{'medium':12}" + "".join(f"{column:>15}" for column in columns))
    for medium in MEDIA:
        counts: Counter[str] = Counter()
        for seed in range(asked.seed, asked.seed + asked.count):
            for hand in (False, True):
                counts.update(_measured(medium, seed, fonts if hand else None))
        print(f"{medium:12}" + "".join(f"{counts[column]:>15}" for column in columns), flush=True)


def _measured(medium: str, seed: int, fonts: Sequence[Path | None] | None) -> Counter[str]:
    dice = random.Random(f"{medium} {seed}")
    applicant = invent(dice, form="AB"[seed % 2], connection="hk_factory", language=("en", "zh_hant", "en", "zh_hans")[seed % 4])
    pdf, boxes = retyped(applicant, dice, LAYOUTS[seed % len(LAYOUTS)])
    shots = shots_of(pdf, _DPI)[:1]
    filled = {key: box for key, (page, box) in boxes.items() if page == 1}
    if fonts is not None:
        shots = [_filled_in(shots[0], applicant, filled, fonts, dice)]
    shots = [_sent(shot, medium, dice) for shot in shots]
    page = read_file(in_pdf(shots, _DPI, quality=40 if medium == "JPEG 40" else 75).data, in_pdf(shots, _DPI).kind, ReadLimits()).pages[0]
    counts: Counter[str] = Counter(pages=1)
    areas = [_shown(box, shots[0]) for box in filled.values()]
    letters = [word for word in page.words if len(word.text) >= 2]
    for word in letters:
        by_hand = fonts is not None and any(inside_centre(word.box, area) for area in areas)
        counts["by hand" if by_hand else "printed"] += 1
        counts["hand doubted" if by_hand else "doubted"] += word.confidence <= HANDWRITTEN
    counts["pages doubted"] += fonts is None and any(word.confidence == HANDWRITTEN for word in letters)
    return counts


def _filled_in(shot: Shot, applicant: Applicant, boxes: dict[str, Any], fonts: Sequence[Path | None], dice: random.Random) -> Shot:
    """The page with the printed values wiped out and written by one hand in their place."""
    picture = shot.picture.copy()
    font = dice.choice(fonts)
    for key, (x0, top, x1, bottom) in boxes.items():
        left, upper, right, lower = (round(n * _DPI / 72) for n in (x0, top, x1, bottom))
        picture[upper : lower + 2, left - 2 : right + 4] = 255
        text = printed(key, applicant.values[key])[:48]
        hand = font if font is not None and can_write(font, text) else None
        if hand is None and not text.isascii():
            hand = next((each for each in fonts if each is not None and can_write(each, text)), None)
            if hand is None:
                continue
        line = written_line(text, hand, round(dice.uniform(34, 42)), dice)
        line = line[: picture.shape[0] - upper, : picture.shape[1] - left]
        top_px = max(0, upper - (line.shape[0] - (lower - upper)) // 2)
        place = picture[top_px : top_px + line.shape[0], left : left + line.shape[1]]
        np.minimum(place, line[: place.shape[0], : place.shape[1], None], out=place)
    return shot.then(picture)


def _sent(shot: Shot, medium: str, dice: random.Random) -> Shot:
    if medium == "fax":
        return spoiling.bilevel(shot, dice)
    if medium == "photo":
        return spoiling.shaded(spoiling.tilted(shot, dice, 0.05, desk=(60, 55, 50)), dice, 0.6)
    return spoiling.noisy(spoiling.skewed(shot, dice.uniform(-2, 2)), dice, 5)


def _shown(box: tuple[float, float, float, float], shot: Shot) -> tuple[float, float, float, float]:
    x0, top, x1, bottom = box
    corners = cv2.perspectiveTransform(
        np.array([[[x0, top - 4], [x1 + 60, top - 4], [x1 + 60, bottom + 4], [x0, bottom + 4]]], np.float64), shot.moved
    )
    scaled = corners[0] * 72 / _DPI
    return (float(scaled[:, 0].min()), float(scaled[:, 1].min()), float(scaled[:, 0].max()), float(scaled[:, 1].max()))


if __name__ == "__main__":
    main()
