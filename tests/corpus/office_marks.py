"""Ticks, rings, crossings-out, signatures and chops as SVG and HTML, for forms that a browser draws."""

from __future__ import annotations

import math
import random

SIGNS = {
    "glyph": (("☐", "☑"), ("☐", "☒"), ("□", "■"), ("□", "✓"), ("○", "●"), ("☐", "✔")),
    "bracket": (("[ ]", "[X]"), ("( )", "(✓)"), ("[ ]", "[✓]"), ("(  )", "(x)")),
}
INKS = ("#101060", "#000", "#1c1c90")


def mark(words: str, on: bool, style: str, dice: random.Random) -> str:
    """One answer with its box. ``style``: check, cross, filled, dot, heavy, big (larger than its box), circle (a round button), glyph, bracket,
    ring (no box: the answer is circled), struck (no box: the answers that do not apply are crossed out)."""
    if style == "ring":
        around = "border:1.6pt solid #223a9a;border-radius:50%;padding:2pt 7pt;margin:0 -4pt;display:inline-block" if on else "padding:2pt 3pt"
        return f"<span style='{around}'>{words}</span>"
    if style in ("struck", "plain"):
        return words if on or style == "plain" else f"<span style='text-decoration:line-through;text-decoration-thickness:1.2pt'>{words}</span>"
    if style in SIGNS:
        return f"{_sign(style, dice)[on]} {words}"
    return f"<span style='display:inline-block;position:relative;width:10pt;height:10pt;vertical-align:-1pt;margin-right:6pt'>{_box(on, style, dice)}</span>{words}"


_chosen: dict[int, tuple[str, str]] = {}


def _sign(style: str, dice: random.Random) -> tuple[str, str]:
    """The pair of signs of one form: the same for all its boxes."""
    if len(_chosen) > 1000:
        _chosen.clear()
    return _chosen.setdefault(id(dice), dice.choice(SIGNS[style]))


def _box(on: bool, style: str, dice: random.Random) -> str:
    """A drawn box of ten points with something in it."""
    frame = (
        "<circle cx=5 cy=5 r=4.5 fill=none stroke=#000 stroke-width=.8 />"
        if style == "circle"
        else "<rect x=.5 y=.5 width=9 height=9 fill=none stroke=#000 stroke-width=.8 />"
    )
    if not on:
        inside = ""
    elif style == "circle":
        inside = "<circle cx=5 cy=5 r=2.6 fill=#000 />"
    elif style == "dot":
        inside = "<circle cx=5 cy=5 r=2.8 fill=#000 />"
    elif style == "filled":
        inside = "<rect x=1.5 y=1.5 width=7 height=7 fill=#000 />"
    elif style == "cross":
        inside = "<path d='M2 2L8 8M8 2L2 8' stroke=#000 stroke-width=1.2 />"
    elif style == "heavy":
        inside = "<path d='M1 1L9 9M9 1L1 9M1 5L9 5' stroke=#222 stroke-width=1.6 />"
    elif style == "big":
        right, top = dice.uniform(13, 17), dice.uniform(-7, -3)
        inside = f"<path d='M-1 {dice.uniform(3, 6)}Q3 8 4 {dice.uniform(9, 12)}Q8 2 {right} {top}' stroke={dice.choice(INKS)} stroke-width=1.5 fill=none />"
    else:
        inside = "<path d='M2 5L4.3 8L9.5 1' stroke=#000 stroke-width=1.3 fill=none />"
    return f"<svg style='position:absolute;overflow:visible' width=10pt height=10pt viewBox='0 0 10 10'>{frame}{inside}</svg>"


def signature(dice: random.Random) -> str:
    """A pen stroke that may run over what is printed around it."""
    points, width = [], dice.uniform(75, 120)
    phase, loops, up = dice.random() * 6, dice.uniform(3, 6), dice.uniform(8, 13)
    for step in range(60):
        t = step / 60
        points.append(
            f"{t * width + 5 * math.cos(loops * 6.28 * t):.1f} {18 - up * (1 - t) * math.sin(loops * 6.28 * t + phase) + dice.uniform(-1, 1):.1f}"
        )
    path = f"<path d='M{' L'.join(points)}' fill=none stroke={dice.choice(INKS)} stroke-width={dice.uniform(0.9, 1.6):.2f} />"
    return f"<svg style='overflow:visible;margin:6pt 10pt' width={width}pt height=36pt viewBox='0 0 {width} 36'>{path}</svg>"


def chop(words: str, dice: random.Random) -> str:
    """A company chop: round, oval or square, in red, blue, violet or black, a little turned."""
    colour, shape = dice.choice(("#b3202a", "#2036a0", "#5a2a90", "#1c1c1c")), dice.choice(("round", "oval", "square", "round"))
    words = words[:12]
    if shape == "square":
        half = (len(words) + 1) // 2
        inside = (
            f"<rect x=3 y=3 width=54 height=54 fill=none stroke={colour} stroke-width=2 />"
            f"<text x=30 y=26 font-size={min(14, 48 / max(1, half)):.1f} text-anchor=middle fill={colour}>{words[:half]}</text>"
            f"<text x=30 y=46 font-size={min(14, 48 / max(1, half)):.1f} text-anchor=middle fill={colour}>{words[half:]}</text>"
        )
    else:
        rx, ry = (29, 29) if shape == "round" else (29, 18)
        letters = ""
        for at, letter in enumerate(words):
            angle = math.pi * (1 + (at + 0.5) / len(words))
            x, y = 30 + (rx - 8) * math.cos(angle), 30 + (ry - 7) * math.sin(angle)
            letters += f"<text x={x:.1f} y={y + 2:.1f} font-size=6 text-anchor=middle fill={colour}>{letter}</text>"
        inside = (
            f"<ellipse cx=30 cy=30 rx={rx} ry={ry} fill=none stroke={colour} stroke-width=1.7 />{letters}"
            f"<text x=30 y=37 font-size=11 text-anchor=middle fill={colour}>★</text>"
        )
    turn = dice.uniform(-15, 15)
    return f"<svg style='overflow:visible;transform:rotate({turn:.1f}deg);opacity:{dice.uniform(0.75, 1):.2f}' width=70pt height=70pt viewBox='0 0 60 60'>{inside}</svg>"
