"""Whatever happens in whatever order, coins and stock are where a plain list of vouchers says they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.errors import DomainError
from ledger.kernel.ids import new_id
from partners.merchants import takings_of
from rewards import vouchers
from rewards.vouchers import State, Voucher
from tests.cafe import NOON, give_coins, left, open_cafe, purse, redeem, scan, take

COINS, PRICE, STOCK, LIMIT = 80, 30, 4, 3
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["take", "job"]), st.just(0)),
        st.tuples(st.sampled_from(["cancel", "redeem"]), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.sampled_from([1, 24, 24 * 8])),
    ),
    max_size=12,
)


class World:
    """The café and Lin, and beside them the plain list: each voucher's state, and whether its stock is back."""

    def __init__(self, session: Session) -> None:
        self.session, self.now = session, NOON
        self.cafe, self.lin = open_cafe(session, stock=STOCK, per_person=LIMIT), new_id()
        give_coins(session, self.lin, COINS)
        self.made: list[Voucher] = []
        self.states: list[State] = []
        self.given_back: list[bool] = []

    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        for place, voucher in enumerate(self.made):
            if self.states[place] is State.OPEN and self.now >= voucher.expires_at:
                self.states[place] = State.EXPIRED

    def job(self, _: int) -> None:
        due = [
            place for place, state in enumerate(self.states) if state is State.EXPIRED and not self.given_back[place]
        ]
        assert vouchers.expire_vouchers(self.session, now=self.now, limit=100) == len(due)
        for place in due:
            self.given_back[place] = True

    def take(self, _: int) -> None:
        is_open = self.now < NOON + timedelta(days=30)
        may = is_open and self.out < LIMIT and self.spendable >= PRICE
        voucher = self._tried(lambda: take(self.session, self.cafe.coffee, self.lin, now=self.now))
        assert (voucher is not None) == may
        if voucher is not None:
            self.made.append(voucher)
            self.states.append(State.OPEN)
            self.given_back.append(False)

    def cancel(self, place: int) -> None:
        voucher, was = self.made[place], self.states[place]
        done = self._tried(
            lambda: vouchers.cancel(self.session, voucher_id=voucher.id, citizen_id=self.lin, now=self.now)
        )
        assert (done is not None) == (was in (State.OPEN, State.CANCELLED))
        if was is State.OPEN:
            self.states[place], self.given_back[place] = State.CANCELLED, True

    def redeem(self, place: int) -> None:
        scanned = scan(self.session, self.cafe, self.made[place], now=self.now)
        done = self._tried(lambda: redeem(self.session, self.cafe, scanned, now=self.now))
        assert (done is not None) == (self.states[place] is State.OPEN)
        if done is not None:
            self.states[place] = State.REDEEMED

    def check(self) -> None:
        held, used = (PRICE * self.states.count(state) for state in (State.OPEN, State.REDEEMED))
        self.session.expire_all()
        assert [voucher.state(now=self.now) for voucher in self.made] == self.states
        assert purse(self.session, self.lin, now=self.now) == (COINS - held - used, held)
        assert left(self.session, self.cafe.coffee) == STOCK - self.out
        takings = takings_of(self.session, self.cafe.id, now=self.now)
        assert (takings.owed_units, takings.open_units) == (used, held)

    @property
    def out(self) -> int:
        return len(self.states) - sum(self.given_back)

    @property
    def spendable(self) -> int:
        return COINS - PRICE * (self.states.count(State.OPEN) + self.states.count(State.REDEEMED))

    def _tried(self, work: Callable[[], Voucher]) -> Voucher | None:
        try:
            with self.session.begin_nested():
                return work()
        except DomainError:
            return None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_coins_and_stock_are_where_the_vouchers_say(session: Session, steps: list[tuple[str, int]]) -> None:
    with session.begin_nested() as outer:
        world = World(session)
        for word, number in steps:
            if word in ("cancel", "redeem"):
                if world.made:
                    getattr(world, word)(number % len(world.made))
            else:
                getattr(world, word)(number)
            world.check()
        assert ledger.audit(session).holds
        outer.rollback()
