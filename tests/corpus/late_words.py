"""Labels in further everyday wordings, written after the readers: for the last measurement only, never to mend by."""

from __future__ import annotations

# key -> wordings in English, Traditional Chinese, Simplified Chinese
LATE: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "applicant.name_en": (
        ("Full Company Name (English)", "Applicant (Name in English)", "Organisation's Name - English"),
        ("公司英文名", "機構英文全稱", "申請單位英文名稱"),
        ("公司英文名", "申请单位英文名称", "企业名称(英文)"),
    ),
    "applicant.name_zh": (
        ("Full Company Name (Chinese)", "Applicant (Name in Chinese)", "Organisation's Name - Chinese"),
        ("公司中文名", "機構中文全稱", "申請單位中文名稱"),
        ("公司中文名", "申请单位中文名称", "企业名称(中文)"),
    ),
    "applicant.br_number": (
        ("Business Registration (BR) No.", "B/R No.", "BR Certificate Number"),
        ("商業登記證號數", "商業登記證號碼", "商登號碼"),
        ("商业登记证编号", "商业登记证号码"),
    ),
    "applicant.established_on": (
        ("Date Company Established", "Incorporation Date", "Date of Founding"),
        ("成立年月日", "公司創辦日期"),
        ("成立年月日", "企业成立日期"),
    ),
    "applicant.address": (
        ("Address of Company", "Hong Kong Address", "Principal Place of Business"),
        ("公司通訊地址", "香港公司地址", "營業地址"),
        ("公司通讯地址", "香港公司地址", "营业地址"),
    ),
    "contact.name": (("Contact", "Name of Responsible Person", "Liaison Person"), ("負責聯絡人", "聯絡人名字"), ("负责联系人", "联络人")),
    "contact.title": (("Title of Contact Person", "Position in Company", "Rank / Position"), ("聯絡人職位", "所任職位"), ("联系人职务", "所任职务")),
    "contact.phone": (("Contact Person's Phone", "Phone (Office)", "Tel / Mobile"), ("辦公室電話", "電話/手機"), ("办公电话", "电话/手机")),
    "contact.email": (
        ("Contact Person's Email", "Email Contact", "E-mail (for correspondence)"),
        ("電郵(聯絡用)", "電子郵箱地址"),
        ("联系人电邮", "电子邮箱地址"),
    ),
    "factory.name": (
        ("Name of Production Plant", "Factory Full Name", "Production Site Name"),
        ("工廠/廠房名稱", "生產商工廠名稱"),
        ("工厂/厂房名称", "生产基地名称"),
    ),
    "factory.address": (
        ("Address of Production Plant", "Where is the Factory located?", "Production Site Address"),
        ("工廠/廠房地址", "廠房詳細地址"),
        ("工厂/厂房地址", "生产基地地址"),
    ),
    "factory.uscc": (
        ("Unified Social Credit Code of Factory", "Social Credit Code (18 digits)"),
        ("統一社會信用代碼(內地)", "工廠信用代碼"),
        ("统一社会信用代码(18位)", "工厂信用代码"),
    ),
    "factory.sector": (("Industry Type", "Sector of Industry"), ("行業種類", "從事行業"), ("行业种类", "从事行业")),
    "factory.employees": (("How many employees?", "Employees (number)", "Size of Workforce"), ("僱員數量", "員工數量"), ("雇员数量", "员工数")),
    "connection.type": (
        ("Link between Applicant and Factory", "Relation to the Factory"),
        ("申請機構與廠房之關係", "與工廠的聯繫"),
        ("申请机构与厂房之关系", "与工厂的联系"),
    ),
    "connection.mainland_shareholding": (("% of Shares in Mainland Enterprise",), ("佔內地企業股權(%)",), ("占内地企业股权(%)",)),
    "connection.hk_shareholding": (("% of Shares in Applicant",), ("佔申請機構股權(%)",), ("占申请机构股权(%)",)),
    "organisation.status": (("Nature of the Organisation",), ("機構種類",), ("机构种类",)),
    "organisation.non_profit": (("Non-profit-distributing (Y/N)",), ("屬不分配利潤機構",), ("属不分配利润机构",)),
    "project.initiative": (("Initiative",), ("申請類型",), ("申请类型",)),
    "project.title": (("Name of the Project", "Title (of the project)"), ("申請項目名稱", "工程項目名稱"), ("申请项目名称", "工程项目名称")),
    "project.summary": (("Outline of Project", "Description of the Project"), ("項目簡述", "項目說明"), ("项目简述", "项目说明")),
    "project.start_on": (("Planned Start", "Start of Project"), ("計劃開始日期", "開始日"), ("计划开始日期", "开始日")),
    "project.end_on": (("Planned Completion", "End of Project"), ("計劃完成日期", "完成日"), ("计划完成日期", "完成日")),
    "project.total_cost": (
        ("Project Total (HK$)", "Overall Project Budget (HK$)"),
        ("項目開支總額", "項目預算總額(港元)"),
        ("项目开支总额", "项目预算总额(港元)"),
    ),
    "project.funding_requested": (
        ("Funding Applied For (HK$)", "Subsidy Amount Requested"),
        ("申請資助額", "要求資助金額"),
        ("申请资助额", "要求资助金额"),
    ),
    "provider.name": (("Technology Provider", "Consultancy Company"), ("技術供應商", "服務供應商名稱"), ("技术供应商", "服务供应商名称")),
    "declaration.name": (("Full Name of Signatory", "Signed by (name)"), ("簽署人全名", "簽名人姓名"), ("签署人全名", "签名人姓名")),
    "declaration.signed_on": (("Dated", "Date of Declaration"), ("聲明日期", "簽署年月日"), ("声明日期", "签署年月日")),
    "declaration.signature": (("Signature of Signatory", "Sign here"), ("簽署人簽名", "簽署"), ("签署人签名", "签署")),
    "declaration.chop": (("Chop of the Company", "Company's Stamp"), ("公司印", "蓋公司章"), ("公司印", "盖公司章")),
}
