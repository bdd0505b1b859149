"""The cast of the model's stories, and the lists that are told of it: mostly sensible, sometimes odd."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st

import ledger
from ledger import NewAccount, Side

LIN, WANG, ZHAO, CAFE = (UUID(int=0x0199AAAA << 96 | low) for low in (7, 9, 7 + 64, 12))  # Zhao shares Lin's stripe.
CAST = [
    NewAccount(ledger.SYSTEM, "issuance", "coin", Side.DEBIT, floor=False, spread=True),
    NewAccount(LIN, "coins", "coin"),
    NewAccount(WANG, "coins", "coin"),
    NewAccount(ZHAO, "coins", "coin"),
    NewAccount(CAFE, "takings", "coin", spread=True),
    NewAccount(CAFE, "debt", "coin", Side.DEBIT),
    NewAccount(ledger.SYSTEM, "expired", "coin", floor=False, spread=True),
    NewAccount(ledger.SYSTEM, "issuance", "point", Side.DEBIT, floor=False, spread=True),
    NewAccount(LIN, "points", "point"),
]
ISSUANCE, CAFE_TAKINGS = 0, 4

COINS, UNKNOWN = 7, len(CAST)  # The first seven accounts of the cast keep coins, the other two points.
anywhere = st.integers(0, UNKNOWN)  # One past the last is an account that nobody opened.
pairs = st.integers(0, 39).flatmap(
    lambda kind: (
        st.tuples(anywhere, anywhere)
        if kind == 39
        else st.permutations(range(COINS if kind < 36 else UNKNOWN - COINS)).map(
            lambda order: (order[0], order[1]) if kind < 36 else (order[0] + COINS, order[1] + COINS)
        )
    )
)
oddities = st.integers(0, 29).flatmap(
    lambda kind: st.sampled_from([0, -1, 2**53 - 1, 2**53, 2**63, 2**70]) if kind == 29 else st.none()
)
sensible = st.integers(1, 30)
minutes = st.integers(-600, 600).map(lambda count: timedelta(minutes=count))
picks = st.integers(0, 2**16)
