"""May it be pledged, and what to look at (rule 30): pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from partners.enterprises.findings import Finding, warn
from partners.enterprises.pledges.errors import PledgeExceeds, PledgeTermInvalid
from partners.enterprises.pledges.model import Pledge


def free_to_pledge(available: int, pledges: Iterable[Pledge]) -> int:
    """Answer the available units that no open pledge covers; blocked pledges have left the available units already."""
    return available - sum(one.units for one in pledges if one.released_at is None and not one.is_blocked)


def check_pledge(pledge: Pledge, *, available: int, pledges: Iterable[Pledge]) -> None:
    """Check term and quantity. Raises PledgeTermInvalid, PledgeExceeds, the first that holds."""
    if pledge.ends_on <= pledge.starts_on:
        raise PledgeTermInvalid(starts_on=pledge.starts_on, ends_on=pledge.ends_on)
    free = free_to_pledge(available, pledges)
    if pledge.units > free:
        raise PledgeExceeds(instrument=pledge.instrument, available=free, asked=pledge.units)


def remarks(
    pledge: Pledge, *, value_fen: int | None, deadline: date | None, surrenderable_until: date | None
) -> Iterator[Finding]:
    """Look at an open pledge: value against debt, its term against the deadline and the life of the vintage."""
    if value_fen is None:
        yield warn(30, "collateral_has_no_price")
    elif value_fen * 100 < pledge.debt_fen * pledge.alert_percent:
        yield warn(30, "collateral_below_alert", value_fen=value_fen, debt_fen=pledge.debt_fen)
    if deadline is not None and pledge.starts_on <= deadline < pledge.ends_on:
        yield warn(30, "pledge_spans_deadline", deadline=deadline.isoformat())
    if surrenderable_until is not None and pledge.ends_on > surrenderable_until:
        yield warn(30, "pledge_outlives_vintage", until=surrenderable_until.isoformat())
