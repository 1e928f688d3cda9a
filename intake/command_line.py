"""The `intake` command (contract.md, Commands). Heavy imports happen inside the commands, so that each starts fast."""

from __future__ import annotations

import sys
from datetime import date, datetime
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from intake.failures import Failure, WrongUse
from intake.settings import Settings, SettingsError, load_settings

DONE, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130

app = typer.Typer(
    help="E-mail intake for the Secretariat of the Cleaner Production Partnership Programme.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
users = typer.Typer(help="Logins of the review site.", no_args_is_help=True)
app.add_typer(users, name="user")
token_app = typer.Typer(help="Tokens with which other systems call the API of the review site.", no_args_is_help=True)
app.add_typer(token_app, name="token")
webhook_app = typer.Typer(help="Other systems that are told of events.", no_args_is_help=True)
app.add_typer(webhook_app, name="webhook")
Number = Annotated[int, typer.Argument(help="The receiver's number as intake webhook list shows it.", show_default=False)]
ConfigOption = Annotated[Path | None, typer.Option("--config", help="Settings file (default: intake.toml in the working directory).")]
Paths = Annotated[list[Path], typer.Argument(help="Mails (.eml, .msg), an mbox, a Maildir, or folders of them.", show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]

_named_before: dict[str, Path | None] = {}  # options that were given before the command


class ExportFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


@app.callback()
def before_every_command(config: ConfigOption = None) -> None:
    """E-mail intake for the Secretariat of the Cleaner Production Partnership Programme."""
    _named_before["config"] = config


@app.command()
def process(
    paths: Paths,
    as_json: JsonOption = False,
    received: Annotated[str | None, typer.Option(help="Judge as received on this day (YYYY-MM-DD).")] = None,
    config: ConfigOption = None,
) -> None:
    """Dry run: read, check and compose. Stores and sends nothing."""
    from intake.dry_run import process as dry_run

    dry_run(paths, settings=_settings(config), as_json=as_json, received_on=_day(received))


@app.command()
def run(
    once: Annotated[bool, typer.Option("--once", help="Handle what is there, then exit.")] = False,
    config: ConfigOption = None,
) -> None:
    """The service: watches the mailbox until stopped."""
    from intake.service import serve

    raise typer.Exit(serve(_settings(config), once=once))


@app.command()
def reprocess(
    paths: Paths,
    workers: Annotated[int, typer.Option(min=0, help="How many files are read side by side (0: one a core).")] = 0,
    since: Annotated[str | None, typer.Option(help="Only mails received on or after this day (YYYY-MM-DD).")] = None,
    report: Annotated[Path | None, typer.Option(help="Write what changed, one JSON object a mail.")] = None,
    send_replies: Annotated[bool, typer.Option("--send-replies", help="Queue the letters that are due.")] = False,
    config: ConfigOption = None,
) -> None:
    """Archived mail into the database: each mail judged by the edition of its day; resumable; says what changed."""
    from intake.reprocessing import reprocess as reprocess_archive

    settings = _settings(config)
    if workers:
        settings = settings.model_copy(update={"extraction": settings.extraction.model_copy(update={"workers": workers})})
    raise typer.Exit(reprocess_archive(paths, settings=settings, since=_day(since), report=report, send_replies=send_replies))


@app.command()
def status(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Queues, counts, last poll, what needs attention."""
    from intake.record import print_status

    raise typer.Exit(print_status(_settings(config), as_json=as_json))


@app.command()
def show(reference: str, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """One application: fields, papers, findings, correspondence, history."""
    from intake.record import print_case

    raise typer.Exit(print_case(_settings(config), reference, as_json=as_json))


@app.command()
def export(
    format_: Annotated[ExportFormat, typer.Option("--format", help="Kind of file.")] = ExportFormat.CSV,
    since: Annotated[str | None, typer.Option(help="Only cases received on or after this day (YYYY-MM-DD).")] = None,
    kind: Annotated[str, typer.Option(help="application, enquiry, withdrawal, data_request, other, or all.")] = "application",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write (default: standard output).")] = None,
    config: ConfigOption = None,
) -> None:
    """The register of cases."""
    from intake.exporting import export_register

    raise typer.Exit(export_register(_settings(config), file_format=format_.value, since=_day(since), kind=kind, output=output))


@app.command()
def retry(
    arrival: Annotated[str, typer.Argument(help="The mail's number as intake status shows it, or: all.", show_default=False)],
    config: ConfigOption = None,
) -> None:
    """Sends quarantined mail round again."""
    from intake.quarantine import retry_quarantined

    raise typer.Exit(retry_quarantined(_settings(config), arrival))


@app.command()
def erase(reference: str, config: ConfigOption = None) -> None:
    """Privacy: erases one case for good; its reference and the audit trail remain."""
    from intake.erasing import erase as erase_one

    raise typer.Exit(erase_one(_settings(config), reference))


@app.command()
def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be erased.")] = False,
    config: ConfigOption = None,
) -> None:
    """Privacy: erases closed cases and other mail past the programme's retention."""
    from intake.erasing import retention as apply_retention

    raise typer.Exit(apply_retention(_settings(config), dry_run=dry_run))


@app.command()
def doctor(config: ConfigOption = None) -> None:
    """Checks settings, OCR and its languages, database, mailbox and mail sending: one line each."""
    from intake.doctor import examine

    raise typer.Exit(examine(_config(config)))


@app.command()
def work(config: ConfigOption = None) -> None:
    """Reads files for an `intake run` on this or another machine (PostgreSQL only)."""
    from intake.working import work as read_files

    raise typer.Exit(read_files(_settings(config)))


@app.command()
def review(
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535)] = 8080,
    config: ConfigOption = None,
) -> None:
    """The staff review site."""
    from intake.reviewing import serve_site

    raise typer.Exit(serve_site(_settings(config), host=host, port=port))


@users.command("add")
def add_user(
    name: Annotated[str, typer.Argument(help="The login's name.", show_default=False)],
    role: Annotated[str, typer.Option(help="reader (looks), officer (works on cases) or admin.")] = "officer",
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")] = False,
    config: ConfigOption = None,
) -> None:
    """A staff login for the review site; for a known name a new password."""
    from intake.users import add

    raise typer.Exit(add(_settings(config), name=name, role=role, from_input=password_stdin))


@users.command("bind")
def bind_user(
    name: Annotated[str, typer.Argument(help="The login's name.", show_default=False)],
    subject: Annotated[str, typer.Argument(help="The person's `sub` at the OpenID provider.", show_default=False)],
    config: ConfigOption = None,
) -> None:
    """Lets a person of the OpenID provider in as a login that there is."""
    from intake.users import bind_subject

    raise typer.Exit(bind_subject(_settings(config), name=name, subject=subject))


@token_app.command("add")
def add_token(
    name: Annotated[str, typer.Argument(help="Which system it is for; stands in the audit trail.", show_default=False)],
    role: Annotated[str, typer.Option(help="reader (looks), officer (acts on cases) or admin.")] = "reader",
    days: Annotated[int, typer.Option(min=1, max=730, help="How long it counts.")] = 365,
    config: ConfigOption = None,
) -> None:
    """A token for the API, shown this once."""
    from intake.tokens import add

    raise typer.Exit(add(_settings(config), name=name, role=role, days=days))


@token_app.command("list")
def list_tokens(config: ConfigOption = None) -> None:
    """Every token with its role, its end and its last use."""
    from intake.tokens import show

    raise typer.Exit(show(_settings(config)))


@token_app.command("revoke")
def revoke_token(name: Annotated[str, typer.Argument(help="The token's name.", show_default=False)], config: ConfigOption = None) -> None:
    """Ends a token for good."""
    from intake.tokens import revoke

    raise typer.Exit(revoke(_settings(config), name=name))


@webhook_app.command("add")
def add_webhook(
    url: Annotated[str, typer.Argument(help="Where events are sent, as https://system.office.example/events.", show_default=False)],
    event: Annotated[list[str] | None, typer.Option("--event", help="An event that is told, as case.decided; several times; none: all.")] = None,
    config: ConfigOption = None,
) -> None:
    """Another system is told of events; prints the secret that signs them, this once."""
    from intake.webhook_commands import add

    raise typer.Exit(add(_settings(config), url=url, events=event or []))


@webhook_app.command("list")
def list_webhooks(config: ConfigOption = None) -> None:
    """Every receiver, how it fares, and its deliveries by state."""
    from intake.webhook_commands import show

    raise typer.Exit(show(_settings(config)))


@webhook_app.command("test")
def try_webhook(number: Number, config: ConfigOption = None) -> None:
    """Sends a receiver a test now, and says what it answered."""
    from intake.webhook_commands import try_out

    raise typer.Exit(try_out(_settings(config), number=number))


@webhook_app.command("rotate")
def rotate_webhook(number: Number, config: ConfigOption = None) -> None:
    """Another secret for a receiver; the old one signs beside it for a day."""
    from intake.webhook_commands import rotate

    raise typer.Exit(rotate(_settings(config), number=number))


@webhook_app.command("remove")
def remove_webhook(number: Number, config: ConfigOption = None) -> None:
    """Tells a receiver nothing any more."""
    from intake.webhook_commands import remove

    raise typer.Exit(remove(_settings(config), number=number))


def main() -> int:
    """Runs the command; troubles become one line on standard error and the exit code of the contract."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # whatever the terminal's language: a name that it cannot show must not end the command
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return FAILED
    except _failures() as error:
        print(f"intake: {error}", file=sys.stderr)
        return WRONG_USE if isinstance(error, WrongUse) else FAILED
    return DONE


def _failures() -> tuple[type[Exception], ...]:
    """The typed troubles of every layer, loaded only where the layer was."""
    found: list[type[Exception]] = [Failure, SettingsError]
    for module, name in (
        ("storage.errors", "StorageError"),
        ("storage.blobs", "BlobError"),
        ("intake.mailboxes", "MailboxError"),
        ("intake.sources", "SourceError"),
        ("intake.toml_source", "ProgrammeError"),
        ("intake.programme", "ProgrammeError"),
    ):
        error = getattr(sys.modules.get(module), name, None)
        if isinstance(error, type) and issubclass(error, Exception):
            found.append(error)
    return tuple(found)


def _settings(config: Path | None) -> Settings:
    return load_settings(_config(config))


def _config(config: Path | None) -> Path | None:
    """The settings file: named after the command, or before it."""
    return config or _named_before.get("config")


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        _wrong_use(f"{text!r} is no day: write YYYY-MM-DD")


def _wrong_use(words: str) -> NoReturn:
    raise typer.BadParameter(words)


if __name__ == "__main__":
    sys.exit(main())
