"""What differs between two decisions on one case, in one line each; personal values are not repeated."""

from __future__ import annotations

from checks.values import Decision
from parsers.values import Application, Read
from storage.values import Run


def changes_between(before: Run, application: Application, decision: Decision) -> list[str]:
    """What differs between the run on record and the new one."""
    changes = []
    old = before.decision
    for name, was, now in (
        ("verdict", old.verdict.value, decision.verdict.value),
        ("edition", old.edition, decision.edition),
        ("initiative", old.initiative, decision.initiative),
        ("limit", old.funding.limit, decision.funding.limit),
    ):
        if was != now:
            changes.append(f"{name}: {was} -> {now}")
    changes += _set_changes("missing field", set(old.missing_fields), set(decision.missing_fields))
    was_missing = {f"{m.code} ({m.reason.value} {m.have}/{m.need})" for m in old.missing_documents}
    now_missing = {f"{m.code} ({m.reason.value} {m.have}/{m.need})" for m in decision.missing_documents}
    changes += _set_changes("missing paper", was_missing, now_missing)
    changes += _set_changes("finding", _open_findings(old), _open_findings(decision))
    keys = before.application.fields.keys() | application.fields.keys()
    changes += [f"field read differently: {key}" for key in sorted(keys) if _value(before.application, key) != _value(application, key)]
    return changes


def _set_changes(what: str, was: set[str], now: set[str]) -> list[str]:
    return [f"no longer: {what} {item}" for item in sorted(was - now)] + [f"now: {what} {item}" for item in sorted(now - was)]


def _open_findings(decision: Decision) -> set[str]:
    return {f"{finding.check} ({finding.outcome.value})" for finding in decision.findings if finding.outcome.value != "pass"}


def _value(application: Application, key: str) -> object:
    field = application.fields.get(key)
    return field.value if isinstance(field, Read) else None
