"""Compliance as arithmetic: whole tonnes and fen, floors where the plans say so; each function names its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from partners.enterprises.compliance.model import NetSold
from partners.enterprises.exact import half_up


def offset_cap(*, due_t: int, cap_bp: int) -> int:
    """Answer the most tonnes that credits may cover: 5 % of what is due (管理办法 Art. 29), floored (ours)."""
    return due_t * cap_bp // 10_000


def carry_over_limit(net: NetSold, *, base_t: int, ratio_percent: int, compliant: bool) -> int:
    """Answer T = B + NS × R, floored, at most what is held; 0 for who did not surrender in time (方案 附5, rule 26).

    NS is what was sold less what was bought of the old vintages in the window, at least 0.
    """
    if not compliant:
        return 0
    net_sold = max(0, net.sold_t - net.bought_t)
    return min(net.held_t, (base_t * 100 + net_sold * ratio_percent) // 100)


@dataclass(frozen=True, slots=True)
class Penalty:
    """What a shortfall may cost, in fen, with the two averages and the multiples that it rests on."""

    least_fen: int
    most_fen: int
    missing_t: int
    basis: str


def penalty_range(*, missing_t: int, averages_fen: dict[str, int], least: int, most: int) -> Penalty | None:
    """Answer the range of the fine: *least* to *most* times the average price × missing tonnes (条例 Art. 24).

    *averages_fen* are the average prices of the months that may be meant; None without a shortfall or a price.
    """
    if missing_t <= 0 or not averages_fen:
        return None
    low, high = min(averages_fen.values()), max(averages_fen.values())
    basis = ", ".join(f"{month} {price}" for month, price in sorted(averages_fen.items()))
    return Penalty(missing_t * low * least, missing_t * high * most, missing_t, basis)


@dataclass(frozen=True, slots=True)
class Gap:
    """A year's obligation against what was done and what is at hand, in tonnes."""

    due_t: int
    surrendered_t: int
    offset_t: int
    pending_t: int
    eligible_t: int

    @property
    def open_t(self) -> int:
        """What is still to be surrendered, pending applications not counted as done (rule 24)."""
        return max(0, self.due_t - self.surrendered_t - self.offset_t)

    @property
    def missing_t(self) -> int:
        """What cannot be covered with what is at hand."""
        return max(0, self.open_t - self.pending_t - self.eligible_t)


def reminders(deadline: date, *, today: date, days: tuple[int, ...]) -> list[tuple[int, date]]:
    """Answer the reminders before a deadline as (days before, day), the next one first; those past are left out."""
    planned = [(before, deadline - timedelta(days=before)) for before in sorted(days, reverse=True)]
    return [(before, day) for before, day in planned if day >= today]


def reminder_due(deadline: date, *, today: date, days: tuple[int, ...]) -> int | None:
    """Answer which reminder stands today: the smallest number of days not yet undercut, or None when it is far off."""
    left = (deadline - today).days
    return next((before for before in sorted(days) if 0 <= left <= before), None)


@dataclass(frozen=True, slots=True)
class Plan:
    """A way to close the gap of a year: tonnes and what they cost in fen."""

    carry_t: int
    offset_t: int
    buy_t: int
    cost_fen: int


def cheapest_plan(
    gap: Gap, *, offset_left_t: int, allowance_fen: int, credit_fen: int | None, carry_t: int, buy_only: bool = False
) -> Plan:
    """Close the missing tonnes: carry over first (free), then credits where cheaper, then buy allowances.

    Prices are fen per tonne; a credit price of None means that there is none to plan with.
    """
    missing = gap.missing_t
    carried = 0 if buy_only else min(carry_t, missing)
    missing -= carried
    cheaper = credit_fen is not None and credit_fen < allowance_fen and not buy_only
    offset = min(offset_left_t, missing) if cheaper else 0
    bought = missing - offset
    return Plan(carried, offset, bought, offset * (credit_fen or 0) + bought * allowance_fen)


def coal_allowance(
    *, power_mwh: int, benchmark_e4: int, load_e4: int, heat_gj: int, heat_e4: int, peak_e6: int = 1_000_000
) -> int:
    """Answer A = Qe·Be·Ff·peak + Qh·Bh for a coal unit, floored to tonnes (分配方案).

    Benchmarks and factors are whole numbers of 10⁻⁴, the peak factor of 10⁻⁶ (six decimals, half up; rule 27).
    """
    power = power_mwh * benchmark_e4 * load_e4 * peak_e6  # 10⁻¹⁴
    heat = heat_gj * heat_e4 * 10**10
    return (power + heat) // 10**14


def peak_factor(numerator: int, denominator: int) -> int:
    """Answer a peak factor as a whole number of 10⁻⁶, half up (rule 27)."""
    return half_up(numerator * 1_000_000, denominator)
