"""What staff must hear of the mails of a case beside what the rules find: words that were lost, senders not confirmed, corrections overtaken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checks.values import EvidenceRef, Finding, Needs
from checks.wording import finding
from intake.programme import Programme
from parsers.authentication import authentication_of
from parsers.corrections import Told
from parsers.values import Message, Read, Unreadable, Words

# What may have cost a paper or a word of the applicant's; other notes (a header's defect) cost nothing.
_NOTES_FOR_STAFF = {  # code: in Traditional and Simplified Chinese; in English the code's own words, by which a note is known that was overruled
    "undecodable_text": ("文字未能解碼", "文字未能解码"),
    "too_many_members": ("壓縮檔內的檔案過多", "压缩包内的文件过多"),
    "too_many_parts": ("郵件的部分過多", "邮件的部分过多"),
    "too_deep": ("檔案層層包裹，未有開啟", "文件层层嵌套，未有打开"),
    "header_cut": ("郵件標頭過大", "邮件标头过大"),
    "broken_base64": ("附件編碼損壞", "附件编码损坏"),
    "unknown_transfer_encoding": ("附件編碼不明", "附件编码不明"),
    "encrypted_mail": ("郵件已加密", "邮件已加密"),
    "may_be_cut_off": ("郵件可能不完整", "邮件可能不完整"),
    "multipart_without_parts": ("未能分辨郵件的各部分", "未能分辨邮件的各部分"),
    "contradictory_type": ("郵件的格式聲明互相矛盾", "邮件的格式声明互相矛盾"),
    "wrong_boundary": ("郵件各部分的分隔與其聲明不符", "邮件各部分的分隔与其声明不符"),
}
_NOT_PROVEN = re.compile(r"^nothing that passed speaks for (?P<domain>[^:]+): (?P<said>.+)$", re.DOTALL)


def findings_of_mails(messages: Sequence[Message], programme: Programme, *, authserv: str) -> Iterator[Finding]:
    """What reading each mail of a case left doubtful, and whose sender a trusted server did not confirm. Later mails' parts bear their number."""
    for number, message in enumerate(messages, start=1):
        notes = dict.fromkeys((note.code, note.part or "") for note in message.notes if note.code in _NOTES_FOR_STAFF)
        for code, path in notes:
            part = f"{number}:{path}" if path and number > 1 else path
            words = _said_of(code, part, number)
            yield finding(programme.policy, "mail.readable", "unsure", needs=Needs.STAFF, evidence=[EvidenceRef(part=part or None)], note=words)
        authentication = authentication_of(message, authserv)
        if authentication.failed:
            yield finding(programme.policy, "mail.authenticated", "fail", needs=Needs.STAFF, note=_said_of_sender(authentication.reason))


def _said_of(code: str, part: str, number: int) -> Words:
    """What is wrong with a mail, in which part of it and in which mail of its case."""
    en = f"{code.replace('_', ' ')}{f' (part {part})' if part else ''}{f' of mail {number}' if number > 1 else ''}"
    hant, hans = _NOTES_FOR_STAFF[code]
    return Words(
        en=en,
        zh_hant=f"{f'第 {number} 封郵件：' if number > 1 else ''}{hant}{f'，第 {part} 部分' if part else ''}",
        zh_hans=f"{f'第 {number} 封邮件：' if number > 1 else ''}{hans}{f'，第 {part} 部分' if part else ''}",
    )


def _said_of_sender(reason: str) -> Words:
    """Why a sender is not confirmed; what the mail server itself wrote stays as it is."""
    match = _NOT_PROVEN.match(reason)
    if match is None:
        return Words(en=reason, zh_hant=reason, zh_hans=reason)
    domain, said = match["domain"], match["said"]
    return Words(en=reason, zh_hant=f"沒有通過的驗證可證明 {domain}：{said}", zh_hans=f"没有通过的验证可证明 {domain}：{said}")


def findings_of_corrections(told: Told, programme: Programme) -> Iterator[Finding]:
    """Values that a person entered and on which a newer paper of the applicant's says otherwise."""
    for key in told.outdated:
        field = told.application.fields.get(key)
        text = field.text if isinstance(field, Read | Unreadable) else ""
        label = programme.policy.label(key)
        yield finding(programme.policy, "record.corrected", "unsure", needs=Needs.STAFF, evidence=[EvidenceRef(field=key)], field=label, text=text)
