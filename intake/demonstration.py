"""`make demo`: the main job on the embedded default, from a mailbox of sample mails to a record, letters in a folder and a table to read."""

from __future__ import annotations

import logging
import shutil
import sys
import threading
import time
from pathlib import Path

from rich.console import Console

from intake.result import JsonObject, application_json
from intake.service import Service, open_service
from intake.settings import Settings, load_settings
from intake.summary import labels_of, print_summary
from storage.arrivals import all_arrivals, sender_and_subject
from storage.cases import case_by_id, current_run
from storage.outbox import letters_of_case
from storage.values import Arrival

SAMPLES = Path(__file__).parent.parent / "docs" / "sample-mailbox"
FOLDER = Path("data") / "demo"
SETTINGS = """# Settings of the demonstration (made by `make demo`): a Maildir, SQLite, and a folder for letters.
[mailbox]
url = "maildir:data/demo/maildir"
addresses = ["apply@secretariat.example"]

[outgoing]
url = "folder:data/demo/outbox"
from_address = "apply@secretariat.example"

[storage]
database = "sqlite:///data/demo/intake.sqlite3"
blobs = "data/demo/blobs"

[review]
secret_file = "data/demo/secret"
"""


def main() -> int:
    """Runs the demonstration afresh in data/demo."""
    logging.basicConfig(level=logging.WARNING)
    started = time.monotonic()
    settings = prepare(FOLDER)
    print(f"Reading {len(list(SAMPLES.glob('*.eml')))} sample mails from {SAMPLES.relative_to(Path.cwd())} ...", file=sys.stderr, flush=True)
    with open_service(settings, threading.Event()) as service:
        service.once()
        results = results_on_record(service)
        print_summary(results, labels_of(service.handler.workshop.programme))
    _say_what_next(Console(), time.monotonic() - started)
    return 0


def prepare(folder: Path) -> Settings:
    """A fresh folder with the sample mails delivered, and its settings file."""
    shutil.rmtree(folder, ignore_errors=True)
    new = folder / "maildir" / "new"
    for name in ("new", "cur", "tmp"):
        (folder / "maildir" / name).mkdir(parents=True)
    for mail in sorted(SAMPLES.glob("*.eml")):
        shutil.copyfile(mail, new / f"{mail.stem}.demo")
    file = folder / "intake.toml"
    file.write_text(SETTINGS, "utf-8")
    return load_settings(file)


def results_on_record(service: Service) -> list[JsonObject]:
    """One result for each mail on record, as `intake process` gives it, with its reference."""
    with service.database.reading() as tx:
        arrivals = all_arrivals(tx, service.mailbox.identity().mailbox)
    return [_result(service, arrival) for arrival in arrivals]


def _result(service: Service, arrival: Arrival) -> JsonObject:
    with service.database.reading() as tx:
        sender, subject = sender_and_subject(tx, arrival.id)
        case = case_by_id(tx, arrival.case_id) if arrival.case_id else None
        run = current_run(tx, case.id) if case else None
        letters = letters_of_case(tx, case.id) if case else ()
    reply = letters[-1].reply if letters else None
    return {
        "source": str(arrival.uid),
        "reference": case.reference if case else "(no case)",
        "received_on": case.received_on.isoformat() if case and case.received_on else None,
        "message": {"class": str(arrival.message_class), "from": sender, "reason": f"subject: {subject}"},
        "application": application_json(run.application, run.decision) if run else None,
        "reply": {"template": reply.template.value, "to": list(reply.to)} if reply else None,
        "no_reply": arrival.no_reply,
    }


def _say_what_next(console: Console, seconds: float) -> None:
    console.print(f"Done in {seconds:.0f} s. Everything is in {FOLDER}: the record, the original mails, and the letters in {FOLDER / 'outbox'}.\n")
    console.print("Next:")
    for command, what in (
        (f".venv/bin/intake show REFERENCE --config {FOLDER / 'intake.toml'}", "one case: fields, papers, findings, correspondence"),
        (f".venv/bin/intake status --config {FOLDER / 'intake.toml'}", "queues, and what needs a person"),
        (f".venv/bin/intake export --config {FOLDER / 'intake.toml'}", "the register as CSV"),
        (".venv/bin/intake process MAIL.eml --json", "try a mail of your own; nothing is stored or sent"),
        (f".venv/bin/intake user add chan --config {FOLDER / 'intake.toml'}", "a login for the review site (it asks for a password)"),
        (f".venv/bin/intake review --config {FOLDER / 'intake.toml'}", "the review site for staff, at http://127.0.0.1:8080/"),
    ):
        console.print(f"  {command}\n      {what}", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
