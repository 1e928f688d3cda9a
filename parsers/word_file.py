"""A Word file as blocks: paragraphs, tables, pictures and page breaks in reading order, content controls and text boxes included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from parsers.typesetting import STRUCK, Block, Cell, PageBreak, Paragraph, PictureBlock, Table

EMU_PER_POINT = 12700.0
MOST_DEPTH = 40
# Wingdings and Wingdings 2 as inserted symbols (w:sym): tick boxes and ticks.
_SYMBOLS = {"F0A8": "☐", "F06F": "☐", "F071": "☐", "F0A3": "☐", "F0FE": "☑", "F052": "☑", "F053": "☒", "F0FD": "☒", "F0FC": "✓", "F050": "✓"}
_PRIVATE = {chr(int(code, 16)): shown for code, shown in _SYMBOLS.items()}
_TRUE = ("1", "true", "on")
_WORD = re.compile(r"\S+")


def local(element: Any) -> str:
    """The element's name without its namespace; '' for comments and the like. Strict and transitional files differ in namespaces only."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str) -> str | None:
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), None)


def child(element: Any, *path: str) -> Any | None:
    """The first child at the path of local names; None where a step is missing."""
    for name in path:
        element = next((inner for inner in element if local(inner) == name), None) if element is not None else None
    return element


class WordPart:
    """Turns one part of a Word file (body, header, footer) into blocks. ``related`` are the bytes of its pictures by relationship id."""

    def __init__(self, related: dict[str, bytes]) -> None:
        self._related = related
        self.hidden = False  # whether text was met that Word does not show

    def blocks(self, container: Any, depth: int = 0) -> list[Block]:
        """The blocks of an element that holds paragraphs and tables, in order."""
        found: list[Block] = []
        for element in container if depth < MOST_DEPTH else ():
            name = local(element)
            if name == "p":
                found += self._paragraph(element, depth)
            elif name == "tbl":
                found.append(self._table(element, depth))
            elif name == "sdt":
                content = child(element, "sdtContent")
                if content is not None and not _placeholder(element):
                    found += self.blocks(content, depth + 1)
            elif name in ("customXml", "ins", "moveTo", "smartTag"):
                found += self.blocks(element, depth + 1)
        return found

    def _table(self, table: Any, depth: int) -> Table:
        rows = (self._row(row, depth) for row in _through(table, "tr"))
        return Table(tuple(row for row in rows if row))

    def _row(self, row: Any, depth: int) -> tuple[Cell, ...]:
        """The cells of a row, those continued from above empty; a row deleted in tracked changes has none."""
        if child(row, "trPr", "del") is not None:
            return ()
        cells = []
        for cell in _through(row, "tc"):
            span = child(cell, "tcPr", "gridSpan")
            wide = attribute(span, "val") if span is not None else None
            cells.append(Cell(tuple(self.blocks(cell, depth + 1)), min(max(int(wide), 1), 60) if wide and wide.isdigit() else 1))
        return tuple(cells)

    def _paragraph(self, paragraph: Any, depth: int) -> list[Block]:
        """One paragraph: its text, with the pictures and text boxes that hang on it below, split at page breaks."""
        before: list[Block] = []
        below: list[Block] = []
        text: list[str] = []
        broken = child(paragraph, "pPr", "pageBreakBefore") is not None
        for piece in self._inline(paragraph, depth):
            if isinstance(piece, str):
                text.append(piece)
            elif isinstance(piece, PageBreak):
                before += [Paragraph("".join(text)), piece] if "".join(text).strip() else [piece]
                text = []
            else:
                below.append(piece)
        head: list[Block] = [PageBreak()] if broken else []
        return [*head, *before, Paragraph("".join(text)), *below]

    def _inline(self, element: Any, depth: int) -> Iterator[str | Block]:
        """Text, pictures, text boxes and page breaks inside a paragraph. Deleted and moved-away text is not in it."""
        if depth > MOST_DEPTH:
            return
        for inner in element:
            name = local(inner)
            if name == "r":
                yield from self._run(inner, depth)
            elif name == "sdt":
                yield from self._control(inner, depth)
            elif name in ("hyperlink", "ins", "moveTo", "smartTag", "fldSimple", "sdtContent", "customXml", "dir", "bdo"):
                yield from self._inline(inner, depth + 1)

    def _control(self, control: Any, depth: int) -> Iterator[str | Block]:
        """A content control: a tick box by its state, other controls by their content; a prompt that nobody replaced is no content."""
        checked = child(control, "sdtPr", "checkbox")
        if checked is not None:
            state = child(checked, "checked")
            yield "☑" if state is not None and (attribute(state, "val") or "1") in _TRUE else "☐"
        elif not _placeholder(control):
            content = child(control, "sdtContent")
            if content is not None:
                yield from self._inline(content, depth + 1)

    def _run(self, run: Any, depth: int) -> Iterator[str | Block]:
        vanish = child(run, "rPr", "vanish")
        if vanish is not None and (attribute(vanish, "val") or "1") in _TRUE:
            self.hidden = self.hidden or child(run, "t") is not None
            return
        struck = any((mark := child(run, "rPr", name)) is not None and (attribute(mark, "val") or "1") in _TRUE for name in ("strike", "dstrike"))
        for inner in run:
            for piece in self._run_piece(inner, depth):
                yield _WORD.sub(lambda word: STRUCK + word[0], piece) if struck and isinstance(piece, str) else piece

    def _run_piece(self, inner: Any, depth: int) -> Iterator[str | Block]:
        name = local(inner)
        if name == "t":
            yield "".join(_PRIVATE.get(c, c) for c in inner.text or "")
        elif name in ("tab", "ptab"):
            yield "\t"
        elif name in ("br", "cr"):
            yield PageBreak() if attribute(inner, "type") == "page" else "\n"
        elif name == "lastRenderedPageBreak":
            yield PageBreak()
        elif name in ("noBreakHyphen", "softHyphen"):
            yield "-" if name == "noBreakHyphen" else ""
        elif name == "sym":
            yield _SYMBOLS.get((attribute(inner, "char") or "").upper(), "")
        elif name == "fldChar":
            yield from _legacy_box(inner)
        elif name in ("drawing", "pict", "object", "AlternateContent"):
            yield from self._drawn(inner, depth)

    def _drawn(self, element: Any, depth: int) -> Iterator[Block]:
        """Pictures and text boxes of a drawing; of alternative renderings the first."""
        if depth > MOST_DEPTH:
            return
        if local(element) == "AlternateContent":
            element = next(iter(element), None)
            if element is None:
                return
        width, height = _extent(element)
        for inner in element:
            name = local(inner)
            if name == "txbxContent":
                yield from self.blocks(inner, depth + 1)
            elif name in ("blip", "imagedata"):
                data = self._related.get(attribute(inner, "embed") or attribute(inner, "id") or "")
                if data is not None:
                    yield PictureBlock(data, width, height)
            else:
                yield from (self._sized(block, width, height) for block in self._drawn(inner, depth + 1))

    @staticmethod
    def _sized(block: Block, width: float, height: float) -> Block:
        """A picture takes the size of the nearest frame around it that states one."""
        return block._replace(width=width, height=height) if isinstance(block, PictureBlock) and width and not block.width else block


def _through(element: Any, name: str) -> Iterator[Any]:
    """Children of that name, those inside content controls and tracked insertions too."""
    for inner in element:
        if local(inner) == name:
            yield inner
        elif local(inner) in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
            yield from _through(inner, name)


def _placeholder(control: Any) -> bool:
    shown = child(control, "sdtPr", "showingPlcHdr")
    return shown is not None and (attribute(shown, "val") or "1") in _TRUE


def _legacy_box(field: Any) -> Iterator[str]:
    """The tick box of an older Word form (w:ffData): its own state, else its default."""
    box = child(field, "ffData", "checkBox")
    if box is None:
        return
    state = child(box, "checked")
    if state is None:
        state = child(box, "default")
        yield "☑" if state is not None and (attribute(state, "val") or "1") in _TRUE else "☐"
    else:
        yield "☑" if (attribute(state, "val") or "1") in _TRUE else "☐"


def _extent(element: Any) -> tuple[float, float]:
    """Width and height in points that a drawing states itself; zeros where it states none."""
    extent = child(element, "extent")
    if extent is not None:
        across, down = attribute(extent, "cx") or "0", attribute(extent, "cy") or "0"
        if across.isdigit() and down.isdigit():
            return min(int(across) / EMU_PER_POINT, 5000.0), min(int(down) / EMU_PER_POINT, 5000.0)
    return _style_extent(attribute(element, "style") or "")


def _style_extent(style: str) -> tuple[float, float]:
    sizes = dict(pair.split(":", 1) for pair in style.replace(" ", "").split(";") if ":" in pair)
    try:
        return min(float(sizes["width"].removesuffix("pt")), 5000.0), min(float(sizes["height"].removesuffix("pt")), 5000.0)
    except (KeyError, ValueError):
        return 0.0, 0.0
