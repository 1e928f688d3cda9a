"""A file that is too long, or takes too long, keeps the pages that were read; the rest is in front of staff and never silently left out."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from intake.programme import load_programme
from parsers.papers import papers_of
from parsers.read_file import read_file
from parsers.read_limits import ReadLimits
from parsers.values import FileKind, FileRead, Page, Part, PartRole, Problem
from tests.parsers.built_files import picture, repeated, text_pdf

CATALOGUE = load_programme().catalogue


class SlowListener:
    """Whoever is told of the pages takes its time."""

    def opened(self, page_count: int, signed: bool) -> None:
        assert page_count

    def read(self, page: Page) -> None:
        time.sleep(0.25)


def part_of(file: FileRead, name: str) -> Part:
    return Part(path="2", name=name, declared_type="application/pdf", kind=file.kind, role=PartRole.PAPER, sha256=file.sha256, size=1, data=b"x")


def test_a_file_that_is_not_read_in_time_keeps_the_pages_that_were() -> None:
    file = read_file(repeated(text_pdf("Quotation"), 5), FileKind.PDF, ReadLimits(file_seconds=0.2), progress=SlowListener())
    assert file.outcome == "timeout"
    assert 1 <= len(file.pages) < 5
    assert file.page_count == 5
    assert [word.text for word in file.pages[0].words] == ["Quotation"]


def test_the_pages_that_were_not_read_in_time_are_an_unreadable_paper() -> None:
    file = read_file(repeated(text_pdf("Quotation"), 5), FileKind.PDF, ReadLimits(file_seconds=0.2), progress=SlowListener())
    *read, rest = papers_of(part_of(file, "quotation.pdf"), file, CATALOGUE)
    assert rest.problems == (Problem.UNREADABLE,)
    assert (rest.first_page, rest.last_page) == (len(file.pages) + 1, 5)
    assert read[-1].last_page == len(file.pages)


def test_pages_past_the_cap_are_an_unreadable_paper() -> None:
    file = read_file(repeated(text_pdf("Agreement"), 4), FileKind.PDF, ReadLimits(max_pages=3))
    assert file.outcome == "read"
    *_, rest = papers_of(part_of(file, "agreement.pdf"), file, CATALOGUE)
    assert (rest.first_page, rest.last_page, rest.problems) == (4, 4, (Problem.UNREADABLE,))


def test_a_file_that_was_read_whole_has_no_rest() -> None:
    file = read_file(repeated(text_pdf("Agreement"), 3), FileKind.PDF, ReadLimits())
    assert all(not paper.problems for paper in papers_of(part_of(file, "agreement.pdf"), file, CATALOGUE))


@pytest.mark.parametrize(("data", "kind"), [(text_pdf("Agreement"), FileKind.PDF), (picture(), FileKind.PNG)], ids=["pdf", "png"])
def test_a_file_of_too_many_bytes_is_too_large_and_not_opened(data: bytes, kind: FileKind) -> None:
    file = read_file(data, kind, ReadLimits(max_bytes=len(data) - 1))
    assert (file.outcome, file.pages) == ("too_large", ())
    assert papers_of(part_of(file, "br.pdf"), file, CATALOGUE)[0].problems == (Problem.TOO_LARGE,)


def test_the_blank_forms_of_the_programme_are_read_whole() -> None:
    for path in sorted((Path(__file__).parents[2] / "programmes" / "cppp" / "blank_forms").glob("*.pdf")):
        file = read_file(path.read_bytes(), FileKind.PDF, ReadLimits())
        assert (file.outcome, len(file.pages)) == ("read", file.page_count)
        assert all(page.notes == () for page in file.pages), "an honest form raises no doubt"
