"""References of cases: year of receipt, running number of that year, check character (contract.md). They prove nothing about who quotes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from parsers.folding import compatible

if TYPE_CHECKING:
    from storage.database import Transaction

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DASH = r"\s{0,2}[-‐‑‒–—−_]?\s{0,2}"
_WRITTEN = re.compile(rf"(?<![0-9A-Z])CPPP{_DASH}([0-9]{{4}}){_DASH}([0-9]{{5,9}}){_DASH}([0-9A-Z])(?![0-9A-Z])", re.IGNORECASE)


def check_character(text: str) -> str:
    """The ISO 7064 MOD 37,36 check character over digits and capital letters."""
    product = 36
    for character in text:
        product = (product + _ALPHABET.index(character)) % 36 or 36
        product = product * 2 % 37
    return _ALPHABET[(37 - product) % 36]


def reference_of(year: int, number: int) -> str:
    """'CPPP-2026-00042-O' for the forty-second case of 2026; five digits or more."""
    return f"CPPP-{year:04}-{number:05}-{check_character(f'CPPP{year:04}{number:05}')}"


def find_references(text: str) -> tuple[str, ...]:
    """Every reference in a text whose check character is right, as we print it, each once, in order. Case, full width and spaces do not matter."""
    found = (
        f"CPPP-{year}-{number}-{check.upper()}"
        for year, number, check in _WRITTEN.findall(compatible(text))
        if check_character(f"CPPP{year}{number}") == check.upper()
    )
    return tuple(dict.fromkeys(found))


def check_reference(text: str) -> str | None:
    """The first valid reference in a text, as we print it; None where there is none."""
    return next(iter(find_references(text)), None)


def next_reference(tx: Transaction, year: int) -> str:
    """The next free reference of a year. Numbers are given inside the caller's transaction: one that is rolled back is given again."""
    return reference_of(year, next_number(tx, year))


def next_number(tx: Transaction, year: int) -> int:
    """The next running number of a year, from 1."""
    from storage.rows import next_counter  # SQLModel takes a second to import, and the dry run only looks for references

    return next_counter(tx.session, f"reference:{year:04}")
