"""How well supporting papers are read: invented ones of every kind, as files, scans, faxes and photographs, against what stands on them.

python -m tests.corpus.measure_papers [--seed S] [--count N] [--medium digital|scan|fax|photo] [--each K] [--only LOOK] [--late] [--cache FOLDER]

``--count`` applicants from seed ``--seed`` on; ``--each`` papers are drawn of each (all by default), so that every look comes in its turn.
``--cache`` keeps what the reader saw, so that a change behind the reader is measured in seconds.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rapidfuzz import fuzz

from intake.programme import load_programme
from parsers.catalogue import Catalogue
from parsers.folding import fold_key
from parsers.papers import papers_of
from parsers.read_limits import ReadLimits
from parsers.sandbox import Reader
from parsers.values import Document, FileKind, FileRead, Part, PartRole, Read
from tests.corpus import degrade
from tests.corpus.late_papers import LATE_LOOKS
from tests.corpus.paper_looks import LOOKS, Bundle, Paper
from tests.corpus.people import invent

SCORED = {
    "br_certificate": ("name", "br_number", "commenced_on", "expires_on"),
    "certificate_of_incorporation": ("name", "company_number", "incorporated_on"),
    "annual_return": ("name", "company_number", "made_up_to"),
    "mainland_business_licence": ("name", "uscc", "enterprise_type", "legal_representative", "established_on", "address"),
    "processing_agreement": ("expires_on",),
    "quotation": ("supplier", "total", "dated"),
}
CONNECTIONS = ("gd_joint_venture", "gd_wholly_owned", "gd_processing_agreement", "gd_resident_owned", "hk_factory", "hk_workshop")
SURE = 0.75  # confidence from which a value is relied upon without a person


@dataclass
class Tally:
    """One figure of the table: how many were right, wrong, wrong though sure, unreadable and absent."""

    right: int = 0
    wrong: int = 0
    sure: int = 0
    unreadable: int = 0
    absent: int = 0

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.wrong + self.unreadable + self.absent)

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / max(1e-9, self.precision + self.recall)

    def add(self, other: Tally) -> None:
        for name in ("right", "wrong", "sure", "unreadable", "absent"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class Figures:
    """What was measured so far."""

    kinds: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    fields: dict[tuple[str, str], Tally] = field(default_factory=lambda: defaultdict(Tally))
    misses: Counter[str] = field(default_factory=Counter)


def drawn_late(seed: int, only: str | None) -> Iterator[tuple[str, Bundle]]:
    """The later looks for one applicant, by their names."""
    for name, (connection, draw) in LATE_LOOKS.items():
        if only is None or name.startswith(only):
            own = random.Random(f"{seed}/{name}")
            form = "C" if name in ("late society", "late rules") else "B" if connection else own.choice("AB")
            needed = None if form == "C" else connection or "hk_factory"
            made = draw(invent(own, form=form, connection=needed, language=own.choice(("en", "zh_hant", "zh_hans"))), own)
            yield name, Bundle(made.name, made.pdf, (made,))


def drawn(seed: int, each: int, only: str | None) -> Iterator[tuple[str, Bundle]]:
    """The papers of one applicant, by the name of their look."""
    dice = random.Random(seed)
    form = dice.choice("AABBC")
    connection = None if form == "C" else dice.choice(CONNECTIONS[:5] if form == "A" else CONNECTIONS)
    names = [name for name in LOOKS if only is None or name.startswith(only)]
    turn = [names[(seed * each + place) % len(names)] for place in range(min(each, len(names)))] if each else names
    for name in turn:
        own = random.Random(f"{seed}/{name}")
        where = _NEEDS.get(name, connection)
        a = invent(own, form=form if where == connection else "B", connection=where, language=own.choice(("en", "zh_hant", "zh_hans")))
        made = LOOKS[name](a, own)
        yield name, made if isinstance(made, Bundle) else Bundle(made.name, made.pdf, (made,))


_NEEDS = {
    "mainland_business_licence": "gd_wholly_owned", "licence translation": "gd_wholly_owned", "joint_venture_agreement": "gd_joint_venture",
    "processing_agreement": "gd_processing_agreement", "foreign_investment_approval": "gd_wholly_owned", "mainland_shareholding_proof": "gd_resident_owned",
    "premises_proof": "hk_factory", "certificate_of_incorporation": "hk_factory", "change of name": "hk_factory", "annual_return": "gd_wholly_owned",
    "several papers": "gd_wholly_owned", "product licence": "gd_wholly_owned",
}  # fmt: skip


def in_medium(pdf: bytes, medium: str, dice: random.Random) -> list[tuple[bytes, FileKind]]:
    """The file as a scanner, a fax machine or a telephone gives it; a telephone gives one picture a page."""
    if medium == "digital":
        return [(pdf, FileKind.PDF)]
    pictures = degrade.pictures_of(pdf, 200)
    if medium == "photo":
        return [(degrade.as_jpeg(degrade.photographed(each, dice), 72), FileKind.JPEG) for each in pictures]
    treat = degrade.faxed if medium == "fax" else degrade.scanned
    return [(degrade.as_pdf([treat(each, dice) for each in pictures], 200, bilevel=medium == "fax"), FileKind.PDF)]


def read_cached(reader: Reader, data: bytes, kind: FileKind, cache: Path | None, key: str) -> FileRead:
    place = cache / f"{hashlib.sha256(key.encode()).hexdigest()}.json" if cache else None
    if place and place.exists():
        return FileRead.model_validate_json(place.read_text("utf-8"))
    read = reader.read(data, kind)
    if place:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(read.model_dump_json(), "utf-8")
    return read


def documents_of(files: list[FileRead], catalogue: Catalogue) -> list[Document]:
    """The papers found, without a telling file name; of several pictures one after another, their pages counted on."""
    found: list[Document] = []
    for number, file in enumerate(files):
        part = Part(path="2", name=None, declared_type="", kind=file.kind, role=PartRole.PAPER, sha256=file.sha256, size=1, data=b"")
        for paper in papers_of(part, file, catalogue):
            shift = number if len(files) > 1 else 0
            found.append(paper.model_copy(update={"first_page": paper.first_page + shift, "last_page": paper.last_page + shift}))
    return found


def judge(look: str, bundle: Bundle, found: list[Document], figures: Figures, where: str, *, pictures: bool) -> None:
    first = 1
    for paper in bundle.papers:
        pages = paper.page_range or (first, first + paper.pages - 1)
        first = pages[1] + 1
        match = next((one for one in found if one.kind == paper.kind and (one.first_page, one.last_page) == pages), None)
        if match is None and pictures:
            match = next((one for one in found if one.kind == paper.kind and pages[0] <= one.first_page <= pages[1]), None)
        figures.kinds[paper.kind][1] += 1
        if match is None or {each.value for each in match.problems} != set(paper.problems) - {"expired"}:
            seen = [f"{one.kind} {one.first_page}-{one.last_page} {[p.value for p in one.problems] or ''}".strip() for one in found]
            figures.misses[f"KIND   {where} {look}: {paper.kind} {pages[0]}-{pages[1]} seen as {', '.join(seen)}"] += 1
        else:
            figures.kinds[paper.kind][0] += 1
        if match is not None:
            _judge_fields(look, paper, match, figures, where)
    extra = [one.kind for one in found if one.kind not in ("other", *(paper.kind for paper in bundle.papers))]
    if extra and len(found) > len(bundle.papers):
        figures.misses[f"EXTRA  {where} {look}: {extra}"] += 1


def _judge_fields(look: str, paper: Paper, match: Document, figures: Figures, where: str) -> None:
    for key in SCORED.get(paper.kind, ()):
        tally, have = figures.fields[(paper.kind, key)], match.fields.get(key)
        wanted = [paper.fields[key], *paper.alternatives.get(key, [])] if key in paper.fields else []
        if have is None or have.state == "missing":
            if wanted:
                tally.absent += 1
                figures.misses[f"ABSENT {where} {look}: {key} {wanted[0]!r}"] += 1
        elif isinstance(have, Read):
            if any(_same(key, have.value, one) for one in wanted):
                tally.right += 1
                continue
            sure = have.evidence.confidence >= SURE
            tally.wrong += 1
            tally.sure += sure
            figures.misses[f"WRONG{'!' if sure else ' '} {where} {look}: {key} {wanted[:1]!r} read {have.value!r} ({have.evidence.confidence})"] += 1
        elif wanted:
            tally.unreadable += 1
            figures.misses[f"UNSURE {where} {look}: {key} {wanted[0]!r} from {have.text!r}"] += 1


def _same(key: str, have: object, wanted: object) -> bool:
    if isinstance(have, str) and isinstance(wanted, str):
        return fold_key(have) == fold_key(wanted) or (key == "address" and fuzz.ratio(fold_key(have), fold_key(wanted)) >= 92)
    return have == wanted


def report(figures: Figures, medium: str) -> str:
    lines = [*sorted(figures.misses), "", f"{medium}: kinds"]
    for kind, (right, count) in sorted(figures.kinds.items()):
        lines.append(f"  {kind:32} {right:4}/{count}")
    right, count = (sum(column) for column in zip(*figures.kinds.values(), strict=True))
    lines += [f"  {'all':32} {right:4}/{count}  {right / max(1, count):.4f}", "", f"{medium}: fields"]
    whole = Tally()
    heads = f"  {'':52} right wrong sure unread absent  prec   rec    F1"
    lines.append(heads)
    for (kind, key), tally in sorted(figures.fields.items()):
        whole.add(tally)
        lines.append(_line(f"{kind} {key}", tally))
    return "\n".join([*lines, _line("all", whole)])


def _line(name: str, tally: Tally) -> str:
    return (
        f"  {name:52} {tally.right:5} {tally.wrong:5} {tally.sure:4} {tally.unreadable:6} {tally.absent:6} "
        f"{tally.precision:6.3f} {tally.recall:6.3f} {tally.f1:6.3f}"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--count", type=int, default=20)
    options.add_argument("--medium", choices=("digital", "scan", "fax", "photo"), default="digital")
    options.add_argument("--each", type=int, default=0)
    options.add_argument("--only", default=None)
    options.add_argument("--late", action="store_true", help="the later looks, printed by a browser")
    options.add_argument("--cache", type=Path, default=None)
    given = options.parse_args()
    catalogue = load_programme().catalogue
    figures = Figures()
    with Reader(1, ReadLimits()) as reader:
        for seed in range(given.seed, given.seed + given.count):
            for look, bundle in drawn_late(seed, given.only) if given.late else drawn(seed, given.each, given.only):
                dice = random.Random(f"{seed}/{look}/{given.medium}")
                files = in_medium(bundle.pdf, given.medium, dice)
                where = f"{given.medium} {seed}"
                seen = hashlib.sha256(b"".join(picture.tobytes() for picture in degrade.pictures_of(bundle.pdf, 40))).hexdigest()
                read = [read_cached(reader, data, kind, given.cache, f"{where} {look} {number} {seen}") for number, (data, kind) in enumerate(files)]
                judge(look, bundle, documents_of(read, catalogue), figures, where, pictures=given.medium == "photo")
    print(report(figures, given.medium))


if __name__ == "__main__":
    main()
