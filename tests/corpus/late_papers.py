"""Further looks of supporting papers, printed by a browser and drawn after the readers of papers were built: to measure by, never to mend by."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import pikepdf

from tests.corpus.browser_print import printed_page
from tests.corpus.paper_sheet import Paper, day_in
from tests.corpus.people import Applicant

SELLERS = (("Moonlight Boiler Works Limited", "月華鍋爐製造有限公司"), ("Terrace Pumps & Valves Co.", "梯田泵閥行"), ("Sage Green Engineering (Asia) Limited", "鼠尾草綠色工程(亞洲)有限公司"), ("Nimbus Air Handling Company Limited", "雨雲空氣處理有限公司"))  # fmt: skip
CSS = """@page{size:A4;margin:16mm}body{font-family:'Noto Sans CJK TC','Noto Sans CJK SC',sans-serif;font-size:10.5pt;margin:0}
table{border-collapse:collapse;width:100%}td,th{padding:4px 6px;vertical-align:top;text-align:left}.r td,.r th{border:1px solid #555}
.n{text-align:right}h1{font-size:20pt;margin:8px 0}h2{font-size:13pt}.s{font-size:8.5pt;color:#444}.c{text-align:center}.f{float:right}
.serif{font-family:'Noto Serif CJK TC','Noto Serif CJK SC',serif}.b{page-break-before:always}"""


def _paper(kind: str, name: str, body: str, *, css: str = "", fields: dict[str, object] | None = None, **more: object) -> Paper:
    data = printed_page(f"<!doctype html><html><head><meta charset=utf-8><style>{CSS}{css}</style></head><body>{body}</body></html>")
    with pikepdf.open(BytesIO(data)) as pdf:
        pages = len(pdf.pages)
    return Paper(kind, name, data, pages=pages, fields=dict(fields or {}), **more)  # type: ignore[arg-type]


def _offer(seller: tuple[str, str], total: int, day: date) -> dict[str, object]:
    return {"supplier": seller[0], "total": total, "dated": day.isoformat()}


def _parts(total: int, dice: random.Random, count: int) -> list[int]:
    cuts = sorted(dice.randrange(1, total // 10) * 10 for _ in range(count - 1))
    return [after - before for before, after in zip([0, *cuts], [*cuts, total], strict=True)]


def quotation_banner(a: Applicant, dice: random.Random) -> Paper:
    """A dark banner with the title in white, items with codes, sums at the right below the table, seller's name small at the foot."""
    seller, total, day = dice.choice(SELLERS), dice.randrange(4_000, 90_000) * 10, a.received_on - timedelta(days=22)
    rows = "".join(
        f"<tr><td>{n}</td><td>BL-{dice.randrange(100, 999)}</td><td>{what}</td><td class=n>{n}</td><td class=n>{part:,.2f}</td></tr>"
        for n, (what, part) in enumerate(
            zip(("Plate heat exchanger", "Circulation pump set", "Pipework and lagging"), _parts(total, dice, 3), strict=True), 1
        )
    )
    body = f"""<div style='background:#14324a;color:#fff;padding:14px'><span style='font-size:24pt'>QUOTATION</span><span class=f>{seller[0]}</span></div>
    <table style='margin-top:14px'><tr><td><b>Prepared for</b><br>{a.values["applicant.name_en"]}<br>{a.values["contact.name"]}</td>
    <td class=n>Quote # <b>Q{dice.randrange(10000, 99999)}</b><br>Quote date <b>{day:%d %b %Y}</b><br>Expires <b>{day + timedelta(days=60):%d %b %Y}</b></td></tr></table>
    <table class=r style='margin-top:16px'><tr style='background:#e4ecf2'><th>#<th>Code<th>Description<th class=n>Qty<th class=n>HKD</tr>{rows}</table>
    <p class=n>Subtotal HKD {total:,.2f}<br>Discount HKD 0.00<br><b style='font-size:13pt'>TOTAL HKD {total:,.2f}</b></p>
    <p class=s>{seller[0]} {seller[1]} · Rm 9, 3/F, Juniper Centre, Kwai Chung · sales@moon.example</p>"""
    return _paper("quotation", "Q-final.pdf", body, fields=_offer(seller, total, day), alternatives={"supplier": [seller[1]]})


def quotation_hant_table(a: Applicant, dice: random.Random) -> Paper:
    """A sheet from a spreadsheet in Chinese: everything in one grid, the sum in the last row, validity and payment below."""
    seller, total, day = dice.choice(SELLERS), dice.randrange(4_000, 90_000) * 10, a.received_on - timedelta(days=13)
    one, two = _parts(total, dice, 2)
    body = f"""<table class=r><tr><td colspan=5 class=c style='font-size:16pt'>{seller[1]}</td></tr><tr><td colspan=5 class=c>工 程 報 價 表</td></tr>
    <tr><td>客戶</td><td colspan=2>{a.values["applicant.name_zh"]}</td><td>日期</td><td>{day_in(day, "zh")}</td></tr>
    <tr><td>工程</td><td colspan=2>車間節能改造</td><td>單號</td><td>{dice.randrange(2020, 2026)}-{dice.randrange(100, 999)}</td></tr>
    <tr><th>序<th>內容<th class=n>單價(港元)<th class=n>數量<th class=n>小計(港元)</tr>
    <tr><td>1<td>餘熱回收機組供應<td class=n>{one:,}<td class=n>1<td class=n>{one:,}</tr><tr><td>2<td>現場安裝、接駁及測試<td class=n>{two:,}<td class=n>1<td class=n>{two:,}</tr>
    <tr><td colspan=4 class=n>合計</td><td class=n><b>{total:,}</b></td></tr></table>
    <p>備註:一、以上價格不含運費;二、有效期三十天;三、訂金百分之三十,餘款於驗收後付清。</p><p>報價人:何先生　　公司蓋章:</p>"""
    return _paper("quotation", "報價.pdf", body, fields=_offer(seller, total, day), alternatives={"supplier": [seller[1]]})


def quotation_hans_two(a: Applicant, dice: random.Random) -> Paper:
    """A Mainland maker's offer: 需方 and 供方 beside one another, sum in capitals and figures, tax included."""
    seller, total, day = dice.choice(SELLERS), dice.randrange(4_000, 90_000) * 10, a.received_on - timedelta(days=31)
    body = f"""<div class=c style='font-size:22pt;letter-spacing:8px'>产品报价单</div>
    <table style='margin:10px 0'><tr><td>需方:{a.values["applicant.name_zh"]}</td><td>供方:{seller[1]}</td></tr><tr><td>联系人:{a.values["contact.name"]}</td><td>报价日期:{day_in(day, "iso")}</td></tr></table>
    <table class=r><tr><th>序号<th>产品名称<th>规格型号<th>单位<th class=n>数量<th class=n>单价(元)<th class=n>金额(元)</tr>
    <tr><td>1<td>变频空压机<td>VSD-37A<td>台<td class=n>2<td class=n>{total / 2:,.2f}<td class=n>{total:,.2f}</tr>
    <tr><td colspan=3>价税合计(人民币)<td colspan=4 class=n>¥{total:,.2f}</tr></table>
    <ol><li>本报价含13%增值税及运费。</li><li>交货期:合同签订后45天。</li><li>报价有效期:60天。</li></ol><p>供方(盖章):{seller[1]}</p>"""
    return _paper("quotation", "报价单2.pdf", body, fields=_offer((seller[1], seller[0]), total, day), alternatives={"supplier": [seller[0]]})


def quotation_letter(a: Applicant, dice: random.Random) -> Paper:
    """A letter in prose: the sum stands in a sentence, the date at the right, the seller at head and foot."""
    seller, total, day = dice.choice(SELLERS), dice.randrange(4_000, 90_000) * 10, a.received_on - timedelta(days=40)
    body = f"""<div class='serif' style='font-size:12pt'><div class=c><b>{seller[0].upper()}</b><br><span class=s>12 Acorn Path, Tai Po, N.T.</span></div>
    <p style='text-align:right'>{day.day}th {day:%B %Y}</p><p>{a.values["applicant.name_en"]}<br>Attention: {a.values["contact.name"]}</p>
    <p><u>QUOTATION FOR SUPPLY OF AIR COMPRESSOR</u></p><p>Thank you for your enquiry of last week. We have pleasure in offering one set of screw compressor with inverter,
    delivered and commissioned at your works, for the lump sum of HK${total:,} (Hong Kong dollars only).</p>
    <p>Delivery: 10 to 12 weeks. Payment: 40% with order, 60% on completion. This offer remains open for 60 days.</p><p>Yours faithfully,<br>For {seller[0]}<br><br>T. Ip</p></div>"""
    return _paper("quotation", "scan0091.pdf", body, fields=_offer(seller, total, day), alternatives={"supplier": [seller[0].upper()]})


def quotation_web_shop(a: Applicant, dice: random.Random) -> Paper:
    """An estimate from accounting software: bill-to block, dates at the right, balance in a box at the top, the seller's logo as a picture only."""
    seller, total, day = dice.choice(SELLERS), dice.randrange(4_000, 90_000) * 10, a.received_on - timedelta(days=9)
    body = f"""<table><tr><td style='width:55%'><b style='font-size:15pt'>{seller[0]}</b><br><span class=s>G/F, 5 Moss Lane, Yuen Long<br>hello@sage.example</span></td><td class=n><span style='font-size:22pt'>Estimate</span><br>EST-{dice.randrange(1000, 9999)}</td></tr></table><hr>
    <table><tr><td><span class=s>ESTIMATE TO</span><br>{a.values["applicant.name_en"]}</td><td class=n><span class=s>ESTIMATE DATE</span><br>{day:%B} {day.day}, {day.year}<br><span class=s>VALID UNTIL</span><br>{day + timedelta(days=30):%B} {(day + timedelta(days=30)).day}, {(day + timedelta(days=30)).year}</td></tr></table>
    <table style='margin-top:20px'><tr style='border-bottom:2px solid #000'><th>Service<th class=n>Rate<th class=n>Hrs<th class=n>Line total</tr><tr><td>Low-temperature dyeing line retrofit<td class=n>${total:,}<td class=n>1<td class=n>${total:,}</tr></table>
    <table style='margin-top:30px;width:45%;margin-left:55%'><tr><td>Sub Total<td class=n>${total:,}.00</tr><tr><td>Tax<td class=n>$0.00</tr><tr style='background:#eee'><td><b>Estimate Total (HKD)</b><td class=n><b>${total:,}.00</b></tr></table>"""
    return _paper("quotation", "estimate.pdf", body, fields=_offer(seller, total, day), alternatives={"supplier": [seller[1]]})


def br_extract_look(a: Applicant, dice: random.Random) -> Paper:
    """A certificate printed from the department's web site: a grid of two columns, dates with dashes, the number with its check parts."""
    start = a.received_on - timedelta(days=dice.randrange(30, 280))
    end, br = start.replace(year=start.year + 1, day=min(start.day, 28)) - timedelta(days=1), a.values["applicant.br_number"]
    pairs = (
        ("業務／法團所用名稱<br>Name of Business/ Corporation", f"{a.values['applicant.name_en'].upper()}<br>{a.values['applicant.name_zh']}"), ("業務／分行名稱<br>Business/ Branch Name", "＊＊＊＊＊"),
        ("地址<br>Address", "UNIT 5 8/F JUNIPER IND CENTRE KWUN TONG KL"), ("業務性質<br>Nature of Business", "MFG &amp; TRADING"), ("法律地位<br>Status", "BODY CORPORATE"),
        ("生效日期<br>Date of Commencement", f"{start:%d/%m/%Y}"), ("屆滿日期<br>Date of Expiry", f"{end:%d/%m/%Y}"), ("登記證號碼<br>Certificate No.", f"{br}-000-{start:%m-%y}-{dice.randrange(10)}"), ("登記費及徵費<br>Fee and Levy", "$2,150"),
    )  # fmt: skip
    rows = "".join(f"<tr><td class=s style='width:34%'>{label}</td><td style='font-family:monospace'>{value}</td></tr>" for label, value in pairs)
    body = f"<p class=s>FORM 2 表格二 <span class=f>[Regulation 5 第5條]</span></p><div class=c>商業登記條例 (第310章)<br>BUSINESS REGISTRATION ORDINANCE (Chapter 310)<h2>電子商業登記證<br>Electronic Business Registration Certificate</h2></div><table class=r>{rows}</table><p class=s>請在營業地點展示。 Please display at the place of business.</p>"
    fields = {"name": a.values["applicant.name_en"], "br_number": br, "commenced_on": start.isoformat(), "expires_on": end.isoformat()}
    return _paper("br_certificate", "e-BR.pdf", body, fields=fields, alternatives={"name": [a.values["applicant.name_zh"]]})


def incorporation_new(a: Applicant, dice: random.Random) -> Paper:
    """After December 2023: the number is the Unique Business Identifier, both languages below one another, an issuing date apart from the day."""
    day = date.fromisoformat(a.values["applicant.established_on"])
    body = f"""<div class='c serif'><p class=f>編號 No. {a.values["applicant.br_number"]}</p><br><p>香港特別行政區<br>公司註冊處</p><h1>公司註冊證明書</h1><h2>CERTIFICATE OF INCORPORATION</h2><p>本人謹此證明</p><h2>{a.values["applicant.name_zh"]}</h2>
    <p>於本日根據香港法例第622章《公司條例》在香港註冊成立為有限公司。</p><p><i>I hereby certify that</i></p><h2>{a.values["applicant.name_en"]}</h2><p><i>is this day incorporated in Hong Kong under the Companies Ordinance (Chapter 622 of the Laws of Hong Kong), and that this company is a limited company.</i></p>
    <p>本證明書於{day_in(day, "hanzi")}發出。</p><p><i>Issued on {day.day} {day:%B} {day.year}.</i></p><br><p>香港特別行政區公司註冊處處長<br>Registrar of Companies</p></div>"""
    fields = {"name": a.values["applicant.name_en"], "company_number": a.values["applicant.br_number"], "incorporated_on": day.isoformat()}
    return _paper("certificate_of_incorporation", "Cert_Inc.pdf", body, fields=fields, alternatives={"name": [a.values["applicant.name_zh"]]})


def licence_grid(a: Applicant, dice: random.Random) -> Paper:
    """A licence downloaded as an electronic one: a table with borders, the code in bold at the head."""
    day = date(2006, 2, 1) + timedelta(days=dice.randrange(5000))
    person = dice.choice(("严志安", "邹丽珊", "骆文", "夏侯建明"))
    body = f"""<div class=c style='font-size:30pt;letter-spacing:14px'>营业执照</div><p class=c>(电子营业执照副本)</p><p>统一社会信用代码:<b>{a.values["factory.uscc"]}</b></p>
    <table class=r><tr><td>名称<td colspan=3>{a.values["factory.name"]}</tr><tr><td>类型<td colspan=3>{a.licence_type}</tr><tr><td>住所<td colspan=3>{a.values["factory.address"]}</tr>
    <tr><td>法定代表人<td>{person}<td>注册资本<td>陆佰万港元</tr><tr><td>成立日期<td>{day_in(day, "zh0")}<td>营业期限<td>长期</tr><tr><td>经营范围<td colspan=3>研发、生产、加工、销售:纸制品、包装材料。(依法须经批准的项目,经相关部门批准后方可开展经营活动。)</tr></table>
    <p class=n>登记机关:某某市市场监督管理局<br>{day_in(day + timedelta(days=2500), "zh")}</p><p class=s>企业应当于每年1月1日至6月30日通过国家企业信用信息公示系统报送年度报告。</p>"""
    fields = {"name": a.values["factory.name"], "uscc": a.values["factory.uscc"], "enterprise_type": a.licence_type, "legal_representative": person, "established_on": day.isoformat(), "address": a.values["factory.address"]}  # fmt: skip
    return _paper("mainland_business_licence", "dianzi.pdf", body, fields=fields)


def annual_return_online(a: Applicant, dice: random.Random) -> Paper:
    """The electronic return's first pages: numbered boxes, the label above its value."""
    day = date.fromisoformat(a.values["applicant.established_on"]).replace(year=a.received_on.year - 1, day=11)
    boxes = (("1  公司名稱 Company Name", f"{a.values['applicant.name_en']}<br>{a.values['applicant.name_zh']}"), ("2  商業名稱 Business Name (if any)", "無 NIL"), ("3  公司類別 Type of Company", "☑ 私人公司 Private company"), ("4  本申報表的結算日期 Date to which this Return is Made Up", f"{day.day:02d} 日 DD&nbsp;&nbsp; {day.month:02d} 月 MM&nbsp;&nbsp; {day.year} 年 YYYY"), ("6  註冊辦事處地址 Address of Registered Office", "Unit 5, 8/F, Juniper Industrial Centre, Kwun Tong, Kowloon"), ("9  按揭及押記 Mortgages and Charges", "無 NIL"))  # fmt: skip
    inner = "".join(f"<tr><td><span class=s>{label}</span><br>{value}</td></tr>" for label, value in boxes)
    body = f"""<p>公司註冊處 Companies Registry <span class=f><b>表格 Form NAR1</b></span></p><h1 class=c>周年申報表 Annual Return</h1><p class=n>公司編號 Company Number <b style='border:1px solid;padding:3px'>{a.company_number}</b></p><table class=r>{inner}</table>
    <div class=b></div><p>表格 Form NAR1 <span class=f>公司編號 Company Number {a.company_number}</span></p><h2>11 股本 Share Capital</h2><table class=r><tr><th>股份的類別<th>總數<th>總款額</tr><tr><td>普通股 Ordinary<td>10,000<td>HKD 10,000</tr></table><h2>12 公司秘書 Company Secretary</h2><p>Ip Tak Shing</p>"""
    fields = {"name": a.values["applicant.name_en"], "company_number": a.company_number, "made_up_to": day.isoformat()}
    return _paper("annual_return", "NAR1 e-filing.pdf", body, fields=fields, alternatives={"name": [a.values["applicant.name_zh"]]})


def processing_contract(a: Applicant, dice: random.Random) -> Paper:
    """来料加工 with its term as two dates in a sentence."""
    end = a.received_on + timedelta(days=dice.randrange(200, 1500))
    start = end - timedelta(days=1825)
    body = f"""<h1 class=c>来料加工协议书</h1><p>协议编号:粤莞加字第{dice.randrange(100, 999)}号</p><p>甲方(加工方):虎门镇对外经济发展总公司</p><p>乙方(委托方):{a.values["applicant.name_zh"]}</p><p>一、乙方提供原料、辅料及不作价设备,甲方组织工人加工,成品全部交乙方出口。</p><p>二、加工费按件计算,由乙方按月结汇。</p><p>三、本协议有效期自{day_in(start, "zh")}起至{day_in(end, "zh")}止。</p><p>四、争议由双方协商解决。</p><p>甲方代表:________　　乙方代表:________</p>"""
    return _paper("processing_agreement", "加工协议.pdf", body, fields={"expires_on": end.isoformat()})


def joint_venture_long(a: Applicant, dice: random.Random) -> Paper:
    """A contract of three pages with a title page of its own."""
    body = f"""<div style='margin-top:90mm' class=c><h1>合资经营合同书</h1><p>中外合资 {a.values["factory.name"]}</p></div><div class=b></div><p><b>第一章 总则</b></p><p>{a.values["applicant.name_zh"]}(乙方)与东江实业发展公司(甲方),根据《中华人民共和国中外合资经营企业法》,本着平等互利的原则,同意共同投资举办合资企业,特订立本合同。</p><p><b>第二章 合营各方</b></p><p>第一条 合营各方为……</p><div class=b></div><p><b>第六章 董事会</b></p><p>第二十条 董事会由五名董事组成,甲方委派二名,乙方委派三名。</p><p><b>第十章 违约责任</b></p><p>第四十条 本合同自审批机关批准之日起生效。</p>"""
    return _paper("joint_venture_agreement", "hetong.pdf", body)


def filing_receipt(a: Applicant, dice: random.Random) -> Paper:
    """The receipt that the commerce bureaus gave from 2016 to 2019."""
    body = f"""<h1 class=c>外商投资企业变更备案回执</h1><p class=n>编号:粤深外资备{dice.randrange(201700000, 201999999)}</p><p>{a.values["factory.name"]}:</p><p>你公司报送的变更备案申报材料收悉,符合《外商投资企业设立及变更备案管理暂行办法》的要求,予以备案。</p><table class=r><tr><td>企业类型<td>外资企业<td>投资总额<td>800万港元</tr><tr><td>投资者名称<td colspan=3>{a.values["applicant.name_zh"]}</tr></table><p class=n>备案机构:某区经济促进局</p>"""
    return _paper("foreign_investment_approval", "回执.pdf", body)


def tenancy_chinese(a: Applicant, dice: random.Random) -> Paper:
    """A stamped lease of a Hong Kong factory unit in Chinese."""
    body = f"""<h1 class=c>租 約</h1><p>立約日期:二零二二年六月一日</p><p>業主(出租人):月桂置業有限公司</p><p>租客(承租人):{a.values["applicant.name_zh"]}</p><p>物業地址:香港九龍觀塘杜松工業中心八樓五室連全部裝置</p><p>用途:只限作工業生產用途</p><p>租期:三年　月租:港幣四萬八千元正</p><p>(已加蓋印花 STAMPED)</p><p>1. 承租人須按時繳交差餉、地租、管理費及水電費。</p><p>業主簽署:________　租客簽署:________</p>"""
    return _paper("premises_proof", "lease.pdf", body)


def rates_demand(a: Applicant, dice: random.Random) -> Paper:
    """A rates demand of the Rating and Valuation Department for the unit."""
    body = f"""<p>差餉物業估價署 Rating and Valuation Department</p><h2>徵收差餉及／或地租通知書<br>DEMAND FOR RATES AND/OR GOVERNMENT RENT</h2><table class=r><tr><td>繳納人姓名 Payer<td>{a.values["applicant.name_en"]}</tr><tr><td>物業地址 Tenement<td>UNIT 5 8/F JUNIPER INDUSTRIAL CENTRE, KWUN TONG, KOWLOON</tr><tr><td>應課差餉租值 Rateable Value<td>$420,000</tr><tr><td>季度 Quarter<td>01/2023 - 03/2023</tr><tr><td>應繳總額 Total Amount Payable<td>$5,250.00</tr></table>"""
    return _paper("premises_proof", "rates.pdf", body)


def proposal_slides(a: Applicant, dice: random.Random) -> Paper:
    """A consultant's proposal as landscape slides."""
    pages = ("<h1>On-site Improvement Assessment</h1><h2>Technical and Fee Proposal</h2><p>prepared for<br>{name}</p>", "<h1>Understanding of your plant</h1><ul><li>Two dyeing lines, one steam boiler</li><li>Aim: cut steam by a fifth</li></ul>", "<h1>Scope of work</h1><ul><li>Walk-through</li><li>Material balance</li><li>Improvement options with payback</li></ul>", "<h1>Our team and fee</h1><p>Project leader: Dr Ip</p><p>Consultancy fee: HK$52,000</p>")  # fmt: skip
    inner = (
        "".join(f"<div style='page-break-after:always'>{page.format(name=a.values['applicant.name_en'])}</div>" for page in pages[:-1]) + pages[-1]
    )
    return _paper("provider_proposal", "slides.pdf", inner, css="@page{size:297mm 167mm;margin:14mm}h1{font-size:26pt}")


def plan_chinese(a: Applicant, dice: random.Random) -> Paper:
    """A project plan with a chart of bars and a budget."""
    bars = "".join(f"<tr><td>{step}</td>" + "".join(f"<td style='background:{'#79a' if first <= month < last else '#fff'}'>&nbsp;</td>" for month in range(9)) + "</tr>" for step, first, last in (("採購", 0, 3), ("安裝", 3, 6), ("測試及驗收", 6, 8), ("成果分享會", 8, 9)))  # fmt: skip
    body = f"""<h1>示範項目推行計劃</h1><p>申請公司:{a.values["applicant.name_zh"]}</p><h2>一、背景及目標</h2><p>以熱泵取代蒸汽加熱,預計每年減少碳排放一百八十公噸。</p><h2>二、推行時間表</h2><table class=r>{bars}</table><h2>三、財政預算</h2><table class=r><tr><td>設備<td class=n>350,000</tr><tr><td>安裝<td class=n>90,000</tr></table><h2>四、預期環境效益</h2><p>回本期約三年。</p>"""
    return _paper("project_plan", "計劃.pdf", body)


def society_certificate(a: Applicant, dice: random.Random) -> Paper:
    body = f"""<div class='c serif'><p>香港警務處 HONG KONG POLICE FORCE</p><h2>《社團條例》(第151章)<br>SOCIETIES ORDINANCE (CAP. 151)</h2><h1>社團註冊證明書<br>CERTIFICATE OF REGISTRATION OF A SOCIETY</h1><p>茲證明 This is to certify that</p><h2>{a.values["applicant.name_en"]}<br>{a.values["applicant.name_zh"]}</h2><p>has been registered under section 5A(1).</p><p>Date 日期: 3 March 1998</p><p>社團事務主任 Societies Officer</p></div>"""
    return _paper("organisation_registration", "cert.pdf", body)


def rules_of_association(a: Applicant, dice: random.Random) -> Paper:
    body = f"""<h1 class=c>{a.values["applicant.name_zh"]}<br>會章</h1><h2>第一章 總則</h2><p>一、本會定名為「{a.values["applicant.name_zh"]}」。</p><p>二、宗旨:促進業界清潔生產。</p><h2>第二章 會員</h2><p>三、凡認同本會宗旨者均可申請入會。</p><h2>第三章 會員大會</h2><p>四、法定人數為會員總數五分之一。</p><div class=b></div><h2>第六章 財務</h2><p>十二、本會之收入及財產只可用於達致本會宗旨,不得分派予會員。</p><h2>第七章 解散</h2><p>十五、本會如需解散……</p>"""
    return _paper("constitution", "會章.pdf", body)


def credit_report(a: Applicant, dice: random.Random) -> Paper:
    """The register's page on a Mainland enterprise with its shareholders."""
    body = f"""<h2>国家企业信用信息公示系统</h2><h1>企业信用信息公示报告</h1><p>企业名称:{a.values.get("factory.name", "某某制品厂")}</p><h2>股东及出资信息</h2><table class=r><tr><th>序号<th>股东名称<th>股东类型<th>认缴出资额<th>出资比例</tr><tr><td>1<td>骆文<td>自然人股东<td>300万元<td>60%</tr><tr><td>2<td>邹丽珊<td>自然人股东<td>200万元<td>40%</tr></table><p class=s>报告生成时间 2023-05-04</p>"""
    return _paper("mainland_shareholding_proof", "gsxt.pdf", body)


def _other(name: str, body: str) -> Paper:
    return _paper("other", name, body)


def comparison(a: Applicant, dice: random.Random) -> Paper:
    return _other("compare.pdf", "<h1>報價比較</h1><table class=r><tr><th>供應商<th>報價編號<th>總額(港元)</tr>" + "".join(f"<tr><td>{s[1]}<td>Q{n}<td class=n>{n * 91_000:,}</tr>" for n, s in enumerate(SELLERS, 1)) + "</table><p>建議接納最低報價。</p>")  # fmt: skip


def pay_in(a: Applicant, dice: random.Random) -> Paper:
    return _other("IMG_0021.pdf", f"<h2>FPS Payment Confirmation</h2><p>Transaction successful</p><table><tr><td>To<td>{SELLERS[0][0]}</tr><tr><td>Amount<td>HKD 12,000.00</tr><tr><td>Date<td>04 May 2023 14:22</tr><tr><td>Reference<td>deposit quotation Q1882</tr></table>")  # fmt: skip


def order(a: Applicant, dice: random.Random) -> Paper:
    return _other("PO.pdf", f"<h1>PURCHASE ORDER</h1><p>To: {SELLERS[1][0]}</p><p>Please supply the following as per your quotation Q-771 dated 3 May 2023.</p><table class=r><tr><th>Item<th>Qty<th>Unit price<th>Amount</tr><tr><td>Pump set<td>2<td>22,000.00<td>44,000.00</tr><tr><td colspan=3>Total<td>HK$44,000.00</tr></table>")  # fmt: skip


def discharge_permit(a: Applicant, dice: random.Random) -> Paper:
    return _other("pwxkz.pdf", "<h1 class=c>排污许可证</h1><p>证书编号:91440000MA000000X0001P</p><p>单位名称:某某纸品厂</p><p>法定代表人(主要负责人):骆文</p><p>注册地址:东莞市厚街镇</p><p>统一社会信用代码:91440000MA000000X0</p><p>有效期限:自2020年08月01日至2025年07月31日止</p><p>发证机关:东莞市生态环境局</p>")  # fmt: skip


def factory_lease_mainland(a: Applicant, dice: random.Random) -> Paper:
    return _other("租赁.pdf", "<h1 class=c>厂房租赁合同</h1><p>出租方(甲方):厚街镇赤岭股份经济联合社</p><p>承租方(乙方):某某纸品厂</p><p>甲方将位于东莞市厚街镇赤岭工业区的厂房出租给乙方使用,租赁期限五年,月租金人民币捌万元。</p><p>违约责任:……</p>")  # fmt: skip


def iso_certificate(a: Applicant, dice: random.Random) -> Paper:
    return _other("iso.pdf", f"<div class=c><h1>Certificate of Registration</h1><p>This is to certify that the Environmental Management System of</p><h2>{a.values['applicant.name_en']}</h2><p>has been assessed and registered against ISO 14001:2015</p><p>Registration No. 55-8812 · Date of registration 2 June 2021 · Expiry 1 June 2024</p></div>")  # fmt: skip


def email_print(a: Applicant, dice: random.Random) -> Paper:
    return _other("email.pdf", f"<p><b>From:</b> sales@sage.example<br><b>To:</b> {a.values['contact.name']}<br><b>Subject:</b> RE: Quotation for heat pump<br><b>Date:</b> Thu, 4 May 2023</p><p>Dear {a.values['contact.name']},</p><p>Our engineer will visit on Monday to measure; the quotation will follow within the week. The last project of this size came to HK$380,000.</p><p>Regards, Ip</p>")  # fmt: skip


LATE_LOOKS: dict[str, tuple[str | None, Callable[[Applicant, random.Random], Paper]]] = {
    "late quotation banner": (None, quotation_banner),
    "late quotation grid": (None, quotation_hant_table),
    "late quotation 供需": (None, quotation_hans_two),
    "late quotation letter": (None, quotation_letter),
    "late quotation estimate": (None, quotation_web_shop),
    "late BR electronic": ("hk_factory", br_extract_look),
    "late incorporation": ("hk_factory", incorporation_new),
    "late licence": ("gd_wholly_owned", licence_grid),
    "late annual return": ("hk_factory", annual_return_online),
    "late processing": ("gd_processing_agreement", processing_contract),
    "late joint venture": ("gd_joint_venture", joint_venture_long),
    "late filing receipt": ("gd_wholly_owned", filing_receipt),
    "late tenancy": ("hk_factory", tenancy_chinese),
    "late rates": ("hk_factory", rates_demand),
    "late slides": ("hk_factory", proposal_slides),
    "late plan": ("hk_factory", plan_chinese),
    "late society": (None, society_certificate),
    "late rules": (None, rules_of_association),
    "late register": ("gd_resident_owned", credit_report),
    "late comparison": (None, comparison),
    "late payment": (None, pay_in),
    "late order": (None, order),
    "late permit": (None, discharge_permit),
    "late Mainland lease": (None, factory_lease_mainland),
    "late ISO": (None, iso_certificate),
    "late e-mail": (None, email_print),
}
