"""How many coins points make. Whole steps only: what does not fill a step stays with the citizen as points."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from rewards.coins.errors import ExchangeTooSmall, RateChanged
from rewards.coins.model import Rate


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
