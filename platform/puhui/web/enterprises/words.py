"""The words for places, kinds and states of the mirror."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from partners.enterprises.records.model import RecordKind as K
from partners.enterprises.records.model import Slot

SLOTS: dict[Slot, object] = {
    Slot.REGISTRY: _l("登记可用"),
    Slot.TRADING: _l("交易可用"),
    Slot.NEXT_DAY: _l("T+1 待可用"),
    Slot.FROZEN: _l("司法冻结"),
    Slot.TRADING_FROZEN: _l("交易冻结"),
    Slot.PENDING_SURRENDER: _l("履约在途"),
    Slot.PENDING_OFFSET: _l("抵销在途"),
    Slot.PENDING_CARRY: _l("结转在途"),
    Slot.PENDING_CANCEL: _l("注销在途"),
    Slot.PROVINCE: _l("省级账户未交付"),
}
KINDS: dict[str, object] = {
    K.BUY: _l("买入"),
    K.SELL: _l("卖出"),
    K.OPENING: _l("期初"),
    K.PRE_ALLOCATION: _l("预分配"),
    K.ALLOCATION: _l("核定分配"),
    K.TOP_UP: _l("补发"),
    K.RETURN: _l("缴回"),
    K.PROVINCE_ALLOCATION: _l("差异化分配"),
    K.PROVINCE_DELIVERY: _l("差异化交付"),
    K.PROVINCE_SURRENDER: _l("差异化履约"),
    K.TO_TRADING: _l("划转至交易"),
    K.TO_REGISTRY: _l("划转至登记"),
    K.SURRENDER_FILED: _l("履约申请"),
    K.SURRENDER_APPROVED: _l("履约"),
    K.SURRENDER_REFUSED: _l("履约驳回"),
    K.OFFSET_FILED: _l("抵销申请"),
    K.OFFSET_APPROVED: _l("抵销"),
    K.OFFSET_REFUSED: _l("抵销驳回"),
    K.CARRY_FILED: _l("结转申请"),
    K.CARRY_RECLAIMED: _l("结转回收"),
    K.CARRY_REFUSED: _l("结转驳回"),
    K.CARRY_ISSUED: _l("结转发放"),
    K.CANCEL_FILED: _l("注销申请"),
    K.CANCEL_APPROVED: _l("自愿注销"),
    K.CANCEL_REFUSED: _l("注销驳回"),
    K.FROZEN: _l("司法冻结"),
    K.UNFROZEN: _l("司法解冻"),
    K.TRADING_FROZEN: _l("交易冻结"),
    K.TRADING_UNFROZEN: _l("交易解冻"),
    K.DEDUCTED: _l("司法扣划"),
    K.DEDUCTION_RECEIVED: _l("扣划转入"),
    K.SUCCESSION_OUT: _l("继承转出"),
    K.SUCCESSION_IN: _l("继承转入"),
    K.EXPIRED: _l("失效"),
    K.TRADE_IN: _l("交易过户转入"),
    K.TRADE_OUT: _l("交易过户转出"),
}
STATES: dict[str, object] = {
    "staged": _l("待复核"),
    "approved": _l("已入账"),
    "superseded": _l("已更正"),
    "rejected": _l("已退回"),
    "duplicate": _l("重复"),
}
REFUSALS: dict[str, object] = {
    "index_is_no_price": _l("指数不作估值"),
    "average_of_projects": _l("CCER 公布的是多项目均价，不作估值"),
    "no_public_price": _l("没有公开价格"),
    "vintage_not_surrenderable": _l("该年份已不可用于清缴，不作估值"),
    "never_traded": _l("从未成交"),
    "price_is_stale": _l("最近成交过久，不作估值"),
}
TASKS: dict[str, object] = {
    "annual_report": _l("年度排放报告"),
    "pre_allocation": _l("预分配"),
    "technical_review": _l("技术审核"),
    "verified_allocation": _l("核定配额发放"),
    "quality_plan": _l("数据质量控制方案"),
    "surrender": _l("清缴"),
    **{f"monthly_filing_{month:02}": _l("%(month)s 月信息化存证", month=month) for month in range(1, 13)},
}
PLANS: dict[str, object] = {
    "cheapest": _l("先结转，再抵销，后购买"),
    "no_carry": _l("不结转"),
    "buy_only": _l("只购买"),
}
