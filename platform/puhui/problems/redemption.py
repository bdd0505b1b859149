"""Refusals of coins, offers, vouchers and counters."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from puhui.problems.kinds import Problem, bad, conflict, missing

REDEMPTION: dict[str, Problem] = {
    "rate_missing": conflict(_l("暂时没有可用的兑换比例，请稍后再试。")),
    "exchange_too_small": bad(_l("至少需要 %(needed)s 积分才能换一枚碳币。"), "needed"),
    "rate_changed": conflict(_l("兑换比例刚刚更新，请看过新的比例再确认。")),
    "offer_unknown": missing(_l("没有这个兑换品，或已下架。")),
    "offer_not_open": conflict(_l("不在兑换期内。")),
    "offer_sold_out": conflict(_l("已兑完。有人取消或过期时会重新放出。")),
    "offer_limit_reached": conflict(_l("每人限兑 %(per_person)s 份，您已兑满。"), "per_person"),
    "offer_invalid": bad(_l("兑换品的内容有误，请核对：%(fields)s。"), "fields"),
    "voucher_unknown": missing(_l("没有这张券。")),
    "voucher_already_redeemed": conflict(_l("这张券已使用。")),
    "voucher_cancelled": conflict(_l("这张券已取消。")),
    "voucher_expired": conflict(_l("这张券已过期，碳币已退回。")),
    "scan_unknown": missing(_l("没有这次扫码的记录，请重新扫码。")),
    "scan_too_old": conflict(_l("扫码后超过 10 分钟未确认，请重新扫码。")),
    "merchant_unknown": missing(_l("没有这家商户。")),
    "merchant_exists": conflict(_l("该商户、门店或柜台已用别的资料开通。")),
    "counter_unknown": missing(_l("没有这个柜台，或它属于别的商户。")),
}
