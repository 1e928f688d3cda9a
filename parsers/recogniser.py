"""Reading strips, each a line of text laid flat, with a model of the PP-OCR family: text, each character's certainty and place along the line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import onnxruntime

from parsers.line_gaps import with_gaps

Picture = np.ndarray[Any, np.dtype[Any]]
Reading = tuple[str, tuple[float, ...], tuple[tuple[float, float], ...]]  # text, each character's certainty, where each begins and ends (0 to 1)
Choose = Callable[[Any], tuple[np.ndarray[Any, np.dtype[Any]], np.ndarray[Any, np.dtype[np.float32]]]]

LINE_PX = 48  # height of the strips that are read, as trained; at 40 narrow letters of small Latin print were lost


class Recogniser:
    """A model that reads strips, and the characters that it knows."""

    def __init__(self, session: onnxruntime.InferenceSession, characters: Sequence[str], choose: Choose) -> None:
        self._session, self._choose = session, choose
        self._characters = ("", *characters, " ")
        self._input = session.get_inputs()[0].name

    def read(self, crops: Sequence[Picture]) -> Iterator[Reading]:
        """Of each strip its text, each character's certainty, and where each begins and ends along the line (0 to 1)."""
        strips = tensor_of(crops)
        numbers, chances = self._choose(self._session.run(None, {self._input: strips})[0])
        for crop, best, chance in zip(crops, numbers, chances, strict=True):
            text, certainties, middles = _decoded(best, chance, self._characters, strips.shape[3], crop.shape[1])
            yield with_gaps(crop, text, certainties, middles, _spans(text, middles, LINE_PX / crop.shape[1]))


def tensor_of(crops: Sequence[Picture]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Strips as the recogniser takes them, padded to the widest."""
    widest = max(LINE_PX, (max(crop.shape[1] for crop in crops) + 7) // 8 * 8)
    tensor = np.zeros((len(crops), 3, LINE_PX, widest), np.float32)
    for index, crop in enumerate(crops):
        tensor[index, :, :, : crop.shape[1]] = ((crop[:, :, ::-1].astype(np.float32) / 255 - 0.5) / 0.5).transpose(2, 0, 1)
    return tensor


def _decoded(
    best: np.ndarray[Any, np.dtype[Any]], chance: np.ndarray[Any, np.dtype[np.float32]], characters: Sequence[str], padded_px: int, width_px: int
) -> tuple[str, tuple[float, ...], tuple[float, ...]]:
    """Greedy CTC decoding of the likeliest character of each step and its chance: repeats and blanks (index 0) dropped; with each character's
    certainty and middle (share of the line's width). The line is ``width_px`` of ``padded_px``."""
    text, certainties, starts = [], [], []
    for step, index in enumerate(best):
        if index and (step == 0 or index != best[step - 1]):
            text.append(characters[index])
            certainties.append(float(chance[step]))
            starts.append(step)
        elif index and text:
            certainties[-1] = max(certainties[-1], float(chance[step]))
    step_px = padded_px / len(best)
    middles = tuple(min(1.0, (start + 0.5) * step_px / width_px) for start in starts)  # the recogniser fires in the middle of a character
    return "".join(text), tuple(certainties), middles


def _spans(text: Sequence[str], middles: Sequence[float], height: float) -> tuple[tuple[float, float], ...]:
    """Where each character begins and ends, as shares of the line's length; ``height`` likewise. What stands beside the first and last
    character without being read (a tick box, a rule, a blot) is no part of them."""
    if not text:
        return ()
    first = max(0.0, middles[0] - _half_width(text[0]) * height)
    last = min(1.0, middles[-1] + _half_width(text[-1]) * height)
    borders = [min(first, middles[0]), *((left + right) / 2 for left, right in pairwise(middles)), max(last, middles[-1])]
    return tuple(pairwise(borders))


def _half_width(character: str) -> float:
    """Of a character's width, in heights of its line, and some room."""
    return 0.62 if ord(character) > 0x2E7F or character in "MWmw@%" else 0.42
