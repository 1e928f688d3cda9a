"""Pages of impossible size, as telephones state them, are read at the size of a sheet of paper."""

from __future__ import annotations

import pytest

from parsers.upright import fields_as_displayed, held_upright, sheet_scale
from parsers.values import Evidence, Method, Page, Read, Upright, Word

TELEPHONE = Page(number=1, width=1654, height=2339, words=(Word(text="電話", box=(100, 200, 160, 240)),), cells=((90, 190, 400, 250),), source="ocr")


def _read_at(box: tuple[float, float, float, float]) -> dict[str, Read]:
    evidence = Evidence(document="a.jpg", part="2", page=1, box=box, quote="", method=Method.OCR, confidence=0.9)
    return {"contact.phone": Read(key="contact.phone", value="+85223456789", text="2345 6789", evidence=evidence)}


def test_a_photograph_of_two_metres_is_read_as_a_sheet() -> None:
    held = held_upright(TELEPHONE)
    assert held.height == pytest.approx(842)
    assert held.words[0].box == pytest.approx((36, 72, 57.6, 86.4), abs=0.1)


def test_its_evidence_stands_on_the_photograph_as_it_was_sent() -> None:
    held = held_upright(TELEPHONE)
    back = fields_as_displayed(_read_at(held.words[0].box), [TELEPHONE])["contact.phone"].evidence
    assert back is not None
    assert back.box == pytest.approx((100, 200, 160, 240), abs=0.1)


@pytest.mark.parametrize("size", [(595, 842), (612, 792), (842, 1191), (420, 595)])
def test_a_sheet_of_paper_is_left_as_it_is(size: tuple[float, float]) -> None:
    page = Page(number=1, width=size[0], height=size[1], source="text")
    assert held_upright(page) is page


def test_a_turned_photograph_is_scaled_and_put_back_too() -> None:
    quarter = Upright(matrix=(0.0, 1.0, 0.0, -1.0, 0.0, 1654.0, 0.0, 0.0, 1.0), width=2339, height=1654)
    page = TELEPHONE.model_copy(update={"upright": quarter})
    held = held_upright(page)
    assert sheet_scale(page) == pytest.approx(842 / 2339)
    back = fields_as_displayed(_read_at(held.words[0].box), [page])["contact.phone"].evidence
    assert back is not None
    assert back.box == pytest.approx((100, 200, 160, 240), abs=0.5)
