"""Which code extraction is: a digest that changes by itself with every change of it, so that nobody can forget to say so."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import parsers

_EXTRACTING = ("mail_reading.py",)  # of this package; all of parsers besides
_QUOTING = Path("storage/references.py")  # classing a mail asks whether it quotes a reference


@cache
def extraction_version() -> str:
    """SHA-256 over the sources of ``parsers`` and of what classes a mail, and over the installed versions of all libraries.

    Some ten milliseconds, once a process. A changed comment changes it too: extracting an archive again costs minutes, a stale value costs a letter.
    """
    here = Path(__file__).parent
    sources = [*_files_of(Path(parsers.__file__).parent), *(here / name for name in _EXTRACTING), here.parent / _QUOTING]
    whole = hashlib.sha256(f"{sys.version_info[:3]}".encode())
    for source in sources:
        data = source.read_bytes()
        whole.update(f"{source.name}\0{len(data)}\0".encode() + data)
    for library in _libraries():
        whole.update(f"{library}\0".encode())
    return whole.hexdigest()


def _files_of(folder: Path) -> Iterable[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts)


def _libraries() -> list[str]:
    """Name and version of everything installed, as its folder's name says."""
    places = (Path(entry) for entry in sys.path if entry)
    return sorted({found.name for place in places if place.is_dir() for found in place.glob("*.dist-info")})
