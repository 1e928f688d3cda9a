"""Papers that are plain text or HTML: their words in lines, on made-up pages."""

from __future__ import annotations

import html.parser

from parsers.opened_file import Opened, Refused
from parsers.typesetting import Block, Paragraph, Typesetter
from parsers.values import FileKind

_BLOCKS = frozenset(["p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "section", "article", "header"])
_BLOCKS |= frozenset(["footer", "ul", "ol", "dl", "dt", "dd", "hr", "pre", "blockquote", "title"])
_SILENT = frozenset(["script", "style", "template", "noscript", "svg", "object", "iframe", "head"])
MOST_TEXT = 1_000_000
_ENCODINGS = ("utf-8-sig", "big5hkscs", "gb18030")  # in the order of how little each accepts that is not its own


def open_plain(data: bytes, kind: FileKind) -> Opened | Refused:
    """The text as pages of lines; never refused but where there is no text."""
    text = decoded(data)[:MOST_TEXT]
    if kind is FileKind.HTML:
        text = text_of_html(text)
    blocks: list[Block] = [Paragraph(line) for line in text.replace("\r\n", "\n").replace("\f", "\n").split("\n")]
    typesetter = Typesetter("text")
    typesetter.place(blocks)
    pages, _ = typesetter.finish()
    if not pages:
        return Refused("empty", "no text")
    return Opened(len(pages), lambda number: pages[number - 1])


def decoded(data: bytes) -> str:
    """The text, by its byte order mark, as UTF-8, as Big5 with Hong Kong's characters, else as GB 18030; U+FFFD where none fits."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", errors="replace")


def text_of_html(source: str) -> str:
    """The words of an HTML page that a browser would show, a line per block; cells of a row parted by tabs."""
    reader = _Shown()
    reader.feed(source)
    reader.close()
    return "".join(reader.pieces)


class _Shown(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent.append(tag)
        elif tag in ("td", "th"):
            self.pieces.append("\t")
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._silent:
            del self._silent[self._silent.index(tag) :]
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(" ".join(data.split(" ")).replace("\n", " "))
