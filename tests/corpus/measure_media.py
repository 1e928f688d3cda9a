"""How well filled forms are read that were sent in all the ways of offices, and whether each value's box is where it was drawn, medium by medium.

python -m tests.corpus.measure_media --count 2 --set train|apart [--medium NAME] [--layout table]
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Sequence

from intake.programme import load_programme
from parsers.application import PartRead, read_application
from parsers.catalogue import Catalogue
from parsers.page_frame import inside_centre
from parsers.read_file import read_file
from parsers.read_limits import ReadLimits
from parsers.values import Application, Part, PartRole, Read
from tests.corpus.forms import retyped
from tests.corpus.measure_forms import LANGUAGES, judged
from tests.corpus.media import Medium, Sent
from tests.corpus.media_sets import KEPT_APART, MEDIA
from tests.corpus.people import invent

LAYOUTS = ("table", "lines", "above", "table2")
_SLACK = 4.0  # points by which the middle of a box may leave the place where its value was drawn
COLUMNS = ("asked", "right", "wrong", "sure", "boxes", "placed", "pages", "cpu")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2, help="forms for each medium")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--set", choices=("train", "apart"), default="train")
    parser.add_argument("--medium", action="append")
    parser.add_argument("--layout", action="append", choices=LAYOUTS)
    parser.add_argument("--misses", action="store_true", help="name every value that was not read as written")
    asked = parser.parse_args()
    media = MEDIA if asked.set == "train" else KEPT_APART
    catalogue = load_programme().catalogue
    print(f"{'medium':30}" + "".join(f"{column:>9}" for column in COLUMNS))
    whole: Counter[str] = Counter()
    for name in asked.medium or media:
        counts: Counter[str] = Counter()
        for seed in range(asked.seed, asked.seed + asked.count):
            counts.update(measured(media[name], seed, catalogue, asked.layout or LAYOUTS, asked.misses))
        whole.update(counts)
        print(f"{name:30}" + "".join(f"{counts[column]:>9.4g}" for column in COLUMNS), flush=True)
    print(f"{'all':30}" + "".join(f"{whole[column]:>9.4g}" for column in COLUMNS))


def measured(medium: Medium, seed: int, catalogue: Catalogue, layouts: Sequence[str], misses: bool) -> Counter[str]:
    """Counts over one form: values asked, read rightly, wrongly (and of these surely, at 0.9 or more), boxes looked at and rightly placed."""
    dice = random.Random(f"media {seed}")
    applicant = invent(dice, form="ABC"[seed % 3], connection=None if seed % 3 == 2 else "hk_factory", language=LANGUAGES[seed % len(LANGUAGES)])
    pdf, drawn = retyped(applicant, dice, layouts[seed % len(layouts)])
    sent = medium(pdf, dice)
    began = time.process_time()
    file = read_file(sent.data, sent.kind, ReadLimits())
    counts = Counter[str](pages=len(file.pages))
    counts["cpu"] = time.process_time() - began  # type: ignore[assignment]
    read = read_application([PartRead(part=_part(sent), file=file)], catalogue)
    shown = {key for key, (page, _) in drawn.items() if page <= len(sent.places)}
    applicant = applicant.with_values(**{key.replace(".", "__"): None for key in applicant.values if key not in shown})
    for key, outcome, miss, confidence in judged(catalogue, applicant, read.fields, ""):
        if key not in shown:
            continue
        counts["asked"] += 1
        counts["right"] += outcome == "ok"
        counts["wrong"] += outcome == "wrong"
        counts["sure"] += outcome == "wrong" and (confidence or 0) >= 0.9
        if miss and misses:
            print("   ", miss.kind, key, repr(miss.wanted)[:60], miss.got[:80], round(miss.confidence, 2))
    counts.update(_places(read, drawn, sent))
    return counts


def _places(read: Application, drawn: dict[str, tuple[int, tuple[float, float, float, float]]], sent: Sent) -> Counter[str]:
    counts: Counter[str] = Counter()
    for key, (page, box) in drawn.items():
        field = read.fields.get(key)
        if page > len(sent.places) or not isinstance(field, Read) or field.evidence.box is None:
            continue
        number, (x0, top, x1, bottom) = sent.place(page, box)
        found = field.evidence.box
        room = (x0 - _SLACK, top - _SLACK, x1 + _SLACK, bottom + _SLACK)
        counts["boxes"] += 1
        counts["placed"] += field.evidence.page == number and (inside_centre(found, room) or inside_centre((x0, top, x1, bottom), found))
    return counts


def _part(sent: Sent) -> Part:
    data = sent.data
    return Part(path="1", name="form", declared_type="", kind=sent.kind, role=PartRole.PAPER, sha256="0" * 64, size=len(data), data=data)


if __name__ == "__main__":
    main()
