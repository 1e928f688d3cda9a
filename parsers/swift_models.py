"""The recognition model prepared for this machine: mostly whole-number arithmetic, made once where the project is installed.

Where it was not made, was made from another model, or the processor has no instructions for it, the model of the wheel is used as it is.
``python -m parsers.swift_models`` makes it (no download) and says so; made twice it is the same, byte for byte.
"""

from __future__ import annotations

import hashlib
import json
import sys
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

RECIPE = "4"  # part of the file's name: raised whenever the same model would be prepared differently
_RANGES = "swift_ranges.json"
_EXACT = frozenset({"avx512_vnni", "avx_vnni"})  # sums of products of eight-bit numbers that cannot overflow
_PAIRWISE = frozenset({"avx2", "avx512bw"})  # sums of two such products that overflow sixteen bits, but not where one factor has seven


def choice_of(prepared: Path) -> Path:
    """Where the last step of a prepared model lies, the choice among the characters: a model of its own."""
    return prepared.with_suffix(".choice.onnx")


def swift_model(source: Path) -> Path | None:
    """The prepared twin of a model of the wheel, or None where the model itself is to be used."""
    if greatest_weight() is None:
        return None
    made = place_of(source)
    return made if made.is_file() else None


def place_of(source: Path, folder: Path | None = None) -> Path:
    """Where the twin of this model lies, named by the content of the model, the recipe, the measured ranges, and the processor's kind."""
    said = digest_of(source) + RECIPE + _ranges_text() + str(greatest_weight())
    name = hashlib.sha256(said.encode()).hexdigest()[:24]
    return (folder or Path(sys.prefix) / "share" / "cppp-intake" / "models") / f"{name}.onnx"


@lru_cache(maxsize=1)
def greatest_weight(cpu_info: Path = Path("/proc/cpuinfo")) -> int | None:
    """The greatest weight with which the processor multiplies and adds eight-bit numbers exactly; None where it is not known to."""
    try:
        lines = cpu_info.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return None
    flags = next((line.partition(":")[2].split() for line in lines if line.startswith("flags")), [])
    if not _EXACT.isdisjoint(flags):
        return 127
    return 63 if not _PAIRWISE.isdisjoint(flags) else None


def ranges_of(source: Path) -> dict[str, tuple[float, float]] | None:
    """Least and greatest value that each tensor took on lines of print (``tests.corpus.measure_lines``); None for a model not measured."""
    known: dict[str, Any] = json.loads(_ranges_text())
    return {name: (low, high) for name, (low, high) in known["ranges"].items()} if known["model"] == digest_of(source) else None


def prepare(source: Path, folder: Path | None = None) -> str:
    """Makes the twin where it is not there yet; says in a sentence what became of it."""
    made = place_of(source, folder)
    if made.is_file():
        return f"{made.name} is there already"
    ranges = ranges_of(source)
    if ranges is None:
        return f"{source.name} is not the model that was measured: it stays as it is"
    greatest = greatest_weight()
    if greatest is None:
        return f"this processor gains nothing by it: {source.name} stays as it is"
    try:
        from parsers.whole_numbers import in_whole_numbers
    except ImportError as error:
        return f"{error.name} is not installed: {source.name} stays as it is"
    model, choice = in_whole_numbers(source, ranges, greatest=greatest)
    made.parent.mkdir(parents=True, exist_ok=True)
    for place, data in ((choice_of(made), choice), (made, model)):  # the model last: where it is, all is there
        part = place.with_suffix(".part")
        part.write_bytes(data)
        part.replace(place)
    return f"{source.name} prepared as {made.name}"


def wheel_model(stage: str) -> Path:
    """A model of the installed wheel, by its stage (det, rec): the newest PP-OCR of that name. Raises OSError, ImportError or ValueError."""
    folder = files("rapidocr") / "models"
    name = max(entry.name for entry in folder.iterdir() if entry.name.startswith("PP-OCR") and f"_{stage}_" in entry.name)
    return Path(str(folder / name))


@lru_cache(maxsize=4)
def digest_of(source: Path) -> str:
    """SHA-256 of the model's bytes."""
    return hashlib.sha256(source.read_bytes()).hexdigest()


def _ranges_text() -> str:
    return (files("parsers") / _RANGES).read_text("utf-8")


def main() -> None:
    print(prepare(wheel_model("rec")), file=sys.stderr)


if __name__ == "__main__":
    main()
