"""The values of a case's screen: fields, papers and findings in words, each with its place on a page."""

from __future__ import annotations

from dataclasses import dataclass

from parsers.catalogue import Choice, FieldType
from parsers.values import Box, Document, Method
from storage.values import Correction

CERTAIN, SURE, FAIR = 0.99, 0.9, 0.6


@dataclass(frozen=True)
class Place:
    """Where something stands: a page of a file, and a box in PDF points from the top left of the page as displayed."""

    sha256: str
    page: int
    box: Box | None = None


@dataclass(frozen=True)
class Elsewhere:
    """The same fact on another paper of the case: which paper, its words, its value in plain form, where, and whether it agrees."""

    paper: str
    words: str
    value: str
    place: Place
    agrees: bool


@dataclass(frozen=True)
class Line:
    """One field with what was read. ``key``: under which a person corrects it. ``sure``: sure, fair, doubtful, or none where nothing was read."""

    key: str
    label: str
    state: str
    text: str
    value: str
    type: FieldType
    choices: tuple[Choice, ...]
    confidence: float | None
    sure: str
    method: str
    place: Place | None
    needed: bool = False
    said: Correction | None = None
    elsewhere: tuple[Elsewhere, ...] = ()

    @property
    def anchor(self) -> str:
        return "f-" + "".join(letter if letter.isalnum() else "-" for letter in self.key)

    @property
    def is_picture(self) -> bool:
        """Whether it was read from a picture, so that another reader may see something else."""
        return self.method == Method.OCR.value and self.place is not None and self.place.box is not None and self.state != "missing"

    @property
    def reading(self) -> str:
        """How sure the reading is, as a key of words: ``reading.certain``, ``sure``, ``fair`` or ``doubtful``; empty where nothing was read."""
        if self.confidence is None:
            return ""
        return "certain" if self.confidence >= CERTAIN and self.sure == "sure" else self.sure


@dataclass(frozen=True)
class Group:
    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Paper:
    """One paper of the case, with the page range within its file."""

    document: Document
    label: str
    lines: tuple[Line, ...]
    superseded: bool = False

    @property
    def place(self) -> Place:
        return Place(self.document.sha256, self.document.first_page)


@dataclass(frozen=True)
class Found:
    """One finding, with what it rests on and how a person overrules it."""

    check: str
    fingerprint: str
    outcome: str
    needs: str
    message: str
    rule: str
    places: tuple[tuple[str, Place], ...] = ()
    keys: tuple[str, ...] = ()  # of the fields that it rests on

    @property
    def anchor(self) -> str:
        return f"n-{self.fingerprint[:12]}"


@dataclass(frozen=True)
class CaseView:
    groups: tuple[Group, ...]
    papers: tuple[Paper, ...]
    for_staff: tuple[Found, ...]
    for_applicant: tuple[Found, ...]
    passed: tuple[Found, ...]
    first: Place | None

    def lines(self) -> tuple[Line, ...]:
        return (*(line for group in self.groups for line in group.lines), *(line for paper in self.papers for line in paper.lines))

    def pages(self) -> tuple[Place, ...]:
        """Every page of the case's files, in the order of its papers."""
        ordered = sorted(self.papers, key=lambda paper: self._position(paper.document.sha256))
        return tuple(
            dict.fromkeys(
                Place(each.document.sha256, page) for each in ordered for page in range(each.document.first_page, each.document.last_page + 1)
            )
        )

    def _position(self, sha256: str) -> int:
        return next(number for number, paper in enumerate(self.papers) if paper.document.sha256 == sha256)

    def files(self) -> dict[str, tuple[Paper, ...]]:
        """The papers of each file, by their pages; copies of a file once."""
        found: dict[str, dict[int, Paper]] = {}
        for paper in self.papers:
            found.setdefault(paper.document.sha256, {}).setdefault(paper.document.first_page, paper)
        return {sha256: tuple(papers[page] for page in sorted(papers)) for sha256, papers in found.items()}

    def on_page(self, sha256: str, page: int) -> tuple[Line, ...]:
        """The values that stand on one page, with their boxes."""
        return tuple(line for line in self.lines() if line.place and line.place.box and (line.place.sha256, line.place.page) == (sha256, page))
