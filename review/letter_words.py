"""A letter's HTML as it can be shown on the site: its words and their order, without links or anything that loads or runs."""

from __future__ import annotations

import html as markup

import nh3

_KEPT = {"p", "br", "strong", "em", "h1", "h2", "h3", "ol", "ul", "li", "table", "tbody", "tr", "td", "th", "div", "span", "b", "i"}
_GONE = {"script", "style", "title"}  # with what stands in them
_LOOKS = {  # properties that cannot load anything
    "color", "font-size", "font-weight", "font-family", "line-height", "margin", "padding", "margin-top", "padding-top", "max-width",
    "border-top", "border-collapse", "vertical-align", "overflow-wrap",
}  # fmt: skip


def shown_html(html: str) -> str:
    """The letter's body, clean: safe to be put into a page as it is."""
    return nh3.clean(html, tags=_KEPT, attributes={"ol": {"start"}, "div": {"lang"}}, clean_content_tags=_GONE, strip_comments=True)


def with_its_looks(html: str, subject: str) -> str:
    """The letter as a page of its own with its own looks, as a mail program shows it; what would load or run is taken out."""
    kept = {"*": {"style", "lang"}, "ol": {"start"}}
    body = nh3.clean(html, tags=_KEPT, attributes=kept, clean_content_tags=_GONE, filter_style_properties=_LOOKS, strip_comments=True)
    return f'<!doctype html>\n<html><head><meta charset="utf-8"><title>{markup.escape(subject)}</title></head><body>\n{body}\n</body></html>\n'
