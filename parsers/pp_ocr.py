"""The first reader of pictures: the PP-OCR models that come inside the rapidocr wheel, run by onnxruntime on one thread.

Lines are found on a reduced picture and recognised on crops of the full one; crops are batched by width and hardly
padded. Coordinates here are pixels of the picture, x right and y down.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as onnx_state

from parsers.character_choice import CharacterChoice, chosen
from parsers.line_gaps import with_gaps
from parsers.swift_models import choice_of, swift_model, wheel_model
from parsers.uprighting import along_reading

Picture = np.ndarray[Any, np.dtype[Any]]
Quad = np.ndarray[Any, np.dtype[np.float32]]  # four corners, clockwise from the top left

DETECTION_SIDE_PX = 1408  # long side on which lines are found: 120 dpi on A4; more costs four times as much and finds nothing more
LINE_PX = 48  # height of the strips that are read, as trained; at 40 narrow letters of small Latin print were lost
_BATCH_PX = 3200  # width of the lines recognised at once, padding and all: more takes memory and saves no time
_PADDING_PX = 16  # by which the widest of them may be wider than the narrowest
_MARGINS_PX = 352  # long side on which a page's margins are told: grain is averaged away there, print in the smallest type is not
_UNEVEN = 14  # of 255: greatest difference among nine neighbours there that is paper
_RIM = 0.02  # of the long side, kept around print: lines are found by the paper around them
_STEP = 32  # detection works on multiples of this
_ONNX_FAILURES = (onnx_state.Fail, onnx_state.NoSuchFile, onnx_state.InvalidProtobuf, onnx_state.RuntimeException)


@dataclass(frozen=True)
class RecognisedLine:
    """One line: its corners, its text, each character's certainty, and where each begins and ends along the line (0 to 1)."""

    quad: Quad
    text: str
    certainties: tuple[float, ...]
    spans: tuple[tuple[float, float], ...]

    @property
    def confidence(self) -> float:
        return sum(self.certainties) / len(self.certainties) if self.certainties else 0.0


class ModelsMissing(Exception):
    """The models cannot be loaded here; another reader has to do."""


def load_models() -> None:
    """Loads both models, once a process; forked children share them. Raises ModelsMissing."""
    _detector()
    _recogniser()


def read_lines(picture: Picture, *, deadline: float | None = None) -> tuple[list[RecognisedLine], bool]:
    """All lines of a picture (RGB), and whether there was time for all; ``deadline`` on the monotonic clock."""
    quads = find_lines(picture)
    return recognise(picture, quads, deadline=deadline)


def find_lines(picture: Picture) -> list[Quad]:
    """The corners of every line of text, in no particular order."""
    scale = min(1.0, DETECTION_SIDE_PX / max(picture.shape[:2]))
    left, top, right, bottom = _printed_area(picture)
    part = picture[top:bottom, left:right]
    height, width = part.shape[:2]
    size = (max(_STEP, round(width * scale / _STEP) * _STEP), max(_STEP, round(height * scale / _STEP) * _STEP))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    tensor = ((small / 255 - 0.5) / 0.5).transpose(2, 0, 1)[None, ::-1].copy()  # the models were trained on BGR
    session, post_process = _detector()
    boxes, _ = post_process(session.run(None, {session.get_inputs()[0].name: tensor}, _giving_back())[0], (height, width))
    return [along_reading(np.asarray(box, np.float32) + np.array([left, top], np.float32)) for box in boxes]


def _printed_area(picture: Picture) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of all that is not even paper, with a rim: a page's margins cost as much as its print, and hold nothing."""
    height, width = picture.shape[:2]
    scale = min(1.0, _MARGINS_PX / max(height, width))
    grey = cv2.cvtColor(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    uneven = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > _UNEVEN
    columns, rows = np.flatnonzero(uneven.any(axis=0)), np.flatnonzero(uneven.any(axis=1))
    if not len(columns):
        return 0, 0, width, height
    rim = _RIM * max(height, width)
    left, right = max(0, int(columns[0] / scale - rim)), min(width, int((columns[-1] + 1) / scale + rim))
    top, bottom = max(0, int(rows[0] / scale - rim)), min(height, int((rows[-1] + 1) / scale + rim))
    return left, top, right, bottom


def recognise(picture: Picture, quads: Sequence[Quad], *, deadline: float | None = None) -> tuple[list[RecognisedLine], bool]:
    """The text of each line, empty ones left out, and whether there was time for all."""
    reader = _recogniser()
    crops = [(quad, crop_of(picture, quad)) for quad in quads]
    crops = sorted((entry for entry in crops if entry[1].size), key=lambda entry: entry[1].shape[1])
    lines: list[RecognisedLine] = []
    for batch in _batches(crops):
        if deadline is not None and time.monotonic() > deadline:
            return lines, False
        for (quad, _), (text, certainties, spans) in zip(batch, reader.read([crop for _, crop in batch]), strict=True):
            if text.strip():
                lines.append(RecognisedLine(quad, text, certainties, spans))
    return lines, True


def _batches(crops: Sequence[tuple[Quad, Picture]]) -> Iterator[Sequence[tuple[Quad, Picture]]]:
    """Crops in the order given, narrow ones first, as many at once as are of about one width: padding costs as much as print."""
    start = 0
    while start < len(crops):
        end, least = start + 1, crops[start][1].shape[1]
        while end < len(crops) and (end - start + 1) * crops[end][1].shape[1] <= _BATCH_PX and crops[end][1].shape[1] <= least + _PADDING_PX:
            end += 1
        yield crops[start:end]
        start = end


def mean_certainty(picture: Picture, quads: Sequence[Quad]) -> float:
    """How surely these lines can be read as their corners stand, 0 to 1; a line in which nothing is read counts as 0."""
    lines, _ = recognise(picture, quads)
    return sum(line.confidence for line in lines) / len(quads) if quads else 0.0


def crop_of(picture: Picture, quad: Quad) -> Picture:
    """A line laid flat: its quad rectified to an upright strip of the recogniser's height, as its corners tell where reading begins."""
    width = max(float(np.linalg.norm(quad[0] - quad[1])), float(np.linalg.norm(quad[3] - quad[2])))
    height = max(float(np.linalg.norm(quad[0] - quad[3])), float(np.linalg.norm(quad[1] - quad[2])))
    if width < 2 or height < 2:
        return np.zeros((0, 0, 3), np.uint8)
    strip_width = max(8, round(width * LINE_PX / height))
    target = np.array([[0, 0], [strip_width, 0], [strip_width, LINE_PX], [0, LINE_PX]], np.float32)
    flat: Picture = cv2.warpPerspective(
        picture,
        cv2.getPerspectiveTransform(quad, target),
        (strip_width, LINE_PX),
        flags=cv2.INTER_CUBIC if height < LINE_PX else cv2.INTER_AREA,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return flat


class Recogniser:
    """A model that reads strips, and the characters that it knows."""

    def __init__(self, model: Path) -> None:
        self._session = _session(model, arena=False)  # inputs differ in size: an arena would only grow
        self._characters = ("", *self._session.get_modelmeta().custom_metadata_map["character"].splitlines(), " ")
        self._input = self._session.get_inputs()[0].name
        choice = choice_of(model)
        self._choose = CharacterChoice(_session(choice, arena=False)).of if choice.is_file() else chosen

    def read(self, crops: Sequence[Picture]) -> Iterator[tuple[str, tuple[float, ...], tuple[tuple[float, float], ...]]]:
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


@lru_cache(maxsize=1)
def _detector() -> tuple[onnxruntime.InferenceSession, Any]:
    from rapidocr.ch_ppocr_det.utils import DBPostProcess

    post_process = DBPostProcess(thresh=0.3, box_thresh=0.5, max_candidates=1000, unclip_ratio=1.6, use_dilation=True, score_mode="fast")
    return _session(_of_wheel("det"), arena=True), post_process


@lru_cache(maxsize=1)
def _recogniser() -> Recogniser:
    model = _of_wheel("rec")
    return Recogniser(swift_model(model) or model)


def _giving_back() -> onnxruntime.RunOptions:
    """For a run after which the model's memory, some 150 MB, goes back: the next model needs as much."""
    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


def _of_wheel(stage: str) -> Path:
    """The wheel's model of that stage. Raises ModelsMissing."""
    try:
        return wheel_model(stage)
    except (ImportError, OSError, ValueError) as error:
        raise ModelsMissing(f"no {stage} model: {type(error).__name__}") from error


def _session(model: Path, *, arena: bool) -> onnxruntime.InferenceSession:
    """A model, ready to run on one thread. Raises ModelsMissing."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = arena
    try:
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except (OSError, *_ONNX_FAILURES) as error:
        raise ModelsMissing(f"{model.name}: {type(error).__name__}") from error
