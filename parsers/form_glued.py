"""Chinese labels that run into their value without a colon or a space (公司名稱永明有限公司): cut off where the label ends.

Only labels of fields that no other label on the form announces, and only where a row begins: there nothing else can be meant.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from parsers.folding import fold_key
from parsers.form_stream import Atom, Stream
from parsers.label_wording import Wording, asked_by
from parsers.values import Box

_SHORTEST, _LONGEST = 2, 16  # letters of a label
_HABIT = 3  # fields of a form whose labels, by their words, run into their values
_UNDERSTOOD = 0.8  # share of the letters of a word that is a label as a whole


def with_labels_cut_off(streams: Sequence[Stream], labels: Collection[str], wording: Wording, keys: Collection[str] = ()) -> tuple[Stream, ...]:
    """The streams with such labels (folded) set apart from what follows them, as if there were a wide space. ``wording``: what labels are made of;
    labels that nobody listed are cut by their words where a form runs several fields of ``keys`` (those not announced otherwise) on so."""
    known = frozenset(label for label in labels if _SHORTEST <= len(label) <= _LONGEST and not label.isascii())
    wanted = frozenset(keys)
    worded = {id(stream): _worded_ends(stream.atoms, wording, wanted) for stream in streams}
    habit = sum(map(len, worded.values())) + sum(_listed(stream.atoms, known, wording) for stream in streams) >= _HABIT
    if not known and not habit:
        return tuple(streams)
    return tuple(replace(stream, atoms=_cut(stream.atoms, known, wording, worded[id(stream)] if habit else {})) for stream in streams)


def _listed(atoms: Sequence[Atom], known: frozenset[str], wording: Wording) -> int:
    """How many rows begin with a listed label that runs into something else."""
    begins = (at for at in range(len(atoms)) if _begins(atoms, at) and not _is_label(_first_word(atoms, at), wording))
    return sum(_label_length(_run(atoms, at), known) > 0 for at in begins)


def _worded_ends(atoms: Sequence[Atom], wording: Wording, keys: frozenset[str]) -> dict[int, int]:
    """Positions where a row begins with a label of one of the fields by its words, run into something else: how many letters the label has."""
    found = {}
    for at in range(len(atoms)):
        if _begins(atoms, at) and not _is_label(_first_word(atoms, at), wording):
            text = atoms[at].text
            length, asked = _worded_length(text, wording)
            if 0 < length < len(text) and len(asked) == 1 and asked[0] in keys:
                found[at] = length
    return found


def _worded_length(text: str, wording: Wording) -> tuple[int, tuple[str, ...]]:
    """Letters of the label that a run of Chinese begins with, by the words that labels are made of, and what it asks for; (0, ()) where none.

    A label ends before the first word that a value may begin with as well (a place), that says again what was said, or that nobody knows.
    """
    letters = [fold_key(char) for char in text]
    at, length, asked = 0, 0, tuple[str, ...]()
    said: set[str] = set()
    while at < len(letters):
        size = next((n for n in range(wording.longest_han, 0, -1) if "".join(letters[at : at + n]) in wording.meanings and at + n <= len(letters)), 0)
        meanings = wording.meanings["".join(letters[at : at + size])] - {""} if size else frozenset()
        if not size or not all(len(letter) == 1 for letter in letters[at : at + size]) or (length and (not meanings or meanings & said)):
            break
        at += size
        said |= meanings
        told = asked_by(text[:at], wording, forgiving=False)
        if told is not None and told.keys and told.understood == 1.0:
            length, asked = at, told.keys
        elif length:
            break
    return length, asked


def _cut(atoms: Sequence[Atom], known: frozenset[str], wording: Wording, worded: dict[int, int]) -> tuple[Atom, ...]:
    found: list[Atom] = []
    ends: dict[int, int] = {}  # position of an atom -> letters of it that belong to a label that ends in it
    for at, atom in enumerate(atoms):
        if _begins(atoms, at):
            text = _run(atoms, at)
            length = worded.get(at) or (0 if _is_label(_first_word(atoms, at), wording) else _label_length(text, known))
            ends.update(_end_of(atoms, at, length) if length else {})
        found += _parted(atom, ends[at]) if at in ends else [atom]
        if at - 1 in ends and ends[at - 1] == len(atoms[at - 1].text):
            found[-1] = replace(found[-1], gap=True)
    return tuple(found)


def _run(atoms: Sequence[Atom], at: int) -> str:
    """The text from an atom on to the end of its row, or to the next wide space."""
    text = atoms[at].text
    for before, atom in zip(atoms[at:], atoms[at + 1 :], strict=False):
        if atom.gap or atom.row != before.row or len(text) > _LONGEST:
            break
        text += atom.text
    return text


def _first_word(atoms: Sequence[Atom], at: int) -> str:
    """The text from an atom on to the next space."""
    text = atoms[at].text
    for before, atom in zip(atoms[at:], atoms[at + 1 :], strict=False):
        if not atom.glued or atom.row != before.row:
            break
        text += atom.text
    return text


def _is_label(text: str, wording: Wording) -> bool:
    """Whether a whole word is made of words of labels alone: no value runs on from its first ones."""
    asked = asked_by(text, wording, forgiving=False)
    return asked is not None and asked.understood >= _UNDERSTOOD


def _end_of(atoms: Sequence[Atom], at: int, length: int) -> dict[int, int]:
    while length > len(atoms[at].text):
        length -= len(atoms[at].text)
        at += 1
    return {at: length}


def _parted(atom: Atom, length: int) -> list[Atom]:
    if length >= len(atom.text):
        return [atom]
    x0, top, x1, bottom = atom.box
    middle = x0 + (x1 - x0) * length / len(atom.text)
    label: Box = (x0, top, middle, bottom)
    rest = replace(atom, text=atom.text[length:], box=(middle, top, x1, bottom), glued=True, gap=True)
    return [replace(atom, text=atom.text[:length], box=label), rest]


def _begins(atoms: Sequence[Atom], at: int) -> bool:
    """Whether an atom stands first on its row, after a wide space, or after numbering alone."""
    if at == 0 or atoms[at].gap or atoms[at].row != atoms[at - 1].row:
        return True
    before = [atom.text for atom in atoms[:at] if atom.row == atoms[at].row]
    return len(before) <= 2 and all(not fold_key(text).strip("0123456789") for text in before)


def _label_length(text: str, known: frozenset[str]) -> int:
    """Letters of the longest label that the text begins with, where at least one letter follows it."""
    for length in range(min(_LONGEST, len(text) - 1), _SHORTEST - 1, -1):
        if fold_key(text[:length]) in known:
            return length
    return 0
