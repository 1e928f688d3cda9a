"""Papers that were sent but do not count: locked, broken, blank, only linked to, of a kind that nobody can tell (programme.md, 'Which documents')."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.facts import Facts, on_paper, shown_name
from checks.papers import FORM, Answer, is_legible
from checks.values import Finding, MissingReason, Needs
from parsers.values import Document, Problem

_OTHER = "other"
_HOLDS_FILES = "holds_files"  # a portfolio, or papers attached to pages: what lies in it may be what is missing
_TOLD_ELSEWHERE = (Problem.EXPIRED, Problem.UNPAID)


def check_unread_papers(facts: Facts, found: Sequence[Answer]) -> Iterator[Finding]:
    """One finding for each paper that cannot be used and that no missing paper speaks for already, or that staff should try to read."""
    short = [answer for answer in found if answer.state == "short"]
    known = {answer.requirement.code for answer in found}
    wanting = any(answer.reason in (MissingReason.ABSENT, MissingReason.TOO_FEW) for answer in short)
    spoken_for = {code for answer in short for code in (answer.requirement.code, *answer.requirement.alternatives)}
    for paper in facts.application.documents:
        if paper.duplicate_of is not None:
            continue
        problem = _weightiest(paper)
        meant = paper.kind if paper.kind != _OTHER else paper.meant
        if set(paper.doubts) - {_HOLDS_FILES}:
            yield _say(facts, paper, "unsure_disagrees", Needs.STAFF)
        if _HOLDS_FILES in paper.doubts:
            yield _say(facts, paper, "unsure_holds_files", Needs.STAFF)
        if problem is None:
            if short and _may_be_another(facts, paper, spoken_for):
                yield _unidentified(facts, paper)
        elif problem is Problem.UNSAFE:
            yield _say(facts, paper, "unsure_unsafe", Needs.STAFF)
        elif meant in spoken_for:
            if facts.policy.problems[problem].needs == "staff":
                yield _say(facts, paper, "unsure", Needs.STAFF)
        else:
            yield _unusable(facts, paper, problem, needless=meant is not None and (meant in known or facts.form is not None), wanting=wanting)


def _weightiest(paper: Document) -> Problem | None:
    """What is wrong with a paper; that it may be unsafe before all else, for then nobody is asked to send it again."""
    problems = [each for each in paper.problems if each not in _TOLD_ELSEWHERE]
    return Problem.UNSAFE if Problem.UNSAFE in problems else next(iter(problems), None)


def _unusable(facts: Facts, paper: Document, problem: Problem, *, needless: bool, wanting: bool) -> Finding:
    """A paper that cannot be used and whose absence is not reported by its kind: nobody knows what it is, or it is not needed."""
    if needless:
        return _say(facts, paper, "pass_not_needed", None)
    if not wanting:
        return _say(facts, paper, "pass_blank", None) if problem is Problem.BLANK else _say(facts, paper, "unsure", Needs.STAFF)
    if facts.policy.problems[problem].needs == "staff":
        return _say(facts, paper, "unsure", Needs.STAFF)
    return _say(facts, paper, f"fail_{problem.value}", Needs.APPLICANT)


def _may_be_another(facts: Facts, paper: Document, wanted: set[str]) -> bool:
    """Whether a legible paper might be one of those missing: its name says so, or its kind was told with little confidence."""
    if not is_legible(paper) or paper.kind in wanted or paper.kind == FORM:
        return False
    if paper.kind == _OTHER:
        return paper.meant in wanted or paper.confidence < facts.policy.thresholds.other_paper
    return paper.confidence < facts.policy.thresholds.paper


def _unidentified(facts: Facts, paper: Document) -> Finding:
    kind = facts.label(paper.kind)
    return facts.say("document.identified", "unsure", needs=Needs.STAFF, evidence=[on_paper(paper)], document=shown_name(paper, kind), paper=kind)


def _say(facts: Facts, paper: Document, case: str, needs: Needs | None) -> Finding:
    kind = facts.label(paper.kind if paper.kind != _OTHER or not paper.meant else paper.meant)
    return facts.say("document.readable", case, needs=needs, evidence=[on_paper(paper)], document=shown_name(paper, kind))
