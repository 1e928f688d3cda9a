"""The numbered list of a letter: everything that the applicant must supply or correct, each with its reason and what to send, nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from checks.values import Decision, Finding, MissingDocument, MissingReason, Needs, Outcome
from parsers.catalogue import Catalogue
from parsers.values import Application, Document, Language, Problem, Read, Words
from replies.layout import Group, Item
from replies.letters import LetterSet, item_values
from replies.quoting import one_line, quoted

FORM = "application_form"
_OF_REASON = {
    MissingReason.EXPIRED: {Problem.EXPIRED},
    MissingReason.UNREADABLE: {Problem.UNREADABLE, Problem.BLANK},
    MissingReason.ENCRYPTED: {Problem.ENCRYPTED},
    MissingReason.DAMAGED: {Problem.DAMAGED},
}


def listed(
    decision: Decision, application: Application | None, *, letters: LetterSet, catalogue: Catalogue, language: Language, longest: int = 600
) -> tuple[Group, ...]:
    """The list in one language: fields left blank, papers, then points to correct; numbered from 1 through all three.

    ``longest``: characters of a finding's message, beyond which it is cut.
    """
    sheet = _Sheet(decision, application, letters, catalogue, language, longest)
    headings = letters.items.headings
    drafts = ((headings.form, sheet.fields()), (headings.documents, sheet.papers()), (headings.corrections, sheet.corrections()))
    groups: list[Group] = []
    number = 0
    for heading, items in drafts:
        numbered = tuple(replace(item, number=place) for place, item in enumerate(items, start=number + 1))
        if numbered:
            groups.append(Group(heading.in_language(language), numbered))
            number = numbered[-1].number
    return tuple(groups)


def points(decision: Decision, application: Application | None) -> tuple[Finding, ...]:
    """Findings for the applicant that a missing field or paper of the list does not say already; each message once."""
    kept: dict[str, Finding] = {}
    for finding in decision.findings:
        for_applicant = finding.needs is Needs.APPLICANT and finding.outcome is not Outcome.PASS
        if for_applicant and not _said_already(finding, decision, application):
            kept.setdefault(finding.message.en, finding)
    return tuple(kept.values())


def concerns_form(decision: Decision, application: Application | None) -> bool:
    """Whether anything on the list is to be mended on the application form itself."""
    if decision.missing_fields or any(missing.code == FORM for missing in decision.missing_documents):
        return True
    return any("." in (reference.field or "") for finding in points(decision, application) for reference in finding.evidence)


def _said_already(finding: Finding, decision: Decision, application: Application | None) -> bool:
    """A finding is said by the item of a missing field or paper: whose key stands in the finding's code or evidence, or whose file it is about."""
    papers = {missing.code for missing in decision.missing_documents}
    code = f".{finding.check}."
    if any(f".{key}." in code for key in papers | set(decision.missing_fields)):
        return True
    if any(reference.field in decision.missing_fields for reference in finding.evidence):
        return True
    parts = {reference.part for reference in finding.evidence if reference.part is not None}
    about = [paper for paper in (application.documents if application else ()) if paper.part in parts]
    return finding.check.startswith("document.") and bool(about) and all(paper.kind in papers or paper.meant in papers for paper in about)


@dataclass(frozen=True)
class _Sheet:
    """The list's makings in one language."""

    decision: Decision
    application: Application | None
    letters: LetterSet
    catalogue: Catalogue
    language: Language
    longest: int

    def fields(self) -> Iterator[Item]:
        """Required fields left blank; none where the whole form is asked for. Of fields of which one is enough, one is named for all."""
        if any(missing.code == FORM for missing in self.decision.missing_documents):
            return
        words = self.letters.items
        together = {key: either for either in words.either for key in either.keys}
        space = " " if self.language is Language.EN else ""
        named: set[str] = set()
        for key in dict.fromkeys(self.decision.missing_fields):
            if key not in named:
                title = together[key].title if key in together else self._label(key)
                named.update(together[key].keys if key in together else ())
                yield Item(0, self._in(title), self._in(words.field_reason) + space + self._in(words.field_hint(key)))

    def papers(self) -> Iterator[Item]:
        """Papers that are asked for, one item a kind."""
        for missing in {missing.code: missing for missing in self.decision.missing_documents}.values():
            yield self._paper(missing)

    def corrections(self) -> Iterator[Item]:
        """What was supplied but cannot stand, in the words of its finding, under the name of its field where it has one."""
        labels = {spec.key for spec in self.catalogue.fields}
        for finding in points(self.decision, self.application):
            message = quoted(self._in(finding.message), self.longest)
            key = next((reference.field for reference in finding.evidence if reference.field in labels), None)
            yield Item(0, message, title_is_label=False) if key is None else Item(0, self._in(self._label(key)), message)

    def _paper(self, missing: MissingDocument) -> Item:
        words, say = self.letters.items, self.letters.say
        values = item_values(have=missing.have, need=missing.need, file=self._file(missing), expired_on=self._expired_on(missing))
        counted = say(self._in(words.count), values) if missing.need > 1 else ""
        space = " " if counted and self.language is Language.EN else ""
        told = values | {"what": self._in(words.document_hint(missing.code)), "counted": counted + space}
        return Item(
            0,
            self._in(self.catalogue.document(missing.code).label),
            say(self._in(words.reasons[missing.reason]), told),
            say(self._in(words.remedies[missing.reason]), told),
        )

    def _at_fault(self, missing: MissingDocument) -> list[Document]:
        """The papers sent that are of the kind asked for, or were meant to be, and do not count for that very reason."""
        problems, code = _OF_REASON.get(missing.reason, set()), missing.code
        sent = self.application.documents if self.application else ()
        return [paper for paper in sent if code in (paper.kind, paper.meant) and problems & set(paper.problems)]

    def _file(self, missing: MissingDocument) -> str:
        """The name of the one file at fault; empty where there are several, or none with a name."""
        names = {paper.name for paper in self._at_fault(missing)}
        return quoted(one_line(names.pop() or "", 80)) if len(names) == 1 else ""

    def _expired_on(self, missing: MissingDocument) -> str:
        """The latest day on which the expired papers were in force; empty where it was not read."""
        if missing.reason is not MissingReason.EXPIRED:
            return ""
        read = [paper.fields.get("expires_on") for paper in self._at_fault(missing)]
        days = [str(field.value) for field in read if isinstance(field, Read)]
        try:
            return self.letters.date(date.fromisoformat(max(days)), self.language) if days else ""
        except ValueError:
            return ""

    def _label(self, key: str) -> Words:
        spec = self.catalogue.field(key)
        form = self.application.form if self.application else None
        return spec.label_on.get(form, spec.label) if form else spec.label

    def _in(self, words: Words) -> str:
        return words.in_language(self.language)
