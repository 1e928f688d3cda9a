"""A person's words for a letter: the same letter otherwise, clean, and still to be found by its reference."""

from __future__ import annotations

from base64 import b64encode

import pytest

from parsers.values import MessageClass
from replies.reworded import CannotReword, reworded
from tests.replies.builders import REFERENCE, letter, mail_of

DUE = letter(None, message_class=MessageClass.ENQUIRY)


def test_words_left_as_they_are_change_nothing() -> None:
    assert reworded(DUE, subject=DUE.subject, text=DUE.text.replace("\n", "\r\n"), reference=REFERENCE) is DUE


def test_new_words_stand_in_both_forms_of_the_letter_and_no_markup_gets_in() -> None:
    said = reworded(DUE, subject=f"About {REFERENCE}", text="Dear Ms Chan,\n\n<script>1</script> & more\nthank you", reference=REFERENCE)
    assert said.text == "Dear Ms Chan,\n\n<script>1</script> & more\nthank you\n"
    assert "&lt;script&gt;1&lt;/script&gt; &amp; more<br>" in said.html
    assert (said.to, said.template, said.cause) == (DUE.to, DUE.template, DUE.cause)
    assert b64encode(b"Dear Ms Chan,")[:12] in mail_of(said)


@pytest.mark.parametrize(
    ("subject", "text", "why"),
    [
        (f"About {REFERENCE}", " \n ", "no text"),
        ("About your application", "Hello", "must name"),
        (f"About {REFERENCE}", "Hello\x00", "U\\+0000"),
        (f"About {REFERENCE}", "x" * 50_000, "longer"),
    ],
)
def test_words_that_cannot_be_sent_are_refused_with_the_reason(subject: str, text: str, why: str) -> None:
    with pytest.raises(CannotReword, match=why):
        reworded(DUE, subject=subject, text=text, reference=REFERENCE)
