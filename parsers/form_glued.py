"""Chinese labels that run into their value without a colon or a space (公司名稱永明有限公司): cut off where the label ends.

Only labels of fields that no other label on the form announces, and only where a row begins: there nothing else can be meant.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from parsers.folding import fold_key
from parsers.form_stream import Atom, Stream
from parsers.values import Box

_SHORTEST, _LONGEST = 2, 16  # letters of a label


def with_labels_cut_off(streams: Sequence[Stream], labels: Collection[str]) -> tuple[Stream, ...]:
    """The streams with such labels (folded) set apart from what follows them, as if there were a wide space."""
    known = frozenset(label for label in labels if _SHORTEST <= len(label) <= _LONGEST and not label.isascii())
    return tuple(replace(stream, atoms=_cut(stream.atoms, known)) for stream in streams) if known else tuple(streams)


def _cut(atoms: Sequence[Atom], known: frozenset[str]) -> tuple[Atom, ...]:
    found: list[Atom] = []
    for at, atom in enumerate(atoms):
        length = _label_length(atom.text, known) if _begins(atoms, at) else 0
        if not length:
            found.append(atom)
            continue
        x0, top, x1, bottom = atom.box
        middle = x0 + (x1 - x0) * length / len(atom.text)
        label: Box = (x0, top, middle, bottom)
        found.append(replace(atom, text=atom.text[:length], box=label))
        found.append(replace(atom, text=atom.text[length:], box=(middle, top, x1, bottom), glued=True, gap=True))
    return tuple(found)


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
