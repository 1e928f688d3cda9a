"""The text read from a case's papers as search looks for it: its words, and each pair of neighbouring Chinese characters, each once.

It comes from the memory of what was read (storage.reads), with identity card numbers masked. On SQLite the words stand in an FTS5 table of their
own, on PostgreSQL in an index over their array: a case's papers hold tens of thousands of characters, too many to be looked through.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from parsers.folding import fold
from parsers.identifiers import mask_hkid
from storage.database import Transaction
from storage.rows import FileReadRow, RunRow
from storage.search_rows import SearchTextRow

PAPER = "paper"
TABLE = "search_papers"
_MAKE_TABLE = f"CREATE VIRTUAL TABLE IF NOT EXISTS {TABLE} USING fts5(words, content='', detail='none', tokenize='ascii')"
AS_TOKENS = "array_to_tsvector(string_to_array(folded, ' '))"
_INDEX = "words_of_papers"
_MAKE_INDEX = f"CREATE INDEX IF NOT EXISTS {_INDEX} ON search_texts USING gin ({AS_TOKENS}) WHERE kind = 'paper'"
_MOST, _LONGEST = 30_000, 40  # words of one case, and signs of one word, that can be searched
_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[^\u3400-\u9fff\uf900-\ufaff]+")
_SIGNS = re.compile(r"[^\w\s]|_")
_OTHERS = re.compile(r"[^\s\u3400-\u9fff\uf900-\ufaff]+")
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff](?:\s*[\u3400-\u9fff\uf900-\ufaff]+)*")
_NUMBERS = re.compile(r"(?<!\S)[0-9]{2,12}(?!\S)(?:\s+[0-9]{2,12}(?!\S))+")


def make_room(tx: Transaction) -> None:
    """Makes what papers are looked up by, where it is not there yet: it can be made anew at any time, and is no part of the record."""
    if tx.session.get_bind().dialect.name == "sqlite":
        tx.execute(sa.text(_MAKE_TABLE))
    elif tx.execute(sa.text("SELECT to_regclass(:name)"), {"name": _INDEX}).scalar() is None:
        tx.execute(sa.text(_MAKE_INDEX))


def new_papers() -> Any:
    """Cases that are taken up, and their papers not, or for another run: their ids and runs. Told from one index, for it is asked at each search."""
    of_case, of_papers = aliased(SearchTextRow), aliased(SearchTextRow)
    same = (col(of_papers.source) == col(of_case.source), col(of_papers.version) == col(of_case.version))
    known = sa.and_(col(of_papers.kind) == PAPER, *same)
    statement: Any = sa.select(col(of_case.source), col(of_case.version)).join(of_papers, known, isouter=True)
    statement = statement.where(col(of_case.kind) == "case", col(of_case.version) > 0, col(of_papers.id).is_(None))
    return statement.order_by(col(of_case.source))


def papers(tx: Transaction, limit: int) -> Iterator[dict[str, Any]]:
    """What can be searched of the papers of so many cases, as rows of ``search_texts``."""
    for case_id, run_id in tx.execute(new_papers().limit(limit)).all():
        application = json.loads(tx.execute(sa.select(col(RunRow.application)).where(col(RunRow.id) == run_id)).scalar_one())
        hashes = dict.fromkeys(str(paper["sha256"]) for paper in application["documents"])
        folded = " ".join(words_of(page for sha256 in hashes for page in _pages(tx, sha256)))
        yield {"kind": PAPER, "source": case_id, "version": run_id, "case_id": case_id, "folded": folded}


def words_of(pages: Iterable[Sequence[str]]) -> list[str]:
    """The words of pages, each page as its words in reading order: Latin and numbers whole, numbers in two pieces also put together, Chinese in
    pairs that run on from word to word and from line to line. Each once."""
    found: dict[str, None] = {}
    for page in pages:
        plain = _SIGNS.sub("", fold(mask_hkid(" ".join(page))))
        found.update(dict.fromkeys(run[:_LONGEST] for run in _OTHERS.findall(plain)))
        for run in _CHINESE.findall(plain):
            found.update(dict.fromkeys(_pairs("".join(run.split()))))
        for row in _NUMBERS.findall(plain):
            found.update(dict.fromkeys(_together(row.split())))
        if len(found) > _MOST:
            break
    return list(found)[:_MOST]


def _together(numbers: Sequence[str]) -> Iterator[str]:
    """Numbers that stand one after another, put together: a telephone number is often printed in two pieces."""
    before = last = ""
    for number in numbers:
        together = before + number if len(before) + len(number) < _LONGEST else ""
        if before and together:
            yield together
        if last and len(last) + len(number) < _LONGEST:
            yield last + number
        before, last = together, number


def asked_of_sqlite(words: Sequence[str]) -> str:
    """The FTS5 query for papers that hold all of these folded words, as beginnings of words."""
    return " AND ".join(f'"{token}"{"*" if begins else ""}' for token, begins in _asked(words))


def asked_of_postgresql(words: Sequence[str]) -> str:
    """The same as a tsquery. Folded words hold letters and digits only: nothing in them is a sign of the query's language."""
    return " & ".join(f"'{token}'{':*' if begins else ''}" for token, begins in _asked(words))


def _asked(words: Sequence[str]) -> list[tuple[str, bool]]:
    """Each token that must be there, and whether as the beginning of one only."""
    wanted: dict[tuple[str, bool], None] = {}
    for word in words:
        for run in _RUN.findall(word):
            if not _is_chinese(run[0]):
                wanted[run[:_LONGEST], True] = None
            elif len(run) == 1:
                wanted[run, True] = None
            else:
                wanted.update(dict.fromkeys((run[at : at + 2], False) for at in range(len(run) - 1)))
    return list(wanted)


def _pairs(run: str) -> list[str]:
    return [*(run[at : at + 2] for at in range(len(run) - 1)), run[-1]]


def _is_chinese(sign: str) -> bool:
    return "\u3400" <= sign <= "\u9fff" or "\uf900" <= sign <= "\ufaff"


def _pages(tx: Transaction, sha256: str) -> Iterator[list[str]]:
    """The words of a file's pages as they were read last; none where that is not remembered. Straight from the JSON: a file has thousands."""
    statement = sa.select(col(FileReadRow.packed)).where(col(FileReadRow.sha256) == sha256).order_by(col(FileReadRow.read_at).desc()).limit(1)
    packed = tx.execute(statement).scalar()
    for page in json.loads(zlib.decompress(packed))["pages"] if packed else ():
        yield [str(word["text"]) for word in page["words"]] + [str(widget["value"]) for widget in page.get("widgets", ()) if widget.get("value")]
