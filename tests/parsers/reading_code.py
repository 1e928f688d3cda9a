"""Which code reads files, and what it was when the reader's version was last considered.  python -m tests.parsers.reading_code records it.

A digest as part of the cache's key would have every scan of an archive read again, for a night, after each renamed variable. So the version is
raised by a person, and a test asks that person: comments, docstrings and line breaks apart, no module may differ from what is recorded here.
"""

from __future__ import annotations

import ast
import hashlib
import json
from pathlib import Path

import parsers
from parsers.read_limits import READER_VERSION

RECORDED = Path(__file__).with_name("reading_code.json")
_ROOT = Path(parsers.__file__).parent
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_APART = {"read_limits"}  # numbers, which are part of the key themselves


def reading_code() -> dict[str, str]:
    """Every module of ours that reading a file may run, with a digest of what it does."""
    found: dict[str, str] = {}
    waiting = ["read_file"]
    while waiting:
        name = waiting.pop()
        if name not in found and name not in _APART:
            tree = ast.parse((_ROOT / f"{name}.py").read_text("utf-8"))
            waiting += _imported(tree)
            found[name] = digest_of(tree)
    return dict(sorted(found.items()))


def digest_of(tree: ast.Module) -> str:
    """SHA-256 over a module without its docstrings and its layout."""
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return hashlib.sha256(_said(tree).encode()).hexdigest()[:16]


def _said(node: object) -> str:
    """What a piece of code says, in the same words under every version of Python: fields that hold nothing are left out."""
    if isinstance(node, ast.AST):
        fields = ((name, value) for name, value in ast.iter_fields(node) if value is not None and value != [])
        return f"{type(node).__name__}({', '.join(f'{name}={_said(value)}' for name, value in fields)})"
    return f"[{', '.join(map(_said, node))}]" if isinstance(node, list) else repr(node)


def _imported(tree: ast.Module) -> list[str]:
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return [module.removeprefix("parsers.") for module in modules if module.startswith("parsers.")]


def record() -> None:
    """Writes down the reading code as it is, under the version that it has."""
    RECORDED.write_text(json.dumps({"reader_version": READER_VERSION, "modules": reading_code()}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    record()
