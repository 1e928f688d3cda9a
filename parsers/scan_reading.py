"""Handing pictures of pages to the readers of pictures: at a resolution that suits them, within the limits, and merged with known words."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.coarse_print import doubted, judged_for_size
from parsers.page_frame import covered, in_lines, rounded, scaled
from parsers.putting_right import LONG, carried, cut_places, joined, put_right
from parsers.read_limits import ReadLimits
from parsers.values import Box, Ink, Page, Word

Picture = NDArray[np.uint8]

A4_LONG_SIDE = 841.89
A3_LONG_SIDE = 1190.55
MOST_DPI = 300.0  # finer pictures are made smaller: readers gain nothing and time grows with the pixels
A4_SHORT_SIDE = 595.28
A5_SHORT_SIDE = 419.53
LEAST_LONG_SIDE = 200.0  # points: a page stated smaller than an identity card is taken as a photograph of an A4 sheet
_MAY_BE_MIRRORED = 0.8  # mean certainty below which a page may be seen from behind
_LEAST_WORDS = 5
_UNEVEN = 0.02  # stated sides of pixels that differ by less are a rounding


def nothing() -> None:
    """For readers whose models are at hand already."""


class PictureReaders(NamedTuple):
    """The readers of pictures with their limits; ``before_ocr`` is called before the first use of the large models."""

    limits: ReadLimits
    before_ocr: Callable[[], None] = nothing

    def ocr(self, picture: Picture, *, number: int, width: float, height: float) -> Page:
        """The page read as a picture: words, boxes in points of a page of that width and height. ``picture`` is RGB, as displayed.

        Faxes of uneven resolution, negatives and mirrored pages are put right first, long screenshots read piece by piece (parsers.putting_right).
        """
        self.before_ocr()
        deadline = time.monotonic() + self.limits.page_seconds
        right = put_right(picture, width=width, height=height)
        high, wide = right.picture.shape[:2]
        scale = width / wide
        even = abs(high * scale / height - 1) <= _UNEVEN
        tall = height if even else high * scale  # of the page as it is read, in points
        places = cut_places(right.picture)
        pieces = [
            self._read(right.picture[top:bottom], number=number, width=width, height=(bottom - top) * tall / high, deadline=deadline)
            for top, bottom in pairwise(places)
        ]
        page = pieces[0] if len(pieces) == 1 else joined(pieces, [top * tall / high for top in places[:-1]], width=width, height=tall)
        if right.picture.shape != picture.shape:
            page = page.model_copy(update={"words": doubted(page.words, picture, px=picture.shape[0] / tall)})
        page = judged_for_size(page, min(picture.shape[1] / width, picture.shape[0] / tall))
        return page if even else carried(page, np.diag([1.0, height / tall, 1.0]), width=width, height=height)

    def _read(self, picture: Picture, *, number: int, width: float, height: float, deadline: float) -> Page:
        """A picture with square pixels read; where little could be read, read in a mirror if that tells more."""
        from parsers.blank_forms import blank_pages
        from parsers.mirrored import reads_better_mirrored  # heavy: only where a page is a picture
        from parsers.ocr import read_picture

        known = {"known_forms": blank_pages(self.limits.known_forms)} if self.limits.known_forms else {}
        shrunk, dpi = for_reading(picture, width=width, height=height, render_dpi=self.limits.render_dpi)
        languages = self.limits.languages
        page = read_picture(shrunk, dpi=dpi, number=number, width=width, height=height, languages=languages, deadline=deadline, **known)
        if page.confidence >= _MAY_BE_MIRRORED or len(page.words) < _LEAST_WORDS or not reads_better_mirrored(shrunk):
            return page
        turned = np.ascontiguousarray(shrunk[:, ::-1])
        page = read_picture(turned, dpi=dpi, number=number, width=width, height=height, languages=languages, deadline=deadline)
        return carried(page, np.array([[-1.0, 0, width], [0, 1, 0], [0, 0, 1]]), width=width, height=height)

    def words_in(self, picture: Picture, boxes: Sequence[tuple[Box, int]], width: float) -> list[str] | None:
        """What the first reader reads in boxes (points) of a page ``width`` points wide, each turned clockwise by so many degrees (a multiple of
        90); None where it cannot be loaded."""
        from parsers.pp_ocr import ModelsMissing, recognise

        self.before_ocr()
        scale = picture.shape[1] / width
        corners = [(np.array([[x0, top], [x1, top], [x1, bottom], [x0, bottom]], np.float32), turn) for (x0, top, x1, bottom), turn in boxes]
        quads = [np.roll(quad, -turn // 90, axis=0) * scale for quad, turn in corners]
        try:
            lines, _ = recognise(picture, quads)
        except ModelsMissing:
            return None
        texts = {id(line.quad): line.text for line in lines}
        return [texts.get(id(quad), "") for quad in quads]

    def see(self, page: Page, picture: Picture) -> Page:
        """The page with what is no text: cells, tick boxes, signatures and chops, codes. Looked at in the size of a real sheet."""
        from parsers.seeing import see_page

        long_side = max(page.width, page.height)
        shrunk = real_long_side(long_side, min(page.width, page.height)) / long_side
        words = page.words if shrunk == 1 else [word.model_copy(update={"box": scaled(word.box, shrunk)}) for word in page.words]
        seen = see_page(picture, dpi=picture.shape[1] * 72 / (page.width * shrunk), words=words)
        back = 1 / shrunk
        return page.model_copy(
            update={
                "cells": tuple(rounded(scaled(cell, back)) for cell in seen.cells),
                "marks": tuple(mark.model_copy(update={"box": rounded(scaled(mark.box, back))}) for mark in seen.marks),
                "inks": tuple(ink.model_copy(update={"box": rounded(scaled(ink.box, back))}) for ink in seen.inks),
                "codes": seen.codes,
            }
        )

    def blank(self, picture: Picture) -> bool:
        """Whether nobody wrote on the page; of a long picture, on any piece of it."""
        from parsers.seeing import is_blank

        return all(is_blank(picture[top:bottom]) for top, bottom in pairwise(cut_places(picture)))


def real_long_side(long_side: float, short_side: float = 0.0) -> float:
    """The long side of the sheet in points: as stated where a sheet can be so large, else that of A4 (camera pictures state 72 dpi). A page that
    is far longer than wide (a screenshot, a web page) is as wide as a sheet."""
    if short_side and long_side > LONG * short_side:
        return long_side if A5_SHORT_SIDE <= short_side <= A4_LONG_SIDE else long_side * A4_SHORT_SIDE / short_side
    return long_side if LEAST_LONG_SIDE <= long_side <= 1.05 * A3_LONG_SIDE else A4_LONG_SIDE


def for_reading(picture: Picture, *, width: float, height: float, render_dpi: float) -> tuple[Picture, float]:
    """The picture made smaller where it is finer than readers need, and its true resolution in dots per inch."""
    dpi = max(picture.shape[:2]) * 72 / real_long_side(max(width, height))
    if dpi <= max(MOST_DPI, render_dpi):
        return picture, dpi
    factor = max(MOST_DPI, render_dpi) / dpi
    size = (max(1, round(picture.shape[1] * factor)), max(1, round(picture.shape[0] * factor)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8), dpi * factor


def with_layer_words(page: Page, words: Sequence[Word], *, notes: Sequence[str] = ()) -> Page:
    """A page read as a picture, with visible words of the text layer put in place of the same words as read: print beats its picture.

    A word as read that the layer explains only in part (a scanned label run together with a typed number) stays, and the layer's word in
    it goes where the same letters were read.
    """
    kept = [word for word in page.words if sum(covered(word.box, known.box) for known in words) <= 0.5]
    added = [known for known in words if not any(covered(known.box, word.box) > 0.6 and known.text in word.text for word in kept)]
    merged = in_lines([*kept, *added]) if added else tuple(kept)
    mean = sum(word.confidence for word in merged) / len(merged) if merged else page.confidence
    return page.model_copy(update={"words": merged, "confidence": round(mean, 4), "notes": tuple(dict.fromkeys((*page.notes, *notes)))})


def with_inks(page: Page, inks: Sequence[Ink]) -> Page:
    """The page with those pieces added that no piece of ink seen on it covers yet."""
    new = [ink for ink in inks if not any(covered(ink.box, seen.box) > 0.6 and covered(seen.box, ink.box) > 0.6 for seen in page.inks)]
    return page.model_copy(update={"inks": (*page.inks, *new)}) if new else page
