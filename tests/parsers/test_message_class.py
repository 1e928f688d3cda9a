"""Classing mails: what people and machines write to the office, in three languages, none of it from the sample mails."""

from __future__ import annotations

import time
import tomllib
from email.message import EmailMessage
from pathlib import Path

import pytest

from parsers.automation import marks_of_automation
from parsers.catalogue import MailWords
from parsers.mail import read_message
from parsers.message_class import Classified, classify_message
from parsers.phrases import first_phrase, phrases_in, sentences, without
from parsers.values import Message
from tests.mail.write_corpus import HEAD, PDF, mail, many, part, text

PROGRAMME = Path(__file__).parents[2] / "programmes" / "cppp"
WORDS = MailWords.model_validate(tomllib.loads((PROGRAMME / "mail.toml").read_text(encoding="utf-8")))


def written(subject: str, words: str, *, attached: bool = False, headers: dict[str, str] | None = None) -> Message:
    headers = dict(headers or {})
    message = EmailMessage()
    message["From"] = headers.pop("sender", "Chan Tai Man <chan@wahfung.example>")
    message["To"] = "apply@secretariat.example"
    message["Subject"] = subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(words)
    if attached:
        message.add_attachment(PDF, maintype="application", subtype="pdf", filename="a.pdf")
    return read_message(message.as_bytes(), cloud_hosts=WORDS.cloud_hosts)


def classed(message: Message, *, form: bool = False, papers: bool = False) -> Classified:
    return classify_message(message, WORDS, has_form=form, has_papers=papers)


ENQUIRIES = [
    (
        "Enquiry on CPPP",
        "We are a metal finishing company with a factory in Dongguan. Please let us know if we are eligible for the on-site assessment.",
    ),
    ("CPPP", "Our workshop does paint spraying in Tuen Mun. Is it covered by the scheme?"),
    ("General enquiry", "Grateful for details of the funding ceiling and the number of quotations required."),
    ("Seminar on 12 May", "We would like to send two colleagues to the technology seminar in Kwun Tong. Are there still seats?"),
    ("Briefing", "Please register two participants for the briefing session: Ms Ho and Mr Lam."),
    ("Recognition scheme", "How do we join the recognition scheme, and may we print the logo on our packaging?"),
    ("Label", "We wish to obtain the partner recognition label this year. Kindly send us the form."),
    ("Question", "Can we withdraw our application after approval, and is there a penalty?"),
    ("Privacy", "How long do you keep personal data of unsuccessful applicants?"),
    ("Leave", "I will be out of office next week, could you tell me whether our colleague can collect the letter?"),
    ("Meeting", "We would appreciate a call with your officer to discuss whether our plant in Huizhou qualifies."),
    ("查詢清潔生產伙伴計劃", "本公司於東莞設有廠房,想了解計劃的申請資格及所需文件。謝謝。"),
    ("查詢", "請問如何撤回申請?"),
    ("研討會報名", "本公司有意派兩名同事出席五月份的技術研討會,煩請代為留座。"),
    ("伙伴標誌計劃", "本公司去年獲頒標誌,今年想續期,請問手續如何?"),
    ("申請進度", "想跟進一下本公司申請(CPPP-2024-00042-O)的進展,謝謝。"),
    ("請教", "我哋間廠喺葵涌,做印刷,可唔可以申請?"),
    ("咨询", "您好,我公司在佛山有工厂,请问香港公司占股40%可以申请吗?另外审批需要多长时间?谢谢"),
    ("技术交流会", "我司想报名参加6月的技术交流会,共3人。"),
    ("嘉许计划", "我司已完成项目,想参加“粤港清洁生产伙伴”标志计划,请告知申请流程。"),
    ("咨询", "如果获批后想取消申请,会有什么影响?"),
    ("請教", "我哋間廠搬咗去觀塘,想問吓仲申唔申請到?"),
]
WITHDRAWALS = [
    ("Retraction", "Kindly note that Sun Fat Ltd. retracts its application (CPPP-2025-00007-K)."),
    ("Re: [CPPP-2025-00007-K]", "Please disregard our earlier application; we will not be going ahead."),
    ("取消", "我司不打算继续推进该项目,请将申请CPPP-2025-00007-K作废。"),
    ("通知", "敝公司因股東意見不一,決定暫不參加計劃,現撤回早前遞交之申請書。"),
    (
        "Withdrawal of application CPPP-2024-00042-O",
        "Due to a change of business plan, we have decided to withdraw our application referenced above.",
    ),
    ("CPPP-2024-00042-O", "We no longer wish to proceed with the captioned application."),
    ("Cancel", "Could you please cancel our application? The factory will be closed."),
    ("Notice", "We hereby give notice that we are withdrawing application no. CPPP-2024-00042-O with immediate effect."),
    ("Decision", "After careful consideration our board has decided not to continue with the above application."),
    ("撤回申請", "本公司因業務調整,現決定撤回編號CPPP-2024-00042-O的申請,請確認。"),
    ("關於申請", "由於資金問題,我們想取消申請,麻煩處理。"),
    ("撤回", "就本公司於2024年3月5日向貴秘書處提交的清潔生產伙伴計劃示範項目資助申請,本公司現決定撤回。"),
    ("撤销申请", "您好,因公司搬迁,我司决定撤销此前提交的清洁生产伙伴计划申请,烦请确认。"),
    ("有关我司申请", "经董事会决定,我司放弃本次资助申请。特此函告。"),
]
DATA_REQUESTS = [
    ("Access", "I was the contact person of Hop Lee Ltd. I would like to see what personal data about me is kept in your records."),
    ("Request", "I write to make a request under section 18(1) of the PDPO."),
    ("查詢本人資料", "本人想查閱貴秘書處所持有關本人的資料,請告知手續及費用。"),
    ("个人信息查询", "依照香港《个人资料(私隐)条例》第18条,请告知贵处是否持有本人资料并提供副本。"),
    ("Request", "Pursuant to section 18 of the Personal Data (Privacy) Ordinance, I request a copy of the personal data you hold about me."),
    (
        "My data",
        "Please provide me with copies of all personal data held by you relating to me, in connection with my former employer's application.",
    ),
    ("Request", "Could you please send me a copy of the personal data that the Secretariat holds on me?"),
    ("Erase", "Please erase all personal data relating to me from your records."),
    ("個人資料", "本人曾任ABC有限公司聯絡人,現要求貴處提供所持有本人資料的複本。"),
    ("個人資料(私隱)條例", "本人現根據第486章向貴處提出查閱資料要求。"),
    ("查阅个人资料", "根据《个人资料(私隐)条例》,本人要求查阅贵处持有的本人个人资料。"),
    ("删除", "请删除贵处保存的本人个人资料,并书面确认。"),
]
ABSENCES = [
    ("Auto: Out of office", "I am away until Monday."),
    ("放假自動回覆", ""),
    ("Re: [CPPP-2025-00007-K] 收到", "謝謝您的來信,我於1月1日至5日放假,期間不能回覆電郵。"),
    ("Automatic reply: [CPPP-2024-00042-O] Your application", "I am out of the office until 6 May."),
    ("[External] Automatic reply: Your application", "Away."),
    ("Re: [CPPP-2024-00042-O] Receipt", "I am currently on annual leave with no access to e-mail. For urgent matters please call 2345 6789."),
    ("自動回覆: 收到申請", "本人現正休假。"),
    ("外出通知", "本人已於今日開始放假。"),
    ("自动回复:您的申请", "您好,邮件已收到,我会尽快回复。"),
    ("回复:申请", "您好,您的邮件我已收到,我会尽快给您回复,谢谢!"),
]
SPAM = [
    ("You have won", "Dear winner, you have won 2 million USD in the lottery. Contact Western Union."),
    ("Your mailbox quota", "Your mailbox is full. Click here to verify your account within 24 hours."),
    ("代开发票", "本公司可代开各类增值税发票,点数优惠,联系微信123"),
    ("急需资金周转?", "无抵押低息贷款,当天放款,加微信abc"),
]
OTHERS = [
    ("放假安排", "中秋翌日本公司放假一天,特此通知。"),
    ("Introduction", "We are a Shenzhen maker of VOC treatment equipment and would like to introduce our products."),
    ("Meeting", "See you tomorrow at 3 in the lobby."),
    ("更改聯絡人", "由今日起本公司聯絡人改為李小姐,電話2345 6789,特此通知。"),
    ("Thank you", "Thank you for your letter, well received."),
    ("Complaint", "I am dissatisfied with how your staff handled my call last Friday."),
    ("Loans", "We offer a low interest loan to manufacturers."),
]


@pytest.mark.parametrize(("subject", "words"), ENQUIRIES)
def test_a_question_is_an_enquiry(subject: str, words: str) -> None:
    assert classed(written(subject, words)).message_class == "enquiry"


@pytest.mark.parametrize(("subject", "words"), WITHDRAWALS)
def test_a_declared_withdrawal_is_a_withdrawal(subject: str, words: str) -> None:
    assert classed(written(subject, words)).message_class == "withdrawal"


@pytest.mark.parametrize(("subject", "words"), DATA_REQUESTS)
def test_a_request_for_ones_data_is_a_data_request(subject: str, words: str) -> None:
    assert classed(written(subject, words)).message_class == "data_request"


FOREIGN_ABSENCES = [
    ("Risposta automatica: [CPPP-2024-00042-O]", "Buongiorno, sono fuori ufficio fino al 6 maggio. Al mio rientro Vi risponderò."),
    ("Re: [CPPP-2024-00042-O] Receipt", "Sono in ferie fino al 20 agosto, leggerò la Sua mail al mio rientro."),
    ("自動応答: 申請の受領", "お世話になっております。ただいま不在にしております。"),
    ("Re: [CPPP-2024-00042-O] Receipt", "ご連絡ありがとうございます。5月6日まで休暇をいただいております。"),
    ("자동 회신: [CPPP-2024-00042-O]", "안녕하세요. 현재 휴가 중입니다. 5월 6일에 복귀합니다."),
    ("Re: [CPPP-2024-00042-O] Receipt", "저는 5월 6일까지 출장 중이라 메일 확인이 늦습니다."),
    ("Automatisch antwoord: Receipt", "Ik ben afwezig tot 6 mei en lees mijn mail niet."),
    ("Re: [CPPP-2024-00042-O] Receipt", "Ik ben met vakantie tot 6 mei. Daarna beantwoord ik uw bericht."),
    ("Resposta automática: Receipt", "Estou ausente até 6 de maio."),
    ("Re: [CPPP-2024-00042-O] Receipt", "Estou de férias até 6 de maio; responderei no meu regresso."),
]
NO_ABSENCES = [
    ("申请资料", "出差中发现漏了一份文件,请问可否补交?", "enquiry"),
    ("Question", "Sono in ferie, but could you tell me whether our colleague may send the form?", "enquiry"),
    ("Questione", "Siamo un fornitore italiano di filtri per la verniciatura.", "other"),
    ("年末年始休業のお知らせと展示会", "弊社は印刷機械の製造会社です。新製品をご紹介いたします。", "other"),
]
UNDELIVERED = [
    (
        "Over quota",
        "The mailbox of lam@wahfung.example is over quota. Your message [CPPP-2026-00042-O] was not delivered.",
        "postmaster@wahfung.example",
    ),
    ("Automatic reply: mailbox full", "Your message was not delivered: the recipient's mailbox is full.", "lam@wahfung.example"),
    ("Re: [CPPP-2026-00042-O]", "The recipient's mailbox is full and can't accept messages now.", "lam@wahfung.example"),
    ("Notice", "<lam@wahfung.example>: host mx.wahfung.example said: 552 5.2.2 Quota exceeded", "postmaster@wahfung.example"),
    ("對方郵箱已滿", "收件人郵箱容量已滿,您的郵件無法送達。", "lam@wahfung.example"),
    ("系统通知", "收件人邮箱空间不足,邮件被退回。", "postmaster@qq.example"),
]


@pytest.mark.parametrize(
    "head",
    [
        b'Content-Type: multipart/mixed; boundary="none"\r\n',
        b"Content-Type: text/plain\r\nContent-Type: text/html\r\n",
        b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n",
        b"Content-Type: text/plain\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n",
    ],
)
def test_a_mail_whose_parts_are_hidden_is_no_enquiry_whatever_its_words(head: bytes) -> None:
    message = read_message(mail(head + b"\r\nCould you please advise whether we are eligible?\r\n"))
    assert classed(message).message_class == "other"
    assert classed(message, form=True).message_class == "application"


@pytest.mark.parametrize(("subject", "words"), FOREIGN_ABSENCES)
def test_an_absence_note_in_another_language_is_automatic(subject: str, words: str) -> None:
    assert classed(written(subject, words)).message_class == "auto_reply"


@pytest.mark.parametrize(("subject", "words", "expected"), NO_ABSENCES)
def test_a_letter_with_such_words_in_it_is_none(subject: str, words: str, expected: str) -> None:
    assert classed(written(subject, words)).message_class == expected


@pytest.mark.parametrize(("subject", "words", "sender"), UNDELIVERED)
def test_a_notice_that_a_letter_was_not_delivered_is_a_bounce_where_the_return_path_is_null(subject: str, words: str, sender: str) -> None:
    automatic = {"sender": sender, "Auto_Submitted": "auto-replied"}
    assert classed(written(subject, words, headers={**automatic, "Return-Path": "<>"})).message_class == "bounce"
    assert classed(written(subject, words, headers={**automatic, "Return-Path": f"<{sender}>"})).message_class == "auto_reply"


def test_an_absence_note_with_a_full_mailbox_stays_an_absence_note() -> None:
    away = written(
        "Automatic reply: Receipt", "I am on leave and my mailbox is nearly full.", headers={"Return-Path": "<>", "Auto-Submitted": "auto-replied"}
    )
    assert classed(away).message_class == "auto_reply"


def test_an_application_sent_with_a_null_return_path_stays_one_whatever_it_says_of_an_earlier_mail() -> None:
    words = "Our mail of yesterday could not be delivered, so we send our application again. Please find attached."
    sent = written("Application", words, attached=True, headers={"Return-Path": "<>"})
    assert classed(sent, form=True, papers=True).message_class == "application"
    assert classed(sent, papers=True).message_class == "application"


@pytest.mark.parametrize(("subject", "words"), ABSENCES)
def test_an_absence_note_without_headers_is_automatic(subject: str, words: str) -> None:
    assert classed(written(subject, words)).message_class == "auto_reply"


@pytest.mark.parametrize(("subject", "words"), SPAM)
def test_clear_spam_is_spam(subject: str, words: str) -> None:
    assert classed(written(subject, words)).message_class == "spam"


@pytest.mark.parametrize(("subject", "words"), OTHERS)
def test_a_mail_that_nothing_tells_is_left_to_a_person(subject: str, words: str) -> None:
    assert classed(written(subject, words)).message_class == "other"


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("application", "Please see attached."),
        ("", ""),
        ("CPPP申請", "附上申請表及文件。另請問審批需時多久?"),
        ("Application", "We understand that we may withdraw our consent at any time. Enclosed please find the application form."),
        ("申請表", "本公司同意貴處根據個人資料(私隱)條例收集個人資料。謹附上申請表。"),
        ("Application", "I am on leave from tomorrow; please contact Ms Chan. Our application is attached."),
        ("递交申请", "我们撤回旧的申请,现附上新的申请表,请查收。"),
    ],
)
def test_a_mail_with_a_form_is_an_application_whatever_else_it_says(subject: str, words: str) -> None:
    assert classed(written(subject, words, attached=True), form=True, papers=True).message_class == "application"


def test_a_withdrawal_that_encloses_the_old_form_is_a_withdrawal() -> None:
    assert classed(written("Withdraw", "Please withdraw the application attached.", attached=True), form=True).message_class == "withdrawal"


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("申请", "您好,附件为我司申请清洁生产伙伴计划的资料,请查收。如有疑问请致电。"),
        ("Application", "We submit our application as per the enclosed. If you have received this email in error, please delete it."),
        ("Missing paper", "As requested, attached please find the quotation."),
        ("Scanned from MFP", ""),
    ],
)
def test_papers_of_the_programme_without_a_form_are_an_application(subject: str, words: str) -> None:
    assert classed(written(subject, words, attached=True), papers=True).message_class == "application"


def test_a_link_to_cloud_storage_stands_for_the_papers() -> None:
    message = written("Application", "Attached please find our application: https://www.dropbox.com/s/abc/x.zip?dl=0")
    assert classed(message).message_class == "application"


def test_a_brochure_does_not_make_a_question_an_application() -> None:
    message = written(
        "Used equipment", "We intend to apply for a demonstration project. Attached is the catalogue. Would it be accepted?", attached=True
    )
    assert classed(message).message_class == "enquiry"


def test_an_announced_application_with_nothing_attached_is_left_to_a_person() -> None:
    assert classed(written("Application", "Attached please find our application form.")).message_class == "other"


def test_what_a_mail_quotes_does_not_class_it() -> None:
    quoted = "Noted with thanks.\n\nOn Mon, 3 Mar 2024 at 10:00, Lee <lee@x.example> wrote:\n> Please withdraw our application.\n"
    assert classed(written("Re: Withdrawal of application", quoted)).message_class == "other"


def test_a_newsletter_that_hides_its_headers_is_a_list() -> None:
    words = "Green factory monthly newsletter. View this email in your browser. To unsubscribe click here."
    assert classed(written("June issue", words)).message_class == "list"


def test_an_empty_file_is_unreadable() -> None:
    assert classed(read_message(b"")).message_class == "unreadable"


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"Auto_Submitted": "auto-replied"}, "auto_reply"),
        ({"Auto_Submitted": "auto-generated (vacation)"}, "auto_reply"),
        ({"Precedence": "auto_reply"}, "auto_reply"),
        ({"X_Autoreply": "yes"}, "auto_reply"),
        ({"X_Autorespond": "yes"}, "auto_reply"),
        ({"X_FC_MachineGenerated": "true"}, "auto_reply"),
        ({"Delivered_To": "Autoresponder"}, "auto_reply"),
        ({"Precedence": "bulk"}, "list"),
        ({"List_Unsubscribe": "<mailto:u@x.example>"}, "list"),
        ({"List_Id": "<l.x.example>"}, "list"),
        ({"Mailing_List": "x"}, "list"),
        ({"X_BeenThere": "x"}, "list"),
        ({"Feedback_ID": "1:x"}, "list"),
        ({"X_Failed_Recipients": "a@b.example"}, "bounce"),
        ({"Return_Path": "<>"}, "suppress_only"),
        ({"X_Loop": "x"}, "suppress_only"),
        ({"X_MS_Exchange_Inbox_Rules_Loop": "x"}, "suppress_only"),
        ({"X_Auto_Response_Suppress": "All"}, "suppress_only"),
        ({"sender": "MAILER-DAEMON@mx.example"}, "bounce"),
        ({"sender": "no-reply@x.example"}, "auto_reply"),
        ({"sender": "owner-trade@x.example"}, "suppress_only"),
        ({"sender": "trade-request@x.example"}, "suppress_only"),
    ],
)
def test_each_mark_of_automation_forbids_the_answer(headers: dict[str, str], kind: str) -> None:
    marks = marks_of_automation(written("Hello", "A few words.", headers=headers), WORDS)
    assert [mark.kind for mark in marks] == [kind]


@pytest.mark.parametrize(
    "headers", [{"Auto_Submitted": "no"}, {"X_Auto_Response_Suppress": "None"}, {"Precedence": "first-class"}, {"Return_Path": "<a@b.example>"}]
)
def test_ordinary_headers_are_no_marks(headers: dict[str, str]) -> None:
    assert marks_of_automation(written("Hello", "A few words.", headers=headers), WORDS) == ()


def test_an_applicants_mail_through_a_mailing_list_is_still_an_application() -> None:
    message = written("Application", "Attached is our form.", attached=True, headers={"List_Id": "<office.wahfung.example>", "Precedence": "list"})
    assert classed(message, form=True).message_class == "application"
    assert marks_of_automation(message, WORDS), "and yet nothing automatic answers it"


def test_an_exchange_users_application_is_taken_in() -> None:
    message = written("Application", "Attached is our form.", attached=True, headers={"X_Auto_Response_Suppress": "DR, OOF, AutoReply"})
    assert classed(message, form=True).message_class == "application"


def _report(kind: str, subtype: str, status: bytes, subject: str = "Report") -> Message:
    body = many("report", text("The following message could not be handled."), part(f"message/{subtype}", status), boundary="r")
    body = body.replace(b"multipart/report;", f"multipart/report; report-type={kind};".encode())
    return read_message(mail(body, subject))


def test_a_delivery_report_is_a_bounce_even_with_the_form_inside() -> None:
    message = _report("delivery-status", "delivery-status", b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n")
    assert classed(message, form=True).message_class == "bounce"


@pytest.mark.parametrize(("kind", "subtype"), [("disposition-notification", "disposition-notification"), ("feedback-report", "feedback-report")])
def test_receipts_and_abuse_reports_are_automatic(kind: str, subtype: str) -> None:
    assert classed(_report(kind, subtype, b"Feedback-Type: abuse\r\n")).message_class == "auto_reply"


def test_a_dmarc_report_is_automatic() -> None:
    message = written("Report Domain: secretariat.example Submitter: mail.example Report-ID: 1", "This is an aggregate report.", attached=True)
    assert classed(message).message_class == "auto_reply"


def test_a_bounce_in_words_alone_from_a_null_sender_is_a_bounce() -> None:
    words = (
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\n"
        "recipients. This is a permanent error. The following address(es) failed:\n\n  chan@wahfung.example\n    user unknown\n"
    )
    message = written(
        "Mail delivery failed: returning message to sender", words, headers={"Return_Path": "<>", "sender": "Mail Delivery System <robot@mx.example>"}
    )
    assert classed(message).message_class == "bounce"


def test_a_person_who_writes_about_a_bounce_is_no_bounce() -> None:
    message = written("Undeliverable", "My mail to you came back as undeliverable. Could you tell me the right address?")
    assert classed(message).message_class == "enquiry"


def test_a_forwarded_delivery_report_is_judged_by_the_one_who_forwards() -> None:
    inner = mail(text("failed"), "Undelivered Mail", HEAD.replace(b"chan@wahfung.example", b"MAILER-DAEMON@mx.example"))
    message = read_message(mail(many("mixed", text("Our application bounced, what shall we do?"), b"Content-Type: message/rfc822\r\n\r\n" + inner)))
    assert classed(message).message_class == "enquiry"


def test_a_meeting_answer_is_automatic_and_an_invitation_only_suppresses_the_answer() -> None:
    def calendar(method: str) -> Message:
        ics = f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nEND:VCALENDAR\r\n".encode()
        return read_message(mail(many("alternative", text("Site visit on Monday."), part("text/calendar; charset=utf-8", ics)), "Site visit"))

    assert classed(calendar("REPLY")).message_class == "auto_reply"
    assert classed(calendar("REQUEST")).message_class == "other"
    assert [mark.kind for mark in marks_of_automation(calendar("REQUEST"), WORDS)] == ["suppress_only"]


def test_every_phrase_of_the_programme_is_found_in_itself() -> None:
    for phrases in (WORDS.application, WORDS.withdrawal, WORDS.data_request, WORDS.enquiry, WORDS.spam):
        for phrase in phrases:
            assert first_phrase(sentences(phrase.replace("*", " "))[0], (phrase,)) == phrase


def test_a_withdrawal_through_a_group_address_is_not_lost_among_the_lists() -> None:
    message = written("CPPP-2024-00042-O", "We have decided to withdraw our application.", headers={"List_Id": "<office.wahfung.example>"})
    assert classed(message).message_class == "withdrawal"


def test_papers_sent_by_the_offices_scanner_are_taken_in() -> None:
    message = written("Scanned document", "", attached=True, headers={"sender": "no-reply@wahfung.example"})
    assert classed(message, papers=True).message_class == "application"
    assert classed(message).message_class == "auto_reply"


def test_a_letter_made_of_phrases_is_judged_in_a_moment() -> None:
    """Twenty thousand characters in which a phrase stands again and again, and another only at the end."""
    asking = ("may i ask", "apply * for", "never said")
    text = "may i ask apply " * 1_200 + "never said"
    began = time.process_time()
    assert phrases_in(text, asking) == ("may i ask", "never said")
    assert without(text, asking).count("apply") == 1_200
    assert first_phrase("apply " * 3_300, ("apply * for",)) is None
    assert time.process_time() - began < 2.0
