"""A letter that a person wrote: to one address, in the thread of the mail that it answers, and as clean as every other."""

from __future__ import annotations

import hashlib

from parsers.values import Language, Message
from replies.compose import thread_of
from replies.letters import LetterSet, letter_values
from replies.reworded import as_html, checked_words
from replies.values import Office, Reply, Template


def frame(letters: LetterSet, language: Language, *, reference: str, office: Office, first: bool) -> tuple[str, str]:
    """Subject and text to begin with: salutation, room, sign-off; under the first letter of a case the personal information collection statement."""
    words = letters.common[language]
    values = letter_values({
        "reference": reference, "programme": words.programme, "secretariat": words.secretariat,
        "telephone": office.telephone, "web": office.web, "email": office.from_address,
    })  # fmt: skip
    blocks = [words.salutation, "", "\n".join(words.sign_off)]
    if first:
        privacy = [said for phrase in words.privacy if (said := letters.say(phrase, values))]
        blocks.append("\n\n".join([f"{'-' * 40}\n{words.privacy_heading}", *privacy]))
    return f"[{reference}] {words.programme}", "\n\n".join(blocks) + "\n"


def written(message: Message, *, reference: str, subject: str, text: str, language: Language, to: str) -> Reply:
    """The letter in a person's words. The same words in answer to the same mail are the same letter. Raises CannotReword for words that cannot go."""
    about, words = checked_words(subject=subject, text=text, reference=reference)
    thread = thread_of(message)
    return Reply(
        template=Template.ANSWER,
        to=(to.lower(),),
        subject=about,
        text=words + "\n",
        html=as_html(words),
        language=language,
        cause=hashlib.sha256(f"answer to {message.sha256}: {about}: {words}".encode()).hexdigest(),
        in_reply_to=thread[-1] if thread else None,
        references=thread,
        by_hand=True,
    )
