"""Papers are known by their headings, in either script and any layout; look-alikes are told apart; what is no known paper is `other`."""

from __future__ import annotations

import pytest

from parsers.values import Page
from tests.parsers.paper_pages import Line, page, the_paper

BODY = "The quick brown fox jumps over the lazy dog near the river bank every day."

PAPERS: list[tuple[str, str, list[Line]]] = [
    (
        "br_certificate",
        "one-year certificate",
        [
            ("BUSINESS REGISTRATION ORDINANCE", 11),
            ("(Chapter 310) 商業登記條例(第310章)", 10),
            ("BUSINESS REGISTRATION CERTIFICATE 商業登記證", 14),
            [(60, "Name of Business/"), (200, "GREEN HARVEST LIMITED")],
            [(60, "Date of Commencement"), (200, "Date of Expiry"), (330, "Certificate No."), (480, "Fee and Levy")],
            [(60, "01/06/2024"), (200, "31/05/2025"), (330, "12345678-000-06-24-1"), (480, "$2,250")],
            "RECEIVED 05/06/2024 $2,250.00",
        ],
    ),
    (
        "br_certificate",
        "branch certificate",
        [
            ("商業登記條例", 11),
            ("BRANCH REGISTRATION CERTIFICATE", 14),
            ("分行登記證", 14),
            [(60, "業務/分行名稱"), (200, "綠豐貿易")],
            "生效日期 屆滿日期",
        ],
    ),
    (
        "br_certificate",
        "Chinese only",
        [
            ("商 業 登 記 證", 18),
            [(60, "業務/法團所用名稱"), (200, "綠豐環保有限公司")],
            [(60, "生效日期"), (200, "2024年6月1日")],
            [(60, "屆滿日期"), (200, "2025年5月31日")],
        ],
    ),
    (
        "certificate_of_incorporation",
        "new style",
        [
            ("Business Registration No. 76543210", 10),
            ("CERTIFICATE OF INCORPORATION", 18),
            ("公司註冊證明書", 18),
            ("I hereby certify that", 11),
            ("GREEN HARVEST LIMITED", 14),
            "is this day incorporated in Hong Kong under the Companies Ordinance (Chapter 622)",
            "Issued on 3 January 2024.",
        ],
    ),
    (
        "certificate_of_incorporation",
        "change of name",
        [
            ("CERTIFICATE OF CHANGE OF NAME", 16),
            ("公司更改名稱證明書", 16),
            "I hereby certify that",
            ("OLD NAME LIMITED", 12),
            "having by special resolution changed its name, is now incorporated under the name of",
            ("NEW NAME LIMITED", 12),
            "Registrar of Companies",
        ],
    ),
    (
        "annual_return",
        "NAR1 first page",
        [
            [(60, "公司註冊處"), (420, "表格")],
            [(60, "Companies Registry"), (420, "NAR1")],
            ("周年申報表", 16),
            ("Annual Return", 16),
            "1 公司名稱 Company Name",
            "GREEN HARVEST LIMITED",
            "4 本申報表的結算日期 Date to which this Return is Made Up",
            "0 3 0 1 2 0 2 4",
        ],
    ),
    (
        "annual_return",
        "old AR1",
        [("Companies Ordinance (Cap. 32)", 9), ("ANNUAL RETURN", 15), ("Form AR1 表格AR1", 12), "Company Number 0123456", "Date of Return"],
    ),
    (
        "mainland_business_licence",
        "new licence",
        [
            ("营 业 执 照", 30),
            ("(副 本)", 12),
            "统一社会信用代码 91440300MA5ABCDE12",
            [(60, "名 称"), (140, "深圳绿丰电子有限公司")],
            [(60, "住 所"), (140, "深圳市龙岗区")],
        ],
    ),
    (
        "mainland_business_licence",
        "old licence",
        [
            ("企业法人营业执照", 26),
            "注册号 440301503123456",
            [(60, "名称"), (160, "深圳绿丰电子有限公司")],
            [(60, "法定代表人姓名"), (160, "王强")],
            "年度检验情况",
        ],
    ),
    (
        "mainland_business_licence",
        "sole trader",
        [("个体工商户营业执照", 22), [(60, "经营者"), (160, "王强")], [(60, "经营场所"), (160, "东莞市长安镇")], "组成形式 个人经营"],
    ),
    (
        "joint_venture_agreement",
        "equity",
        [
            ("深圳绿丰电子有限公司", 14),
            ("中外合资经营企业合同", 18),
            ("第一章 总则", 11),
            "根据《中华人民共和国中外合资经营企业法》和中国其他有关法规,同意共同投资举办合资经营企业。",
            "办理为设立合营公司向中国有关主管部门申请批准、登记注册、领取营业执照等事宜",
        ],
    ),
    (
        "joint_venture_agreement",
        "co-operative in English",
        [
            ("SINO-FOREIGN CO-OPERATIVE JOINT VENTURE CONTRACT", 14),
            "Party A: Dongguan Hongda Industrial Company",
            "Party B: Green Harvest Limited",
            "The board of directors of the joint venture company shall",
        ],
    ),
    (
        "joint_venture_agreement",
        "cooperative contract",
        [("合作经营合同书", 18), "甲方:东莞市宏达实业公司", "乙方:绿丰有限公司", "合作公司的投资总额为人民币500万元"],
    ),
    (
        "foreign_investment_approval",
        "approval",
        [
            ("中华人民共和国", 14),
            ("台港澳侨投资企业批准证书", 20),
            "批准号:商外资粤深外资证字[2008]0123号",
            "进出口企业代码 4403123456789",
            "企业类型 外资企业",
            "投资者名称 绿丰有限公司",
        ],
    ),
    (
        "foreign_investment_approval",
        "filing receipt",
        [("外商投资企业设立备案回执", 18), "备案编号:粤深外资备201700123", "贵公司报送的设立备案材料收悉", "深圳市商务局"],
    ),
    (
        "foreign_investment_approval",
        "English",
        [
            ("CERTIFICATE OF APPROVAL", 16),
            ("FOR ESTABLISHMENT OF ENTERPRISES WITH FOREIGN INVESTMENT", 12),
            "Approval number 0123",
            "Ministry of Commerce",
        ],
    ),
    (
        "processing_agreement",
        "materials supplied",
        [("来料加工协议书", 18), "甲方:东莞长安乌沙加工厂", "乙方:绿丰有限公司", "第五条 加工费(工缴费)每月结算", "乙方须领取营业执照"],
    ),
    ("processing_agreement", "assembly", [("對外加工裝配合同", 18), "委托方:綠豐有限公司", "承接方:東莞長安烏沙塑膠廠", "協議有效期五年"]),
    (
        "processing_agreement",
        "English",
        [
            ("PROCESSING AND ASSEMBLY AGREEMENT", 15),
            "Party A shall supply raw materials and Party B shall assemble the finished products for a processing fee.",
        ],
    ),
    (
        "resident_identity",
        "card",
        [
            ("HONG KONG PERMANENT IDENTITY CARD", 11),
            ("香港永久性居民身份證", 11),
            "陳 大 文",
            "CHAN, Tai Man",
            "出生日期 Date of Birth",
            "01-01-1970",
            "***AZ",
            "A123456(3)",
        ],
    ),
    (
        "resident_identity",
        "passport",
        [
            ("香港特別行政區護照", 12),
            ("HONG KONG SPECIAL ADMINISTRATIVE REGION PASSPORT", 11),
            "Surname CHAN",
            "Given names TAI MAN",
            "Date of birth 01 JAN 1970",
        ],
    ),
    (
        "mainland_shareholding_proof",
        "register",
        [
            ("股 东 名 册", 18),
            "深圳绿丰电子有限公司",
            [(60, "股东"), (200, "认缴额(万元)"), (350, "持股比例")],
            [(60, "陈大文"), (200, "300"), (350, "60%")],
        ],
    ),
    (
        "mainland_shareholding_proof",
        "public report",
        [("企业信用信息公示报告", 18), "统一社会信用代码 91440300MA5ABCDE12", "营业执照信息", "股东及出资信息", "陈大文 自然人股东 认缴"],
    ),
    (
        "mainland_shareholding_proof",
        "registry print-out",
        [("商事主体登记信息", 16), "名称 深圳绿丰电子有限公司", "股东信息 陈大文 出资额 300万元 出资比例 60%"],
    ),
    (
        "premises_proof",
        "tenancy agreement",
        [
            ("TENANCY AGREEMENT", 16),
            "An Agreement made the 1st day of April 2023 BETWEEN the Landlord and the Tenant",
            "Premises: Unit 3, 5/F, Wah Fat Industrial Building, Kwun Tong, Kowloon",
            "Business Registration Certificate No. 12345678",
        ],
    ),
    ("premises_proof", "Chinese lease", [("租約", 20), "立租約人業主甲方 租客乙方", "該物業:九龍觀塘華發工業大廈5樓3室", "每月租金港幣30,000元"]),
    (
        "premises_proof",
        "rates",
        [
            ("差餉物業估價署", 12),
            ("徵收差餉及/或地租通知書", 14),
            ("DEMAND FOR RATES AND/OR GOVERNMENT RENT", 12),
            "物業地址 九龍觀塘",
            "應課差餉租值 Rateable value 360,000",
            "最後繳款日期",
        ],
    ),
    (
        "premises_proof",
        "food factory licence",
        [
            ("食物環境衞生署", 11),
            ("FOOD FACTORY LICENCE", 16),
            ("食物製造廠牌照", 16),
            "Licensee 持牌人 Green Harvest Limited",
            "Licence No. 2931801234",
        ],
    ),
    (
        "premises_proof",
        "land search",
        [
            ("THE LAND REGISTRY", 12),
            ("土地登記冊", 14),
            ("LAND REGISTER", 14),
            "Property particulars",
            "Lot No.: KTIL 123",
            "Owner particulars Green Harvest Limited",
        ],
    ),
    (
        "provider_proposal",
        "English",
        [
            ("EcoWise Consultants Limited", 16),
            ("Proposal for On-site Improvement Assessment", 14),
            "To: Green Harvest Limited",
            "1. Scope of services",
            "2. Methodology",
            "3. Consultancy fee: HK$80,000. See the enclosed quotation.",
            "4. Deliverables",
        ],
    ),
    (
        "provider_proposal",
        "long heading",
        [
            ("Technical Proposal on Cleaner Production On-site Assessment", 14),
            ("for Green Harvest Limited", 12),
            "Prepared by EcoWise Consultants Limited",
            "We are pleased to submit our proposal.",
            "Scope of work",
            "Work plan",
            "Consultancy fee",
        ],
    ),
    (
        "provider_proposal",
        "Chinese",
        [("智環顧問有限公司", 14), ("清潔生產實地評估服務建議書", 16), "致:綠豐環保有限公司", "一、服務範圍", "二、顧問費用", "三、交付成果"],
    ),
    (
        "project_plan",
        "English",
        [
            ("PROJECT PLAN", 18),
            ("Installation of a solvent recovery system", 12),
            ("Green Harvest Limited", 12),
            "1. Objectives",
            "2. Implementation schedule",
            "3. Budget: three quotations are enclosed",
            "4. Project team",
        ],
    ),
    ("project_plan", "Simplified", [("项目实施方案", 18), "一、项目背景", "二、目标", "三、实施时间表", "四、预算", "附件:报价单"]),
    (
        "project_plan",
        "project proposal of the applicant",
        [
            ("PROJECT PROPOSAL", 18),
            ("Green Harvest Limited", 12),
            "1. Background and objectives",
            "2. Expected environmental benefits",
            "3. Budget: total project expenditure HK$400,000; funding sought HK$200,000",
            "4. Implementation schedule",
            "payback period three years",
        ],
    ),
    (
        "quotation",
        "English",
        [
            ("Sun Fat Machinery Co. Ltd.", 16),
            ("QUOTATION", 14),
            "To: Green Harvest Limited",
            "Quotation No.: SF-1001   Date: 3 March 2024",
            [(60, "Description"), (300, "Qty"), (360, "Unit price"), (460, "Amount")],
            [(60, "Solvent recovery unit"), (300, "1"), (360, "88,000.00"), (460, "88,000.00")],
            [(360, "Total"), (460, "HK$88,000.00")],
            "Please enclose a copy of the business registration certificate 商業登記證 with the order.",
        ],
    ),
    (
        "quotation",
        "Chinese spaced",
        [("新發機械有限公司", 16), ("報 價 單", 16), "致:綠豐環保有限公司", "日期:2024年3月3日", "品名 數量 單價 金額", "合計:HK$88,000"],
    ),
    (
        "quotation",
        "Simplified",
        [("深圳新发机械有限公司", 16), ("产品报价单", 16), "需方:绿丰环保有限公司", "规格 数量 单价 金额", "总计:¥88,000.00 元"],
    ),
    (
        "quotation",
        "letter",
        [
            ("Sun Fat Machinery Co. Ltd.", 16),
            "3 March 2024",
            "Green Harvest Limited",
            "Dear Sirs,",
            ("Re: Quotation for supply of solvent recovery unit", 10),
            "We are pleased to quote as follows:",
            "Unit price HK$88,000.00",
            "Payment terms: 30 days",
            "Validity: 60 days",
            "Yours faithfully,",
        ],
    ),
    (
        "constitution",
        "society",
        [
            ("Hong Kong Toy Traders Association", 14),
            ("CONSTITUTION", 14),
            "1. Name. The name of the association is",
            "2. Objects",
            "3. Membership",
            "4. Annual general meeting and quorum",
            "5. Dissolution",
        ],
    ),
    (
        "constitution",
        "company's articles",
        [
            ("Companies Ordinance (Chapter 622)", 10),
            ("ARTICLES OF ASSOCIATION", 16),
            ("組織章程細則", 16),
            ("OF", 10),
            ("GREEN HARVEST LIMITED", 14),
            "Company limited by shares",
            "registered office liability of the members",
        ],
    ),
    (
        "constitution",
        "Chinese",
        [("香港玩具商會", 14), ("會章", 16), "第一條 本會定名為香港玩具商會", "第二條 宗旨", "第三條 會員", "第四條 會員大會及法定人數"],
    ),
    (
        "organisation_registration",
        "society",
        [
            ("SOCIETIES ORDINANCE (CHAPTER 151)", 11),
            ("CERTIFICATE OF REGISTRATION OF A SOCIETY", 14),
            ("社團註冊證明書", 14),
            "This is to certify that the organisation named below has been registered",
            "Societies Officer",
        ],
    ),
    (
        "organisation_registration",
        "trade union",
        [
            ("職工會條例(第332章)", 11),
            ("職工會登記證明書", 16),
            ("CERTIFICATE OF REGISTRATION OF A TRADE UNION", 13),
            "Registrar of Trade Unions 職工會登記局局長",
        ],
    ),
    (
        "application_form",
        "form",
        [
            ("Cleaner Production Partnership Programme 清潔生產伙伴計劃", 12),
            ("Application Form A – On-site Improvement Assessment", 13),
            [(60, "Name of Applicant (English)"), (260, "Green Harvest Limited")],
            [(60, "Business Registration No."), (260, "12345678")],
            [(60, "Contact Person"), (260, "Chan Tai Man")],
            [(60, "Telephone"), (260, "2345 6789")],
        ],
    ),
]

OTHERS: list[tuple[str, list[Line]]] = [
    (
        "cover letter that lists the papers",
        [
            ("Green Harvest Limited", 14),
            "3 March 2024",
            "Dear Sirs,",
            "We enclose the business registration certificate, certificate of incorporation, annual return, quotation and project plan.",
            "Yours faithfully,",
        ],
    ),
    ("catalogue", [("Product Catalogue", 20), ("Sun Fat Machinery", 12), "Model A100", "Model B200"]),
    (
        "company profile",
        [
            ("COMPANY PROFILE", 18),
            "Green Harvest Limited was founded in 1990 and holds a business licence.",
            "Our factory in Dongguan has 300 workers.",
        ],
    ),
    (
        "invoice",
        [
            ("Sun Fat Machinery Co. Ltd.", 16),
            ("INVOICE", 16),
            "Invoice No. 1001",
            "Your quotation ref Q-1",
            "Description Qty Unit price Amount",
            "Total HK$88,000.00",
        ],
    ),
    ("Chinese invoice", [("增值税专用发票", 18), "购买方 名称:深圳绿丰电子有限公司", "单价 数量 金额 合计 ¥88,000.00"]),
    ("delivery note", [("Sun Fat Machinery Co. Ltd.", 16), ("DELIVERY NOTE 送貨單", 15), "Description Qty", "Solvent recovery unit 1"]),
    (
        "request for quotation",
        [("REQUEST FOR QUOTATION", 16), "Please quote your best price for the following:", "Description Quantity", "Solvent recovery unit 1"],
    ),
    ("comparison of quotations", [("報價比較表", 16), "供應商 單價 總計", "新發機械 88,000", "永昌機械 92,000"]),
    ("purchase order", [("PURCHASE ORDER", 16), "Quantity Unit price Amount", "Total HK$88,000.00"]),
    ("Mainland identity card", [("中华人民共和国", 12), ("居民身份证", 16), "姓名 王强", "公民身份号码 110101190001010000", "签发机关 深圳市公安局"]),
    ("discharge permit", [("排污许可证", 20), "单位名称 深圳绿丰电子有限公司", "统一社会信用代码 91440300MA5ABCDE12", "法定代表人 王强"]),
    (
        "incorporation form",
        [
            ("公司註冊處 Companies Registry", 10),
            ("Incorporation Form 法團成立表格", 14),
            ("Form NNC1 表格", 12),
            "1 公司名稱 Company Name",
            "Share Capital 股本",
            "Presentor's Reference",
        ],
    ),
    ("annual report", [("ANNUAL REPORT 2023", 20), ("Hong Kong Toy Traders Association", 12), "Chairman's statement", "Members and general meeting"]),
    (
        "trade mark",
        [("TRADE MARKS ORDINANCE", 10), ("CERTIFICATE OF REGISTRATION OF TRADE MARK", 14), ("商標註冊證明書", 14), "Registration No. 301234567"],
    ),
    ("curriculum vitae", [("CURRICULUM VITAE", 16), "Chan Tai Man, engineer", "Project manager of ten on-site assessments"]),
    ("bank statement", [("BANK STATEMENT", 15), "Account number 123-456", "Date Description Amount Balance", "Total 88,000.00"]),
    ("poster", [("Seminar on Cleaner Production", 24), "12 May 2024, 2:30 pm", "Registration form enclosed"]),
    ("photograph with a sign", [("DANGER", 30)]),
    (
        "English translation of a licence",
        [
            ("BUSINESS LICENSE", 18),
            ("(English translation)", 10),
            "Name: Shenzhen Green Harvest Electronics Co., Ltd.",
            "Legal representative: Wang Qiang",
            "Registered capital",
        ],
    ),
    ("purchase contract", [("采购合同", 18), "甲方:绿丰 乙方:新发", "第一条 价款 总计 ¥88,000", "违约责任"]),
    (
        "letter that names a licence in a sentence",
        ["To whom it may concern", "This letter confirms that the company holds the 营业执照 issued in 2012 and pays tax.", BODY, BODY, BODY],
    ),
    (
        "tax demand",
        [
            ("INLAND REVENUE DEPARTMENT", 11),
            ("PROFITS TAX DEMAND NOTE 2023/24", 14),
            "利得稅繳納通知書",
            "Tax payable HK$50,000",
            "Due date 5 January 2024",
        ],
    ),
]


@pytest.mark.parametrize("scanned", [False, True], ids=["digital", "scan"])
@pytest.mark.parametrize(("kind", "lines"), [(kind, lines) for kind, _, lines in PAPERS], ids=[f"{kind}: {what}" for kind, what, _ in PAPERS])
def test_a_paper_is_known_for_what_it_is(kind: str, lines: list[Line], scanned: bool) -> None:
    paper = the_paper(page(*lines, ocr=scanned))
    assert paper.kind == kind
    assert paper.confidence >= 0.5


@pytest.mark.parametrize("scanned", [False, True], ids=["digital", "scan"])
@pytest.mark.parametrize("lines", [lines for _, lines in OTHERS], ids=[what for what, _ in OTHERS])
def test_a_paper_of_no_known_kind_is_other_and_not_the_nearest_guess(lines: list[Line], scanned: bool) -> None:
    assert the_paper(page(*lines, ocr=scanned)).kind == "other"


@pytest.mark.parametrize(
    ("kind", "heading", "body"),
    [
        ("br_certificate", "BUSlNESS REGISTRATlON CERTIFlCATE", "Date of Expiry 31/05/2025"),
        ("br_certificate", "BusinessRegistrationCertificate", "DateofExpiry 31/05/2025"),
        ("certificate_of_incorporation", "CERTIFICATE 0F INC0RP0RATION", "Companies Ordinance"),
        ("certificate_of_incorporation", "公司註冊証明書", "公司條例"),
        ("mainland_business_licence", "營業執照", "統一社會信用代碼 登記機關"),
        ("mainland_business_licence", "菅业执照", "统一社会信用代码 登记机关 法定代表人"),
        ("annual_return", "周年申報衰", "Annual Retum NAR1 Companies Registry"),
        ("quotation", "OUOTATION", "Qty Unit price Amount Total Quotation No."),
        ("organisation_registration", "社團註冊證朋書", "社團條例 第151章"),
    ],
)
def test_a_heading_misread_by_a_character_is_still_the_heading(kind: str, heading: str, body: str) -> None:
    assert the_paper(page((heading, 16), body, ocr=True, confidence=0.85)).kind == kind


def test_a_title_in_a_sentence_makes_no_paper() -> None:
    plain: Page = page(
        *[f"{BODY} The business registration certificate and the tenancy agreement are kept by the company secretary." for _ in range(6)]
    )
    assert the_paper(plain).kind == "other"


def test_a_clear_paper_is_surer_than_a_faint_scan_of_it() -> None:
    lines = next(lines for kind, what, lines in PAPERS if what == "one-year certificate")
    clear, faint = the_paper(page(*lines)), the_paper(page(*lines, ocr=True, confidence=0.6))
    assert clear.confidence >= 0.9 > faint.confidence


def test_a_lease_of_mainland_premises_is_no_proof_of_hong_kong_premises() -> None:
    assert the_paper(page(("厂房租赁合同", 18), "出租方(甲方):东莞市长安镇乌沙村民委员会", "厂房坐落于广东省东莞市长安镇")).kind == "other"
    assert the_paper(page(("租賃合同", 18), "出租人:大發置業有限公司", "物業:九龍觀塘華發工業大廈5樓")).kind == "premises_proof"


def test_a_form_retyped_by_a_consultant_is_a_form_and_a_company_card_is_not() -> None:
    labels = [
        "Name of Applicant (English)",
        "Business Registration No.",
        "Contact Person",
        "Telephone",
        "E-mail",
        "Name of Factory",
        "Address of Factory",
        "Project Title",
    ]
    retyped = page(("Cleaner Production Partnership Programme", 12), *[[(60, label), (300, "x")] for label in labels])
    assert the_paper(retyped).kind == "application_form"
    assert (
        the_paper(
            page(("Green Harvest Limited", 14), "Telephone: 2345 6789", "E-mail: info@greenharvest.example", "Contact Person: Chan Tai Man")
        ).kind
        == "other"
    )


def test_the_confirmation_of_a_payment_that_names_a_quotation_is_none() -> None:
    rows: list[Line] = [
        [(60, "To"), (200, "Moon Boiler Works Limited")],
        [(60, "Amount"), (200, "HKD 12,000.00")],
        [(60, "Reference"), (200, "deposit quotation Q1882")],
    ]
    assert the_paper(page(("FPS Payment Confirmation", 14), *rows)).kind == "other"
    assert the_paper(page(("Transaction successful", 14), *rows)).kind == "other"


@pytest.mark.parametrize("scanned", [False, True])
def test_a_lease_of_a_mainland_plant_proves_no_premises_in_hong_kong(scanned: bool) -> None:
    lease = page(
        ("厂房租赁合同", 20),
        "出租方(甲方):厚街镇赤岭经济联合社",
        "承租方(乙方):某某纸品厂",
        "甲方将位于东莞市厚街镇的厂房出租给乙方使用,租赁期限五年。",
        ocr=scanned,
    )
    assert the_paper(lease).kind == "other"


def test_a_project_leader_makes_no_project_plan() -> None:
    assert the_paper(page(("Our team and fee", 20), "Project leader: Dr Ip", "Consultancy fee: HK$52,000", ocr=True)).kind != "project_plan"
