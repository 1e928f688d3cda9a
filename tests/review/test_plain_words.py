"""What the service writes in English for its record is read in Chinese on a Chinese page, whole and with Chinese points."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.notes_for_staff import _NOTES_FOR_STAFF, findings_of_mails
from parsers.mail import read_message
from parsers.values import MailNote
from review.pages.mails import HEADERS
from review.plain_reasons import FILE, plain_reason
from review.words import _table, words_in
from tests.review.conftest import PROGRAMME, Office

ROOT = Path(__file__).parents[2]
SHOWN_TO_STAFF = (  # the modules whose refusals and reasons reach a page of the site
    "intake/joining.py", "intake/rechecking.py", "intake/reminding.py", "intake/sent_copies.py", "intake/sending.py", "intake/pipeline.py",
    "intake/bounced_letters.py", "intake/handling.py", "intake/reviewing.py", "replies/policy.py", "replies/reworded.py", "replies/by_hand.py",
    "storage/outbox.py", "storage/mails.py", "storage/second_looks.py", "storage/suggestions.py", "storage/staff.py", "storage/tokens.py",
    "storage/webhooks.py", "storage/sessions.py", "storage/outside_logins.py", "storage/arrivals.py", "storage/cases.py", "storage/sealing.py",
    "parsers/automation.py", "parsers/normal_forms.py", "parsers/amounts.py", "parsers/dates.py", "parsers/identifiers.py",
    "parsers/page_drawing.py", "parsers/drawing.py", "review/security.py", "review/visit.py",
)  # fmt: skip
MADE_BY = {"StorageError", "WorkError", "Failure", "NoReply", "CannotReword", "CannotDraw", "Forbidden", "OutOfDate", "Malformed", "AutomationMark"}
SAID_AS = ("reason", "held")
NOT_SHOWN = (  # of the program's own making, or of a command
    "papers", "port 5", "only the words of a letter", "a letter cannot be settled", "letter 5 is not being sent", "letter 5 is not ours",
    "a letter has exactly one address", "5: 5", "{", "replaced",
)  # fmt: skip
_CHINESE = re.compile(r"[\u3400-\u9fff]")


def texts(node: ast.AST | None) -> list[str]:
    """The texts that an expression may be, with a 5 for each part that is worked out."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        return ["".join(str(each.value) if isinstance(each, ast.Constant) else "5" for each in node.values)]
    if isinstance(node, ast.IfExp):
        return [*texts(node.body), *texts(node.orelse)]
    return []


def reasons() -> Iterator[tuple[str, str]]:
    for name in SHOWN_TO_STAFF:
        for node in ast.walk(ast.parse((ROOT / name).read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            made = getattr(node.func, "id", getattr(node.func, "attr", ""))
            given = [*(node.args[:1] if made in MADE_BY else []), *(each.value for each in node.keywords if each.arg in SAID_AS)]
            yield from ((f"{name}:{node.lineno}", text) for one in given for text in texts(one) if len(text) > 3)


def test_every_reason_that_reaches_a_page_has_its_chinese() -> None:
    found = list(reasons())
    assert len(found) > 90
    unsaid = [(at, text) for at, text in found if not text.startswith(NOT_SHOWN) and not _CHINESE.search(plain_reason(text, "zh-Hant"))]
    assert unsaid == []


def test_a_mark_of_automatic_mail_is_said_in_chinese_whatever_header_it_stands_in() -> None:
    for name in ("Feedback-ID", "X-Autorespond", "List-Unsubscribe", "Precedence"):
        assert plain_reason(f"no reply: {name}: anything", "zh-Hant") == "未有回覆：標示為自動或群發郵件"


@pytest.mark.parametrize(
    ("said", "chinese"),
    [
        ("queued by chan", "由 chan 發放"),
        ("it quotes CPPP-2026-00001-X and the sender is proven (dmarc=pass), but its form is of another project",
         "郵件引述 CPPP-2026-00001-X，但所附表格屬另一項目"),
        ("rcpt: 550 5.1.1 nobody of that name", "郵件伺服器不接受收件地址（550 5.1.1 nobody of that name）"),
        ("10 digits make no telephone number", "10 位數字不成電話號碼"),
        ("mail 3: it answers a letter of ours", "郵件 3：回覆本處信件"),
    ],
)  # fmt: skip
def test_a_reason_is_chinese_as_a_whole(said: str, chinese: str) -> None:
    assert plain_reason(said, "zh-Hant") == chinese


def test_chinese_sentences_have_chinese_points() -> None:
    halves = re.compile(r"[\u3400-\u9fff」）}][,;:?]|[,;?][\u3400-\u9fff「]|\([^()]*[\u3400-\u9fff][^()]*\)")
    chinese = {key: each["zh-Hant"] for key, each in _table().items()}
    chinese |= {
        f"reasons.toml {number}": text for number, text in enumerate(re.findall(r'^zh-Hant = "(.*)"$', FILE.read_text("utf-8"), re.MULTILINE))
    }
    assert {key: text for key, text in chinese.items() if halves.search(text)} == {}


@pytest.mark.parametrize("code", sorted(_NOTES_FOR_STAFF))
def test_a_note_on_a_mail_is_said_in_each_language(code: str) -> None:
    message = read_message(b"From: a@asking.example\n\nDear Sir")
    noted = message.model_copy(update={"notes": (MailNote(code=code, part="2.1", detail=""),)})
    found = next(findings_of_mails([message, noted], PROGRAMME, authserv="")).message
    assert code.replace("_", " ") in found.en, "by these words a finding that was overruled is known again"
    for words in (found.zh_hant, found.zh_hans):
        assert "2 封" in words
        assert "2:2.1 部分" in words
        assert not re.search(r"[a-z]{3}", words)


def test_what_was_done_is_told_in_the_readers_words(office: Office) -> None:
    client = office.logged_in()
    page = client.get(f"/cases/{office.reference}").text
    csrf, revision = (page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("csrf", "revision"))
    sent = {"csrf": csrf, "revision": revision, "key": "contact.name", "act": "confirm"}
    assert client.post(f"/cases/{office.reference}/fields", data=sent).status_code == 303
    history = client.get(f"/cases/{office.reference}", headers={"accept-language": "zh-HK"}).text.split('class="history"')[1]
    assert "contact.name" not in history
    assert "聯絡人" in history


def test_a_second_click_is_told_as_ones_own(office: Office) -> None:
    client = office.logged_in()
    page = client.get(f"/cases/{office.reference}").text
    csrf, revision = (page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("csrf", "revision"))
    sent = {"csrf": csrf, "revision": revision, "key": "contact.name", "act": "confirm"}
    assert client.post(f"/cases/{office.reference}/fields", data=sent).status_code == 303
    again = client.post(f"/cases/{office.reference}/fields", data=sent)
    assert again.status_code == 409
    assert "You changed this case yourself meanwhile" in again.text


def test_a_page_that_is_not_there_says_so_in_its_heading(office: Office) -> None:
    answer = office.logged_in().get("/nowhere", headers={"accept-language": "zh-HK"})
    assert answer.status_code == 404
    assert "<h1>找不到</h1>" in answer.text


def test_every_value_of_a_paper_and_every_header_of_a_mail_has_its_words() -> None:
    words = words_in("zh-Hant")
    fields = {field.key for document in PROGRAMME.catalogue.documents for field in document.fields}
    assert [key for key in sorted(fields) if not words.has(f"paper_field.{key}")] == []
    assert [name for name in HEADERS if not words.has(f"mail_header.{name.lower().replace('-', '_')}")] == []


def test_every_refusal_of_the_api_has_its_chinese() -> None:
    """Those that are written where they are made; the others are the site's own words."""
    said = []
    for file in sorted((ROOT / "review" / "api").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            made = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and made in ("Refusal", "_nobody", "_in_their_words"):
                said += [text for one in node.args[1:] for text in texts(one) if " " in text]
    assert len(said) >= 10
    assert [text for text in said if not _CHINESE.search(plain_reason(text, "zh-Hant"))] == []


def test_a_refusal_of_the_api_is_said_in_the_language_asked_for(office: Office) -> None:
    client = office.client()
    refused = {code: client.get("/api/v1/cases", headers={"accept-language": code}).json() for code in ("en", "zh-HK")}
    assert refused["en"]["detail"] == "a token is needed: an administrator makes one"
    assert refused["zh-HK"]["detail"] == "須有權杖，請向管理員索取"
    assert refused["en"]["type"] == refused["zh-HK"]["type"]
