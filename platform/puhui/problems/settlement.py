"""Refusals of receipts, funds and settlement."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from puhui.problems.kinds import Problem, bad, conflict, missing

SETTLEMENT: dict[str, Problem] = {
    "receipt_unknown": missing(_l("没有这笔收款。")),
    "receipt_closed": conflict(_l("这笔收款已取消或已过期，请重新下单。")),
    "receipt_unpaid": conflict(_l("款项尚未到账，请先不要交付。")),
    "receipt_earned": conflict(_l("这笔款项已核销或已结算，不能退回。")),
    "cash_part_missing": conflict(_l("这张券没有现金部分，不用付款。")),
    "cash_part_pending": conflict(_l("正在支付，请稍候再核销；现在不要收现金。")),
    "cash_part_changed": conflict(_l("现金部分的付款情况刚刚变了，请看过再确认。")),
    "refund_too_large": bad(_l("最多可退 %(left)s 分。"), "left"),
    "fund_unknown": missing(_l("没有这个资助基金。")),
    "fund_exists": conflict(_l("已有同名的资助基金，或资料不同。")),
    "coins_not_backed": conflict(_l("资助基金暂不足以支付新的碳币，积分仍为您保留，请过些时候再换。")),
    "settlement_rate_missing": conflict(_l("尚未设定结算价，请运营方先设定。")),
    "settlement_day_open": conflict(_l("这一天还没有结束，次日零时三十分之后才能结算。")),
    "dated_row_exists": conflict(_l("同一时刻已有一条规定；规定只追加，不改写，请换一个生效时间。")),
    "dated_row_late": bad(_l("生效时间不能早于现在：已按旧规定算过的不会改写。")),
    "statement_unknown": missing(_l("没有这张结算单。")),
    "line_unknown": missing(_l("结算单上没有这一行。")),
    "dispute_unknown": missing(_l("没有这条异议。")),
    "dispute_open": conflict(_l("这一项已有异议在处理。")),
    "dispute_answered": conflict(_l("这条异议已答复。")),
    "correction_missing": bad(_l("接受异议须填写不为零的更正金额。")),
    "payout_unknown": missing(_l("没有这笔付款。")),
    "payout_under_way": conflict(_l("这笔付款正在路上或已付清，不能再付。")),
    "settlement_break_unknown": missing(_l("没有这条差异，或已处理。")),
}
