from __future__ import annotations

import random
import sys
from pathlib import Path

import numpy as np
import pytest

from parsers import line_models, pp_ocr, swift_models
from parsers.character_choice import CharacterChoice, chosen
from parsers.folding import fold_key
from tests.corpus import degrade
from tests.corpus.sheet import FACES, Sheet

VALUES = ("52345678-000-03-24-7", "25/05/2022", "HK$450,000.00", "Wing Fung Dyeing Factory Limited", "清潔生產伙伴計劃", "佛山市合达泰化工有限公司")


@pytest.mark.parametrize(
    ("flags", "greatest"),
    [("fpu sse4_2 avx2 avx512f avx512_vnni", 127), ("fpu avx2 avx_vnni", 127), ("fpu sse4_2 avx2", 63), ("fpu sse4_2", None), ("", None)],
)
def test_weights_are_so_small_that_no_sum_overflows_on_the_processor(tmp_path: Path, flags: str, greatest: int | None) -> None:
    cpu_info = tmp_path / "cpuinfo"
    cpu_info.write_text(f"processor : 0\nflags\t\t: {flags}\n", "utf-8")
    assert swift_models.greatest_weight(cpu_info) == greatest


def test_a_machine_that_does_not_tell_its_processor_uses_the_model_of_the_wheel(tmp_path: Path) -> None:
    assert swift_models.greatest_weight(tmp_path / "nowhere") is None


def test_a_model_that_was_not_measured_stays_as_it_is(tmp_path: Path) -> None:
    newer = tmp_path / "PP-OCRv7_rec_small.onnx"
    newer.write_bytes(b"another model")
    assert "stays as it is" in swift_models.prepare(newer, tmp_path / "models")
    assert not (tmp_path / "models").exists()
    assert swift_models.swift_model(newer) is None


def test_without_the_tool_for_it_the_model_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    monkeypatch.delitem(sys.modules, "parsers.whole_numbers", raising=False)
    assert "onnx is not installed" in swift_models.prepare(swift_models.wheel_model("rec"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_installed_model_is_the_one_that_was_measured() -> None:
    assert swift_models.ranges_of(swift_models.wheel_model("rec"))


@pytest.mark.slow
def test_a_model_prepared_twice_is_the_same_and_reads_what_the_wheels_model_reads(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    source = swift_models.wheel_model("rec")
    made = [swift_models.place_of(source, tmp_path / name) for name in ("one", "other")]
    for place in made:
        assert "prepared" in swift_models.prepare(source, place.parent)
        assert "there already" in swift_models.prepare(source, place.parent)
    assert made[0].read_bytes() == made[1].read_bytes()
    assert swift_models.choice_of(made[0]).read_bytes() == swift_models.choice_of(made[1]).read_bytes()
    sheet = Sheet(FACES[0])
    for row, value in enumerate(VALUES):
        sheet.text(60, 60 + 30 * row, value, 11)
    picture = degrade.scanned(degrade.pictures_of(sheet.pdf(), 200)[0], random.Random(3), skew=0)
    quads = sorted(pp_ocr.find_lines(picture), key=lambda quad: float(quad[0, 1]))
    swift = line_models.recogniser_of(made[0])
    read = [text for quad in quads for text, _, _ in swift.read([pp_ocr.crop_of(picture, quad)])]
    assert [fold_key(text) for text in read] == [fold_key(value) for value in VALUES]


@pytest.mark.slow
def test_the_choice_a_few_steps_at_a_time_chooses_what_the_whole_product_does(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    source = swift_models.wheel_model("rec")
    swift_models.prepare(source, tmp_path)
    place = swift_models.choice_of(swift_models.place_of(source, tmp_path))
    known = {constant.name: onnx.numpy_helper.to_array(constant) for constant in onnx.load(place).graph.initializer}
    (node,) = onnx.load(place).graph.node
    _, weight, scale_in, scales, zero_in, _, bias = node.input
    steps = np.random.default_rng(4).integers(0, 256, (3, 13, known[weight].shape[0]), np.uint8)  # 39 steps: no multiple of what is taken at once
    fine = (steps.astype(np.float64) - float(known[zero_in])) * float(known[scale_in])
    weights = fine @ (known[weight].astype(np.float64) * known[scales]) + known[bias]
    apart = np.exp(weights - weights.max(axis=-1, keepdims=True))
    best, chances = CharacterChoice(line_models.session_of(place, arena=False)).of(steps)
    assert (best == weights.argmax(axis=-1)).all()
    assert np.allclose(chances, np.where(best > 0, 1 / apart.sum(axis=-1), 0), atol=1e-4)


def test_of_chances_that_are_worked_out_the_greatest_is_chosen() -> None:
    best, chances = chosen(np.array([[[0.1, 0.9, 0.0], [0.7, 0.1, 0.2]]], np.float32))
    assert best.tolist() == [[1, 0]]
    assert chances[0].tolist() == pytest.approx([0.9, 0.7])


def _found(picture: pp_ocr.Picture, dpi: float) -> tuple[float, ...]:
    return tuple(n * 72 / dpi for n in pp_ocr._printed_area(picture))


@pytest.mark.parametrize("dpi", [100, 200])
def test_a_faint_page_number_at_the_foot_is_no_margin(dpi: int) -> None:
    sheet = Sheet(FACES[0])
    sheet.text(60, 100, "Certificate of Registration", 14)
    sheet.canvas.setFillGray(0.65)
    sheet.text(300, 800, "1/2", 6)
    left, top, right, bottom = _found(degrade.scanned(degrade.pictures_of(sheet.pdf(), dpi)[0], random.Random(1), skew=0), dpi)
    assert bottom > 806
    assert left < 60
    assert top < 100
    assert right > 310


def test_blank_margins_are_not_searched_for_lines() -> None:
    sheet = Sheet(FACES[0])
    sheet.text(200, 300, "Certificate of Registration", 14)
    left, top, right, bottom = _found(degrade.scanned(degrade.pictures_of(sheet.pdf(), 200)[0], random.Random(1), skew=0), 200)
    assert (right - left) * (bottom - top) < 0.1 * 595 * 842


def test_a_blank_page_is_searched_whole() -> None:
    assert pp_ocr._printed_area(np.full((500, 400, 3), 250, np.uint8)) == (0, 0, 400, 500)


def test_lines_read_together_are_of_about_one_width_and_none_is_left_out() -> None:
    dice = random.Random(2)
    widths = sorted(dice.randrange(8, 1500) for _ in range(60))
    crops = [(at, np.zeros((40, width, 3), np.uint8)) for at, width in enumerate(widths)]
    batches = [[crop.shape[1] for _, crop in batch] for batch in pp_ocr._batches(crops)]
    assert [width for batch in batches for width in batch] == widths
    assert all(batch[-1] - batch[0] <= 16 for batch in batches)
