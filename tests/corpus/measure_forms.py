"""How well filled forms are read: F1 by layout, language and medium over invented applications, with every miss (python -m tests.corpus.measure_forms)."""

from __future__ import annotations

import argparse
import hashlib
import pickle
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake.programme import load_programme
from parsers.catalogue import Catalogue, FieldType
from parsers.folding import fold_key
from parsers.form_reading import read_form
from parsers.read_limits import ReadLimits
from parsers.sandbox import Reader
from parsers.values import Field, FileKind, FileRead, Read, Unreadable
from tests.corpus import first_sight_forms, form_layouts, forms, late_forms, office_forms, unseen_forms, word_forms
from tests.corpus.degrade import as_pdf, faxed, photographed, pictures_of, scanned
from tests.corpus.people import Applicant, invent

LANGUAGES = ("en", "zh_hant", "zh_hans")
CONNECTIONS = ("gd_joint_venture", "gd_wholly_owned", "gd_processing_agreement", "gd_resident_owned", "hk_factory", "hk_workshop")
MAY_BE_EMPTY = (
    "applicant.name_en",
    "applicant.name_zh",
    "applicant.br_number",
    "applicant.established_on",
    "applicant.address",
    "contact.name",
    "contact.title",
    "contact.phone",
    "contact.email",
    "factory.name",
    "factory.address",
    "factory.uscc",
    "factory.employees",
    "factory.sector",
    "connection.type",
    "project.title",
    "project.summary",
    "project.start_on",
    "project.end_on",
    "project.total_cost",
    "project.funding_requested",
    "provider.name",
    "declaration.name",
    "declaration.signed_on",
)
SEALS = ("declaration.signature", "declaration.chop")
Maker = Callable[[Applicant, random.Random, dict[str, bool]], bytes]


@dataclass(frozen=True)
class Miss:
    """One field that was not read as it was written."""

    where: str
    key: str
    kind: str  # wrong, invented, missing, lost (no evidence), unread, doubted
    wanted: Any
    got: str
    confidence: float


def makers() -> dict[str, tuple[Maker, FileKind]]:
    """Every layout by name, with the kind of file that it is."""
    found: dict[str, tuple[Maker, FileKind]] = {
        "acroform": (lambda a, d, s: forms.acroform(a, d), FileKind.PDF),
        "official": (lambda a, d, s: forms.printed_official(a, d)[0], FileKind.PDF),
    }
    for layout in ("table", "table2", "lines", "above", "bare"):
        found[layout] = (lambda a, d, s, name=layout: forms.retyped(a, d, name)[0], FileKind.PDF)  # type: ignore[misc]
    for layout in form_layouts.names():
        found[layout] = (lambda a, d, s, name=layout: form_layouts.laid_out(a, d, name, **s)[0], FileKind.PDF)  # type: ignore[misc]
    for layout in office_forms.LOOKS:
        found[layout] = (lambda a, d, s, name=layout: office_forms.office_form(a, d, name), FileKind.PDF)  # type: ignore[misc]
    for layout in late_forms.LOOKS:
        found[layout] = (lambda a, d, s, name=layout: late_forms.late_form(a, d, name), FileKind.PDF)  # type: ignore[misc]
    for layout in unseen_forms.LOOKS:
        found[layout] = (lambda a, d, s, name=layout: unseen_forms.unseen_form(a, d, name), FileKind.PDF)  # type: ignore[misc]
    for layout in first_sight_forms.LOOKS:
        found[layout] = (lambda a, d, s, name=layout: first_sight_forms.first_sight_form(a, d, name), FileKind.PDF)  # type: ignore[misc]
    for layout in ("widgets", "widgets_above", "radios"):
        found[layout] = (lambda a, d, s, name=layout: word_forms.office_acroform(a, d, name), FileKind.PDF)  # type: ignore[misc]
    for layout in ("docx_table", "docx_lines", "docx_controls"):
        found[layout] = (lambda a, d, s, name=layout: word_forms.word_form(a, d, name), FileKind.DOCX)  # type: ignore[misc]
    return found


def applicant_of(dice: random.Random, language: str, gaps: int) -> Applicant:
    """An invented applicant with up to ``gaps`` fields left empty, sometimes unsigned or unchopped."""
    applicant = invent(dice, form=dice.choice("ABBC"), connection=dice.choice(CONNECTIONS), language=language)
    empty = dice.sample(MAY_BE_EMPTY, dice.randrange(gaps + 1))
    values = {key: value for key, value in applicant.values.items() if key not in empty}
    for seal in SEALS:
        values[seal] = dice.random() > 0.2
    return applicant.with_values(**{key.replace(".", "__"): values.get(key) for key in applicant.values})


def on_medium(pdf: bytes, medium: str, dice: random.Random) -> bytes:
    """The paper as it arrives: digital, scanned, faxed or photographed."""
    if medium == "digital":
        return pdf
    dpi = dice.choice((150, 200, 300)) if medium == "scan" else 200
    change = {"scan": scanned, "fax": faxed, "photo": photographed}[medium]
    return as_pdf([change(picture, dice) for picture in pictures_of(pdf, dpi)], dpi, bilevel=medium == "fax")


def read_cached(reader: Reader, data: bytes, kind: FileKind, name: str, cache: Path | None) -> FileRead:
    """What the real reader makes of the file; kept in ``cache`` under a name that stands for its content."""
    if cache is None:
        return reader.read(data, kind)
    file = cache / (hashlib.sha256(name.encode()).hexdigest()[:24] + ".pickle")
    if file.exists():
        known: FileRead = pickle.loads(file.read_bytes())  # noqa: S301 - written by this script
        return known
    result = reader.read(data, kind)
    cache.mkdir(parents=True, exist_ok=True)
    file.write_bytes(pickle.dumps(result))
    return result


def same(spec_type: FieldType, key: str, wanted: Any, field: Read) -> bool:
    """Whether the value is the one written; names and texts folded, long texts nearly."""
    if spec_type in (FieldType.NAME, FieldType.TEXT, FieldType.ADDRESS):
        one, other = fold_key(str(wanted)), fold_key(str(field.value))
        if spec_type is FieldType.ADDRESS or key == "project.summary":
            from rapidfuzz import fuzz

            return fuzz.ratio(one, other) >= 90
        return one == other
    if isinstance(wanted, float) or isinstance(field.value, float):
        return abs(float(wanted) - float(field.value)) < 1e-6
    return bool(wanted == field.value)


def judged(catalogue: Catalogue, applicant: Applicant, fields: dict[str, Field], where: str) -> Iterator[tuple[str, str, Miss | None, float | None]]:
    """(key, outcome, miss, confidence) for every field of the form; outcome ok, empty (rightly), or the kind of miss."""
    for spec in catalogue.fields_of(applicant.form):  # type: ignore[arg-type]
        wanted, got = applicant.values.get(spec.key), fields.get(spec.key)
        confidence = got.evidence.confidence if got is not None and got.evidence else None
        if isinstance(got, Read):
            kind = "invented" if wanted is None else "ok" if same(spec.type, spec.key, wanted, got) else "wrong"
            shown = f"{got.value!r} ({got.text})"
        elif isinstance(got, Unreadable):
            kind, shown = ("doubted" if wanted in (None, False) else "unread"), f"{got.reason}: {got.text}"
        elif wanted is None:
            kind, shown = "empty", ""
        else:
            kind, shown = ("missing" if got is not None and got.evidence else "lost"), ""
        miss = None if kind in ("ok", "empty") else Miss(where, spec.key, kind, wanted, shown, confidence or 0.0)
        yield spec.key, kind, miss, confidence if isinstance(got, Read) else None


class Tally:
    """Counts of outcomes by any name, and the figures made of them."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, name: str, kind: str) -> None:
        self.counts[name][kind] += 1

    def line(self, name: str) -> str:
        c = self.counts[name]
        found = c["ok"] + c["wrong"] + c["invented"]
        asked = c["ok"] + c["wrong"] + c["missing"] + c["lost"] + c["unread"]
        precision, recall = c["ok"] / max(1, found), c["ok"] / max(1, asked)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        rest = " ".join(f"{kind} {c[kind]}" for kind in ("wrong", "invented", "missing", "lost", "unread", "doubted") if c[kind])
        return f"{name:34} P {precision:.3f} R {recall:.3f} F1 {f1:.3f}  n {asked:5}  {rest}"


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--medium", default="digital", choices=("digital", "scan", "photo", "fax"))
    parser.add_argument("--layout", default="")
    parser.add_argument("--language", default="", help="one of them; 'each': one for each layout in turn")
    parser.add_argument("--gaps", type=int, default=4)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--keep", type=Path, help="write the papers that were missed into this folder")
    parser.add_argument("--quiet", action="store_true")
    asked = parser.parse_args()
    catalogue = load_programme().catalogue
    tally, misses, sure = Tally(), list[Miss](), Counter[str]()
    wanted = [name for name in makers() if not asked.layout or name in asked.layout.split(",")]
    with Reader(1, ReadLimits()) as reader:
        for place, layout in enumerate(wanted):
            maker, kind = makers()[layout]
            if kind is not FileKind.PDF and asked.medium != "digital":
                continue
            for language in _languages(asked.language, place + asked.seed):
                for number in range(asked.count):
                    name = f"{layout}/{language}/{asked.medium}/{asked.seed}.{number}"
                    dice = random.Random(f"{layout}/{language}/{asked.seed}.{number}")
                    applicant = applicant_of(dice, language, asked.gaps)
                    if kind is FileKind.DOCX:
                        applicant = applicant.with_values(declaration__signature=False, declaration__chop=False)
                    style = {"stray_chop": dice.random() < 0.2, "typed_name": False}
                    made = maker(applicant, dice, style)
                    data = on_medium(made, asked.medium, dice)
                    file = read_cached(reader, data, kind, f"{name} {asked.gaps} {fingerprint(made, kind)}", asked.cache)
                    reading = read_form(file.pages, catalogue, document=name, part="1")
                    if reading.form != applicant.form:
                        print(f"{name}: form {reading.form} for {applicant.form}, {file.outcome}")
                    bad = False
                    for key, outcome, miss, confidence in judged(catalogue, applicant, reading.fields, name):
                        for group in (f"{layout} {language}", layout, f"~{key}", "~~all", f"~~{language}"):
                            tally.add(group, outcome)
                        if miss is not None:
                            misses.append(miss)
                            bad = True
                        if confidence is not None:
                            sure[f"{min(int(confidence * 20), 19) / 20:.2f} {'right' if outcome == 'ok' else 'not'}"] += 1
                    if bad and asked.keep:
                        asked.keep.mkdir(parents=True, exist_ok=True)
                        (asked.keep / (name.replace("/", "_") + "." + kind.value)).write_bytes(data)
                    print(name, file=sys.stderr)
    if not asked.quiet:
        for miss in misses:
            print(f"{miss.kind:9} {miss.where:40} {miss.key:34} wanted {str(miss.wanted)[:60]!r} got {miss.got[:90]} @{miss.confidence:.2f}")
    for name in sorted(tally.counts):
        print(tally.line(name))
    print("by confidence:", dict(sorted(sure.items())))


def _languages(asked: str, place: int) -> tuple[str, ...]:
    return (LANGUAGES[place % 3],) if asked == "each" else (asked,) if asked else LANGUAGES


def fingerprint(made: bytes, kind: FileKind) -> str:
    """Stands for what a paper shows: the same for two makings of it that differ in their dates only."""
    if kind is not FileKind.PDF:
        return hashlib.sha256(made).hexdigest()[:12]
    return hashlib.sha256(b"".join(picture.tobytes() for picture in pictures_of(made, 40))).hexdigest()[:12]


if __name__ == "__main__":
    main()
