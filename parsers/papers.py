"""The supporting papers of one file: where each begins and ends, what it is, what its own fields say, and why it may not count."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from parsers.catalogue import Catalogue
from parsers.corrections import PaperTold
from parsers.folding import fold, fold_key
from parsers.paper_certificates import has_payment_imprint
from parsers.paper_fields import read_fields
from parsers.paper_kinds import FORM, OTHER, TITLED, PageView, view_page
from parsers.paper_split import Run, is_empty, split
from parsers.paper_suppliers import issuer
from parsers.paper_values import paper_text
from parsers.values import Document, Field, FileRead, Part, Problem

_PROBLEM_OF = {
    "encrypted": Problem.ENCRYPTED,
    "damaged": Problem.DAMAGED,
    "crashed": Problem.UNREADABLE,  # our reader broke, which says nothing about the file: staff look
    "empty": Problem.DAMAGED,
    "timeout": Problem.UNREADABLE,
    "too_complex": Problem.UNREADABLE,
    "unsupported": Problem.UNREADABLE,
    "too_large": Problem.TOO_LARGE,
    "unsafe": Problem.UNSAFE,
}
_LOST = frozenset({"crashed", "time_limit", "too_complex", "too_large", "damaged"})  # notes of pages that could not be read
_CERTIFICATE, _DEMAND_NOTE = "br_certificate", "br_demand_note"
_LEGIBLE = 0.5  # mean confidence of the words below which a scanned page cannot be relied upon
# The file says, or once said, something else than its pages show; or it holds files that nobody opened.
_FOR_STAFF = ("layer_disagrees", "changed_after_signing", "holds_files")
_FEW = 20  # folded characters of a whole scanned page below which hardly anything was read


def papers_of(part: Part, file: FileRead, catalogue: Catalogue) -> tuple[Document, ...]:
    """One Document for each paper of a file, in page order; every page belongs to exactly one. A file without readable pages is one Document
    of kind ``other`` with its problem, and ``meant`` from its name. ``expired`` is not decided here: it depends on the day of receipt."""
    meant = meant_by_name(part.name, catalogue)
    if file.outcome != "read" and not file.pages:
        return (_unread(part, file, (*part.problems, _PROBLEM_OF[file.outcome]), meant),)
    if not file.pages:
        return (_unread(part, file, (*part.problems, Problem.DAMAGED), meant),)
    views = [view_page(page, catalogue) for page in file.pages]
    if all(_is_blank(view) for view in views):
        return (_unread(part, file, (*part.problems, Problem.BLANK), meant),)
    if all(_LOST & set(page.notes) and not page.words and not page.widgets for page in file.pages):
        return (_unread(part, file, (*part.problems, _PROBLEM_OF.get(file.outcome, Problem.UNREADABLE)), meant),)
    papers = tuple(_document(part, run, catalogue, meant) for run in split(views, catalogue, identity=issuer))
    return (*papers, *_rest(part, file))


def papers_as_told(part: Part, file: FileRead, catalogue: Catalogue, told: Sequence[PaperTold]) -> tuple[Document, ...]:
    """The papers that a person says a file holds: their kinds and pages stand, their own fields are read anew. Pages that nobody named are none."""
    documents = []
    for paper in told:
        pages = [page for page in file.pages if paper.first_page <= page.number <= paper.last_page]
        views = [view_page(page, catalogue) for page in pages]
        fields: dict[str, Field] = read_fields(paper.kind, views, catalogue, document=part.name, part=part.path) if views else {}
        filled = paper.kind == FORM and any(widget.value or widget.on for page in pages for widget in page.widgets)
        documents.append(
            Document(
                name=part.name, part=part.path, sha256=part.sha256, kind=paper.kind, confidence=1.0, first_page=paper.first_page,
                last_page=paper.last_page, text_source="acroform" if filled else _source_of_pages([page.source for page in pages]), fields=fields,
            )
        )  # fmt: skip
    return tuple(documents)


def meant_by_name(name: str | None, catalogue: Catalogue) -> str | None:
    """The code that a file's name tells: the longest word of the catalogue that stands in it. Short English words (BR, CI) must stand alone."""
    if not name:
        return None
    stem = fold(re.sub(r"\.[A-Za-z0-9]{1,5}$", "", name))
    key, parted = fold_key(stem), re.sub(r"(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])", " ", stem)
    words = " ".join(f" {re.sub(r'[^a-z0-9]+', ' ', each)} " for each in (stem, parted))
    best: tuple[int, str] | None = None
    for spec in catalogue.documents:
        for text in spec.file_names:
            wanted = fold_key(text)
            stands = wanted in key if not wanted.isascii() or len(wanted) > 6 else f" {fold(text)} " in words
            weight = len(wanted) * (1 if wanted.isascii() else 3)
            if stands and (best is None or weight > best[0]):
                best = (weight, spec.code)
    return best[1] if best else None


def _unread(part: Part, file: FileRead, problems: tuple[Problem, ...], meant: str | None) -> Document:
    last = max(1, file.page_count, *(page.number for page in file.pages)) if file.pages else max(1, file.page_count)
    source = _source_of_pages([page.source for page in file.pages])
    return Document(
        name=part.name, part=part.path, sha256=part.sha256, kind=OTHER, confidence=1.0, first_page=1, last_page=last, text_source=source,
        problems=tuple(dict.fromkeys(problems)), meant=meant,
    )  # fmt: skip


def _rest(part: Part, file: FileRead) -> tuple[Document, ...]:
    """The pages behind the last one read, past the cap or not read in time, as a paper that nobody has seen yet."""
    first = max(page.number for page in file.pages) + 1
    if first > file.page_count:
        return ()
    return (
        Document(
            name=part.name, part=part.path, sha256=part.sha256, kind=OTHER, confidence=1.0, first_page=first, last_page=file.page_count,
            text_source="none", problems=(Problem.UNREADABLE,),
        ),
    )  # fmt: skip


def _document(part: Part, run: Run, catalogue: Catalogue, meant: str | None) -> Document:
    kind, confidence, problems = _settled(run, catalogue, meant)
    fields: dict[str, Field] = read_fields(kind, run.views, catalogue, document=part.name, part=part.path)
    numbers = [view.page.number for view in run.views]
    return Document(
        name=part.name, part=part.path, sha256=part.sha256, kind=kind, confidence=confidence, first_page=min(numbers), last_page=max(numbers),
        text_source=_text_source(run), problems=tuple(dict.fromkeys((*part.problems, *problems))),
        meant=meant if kind == OTHER and problems else None, fields=fields,
        doubts=tuple(note for note in _FOR_STAFF if any(note in view.page.notes for view in run.views)),
    )  # fmt: skip


def _settled(run: Run, catalogue: Catalogue, meant: str | None) -> tuple[str, float, tuple[Problem, ...]]:
    """Kind and confidence of a run of pages, with what its content shows to be wrong with it."""
    kind, confidence = run.kind, run.told_by.confidence
    if kind == OTHER:
        kind, confidence = _by_name_and_signs(run, meant)
    if kind in (_CERTIFICATE, _DEMAND_NOTE):
        kind, confidence, problems = _paid_or_not(run, kind, confidence, catalogue)
    else:
        problems = ()
    if all(_is_blank(view) for view in run.views):
        return OTHER, 1.0, (Problem.BLANK,)
    if all(_hardly_read(view) for view in run.views) and (kind == OTHER or run.told_by.best.title < TITLED):
        return OTHER, 0.5, (Problem.UNREADABLE,)
    if all(view.page.source == "ocr" and view.page.confidence < _LEGIBLE for view in run.views):
        problems = (*problems, Problem.UNREADABLE)
    return kind, confidence, problems


def _by_name_and_signs(run: Run, meant: str | None) -> tuple[str, float]:
    """A page without a heading (the later page of a paper that came in several pictures) is what its file's name says, if its words agree."""
    told = run.told_by
    if meant and meant != OTHER and told.best.title < TITLED:
        likeness = told.like(meant)
        if likeness.signs >= 2 and likeness.signs >= max(each.signs for each in told.likenesses if each.kind != OTHER) - 2:
            return meant, 0.6
    other = told.like(OTHER)
    if other.title >= TITLED:
        return OTHER, max(0.6, told.confidence)
    rival = max((each.score for each in told.likenesses if each.kind != OTHER), default=0.0)
    return OTHER, round(max(0.4, min(0.9, 1.0 - 0.7 * rival)), 3)


def _paid_or_not(run: Run, kind: str, confidence: float, catalogue: Catalogue) -> tuple[str, float, tuple[Problem, ...]]:
    """A demand note with a payment imprint is a valid certificate, without one it is unpaid (vocabulary.toml, br_certificate)."""
    told = run.told_by
    demand = told.like(_DEMAND_NOTE)
    paid = has_payment_imprint(paper_text(run.views, catalogue.document(_DEMAND_NOTE), document=None, part=""))
    if demand.title < TITLED:
        unsure = kind == _CERTIFICATE and not paid and demand.signs > 3
        alone = min(0.97, told.like(_CERTIFICATE).score / 1.15) * told.legibility if kind == _CERTIFICATE else 0.0
        return kind, min(confidence, 0.7) if unsure else round(max(confidence, alone), 3), ()
    sure = round(max(confidence, min(0.97, demand.score / 1.15) * told.legibility), 3)
    return (_CERTIFICATE, sure, ()) if paid else (_DEMAND_NOTE, sure, (Problem.UNPAID,))


def _is_blank(view: PageView) -> bool:
    if view.page.widgets and any(widget.value for widget in view.page.widgets):
        return False
    if "blank" in view.page.notes:
        return True
    digital = view.page.source in ("text", "docx")  # a picture in which nothing was read is not therefore blank
    return digital and is_empty(view) and not view.page.inks and len(view.text.key) < 3


def _hardly_read(view: PageView) -> bool:
    return view.page.source in ("ocr", "none") and (len(view.text.key) < _FEW or view.page.confidence < 0.35)


def _text_source(run: Run) -> Literal["text", "ocr", "docx", "acroform", "none"]:
    if run.kind == FORM and any(widget.value or widget.on for view in run.views for widget in view.page.widgets):
        return "acroform"
    return _source_of_pages([view.page.source for view in run.views])


def _source_of_pages(sources: list[Literal["text", "ocr", "docx", "none"]]) -> Literal["text", "ocr", "docx", "none"]:
    told = Counter(source for source in sources if source != "none")
    return told.most_common(1)[0][0] if told else "none"
