"""What kind of paper a page looks like: told by its heading (place and size), then by phrases that speak for a kind, never by one word."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from statistics import median
from typing import NamedTuple

from parsers.catalogue import Catalogue, DocumentSpec
from parsers.form_reading import form_likeness
from parsers.label_wording import Wording, asked_by
from parsers.labels import label_book
from parsers.paper_lines import Piece, Row, piece_of, rows_of
from parsers.paper_phrases import Phrase, Said, nearly_stands_in, phrase, said, share_of, stands_in
from parsers.paper_slant import LEVEL, Slant, levelled, slant_of
from parsers.values import Page

OTHER = "other"
FORM = "application_form"
_NEARLY_ALL_LABELS = 0.9  # likeness of a page with a dozen labels of the form
TITLED = 0.55  # heading strength from which a page is a paper's first page
_SIGNS_WEIGH = 0.75
_NAMED_IN_A_SUBJECT = 0.5  # 'Re: Business Registration Certificate' heads a letter about it; a quotation by letter has other signs too
_SUBJECT = re.compile(r"^\W*(?:re|ref|subject|subj|enclos\w*|encl|attach\w*|有關|关于|關於|事由|主題|附件|附上|隨函)\s*[.:\uff1a]", re.IGNORECASE)
_NUMBERED = re.compile(r"^\W*(?:[A-Za-z]?\d{0,2}(?:\.\d{1,2})*[.)\u3001\uff0e:]\s*|[A-Za-z]?\d{1,2}(?:\.\d{1,2})*\s+)(?=\D)")
_IN_BRACKETS = re.compile(r"[(\uff08][^()\uff08\uff09]*[)\uff09]")
_WRITTEN_BEHIND = re.compile(r"\s*[:\uff1a]|\s+(?=\d)")
_SHORT, _SURELY_READ = 4, 0.99  # a heading of so few characters, so surely read, is no misread title of another wording
_STOPS = (".", "。", ";", "\uff1b", ",", "\uff0c")
_SIGNS_OF_ELSEWHERE = 1  # of a paper of another place as many phrases count: a Mainland lease has every word of a Hong Kong one
_CLEARLY_TITLED, _AHEAD = 0.9, 0.15  # heading strength of a form that outdoes the headings of all other kinds, and by how much
_SEVERAL_ANSWERS, _BY_ANSWERS = 3, 0.9  # long answers to the form's questions on one page, and the form's score where boxes stand by them
_BOXES = frozenset("☐☑☒□■○●❏✓✔[")
_EVERY_WORD = 0.99  # share of a label's letters that are understood
_MANY_LABELS = 0.85  # likeness to a form at which its labels alone tell it


class Likeness(NamedTuple):
    """How much a page looks like one kind: ``title`` 0 to 1.1 for its heading, ``signs`` the number of phrases found, ``score`` both together."""

    kind: str
    title: float
    signs: int
    score: float
    heading: Piece | None
    barred: bool = False  # a heading of the page rules this kind out


class PageView(NamedTuple):
    """A page as the papers' reader sees it, its lines level: its rows, what it says, and its likeness to each kind, best first."""

    page: Page
    rows: tuple[Row, ...]
    text: Said
    likenesses: tuple[Likeness, ...]
    slant: Slant = LEVEL

    @property
    def best(self) -> Likeness:
        return self.likenesses[0]

    def like(self, kind: str) -> Likeness:
        return next(each for each in self.likenesses if each.kind == kind)

    @property
    def confidence(self) -> float:
        """0 to 1: strength of the best likeness, its lead over the next, how well the page was read."""
        best = self.best
        rival = max((each.score for each in self.likenesses[1:] if each.title >= TITLED or best.title < TITLED), default=0.0)
        strength = min(1.0, best.score / 1.15)
        lead = min(1.0, max(0.0, best.score - rival) / 0.35)
        return round(min(0.99, strength * (0.55 + 0.45 * lead)) * self.legibility, 3)

    @property
    def legibility(self) -> float:
        """1 for digital text and good scans, less where the reader of the picture was unsure of its words."""
        return min(1.0, 0.15 + self.page.confidence)


def view_page(page: Page, catalogue: Catalogue) -> PageView:
    """Looks at one page on its own. The result depends on the page and the catalogue alone."""
    slant = slant_of(page)
    seen, page = page, levelled(page, slant)
    rows = rows_of(page)
    text = said(" ".join(piece.text for row in rows for piece in row.pieces))
    headings = _headings(page, rows)
    forgiving = page.source == "ocr"
    found = [_likeness(spec, headings, text, forgiving=forgiving) for spec in catalogue.documents]
    if forgiving:
        unclaimed = _unclaimed(headings, catalogue, text)
        found = [
            each if _is_elsewhere(spec, text) else _if_misread(each, spec, unclaimed) for each, spec in zip(found, catalogue.documents, strict=True)
        ]
    labels = _form_labels(catalogue, rows)
    likenesses = [_as_form(each, labels) if each.kind == FORM else each for each in found]
    likenesses = _without_labels_as_titles(likenesses, seen, catalogue)
    likenesses = _without_answers_as_titles(likenesses, text, seen, catalogue)
    if all(each.title < TITLED for each in likenesses if each.kind != FORM):
        likenesses = [_as_retyped_form(each, seen, catalogue) if each.kind == FORM else each for each in likenesses]
    likenesses = _as_titled_form(likenesses, seen, catalogue)
    return PageView(page, rows, text, tuple(sorted(likenesses, key=_rank)), slant)


def _rank(likeness: Likeness) -> tuple[bool, float, str]:
    """A heading outranks any number of phrases: an invoice may use every word of a quotation."""
    titled = likeness.title >= TITLED or (likeness.kind == FORM and likeness.score >= TITLED)
    return (not titled, -likeness.score, likeness.kind)


class _Heading(NamedTuple):
    piece: Piece
    said: Said
    weight: float  # by place and size


def _headings(page: Page, rows: Sequence[Row]) -> list[_Heading]:
    """Pieces that may be headings, with the weight that place and size give them; spaced-out rows count as one piece too."""
    pieces = [piece for row in rows for piece in row.pieces]
    if not pieces:
        return []
    usual = median(piece.height for piece in pieces for _ in range(max(1, len(piece.key))))
    top, bottom = min(piece.box[1] for piece in pieces), max(piece.box[3] for piece in pieces)
    headings = []
    for index, row in enumerate(rows):
        whole = [piece_of(row.words, row.page)] if len(row.pieces) > 1 and len(row.words) <= 12 else []
        for piece in (*row.pieces, *whole):
            depth = (piece.box[1] - top) / max(1.0, bottom - top)
            place = 1.0 if index < 6 or depth < 0.3 else 0.75 if depth < 0.5 else 0.35
            size = min(1.1, max(0.75, 0.92 + 0.4 * (piece.height / max(0.1, usual) - 1.0)))
            if 1 < len(piece.key) <= 120:
                headings.append(_Heading(piece, said(piece.text), place * size))
    return headings


@lru_cache(maxsize=256)
def _phrases(texts: tuple[str, ...]) -> tuple[Phrase, ...]:
    return tuple(sorted((phrase(text) for text in texts), key=lambda each: -len(each.key)))


def _likeness(spec: DocumentSpec, headings: Sequence[_Heading], text: Said, *, forgiving: bool) -> Likeness:
    title, heading = _best_heading(_present(spec.title, text), headings, _match)
    barred, _ = _best_heading(_present(spec.against, text), headings, _match)
    elsewhere = _is_elsewhere(spec, text)
    if (barred >= TITLED and barred > title - 0.15) or elsewhere:
        title *= 0.25
    finds = nearly_stands_in if forgiving and len(text.key) < 1500 else stands_in
    signs = sum(finds(each, text) for each in _phrases(spec.signs))
    signs = min(signs, _SIGNS_OF_ELSEWHERE) if elsewhere else signs
    spoken = _SIGNS_WEIGH * (1 - 0.72**signs)
    return Likeness(
        spec.code, title, signs, title + spoken if barred < TITLED or title >= TITLED else title + 0.3 * spoken, heading, barred >= TITLED
    )


def _is_elsewhere(spec: DocumentSpec, text: Said) -> bool:
    """Whether a page speaks of a paper of another place or purpose, and not of this one's."""
    return bool(_present(spec.elsewhere, text) and not _present(spec.here, text))


def _present(texts: tuple[str, ...], text: Said) -> tuple[Phrase, ...]:
    return tuple(each for each in _phrases(texts) if stands_in(each, text))


def _best_heading(
    titles: tuple[Phrase, ...], headings: Sequence[_Heading], match: Callable[[tuple[Phrase, ...], _Heading], float]
) -> tuple[float, Piece | None]:
    best, chosen = 0.0, None
    for heading in headings if titles else ():
        strength = heading.weight * match(titles, heading) if heading.weight > best else 0.0
        if strength > best:
            best, chosen = strength, heading.piece
    return best, chosen


def _unclaimed(headings: Sequence[_Heading], catalogue: Catalogue, text: Said) -> list[_Heading]:
    """The headings that are neither a kind's title nor a form's label as they stand, nor short and surely read: a misread title is one of them."""
    titles = [present for spec in catalogue.documents if (present := _present(spec.title, text))]
    free = [each for each in headings if each.weight >= 0.7 and not _SUBJECT.match(each.piece.text) and not each.piece.text.rstrip().endswith(_STOPS)]
    labels = label_book(catalogue).labels
    free = [each for each in free if each.piece.key not in labels and not (len(each.piece.key) <= _SHORT and each.piece.confidence >= _SURELY_READ)]
    wording = label_book(catalogue).wording
    free = [each for each in free if not _asks(each.piece.text, wording, surely=True)]  # 'place for the chop' is no misread 'articles of the company'
    return [heading for heading in free if all(_match(present, heading) < 0.7 for present in titles)]


def _if_misread(likeness: Likeness, spec: DocumentSpec, headings: Sequence[_Heading]) -> Likeness:
    if likeness.title >= TITLED or likeness.barred:
        return likeness
    title, heading = _best_heading(_phrases(spec.title), headings, _misread)
    return likeness._replace(title=title, heading=heading, score=likeness.score - likeness.title + title) if title > likeness.title else likeness


def _misread(titles: tuple[Phrase, ...], heading: _Heading) -> float:
    """How much of a piece is a title with a character or two misread; long sentences are not looked at."""
    size = len(heading.said.key)
    near = (title for title in titles if 0.6 * size <= len(title.key) <= size + 1 and nearly_stands_in(title, heading.said))
    share = max((len(title.key) / max(1, size) for title in near), default=0.0)
    return 0.95 if share >= 0.8 else 0.8 if share else 0.0


def _match(titles: tuple[Phrase, ...], heading: _Heading) -> float:
    """How much of a piece is the title: 1 for all of it, less for a title inside a longer heading, little for a title inside a sentence."""
    share = share_of(titles, heading.said)
    if not share:
        return 0.0
    if _SUBJECT.match(heading.piece.text):
        return _NAMED_IN_A_SUBJECT
    if share >= 0.8:
        return 1.0
    ends = any(
        heading.said.key.endswith(each.key) or (not each.chinese and heading.said.key.startswith(each.key)) for each in titles if len(each.key) > 2
    )
    sentence = len(heading.said.key) > 60 or heading.piece.text.rstrip().endswith(_STOPS)
    if ends and not sentence:
        return 0.85 if share >= 0.5 else 0.75 if share >= 0.2 else 0.6
    return 0.1 if sentence else 0.5 if share >= 0.5 else 0.35


def _form_labels(catalogue: Catalogue, rows: Sequence[Row]) -> int:
    """How many different fields of the application forms have their label at the start of a piece of the page."""
    starts = {piece.key for row in rows for piece in row.pieces}
    return sum(any(_starts(label, starts) for label in labels) for labels in _label_keys(tuple(spec.label for spec in catalogue.fields)))


def _starts(label: str, starts: set[str]) -> bool:
    return len(label) > 3 and (label in starts or any(start.startswith(label) for start in starts))


@lru_cache(maxsize=8)
def _label_keys(labels: tuple[object, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(phrase(getattr(label, name)).key for name in ("en", "zh_hant")) for label in labels)


def _as_form(likeness: Likeness, labels: int) -> Likeness:
    """A form's pages are known by its labels, heading or not; a heading without labels is a cover or another programme's form."""
    if labels < 2 and likeness.signs < 3:
        return likeness._replace(score=likeness.score * 0.5)
    by_labels = min(1.3, 0.12 * labels)
    return likeness._replace(score=max(likeness.score, likeness.title * 0.5 + by_labels + 0.12 * min(likeness.signs, 4)))


def _as_titled_form(likenesses: Sequence[Likeness], page: Page, catalogue: Catalogue) -> list[Likeness]:
    """A page headed as a form, with a dozen of its labels, is one whatever papers its labels name."""
    form = next(each for each in likenesses if each.kind == FORM)
    others = [each for each in likenesses if each.kind != FORM]
    outdone = form.title >= _CLEARLY_TITLED and form.title > max(each.title for each in others) + _AHEAD
    if form.barred or not outdone or form_likeness(page, catalogue) < _NEARLY_ALL_LABELS:
        return list(likenesses)
    return [*others, form._replace(score=max(form.score, max(each.score for each in others) + _AHEAD))]


def _without_labels_as_titles(likenesses: Sequence[Likeness], page: Page, catalogue: Catalogue) -> list[Likeness]:
    """Without titles that are labels of a form ('商业登记证号' among its first rows), on a page that is one by its many labels."""
    wording = label_book(catalogue).wording
    titled = [each for each in likenesses if each.kind != FORM and each.title >= TITLED]
    asking = [each for each in titled if each.heading is not None and _asks(each.heading.text, wording)]
    if not asking or len(asking) < len(titled) or form_likeness(page, catalogue) < _NEARLY_ALL_LABELS:
        return list(likenesses)
    return [each._replace(title=0.0, score=each.score - each.title, heading=None) if each in asking else each for each in likenesses]


def _without_answers_as_titles(likenesses: Sequence[Likeness], text: Said, page: Page, catalogue: Catalogue) -> list[Likeness]:
    """Without titles that are words of the form's own answers ('... under a compensatory trade agreement with the applicant'), on a page that prints
    several; with boxes beside them it is a page of the form."""
    printed = [answer for answer in label_book(catalogue).answers if answer in text.key]
    if len(printed) < _SEVERAL_ANSWERS:
        return list(likenesses)
    boxes = len(page.marks) + sum(word.text[:1] in _BOXES or word.struck for word in page.words) + 3 * sum(word.ringed for word in page.words)
    of_form = boxes >= _SEVERAL_ANSWERS
    found = [
        each._replace(title=0.0, score=each.score - each.title, heading=None)
        if each.kind != FORM and each.heading is not None and (of_form or any(each.heading.key in answer for answer in printed))
        else each
        for each in likenesses
    ]
    if not of_form:
        return found
    return [each._replace(score=max(each.score, _BY_ANSWERS)) if each.kind == FORM and not each.barred else each for each in found]


def _asks(text: str, wording: Wording, *, surely: bool = False) -> bool:
    """Whether a text is a label of a form, alone or with what is written behind it ('Business Registration Certificate No.: 2838 1688').

    ``surely``: every word of it is one of labels.
    """
    plain = _IN_BRACKETS.sub(" ", _NUMBERED.sub("", text))
    asked = asked_by(_WRITTEN_BEHIND.split(plain.strip(), maxsplit=1)[0], wording, forgiving=False)
    return asked is not None and bool(asked.keys) and (not surely or asked.understood >= _EVERY_WORD)


def _as_retyped_form(likeness: Likeness, page: Page, catalogue: Catalogue) -> Likeness:
    """A form in an applicant's own words (older labels, other layouts), where its labels are many or something else speaks for it."""
    if likeness.score >= TITLED or likeness.barred:
        return likeness
    like = form_likeness(page, catalogue)
    return likeness._replace(score=max(likeness.score, 1.1 * like)) if like >= _MANY_LABELS or (like > 0.5 and likeness.signs > 0) else likeness
