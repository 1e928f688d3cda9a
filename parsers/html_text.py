"""A web page in a mail to its words: blocks become lines, quotations get their marks, nothing is fetched, nothing hidden runs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import nh3

MAX_HTML = 2_000_000
_BLOCKS = {"p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr", "center", "section", "article", "blockquote"}
_TAGS = _BLOCKS | {"br", "td", "th", "a", "img", "span"}
_ATTRIBUTES = {"a": {"href"}, "img": {"src", "width", "height"}, "*": {"style", "hidden"}}
_UNSEEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)(?![a-z-])", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)[^<>]*>", re.IGNORECASE)
_VOID = frozenset(("br", "img", "hr", "meta", "link", "input", "col", "base", "wbr", "area", "o", "v"))
MAX_NESTING = 1000  # the cleaner's time grows with the square of it
_SCHEMES = {"http", "https", "cid", "mailto"}
_DROPPED = {"script", "style", "title", "head", "template", "noscript"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a page shows: its content id, and the size in pixels at which it is shown (None: as it is)."""

    content_id: str
    width: int | None
    height: int | None


@dataclass(slots=True)
class PageWords:
    """The words of a page, its links (address, words), and the pictures it shows from within the mail."""

    text: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)


def _pixels(value: str | None) -> int | None:
    match = re.match(r"\s*(\d{1,5})", value or "")
    return int(match[1]) if match and "%" not in (value or "") else None


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.current: list[str] = []
        self.depth = 0
        self.page = PageWords()
        self.href: str | None = None
        self.anchor: list[str] = []
        self.unseen = 0  # open elements from the one on that nobody sees

    def _break(self) -> None:
        words = " ".join("".join(self.current).split())
        self.current.clear()
        if words or (self.lines and self.lines[-1].strip("> ")):
            self.lines.append("> " * self.depth + words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self.unseen or "hidden" in given or _UNSEEN.search(given.get("style") or ""):
            self.unseen += tag not in _VOID
            return
        if tag == "br" or tag in _BLOCKS:
            self._break()
        if tag == "blockquote":
            self.depth = min(self.depth + 1, 20)
        elif tag in ("td", "th"):
            self.current.append(" ")
        elif tag == "a":
            self.href, self.anchor = given.get("href"), []
        elif tag == "img" and (given.get("src") or "").lower().startswith("cid:"):
            source = (given.get("src") or "")[4:].strip()
            self.page.pictures.append(Picture(source.lower(), _pixels(given.get("width")), _pixels(given.get("height"))))

    def handle_endtag(self, tag: str) -> None:
        if self.unseen:
            self.unseen -= tag not in _VOID
            return
        if tag in _BLOCKS:
            self._break()
        if tag == "blockquote":
            self.depth = max(self.depth - 1, 0)
        elif tag == "a" and self.href:
            words = "".join(self.anchor).strip()
            self.page.links.append((self.href, words))
            if self.href.lower().startswith("http") and self.href not in words:
                self.current.append(f" <{self.href[:2000]}> ")
            self.href = None

    def handle_data(self, data: str) -> None:
        if self.unseen:
            return
        self.current.append(data)
        if self.href:
            self.anchor.append(data)

    def finish(self) -> PageWords:
        self._break()
        self.page.text = "\n".join(self.lines).strip()
        return self.page


def _nests_too_deep(html: str) -> bool:
    depth = 0
    for tag in _TAG.finditer(html):
        if tag[2].lower() not in _VOID:
            depth = max(depth - 1, 0) if tag[1] else depth + 1
            if depth > MAX_NESTING:
                return True
    return False


def page_words(html: str) -> PageWords:
    """Words, links and pictures of a page, cleaned first (nh3), so that broken or hostile markup costs nothing. Never raises.

    A link's address stands in angle brackets after its words.
    """
    html = html[:MAX_HTML].replace("\x00", "")
    if _nests_too_deep(html):
        return PageWords(text="\n".join(line for line in (" ".join(part.split()) for part in re.sub(r"<[^<>]*>", "\n", html).split("\n")) if line))
    clean = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_DROPPED,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel=None,
    )
    reader = _Reader()
    reader.feed(clean)
    reader.close()
    return reader.finish()
