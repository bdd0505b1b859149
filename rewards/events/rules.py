"""The arithmetic of an inventory, exact to the gram: whole numbers and fractions, no float anywhere.

Uncertainty is combined by error propagation (IPCC 2006 Guidelines, volume 1, chapter 3, approach 1): relative shares of
a product by the root of the sum of their squares, absolute ones of a sum likewise. It takes the lines to be
independent, which lines with the same factor are not; pages say so. A sample of travellers is extrapolated as a simple
random one with the correction for finite populations; those who answer are rarely drawn by lot, and pages say that too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, isqrt
from zoneinfo import ZoneInfo

from rewards.events.errors import EventInvalid, OwnWork, QuantityInvalid, SampleTooSmall, SignInClosed
from rewards.events.model import Event, EventKind

CITY_TIME = ZoneInfo("Asia/Shanghai")
SHORT_LIMIT_GRAMS = 60_000
"""Above this the short form does not do. Our own limit: no rule was found that sets one."""
LARGE: dict[str, int] = {
    EventKind.SHOW: 5_000,
    EventKind.SPORT: 5_000,
    EventKind.CONFERENCE: 400,
    EventKind.EXHIBITION: 10_000,
}
"""From how many people an event is large, by 沪环气候〔2025〕112号 (Shanghai); Jiangxi's own numbers were not found."""
MOST_QUANTITY = Decimal(10) ** 11
MOST_PERMILLE = 5_000
SIGN_IN_BEFORE, SIGN_IN_AFTER = timedelta(hours=12), timedelta(hours=12)
_STUDENT = (
    12706, 4303, 3182, 2776, 2571, 2447, 2365, 2306, 2262, 2228, 2201, 2179, 2160, 2145, 2131,
    2120, 2110, 2101, 2093, 2086, 2080, 2074, 2069, 2064, 2060, 2056, 2052, 2048, 2045, 2042,
)  # fmt: skip
"""Student's t for 95 %, two-sided, in thousandths, for 1 to 30 degrees of freedom; 1.960 above."""
_NORMAL = 1960


@dataclass(frozen=True, slots=True)
class Trip:
    """How one person came and went: *metres* there and back."""

    mode: str
    metres: int


@dataclass(frozen=True, slots=True)
class ModeEstimate:
    """What all people together travelled by a mode, from those who said: *pkm*, and half its range in thousandths."""

    mode: str
    pkm: Decimal
    permille: int
    answers: int


def grams_of(quantity: Decimal, factor: Decimal) -> int:
    """Answer grams of *quantity* units at *factor* kilograms each, rounded up; a negative factor counts as nought."""
    return max(0, ceil(Fraction(quantity) * Fraction(factor) * 1000))


def half_of(grams: int, *, quantity_permille: int, factor_permille: int) -> int:
    """Answer half of the range of *grams* that holds with 95 %, rounded up to whole grams."""
    square = Fraction(grams * grams * (quantity_permille**2 + factor_permille**2), 1_000_000)
    return _root_up(square)


def combined(halves: Iterable[int]) -> int:
    """Answer half of the range of a sum of independent lines, rounded up to whole grams."""
    return _root_up(Fraction(sum(half * half for half in halves)))


def permille_of(grams: int, half_grams: int) -> int:
    """Answer half a range as thousandths of what it is about, rounded up; 0 of nothing."""
    return -(-half_grams * 1000 // grams) if grams else 0


def extrapolate(trips: Sequence[Trip], *, people: int) -> list[ModeEstimate]:
    """Answer what *people* travelled by each mode, from the *trips* of those who said. Raises SampleTooSmall.

    With every mode a person who came otherwise counts as nought, so that shares and distances vary together.
    """
    count = len(trips)
    people = max(people, count)
    if count == 0 or (count == 1 and people > 1):
        raise SampleTooSmall(answers=count, people=people)
    found = []
    for mode in sorted({trip.mode for trip in trips}):
        metres = [trip.metres if trip.mode == mode else 0 for trip in trips]
        total = Fraction(people * sum(metres), count)
        half = _sampling_half(metres, people)
        permille = ceil(half * 1000 / total) if total else 0
        answers = sum(trip.mode == mode for trip in trips)
        found.append(ModeEstimate(mode, Decimal(ceil(total)) / 1000, min(permille, MOST_PERMILLE), answers))
    return found


def check_quantity(quantity: Decimal, *, item: str) -> None:
    """Refuse what is no quantity: negative, finer than a millionth, or absurd. Raises QuantityInvalid."""
    if (
        not quantity.is_finite()
        or not 0 <= quantity <= MOST_QUANTITY
        or quantity != quantity.quantize(Decimal("0.000001"))
    ):
        raise QuantityInvalid(item=item)


def check_event(event: Event) -> None:
    """Refuse an event that cannot be; PostgreSQL says it again. Raises EventInvalid with the names of the fields."""
    wrong = [
        field
        for field, is_wrong in (
            ("name", not 1 <= len(event.name) <= 100),
            ("place", not 1 <= len(event.place) <= 200),
            ("ends_at", not event.starts_at < event.ends_at <= event.starts_at + timedelta(days=60)),
            ("people", not 1 <= event.people <= 1_000_000),
        )
        if is_wrong
    ]
    if wrong:
        raise EventInvalid(fields=", ".join(wrong))


def is_large(event: Event) -> bool:
    """Whether the event is large by Shanghai's numbers."""
    return event.people >= LARGE.get(event.kind, 10**9)


def check_sign_in(event: Event, *, now: datetime) -> None:
    """Refuse to sign anybody in outside the event and half a day around it. Raises SignInClosed."""
    opens_at, closes_at = event.starts_at - SIGN_IN_BEFORE, event.ends_at + SIGN_IN_AFTER
    if not opens_at <= now <= closes_at or event.cancelled_at is not None:
        raise SignInClosed(opens_at=opens_at, closes_at=closes_at)


def check_second_person(*, author: object, reviewer: object) -> None:
    """Refuse to review one's own work. Raises OwnWork; PostgreSQL says it again (``reviewed_by_another``)."""
    if author == reviewer:
        raise OwnWork


def _sampling_half(metres: Sequence[int], people: int) -> Fraction:
    """Answer half of the range of the extrapolated metres: t · N · s / √n · √((N − n) / N), rounded up to a metre."""
    count = len(metres)
    if count == people:
        return Fraction(0)
    variance = Fraction(count * sum(m * m for m in metres) - sum(metres) ** 2, count * (count - 1))
    student = _STUDENT[count - 2] if count - 1 <= len(_STUDENT) else _NORMAL
    square = Fraction(student, 1000) ** 2 * variance * people * (people - count) / count
    return Fraction(_root_up(square))


def _root_up(square: Fraction) -> int:
    """Answer the smallest whole number whose square is not below *square*."""
    whole = ceil(square)
    return isqrt(whole - 1) + 1 if whole > 0 else 0
