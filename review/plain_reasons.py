"""The service's own reasons, which it writes in English for the record, in plain words of the reader's language (`reasons.toml`)."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

_REASONS = ("why", "but")  # the parts that are reasons themselves
FILE = Path(__file__).parent / "reasons.toml"


def plain_reason(said: str, code: str) -> str:
    """The reason in the language of that code (``en`` or ``zh-Hant``); as it was written where no words for it are known."""
    said = said.strip()
    for pattern, words in _known():
        match = pattern.search(said)
        if match:
            parts = {name: value or "" for name, value in match.groupdict().items()}
            return words[code].format(**{name: plain_reason(part, code) if name in _REASONS else part for name, part in parts.items()})
    return said


@cache
def _known() -> tuple[tuple[re.Pattern[str], dict[str, str]], ...]:
    entries = tomllib.loads(FILE.read_text("utf-8"))["reason"]
    return tuple((re.compile(entry["says"]), {"en": entry["en"], "zh-Hant": entry["zh-Hant"]}) for entry in entries)
