"""Lines as hands write them: letters of script and handwriting fonts, each pushed, turned and bent a little otherwise, on a wandering baseline.

The fonts are those of a folder (Debian's fonts-dkg-handwriting, fonts-breip, fonts-seto, fonts-kiloji ...); without one, the stroke letters that come
with OpenCV serve for letters and digits.
"""

from __future__ import annotations

import random
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

Picture = np.ndarray[Any, np.dtype[np.uint8]]


@lru_cache(maxsize=64)
def font_of(file: Path, size: int, index: int = 0) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(file), size, index=index)


@lru_cache(maxsize=64)
def _hollow(file: Path) -> bytes:
    """What the font draws for a character that it lacks."""
    return bytes(font_of(file, 30).getmask("\ue0ff"))


def can_write(file: Path, text: str) -> bool:
    """Whether the font has every character."""
    font = font_of(file, 30)
    return all(c == " " or (bytes(font.getmask(c)) not in (_hollow(file), b"") and any(font.getmask(c))) for c in text)


def printed_line(text: str, file: Path, px: int, *, index: int = 0) -> Picture:
    """A line of print, black on white, with a margin of a quarter of its size."""
    font = font_of(file, px, index)
    left, top, right, bottom = font.getbbox(text)
    margin = px // 4
    sheet = Image.new("L", (int(right - left) + 2 * margin, int(bottom - top) + 2 * margin), 255)
    ImageDraw.Draw(sheet).text((margin - left, margin - top), text, fill=0, font=font)
    return np.array(sheet, dtype=np.uint8)


def written_line(text: str, file: Path | None, px: int, dice: random.Random, *, care: float = 1.0) -> Picture:
    """A line of handwriting, black on white; ``care`` below 1 is neater, above 1 wilder."""
    glyphs = [_glyph(c, file, round(px * (1 + care * dice.gauss(0, 0.06))), dice, care) if c != " " else None for c in text]
    gap = 0.06 * px
    width = sum(g.shape[1] if g is not None else px // 3 for g in glyphs) + int(gap * len(glyphs) * 3) + 2 * px
    sheet = np.full((3 * px, width), 255, np.uint8)
    x, drift, slope = float(px // 2), 0.0, care * dice.gauss(0, 0.008)
    for glyph in glyphs:
        if glyph is None:
            x += dice.uniform(0.25, 0.5) * px
            continue
        drift = 0.8 * drift + care * dice.gauss(0, 0.035) * px
        y = px + round(drift + slope * x)
        high, wide = glyph.shape
        place = sheet[max(0, y - (high - px) // 2) :, round(x) :][:high, :wide]
        np.minimum(place, glyph[: place.shape[0], : place.shape[1]], out=place)
        x += wide + dice.uniform(-0.5, 1.6) * gap
    dark = np.argwhere(sheet < 128)
    if not len(dark):
        return sheet
    (top, left), (bottom, right) = dark.min(axis=0), dark.max(axis=0)
    margin = px // 4
    return _bent(sheet[max(0, top - margin) : bottom + margin, max(0, left - margin) : right + margin], px, dice, care)


def _glyph(character: str, file: Path | None, px: int, dice: random.Random, care: float) -> Picture:
    """One character on a square a half higher than it, turned and slanted a little."""
    side = round(1.5 * px)
    if file is None:
        drawn = np.full((side, side), 255, np.uint8)
        size = px / 32
        cv2.putText(drawn, character, (px // 4, round(1.1 * px)), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, size, 0, max(1, px // 16), cv2.LINE_AA)
        advance = cv2.getTextSize(character, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, size, 1)[0][0]
    else:
        font = font_of(file, px)
        sheet = Image.new("L", (side, side), 255)
        ImageDraw.Draw(sheet).text((px // 4, round(1.1 * px)), character, fill=0, font=font, anchor="ls")
        drawn, advance = np.array(sheet, dtype=np.uint8), round(font.getlength(character))
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), care * dice.gauss(0, 3.0), 1 + care * dice.gauss(0, 0.03))
    slant = care * dice.gauss(0.03, 0.05)
    turn = turn @ np.array([[1, -slant, slant * side / 2], [0, 1, 0], [0, 0, 1]])
    moved: Picture = cv2.warpAffine(drawn, turn, (side, side), borderValue=255).astype(np.uint8)
    return moved[:, px // 4 : max(px // 4 + 2, px // 4 + advance)]


def _bent(line: Picture, px: int, dice: random.Random, care: float) -> Picture:
    """The line with strokes bent smoothly: no two letters keep the same shape."""
    height, width = line.shape
    grid = (max(2, height * 3 // px), max(2, width * 3 // px))
    noise = np.random.default_rng(dice.randrange(10**6)).normal(0, care * 0.03 * px, (2, *grid)).astype(np.float32)
    push = [cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC) for part in noise]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return np.asarray(cv2.remap(line, x + push[0], y + push[1], cv2.INTER_LINEAR, borderValue=255), dtype=np.uint8)
