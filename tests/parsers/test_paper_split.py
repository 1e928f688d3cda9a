"""A file of several papers is cut where a new paper begins; continuation pages stay with their paper; every page belongs to exactly one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.papers import meant_by_name, papers_of
from parsers.values import FileKind, FileRead, Page, Problem
from tests.parsers.paper_pages import catalogue, file_of, page, papers_in, part_named, the_paper

CLAUSES = [f"{number}. The parties shall keep the accounts of clause {number} for inspection at all times." for number in range(1, 9)]


def certificate() -> Page:
    return page(
        ("BUSINESS REGISTRATION CERTIFICATE 商業登記證", 14),
        [(60, "Date of Expiry 屆滿日期"), (250, "31/05/2025")],
        [(60, "Certificate No."), (250, "12345678-000-06-24-1")],
    )


def incorporation() -> Page:
    return page(
        ("CERTIFICATE OF INCORPORATION", 16),
        ("公司註冊證明書", 16),
        "I hereby certify that",
        "GREEN HARVEST LIMITED",
        "is this day incorporated in Hong Kong",
    )


def annual_return(number: int = 1) -> Page:
    if number == 1:
        return page(
            [(60, "公司註冊處"), (420, "表格 NAR1")],
            ("周年申報表 Annual Return", 16),
            "1 公司名稱 Company Name",
            "GREEN HARVEST LIMITED",
            foot="第1頁 Page 1",
        )
    return page(
        [(60, "表格 Form"), (420, "NAR1")],
        "12 公司秘書 Company Secretary",
        "自然人 Natural Person",
        "CHAN Tai Man",
        "13 董事 Director",
        foot=f"第{number}頁 Page {number}",
    )


def licence() -> Page:
    return page(("营业执照", 30), ("(副本)", 12), [(60, "名 称"), (140, "深圳绿丰电子有限公司")], [(60, "法定代表人"), (140, "王强")], "登记机关")


def quotation(supplier: str, number: str, total: str = "88,000.00") -> Page:
    return page(
        (supplier, 16),
        ("QUOTATION", 14),
        "To: Green Harvest Limited",
        f"Quotation No.: {number}",
        "Description Qty Unit price Amount",
        f"Total HK${total}",
    )


def contract(number: int) -> Page:
    if number == 1:
        return page(("中外合资经营企业合同", 18), "第一章 总则", "合营公司的名称为深圳绿丰电子有限公司", *CLAUSES, foot="- 1 -")
    return page("第九章 违约责任", "合营公司一方不履行合同", *CLAUSES, "甲方(盖章) 乙方(盖章)", foot=f"- {number} -")


def form(number: int) -> Page:
    if number == 1:
        return page(
            ("Cleaner Production Partnership Programme", 12),
            ("Application Form A", 14),
            [(60, "Name of Applicant (English)"), (260, "GREEN HARVEST LIMITED")],
            [(60, "Business Registration No."), (260, "12345678")],
            [(60, "Contact Person"), (260, "Chan Tai Man")],
            [(60, "Telephone"), (260, "2345 6789")],
            foot="Page 1",
        )
    return page(
        ("Cleaner Production Partnership Programme", 12),
        [(60, "Project Title"), (260, "Audit")],
        [(60, "Commencement Date"), (260, "1/3/2024")],
        [(60, "Completion Date"), (260, "31/5/2024")],
        [(60, "Name of Signatory"), (260, "Chan Tai Man")],
        [(60, "Date of Signature"), (260, "1/2/2024")],
        foot="Page 2",
    )


def ranges(*pages: Page, name: str | None = None) -> list[tuple[str, int, int]]:
    return [(paper.kind, paper.first_page, paper.last_page) for paper in papers_in(*pages, name=name)]


def test_four_papers_scanned_into_one_file_are_four_papers() -> None:
    assert ranges(certificate(), incorporation(), annual_return(), licence()) == [
        ("br_certificate", 1, 1),
        ("certificate_of_incorporation", 2, 2),
        ("annual_return", 3, 3),
        ("mainland_business_licence", 4, 4),
    ]


def test_a_whole_application_in_one_file_is_cut_at_every_heading() -> None:
    assert ranges(form(1), form(2), certificate(), contract(1), contract(2), quotation("Sun Fat Machinery Co. Ltd.", "SF-1")) == [
        ("application_form", 1, 2),
        ("br_certificate", 3, 3),
        ("joint_venture_agreement", 4, 5),
        ("quotation", 6, 6),
    ]


def test_later_pages_of_a_contract_stay_with_it_even_where_they_name_other_papers() -> None:
    middle = page("第五章 领取营业执照后三个月内缴付出资", "报价单由甲方保管", *CLAUSES, foot="- 2 -")
    assert ranges(contract(1), middle, contract(3)) == [("joint_venture_agreement", 1, 3)]


def test_an_annual_return_of_three_pages_is_one_paper() -> None:
    assert ranges(annual_return(1), annual_return(2), annual_return(3)) == [("annual_return", 1, 3)]


def test_two_quotations_of_different_suppliers_are_two_papers() -> None:
    assert ranges(quotation("Sun Fat Machinery Co. Ltd.", "SF-1"), quotation("Wing Cheong Engineering Limited", "WC-7")) == [
        ("quotation", 1, 1),
        ("quotation", 2, 2),
    ]


def test_two_quotations_of_one_supplier_with_different_numbers_are_two_papers() -> None:
    assert ranges(quotation("Sun Fat Machinery Co. Ltd.", "SF-1"), quotation("Sun Fat Machinery Co. Ltd.", "SF-2")) == [
        ("quotation", 1, 1),
        ("quotation", 2, 2),
    ]


def test_quotations_whose_number_stands_below_its_label_are_not_one_paper() -> None:
    def offer(supplier: str, number: str) -> Page:
        return page(
            (supplier, 16),
            [(60, "Quote to"), (400, "Quotation no.")],
            [(60, "Green Harvest Limited"), (400, number)],
            "Description Qty Unit price Amount",
            "Grand total HK$88,000.00",
        )

    assert len(papers_in(offer("Sun Fat Machinery Limited", "QT-24101"), offer("Blue Kettle Engineering Limited", "QT-24777"))) == 2


def test_the_number_of_an_item_at_the_foot_is_no_page_number_of_a_headed_page() -> None:
    first, second = quotation("Sun Fat Machinery Limited", "SF-1"), quotation("Blue Kettle Engineering Limited", "BK-7")
    listed = page(
        ("Blue Kettle Engineering Limited", 16), ("QUOTATION", 14), "To: Green Harvest Limited", "Quotation No.: BK-7",
        "Description Qty Unit price Amount", "Total HK$88,000.00", "3",
    )  # fmt: skip
    assert len(papers_in(first, listed)) == len(papers_in(first, second)) == 2


def test_the_second_page_of_a_quotation_with_its_letterhead_and_number_repeated_is_the_same_paper() -> None:
    first = page(
        ("Sun Fat Machinery Co. Ltd.", 16), ("QUOTATION", 14), "Quotation No.: SF-1", "Description Qty Unit price Amount", foot="Page 1 of 2"
    )
    second = page(
        ("Sun Fat Machinery Co. Ltd.", 16),
        ("QUOTATION", 14),
        "Quotation No.: SF-1",
        "Description Qty Unit price Amount",
        "Total HK$88,000.00",
        foot="Page 2 of 2",
    )
    assert ranges(first, second) == [("quotation", 1, 2)]


def test_the_second_page_of_a_quotation_with_terms_alone_stays_with_it() -> None:
    terms = page("Terms and conditions", *CLAUSES, "Accepted by:")
    assert ranges(quotation("Sun Fat Machinery Co. Ltd.", "SF-1"), terms) == [("quotation", 1, 2)]


def test_a_separator_sheet_belongs_to_the_paper_before_it() -> None:
    assert ranges(certificate(), page(), incorporation()) == [("br_certificate", 1, 2), ("certificate_of_incorporation", 3, 3)]


def test_pages_fed_backwards_are_still_one_form() -> None:
    assert ranges(form(2), form(1), certificate()) == [("application_form", 1, 2), ("br_certificate", 3, 3)]


def test_a_contract_fed_backwards_is_one_paper() -> None:
    assert ranges(contract(2), contract(1)) == [("joint_venture_agreement", 1, 2)]


def test_two_forms_in_one_file_are_two_papers() -> None:
    assert ranges(form(1), form(2), form(1), form(2)) == [("application_form", 1, 2), ("application_form", 3, 4)]


def test_the_printed_back_of_a_certificate_stays_with_it() -> None:
    back = page(
        "Please note the provisions of the Business Registration Ordinance. 繳款印記 Payment imprint",
        "A certificate shall be displayed. Fee and Levy 登記費及徵費",
    )
    assert ranges(certificate(), back)[0] == ("br_certificate", 1, 2)


def test_a_photograph_after_a_certificate_is_another_paper() -> None:
    leaflet = page(("Sun Fat spray booth", 20), "A spray booth with water curtain, fan, lamps and exhaust filter for furniture makers", *CLAUSES)
    assert ranges(certificate(), leaflet) == [("br_certificate", 1, 1), ("other", 2, 2)]


def test_a_later_page_alone_in_its_file_is_what_the_file_name_says_if_its_words_agree() -> None:
    assert the_paper(contract(2), name="合資合同_2.jpg").kind == "joint_venture_agreement"
    assert the_paper(page(("DANGER", 30), *CLAUSES), name="合資合同_2.jpg").kind == "other"


def test_file_names_tell_what_an_unreadable_file_was_meant_to_be() -> None:
    expected = {
        "01 BR Certificate.pdf": "br_certificate",
        "BR.pdf": "br_certificate",
        "商业登记证.jpg": "br_certificate",
        "1.商業登記証副本.pdf": "br_certificate",
        "CI.pdf": "certificate_of_incorporation",
        "公司註冊證明書.pdf": "certificate_of_incorporation",
        "NAR1 2023.pdf": "annual_return",
        "3.周年申報表NAR1.pdf": "annual_return",
        "营业执照副本.jpg": "mainland_business_licence",
        "04 Business Licence (Mainland).pdf": "mainland_business_licence",
        "報價單2.pdf": "quotation",
        "Quotation_3.pdf": "quotation",
        "項目計劃書.pdf": "project_plan",
        "05 Project Plan.pdf": "project_plan",
        "建議書.pdf": "provider_proposal",
        "股東身份證副本.pdf": "resident_identity",
        "HKID copy.png": "resident_identity",
        "股東資料.pdf": "mainland_shareholding_proof",
        "Tenancy or licence.pdf": "premises_proof",
        "租約或牌照.pdf": "premises_proof",
        "5.來料加工合同.pdf": "processing_agreement",
        "合資合同.pdf": "joint_venture_agreement",
        "批准證書.pdf": "foreign_investment_approval",
        "Constitution.pdf": "constitution",
        "Registration.pdf": "organisation_registration",
        "CPPP application form (signed).pdf": "application_form",
        "申請表.pdf": "application_form",
        "社團註冊證明書.pdf": "organisation_registration",
        "demand note.pdf": "br_demand_note",
        "scan0041.pdf": None,
        "IMG_2031.jpg": None,
        "brochure.pdf": None,
        "其他資料.pdf": None,
        "Calibration.pdf": None,
    }
    assert {name: meant_by_name(name, catalogue()) for name in expected} == expected
    assert meant_by_name(None, catalogue()) is None


def test_a_file_that_could_not_be_opened_says_why_and_what_it_was_meant_to_be() -> None:
    locked = FileRead(sha256="0" * 64, kind=FileKind.PDF, outcome="encrypted")
    (paper,) = papers_of(part_named("報價單1.pdf"), locked, catalogue())
    assert (paper.kind, paper.problems, paper.meant) == ("other", (Problem.ENCRYPTED,), "quotation")


def test_a_blank_scan_is_blank() -> None:
    white = page(ocr=True).model_copy(update={"notes": ("blank",)})
    (paper,) = papers_of(part_named("BR Certificate.pdf"), file_of(white), catalogue())
    assert (paper.kind, paper.problems, paper.meant) == ("other", (Problem.BLANK,), "br_certificate")


def test_a_scan_of_which_hardly_a_word_could_be_read_is_unreadable() -> None:
    (paper,) = papers_in(page("B~ i; l", "..t", ocr=True, confidence=0.3), name="NAR1.pdf")
    assert (paper.problems, paper.meant) == ((Problem.UNREADABLE,), "annual_return")


_ANY = st.sampled_from(
    [
        certificate,
        incorporation,
        annual_return,
        licence,
        lambda: contract(1),
        lambda: contract(2),
        lambda: form(1),
        lambda: form(2),
        page,
        lambda: quotation("Sun Fat Co. Ltd.", "SF-1"),
    ]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(_ANY, min_size=1, max_size=7))
def test_every_page_belongs_to_exactly_one_paper(makers: list[object]) -> None:
    pages = [maker() for maker in makers]  # type: ignore[operator]
    covered = [number for paper in papers_in(*pages) for number in range(paper.first_page, paper.last_page + 1)]
    assert covered == list(range(1, len(pages) + 1))
