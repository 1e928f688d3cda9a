"""The programme's letters are complete in three languages, and a folder that is not is refused with a word that helps."""

from __future__ import annotations

import itertools
import re
import shutil
import tomllib
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from opencc import OpenCC

from checks.values import MissingReason, Verdict
from parsers.values import Language, MessageClass
from replies.letters import LettersError, load_letters
from replies.values import Template
from tests.replies.builders import LETTERS, LETTERS_FOLDER, decision, incomplete, lacking, letter, mail_of

CASES = [MessageClass.APPLICATION, MessageClass.SUPPLEMENT]
RECEIPTS = [MessageClass.ENQUIRY, MessageClass.WITHDRAWAL, MessageClass.DATA_REQUEST, MessageClass.SUPPLEMENT]
LANGUAGES = [*Language, None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LETTERS_FOLDER, tmp_path / "letters"))


def changed(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("message_class", "verdict", "first"), list(itertools.product(CASES, Verdict, [True, False])))
def test_every_letter_about_a_case_can_be_written_in_every_language(
    message_class: MessageClass, verdict: Verdict, first: bool, language: Language | None
) -> None:
    given = incomplete() if verdict is Verdict.INCOMPLETE else decision(verdict)
    reply = letter(given, message_class=message_class, language=language, first=first)
    expected = {Verdict.COMPLETE: Template.ACKNOWLEDGEMENT, Verdict.INCOMPLETE: Template.MISSING_ITEMS, Verdict.REVIEW: Template.RECEIPT}
    assert reply.template is expected[verdict]
    assert mail_of(reply)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message_class", RECEIPTS)
def test_every_receipt_can_be_written_in_every_language(message_class: MessageClass, language: Language | None) -> None:
    reply = letter(None, message_class=message_class, language=language)
    assert reply.template is Template.RECEIPT
    assert mail_of(reply)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("reason", MissingReason)
@pytest.mark.parametrize(("have", "need"), [(0, 1), (0, 3), (2, 3)])
def test_every_reason_for_a_missing_paper_has_words(reason: MissingReason, have: int, need: int, language: Language) -> None:
    reply = letter(decision(Verdict.INCOMPLETE, documents=(lacking("quotation", reason, have=have, need=need),)), language=language)
    assert not re.search(r"[{}]|None|  ?\n1\.\n", reply.text)


def test_a_letter_in_chinese_holds_no_english_sentence() -> None:
    for language in (Language.ZH_HANT, Language.ZH_HANS):
        for given in (incomplete(), decision(Verdict.COMPLETE), decision(Verdict.REVIEW)):
            assert not re.search(r"\b(the|please|and|your)\b", letter(given, language=language).text, re.IGNORECASE)


def test_simplified_letters_hold_no_traditional_words_of_ours() -> None:
    own = "".join(path.read_text("utf-8") for path in LETTERS_FOLDER.glob("*.toml"))
    simplified = [line for table in re.findall(r"(?ms)^\[[a-z_.]*zh_hans\]\n(.*?)(?=^\[|\Z)", own) for line in table.splitlines()]
    simplified += re.findall(r"(?m)^zh_hans = .*$", own)
    assert len(simplified) > 60
    assert [OpenCC("t2s").convert(line) for line in simplified] == simplified


def test_every_paper_of_the_programme_has_words_of_its_own() -> None:
    codes = {paper["code"] for paper in tomllib.loads((LETTERS_FOLDER.parent / "documents.toml").read_text("utf-8"))["documents"]}
    assert codes - set(LETTERS.items.documents) <= {"other", "br_demand_note"}


@pytest.mark.parametrize("name", [path.name for path in LETTERS_FOLDER.iterdir()])
def test_a_missing_file_is_refused_by_its_name(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(LettersError, match=re.escape(name)):
        load_letters(folder)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("receipt.toml", "[enquiry.zh_hant]", "[enquiry.fr]", "unknown language fr"),
        ("receipt.toml", "[enquiry.zh_hant]", "[supplement.enquiry]", "supplement"),
        ("receipt.toml", "[withdrawal.", "[farewell.", "farewell"),
        ("acknowledgement.toml", "{{ received_on }}", "{{ recieved_on }}", "recieved_on"),
        ("missing_items.toml", "{% if count == 1 %}", "{% if count == %}", "missing_items.toml"),
        ("missing_items.toml", "[{{ reference }}] ", "", "subject"),
        ("common.toml", 'salutation = "敬啟者："', "", "zh_hant.*salutation"),
        ("common.toml", 'salutation = "敬啟者："', 'salutation = " "', "zh_hant.*salutation"),
        ("common.toml", '"January", ', "", "11"),
        ("items.toml", "[reasons.unpaid]", "[reasons.unpayed]", "unpaid"),
        ("items.toml", "{{ counted }}{{ what }}", "{{ counted }}{{ waht }}", "waht"),
        ("items.toml", "[fields.default]", "[fields.usual]", "default"),
        ("letter.html.j2", "part.salutation", "part.greeting", "letter.html.j2.*greeting"),
        ("letter.txt.j2", "part.closing", "part.ending", "letter.txt.j2.*ending"),
    ],
)
def test_a_slip_in_the_words_is_refused_and_said(folder: Path, name: str, old: str, new: str, said: str) -> None:
    changed(folder, name, old, new)
    with pytest.raises(LettersError, match=f"(?s){said}"):
        load_letters(folder)


def test_a_phrase_that_is_not_of_the_programmes_files_is_never_rendered() -> None:
    with pytest.raises(KeyError):
        LETTERS.say("{{ 7 * 7 }}", {})


def test_a_phrase_without_its_value_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        LETTERS.say(LETTERS.common[Language.EN].date, {"day": 1})
