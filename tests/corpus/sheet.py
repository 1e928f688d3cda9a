"""Drawing papers: a page on which Latin and Chinese text, tables, boxes, signatures and chops are drawn, remembering where values stand."""

from __future__ import annotations

import io
import math
import random
from dataclasses import dataclass
from pathlib import Path

from reportlab.lib.colors import Color, HexColor, black
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 595.28, 841.89
TRUETYPE = Path("/usr/share/fonts/truetype")
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Face:
    """A pair of fonts: one for Latin letters and digits, one for Chinese."""

    latin: str
    chinese: str


_FILES = {
    "sans": ("liberation/LiberationSans-Regular.ttf", 0),
    "sans-bold": ("liberation/LiberationSans-Bold.ttf", 0),
    "serif": ("liberation/LiberationSerif-Regular.ttf", 0),
    "serif-bold": ("liberation/LiberationSerif-Bold.ttf", 0),
    "mono": ("liberation/LiberationMono-Regular.ttf", 0),
    "dejavu": ("dejavu/DejaVuSans.ttf", 0),
    "droid": ("droid/DroidSansFallbackFull.ttf", 0),
    "zenhei": ("wqy/wqy-zenhei.ttc", 0),
    "ming": ("arphic/uming.ttc", 0),
    "kai": ("arphic/ukai.ttc", 0),
}
FACES = (Face("sans", "droid"), Face("serif", "ming"), Face("dejavu", "zenhei"), Face("sans", "kai"))
BOLD = {"sans": "sans-bold", "serif": "serif-bold"}


def _register() -> None:
    for name, (file, index) in _FILES.items():
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(TRUETYPE / file), subfontIndex=index))


def _is_chinese(character: str) -> bool:
    return ord(character) > 0x2E7F


class Sheet:
    """Pages of one paper. ``y`` runs from the top; boxes are (x0, top, x1, bottom) in points."""

    def __init__(self, face: Face, *, size: tuple[float, float] = (WIDTH, HEIGHT)) -> None:
        _register()
        self.face, self.width, self.height = face, *size
        self._buffer = io.BytesIO()
        self.canvas = Canvas(self._buffer, pagesize=size)
        self.page = 1
        self.boxes: dict[str, tuple[int, Box]] = {}

    def _font(self, character: str, *, bold: bool, latin: str | None) -> str:
        if _is_chinese(character):
            return self.face.chinese
        name = latin or self.face.latin
        return BOLD.get(name, name) if bold else name

    def _runs(self, text: str, *, bold: bool, latin: str | None) -> list[tuple[str, str]]:
        runs: list[tuple[str, str]] = []
        for character in text:
            font = self._font(character, bold=bold, latin=latin)
            if runs and runs[-1][0] == font:
                runs[-1] = (font, runs[-1][1] + character)
            else:
                runs.append((font, character))
        return runs

    def width_of(self, text: str, size: float, *, bold: bool = False, latin: str | None = None) -> float:
        return float(sum(pdfmetrics.stringWidth(run, font, size) for font, run in self._runs(text, bold=bold, latin=latin)))

    def text(
        self, x: float, y: float, text: str, size: float = 10, *, bold: bool = False, latin: str | None = None, colour: Color = black, key: str = ""
    ) -> float:
        """Draws text with its top at ``y``; returns the x after it. ``key`` remembers the box."""
        self.canvas.setFillColor(colour)
        start = x
        for font, run in self._runs(text, bold=bold, latin=latin):
            self.canvas.setFont(font, size)
            self.canvas.drawString(x, self.height - y - size * 0.86, run)
            x += pdfmetrics.stringWidth(run, font, size)
        if key:
            self._remember(key, (start, y, x, y + size * 1.1))
        return x

    def centred(self, y: float, text: str, size: float = 10, *, bold: bool = False, latin: str | None = None) -> None:
        self.text((self.width - self.width_of(text, size, bold=bold, latin=latin)) / 2, y, text, size, bold=bold, latin=latin)

    def wrapped(self, x: float, y: float, text: str, width: float, size: float = 10, *, key: str = "", latin: str | None = None) -> float:
        """Draws text over as many lines as it takes; returns the y below it."""
        for line in self.lines_of(text, width, size, latin=latin):
            self.text(x, y, line, size, latin=latin, key=key)
            y += size * 1.3
        return y

    def lines_of(self, text: str, width: float, size: float, *, latin: str | None = None) -> list[str]:
        lines, line = [], ""
        for token in _tokens(text):
            if line and self.width_of((line + token).rstrip(), size, latin=latin) > width:
                lines.append(line.rstrip())
                line = token.lstrip()
            else:
                line += token
        return [*lines, line.rstrip()] if line.strip() else lines

    def _remember(self, key: str, box: Box) -> None:
        page, old = self.boxes.get(key, (self.page, box))
        self.boxes[key] = (page, (min(old[0], box[0]), min(old[1], box[1]), max(old[2], box[2]), max(old[3], box[3])))

    def rect(self, x: float, y: float, width: float, height: float, *, fill: str = "", line: float = 0.7) -> None:
        self.canvas.setStrokeColor(black)
        self.canvas.setLineWidth(line)
        if fill:
            self.canvas.setFillColor(HexColor(fill))
        self.canvas.rect(x, self.height - y - height, width, height, stroke=int(line > 0), fill=int(bool(fill)))

    def line(self, x0: float, y0: float, x1: float, y1: float, line: float = 0.7) -> None:
        self.canvas.setStrokeColor(black)
        self.canvas.setLineWidth(line)
        self.canvas.line(x0, self.height - y0, x1, self.height - y1)

    def tick_box(self, x: float, y: float, *, on: bool, style: str = "check", size: float = 9) -> None:
        """A drawn tick box; ``style``: check, cross or filled."""
        self.rect(x, y, size, size, fill="#000000" if on and style == "filled" else "")
        if on and style == "cross":
            self.line(x + 1, y + 1, x + size - 1, y + size - 1, 1.2)
            self.line(x + size - 1, y + 1, x + 1, y + size - 1, 1.2)
        elif on and style == "check":
            self.line(x + 1.5, y + size * 0.5, x + size * 0.42, y + size - 1.5, 1.4)
            self.line(x + size * 0.42, y + size - 1.5, x + size + 1, y + 0.5, 1.4)

    def signature(self, x: float, y: float, dice: random.Random, *, width: float = 90) -> None:
        """A pen stroke of loops, ``width`` points wide, with its middle at ``y``."""
        self.canvas.setStrokeColor(HexColor(dice.choice(("#101050", "#000000", "#1a1a80"))))
        self.canvas.setLineWidth(1.3)
        path = self.canvas.beginPath()
        path.moveTo(x, self.height - y)
        phase, loops = dice.random() * 6, dice.uniform(3, 6)
        for step in range(1, 90):
            t = step / 90
            path.lineTo(x + t * width + 5 * math.cos(loops * 6.28 * t), self.height - y - 10 * (1 - t) * math.sin(loops * 6.28 * t + phase))
        self.canvas.drawPath(path)

    def chop(self, x: float, y: float, words: str, dice: random.Random, *, oval: bool = False, colour: str = "") -> None:
        """A company chop around (x, y): a ring with words along it and a star or lines inside."""
        shade = HexColor(colour or dice.choice(("#b02020", "#2030a0", "#202020")))
        self.canvas.saveState()
        self.canvas.setStrokeColor(shade)
        self.canvas.setFillColor(shade)
        self.canvas.setLineWidth(1.6)
        radius = 27.0
        self.canvas.translate(x, self.height - y)
        self.canvas.rotate(dice.uniform(-12, 12))
        if oval:
            self.canvas.ellipse(-1.5 * radius, -0.8 * radius, 1.5 * radius, 0.8 * radius)
        else:
            self.canvas.circle(0, 0, radius)
            self.canvas.circle(0, 0, radius - 3.5, stroke=1)
        for index, character in enumerate(words[:16]):
            angle = math.pi * (0.95 - 0.9 * index / max(1, len(words[:16]) - 1))
            self.canvas.saveState()
            self.canvas.translate((radius - 10) * (1.4 if oval else 1) * math.cos(angle), (radius - 10) * (0.75 if oval else 1) * math.sin(angle))
            self.canvas.rotate(math.degrees(angle) - 90)
            self.canvas.setFont(self._font(character, bold=False, latin=None), 6)
            self.canvas.drawCentredString(0, 0, character)
            self.canvas.restoreState()
        self.canvas.setFont("dejavu", 13)
        self.canvas.drawCentredString(0, -5, "★")
        self.canvas.restoreState()

    def next_page(self) -> None:
        self.canvas.showPage()
        self.page += 1

    def pdf(self) -> bytes:
        self.canvas.showPage()
        self.canvas.save()
        return self._buffer.getvalue()


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    for character in text:
        if _is_chinese(character) or not tokens or tokens[-1].endswith(" ") or _is_chinese(tokens[-1][-1]):
            tokens.append(character)
        else:
            tokens[-1] += character
    return tokens
