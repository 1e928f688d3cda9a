"""Judging a page's text layer before it is trusted: which of its words a person can see, and whether it tells all that stands on the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.page_frame import area, covered, in_lines, inside_centre
from parsers.pdf_print import LEAST_CONTRAST, Printed
from parsers.pdf_words import Glyph, LayerWord, is_cjk, word_of
from parsers.scan_reading import real_long_side
from parsers.values import Box, Word

Picture = NDArray[np.uint8]

UNSURE_ASKEW = 0.5  # confidence of words that lean or go round: their letters are not compared with what they look like
UNKNOWN_SHARE = 0.04  # of the visible characters; above, the layer is not believed
LEAST_SIZE = 2.5  # points: smaller print is hidden from a person
LEAST_BREADTH = 0.1  # of a character's height, on the mean of its word: print squeezed thinner is a line
TELLING = 12  # letters and digits in hidden words, from which on they are no accident
MOST_TANGLED = 300  # words on other words that are compared; more are a puzzle
UNREAD_SPECKS = 60  # letter-like pieces of ink outside all known words before a page is read as a picture, too


class Layer(NamedTuple):
    """A judged text layer: the words to believe, in lines; whether the page must be read as a picture too; what was noticed."""

    words: tuple[Word, ...]
    read_picture: bool
    notes: tuple[str, ...]


class Seen(NamedTuple):
    """What a person sees of a layer's words, what not, and whether words lie so on one another that a layer cannot tell what they show."""

    words: tuple[LayerWord, ...]
    hidden: tuple[LayerWord, ...]
    tangled: bool = False


def seen_words(found: Sequence[LayerWord], picture: Picture, *, width: float, height: float, printed: Printed | None = None) -> Seen:
    """The words of a layer that a person sees on ``picture``, the page as displayed (RGB), ``width`` by ``height`` points.

    With ``printed`` each character must leave ink of its own; without, something must stand in the word's place. A word of which only a part
    is seen becomes that part, and the rest of it is hidden.
    """
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    least = LEAST_SIZE * max(width, height) / real_long_side(max(width, height))
    words: list[LayerWord] = []
    unseen: list[LayerWord] = []
    shown = _shown_glyphs(found, printed)
    for word in found:
        if not (word.painted and _visible(word, grey, picture.shape[1] / width, (width, height), least)):
            unseen.append(word)
        elif printed is None or not word.glyphs:
            words.append(word)
        else:
            for run, is_seen in _parts(word, shown):
                (words if is_seen else unseen).append(run)
    hidden = [word for word in unseen if not word.askew]  # of leaning letters some fonts tell wrong places, where nothing is seen
    kept, tangled = _untangled(words, printed)
    return Seen(tuple(kept), tuple(hidden), tangled or _lie_on_others(hidden, printed))


def judge_layer(
    found: Sequence[LayerWord],
    picture: Picture,
    *,
    width: float,
    height: float,
    images: Sequence[Box] = (),
    elsewhere: Sequence[Box] = (),
) -> Layer:
    """What to believe of the words ``found``, by what stands in their places on ``picture``: ``judge_seen`` of ``seen_words``."""
    seen = seen_words(found, picture, width=width, height=height)
    return judge_seen(seen, picture, width=width, height=height, images=images, elsewhere=elsewhere)


def judge_seen(
    seen: Seen,
    picture: Picture,
    *,
    width: float,
    height: float,
    images: Sequence[Box] = (),
    elsewhere: Sequence[Box] = (),
) -> Layer:
    """What to believe of a layer's words, against ``picture``, the page as displayed (RGB, any resolution).

    ``width`` and ``height`` are the page's in points, ``images`` the boxes of its pictures, ``elsewhere`` boxes whose content is known
    otherwise (form fields). A layer with too many unknown letters is dropped whole: the page is then read as a picture.
    """
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    scale = picture.shape[1] / width
    enlarged = max(width, height) / real_long_side(max(width, height))
    notes = _hidden_notes(seen, images, (width, height))
    if seen.tangled or _unbelievable(seen.words):
        return Layer((), True, (*notes, "text_layer_rejected"))
    words = in_lines([_word(word) for word in seen.words])
    known = [*(word.box for word in seen.words), *elsewhere]
    letters = sum(len(word.text) for word in seen.words)
    specks = unread_specks(grey, scale, known, enlarged=enlarged)
    unread = specks >= UNREAD_SPECKS and specks > 0.25 * letters
    pictured = any(covered((0, 0, width, height), image) > 0.25 for image in images)
    little = pictured and (letters == 0 or (letters < 40 and specks >= 8))
    return Layer(words, unread or little, notes)


def _word(seen: LayerWord) -> Word:
    sure = UNSURE_ASKEW if seen.askew else 1.0
    return Word(text=seen.text, box=seen.box, confidence=sure, size=round(seen.em, 2) or None, struck=seen.struck, ringed=seen.ringed)


def _shown_glyphs(found: Sequence[LayerWord], printed: Printed | None) -> dict[int, bool]:
    """By the identity of each glyph whether its ink shows; a glyph without a known drawing is taken to show."""
    glyphs = [glyph for word in found for glyph in word.glyphs]
    if printed is None:
        return {}
    return {id(glyph): show or not glyph.text_object for glyph, show in zip(glyphs, printed.shown(glyphs), strict=True)}


def _parts(word: LayerWord, shown: dict[int, bool]) -> Iterator[tuple[LayerWord, bool]]:
    """The word as it is where all its letters and digits are alike, seen or not; else its runs of either."""
    states = {shown[id(glyph)] for glyph in word.glyphs if glyph.text.isalnum()} or {any(shown[id(glyph)] for glyph in word.glyphs)}
    if len(states) == 1:
        yield word, states.pop()
        return
    run: list[Glyph] = []
    for glyph in word.glyphs:
        if run and shown[id(glyph)] != shown[id(run[-1])]:
            yield word_of(run), shown[id(run[-1])]
            run = []
        run.append(glyph)
    yield word_of(run), shown[id(run[-1])]


def _untangled(words: Sequence[LayerWord], printed: Printed | None) -> tuple[list[LayerWord], bool]:
    """The words without those printed twice in one place (bold print by the poor man's way), and whether others lie on one another."""
    if printed is None or not printed.rivals:
        return list(words), False
    among = [word for word in words if any(glyph.text_object in printed.rivals for glyph in word.glyphs)]
    if len(among) > MOST_TANGLED:
        return list(words), True
    doubles: set[int] = set()
    for at, word in enumerate(among):
        for other in among[:at]:
            alike_high = 1 / 1.6 < word.size / other.size < 1.6
            if id(other) in doubles or not alike_high or max(covered(word.box, other.box), covered(other.box, word.box)) < 0.5:
                continue
            if word.text == other.text:
                doubles.add(id(word))
            elif any(map(str.isalnum, word.text)) and any(map(str.isalnum, other.text)):
                return list(words), True
    return [word for word in words if id(word) not in doubles], False


def _lie_on_others(hidden: Sequence[LayerWord], printed: Printed | None) -> bool:
    """Whether hidden words lie in the place of others: pdfium gives letters that two drawings share to the first of them, seen or not."""
    if printed is None:
        return False
    return printed.tangled or any(glyph.text_object in printed.rivals for word in hidden for glyph in word.glyphs)


def _hidden_notes(seen: Seen, images: Sequence[Box], page: tuple[float, float]) -> tuple[str, ...]:
    """``ocr_layer`` where hidden words lie on a picture (a scanner's own reading, not believed), ``words_hidden`` for any others, and
    ``layer_disagrees`` where those would tell a reader of the file something that a person does not see."""
    pictures = [image for image in images if area(image) > 0.05 * page[0] * page[1]]
    large = [image for image in pictures if area(image) > 0.5 * page[0] * page[1]]
    layer: list[LayerWord] = []
    others: list[LayerWord] = []
    for word in seen.hidden:
        scanned = any(inside_centre(word.box, image) for image in (large if word.painted else pictures))
        (layer if scanned else others).append(word)
    notes = ["ocr_layer"] if layer else []
    if others:
        notes.append("words_hidden")
    if _tell_something([word for word in others if inside_centre(word.box, (0, 0, *page))], seen.words):
        notes.append("layer_disagrees")
    return tuple(notes)


def _tell_something(hidden: Sequence[LayerWord], seen: Sequence[LayerWord]) -> bool:
    """Whether hidden words say what matters: a number of four digits, or several words. Not: what is seen in the same place, and the marks
    that signing services put on a page in white (\\s1\\, {{signature}})."""
    bare = [word for word in hidden if not any(c in "\\{}<>_" for c in word.text)]
    told = [word.text for word in bare if not any(word.text in other.text and covered(word.box, other.box) > 0.3 for other in seen)]
    return any(sum(c.isdigit() for c in text) >= 4 for text in told) or sum(c.isalnum() for text in told for c in text) >= TELLING


def _visible(word: LayerWord, grey: Picture, scale: float, page: tuple[float, float], least_size: float) -> bool:
    """Whether a person would see something in the word's place: on the page, not too small, of another grey than its ground."""
    x0, top, x1, bottom = word.box
    width, height = page
    middle_x, middle_y = (x0 + x1) / 2, (top + bottom) / 2
    if not (0 <= middle_x <= width and 0 <= middle_y <= height) or word.size < least_size or _is_squeezed(word):
        return False
    left, right = int(max(0, x0) * scale), int(np.ceil(min(width, x1) * scale)) + 1
    upper, lower = int(max(0, top) * scale), int(np.ceil(min(height, bottom) * scale)) + 1
    patch = grey[upper:lower, left:right]
    return bool(patch.size) and int(patch.max()) - int(patch.min()) >= LEAST_CONTRAST


def _is_squeezed(word: LayerWord) -> bool:
    """Whether the letters are so narrow that they are no letters to an eye; the longer side counts where the word runs down the page."""
    across, down = word.box[2] - word.box[0], word.box[3] - word.box[1]
    breadth = max(across, down) if down > 1.5 * word.size else across
    return len(word.text) > 1 and breadth < LEAST_BREADTH * word.size * len(word.text)


def _unbelievable(words: Sequence[LayerWord]) -> bool:
    """Whether too many of the characters have no letter, or letters of scripts in which no paper of this programme is written.

    Symbols that stand alone (bullets and ticks of symbol fonts) are no evidence against a layer.
    """
    texts = [word for word in words if len(word.text) > 1 or not _private(word.text)]
    total = sum(len(word.text) for word in texts)
    if not total:
        return False
    strange = sum(max(word.unknown, sum(_strange(c) for c in word.text)) for word in texts)
    strange += sum(5 * word.text.count("(cid:") for word in texts)
    foreign = sum(_foreign(c) for word in texts for c in word.text)
    return (strange > UNKNOWN_SHARE * total and strange >= 2) or foreign > 0.2 * total


def _private(char: str) -> bool:
    return any(0xE000 <= ord(c) <= 0xF8FF or ord(c) >= 0xF0000 for c in char)


def _strange(char: str) -> bool:
    return char == "\ufffd" or _private(char)


def _foreign(char: str) -> bool:
    """Whether a letter belongs to neither Latin, Greek (units, formulas) nor Chinese writing."""
    return char.isalpha() and not is_cjk(char) and ord(char) > 0x3FF and not 0x1E00 <= ord(char) <= 0x2BFF and not 0xFB00 <= ord(char) <= 0xFFEF


def unread_specks(grey: Picture, scale: float, known: Iterable[Box], *, enlarged: float = 1.0) -> int:
    """Number of letter-like pieces of ink outside the boxes ``known`` (points); ``scale`` is pixels per point.

    ``enlarged`` tells how many points of the page stand for one of the real sheet.
    """
    ink = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 18)
    for x0, top, x1, bottom in known:
        left, upper = int((x0 - 1) * scale), int((top - 1) * scale)
        ink[max(0, upper) : int((bottom + 1) * scale) + 1, max(0, left) : int((x1 + 1) * scale) + 1] = 0
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    wide, high = stats[1:, cv2.CC_STAT_WIDTH] / (scale * enlarged), stats[1:, cv2.CC_STAT_HEIGHT] / (scale * enlarged)
    letters = (high >= 2.5) & (high <= 30) & (wide >= 0.7) & (wide <= 40) & (np.maximum(wide, high) / np.maximum(np.minimum(wide, high), 0.1) <= 12)
    return int(letters.sum())
