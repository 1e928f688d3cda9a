"""Charts as SVG, drawn on the server: bars with their figures written beside them, readable in print, on a phone and without colours."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from markupsafe import Markup

_ROW, _BAR, _LABEL, _WIDE = 22, 14, 190, 460


def bars(rows: Sequence[tuple[str, float]], title: str, *, unit: str = "", most: float | None = None, ink: str = "a") -> Markup:
    """Lying bars, one a row: label, bar, figure. ``most``: what a full bar stands for; ``ink``: a, b or c of the style sheet. Labels are escaped."""
    most = most or max((value for _, value in rows), default=0) or 1
    height = _ROW * max(len(rows), 1) + 6
    room = _WIDE - _LABEL - 56
    parts = [f'<svg viewBox="0 0 {_WIDE} {height}" role="img" aria-label="{escape(title)}"><line x1="{_LABEL}" y1="0" x2="{_LABEL}" y2="{height}"/>']
    for at, (label, value) in enumerate(rows):
        top = at * _ROW + 4
        width = max(0.0, min(1.0, value / most)) * room
        parts.append(
            f'<text x="{_LABEL - 6}" y="{top + 11}" text-anchor="end">{escape(_cut(label))}</text>'
            f'<rect class="{ink}" x="{_LABEL}" y="{top}" width="{width:.1f}" height="{_BAR}"/>'
            f'<text x="{_LABEL + width + 5:.1f}" y="{top + 11}">{escape(_figure(value) + unit)}</text>'
        )
    return Markup("".join((*parts, "</svg>")))  # noqa: S704 (every text in it was escaped)


def _figure(value: float) -> str:
    return f"{value:.1f}" if value != int(value) else str(int(value))


def _cut(label: str) -> str:
    """As much of a label as fits beside its bar: a Chinese character is as wide as two others."""
    room, kept = 32, ""
    for character in label:
        room -= 2 if ord(character) > 0x2E80 else 1
        if room < 0:
            return kept + "…"
        kept += character
    return kept
