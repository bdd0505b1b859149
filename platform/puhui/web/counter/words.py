"""Why a code is refused, in a sentence for the signed-in clerk. Nobody else ever reads these."""

from __future__ import annotations

from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from partners.merchants import CounterPlace
from puhui.web.formatting import moment
from puhui.web.merchants.words import hours_of
from puhui.web.offers.words import name_of
from rewards.offers import Offer
from rewards.vouchers import Outcome, Refusal, Voucher

SENTENCES: dict[str, object] = {
    Refusal.TOO_MANY_TRIES: _l("输错次数过多，请 10 分钟后再试，或请店长处理。"),
    Refusal.NOT_A_VOUCHER_CODE: _l("这不是普惠的券码。请扫描顾客“我的券”页面上的二维码。"),
    Refusal.CHECK_IN_CODE: _l("这是活动签到码，不能在柜台核销；请顾客在活动页面自己扫码签到。"),
    Refusal.CODE_WRONG: _l("券码不正确，请核对 18 位数字，或重新扫码。"),
    Refusal.CODE_TOO_OLD: _l("券码已过时，可能是截图。请让顾客打开“我的券”，出示刷新后的码。"),
    Refusal.OTHER_MERCHANT: _l("这张券不是本店的，请让顾客到券上写明的商户使用。"),
    Refusal.UNDONE: _l("这张券的核销已被撤销，碳币已退回顾客，不能再用。"),
    Refusal.CANCELLED: _l("顾客已取消这张券，碳币已退回。"),
    Refusal.EXPIRED: _l("这张券已过期，碳币已退回顾客。"),
    Refusal.OUTSIDE_HOURS: _l("现在不在这张券的可用时段。"),
    Refusal.PAY_CODE_USED: _l("这个付款码已收过款或已关闭，请顾客重新打开付款码。"),
    Refusal.PAY_CODE_EXPIRED: _l("这个付款码已超时关闭，请顾客重新打开付款码。"),
    Refusal.SCAN_TOO_OLD: _l("扫码后超过 10 分钟未确认，请让顾客重新出示券码。"),
    Outcome.REDEEMED: _l("已核销"),
    Outcome.NONCE_USED: _l("这笔记录已用别的内容上传过。"),
    Outcome.TOO_LATE: _l("上传太晚，或柜台设备的时间不对。"),
    Outcome.OVER_VOUCHER_CAP: _l("超过离线时单张券的上限。"),
    Outcome.OVER_DAY_CAP: _l("超过离线时本柜台当日的上限。"),
    Outcome.SUSPENDED: _l("商户已暂停，不能收取碳币。"),
}


def reason_word(code: str) -> str:
    """Answer the sentence of a machine reason, as lists show it."""
    return str(SENTENCES.get(code, _l("此券已核销。")))


def refusal_sentence(
    refusal: Refusal,
    voucher: Voucher | None,
    *,
    clerk: str | None,
    place: CounterPlace | None,
    counter_id: UUID,
    offer: Offer | None = None,
) -> str:
    """Answer why; for a used voucher also when, by whom and at which counter, for wrong hours the right ones."""
    if refusal is Refusal.OUTSIDE_HOURS and offer is not None:
        return str(gettext("现在不在这张券的可用时段：%(hours)s。", hours=hours_of(offer)))
    if refusal is not Refusal.REDEEMED or voucher is None or voucher.redeemed_at is None:
        return reason_word(refusal)
    facts = {
        "at": moment(voucher.redeemed_at),
        "clerk": clerk or gettext("店员"),
        "counter": f"{name_of(place.store)} {name_of(place.counter)}" if place else "",
    }
    if voucher.counter_id == counter_id:
        return str(gettext("此券已于 %(at)s 由%(clerk)s在本柜台核销，请勿重复交付。", **facts))
    return str(gettext("此券已于 %(at)s 由%(clerk)s在%(counter)s核销，请勿重复交付。", **facts))
