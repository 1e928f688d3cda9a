"""What other offices print on their own forms: labels in everyday wordings, apart from those that the readers were built with."""

from __future__ import annotations

# key -> wordings in English, Traditional Chinese, Simplified Chinese
WORDINGS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "applicant.name_en": (
        ("Applicant Company Name (English)", "Registered Name in English", "Name of Applicant Company (in English)", "Company's English Name"),
        ("申請人英文名稱", "申請企業名稱(英文)", "公司英文全名"),
        ("申请企业英文名称", "企业英文名称", "申请公司英文名称"),
    ),
    "applicant.name_zh": (
        ("Applicant Company Name (Chinese)", "Registered Name in Chinese", "Name of Applicant Company (in Chinese)", "Company's Chinese Name"),
        ("申請人中文名稱", "申請企業名稱(中文)", "公司中文全名"),
        ("申请企业中文名称", "企业中文名称", "申请公司中文名称"),
    ),
    "applicant.br_number": (
        ("Business Reg. No.", "BR Number", "Business Registration Certificate No.", "HK BR No."),
        ("商業登記證編號", "商業登記編號", "商業登記證號"),
        ("商业登记证号", "香港商业登记号", "商业登记编号"),
    ),
    "applicant.established_on": (
        ("Date of Incorporation", "Established Date", "Company Established On"),
        ("創立日期", "公司成立日期", "註冊成立日期"),
        ("公司成立日期", "注册成立日期", "创立日期"),
    ),
    "applicant.address": (
        ("Registered Office Address", "Correspondence Address in Hong Kong", "Company Address (Hong Kong)", "HK Office Address"),
        ("香港辦事處地址", "通訊地址", "公司註冊地址"),
        ("香港办事处地址", "公司注册地址", "通讯地址"),
    ),
    "contact.name": (
        ("Contact Person's Name", "Name of Project Contact", "Person to Contact"),
        ("項目聯絡人", "聯絡人員", "聯絡人姓名"),
        ("项目联系人", "联系人名称", "联络人员"),
    ),
    "contact.title": (
        ("Post / Title", "Job Position", "Designation"),
        ("職位名稱", "職務名稱", "職級"),
        ("职务名称", "职位名称", "岗位"),
    ),
    "contact.phone": (
        ("Tel. Number", "Daytime Telephone", "Office Phone No.", "Contact Telephone No."),
        ("聯絡人電話", "公司電話", "聯絡電話號碼"),
        ("联系人电话", "公司电话", "联系电话号码"),
    ),
    "contact.email": (
        ("Contact E-mail Address", "Company E-mail", "E-mail ID"),
        ("聯絡電郵", "電郵信箱", "電子信箱"),
        ("联系邮箱", "电子邮件地址", "电子信箱"),
    ),
    "factory.name": (
        ("Name of Manufacturing Plant", "Factory / Plant Name", "Full Name of Factory"),
        ("生產廠房名稱", "廠房/工場名稱", "工廠全名"),
        ("工厂全称", "生产工厂名称", "厂房名称"),
    ),
    "factory.address": (
        ("Plant Location", "Factory / Plant Address", "Full Address of Factory"),
        ("生產廠房地址", "廠房/工場地址", "工廠詳細地址"),
        ("工厂详细地址", "生产工厂地址", "厂房所在地"),
    ),
    "factory.uscc": (
        ("USCC No.", "Factory's Unified Social Credit Code", "Mainland Unified Social Credit Code"),
        ("統一社會信用代碼編號", "工廠統一社會信用代碼", "企業信用代碼"),
        ("工厂统一社会信用代码", "社会统一信用代码", "企业信用代码"),
    ),
    "factory.sector": (
        ("Industry Category", "Trade / Industry", "Business Sector"),
        ("行業分類", "所屬行業類別", "工業類別"),
        ("行业分类", "所属行业类别", "产业类别"),
    ),
    "factory.employees": (
        ("Staff Number", "Total Number of Employees", "Number of Factory Workers"),
        ("員工總數", "工廠僱員人數", "職工人數"),
        ("员工总数", "工厂员工人数", "雇员总数"),
    ),
    "connection.type": (
        ("Applicant's Relationship with the Factory", "Nature of Connection with Factory", "Connection to the Factory"),
        ("申請人與工廠的關係", "與廠房的關係", "公司與工廠關係"),
        ("申请人与工厂的关系", "与厂房的关系", "公司与工厂关系"),
    ),
    "connection.mainland_shareholding": (
        ("Resident's Shareholding in the Mainland Enterprise (%)", "Shareholding in Mainland Factory (%)"),
        ("該居民於內地企業之股權(%)", "持有內地企業股份百分比"),
        ("该居民于内地企业之股权(%)", "持有内地企业股份百分比"),
    ),
    "connection.hk_shareholding": (
        ("Resident's Shareholding in the Applicant (%)", "Shareholding in Applicant Company (%)"),
        ("該居民於申請機構之股權(%)", "持有申請公司股份百分比"),
        ("该居民于申请机构之股权(%)", "持有申请公司股份百分比"),
    ),
    "organisation.status": (("Type of Organisation", "Organisation's Legal Status"), ("機構類型", "機構法律地位"), ("机构类型", "机构法律地位")),
    "organisation.non_profit": (
        ("Is the organisation non-profit-distributing?", "Non-profit-distributing Organisation"),
        ("是否不分配利潤", "不分配利潤機構"),
        ("是否不分配利润", "不分配利润机构"),
    ),
    "project.initiative": (("Application Type", "Initiative Applied For"), ("申請項目類別", "申請計劃類別"), ("申请项目类别", "申请计划类别")),
    "project.title": (
        ("Proposed Project Title", "Title of Proposed Project"),
        ("擬申請項目名稱", "計劃項目名稱"),
        ("拟申请项目名称", "计划项目名称"),
    ),
    "project.summary": (
        ("Summary of the Project", "Brief Summary of Project", "Project Synopsis"),
        ("項目內容簡介", "計劃摘要"),
        ("项目内容简介", "计划摘要"),
    ),
    "project.start_on": (
        ("Proposed Start Date", "Expected Start Date", "Project Commences On"),
        ("預計開始日期", "項目開展日期"),
        ("预计开始日期", "项目开展日期"),
    ),
    "project.end_on": (
        ("Proposed Completion Date", "Expected End Date", "Project Completes On"),
        ("預計完成日期", "項目結束日期"),
        ("预计完成日期", "项目结束日期"),
    ),
    "project.total_cost": (
        ("Estimated Total Project Cost (HKD)", "Total Cost of Project (HK$)", "Total Amount of Project Expenditure"),
        ("項目總費用(港幣)", "總開支金額(HK$)", "預計項目總開支"),
        ("项目总费用(港币)", "总开支金额(HK$)", "预计项目总开支"),
    ),
    "project.funding_requested": (
        ("Amount of Funding Sought (HKD)", "Grant Amount Applied For (HK$)", "Requested Funding"),
        ("擬申請資助金額(港幣)", "資助申請額(HK$)", "申請資助款額"),
        ("拟申请资助金额(港币)", "资助申请额(HK$)", "申请资助款额"),
    ),
    "provider.name": (
        ("Name of Environmental Technology Service Provider (ETSP)", "ETSP / Consultant"),
        ("環境技術服務供應商名稱", "環保顧問公司"),
        ("环境技术服务供应商名称", "环保顾问公司"),
    ),
    "declaration.name": (
        ("Name of Authorised Signatory", "Signatory's Name", "Name of Person Signing"),
        ("獲授權簽署人姓名", "簽署者姓名"),
        ("获授权签署人姓名", "签署者姓名"),
    ),
    "declaration.signed_on": (("Date of Signing", "Signed Date", "Date Signed"), ("簽署之日期", "簽字日期"), ("签署之日期", "签字日期")),
    "declaration.signature": (
        ("Signature of Authorised Signatory", "Authorised Person's Signature", "Authorised Signature"),
        ("獲授權人士簽署", "負責人簽署", "授權簽署"),
        ("获授权人士签署", "负责人签名", "授权签字"),
    ),
    "declaration.chop": (
        ("Official Company Chop", "Company Chop / Seal", "Company Stamp"),
        ("公司印鑒", "公司蓋印", "公司圖章"),
        ("公司印鉴", "公司盖章处", "公司图章"),
    ),
}
BOTH_SEALS = (
    ("Authorised Signature with Company Chop", "Signature and Company Chop"),
    ("授權簽署及公司蓋章", "簽署及公司印章"),
    ("授权签署及公司盖章", "签字并盖公章"),
)
