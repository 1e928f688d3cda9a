"""A case as its screen shows it: fields grouped as on the form, papers, findings, each with its place on a page."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from checks.overruling import fingerprint_of, fingerprint_of_missing_document, fingerprint_of_missing_field
from checks.values import Finding, Needs, Outcome
from parsers.catalogue import Catalogue, Choice, FieldSpec, FieldType
from parsers.corrections import paper_field_key, standing_words
from parsers.folding import fold_key
from parsers.identifiers import mask_hkid
from parsers.values import Application, Document, Evidence, Field, Language, Missing, Read
from review.case_values import FAIR, SURE, CaseView, Elsewhere, Found, Group, Line, Paper, Place
from review.words import SiteWords
from storage.values import Correction, Run

_FORM = "application_form"
_SAME_FACT: dict[str, tuple[tuple[str, str], ...]] = {  # of a field of the form: the papers on which the same stands, with its key there
    "applicant.name_en": (("br_certificate", "name"), ("certificate_of_incorporation", "name"), ("annual_return", "name")),
    "applicant.name_zh": (("br_certificate", "name_zh"), ("certificate_of_incorporation", "name_zh"), ("annual_return", "name_zh")),
    "applicant.br_number": (("br_certificate", "br_number"), ("br_demand_note", "br_number")),
    "applicant.established_on": (("certificate_of_incorporation", "incorporated_on"),),
    "factory.name": (("mainland_business_licence", "name"),),
    "factory.uscc": (("mainland_business_licence", "uscc"),),
    "factory.address": (("mainland_business_licence", "address"),),
}


def case_view(
    run: Run, catalogue: Catalogue, words: SiteWords, said: tuple[Correction, ...], clauses: Mapping[str, str] = MappingProxyType({})
) -> CaseView:
    """The screen of a case's current run. ``said``: what staff confirmed or corrected; ``clauses``: the rules' clauses in Traditional Chinese."""
    return _Screen(run, catalogue, words, said, clauses if words.language is Language.ZH_HANT else {}).view()


class _Screen:
    def __init__(self, run: Run, catalogue: Catalogue, words: SiteWords, said: tuple[Correction, ...], clauses: Mapping[str, str]) -> None:
        self._clauses = clauses
        self._application: Application = run.application
        self._decision = run.decision
        self._catalogue = catalogue
        self._words = words
        self._language: Language = words.language
        self._said = standing_words(said)
        self._files = {document.part: document.sha256 for document in self._application.documents}
        self._needed = frozenset(run.decision.missing_fields)

    def view(self) -> CaseView:
        findings = [self._found(finding) for finding in self._decision.findings]
        open_findings = [one for one in findings if one.outcome != Outcome.PASS.value]
        groups = self._groups()
        staff = tuple(one for one in open_findings if one.needs == Needs.STAFF.value)
        doubtful = [line.place for group in groups for line in group.lines if line.place and line.sure == "doubtful"]
        evidence = [place for one in staff for _, place in one.places]
        anywhere = [line.place for group in groups for line in group.lines if line.place]
        papers = tuple(self._paper(document) for document in self._application.documents)
        starts = [*evidence, *doubtful, *anywhere, *(paper.place for paper in papers)]
        return CaseView(
            groups=groups,
            papers=papers,
            for_staff=staff,
            for_applicant=(*(one for one in open_findings if one.needs != Needs.STAFF.value), *self._missing()),
            passed=tuple(one for one in findings if one.outcome == Outcome.PASS.value),
            first=starts[0] if starts else None,
        )

    def _groups(self) -> tuple[Group, ...]:
        form = self._application.form
        specs = self._catalogue.fields_of(form) if form else self._catalogue.fields
        names = list(dict.fromkeys(spec.key.partition(".")[0] for spec in specs))
        made = []
        for name in names:
            lines = tuple(self._line(spec, self._application.fields.get(spec.key)) for spec in specs if spec.key.partition(".")[0] == name)
            shown = tuple(line for line in lines if form or line.state != "missing")
            if shown:
                made.append(Group(self._words(f"group.{name}") if self._words.has(f"group.{name}") else name, shown))
        return tuple(made)

    def _line(self, spec: FieldSpec, field: Field | None) -> Line:
        form = self._application.form
        label = spec.label_on.get(form, spec.label) if form else spec.label
        return self._made(spec.key, label.in_language(self._language), spec.type, spec.choices, field)

    def _made(self, key: str, label: str, type_: FieldType, choices: tuple[Choice, ...], field: Field | None) -> Line:
        evidence = field.evidence if field is not None else None
        read = isinstance(field, Read)
        missing = field is None or isinstance(field, Missing)
        confidence = evidence.confidence if evidence is not None and not missing else None
        value = mask_hkid(_plain(field.value)) if isinstance(field, Read) else ""
        shown = "" if field is None or isinstance(field, Missing) else field.text
        if isinstance(field, Read) and type_ in (FieldType.CHOICE, FieldType.FLAG):
            shown = next((choice.words.in_language(self._language) for choice in choices if choice.code == field.value), shown)
        seen = f"seen.{shown.replace(' ', '_')}"
        if type_ is FieldType.FLAG and self._words.has(seen):
            shown = self._words(seen)
        return Line(
            key=key, label=label, state="missing" if field is None else field.state, text=mask_hkid(shown), value=value,
            type=type_, choices=choices, confidence=confidence, sure=_sure(confidence, read=read, missing=missing),
            method=evidence.method.value if evidence is not None else "", place=self._place(evidence), needed=key in self._needed,
            said=self._said.get(key), elsewhere=self._elsewhere(key, field),
        )  # fmt: skip

    def _elsewhere(self, key: str, field: Field | None) -> tuple[Elsewhere, ...]:
        """What other papers say of the same fact."""
        found = []
        wanted = _SAME_FACT.get(key, ())
        for document in self._application.documents:
            for kind, own in wanted:
                other = document.fields.get(own) if document.kind == kind else None
                place = self._place(other.evidence) if isinstance(other, Read) else None
                if isinstance(other, Read) and place is not None:
                    spec = self._catalogue.document(kind)
                    agrees = isinstance(field, Read) and fold_key(str(field.value)) == fold_key(str(other.value))
                    value = mask_hkid(_plain(other.value))
                    found.append(Elsewhere(spec.label.in_language(self._language), mask_hkid(other.text), value, place, agrees))
        return tuple(found)

    def _place(self, evidence: Evidence | None) -> Place | None:
        if evidence is None or evidence.part not in self._files:
            return None
        return Place(self._files[evidence.part], evidence.page, evidence.box)

    def _paper(self, document: Document) -> Paper:
        spec = next((one for one in self._catalogue.documents if one.code == document.kind), None)
        types = {field.key: field.type for field in spec.fields} if spec else {}
        lines = tuple(
            self._made(paper_field_key(document, key), self._paper_label(key), types.get(key, FieldType.TEXT), (), field)
            for key, field in document.fields.items()
        )
        return Paper(document, spec.label.in_language(self._language) if spec else document.kind, lines)

    def _paper_label(self, key: str) -> str:
        name = f"paper_field.{key}"
        return self._words(name) if self._words.has(name) else key.replace("_", " ")

    def _found(self, finding: Finding) -> Found:
        places = []
        for reference in finding.evidence:
            field = self._application.fields.get(reference.field or "")
            place = self._place(field.evidence) if field is not None else None
            if place is None and reference.part in self._files:
                place = Place(self._files[reference.part], reference.page or 1)
            if place is not None:
                places.append((mask_hkid(reference.document or self._words("case.form")), place))
        keys = tuple(dict.fromkeys(reference.field for reference in finding.evidence if reference.field in self._application.fields))
        if keys and not places:
            places = self._likely_places(keys[0])
        return Found(
            check=finding.check, fingerprint=fingerprint_of(finding, self._application), outcome=finding.outcome.value,
            needs=finding.needs.value if finding.needs else "", message=mask_hkid(finding.message.in_language(self._language)),
            rule=self._clauses.get(finding.rule, finding.rule),
            places=tuple(dict.fromkeys(places)), keys=keys,
        )  # fmt: skip

    def _likely_places(self, key: str) -> list[tuple[str, Place]]:
        """Where a person looks for a value that was found nowhere: the page on which the others of its group stand, else the form's first."""
        kin = [field.evidence for own, field in self._application.fields.items() if own.partition(".")[0] == key.partition(".")[0]]
        found = [(each.part, each.page) for each in kin if each is not None and each.part in self._files]
        found += [(paper.part, paper.first_page) for paper in self._application.documents if paper.kind == _FORM]
        if not found:
            return []
        part, page = max(dict.fromkeys(found), key=found.count)
        name = next((paper.name for paper in self._application.documents if paper.part == part), None)
        return [(mask_hkid(name or self._words("case.form")), Place(self._files[part], page))]

    def _missing(self) -> list[Found]:
        fields = [
            Found(
                "missing.field",
                fingerprint_of_missing_field(key),
                "fail",
                "applicant",
                self._words("case.missing_field", label=self._catalogue.field(key).label.in_language(self._language)),
                "",
                places=tuple(self._likely_places(key)),
                keys=(key,),
            )
            for key in self._decision.missing_fields
        ]
        papers = [
            Found(
                "missing.document",
                fingerprint_of_missing_document(one),
                "fail",
                "applicant",
                self._words(
                    "case.missing_document",
                    label=self._catalogue.document(one.code).label.in_language(self._language),
                    have=one.have,
                    need=one.need,
                    reason=self._words(f"reason.{one.reason.value}"),
                ),
                "",
            )
            for one in self._decision.missing_documents
        ]
        return [*fields, *papers]


def _sure(confidence: float | None, *, read: bool, missing: bool) -> str:
    if missing or confidence is None:
        return "none"
    if not read or confidence < FAIR:
        return "doubtful"
    return "sure" if confidence >= SURE else "fair"


def _plain(value: bool | int | float | str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
