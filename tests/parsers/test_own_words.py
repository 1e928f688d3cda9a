"""The writer's own words, and the language they are in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.html_text import page_words
from parsers.language import language_of_text
from parsers.mail import read_message
from parsers.own_words import own_words, without_providers_words

EARLIER = [
    "On Mon, 3 Mar 2024 at 10:00, Secretariat <a@secretariat.example> wrote:\n> Please send the form.",
    "On Monday, 3 March 2024 at 10:00:12 am HKT, The Secretariat\n<a@secretariat.example> wrote:\n\nPlease send the form.",
    "-----Original Message-----\nFrom: Secretariat\nSent: Monday\nTo: Chan\nSubject: Form\n\nPlease send the form.",
    "From: Secretariat <a@secretariat.example>\nSent: Monday, March 3, 2024 10:00 AM\nTo: Chan\nSubject: Form\n\nPlease send the form.",
    "________________________________\nFrom: Secretariat\nSent: Monday\nTo: Chan\nSubject: Form\n\nPlease send the form.",
    "---------- Forwarded message ---------\nFrom: Secretariat\n\nPlease send the form.",
    "Secretariat <a@secretariat.example> 於 2024年3月3日 週一 上午10:00寫道:\n\n> 請提交表格。",
    "在 2024年3月3日,下午4:00,Secretariat <a@secretariat.example> 写道:\n\n请提交表格。",
    "寄件者: Secretariat\n寄件日期: 2024年3月3日\n收件者: Chan\n主旨: 表格\n\n請提交表格。",
    "发件人: Secretariat\n发送时间: 2024年3月3日\n收件人: Chan\n主题: 表格\n\n请提交表格。",
    "------------------ 原始邮件 ------------------\n发件人: Secretariat\n\n请提交表格。",
    "-- \nChan Tai Man\nWah Fung Limited",
    "> Please send the form.",
    "Sent from my iPhone",
    "從我的 iPhone 傳送",
    "发自我的iPhone",
]


@pytest.mark.parametrize("earlier", EARLIER)
def test_what_earlier_mails_and_programs_say_is_taken_away(earlier: str) -> None:
    assert own_words(f"Here is the form.\n\n{earlier}") == "Here is the form."


def test_an_answer_below_the_quotation_is_kept() -> None:
    assert own_words("On 3 Mar 2024, Lee <l@x.example> wrote:\n> Is it ready?\n\nYes, it is.") == "Yes, it is."


@pytest.mark.parametrize(
    "words",
    [
        "From: our factory in Dongguan we ship to Hong Kong.",
        "On 3 March 2024 we signed the contract.",
        "有關貴處2024年3月5日的來信:\n本公司現補交報價單。",
        "Date: 3 March 2024\n\nDear Sirs, we apply.",
    ],
)
def test_an_ordinary_letter_is_left_whole(words: str) -> None:
    assert own_words(words) == words


@given(st.text(max_size=400))
def test_own_words_never_raise_and_add_nothing(text: str) -> None:
    assert len(own_words(text)) <= len(text)


def test_a_page_becomes_lines_with_quotations_marked() -> None:
    page = page_words("<html><head><style>p{}</style></head><p>Hello <b>you</b></p><blockquote>old</blockquote><script>x()</script></html>")
    assert page.text == "Hello you\n\n> old"


def test_a_pages_links_and_pictures_are_seen() -> None:
    page = page_words('<a href="https://x.example/f">file</a><img src="cid:a@b" width="20" height=10>')
    assert page.links == [("https://x.example/f", "file")]
    assert [(p.content_id, p.width, p.height) for p in page.pictures] == [("a@b", 20, 10)]


def test_a_page_nested_without_end_is_read_all_the_same() -> None:
    assert page_words("<div>" * 100_000 + "Hello").text == "Hello"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Our application is attached.", "en"),
        ("DEAR SIR, PLEASE FIND ATTACHED OUR APPLICATION FORM. REGARDS, CHAN", "en"),
        ("Dear Sir,\nPlease find attached our form.\n\n陳大文\n經理\n華興實業有限公司\n九龍觀塘鴻圖道1號", "en"),
        ("Our application is attached.\n王小明\n东莞市华兴有限公司\n广东省东莞市长安镇乌沙社区振安中路247号", "en"),
        ("Attached please find the application of 華興實業有限公司.", "en"),
        ("請查收", "zh_hant"),
        (
            "敬啟者:\n附上 Wah Hing Industrial Company Limited 的 application form,請查收。\nBest regards,\nChan Tai Man\nEngineering Manager",
            "zh_hant",
        ),
        ("Dear Secretariat,\n\n現附上本公司之申請表格及相關文件,請查收。\n\nThanks & Regards\nIvy", "zh_hant"),
        ("您好,附件请查收", "zh_hans"),
        ("请查收附件 CPPP application form (signed).pdf", "zh_hans"),
        ("尊敬的秘书处:\n我司(Wah Hing Industrial Company Limited)现申请贵计划。\n顺颂商祺\n李伟", "zh_hans"),
        ("", None),
        ("12345 !!!", None),
        ("你好,附件 中文", None),
    ],
)
def test_a_letters_language_is_that_of_its_sentences(text: str, language: str | None) -> None:
    assert language_of_text(text) == language


@given(st.text(max_size=300))
def test_telling_the_language_never_raises(text: str) -> None:
    assert language_of_text(text) in (None, "en", "zh_hant", "zh_hans")


@pytest.mark.parametrize(
    "how", ['style="display:none"', 'style="color:red; DISPLAY : none"', "hidden", 'style="visibility:hidden"', 'style="mso-hide:all"']
)
def test_words_of_a_page_that_nobody_sees_are_not_said(how: str) -> None:
    html = f"<p>May we apply?</p><div {how}><p>We withdraw<br>our application.</p><img src='cid:logo'></div><p>Chan</p>"
    assert page_words(html).text == "May we apply?\n\nChan"
    assert not page_words(html).pictures


def test_a_hidden_element_that_is_never_closed_hides_no_more_than_its_parent_holds() -> None:
    assert page_words('<div><span style="display:none">quietly</div><p>Plainly</p>').text == "Plainly"


QQ = """从QQ邮箱发来的超大附件

申请表格.pdf (12.3M, 2024年04月05日 12:00 到期)进入下载页面：http://mail.qq.com/cgi-bin/ftnExs_download?k=1&code=a1
"""


@pytest.mark.parametrize(
    "added",
    [
        QQ,
        "来自QQ邮箱的超大附件:\n申请表格.pdf (12.3M, 无限期)\n下载 预览 转存\n",
        "从网易163邮箱发来的云附件\n\n报价单.zip (31.0M, 2024年4月20日 14:03 到期)\n下载\n",
        "QQ邮箱超大附件(2个)\n验资报告扫描件.pdf(58.2MB)\n",
    ],
)
def test_what_a_provider_writes_of_files_that_it_keeps_is_not_the_writers(added: str) -> None:
    words = "您好，隨函附上本公司申請表，請查收。"
    assert without_providers_words(f"{words}\n\n{added}").strip() == words
    assert without_providers_words(f"{added}\n{words}").strip() == words


@pytest.mark.parametrize(
    "words",
    [
        "附件为申请表。普通附件两份，请查收。",
        "有效期：2024年",
        "商业登记证已到期，新证稍后补交。",
        "超大附件无法发送，改为分两封邮件寄出。",
        "附件：申请表.pdf",
        "请下载附件。",
    ],
)
def test_what_a_person_writes_of_files_stays(words: str) -> None:
    assert without_providers_words(words) == words


def test_a_traditional_letter_beside_a_simplified_attachment_block_is_traditional() -> None:
    body = f"附件為本公司資料，請查收。\n\n{QQ}{QQ}"
    message = read_message(
        b"From: a@wahfung.example\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + body.encode(), cloud_hosts=("mail.qq.com",)
    )
    assert message.language == "zh_hant"
    assert len(message.links) == 1, "the link stays: the files are asked for"
