"""The rules as data: editions with their money and time, required fields and papers, thresholds, places and the words of every finding.

Built by the shell from the programme's folder; an argument of every check. Clauses: programme.md, sections in brackets.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, PositiveInt, model_validator

from checks.values import MissingReason
from parsers.calibration import Calibration
from parsers.catalogue import FieldType, FormCode
from parsers.values import Method, Problem, Value, Words

Share = Annotated[float, Field(ge=0, le=1)]
Percent = Annotated[float, Field(ge=0, le=100)]
Target = Annotated[int, Field(ge=2)]  # at most one wrong in so many


class Stream(Value):
    """Money and time of one or more initiatives that share one grant: limit = min(rate x cost, ceiling) in HKD [Initiatives]."""

    initiatives: tuple[str, ...] = Field(min_length=1)
    rate_percent: PositiveInt = Field(le=100)
    ceiling_hkd: PositiveInt | None = None
    months: PositiveInt


class Edition(Value):
    """The terms in force from one day of receipt until another, both included; ``until`` None: until a later one is entered [Editions]."""

    code: str
    from_: date = Field(alias="from")
    until: date | None = None
    streams: tuple[Stream, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ends_after_it_begins_and_names_each_initiative_once(self) -> Edition:
        if self.until is not None and self.until < self.from_:
            raise ValueError(f"edition {self.code} ends ({self.until}) before it begins ({self.from_}); correct one of the two dates")
        named = [code for stream in self.streams for code in stream.initiatives]
        if len(named) != len(set(named)):
            raise ValueError(f"edition {self.code} names an initiative in two streams; leave it in one")
        return self

    def covers(self, day: date) -> bool:
        return self.from_ <= day and (self.until is None or day <= self.until)

    def stream(self, initiative: str | None) -> Stream | None:
        """The stream that pays for this initiative, None where this edition has none."""
        return next((stream for stream in self.streams if initiative in stream.initiatives), None)


def overlapping(editions: Sequence[Edition]) -> tuple[Edition, Edition] | None:
    """The first two editions that are in force on the same day, the earlier first; None where there are none."""
    ordered = sorted(editions, key=lambda edition: edition.from_)
    return next(((a, b) for a, b in pairwise(ordered) if a.until is None or b.from_ <= a.until), None)


class FieldRequirement(Value):
    """When a field of the form must be filled in: on which forms, for which connections, where, from which day of receipt, in which editions.

    ``or_else``: other fields of which one is enough; the first-named key is the one reported.
    """

    key: str
    forms: tuple[FormCode, ...] = Field(min_length=1)
    or_else: tuple[str, ...] = ()
    connections: tuple[str, ...] | None = None
    in_guangdong: bool = False
    received_from: date | None = None
    editions: tuple[str, ...] | None = None


class CostBracket(Value):
    """How many papers a project of some cost needs: cost ``below`` an amount, or ``up_to`` and including it, or (neither given) any other. HKD."""

    below: PositiveInt | None = None
    up_to: PositiveInt | None = None
    count: PositiveInt

    @model_validator(mode="after")
    def _has_one_bound_at_most(self) -> CostBracket:
        if self.below is not None and self.up_to is not None:
            raise ValueError("a bracket has 'below' or 'up_to', not both")
        return self

    def holds(self, cost: float) -> bool:
        if self.below is not None:
            return cost < self.below
        return self.up_to is None or cost <= self.up_to


class WaivingWords(Value):
    """Words of which a licence's type must hold one. ``fragments``: seen without a whole word, they tell of a type perhaps misread."""

    words: tuple[str, ...] = Field(min_length=1)
    fragments: tuple[str, ...] = ()


class LicenceTypeWaiver(Value):
    """A licence whose type (its enterprise type) holds a word of every group makes the paper unnecessary [Which documents]."""

    paper: str
    field: str
    groups: tuple[WaivingWords, ...] = Field(min_length=1)


class DocumentRequirement(Value):
    """When a paper must be there, and how many [Which documents]. ``alternatives`` are papers that serve instead."""

    code: str
    forms: tuple[FormCode, ...] = Field(min_length=1)
    connections: tuple[str, ...] | None = None
    limited_company: bool = False
    when_given: str | None = None
    alternatives: tuple[str, ...] = ()
    waiver: LicenceTypeWaiver | None = None
    count: PositiveInt = 1
    count_by_cost: tuple[CostBracket, ...] = ()
    editions: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _brackets_end_with_an_open_one(self) -> DocumentRequirement:
        if self.count_by_cost and (self.count_by_cost[-1].below, self.count_by_cost[-1].up_to) != (None, None):
            raise ValueError(
                f"{self.code}: the last bracket of count_by_cost must be open (neither 'below' nor 'up_to'), or a dear project needs none"
            )
        return self


class ProblemConsequence(Value):
    """What a paper's problem means: the reason under which the paper it should have been is reported, and who must act."""

    reason: MissingReason
    needs: Literal["applicant", "staff"]


class Thresholds(Value):
    """How sure a reading must be to be relied upon without a person.

    ``target``: at most one value in so many that nobody looked at may be wrong; ``targets``: other figures for some types of field. What confidence
    a value needs for that follows from the calibration. ``by_method``, with exceptions in ``by_type``: the confidence that an empty or unreadable
    place needs, and a value read in a way that was never measured. ``paper``: of what kind a paper is.
    """

    target: Target
    targets: dict[FieldType, Target] = {}
    by_method: dict[Method, Share]
    by_type: dict[FieldType, dict[Method, Share]] = {}
    paper: Share
    other_paper: Share

    @model_validator(mode="after")
    def _every_method_has_one(self) -> Thresholds:
        lacking = [method.value for method in Method if method not in self.by_method]
        if lacking:
            raise ValueError(f"by_method lacks {', '.join(lacking)}; give each method a threshold from 0 to 1")
        return self

    def of(self, type_: FieldType | None, method: Method) -> float:
        return self.by_type.get(type_, {}).get(method, self.by_method[method]) if type_ else self.by_method[method]

    def of_value(self, type_: FieldType | None, method: Method, calibration: Calibration) -> float:
        """The confidence from which a value is relied upon: all types with the same target share one, so that the fewest are looked at."""
        one_wrong_in = self.targets.get(type_, self.target) if type_ else self.target
        alike = frozenset(each.value for each in FieldType if self.targets.get(each, self.target) == one_wrong_in)
        measured = calibration.threshold(alike, method, one_wrong_in=one_wrong_in)
        return self.of(type_, method) if measured is None else measured


class Shareholdings(Value):
    """The resident's shares, percent: more than one bound in the Mainland enterprise, at least the other in the applicant [Who is eligible]."""

    mainland_more_than: Percent
    applicant_at_least: Percent


class Repeat(Value):
    """Years that must lie between two applications of these initiatives for the same factory [Who is eligible]."""

    years: PositiveInt
    initiatives: tuple[str, ...]


class Eligibility(Value):
    """The codes on which the eligibility rules turn."""

    guangdong_connections: tuple[str, ...]
    hong_kong_connections: tuple[str, ...]
    agreement_connections: tuple[str, ...]
    resident_connections: tuple[str, ...]
    connections_only_for: dict[str, tuple[str, ...]]  # connection -> the initiatives that it is open to
    sectors_for_staff: tuple[str, ...]
    organisation_status_for_staff: tuple[str, ...]
    business_forms: tuple[FormCode, ...]
    organisation_forms: tuple[FormCode, ...]
    shareholdings: Shareholdings
    repeat: Repeat


class PlaceNames(Value):
    """Names of one place as printed in addresses. Chinese ones in either script; Latin ones as whole words."""

    chinese: tuple[str, ...]
    latin: tuple[str, ...]


class Places(Value):
    """Where an address is. The biggest place named decides: the first in a Chinese address, the last in an English one.

    ``streets``: what follows a place name that is only a street's (中山路, Canton Road). ``uscc_regions``: first two digits of the region in a USCC.
    """

    guangdong: PlaceNames
    hong_kong: PlaceNames
    elsewhere: PlaceNames
    streets: PlaceNames
    guangdong_uscc_region: str = Field(pattern=r"^[0-9]{2}$")


class RuleWords(Value):
    """One check: the clause that it rests on, and what is said of each of its cases ('pass', 'fail', 'unsure', or a kind of these: 'fail_early').

    ``clause_zh_hant``: the clause for staff who read Chinese; empty: they read it in English.
    """

    clause: str
    clause_zh_hant: str = ""
    cases: dict[str, Words]


class Policy(Value):
    """Everything by which an application is judged. Built once from the programme's folder."""

    editions: tuple[Edition, ...]
    required_fields: tuple[FieldRequirement, ...]
    required_documents: tuple[DocumentRequirement, ...]
    problems: dict[Problem, ProblemConsequence]
    thresholds: Thresholds
    eligibility: Eligibility
    places: Places
    rules: dict[str, RuleWords]
    common_words: dict[str, Words]  # cases that every check shares: waiting, not_read
    form_initiatives: dict[FormCode, tuple[str, ...]]
    field_types: dict[str, FieldType]
    labels: dict[str, Words]  # of fields (by key), papers, initiatives and choices (by code)
    calibration: Calibration = Calibration()

    @model_validator(mode="after")
    def _editions_do_not_overlap(self) -> Policy:
        pair = overlapping(self.editions)
        if pair is not None:
            raise ValueError(f"editions {pair[0].code} and {pair[1].code} overlap on {pair[1].from_}; let each end the day before the next begins")
        return self

    def edition_on(self, day: date | None) -> Edition | None:
        """The edition in force on the day of receipt; None before the first, in a gap between phases, or where the day is not known."""
        return next((edition for edition in self.editions if day is not None and edition.covers(day)), None)

    def sure_enough(self, key: str, method: Method) -> float:
        """The confidence from which a value of this field, read in this way, is relied upon without a person."""
        return self._sure_enough[self.field_types.get(key), method]

    @cached_property
    def _sure_enough(self) -> dict[tuple[FieldType | None, Method], float]:
        return {(type_, method): self.thresholds.of_value(type_, method, self.calibration) for type_ in (None, *FieldType) for method in Method}

    def label(self, code: str) -> Words:
        """The printed words of a field, paper or choice; the bare code where the programme has none."""
        return self.labels.get(code) or Words(en=code, zh_hant=code, zh_hans=code)
