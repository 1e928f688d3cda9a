"""Charts as SVG, drawn on the server: bars with their figures written beside them, readable in print, on a phone and without colours."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from markupsafe import Markup

_WIDE, _ROW, _BAR, _FIGURE = 320, 36, 14, 46  # a phone shows the drawing at its own size: letters of 12 px stay 12 px
_LETTERS = 48  # Latin letters of a label that fit the width
_SHORT, _LABEL, _LOW = 17, 138, 22  # labels of so many letters stand beside their bars, in so wide a column and so low a row


def bars(rows: Sequence[tuple[str, float]], title: str, *, unit: str = "", most: float | None = None, ink: str = "a") -> Markup:
    """Lying bars, one a row: the label above its bar, the figure at its end. ``most``: what a full bar stands for; ``ink``: a, b or c of the style
    sheet. Labels are escaped."""
    most = most or max((value for _, value in rows), default=0) or 1
    short = all(_width(label) <= _SHORT for label, _ in rows)
    left, row, down = (_LABEL, _LOW, 3) if short else (0, _ROW, 18)
    height = row * max(len(rows), 1) + 4
    room = _WIDE - _FIGURE - left
    parts = [f'<svg viewBox="0 0 {_WIDE} {height}" role="img" aria-label="{escape(title)}">']
    for at, (label, value) in enumerate(rows):
        top = at * row + down
        width = max(0.0, min(1.0, value / most)) * room
        parts.append(
            f'<text x="0" y="{top + (11 if short else -5)}">{escape(_cut(label))}</text>'
            f'<rect class="whole" x="{left}" y="{top}" width="{room}" height="{_BAR}"/>'
            f'<rect class="{ink}" x="{left}" y="{top}" width="{width:.1f}" height="{_BAR}"/>'
            f'<text class="figure" x="{_WIDE}" y="{top + 11}" text-anchor="end">{escape(_figure(value) + unit)}</text>'
        )
    return Markup("".join((*parts, "</svg>")))  # noqa: S704 (every text in it was escaped)


def _figure(value: float) -> str:
    return f"{value:.1f}" if value != int(value) else str(int(value))


def _width(label: str) -> int:
    """In Latin letters: a Chinese character is as wide as two."""
    return sum(2 if ord(character) > 0x2E80 else 1 for character in label)


def _cut(label: str) -> str:
    """As much of a label as fits the width."""
    kept = ""
    for character in label:
        if _width(kept + character) > _LETTERS:
            return kept + "…"
        kept += character
    return kept
