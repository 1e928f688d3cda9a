"""A TOML file of the programme, read strictly, that knows on which line each of its entries stands, so that an error can name it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Table = dict[str, Any]
KeyPath = tuple[str | int, ...]

_TOML_PLACE = re.compile(r"\(at line (\d+), column \d+\)$")
_HEADER = re.compile(r"^\s*(\[\[?)(.+?)\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_KEY_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


class TomlSourceError(ValueError):
    """A file that is no good TOML: ``line`` (from 1, None where not known) and what is wrong."""

    def __init__(self, line: int | None, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass(frozen=True)
class TomlSource:
    """One file: its content and where its entries stand."""

    path: Path
    table: Table
    lines: dict[KeyPath, int]

    def line_of(self, path: Sequence[str | int]) -> int | None:
        """The line of an entry by its path of keys and positions, or of the nearest entry that holds it; None for the file itself."""
        for length in range(len(path), 0, -1):
            line = self.lines.get(tuple(path[:length]))
            if line is not None:
                return line
        return None


def read_toml(path: Path) -> TomlSource:
    """The file. TomlSourceError where it cannot be read, is not UTF-8, or is not good TOML (keys that stand twice included)."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise TomlSourceError(None, "the file is not UTF-8 text; save it as UTF-8") from error
    except OSError as error:
        raise TomlSourceError(None, f"the file cannot be read ({error.strerror}); put it back or give its folder read permission") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        said = _TOML_PLACE.sub("", str(error)).strip().rstrip(".")
        raise TomlSourceError(int(place[1]) if place else None, f"not good TOML: {said}; a key may stand only once in its table") from error
    return TomlSource(path, table, _lines_of(text))


def _lines_of(text: str) -> dict[KeyPath, int]:
    """Where each table and key begins. Good TOML is presumed; what stands inside a value of several lines is passed over."""
    lines: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    here: KeyPath = ()
    depth, quote = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if depth == 0 and not quote:
            header, key = _HEADER.match(line), _KEY.match(line)
            if key:
                here_key = here + _parts(key[1])
                lines.setdefault(here_key, number)
                depth, quote = _open_after(line[key.end() :], 0, "")
            elif header:
                here = _resolved(_parts(header[2]), counts, is_list=header[1] == "[[")
                lines.setdefault(here, number)
        else:
            depth, quote = _open_after(line, depth, quote)
    return lines


def _parts(dotted: str) -> KeyPath:
    return tuple(part.strip("\"'") for part in _KEY_PART.findall(dotted))


def _resolved(parts: KeyPath, counts: dict[KeyPath, int], *, is_list: bool) -> KeyPath:
    """A header's path with the position of each list of tables that it stands in; ``[[x]]`` begins the next element."""
    path: KeyPath = ()
    for place, part in enumerate(parts):
        path = (*path, part)
        if is_list and place == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _open_after(line: str, depth: int, quote: str) -> tuple[int, str]:
    """How many brackets, and which triple quote, are still open at the end of a line of a value."""
    place = 0
    while place < len(line):
        if quote:
            end = line.find(quote, place)
            if end < 0:
                return depth, quote
            place, quote = end + len(quote), ""
            continue
        triple, character = line[place : place + 3], line[place]
        if triple in ('"""', "'''"):
            quote, place = triple, place + 3
        elif character in "\"'":
            place = _end_of_string(line, place)
        elif character == "#":
            break
        else:
            depth += (character in "[{") - (character in "]}")
            place += 1
    return depth, quote


def _end_of_string(line: str, start: int) -> int:
    """The place after a string of one line."""
    place = start + 1
    while place < len(line) and line[place] != line[start]:
        place += 2 if line[place] == "\\" and line[start] == '"' else 1
    return place + 1
