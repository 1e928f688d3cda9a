"""How exactly lines of print are read, model beside model, on drawn forms and papers whose text layer is the truth.

python -m tests.corpus.measure_lines [--seed S] [--lines N]      letters read wrong, lines read wrong, lines wrong though sure, CPU seconds
python -m tests.corpus.measure_lines --ranges FILE [--seed S]    measures what ``parsers.swift_models`` needs to know of a new model
"""

from __future__ import annotations

import argparse
import json
import random
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
import pypdfium2
from rapidfuzz.distance import Levenshtein

from parsers import line_models, pp_ocr, swift_models
from parsers.recogniser import Reading, Recogniser, tensor_of
from tests.corpus import degrade, measure_forms, measure_papers

Picture = np.ndarray[Any, np.dtype[np.uint8]]
CALIBRATING_SEED, HELD_OUT_SEED = 7, 501
SURE = 0.8
RANGE_LINES = 160


@dataclass(frozen=True)
class Line:
    """A line as found on a degraded page, and its letters as printed."""

    medium: str
    truth: str
    picture: Picture
    quad: pp_ocr.Quad


def lines(seed: int) -> Iterator[Line]:
    """Lines of forms in three languages and of papers, on level scans, faxes, poor JPEGs and shadows of 150 to 300 dpi."""
    dice = random.Random(seed)
    names = [name for name, (_, kind) in measure_forms.makers().items() if kind.value == "pdf"]
    for language in measure_forms.LANGUAGES:
        for name in dice.sample(names, 4):
            applicant = measure_forms.applicant_of(dice, language, 2)
            yield from _lines_of(measure_forms.makers()[name][0](applicant, dice, {"stray_chop": False, "typed_name": False}), dice)
    for number in range(seed * 10, seed * 10 + 4):
        for _, bundle in measure_papers.drawn(number, 5, None):
            yield from _lines_of(bundle.pdf, dice)


def _lines_of(pdf: bytes, dice: random.Random) -> Iterator[Line]:
    document = pypdfium2.PdfDocument(pdf)
    for page in list(document)[:2]:
        dpi = dice.choice((150, 200, 200, 300))
        medium = dice.choice(("scan", "scan", "jpeg", "fax", "shade"))
        picture = _spoilt(np.array(page.render(scale=dpi / 72).to_pil().convert("RGB")), medium, dice)
        letters = list(_letters(page))
        for quad in pp_ocr.find_lines(picture):
            (x0, top), (x1, bottom) = quad.min(axis=0) * 72 / dpi, quad.max(axis=0) * 72 / dpi
            inside = sorted((x, y, high, letter) for x, y, high, letter in letters if x0 <= x <= x1 and top <= y <= bottom)
            if (
                inside
                and max(y for _, y, _, _ in inside) - min(y for _, y, _, _ in inside) <= 1.2 * float(np.median([high for *_, high, _ in inside])) + 4
            ):
                yield Line(medium, _key("".join(letter for *_, letter in inside)), picture, quad)
    document.close()


def _spoilt(picture: Picture, medium: str, dice: random.Random) -> Picture:
    if medium == "jpeg":
        _, packed = cv2.imencode(".jpg", cv2.GaussianBlur(picture, (0, 0), 0.7), [cv2.IMWRITE_JPEG_QUALITY, 40])
        return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    scan = degrade.scanned(picture, dice, skew=0, noise=8 if medium == "fax" else 5)
    if medium == "fax":
        return np.asarray((scan > dice.randrange(140, 180)) * 255, np.uint8)
    return np.asarray(scan * np.linspace(0.6, 1, scan.shape[1])[None, :, None], np.uint8) if medium == "shade" else scan


def _letters(page: Any) -> Iterator[tuple[float, float, float, str]]:
    """Middle, height and text of each letter of the text layer, in points from the top left."""
    text, height = page.get_textpage(), page.get_height()
    for index in range(text.count_chars()):
        letter = text.get_text_range(index, 1)
        if letter.strip():
            left, bottom, right, top = text.get_charbox(index)
            yield (left + right) / 2, height - (top + bottom) / 2, top - bottom, letter


def _key(text: str) -> str:
    """What must be right: letters, digits and characters; drawn boxes and punctuation are judged elsewhere."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text) if letter.isalnum())


def compare(chosen: list[Line]) -> str:
    """A table of the wheel's model, its prepared twin, and the quick model with the thorough one after it, on the same lines."""
    rows = [f"{'model':10} {'letters wrong':>16} {'lines wrong':>14} {'sure lines wrong':>18} {'CPU s':>7}"]
    source = swift_models.wheel_model("rec")
    twin = swift_models.swift_model(source)
    readers: dict[str, Callable[[list[Line]], list[Reading]] | None] = {
        "wheel": lambda some: _each(line_models.recogniser_of(source), some),
        "prepared": (lambda some: _each(line_models.recogniser_of(twin), some)) if twin else None,
        "quick": lambda some: _each(line_models.quick_recogniser(), some),
        "in turn": _in_turn,
    }
    for name, reader in readers.items():
        if reader is None:
            rows.append(f"{name:10} not made here, or not for this processor")
            continue
        reader(chosen[:1])
        started = time.process_time()
        read = reader(chosen)
        spent = time.process_time() - started
        wrong = [Levenshtein.distance(line.truth, _key(text)) for line, (text, _, _) in zip(chosen, read, strict=True)]
        sure = [min(certainties, default=0.0) > SURE for _, certainties, _ in read]
        rows.append(
            f"{name:10} {sum(wrong):7} of {sum(len(line.truth) for line in chosen):5} {sum(map(bool, wrong)):6} of {len(chosen):4} "
            f"{sum(bool(n) and s for n, s in zip(wrong, sure, strict=True)):9} of {sum(sure):5} {spent:7.2f}"
        )
    return "\n".join(rows)


def _each(reader: Recogniser, some: list[Line]) -> list[Reading]:
    return [next(iter(reader.read([pp_ocr.crop_of(line.picture, line.quad)]))) for line in some]


def _in_turn(some: list[Line]) -> list[Reading]:
    """As the service reads: page by page, the quick model first."""
    read: dict[int, Reading] = {}
    for picture in {id(line.picture): line.picture for line in some}.values():
        of_page = [line for line in some if line.picture is picture]
        read |= {id(line.quad): (line.text, line.certainties, line.spans) for line in pp_ocr.recognise(picture, [line.quad for line in of_page])[0]}
    return [read.get(id(line.quad), ("", (), ())) for line in some]


def measured_ranges(chosen: list[Line]) -> dict[str, Any]:
    """Least and greatest values of what goes into and comes out of each heavy step, over these lines."""
    from onnx import TensorProto, helper

    from parsers.whole_numbers import heavy_steps, plain_model

    source = swift_models.wheel_model("rec")
    model = plain_model(source)
    steps = heavy_steps(model).values()
    names = sorted({inward for inward, _ in steps} | {outward for _, outward in steps if outward != model.graph.output[0].name})
    model.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    ranges = dict.fromkeys(names, (0.0, 0.0))
    for line in chosen:
        strips = tensor_of([pp_ocr.crop_of(line.picture, line.quad)])
        for name, values in zip(names, session.run(names, {session.get_inputs()[0].name: strips}), strict=True):
            ranges[name] = (min(ranges[name][0], float(values.min())), max(ranges[name][1], float(values.max())))
    return {"model": swift_models.digest_of(source), "ranges": {name: [round(n, 4) for n in ranges[name]] for name in names}}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int)
    options.add_argument("--lines", type=int, default=420)
    options.add_argument("--ranges", type=Path)
    given = options.parse_args()
    seed = given.seed or (CALIBRATING_SEED if given.ranges else HELD_OUT_SEED)
    found = [line for line in lines(seed) if pp_ocr.crop_of(line.picture, line.quad).shape[1] in range(16, 1800)]
    random.Random(seed).shuffle(found)
    if given.ranges:
        given.ranges.write_text(json.dumps(measured_ranges(found[:RANGE_LINES]), indent=1) + "\n", "utf-8")
    else:
        print(compare(found[: given.lines]))


if __name__ == "__main__":
    main()
