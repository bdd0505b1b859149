"""The words of offers' states and terms."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from puhui.web.merchants.forms import DAYS
from puhui.web.merchants.plans import yuan
from rewards.offers import DAY_MINUTES, EVERY_DAY, Deal, Offer, OfferState

OFFER_STATES: dict[OfferState, object] = {
    OfferState.DRAFT: _l("草稿"),
    OfferState.ON_SHOW: _l("在架"),
    OfferState.PAUSED: _l("已暂停"),
    OfferState.WITHHELD: _l("商户暂停中"),
    OfferState.ENDED: _l("已结束"),
}
APPLICATION_STATES: dict[str, object] = {
    "open": _l("审核中"),
    "approved": _l("已通过"),
    "refused": _l("未通过"),
    "withdrawn": _l("已撤回"),
}


def hours_of(offer: Offer) -> str:
    """Answer in words when the offer can be used at the counter."""
    days = [str(word) for day, word in DAYS if offer.weekdays >> day & 1]
    when: str = gettext("每天") if offer.weekdays == EVERY_DAY else gettext("、").join(days)
    if (offer.opens_minute, offer.closes_minute) == (0, DAY_MINUTES):
        return when
    return f"{when} {_clock(offer.opens_minute)}–{_clock(offer.closes_minute)}"


def deal_of(offer: Offer) -> str:
    """Answer in words what is given for the coins and on which condition; nothing where it is simply the thing."""
    match offer.deal:
        case Deal.COINS_CASH:
            return str(gettext("另付现金 ¥%(yuan)s", yuan=yuan(offer.cash_fen)))
        case Deal.DISCOUNT if offer.discount_percent is not None:
            saved = gettext("优惠 %(percent)s%%", percent=offer.discount_percent)
        case Deal.DISCOUNT:
            saved = gettext("立减 ¥%(yuan)s", yuan=yuan(offer.discount_fen))
        case Deal.GIFT:
            saved = gettext("赠礼")
        case _:
            return ""
    if offer.least_spend_fen:
        return str(gettext("%(saved)s，消费满 ¥%(yuan)s", saved=saved, yuan=yuan(offer.least_spend_fen)))
    return str(saved)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
