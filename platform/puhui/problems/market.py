"""Refusals of the market mirror."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from puhui.problems.kinds import Problem, bad, conflict, missing

MARKET: dict[str, Problem] = {
    "enterprise_application_decided": conflict(_l("这份申请已有决定。")),
    "enterprise_application_open": conflict(_l("该企业已有一份申请在审核中。")),
    "enterprise_application_unknown": missing(_l("没有这份申请。")),
    "break_unknown": missing(_l("没有这条差异，或已处理。")),
    "certificate_taken": conflict(_l("该登记证明编号已用于另一笔质押。")),
    "enterprise_code_invalid": bad(_l("统一社会信用代码不正确。")),
    "document_invalid": bad(_l("文件种类、月份或回执号有误。")),
    "enterprise_exists": conflict(_l("该企业已用别的资料登记。")),
    "enterprise_unknown": missing(_l("没有这家企业。")),
    "extract_unreadable": bad(_l("无法识别这份登记摘录。")),
    "instrument_exists": conflict(_l("该标的已用别的资料建立。")),
    "instrument_invalid": bad(_l("标的资料不完整或不一致。")),
    "instrument_unknown": missing(_l("没有这个标的。")),
    "kinds_differ": bad(_l("不同种类的数量不能相加。")),
    "mapping_unknown": missing(_l("没有这个列对应方案。")),
    "market_account_taken": conflict(_l("该账户已属于另一家企业，或本企业已有交易账户。")),
    "market_file_decided": conflict(_l("这份文件已复核或已退回。")),
    "market_file_unknown": missing(_l("没有这份文件。")),
    "may_not_trade": conflict(_l("该机构依规不得成为交易主体。")),
    "obligation_unknown": missing(_l("该年度的清缴通知尚未录入。")),
    "parameter_unknown": conflict(_l("规则参数 %(name)s 尚无公布数值。"), "name"),
    "parent_invalid": bad(_l("企业不能隶属于自己或自己的下属企业。")),
    "pledge_exceeds": conflict(_l("可质押 %(available)s，申请 %(asked)s；已质押的不能再质押。"), "available", "asked"),
    "pledge_term_invalid": bad(_l("质押到期日须晚于起始日。")),
    "pledge_unknown": missing(_l("没有这笔质押。")),
    "price_file_unreadable": bad(_l("无法识别这份行情文件。")),
    "record_file_unreadable": bad(_l("文件与列对应方案不符，请核对表头。")),
    "release_needs_document": bad(_l("解除质押须填写文件编号。")),
    "resolution_missing": bad(_l("请写明如何处理。")),
    "rule_row_exists": conflict(_l("该日起已有一行；原有的行不改，请换一个生效日期。")),
    "rule_row_invalid": bad(_l("没有这个规则或参数，数值类型不符，或缺少来源。")),
    "second_person_needed": conflict(_l("须由另一人复核：经办与复核不能是同一人。")),
    "valuation_refused": conflict(_l("没有可用于估值的价格。")),
}
