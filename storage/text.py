"""Text as every database takes it: without NUL characters and lone surrogates, which mails do contain."""

from __future__ import annotations

from typing import overload


@overload
def storable(text: str) -> str: ...
@overload
def storable(text: None) -> None: ...
def storable(text: str | None) -> str | None:
    """The text with NUL dropped and lone surrogates replaced; the mail's own bytes keep them."""
    if text is None or (text.isascii() and "\0" not in text):
        return text
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
