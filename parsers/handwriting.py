"""Doubt about handwriting: lines whose letters stand unevenly and keep to no direction are read with low confidence, so that a person looks.

A reader of print reads neat handwriting too, and is sure of it; its word is not taken for names and numbers that a hand wrote.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np

from parsers.values import Word

Picture = np.ndarray[Any, np.dtype[Any]]

HANDWRITTEN = 0.35  # confidence of what a hand wrote, at most: below what any value may rest on
_HEIGHT_PX = 48  # at which lines are looked at
_LEAST_PX, _LEAST_LETTERS, _MOST_LINES = 13.0, 4, 90
_MARGIN = 0.06  # of a line's height
# Logistic regression over 3,000 drawn lines, half of them handwriting (print in many faces spoiled in all ways, nine hands); what is weighed is
# told by ``traits``. Of lines in other fonts and hands, above _LIKELY lie 2.6% of print and 51% of handwriting, above _POSSIBLY 9% and 82%.
_MEANS = (0.1388, 0.07298, 3.421, 0.1517, 0.2005, 0.6237, 0.6797, 2.281, 0.03619, 0.04741, 0.3289, 0.1165, 1.18, 0.212)
_SPREADS = (0.07046, 0.04152, 0.1401, 0.06682, 0.06836, 0.378, 0.4003, 2.2, 0.03718, 0.04322, 0.1663, 0.06079, 0.3826, 0.07929)
_WEIGHTS = (-1.32, -0.92, -2.37, -1.53, -0.73, -0.81, -1.53, 1.17, 0.88, 0.83, -0.34, 0.01, -0.26, -1.23)
_BIAS = 0.181
_LIKELY, _POSSIBLY = 2.0, 0.5
_A_HAND = (5, 0.1)  # a page is filled in by hand where so many lines, and this share of them, are likely to be
_PRINTED_SHARE = 0.25  # of a form's lines, at least, is its own print
_PRINT, _MOST_ODD = -3.5, 2.5  # score of plain print, and by how much odd print may exceed it
_UNSURE = 0.9  # mean confidence of a line below which the reader itself has doubts


def without_hands(words: Sequence[Word], picture: Picture) -> tuple[Word, ...]:
    """The words (boxes in pixels of ``picture``, RGB, upright), those of lines that a hand seems to have written no surer than ``HANDWRITTEN``.

    One odd line on a printed page is doubted only where its reader is unsure as well; on a page that was filled in by hand, every line that may be.
    """
    lines: dict[int, list[int]] = defaultdict(list)
    for index, word in enumerate(words):
        lines[word.line].append(index)
    scores = _scores([[words[index] for index in members] for members in lines.values()], picture)
    scores = _against_the_page(scores)
    likely = sum(score > _LIKELY for score in scores.values())
    by_hand = likely >= max(_A_HAND[0], _A_HAND[1] * len(scores))
    judged = list(words)
    for at, members in enumerate(lines.values()):
        score = scores.get(at, -9.0)
        unsure = sum(words[index].confidence for index in members) / len(members) < _UNSURE
        if score > _POSSIBLY and (by_hand or (score > _LIKELY and unsure)):
            for index in members:
                judged[index] = judged[index].model_copy(update={"confidence": min(judged[index].confidence, HANDWRITTEN)})
    return tuple(judged)


def _against_the_page(scores: Mapping[int, float]) -> dict[int, float]:
    """The scores, lowered on pages whose print looks odd all over: a brush face, a photograph not quite flattened."""
    if not scores:
        return {}
    usual = float(np.quantile(list(scores.values()), _PRINTED_SHARE))
    lower = min(_MOST_ODD, max(0.0, usual - _PRINT))
    return {at: score - lower for at, score in scores.items()}


def _scores(lines: Sequence[Sequence[Word]], picture: Picture) -> Mapping[int, float]:
    """How likely each line is to be handwriting (log odds), for those large and long enough to tell."""
    scores: dict[int, float] = {}
    for at, line in enumerate(lines):
        x0, x1 = min(word.box[0] for word in line), max(word.box[2] for word in line)
        top, bottom = min(word.box[1] for word in line), max(word.box[3] for word in line)
        if bottom - top < _LEAST_PX or sum(len(word.text) for word in line) < _LEAST_LETTERS or len(scores) >= _MOST_LINES:
            continue
        margin = _MARGIN * (bottom - top)
        strip = picture[max(0, round(top + margin)) : round(bottom - margin) + 1, max(0, round(x0)) : round(x1) + 1]
        found = traits(cv2.cvtColor(strip, cv2.COLOR_RGB2GRAY)) if strip.size else None
        if found is not None:
            scores[at] = _BIAS + float(np.dot(np.clip((np.array(found) - _MEANS) / _SPREADS, -3, 3), _WEIGHTS))
    return scores


def traits(strip: Picture) -> tuple[float, ...] | None:
    """What tells a hand from print, of a grey strip that holds one line (any height); None where there is too little ink to tell.

    Directions of the strokes, evenness of the rows, of feet, heads and gaps, and how much outline and ink there is: fourteen numbers.
    """
    scale = _HEIGHT_PX / strip.shape[0]
    size = (min(40 * _HEIGHT_PX, max(8, round(strip.shape[1] * scale))), _HEIGHT_PX)
    grey = cv2.resize(strip, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    contrast = cv2.subtract(np.full_like(grey, int(np.percentile(grey[::2, ::2], 85))), grey)
    level, mask = cv2.threshold(contrast, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    if level < 12:
        return None
    mask = _without_rules(mask)
    if not 0.02 < float(mask.mean()) < 0.6:
        return None
    rows = mask.sum(axis=1).astype(np.float32)
    inked = np.flatnonzero(rows > 0.02 * rows.max())
    body = float(inked[-1] - inked[0] + 1)
    pieces = _pieces(mask, body)
    if len(pieces) < 3:
        return None
    edge = cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    outline = float(edge.sum() / max(1, mask.sum()))
    return (*_directions(contrast, mask), *_rows(rows, body), *_feet(pieces, body), outline, float(mask.mean()))


def _without_rules(mask: Picture) -> Picture:
    """Lines of the form above, below or through the strip taken away."""
    rules = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, min(mask.shape[1], 2 * _HEIGHT_PX)), np.uint8))
    return np.asarray(cv2.subtract(mask, cv2.dilate(rules, np.ones((3, 1), np.uint8))))


def _pieces(mask: Picture, body: float) -> Any:
    """Left, top, width, height and area of the parts of letters that are as high as letters."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    found = stats[1:]
    return found[(found[:, 3] > 0.3 * body) & (found[:, 4] > 8)]


def _directions(contrast: Picture, mask: Picture) -> list[float]:
    """Shares of the strokes' edges that stand upright, lie level, and how spread out the others are."""
    across, down = cv2.Sobel(contrast, cv2.CV_32F, 1, 0), cv2.Sobel(contrast, cv2.CV_32F, 0, 1)
    weight = np.hypot(across, down)
    near = cv2.dilate(mask, np.ones((3, 3), np.uint8)) > 0
    angle = np.degrees(np.arctan2(down, across))[near] % 180
    counts, _ = np.histogram(angle, bins=36, range=(0, 180), weights=weight[near])
    shares = counts / max(1.0, counts.sum())
    upright = shares[0] + shares[-1]
    level = shares[17] + shares[18]
    entropy = float(-(shares * np.log(shares + 1e-6)).sum())
    smooth = shares + np.roll(shares, 1)
    return [float(upright), float(level), entropy, float(smooth.max()), float(shares[1:4].sum() + shares[-4:-1].sum())]


def _rows(rows: Any, body: float) -> list[float]:
    """How sharply the ink begins and ends from row to row: print shares its baseline and its heads."""
    density = rows / rows.sum()
    steps = np.diff(density)
    return [float(steps.max() * body), float(-steps.min() * body), float(np.square(steps).sum() * body**2)]


def _feet(pieces: Any, body: float) -> list[float]:
    """How unevenly letters stand and reach, in heights of the line."""
    middles = pieces[:, 0] + pieces[:, 2] / 2
    feet, heads = (pieces[:, 1] + pieces[:, 3]).astype(np.float32), pieces[:, 1].astype(np.float32)
    found = [float(np.median(np.abs(ends - np.median(ends))) / body) for ends in (feet, heads)]
    gaps = np.diff(np.sort(middles))
    return [*found, float(np.std(gaps)) / max(1.0, float(np.mean(gaps))), float(np.std(pieces[:, 3])) / body]
