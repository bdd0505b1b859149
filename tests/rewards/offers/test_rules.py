"""May an offer be taken, and until when does its voucher last?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.kernel.errors import DomainError
from rewards.offers import (
    DAY_MINUTES,
    EVERY_DAY,
    Deal,
    Offer,
    OfferInvalid,
    OfferLimitReached,
    OfferNotOpen,
    OfferSoldOut,
    check_takable,
    next_ordinal,
    voucher_end,
)
from rewards.offers.rules import check_offer

BEGIN, END = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
DURING = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def coffee(**other: object) -> Offer:
    facts: dict[str, object] = {
        "id": UUID(int=1), "merchant_id": UUID(int=2), "county_code": "360102", "kind": "drink", "title": "咖啡",
        "title_en": "Coffee", "description": "", "description_en": "", "coins_units": 30, "per_person": 2,
        "voucher_days": 7, "valid_from": BEGIN, "valid_until": END, "published_at": BEGIN, "deal": Deal.COINS,
        "least_spend_fen": 0, "weekdays": EVERY_DAY, "opens_minute": 0, "closes_minute": DAY_MINUTES,
    }  # fmt: skip
    return Offer(**{**facts, **other})


@pytest.mark.parametrize(
    ("now", "left", "taken", "error"),
    [
        (DURING, 1, 0, None),
        (DURING, 1, 1, None),
        (BEGIN, 1, 0, None),
        (BEGIN - TICK, 1, 0, OfferNotOpen),
        (END - TICK, 1, 0, None),
        (END, 1, 0, OfferNotOpen),
        (END, 0, 2, OfferNotOpen),  # Over wins over sold out and limit.
        (DURING, 0, 0, OfferSoldOut),
        (DURING, 0, 2, OfferSoldOut),  # Sold out wins over the limit.
        (DURING, 1, 2, OfferLimitReached),
        (DURING, 1, 3, OfferLimitReached),
    ],
)
def test_an_offer_is_takable_in_time_while_there_is_stock_and_within_the_limit(
    now: datetime, left: int, taken: int, error: type[DomainError] | None
) -> None:
    if error is None:
        check_takable(coffee(), left_units=left, taken=taken, now=now)
        return
    with pytest.raises(error):
        check_takable(coffee(), left_units=left, taken=taken, now=now)


@given(taken=st.sets(st.integers(1, 20)))
def test_the_next_ordinal_is_free_and_as_low_as_can_be(taken: set[int]) -> None:
    ordinal = next_ordinal(taken)
    assert ordinal not in taken
    assert set(range(1, ordinal)) <= taken


@pytest.mark.parametrize(
    ("taken_at", "end"),
    [
        (datetime(2026, 11, 10, 15, 59, 59, tzinfo=UTC), datetime(2026, 11, 17, 16, 0, tzinfo=UTC)),  # 23:59 in town
        (datetime(2026, 11, 10, 16, 0, tzinfo=UTC), datetime(2026, 11, 18, 16, 0, tzinfo=UTC)),  # midnight in town
        (datetime(2026, 11, 29, 4, 0, tzinfo=UTC), END),  # never later than the offer
    ],
)
def test_a_voucher_ends_at_midnight_in_town_after_seven_whole_days(taken_at: datetime, end: datetime) -> None:
    assert voucher_end(coffee(), taken_at=taken_at) == end


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "car"}, "kind"),
        ({"coins_units": 0}, "coins_units"),
        ({"per_person": 0}, "per_person"),
        ({"voucher_days": 0}, "voucher_days"),
        ({"valid_until": BEGIN}, "valid_until"),
    ],
)
def test_an_offer_that_nobody_could_take_is_refused_and_says_which_field(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(OfferInvalid) as refused:
        check_offer(coffee(**wrong))
    assert refused.value.facts["fields"] == [field]
