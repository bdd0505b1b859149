"""May it be pledged, and what to look at, a case a line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from ledger.kernel.errors import DomainError
from partners.enterprises.pledges.errors import PledgeExceeds, PledgeTermInvalid
from partners.enterprises.pledges.model import Control, Pledge
from partners.enterprises.pledges.rules import check_pledge, free_to_pledge, remarks

PLEDGE = Pledge(
    *(UUID(int=1), UUID(int=2), "CEA25", 100, "虚构-1", Control.NONE, "虚构银行", 1_000_000, 120),
    *(date(2026, 5, 1), date(2026, 11, 30), None, None),
)
RELEASED = replace(PLEDGE, released_at=datetime(2026, 6, 1, tzinfo=UTC), release_no="R1")
FROZEN = replace(PLEDGE, control=Control.REGISTRY_FROZEN)


@pytest.mark.parametrize(
    ("pledges", "free"),
    # Units that the registry froze have left the available ones already.
    [([], 150), ([PLEDGE], 50), ([RELEASED], 150), ([FROZEN], 150), ([PLEDGE, PLEDGE], -50)],
)
def test_pledged_units_are_not_free_to_pledge(pledges: list[Pledge], free: int) -> None:
    assert free_to_pledge(150, pledges) == free


@pytest.mark.parametrize(
    ("pledge", "pledges", "error"),
    [
        (PLEDGE, [], None),
        (replace(PLEDGE, units=150), [], None),
        (replace(PLEDGE, units=151), [], PledgeExceeds),
        (PLEDGE, [PLEDGE], PledgeExceeds),
        (replace(PLEDGE, ends_on=PLEDGE.starts_on), [], PledgeTermInvalid),
        (replace(PLEDGE, units=151, ends_on=PLEDGE.starts_on), [], PledgeTermInvalid),
    ],
)
def test_a_pledge_is_within_what_is_free(
    pledge: Pledge, pledges: list[Pledge], error: type[DomainError] | None
) -> None:
    if error is None:
        check_pledge(pledge, available=150, pledges=pledges)
    else:
        with pytest.raises(error):
            check_pledge(pledge, available=150, pledges=pledges)


@pytest.mark.parametrize(
    ("value", "deadline", "until", "expected"),
    [
        (1_200_000, None, None, []),
        (1_199_999, None, None, ["collateral_below_alert"]),
        (None, None, None, ["collateral_has_no_price"]),
        (1_200_000, date(2026, 11, 29), None, ["pledge_spans_deadline"]),
        (1_200_000, date(2026, 11, 30), date(2026, 11, 30), []),
        (1_200_000, None, date(2026, 11, 29), ["pledge_outlives_vintage"]),
    ],
)
def test_what_to_look_at(value: int | None, deadline: date | None, until: date | None, expected: list[str]) -> None:
    found = remarks(PLEDGE, value_fen=value, deadline=deadline, surrenderable_until=until)
    assert [one.code for one in found] == expected
