"""`intake erase` and `intake retention`: every copy of a case's data goes; what only a person can remove is named to a person."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from intake.failures import Failure
from intake.programme import load_programme
from intake.record import opened
from intake.retention_policy import Retention, received_before
from intake.settings import Settings
from replies.folder import FolderOutbox
from review.keeping import forget
from storage.audit import note
from storage.blobs import open_blobs
from storage.cases import case_by_reference
from storage.database import Database
from storage.erasure import cases_past_retention, erase_case, erase_mail_without_case, mail_without_case, mailbox_places, open_past, unreferenced
from storage.outbox import letters_of_case
from storage.references import find_references
from storage.values import Case, CaseKind

FOLDER = "folder:"
COMMAND_LINE = "command line"
_DAY_S = 86_400
_BATCHES = 1_000


@dataclass(frozen=True)
class Erasure:
    """What was erased of one case. ``elsewhere``: copies that lie where we do not remove anything, in words for a person."""

    reference: str
    blobs: int
    letters: int
    elsewhere: tuple[str, ...]


def erase(settings: Settings, reference: str) -> int:
    """Erases one case for good and says what a person must still remove by hand. Doing it again finishes what was cut off."""
    wanted = next(iter(find_references(reference)), reference.strip().upper())
    with opened(settings) as database:
        done = erased(database, settings, wanted, actor=COMMAND_LINE)
    print(f"{done.reference} was erased: {done.blobs} originals and {done.letters} letters removed; its reference and the audit trail remain.")
    for place in done.elsewhere:
        print(f"Still there, to be removed by a person: {place}")
    return 0


def retention(settings: Settings, *, dry_run: bool, today: date | None = None) -> int:
    """Applies the programme's retention policy to closed cases and to mail that led to no case; ``dry_run``: says what it would erase."""
    day = today or datetime.now(UTC).date()
    policy = load_programme(settings.programme.path).retention
    with opened(settings, to_look=dry_run) as database:
        due = list(past_retention(database, policy, day))
        for case in due:
            print(
                f"{'would erase' if dry_run else 'erasing'} {case.reference} ({case.kind.value}, {case.verdict or 'no verdict'}, {case.received_on})"
            )
            if not dry_run:
                for place in erased(database, settings, case.reference, actor="retention").elsewhere:
                    print(f"  still there, to be removed by a person: {place}")
        with database.reading() as tx:
            waiting = open_past(tx, received_before=received_before(min(policy.applications.values()), day))
        if waiting:
            print(f"{waiting} open cases are older than the shortest retention: close them where staff are done", file=sys.stderr)
        if dry_run:
            with database.reading() as tx:
                mails = mail_without_case(tx, _mail_before(day, policy))
            print(f"{len(due)} cases would be erased, and {mails} mails without a case")
        else:
            removed = _erase_mail(database, settings, day, policy)
            print(f"{len(due)} cases were erased, {removed} originals of mail without a case removed")
    return 0


def erased(database: Database, settings: Settings, reference: str, *, actor: str) -> Erasure:
    """Erases one case: the record in one transaction, then the originals that nobody else needs, letters in an outbox folder, and
    test cases kept of it.

    Raises Failure where there is no such case. A crash in between is mended by erasing again.
    """
    blobs = open_blobs(settings.storage.blobs)
    with database.transaction() as tx:
        case = case_by_reference(tx, reference)
        if case is None:
            raise Failure(f"there is no case {reference}")
        letters = tuple(letter.message_id for letter in letters_of_case(tx, case.id))
        places = mailbox_places(tx, case.id)
        gone = erase_case(tx, case.id)
        note(tx, at=datetime.now(UTC), actor=actor, action="case erased", reference=reference, detail=f"{len(places)} mails, {len(letters)} letters")
    removed = sum(blobs.remove(sha256) for sha256 in gone.blobs)
    files = [file for message_id in letters if (file := _letter_file(settings, message_id)) is not None]
    for file in files:
        file.unlink(missing_ok=True)
    forget(settings.storage.test_cases, reference)
    database.empty_log()
    elsewhere = [f"the mail in {place}" for place in places]
    if letters and not files:
        elsewhere.append(
            f"copies of {len(letters)} letters at the mail server" + (f" and in {settings.mailbox.sent_folder}" * bool(settings.mailbox.sent_folder))
        )
    return Erasure(reference, removed, len(letters), tuple(elsewhere))


def past_retention(database: Database, policy: Retention, today: date) -> Iterator[Case]:
    """The closed cases whose time is over, by verdict and by kind."""
    with database.reading() as tx:
        for verdict, months in policy.applications.items():
            yield from cases_past_retention(tx, received_before=received_before(months, today), verdict=verdict, kind=CaseKind.APPLICATION)
        for kind, months in policy.others.items():
            yield from cases_past_retention(tx, received_before=received_before(months, today), kind=kind)


def _erase_mail(database: Database, settings: Settings, today: date, policy: Retention) -> int:
    """Erases mail that led to no case, and originals that a crash left without a mail. How many originals went."""
    blobs, removed = open_blobs(settings.storage.blobs), 0
    before = _mail_before(today, policy)
    for _ in range(_BATCHES):
        with database.transaction() as tx:
            gone = erase_mail_without_case(tx, before)
        removed += sum(blobs.remove(sha256) for sha256 in gone.blobs)
        if not gone.mails:
            break
    old = list(blobs.older_than(_DAY_S))
    with database.reading() as tx:
        nobodys = unreferenced(tx, old)
    removed += sum(blobs.remove(sha256) for sha256 in nobodys)
    database.empty_log()
    return removed


def _mail_before(today: date, policy: Retention) -> datetime:
    """Mail without a case that came before that moment is past its retention."""
    day = received_before(policy.mail_without_case, today)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _letter_file(settings: Settings, message_id: str) -> Path | None:
    """The letter's file where letters go into a folder; None where they leave by a mail server, or were never written."""
    if not settings.outgoing.url.startswith(FOLDER):
        return None
    file = FolderOutbox(Path(settings.outgoing.url.removeprefix(FOLDER))).file_of(message_id)
    return file if file.exists() else None
