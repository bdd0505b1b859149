"""Why a code is refused, in a sentence for the signed-in clerk. Nobody else ever reads these."""

from __future__ import annotations

from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from partners.merchants import CounterPlace
from puhui.web.formatting import moment
from puhui.web.offers.words import name_of
from rewards.vouchers import Refusal, Voucher

SENTENCES: dict[Refusal, object] = {
    Refusal.TOO_MANY_TRIES: _l("输错次数过多，请 10 分钟后再试，或请店长处理。"),
    Refusal.NOT_A_VOUCHER_CODE: _l("这不是普惠的券码。请扫描顾客“我的券”页面上的二维码。"),
    Refusal.CODE_WRONG: _l("券码不正确，请核对 18 位数字，或重新扫码。"),
    Refusal.CODE_TOO_OLD: _l("券码已过时，可能是截图。请让顾客打开“我的券”，出示刷新后的码。"),
    Refusal.OTHER_MERCHANT: _l("这张券不是本店的，请让顾客到券上写明的商户使用。"),
    Refusal.CANCELLED: _l("顾客已取消这张券，碳币已退回。"),
    Refusal.EXPIRED: _l("这张券已过期，碳币已退回顾客。"),
    Refusal.SCAN_TOO_OLD: _l("扫码后超过 10 分钟未确认，请让顾客重新出示券码。"),
}


def refusal_sentence(
    refusal: Refusal, voucher: Voucher | None, *, clerk: str | None, place: CounterPlace | None, counter_id: UUID
) -> str:
    """Answer why; for a used voucher also when, by whom and at which counter."""
    if refusal is not Refusal.REDEEMED or voucher is None or voucher.redeemed_at is None:
        return str(SENTENCES.get(refusal, _l("此券已核销。")))
    facts = {
        "at": moment(voucher.redeemed_at),
        "clerk": clerk or gettext("店员"),
        "counter": f"{name_of(place.store)} {name_of(place.counter)}" if place else "",
    }
    if voucher.counter_id == counter_id:
        return str(gettext("此券已于 %(at)s 由%(clerk)s在本柜台核销，请勿重复交付。", **facts))
    return str(gettext("此券已于 %(at)s 由%(clerk)s在%(counter)s核销，请勿重复交付。", **facts))
