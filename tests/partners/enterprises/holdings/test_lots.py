"""Lots and cost: nothing is lost, and the policy decides what leaves first."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.enterprises.holdings.lots import CostEvent, cost_book, movement_note
from partners.enterprises.records.model import RecordKind

K = RecordKind
DAY = date(2026, 3, 2)


def event(kind: RecordKind, units: int, amount: int = 0, fee: int = 0, day: date = DAY) -> CostEvent:
    return CostEvent(day, kind, units, amount, fee, "N1")


BOUGHT = [event(K.ALLOCATION, 10), event(K.BUY, 10, 1_000, 10), event(K.BUY, 10, 2_000, 20, date(2026, 3, 3))]


@pytest.mark.parametrize(
    ("policy", "free_first", "kind", "cost", "free"),
    [
        ("moving_average", True, K.SURRENDER_APPROVED, 758, 10),
        ("first_in_first_out", True, K.SURRENDER_APPROVED, 505, 10),
        ("moving_average", False, K.SURRENDER_APPROVED, 2_273, 0),
        ("first_in_first_out", False, K.SURRENDER_APPROVED, 2_020, 0),
        # What is kept for surrender is sold last.
        ("first_in_first_out", True, K.SELL, 2_020, 0),
        ("first_in_first_out", False, K.SELL, 505, 10),
    ],
)
def test_the_policy_decides_what_leaves(policy: str, free_first: bool, kind: RecordKind, cost: int, free: int) -> None:
    done = cost_book([*BOUGHT, event(kind, 15, 3_000, 30)], policy=policy, free_first=free_first)
    assert [(one.cost_fen, one.free_units) for one in done.departures] == [(cost, free)]


def test_a_sale_shows_its_result_and_free_units_are_income() -> None:
    done = cost_book([*BOUGHT, event(K.SELL, 10, 1_500, 15)], policy="first_in_first_out", free_first=True)
    assert [(one.debit[:4], one.credit[:4], one.amount_fen) for one in done.entries[2:]] == [
        ("1002", "1489", 1_010),
        ("1002", "6301", 475),
    ]
    free = cost_book([event(K.ALLOCATION, 10), event(K.SELL, 10, 500)], policy="moving_average", free_first=True)
    assert [(one.debit[:4], one.credit[:4], one.amount_fen) for one in free.entries] == [("1002", "6301", 500)]
    loss = cost_book([*BOUGHT, event(K.SELL, 10, 500)], policy="first_in_first_out", free_first=True)
    assert [(one.debit[:4], one.credit[:4], one.amount_fen) for one in loss.entries[2:]] == [
        ("1002", "1489", 500),
        ("6711", "1489", 510),
    ]


def test_free_units_make_no_entry() -> None:
    free = [event(K.ALLOCATION, 10), event(K.SURRENDER_APPROVED, 10)]
    assert cost_book(free, policy="moving_average", free_first=True).entries == []


flows = st.lists(
    st.tuples(
        st.sampled_from([K.BUY, K.ALLOCATION, K.SELL, K.SURRENDER_APPROVED]), st.integers(1, 50), st.integers(0, 9999)
    ),
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(flows, st.sampled_from(["moving_average", "first_in_first_out"]), st.booleans())
def test_no_fen_and_no_unit_is_lost(rows: list[tuple[RecordKind, int, int]], policy: str, free_first: bool) -> None:
    held, events = 0, []
    for kind, wanted, amount in rows:
        units = min(wanted, held) if kind in (K.SELL, K.SURRENDER_APPROVED) else wanted
        if units:
            held += units if kind in (K.BUY, K.ALLOCATION) else -units
            events.append(event(kind, units, amount))
    done = cost_book(events, policy=policy, free_first=free_first)
    assert sum(lot.units for lot in done.lots) == held
    spent = sum(one.amount_fen for one in events if one.kind is K.BUY)
    assert sum(lot.cost_fen for lot in done.lots) + sum(one.cost_fen for one in done.departures) == spent
    closing = movement_note(done, since=DAY, until=DAY)[-1]
    assert (closing.units, closing.cost_fen) == (held, sum(lot.cost_fen for lot in done.lots))
