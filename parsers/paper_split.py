"""Where in a file one paper ends and the next begins: by new headings, printed page numbers, and who a repeated heading speaks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from parsers.catalogue import Catalogue
from parsers.folding import compatible
from parsers.paper_kinds import FORM, OTHER, TITLED, PageView

_NUMBERS = (
    re.compile(r"^\W*(?:page|p\.?|頁|页)\s*(?P<n>\d{1,3})\s*(?:of|/)\s*(?P<m>\d{1,3})\W*$", re.IGNORECASE),
    re.compile(r"(?:page|頁碼|页码)\s*[:\uff1a]?\s*(?P<n>\d{1,3})\s*(?:of|/)\s*(?P<m>\d{1,3})", re.IGNORECASE),
    re.compile(r"第\s*(?P<n>\d{1,3})\s*[頁页]\s*[,\uff0c/]?\s*共\s*(?P<m>\d{1,3})\s*[頁页]"),
    re.compile(r"共\s*(?P<m>\d{1,3})\s*[頁页]\s*[,\uff0c/]?\s*第\s*(?P<n>\d{1,3})\s*[頁页]"),
    re.compile(r"第\s*(?P<n>\d{1,3})\s*[頁页](?P<m>)"),
    re.compile(r"^\W*(?:page|p\.?)\s*(?P<n>\d{1,3})\W*$(?P<m>)", re.IGNORECASE),
    re.compile(r"\bpage\s*(?P<n>\d{1,3})\b(?P<m>)", re.IGNORECASE),
    re.compile(r"^\s*[-–—]\s*(?P<n>\d{1,3})\s*[-–—]\s*$(?P<m>)"),
    re.compile(r"^\s*(?P<n>\d{1,3})\s*/\s*(?P<m>\d{1,3})\s*$"),
    re.compile(r"^\s*(?P<n>\d{1,2})\s*$(?P<m>)"),
)
_SELF = re.compile(
    r"(?:quotation\s*(?:no|number|ref)|quote\s*(?:no|number)|our\s*ref|ref(?:erence)?\s*no|報價單?\s*(?:編號|号|號碼)|报价单?\s*(?:编号|号)|檔號|编号|編號)"
    r"[\s.:\uff1a#]*(?=[A-Z/_-]*\d)([A-Z0-9][A-Z0-9/_-]{2,24})",
    re.IGNORECASE,
)
_QUOTATION = "quotation"
_SALUTATION = re.compile(r"^\W*(?:dear\s+(?:sirs?|madam|mr|ms|mrs|miss)\b|敬啟者|敬启者|執事先生|尊敬的)", re.IGNORECASE)
_ADDRESSED = re.compile(r"^\W*(?:to|attn|messrs|customer|client|致|客戶(?:名稱)?|客户(?:名称)?)\s*[.:\uff1a]", re.IGNORECASE)
_DATED = re.compile(r"^\W*(?:date|dated|日期|報價日期|报价日期)\s*[.:\uff1a]|\d{4}\s*年", re.IGNORECASE)
_MUCH_TEXT = 60  # folded characters that make a page more than a stamp on the back
_ENOUGH_SIGNS = 4


class Numbering(NamedTuple):
    """The printed page number, and the number of pages where it is printed."""

    page: int
    of: int | None


class Run(NamedTuple):
    """Pages that belong together: one paper, and its kind with the view that told it."""

    kind: str
    views: tuple[PageView, ...]
    told_by: PageView


def split(views: Sequence[PageView], catalogue: Catalogue, *, identity: Callable[[PageView, str], str]) -> tuple[Run, ...]:
    """The papers of a file in page order; every page is in exactly one.

    ``identity`` gives the key of whoever issued a page (a quotation's supplier), or "" where it cannot be told.
    """
    one_sheet = {spec.code for spec in catalogue.documents if spec.one_sheet}
    runs: list[Run] = []
    held: list[PageView] = []  # later pages that came before their first page
    for index, view in enumerate(views):
        following = views[index + 1] if index + 1 < len(views) else None
        if _comes_before_its_first_page(view, following, runs):
            held.append(view)
            continue
        if held:
            kind = kind_of(view)
            runs.append(Run(kind, (*held, view), view))
            held = []
        elif runs and _continues(runs[-1], view, one_sheet, identity):
            runs[-1] = _joined(runs[-1], view)
        else:
            runs.append(Run(kind_of(view), (view,), view))
    return tuple(runs)


def kind_of(view: PageView) -> str:
    """The kind that a page shows by itself; ``other`` where neither heading nor enough signs tell it."""
    best = view.best
    if best.kind == FORM:
        return FORM if best.score >= TITLED else OTHER
    if best.title >= TITLED:
        return best.kind
    if best.signs >= _ENOUGH_SIGNS and (best.title > 0.2 or best.signs >= _ENOUGH_SIGNS + 2):
        return best.kind
    return best.kind if best.title >= 0.3 and best.signs > 2 else OTHER


def numbering(view: PageView) -> Numbering | None:
    """The page number printed at the foot or the head of a page, where there is one."""
    pieces = [piece for row in (*view.rows[-3:], *view.rows[:2]) for piece in row.pieces]
    for pattern in _NUMBERS:
        for piece in pieces:
            match = pattern.search(compatible(piece.text))
            if match and 0 < int(match["n"]) <= 300:
                return Numbering(int(match["n"]), int(match["m"]) if match["m"] else None)
    return None


def is_empty(view: PageView) -> bool:
    """Whether a page holds next to nothing: a separator, the back of a sheet."""
    return len(view.text.key) < 12 and not view.page.widgets


def _comes_before_its_first_page(view: PageView, following: PageView | None, runs: Sequence[Run]) -> bool:
    """A page numbered n > 1 without a heading whose next page is numbered n - 1: fed backwards."""
    if following is None or view.best.title >= TITLED:
        return False
    here, after = numbering(view), numbering(following)
    if here is None or after is None or here.page < 2 or after.page != here.page - 1:
        return False
    before = numbering(runs[-1].views[-1]) if runs else None
    return before is None or before.page != here.page - 1


def _continues(run: Run, view: PageView, one_sheet: set[str], identity: Callable[[PageView, str], str]) -> bool:
    if is_empty(view) or (is_empty(run.views[-1]) and len(run.views) == 1 and not view.best.title >= TITLED):
        return is_empty(view)
    here, before = numbering(view), numbering(run.views[-1])
    kind = kind_of(view)
    goes_on = here is not None and here.page > 1 and _follows(here, before, headed=view.best.title >= TITLED)
    if not goes_on and run.kind != FORM and _opens_a_letter(view):
        return False
    if kind == run.kind:
        return _same_paper(run, view, goes_on, here, identity)
    if view.best.title >= TITLED and kind != OTHER:
        return goes_on and before is not None and here is not None and here.of is not None and here.of == before.of and run.kind not in one_sheet
    if kind not in (OTHER, run.kind):
        return goes_on and run.kind not in one_sheet and view.best.title < 0.3
    if view.best.title >= TITLED:  # a heading of another paper of no kind that counts
        return goes_on and run.kind not in one_sheet
    if run.kind in one_sheet:
        return len(view.text.key) < _MUCH_TEXT or view.like(run.kind).signs >= 2
    return here is None or here.page != 1 or run.kind == OTHER


def _follows(here: Numbering, before: Numbering | None, *, headed: bool) -> bool:
    """Whether a page number goes on from the page before. Where that has none, a mere number on a page with a heading may be anything."""
    return here.page == before.page + 1 if before is not None else here.of is not None or not headed


def _opens_a_letter(view: PageView) -> bool:
    """Whether a page begins as a letter does: a salutation, or an addressee with a date or a number of its own, in its upper half."""
    rows = [row for row in view.rows[:16] if row.box[1] < 0.5 * view.page.height]
    pieces = [compatible(piece.text) for row in rows for piece in row.pieces]
    if any(_SALUTATION.match(text) for text in pieces):
        return True
    return view.best.kind == _QUOTATION and any(_ADDRESSED.match(text) for text in pieces) and any(_DATED.search(text) for text in pieces)


def _same_paper(run: Run, view: PageView, goes_on: bool, here: Numbering | None, identity: Callable[[PageView, str], str]) -> bool:
    """Two pages of one kind in a row: the same paper unless the second starts afresh."""
    if goes_on:
        return True
    if run.kind == FORM:
        return not (
            view.best.title >= TITLED
            and run.views[0].best.title >= TITLED
            and _heading_key(view) == _heading_key(run.views[0])
            and here is not None
            and here.page == 1
        )
    own, known = _own_number(view), _own_number(run.views[0])
    if run.kind == _QUOTATION and own and known and own != known:
        return False
    if view.best.title < TITLED:
        return not (run.kind == OTHER and run.told_by.best.title < TITLED and here is not None and here.page == 1)
    if own and known:
        return own == known
    one, other = identity(view, run.kind), identity(run.views[0], run.kind)
    return bool(one and other and one == other and here is not None and here.page > 1)


def _joined(run: Run, view: PageView) -> Run:
    better = kind_of(view) == run.kind and view.like(run.kind).score > run.told_by.like(run.kind).score
    return Run(run.kind, (*run.views, view), view if better else run.told_by)


def _heading_key(view: PageView) -> str:
    return view.best.heading.key if view.best.heading else ""


def _own_number(view: PageView) -> str:
    """The number that a paper gives itself (quotation number, contract number), folded; "" where none is printed in its upper half."""
    rows = view.rows[: max(6, len(view.rows) // 2)]
    match = _SELF.search(" ".join(compatible(piece.text) for row in rows for piece in row.pieces))
    return match[1].casefold() if match else ""
