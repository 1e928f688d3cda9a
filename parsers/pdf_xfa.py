"""The values of an XFA form (XML Forms Architecture 3.3), which some viewers show instead of the page's own fields: read from its datasets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

# What pikepdf raises on objects that are not what the standard says; plain Python errors are common.
PIKEPDF_ERRORS = (pikepdf.PdfError, TypeError, ValueError, KeyError, AttributeError, IndexError, NotImplementedError, OverflowError)
DEEPEST = 64  # elements within elements that are read


def xfa_leaves(xfa: Any) -> list[tuple[str, str]]:
    """Path and text of every filled leaf of the datasets; empty where there are none, or where they cannot be read safely.

    ``xfa``: the form's /XFA entry, as pikepdf gives it.
    """
    try:
        root = _datasets(xfa)
    except (*PIKEPDF_ERRORS, ElementTree.ParseError, DefusedXmlException):
        return []
    return list(_leaves(root, "", 0)) if root is not None else []


def _datasets(xfa: Any) -> Any:
    """The root of the datasets: a packet of its own in an array, or inside the one stream of the whole (ISO 32000-1, 12.7.8)."""
    if isinstance(xfa, pikepdf.Stream):
        whole = ElementTree.fromstring(xfa.read_bytes())
        return next((element for element in whole.iter() if str(element.tag).rpartition("}")[2] == "datasets"), None)
    packets = list(xfa) if isinstance(xfa, pikepdf.Array) else []
    data = next((packet.read_bytes() for name, packet in zip(packets[::2], packets[1::2], strict=False) if str(name) == "datasets"), None)
    return ElementTree.fromstring(data) if data else None


def _leaves(element: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    name = f"{path}/{str(element.tag).rpartition('}')[2]}"
    if len(element) == 0 and (element.text or "").strip():
        yield name, element.text.strip()
    if depth < DEEPEST:
        for child in element:
            yield from _leaves(child, name, depth + 1)


def text_of_xhtml(value: str | None) -> str | None:
    """The text of a rich text value (XHTML; ISO 32000-1, 12.7.3.4); None where there is none, or none that can be read safely."""
    if not value:
        return None
    try:
        return "".join(ElementTree.fromstring(value.encode()).itertext())
    except (ElementTree.ParseError, DefusedXmlException, ValueError):
        return None
