"""Text that stands where a value should but is none of its kind: a label, a heading, printed help, or what belongs to another field.

Of such text staff are told that the reader failed; the applicant is asked to mend only what was plainly meant as the value (programme.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rapidfuzz import fuzz

from parsers.catalogue import FieldSpec, FieldType
from parsers.folding import fold, fold_key
from parsers.label_wording import asked_by, share_understood
from parsers.labels import NUMBERING, LabelBook
from parsers.normal_forms import Malformed, Normal, read_value
from parsers.normal_values import plain

_SAID_IN_WORDS = frozenset((FieldType.NAME, FieldType.TEXT, FieldType.ADDRESS))
_DIGIT = re.compile(r"[0-9]")
_DATE_LIKE = re.compile(
    r"[0-9〇一二三四五六七八九十廿卅壹貳叁肆伍陸柒捌玖拾]|\b(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)", re.IGNORECASE
)
_AMOUNT_LIKE = re.compile(r"[0-9零一二三四五六七八九十百千萬万億亿壹貳贰叁叄肆伍陸陆柒捌玖拾佰仟]|\b(?:hundred|thousand|million)", re.IGNORECASE)
_MAIL_LIKE = re.compile(r"@|\(at\)|\[at\]|\bat\b|[^\s.]\.[a-z]{2,}\b", re.IGNORECASE)
_LEAST_OF_CODE, _DIGITS_OF_CODE = 8, 6  # letters and digits, and digits alone, of what may be meant as a social credit code
_LEAST_OF_NUMBER = 3  # digits of what may be meant as a telephone or registration number
_WHOLE_DATE = re.compile(
    r"(?<![0-9])(?:(?:19|20)[0-9]{2}\s?[-/.年]\s?[0-9]{1,2}\s?[-/.月]\s?[0-9]{1,2}|[0-9]{1,2}\s?[-/.]\s?[0-9]{1,2}\s?[-/.]\s?(?:19|20)[0-9]{2})(?![0-9])"
)
_MONEY = re.compile(r"^(?:hk\$|hkd|\$|rmb|us\$|港[幣币元]|人民[幣币])\s?[0-9]|^[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{2})?$", re.IGNORECASE)
_PERSONS = frozenset(("contact.name", "declaration.name"))
_COMPANY = re.compile(r"\b(?:limited|ltd|company|corporation|association|federation)\b|公司|协会|商会|总会|for and on behalf of", re.IGNORECASE)
_NO_LETTER = re.compile(r"^[\W\d_]*$")
_LEAST_LABEL = 2  # letters of a label or heading
_LEAST_WORDS, _MOST_WORDS = 3, 8  # of a label that runs into a value
_SURE = 0.95
_SET_APART = 0.8  # certainty of a value that was read without the spaces in it
_ALIKE = 88  # rapidfuzz ratio


def _digits_at_least(count: int) -> Callable[[str], bool]:
    return lambda text: len(_DIGIT.findall(text)) >= count


_TRACES: dict[FieldType, Callable[[str], bool]] = {
    FieldType.BR_NUMBER: _digits_at_least(_LEAST_OF_NUMBER),
    FieldType.PHONE: _digits_at_least(_LEAST_OF_NUMBER),
    FieldType.PERCENT: _digits_at_least(1),
    FieldType.INTEGER: lambda text: _AMOUNT_LIKE.search(text) is not None,
    FieldType.MONEY: lambda text: _AMOUNT_LIKE.search(text) is not None,
    FieldType.DATE: lambda text: _DATE_LIKE.search(text) is not None,
    FieldType.EMAIL: lambda text: _MAIL_LIKE.search(text) is not None,
    FieldType.USCC: lambda text: len(re.findall(r"[0-9A-Za-z]", text)) >= _LEAST_OF_CODE and len(_DIGIT.findall(text)) >= _DIGITS_OF_CODE,
}


def is_print(text: str, book: LabelBook) -> bool:
    """Whether a text is wholly a label, a heading or printed help of a form, with or without numbering."""
    words = text.split()
    while len(words) > 1 and NUMBERING.match(words[0].casefold()):
        words = words[1:]
    key = fold_key("".join(words))
    return len(key) >= _LEAST_LABEL and (key in book.labels or key in book.headings or key in book.hints)


def is_worded_as_label(text: str, book: LabelBook) -> bool:
    """Whether a text holds nothing but the words that labels are made of ('Date of Declaration')."""
    asked = asked_by(text, book.wording, forgiving=False)
    return asked is not None and asked.understood >= _SURE


def is_answer(text: str, book: LabelBook) -> bool:
    """Whether a text begins with a long answer of a tick-box question, as printed or as a reader of pictures has it."""
    key = fold_key(text)
    return any(len(key) >= 0.8 * len(answer) and fuzz.ratio(key[: len(answer)], answer) >= _ALIKE for answer in book.answers)


def has_trace(text: str, type_: FieldType) -> bool:
    """Whether a text holds anything of what values of a type are made of; always so for words."""
    trace = _TRACES.get(type_)
    return trace is None or trace(plain(text))


def closed_up(text: str, type_: FieldType) -> Normal | None:
    """The value of a text whose characters a file's print sets apart ('1 0/03/2 0 2 3'), surely enough for staff to look at only; None where none."""
    together = "".join(text.split())
    if type_ not in _TRACES or together == text or len(text) - len(together) > len(together):
        return None
    value = read_value(together, type_)
    return value.model_copy(update={"certainty": _SET_APART}) if isinstance(value, Normal) else None


def fits(text: str, type_: FieldType) -> bool:
    """Whether a text is a value of a type that can be told by its looks; never so for words."""
    return type_ in _TRACES and not belongs_elsewhere(text, type_) and _is(text, type_)


def belongs_elsewhere(text: str, type_: FieldType) -> bool:
    """Whether a text is plainly the value of a field of another type: a date where a name is asked, an amount where a telephone number is."""
    written = plain(text).strip()
    if not written:
        return False
    if type_ is not FieldType.EMAIL and "@" in written and _is(written, FieldType.EMAIL):
        return True
    if type_ is not FieldType.DATE and _WHOLE_DATE.search(written) and (type_ in (FieldType.NAME, *_TRACES) or _is_date_alone(written)):
        return True
    if type_ is not FieldType.MONEY and type_ is not FieldType.INTEGER and _MONEY.match(fold(written)):
        return True
    if type_ in _SAID_IN_WORDS:
        return _NO_LETTER.match(written) is not None or _is_code(written)
    return False


def _is(text: str, type_: FieldType) -> bool:
    return not isinstance(read_value(text, type_), Malformed)


def _is_date_alone(written: str) -> bool:
    rest = _WHOLE_DATE.sub("", written, count=1).strip(" 日號号.()")
    return not rest


def _is_code(written: str) -> bool:
    """Whether a text is a social credit code and nothing else."""
    return len(written) == 18 and written.isalnum() and written.isascii() and written.isupper() and _is(written, FieldType.USCC)


def is_no_value(text: str, spec: FieldSpec, book: LabelBook) -> bool:
    """Whether text found in a field's place cannot have been meant as its value, so that a person must look."""
    if is_print(text, book) and not _may_be_said(spec):
        return True
    if spec.type in (FieldType.CHOICE, FieldType.FLAG):
        return False
    if spec.type is FieldType.NAME and (is_worded_as_label(text, book) or is_answer(text, book) or _begins_with_label(text, spec, book)):
        return True
    if spec.type is FieldType.TEXT and not _may_be_said(spec) and share_understood(text, book.wording, forgiving=False) >= _SURE:
        return True  # the head of a column ('填寫資料')
    if spec.key in _PERSONS and _COMPANY.search(fold(text)):  # a stamp's lettering in the place of who signs
        return True
    return belongs_elsewhere(text, spec.type) or not has_trace(text, spec.type)


def _begins_with_label(text: str, spec: FieldSpec, book: LabelBook) -> bool:
    """Whether the first words of a text ask for another field ('Amount of Grant Sought HK$289,600' where a name is expected)."""
    words = [word for word in text.split() if fold_key(word)]
    for count in range(min(_MOST_WORDS, len(words) - 1), _LEAST_WORDS - 1, -1):
        asked = asked_by(" ".join(words[:count]), book.wording, forgiving=False)
        if asked is not None and asked.understood >= _SURE and asked.keys and spec.key not in asked.keys:
            return True
    return False


def _may_be_said(spec: FieldSpec) -> bool:
    """Whether words of labels may be a value too: a position ('Representative'), an answer."""
    return spec.type in (FieldType.CHOICE, FieldType.FLAG) or spec.key.endswith(".title")
