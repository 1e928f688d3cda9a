"""How well page pictures are seen: tick boxes, signatures and chops of printed official forms, and which way is up, medium by medium.

python -m tests.corpus.measure_pictures --count 4
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from typing import Any
from unittest import mock

import cv2
import numpy as np
import pikepdf

from parsers.ocr import read_picture
from parsers.upright import held_upright
from parsers.values import Box, Page
from tests.corpus import degrade, forms, people
from tests.corpus.sheet import HEIGHT

MEDIA = {"clean": 150, "scan": 200, "scan at 100 dpi": 100, "fax": 200, "JPEG 40": 150, "photo": 200, "sideways": 200, "upside down": 150}
AREAS = {"signature": (44, 294), "chop": (304, 552)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=4, help="forms for each medium")
    parser.add_argument("--medium", choices=MEDIA, action="append")
    arguments = parser.parse_args()
    columns = ("boxes", "found", "right", "false", "seals", "seen wrongly", "turned wrongly", "pages", "cpu")
    print(f"{'medium':18}" + "".join(f"{column:>15}" for column in columns))
    for medium in arguments.medium or MEDIA:
        counts: Counter[str] = Counter()
        for seed in range(arguments.count):
            counts.update(_measured(medium, seed))
        print(f"{medium:18}" + "".join(f"{counts[column]:>15.4g}" for column in columns), flush=True)


def _measured(medium: str, seed: int) -> Counter[str]:
    dice = random.Random(seed)
    form = "ABC"[seed % 3]
    applicant = people.invent(
        dice, form=form, connection=None if form == "C" else "gd_wholly_owned", language=dice.choice(("en", "zh_hant", "zh_hans"))
    )
    applicant = applicant.with_values(declaration__signature=dice.random() < 0.5, declaration__chop=dice.random() < 0.5)
    pdf, _ = forms.printed_official(applicant, dice)
    counts: Counter[str] = Counter()
    for number, drawn in enumerate(degrade.pictures_of(pdf, MEDIA[medium]), 1):
        picture, moved = _spoiled(drawn, medium, dice)
        dpi = max(picture.shape[:2]) * 72 / HEIGHT
        began = time.process_time()
        displayed = read_picture(
            picture, dpi=dpi, number=number, width=picture.shape[1] * 72 / dpi, height=picture.shape[0] * 72 / dpi, languages=("eng", "chi_tra")
        )
        counts["cpu"] += time.process_time() - began  # type: ignore[assignment]
        counts["pages"] += 1
        counts["turned wrongly"] += displayed.rotation != {"sideways": 90, "upside down": 180}.get(medium, 0)
        onward = np.diag([72 / dpi, 72 / dpi, 1]) @ moved @ np.diag([MEDIA[medium] / 72, MEDIA[medium] / 72, 1])
        if displayed.upright is not None:
            onward = np.array(displayed.upright.matrix).reshape(3, 3) @ onward
        _count(held_upright(displayed), number, form, applicant, onward, counts)
    return counts


def _spoiled(picture: Any, medium: str, dice: random.Random) -> tuple[Any, Any]:
    """The picture as the medium gives it, and where its pixels went."""
    moves: list[Any] = []
    affine, perspective = cv2.warpAffine, cv2.warpPerspective

    def recorded_affine(source: Any, move: Any, *rest: Any, **options: Any) -> Any:
        moves.append(np.vstack([move, [0, 0, 1]]))
        return affine(source, move, *rest, **options)

    def recorded_perspective(source: Any, move: Any, *rest: Any, **options: Any) -> Any:
        moves.append(np.asarray(move))
        return perspective(source, move, *rest, **options)

    with mock.patch.object(cv2, "warpAffine", recorded_affine), mock.patch.object(cv2, "warpPerspective", recorded_perspective):
        spoiled = _by_medium(picture, medium, dice)
    height, width = picture.shape[:2]
    if medium == "sideways":
        spoiled = np.ascontiguousarray(np.rot90(spoiled, 1))
        moves.append(np.array([[0, 1, 0], [-1, 0, width], [0, 0, 1]]))
    if medium == "upside down":
        spoiled = np.ascontiguousarray(np.rot90(spoiled, 2))
        moves.append(np.array([[-1, 0, width], [0, -1, height], [0, 0, 1]]))
    moved = np.eye(3)
    for move in moves:
        moved = move @ moved
    return spoiled, moved


def _by_medium(picture: Any, medium: str, dice: random.Random) -> Any:
    if medium == "clean":
        return picture
    if medium == "fax":
        return degrade.faxed(picture, dice)
    if medium == "photo":
        return degrade.photographed(picture, dice)
    if medium == "JPEG 40":
        _, packed = cv2.imencode(".jpg", cv2.GaussianBlur(picture, (0, 0), 0.7), [cv2.IMWRITE_JPEG_QUALITY, 40])
        return cv2.imdecode(packed, cv2.IMREAD_COLOR)
    return degrade.scanned(picture, dice)


def _count(page: Page, number: int, form: str, applicant: people.Applicant, onward: Any, counts: Counter[str]) -> None:
    found: set[Box] = set()
    for name, box in _tick_boxes(form, number):
        x, y = _middle(_carried(box, onward))
        near = [mark for mark in page.marks if abs(_middle(mark.box)[0] - x) < 5 and abs(_middle(mark.box)[1] - y) < 5]
        counts["boxes"] += 1
        counts["found"] += bool(near)
        counts["right"] += bool(near) and near[0].on == _ticked(name, applicant)
        found.update(mark.box for mark in near)
    counts["false"] += sum(mark.box not in found for mark in page.marks)
    wanted, top = forms._seal_areas(form)
    if number != wanted:
        return
    for key, (left, right) in AREAS.items():
        area = _carried((left, top + 14, right, top + 70), onward)
        inks = [ink for ink in page.inks if area[0] < _middle(ink.box)[0] < area[2] and area[1] < _middle(ink.box)[1] < area[3]]
        counts["seals"] += 1
        counts["seen wrongly"] += bool(inks) != applicant.values[f"declaration.{key}"]


def _tick_boxes(form: str, number: int) -> list[tuple[str, Box]]:
    with pikepdf.open(forms.ROOT / "programmes/cppp/blank_forms" / forms.BLANKS[form]) as pdf:
        buttons = [widget for widget in pdf.pages[number - 1].get("/Annots", []) if str(widget.get("/FT", "")) == "/Btn"]
        rectangles = [(str(widget.get("/T", "")), [float(n) for n in widget.Rect]) for widget in buttons]
    return [(name, (x0, HEIGHT - y1, x1, HEIGHT - y0)) for name, (x0, y0, x1, y1) in rectangles]


def _ticked(name: str, applicant: people.Applicant) -> bool:
    values = applicant.values
    if name == "NonProfit_yes":
        return values.get("organisation.non_profit") is True
    return any(name == prefix + str(values.get(key)) for key, prefix in forms.TICKS.items())


def _carried(box: Box, onward: Any) -> Box:
    x0, top, x1, bottom = box
    corners = cv2.perspectiveTransform(np.array([[[x0, top], [x1, top], [x1, bottom], [x0, bottom]]], np.float64), onward)[0]
    (left, upper), (right, lower) = corners.min(axis=0), corners.max(axis=0)
    return (float(left), float(upper), float(right), float(lower))


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


if __name__ == "__main__":
    main()
