"""Curves of confidence made from values whose truth is known: logistic in the odds of the raw certainty, one slope a method, one height a type.

Few values are wrong, so that the types of one method share what they teach (a normal prior on each type's height), and no curve promises more than so
many values can bear out. Monotone by construction. Stored as points, with the number of values seen near each.
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
_SPREAD = 1.0  # standard deviation of the prior on a type's height, in log odds
_STEPS = 60
_SLOPE_FLOOR = 0.05


def curves_of(rows: Sequence[Mapping[str, Any]]) -> list[Curve]:
    """A curve for each method, and one for each type of field read by it. What files hold as text is learnt together, however they hold it."""
    found: list[Curve] = []
    for methods in ((Method.OCR,), (Method.ACROFORM, Method.TEXT, Method.DOCX, Method.DERIVED)):
        here = [row for row in rows if row["method"] in {method.value for method in methods}]
        if not here:
            continue
        types = sorted({row["type"] for row in here})
        height, slope, own = _fitted(here, types)
        most = 1 - 0.5 / (len(here) + 1)
        for type_, lift in ((ANY, 0.0), *zip(types, own, strict=True)):
            seen = [row["raw"] for row in here if type_ in (ANY, row["type"])]
            right = tuple(round(min(most, _share(height + lift + slope * _log_odds(raw))), 5) for raw in GRID)
            found += [Curve(type=type_, method=method, raw=GRID, right=right, count=_counts(seen)) for method in methods]
    return found


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


def _fitted(rows: Sequence[Mapping[str, Any]], types: Sequence[str]) -> tuple[float, float, list[float]]:
    """Height and slope of the method, and each type's own height above it: Newton's method on the penalised likelihood.

    Right and wrong are taken for nearly sure only, as Platt does, so that a method without a wrong value gets no infinite odds.
    """
    x = np.array([_log_odds(row["raw"]) for row in rows])
    is_right = np.array([bool(row["right"]) for row in rows])
    good, bad = int(is_right.sum()), int((~is_right).sum())
    target = np.where(is_right, (good + 1) / (good + 2), 1 / (bad + 2))
    of_type = np.array([[row["type"] == type_ for type_ in types] for row in rows], dtype=float)
    design = np.hstack([np.ones((len(rows), 1)), x[:, None], of_type])
    penalty = np.diag([1e-3, 1e-2, *([1 / _SPREAD**2] * len(types))])
    weights = np.zeros(design.shape[1])
    weights[1] = 1.0
    centre = weights.copy()
    for _ in range(_STEPS):
        share = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (target - share) - penalty @ (weights - centre)
        bend = (design * (share * (1 - share))[:, None]).T @ design + penalty
        step = np.linalg.solve(bend, slope)
        weights = weights + step * min(1.0, 2.0 / max(1e-9, float(np.abs(step).max())))
    return float(weights[0]), max(_SLOPE_FLOOR, float(weights[1])), [float(each) for each in weights[2:]]


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
