"""Evidence stands on the value as a person sees it, however the sheet was turned, cut, mirrored or photographed."""

from __future__ import annotations

import random

import pytest

from parsers.folding import fold_key
from parsers.page_frame import covered
from parsers.read_file import read_file
from parsers.read_limits import ReadLimits
from tests.corpus.forms import printed, retyped
from tests.corpus.media_sets import KEPT_APART, MEDIA
from tests.corpus.people import invent


@pytest.mark.slow
@pytest.mark.parametrize("medium", ["photo white table", "Rotate 270, CropBox"])
def test_words_stand_where_their_values_were_drawn(medium: str) -> None:
    dice = random.Random(8)
    applicant = invent(dice, form="A", connection="hk_factory", language="en")
    pdf, drawn = retyped(applicant, dice, "table")
    sent = {**MEDIA, **KEPT_APART}[medium](pdf, dice)
    page = read_file(sent.data, sent.kind, ReadLimits(max_pages=1)).pages[0]
    values = {key: fold_key(printed(key, applicant.values[key])) for key, (number, _) in drawn.items() if number == 1}
    found = 0
    for key, value in values.items():
        _, place = sent.place(*drawn[key])
        room = (place[0] - 3, place[1] - 3, place[2] + 3, place[3] + 3)
        there = [word for word in page.words if covered(word.box, room) > 0.6]
        found += fold_key("".join(word.text for word in there)) == value
    assert found >= 0.7 * len(values)
