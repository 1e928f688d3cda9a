"""How much one file may cost before reading it stops: time, memory, pages, pixels, and the languages that scans are read in."""

from __future__ import annotations

from parsers.values import Value

READER_VERSION = "12"
"""Part of every cache key of a ``FileRead``: raised whenever the same bytes and limits would be read differently."""


class ReadLimits(Value):
    """Limits of reading one file. Reading depends on the bytes and on these alone, so they belong into cache keys too.

    ``page_seconds`` and ``file_seconds`` are wall clock; ``memory_mb`` is address space above what the loaded libraries take.
    """

    page_seconds: float = 40.0
    file_seconds: float = 600.0
    max_pages: int = 60
    max_frames: int = 200  # pictures that one image file may hold before it is refused as a whole
    memory_mb: int = 1500
    max_pixels: int = 40_000_000
    max_glyphs: int = 40_000  # of one page; a densely printed A4 page holds some 8,000
    max_bytes: int = 60_000_000
    max_unpacked: int = 100_000_000  # of all members of a Word or Excel file
    render_dpi: int = 200
    see_dpi: int = 150
    languages: tuple[str, ...] = ("eng", "chi_tra", "chi_sim")
    known_forms: tuple[tuple[str, str], ...] = ()  # paths of the office's own blank forms, each with the SHA-256 of the file
