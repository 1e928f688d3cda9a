"""Supporting papers of invented applicants, each in more than one look: certificates, licences, contracts, quotations, and papers that are none."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.corpus.people import SUPPLIERS, Applicant
from tests.corpus.sheet import FACES, HEIGHT, WIDTH, Sheet

DIGITS = "〇一二三四五六七八九"


@dataclass(frozen=True)
class Paper:
    """One paper: its kind, a file name as offices give them, the PDF and what should be read in it."""

    kind: str
    name: str
    pdf: bytes
    pages: int = 1
    fields: dict[str, Any] = field(default_factory=dict)
    alternatives: dict[str, list[str]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def _day(day: date, style: str) -> str:
    numbers = {"en": f"{day.day} {day:%B} {day.year}", "dmy": f"{day:%d/%m/%Y}", "zh": f"{day.year}年{day.month}月{day.day}日"}
    return numbers[style]


def _labelled(
    sheet: Sheet, y: float, label: str, value: str, *, x: float = 60, value_x: float = 200, size: float = 10, latin: str | None = None
) -> float:
    below = sheet.wrapped(x, y, label, value_x - x - 6, size * 0.85)
    return max(below, sheet.wrapped(value_x, y, value, WIDTH - value_x - 50, size, latin=latin)) + 8


def br_certificate(a: Applicant, dice: random.Random, *, expired: bool = False, unpaid: bool = False, number: str = "") -> Paper:
    """A business registration certificate (one or three years), or the unpaid demand note for one."""
    years = dice.choice((1, 3))
    start = a.received_on - timedelta(days=365 * years + 40 if expired else dice.randrange(20, 300))
    try:
        end = start.replace(year=start.year + years) - timedelta(days=1)
    except ValueError:
        end = start + timedelta(days=365 * years - 1)
    br = number or a.values["applicant.br_number"]
    sheet = Sheet(FACES[dice.choice((0, 1))])
    name = a.values["applicant.name_en"].upper()
    if unpaid:
        sheet.centred(50, "稅務局商業登記署", 12)
        sheet.centred(68, "BUSINESS REGISTRATION FEE AND LEVY DEMAND NOTE", 13, bold=True)
        sheet.centred(86, "商業登記費及徵費繳款通知書", 13)
        y = 130.0
        for label, value in (
            ("Name 名稱", name),
            ("", a.values["applicant.name_zh"]),
            ("Business Registration No. 商業登記號碼", br),
            ("Due Date 繳款限期", _day(start, "dmy")),
            ("Amount Payable 應繳款額", "$2,200.00"),
        ):
            y = _labelled(sheet, y, label, value)
        sheet.wrapped(
            60,
            y + 20,
            "This demand note will become a valid business registration certificate only upon payment as evidenced by the payment imprint below. 本通知書須印有繳款印記方為有效商業登記證。",
            470,
            9,
        )
        return Paper("br_demand_note", dice.choice(("BR.pdf", "商業登記.pdf")), sheet.pdf(), problems=("unpaid",))
    sheet.rect(40, 40, WIDTH - 80, 560, line=2)
    sheet.text(56, 52, "表格 2  FORM 2", 8)
    sheet.centred(66, "商業登記條例 (第310章)  BUSINESS REGISTRATION ORDINANCE (Cap. 310)", 10)
    sheet.centred(92, "商業登記證  Business Registration Certificate", 15, bold=True)
    y = 140.0
    for label, value in (
        ("業務/法團所用名稱 Name of Business/Corporation", name),
        ("", a.values["applicant.name_zh"]),
        ("地址 Address", "GOLDEN GATE INDUSTRIAL BUILDING, HONG KONG"),
        ("業務性質 Nature of Business", "MANUFACTURING"),
        ("法律地位 Status", "BODY CORPORATE"),
    ):
        y = _labelled(sheet, y, label, value, latin="mono")
    if dice.random() < 0.5:
        for label, value in (
            ("生效日期 Date of Commencement", _day(start, "dmy")),
            ("屆滿日期 Date of Expiry", _day(end, "dmy")),
            ("登記證號碼 Certificate No.", f"{br}-000-{start:%m-%y}-5"),
            ("登記費及徵費 Fee and Levy", "$2,200"),
        ):
            y = _labelled(sheet, y, label, value, latin="mono")
    else:
        for x, label, zh, value in (
            (56, "Date of Commencement", "生效日期", _day(start, "dmy")),
            (180, "Date of Expiry", "屆滿日期", _day(end, "dmy")),
            (290, "Certificate No.", "登記證號碼", f"{br}-000-{start:%m-%y}-5"),
            (440, "Fee and Levy", "登記費及徵費", "$2,200"),
        ):
            sheet.text(x, y, label, 8)
            sheet.text(x, y + 11, zh, 8)
            sheet.text(x, y + 26, value, 10, latin="mono")
        y += 60
    sheet.text(56, 560, f"已繳款 IRD PAID {_day(start - timedelta(days=20), 'dmy')} $2,200.00 {dice.randrange(100000, 999999)}", 9, latin="mono")
    fields = {"name": a.values["applicant.name_en"], "br_number": br, "commenced_on": start.isoformat(), "expires_on": end.isoformat()}
    return Paper(
        "br_certificate",
        dice.choice(("BR cert.pdf", "商業登記證.pdf", "scan_01.pdf")),
        sheet.pdf(),
        fields=fields,
        alternatives={"name": [a.values["applicant.name_zh"]]},
        problems=("expired",) if expired else (),
    )


def certificate_of_incorporation(a: Applicant, dice: random.Random) -> Paper:
    day = date.fromisoformat(a.values["applicant.established_on"])
    number = a.company_number
    sheet = Sheet(FACES[dice.choice((0, 1))])
    sheet.text(60, 60, f"編號 No. {number}", 11)
    sheet.centred(120, "公司條例", 13)
    sheet.centred(140, "COMPANIES ORDINANCE", 12)
    sheet.centred(190, "公司註冊證書" if dice.random() < 0.4 else "公司註冊證明書", 18)
    sheet.centred(216, "CERTIFICATE OF INCORPORATION", 17, bold=True)
    sheet.centred(280, "I hereby certify that 本人謹此證明", 11)
    sheet.centred(310, a.values["applicant.name_en"].upper(), 13, bold=True)
    sheet.centred(332, a.values["applicant.name_zh"], 13)
    sheet.centred(370, "is this day incorporated in Hong Kong under the Companies Ordinance and is a limited company.", 10)
    zh = "".join(DIGITS[int(d)] for d in str(day.year))
    sheet.centred(430, f"Issued on {_day(day, 'en')}  本證書於{zh}年{day.month}月{day.day}日發出", 11)
    sheet.centred(520, "Registrar of Companies 公司註冊處處長", 10)
    return Paper(
        "certificate_of_incorporation",
        dice.choice(("CI.pdf", "公司註冊證書.pdf", "scan_02.pdf")),
        sheet.pdf(),
        fields={"name": a.values["applicant.name_en"], "company_number": number, "incorporated_on": day.isoformat()},
        alternatives={"name": [a.values["applicant.name_zh"]]},
    )


def annual_return(a: Applicant, dice: random.Random) -> Paper:
    day = date(a.received_on.year - 1, dice.randrange(1, 13), dice.randrange(1, 29))
    number = a.company_number
    sheet = Sheet(FACES[1])
    sheet.rect(45, 40, 120, 34)
    sheet.text(52, 46, "公司註冊處", 10)
    sheet.text(52, 60, "Companies Registry", 9)
    sheet.centred(46, "周年申報表  Annual Return", 15, bold=True)
    sheet.text(490, 46, "表格 Form NAR1", 11, bold=True)
    sheet.text(360, 90, "公司編號 Company Number", 9)
    for i, digit in enumerate(number):
        sheet.rect(360 + 18 * i, 104, 18, 18)
        sheet.text(366 + 18 * i, 108, digit, 10, latin="mono")
    y = 140.0
    for n, (label, value) in enumerate(
        (
            ("公司名稱 Company Name", a.values["applicant.name_en"].upper()),
            ("", a.values["applicant.name_zh"]),
            ("商業名稱 Business Name", "NIL"),
            ("公司類別 Type of Company", "Private company 私人公司"),
        ),
        1,
    ):
        if label:
            sheet.text(50, y, f"{n} {label}", 9, bold=True)
            y += 14
        sheet.text(60, y, value, 10, latin="mono")
        y += 18
    sheet.text(50, y, "5 本申報表的結算日期 Date to which this Return is Made Up", 9, bold=True)
    sheet.text(60, y + 13, "日 DD    月 MM    年 YYYY", 7)
    for i, digit in enumerate(f"{day:%d%m%Y}"):
        sheet.rect(60 + 18 * i + (8 if i > 1 else 0) + (8 if i > 3 else 0), y + 23, 18, 18)
        sheet.text(66 + 18 * i + (8 if i > 1 else 0) + (8 if i > 3 else 0), y + 27, digit, 10, latin="mono")
    sheet.text(50, y + 70, "6 註冊辦事處地址 Address of Registered Office", 9, bold=True)
    sheet.text(60, y + 84, "Golden Gate Industrial Building, Hong Kong", 10, latin="mono")
    return Paper(
        "annual_return",
        dice.choice(("NAR1.pdf", "周年申報表.pdf", "scan_03.pdf")),
        sheet.pdf(),
        fields={"name": a.values["applicant.name_en"], "company_number": number, "made_up_to": day.isoformat()},
        alternatives={"name": [a.values["applicant.name_zh"]]},
    )


def business_licence(a: Applicant, dice: random.Random) -> Paper:
    day = date(2008, 1, 1) + timedelta(days=dice.randrange(4000))
    person = dice.choice(("罗志强", "麦小燕", "郑国华"))
    sheet = Sheet(FACES[dice.choice((0, 2))], size=(HEIGHT, WIDTH))
    sheet.rect(25, 25, HEIGHT - 50, WIDTH - 50, line=4)
    sheet.centred(60, "营 业 执 照", 34)
    sheet.centred(104, dice.choice(("(正 本)", "(副 本)")), 12)
    sheet.text(60, 80, "统一社会信用代码", 10)
    sheet.text(60, 96, a.values["factory.uscc"], 11)
    left = [
        ("名    称", a.values["factory.name"]),
        ("类    型", a.licence_type),
        (dice.choice(("法定代表人", "负 责 人")), person),
        ("经营范围", "生产和销售产品;货物进出口。"),
    ]
    right = [
        ("注册资本", "港币伍佰万元整"),
        ("成立日期", _day(day, "zh")),
        (dice.choice(("营业期限", "经营期限")), "长期"),
        (dice.choice(("住    所", "经营场所")), a.values["factory.address"]),
    ]
    for x, column in ((60, left), (450, right)):
        y = 170.0
        for label, value in column:
            sheet.text(x, y, label, 11)
            y = sheet.wrapped(x + 80, y, value, 270, 11) + 14
    sheet.text(600, 470, "登记机关", 12)
    sheet.chop(700, 480, "市场监督管理局", dice, colour="#c02020")
    sheet.text(620, 520, _day(day + timedelta(days=900), "zh"), 11)
    fields = {
        "name": a.values["factory.name"],
        "uscc": a.values["factory.uscc"],
        "enterprise_type": a.licence_type,
        "legal_representative": person,
        "established_on": day.isoformat(),
        "address": a.values["factory.address"],
    }
    return Paper("mainland_business_licence", dice.choice(("营业执照.pdf", "licence.pdf", "scan_04.pdf")), sheet.pdf(), fields=fields)


def contract(a: Applicant, dice: random.Random, kind: str, *, expired: bool = False) -> Paper:
    """A joint venture contract or a processing agreement of two pages."""
    title = {
        "joint_venture_agreement": dice.choice(("中外合资经营企业合同", "中外合作经营企业合同")),
        "processing_agreement": dice.choice(("来料加工装配合同", "对外加工装配业务协议书", "补偿贸易合同")),
    }[kind]
    until = a.received_on + timedelta(days=-60 if expired else 700)
    since = until - timedelta(days=365 * 5)
    sheet = Sheet(FACES[dice.choice((0, 1, 2))])
    sheet.centred(60, title, 18)
    y = 110.0
    term = (
        f"本合同有效期自{_day(since, 'zh')}起至{_day(until, 'zh')}止,期满前双方可协商续签。"
        if kind == "processing_agreement"
        else "合营期限为三十年,自营业执照签发之日起计算。"
    )
    clauses = [
        f"甲方:{a.values['factory.name']}。乙方:{a.name_hans}(香港)。双方本着平等互利的原则订立本合同。",
        "第一条 甲方提供厂房、水电及劳动力;乙方提供机器设备、原材料及技术。",
        "第二条 产品全部由乙方负责外销,甲方收取加工费。"
        if kind == "processing_agreement"
        else "第二条 合营公司为有限责任公司,各方按出资比例分享利润和分担风险。",
        "第三条 双方应遵守中华人民共和国的法律、法规。",
        f"第四条 {term}",
    ]
    for clause in clauses:
        y = sheet.wrapped(60, y, clause, 475, 11) + 12
    sheet.centred(800, "- 1 -", 9)
    sheet.next_page()
    y = 60.0
    for clause in (
        "第五条 本合同的修改须经双方书面同意。",
        "第六条 争议应通过友好协商解决,协商不成提交仲裁。",
        f"本合同于{_day(since, 'zh')}签订,一式四份。",
        "甲方(盖章):",
        "乙方(盖章):",
    ):
        y = sheet.wrapped(60, y, clause, 475, 11) + 16
    sheet.chop(180, 260, a.values["factory.name"], dice)
    sheet.signature(300, 260, dice)
    sheet.centred(800, "- 2 -", 9)
    return Paper(
        kind,
        dice.choice(("合同.pdf", "Agreement.pdf", "scan_05.pdf")),
        sheet.pdf(),
        pages=2,
        fields={"expires_on": until.isoformat()} if kind == "processing_agreement" else {},
    )


def foreign_investment_approval(a: Applicant, dice: random.Random) -> Paper:
    sheet = Sheet(FACES[0])
    title = dice.choice(("外商投资企业设立备案回执", "中华人民共和国台港澳侨投资企业批准证书"))
    sheet.centred(80, title, 18)
    y = 150.0
    for label, value in (
        ("企业名称", a.values["factory.name"]),
        ("企业地址", a.values["factory.address"]),
        ("投资者名称", a.name_hans),
        ("注册地", "香港"),
        ("经营年限", "长期"),
    ):
        y = _labelled(sheet, y, label, value, value_x=170, size=11)
    sheet.chop(430, 420, "商务局", dice, colour="#c02020")
    return Paper("foreign_investment_approval", dice.choice(("备案回执.pdf", "批准证书.pdf", "scan_06.pdf")), sheet.pdf())


def resident_identity(a: Applicant, dice: random.Random) -> Paper:
    sheet = Sheet(FACES[0])
    sheet.rect(120, 100, 340, 215)
    sheet.text(180, 112, "HONG KONG PERMANENT IDENTITY CARD", 11, bold=True)
    sheet.text(190, 128, "香港永久性居民身份證", 11)
    for i, line in enumerate(
        ("羅志強", "LO, Chi Keung", "出生日期 Date of Birth", "12-03-1970", "男 M", "簽發日期 Date of Issue  (08-19)", "A123456(3)")
    ):
        sheet.text(250, 156 + 20 * i, line, 10)
    sheet.rect(140, 160, 80, 100, fill="#c8c8c8")
    return Paper("resident_identity", dice.choice(("HKID.pdf", "身份證.pdf", "scan_07.pdf")), sheet.pdf())


def shareholding_proof(a: Applicant, dice: random.Random) -> Paper:
    share = a.values["connection.mainland_shareholding"]
    sheet = Sheet(FACES[2])
    sheet.centred(60, dice.choice(("股东名册", "股东及出资信息", "企业股东名录")), 18)
    sheet.centred(90, a.values["factory.name"], 12)
    for i, row in enumerate(
        (("序号", "股东姓名", "证件", "出资比例"), ("1", "罗志强", "香港居民", f"{share:.2f}%"), ("2", "李小梅", "中国公民", f"{100 - share:.2f}%"))
    ):
        for j, cell in enumerate(row):
            sheet.rect(60 + 118 * j, 130 + 24 * i, 118, 24)
            sheet.text(66 + 118 * j, 136 + 24 * i, cell, 10)
    sheet.chop(440, 300, a.values["factory.name"], dice, colour="#c02020")
    return Paper("mainland_shareholding_proof", dice.choice(("股东名册.pdf", "shareholders.pdf", "scan_08.pdf")), sheet.pdf())


def premises_proof(a: Applicant, dice: random.Random) -> Paper:
    sheet = Sheet(FACES[dice.choice((0, 1))])
    sheet.centred(60, dice.choice(("TENANCY AGREEMENT 租約", "租賃合約 TENANCY AGREEMENT")), 16)
    y = 110.0
    for clause in (
        f"THIS AGREEMENT is made between Golden Gate Properties Limited (the Landlord 業主) and {a.values['applicant.name_en']} (the Tenant 租客).",
        f"Premises 物業: {a.values['factory.address']}",
        "Term 租期: three years. Rent 租金: HK$28,000.00 per month, payable in advance.",
        "The Tenant shall use the Premises as a factory and shall not assign or sublet. 租客不得轉租。",
    ):
        y = sheet.wrapped(60, y, clause, 475, 10.5) + 12
    sheet.signature(80, y + 60, dice)
    sheet.text(60, y + 80, "Landlord 業主                    Tenant 租客", 10)
    return Paper("premises_proof", dice.choice(("租約.pdf", "Tenancy.pdf", "scan_09.pdf")), sheet.pdf())


def proposal(a: Applicant, dice: random.Random) -> Paper:
    supplier = dice.choice(SUPPLIERS)
    english = a.language == "en"
    sheet = Sheet(FACES[0])
    sheet.text(60, 40, supplier[0] + " " + supplier[1], 12, bold=True)
    sheet.centred(80, "Proposal for On-site Improvement Assessment" if english else "實地評估服務建議書", 17, bold=True)
    y = 130.0
    to = a.values["applicant.name_en"] if english else a.values["applicant.name_zh"]
    items = ([f"Prepared for {to}", "1. Background and objectives of the assessment", "2. Scope: audit of energy, water and emissions at the factory", "3. Methodology and timetable: twelve weeks", "4. Project team of the service provider", f"5. Consultancy fee: HK${a.values['project.total_cost']:,}", "6. Deliverables: assessment report with at least six measures"]
             if english else [f"致:{to}", "一、背景及目標", "二、服務範圍:能源、用水及排放審核", "三、方法及時間表:十二週", "四、顧問團隊", f"五、顧問費用:港幣{a.values['project.total_cost']:,}元", "六、交付成果:評估報告及不少於六項改善方案"])  # fmt: skip
    for item in items:
        y = sheet.wrapped(60, y, item, 475, 11) + 14
    return Paper("provider_proposal", dice.choice(("Proposal.pdf", "建議書.pdf", "scan_10.pdf")), sheet.pdf())


def quotation(a: Applicant, dice: random.Random, number: int) -> Paper:
    supplier = SUPPLIERS[number % len(SUPPLIERS)]
    english = a.language == "en"
    total = int(a.values["project.total_cost"] * (1 + 0.06 * number))
    day = a.received_on - timedelta(days=dice.randrange(10, 60))
    sheet = Sheet(FACES[dice.choice((0, 1, 2))])
    sheet.text(50, 40, supplier[0], 15, bold=True)
    sheet.text(50, 60, supplier[1], 12)
    sheet.centred(96, dice.choice(("QUOTATION", "Quotation")) if english else dice.choice(("報價單", "報 價 單", "报价单")), 17, bold=True)
    y = 130.0
    to = a.values["applicant.name_en"] if english else a.values["applicant.name_zh"]
    for label, value in (
        (("To:", to), ("Quotation No.:", f"QT-{dice.randrange(1000, 9999)}"), ("Date:", _day(day, dice.choice(("en", "dmy")))))
        if english
        else (("致:", to), ("報價單編號:", f"QT-{dice.randrange(1000, 9999)}"), ("日期:", _day(day, dice.choice(("zh", "dmy")))))
    ):
        y = _labelled(sheet, y, label, value, value_x=150, size=10)
    rows = [("Item", "Description", "Amount (HK$)")] if english else [("項目", "說明", "金額(港元)")]
    part = total * 2 // 5
    rows += [
        ("1", "Equipment" if english else "設備供應", f"{part:,}.00"),
        ("2", "Installation" if english else "安裝及調試", f"{total - part:,}.00"),
        ("", "Total" if english else "總計", f"HK${total:,}.00"),
    ]
    for i, row in enumerate(rows):
        for x, width, cell in zip((50, 110, 400), (60, 290, 140), row, strict=True):
            sheet.rect(x, y + 22 * i, width, 22)
            sheet.text(x + 5, y + 22 * i + 5, cell, 10)
    sheet.chop(160, y + 170, supplier[1], dice)
    sheet.text(50, y + 220, "Authorised signature 授權簽署", 9)
    return Paper(
        "quotation",
        dice.choice((f"Quotation {number + 1}.pdf", f"報價單{number + 1}.pdf", f"scan_2{number}.pdf")),
        sheet.pdf(),
        fields={"supplier": supplier[0], "total": total, "dated": day.isoformat()},
        alternatives={"supplier": [supplier[1]]},
    )


def project_plan(a: Applicant, dice: random.Random) -> Paper:
    english = a.language == "en"
    sheet = Sheet(FACES[0])
    sheet.centred(60, "Project Plan" if english else dice.choice(("項目計劃書", "項目計劃")), 18, bold=True)
    sheet.centred(88, a.values["project.title"], 12)
    items = (["1. Objectives", a.values["project.summary"], "2. Implementation schedule: design, installation, commissioning, measurement", "3. Budget and expected benefits", "4. Project team and monitoring"]
             if english else ["一、目標", a.values["project.summary"], "二、實施時間表:設計、安裝、調試、量度", "三、預算及預期效益", "四、項目團隊及監察"])  # fmt: skip
    y = 130.0
    for item in items:
        y = sheet.wrapped(60, y, item, 475, 11) + 12
    return Paper("project_plan", dice.choice(("Plan.pdf", "計劃書.pdf", "scan_12.pdf")), sheet.pdf())


def constitution(a: Applicant, dice: random.Random) -> Paper:
    sheet = Sheet(FACES[1])
    sheet.centred(60, a.values["applicant.name_en"], 13, bold=True)
    sheet.centred(84, dice.choice(("CONSTITUTION 會章", "Articles of Association 組織章程細則", "組織章程")), 16)
    y = 130.0
    for clause in (
        "1. Name of the Association 本會名稱",
        "2. Objects 宗旨: to promote the interests of the trade",
        "3. Membership 會員",
        "4. The income of the Association shall not be distributed to members. 本會收入不得分配予會員。",
        "5. General meetings 會員大會",
        "6. Dissolution 解散",
    ):
        y = sheet.wrapped(60, y, clause, 475, 11) + 12
    return Paper("constitution", dice.choice(("Constitution.pdf", "章程.pdf", "scan_13.pdf")), sheet.pdf())


def organisation_registration(a: Applicant, dice: random.Random) -> Paper:
    sheet = Sheet(FACES[1])
    sheet.centred(80, "社團條例 SOCIETIES ORDINANCE (Cap. 151)", 12)
    sheet.centred(130, "社團註冊證明書", 18)
    sheet.centred(156, "CERTIFICATE OF REGISTRATION OF A SOCIETY", 15, bold=True)
    sheet.centred(220, a.values["applicant.name_en"], 13)
    sheet.centred(242, a.values["applicant.name_zh"], 13)
    sheet.centred(290, f"registered on {_day(date.fromisoformat(a.values['applicant.established_on']), 'en')}", 11)
    sheet.centred(420, "Societies Officer 社團事務主任", 10)
    return Paper("organisation_registration", dice.choice(("Registration.pdf", "社團註冊.pdf", "scan_14.pdf")), sheet.pdf())


def other(a: Applicant, dice: random.Random) -> Paper:
    """A paper that nobody asked for."""
    sheet = Sheet(FACES[0])
    title, lines = dice.choice((
        ("Company Profile", ["Founded in Hong Kong, we serve customers worldwide.", "Our products: quality and service.", "ISO 9001 certified"]),
        ("INVOICE", ["Invoice No. INV-2231", "Freight charges HK$3,200.00", "Please pay within 30 days"]),
        ("致秘書處函件", ["隨函附上本公司申請文件,敬請查收。", "此致"]),
        ("Curriculum Vitae", ["Education: BEng, Mechanical Engineering", "Experience: fifteen years in energy audits"]),
    ))  # fmt: skip
    sheet.centred(80, title, 18, bold=True)
    for i, line in enumerate(lines):
        sheet.text(70, 140 + 24 * i, line, 11)
    return Paper("other", dice.choice(("profile.pdf", "其他.pdf", "scan_15.pdf")), sheet.pdf())


def required_papers(a: Applicant, dice: random.Random) -> list[Paper]:
    """All papers that the programme asks of this applicant (programme.md, 'Which documents')."""
    papers = [br_certificate(a, dice)]
    if a.form == "C":
        return [
            *papers,
            project_plan(a, dice),
            quotation(a, dice, 0),
            quotation(a, dice, 1),
            constitution(a, dice),
            organisation_registration(a, dice),
        ]
    papers += [certificate_of_incorporation(a, dice), annual_return(a, dice)]
    connection = a.values["connection.type"]
    if connection.startswith("gd_"):
        papers.append(business_licence(a, dice))
    if connection == "gd_joint_venture":
        papers.append(contract(a, dice, "joint_venture_agreement"))
    if connection == "gd_processing_agreement":
        papers.append(contract(a, dice, "processing_agreement"))
    if connection == "gd_resident_owned":
        papers += [resident_identity(a, dice), shareholding_proof(a, dice)]
    if connection.startswith("hk_"):
        papers.append(premises_proof(a, dice))
    if a.form == "A":
        return [*papers, proposal(a, dice), quotation(a, dice, 0)]
    cost = a.values["project.total_cost"]
    count = 2 if cost < 50_000 else 3 if cost <= 300_000 else 5
    return [*papers, project_plan(a, dice), *(quotation(a, dice, n) for n in range(count))]
