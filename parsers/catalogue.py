"""The catalogue: forms, fields, labels and papers, as the readers need them (programmes/*/fields.toml, forms.toml, documents.toml)."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import model_validator

from parsers.calibration import Calibration
from parsers.values import Value, Words

FormCode = Literal["A", "B", "C"]


class FieldType(StrEnum):
    """Types and normal forms of values (vocabulary.toml)."""

    TEXT = "text"
    NAME = "name"
    ADDRESS = "address"
    BR_NUMBER = "br_number"
    USCC = "uscc"
    DATE = "date"
    MONEY = "money"
    PERCENT = "percent"
    INTEGER = "integer"
    PHONE = "phone"
    EMAIL = "email"
    CHOICE = "choice"
    FLAG = "flag"


class Choice(Value):
    """One answer of a tick-box question: its code, its printed words, and other words that mean the same.

    ``signs``: words of which one is enough to know the answer in any wording ('a+b': both), where none of ``unless`` stands there too.
    """

    code: str
    words: Words
    aliases: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


class FieldSpec(Value):
    """One field of the application forms: its key and type, the words printed beside it, and others that applicants' own forms print."""

    key: str
    type: FieldType
    forms: tuple[FormCode, ...]
    label: Words
    label_on: dict[FormCode, Words] = {}  # where one form prints another label
    aliases: tuple[str, ...] = ()
    generic: tuple[str, ...] = ()  # labels that several fields share: the section they stand in tells whose they are
    pdf_names: tuple[str, ...] = ()  # names of the official forms' PDF widgets (prefix for tick boxes: name + "_" + choice code)
    choices: tuple[Choice, ...] = ()
    multiline: bool = False

    @model_validator(mode="after")
    def _choices_belong_to_choice_fields(self) -> FieldSpec:
        if (self.type is FieldType.CHOICE) != bool(self.choices):
            raise ValueError(f"{self.key}: choices belong to fields of type choice, and only to them")
        return self


class FormSpec(Value):
    """One application form: its titles, and the section headings that tell 'Name' of the applicant from 'Name' of the factory."""

    code: FormCode
    title: Words
    title_aliases: tuple[str, ...] = ()
    initiatives: tuple[str, ...]
    sections: dict[str, tuple[str, ...]] = {}  # key prefix ("applicant", "contact", ...) -> headings in any language


class PaperFieldSpec(Value):
    """One field that a supporting paper yields itself, with the labels printed beside it."""

    key: str
    type: FieldType
    labels: tuple[str, ...] = ()
    first_labels: tuple[str, ...] = ()  # labels that outrank the others where several stand on the paper (a grand total over a total)
    same_as: tuple[str, ...] = ()  # fields of the form that hold the same fact


class DocumentSpec(Value):
    """One kind of paper and the words that betray it.

    ``title``: words that stand in its heading and settle it. ``signs``: phrases that speak for it, each counted once. ``against``: phrases that
    rule it out. ``file_names``: words in a file's name that tell what it was meant to be (used only where the content cannot say).
    """

    code: str
    label: Words
    title: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    file_names: tuple[str, ...] = ()
    fields: tuple[PaperFieldSpec, ...] = ()
    asides: tuple[str, ...] = ()  # other labels printed on the paper: not read, but where they stand a value ends
    elsewhere: tuple[str, ...] = ()  # phrases that make it a paper of another place, unless one of ``here`` stands on it too
    here: tuple[str, ...] = ()
    several: bool = False  # an application may hold more than one of them: a later one replaces none but its supplier's own earlier one
    one_sheet: bool = False  # always a single sheet: what follows it without a title is another paper


class Asking(Value):
    """What a label asks for by the meanings of its words (labels.toml): all of ``made_of`` stand in it, ``may`` may, no other does.

    ``key``: the field; several joined by ``+`` where one place is for both; empty: something that is not read.
    """

    key: str
    made_of: tuple[str, ...]
    may: tuple[str, ...] = ()


class LabelWords(Value):
    """Words of labels (labels.toml): printed help, words for 'nothing', words of headings, words without meaning, words by meaning, and what labels
    made of them ask."""

    hints: tuple[str, ...] = ()
    nothing: tuple[str, ...] = ()
    heading_nouns: tuple[str, ...] = ()
    heading_fillers: tuple[str, ...] = ()
    heading_words: dict[str, tuple[str, ...]] = {}
    fillers: tuple[str, ...] = ()
    meanings: dict[str, tuple[str, ...]] = {}
    askings: tuple[Asking, ...] = ()

    @model_validator(mode="after")
    def _askings_speak_of_known_meanings(self) -> LabelWords:
        unknown = sorted({meaning for asking in self.askings for meaning in (*asking.made_of, *asking.may)} - set(self.meanings))
        if unknown:
            raise ValueError(f"no words are given for the meaning {unknown[0]}; add them under meanings")
        return self


class Catalogue(Value):
    """Everything by which mails and papers are recognised. Built once from the programme's folder; passed as an argument."""

    forms: tuple[FormSpec, ...]
    fields: tuple[FieldSpec, ...]
    documents: tuple[DocumentSpec, ...]
    initiatives: dict[str, Words]
    calibration: Calibration = Calibration()
    label_words: LabelWords = LabelWords()

    def field(self, key: str) -> FieldSpec:
        return next(spec for spec in self.fields if spec.key == key)

    def fields_of(self, form: FormCode) -> tuple[FieldSpec, ...]:
        return tuple(spec for spec in self.fields if form in spec.forms)

    def document(self, code: str) -> DocumentSpec:
        return next(spec for spec in self.documents if spec.code == code)


class MailWords(Value):
    """Words by which mails that are no application are told apart (programmes/*/mail.toml). Compared case and script folded.

    Phrases are in any language. A mail is classed by its own words, never by quoted text.
    """

    application: tuple[str, ...]
    enquiry: tuple[str, ...]
    withdrawal: tuple[str, ...]
    data_request: tuple[str, ...]
    auto_reply_subjects: tuple[str, ...]
    auto_reply_texts: tuple[str, ...] = ()
    bounce_subjects: tuple[str, ...] = ()
    undelivered_texts: tuple[str, ...] = ()  # what a report without a form of its own says; counts with a null return path alone
    delay_subjects: tuple[str, ...] = ()  # of those, the ones that only tell of a delay: the letter may still arrive
    spam: tuple[str, ...] = ()
    cloud_hosts: tuple[str, ...] = ()
    application_wishes: tuple[str, ...] = ()  # words of wanting to apply: with papers an application, with a question an enquiry
    attaching: tuple[str, ...] = ()  # words that hand papers over
    courtesies: tuple[str, ...] = ()  # polite formulas that sound like questions or requests; struck out before judging
    conditions: tuple[str, ...] = ()  # words that make a sentence no declaration: "if we withdraw", "the right to withdraw"
    requests: tuple[str, ...] = ()  # words that make a question a request: "could you please"
    procedures: tuple[str, ...] = ()  # words that make a clause a question about the way: "how do I"
    doubts: tuple[str, ...] = ()  # words that make a clause a question whether: "can we"
    list_texts: tuple[str, ...] = ()
    programme_names: tuple[str, ...] = ()  # a mail that speaks of the programme is no spam
    machine_senders: tuple[str, ...] = ()  # local parts of senders that nobody reads: exact, or with * for any characters
