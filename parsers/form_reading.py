"""Reading an application form, in whatever layout: every field of the catalogue as read, missing or unreadable, with where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from parsers.catalogue import Catalogue, FieldSpec, FieldType, FormCode
from parsers.folding import fold_key
from parsers.form_choices import Answer, answers_on, yes_or_no
from parsers.form_glued import with_labels_cut_off
from parsers.form_layout import Place, Sheet, place_of, sheet_of
from parsers.form_seals import CHOP, SIGNATURE, seal_of
from parsers.form_signs import with_typed_boxes
from parsers.form_stream import Stream, streams_of
from parsers.form_widgets import SURE, Held, held_by_widgets, laid_on_page, widgets_at
from parsers.labels import LabelBook, LabelHit, label_book, titles_of
from parsers.normal_forms import Malformed, read_value
from parsers.paper_lines import rows_of
from parsers.values import Box, Evidence, Field, Method, Missing, Page, Read, Unreadable, Value

INITIATIVE = "project.initiative"
_NAME_EN, _NAME_ZH = "applicant.name_en", "applicant.name_zh"
_LEADERS = re.compile(r"[_＿.…·]{3,}|-{3,}|—{2,}")
_NOTHING = frozenset(fold_key(text) for text in ("N/A", "NA", "Nil", "None", "Not applicable", "不適用", "沒有", "無", "没有", "无"))
_UNREAD = frozenset(("time_limit", "unread", "crashed", "damaged", "too_complex", "too_large", "cut_short", "xfa_only"))
_TELLING = 4  # letters of an answer's words that are no chance on a page
_BY_TITLE = 0.9  # certainty of an initiative that only the form's title tells
_CLEAR = {Method.OCR: 0.93, Method.TEXT: 0.85, Method.DOCX: 0.85, Method.ACROFORM: 0.6}  # from here a value that is no value was clearly read


class FormReading(Value):
    """What one form says. ``fields`` has every field of the form; ``likeness``: how much the pages are a form at all, 0 to 1.

    ``unread``: a page of it could not be read to its end.
    """

    form: FormCode | None
    initiative: str | None
    fields: dict[str, Field]
    likeness: float
    unread: bool = False


@dataclass(frozen=True)
class _Desk:
    """What reading one form needs at hand."""

    catalogue: Catalogue
    book: LabelBook
    pages: dict[int, Page]
    document: str | None
    part: str

    def evidence(self, page: int, box: Box | None, quote: str, method: Method, confidence: float) -> Evidence:
        return Evidence(document=self.document, part=self.part, page=page, box=box, quote=quote[:500], method=method, confidence=round(confidence, 4))


def form_likeness(page: Page, catalogue: Catalogue) -> float:
    """How much a page looks like one of an application form: 0 to 1, above 0.5 where it has a title or several of its own labels."""
    book = label_book(catalogue)
    streams = streams_of(page)
    sheet = sheet_of(streams, book, forgiving=False, page_width=page.width)
    own = {hit.keys[0] for hit in sheet.labels if hit.keys and not hit.generic}
    named = {widget.name for widget in page.widgets if any(widget.name.startswith(name) for spec in catalogue.fields for name in spec.pdf_names)}
    weight = len(own) + 2 * len(named) + 2 * bool(_titles_on(page, catalogue))
    return 1 - 1 / (1 + (weight / 4) ** 2)


def is_unread(page: Page) -> bool:
    """Whether a page, or part of it, could not be read. Other notes (a rejected text layer, hidden words) tell how it was read."""
    return bool(_UNREAD & set(page.notes))


def read_form(pages: Sequence[Page], catalogue: Catalogue, *, document: str | None, part: str) -> FormReading:
    """Reads the pages of one form. A form with a single answer to 'type of application' needs no tick: its title tells (method ``derived``)."""
    book = label_book(catalogue)
    desk = _Desk(catalogue, book, {page.number: page for page in pages}, document, part)
    held, used = held_by_widgets(pages, catalogue, book)
    laid = [with_typed_boxes(laid_on_page(page, used)) for page in pages]
    desk.pages.update({page.number: page for page in laid})
    forgiving = any(page.source == "ocr" for page in pages)
    streams: list[Stream] = [stream for page in laid for stream in streams_of(page)]
    width = max((page.width for page in pages), default=595.0)
    sheet = sheet_of(streams, book, forgiving=forgiving, page_width=width)
    parted = with_labels_cut_off(streams, _labels_not_met(sheet, held, catalogue, book))
    if parted != tuple(streams):
        sheet = sheet_of(parted, book, forgiving=forgiving, page_width=width)
    answers = [answer for page in laid for answer in answers_on(page, catalogue)]
    form = _form_of(pages, catalogue, answers, sheet, held)
    fields = {spec.key: _field(spec, desk, sheet, answers, held) for spec in _specs(catalogue, form)}
    _tell_names_apart(fields)
    initiative = _initiative(fields, form, desk, answers)
    return FormReading(
        form=form,
        initiative=initiative,
        fields=fields,
        likeness=max((form_likeness(page, catalogue) for page in pages), default=0.0),
        unread=any(is_unread(page) for page in pages),
    )


def _labels_not_met(sheet: Sheet, held: dict[str, Held], catalogue: Catalogue, book: LabelBook) -> list[str]:
    """Folded labels of the fields to be written in that nothing on the form announces."""
    met = {key for hit in sheet.labels for key in hit.keys} | set(held)
    written = {spec.key for spec in catalogue.fields if spec.type not in (FieldType.CHOICE, FieldType.FLAG)} - met
    return [label for label, keys in book.labels.items() if set(keys) <= written and label not in book.generic]


def _specs(catalogue: Catalogue, form: FormCode | None) -> Iterable[FieldSpec]:
    return catalogue.fields_of(form) if form else catalogue.fields


# ------------------------------------------------------------------ which form


def _titles_on(page: Page, catalogue: Catalogue) -> dict[FormCode, float]:
    """Forms whose title stands on a row of the page, with the length of the longest title met and a bonus for rows near the top."""
    found: dict[FormCode, float] = {}
    for row in rows_of(page):
        words = [fold_key(word.text) for word in row.words]
        if not 4 <= sum(map(len, words)) <= 90 or row.box[1] >= page.height * 0.3:
            continue
        for form in catalogue.forms:
            for title in titles_of(form):
                if _stands_in(title, words):
                    found[form.code] = max(found.get(form.code, 0.0), len(title) + 10 * (1 - row.box[1] / page.height))
    return found


def _stands_in(title: str, words: Sequence[str]) -> bool:
    """Whether a folded title stands in a row; a short English one ('Form A') as whole words only, for 'information' is no form A."""
    if len(title) < 4:
        return False
    if not title.isascii() or len(title) > 8:
        return title in "".join(words)
    return any("".join(words[at : at + count]) == title for at in range(len(words)) for count in range(1, 4))


def _form_of(pages: Sequence[Page], catalogue: Catalogue, answers: Sequence[Answer], sheet: Sheet, held: dict[str, Held]) -> FormCode | None:
    """By the title; else by the initiative ticked; else by fields that only one form has."""
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
    keys = {hit.keys[0] for hit in sheet.labels if hit.keys} | set(held)
    if {"organisation.status", "organisation.non_profit"} & keys:
        return "C"
    if any(key.startswith(("factory.", "connection.")) for key in keys):
        return "B" if "project.summary" in keys else "A" if {"project.title", "provider.name"} <= keys else None
    return None


def _initiative(fields: dict[str, Field], form: FormCode | None, desk: _Desk, answers: Sequence[Answer]) -> str | None:
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


# ------------------------------------------------------------------ one field


def _field(spec: FieldSpec, desk: _Desk, sheet: Sheet, answers: Sequence[Answer], held: dict[str, Held]) -> Field:
    if spec.key in (SIGNATURE, CHOP):
        return _sealed(spec, desk, sheet)
    if spec.key in held:
        return _from_widgets(held[spec.key], desk)
    hits = [hit for hit in sheet.labels if hit.keys == (spec.key,)]
    if spec.type is FieldType.CHOICE:
        chosen = [answer for answer in answers if answer.key == spec.key]
        if chosen:
            return _chosen(spec, desk, chosen)
    if spec.type is FieldType.FLAG:
        return _yes_or_no(spec, desk, sheet, hits)
    places = [(hit, place) for hit in hits if (place := place_of(sheet, hit)) is not None]
    written = [(hit, place) for hit, place in places if _plain(place.text)]
    if written:
        hit, place = max(written, key=lambda entry: entry[0].certainty * entry[1].certainty)
        return _written(spec, desk, hit, place)
    if places:
        hit, place = places[0]
        return Missing(key=spec.key, evidence=desk.evidence(place.page, place.box, "", _method(desk, place.page), hit.certainty * place.certainty))
    if hits:
        return Missing(key=spec.key, evidence=desk.evidence(hits[0].page, hits[0].box, "", _method(desk, hits[0].page), hits[0].certainty * 0.8))
    return Missing(key=spec.key)


def _written(spec: FieldSpec, desk: _Desk, hit: LabelHit, place: Place) -> Field:
    text = _plain(place.text)
    page = desk.pages[place.page]
    words = [atom.word for atom in place.atoms]
    widget = widgets_at(page, words[0]) if words else None
    method = Method.ACROFORM if widget else _method(desk, place.page)
    read = min(word.confidence for word in words) if words else 1.0
    base = {Method.OCR: read, Method.ACROFORM: SURE}.get(method, 0.98)
    confidence = base * hit.certainty * place.certainty
    return _valued(spec, desk, text, page=place.page, box=widget.box if widget else place.box, method=method, confidence=confidence)


def _valued(spec: FieldSpec, desk: _Desk, text: str, *, page: int, box: Box | None, method: Method, confidence: float) -> Field:
    """The text as a value of the field's type; impossible text is malformed where it was clearly read, else illegible."""
    value = read_value(text, spec.type, choices=spec.choices)
    if isinstance(value, Malformed):
        reason = "malformed" if confidence >= _CLEAR.get(method, 0.9) else "illegible"
        return Unreadable(key=spec.key, text=text, reason=reason, evidence=desk.evidence(page, box, text, method, confidence))
    evidence = desk.evidence(page, box, text, method, confidence * value.certainty)
    return Read(key=spec.key, value=value.value, text=text, evidence=evidence)


def _from_widgets(held: Held, desk: _Desk) -> Field:
    spec, widget = held.spec, held.widgets[0]
    if spec.type in (FieldType.CHOICE, FieldType.FLAG) and (held.text is None):
        return _from_ticks(held, desk)
    text = _plain(held.text or "")
    if not text:
        return Missing(key=spec.key, evidence=desk.evidence(widget.page, widget.box, "", Method.ACROFORM, SURE))
    return _valued(spec, desk, text, page=widget.page, box=widget.box, method=Method.ACROFORM, confidence=held.certainty)


def _from_ticks(held: Held, desk: _Desk) -> Field:
    spec = held.spec
    on = [widget for widget in held.widgets if widget.on]
    if not on:
        first = held.widgets[0]
        return Missing(key=spec.key, evidence=desk.evidence(first.page, first.box, "", Method.ACROFORM, SURE))
    evidence = desk.evidence(on[0].page, on[0].box, on[0].label or held.ticked[0], Method.ACROFORM, SURE)
    if len(set(held.ticked)) > 1:
        return Unreadable(key=spec.key, text=", ".join(held.ticked), reason="contradictory", evidence=evidence)
    value = held.ticked[0] == "yes" if spec.type is FieldType.FLAG else held.ticked[0]
    return Read(key=spec.key, value=value, text=on[0].label or held.ticked[0], evidence=evidence)


def _chosen(spec: FieldSpec, desk: _Desk, answers: Sequence[Answer]) -> Field:
    method = _method(desk, answers[0].page)
    on = [answer for answer in answers if answer.mark.on]
    if not on:
        unseen = _without_box(spec, desk, answers)
        if unseen:
            evidence = desk.evidence(answers[0].page, answers[0].box, unseen, method, 0.5)
            return Unreadable(key=spec.key, text=unseen, reason="illegible", evidence=evidence)
        surely = min(answer.mark.confidence for answer in answers)
        return Missing(key=spec.key, evidence=desk.evidence(answers[0].page, answers[0].box, "", method, surely))
    first = on[0]
    if len({answer.code for answer in on}) > 1:
        clear = [answer for answer in on if answer.mark.fill > 2.5 * min(other.mark.fill for other in on)]
        evidence = desk.evidence(first.page, first.box, "; ".join(answer.words for answer in on), method, min(a.mark.confidence for a in on) * 0.9)
        reason = "illegible" if len(clear) == 1 else "contradictory"
        return Unreadable(key=spec.key, text=", ".join(answer.code for answer in on), reason=reason, evidence=evidence)
    confidence = min(first.mark.confidence, 0.98) * (0.9 + 0.1 * first.likeness)
    evidence = desk.evidence(first.page, first.mark.box, first.words, method, confidence)
    return Read(key=spec.key, value=first.code, text=first.words, evidence=evidence)


def _without_box(spec: FieldSpec, desk: _Desk, answers: Sequence[Answer]) -> str:
    """Words of an answer that stand on the page of the others but whose box was not seen: it may be the ticked one. Empty where there are none."""
    seen = {answer.code for answer in answers}
    text = fold_key("".join(word.text for word in desk.pages[answers[0].page].words))
    for choice in spec.choices:
        printed = (choice.words.en, choice.words.zh_hant, choice.words.zh_hans)
        if choice.code not in seen and any(len(key := fold_key(words)) >= _TELLING and key in text for words in printed):
            return choice.words.en
    return ""


def _yes_or_no(spec: FieldSpec, desk: _Desk, sheet: Sheet, hits: Sequence[LabelHit]) -> Field:
    for hit in hits:
        mark, answer = yes_or_no(desk.pages[hit.page], hit.box)
        if mark is None:
            continue
        evidence = desk.evidence(hit.page, mark.box, "", _method(desk, hit.page), mark.confidence * hit.certainty)
        if answer is not None:
            return Read(key=spec.key, value=answer, text="yes" if answer else "no", evidence=evidence)
        return Missing(key=spec.key, evidence=evidence)
    return _in_words(spec, desk, sheet, hits)


def _in_words(spec: FieldSpec, desk: _Desk, sheet: Sheet, hits: Sequence[LabelHit]) -> Field:
    """An answer of yes or no that is written, not ticked; anything else that stands there is for staff."""
    for hit in hits:
        place = place_of(sheet, hit)
        if place is not None and _plain(place.text):
            written = _written(spec, desk, hit, place)
            return written.model_copy(update={"reason": "illegible"}) if isinstance(written, Unreadable) else written
    if hits:
        method = _method(desk, hits[0].page)
        return Missing(key=spec.key, evidence=desk.evidence(hits[0].page, hits[0].box, "", method, hits[0].certainty * 0.8))
    return Missing(key=spec.key)


def _sealed(spec: FieldSpec, desk: _Desk, sheet: Sheet) -> Field:
    """A signature or chop. Where the label stands twice, the one with something in its place counts."""
    found: list[Field] = []
    for hit in (hit for hit in sheet.labels if spec.key in hit.keys):
        page = desk.pages[hit.page]
        seal = seal_of(spec.key, hit, sheet, page)
        method = Method.ACROFORM if seal.found == "digital signature" else _method(desk, hit.page)
        evidence = desk.evidence(seal.page, seal.box, seal.found, method, seal.certainty * min(1.0, hit.certainty + 0.03))
        if seal.on is None:
            found.append(Unreadable(key=spec.key, text=seal.found, reason="illegible", evidence=evidence))
        else:
            found.append(Read(key=spec.key, value=seal.on, text=seal.found, evidence=evidence))
    return max(found, key=_presence, default=Missing(key=spec.key))


def _presence(field: Field) -> int:
    if isinstance(field, Read):
        return 3 if field.value is True else 1
    return 2 if isinstance(field, Unreadable) else 0


def _tell_names_apart(fields: dict[str, Field]) -> None:
    """'Company name' without a language: a name in Chinese is the Chinese one; one line with both is cut in two."""
    english, chinese = fields.get(_NAME_EN), fields.get(_NAME_ZH)
    if not isinstance(english, Read) or isinstance(chinese, Read):
        return
    text = str(english.value)
    han = re.findall(r"[\u3400-\u9fff（）()]{2,}", text)
    latin = re.sub(r"[\u3400-\u9fff]+", " ", text)
    if not any("\u3400" <= c <= "\u9fff" for c in text):
        return
    longest = max(han, key=len)
    fields[_NAME_ZH] = english.model_copy(update={"key": _NAME_ZH, "value": longest.strip(), "text": longest.strip()})
    rest = " ".join(latin.split()).strip(" ()（）/,;")
    if len(fold_key(rest)) >= 4:
        fields[_NAME_EN] = english.model_copy(update={"value": rest, "text": rest})
    else:
        fields[_NAME_EN] = Missing(key=_NAME_EN, evidence=english.evidence)


def _plain(text: str) -> str:
    """The value without leaders, printed hints and words that mean nothing is there."""
    cleaned = " ".join(_LEADERS.sub(" ", text).split()).strip()
    key = fold_key(cleaned)
    return "" if not key or key in _NOTHING else cleaned


def _method(desk: _Desk, page: int) -> Method:
    return {"ocr": Method.OCR, "docx": Method.DOCX}.get(desk.pages[page].source, Method.TEXT)
