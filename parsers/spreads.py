"""Two pages side by side on one sheet (A3, or two A5 on A4): laid apart, left before right, so that no row runs from one page into the other.

Nothing is laid apart without evidence: an empty strip down the middle of a broad sheet, which no word, cell or mark crosses, wider than a
table's gap, and rows or tables on its two sides that are each other's strangers. Evidence goes back onto the file's own page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from parsers.values import Box, Document, Field, FileRead, Page, Word

_BROAD = 1.2  # times as wide as high, at least
_MIDDLE = (0.42, 0.58)  # of the width, where the strip lies
_STRIP = 0.05  # of the width, at least
_ROWS = (6, 3)  # on the fuller and on the emptier side
_CELLS = 4  # on each side, that are ruled for it alone
_ALIGNED = 0.7  # share of the emptier side's rows that continue rows of the other: then it is one table
_SAME_ROW = 0.3  # of a word's height


class Half(NamedTuple):
    """Where a page laid apart comes from: the file's page, and how far its left edge is from that page's (points of the page held upright)."""

    page: int
    left: float


class LaidApart(NamedTuple):
    """Pages numbered anew from 1, and where each comes from."""

    pages: tuple[Page, ...]
    origins: Mapping[int, Half]

    def put_back(self, fields: Mapping[str, Field]) -> dict[str, Field]:
        """Fields with their evidence on the file's pages, still held upright."""
        return {key: self._put_back(field) for key, field in fields.items()}

    def document(self, paper: Document) -> Document:
        """A paper with the file's own page numbers."""
        first, last = self.origins.get(paper.first_page), self.origins.get(paper.last_page)
        numbers = {"first_page": first.page if first else paper.first_page, "last_page": last.page if last else paper.last_page}
        return paper.model_copy(update={**numbers, "fields": self.put_back(paper.fields)})

    def _put_back(self, field: Field) -> Field:
        evidence = field.evidence
        half = self.origins.get(evidence.page) if evidence is not None else None
        if evidence is None or half is None or (half.page == evidence.page and not half.left):
            return field
        box = evidence.box and (evidence.box[0] + half.left, evidence.box[1], evidence.box[2] + half.left, evidence.box[3])
        return field.model_copy(update={"evidence": evidence.model_copy(update={"page": half.page, "box": box})})


def laid_apart(pages: Sequence[Page]) -> LaidApart | None:
    """The pages (held upright) with spreads cut in two; None where there is no spread among them."""
    cuts = [gutter(page) for page in pages]
    if not any(cuts):
        return None
    laid: list[Page] = []
    origins: dict[int, Half] = {}
    for page, cut in zip(pages, cuts, strict=True):
        for left, right in [(0.0, page.width)] if cut is None else [(0.0, cut), (cut, page.width)]:
            number = len(laid) + 1
            laid.append(_part(page, left, right).model_copy(update={"number": number}))
            origins[number] = Half(page.number, left)
    return LaidApart(tuple(laid), origins)


def with_pages(file: FileRead, laid: LaidApart) -> FileRead:
    more = len(laid.pages) - len(file.pages)
    return file.model_copy(update={"pages": laid.pages, "page_count": file.page_count + more})


def gutter(page: Page) -> float | None:
    """Where a broad page is two pages side by side: the middle of the strip between them, in points from the left; else None."""
    if page.width < _BROAD * page.height or page.widgets or not page.words:
        return None
    middle = page.width / 2
    near = [*(word.box for word in page.words), *page.cells, *(mark.box for mark in page.marks)]
    left = [box for box in near if (box[0] + box[2]) / 2 < middle]
    right = [box for box in near if (box[0] + box[2]) / 2 >= middle]
    if not left or not right:
        return None
    ends, begins = max(box[2] for box in left), min(box[0] for box in right)
    cut = (ends + begins) / 2
    if begins - ends < _STRIP * page.width or not _MIDDLE[0] * page.width < cut < _MIDDLE[1] * page.width:
        return None
    return cut if _strangers(page, cut) else None


def _strangers(page: Page, cut: float) -> bool:
    """Whether what stands on the two sides are two pages, not two columns of one table."""
    sides = [[word for word in page.words if (word.box[0] < cut) is on_left] for on_left in (True, False)]
    rows = sorted((_rows(side) for side in sides), key=len)
    if len(rows[1]) < _ROWS[0] or len(rows[0]) < _ROWS[1]:
        return False
    cells = [sum((cell[0] < cut) is on_left for cell in page.cells) for on_left in (True, False)]
    if min(cells) >= _CELLS:
        return True
    continuing = sum(any(abs(_level(row) - _level(other)) < _SAME_ROW * (row[3] - row[1]) for other in rows[1]) for row in rows[0])
    return continuing < _ALIGNED * len(rows[0])


def _rows(words: Sequence[Word]) -> list[Box]:
    """One box for each row of words."""
    rows: list[Box] = []
    for word in sorted(words, key=lambda word: word.box[1] + word.box[3]):
        if not rows or _level(word.box) - _level(rows[-1]) > 0.5 * (word.box[3] - word.box[1]):
            rows.append(word.box)
    return rows


def _level(box: Box) -> float:
    return (box[1] + box[3]) / 2


def _part(page: Page, left: float, right: float) -> Page:
    """What stands between two edges of a page, moved to the left edge."""
    if left == 0.0 and right == page.width:
        return page

    def here(box: Box) -> bool:
        return left <= (box[0] + box[2]) / 2 < right

    def moved(box: Box) -> Box:
        return (box[0] - left, box[1], box[2] - left, box[3])

    return page.model_copy(
        update={
            "width": right - left,
            "words": tuple(word.model_copy(update={"box": moved(word.box)}) for word in page.words if here(word.box)),
            "cells": tuple(moved(cell) for cell in page.cells if here(cell)),
            "marks": tuple(mark.model_copy(update={"box": moved(mark.box)}) for mark in page.marks if here(mark.box)),
            "inks": tuple(ink.model_copy(update={"box": moved(ink.box)}) for ink in page.inks if here(ink.box)),
            "codes": page.codes if left == 0.0 else (),
        }
    )
