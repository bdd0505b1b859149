"""The words of kinds, for lists and filters; the domain knows only codes."""

from __future__ import annotations

from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l

from partners.merchants import Counter, Merchant, Store
from puhui.web.formatting import number
from rewards.offers import Offer, OfferRow
from rewards.offers.catalogue import Nearness, Order

OFFER_KINDS: dict[str, object] = {
    "drink": _l("饮品"),
    "food": _l("餐食"),
    "goods": _l("商品"),
    "ticket": _l("门票"),
    "transit": _l("出行"),
    "service": _l("服务"),
}
MERCHANT_KINDS: dict[str, object] = {
    "cafe": _l("咖啡馆"),
    "shop": _l("商店"),
    "restaurant": _l("餐馆"),
    "scenic": _l("景区"),
    "transit": _l("公共交通"),
    "culture": _l("文化场馆"),
    "health": _l("医院与健康"),
}

ORDERS: dict[Order, object] = {
    Order.CHEAPEST: _l("便宜的在前"),
    Order.DEAREST: _l("贵的在前"),
    Order.NEAREST: _l("近的在前"),
    Order.NEWEST: _l("新上架的在前"),
    Order.ENDING: _l("快结束的在前"),
}
NEARNESS: dict[Nearness, object] = {
    Nearness.COUNTY: _l("本县区"),
    Nearness.CITY: _l("本市"),
    Nearness.ELSEWHERE: _l("外地"),
}
FEW = 10


def stock_of(row: OfferRow) -> str:
    """Answer what is left, as a person says it: a few are named as few."""
    if row.is_sold_out:
        return str(gettext("已兑完"))
    if row.left_units <= FEW:
        return str(gettext("还剩 %(left)s 份", left=number(row.left_units)))
    return str(gettext("剩 %(left)s 份", left=number(row.left_units)))


def title_of(offer: Offer) -> str:
    """Answer the offer's title in the reader's language."""
    return offer.title_en if _is_english() else offer.title


def description_of(offer: Offer) -> str:
    """Answer the offer's description in the reader's language."""
    return offer.description_en if _is_english() else offer.description


def name_of(thing: Merchant | Store | Counter) -> str:
    """Answer the name of a merchant, store or counter in the reader's language."""
    return thing.name_en if _is_english() else thing.name


def _is_english() -> bool:
    return bool(get_locale().language == "en")
