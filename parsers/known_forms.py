"""Knowing a scanned page for one of the Secretariat's own forms: its printed words are those of the blank, and only what was filled in is read.

A handful of its lines are read and looked for among those of the blanks; where enough of them agree, the page is laid over the blank, and every
line found on it is either print of the blank, in its very place, or something to be read. A form typed anew, or of another edition, agrees in
too few places and is read in full. Coordinates: pixels of the upright picture, and PDF points of the blank.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import cv2
import numpy as np
from rapidfuzz import fuzz

from parsers.folding import fold_key
from parsers.page_frame import covered, union
from parsers.values import Box, Value, Word

Quad = np.ndarray[Any, np.dtype[np.float32]]
Matrix = np.ndarray[Any, np.dtype[np.float64]]
_ANCHORS = 12  # lines that are read to know the form by
_ANCHOR_LENGTH = (5.0, 28.0)  # in heights of the line: long enough to tell, short enough to cost little
_ANCHOR_KEY = 6  # folded characters, at least
_ALIKE = 86.0  # rapidfuzz ratio of an anchor and the line of the blank that it is taken for
_UNLIKE = 60.0  # a line in the place of printed words that agrees less contradicts the blank
_LEAST_ANCHORS, _LEAST_SPREAD = 5, 0.12  # that agree; of the page's height that they span, for some pages are half empty
_LEAST_MATCHED = 0.72  # share of the blank's segments that a line was found for
_LEAST_PAIRS = 12
_MOST_APART = 0.3  # of a line's height: median distance of the lines from where the blank has them
_NEAR = 0.6  # of a line's height, down the page, within which a line belongs to a segment
_WIDE_GAP = 1.0  # of a line's height: words farther apart are found as two lines
_ROOM = 0.9  # of a line's height by which a found line may reach beyond its words
_INNER_GAP = 1.6
_LEANING, _STRETCHED = 0.08, 0.12


class BlankPage(Value):
    """A page of a blank form: its printed words by line, and the boxes in which people write."""

    form: str
    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    zones: tuple[Box, ...] = ()

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """Runs of words as they are found on a picture: parted where a line has a wide gap."""
        runs: list[list[Word]] = []
        for word in self.words:
            last = runs[-1][-1] if runs else None
            close = last is not None and last.line == word.line and 0 <= word.box[0] - last.box[2] + 1 <= 1 + _WIDE_GAP * _height(word.box)
            if close:
                runs[-1].append(word)
            else:
                runs.append([word])
        return tuple(Segment(fold_key("".join(word.text for word in run)), union(word.box for word in run)) for run in runs)


class Segment(NamedTuple):
    """Words that stand together, folded, with their box."""

    key: str
    box: Box


class Registered(NamedTuple):
    """A page laid over its blank: the way from points of the blank to pixels, and the words of each line that is print of the blank."""

    page: BlankPage
    to_picture: Matrix
    printed: dict[int, tuple[Word, ...]]


def anchors_among(quads: Sequence[Quad]) -> list[int]:
    """Numbers of the lines to be read first: of middling length, spread over the page."""
    fit = [number for number, quad in enumerate(quads) if _ANCHOR_LENGTH[0] <= _length(quad) / max(1.0, _thickness(quad)) <= _ANCHOR_LENGTH[1]]
    fit.sort(key=lambda number: float(quads[number][:, 1].mean()))
    if len(fit) <= _ANCHORS:
        return fit
    return [fit[round(at * (len(fit) - 1) / (_ANCHORS - 1))] for at in range(_ANCHORS)]


def register(quads: Sequence[Quad], read: dict[int, str], blanks: Iterable[BlankPage]) -> Registered | None:
    """The blank that the page with these lines is a print of; None where none is certain. ``read``: the text of the anchors, by line."""
    found = [fit for blank in blanks if (fit := _laid_over(quads, read, blank)) is not None]
    if not found:
        return None
    found.sort(key=lambda fit: -fit[0])
    return None if len(found) > 1 and found[0][0] == found[1][0] else found[0][1]


def _laid_over(quads: Sequence[Quad], read: dict[int, str], blank: BlankPage) -> tuple[float, Registered] | None:
    """How well the page fits the blank (share of its segments found), and how it lies on it; None where it does not."""
    anchors = _anchored(read, blank)
    if len(anchors) < _LEAST_ANCHORS:
        return None
    tops = [segment.box[1] for segment in anchors.values()]
    if max(tops) - min(tops) < _LEAST_SPREAD * blank.height:
        return None
    middles = np.array([quad.mean(axis=0) for quad in quads], np.float64)
    pairs = [(_middle(segment.box), middles[number]) for number, segment in anchors.items()]
    to_picture = _fitted(pairs, projective=False)
    if to_picture is None:
        return None
    matched: dict[int, int] = {}
    for _ in range(2):
        matched = _matched(blank.segments, quads, middles, to_picture)
        pairs = [(_middle(blank.segments[at].box), middles[number]) for at, number in matched.items()]
        refined = _fitted(pairs, projective=True) if len(pairs) >= _LEAST_PAIRS else None
        if refined is None:
            return None
        to_picture = refined
    matched = _matched(blank.segments, quads, middles, to_picture)
    share = len(matched) / max(1, len(blank.segments))
    if share < _LEAST_MATCHED or _apart(blank.segments, quads, middles, matched, to_picture) > _MOST_APART:
        return None
    printed = {number: words for number, quad in enumerate(quads) if (words := _printed_in(_on_blank(quad, to_picture), blank))}
    if any(fuzz.ratio(fold_key(text), _key(printed[number])) < _UNLIKE for number, text in read.items() if number in printed):
        return None
    return share, Registered(blank, to_picture, {number: words for number, words in printed.items() if number not in read})


def _anchored(read: dict[int, str], blank: BlankPage) -> dict[int, Segment]:
    """Lines read that are those of exactly one segment of the blank."""
    anchors: dict[int, Segment] = {}
    for number, text in read.items():
        key = fold_key(text)
        if len(key) < _ANCHOR_KEY:
            continue
        alike = [segment for segment in blank.segments if fuzz.ratio(key, segment.key) >= _ALIKE]
        if len(alike) == 1:
            anchors[number] = alike[0]
    return anchors


def _fitted(pairs: Sequence[tuple[tuple[float, float], Any]], *, projective: bool) -> Matrix | None:
    """The map that brings most of the first points to the second ones; None where few agree."""
    here, there = np.array([pair[0] for pair in pairs], np.float64), np.array([pair[1] for pair in pairs], np.float64)
    reach = 0.004 * float(np.ptp(there, axis=0).max())
    if projective:
        matrix, agree = cv2.findHomography(here, there, cv2.RANSAC, reach)
    else:
        affine, agree = cv2.estimateAffine2D(here, there, ransacReprojThreshold=4 * reach)
        matrix = np.vstack([affine, [0.0, 0.0, 1.0]]) if affine is not None else None
    if matrix is None or agree is None or float(agree.mean()) < 0.6:
        return None
    return np.asarray(matrix, np.float64) if _is_sheet(matrix, here) else None


def _is_sheet(matrix: Any, points: Any) -> bool:
    """Whether a map is that of a sheet held upright: hardly turned, hardly stretched, with no more perspective than flattening leaves."""
    across, down = matrix[0, 0], matrix[1, 1]
    if across <= 0 or down <= 0 or abs(across / down - 1) > _STRETCHED:
        return False
    lean = max(abs(matrix[0, 1]), abs(matrix[1, 0])) / across
    depth = points @ matrix[2, :2] + matrix[2, 2]
    return bool(lean < _LEANING and depth.min() > 0 and depth.max() / depth.min() < 1 + _STRETCHED)


def _matched(segments: Sequence[Segment], quads: Sequence[Quad], middles: Any, to_picture: Matrix) -> dict[int, int]:
    """For each segment the line found in its place: near its middle and about as long."""
    matched: dict[int, int] = {}
    lengths = np.array([_length(quad) for quad in quads])
    for at, segment in enumerate(segments):
        left, right = _mapped([(segment.box[0], _middle(segment.box)[1]), (segment.box[2], _middle(segment.box)[1])], to_picture)
        height = _height(segment.box) * float(np.linalg.norm(right - left)) / max(0.1, segment.box[2] - segment.box[0])
        apart = np.abs(middles - (left + right) / 2)
        length = float(np.linalg.norm(right - left))
        near = (apart[:, 1] < _NEAR * height) & (apart[:, 0] < 1.2 * height) & (np.abs(lengths - length) < 2.4 * height + 0.05 * length)
        if near.any():
            candidates = np.flatnonzero(near)
            matched[at] = int(candidates[int(apart[candidates].sum(axis=1).argmin())])
    return matched


def _apart(segments: Sequence[Segment], quads: Sequence[Quad], middles: Any, matched: dict[int, int], to_picture: Matrix) -> float:
    """Median distance, down the page and in heights of the line, of the lines from where the blank has them."""
    there = _mapped([_middle(segments[at].box) for at in matched], to_picture)
    heights = np.array([_thickness(quads[number]) for number in matched.values()])
    return float(np.median(np.abs(there[:, 1] - middles[list(matched.values())][:, 1]) / np.maximum(1.0, heights)))


def _printed_in(box: Box, blank: BlankPage) -> tuple[Word, ...]:
    """The words of the blank that fill a found line's box (points of the blank); empty where something else may stand in it."""
    near = [word for word in blank.words if word.box[1] < box[3] and box[1] < word.box[3] and word.box[0] < box[2] and box[0] < word.box[2]]
    words = [word for word in near if covered(word.box, box) > 0.5]
    if not words or len({word.line for word in words}) > 1:
        return ()
    height = max(_height(word.box) for word in words)
    if _height(box) > 2.4 * height + 2 or any(covered(box, zone) > 0.15 for zone in blank.zones):
        return ()
    words.sort(key=lambda word: word.box[0])
    gaps = [after.box[0] - before.box[2] for before, after in pairwise(words)]
    room = _ROOM * height + 1
    if words[0].box[0] - box[0] > room or box[2] - words[-1].box[2] > room or max(gaps, default=0.0) > _INNER_GAP * height:
        return ()
    cut = (word for word in blank.words if word not in words and covered(word.box, box) > 0.05)
    if any(word.line == words[0].line for word in cut):
        return ()
    return tuple(words)


def _on_blank(quad: Quad, to_picture: Matrix) -> Box:
    """The box around a line of the picture, in points of the blank; slanting ends are averaged."""
    corners = _mapped(quad, np.asarray(np.linalg.inv(to_picture), np.float64))
    (left, right), (top, bottom) = np.sort(corners[:, 0]).reshape(2, 2).mean(axis=1), np.sort(corners[:, 1]).reshape(2, 2).mean(axis=1)
    return (float(left), float(top), float(right), float(bottom))


def _mapped(points: Any, matrix: Matrix) -> Any:
    return cv2.perspectiveTransform(np.asarray(points, np.float64)[None], matrix)[0]


def _key(words: Sequence[Word]) -> str:
    return fold_key("".join(word.text for word in words))


def _middle(box: Box) -> tuple[float, float]:
    return ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)


def _height(box: Box) -> float:
    return max(1.0, box[3] - box[1])


def _length(quad: Quad) -> float:
    return float(np.linalg.norm(quad[1] + quad[2] - quad[0] - quad[3])) / 2


def _thickness(quad: Quad) -> float:
    return float(np.linalg.norm(quad[3] + quad[2] - quad[0] - quad[1])) / 2


def printed_line(quad: Quad, words: Sequence[Word], to_picture: Matrix) -> tuple[str, tuple[tuple[float, float], ...]]:
    """The text of a line of print, and where each of its characters begins and ends along the line, as shares of its length."""
    start, along = quad[0], quad[1] - quad[0]
    length = float(along @ along) or 1.0
    text = ""
    spans: list[tuple[float, float]] = []
    for word in words:
        middle = (word.box[1] + word.box[3]) / 2
        ends = _mapped([(word.box[0], middle), (word.box[2], middle)], to_picture)
        left, right = (min(1.0, max(0.0, float((end - start) @ along) / length)) for end in ends)
        if text:
            text, spans = text + " ", [*spans, (spans[-1][1], left)]
        step = (right - left) / len(word.text)
        text, spans = text + word.text, [*spans, *((left + at * step, left + (at + 1) * step) for at in range(len(word.text)))]
    return text, tuple(spans)
