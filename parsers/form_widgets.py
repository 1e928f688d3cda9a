"""Interactive forms: the fields that widgets hold, told by their names or tooltips; the others laid on the page as if they were printed there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from parsers.catalogue import Catalogue, FieldSpec, FieldType
from parsers.folding import compatible, fold_key
from parsers.labels import LabelBook
from parsers.values import Mark, Page, Widget, Word

_TEXT = ("text", "choice")
_TICK = ("checkbox", "radio")
SURE = 0.99
SHOWN_OTHERWISE = 0.6  # what is shown differs from what is stored: a person sees the one, programs the other


@dataclass(frozen=True)
class Held:
    """What the widgets say of one field: the widgets that hold it, its text (None: empty), or the codes ticked; ``certainty`` 0 to 1."""

    spec: FieldSpec
    widgets: tuple[Widget, ...]
    text: str | None = None
    ticked: tuple[str, ...] = ()
    certainty: float = SURE


def held_by_widgets(pages: Sequence[Page], catalogue: Catalogue, book: LabelBook) -> tuple[dict[str, Held], frozenset[int]]:
    """Fields told by their widgets' names or tooltips, and the ids of the widgets that were used."""
    held: dict[str, Held] = {}
    used: set[int] = set()
    for widget in (widget for page in pages for widget in page.widgets):
        match = _field_of(widget, catalogue, book)
        if match is None:
            continue
        spec, code = match
        used.add(id(widget))
        known = held.get(spec.key)
        if code is not None:
            ticked = (*(known.ticked if known else ()), *([code] if widget.on and not widget.hidden else []))
            sure = min(known.certainty if known else SURE, _certainty_of_tick(widget))
            held[spec.key] = Held(spec, (*(known.widgets if known else ()), widget), ticked=ticked, certainty=sure)
        elif widget.kind in _TEXT:
            held[spec.key] = _with_text(known, spec, widget)
    return held, frozenset(used)


def _with_text(known: Held | None, spec: FieldSpec, widget: Widget) -> Held:
    """What is held of a field with one more of its widgets: seen ones before hidden ones, the first text; another text beside it is a doubt."""
    text, certainty = shown_text(widget)
    if known is None or (known.text is None and (text is not None or (known.widgets[0].hidden and not widget.hidden))):
        return Held(spec, (widget,), text=text, certainty=min(certainty, known.certainty if known else SURE))
    doubtful = text is not None and fold_key(text) != fold_key(known.text or "")
    return Held(spec, known.widgets, text=known.text, certainty=min(known.certainty, SHOWN_OTHERWISE if doubtful else certainty))


def _certainty_of_tick(widget: Widget) -> float:
    return SHOWN_OTHERWISE if widget.contradictory or (widget.hidden and widget.on) else SURE


def shown_text(widget: Widget) -> tuple[str | None, float]:
    """What a person sees in a text widget, and how sure it is: the appearance wins over the stored value where the two differ, and what a
    hidden widget stores is not there, though staff should know of it."""
    stored = (widget.value or "").strip() or None
    shown = widget.shown.strip() if widget.shown is not None else None
    if widget.hidden:
        return None, SHOWN_OTHERWISE if stored else SURE
    if shown and fold_key(shown) != fold_key(stored or ""):
        return compatible(shown), SHOWN_OTHERWISE
    doubtful = widget.contradictory or (shown == "" and stored is not None)
    return (compatible(stored) if stored else None), SHOWN_OTHERWISE if doubtful else SURE


def laid_on_page(page: Page, used: Iterable[int]) -> Page:
    """The page with the widgets that nothing named laid on it: their texts as words in a cell of their own, their boxes as marks."""
    done = frozenset(used)
    left = [widget for widget in page.widgets if id(widget) not in done and not widget.hidden]
    if not left:
        return page
    line = max((word.line for word in page.words), default=0) + 1
    words, cells, marks = list(page.words), list(page.cells), list(page.marks)
    for widget in left:
        if widget.kind in _TICK:
            marks = [mark for mark in marks if not _overlap(mark.box, widget.box)]
            marks.append(Mark(box=widget.box, on=bool(widget.on), fill=1.0 if widget.on else 0.0, confidence=_certainty_of_tick(widget)))
        elif widget.kind in _TEXT:
            cells.append(widget.box)
            text, certainty = shown_text(widget)
            if text and not any(_overlap(word.box, widget.box) for word in page.words):
                words.extend(_as_words(text, widget, certainty, line))
                line += 8
    return page.model_copy(update={"words": tuple(words), "cells": tuple(cells), "marks": tuple(marks)})


def widgets_at(page: Page, word: Word) -> Widget | None:
    """The widget that a word laid on the page came from."""
    middle = ((word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2)
    for widget in page.widgets:
        if widget.kind in _TEXT and widget.box[0] <= middle[0] <= widget.box[2] and widget.box[1] <= middle[1] <= widget.box[3]:
            return widget
    return None


def _field_of(widget: Widget, catalogue: Catalogue, book: LabelBook) -> tuple[FieldSpec, str | None] | None:
    name = widget.name.rpartition(".")[2]
    for spec in catalogue.fields:
        for known in spec.pdf_names:
            if name == known and widget.kind in _TEXT:
                return spec, None
            if widget.kind in _TICK and (name == known or name.startswith(known + "_")):
                code = _code_of(spec, name.removeprefix(known + "_"), widget)
                if code is not None:
                    return spec, code
    if widget.label and widget.kind in _TEXT:
        keys = book.labels.get(fold_key(widget.label), ())
        if len(keys) == 1:
            spec = catalogue.field(keys[0])
            return (spec, None) if spec.type not in (FieldType.FLAG, FieldType.CHOICE) else None
    return None


def _code_of(spec: FieldSpec, rest: str, widget: Widget) -> str | None:
    """Which answer a box of a group stands for: by its name, else by its on-state."""
    if spec.type is FieldType.FLAG:
        return rest.lower() if rest.lower() in ("yes", "no") else None
    codes = {choice.code for choice in spec.choices}
    if rest in codes:
        return rest
    return widget.option if widget.option in codes else None


def _as_words(text: str, widget: Widget, certainty: float, line: int) -> Iterable[Word]:
    x0, top, x1, bottom = widget.box
    rows = [row for row in text.splitlines() if row.strip()] or [text]
    height = min(12.0, (bottom - top) / len(rows))
    for number, row in enumerate(rows):
        pieces = row.split()
        total = sum(len(piece) + 1 for piece in pieces)
        at, each = x0 + 2, min(6.0, (x1 - x0 - 4) / max(1, total))
        y = top + (bottom - top - height * len(rows)) / 2 + number * height
        for piece in pieces:
            yield Word(text=piece, box=(at, y, at + each * len(piece), y + height), confidence=certainty, line=line + number)
            at += each * (len(piece) + 1)


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
