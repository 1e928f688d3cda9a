"""Which code extraction is: a digest that changes by itself with every change of it, so that nobody can forget to say so."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import parsers

BESIDES_PARSERS = ("intake/mail_reading.py", "storage/references.py")  # of our own code that extraction runs; what builds the catalogue is not


@cache
def extraction_version() -> str:
    """SHA-256 over the sources of ``parsers`` and of what classes a mail, and over the installed versions of all libraries.

    Some ten milliseconds, once a process. A changed comment changes it too: extracting an archive again costs minutes, a stale value costs a letter.
    """
    root = Path(parsers.__file__).parent.parent
    sources = [*files_of(root / "parsers"), *(root / name for name in BESIDES_PARSERS)]
    return digest_of(((source.relative_to(root).as_posix(), source.read_bytes()) for source in sources), (sys.version, *_libraries()))


def digest_of(sources: Iterable[tuple[str, bytes]], libraries: Iterable[str]) -> str:
    """SHA-256 over names and bytes of sources, and over names of libraries."""
    whole = hashlib.sha256()
    for name, data in sources:
        whole.update(f"{name}\0{len(data)}\0".encode() + data)
    for library in libraries:
        whole.update(f"{library}\0".encode())
    return whole.hexdigest()


def files_of(folder: Path) -> list[Path]:
    """Every file of a package, but what Python made of it."""
    return sorted(file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts)


def _libraries() -> list[str]:
    """Name and version of everything installed, as its folder's name says."""
    places = (Path(entry) for entry in sys.path if entry)
    return sorted({found.name for place in places if place.is_dir() for found in place.glob("*.dist-info")})
