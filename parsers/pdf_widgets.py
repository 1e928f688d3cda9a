"""The form fields, stamps and signatures of a PDF, as pikepdf finds them: what is stored, beside what is printed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import pikepdf

from parsers.page_frame import Frame, rounded
from parsers.pdf_xfa import PIKEPDF_ERRORS, text_of_xhtml, xfa_leaves
from parsers.values import Box, Widget

DEEPEST = 64  # parents of a widget that are asked for what it inherits
MOST_ANNOTATIONS = 5000  # of one page
MOST_TEXT = 20_000  # characters of one value
_HIDDEN, _NO_VIEW = 1 << 1, 1 << 5  # annotation flags (ISO 32000-1, 12.5.3)
_RADIO, _PUSH = 1 << 15, 1 << 16  # field flags (12.7.4.2.1)

__all__ = ["PIKEPDF_ERRORS", "Annotated", "FormFile"]

Kind = Literal["text", "checkbox", "radio", "choice", "signature", "button"]


class Annotated(NamedTuple):
    """What lies on top of one page: form fields, the boxes of stamps, drawn ink and typed notes, and of typed notes that say how they look
    to no viewer the words and the box.

    ``dressed``: positions in ``widgets`` of those with an appearance of their own; viewers draw the others by their values.
    """

    widgets: tuple[Widget, ...] = ()
    stamps: tuple[Box, ...] = ()
    notes: tuple[Box, ...] = ()
    bare_notes: tuple[tuple[str, Box], ...] = ()
    dressed: frozenset[int] = frozenset()


class FormFile:
    """The interactive side of one PDF. Opening raises pikepdf.PasswordError or one of PIKEPDF_ERRORS; reading a page raises nothing."""

    def __init__(self, data: bytes) -> None:
        self._pdf = pikepdf.open(io.BytesIO(data), suppress_warnings=True, inherit_page_attributes=True)
        self._pages = list(self._pdf.pages)
        form = _dictionary(self._pdf.Root.get("/AcroForm"))
        self.needs_appearances = bool(form is not None and _plain(form.get("/NeedAppearances")) is True)
        self.xfa = form is not None and "/XFA" in form
        self.only_xfa = self.xfa and (_plain(self._pdf.Root.get("/NeedsRendering")) is True or not self._has_fields(form))
        self._form = form
        self._xfa_values: dict[str, str | None] | None = None
        self.signed = bool(self._signatures())

    def close(self) -> None:
        self._pdf.close()

    def on_page(self, number: int, frame: Frame) -> Annotated:
        """What lies on page ``number`` (from 1); boxes as displayed. Annotations that are not well formed are left out."""
        widgets: list[Widget] = []
        dressed: set[int] = set()
        stamps: list[Box] = []
        notes: list[Box] = []
        bare: list[tuple[str, Box]] = []
        for annotation in self._annotations(number):
            try:
                subtype, flags = str(annotation.get("/Subtype")), int(_plain(annotation.get("/F")) or 0)
                box = _box(annotation, frame)
                unseen = bool(flags & (_HIDDEN | _NO_VIEW)) or not _on_sheet(box, frame)
                if subtype == "/Widget":
                    widgets.append(self._widget(annotation, number, box, hidden=unseen))
                    dressed |= {len(widgets) - 1} if _normal_look(annotation) is not None else set()
                elif not unseen and subtype in ("/Stamp", "/Ink"):
                    stamps.append(box)
                elif not unseen and subtype == "/FreeText":
                    notes.append(box)
                    if _normal_look(annotation) is None and (words := _text(annotation.get("/Contents"))):
                        bare.append((words, box))
            except PIKEPDF_ERRORS:
                continue
        return Annotated(tuple(widgets), tuple(stamps), tuple(notes), tuple(bare), frozenset(dressed))

    def _widget(self, annotation: Any, page: int, box: Box, *, hidden: bool) -> Widget:
        """The widget as stored; contradictory where another store of the same field (rich text, XFA) holds another text."""
        widget = _widget(annotation, page, box).model_copy(update={"hidden": hidden})
        if widget.kind not in ("text", "choice") or hidden:
            return widget
        rich = text_of_xhtml(_value(_inherited(annotation, "/RV")))
        others = [text for text in (rich, self._in_xfa(widget.name)) if text is not None]
        differs = any(_letters(text) not in (_letters(widget.value), _letters(widget.option)) for text in others)
        return widget.model_copy(update={"contradictory": True}) if differs else widget

    def _in_xfa(self, name: str) -> str | None:
        """The value of a field in the XFA datasets, which some viewers show and others do not; None where there is not exactly one of its name."""
        if not self.xfa:
            return None
        if self._xfa_values is None:
            self._xfa_values = {}
            for widget in self.xfa_widgets():
                leaf = widget.name.rpartition("/")[2]
                self._xfa_values[leaf] = None if leaf in self._xfa_values else widget.value
        return self._xfa_values.get(re.sub(r"\[[0-9]+\]$", "", name.rpartition(".")[2]))

    def xfa_widgets(self) -> tuple[Widget, ...]:
        """The values of the XFA datasets as text widgets of page 1 without a place; empty where they cannot be read (XFA 3.3, 'datasets')."""
        leaves = xfa_leaves(self._form.get("/XFA") if isinstance(self._form, pikepdf.Dictionary) else None)
        return tuple(Widget(name=path, kind="text", page=1, box=(0, 0, 0, 0), value=text[:MOST_TEXT]) for path, text in leaves[:MOST_ANNOTATIONS])

    def _has_fields(self, form: Any) -> bool:
        fields = form.get("/Fields")
        return isinstance(fields, pikepdf.Array) and len(fields) > 0

    def _annotations(self, number: int) -> Iterator[Any]:
        try:
            annotations = self._pages[number - 1].obj.get("/Annots") if number <= len(self._pages) else None
            found = list(annotations)[:MOST_ANNOTATIONS] if isinstance(annotations, pikepdf.Array) else []
        except PIKEPDF_ERRORS:
            return
        yield from (annotation for annotation in found if isinstance(annotation, pikepdf.Dictionary))

    def _signatures(self) -> list[Any]:
        """The signatures that the form's signature fields hold (ISO 32000-1, 12.8.1)."""
        try:
            fields = [
                annotation
                for number in range(1, min(len(self._pages), 200) + 1)
                for annotation in self._annotations(number)
                if str(_inherited(annotation, "/FT")) == "/Sig"
            ]
            return [_dictionary(_inherited(field, "/V")) for field in (*fields, *self._top_fields()) if _signature_held(field)]
        except PIKEPDF_ERRORS:
            return []

    def signed_bytes(self) -> int | None:
        """How many bytes of the file, from its beginning, the signature covers that covers most of them; None without such a signature."""
        ends = []
        for signature in self._signatures():
            try:
                first, length, second, rest = (int(number) for number in signature["/ByteRange"])
                ends += [second + rest] if first == 0 and 0 < length <= second else []
            except PIKEPDF_ERRORS:
                continue
        return max(ends, default=None)

    def _top_fields(self) -> list[Any]:
        fields = self._form.get("/Fields") if self._form is not None else None
        found = list(fields)[:MOST_ANNOTATIONS] if isinstance(fields, pikepdf.Array) else []
        return [field for field in found if isinstance(field, pikepdf.Dictionary) and str(field.get("/FT")) == "/Sig"]


def _letters(text: str | None) -> str:
    return "".join((text or "").split())


def _normal_look(annotation: Any) -> Any:
    """The normal appearance of an annotation, a stream or a dictionary of its states; None where it has none (12.5.5)."""
    appearances = _dictionary(annotation.get("/AP"))
    return _dictionary(appearances.get("/N")) if appearances is not None else None


def _on_sheet(box: Box, frame: Frame) -> bool:
    """Whether the middle of a box lies on the page, and the box has an extent."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return box[2] > box[0] and box[3] > box[1] and 0 <= x <= frame.width and 0 <= y <= frame.height


def _widget(annotation: Any, page: int, box: Box) -> Widget:
    kind = _kind(annotation)
    name, label = _name(annotation), _text(_inherited(annotation, "/TU"))
    if kind == "signature":
        return Widget(name=name, kind=kind, page=page, box=box, label=label, signed=_signature_held(annotation))
    if kind in ("checkbox", "radio"):
        return _tick(annotation, kind, page, box, name, label)
    if kind == "choice":
        stored = _value(_inherited(annotation, "/V"))
        return Widget(name=name, kind=kind, page=page, box=box, label=label, value=_displayed_option(annotation, stored), option=stored)
    return Widget(name=name, kind=kind, page=page, box=box, label=label, value=_value(_inherited(annotation, "/V")) if kind != "button" else None)


def _displayed_option(annotation: Any, stored: str | None) -> str | None:
    """The words of the option whose export value is stored: /Opt may hold pairs of both (12.7.4.4)."""
    options = _inherited(annotation, "/Opt")
    for option in list(options)[:MOST_ANNOTATIONS] if isinstance(options, pikepdf.Array) else []:
        if isinstance(option, pikepdf.Array) and len(option) == 2 and _text(option[0]) == stored:
            return _text(option[1])
    return stored


def _tick(annotation: Any, kind: Literal["checkbox", "radio"], page: int, box: Box, name: str, label: str | None) -> Widget:
    """A tick box: on where its appearance says so (what a person sees), else where the field's value is its on-state; contradictory where
    the two differ, or where there is no such appearance."""
    state = _on_state(annotation)
    value = _text(_inherited(annotation, "/V"))
    shown = annotation.get("/AS")
    on = str(shown) != "/Off" if isinstance(shown, pikepdf.Name) else value is not None and value == state
    exported = _exported(annotation, state)
    stored = value is not None and value in (state, exported)
    looks = _normal_look(annotation)
    undrawn = on and isinstance(shown, pikepdf.Name) and isinstance(looks, pikepdf.Dictionary) and str(shown) not in looks
    return Widget(
        name=name,
        kind=kind,
        page=page,
        box=box,
        label=label,
        value=None if value in (None, "Off") else value,
        on=on,
        option=exported,
        contradictory=undrawn or (value is not None and on != stored),
    )


def _kind(annotation: Any) -> Kind:
    field_type, flags = str(_inherited(annotation, "/FT")), int(_plain(_inherited(annotation, "/Ff")) or 0)
    if field_type == "/Btn":
        return "button" if flags & _PUSH else "radio" if flags & _RADIO else "checkbox"
    by_type: dict[str, Kind] = {"/Ch": "choice", "/Sig": "signature", "/Tx": "text"}
    return by_type.get(field_type, "text")


def _on_state(annotation: Any) -> str | None:
    """Name of the on-state: the key of the normal appearance that is not Off."""
    appearances = _dictionary(annotation.get("/AP"))
    normal = _dictionary(appearances.get("/N")) if appearances is not None else None
    if normal is None or isinstance(normal, pikepdf.Stream):
        return None
    return next((str(key).removeprefix("/") for key in normal.keys() if str(key) != "/Off"), None)  # noqa: SIM118 (no mapping)


def _exported(annotation: Any, state: str | None) -> str | None:
    """The export value: /Opt of the field at the place that the on-state names, else the on-state itself (12.7.4.2.3)."""
    options = _inherited(annotation, "/Opt")
    if isinstance(options, pikepdf.Array) and state is not None and state.isascii() and state.isdigit() and int(state) < len(options):
        return _text(options[int(state)])
    return state


def _name(annotation: Any) -> str:
    names = [_text(level.get("/T")) for level in _upwards(annotation)]
    return ".".join(name for name in reversed(names) if name)


def _signature_held(annotation: Any) -> bool:
    value = _dictionary(_inherited(annotation, "/V"))
    return value is not None and ("/ByteRange" in value or "/Contents" in value)


def _upwards(annotation: Any) -> Iterator[Any]:
    """The widget, its field, that one's parents; ends at a loop or after DEEPEST levels."""
    seen: set[tuple[int, int]] = set()
    level = annotation
    for _ in range(DEEPEST):
        if not isinstance(level, pikepdf.Dictionary) or (level.is_indirect and level.objgen in seen):
            return
        seen.add(level.objgen)
        yield level
        level = level.get("/Parent")


def _inherited(annotation: Any, key: str) -> Any:
    return next((level.get(key) for level in _upwards(annotation) if key in level), None)


def _dictionary(value: Any) -> Any:
    """The value where it is a dictionary or a stream (whose dictionary is asked), else None."""
    return value if isinstance(value, pikepdf.Dictionary | pikepdf.Stream) else None


def _plain(value: Any) -> Any:
    """Numbers and booleans as Python's own; anything else None."""
    return value if isinstance(value, bool | int) else None


def _value(value: Any) -> str | None:
    if isinstance(value, pikepdf.Array):
        return "\n".join(text for item in value if (text := _text(item)) is not None)[:MOST_TEXT] or None
    if isinstance(value, pikepdf.Stream):
        return _text(pikepdf.String(value.read_bytes()[: 4 * MOST_TEXT]))
    return _text(value)


def _text(value: Any) -> str | None:
    """A string or name as text, line ends as LF; None where it is neither, or empty."""
    if not isinstance(value, pikepdf.String | pikepdf.Name):
        return None
    text = str(value).removeprefix("/") if isinstance(value, pikepdf.Name) else str(value)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text[:MOST_TEXT] or None


def _box(annotation: Any, frame: Frame) -> Box:
    x0, y0, x1, y1 = (float(number) for number in annotation["/Rect"])
    return rounded(frame.displayed(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
