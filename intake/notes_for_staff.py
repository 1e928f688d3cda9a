"""What staff must hear of the mails of a case beside what the rules find: words that were lost, senders not confirmed, corrections overtaken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.values import EvidenceRef, Finding, Needs
from checks.wording import finding
from intake.programme import Programme
from parsers.authentication import authentication_of
from parsers.corrections import Told
from parsers.values import Message, Read, Unreadable

# What may have cost a paper or a word of the applicant's; other notes (a header's defect) cost nothing.
_NOTES_FOR_STAFF = frozenset({
    "undecodable_text", "too_many_members", "too_many_parts", "too_deep", "header_cut", "broken_base64", "unknown_transfer_encoding",
    "encrypted_mail", "may_be_cut_off",
})  # fmt: skip


def findings_of_mails(messages: Sequence[Message], programme: Programme, *, authserv: str) -> Iterator[Finding]:
    """What reading each mail of a case left doubtful, and whose sender a trusted server did not confirm. Later mails' parts bear their number."""
    for number, message in enumerate(messages, start=1):
        notes = dict.fromkeys((note.code, note.part or "") for note in message.notes if note.code in _NOTES_FOR_STAFF)
        for code, path in notes:
            part = f"{number}:{path}" if path and number > 1 else path
            words = f"{code.replace('_', ' ')}{f' (part {part})' if part else ''}{f' of mail {number}' if number > 1 else ''}"
            yield finding(programme.policy, "mail.readable", "unsure", needs=Needs.STAFF, evidence=[EvidenceRef(part=part or None)], note=words)
        authentication = authentication_of(message, authserv)
        if authentication.failed:
            yield finding(programme.policy, "mail.authenticated", "fail", needs=Needs.STAFF, note=authentication.reason)


def findings_of_corrections(told: Told, programme: Programme) -> Iterator[Finding]:
    """Values that a person entered and on which a newer paper of the applicant's says otherwise."""
    for key in told.outdated:
        field = told.application.fields.get(key)
        text = field.text if isinstance(field, Read | Unreadable) else ""
        label = programme.policy.label(key)
        yield finding(programme.policy, "record.corrected", "unsure", needs=Needs.STAFF, evidence=[EvidenceRef(field=key)], field=label, text=text)
