"""Whole applications drawn and read for real, each value reported set against the truth: what calibration is made from and judged by."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from rapidfuzz import fuzz
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

import parsers.ocr
from parsers.application import PartRead, read_application
from parsers.calibration import Calibration
from parsers.catalogue import Catalogue, FieldType
from parsers.folding import fold_key
from parsers.oddity import FormWords, is_odd, words_of_forms
from parsers.read_file import read_file
from parsers.read_limits import ReadLimits
from parsers.values import Application, Field, FileKind, FileRead, Part, PartRole, Read, Word
from parsers.weighing import weighed
from tests.corpus import degrade, papers
from tests.corpus.measure_forms import CONNECTIONS, LANGUAGES, applicant_of, makers
from tests.corpus.measure_forms import same as same_on_form
from tests.corpus.paper_sheet import Paper
from tests.corpus.people import Applicant, kept_apart
from tests.corpus.sheet import TRUETYPE

Purpose = Literal["train", "test"]
MEDIA = ("scan", "photo", "fax", "scan", "coarse", "photo")  # of the pictures, in turn
_ALIKE = 90.0  # of two addresses, folded
_HELD = ("acroform", "widgets", "widgets_above", "radios")  # forms whose values are held, not drawn
_OFFICIAL = ("acroform", "official")  # the Secretariat's own forms: every set may hold them
# Fonts by the names that the drawings use: train and test share none.
_FONTS: dict[Purpose, dict[str, tuple[str, int]]] = {
    "train": {
        "sans": ("liberation/LiberationSans-Regular.ttf", 0), "sans-bold": ("liberation/LiberationSans-Bold.ttf", 0),
        "serif": ("liberation/LiberationSerif-Regular.ttf", 0), "serif-bold": ("liberation/LiberationSerif-Bold.ttf", 0),
        "mono": ("liberation/LiberationMono-Regular.ttf", 0), "dejavu": ("dejavu/DejaVuSans.ttf", 0),
        "droid": ("droid/DroidSansFallbackFull.ttf", 0), "zenhei": ("droid/DroidSansFallbackFull.ttf", 0),
        "ming": ("arphic/uming.ttc", 0), "kai": ("arphic/uming.ttc", 1),
    },
    "test": {
        "sans": ("dejavu/DejaVuSansCondensed.ttf", 0), "sans-bold": ("dejavu/DejaVuSansCondensed-Bold.ttf", 0),
        "serif": ("dejavu/DejaVuSerif.ttf", 0), "serif-bold": ("dejavu/DejaVuSerif-Bold.ttf", 0),
        "mono": ("dejavu/DejaVuSansMono.ttf", 0), "dejavu": ("liberation/LiberationSansNarrow-Regular.ttf", 0),
        "droid": ("wqy/wqy-zenhei.ttc", 0), "zenhei": ("wqy/wqy-zenhei.ttc", 0),
        "ming": ("arphic/ukai.ttc", 0), "kai": ("arphic/ukai.ttc", 1),
    },
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One value that the reading reported, and whether it was right. ``second``: what the second reader did to its words' confidence."""

    purpose: str
    draw: str
    medium: str
    paper: str  # "form", or the kind of paper
    key: str
    type: str
    method: str
    raw: float
    sure: float  # as calibrated and weighed when it was judged
    odd: bool
    right: bool
    value: Any
    wanted: Any
    second: str  # raised, lowered, same, none

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Drawn:
    """One application as files, with what stands in them."""

    name: str
    medium: str
    applicant: Applicant
    form: list[tuple[bytes, FileKind]]
    papers: list[tuple[Paper, list[tuple[bytes, FileKind]]]]


def layouts_for(purpose: Purpose) -> list[str]:
    """The layouts of one set, told apart by their names, so that a new layout moves no other."""
    wanted = 0 if purpose == "train" else 1
    return [name for name in makers() if name in _OFFICIAL or hashlib.sha256(name.encode()).digest()[0] % 2 == wanted]


@contextmanager
def fonts_of(purpose: Purpose) -> Iterator[None]:
    """While it lasts, papers are drawn in the fonts of one set."""
    for name, (file, index) in _FONTS[purpose].items():
        pdfmetrics.registerFont(TTFont(name, str(TRUETYPE / file), subfontIndex=index))
    yield


def drawn(purpose: Purpose, number: int, medium: str, *, papers_each: int = 3) -> Drawn:
    """Application ``number`` of a set: a form in one of its layouts, the certificate, and a few more papers in their turn."""
    dice = random.Random(f"{purpose}/{number}/{medium}")
    with fonts_of(purpose), kept_apart() if purpose == "test" else nullcontext():
        names = layouts_for(purpose)
        layout = names[number % len(names)]
        maker, kind = makers()[layout]
        if medium != "digital" and (kind is not FileKind.PDF or layout in _HELD):  # what forms hold is not drawn on pictures
            layout, maker, kind = "official", *makers()["official"]
        applicant = applicant_of(dice, dice.choice(LANGUAGES), 2)
        if kind is FileKind.DOCX:
            applicant = applicant.with_values(declaration__signature=False, declaration__chop=False)
        form = maker(applicant, dice, {"stray_chop": dice.random() < 0.2, "typed_name": False})
        chosen = _papers(applicant, dice, number, papers_each)
        return Drawn(
            name=f"{purpose}/{number}/{medium}/{layout}/{applicant.language}",
            medium=medium,
            applicant=applicant,
            form=[(form, kind)] if kind is not FileKind.PDF else in_medium(form, medium, dice),
            papers=[(paper, in_medium(paper.pdf, medium, dice)) for paper in chosen],
        )


def _papers(applicant: Applicant, dice: random.Random, number: int, count: int) -> list[Paper]:
    """The certificate and others of those asked for; what the form left blank is on them all the same."""
    whole = applicant.with_values(**{key.replace(".", "__"): applicant.values.get(key, value) for key, value in _FILLED.items()})
    if applicant.form != "C":
        known = str(applicant.values.get("connection.type") or CONNECTIONS[number % len(CONNECTIONS)])
        whole = whole.with_values(connection__type=known)
    with_fields = [paper for paper in papers.required_papers(whole, dice) if paper.fields]
    rest = with_fields[1:]
    return [*with_fields[:1], *(rest[(number + place) % len(rest)] for place in range(min(count - 1, len(rest))))]


_FILLED = {
    "applicant.name_en": "Silver River Trading Company Limited", "applicant.name_zh": "銀河貿易有限公司", "applicant.br_number": "31415926",
    "applicant.established_on": "1999-05-17", "applicant.address": "Unit 3, 5/F, Silver Court, Tai Po, New Territories", "contact.name": "Chan Tai Man",
    "factory.name": "东莞市银河制品有限公司", "factory.address": "广东省东莞市虎门镇工业大道8号", "factory.uscc": "91441900MA4RQHCG4U",
    "project.title": "Heat Recovery", "project.start_on": "2024-06-01", "project.end_on": "2024-08-31", "project.total_cost": 64_000,
    "project.funding_requested": 32_000, "provider.name": "Brightwater Systems Limited", "project.summary": "Saves energy.", "factory.employees": 40,
    "contact.phone": "+85227885588", "contact.email": "office@silver.example", "contact.title": "Director", "declaration.name": "Chan Tai Man",
    "declaration.signed_on": "2024-03-01", "factory.sector": "textiles",
}  # fmt: skip


def in_medium(pdf: bytes, medium: str, dice: random.Random) -> list[tuple[bytes, FileKind]]:
    """The file as it arrives; a telephone gives one picture a page, ``coarse`` is a scan at 150 dots per inch."""
    if medium == "digital":
        return [(pdf, FileKind.PDF)]
    dpi = 150 if medium == "coarse" else dice.choice((200, 300)) if medium == "scan" else 200
    pictures = degrade.pictures_of(pdf, dpi)
    if medium == "photo":
        return [(degrade.as_jpeg(degrade.photographed(each, dice), 72), FileKind.JPEG) for each in pictures]
    treat = degrade.faxed if medium == "fax" else degrade.scanned
    return [(degrade.as_pdf([treat(each, dice) for each in pictures], dpi, bilevel=medium == "fax", quality=dice.choice((50, 75))), FileKind.PDF)]


class SecondReader:
    """Listens to the second reading: what it did to the confidence of each word that it saw."""

    def __init__(self) -> None:
        self.acts: dict[str, str] = {}

    @contextmanager
    def heard(self) -> Iterator[None]:
        reading: Any = parsers.ocr  # the reader is listened to where it is called
        original = reading.read_again

        def listening(picture: Any, words: Sequence[Word], **given: Any) -> tuple[Word, ...]:
            judged: tuple[Word, ...] = original(picture, words, **given)
            for before, after in zip(words, judged, strict=False):
                act = "raised" if after.confidence > before.confidence else "lowered" if after.confidence < before.confidence else "same"
                if act != "same" or sum(c.isdigit() for c in after.text) >= 6 or "@" in after.text:
                    self.acts[after.text] = act
            return judged

        reading.read_again = listening
        try:
            yield
        finally:
            reading.read_again = original


@dataclass(frozen=True)
class Seen:
    """An application once it was read: what the readers saw of each file, and what should be told of it. Kept, so that nothing is read twice."""

    name: str
    purpose: str
    medium: str
    applicant: Applicant
    parts: tuple[tuple[str, FileRead], ...]
    papers: dict[str, Paper]
    acts: dict[str, str]


def read_drawn(one: Drawn, purpose: Purpose) -> Seen:
    """Reads every file of an application as the service does, listening to the second reader."""
    ear = SecondReader()
    parts: list[tuple[str, FileRead]] = []
    owners: dict[str, Paper] = {}
    with ear.heard():
        for number, (paper, files) in enumerate([(None, one.form), *one.papers]):
            for page, (data, kind) in enumerate(files):
                path = f"{number + 1}.{page + 1}"
                parts.append((path, read_file(data, kind, ReadLimits())))
                if paper is not None:
                    owners[path] = replace(paper, pdf=b"")
    return Seen(one.name, purpose, one.medium, one.applicant, tuple(parts), owners, ear.acts)


def values_of(seen: Seen, catalogue: Catalogue) -> list[Told]:
    """Every value that the reading reports of an application, judged: with the reader's own certainty, and with the confidence as weighed."""
    parts = [
        PartRead(
            part=Part(path=path, name=None, declared_type="", kind=file.kind, role=PartRole.PAPER, sha256=file.sha256 + path, size=1, data=b""),
            file=file,
        )
        for path, file in seen.parts
    ]
    raw = read_application(parts, catalogue.model_copy(update={"calibration": Calibration()}))
    return [*_form_values(seen, raw, weighed(raw, catalogue), catalogue), *_paper_values(seen, raw, weighed(raw, catalogue), catalogue)]


def _form_values(seen: Seen, raw: Application, sure: Application, catalogue: Catalogue) -> Iterator[Told]:
    for key, field in raw.fields.items():
        if isinstance(field, Read):
            spec, wanted = catalogue.field(key), seen.applicant.values.get(key)
            right = wanted is not None and same_on_form(spec.type, key, wanted, field)
            yield _told(seen, "form", field, sure.fields[key], spec.type, right, wanted, words_of_forms(catalogue))


def _paper_values(seen: Seen, raw: Application, sure: Application, catalogue: Catalogue) -> Iterator[Told]:
    for document, weighed_one in zip(raw.documents, sure.documents, strict=True):
        paper = seen.papers.get(document.part)
        if paper is None or document.kind != paper.kind:
            continue
        types = {spec.key: spec.type for spec in catalogue.document(document.kind).fields}
        for key, field in document.fields.items():
            if isinstance(field, Read) and key in paper.fields and key in types:
                wanted = [paper.fields[key], *paper.alternatives.get(key, [])]
                right = any(_same_on_paper(types[key], field.value, each) for each in wanted)
                yield _told(seen, document.kind, field, weighed_one.fields[key], types[key], right, wanted[0], words_of_forms(catalogue))


def _same_on_paper(type_: FieldType, have: object, wanted: object) -> bool:
    if isinstance(have, str) and isinstance(wanted, str):
        one, other = fold_key(have), fold_key(wanted)
        return one == other or (type_ is FieldType.ADDRESS and fuzz.ratio(one, other) >= _ALIKE)
    return have == wanted


def _told(seen: Seen, paper: str, field: Read, sure: Field, type_: FieldType, right: bool, wanted: Any, forms: FormWords) -> Told:
    odd = is_odd(field.value, type_, field.key, forms)
    acts = [seen.acts[word] for word in f"{field.evidence.quote} {field.text}".split() if word in seen.acts]
    return Told(
        purpose=seen.purpose, draw=seen.name, medium=seen.medium, paper=paper, key=field.key, type=type_.value, method=field.evidence.method.value,
        raw=field.evidence.confidence, sure=sure.evidence.confidence if sure.evidence else 0.0, odd=odd, right=right,
        value=field.value, wanted=wanted, second=next((act for act in ("lowered", "same", "raised") if act in acts), "none"),
    )  # fmt: skip
