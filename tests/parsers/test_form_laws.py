"""What holds of every form, whatever stands on it: reading never raises, every field is answered, and evidence lies on the form."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parsers.values import Missing
from tests.parsers.form_pages import catalogue, form_page, read

_PIECES = st.sampled_from(
    ["Tel", "Tel:", "電話", "Contact Person", "BR No.", "12345678", "☑", "☐", "(X)", "Textiles", "____", "Authorised Signature", "公司蓋章",
     "簽署日期",
     "3/4/2025", "Name", "1. Declaration", "永豐漂染有限公司", "HK$ 80,000", "N/A", "是", "否", "\u3000", "(", "：", "office@wingfung.example"]
)  # fmt: skip
_LINES = st.lists(_PIECES, max_size=5).map("  ".join)
_ROWS = st.lists(st.one_of(_LINES, st.tuples(_LINES, _LINES)), max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_ROWS, st.sampled_from([1.0, 0.95, 0.4]))
def test_every_field_of_a_form_is_answered_whatever_stands_on_it(rows: list[str | tuple[str, ...]], confidence: float) -> None:
    reading = read(form_page("Application Form B - Demonstration Project", *rows, confidence=confidence))
    assert set(reading.fields) == {spec.key for spec in catalogue().fields_of("B")}
    for key, field in reading.fields.items():
        assert field.key == key
        if not isinstance(field, Missing) or field.evidence:
            assert field.evidence is not None
            assert 0 <= field.evidence.confidence <= 1
            assert field.evidence.page == 1


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_ROWS)
def test_reading_a_form_twice_says_the_same(rows: list[str | tuple[str, ...]]) -> None:
    page = form_page(*rows)
    assert read(page) == read(page)
