"""`intake process`: one result a mail, whatever the mail is; nothing stored, nothing sent."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from intake.command_line import main
from intake.dry_run import process, results_of
from intake.settings import Settings
from intake.workshop import open_workshop
from parsers.mail import MailLimits, read_message
from parsers.values import Method
from replies.policy import Ours
from tests.intake.builders import MAILS, Installation, an_application, enquiry, environment_of, intake_command, json_lines

CLASSES = {"application", "supplement", "enquiry", "withdrawal", "data_request", "auto_reply", "bounce", "list", "spam", "unreadable", "other"}
PROBLEMS = {"encrypted", "damaged", "blank", "unreadable", "expired", "unpaid", "too_large", "link_only", "unsafe"}
TEXT_OR_NONE = (str, type(None))
NUMBER_OR_NONE = (int, float, type(None))


def results(paths: list[Path], received_on: date | None = None) -> list[dict[str, Any]]:
    with open_workshop(Settings(), ours=Ours()) as workshop:
        found = list(results_of(paths, workshop, received_on))
    for result in found:
        assert_as_the_contract_says(json.loads(json.dumps(result)))
    return found


def written(folder: Path, *mails: bytes) -> list[Path]:
    paths = [folder / f"{number:04}.eml" for number in range(1, len(mails) + 1)]
    for path, mail in zip(paths, mails, strict=True):
        path.write_bytes(mail)
    return paths


def assert_as_the_contract_says(result: dict[str, Any]) -> None:
    """contract.md, 'One result of intake process --json', key for key."""
    assert {"schema", "source", "received_on", "message", "application", "reply"} <= set(result)
    assert result["schema"] == 1
    assert result["received_on"] is None or date.fromisoformat(result["received_on"])
    message = result["message"]
    assert {"message_id", "from", "subject", "class", "language"} <= set(message)
    assert message["class"] in CLASSES
    assert message["language"] in ("en", "zh_hant", "zh_hans", None)
    for key in ("message_id", "from", "subject"):
        assert isinstance(message[key], TEXT_OR_NONE)
    if result["application"] is not None:
        assert_application(result["application"])
    if result["reply"] is not None:
        reply = result["reply"]
        assert reply["template"] in ("acknowledgement", "missing_items", "receipt")
        assert len(reply["to"]) == 1
        assert reply["language"] in ("en", "zh_hant", "zh_hans")
        assert reply["subject"]
        assert reply["text"]


def assert_application(application: dict[str, Any]) -> None:
    assert set(application) == {"edition", "initiative", "verdict", "fields", "documents", "missing", "findings", "funding"}
    assert application["verdict"] in ("complete", "incomplete", "review")
    assert application["edition"] in ("2013", "2015", "2020", None)
    assert application["initiative"] in ("onsite_assessment", "demonstration_i", "demonstration_ii", "organisation_support", None)
    assert_fields(application["fields"])
    for document in application["documents"]:
        assert isinstance(document["name"], TEXT_OR_NONE)
        assert isinstance(document["part"], str)
        assert len(document["sha256"]) == 64
        assert isinstance(document["type"], str)
        assert 0 <= document["confidence"] <= 1
        assert 1 <= document["pages"][0] <= document["pages"][1]
        assert len(document["pages"]) == 2
        assert set(document["problems"]) <= PROBLEMS
        assert_fields(document["fields"])
    assert set(application["missing"]) == {"fields", "documents"}
    for missing in application["missing"]["documents"]:
        assert set(missing) == {"code", "have", "need", "reason"}
        assert missing["reason"] in ("absent", "too_few", "expired", "unpaid", "unreadable", "encrypted", "damaged")
    for finding in application["findings"]:
        assert set(finding) == {"check", "outcome", "needs", "rule", "evidence", "message"}
        assert finding["outcome"] in ("pass", "fail", "unsure")
        assert finding["needs"] in ("applicant", "staff", None)
        assert set(finding["message"]) == {"en", "zh_hant", "zh_hans"}
        assert all(finding["message"].values())
    assert set(application["funding"]) == {"total_cost", "requested", "limit"}
    assert all(isinstance(amount, NUMBER_OR_NONE) for amount in application["funding"].values())


def assert_fields(fields: dict[str, Any]) -> None:
    for key, field in fields.items():
        assert {"value", "text", "confidence", "method", "document", "page", "box"} <= set(field), key
        assert isinstance(field["text"], str)
        assert 0 <= field["confidence"] <= 1
        assert field["method"] in set(Method)
        assert field["page"] >= 1
        if field["box"] is None:
            assert field["method"] in ("derived", "docx")
        else:
            x0, top, x1, bottom = field["box"]
            assert x0 <= x1
            assert top <= bottom


def test_an_application_is_read_checked_and_answered(house: Installation) -> None:
    paths = written(house.path, an_application().mail(), an_application().mail(2, without="provider_proposal"))
    complete, incomplete = results(paths)
    assert complete["application"]["verdict"] == "complete"
    assert complete["reply"]["template"] == "acknowledgement"
    assert complete["reply"]["to"] == [an_application().email]
    assert incomplete["application"]["missing"]["documents"] == [{"code": "provider_proposal", "have": 0, "need": 1, "reason": "absent"}]
    assert incomplete["reply"]["template"] == "missing_items"
    fields = complete["application"]["fields"]
    assert fields["applicant.br_number"]["value"] == an_application().applicant.values["applicant.br_number"]
    assert fields["applicant.br_number"]["document"] == "application.pdf"


def test_every_odd_mail_gives_one_result_in_input_order(house: Installation) -> None:
    odd = sorted(MAILS.glob("*.eml"))
    found = results(odd)
    assert [result["source"] for result in found] == [str(path) for path in odd]


def test_things_that_are_no_mail_give_a_line_too(house: Installation) -> None:
    folder = house.path / "things"
    folder.mkdir()
    contents = {"a-empty": b"", "b-garbage": b"\x00\xff" * 500, "c.pdf": an_application().form, "d.eml": enquiry(1)}
    contents |= {"e-text": b"\n\n\n", "f": b"From "}
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    found = results([folder, house.path / "nowhere"])
    assert [Path(result["source"]).name for result in found] == [*list(contents)[:-1], "f#1", "nowhere"]
    assert found[0]["message"]["class"] == "unreadable"
    assert found[1]["message"]["class"] == "unreadable"
    assert found[3]["message"]["class"] == "enquiry"
    assert found[-1]["message"]["class"] == "unreadable"


def test_the_day_of_receipt_can_be_given(house: Installation) -> None:
    paths = written(house.path, an_application().mail())
    (result,) = results(paths, date(2014, 1, 2))
    assert result["received_on"] == "2014-01-02"
    assert result["application"]["edition"] == "2013"
    assert result["application"]["funding"]["limit"] <= 25_000


def test_a_mail_that_breaks_us_is_a_result_and_the_others_go_on(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = written(house.path, enquiry(1), enquiry(2, subject="poison"), enquiry(3))

    def breaks(data: bytes, *more: Any) -> Any:
        if b"poison" in data:
            raise RecursionError
        return read_message(data, MailLimits(), ())

    monkeypatch.setattr("intake.mail_reading.read_message", breaks)
    found = results(paths)
    assert [result["message"]["class"] for result in found] == ["enquiry", "unreadable", "enquiry"]


def test_half_a_character_in_a_subject_does_not_break_the_json(house: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    mail = enquiry(1, subject="SUBJECT").replace(b"SUBJECT", b"=?utf-8?b?7aCA?= \xed\xa0\x80 =?utf-16?b?2AA=?=")
    mail = mail.replace(b"Content-Transfer-Encoding: 7bit", b"Content-Transfer-Encoding: 8bit").replace(b"Dear", b"\xed\xa0\xbd Dear")
    assert process(written(house.path, mail), settings=Settings(), as_json=True, received_on=None) in (0, None)
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["message"]["class"] == "enquiry"


def test_people_get_a_table(house: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    process(written(house.path, enquiry(1), b""), settings=Settings(), as_json=False, received_on=None)
    out = capsys.readouterr().out
    assert "0001.eml" in out
    assert "enquiry" in out
    assert "unreadable" in out


@pytest.mark.slow
def test_the_command_writes_nothing_anywhere_and_needs_no_settings(tmp_path: Path) -> None:
    work, temporary, home, mails = (tmp_path / name for name in ("work", "temporary", "home", "mails"))
    for folder in (work, temporary, home, mails):
        folder.mkdir()
    written(mails, an_application().mail(), b"")
    environment = environment_of({"TMPDIR": str(temporary), "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"})
    done = subprocess.run(
        intake_command("process", str(mails), "--json"), cwd=work, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    first, second = json_lines(done.stdout)
    assert_as_the_contract_says(first)
    assert_as_the_contract_says(second)
    assert first["application"]["verdict"] == "complete"
    assert [path for folder in (work, temporary, home) for path in folder.rglob("*")] == []
    assert sorted(path.name for path in mails.iterdir()) == ["0001.eml", "0002.eml"]


@pytest.mark.slow
def test_a_reader_of_the_output_may_leave_early(tmp_path: Path) -> None:
    paths = written(tmp_path, *(enquiry(number) for number in range(60)))
    with subprocess.Popen(
        intake_command("process", *map(str, paths), "--json"), env=environment_of({}), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert json.loads(running.stdout.readline())["source"] == str(paths[0])
        running.stdout.close()
        said = running.stderr.read()
        running.wait(60)
    assert "Traceback" not in said
    assert "BrokenPipe" not in said


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [("process",), ("process", "--received", "yesterday", "x.eml"), ("process", "--bogus", "x"), ("nonsense",), ("export", "--kind", "bogus")],
)
def test_wrong_use_ends_with_two(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = subprocess.run(intake_command(*arguments), cwd=tmp_path, env=environment_of({}), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_path_that_cannot_be_read_is_a_result(house: Installation) -> None:
    (path,) = written(house.path, enquiry(1))
    (found,) = results([path / "inside.eml"])
    assert found["message"]["class"] == "unreadable"
    assert found["message"]["reason"] == "Not a directory"


def test_the_dry_run_knows_our_addresses_as_the_service_does(house: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    paths = written(house.path, enquiry(1))
    for settings, answered in (
        ({}, True),
        ({"mailbox": {"addresses": ["apply@secretariat.example"]}}, True),
        ({"mailbox": {"addresses": ["other@office.example"]}}, False),
        ({"outgoing": {"from_address": "other@office.example"}}, False),
    ):
        process(paths, settings=Settings.model_validate(settings), as_json=True, received_on=None)
        (found,) = json_lines(capsys.readouterr().out)
        assert (found["reply"] is not None) is answered, settings


def test_the_settings_file_may_be_named_before_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other.toml").write_text("[storage]\nunheard = 1\n", "utf-8")
    for arguments in (("--config", "other.toml", "status"), ("status", "--config", "other.toml")):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("sys.argv", ["intake", *arguments])
        assert main() == 1
        assert "other.toml: unknown key storage.unheard" in capsys.readouterr().err
