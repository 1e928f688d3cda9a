"""The models that find and read lines of text: the quick ones that lie beside this module, and the thorough one inside the rapidocr wheel.

Each is loaded once a process and runs on one thread; forked children share it.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as onnx_state

from parsers.character_choice import CharacterChoice, chosen
from parsers.recogniser import Recogniser
from parsers.swift_models import choice_of, swift_model, wheel_model

_FOLDER = Path(str(files("parsers") / "models"))
_ONNX_FAILURES = (onnx_state.Fail, onnx_state.NoSuchFile, onnx_state.InvalidProtobuf, onnx_state.RuntimeException)


class ModelsMissing(Exception):
    """The models cannot be loaded here; another reader has to do."""


def load_models() -> None:
    """Loads all models. Raises ModelsMissing."""
    detector()
    quick_recogniser()
    thorough_recogniser()


@lru_cache(maxsize=1)
def detector() -> tuple[onnxruntime.InferenceSession, Any]:
    """The model that tells print from paper, and what makes boxes of lines of its answer. Raises ModelsMissing."""
    from rapidocr.ch_ppocr_det.utils import DBPostProcess

    post_process = DBPostProcess(thresh=0.3, box_thresh=0.5, max_candidates=1000, unclip_ratio=1.45, use_dilation=True, score_mode="fast")
    return session_of(_FOLDER / "PP-OCRv6_det_tiny.onnx", arena=True), post_process


@lru_cache(maxsize=1)
def quick_recogniser() -> Recogniser:
    """The model that reads a line in a fifth of the time, and does not know many a Traditional character. Raises ModelsMissing."""
    return Recogniser(session_of(_FOLDER / "PP-OCRv6_rec_tiny.onnx", arena=False), quick_characters(), chosen)


@lru_cache(maxsize=1)
def quick_characters() -> tuple[str, ...]:
    """The characters that the quick model knows, in its order. Raises ModelsMissing."""
    try:
        return tuple((_FOLDER / "PP-OCRv6_rec_tiny.txt").read_text("utf-8").splitlines())
    except OSError as error:
        raise ModelsMissing(f"no characters of the quick model: {type(error).__name__}") from error


@lru_cache(maxsize=1)
def thorough_recogniser() -> Recogniser:
    """The model that reads what the quick one is not sure of: the wheel's, or its twin prepared for this machine. Raises ModelsMissing."""
    try:
        wheel = wheel_model("rec")
    except (ImportError, OSError, ValueError) as error:
        raise ModelsMissing(f"no rec model: {type(error).__name__}") from error
    return recogniser_of(swift_model(wheel) or wheel)


def recogniser_of(model: Path) -> Recogniser:
    """A model of the wheel or its prepared twin, with the characters that it names itself. Raises ModelsMissing."""
    session = session_of(model, arena=False)  # inputs differ in size: an arena would only grow
    choice = choice_of(model)
    choose = CharacterChoice(session_of(choice, arena=False)).of if choice.is_file() else chosen
    return Recogniser(session, tuple(session.get_modelmeta().custom_metadata_map["character"].splitlines()), choose)


def session_of(model: Path, *, arena: bool) -> onnxruntime.InferenceSession:
    """A model, ready to run on one thread. Raises ModelsMissing."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = arena
    try:
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except (OSError, *_ONNX_FAILURES) as error:
        raise ModelsMissing(f"{model.name}: {type(error).__name__}") from error
