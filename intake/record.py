"""`intake status` and `intake show`: what is on record, for a person or for another program."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from intake.result import JsonObject, application_json
from intake.settings import Settings
from storage.audit import note
from storage.database import Database, open_database, open_to_look
from storage.errors import StorageError
from storage.outages import Outage
from storage.register import case_record, status
from storage.values import CaseRecord

LOOK_S = 5.0  # so long a look waits for whoever writes just then, to be noted
RECORD = "database"
ATTENTION_SHOWN = 5  # status in ten lines or so


@contextmanager
def opened(settings: Settings, *, to_look: bool = False) -> Iterator[Database]:
    """The database of the settings, closed at the end. ``to_look``: nothing must be written, so that one that may only be read will do."""
    url = settings.storage.database
    database = open_to_look(url, busy_timeout_s=LOOK_S) if to_look else open_database(url)
    try:
        yield database
    finally:
        database.close()


def note_look(database: Database, *, action: str, reference: str | None = None, detail: str = "") -> None:
    """Notes in the audit trail that somebody looked. A record that may only be read, or that another program keeps locked, is shown all the same,
    and it is said that the look is not noted."""
    try:
        with database.transaction() as tx:
            note(tx, at=datetime.now(UTC), actor="command line", action=action, reference=reference, detail=detail)
    except StorageError as error:
        print(f"intake: this look is not noted in the audit trail: {error}", file=sys.stderr)


def print_status(settings: Settings, *, as_json: bool) -> int:
    """Prints queues, counts, last poll and what needs attention."""
    with opened(settings, to_look=True) as database:
        with database.reading() as tx:
            now = status(tx)
        now["out_of_reach"] += [outage.model_dump(mode="json") for outage in _locked(database)]
    if as_json:
        print(json.dumps(now, ensure_ascii=False, default=str))
        return 0
    console = _console()
    age_s = now["last_poll_age_s"]
    console.print(f"Last good poll: {_clock(now['last_poll']) if now['last_poll'] else 'never'}" + (f" ({_ago(age_s)})" if age_s is not None else ""))
    for outage in (Outage.model_validate(one) for one in now["out_of_reach"]):
        if not outage.needs_person(datetime.now(UTC)):  # else it stands below
            console.print(escape(outage.words(datetime.now(UTC))))
    for title, counts in (("Arrivals", now["arrivals"]), ("Cases", now["cases"]), ("Letters", now["outbox"])):
        console.print(f"{title}: " + (", ".join(f"{count} {name}" for name, count in counts.items() if count) or "none"))
    attention = now["attention"]
    console.print(f"Needs a person: {len(attention)}")
    for entry in attention[:ATTENTION_SHOWN]:
        console.print(f"  {escape(entry['reference'] or '-')}  {escape(entry['kind'])}: {escape(entry['message'])}")
    if len(attention) > ATTENTION_SHOWN:
        console.print(f"  ... and {len(attention) - ATTENTION_SHOWN} more (intake status --json lists all)")
    return 0


def _locked(database: Database) -> tuple[Outage, ...]:
    """A record that stays locked, or takes nothing: who cannot write there cannot note it there either, so the one who asks finds it out."""
    if database.is_read_only:
        return ()
    try:
        with database.transaction():
            return ()
    except StorageError as error:
        now = datetime.now(UTC)
        return (Outage(name=RECORD, since=now, tries=1, next_at=now, trouble=str(error)),)


def _clock(moment: str) -> str:
    """A moment as the clock on the wall of this machine shows it."""
    return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M %Z}"


def _ago(seconds: float) -> str:
    """How long ago, in the unit that a person would say it in."""
    for unit, length_s in (("days", 172_800), ("hours", 7_200), ("minutes", 120)):
        if seconds >= length_s:
            return f"{seconds / (length_s / 2):.0f} {unit} ago"
    return f"{seconds:.0f} seconds ago"


def print_case(settings: Settings, reference: str, *, as_json: bool) -> int:
    """Prints one case; the look at it is noted in the audit trail, for it shows personal data."""
    from intake.failures import Failure

    wanted = reference.strip().upper()
    with opened(settings, to_look=True) as database:
        with database.reading() as tx:
            record = case_record(tx, wanted)
        if record is None:
            raise Failure(f"there is no case {wanted}")
        note_look(database, action="case shown", reference=wanted)
    if as_json:
        print(json.dumps(case_json(record), ensure_ascii=False))
    else:
        _print_case(record, _console())
    return 0


def case_json(record: CaseRecord) -> JsonObject:
    """One case as `show --json` gives it: the application as `process` gives it, and the correspondence (contract.md, Other results)."""
    case, run = record.case, record.current
    application = application_json(run.application, run.decision) if run else None
    return {
        **(application or {}),
        "reference": case.reference,
        "kind": case.kind.value,
        "state": case.state.value,
        "received_on": _text(case.received_on),
        "completed_on": _text(case.completed_on),
        "language": case.language.value if case.language else None,
        "application": application,
        "correspondence": [
            {
                "direction": mail.direction,
                "at": mail.at.isoformat(),
                "message_id": mail.message_id,
                "class": mail.message_class,
                "template": mail.template,
                "state": mail.state,
                "cause": mail.cause,
            }
            for mail in record.correspondence
        ],
        "runs": [run.model_dump(mode="json") for run in record.runs],
        "history": [entry.model_dump(mode="json") for entry in record.history],
        "staff": {
            "corrections": [word.model_dump(mode="json") for word in record.corrections],
            "papers": [word.model_dump(mode="json") for word in record.layouts],
            "overruled": [word.model_dump(mode="json") for word in record.overrulings],
        },
    }


def _print_case(record: CaseRecord, console: Console) -> None:
    case, run = record.case, record.current
    console.print(f"[bold]{case.reference}[/]  {case.kind.value}  received {case.received_on}  verdict {case.verdict.value if case.verdict else '-'}")
    shown = application_json(run.application, run.decision) if run else None
    if shown:
        _print_application(shown, console)
    console.print("\n[bold]Correspondence[/]")
    for mail in record.correspondence:
        arrow = "<-" if mail.direction == "in" else "->"
        what = " ".join(word for word in (mail.message_class or mail.template, mail.state, mail.reason) if word)
        console.print(f"  {mail.at:%Y-%m-%d %H:%M} {arrow} {escape(what)}")
    _print_words_of_staff(record, console)
    console.print("\n[bold]History[/]")
    for entry in record.history:
        console.print(f"  {entry.at:%Y-%m-%d %H:%M} {escape(entry.actor)}: {escape(entry.action)} {escape(entry.detail)}")


def _print_words_of_staff(record: CaseRecord, console: Console) -> None:
    """Who confirmed, corrected, parted or overruled what; values are in the table above, and not repeated."""
    words = [(word.at, word.actor, f"{word.key}: value given", word.reason) for word in record.corrections]
    words += [(word.at, word.actor, f"papers of file {word.sha256[:12]} parted into {len(word.papers)}", word.reason) for word in record.layouts]
    words += [
        (word.at, word.actor, f"{word.check}: {'overruled' if word.stands else 'no longer overruled'}", word.reason) for word in record.overrulings
    ]
    if words:
        console.print("\n[bold]Words of staff[/]")
    for at, actor, what, reason in sorted(words):
        console.print(f"  {at:%Y-%m-%d %H:%M} {escape(actor)}: {escape(what)}{escape(f' ({reason})' if reason else '')}")


def _print_application(shown: JsonObject, console: Console) -> None:
    fields = Table("Field", "Value", "Sure", "How", "Where", show_edge=False)
    for key, field in shown["fields"].items():
        value = field["value"] if field["value"] is not None else f"unreadable: {field['text']}"
        fields.add_row(key, escape(str(value)), f"{field['confidence']:.2f}", field["method"], escape(f"{field['document'] or '-'} p{field['page']}"))
    console.print(fields)
    papers = Table("Paper", "File", "Pages", "Remarks", show_edge=False)
    named = {paper["part"]: f"{paper['name'] or '-'} ({paper['part']})" for paper in shown["documents"]}
    for paper in shown["documents"]:
        remarks = [*paper["problems"], *(f"superseded by {named.get(paper[key], paper[key])}" for key in ("superseded_by",) if key in paper)]
        papers.add_row(paper["type"], escape(paper["name"] or "-"), "-".join(str(n) for n in paper["pages"]), escape(", ".join(remarks)))
    console.print(papers)
    for finding in shown["findings"]:
        if finding["outcome"] != "pass":
            console.print(f"  {finding['outcome']:6} {finding['needs'] or '':9} {finding['check']}: {escape(finding['message']['en'])}")


def _console() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=150)


def _text(day: Any) -> str | None:
    return day.isoformat() if day else None
