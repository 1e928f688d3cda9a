"""The table that people read: one row a mail, what it is, what was decided, what is missing, what the sender hears."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from intake.result import JsonObject

VERDICT_STYLE = {"complete": "green", "incomplete": "yellow", "review": "magenta"}
SHOWN_REASONS = 4


def print_summary(results: Sequence[JsonObject], console: Console | None = None) -> None:
    """Prints the table to standard output; wide enough to be read when piped."""
    console = console or Console()
    if not console.is_terminal:
        console = Console(width=150)
    table = Table(title=None, show_lines=True, expand=False)
    for heading in ("Mail", "Received", "From", "What it is", "Verdict", "Missing, wrong or flagged", "Answer"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "Received")
    for result in results:
        table.add_row(*row_of(result))
    console.print(table)


def row_of(result: JsonObject) -> tuple[str, ...]:
    """The cells of one mail's row, as rich markup."""
    application = result["application"]
    verdict = application["verdict"] if application else ""
    style = VERDICT_STYLE.get(verdict, "dim")
    return (
        escape(Path(result["source"]).name),
        result["received_on"] or "-",
        escape(_who(result)),
        _what(result),
        f"[{style}]{verdict or '-'}[/]",
        escape("\n".join(reasons_of(result))),
        escape(_answer(result)),
    )


def reasons_of(result: JsonObject) -> list[str]:
    """What stands in the way, in plain English, the applicant's items first."""
    application = result["application"]
    if not application:
        return [str(result["message"].get("reason") or "")]
    missing = application["missing"]
    lines = [f"missing: {key}" for key in missing["fields"]]
    for document in missing["documents"]:
        count = f" ({document['have']} of {document['need']})" if document["reason"] == "too_few" else f" ({document['reason']})"
        lines.append(f"missing: {document['code']}{count}")
    told = {line.split(" ")[1] for line in lines}
    for finding in application["findings"]:
        if finding["outcome"] != "pass" and not any(finding["check"].startswith(code) for code in told):
            lines.append(f"{finding['needs'] or 'note'}: {finding['check']}")
    extra = len(lines) - SHOWN_REASONS
    return [*lines[:SHOWN_REASONS], f"... and {extra} more"] if extra > 1 else lines


def _who(result: JsonObject) -> str:
    application = result["application"]
    fields = application["fields"] if application else {}
    name = fields.get("applicant.name_en") or fields.get("applicant.name_zh")
    return str(name["value"]) if name and name["value"] else str(result["message"]["from"] or "-")


def _what(result: JsonObject) -> str:
    application = result["application"]
    kind = str(result["message"]["class"]).replace("_", " ")
    return f"{kind}\n{application['initiative'] or 'initiative unknown'}" if application else kind


def _answer(result: JsonObject) -> str:
    reply = result["reply"]
    if reply is None:
        return str(result.get("no_reply") or "none")
    return f"{reply['template']}\nto {', '.join(reply['to'])}"
