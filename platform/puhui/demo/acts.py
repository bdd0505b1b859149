"""Two months of acts: how often the town's people do what, when in the day, and how much of it at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple

from partners.providers import Report
from puhui.demo.cast import PROVIDERS
from rewards.methods import catalogue

RARE_DAYS = 25  # Bills and purchases come at their interval; what is done often is drawn day by day.
WHOLE_UNITS = 1000  # Quantities are thousandths; of what comes in pieces only whole thousands are drawn.


class Habit(NamedTuple):
    """One act in *every* days on average, from *hour* on, of *low* to *high* thousandths of the method's unit.

    *minutes* per unit is how long it takes where the act has a duration; *variant* the branch of the method.
    """

    every: float
    hour: int
    low: int
    high: int
    minutes: float = 0
    pieces: bool = False
    unit: str | None = None


HABITS = {
    "T01": Habit(1.2, 19, 4_000_000, 13_000_000, pieces=True),
    "T02": Habit(1.1, 7, 900, 5_200, minutes=4.6),
    "T03": Habit(2.0, 9, 1_000, 7_000, minutes=4.4),
    "T05": Habit(1.6, 8, 2_000, 11_000, minutes=3.1),
    "T06": Habit(1.5, 10, 1_000, 1_000, pieces=True),
    "T07": Habit(1.7, 17, 3_000, 16_000, minutes=2.2),
    "T08": Habit(2.0, 18, 1_000, 1_000, pieces=True),
    "T09": Habit(8.0, 6, 1_000, 1_000, pieces=True),
    "T10": Habit(6.0, 13, 4_000, 22_000, minutes=1.9),
    "T11": Habit(2.0, 12, 5_000, 32_000, minutes=1.8),
    "H01": Habit(30, 23, 4_000, 38_000),
    "H03": Habit(30, 23, 500, 4_000),
    "H04": Habit(30, 23, 300, 2_500),
    "H05": Habit(7, 22, 25_000, 110_000),
    "H06": Habit(3, 21, 300, 2_400),
    "H07": Habit(45, 20, 1_000, 9_000),
    "H08": Habit(60, 15, 40_000, 180_000, unit="kWh"),
    "H09": Habit(60, 16, 1_000, 1_000, pieces=True),
    "F01": Habit(1.3, 12, 1_000, 2_000, pieces=True),
    "F02": Habit(6, 18, 200, 1_800),
    "F03": Habit(3, 12, 1_000, 1_000, pieces=True),
    "F05": Habit(4, 18, 150, 400),
    "C01": Habit(25, 14, 1_500, 6_000),
    "R01": Habit(60, 15, 1_000, 1_000, pieces=True),
    "R02": Habit(5, 19, 1_000, 3_000, pieces=True),
    "R03": Habit(9, 9, 1_500, 8_000),
    "R04": Habit(9, 9, 300, 1_800),
    "R05": Habit(11, 9, 100, 900),
    "R06": Habit(2, 20, 400, 2_600),
    "R08": Habit(3, 17, 1_000, 1_000, pieces=True),
    "R09": Habit(3, 13, 1_000, 1_000, pieces=True),
    "R11": Habit(60, 10, 1_000, 1_000, pieces=True),
    "D01": Habit(3, 11, 1_000, 3_000, pieces=True),
    "D02": Habit(15, 21, 1_000, 1_000, pieces=True),
    "D03": Habit(25, 8, 1_000, 1_000, pieces=True),
    "D04": Habit(20, 20, 1_000, 2_000, pieces=True),
    "D05": Habit(18, 10, 1_000, 2_000, pieces=True),
    "D06": Habit(1.1, 18, 1_000, 6_000, pieces=True),
    "O02": Habit(12, 9, 60_000, 300_000),
    "P01": Habit(30, 23, 300_000, 4_000_000),
    "P02": Habit(30, 23, 20_000, 90_000, unit="t"),
    "P03": Habit(30, 23, 20_000, 120_000),
    "P04": Habit(30, 23, 200_000, 1_500_000),
    "S02": Habit(60, 10, 10, 60),
}


def rider_id(person: str, provider: str) -> str:
    """Answer the name under which a provider of the town knows somebody."""
    return f"{provider}-{sum(ord(letter) * (place + 3) for place, letter in enumerate(person)):05d}"


def reports_of(
    person: str, methods: Sequence[str], *, first: date, days: int, dice: Random
) -> Iterator[tuple[str, Report]]:
    """Yield what the providers report of one person, with the provider's code, in the order of time."""
    rare = {code: dice.randrange(int(HABITS[code].every)) for code in methods if HABITS[code].every >= RARE_DAYS}
    for number in range(days):
        day = first + timedelta(days=number)
        for code in sorted(methods, key=lambda method: HABITS[method].hour):
            every = HABITS[code].every
            if number % int(every) == rare[code] if code in rare else dice.random() < 1 / every:
                yield _provider_of(code), _report(person, code, day, dice)


def _provider_of(method: str) -> str:
    return next(provider.code for provider in PROVIDERS if method in provider.methods)


def _report(person: str, code: str, day: date, dice: Random) -> Report:
    habit, method = HABITS[code], catalogue().method(code)
    provider = _provider_of(code)
    quantity = dice.randint(habit.low, habit.high)
    if habit.pieces:
        quantity = max(1, quantity // WHOLE_UNITS) * WHOLE_UNITS
    start = datetime.combine(day, time(habit.hour, dice.randint(0, 39), dice.randint(0, 59)))
    trip = f"{rider_id(person, provider)}-{code}-{day:%Y%m%d}"
    return Report(
        id=trip,
        rider=rider_id(person, provider),
        method=code,
        quantity=f"{quantity // 1000}.{quantity % 1000:03d}",
        unit=habit.unit or method.unit,
        started_at=start,
        ended_at=start + timedelta(minutes=habit.minutes * quantity / 1000 + 2) if habit.minutes else None,
        trip=trip,
    )
