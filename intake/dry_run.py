"""`intake process`: what would come of these mails. Stores nothing, sends nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from intake.boundary import Broken, attempt
from intake.progress import Progress
from intake.result import JsonObject, result_of, unreadable_result
from intake.settings import Settings
from intake.sources import SourceError, SourceMail, count_of, mails_in
from intake.summary import labels_of, print_summary
from intake.workshop import Workshop, in_order, open_workshop
from replies.policy import ours_of


def process(paths: list[Path], *, settings: Settings, as_json: bool, received_on: date | None) -> int:
    """Prints one result for each mail of the paths, in the order given. Exit code 0: a mail that cannot be read is a result too."""
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    with open_workshop(settings, ours=ours_of(_our_addresses(settings))) as workshop, Progress("Reading", count_of(paths)) as progress:
        results = results_of(paths, workshop, received_on)
        if as_json:
            for result in results:
                sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
                sys.stdout.flush()
                progress.step(Path(result["source"]).name)
            return 0
        collected = []
        for result in results:
            collected.append(result)
            progress.step(Path(result["source"]).name)
        print_summary(collected, labels_of(workshop.programme))
    return 0


def _our_addresses(settings: Settings) -> tuple[str, ...]:
    """Ours as the service knows them; none where no settings name any: then no mail is judged by whom it was addressed to."""
    named = settings.mailbox.addresses or "from_address" in settings.outgoing.model_fields_set
    return settings.our_addresses if named else ()


def results_of(paths: list[Path], workshop: Workshop, received_on: date | None) -> Iterator[JsonObject]:
    """The result of each mail, in input order."""

    def result(mail: SourceMail) -> JsonObject:
        try:
            data = mail.data()
        except SourceError as error:
            return unreadable_result(mail.source, str(error))
        outcome = attempt(lambda: result_of(mail.source, workshop.consider(data, received_on=received_on)))
        if isinstance(outcome, Broken):
            print(f"{mail.source}: {outcome.trace}", file=sys.stderr)
            return unreadable_result(mail.source, outcome.in_words)
        return outcome

    for _, found in in_order(result, mails_in(paths), at_once=workshop.workers):
        yield found
