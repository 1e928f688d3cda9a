"""Curves of confidence made from values whose truth is known: the share right at each certainty, never falling, stored as points.

Few values are wrong, so that what was counted at a point is drawn towards a logistic curve through all values of the method, and a type of field towards
its method; no curve promises more than so many values can bear out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from parsers.calibration import ANY, Curve
from parsers.values import Method

GRID = (0.05, 0.3, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999)
# Types of field that err alike on pictures: what is ticked or stamped, words, and figures.
_LEARNT_TOGETHER = (
    ("choice", "flag"),
    ("name", "text", "address"),
    ("br_number", "uscc", "date", "money", "percent", "integer", "phone", "email"),
)
_DRAWN_TO_CURVE, _DRAWN_TO_WHOLE = 4.0, 12.0  # as many values does the curve, or the whole group, count for at each point
_STEPS = 60
_KNOWN = 3  # values at a certainty or below it, with fewer of which nothing is known there: the reader's own certainty stands


def curves_of(rows: Sequence[Mapping[str, Any]]) -> list[Curve]:
    """A curve for each method, and one for each type of field read by it.

    What files hold as text is learnt together, however they hold it; on pictures, what is ticked, words and figures are learnt apart.
    """
    found: list[Curve] = []
    for methods in ((Method.OCR,), (Method.ACROFORM, Method.TEXT, Method.DOCX, Method.DERIVED)):
        here = [row for row in rows if row["method"] in {method.value for method in methods}]
        learnt = {ANY: (here, _shares(here))} if here else {}
        for kinds in _LEARNT_TOGETHER if methods == (Method.OCR,) else (tuple(sorted({row["type"] for row in here})),):
            group = [row for row in here if row["type"] in kinds]
            whole = _shares(group, seen=len(here)) if group else ()
            for type_ in sorted({row["type"] for row in group}):
                own = [row for row in group if row["type"] == type_]
                learnt[type_] = (own, _shares(own, whole))
        known = _counts([row["raw"] for row in here])
        for type_, (own, shares) in learnt.items():
            shares = tuple(
                min(share, raw) if sum(known[: at + 1]) < _KNOWN else share for at, (share, raw) in enumerate(zip(shares, GRID, strict=True))
            )
            counts = _counts([row["raw"] for row in own])
            found += [Curve(type=type_, method=method, raw=GRID, right=shares, count=counts) for method in methods]
    return found


def _shares(rows: Sequence[Mapping[str, Any]], whole: Sequence[float] | None = None, *, seen: int = 0) -> tuple[float, ...]:
    """The share right at each point: as counted there, drawn towards what the whole group (else the fitted curve) says, never falling."""
    counts, right = _counts([row["raw"] for row in rows]), _counts([row["raw"] for row in rows if row["right"]])
    towards, strength = (_fitted(rows), _DRAWN_TO_CURVE) if whole is None else (whole, _DRAWN_TO_WHOLE)
    most = 1 - 0.5 / (max(seen, len(rows)) + 1) if whole is None else max(towards)
    drawn = [(r + strength * t) / (n + strength) for r, n, t in zip(right, counts, towards, strict=True)]
    return tuple(round(min(most, share), 5) for share in _never_falling(drawn, [n + strength for n in counts]))


def _never_falling(shares: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The nearest sequence that never falls: neighbours that do are given their weighted mean (pool adjacent violators)."""
    blocks: list[tuple[float, float, int]] = []
    for share, weight in zip(shares, weights, strict=True):
        blocks.append((share, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (a, m, i), (b, n, j) = blocks[-2:]
            blocks[-2:] = [((a * m + b * n) / (m + n), m + n, i + j)]
    return [share for share, _, length in blocks for _ in range(length)]


def as_toml(curves: Sequence[Curve]) -> str:
    """The curves as they stand in confidence.toml."""
    lines = []
    for curve in curves:
        lines += ["", "[[calibration.curves]]", f'type = "{curve.type}"', f'method = "{curve.method.value}"']
        lines += [
            f"{name} = [{', '.join(format(n, 'g') for n in numbers)}]"
            for name, numbers in (("raw", curve.raw), ("right", curve.right), ("count", curve.count))
        ]
    return "\n".join(lines) + "\n"


def _fitted(rows: Sequence[Mapping[str, Any]]) -> tuple[float, ...]:
    """A logistic curve at each point: Newton's method on the penalised likelihood, a slope of 1 in log odds supposed beforehand.

    Right and wrong are taken for nearly sure only, as Platt does, so that values without a wrong one among them get no infinite odds.
    """
    x = np.array([_log_odds(row["raw"]) for row in rows])
    is_right = np.array([bool(row["right"]) for row in rows])
    good, bad = int(is_right.sum()), int((~is_right).sum())
    target = np.where(is_right, (good + 1) / (good + 2), 1 / (bad + 2))
    design = np.stack([np.ones_like(x), x], axis=1)
    penalty, centre = np.diag([1e-3, 1.0]), np.array([0.0, 1.0])
    weights = centre.copy()
    for _ in range(_STEPS):
        share = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        uphill = design.T @ (target - share) - penalty @ (weights - centre)
        bend = (design * (share * (1 - share))[:, None]).T @ design + penalty
        step = np.linalg.solve(bend, uphill)
        weights = weights + step * min(1.0, 2.0 / max(1e-9, float(np.abs(step).max())))
    height, slope = float(weights[0]), max(0.0, float(weights[1]))
    return tuple(_share(height + slope * _log_odds(raw)) for raw in GRID)


def _counts(raws: Sequence[float]) -> tuple[int, ...]:
    """How many values lie nearest to each point of the grid."""
    edges = [(a + b) / 2 for a, b in pairwise(GRID)]
    counts = [0] * len(GRID)
    for raw in raws:
        counts[sum(raw >= edge for edge in edges)] += 1
    return tuple(counts)


def _log_odds(share: float) -> float:
    held = min(0.9995, max(0.02, share))
    return math.log(held / (1 - held))


def _share(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))
