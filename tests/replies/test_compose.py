"""What stands in a letter, and what never does."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.values import MissingReason, Verdict
from parsers.values import Language, MessageClass, Method, Problem
from replies.values import Template
from tests.replies.builders import (
    CAUSE,
    REFERENCE,
    application,
    decision,
    finding,
    incomplete,
    lacking,
    letter,
    mail_of,
    message,
    paper,
    read,
    words,
)  # fmt: skip

STRANGER = "agent@consultants.example"


def numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"(?m)^(\d+)\. ", text)]


def test_the_list_names_everything_once_and_numbers_it_through() -> None:
    text = letter(incomplete()).text
    assert numbers(text) == [1, 2, 3, 4, 5, 6]
    for name in ("Telephone\n", "Name of Applicant", "Business Registration Certificate\n", "Quotation\n", "Annual Return", "Funding Requested"):
        assert len(re.findall(rf"(?m)^\d\. {name}", text)) == 1
    assert "1 received, 3 needed." in text
    assert "2 more are needed." in text


def test_html_and_text_list_the_same_items() -> None:
    reply = letter(incomplete(), language=Language.ZH_HANT)
    titles = re.findall(r"(?m)^\d+\. (.*)$", reply.text)
    assert re.findall(r"<strong>(.*?)</strong>", reply.html) == titles
    assert [int(start) for start in re.findall(r'<ol start="(\d+)"', reply.html)] == [1, 3, 6]


def test_of_two_names_of_which_one_is_enough_only_one_item_is_made() -> None:
    text = letter(decision(Verdict.INCOMPLETE, fields=("applicant.name_en", "applicant.name_zh"))).text
    assert numbers(text) == [1]
    assert "Name of Applicant (English or Chinese)" in text


def test_where_the_whole_form_is_asked_for_its_fields_are_not() -> None:
    given = decision(Verdict.INCOMPLETE, fields=("contact.phone",), documents=(lacking("application_form", MissingReason.DAMAGED),))
    assert numbers(letter(given).text) == [1]


def test_an_expired_certificate_is_asked_for_once_with_its_day() -> None:
    expired = finding("br_certificate.in_force", words("The certificate has expired. Send another."), part="3")
    given = decision(Verdict.INCOMPLETE, documents=(lacking("br_certificate", MissingReason.EXPIRED),), findings=(expired,))
    text = letter(given, applied=application(paper("br_certificate", Problem.EXPIRED, expires_on="2025-06-30"))).text
    assert numbers(text) == [1]
    assert "expired on 30 June 2025" in text


def test_a_locked_file_is_named_and_its_paper_asked_for_once() -> None:
    locked = finding("document.readable", words("The file nar1.pdf is locked."), part="4")
    given = decision(Verdict.INCOMPLETE, documents=(lacking("annual_return", MissingReason.ENCRYPTED),), findings=(locked,))
    papers = (paper("other", Problem.ENCRYPTED, name="nar1.pdf", part="4", meant="annual_return"),)
    text = letter(given, applied=application(*papers)).text
    assert numbers(text) == [1]
    assert "nar1.pdf" in text


def test_a_locked_file_that_nobody_can_tell_apart_keeps_its_own_item() -> None:
    locked = finding("document.readable", words("The file scan.pdf is locked. Please send it again without a password."), part="4")
    given = decision(Verdict.INCOMPLETE, documents=(lacking("annual_return", MissingReason.ABSENT),), findings=(locked,))
    text = letter(given, applied=application(paper("other", Problem.ENCRYPTED, name="scan.pdf", part="4"))).text
    assert numbers(text) == [1, 2]


def test_what_is_for_staff_never_stands_in_a_letter() -> None:
    secret = finding("eligibility.sector", words("Look at the outlandish sector."), needs=None)
    review = decision(Verdict.REVIEW, fields=("contact.phone",), findings=(secret,))
    for template in (None, Template.MISSING_ITEMS):
        reply = letter(review, template=template)
        assert "outlandish" not in reply.text + reply.html


@pytest.mark.parametrize("language", [*Language, None])
def test_no_letter_hints_at_the_outcome(language: Language | None) -> None:
    words_of_judging = re.compile(
        r"eligib|qualif|approv|success|reject|refus|granted|合資格|合资格|獲批|获批|批准|資格|资格|成功|拒絕|拒绝", re.IGNORECASE
    )
    for verdict in (Verdict.COMPLETE, Verdict.REVIEW):
        reply = letter(decision(verdict), language=language)
        assert not words_of_judging.search(reply.subject + reply.text + reply.html)
    assert not words_of_judging.search(letter(incomplete(), language=language).text)


def test_a_case_in_review_gets_a_receipt_and_staff_may_release_its_list() -> None:
    review = incomplete().model_copy(update={"verdict": Verdict.REVIEW})
    assert letter(review).template is Template.RECEIPT
    assert "Telephone" in letter(review, template=Template.MISSING_ITEMS).text


def test_a_list_without_anything_on_it_is_not_written() -> None:
    assert letter(decision(Verdict.INCOMPLETE)).template is Template.RECEIPT
    with pytest.raises(ValueError, match="nothing is missing"):
        letter(decision(Verdict.REVIEW), template=Template.MISSING_ITEMS)


def test_a_letter_to_the_forms_address_names_applicant_and_project() -> None:
    text = letter(incomplete(), mail=message(sender=STRANGER)).text
    assert "Wing Fat Metal Works Limited" in text
    assert "Heat recovery from furnaces" in text


def test_a_sender_whose_address_is_not_on_the_form_learns_no_names() -> None:
    for judged in (incomplete(), decision(Verdict.COMPLETE), decision(Verdict.REVIEW)):
        reply = letter(judged, to=STRANGER, mail=message(sender=STRANGER))
        assert reply.template is not Template.ACKNOWLEDGEMENT
        assert "Wing Fat" not in reply.text + reply.html
        assert "Heat recovery" not in reply.text + reply.html


def test_after_further_papers_only_those_known_to_the_case_get_its_list() -> None:
    mail = message(sender=STRANGER)
    unknown = letter(incomplete(), message_class=MessageClass.SUPPLEMENT, to=STRANGER, mail=mail)
    known = letter(incomplete(), message_class=MessageClass.SUPPLEMENT, to=STRANGER, mail=mail, known=[STRANGER.upper()])
    assert unknown.template is Template.RECEIPT
    assert known.template is Template.MISSING_ITEMS


def test_a_name_read_without_confidence_is_left_out() -> None:
    form = application()
    unsure = {**form.fields, "applicant.name_en": read("applicant.name_en", "Wlng Fot Metol", confidence=0.4, method=Method.OCR)}
    text = letter(incomplete(), applied=form.model_copy(update={"fields": unsure})).text
    assert "Metol" not in text
    assert "永發五金有限公司" in text


def test_the_subject_is_the_reference_and_our_own_words() -> None:
    reply = letter(incomplete(), mail=message(subject="URGENT transfer money"))
    assert reply.subject == f"[{REFERENCE}] Items needed for your application - Cleaner Production Partnership Programme"


def test_where_the_language_is_not_known_chinese_stands_below_english() -> None:
    reply = letter(decision(Verdict.COMPLETE), language=None)
    assert reply.language is Language.EN
    assert reply.text.index("Dear Sir/Madam") < reply.text.index("敬啟者")
    assert "中文版本載於下方" in reply.text.partition("Dear Sir/Madam")[0]
    assert reply.subject.count(REFERENCE) == 1
    assert "收妥申請" in reply.subject


def test_the_first_letter_carries_the_statement_on_personal_data() -> None:
    assert "Personal information collection statement" in letter(decision(Verdict.COMPLETE)).text
    assert "Personal information collection statement" not in letter(decision(Verdict.COMPLETE), first=False).text


def test_a_data_request_hears_of_the_forty_days() -> None:
    assert "within 40 days" in letter(None, message_class=MessageClass.DATA_REQUEST).text
    assert "第19條" in letter(None, message_class=MessageClass.DATA_REQUEST, language=Language.ZH_HANT).text


def test_a_letter_asks_for_the_whole_form_only_where_the_form_is_concerned() -> None:
    assert "whole form again" in letter(incomplete()).text
    papers_only = decision(Verdict.INCOMPLETE, documents=(lacking("project_plan", MissingReason.ABSENT),))
    assert "whole form again" not in letter(papers_only).text


def test_identity_card_numbers_are_masked() -> None:
    said = finding("document.readable", words("Shareholder A123456(3): send a clear copy."))
    text = letter(decision(Verdict.INCOMPLETE, findings=(said,)), applied=application(applicant_name_en="Chan A123456(3)")).text
    assert "A123456" not in text
    assert "A123***(*)" in text


def test_form_a_is_asked_about_in_its_own_words() -> None:
    form = application().model_copy(update={"form": "A"})
    assert "Consultancy Fee" in letter(decision(Verdict.INCOMPLETE, fields=("project.total_cost",)), applied=form).text
    assert "Total Project Expenditure" in letter(decision(Verdict.INCOMPLETE, fields=("project.total_cost",))).text


def test_names_that_look_like_templates_or_markup_are_only_words() -> None:
    form = application(applicant_name_en="{{ 7 * 7 }}<script>alert(1)</script>", project_title="{% for x in y %}<b>&amp;")
    reply = letter(decision(Verdict.COMPLETE), applied=form)
    assert "{{ 7 * 7 }}" in reply.text
    assert "{{ 7 * 7 }}&lt;script&gt;" in reply.html
    assert "<script" not in reply.html
    assert "<b>" not in reply.html


def test_a_name_that_holds_a_link_is_left_out() -> None:
    reply = letter(decision(Verdict.COMPLETE), applied=application(project_title="Prize: http://evil.example/win"))
    assert "evil" not in reply.text + reply.html


def test_a_finding_that_quotes_a_link_does_not_make_it_live() -> None:
    said = finding("form.email", words("'https://evil.example' is not an e-mail address."))
    assert "https://evil" not in letter(decision(Verdict.INCOMPLETE, findings=(said,))).text


def test_an_answer_names_the_mail_that_it_answers_only_by_a_well_formed_id() -> None:
    good = letter(None, message_class=MessageClass.ENQUIRY, mail=message(references=("<zero@wingfat.example>",)))
    assert good.in_reply_to == "<one@wingfat.example>"
    assert good.references == ("<zero@wingfat.example>", "<one@wingfat.example>")
    for bad in ("<a b@c>", "<x@y>\r\nBcc: z@evil.example", "<=?utf-8?q?x?=@y>", "none"):
        reply = letter(None, message_class=MessageClass.ENQUIRY, mail=message(message_id=bad))
        assert reply.in_reply_to is None
        assert reply.references == ()


def test_further_papers_that_complete_the_application_are_thanked_for_with_their_day() -> None:
    text = letter(decision(Verdict.COMPLETE), message_class=MessageClass.SUPPLEMENT, completed_on=date(2026, 4, 1)).text
    assert "which we received on 1 April 2026" in text
    assert "have now been received" in text


def test_a_mail_without_a_date_is_answered_without_one() -> None:
    undated = decision(Verdict.COMPLETE).model_copy(update={"received_on": None})
    for language in Language:
        text = letter(undated, language=language, mail=message(received_on=None)).text
        assert not re.search(r"None| ,|於收|于收|on \.", text)


@pytest.mark.parametrize("bad", ["", "nobody", "a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "陳@永發.example"])
def test_a_letter_needs_one_plain_address(bad: str) -> None:
    with pytest.raises(ValueError, match="address"):
        letter(decision(Verdict.COMPLETE), to=bad)


@pytest.mark.parametrize("message_class", [MessageClass.OTHER, MessageClass.BOUNCE, MessageClass.LIST, MessageClass.SPAM])
def test_mail_that_gets_no_letter_gets_none(message_class: MessageClass) -> None:
    with pytest.raises(ValueError, match="no letter"):
        letter(None, message_class=message_class)


@settings(max_examples=60, deadline=None)
@given(
    name=st.text(max_size=300),
    title=st.text(max_size=300),
    said=st.text(max_size=300),
    file=st.text(max_size=80),
    language=st.sampled_from([*Language, None]),
)
def test_whatever_applicants_write_the_letter_stays_a_clean_mail(name: str, title: str, said: str, file: str, language: Language | None) -> None:
    locked = paper("other", Problem.ENCRYPTED, name=file, meant="annual_return")
    form = application(locked, applicant_name_en=name, applicant_name_zh=name, project_title=title)
    given = incomplete().model_copy(update={"findings": (finding("form.phone", words(said or "x")),)})
    reply = letter(given, applied=form, language=language, mail=message(subject=said, from_text=name))
    assert reply.cause == CAUSE
    assert mail_of(reply)


@pytest.mark.parametrize("language", [None, Language.EN])
def test_the_longest_list_stays_below_the_size_of_a_letter(language: Language | None) -> None:
    findings = tuple(finding(f"form.check_{n}", words(f"{n} " + "很長的說明" * 150)) for n in range(6))
    keys = ("contact.phone", "contact.email", "applicant.br_number", "project.title", "project.end_on", "project.funding_requested")
    codes = ("br_certificate", "annual_return", "quotation", "project_plan")
    given = decision(Verdict.INCOMPLETE, fields=keys, documents=tuple(lacking(c, MissingReason.ENCRYPTED) for c in codes), findings=findings)
    assert mail_of(letter(given, language=language))
