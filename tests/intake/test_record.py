"""`intake status`, `show`, `export` and `doctor`: what people and other programs see of the record."""

from __future__ import annotations

import csv
import io
import json
import re
import ssl
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from checks.values import Verdict
from intake.command_line import main
from intake.doctor import Trouble as DoctorTrouble
from intake.doctor import examinations, examine
from intake.exporting import as_csv, as_json, as_xlsx, export_register, row_of
from intake.failures import Failure
from intake.programme import load_programme
from intake.record import print_case, print_status
from intake.settings import Settings
from parsers.values import MessageClass
from storage.values import CaseKind, CaseState, LetterState, Register
from tests.intake.builders import Installation, an_application, enquiry
from tests.intake.test_process import assert_application
from tests.replies.smtp_servers import Script, scripted
from tests.servers.certificates import write_certificate


@pytest.fixture
def filled(house: Installation) -> Installation:
    """A record of one incomplete application, one enquiry, one mail about something else."""
    house.deliver(an_application().mail(without="provider_proposal"), enquiry(1), enquiry(2, subject="Hello", text="The weather is fine."))
    house.run()
    return house


def test_status_as_other_programs_read_it(filled: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    assert print_status(filled.settings, as_json=True) == 0
    now = json.loads(capsys.readouterr().out)
    assert set(now) == {"last_poll", "last_poll_age_s", "out_of_reach", "arrivals", "cases", "outbox", "attention"}
    assert now["arrivals"] == {"application": 1, "enquiry": 1, "other": 1}
    assert set(now["arrivals"]) <= set(MessageClass)
    assert now["cases"] == {"complete": 0, "incomplete": 1, "review": 0}
    assert set(now["outbox"]) == set(LetterState)
    assert now["outbox"]["accepted"] == 2
    assert now["last_poll"].startswith("20")
    assert sorted(entry["kind"] for entry in now["attention"]) == ["enquiry", "mail"]
    assert all(set(entry) == {"kind", "reference", "message"} for entry in now["attention"])


def test_status_for_people_and_before_the_first_mail(house: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    assert print_status(house.settings, as_json=False) == 0
    out = capsys.readouterr().out
    assert "Last good poll: never" in out
    assert "Needs a person: 0" in out


def test_show_as_other_programs_read_it(filled: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    reference = next(letter.reference for letter in filled.letters() if letter.template == "missing_items")
    assert print_case(filled.settings, reference.lower(), as_json=True) == 0
    shown = json.loads(capsys.readouterr().out)
    assert_application(shown["application"])
    assert shown["reference"] == reference
    assert shown["fields"] == shown["application"]["fields"]
    arrived, sent = shown["correspondence"]
    assert set(arrived) == {"direction", "at", "message_id", "class", "template", "state", "cause"} == set(sent)
    assert (arrived["direction"], arrived["class"], arrived["message_id"]) == ("in", "application", "<1.asks@asking.example>")
    assert (sent["direction"], sent["template"], sent["state"]) == ("out", "missing_items", "accepted")
    assert sent["cause"] == arrived["cause"]


def test_show_for_people(filled: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    for letter in filled.letters():
        assert print_case(filled.settings, letter.reference, as_json=False) == 0
    out = capsys.readouterr().out
    assert an_application().applicant.values["applicant.br_number"] in out
    assert "Correspondence" in out


def test_a_reference_that_is_not_there_is_said(house: Installation) -> None:
    with pytest.raises(Failure, match="there is no case CPPP-1999-00001-X"):
        print_case(house.settings, "CPPP-1999-00001-X", as_json=True)


def test_looking_at_a_case_is_noted(filled: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    reference = filled.letters()[0].reference
    print_case(filled.settings, reference, as_json=True)
    capsys.readouterr()
    print_case(filled.settings, reference, as_json=True)
    assert "case shown" in [entry["action"] for entry in json.loads(capsys.readouterr().out)["history"]]


# ---------------------------------------------------------------- export


def exported(house: Installation, file_format: str, *, kind: str = "application", since: date | None = None) -> bytes:
    output = house.path / f"register.{file_format}"
    assert export_register(house.settings, file_format=file_format, since=since, kind=kind, output=output) == 0
    return output.read_bytes()


def test_the_register_as_json_holds_applications_with_their_fields(filled: Installation) -> None:
    (row,) = json.loads(exported(filled, "json"))
    assert row["kind"] == "application"
    assert row["verdict"] == "incomplete"
    assert re.fullmatch(r"CPPP-\d{4}-\d{5,}-[0-9A-Z]", row["reference"])
    assert date.fromisoformat(row["received_on"]) == an_application().applicant.received_on
    assert row["applicant.br_number"] == row["fields"]["applicant.br_number"] == an_application().applicant.values["applicant.br_number"]


def test_the_register_of_every_kind_and_since_a_day(filled: Installation) -> None:
    assert sorted(row["kind"] for row in json.loads(exported(filled, "json", kind="all"))) == ["application", "enquiry"]
    assert [row["kind"] for row in json.loads(exported(filled, "json", kind="enquiry"))] == ["enquiry"]
    assert json.loads(exported(filled, "json", kind="all", since=date(2024, 3, 6))) == []
    assert len(json.loads(exported(filled, "json", kind="all", since=date(2024, 3, 5)))) == 1
    with pytest.raises(Failure, match="--kind nonsense"):
        exported(filled, "json", kind="nonsense")


def test_csv_and_workbook_say_the_same(filled: Installation) -> None:
    lines = list(csv.reader(io.StringIO(exported(filled, "csv").decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(io.BytesIO(exported(filled, "xlsx"))).worksheets[0]
    cells = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert lines == cells
    assert lines[0][:6] == ["reference", "kind", "received_on", "completed_on", "verdict", "state"]


def a_case(**fields: str | int | float | bool) -> Register:
    return Register(
        reference="CPPP-2026-00042-O",
        kind=CaseKind.APPLICATION,
        received_on=date(2026, 3, 5),
        completed_on=None,
        verdict=Verdict.REVIEW,
        state=CaseState.OPEN,
        fields={key.replace("__", "."): value for key, value in fields.items()},
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_what_a_spreadsheet_would_run_is_neutralised(start: str) -> None:
    evil = f'{start}HYPERLINK("http://evil.example")'
    rows = [row_of(a_case(project__title=evil))]
    line = list(csv.reader(io.StringIO(as_csv(rows).decode("utf-8-sig"), newline="")))[1]
    assert line[-1] == "'" + evil
    cell = openpyxl.load_workbook(io.BytesIO(as_xlsx(rows))).worksheets[0]["G2"]
    assert cell.data_type == "s"
    assert str(cell.value).startswith("'")
    assert json.loads(as_json(rows))[0]["project.title"] == evil


def test_identity_card_numbers_leave_masked() -> None:
    rows = [row_of(a_case(contact__name="Chan A123456(3)", project__title="AB987654(3)"))]
    for content in (as_csv(rows), as_json(rows)):
        assert b"123456" not in content
        assert b"987654" not in content


def test_characters_that_no_workbook_can_hold_are_left_out() -> None:
    content = as_xlsx([row_of(a_case(project__title="a\x00b\x0bc\ud800d"))])
    assert openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]["G2"].value in ("abcd", "abc?d")


def test_amounts_stay_numbers() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx([row_of(a_case(project__total_cost=-880_000))]))).worksheets[0]
    assert sheet["G2"].value == -880_000


def test_a_file_that_cannot_be_written_is_said(filled: Installation) -> None:
    with pytest.raises(Failure, match="cannot be written"):
        export_register(filled.settings, file_format="csv", since=None, kind="all", output=filled.path / "no" / "register.csv")


# ---------------------------------------------------------------- doctor


def trouble(settings: Settings, name: str) -> str:
    """What the doctor says of one thing; empty where it is well."""
    (examination,) = [found for found in examinations(settings) if found.name == name]
    try:
        examination.look()
    except DoctorTrouble as said:
        return str(said)
    return ""


def test_a_sound_installation_passes_every_quick_check(house: Installation) -> None:
    for name in ("programme", "tesseract", "database", "disk", "mailbox", "outgoing"):
        assert trouble(house.settings, name) == ""


def test_the_doctor_says_what_is_wrong_and_what_to_do(house: Installation) -> None:
    file = house.path / "a file"
    file.write_text("in the way")
    house.changes = {
        "extraction": {"languages": ("eng", "tlh")},
        "storage": {"database": f"sqlite:///{file}/x.sqlite3", "blobs": str(file / "blobs")},
        "mailbox": {"url": f"maildir:{file / 'box'}"},
        "outgoing": {"url": f"folder:{file / 'outbox'}"},
        "programme": {"path": file},
    }
    assert "install tesseract-ocr-tlh" in trouble(house.settings, "tesseract")
    assert trouble(house.settings, "database")
    assert trouble(house.settings, "disk")
    assert "check mailbox.url" in trouble(house.settings, "mailbox")
    assert "cannot be written" in trouble(house.settings, "outgoing")
    assert trouble(house.settings, "programme")


def test_a_mail_server_that_does_not_answer_is_said(house: Installation) -> None:
    house.changes = {"outgoing": {"url": "smtp://127.0.0.1:9", "username": "x", "password_file": Path("/nowhere")}}
    assert "127.0.0.1" in trouble(house.settings, "outgoing")


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({}, ""),
        ({"quit": "421 closing"}, ""),
        ({"mail": "550 5.7.1 not yours"}, "does not take apply@secretariat.example as a sender: 550 5.7.1 not yours"),
        ({"greeting": "554 go away"}, "does not take mail from us"),
    ],
)
def test_a_mail_server_that_does_not_take_our_address_is_said_before_any_letter_waits(
    house: Installation, answers: dict[str, str], says: str
) -> None:
    script = Script.of(**answers)
    with scripted(script) as port:
        house.changes = {"outgoing": {"url": f"smtp://127.0.0.1:{port}"}}
        said = trouble(house.settings, "outgoing")
    assert says in said
    assert bool(said) == bool(says)
    assert "DATA" not in script.seen


def test_the_doctor_gives_no_password_to_a_mail_server_whose_certificate_is_not_trusted(house: Installation, tmp_path: Path) -> None:
    certificate = write_certificate(tmp_path)
    inside = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    inside.load_cert_chain(certificate, certificate.with_suffix(".key"))
    script = Script()
    with scripted(script, context=inside) as port:
        house.changes = {"outgoing": {"url": f"smtps://127.0.0.1:{port}", "username": "office", "password": "secret"}}
        assert "certificate" in trouble(house.settings, "outgoing")
    assert script.seen == []


@pytest.mark.slow
def test_the_doctors_command(tmp_path: Path) -> None:
    house = Installation(tmp_path)
    well = house.command("doctor")
    assert well.returncode == 0, well.stdout
    assert all(re.match(r"ok   [a-z]+: .", line) for line in well.stdout.splitlines())


def test_the_doctor_ends_with_one_where_anything_fails(
    house: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(house.path)
    monkeypatch.setenv("INTAKE_EXTRACTION__LANGUAGES", "eng,tlh")
    monkeypatch.setattr("intake.doctor._reading", lambda _: "left out here")
    assert examine(None) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("FAIL")] == ["FAIL tesseract: languages tlh are missing; install tesseract-ocr-tlh"]
    monkeypatch.setenv("INTAKE_EXTRACTION__NONSENSE", "1")
    assert examine(None) == 1
    assert capsys.readouterr().out.startswith("FAIL settings: INTAKE_EXTRACTION__NONSENSE: unknown key")


COMMANDS_THAT_FAIL: list[tuple[tuple[str, ...], dict[str, str]]] = [
    (("show", "CPPP-1999-00001-X"), {}),
    (("status", "--config", "none.toml"), {}),
    (("status",), {"INTAKE_MAILBOX__NONSENSE": "1"}),
    (("status",), {"INTAKE_STORAGE__DATABASE": "sqlite:///file/x.sqlite3"}),
    (("run", "--once"), {"INTAKE_MAILBOX__URL": "maildir:file/box"}),
    (("run", "--once"), {"INTAKE_REVIEW__SECRET_FILE": "file/secret"}),
    (("reprocess", "data", "--report", "file/report"), {}),
    (("reprocess", "data"), {"INTAKE_PROGRAMME__PATH": "file"}),
]


@pytest.mark.parametrize(("arguments", "environment"), COMMANDS_THAT_FAIL)
def test_a_command_that_fails_says_so_in_one_line(
    house: Installation,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    environment: dict[str, str],
) -> None:
    (house.path / "file").write_text("")
    monkeypatch.setattr("intake.workshop.load_programme", load_programme)
    monkeypatch.setattr("intake.day_and_night.stop_on_signals", lambda _: None)
    monkeypatch.setattr("intake.logs.begin_logging", lambda: None)
    monkeypatch.chdir(house.path)
    monkeypatch.setattr("sys.argv", ["intake", *arguments])
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main() == 1
    assert re.fullmatch(r"intake: .+\n", capsys.readouterr().err)
