"""How many coins points make. Whole steps only: what does not fill a step stays with the citizen as points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from rewards.coins.errors import ExchangeLimitReached, ExchangeTooSmall, RateChanged
from rewards.coins.model import Rate
from rewards.limits import Name, SpendingLimit


@dataclass(frozen=True, slots=True)
class Preview:
    """What an exchange would take and give, and the points that stay."""

    points_units: int
    coins_units: int
    rest_units: int


def preview(rate: Rate, *, points_units: int) -> Preview:
    """Answer what *points_units* would become at *rate*; zero coins where they do not fill one step."""
    steps = max(points_units, 0) // rate.takes_units
    taken = steps * rate.takes_units
    return Preview(points_units=taken, coins_units=steps * rate.gives_units, rest_units=points_units - taken)


def check_exchange(rate: Rate, *, points_units: int) -> Preview:
    """Answer the preview of an exchange that may be made. Raises ExchangeTooSmall."""
    made = preview(rate, points_units=points_units)
    if made.coins_units == 0:
        raise ExchangeTooSmall(points=points_units, needed=rate.takes_units)
    return made


def check_rate_shown(rate: Rate, *, shown: UUID) -> None:
    """Refuse to exchange at a rate that the person has not seen. Raises RateChanged."""
    if rate.id != shown:
        raise RateChanged(shown=shown, in_force=rate.id)


def left_today(exchanged: int, *, limits: Mapping[Name, SpendingLimit]) -> int:
    """Answer how many coins more may be made of points today, after *exchanged*."""
    return max(0, limits[Name.EXCHANGE_DAY].units - exchanged)


def check_day(exchanged: int, *, limits: Mapping[Name, SpendingLimit]) -> None:
    """Refuse a day's exchanges, this one included, that are more than a day's. Raises ExchangeLimitReached."""
    most = limits[Name.EXCHANGE_DAY].units
    if exchanged > most:
        raise ExchangeLimitReached(most=most)
