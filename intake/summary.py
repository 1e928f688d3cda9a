"""The table that people read: one row a mail, what it is, what was decided and why, what the sender hears."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from intake.programme import Programme
from intake.result import JsonObject

VERDICT_STYLE = {"complete": "green", "incomplete": "yellow", "review": "magenta"}
VERDICT_WORDS = {"complete": "complete", "incomplete": "incomplete", "review": "for staff"}
LETTER_WORDS = {"acknowledgement": "acknowledgement", "missing_items": "letter: what is missing", "receipt": "receipt"}
SHOWN_REASONS = 3
LONGEST_REASON = 110
WIDTH = 140


def print_summary(results: Sequence[JsonObject], labels: Mapping[str, str], console: Console | None = None) -> None:
    """Prints the table to standard output. ``labels``: the printed words of fields and papers by their codes."""
    console = console or Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    table = Table(box=box.SIMPLE_HEAD, expand=True, pad_edge=False)
    table.add_column("Mail", ratio=5, overflow="fold")
    table.add_column("Received", no_wrap=True, width=10)
    table.add_column("Applicant or sender", ratio=6, overflow="fold")
    table.add_column("Decision", ratio=4)
    table.add_column("Why", ratio=11)
    table.add_column("Answer", ratio=5)
    for result in results:
        table.add_row(*row_of(result, labels))
        table.add_section()
    console.print(table)


def labels_of(programme: Programme) -> dict[str, str]:
    """The English words of every field and paper, by code."""
    catalogue = programme.catalogue
    return {spec.key: spec.label.en for spec in catalogue.fields} | {spec.code: spec.label.en for spec in catalogue.documents}


def row_of(result: JsonObject, labels: Mapping[str, str]) -> tuple[str, ...]:
    """The cells of one mail's row, as rich markup."""
    return (
        escape(str(result.get("reference") or Path(result["source"]).name)),
        result["received_on"] or "-",
        escape(_who(result)),
        _decision(result),
        escape("\n".join(reasons_of(result, labels))),
        escape(_answer(result)),
    )


def reasons_of(result: JsonObject, labels: Mapping[str, str]) -> list[str]:
    """What stands in the way, in plain English, the applicant's items first."""
    application = result["application"]
    if not application:
        return [str(result["message"].get("reason") or "")]
    missing = application["missing"]
    lines = [f"missing on the form: {labels.get(key, key)}" for key in missing["fields"]]
    for document in missing["documents"]:
        reason = f"{document['have']} of {document['need']}" if document["reason"] == "too_few" else document["reason"].replace("_", " ")
        lines.append(f"missing paper: {labels.get(document['code'], document['code'])} ({reason})")
    listed = {document["code"] for document in missing["documents"]}
    for finding in application["findings"]:
        if finding["outcome"] != "pass" and finding["needs"] and finding["check"].split(".")[0] not in listed:
            lines.append(_cut(finding["message"]["en"]))
    extra = len(lines) - SHOWN_REASONS
    return [*lines[:SHOWN_REASONS], f"... and {extra} more"] if extra > 1 else lines or ["everything is there and every rule passes"]


def _who(result: JsonObject) -> str:
    application = result["application"]
    fields = application["fields"] if application else {}
    name = fields.get("applicant.name_en") or fields.get("applicant.name_zh")
    return str(name["value"]) if name and name["value"] else str(result["message"]["from"] or "-")


def _decision(result: JsonObject) -> str:
    application = result["application"]
    kind = str(result["message"]["class"]).replace("_", " ")
    if not application:
        return escape(kind)
    verdict = application["verdict"]
    what = str(application["initiative"] or "application").replace("_", " ")
    return f"[{VERDICT_STYLE[verdict]}]{VERDICT_WORDS[verdict]}[/]\n{escape(what)}"


def _answer(result: JsonObject) -> str:
    reply = result["reply"]
    if reply is None:
        return str(result.get("no_reply") or "none").replace("no reply: ", "none: ")
    return f"{LETTER_WORDS[reply['template']]}\nto {', '.join(reply['to'])}"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_REASON else text[: LONGEST_REASON - 3].rsplit(" ", 1)[0] + " ..."
