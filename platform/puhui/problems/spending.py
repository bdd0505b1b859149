"""Refusals of pay codes, gifts, families and of what expires."""

from __future__ import annotations

from http import HTTPStatus

from flask_babel import lazy_gettext as _l

from puhui.problems.kinds import Problem, bad, conflict, missing

SPENDING: dict[str, Problem] = {
    "pay_code_unknown": missing(_l("没有这个付款码。")),
    "pay_code_wrong": conflict(_l("付款码无法使用，请让顾客重新打开付款码。")),
    "pay_code_too_old": conflict(_l("付款码无法使用，请让顾客重新打开付款码。")),
    "pay_code_used": conflict(_l("付款码无法使用，请让顾客重新打开付款码。")),
    "pay_code_expired": conflict(_l("付款码无法使用，请让顾客重新打开付款码。")),
    "charge_invalid": bad(_l("金额须为 1 以上的整数碳币。")),
    "charge_too_large": conflict(_l("单笔最多收 %(most)s 碳币。"), "most"),
    "charge_day_reached": conflict(_l("超过顾客今日付款码的限额。")),
    "pay_code_funds_short": conflict(_l("顾客的碳币不够支付这笔。")),
    "charge_unknown": missing(_l("没有这笔收款。")),
    "charge_undone": conflict(_l("这笔收款已撤销。")),
    "undo_too_late": conflict(_l("收款超过 %(minutes)s 分钟，不能撤销。"), "minutes"),
    "family_unknown": missing(_l("没有这个家庭，或您不在其中。")),
    "family_head_only": Problem(HTTPStatus.FORBIDDEN, _l("只有户主可以这样做。")),
    "family_taken": conflict(_l("已在一个家庭中，先退出才能加入或新建。")),
    "family_full": conflict(_l("一个家庭最多 %(most)s 人。"), "most"),
    "family_invitation_refused": bad(_l("邀请码不正确或已失效，请向户主要新的邀请码。")),
    "family_member_unknown": missing(_l("没有这位成员，或已退出。")),
    "family_head_stays": conflict(_l("户主不能退出，只能解散家庭。")),
    "family_spending_refused": Problem(HTTPStatus.FORBIDDEN, _l("户主还没有允许您使用家庭碳币。")),
    "family_coins_in_use": conflict(_l("家庭碳币还有未使用的券，或有十分钟内的付款，请处理后再解散。")),
    "exchange_limit_reached": conflict(_l("每人每日最多换 %(most)s 碳币，请明天再换。"), "most"),
    "entry_unknown": missing(_l("没有这笔明细。")),
    "coins_moved": conflict(_l("碳币刚刚有变动，请再试一次。")),
    "recipient_invalid": bad(_l("捐赠对象的资料有误。")),
    "recipient_unknown": missing(_l("没有这个捐赠对象。")),
    "recipient_closed": conflict(_l("这个捐赠对象已不再接受捐赠。")),
    "gift_unknown": missing(_l("没有这笔捐赠。")),
    "static_code_refused": conflict(_l("此券无法核销。")),
    "family_band_invalid": bad(_l("请选择未成年人的出生年段。")),
}
