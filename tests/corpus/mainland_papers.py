"""Papers of Mainland registries and factories for invented applicants: licences old and new, contracts, approvals, registers of shareholders."""

from __future__ import annotations

import random
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from tests.corpus.paper_sheet import Paper, day_in, labelled, table
from tests.corpus.people import Applicant
from tests.corpus.sheet import FACES, HEIGHT, WIDTH, Sheet

PERSONS = ("罗志强", "麦小燕", "郑国华", "欧阳伟文", "梁美玲")
RED = "#c02020"


def business_licence(a: Applicant, dice: random.Random) -> Paper:
    """A licence: the landscape one of 2019, the upright one before it, or the oldest with a registration number beside the code."""
    day = date(2008, 1, 1) + timedelta(days=dice.randrange(4000))
    person = dice.choice(PERSONS)
    draw = dice.choice((_landscape, _landscape, _upright, _upright, _oldest))
    sheet = draw(a, dice, day, person)
    fields = {
        "name": a.values["factory.name"], "uscc": a.values["factory.uscc"], "enterprise_type": a.licence_type, "legal_representative": person,
        "established_on": day.isoformat(), "address": a.values["factory.address"],
    }  # fmt: skip
    return Paper("mainland_business_licence", dice.choice(("营业执照.pdf", "licence.pdf", "scan_04.pdf")), sheet.pdf(), fields=fields)


def _term(dice: random.Random, day: date) -> str:
    until = day + relativedelta(years=30) - timedelta(days=1)
    return dice.choice(
        (
            "长期",
            "长期",
            f"{day_in(day, 'zh')}至{day_in(until, 'zh')}",
            f"{day_in(day, 'zh0')}至长期",
            f"自{day_in(day, 'zh')}至{day_in(until, 'zh')}",
        )
    )


_SCOPE = "生产和销售五金制品、塑胶制品;货物进出口、技术进出口。(依法须经批准的项目,经相关部门批准后方可开展经营活动)"


def _landscape(a: Applicant, dice: random.Random, day: date, person: str) -> Sheet:
    sheet = Sheet(FACES[dice.choice((0, 2))], size=(HEIGHT, WIDTH))
    sheet.rect(25, 25, HEIGHT - 50, WIDTH - 50, line=4)
    sheet.centred(60, dice.choice(("营 业 执 照", "营业执照", "营  业  执  照")), 34)
    sheet.centred(104, dice.choice(("(正 本)", "(副 本)", "(副 本)(1-1)")), 12)
    sheet.text(60, 80, "统一社会信用代码", 10)
    sheet.text(60, 96, a.values["factory.uscc"], 11)
    sheet.wrapped(690, 80, "扫描二维码登录“国家企业信用信息公示系统”了解更多登记、备案、许可、监管信息。", 100, 7)
    spaced = dice.random() < 0.6
    left = [
        ("名    称" if spaced else "名称", a.values["factory.name"]), ("类    型" if spaced else "类型", a.licence_type),
        (dice.choice(("法定代表人", "负 责 人", "经 营 者")), person), ("经营范围", _SCOPE),
    ]  # fmt: skip
    right = [
        ("注册资本", dice.choice(("港币伍佰万元整", "人民币1000万元", "500万美元"))), ("成立日期", day_in(day, dice.choice(("zh", "zh0")))),
        (dice.choice(("营业期限", "经营期限")), _term(dice, day)), (dice.choice(("住    所", "经营场所", "住所")), a.values["factory.address"]),
    ]  # fmt: skip
    for x, column in ((60, left), (450, right)):
        y = 170.0
        for label, value in column:
            sheet.text(x, y, label, 11)
            y = sheet.wrapped(x + 80, y, value, dice.choice((200, 270)), 11) + 14
    sheet.text(600, 470, "登记机关", 12)
    sheet.chop(700, 480, "市场监督管理局", dice, colour=RED)
    sheet.text(620, 520, day_in(day + timedelta(days=900), "zh"), 11)
    sheet.text(60, 560, "国家企业信用信息公示系统网址:http://www.gsxt.gov.cn", 7)
    sheet.text(600, 560, "国家市场监督管理总局监制", 7)
    return sheet


def _upright(a: Applicant, dice: random.Random, day: date, person: str) -> Sheet:
    """Of 2015 to 2019: upright, the code under the title, one column."""
    sheet = Sheet(FACES[dice.choice((0, 1, 2))])
    sheet.rect(30, 30, WIDTH - 60, HEIGHT - 60, line=3)
    sheet.centred(90, "营 业 执 照", 34)
    sheet.centred(134, dice.choice(("(副 本)", "(正 本)")), 12)
    y = 168.0
    if dice.random() < 0.5:
        sheet.centred(y, f"统一社会信用代码 {a.values['factory.uscc']}", 12)
    else:
        sheet.text(330, y, f"证照编号 {dice.randrange(10**8, 10**9)}", 9)
        sheet.text(90, y + 16, f"统一社会信用代码{dice.choice((':', ' '))}{a.values['factory.uscc']}", 11)
    y = 230.0
    spaced = dice.random() < 0.7
    rows = [
        ("名        称" if spaced else "名称", a.values["factory.name"]), ("类        型" if spaced else "类型", a.licence_type),
        ("住        所" if spaced else "住所", a.values["factory.address"]), ("法定代表人", person), ("注 册 资 本" if spaced else "注册资本", "伍佰万元港币"),
        ("成 立 日 期" if spaced else "成立日期", day_in(day, dice.choice(("zh", "zh0")))), ("营 业 期 限" if spaced else "营业期限", _term(dice, day)),
        ("经 营 范 围" if spaced else "经营范围", _SCOPE),
    ]  # fmt: skip
    for label, value in rows:
        sheet.text(90, y, label, 12)
        y = sheet.wrapped(180, y, value, 320, 12) + 14
    sheet.chop(430, 690, "工商行政管理局", dice, colour=RED)
    sheet.text(300, 700, "登记机关", 12)
    sheet.text(370, 740, day_in(day + timedelta(days=1500), dice.choice(("zh", "hanzi"))), 12)
    return sheet


def _oldest(a: Applicant, dice: random.Random, day: date, person: str) -> Sheet:
    """企业法人营业执照 with labels and values on dotted lines; reissued with the new code."""
    sheet = Sheet(FACES[1])
    sheet.centred(80, "企业法人营业执照", 28)
    sheet.centred(116, "(副本)", 12)
    sheet.text(330, 150, f"注册号:4419{dice.randrange(10**10, 10**11)}", 10)
    sheet.text(330, 166, f"统一社会信用代码:{a.values['factory.uscc']}", 10)
    y = 210.0
    for label, value in (
        ("企业名称:", a.values["factory.name"]), ("住所:", a.values["factory.address"]), ("法定代表人姓名:", person), ("注册资本:", "500万港元"), ("实收资本:", "500万港元"),
        ("公司类型:", a.licence_type), ("经营范围:", _SCOPE), ("成立日期:", day_in(day, dice.choice(("hanzi", "zh")))), ("营业期限:", _term(dice, day)),
    ):  # fmt: skip
        if dice.random() < 0.5:
            y = sheet.wrapped(80, y, label + value, 420, 12) + 12
        else:
            sheet.text(80, y, label, 12)
            y = sheet.wrapped(190, y, value, 320, 12) + 12
    sheet.chop(430, 690, "工商行政管理局", dice, colour=RED)
    return sheet


_COUNTED = {1: "一", 2: "两", 3: "三", 5: "五", 8: "八", 10: "十"}


def contract(a: Applicant, dice: random.Random, kind: str, *, expired: bool = False) -> Paper:
    """A joint venture contract or a processing agreement of two pages; its term in dates, in Chinese numerals, or in years from its signing."""
    title = {
        "joint_venture_agreement": dice.choice(
            ("中外合资经营企业合同", "中外合作经营企业合同", "合资经营合同", "JOINT VENTURE CONTRACT 合资经营合同")
        ),
        "processing_agreement": dice.choice(
            ("来料加工装配合同", "对外加工装配业务协议书", "补偿贸易合同", "来料加工协议书", "PROCESSING AGREEMENT 来料加工协议")
        ),
    }[kind]
    years = dice.choice((2, 3, 5, 10))
    until = a.received_on + timedelta(days=-60 if expired else dice.randrange(100, 600))
    since = until + timedelta(days=1) - relativedelta(years=years)
    until = since + relativedelta(years=years) - timedelta(days=1)
    style = dice.choice(("zh", "hanzi", "zh0"))
    sheet = Sheet(FACES[dice.choice((0, 1, 2))])
    sheet.centred(60, title, 18)
    sheet.text(380, 88, f"合同编号:HT-{dice.randrange(1000, 9999)}", 10)
    y = 120.0
    term, days = (
        _agreed_term(dice, since, until, years, style) if kind == "processing_agreement" else ("合营期限为三十年,自营业执照签发之日起计算。", style)
    )
    clauses = [
        f"甲方:{a.values['factory.name']}。乙方:{a.name_hans}(香港)。双方本着平等互利的原则订立本合同。", "第一条 甲方提供厂房、水电及劳动力;乙方提供机器设备、原材料及技术。",
        "第二条 产品全部由乙方负责外销,甲方收取加工费。" if kind == "processing_agreement" else "第二条 合营公司为有限责任公司,各方按出资比例分享利润和分担风险。",
        "第三条 加工费每月结算一次,于次月十五日前付清。" if kind == "processing_agreement" else "第三条 投资总额为港币一千万元,甲方出资百分之四十。", f"第四条 {term}",
    ]  # fmt: skip
    for clause in clauses:
        y = sheet.wrapped(60, y, clause, 475, 11) + 12
    sheet.centred(800, dice.choice(("- 1 -", "第1页 共2页", "1")), 9)
    sheet.next_page()
    y = 60.0
    for clause in (
        "第五条 本合同的修改须经双方书面同意。", "第六条 争议应通过友好协商解决,协商不成提交仲裁。", f"本合同于{day_in(since, days)}签订,一式四份。", "甲方(盖章):", "乙方(盖章):",
    ):  # fmt: skip
        y = sheet.wrapped(60, y, clause, 475, 11) + 16
    sheet.chop(180, 260, a.values["factory.name"], dice)
    sheet.signature(300, 260, dice)
    sheet.centred(800, "- 2 -", 9)
    return Paper(
        kind, dice.choice(("合同.pdf", "Agreement.pdf", "scan_05.pdf")), sheet.pdf(), pages=2,
        fields={"expires_on": until.isoformat()} if kind == "processing_agreement" else {},
    )  # fmt: skip


def _agreed_term(dice: random.Random, since: date, until: date, years: int, style: str) -> tuple[str, str]:
    first, last, counted = day_in(since, style), day_in(until, style), _COUNTED[years]
    return dice.choice((
        (f"本合同有效期自{first}起至{last}止,期满前双方可协商续签。", style),
        (f"本合同有效期为{counted}年,从{first}至{last}。", style),
        (f"合同期限:{first}至{last}。", style),
        (f"本合同有效期{counted}年,自签订之日起计算。", style),
        (f"本协议自签字之日起生效,有效期为{counted}年。", style),
        (f"本合同有效期至{last},期满自动失效。", style),
        (f"合同有效期为{counted}年,自{first}起生效。", style),
        (f"This Agreement is valid for a period from {day_in(since, 'en')} to {day_in(until, 'en')}. 本协议有效期至{day_in(until, 'zh')}止。", style),
    ))  # fmt: skip


def foreign_investment_approval(a: Applicant, dice: random.Random) -> Paper:
    sheet = Sheet(FACES[0])
    sheet.centred(80, dice.choice(("外商投资企业设立备案回执", "中华人民共和国台港澳侨投资企业批准证书", "外商投资信息报告回执")), 18)
    y = 150.0
    for label, value in (
        ("企业名称", a.values["factory.name"]), ("企业地址", a.values["factory.address"]), ("投资者名称", a.name_hans), ("注册地", "香港"), ("经营年限", "长期"),
    ):  # fmt: skip
        y = labelled(sheet, y, label, value, value_x=170, size=11)
    sheet.chop(430, 420, "商务局", dice, colour=RED)
    return Paper("foreign_investment_approval", dice.choice(("备案回执.pdf", "批准证书.pdf", "scan_06.pdf")), sheet.pdf())


def shareholding_proof(a: Applicant, dice: random.Random) -> Paper:
    share = a.values["connection.mainland_shareholding"]
    sheet = Sheet(FACES[2])
    sheet.centred(60, dice.choice(("股东名册", "股东及出资信息", "企业股东名录", "企业信用信息公示报告")), 18)
    sheet.centred(90, a.values["factory.name"], 12)
    rows = (
        ("序号", "股东姓名", "证件", "出资比例"),
        ("1", "罗志强", "香港居民", f"{share:.2f}%"),
        ("2", "李小梅", "中国公民", f"{100 - share:.2f}%"),
    )
    table(sheet, 60, 130, (118, 118, 118, 118), rows, height=24)
    sheet.chop(440, 300, a.values["factory.name"], dice, colour=RED)
    return Paper("mainland_shareholding_proof", dice.choice(("股东名册.pdf", "shareholders.pdf", "scan_08.pdf")), sheet.pdf())
