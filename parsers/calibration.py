"""What confidence has proved to mean: curves from a reading's own certainty to the share of such values that were right (confidence.toml).

The curves are made by measuring, on papers whose truth is known; ``parsers.weighing`` applies them, ``checks.policy`` takes thresholds from them.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from typing import Annotated

from pydantic import Field, NonNegativeInt, PositiveFloat, model_validator

from parsers.values import Method, Value

Share = Annotated[float, Field(ge=0, le=1)]
_MOST_TIMES = 20  # as likely to be wrong as the target asks: no value that goes unseen is more so
ANY = "any"  # the curve of a method for types of field that have none of their own


class Curve(Value):
    """Values of one type of field read by one method: ``right`` is the share that was right at each raw certainty, ``count`` how many were seen."""

    type: str
    method: Method
    raw: tuple[Share, ...] = Field(min_length=1)
    right: tuple[Share, ...] = Field(min_length=1)
    count: tuple[NonNegativeInt, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rises(self) -> Curve:
        if not len(self.raw) == len(self.right) == len(self.count):
            raise ValueError(f"the curve for {self.type}, {self.method} needs as many figures under raw as under right and count")
        if any(a >= b for a, b in pairwise(self.raw)) or any(a > b for a, b in pairwise(self.right)):
            raise ValueError(f"the curve for {self.type}, {self.method} must rise: raw from each figure to the next, right never falling")
        return self

    def at(self, raw: float) -> float:
        """The share right at a raw certainty: straight lines between the points, towards 0 below the first, level above the last."""
        place = bisect_right(self.raw, raw)
        if place == len(self.raw):
            return self.right[-1]
        low_raw, low = (self.raw[place - 1], self.right[place - 1]) if place else (0.0, 0.0)
        return low + (self.right[place] - low) * (raw - low_raw) / (self.raw[place] - low_raw)


class Weights(Value):
    """By how much other evidence multiplies the odds that a value is right: 1 says nothing, 20 makes it twenty times likelier."""

    same_on_paper: PositiveFloat = 1.0  # the same fact stands on another paper
    nearly_on_paper: PositiveFloat = 1.0  # another paper says nearly, but not quite, the same
    check_right: PositiveFloat = 1.0  # the check character is right
    check_wrong: PositiveFloat = 1.0
    sense: PositiveFloat = 1.0  # dates or amounts fit each other
    nonsense: PositiveFloat = 1.0  # they cannot both be so
    odd: PositiveFloat = 1.0  # the value is plainly of another kind than its field asks for: a label was taken for another's
    odd_neighbours: PositiveFloat = 1.0  # several other values of the same form are


class Calibration(Value):
    """Everything known of what confidence means. Without curves, confidence is the reader's own."""

    weights: Weights = Weights()
    positions: tuple[str, ...] = ()  # words of people's positions, folded: a name or an address is never made of them
    curves: tuple[Curve, ...] = ()

    @model_validator(mode="after")
    def _one_curve_each(self) -> Calibration:
        seen = [(curve.type, curve.method) for curve in self.curves]
        twice = next((pair for pair in seen if seen.count(pair) > 1), None)
        if twice is not None:
            raise ValueError(f"there are two curves for {twice[0]}, {twice[1]}; leave one")
        return self

    def curve(self, type_: str | None, method: Method) -> Curve | None:
        """The curve of a type of field and method, else that of the method; None where neither was measured."""
        own = {curve.type: curve for curve in self.curves if curve.method is method}
        return own.get(type_ or ANY) or own.get(ANY)

    def threshold(self, types: frozenset[str], method: Method, *, one_wrong_in: int) -> float | None:
        """The lowest share right from which values of these types may go unseen, so that at most one in ``one_wrong_in`` of them is wrong.

        None where nothing was measured. No value goes unseen that is ``_MOST_TIMES`` likelier to be wrong than the target asks of all together:
        where hardly anything was measured, the mean of the others tells nothing of it. One threshold for all of the types: for a given number of
        wrong values no other choice sends fewer to a person.
        """
        points = sorted(
            (
                (share, count)
                for curve in self.curves
                if curve.method is method and curve.type in types
                for share, count in zip(curve.right, curve.count, strict=True)
                if count
            ),
            reverse=True,
        )
        if not points:
            return None
        lowest, wrong, seen = 1 - 1 / one_wrong_in, 0.0, 0  # a value that is as good as the target by itself never spoils it
        for place, (share, count) in enumerate(points):
            wrong, seen = wrong + (1 - share) * count, seen + count
            last_of_its_share = place + 1 == len(points) or points[place + 1][0] < share
            if last_of_its_share and wrong * one_wrong_in <= seen:
                lowest = min(lowest, share)
        return max(lowest, 1 - _MOST_TIMES / one_wrong_in)
