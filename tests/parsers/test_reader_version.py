"""Nobody changes how files are read without saying whether old readings still stand."""

from __future__ import annotations

import ast
import json

from parsers.read_limits import READER_VERSION
from tests.parsers.reading_code import RECORDED, digest_of, reading_code

ASKED = """
How files are read was changed (in {}) since version {} of the reader was recorded. Would any file be read differently now?
Then raise READER_VERSION in parsers/read_limits.py, so that no remembered reading stands for it. Either way: python -m tests.parsers.reading_code
"""


def test_the_readers_version_was_considered_when_reading_changed() -> None:
    recorded = json.loads(RECORDED.read_text("utf-8"))
    now = reading_code()
    changed = sorted(name for name in now.keys() | recorded["modules"].keys() if now.get(name) != recorded["modules"].get(name))
    assert (recorded["reader_version"], changed) == (READER_VERSION, []), ASKED.format(", ".join(changed), recorded["reader_version"])


def test_the_code_that_reads_is_found_with_all_that_it_loads_late() -> None:
    assert {"read_file", "pdf_pages", "scan_reading", "ocr", "tesseract", "seeing", "word_pages", "values"} <= reading_code().keys()
    assert "application" not in reading_code()


def test_words_about_the_code_change_nothing_and_the_code_itself_does() -> None:
    plain = digest_of(ast.parse("def f(x):\n    return x + 1\n"))
    assert digest_of(ast.parse('"""A module."""\n# why\ndef f(x):\n    """What."""\n    return (x + 1)\n')) == plain
    assert digest_of(ast.parse("def f(x):\n    return x + 2\n")) != plain
