"""The second reader of pictures: Tesseract, for machines without the first reader's models and for reading numbers once more.

Two readers that err differently and agree are the best certainty there is. Boxes here are pixels of the picture.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from typing import Any, Literal

import cv2
import numpy as np
import pytesseract

from parsers.values import Box, Word

Picture = np.ndarray[Any, np.dtype[Any]]
Agreement = Literal["agree", "differ", "untold"]

os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # with its own default Tesseract is five times slower

_FAILURES = (pytesseract.TesseractError, pytesseract.TesseractNotFoundError, RuntimeError, OSError)
_VALUE = re.compile(r"^(?=(?:\D*\d){6})[\x21-\x7e]+$|^[\x21-\x7e]+@[\x21-\x7e]+$")  # six digits or more, or an e-mail address
_STRIP_PX, _GAP_PX = 44, 26  # height of a line laid out for the second reading, and white between two
_MOST_LINES = 60
_SAME_HAND = 0.6  # of a line's height: Chinese characters nearer than this are one word
_SURE, _TOWARDS = 0.995, 0.8
_DOUBTED = 0.75
_TRUSTED = 0.7  # of the second reader: below this its reading tells nothing
_LOOKALIKES = str.maketrans("OQDILSBZG", "000115826")
_MOST_WRONG = 3  # characters that may differ for two readings to be of the same thing


def read_with_tesseract(
    picture: Picture, *, dpi: float, languages: Sequence[str], psm: Literal[3, 6, 7, 11] = 11, timeout_s: float = 20.0
) -> tuple[Word, ...]:
    """The words of a picture (RGB) line by line, in one call; none where Tesseract or a language is missing, or time runs out."""
    try:
        data = pytesseract.image_to_data(
            picture, lang="+".join(languages), config=f"--dpi {round(dpi)} --psm {psm}", timeout=timeout_s, output_type=pytesseract.Output.DICT
        )
    except _FAILURES:
        return ()
    words: list[Word] = []
    lines: dict[tuple[int, int, int], int] = {}
    for index, text in enumerate(data["text"]):
        certainty = float(data["conf"][index])
        if not text.strip() or certainty < 0:
            continue
        line = lines.setdefault((data["block_num"][index], data["par_num"][index], data["line_num"][index]), len(lines))
        left, top = float(data["left"][index]), float(data["top"][index])
        box = (left, top, left + float(data["width"][index]), top + float(data["height"][index]))
        _append(words, Word(text=text.strip(), box=box, confidence=certainty / 100, line=line))
    return tuple(words)


def _append(words: list[Word], word: Word) -> None:
    """Adds a word, joined to the one before where both are Chinese and touch: Tesseract sets them apart character by character."""
    if words and words[-1].line == word.line and _is_han(words[-1].text[-1]) and _is_han(word.text[0]):
        before = words[-1]
        if word.box[0] - before.box[2] < _SAME_HAND * (before.box[3] - before.box[1]):
            box = (before.box[0], min(before.box[1], word.box[1]), word.box[2], max(before.box[3], word.box[3]))
            lower = min(before.confidence, word.confidence)
            words[-1] = Word(text=before.text + word.text, box=box, confidence=lower, line=word.line)
            return
    words.append(word)


def read_again(picture: Picture, words: Sequence[Word], *, timeout_s: float = 8.0) -> tuple[Word, ...]:
    """The words, those that hold a number or an e-mail address read once more: surer where both readings agree, doubtful where they differ.

    All of them are laid out below one another on one sheet and read in one call.
    """
    chosen = [index for index, word in enumerate(words) if _VALUE.match(_plain(word.text))][:_MOST_LINES]
    strips = [_strip(picture, words[index].box) for index in chosen]
    if not strips:
        return tuple(words)
    sheet = np.full(
        (sum(strip.shape[0] + _GAP_PX for strip in strips) + _GAP_PX, max(strip.shape[1] for strip in strips) + 2 * _GAP_PX), 255, np.uint8
    )
    tops = []
    top = _GAP_PX
    for strip in strips:
        sheet[top : top + strip.shape[0], _GAP_PX : _GAP_PX + strip.shape[1]] = strip
        tops.append(top)
        top += strip.shape[0] + _GAP_PX
    read = read_with_tesseract(sheet, dpi=200, languages=("eng",), psm=6, timeout_s=timeout_s)
    judged = list(words)
    for index, strip, top in zip(chosen, strips, tops, strict=True):
        again = [word for word in read if top - _GAP_PX / 2 <= (word.box[1] + word.box[3]) / 2 < top + strip.shape[0] + _GAP_PX / 2]
        judged[index] = judged_by(judged[index], "".join(word.text for word in again), min((word.confidence for word in again), default=0.0))
    return tuple(judged)


def judged_by(word: Word, again: str, certainty: float) -> Word:
    """A word with its confidence as a second reading bears it out. The text stays that of the first reader."""
    verdict = agree(word.text, again)
    if verdict == "agree":
        return word.model_copy(update={"confidence": max(word.confidence, word.confidence + _TOWARDS * (_SURE - word.confidence))})
    if verdict == "differ" and certainty >= _TRUSTED:
        return word.model_copy(update={"confidence": min(word.confidence, _DOUBTED)})
    return word


def agree(first: str, second: str) -> Agreement:
    """Whether two readings say the same letters and digits; ``untold`` where the second is of something else, or of nothing.

    Case, spaces and punctuation do not count, for they change no number, date or amount. A letter for the digit that looks like it tells nothing.
    """
    one, other = _letters(first), _letters(second)
    if not one or not other:
        return "untold"
    if one == other:
        return "agree"
    if one.translate(_LOOKALIKES) == other.translate(_LOOKALIKES):
        return "untold"
    near = abs(len(one) - len(other)) <= 2 and _differences(one, other) <= min(_MOST_WRONG, len(one) // 3)
    return "differ" if near else "untold"


def _letters(text: str) -> str:
    return "".join(c for c in _plain(text).upper() if c.isalnum())


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _differences(one: str, other: str) -> int:
    """Characters to change, add or leave out to make one of the other (Levenshtein)."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def _strip(picture: Picture, box: Box) -> Picture:
    """A word cut out with a margin, grey and of a reader's size."""
    high = box[3] - box[1]
    margin = 0.12 * high
    x0, top, x1, bottom = (round(n) for n in (box[0] - 2 * margin, box[1] - margin, box[2] + 2 * margin, box[3] + margin))
    part = picture[max(0, top) : max(1, bottom), max(0, x0) : max(1, x1)]
    grey = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY) if part.size else np.full((8, 8), 255, np.uint8)
    scale = _STRIP_PX / max(4, grey.shape[0])
    size = (min(3000, max(8, round(grey.shape[1] * scale))), _STRIP_PX)
    strip: Picture = cv2.resize(grey, size, interpolation=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA)
    paper = float(np.percentile(strip, 90))
    lit: Picture = np.clip(strip.astype(np.float32) * (255 / max(60.0, paper)), 0, 255).astype(np.uint8)
    return lit


def _is_han(character: str) -> bool:
    return "\u2e80" <= character <= "\u9fff"
