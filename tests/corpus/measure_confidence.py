"""How much the confidence of a value means: values gathered from papers read for real, and the tables made of them.

python -m tests.corpus.measure_confidence collect FILE --set train|test --media scan,photo [--first N] [--count N] [--seconds S] [--keep FOLDER]
python -m tests.corpus.measure_confidence again FILE --keep FOLDER      judges anew what was kept, after a change behind the readers
python -m tests.corpus.measure_confidence table FILE... [--set test]    bins of confidence by type and method; the second reader's catch rate
python -m tests.corpus.measure_confidence fit FILE... [--set train]      writes the curves into programmes/cppp/confidence.toml
python -m tests.corpus.measure_confidence thresholds                     what confidence the target asks of each type and method

``collect`` appends to a JSON-lines file and leaves out what stands in it already, so that it may run in short pieces.
"""

from __future__ import annotations

import argparse
import json
import math
import pickle
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from intake.programme import load_programme
from parsers.calibration import ANY
from parsers.catalogue import Catalogue, FieldType
from parsers.values import Method
from tests.corpus.confidence_curves import as_toml, curves_of
from tests.corpus.confidence_draws import MEDIA, Purpose, Seen, drawn, read_drawn, values_of

Row = dict[str, Any]
CONFIDENCE, _FIRST_CURVE = "confidence.toml", "\n[[calibration.curves]]"
_EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0001)


def wilson(right: int, count: int, *, z: float = 1.96) -> tuple[float, float]:
    """Bounds of a share, of 95% (Wilson's score interval)."""
    if count == 0:
        return 0.0, 1.0
    share, square = right / count, z * z
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = z / (1 + square / count) * math.sqrt(share * (1 - share) / count + square / (4 * count * count))
    return max(0.0, middle - half), min(1.0, middle + half)


def collect(file: Path, purpose: Purpose, media: Sequence[str], first: int, count: int, seconds: float, keep: Path | None) -> None:
    """Draws and reads applications until their number or the CPU seconds are spent."""
    catalogue = load_programme().catalogue
    done = {row["draw"] for row in rows_of([file])} if file.exists() else set()
    started = time.process_time()
    for number in range(first, first + count):
        if time.process_time() - started > seconds:
            break
        place = f"{purpose}-{number}-{media[number % len(media)]}"
        if any(draw.replace("/", "-").startswith(place + "-") for draw in done):
            continue
        seen = read_drawn(drawn(purpose, number, media[number % len(media)]), purpose)
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{place}.seen").write_bytes(pickle.dumps(seen))
        append(file, seen, catalogue)


def judge_again(file: Path, keep: Path) -> None:
    """Writes the file anew from what was kept of earlier readings: after a change behind the readers, in seconds."""
    catalogue = load_programme().catalogue
    file.write_text("", "utf-8")
    for place in sorted(keep.glob("*.seen")):
        append(file, pickle.loads(place.read_bytes()), catalogue)  # noqa: S301 - written by this script


def append(file: Path, seen: Seen, catalogue: Catalogue) -> None:
    told = values_of(seen, catalogue)
    with file.open("a", encoding="utf-8") as out:
        out.writelines(json.dumps(each.as_json(), ensure_ascii=False) + "\n" for each in told)
    wrong = [f"{each.paper}.{each.key} {each.value!r} for {each.wanted!r} @{each.raw} {each.sure}" for each in told if not each.right]
    print(f"{seen.name}: {len(told)} values; wrong: {wrong or 'none'}", file=sys.stderr)


def rows_of(files: Iterable[Path]) -> list[Row]:
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines() if line.strip()]


def table(rows: Sequence[Row]) -> str:
    """Counts and shares right by bins of confidence: whole, by method, by medium, and by type of field and method."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for name in ("all", f"method {row['method']}", f"medium {row['medium']}", f"{row['type']:10} {row['method']}"):
            groups[name].append(row)
    lines = ["| values | confidence | count | right | share | 95% bounds |", "|---|---|---|---|---|---|"]
    for name in sorted(groups, key=lambda name: (name != "all", not name.startswith(("method", "medium")), name)):
        for low, high in [*pairwise(_EDGES), (0.9, 1.0001)]:
            held = [row for row in groups[name] if low <= row["sure"] < high]
            if held:
                right = sum(row["right"] for row in held)
                below, above = wilson(right, len(held))
                span = "**0.90 and more**" if (low, high) == (0.9, 1.0001) else f"{low:.2f} to {min(high, 1.0):.2f}"
                lines.append(f"| {name} | {span} | {len(held)} | {right} | {right / len(held):.4f} | {below:.4f} to {above:.4f} |")
    return "\n".join(lines)


def second_reader(rows: Sequence[Row]) -> str:
    """Of the values that the second reader saw: how it moved the wrong ones and the right ones."""
    lines = ["| type | wrong | lowered (caught) | raised | right | lowered | raised |", "|---|---|---|---|---|---|---|"]
    seen = [row for row in rows if row["second"] != "none"]
    for type_ in (*sorted({row["type"] for row in seen}), "all"):
        here = [row for row in seen if type_ in ("all", row["type"])]
        cells = [
            str(sum(row["right"] is right and act in (None, row["second"]) for row in here))
            for right in (False, True)
            for act in (None, "lowered", "raised")
        ]
        lines.append(f"| {type_} | {' | '.join(cells)} |")
    return "\n".join(lines)


def write_curves(rows: Sequence[Row]) -> None:
    """Puts new curves in place of those in the programme's file that are of the methods measured; its comments, weights and other curves stay."""
    programme = load_programme()
    file, made = programme.path / CONFIDENCE, curves_of([row for row in rows if not row["odd"]])
    other = [curve for curve in programme.policy.calibration.curves if curve.method not in {curve.method for curve in made}]
    head = file.read_text("utf-8").split(_FIRST_CURVE)[0].rstrip() + "\n"
    file.write_text(head + as_toml(sorted([*other, *made], key=lambda curve: curve.method is not Method.OCR)), "utf-8")
    print(f"{file.name}: curves of {len(rows)} values, {sum(not row['right'] for row in rows)} of them wrong", file=sys.stderr)


def thresholds() -> str:
    """For each type of field and method that was measured: the confidence needed, and the raw certainty that reaches it."""
    policy = load_programme().policy
    lines = ["| type | method | confidence needed | raw certainty | of those measured, to staff |", "|---|---|---|---|---|"]
    for curve in policy.calibration.curves:
        if curve.type != ANY:
            needed = policy.thresholds.of_value(FieldType(curve.type), curve.method, policy.calibration)
            raw = next((step / 1000 for step in range(1001) if curve.at(step / 1000) >= needed), None)
            below = sum(count for share, count in zip(curve.right, curve.count, strict=True) if share < needed)
            lines.append(
                f"| {curve.type} | {curve.method.value} | {needed:.4f} | {'never' if raw is None else f'{raw:.3f}'} | {below} of {sum(curve.count)} |"
            )
    return "\n".join(lines)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("act", choices=("collect", "again", "table", "fit", "thresholds"))
    options.add_argument("files", type=Path, nargs="*")
    options.add_argument("--set", dest="purpose", choices=("train", "test"))
    options.add_argument("--media", default=",".join(MEDIA))
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--seconds", type=float, default=200.0)
    options.add_argument("--keep", type=Path)
    given = options.parse_args()
    if given.act == "collect":
        collect(given.files[0], given.purpose or "train", given.media.split(","), given.first, given.count, given.seconds, given.keep)
        return
    if given.act == "again":
        judge_again(given.files[0], given.keep)
        return
    if given.act == "thresholds":
        print(thresholds())
        return
    rows = [row for row in rows_of(given.files) if given.purpose in (None, row["purpose"])]
    if given.act == "fit":
        write_curves(rows)
        return
    print(table(rows))
    print()
    print(second_reader(rows))


if __name__ == "__main__":
    main()
