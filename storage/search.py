"""Searching everything on record, in any script: folded words of cases, mails and letters, found by their pairs of characters.

On SQLite the pairs stand in an FTS5 table (its trigrams would find no Chinese word of two characters); what has all pairs of a word is then looked
at itself. On PostgreSQL the folded words are looked at at once. Nothing that is read or written on the way of a mail waits for this: what is new
on record is taken up by ``catch_up`` before a search.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, delete, insert, select

from parsers.folding import fold_key
from parsers.identifiers import mask_hkid
from parsers.values import Value
from storage.database import Transaction
from storage.queues import Terms, waiting
from storage.references import find_references
from storage.rows import ArrivalRow, CaseRow, DocumentRow, FieldRow, LetterRow, MessageRow, RunRow
from storage.search_narrowed import EVERYTHING, Narrowed, conditions
from storage.search_papers import AS_TOKENS, PAPER, TABLE, asked_of_postgresql, asked_of_sqlite, make_room, new_papers, papers
from storage.search_rows import SearchTextRow
from storage.values import CaseState

CASE, MAIL, LETTER = "case", "mail", "letter"
_LONGEST = 60_000  # characters of one text that can be searched
_CANDIDATES = 400
_COST_OF_PAPERS = 50  # a case's papers take as long to take up as so many other texts
_MAILS_VERSION = 1  # of what is taken up of a mail: raised, all are taken up anew
_PAIRS = "search_pairs"
_MAKE_PAIRS = f"CREATE VIRTUAL TABLE IF NOT EXISTS {_PAIRS} USING fts5(pairs, content='', detail='none', tokenize='ascii', prefix='1')"


class Hit(Value):
    """What was found: a case, or a mail without one. ``within``: where the words stand (case, paper, mail, letter)."""

    reference: str | None
    arrival_id: int | None
    title: str
    state: str
    received_on: date | None
    within: tuple[str, ...]


def search(tx: Transaction, text: str, limit: int = 100, among: Narrowed = EVERYTHING) -> tuple[Hit, ...]:
    """Cases, and mails without one, of which one text (the case's form, the text of its papers, a mail's head and body, a letter) holds every word;
    newest first. Without words, but narrowed: the cases that are left, by their days.

    Words are folded: script, case and punctuation do not matter, and part of a word is enough (in papers: its beginning).
    """
    said = next(iter(find_references(text[:200])), text[:200])  # a reference, however it is written, stands for all words around it
    words = list(dict.fromkeys(key for word in said.split() if (key := fold_key(word))))
    if not words:
        return _cases_among(tx, among, limit) if among and not said.strip() else ()
    found: dict[tuple[str, int], list[str]] = {}
    for kind, source, case_id in _matching(tx, words, among):
        found.setdefault((CASE, case_id) if case_id else (kind, source), []).append(kind)
    hits = [_hit(tx, kind, source, tuple(dict.fromkeys(within))) for (kind, source), within in list(found.items())[:limit]]
    return tuple(hit for hit in hits if hit is not None)


def catch_up(tx: Transaction, limit: int = 500, *, with_papers: bool = True) -> int:
    """Takes up what is on record and cannot be searched yet. How much was taken up; less than the limit: nothing is left (of papers neither, where
    they are asked for)."""
    if _is_sqlite(tx):
        tx.execute(sa.text(_MAKE_PAIRS))
    make_room(tx)
    done = 0
    for texts, cost in ((_cases, 1), (_mails, 1), (_letters, 1), *(((papers, _COST_OF_PAPERS),) if with_papers else ())):
        for row in texts(tx, -(-(limit - done) // cost)):
            take_up(tx, row)
            done += cost
        if done >= limit:
            break
    return done


def is_behind(tx: Transaction) -> bool:
    """Whether anything on record cannot be searched yet. By sums first: what is taken up is never newer than its run, so equal sums say no."""
    source, version = col(SearchTextRow.source), col(SearchTextRow.version)
    kind, runs = col(SearchTextRow.kind), _sums(tx, col(RunRow.id), sa.literal_column("runs.current"))  # as the partial index has it
    there = _sums(tx, col(CaseRow.id), col(CaseRow.state) != CaseState.ERASED.value)
    decided = _sums(tx, version, kind == CASE, version > 0)
    even = (
        (_new_cases(), (there, runs) == (_sums(tx, source, kind == CASE), decided)),
        (_new_mails(), _sums(tx, col(MessageRow.arrival_id)) == _sums(tx, source, kind == MAIL, version == _MAILS_VERSION)),
        (_new_letters(), _sums(tx, col(LetterRow.id)) == _sums(tx, source, kind == LETTER)),
        (new_papers(), decided == _sums(tx, version, kind == PAPER)),
    )
    return any(not same and tx.execute(statement.limit(1)).first() is not None for statement, same in even)


def _sums(tx: Transaction, number: Any, *conditions: Any) -> tuple[int, int]:
    count, total = tx.execute(sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(number), 0)).where(*conditions)).one()
    return int(count), int(total)


def forget_case(tx: Transaction, case_id: int) -> None:
    """Nothing of an erased case or its letters is found any more."""
    _forget(tx, col(SearchTextRow.case_id) == case_id)


def forget_mails(tx: Transaction, arrival_ids: Iterable[int]) -> None:
    """Nothing of erased mails is found any more."""
    _forget(tx, sa.and_(col(SearchTextRow.kind) == MAIL, col(SearchTextRow.source).in_(list(arrival_ids))))


def read_anew(tx: Transaction, sha256: str) -> None:
    """The words of a file are known, or others than before: the papers of the cases that hold it are taken up once more."""
    holding = sa.select(col(DocumentRow.case_id)).where(col(DocumentRow.sha256) == sha256)
    _forget(tx, sa.and_(col(SearchTextRow.kind) == PAPER, col(SearchTextRow.case_id).in_(holding)), tidy=False)


def pairs_of(folded: str) -> str:
    """Every pair of neighbouring characters, and each word's last character, so that one character is found as the beginning of a pair."""
    return " ".join(pair for word in folded.split() for pair in (*(word[at : at + 2] for at in range(len(word) - 1)), word[-1]))


def _matching(tx: Transaction, words: Sequence[str], among: Narrowed) -> Iterator[tuple[str, int, int | None]]:
    """Kind, source and case of what holds the words, the newest first. Narrowed, everything is looked through, and not the newest alone."""
    of_texts, of_papers = _found_by(tx, words, among)
    rows = [row for statement in (of_texts, of_papers) for row in tx.execute(statement.order_by(col(SearchTextRow.id).desc()).limit(_CANDIDATES))]
    yield from ((kind, source, case_id) for kind, source, case_id, _ in sorted(rows, key=lambda row: -int(row[3]))[:_CANDIDATES])


def _found_by(tx: Transaction, words: Sequence[str], among: Narrowed) -> tuple[Any, Any]:
    """The statements for what holds all these words in its text, and in the text of its papers."""
    paper: Any = sa.literal_column(f"'{PAPER}'")  # no parameter: PostgreSQL's index is of these rows alone
    texts, of_papers = _texts(among).where(col(SearchTextRow.kind) != paper), _texts(among).where(col(SearchTextRow.kind) == paper)
    if not _is_sqlite(tx):
        asked = sa.text(f"{AS_TOKENS} @@ CAST(:asked AS tsquery)").bindparams(asked=asked_of_postgresql(words))
        folded = col(SearchTextRow.folded)
        return texts.where(*(folded.contains(word) for word in words)), of_papers.where(asked)  # folded: no wildcard of LIKE in it
    most = -1 if among else _CANDIDATES * 5
    pairs = _chosen(tx, _PAIRS, " AND ".join(_wanted(word) for word in words), most)
    texts = texts.where(col(SearchTextRow.id).in_(pairs), *(sa.func.instr(col(SearchTextRow.folded), word) > 0 for word in words))
    return texts, of_papers.where(col(SearchTextRow.id).in_(_chosen(tx, TABLE, asked_of_sqlite(words), most)))


def _texts(among: Narrowed) -> Any:
    """Every text with the case that it belongs to now, as far as that is asked for."""
    case_now = sa.func.coalesce(col(SearchTextRow.case_id), col(ArrivalRow.case_id))
    statement: Any = sa.select(col(SearchTextRow.kind), col(SearchTextRow.source), case_now, col(SearchTextRow.id)).join(
        ArrivalRow, sa.and_(col(SearchTextRow.kind) == MAIL, col(ArrivalRow.id) == col(SearchTextRow.source)), isouter=True
    )
    if not among:
        return statement
    statement = statement.join(CaseRow, col(CaseRow.id) == case_now, isouter=True).where(*conditions(among))
    if among.queue is None:
        return statement
    waits = waiting(among.queue, among.terms or Terms(now=datetime.now(UTC))).subquery()
    if "reference" in waits.c:
        return statement.where(col(CaseRow.reference).in_(sa.select(waits.c.reference)))
    return statement.where(col(SearchTextRow.kind) == MAIL, col(SearchTextRow.source).in_(sa.select(waits.c.id)))


def _cases_among(tx: Transaction, among: Narrowed, limit: int) -> tuple[Hit, ...]:
    statement: Any = sa.select(col(CaseRow.id)).where(*conditions(among), col(CaseRow.state) != CaseState.ERASED.value)
    if among.queue is not None:
        waits = waiting(among.queue, among.terms or Terms(now=datetime.now(UTC))).subquery()
        if "reference" not in waits.c:
            return ()
        statement = statement.where(col(CaseRow.reference).in_(sa.select(waits.c.reference)))
    newest = statement.order_by(col(CaseRow.received_on).desc(), col(CaseRow.id).desc()).limit(limit)
    hits = (_hit(tx, CASE, case_id, ()) for case_id in tx.execute(newest).scalars().all())
    return tuple(hit for hit in hits if hit is not None)


def _chosen(tx: Transaction, table: str, wanted: str, most: int) -> Any:
    """The rows of an FTS5 table that hold what is wanted, the newest first; none where the table was not made yet."""
    there = tx.execute(sa.text("SELECT 1 FROM sqlite_master WHERE name = :name"), {"name": table}).first()
    if not there:
        return sa.select(sa.literal(0))
    found = f"SELECT rowid FROM {table} WHERE {table} MATCH :wanted ORDER BY rowid DESC LIMIT :most"  # noqa: S608 (own names)
    return sa.text(found).bindparams(sa.bindparam("wanted", wanted, unique=False), most=most)


def _wanted(word: str) -> str:
    pairs = [word[at : at + 2] for at in range(len(word) - 1)]
    return " AND ".join(f'"{pair}"' for pair in dict.fromkeys(pairs)) if pairs else f'"{word}"*'


def _hit(tx: Transaction, kind: str, source: int, within: tuple[str, ...]) -> Hit | None:
    if kind == CASE:
        case = tx.session.get(CaseRow, source)
        if case is None or case.state == CaseState.ERASED.value:
            return None
        title = case.applicant or _first_subject(tx, source)
        state = case.verdict or case.kind
        return Hit(reference=case.reference, arrival_id=None, title=title, state=state, received_on=case.received_on, within=within)
    mail, message = tx.session.get(ArrivalRow, source), tx.session.get(MessageRow, source)
    if mail is None or message is None:
        return None
    day = message.received_on or mail.seen_at.date()
    return Hit(
        reference=None, arrival_id=source, title=mask_hkid(message.subject), state=mail.message_class or mail.state, received_on=day, within=within
    )


def _first_subject(tx: Transaction, case_id: int) -> str:
    statement = select(MessageRow.subject).join(ArrivalRow, col(ArrivalRow.id) == col(MessageRow.arrival_id))
    first = tx.session.exec(statement.where(ArrivalRow.case_id == case_id).order_by(col(ArrivalRow.id)).limit(1)).first()
    return mask_hkid(first or "")


def take_up(tx: Transaction, row: dict[str, Any]) -> None:
    """Makes one text searchable, instead of what stood there of the same source."""
    _forget(tx, sa.and_(col(SearchTextRow.kind) == row["kind"], col(SearchTextRow.source) == row["source"]), tidy=False)
    made = tx.execute(insert(SearchTextRow).values(**row).returning(col(SearchTextRow.id))).scalar_one()
    if _is_sqlite(tx):
        table, column, words = _indexed(row["kind"], row["folded"])
        tx.execute(sa.text(f"INSERT INTO {table} (rowid, {column}) VALUES (:id, :words)"), {"id": made, "words": words})  # noqa: S608


def _forget(tx: Transaction, condition: Any, *, tidy: bool = True) -> None:
    rows = tx.execute(sa.select(col(SearchTextRow.id), col(SearchTextRow.kind), col(SearchTextRow.folded)).where(condition)).all()
    if not rows:
        return
    if _is_sqlite(tx):
        for number, kind, folded in rows:
            table, column, words = _indexed(kind, folded)
            values = {"id": number, "words": words}
            tx.execute(sa.text(f"INSERT INTO {table} ({table}, rowid, {column}) VALUES ('delete', :id, :words)"), values)  # noqa: S608
        for table in {_indexed(kind, "")[0] for _, kind, _ in rows} if tidy else ():
            # what was deleted stands in older segments until they are merged: an erasure leaves nothing behind
            tx.execute(sa.text(f"INSERT INTO {table} ({table}) VALUES ('optimize')"))  # noqa: S608
    tx.execute(delete(SearchTextRow).where(col(SearchTextRow.id).in_([number for number, _, _ in rows])))


def _indexed(kind: str, folded: str) -> tuple[str, str, str]:
    """The FTS5 table in which a text's words stand, its column, and the words."""
    return (TABLE, "words", folded) if kind == PAPER else (_PAIRS, "pairs", pairs_of(folded))


def _new_cases() -> Any:
    known = sa.and_(col(SearchTextRow.kind) == CASE, col(SearchTextRow.source) == col(CaseRow.id))
    run_id = sa.func.coalesce(col(RunRow.id), 0)
    statement: Any = sa.select(col(CaseRow.id), col(CaseRow.reference), run_id).join(
        RunRow, sa.and_(col(RunRow.case_id) == col(CaseRow.id), col(RunRow.current)), isouter=True
    )
    statement = statement.join(SearchTextRow, known, isouter=True).where(col(CaseRow.state) != CaseState.ERASED.value)
    return statement.where(sa.or_(col(SearchTextRow.id).is_(None), col(SearchTextRow.version) != run_id)).order_by(col(CaseRow.id))


def _new_mails() -> Any:
    known = sa.and_(col(SearchTextRow.kind) == MAIL, col(SearchTextRow.source) == col(MessageRow.arrival_id))
    statement: Any = sa.select(col(MessageRow.arrival_id), col(MessageRow.sender), col(MessageRow.sender_name), col(MessageRow.subject))
    statement = statement.add_columns(col(MessageRow.words)).join(SearchTextRow, known, isouter=True)
    new = sa.or_(col(SearchTextRow.id).is_(None), col(SearchTextRow.version) != _MAILS_VERSION)
    return statement.where(new).order_by(col(MessageRow.arrival_id))


def _new_letters() -> Any:
    known = sa.and_(col(SearchTextRow.kind) == LETTER, col(SearchTextRow.source) == col(LetterRow.id))
    statement: Any = sa.select(col(LetterRow.id), col(LetterRow.case_id), col(LetterRow.reply), col(LetterRow.to_address))
    return statement.join(SearchTextRow, known, isouter=True).where(col(SearchTextRow.id).is_(None)).order_by(col(LetterRow.id))


def _cases(tx: Transaction, limit: int) -> Iterator[dict[str, Any]]:
    for case_id, reference, run_id in tx.execute(_new_cases().limit(limit)).all():
        said = [reference]
        if run_id:
            said += tx.execute(sa.select(col(FieldRow.text)).where(col(FieldRow.run_id) == run_id)).scalars()
            said += tx.execute(sa.select(col(FieldRow.value)).where(col(FieldRow.run_id) == run_id, col(FieldRow.value).is_not(None))).scalars()
            said += _of_papers(tx.execute(sa.select(col(RunRow.application)).where(col(RunRow.id) == run_id)).scalar_one())
        yield {"kind": CASE, "source": case_id, "version": run_id, "case_id": case_id, "folded": _folded(said)}


def _mails(tx: Transaction, limit: int) -> Iterator[dict[str, Any]]:
    for arrival_id, sender, name, subject, words in tx.execute(_new_mails().limit(limit)).all():
        folded = _folded([sender or "", name, subject, words])
        yield {"kind": MAIL, "source": arrival_id, "version": _MAILS_VERSION, "case_id": None, "folded": folded}


def _letters(tx: Transaction, limit: int) -> Iterator[dict[str, Any]]:
    for letter_id, case_id, reply, to in tx.execute(_new_letters().limit(limit)).all():
        letter = json.loads(reply)
        yield {"kind": LETTER, "source": letter_id, "version": 0, "case_id": case_id, "folded": _folded([to, letter["subject"], letter["text"]])}


def _of_papers(application: str) -> Iterator[str]:
    for paper in json.loads(application)["documents"]:
        yield paper["name"] or ""
        for field in paper["fields"].values():
            yield str(field.get("text") or "")
            yield str(field.get("value") or "")


def _folded(said: Iterable[str]) -> str:
    """The texts folded as search looks for them, identity card numbers masked; a line at a time, so that no word runs over two of them."""
    lines = (line for text in said for line in mask_hkid(text).splitlines())
    return " ".join(dict.fromkeys(key for line in lines if (key := fold_key(line))))[:_LONGEST]


def _is_sqlite(tx: Transaction) -> bool:
    return bool(tx.session.get_bind().dialect.name == "sqlite")
