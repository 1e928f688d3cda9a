"""A letter's HTML as it can stand within a page of the site: its words and their order, without styles, links or anything that loads or runs."""

from __future__ import annotations

import nh3

_KEPT = {"p", "br", "strong", "em", "h1", "h2", "h3", "ol", "ul", "li", "table", "tbody", "tr", "td", "th", "div", "span", "b", "i"}


def shown_html(html: str) -> str:
    """The letter's body, clean: safe to be put into a page as it is."""
    return nh3.clean(
        html, tags=_KEPT, attributes={"ol": {"start"}, "div": {"lang"}}, clean_content_tags={"script", "style", "title"}, strip_comments=True
    )
