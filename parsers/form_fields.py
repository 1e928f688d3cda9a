"""One field of a form, from where it stands to what it says: read, missing or unreadable, each with its evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from parsers.answer_marks import MarkedAnswer, marked_answer, marked_yes_or_no
from parsers.catalogue import Catalogue, FieldSpec, FieldType
from parsers.folding import fold_key
from parsers.form_choices import Answer, ticked_among, yes_or_no
from parsers.form_doubts import closed_up, is_no_value
from parsers.form_layout import place_of
from parsers.form_seals import CHOP, SIGNATURE, seal_of
from parsers.form_sheet import Place, Sheet
from parsers.form_strays import is_empty_line, reaches_into, stray_near
from parsers.form_widgets import SURE, Held, widgets_at
from parsers.label_units import UNPARTED
from parsers.labels import LabelBook, LabelHit
from parsers.normal_forms import Malformed, Normal, read_value
from parsers.paper_lines import rows_of
from parsers.paper_slant import LEVEL, Slant
from parsers.stamp_blocks import own_places_to_sign
from parsers.tick_boxes import OFF_SIGNS, ON_SIGNS
from parsers.values import Box, Evidence, Field, Ink, Method, Missing, Page, Read, Unreadable

_LEADERS = re.compile(r"[_＿.…·]{3,}|-{3,}|—{2,}")
_BROKEN_ROWS = 2
_BROKEN_MAIL = re.compile(r"^[\w.+-]+@[\w.-]+ [\w.-]+$", re.ASCII)
_WHOLE_MAIL = re.compile(r"\.(?:com|net|org|edu|gov|biz|info|hk|cn|mo|tw|co|io)$", re.IGNORECASE)
_WRITING_PT, _STROKE_PT = 9.0, 4.0  # writing by hand is at least so wide and high
_UNSEEN_PLACE = 0.5  # on a picture, a label without a box or a value near it: the value may have been missed, so that staff look
_EMPTY_LINE = 0.95  # on a picture, a label whose line is empty on a page whose values stand on the lines of their labels
_NO_VALUE = 0.5  # what stands in a field's place is no value of it: another's, or the form's own print
_TO_STAFF = 0.5  # of the certainty of a value that small printed help may have joined, or of which words are crossed out
_BY_ANSWER = 0.8  # certainty of a question that only its answer tells
_MARKED = 0.95  # certainty of an answer that is ringed, or the only one that is not crossed out
_PLAINLY_EMPTY, _LIKELY_TICK, _EMPTY_BOXES, _COLUMN_PT = 0.95, 0.7, 2, 5.0  # where one answer has a tick in place of its box, the others boxes
_PLAINLY_ON = 0.4  # inked share of a box that holds a cross or more; a small empty one on a coarse picture seems to hold less
_TELLING = 4  # letters of an answer's words that are no chance on a page
_CLEAR = {Method.OCR: 0.93, Method.TEXT: 0.85, Method.DOCX: 0.85, Method.ACROFORM: 0.6}  # from here a value that is no value was clearly read


@dataclass(frozen=True)
class Desk:
    """What reading one form needs at hand."""

    catalogue: Catalogue
    book: LabelBook
    pages: dict[int, Page]
    document: str | None
    part: str
    slants: dict[int, Slant] = field(default_factory=dict)  # of pages whose places are given as if their lines were level

    def evidence(self, page: int, box: Box | None, quote: str, method: Method, confidence: float) -> Evidence:
        """Evidence with its box where a person sees it."""
        box = self.slants.get(page, LEVEL).as_seen(box) if box is not None else None
        return Evidence(document=self.document, part=self.part, page=page, box=box, quote=quote[:500], method=method, confidence=round(confidence, 4))


def field_of(spec: FieldSpec, desk: Desk, sheet: Sheet, answers: Sequence[Answer], held: dict[str, Held]) -> Field:
    if spec.key in (SIGNATURE, CHOP):
        return _sealed(spec, desk, sheet)
    if spec.key in held:
        return _from_widgets(held[spec.key], desk)
    hits = [hit for hit in sheet.labels if hit.keys == (spec.key,)]
    if spec.type is FieldType.CHOICE:
        chosen = [answer for answer in answers if answer.key == spec.key]
        marked = marked_answer(spec, [desk.pages[number] for number in sorted(desk.pages)])
        if marked is not None and not any(answer.mark.on for answer in chosen):
            return _marked(spec, desk, marked)
        if chosen:
            return _chosen(spec, desk, chosen, answers)
        if hits and len(_printed_answers(spec, desk.pages[hits[0].page])) > 1 and not _written_answer(spec, desk, sheet, hits):
            evidence = desk.evidence(hits[0].page, hits[0].box, "", _method(desk, hits[0].page), 0.5)
            return Unreadable(key=spec.key, text="", reason="illegible", evidence=evidence)
    if spec.type is FieldType.FLAG:
        return _yes_or_no(spec, desk, sheet, hits)
    if spec.type is FieldType.CHOICE and not hits and (told := _told_by_answer(spec, desk, sheet)) is not None:
        return told
    places = [(hit, place) for hit in hits if (place := place_of(sheet, hit)) is not None]
    written = [(hit, place) for hit, place in places if _plain(place.text, desk.book)]
    if written:
        plain = [entry for entry in written if not is_no_value(_plain(entry[1].text, desk.book), spec, desk.book)]
        hit, place = max(plain or written, key=lambda entry: entry[0].certainty * entry[1].certainty)
        return _written(spec, desk, hit, place)
    scribbled = next((ink for _, place in places if (ink := _ink_in(place.box, desk.pages[place.page])) is not None), None)
    if places and scribbled is not None:
        evidence = desk.evidence(places[0][1].page, scribbled.box, "", _method(desk, places[0][1].page), 0.5)
        return Unreadable(key=spec.key, text="", reason="illegible", evidence=evidence)
    if places:
        hit, place = places[0]
        if not place.atoms and place.box is not None and (stray := reaches_into(sheet, place.box, place.page)) is not None:
            evidence = desk.evidence(stray.page, stray.box, stray.text, _method(desk, stray.page), _NO_VALUE)
            return Unreadable(key=spec.key, text=stray.text[:200], reason="illegible", evidence=evidence)
        return Missing(key=spec.key, evidence=desk.evidence(place.page, place.box, "", _method(desk, place.page), hit.certainty * place.certainty))
    if hits:
        return _without_place(spec, desk, sheet, hits)
    return Missing(key=spec.key)


def _without_place(spec: FieldSpec, desk: Desk, sheet: Sheet, hits: Sequence[LabelHit]) -> Field:
    """A label of which no place for a value can be told: missing, unless words stand near it that nothing else has taken."""
    method = _method(desk, hits[0].page)
    stray = next((place for hit in hits if (place := stray_near(sheet, hit, desk.book)) is not None), None) if method is not Method.OCR else None
    if stray is not None:
        evidence = desk.evidence(stray.page, stray.box, stray.text, method, _NO_VALUE)
        return Unreadable(key=spec.key, text=stray.text[:200], reason="illegible", evidence=evidence)
    if any(_at_foot(hit, desk) for hit in hits):
        return Unreadable(key=spec.key, text="", reason="illegible", evidence=desk.evidence(hits[0].page, hits[0].box, "", method, _UNSEEN_PLACE))
    if method is Method.OCR:
        empty = next((hit for hit in hits if is_empty_line(sheet, hit, desk.pages[hit.page])), None)
        certainty = empty.certainty * _EMPTY_LINE if empty is not None else _UNSEEN_PLACE
    else:
        certainty = hits[0].certainty * 0.8
    return Missing(key=spec.key, evidence=desk.evidence(hits[0].page, hits[0].box, "", method, certainty))


def _at_foot(hit: LabelHit, desk: Desk) -> bool:
    """Whether nothing stands below a label on its page while the form goes on: its value may stand at the head of the next page."""
    return not any(word.box[1] > hit.box[3] for word in desk.pages[hit.page].words) and any(number > hit.page for number in desk.pages)


def _ink_in(box: Box | None, page: Page) -> Ink | None:
    """A piece of ink inside an otherwise empty place: writing by hand that no reader took for words."""
    if box is None:
        return None
    for ink in page.inks if page.source == "ocr" else [ink for ink in page.inks if ink.kind == "annotation"]:
        x, y = (ink.box[0] + ink.box[2]) / 2, (ink.box[1] + ink.box[3]) / 2
        if box[0] <= x <= box[2] and box[1] <= y <= box[3] and ink.box[2] - ink.box[0] >= _WRITING_PT and ink.box[3] - ink.box[1] >= _STROKE_PT:
            return ink
    return None


def _written(spec: FieldSpec, desk: Desk, hit: LabelHit, place: Place) -> Field:
    text = _plain(place.text, desk.book)
    text = _unbroken(text, place) if spec.type is FieldType.EMAIL else text
    page = desk.pages[place.page]
    words = [atom.word for atom in place.atoms]
    widget = widgets_at(page, words[0]) if words else None
    method = Method.ACROFORM if widget else _method(desk, place.page)
    text = text.strip("_＿ ") if method is Method.OCR else text  # the ends of a line to write on
    read = min(word.confidence for word in words) if words else 1.0
    base = {Method.OCR: read, Method.ACROFORM: SURE}.get(method, min(0.98, read))
    doubtful = (method is Method.TEXT and place.in_two_types) or any(word.struck and any(map(str.isalnum, word.text)) for word in words)
    confidence = base * hit.certainty * place.certainty * (_TO_STAFF if doubtful else 1.0)
    if hit.certainty <= UNPARTED or is_no_value(text, spec, desk.book):
        evidence = desk.evidence(place.page, widget.box if widget else place.box, text, method, min(confidence, _NO_VALUE))
        return Unreadable(key=spec.key, text=text, reason="illegible", evidence=evidence)
    return _valued(spec, desk, text, page=place.page, box=widget.box if widget else place.box, method=method, confidence=confidence)


def _unbroken(text: str, place: Place) -> str:
    """An e-mail address that the edge of its place broke over two rows, in one piece ('name@applicant.exam ple'); any other text as it is."""
    rows = list(dict.fromkeys(atom.row for atom in place.atoms))
    if len(rows) != _BROKEN_ROWS or _BROKEN_MAIL.match(text) is None:
        return text
    first = "".join(atom.text for atom in place.atoms if atom.row == rows[0])
    return text if first.count("@") != 1 or _WHOLE_MAIL.search(first) else text.replace(" ", "")


def _valued(spec: FieldSpec, desk: Desk, text: str, *, page: int, box: Box | None, method: Method, confidence: float) -> Field:
    """The text as a value of the field's type; impossible text is malformed where it was clearly read, else illegible."""
    value = read_value(text, spec.type, choices=spec.choices)
    if isinstance(value, Malformed) and (closed := closed_up(text, spec.type)) is not None:
        value = closed
    if isinstance(value, Malformed):
        clear = confidence >= _CLEAR.get(method, 0.9) and not value.doubtful and spec.type is not FieldType.CHOICE
        reason = "malformed" if clear else "illegible"
        return Unreadable(key=spec.key, text=text, reason=reason, evidence=desk.evidence(page, box, text, method, confidence))
    evidence = desk.evidence(page, box, text, method, confidence * value.certainty)
    return Read(key=spec.key, value=value.value, text=text, evidence=evidence)


def _from_widgets(held: Held, desk: Desk) -> Field:
    spec, widget = held.spec, held.widgets[0]
    if spec.type in (FieldType.CHOICE, FieldType.FLAG) and (held.text is None):
        return _from_ticks(held, desk)
    text = _plain(held.text or "", desk.book)
    if not text:
        return Missing(key=spec.key, evidence=desk.evidence(widget.page, widget.box, "", Method.ACROFORM, held.certainty))
    return _valued(spec, desk, text, page=widget.page, box=widget.box, method=Method.ACROFORM, confidence=held.certainty)


def _from_ticks(held: Held, desk: Desk) -> Field:
    spec = held.spec
    on = [widget for widget in held.widgets if widget.on and not widget.hidden]
    if not on:
        first = held.widgets[0]
        return Missing(key=spec.key, evidence=desk.evidence(first.page, first.box, "", Method.ACROFORM, held.certainty))
    evidence = desk.evidence(on[0].page, on[0].box, on[0].label or held.ticked[0], Method.ACROFORM, held.certainty)
    if len(set(held.ticked)) > 1:
        return Unreadable(key=spec.key, text=", ".join(held.ticked), reason="contradictory", evidence=evidence)
    value = held.ticked[0] == "yes" if spec.type is FieldType.FLAG else held.ticked[0]
    return Read(key=spec.key, value=value, text=on[0].label or held.ticked[0], evidence=evidence)


def _chosen(spec: FieldSpec, desk: Desk, answers: Sequence[Answer], others: Sequence[Answer]) -> Field:
    method = _method(desk, answers[0].page)
    on = [answer for answer in answers if answer.mark.on]
    if any(not answer.code for answer in on):
        evidence = desk.evidence(on[0].page, on[0].box, on[0].words, method, 0.5)
        return Unreadable(key=spec.key, text="; ".join(answer.words for answer in on), reason="illegible", evidence=evidence)
    if not on:
        unseen = _without_box(spec, desk, answers)
        pages = {answer.page for answer in answers}
        number, box = next(((page, tick.box) for page in pages if (tick := ticked_among(desk.pages[page], answers, others))), (0, answers[0].box))
        if unseen or number:
            evidence = desk.evidence(number or answers[0].page, box, unseen, method, 0.5)
            return Unreadable(key=spec.key, text=unseen, reason="illegible", evidence=evidence)
        surely = min(answer.mark.confidence for answer in answers)
        return Missing(key=spec.key, evidence=desk.evidence(answers[0].page, answers[0].box, "", method, surely))
    first = on[0]
    if len({answer.code for answer in on}) > 1:
        clear = [answer for answer in on if answer.mark.fill > 2.5 * min(other.mark.fill for other in on)]
        evidence = desk.evidence(first.page, first.box, "; ".join(answer.words for answer in on), method, min(a.mark.confidence for a in on) * 0.9)
        reason = "illegible" if len(clear) == 1 else "contradictory"
        return Unreadable(key=spec.key, text=", ".join(answer.code for answer in on), reason=reason, evidence=evidence)
    unseen = _without_box(spec, desk, answers) if method is Method.OCR and first.mark.fill < _PLAINLY_ON else ""
    if unseen or (method is Method.OCR and _runs_into_another(spec, first)):  # another's box, which was not seen, may be the ticked one
        return Unreadable(key=spec.key, text=unseen, reason="illegible", evidence=desk.evidence(first.page, first.box, first.words, method, 0.5))
    seen = first.mark.confidence
    if method is Method.OCR and _stands_for_a_box(first, answers) and not _without_box(spec, desk, answers):
        seen = max(seen, _MARKED)
    confidence = min(seen, 0.98) * (0.9 + 0.1 * first.likeness)
    evidence = desk.evidence(first.page, first.mark.box, first.words, method, confidence)
    return Read(key=spec.key, value=first.code, text=first.words, evidence=evidence)


def _stands_for_a_box(ticked: Answer, answers: Sequence[Answer]) -> bool:
    """Whether a sign that was read as a tick stands where the other answers of its question have boxes, all of them plainly empty."""
    others = [answer.mark for answer in answers if answer is not ticked]
    empty = all(not mark.on and mark.confidence >= _PLAINLY_EMPTY and abs(mark.box[0] - ticked.mark.box[0]) <= _COLUMN_PT for mark in others)
    return ticked.mark.fill == 1.0 and empty and len(others) >= (1 if ticked.mark.confidence >= _LIKELY_TICK else _EMPTY_BOXES)


def _runs_into_another(spec: FieldSpec, answer: Answer) -> bool:
    """Whether the words beside a box hold another answer too, whose own box was not seen between them."""
    said = fold_key(answer.words)
    own = [choice for choice in spec.choices if choice.code == answer.code]
    own_words = [fold_key(words) for choice in own for words in (choice.words.en, choice.words.zh_hant, choice.words.zh_hans)]
    others = [choice.words for choice in spec.choices if choice.code != answer.code]
    keys = [key for words in others for key in map(fold_key, (words.en, words.zh_hant)) if len(key) >= _TELLING - (not key.isascii())]
    return any(key in said and not any(key in words for words in own_words) for key in keys)


def _marked(spec: FieldSpec, desk: Desk, marked: MarkedAnswer) -> Field:
    method = _method(desk, marked.page)
    if not marked.code:
        return Unreadable(key=spec.key, text="", reason="illegible", evidence=desk.evidence(marked.page, marked.box, marked.words, method, 0.5))
    evidence = desk.evidence(marked.page, marked.box, marked.words, method, _MARKED)
    return Read(key=spec.key, value=marked.code == "yes" if spec.type is FieldType.FLAG else marked.code, text=marked.words, evidence=evidence)


def _printed_answers(spec: FieldSpec, page: Page) -> tuple[str, ...]:
    """Codes of the answers whose words stand on a page."""
    text = fold_key("".join(word.text for word in page.words))
    codes = []
    for choice in spec.choices:
        printed = (choice.words.en, choice.words.zh_hant, choice.words.zh_hans)
        if any(len(key := fold_key(words)) >= _TELLING and key in text for words in printed):
            codes.append(choice.code)
    return tuple(codes)


def _told_by_answer(spec: FieldSpec, desk: Desk, sheet: Sheet) -> Field | None:
    """The one answer to a question that stands in words behind a label that nobody understands; None where there is none, or more than one."""
    if len({code for page in desk.pages.values() for code in _answers_set_apart(spec, page)}) > 1:
        return None
    found = []
    for hit in (hit for hit in sheet.labels if not hit.keys):
        place = place_of(sheet, hit)
        value = read_value(place.text, spec.type, choices=spec.choices) if place is not None and place.atoms else None
        if place is not None and isinstance(value, Normal) and value.certainty == 1.0 and len(fold_key(place.text)) >= _TELLING:
            found.append(_written(spec, desk, replace(hit, certainty=_BY_ANSWER), place))
    return found[0] if len(found) == 1 else None


def _answers_set_apart(spec: FieldSpec, page: Page) -> set[str]:
    """Codes of the answers whose words stand by themselves on a page, as a list of answers to choose from does."""
    pieces = {piece.key for row in rows_of(page) for piece in row.pieces}
    return {
        choice.code
        for choice in spec.choices
        if any(fold_key(text) in pieces for text in (choice.words.en, choice.words.zh_hant, choice.words.zh_hans))
    }


def _written_answer(spec: FieldSpec, desk: Desk, sheet: Sheet, hits: Sequence[LabelHit]) -> bool:
    """Whether a single answer stands in words where the question's answer belongs."""
    if any(len(_answers_set_apart(spec, desk.pages[hit.page])) > 1 for hit in hits):
        return False  # answers to choose from, by a ring or a line through the others
    places = [place for hit in hits if (place := place_of(sheet, hit)) is not None]
    return any(
        not isinstance(read_value(place.text, spec.type, choices=spec.choices), Malformed) for place in places if _plain(place.text, desk.book)
    )


def _without_box(spec: FieldSpec, desk: Desk, answers: Sequence[Answer]) -> str:
    """Words of an answer that stand on the page of the others but whose box was not seen: it may be the ticked one. Empty where there are none."""
    unseen = set(_printed_answers(spec, desk.pages[answers[0].page])) - {answer.code for answer in answers}
    return next((choice.words.en for choice in spec.choices if choice.code in unseen), "")


def _yes_or_no(spec: FieldSpec, desk: Desk, sheet: Sheet, hits: Sequence[LabelHit]) -> Field:
    for hit in hits:
        mark, answer = yes_or_no(desk.pages[hit.page], hit.box)
        if (mark is None or not mark.on) and (marked := marked_yes_or_no(hit.box, desk.pages[hit.page])) is not None:
            return _marked(spec, desk, marked)
        if mark is None:
            continue
        evidence = desk.evidence(hit.page, mark.box, "", _method(desk, hit.page), mark.confidence * hit.certainty)
        if answer is not None:
            return Read(key=spec.key, value=answer, text="yes" if answer else "no", evidence=evidence)
        if mark.on:
            return Unreadable(key=spec.key, text="yes, no", reason="contradictory", evidence=evidence)
        return Missing(key=spec.key, evidence=evidence)
    return _in_words(spec, desk, sheet, hits)


def _in_words(spec: FieldSpec, desk: Desk, sheet: Sheet, hits: Sequence[LabelHit]) -> Field:
    """An answer of yes or no that is written, not ticked; anything else that stands there is for staff."""
    for hit in hits:
        place = place_of(sheet, hit)
        if place is not None and _plain(place.text, desk.book):
            written = _written(spec, desk, hit, place)
            if isinstance(written, Read) and any(sign in place.text for sign in OFF_SIGNS | ON_SIGNS):  # of which word is the box?
                return Unreadable(key=spec.key, text=written.text, reason="illegible", evidence=written.evidence)
            return written.model_copy(update={"reason": "illegible"}) if isinstance(written, Unreadable) else written
    if hits:  # a question always has its boxes: they were not seen
        evidence = desk.evidence(hits[0].page, hits[0].box, "", _method(desk, hits[0].page), 0.5)
        return Unreadable(key=spec.key, text="", reason="illegible", evidence=evidence)
    return Missing(key=spec.key)


def _sealed(spec: FieldSpec, desk: Desk, sheet: Sheet) -> Field:
    """A signature or chop. Where the label stands twice, the one with something in its place counts."""
    found: list[Field] = []
    hits = [hit for hit in sheet.labels if spec.key in hit.keys]
    if spec.key == SIGNATURE:
        pages = dict.fromkeys(hit.page for hit in hits)
        hits = [hit for number in pages for hit in own_places_to_sign([hit for hit in hits if hit.page == number], desk.pages[number])]
    for hit in hits:
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


def _plain(text: str, book: LabelBook) -> str:
    """The value without leaders, printed hints and words that mean nothing is there."""
    cleaned = " ".join(_LEADERS.sub(" ", text).split()).strip()
    key = fold_key(cleaned)
    return "" if not key or key in book.nothing else cleaned


def _method(desk: Desk, page: int) -> Method:
    return {"ocr": Method.OCR, "docx": Method.DOCX}.get(desk.pages[page].source, Method.TEXT)
