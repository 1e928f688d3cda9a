"""The recogniser's last step: of all characters that it knows the likeliest at each step along a line, and how likely that one is.

A page has some five thousand steps and the model eighteen thousand characters. They are weighed a few steps at a time, so that no number leaves the
processor's cache, and how likely a character is gets worked out only where there is one: most steps lie between two.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

_AT_ONCE = 16  # steps: their weights fill a megabyte


class CharacterChoice:
    """The prepared model of the last step. To be used by one thread."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        (given,), (made,) = session.get_inputs(), session.get_outputs()
        self._steps = np.zeros((_AT_ONCE, given.shape[1]), np.uint8)
        self._weights = np.zeros((_AT_ONCE, made.shape[1]), np.float32)
        self._binding = session.io_binding()
        self._binding.bind_input(given.name, "cpu", 0, np.uint8, self._steps.shape, self._steps.ctypes.data)
        self._binding.bind_output(made.name, "cpu", 0, np.float32, self._weights.shape, self._weights.ctypes.data)

    def of(self, steps: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """For each step (the last axis is what the model says of it) the number of the likeliest character, and how likely it is, 0 to 1; 0 where
        there is none (number 0)."""
        flat = steps.reshape(-1, steps.shape[-1])
        best, chances = np.zeros(len(flat), np.int64), np.zeros(len(flat), np.float32)
        for start in range(0, len(flat), _AT_ONCE):
            part = flat[start : start + _AT_ONCE]
            self._steps[: len(part)] = part
            self._session.run_with_iobinding(self._binding)
            best[start : start + len(part)] = self._weights[: len(part)].argmax(axis=1)
            for step in range(start, start + len(part)):
                if best[step]:
                    chances[step] = _chance(self._weights[step - start], int(best[step]))
        return best.reshape(steps.shape[:-1]), chances.reshape(steps.shape[:-1])


def chosen(chances: NDArray[np.float32]) -> tuple[NDArray[Any], NDArray[np.float32]]:
    """The same of chances that are worked out for every character: the last axis."""
    return chances.argmax(axis=-1), chances.max(axis=-1)


def _chance(weights: NDArray[np.float32], best: int) -> float:
    """The share of the likeliest among all (softmax)."""
    apart = weights - weights[best]
    np.exp(apart, out=apart)
    return float(1 / apart.sum())
