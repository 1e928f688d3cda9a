"""Labels in the wordings of the forms that were drawn to be read at first sight."""

from __future__ import annotations

# key -> wordings in English, Traditional Chinese, Simplified Chinese
UNSEEN: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "applicant.name_en": (
        ("Registered Name of Applicant (Eng.)", "Name of Applicant Organisation (in English)", "English Name of the Applicant Company"),
        ("申請商號英文名稱", "公司英文全名", "英文名稱(須與商業登記相同)"),
        ("企业英文名称", "公司英文全称", "申请机构英文名"),
    ),
    "applicant.name_zh": (
        ("Registered Name of Applicant (Chi.)", "Name of Applicant Organisation (in Chinese)", "Chinese Name of the Applicant Company"),
        ("申請商號中文名稱", "公司中文全名", "中文名稱(如有)"),
        ("企业中文名称", "公司中文全称", "申请机构中文名"),
    ),
    "applicant.br_number": (
        ("Business Registration Certificate No.", "B.R. No. (first 8 digits)", "BR Number"),
        ("商業登記證號碼(首8位)", "商業登記編號"),
        ("商业登记证号", "商业登记编号"),
    ),
    "applicant.established_on": (
        ("Year and Date of Establishment", "Established on", "Date of Formation"),
        ("公司成立日期", "創立日期"),
        ("公司成立日期", "创立日期"),
    ),
    "applicant.address": (
        ("Registered Office Address", "Office Address (Hong Kong)", "Address in Hong Kong"),
        ("註冊辦事處地址", "香港辦事處地址"),
        ("注册办事处地址", "香港办事处地址"),
    ),
    "contact.name": (
        ("Name of Contact Officer", "Person to Contact", "Contact Person's Name"),
        ("聯絡人員姓名", "聯絡人士"),
        ("联系人姓名", "联络人员姓名"),
    ),
    "contact.title": (
        ("Post Held", "Designation / Title", "Position Held in the Company"),
        ("職務/職稱", "在公司的職位"),
        ("职务/职称", "在公司的职位"),
    ),
    "contact.phone": (
        ("Contact Telephone Number", "Daytime Tel. No.", "Office Tel."),
        ("日間聯絡電話", "聯絡電話號碼"),
        ("日间联络电话", "联系电话号码"),
    ),
    "contact.email": (
        ("E-mail Address (letters will be sent here)", "Email for Correspondence"),
        ("聯絡電郵", "通訊電郵地址"),
        ("联络电邮", "通讯电邮地址"),
    ),
    "factory.name": (
        ("Factory's Name", "Name of the Manufacturing Plant", "Participating Factory"),
        ("廠名", "參與工廠名稱"),
        ("厂名", "参与工厂名称"),
    ),
    "factory.address": (
        ("Factory's Address", "Location of the Manufacturing Plant"),
        ("廠房所在地址", "工廠詳細地址"),
        ("厂房所在地址", "工厂详细地址"),
    ),
    "factory.uscc": (
        ("Factory's USCC", "Unified Social Credit Code (if in the Mainland)"),
        ("統一社會信用代碼(如在內地)",),
        ("统一社会信用代码(如在内地)",),
    ),
    "factory.sector": (("Trade / Industry of Factory", "Industrial Sector"), ("工廠所屬行業", "行業"), ("工厂所属行业", "行业")),
    "factory.employees": (("No. of Staff Employed", "Total Workforce"), ("現有員工人數", "聘用人數"), ("现有员工人数", "聘用人数")),
    "connection.type": (("How is the applicant connected with the factory?",), ("申請機構與工廠的關連",), ("申请机构与工厂的关连",)),
    "connection.mainland_shareholding": (("Shareholding in Mainland Enterprise (%)",), ("於內地企業的持股(%)",), ("于内地企业的持股(%)",)),
    "connection.hk_shareholding": (("Shareholding in Applicant (%)",), ("於申請機構的持股(%)",), ("于申请机构的持股(%)",)),
    "organisation.status": (("Legal Status of Organisation",), ("機構性質",), ("机构性质",)),
    "organisation.non_profit": (("Non-profit-distributing organisation?",), ("是否不分配利潤",), ("是否不分配利润",)),
    "project.initiative": (("Initiative Applied For",), ("申請類別",), ("申请类别",)),
    "project.title": (("Project Name", "Title of Proposed Project"), ("擬議項目名稱", "項目題目"), ("拟议项目名称", "项目题目")),
    "project.summary": (("Project Synopsis", "Brief Account of the Project"), ("項目撮要", "項目內容簡介"), ("项目撮要", "项目内容简介")),
    "project.start_on": (("Commencing on", "Expected Date of Commencement"), ("預計動工日期", "由(日期)"), ("预计动工日期", "预计开始日期")),
    "project.end_on": (("Ending on", "Expected Date of Completion"), ("預計竣工日期", "至(日期)"), ("预计竣工日期", "预计完成日期")),
    "project.total_cost": (
        ("Estimated Total Expenditure (HKD)", "Total Cost of the Project"),
        ("預計總開支(港元)", "項目總費用"),
        ("预计总开支(港元)", "项目总费用"),
    ),
    "project.funding_requested": (
        ("Amount of Grant Sought (HKD)", "Funding Sought"),
        ("申請資助金額(港元)", "擬申請資助"),
        ("申请资助金额(港元)", "拟申请资助"),
    ),
    "provider.name": (
        ("Name of Consultant", "Environmental Technology Service Provider (ETSP)"),
        ("環境技術顧問名稱", "服務商名稱"),
        ("环境技术顾问名称", "服务商名称"),
    ),
    "declaration.name": (
        ("Name in Print", "Signatory (full name)", "Name of Authorised Officer"),
        ("簽署人姓名(正楷)", "獲授權人姓名"),
        ("签署人姓名(正楷)", "获授权人姓名"),
    ),
    "declaration.signed_on": (("Signed on (date)", "Date of Signature"), ("簽署日", "日期(簽署)"), ("签署日", "签署日期")),
    "declaration.signature": (("Signature of Authorised Officer",), ("獲授權人簽署",), ("获授权人签署",)),
    "declaration.chop": (("Company Chop",), ("公司印章",), ("公司印章",)),
}

# The wordings of the looks that were drawn last.
LATER: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "applicant.name_en": (
        ("Applicant (English name as on BR)", "Legal Name of Firm in English", "Name of Enterprise (Eng)"),
        ("公司英文名稱(與商業登記證相同)", "申請企業英文名稱"),
        ("企业名称(英文)", "申请单位英文全称"),
    ),
    "applicant.name_zh": (
        ("Applicant (Chinese name as on BR)", "Legal Name of Firm in Chinese", "Name of Enterprise (Chi)"),
        ("公司中文名稱(與商業登記證相同)", "申請企業中文名稱"),
        ("企业名称(中文)", "申请单位中文全称"),
    ),
    "applicant.br_number": (("Business Reg. No.", "BR Certificate No."), ("商業登記證號碼", "商業登記號"), ("商业登记证号码", "商登号")),
    "applicant.established_on": (("Set up on", "Date of Registration of Company"), ("成立於", "註冊成立日期"), ("成立于", "注册成立日期")),
    "applicant.address": (
        ("Correspondence Address", "Place of Business in HK"),
        ("香港通訊地址", "公司地址(香港)"),
        ("香港通讯地址", "公司地址(香港)"),
    ),
    "contact.name": (("Liaison Officer", "Attn.", "Responsible Officer"), ("經辦人姓名", "聯繫人"), ("经办人姓名", "联系人")),
    "contact.title": (("Job Title of Contact", "Rank"), ("經辦人職位", "職級"), ("经办人职务", "岗位")),
    "contact.phone": (("Mobile / Direct Line", "Tel. (HK)"), ("手提/直線電話", "公司電話"), ("手机/直线电话", "公司电话")),
    "contact.email": (("E-Mail", "Email Addr."), ("電郵", "E-mail 地址"), ("电子邮箱", "邮箱地址")),
    "factory.name": (("Plant Name", "Name of Factory Concerned"), ("有關工廠的名稱", "生產廠名稱"), ("有关工厂的名称", "生产厂名称")),
    "factory.address": (("Plant Address", "Site Address of Factory"), ("有關工廠的地址", "廠址"), ("有关工厂的地址", "厂址")),
    "factory.uscc": (("Social Credit Code of Plant", "USCC (18-digit)"), ("社會信用代碼", "統一信用代碼"), ("社会信用代码", "统一信用代码")),
    "factory.sector": (("Sector to which the Factory belongs",), ("工廠行業類別",), ("工厂行业类别",)),
    "factory.employees": (("Head Count of Factory", "Number of Workers"), ("工廠工人數目", "僱員總人數"), ("工厂工人数目", "雇员总人数")),
    "connection.type": (("Connection between Applicant and Factory",), ("申請企業與工廠的聯繫",), ("申请企业与工厂的联系",)),
    "connection.mainland_shareholding": (("Equity held in Mainland Enterprise (%)",), ("所佔內地企業股份(%)",), ("所占内地企业股份(%)",)),
    "connection.hk_shareholding": (("Equity held in Applicant Company (%)",), ("所佔申請企業股份(%)",), ("所占申请企业股份(%)",)),
    "organisation.status": (("Status of the Organisation",), ("機構類別",), ("机构类别",)),
    "organisation.non_profit": (("Is it a non-profit-distributing body?",), ("是否為非分配利潤機構",), ("是否为非分配利润机构",)),
    "project.initiative": (("Application is for",), ("申請項目類型",), ("申请项目类型",)),
    "project.title": (("Subject of Project", "Project Heading"), ("項目主題", "計劃項目名稱"), ("项目主题", "计划项目名称")),
    "project.summary": (("Project in Brief", "What will be done?"), ("項目概述", "項目內容"), ("项目概述", "项目内容")),
    "project.start_on": (("Start", "Date of Start"), ("開始日期", "項目開展日期"), ("开始日期", "项目开展日期")),
    "project.end_on": (("Finish", "Date of Finish"), ("結束日期", "項目完結日期"), ("结束日期", "项目完结日期")),
    "project.total_cost": (("Total Budget, HK$", "Overall Cost"), ("總預算(港幣)", "項目總成本"), ("总预算(港币)", "项目总成本")),
    "project.funding_requested": (
        ("Subsidy Sought, HK$", "Grant Applied For"),
        ("擬申請資助額(港幣)", "申請撥款"),
        ("拟申请资助额(港币)", "申请拨款"),
    ),
    "provider.name": (("Consultancy Firm Engaged", "Service Provider Appointed"), ("委聘的顧問公司", "服務供應商"), ("委聘的顾问公司", "服务供应商")),
    "declaration.name": (("Authorised Person", "Name of Declarant"), ("獲授權人士", "聲明人姓名"), ("获授权人士", "声明人姓名")),
    "declaration.signed_on": (("Date Signed", "Signing Date"), ("簽署日期", "簽字日期"), ("签署日期", "签字日期")),
    "declaration.signature": (("Sign Here", "Signature"), ("簽署", "簽名"), ("签署", "签名")),
    "declaration.chop": (("Company Stamp",), ("公司蓋章",), ("公司盖章",)),
}
