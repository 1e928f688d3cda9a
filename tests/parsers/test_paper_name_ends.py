"""Names of companies begin behind their label and end with the form of the company, whatever is printed close by."""

from __future__ import annotations

import pytest

from parsers.paper_name_ends import ended
from tests.parsers.paper_pages import page, the_paper, value


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("KING MAN KIN BEVERAGE LIMITED FLAT B, 9/F, WAH FUNG", "KING MAN KIN BEVERAGE LIMITED"),
        ("Wing Fung (Dyeing) Ltd., Unit 3", "Wing Fung (Dyeing) Ltd."),
        ("Unlimited Horizons Company Limited", "Unlimited Horizons Company Limited"),
        ("Harbour Limited Liability Partners", "Harbour Limited Liability Partners"),
        ("東莞永豐塑膠有限公司有限责任公司(港澳台投资、非独资)", "東莞永豐塑膠有限公司"),
        ("永豐漂染有限公司九龍觀塘道1號", "永豐漂染有限公司"),
        ("深圳永丰塑胶有限公司东莞分公司", "深圳永丰塑胶有限公司东莞分公司"),
        ("東莞永豐紙品廠", "東莞永豐紙品廠"),
    ],
)
def test_a_name_ends_with_the_form_of_its_company(text: str, name: str) -> None:
    assert ended(text) == name


def test_the_label_of_a_table_is_no_name_of_a_company() -> None:
    paper = the_paper(
        page(
            ("CERTIFICATE OF INCORPORATION", 18), ("公司註冊證明書", 18), "No. 1234567", "I hereby certify that",
            [(60, "Company Name 公司名稱"), (260, "GREEN HARVEST LIMITED")], [(60, "Name"), (260, "綠豐環保有限公司")],
            "is this day incorporated in Hong Kong under the Companies Ordinance (Chapter 622) and is a limited company.",
            "Issued on 2 May 2019",
        )
    )  # fmt: skip
    assert (value(paper, "name"), value(paper, "name_zh")) == ("GREEN HARVEST LIMITED", "綠豐環保有限公司")
