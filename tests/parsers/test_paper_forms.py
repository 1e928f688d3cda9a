"""Pages of application forms among papers: known by their labels, whatever those have in common with the titles of other papers."""

from __future__ import annotations

from parsers.paper_kinds import view_page
from tests.parsers.form_pages import catalogue, form_page


def test_a_label_among_the_first_rows_of_a_form_is_no_title_of_another_paper() -> None:
    page = form_page(
        "清洁生产伙伴计划", "申请表", "商业登记证号  12345678", "申请企业英文名称  Wing Fung Dyers Limited", "申请企业中文名称  永丰染厂有限公司",
        "公司成立日期  05-10-2001", "香港办事处地址  九龙观塘道1号", "项目联系人  李志豪", "职位名称  经理", "联系电话号码  26770000",
        "电子邮件地址  office@wingfung.example", "厂房名称  永丰工厂", "厂房所在地  东莞", "员工总数  229", "拟申请项目名称  节能",
        "项目开展日期  1/4/2022", "项目结束日期  30/9/2022", "项目总费用(港币)  280,800",
    )  # fmt: skip
    assert view_page(page, catalogue()).best.kind == "application_form"
