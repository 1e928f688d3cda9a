"""How sure a value is, all things considered: the reading's own certainty as it has proved to be, then what other evidence says of it.

A check character, dates and amounts that fit each other, and the same fact on another paper raise it; what disagrees lowers it. So they do for
readings of pictures: what stands in a file as text is as it stands, and a contradiction there is a finding, not a doubt. But text of a file too may
be taken for the answer to another question: a value that is plainly of another kind than its field is doubtful however it was read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta
from rapidfuzz.distance import Levenshtein

from parsers.calibration import Calibration, Weights
from parsers.catalogue import Catalogue, FieldType
from parsers.field_values import as_day, as_number
from parsers.folding import fold_key
from parsers.identifiers import uscc_check_ok
from parsers.oddity import is_odd, words_of_forms
from parsers.values import Application, Document, Field, Method, Read

_MOST = 0.9999
_NEAR_DIGITS = 2  # digits in which two readings of one number may differ
_MOST_AGREEING = 2  # papers that agree; more of them say no more
_DAY = timedelta(days=1)
_TERMS = (1, 3)  # years for which business registration certificates are issued
_START, _END, _SIGNED = "project.start_on", "project.end_on", "declaration.signed_on"
_ESTABLISHED, _COST, _REQUESTED = "applicant.established_on", "project.total_cost", "project.funding_requested"
_COMMENCED, _EXPIRES = "commenced_on", "expires_on"
_FEW_ODD = 2  # odd values on a form from which all of its values are doubtful
_SHARE_STEP = 5  # percent: funding asked for is a round share of the cost


class Place(NamedTuple):
    """Where a value stands in an application: on the form (``paper`` None), or on the paper of that number; and its key there."""

    paper: int | None
    key: str


def weighed(application: Application, catalogue: Catalogue) -> Application:
    """The application with the confidence of every value read as it has proved to be, and as other evidence bears it out. Nothing else changes.

    Without curves in the catalogue the application is returned as it is.
    """
    calibration = catalogue.calibration
    if not calibration.curves:
        return application
    types = _types_of(catalogue)
    fields = {key: _calibrated(field, types.get(key), calibration) for key, field in application.fields.items()}
    papers = [
        paper.model_copy(
            update={"fields": {key: _calibrated(field, types.get(f"{paper.kind}.{key}"), calibration) for key, field in paper.fields.items()}}
        )
        for paper in application.documents
    ]
    factors: dict[Place, float] = {}
    for place, factor in (*_evidence(fields, papers, catalogue), *_oddities(fields, papers, types, catalogue)):
        factors[place] = factors.get(place, 1.0) * factor
    return application.model_copy(
        update={
            "fields": _multiplied(fields, factors, None),
            "documents": tuple(paper.model_copy(update={"fields": _multiplied(paper.fields, factors, at)}) for at, paper in enumerate(papers)),
        }
    )


def _types_of(catalogue: Catalogue) -> dict[str, FieldType]:
    """The type of every field: of the form by its key, of a paper by the paper's code and its key."""
    types = {spec.key: spec.type for spec in catalogue.fields}
    types |= {f"{document.code}.{spec.key}": spec.type for document in catalogue.documents for spec in document.fields}
    return types


def _calibrated(field: Field, type_: FieldType | None, calibration: Calibration) -> Field:
    """A value with its certainty as it has proved to be; an empty or unreadable place keeps its own."""
    curve = calibration.curve(type_.value if type_ else None, field.evidence.method) if isinstance(field, Read) else None
    return _with_confidence(field, curve.at(field.evidence.confidence)) if curve is not None and isinstance(field, Read) else field


def _with_confidence(field: Read, confidence: float) -> Read:
    return field.model_copy(update={"evidence": field.evidence.model_copy(update={"confidence": round(min(_MOST, confidence), 4)})})


def _multiplied(fields: Mapping[str, Field], factors: Mapping[Place, float], paper: int | None) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for key, field in fields.items():
        factor = factors.get(Place(paper, key), 1.0)
        if factor == 1.0 or not isinstance(field, Read):
            found[key] = field
            continue
        share = min(_MOST, max(1e-4, field.evidence.confidence))
        odds = share / (1 - share) * factor
        found[key] = _with_confidence(field, odds / (1 + odds))
    return found


def _evidence(fields: Mapping[str, Field], papers: Sequence[Document], catalogue: Catalogue) -> Iterator[tuple[Place, float]]:
    """What bears on which value, as a factor on the odds that it is right."""
    weights = catalogue.calibration.weights
    told = [*_check_characters(fields, papers, weights), *_days_of_the_form(fields, weights), *_amounts_of_the_form(fields, weights)]
    told += [each for number, paper in enumerate(papers) for each in _term(number, paper.fields, weights)]
    told += _on_other_papers(fields, papers, catalogue)
    for place, factor in told:
        field = (fields if place.paper is None else papers[place.paper].fields).get(place.key)
        if isinstance(field, Read) and field.evidence.method is Method.OCR:
            yield place, factor


def _check_characters(fields: Mapping[str, Field], papers: Sequence[Document], weights: Weights) -> Iterator[tuple[Place, float]]:
    for at, held in ((None, fields), *((number, paper.fields) for number, paper in enumerate(papers))):
        for key, field in held.items():
            if key.rpartition(".")[2] == "uscc" and isinstance(field, Read):
                yield Place(at, key), weights.check_right if uscc_check_ok(str(field.value)) else weights.check_wrong


def _oddities(
    fields: Mapping[str, Field], papers: Sequence[Document], types: Mapping[str, FieldType], catalogue: Catalogue
) -> Iterator[tuple[Place, float]]:
    """Values that cannot be what their field asks for; where the form holds several, every value of it."""
    weights, forms = catalogue.calibration.weights, words_of_forms(catalogue)
    told = {key: field for key, field in fields.items() if isinstance(field, Read) and key in types}
    odd = {key for key, field in told.items() if is_odd(field.value, types[key], key, forms)}
    for key in fields:
        if key in odd:
            yield Place(None, key), weights.odd
        elif len(odd) >= _FEW_ODD:
            yield Place(None, key), weights.odd_neighbours
    for number, paper in enumerate(papers):
        for key, field in paper.fields.items():
            type_ = types.get(f"{paper.kind}.{key.removesuffix('_zh')}")
            if isinstance(field, Read) and type_ is not None and is_odd(field.value, type_, key, forms):
                yield Place(number, key), weights.odd


def _term(number: int, fields: Mapping[str, Field], weights: Weights) -> Iterator[tuple[Place, float]]:
    """A certificate runs for one year or three, less a day."""
    commenced, expires = as_day(fields.get(_COMMENCED)), as_day(fields.get(_EXPIRES))
    if commenced is not None and expires is not None:
        fits = any(commenced + relativedelta(years=years) - _DAY == expires for years in _TERMS)
        for key in (_COMMENCED, _EXPIRES):
            yield Place(number, key), weights.sense if fits else weights.nonsense


def _days_of_the_form(fields: Mapping[str, Field], weights: Weights) -> Iterator[tuple[Place, float]]:
    for before, after in ((_START, _END), (_ESTABLISHED, _SIGNED)):
        first, last = as_day(fields.get(before)), as_day(fields.get(after))
        if first is not None and last is not None and first > last:
            for key in (before, after):
                yield Place(None, key), weights.nonsense


def _amounts_of_the_form(fields: Mapping[str, Field], weights: Weights) -> Iterator[tuple[Place, float]]:
    """Funding asked for is a round share of the cost, and never more than it."""
    cost, requested = (as_number(fields.get(key)) for key in (_COST, _REQUESTED))
    if cost is None or requested is None or cost <= 0:
        return
    share = requested * 100 / cost
    if requested > cost:
        factor = weights.nonsense
    elif share > 0 and abs(share / _SHARE_STEP - round(share / _SHARE_STEP)) < 1e-9:
        factor = weights.sense
    else:
        return
    for key in (_COST, _REQUESTED):
        yield Place(None, key), factor


def _on_other_papers(fields: Mapping[str, Field], papers: Sequence[Document], catalogue: Catalogue) -> Iterator[tuple[Place, float]]:
    """The same fact on form and papers (documents.toml, ``same_as``). Papers by the same bytes are one paper."""
    weights = catalogue.calibration.weights
    agreeing: dict[Place, int] = {}
    nearly: set[Place] = set()
    for number, paper in enumerate(papers):
        if paper.duplicate_of is not None:
            continue
        for spec in catalogue.document(paper.kind).fields:
            for own in (spec.key, f"{spec.key}_zh"):
                for key in spec.same_as:
                    said = _compared(fields.get(key), paper.fields.get(own))
                    for place in (Place(None, key), Place(number, own)):
                        if said == "same":
                            agreeing[place] = agreeing.get(place, 0) + 1
                        elif said == "near":
                            nearly.add(place)
    for place, count in agreeing.items():
        yield place, weights.same_on_paper ** min(count, _MOST_AGREEING)
    for place in nearly - set(agreeing):
        yield place, weights.nearly_on_paper


def _compared(one: Field | None, other: Field | None) -> str:
    """``same``, ``near`` (as two readings of one thing may differ), or ``apart``: of another thing, or nothing to compare."""
    if not (isinstance(one, Read) and isinstance(other, Read)):
        return "apart"
    a, b = fold_key(str(one.value)), fold_key(str(other.value))
    if not a or not b:
        return "apart"
    if a == b:
        return "same"
    allowed = _NEAR_DIGITS if any(c.isdigit() for c in a) and len(a) == len(b) else max(1, max(len(a), len(b)) // 12)
    return "near" if Levenshtein.distance(a, b, score_cutoff=allowed) <= allowed else "apart"
