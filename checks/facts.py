"""The application as the rules look at it: which value a field has, whether it can be relied on, and which paper speaks for what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from checks.policy import Edition, Policy, Stream
from checks.values import EarlierCase, EvidenceRef, Finding, Needs
from checks.wording import Said, finding
from parsers.catalogue import FormCode
from parsers.field_values import as_day, as_number
from parsers.values import Application, Document, Field, Method, Missing, Read, Unreadable, Words

Standing = Literal["certain", "uncertain", "unreadable", "missing"]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One application with what it is judged by. ``min_confidence`` is a floor under the programme's own thresholds, for scans."""

    application: Application
    policy: Policy
    received_on: date | None
    earlier: Sequence[EarlierCase] = ()
    min_confidence: float = 0.0

    @property
    def form(self) -> FormCode | None:
        return self.application.form

    @cached_property
    def edition(self) -> Edition | None:
        return self.policy.edition_on(self.received_on)

    @cached_property
    def stream(self) -> Stream | None:
        return self.edition.stream(self.application.initiative) if self.edition else None

    def field(self, key: str) -> Field:
        return self.application.fields.get(key) or Missing(key=key)

    def standing(self, field: Field) -> Standing:
        """Whether a field was read and can be relied on, was read without confidence, holds something unreadable, or nothing."""
        if isinstance(field, Missing):
            return "missing"
        if isinstance(field, Unreadable):
            return "unreadable"
        return "certain" if self.is_certain(field) else "uncertain"

    def is_certain(self, field: Read | Unreadable) -> bool:
        """Whether the reading itself (of a value, or of a malformed one) reaches the programme's threshold."""
        method = field.evidence.method
        if isinstance(field, Unreadable):
            return field.evidence.confidence >= self._threshold(field.key, method)
        return field.evidence.confidence >= self._floored(self.policy.sure_enough(field.key, method), method)

    def _threshold(self, key: str, method: Method) -> float:
        """What an empty or unreadable place needs."""
        return self._floored(self.policy.thresholds.of(self.policy.field_types.get(key), method), method)

    def _floored(self, own: float, method: Method) -> float:
        return max(own, self.min_confidence) if method is Method.OCR else own

    def text(self, key: str) -> str | None:
        """The value of a field that was read, as text; None else."""
        field = self.field(key)
        return str(field.value) if isinstance(field, Read) else None

    def number(self, key: str) -> float | int | None:
        field = self.field(key)
        return as_number(field)

    def day(self, key: str) -> date | None:
        return as_day(self.field(key))

    def place_may_be_unseen(self, field: Missing) -> bool:
        """Whether a field seems missing only because its place was not found or not surely seen to be empty.

        A place that was found empty is asked for; a label that was found nowhere may stand there in words that are not known.
        """
        if field.evidence is None:
            return True
        method = field.evidence.method  # a field whose values may be less sure is no surer empty for it
        least = max(self._threshold(field.key, method), self.policy.thresholds.by_method[method])
        return field.evidence.confidence < least

    def papers(self, *codes: str) -> tuple[Document, ...]:
        """The papers of these kinds, in order; copies of a paper seen earlier left out."""
        return tuple(paper for paper in self.application.documents if paper.kind in codes and paper.duplicate_of is None)

    def label(self, code: str) -> Words:
        return self.policy.label(code)

    def say(self, check: str, case: str, *, needs: Needs | None = None, evidence: Sequence[EvidenceRef] = (), **said: Said) -> Finding:
        return finding(self.policy, check, case, needs=needs, evidence=evidence, **said)

    def undecided(self, check: str, *keys: str) -> Finding | None:
        """Why a rule on these fields of the form cannot be answered: 'waiting' for what the applicant is asked for, or 'not_read' (staff).

        None where every field was read with confidence. What is unreadable and for the applicant to correct is waited for as well.
        """
        waited: str | None = None
        for key in keys:
            field = self.field(key)
            standing = self.standing(field)
            if standing == "certain":
                continue
            asked = (isinstance(field, Missing) and not self.place_may_be_unseen(field)) or (
                isinstance(field, Unreadable) and self.is_for_applicant(field)
            )
            if not asked:
                return self.say(check, "not_read", needs=Needs.STAFF, evidence=[on_form(self.field(key))], field=self.label(key))
            waited = waited or key
        return self.say(check, "waiting", evidence=[on_form(self.field(waited))], field=self.label(waited)) if waited else None

    def is_for_applicant(self, field: Unreadable) -> bool:
        """Clearly read but impossible, or two answers where one is asked on a form that is no scan: the applicant's to mend."""
        if field.reason == "illegible" or not self.is_certain(field):
            return False
        return field.reason == "malformed" or field.evidence.method is not Method.OCR


def on_form(field: Field) -> EvidenceRef:
    """Where a field of the form stands."""
    evidence = field.evidence
    if evidence is None:
        return EvidenceRef(field=field.key)
    return EvidenceRef(document=evidence.document, part=evidence.part, page=evidence.page, field=field.key)


def on_paper(paper: Document, key: str | None = None) -> EvidenceRef:
    """A paper, or the place of one of its own fields."""
    field = paper.fields.get(key) if key else None
    page = field.evidence.page if field is not None and field.evidence is not None else paper.first_page
    return EvidenceRef(document=paper.name, part=paper.part, page=page, field=key)


def shown_name(paper: Document, kind: Words) -> Words:
    """A paper as people know it: its kind, with its file's name where it has one."""
    if not paper.name:
        return kind
    return Words(en=f"{kind.en} ({paper.name})", zh_hant=f"{kind.zh_hant}（{paper.name}）", zh_hans=f"{kind.zh_hans}（{paper.name}）")
