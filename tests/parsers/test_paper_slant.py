"""A page photographed askew is read as if it lay straight, and its values are shown where they stand on the photograph."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.paper_slant import LEVEL, Slant, slant_of
from parsers.values import Page, Read
from tests.parsers.paper_pages import page, the_paper, value


def askew(straight: Page, slope: float, grows: float = 0.0) -> Page:
    """The page with each word moved down by slope x its distance from the left; the slope grows with the depth."""
    words = []
    for word in straight.words:
        x0, top, x1, bottom = word.box
        fall = (slope + grows * (top + bottom) / 2) * (x0 + x1) / 2
        rise = abs(slope) * (x1 - x0) / 2  # the box around a slanting word is higher than its print
        words.append(word.model_copy(update={"box": (x0, top + fall - rise, x1, bottom + fall + rise)}))
    return straight.model_copy(update={"words": tuple(words)})


STRAIGHT = page(
    ("BUSINESS REGISTRATION CERTIFICATE", 14),
    [(60, "Name of Business/"), (300, "GREEN HARVEST LIMITED")],
    [(60, "Corporation"), (300, "綠豐環保有限公司")],
    [(60, "Business/"), (300, "* * * *")],
    [(60, "Nature of Business"), (300, "TRADING")],
    [(60, "Status"), (300, "BODY CORPORATE")],
    [(60, "Date of Commencement"), (200, "Date of Expiry"), (330, "Certificate No."), (480, "Fee and Levy")],
    [(60, "01/06/2024"), (200, "31/05/2025"), (330, "12345678-000-06-24-1"), (480, "$2,250")],
    ocr=True,
)


@pytest.mark.parametrize("slope", [-0.08, -0.03, 0.02, 0.05, 0.08])
def test_a_certificate_photographed_askew_is_read_like_a_straight_one(slope: float) -> None:
    paper = the_paper(askew(STRAIGHT, slope))
    read = [value(paper, key) for key in ("name", "name_zh", "br_number", "commenced_on", "expires_on")]
    assert read == ["GREEN HARVEST LIMITED", "綠豐環保有限公司", "12345678", "2024-06-01", "2025-05-31"]


def test_a_value_is_shown_where_it_stands_on_the_photograph() -> None:
    photograph = askew(STRAIGHT, 0.06)
    seen = next(word.box for word in photograph.words if word.text == "31/05/2025")
    field = the_paper(photograph).fields["expires_on"]
    assert isinstance(field, Read)
    assert field.evidence.box is not None
    assert field.evidence.box[1] <= (seen[1] + seen[3]) / 2 <= field.evidence.box[3]
    assert field.evidence.box[1] == pytest.approx(seen[1], abs=6)


def test_a_digital_page_is_never_taken_as_askew() -> None:
    assert slant_of(STRAIGHT.model_copy(update={"source": "text"})) == LEVEL


@given(st.floats(-0.2, 0.2), st.floats(-1e-4, 1e-4), st.floats(0, 500), st.floats(0, 800))
def test_bringing_a_box_level_and_back_keeps_its_middle(at_top: float, grows: float, left: float, top: float) -> None:
    slant, box = Slant(at_top, grows), (left, top, left + 40, top + 12)
    back = slant.as_seen(slant.levelled(box))
    assert (back[1] + back[3]) / 2 == pytest.approx(top + 6, abs=1.5)
