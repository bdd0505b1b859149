"""Refusals of events, certificates, units and carbon sinks."""

from __future__ import annotations

from http import HTTPStatus

from flask_babel import lazy_gettext as _l

from puhui.problems.kinds import Problem, bad, conflict, missing

EVENTS: dict[str, Problem] = {
    "event_unknown": missing(_l("没有这场活动，或它属于别的单位。")),
    "event_certificate_unknown": missing(_l("没有这个核验码的证书，请核对 12 位字母和数字。")),
    "inventory_unknown": conflict(_l("清单现在不能这样操作，请刷新后查看它的状态。")),
    "offset_plan_unknown": conflict(_l("抵消方案现在不能这样操作，请刷新后查看它的状态。")),
    "event_participant_unknown": missing(_l("没有这位参会人。")),
    "event_item_unknown": bad(_l("没有“%(item)s”这个核算项或出行方式，请从列表中选择。"), "item"),
    "event_invalid": bad(_l("活动信息有误，请核对：%(fields)s。"), "fields"),
    "event_cancelled": conflict(_l("活动已取消。")),
    "event_retired": conflict(_l("清单已审核或减排量已注销，不能再改动或取消；有误请做更正版本。")),
    "event_not_over": conflict(_l("活动结束后才能提交清单。")),
    "event_measures_missing": conflict(_l("先减排、后抵消：请至少写一项减排措施。")),
    "inventory_empty": conflict(_l("清单还没有任何一行。")),
    "inventory_open": conflict(_l("有一版清单正在审核，请等审核结果。")),
    "inventory_not_approved": conflict(_l("清单审核通过后才能做抵消方案。")),
    "offset_plan_open": conflict(_l("有一版抵消方案正在进行，请先完成或退回。")),
    "event_factor_missing": bad(_l("“%(item)s”没有查到可引用的因子，请填写数值和来源。"), "item"),
    "event_quantity_invalid": bad(_l("“%(item)s”的数量不对：应为不小于 0 的数，最多 6 位小数。"), "item"),
    "travel_sample_too_small": conflict(
        _l("只有 %(answers)s 人填了出行方式，不足以推算 %(people)s 人。"), "answers", "people"
    ),
    "own_work": conflict(_l("须由另一人审核，不能审核自己提交的内容。")),
    "already_reviewed": conflict(_l("已经审核过了。")),
    "offset_order_reason_missing": bad(_l("指南先列的抵消类型未使用，请写明原因（至少 4 个字）。")),
    "offset_plan_short": conflict(
        _l("方案共 %(planned_grams)s 克，少于应抵消的 %(target_grams)s 克。"), "planned_grams", "target_grams"
    ),
    "registry_proof_invalid": bad(_l("注销记录不完整或日期不对，请核对：%(fields)s。"), "fields"),
    "offset_deadline_passed": conflict(_l("此类减排量的抵消期限是 %(until)s，已过期。"), "until"),
    "short_form_too_large": conflict(
        _l("共 %(grams)s 克，超过小型会议的 %(limit_grams)s 克，请改用完整表单。"), "grams", "limit_grams"
    ),
    "sign_in_closed": conflict(_l("现在不在签到时间内。")),
    "sign_in_code_invalid": Problem(HTTPStatus.GONE, _l("签到码已更换，请重新扫描现场屏幕或海报上的二维码。")),
    "unit_issue_unknown": missing(_l("没有这批减排量。")),
    "unit_retirement_unknown": missing(_l("没有这次注销。")),
    "serials_unreadable": bad(_l("序列号不是连续的一段：前缀和位数须相同，末尾为数字，且从小到大。")),
    "serials_taken": conflict(
        _l("%(registry)s 的序列号 %(first)s 至 %(last)s 中有已登记过的，不能重复使用。"), "registry", "first", "last"
    ),
    "own_issue": conflict(_l("须由另一人复核，不能复核自己录入的批次。")),
    "units_short": conflict(
        _l("减排量不足：需要 %(needed_grams)s 克，可用 %(available_grams)s 克。"), "needed_grams", "available_grams"
    ),
    "sink_unknown": missing(_l("没有这个碳汇项目，或它属于别的单位。")),
    "sink_record_unknown": missing(_l("没有这条监测记录。")),
    "sink_method_unknown": bad(_l("没有这种碳汇核算方法。")),
    "sink_invalid": bad(_l("碳汇项目或记录有误，请核对：%(fields)s。"), "fields"),
    "sink_not_approved": conflict(_l("项目审核通过后才能办理。")),
    "sink_reviewed": conflict(_l("已经审核过了。")),
    "own_sink_work": conflict(_l("须由另一人办理，不能审核自己提交的内容或签认自己的工时。")),
    "sink_method_unset": conflict(_l("这种方法没有可靠系数，运营方设定系数和来源之前不签发减排量。")),
    "sink_record_missing": conflict(_l("%(year)s 年没有审核通过的监测记录。"), "year"),
    "sink_year_issued": conflict(_l("%(year)s 年的减排量已录入过。"), "year"),
    "sink_too_little": conflict(_l("该年只有 %(grams)s 克，不足 1 千克，不能签发。"), "grams"),
    "sink_shift_invalid": bad(_l("工时有误：每天 1 至 8 小时，日期不能在将来。")),
    "sink_shift_signed_off": conflict(_l("%(day)s 已签认过别的工时。"), "day"),
}
