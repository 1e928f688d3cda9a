"""Reading an application form, in whatever layout: every field of the catalogue as read, missing or unreadable, with where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from parsers.catalogue import Catalogue, FieldSpec, FieldType, FormCode, FormSpec
from parsers.chop_lettering import without_unseen_chop
from parsers.folding import fold_key
from parsers.form_above import labels_below_values
from parsers.form_choices import Answer, answers_on
from parsers.form_columns import in_columns
from parsers.form_doubts import fits, is_print, is_worded_as_label
from parsers.form_fields import Desk, field_of
from parsers.form_glued import with_labels_cut_off
from parsers.form_left import pages_with_values_left
from parsers.form_names import tell_names_apart
from parsers.form_sheet import Sheet, headings_on, sheet_of
from parsers.form_signs import with_typed_boxes
from parsers.form_slant import level_page, slant_of_form
from parsers.form_stream import Stream, streams_of
from parsers.form_widgets import Held, held_by_widgets, laid_on_page
from parsers.labels import label_book
from parsers.line_ends import without_line_ends
from parsers.paper_lines import Row, rows_of
from parsers.small_print import without_small_print
from parsers.values import Field, Method, Page, Read, Unreadable, Value

INITIATIVE = "project.initiative"
_UNREAD = frozenset(("time_limit", "unread", "crashed", "damaged", "too_complex", "too_large", "cut_short", "too_coarse", "xfa_only"))
_LIST_ROWS, _ONE_SIZE = 2.5, 1.15  # rows of one list: heights from one to the next, and times as high
_BY_TITLE = 0.9  # certainty of an initiative that only the form's title tells


class FormReading(Value):
    """What one form says. ``fields`` has every field of the form; ``likeness``: how much the pages are a form at all, 0 to 1.

    ``unread``: a page of it could not be read to its end. ``told``: its title or its answers tell which form it is; else ``form`` is a guess.
    """

    form: FormCode | None
    initiative: str | None
    fields: dict[str, Field]
    likeness: float
    unread: bool = False
    told: bool = True


def form_likeness(page: Page, catalogue: Catalogue) -> float:
    """How much a page looks like one of an application form: 0 to 1, above 0.5 where it has a title or several of its own labels."""
    book = label_book(catalogue)
    streams = streams_of(page)
    sheet = sheet_of(streams, book, forgiving=False, page_width=page.width)
    own = {hit.keys[0] for hit in sheet.labels if hit.keys and not hit.generic}
    named = {widget.name for widget in page.widgets if any(widget.name.startswith(name) for spec in catalogue.fields for name in spec.pdf_names)}
    weight = len(own) + 2 * len(named) + 2 * bool(_titles_met(page, catalogue))
    return 1 - 1 / (1 + (weight / 4) ** 2)


def is_unread(page: Page) -> bool:
    """Whether a page, or part of it, could not be read. Other notes (a rejected text layer, hidden words) tell how it was read."""
    return bool(_UNREAD & set(page.notes))


def read_form(pages: Sequence[Page], catalogue: Catalogue, *, document: str | None, part: str) -> FormReading:
    """Reads the pages of one form. A form with a single answer to 'type of application' needs no tick: its title tells (method ``derived``)."""
    book = label_book(catalogue)
    desk = Desk(catalogue, book, {page.number: page for page in pages}, document, part)
    held, used = held_by_widgets(pages, catalogue, book)
    desk.slants.update({page.number: slant_of_form(page) for page in pages})

    def is_label(text: str) -> bool:
        return is_print(text, book) or is_worded_as_label(text, book)

    plain = [without_small_print(page, catalogue, book) for page in pages]
    laid = [with_typed_boxes(without_line_ends(level_page(laid_on_page(page, used), desk.slants[page.number]), is_label)) for page in plain]
    desk.pages.update({page.number: page for page in laid})
    forgiving = any(page.source == "ocr" for page in pages)
    answers = [answer for page in laid for answer in answers_on(page, catalogue)]
    streams: list[Stream] = [stream for page in laid for stream in streams_of(_without_answers(page, answers))]
    width = max((page.width for page in pages), default=595.0)
    sheet = sheet_of(streams, book, forgiving=forgiving, page_width=width)
    columns = in_columns(streams, sheet.labels, {(index, row) for index, row, _ in headings_on(streams, book)}, {page.number: page for page in laid})
    if columns != tuple(streams):
        streams = list(columns)
        sheet = sheet_of(streams, book, forgiving=forgiving, page_width=width)
    unmet = _not_met(sheet, held, catalogue)
    listed = [label for label, keys in book.labels.items() if set(keys) <= unmet and label not in book.generic]
    parted = with_labels_cut_off(streams, listed, book.wording, unmet)
    if parted != tuple(streams):
        sheet = sheet_of(parted, book, forgiving=forgiving, page_width=width)
    sheet = replace(sheet, above=labels_below_values(sheet, [page.number for page in laid], lambda key, text: fits(text, catalogue.field(key).type)))
    sheet = replace(sheet, leftward=pages_with_values_left(sheet))
    told = _form_told([_without_answers(page, answers) for page in laid], catalogue, answers, held)
    form = told or _form_guessed(sheet, held)
    fields = {spec.key: field_of(spec, desk, sheet, answers, held) for spec in _specs(catalogue, told)}
    tell_names_apart(fields)
    fields = without_unseen_chop(fields, sheet.labels, desk.pages)
    initiative = _initiative(fields, form, desk, answers)
    return FormReading(
        form=form,
        initiative=initiative,
        fields=fields,
        likeness=max((form_likeness(page, catalogue) for page in pages), default=0.0),
        unread=any(is_unread(page) for page in pages),
        told=told is not None,
    )


def _without_answers(page: Page, answers: Sequence[Answer]) -> Page:
    """The page without the words of the answers that stand beside tick boxes: they are neither labels nor values."""
    said = {id(word) for answer in answers if answer.page == page.number for word in answer.said}
    return page.model_copy(update={"words": tuple(word for word in page.words if id(word) not in said)}) if said else page


def _not_met(sheet: Sheet, held: dict[str, Held], catalogue: Catalogue) -> set[str]:
    """The fields to be written in that nothing on the form announces."""
    met = {key for hit in sheet.labels for key in hit.keys} | set(held)
    return {spec.key for spec in catalogue.fields if spec.type not in (FieldType.CHOICE, FieldType.FLAG)} - met


def _specs(catalogue: Catalogue, form: FormCode | None) -> Iterable[FieldSpec]:
    return catalogue.fields_of(form) if form else catalogue.fields


# ------------------------------------------------------------------ which form


def _titles_on(page: Page, catalogue: Catalogue) -> dict[FormCode, float]:
    """Forms whose title stands on the page, with the length of the longest and a bonus for rows near the top. Titles of several forms side by side or
    below one another are what the form offers, and none is its own."""
    met = _titles_met(page, catalogue)
    found: dict[FormCode, float] = {}
    for row, code, weight in met:
        if not any(other != code and _in_one_list(row, near) for near, other, _ in met):
            found[code] = max(found.get(code, 0.0), weight)
    return found


def _titles_met(page: Page, catalogue: Catalogue) -> list[tuple[Row, FormCode, float]]:
    """The rows in the upper part of a page in which a form's title stands, with its weight."""
    met = []
    for row in rows_of(page):
        words = [fold_key(word.text) for word in row.words]
        if not 4 <= sum(map(len, words)) <= 90 or row.box[1] >= page.height * 0.3:
            continue
        for form in catalogue.forms:
            lengths = [len(title) for title in _titles_of(form) if _stands_in(title, words)]
            if lengths:
                met.append((row, form.code, max(lengths) + 10 * (1 - row.box[1] / page.height)))
    return met


def _in_one_list(row: Row, other: Row) -> bool:
    """Whether two rows are the same or follow one another in print of one size."""
    heights = sorted((row.box[3] - row.box[1], other.box[3] - other.box[1]))
    return abs(row.box[1] - other.box[1]) <= _LIST_ROWS * heights[1] and heights[1] <= _ONE_SIZE * max(0.1, heights[0])


def _titles_of(form: FormSpec) -> tuple[str, ...]:
    """Folded titles of a form, the longest first."""
    texts = (form.title.en, form.title.zh_hant, form.title.zh_hans, *form.title_aliases)
    return tuple(sorted({fold_key(text) for text in texts}, key=len, reverse=True))


def _stands_in(title: str, words: Sequence[str]) -> bool:
    """Whether a folded title stands in a row; a short English one ('Form A') as whole words only, for 'information' is no form A."""
    if len(title) < 4:
        return False
    if not title.isascii() or len(title) > 8:
        return title in "".join(words)
    return any("".join(words[at : at + count]) == title for at in range(len(words)) for count in range(1, 4))


def _form_told(pages: Sequence[Page], catalogue: Catalogue, answers: Sequence[Answer], held: dict[str, Held]) -> FormCode | None:
    """By the title, which no answer beside a box is; else by the initiative ticked, or by those offered."""
    votes: dict[FormCode, float] = {}
    for page in pages:
        for code, weight in _titles_on(page, catalogue).items():
            votes[code] = max(votes.get(code, 0.0), weight)
    best = sorted(votes.items(), key=lambda vote: -vote[1])
    if best and (len(best) == 1 or best[0][1] > best[1][1] + 0.5):
        return best[0][0]
    ticked = {answer.code for answer in answers if answer.key == INITIATIVE and answer.mark.on} | set(
        held[INITIATIVE].ticked if INITIATIVE in held else ()
    )
    offered = {answer.code for answer in answers if answer.key == INITIATIVE}
    for codes in (ticked, offered):
        forms = [form.code for form in catalogue.forms if codes & set(form.initiatives)]
        if len(forms) == 1:
            return forms[0]
    return None


def _form_guessed(sheet: Sheet, held: dict[str, Held]) -> FormCode | None:
    """By the fields that only one form has."""
    keys = {hit.keys[0] for hit in sheet.labels if hit.keys} | set(held)
    if {"organisation.status", "organisation.non_profit"} & keys:
        return "C"
    if any(key.startswith(("factory.", "connection.")) for key in keys):
        return "B" if "project.summary" in keys else "A" if {"project.title", "provider.name"} <= keys else None
    return None


def _initiative(fields: dict[str, Field], form: FormCode | None, desk: Desk, answers: Sequence[Answer]) -> str | None:
    field = fields.get(INITIATIVE)
    if isinstance(field, Read):
        return str(field.value)
    spec = next((spec for spec in desk.catalogue.forms if spec.code == form), None)
    if spec is None or len(spec.initiatives) != 1 or isinstance(field, Unreadable):
        return None
    only = spec.initiatives[0]
    beside = next((answer for answer in answers if answer.key == INITIATIVE), None)
    page = beside.page if beside else min(desk.pages)
    box = beside.box if beside else None
    evidence = desk.evidence(page, box, spec.title.en, Method.DERIVED, _BY_TITLE)
    fields[INITIATIVE] = Read(key=INITIATIVE, value=only, text=spec.title.en, evidence=evidence)
    return only
