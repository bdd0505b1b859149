"""Refusals of meters, bills, returns and assessments."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from puhui.problems.kinds import Problem, bad, conflict, missing

METERS: dict[str, Problem] = {
    "assessment_invalid": bad(_l("分值须有来源，得分不能超过该项分值；没有分值的项目只填是否做到。")),
    "bill_invalid": bad(_l("账单有误，请核对月份、用量和金额。")),
    "bill_unchanged": conflict(_l("与已有账单相同，没有需要更正的。")),
    "building_unknown": missing(_l("没有这栋建筑，或不在所选地点。")),
    "energy_factor_invalid": bad(_l("系数须对应能源和单位，不小于零，并注明来源。")),
    "energy_target_invalid": bad(_l("目标须大于零，并写明依据。")),
    "meter_finding_unknown": missing(_l("没有这条疑问，或已处理。")),
    "meter_invalid": bad(_l("计量表的单位、用途或日期不相符，请核对。")),
    "meter_number_taken": conflict(_l("表号 %(number)s 已登记过。"), "number"),
    "meter_unknown": missing(_l("没有这块计量表。")),
    "readings_unreadable": bad(_l("没有可读的读数，或超过一次 50,000 行。")),
    "returns_header_unknown": bad(_l("认不出表头：前五行里要有机构代码，以及面积、用电、用气、用水等任一列。")),
    "returns_unreadable": bad(_l("读不出表格，请用 CSV、CSV.GZ 或 XLSX。")),
    "returns_year_unknown": bad(_l("看不出是哪一年的报表，请填写年份。")),
    "saving_second_person": conflict(_l("录入这些账单的人不能核定节约量，请由审核员或运营方核定。")),
    "saving_unknown": missing(_l("没有这笔已入账的节约量，或已撤回。")),
    "site_name_taken": conflict(_l("“%(name)s”已登记过。"), "name"),
    "site_unknown": missing(_l("没有这个地点。")),
    "use_remark_invalid": bad(_l("结束日期须不早于开始日期，最长两年。")),
    "use_remark_unknown": missing(_l("没有这条情况说明，或已撤回。")),
}
