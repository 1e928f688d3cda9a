"""Every entry of a TOML file is found on the line where it stands."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from intake.toml_source import KeyPath, TomlSourceError, read_toml

TEXT = '''# a comment with [brackets] and key = value
top = 1
"quoted.key" = 2
list = [
  "a [ string",   # [comment]
  { inner = 3 },
]
text = """
fake = 1
[fake]
"""
dotted.key = 4

[table]
x = 1

[table."a.b"]
y = 2

[[items]]
name = "first"

  [[items.parts]]
  n = 1

  [[items.parts]]
  n = 2

[[items]]
name = 'second'

  [items.more]
  z = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("quoted.key",), 3),
        (("list",), 4),
        (("list", 1, "inner"), 4),
        (("text",), 8),
        (("dotted", "key"), 12),
        (("table",), 14),
        (("table", "x"), 15),
        (("table", "a.b", "y"), 18),
        (("items", 0), 20),
        (("items", 0, "name"), 21),
        (("items", 0, "parts", 0, "n"), 24),
        (("items", 0, "parts", 1), 26),
        (("items", 0, "parts", 1, "n"), 27),
        (("items", 1, "name"), 30),
        (("items", 1, "more", "z"), 33),
        (("items", 1, "absent"), 29),
        (("fake",), None),
        ((), None),
    ],
)
def test_an_entry_is_found_on_its_line(tmp_path: Path, path: KeyPath, line: int | None) -> None:
    file = tmp_path / "a.toml"
    file.write_text(TEXT, "utf-8")
    source = read_toml(file)
    assert source.table == tomllib.loads(TEXT)
    assert source.line_of(path) == line


@pytest.mark.parametrize(("text", "line"), [("a = 1\nb = \n", 2), ("a = 1\na = 2\n", 2), ("[t]\nx = 1\n[t]\n", 3)])
def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    file = tmp_path / "a.toml"
    file.write_text(text)
    with pytest.raises(TomlSourceError) as raised:
        read_toml(file)
    assert raised.value.line == line
