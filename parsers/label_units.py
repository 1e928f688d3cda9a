"""Labels in words that nobody has listed: each run of words that stands as a label does is read by what its words mean.

What is followed by a colon is a label as a whole: a known label that is only its beginning ('Contact Person's Fax: ...') is none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from parsers.form_stream import Atom, Stream, box_of, key_of, text_of
from parsers.label_wording import Asked, asked_by, share_understood
from parsers.labels import NUMBERING, LabelBook, LabelHit, heading_rows, hints_after, may_run_on
from parsers.values import Box

_LONGEST = 18  # atoms of a label
_BEFORE_COLON, _STANDING, _MISREAD = 0.7, 0.9, 0.87  # share of its letters to be understood: with a colon behind it, without, without on a picture
_OF_A_ROW = 0.5  # share of a row's letters that are understood where it is part of a label
_WHOLE = 0.95  # share of its letters, where nothing but its words tells that it ends
UNPARTED = 0.6  # certainty of a label whose last word may be the value's first: staff look
_LEAST_NAME = 5  # characters of a name that may be one
_ARTICLES = frozenset(("The", "A", "An", "This", "Our", "We"))  # written so, the first word of a sentence
_MOST_OF_VALUE = 3  # such words
_MAY_BEGIN_VALUES = frozenset(("", "chinese", "english"))  # meanings of words that are names too: Hong Kong, General, Chi
_RUN_ON = 4  # labels of a page that must have their values right behind them
_SURE, _LIKELY = 0.96, 0.92
_OPENING = frozenset("(（[")
_ASKED = frozenset("?？")
_BEFORE_NUMBERS = frozenset("+$")
_AMOUNT = re.compile(r"(?:hk\$|hkd|rmb|us\$)\s?[0-9]", re.IGNORECASE)
_FEW = 4  # words of a label that begins with 'The' or 'Our', at most
_WORDY = 7  # words of a label that is not understood, at most


def with_worded_labels(streams: Sequence[Stream], hits: Sequence[LabelHit], book: LabelBook, *, forgiving: bool) -> tuple[LabelHit, ...]:
    """The labels found word by word, with those that are told by their words in place of shorter ones inside them."""
    found: list[LabelHit] = []
    for number, stream in enumerate(streams):
        listed = [hit for hit in hits if hit.stream == number]
        cells = [other.cell for other in streams if other.cell is not None and other.page == stream.page] if stream.cell is None else []
        worded = list(_worded(stream, number, listed, book, cells, forgiving=forgiving))
        kept = [hit for hit in listed if not any(other.start <= hit.start < other.end for other in worded)]
        found += sorted([*kept, *worded], key=lambda hit: hit.start)
    return tuple(found)


def _worded(stream: Stream, number: int, listed: Sequence[LabelHit], book: LabelBook, cells: Sequence[Box], *, forgiving: bool) -> Iterator[LabelHit]:
    atoms, free, headings = stream.atoms, 0, heading_rows(stream, book)
    running_on = sum(_runs_on(atoms, hit.end) for hit in listed) >= _RUN_ON
    for start in range(len(atoms)):
        if start < free or not _begins(atoms, start):
            continue
        ends = list(_ends(stream, start, headings, running_on=running_on or _is_numbered(atoms, start)))
        reached = min(_reached(listed, start), ends[0])
        hit = _told(stream, number, start, [end for end in ends if end > reached], book, headings, cells, forgiving=forgiving)
        if (
            hit is None
            and reached
            and ends
            and ends[0] > reached
            and not _another(listed, start, ends[0])
            and _is_unknown_label(atoms, start, ends[0])
        ):
            hit = LabelHit((), number, start, ends[0] + 1, box_of(atoms[start : ends[0]]), stream.page, 1.0, False)
        if hit is not None:
            free = hit.end
            yield hit
        else:
            free = max(free, reached)


def _begins(atoms: Sequence[Atom], at: int) -> bool:
    """Whether a run begins here: a row, what follows a wide space, a bullet or numbering; never a colon or numbering itself."""
    if not key_of([atoms[at]]) or NUMBERING.match(atoms[at].text.casefold()):
        return False
    while at > 0 and not atoms[at].gap and atoms[at - 1].row == atoms[at].row and not key_of([atoms[at - 1]]) and not atoms[at - 1].is_colon:
        at -= 1
    if at == 0 or atoms[at].gap or atoms[at].row != atoms[at - 1].row:
        return True
    return bool(NUMBERING.match(atoms[at - 1].text.casefold())) and (at == 1 or atoms[at - 1].gap or atoms[at - 1].row != atoms[at - 2].row)


def _runs_on(atoms: Sequence[Atom], end: int) -> bool:
    """Whether words follow a label on its row without a colon or a wide space."""
    return 0 < end < len(atoms) and atoms[end].row == atoms[end - 1].row and not (atoms[end].gap or atoms[end].is_colon or atoms[end - 1].is_colon)


def _is_numbered(atoms: Sequence[Atom], start: int) -> bool:
    """Whether numbering stands right before: '16. Project Heading ...' is an entry by itself."""
    return start > 0 and atoms[start - 1].row == atoms[start].row and NUMBERING.match(atoms[start - 1].text.casefold()) is not None


def _ends(stream: Stream, start: int, headings: Collection[int], *, running_on: bool) -> Iterator[int]:
    """Where the run may end, the farthest first: before a colon, a wide space, a new row, a number, another script, or the end; before any word
    of its first row where values run on from their labels (``running_on``).

    A heading is a row by itself: no label goes on over it, or from it.
    """
    atoms = stream.atoms
    stops = {atom.row for atom in atoms} - {atoms[start].row} if atoms[start].row in headings else set(headings) - {atoms[start].row}
    stop = start + 1
    most = min(len(atoms), start + _LONGEST)
    if start > 0 and atoms[start - 1].text in _OPENING and atoms[start - 1].row == atoms[start].row and stream.cell is None:
        most = next((at for at in range(start, most) if atoms[at].row != atoms[start].row), most)  # what is in brackets keeps to its row
    while stop < most and atoms[stop - 1].text[-1:] not in _ASKED and may_run_on(stream, atoms[start : stop + 1]) and atoms[stop].row not in stops:
        stop += 1
    while stop > start + 1 and atoms[stop - 1].is_colon:
        stop -= 1
    for end in range(stop, start, -1):
        first_row = atoms[end - 1].row == atoms[start].row
        if end == len(atoms) or end == stop or _may_part(atoms[end - 1], atoms[end], first_row=first_row) or (running_on and first_row):
            yield end


def _may_part(before: Atom, after: Atom, *, first_row: bool) -> bool:
    """Whether a label may end between two pieces: on its first row before a number or another script too, for there its value may follow."""
    if after.is_colon or after.gap or after.row != before.row:
        return True
    if not first_row:
        return False
    if before.text[-1:] >= "\u2e80" and not after.glued:  # Chinese needs no space but to set apart
        return True
    if after.text[:1].isdigit() or after.text[:1] in _BEFORE_NUMBERS or _AMOUNT.match(after.text):
        return True
    return (before.text[-1:] >= "\u2e80") != (after.text[:1] >= "\u2e80")


def _reached(listed: Sequence[LabelHit], start: int) -> int:
    """How far listed labels reach that begin here and follow one another."""
    at = next((hit.end for hit in listed if hit.start == start), 0)
    for one, other in pairwise(hit for hit in listed if hit.start >= start):
        if one.end == at and other.start == at and one.keys == other.keys:
            at = other.end
    return at


def _another(listed: Sequence[LabelHit], start: int, end: int) -> bool:
    """Whether a label of another field stands within the run."""
    first = next(hit for hit in listed if hit.start == start)
    return any(start < hit.start < end and hit.keys != first.keys for hit in listed)


def _told(
    stream: Stream, number: int, start: int, ends: Sequence[int], book: LabelBook, headings: dict[int, str], cells: Sequence[Box], *, forgiving: bool
) -> LabelHit | None:
    atoms = stream.atoms
    for end in ends:
        window = atoms[start:end]
        if key_of(window).lstrip("0123456789") in book.headings and not _goes_on_beside(atoms, end) and not _again(atoms[start].row, headings):
            return None
        asked = asked_by(text_of(window), book.wording, forgiving=forgiving)
        if asked is None or not _is_told(asked, atoms, end, forgiving=forgiving) or _is_two(window, book, cells, forgiving=forgiving):
            continue
        if _is_amid_words(window, atoms, end) and (not _ends_among_words(window, atoms[end], asked, book) or _ends_in_a_name(window, asked, book)):
            continue
        if _ends_in_a_row_of_a_value(window, atoms, end, book, forgiving=forgiving):
            continue
        certainty = _SURE if asked.understood >= 0.95 else _LIKELY
        if (apart := _label_before_space(window, asked, book)) is not None:
            return LabelHit(asked.keys, number, start, start + apart, box_of(window[:apart]), stream.page, UNPARTED, False)
        if _is_amid_words(window, atoms, end) and (without := _without_words_of_value(window, asked, book)):
            return LabelHit(asked.keys, number, start, start + without, box_of(window[:without]), stream.page, UNPARTED, False)
        return LabelHit(asked.keys, number, start, hints_after(atoms, end, book.hints), box_of(window), stream.page, certainty, False)
    return None


def _ends_in_a_row_of_a_value(window: Sequence[Atom], atoms: Sequence[Atom], end: int, book: LabelBook, *, forgiving: bool) -> bool:
    """Whether the last row of a run holds hardly a word of labels while the rows before it are one: a short value ('ABC') stands under its label."""
    last = [atom for atom in window if atom.row == window[-1].row]
    if len(last) == len(window) or (end < len(atoms) and atoms[end].is_colon):
        return False
    before = asked_by(text_of(window[: -len(last)]), book.wording, forgiving=forgiving)
    told = before is not None and bool(before.keys) and before.understood >= _WHOLE
    return told and share_understood(text_of(last), book.wording, forgiving=forgiving) < _OF_A_ROW


def _is_amid_words(window: Sequence[Atom], atoms: Sequence[Atom], end: int) -> bool:
    """Whether nothing sets a label apart from the word behind it."""
    return (
        end < len(atoms) and window[-1].text[-1:] not in _ASKED and not _may_part(window[-1], atoms[end], first_row=window[-1].row == window[0].row)
    )


def _ends_among_words(window: Sequence[Atom], after: Atom, asked: Asked, book: LabelBook) -> bool:
    """Whether a label ends before a word that nothing sets apart: it is understood, in two words or more, and the next word is none of labels."""
    words = sum(not atom.glued for atom in window)
    if any(atom.text in _ARTICLES for atom in window[1:]) or window[0].text[:1].islower():  # the words of a sentence
        return False
    return not after.glued and asked.understood >= _WHOLE and bool(asked.keys) and words > 1 and key_of([after]) not in book.wording.meanings


def _ends_in_a_name(window: Sequence[Atom], asked: Asked, book: LabelBook) -> bool:
    """Whether a run is better understood without its last word, and asks for the same: the value begins with it ('名稱(與登記相同) Bo')."""
    shorter = asked_by(text_of(window[:-1]), book.wording, forgiving=False) if len(window) > 1 else None
    return shorter is not None and shorter.keys == asked.keys and shorter.understood > asked.understood


def _label_before_space(window: Sequence[Atom], asked: Asked, book: LabelBook) -> int | None:
    """How many pieces of a label stand before a space behind which a whole Chinese name may stand that words of labels make up as well
    ('申請機構中文名稱 香港傢具業協會'); None where there is no such space."""
    for count in range(1, len(window)):
        before, after = window[count - 1], window[count]
        han = before.text[-1:] >= "\u2e80" and after.text[:1] >= "\u2e80"
        if not han or after.glued or before.row != after.row or len(key_of(window[count:])) < _LEAST_NAME:
            continue
        shorter = asked_by(text_of(window[:count]), book.wording, forgiving=False)
        if shorter is not None and shorter.keys == asked.keys and shorter.understood >= _WHOLE:
            return count
    return None


def _without_words_of_value(window: Sequence[Atom], asked: Asked, book: LabelBook) -> int:
    """How many pieces of a label remain without last words that tell nothing and are written large: the value may begin with them ('Job Title
    General Manager', 'Company Name Hong Kong Dyers Limited'); 0 where there are none, or the rest asks for something else."""
    for count in range(len(window) - 1, max(0, len(window) - 1 - _MOST_OF_VALUE), -1):
        last = window[count:]
        tells_nothing = book.wording.meanings.get(key_of(last), frozenset((" ",))) <= _MAY_BEGIN_VALUES
        if not tells_nothing or not all(_is_large(atom) for atom in last) or _is_small_word(window[count - 1], book):
            continue
        shorter = asked_by(text_of(window[:count]), book.wording, forgiving=False)
        if shorter is not None and shorter.keys == asked.keys and shorter.understood >= _WHOLE:
            return count
    return 0


def _is_large(atom: Atom) -> bool:
    return atom.text.lstrip(")）] ")[:1].isupper()


def _is_small_word(atom: Atom, book: LabelBook) -> bool:
    """A word such as 'in' or 'of', after which a label goes on ('Address in Hong Kong')."""
    return atom.text[:1].islower() and book.wording.meanings.get(key_of([atom])) == frozenset(("",))


def _is_two(window: Sequence[Atom], book: LabelBook, cells: Sequence[Box], *, forgiving: bool) -> bool:
    """Whether the rows of a run are labels of two fields by themselves, or a row ends in a value behind a dash."""
    rows = [[atom for atom in window if atom.row == row] for row in dict.fromkeys(atom.row for atom in window)]
    if len(rows) < 2:
        return False
    if any(atom.is_dash for atom in rows[0][:-1]):
        return True
    if _are_two(rows, book, forgiving=forgiving) and all(_percent(row) for row in rows):
        return True
    return _are_two(_by_cells_beside(rows, cells), book, forgiving=forgiving)


def _are_two(groups: Sequence[Sequence[Atom]], book: LabelBook, *, forgiving: bool) -> bool:
    told = [asked.keys for group in groups if (asked := asked_by(text_of(group), book.wording, forgiving=forgiving)) is not None and asked.keys]
    return len(told) == len(groups) and len(set(told)) > 1


def _by_cells_beside(rows: Sequence[Sequence[Atom]], cells: Sequence[Box]) -> list[list[Atom]]:
    """Rows of words on open paper put together where they stand beside one cell; a row beside none goes with the row before it."""
    groups: list[list[Atom]] = []
    last: Box | None = None
    for row in rows:
        _, top, x1, bottom = box_of(row)
        beside = [
            cell for cell in cells if cell[0] >= x1 - 3 and min(bottom, cell[3]) - max(top, cell[1]) > 0.5 * min(bottom - top, cell[3] - cell[1])
        ]
        nearest = min(beside, key=lambda cell: cell[0], default=last)
        if groups and (nearest == last or last is None):
            groups[-1] += row
        else:
            groups.append(list(row))
        last = nearest
    return groups


def _percent(row: Sequence[Atom]) -> bool:
    return "%" in row[-1].text or row[-1].text[-1:] in ")）"


def _again(row: int, headings: dict[int, str]) -> bool:
    """Whether a row could be a heading but the last one before it already began that section: it is a label of it."""
    before = [other for other in headings if other < row]
    return bool(before) and headings[max(before)] == headings.get(row)


def _goes_on_beside(atoms: Sequence[Atom], end: int) -> bool:
    """Whether words stand behind a run on its row, as a value does behind its label and nothing does behind a heading."""
    return end < len(atoms) and atoms[end].row == atoms[end - 1].row and (atoms[end].is_colon or atoms[end].gap)


def _is_told(asked: Asked, atoms: Sequence[Atom], end: int, *, forgiving: bool) -> bool:
    colon = end < len(atoms) and atoms[end].is_colon
    return asked.understood >= (_BEFORE_COLON if colon else _MISREAD if forgiving else _STANDING)


def _is_unknown_label(atoms: Sequence[Atom], start: int, end: int) -> bool:
    """Whether a run that nobody understands is a label all the same: a few words without digits before a colon, close to it."""
    window = atoms[start:end]
    words = sum(not atom.glued for atom in window)
    if is_sentence(window):
        return False
    return end < len(atoms) and atoms[end].is_colon and not atoms[end].gap and words <= _WORDY and not any(map(str.isdigit, key_of(window)))


def is_sentence(window: Sequence[Atom]) -> bool:
    """Whether a run begins as a sentence does, and is longer than labels that do so."""
    return window[0].text in _ARTICLES and sum(not atom.glued for atom in window) > _FEW
