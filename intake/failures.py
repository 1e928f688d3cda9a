"""What a command could not do, said in one line."""

from __future__ import annotations


class Failure(Exception):
    """Something failed; the text is the one line that says what, and the way out."""


class WrongUse(Failure):
    """The command was called with something that it does not know: exit code 2."""
