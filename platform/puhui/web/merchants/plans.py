"""Between a form's fields and an offer's plan: yuan and fen, days and instants, hours and minutes."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from puhui.web.merchants.forms import OfferForm, TextsForm
from rewards.offers import DAY_MINUTES, EVERY_DAY, Deal, Offer, Plan, Terms, Texts

CITY_TIME = ZoneInfo("Asia/Shanghai")
_YUAN = re.compile(r"([0-9]{1,7})(?:\.([0-9]{1,2}))?")


class PriceUnclear(ValueError):
    """The text of *field* is no amount of yuan."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def plan_of(form: OfferForm, county_code: str) -> Plan:
    """Answer what the form says. Raises PriceUnclear."""
    opens, closes = _minute(form.opens.data, 0), _minute(form.closes.data, DAY_MINUTES)
    terms = Terms(
        deal=Deal(form.deal.data),
        cash_fen=_fen(form, "cash"),
        discount_percent=form.discount_percent.data,
        discount_fen=_fen(form, "discount"),
        least_spend_fen=_fen(form, "least_spend") or 0,
        weekdays=sum(1 << day for day in form.weekdays.data or []) or EVERY_DAY,
        opens_minute=opens,
        closes_minute=closes or DAY_MINUTES,
    )
    return Plan(
        kind=form.kind.data, county_code=county_code, texts=texts_of(form), coins_units=form.coins.data,
        per_person=form.per_person.data, voucher_days=form.voucher_days.data,
        valid_from=datetime.combine(form.first_day.data, time.min, CITY_TIME), valid_until=end_of(form.last_day.data),
        terms=terms,
    )  # fmt: skip


def texts_of(form: TextsForm) -> Texts:
    """Answer the wording; where the English is left out the Chinese stands for it."""
    title, description = form.title.data.strip(), (form.description.data or "").strip()
    english, more = (form.title_en.data or "").strip(), (form.description_en.data or "").strip()
    return Texts(title, english or title, description, more or description)


def data_of(offer: Offer | None, *, now: datetime) -> dict[str, object]:
    """Answer what a form shows of an offer, or of a new one."""
    today = now.astimezone(CITY_TIME).date()
    if offer is None:
        return {
            "kind": "drink", "deal": "coins", "per_person": 2, "voucher_days": 30, "first_day": today,
            "last_day": today + timedelta(days=90), "stock": 100,
        }  # fmt: skip
    return {
        "title": offer.title, "title_en": offer.title_en, "description": offer.description,
        "description_en": offer.description_en, "kind": offer.kind, "deal": offer.deal.value,
        "coins": offer.coins_units, "cash": yuan(offer.cash_fen), "discount_percent": offer.discount_percent,
        "discount": yuan(offer.discount_fen), "least_spend": yuan(offer.least_spend_fen or None),
        "per_person": offer.per_person, "voucher_days": offer.voucher_days,
        "first_day": offer.valid_from.astimezone(CITY_TIME).date(), "last_day": last_day_of(offer),
        "weekdays": [day for day in range(7) if offer.weekdays >> day & 1] if offer.weekdays != EVERY_DAY else [],
        "opens": _time(offer.opens_minute) if offer.opens_minute else None,
        "closes": _time(offer.closes_minute) if offer.closes_minute < DAY_MINUTES else None,
    }  # fmt: skip


def end_of(day: date) -> datetime:
    """Answer the first instant after *day* in town."""
    return datetime.combine(day + timedelta(days=1), time.min, CITY_TIME)


def last_day_of(offer: Offer) -> date:
    """Answer the last day on which the offer can be taken."""
    return (offer.valid_until - timedelta(microseconds=1)).astimezone(CITY_TIME).date()


def yuan(fen: int | None) -> str:
    """Answer fen as yuan with two places; nothing for None."""
    return "" if fen is None else f"{fen // 100}.{fen % 100:02d}"


def _fen(form: OfferForm, field: str) -> int | None:
    text = (form[field].data or "").strip()
    if not text:
        return None
    found = _YUAN.fullmatch(text)
    if found is None:
        raise PriceUnclear(field)
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def _minute(at: time | None, otherwise: int) -> int:
    return otherwise if at is None else at.hour * 60 + at.minute


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)
