"""The printed labels of an application form, found in its streams of text: exact, or as a reader of pictures may have misread them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from parsers.catalogue import Catalogue
from parsers.folding import fold_key
from parsers.form_headings import HeadingWords, heading_words, section_told
from parsers.form_stream import Atom, Stream, box_of, key_of, text_of
from parsers.label_wording import Wording, folded, wording_of
from parsers.values import Box

_ALIKE, _LEAST_FUZZY = 88, 6  # rapidfuzz ratio for labels of six letters or more
_LONG_LATIN, _LONG_HAN = 24, 10  # letters of an answer that is no name
_ROWS_OF_LABEL = 4  # of a cell that holds nothing but a label
_OPENING = ("(", "（", "[")
_LONGEST, _LONGEST_ASIDE = 16, 8  # atoms of a label, and of printed help in brackets behind it
_RAISED = re.compile(r"^[)）]?[0-9*†‡#]{1,2}$")  # a mark behind a label that points to a note
# What a label may be numbered with: 3. (12) 1.14 a) iii) B4. 四、
NUMBERING = re.compile(r"^[(（\[]?(?:[a-z]?[0-9]{1,2}(?:\.[0-9]{1,2}){0,3}|[a-z]|[ivx]{1,4}|[一二三四五六七八九十]{1,3})[.)）\]、:：]{0,2}$")


@dataclass(frozen=True)
class LabelHit:
    """A label found: the fields that it may announce, where it stands in its stream, and how exactly it was met (1.0 for letter by letter)."""

    keys: tuple[str, ...]
    stream: int
    start: int
    end: int
    box: Box
    page: int
    certainty: float
    generic: bool
    section: str = ""
    heading: bool = False  # its row is the heading of a section: a value stands beside it, never under it


@dataclass(frozen=True)
class LabelBook:
    """Every label of the catalogue by its folded key: the fields, and whether several share it. Headings of sections by theirs."""

    labels: dict[str, tuple[str, ...]]
    generic: frozenset[str]
    headings: dict[str, str]
    known: tuple[str, ...]  # keys long enough to be met inexactly
    hints: frozenset[str]  # printed help beside labels
    nothing: frozenset[str]  # written where there is nothing to say
    answers: tuple[str, ...]  # long ones, offered beside tick boxes
    wording: Wording  # the words that labels nobody has listed are made of
    heading_words: HeadingWords  # and headings


_books: dict[int, tuple[Catalogue, LabelBook]] = {}


def label_book(catalogue: Catalogue) -> LabelBook:
    """The book of a catalogue, made once for each."""
    known = _books.get(id(catalogue))
    if known is None or known[0] is not catalogue:
        known = _books[id(catalogue)] = (catalogue, _book(catalogue))
    return known[1]


def _book(catalogue: Catalogue) -> LabelBook:
    labels: dict[str, list[str]] = {}
    shared: set[str] = set()
    for spec in catalogue.fields:
        for words in (spec.label, *spec.label_on.values()):
            for text in (words.en, words.zh_hant, words.zh_hans):
                _add(labels, text, spec.key)
        for text in (*spec.aliases, *spec.generic):
            _add(labels, text, spec.key)
        shared.update(map(fold_key, spec.generic))
    headings = {fold_key(heading): prefix for form in catalogue.forms for prefix, texts in form.sections.items() for heading in texts}
    known = tuple(key for key in labels if len(key) >= _LEAST_FUZZY)
    meant = catalogue.label_words
    return LabelBook(
        {key: tuple(keys) for key, keys in labels.items()},
        frozenset(shared),
        headings,
        known,
        hints=folded(meant.hints),
        nothing=folded(meant.nothing),
        answers=_long_answers(catalogue),
        wording=wording_of(meant),
        heading_words=heading_words(meant.heading_words, meant.heading_nouns, meant.heading_fillers),
    )


def _long_answers(catalogue: Catalogue) -> tuple[str, ...]:
    """Folded answers that are too long to be met by chance in anybody's name."""
    words = [text for spec in catalogue.fields for choice in spec.choices for text in (choice.words.en, choice.words.zh_hant, choice.words.zh_hans)]
    return tuple(key for key in map(fold_key, words) if len(key) >= (_LONG_LATIN if key.isascii() else _LONG_HAN))


def _add(labels: dict[str, list[str]], text: str, key: str) -> None:
    found = labels.setdefault(fold_key(text), [])
    if key not in found:
        found.append(key)


def find_labels(streams: Sequence[Stream], book: LabelBook, *, forgiving: bool) -> tuple[LabelHit, ...]:
    """Every label of the streams, longest first at each place. ``forgiving``: labels may be misread (pictures)."""
    hits: list[LabelHit] = []
    for number, stream in enumerate(streams):
        hits.extend(_in_stream(stream, number, book, forgiving=forgiving))
    return tuple(hits)


def _in_stream(stream: Stream, number: int, book: LabelBook, *, forgiving: bool) -> Iterator[LabelHit]:
    at, after_label = 0, False
    atoms = stream.atoms
    while at < len(atoms):
        hit = _label_at(stream, number, at, book, forgiving=forgiving, after_label=after_label) if _may_begin(atoms, at, after_label) else None
        if hit is None:
            after_label = after_label and (atoms[at].is_colon or key_of([atoms[at]]) in book.hints or not key_of([atoms[at]]))
            at += 1
            continue
        yield hit
        at, after_label = hit.end, True


def _may_begin(atoms: Sequence[Atom], at: int, after_label: bool) -> bool:
    """A label begins a row or follows a wide gap, another label (the same in the other language), or only numbering."""
    if not key_of([atoms[at]]):
        return False
    if at == 0 or atoms[at].gap or after_label or atoms[at].row != atoms[at - 1].row:
        return True
    start = at
    while start > 0 and atoms[start - 1].row == atoms[at].row and not atoms[start].gap:
        start -= 1
    before = "".join(atom.text for atom in atoms[start:at])
    if not key_of(atoms[start:at]) or NUMBERING.match(before.casefold()):
        return True
    return _colon_follows(atoms, at)


def _colon_follows(atoms: Sequence[Atom], at: int) -> bool:
    row = atoms[at].row
    for atom in atoms[at + 1 : at + 6]:
        if atom.row != row or atom.gap:
            return False
        if atom.is_colon:
            return True
    return False


def _label_at(stream: Stream, number: int, at: int, book: LabelBook, *, forgiving: bool, after_label: bool) -> LabelHit | None:
    best: tuple[float, int, tuple[str, ...], str] | None = None
    atoms = stream.atoms
    for end in range(at + 1, min(len(atoms), at + _LONGEST) + 1):
        window = atoms[at:end]
        if not may_run_on(stream, window):
            break
        key = key_of(window)
        if not key or not key_of([window[-1]]):
            continue
        score, label = _match(key, book, forgiving=forgiving)
        if label and (best is None or (score, len(label)) > (best[0], len(best[3])) or (score >= 0.97 and len(label) > len(best[3]))):
            best = (score, end, book.labels[label], label)
    if best is None:
        return None
    score, end, keys, label = best
    if not _may_end(atoms, at, end, label, score, book.hints) or (forgiving and _begins_on_next_row(atoms[at:end], score, book)):
        return None
    end = hints_after(atoms, end, book.hints)
    return LabelHit(keys, number, at, end, box_of(atoms[at:end]), stream.page, score, label in book.generic)


def _begins_on_next_row(window: Sequence[Atom], score: float, book: LabelBook) -> bool:
    """Whether the rows after the first are more like a label than all of them: a short value stands over the label ('22000')."""
    later = [atom for atom in window if atom.row != window[0].row]
    return score < 1 and bool(key := key_of(later)) and _match(key, book, forgiving=True)[0] > score


def may_run_on(stream: Stream, window: Sequence[Atom]) -> bool:
    """A label goes on over words close by; in a cell over its next rows too; outside cells over a row that begins right below."""
    last, before = window[-1], window[-2] if len(window) > 1 else window[-1]
    if last.is_colon and not last.is_dash:
        return False
    if last.row == before.row:
        return len(window) == 1 or not last.gap
    if stream.cell is not None:
        return True
    height = max(4.0, before.box[3] - before.box[1])
    return abs(last.box[0] - window[0].box[0]) < height and last.box[1] - before.box[3] < 0.8 * height


def _match(key: str, book: LabelBook, *, forgiving: bool) -> tuple[float, str]:
    if key in book.labels:
        return 1.0, key
    if len(key) < _LEAST_FUZZY:
        return 0.0, ""
    cutoff = _ALIKE if forgiving else 94
    found = process.extractOne(key, book.known, scorer=fuzz.ratio, score_cutoff=cutoff)
    if found is None or (not forgiving and (found[0].startswith(key) or key.startswith(found[0]))):  # of print no letter is lost: other words
        return 0.0, ""
    return found[1] / 100 * 0.96, found[0]


def _may_end(atoms: Sequence[Atom], at: int, end: int, label: str, score: float, hints: frozenset[str]) -> bool:
    """A label is followed by a colon, a gap, the end, another script; an ordinary word right after it makes a sentence of short or misread ones."""
    if end >= len(atoms):
        return True
    after = atoms[end]
    if after.is_colon or after.gap or after.row != atoms[end - 1].row or key_of([after]) in hints or not key_of([after]):
        return True
    if _aside_after(atoms, end):
        return True
    han_before = atoms[end - 1].text[-1:] >= "\u2e80"
    if han_before != (after.text[:1] >= "\u2e80"):
        return True
    if han_before and len(label) >= 2 and not after.glued and (at == 0 or atoms[at].gap):  # Chinese needs no space but to set apart
        return True
    if score < 0.97 or after.glued:
        return False
    number_follows = not label[-1].isdigit() and (after.text[:1].isdigit() or after.text[:1] == "+")
    return number_follows or (len(label) >= 5 and not _goes_on(after.text))


def _goes_on(text: str) -> bool:
    """Whether a word goes on with a sentence ('Factory in Hong Kong'): small letters, and no address of a mailbox."""
    return text[:1].islower() and text.isalpha()


def hints_after(atoms: Sequence[Atom], end: int, hints: frozenset[str]) -> int:
    """Past the printed hints that belong to the label: '(HK$)', '(DD/MM/YYYY)', a colon."""
    while end < len(atoms):
        if aside := _aside_after(atoms, end):
            end = aside
            continue
        if end + 1 < len(atoms) and atoms[end].glued and _RAISED.match(atoms[end].text) and atoms[end + 1].is_colon and not atoms[end + 1].is_dash:
            end += 2
            continue
        for width in (5, 4, 3, 2, 1):
            window = atoms[end : end + width]
            if (
                len(window) == width
                and (key := key_of(window)) in hints
                and (key or (width == 1 and window[0].text[:1] not in _OPENING))
                and all(a.row - window[0].row in (0, 1) for a in window)
            ):
                end += width
                break
        else:
            if atoms[end].is_colon:
                end += 1
                continue
            return end
    return end


def _aside_after(atoms: Sequence[Atom], at: int) -> int:
    """Where words in brackets end that stand right behind a label with nothing but a colon or room after them: '(for correspondence)', '(18 digits)'.

    0 where there are none, or far below; a number alone in brackets is the beginning of a value: '(852) 2345 6789'.
    """
    if at and atoms[at].box[1] - atoms[at - 1].box[3] > atoms[at].box[3] - atoms[at].box[1]:
        return 0
    if atoms[at].text[:1] not in _OPENING or (atoms[at].gap and not atoms[at - 1].is_colon and atoms[at].row == atoms[at - 1].row):
        return 0
    for end in range(at + 1, min(len(atoms), at + _LONGEST_ASIDE) + 1):
        last = atoms[end - 1]
        if end - 1 > at and last.row not in (atoms[at].row, atoms[at].row + 1):
            return 0
        if last.text[-1:] in ")）]":
            words = key_of(atoms[at:end])
            after = atoms[end] if end < len(atoms) else None
            alone = after is None or after.is_colon or after.gap or after.row != last.row
            return end if alone and words and not words.isdigit() else 0
    return 0


def heading_of(stream: Stream, row: Sequence[Atom], book: LabelBook) -> str:
    """The section that a row announces, if it is a heading: numbering, then nothing but its words, listed or such as headings are made of."""
    whole = row
    while len(row) > 1 and NUMBERING.match(row[0].text.casefold()):
        row = row[1:]
    key = key_of(row).lstrip("0123456789")
    if key in book.headings:
        return book.headings[key]
    for heading, prefix in book.headings.items():
        if len(heading) >= 4 and key.startswith(heading) and key[len(heading) :] in book.headings:
            return prefix
    return section_told(text_of(whole), book.heading_words)


def heading_rows(stream: Stream, book: LabelBook) -> dict[int, str]:
    """The rows of a stream that are headings, with their sections. A small cell is a heading as a whole or not at all: its rows are one label's."""
    rows: dict[int, list[Atom]] = {}
    for atom in stream.atoms:
        rows.setdefault(atom.row, []).append(atom)
    if stream.cell is not None and len(rows) > 1:
        whole = heading_of(stream, stream.atoms, book)
        if whole or len(rows) <= _ROWS_OF_LABEL:
            return dict.fromkeys(rows, whole) if whole else {}
    return {number: section for number, row in rows.items() if (section := heading_of(stream, row, book))}
