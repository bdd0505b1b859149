"""Whatever people do with coins, in any order: every coin issued is somewhere, and held coins are open vouchers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.errors import DomainError
from ledger.kernel.ids import new_id
from partners.merchants import takings_of
from rewards import coins, families, gifts, vouchers
from rewards.paycodes import Charge
from tests.cafe import NOON, give_coins, left, open_cafe, purse, redeem, scan
from tests.purse import charge, open_pay_code, undo

STOCK, HOURS = 6, [1, 24, 24 * 45]
ACTS = ["issue", "take", "cancel", "redeem", "pay", "undo", "give", "put_in", "found", "dissolve", "expire", "job"]
POSTED = sa.text(
    "SELECT coalesce(sum(credits_posted - debits_posted), 0) FROM ledger.named_account a JOIN ledger.asset s"
    " ON s.id = a.asset WHERE s.code = 'coin' AND a.owner = :owner AND a.purpose = :purpose"
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(ACTS), st.integers(0, 3), st.integers(1, 60)),
        st.tuples(st.just("wait"), st.sampled_from(HOURS), st.just(0)),
    ),
    min_size=4,
    max_size=12,
)


class World:
    """A café, a wood, two citizens, and now and then a family of theirs."""

    def __init__(self, session: Session) -> None:
        self.session, self.now, self.issued = session, NOON, 0
        self.cafe = open_cafe(session, stock=STOCK, per_person=STOCK)
        self.people = [new_id(), new_id()]
        self.owners = list(self.people)
        self.family: families.Family | None = None
        self.wood = gifts.open_recipient(session, id=new_id(), kind="sink", name="青禾碳汇林", now=NOON)
        self.taken: list[vouchers.Voucher] = []
        self.charges: list[Charge] = []
        for person in self.people:
            self._issue(person, 100)

    def do(self, act: str, place: int, units: int) -> None:
        """Try one act; a refusal leaves everything as it was."""
        person = self.people[place % 2]
        works: dict[str, Callable[[], object]] = {
            "take": lambda: self.taken.append(self._take(person, shared=place > 1)),
            "cancel": lambda: self._of_taken(place, lambda one: vouchers.cancel(
                self.session, voucher_id=one.id, citizen_id=one.citizen_id, now=self.now)),
            "redeem": lambda: self._of_taken(place, lambda one: redeem(
                self.session, self.cafe, scan(self.session, self.cafe, one, now=self.now), now=self.now)),
            "pay": lambda: self.charges.append(self._pay(person, units, shared=place > 1)),
            "undo": lambda: undo(self.session, self.cafe, self.charges[place % len(self.charges)], now=self.now),
            "give": lambda: gifts.give(
                self.session, citizen_id=person, recipient_id=self.wood.id, asset="coin", units=units,
                request_id=new_id(), now=self.now),
            "put_in": lambda: families.put_in(
                self.session, family_id=self._family().id, person_id=self.people[0], units=units,
                request_id=new_id(), now=self.now),
            "found": self._found,
            "dissolve": self._dissolve,
            "expire": lambda: coins.expire_coins(self.session, now=self.now, run=new_id().int % 10**6),
            "job": lambda: vouchers.expire_vouchers(self.session, now=self.now, limit=50),
        }  # fmt: skip
        if act == "issue":
            self._issue(person, units)
        elif act == "wait":
            self.now += timedelta(hours=place)
        else:
            try:
                with self.session.begin_nested():
                    works[act]()
            except (DomainError, ZeroDivisionError):
                self.session.expire_all()

    def check(self) -> None:
        """Hold the laws against the world."""
        self.session.expire_all()
        takings = takings_of(self.session, self.cafe.id, now=self.now)
        kept = [purse(self.session, owner, now=self.now) for owner in self.owners]
        assert (
            sum(map(sum, kept))
            + takings.owed_units
            + self._posted(ledger.SYSTEM, "expired")
            + self._posted(self.wood.id, "donated")
            == self.issued
        )
        held = [one.coins_units for one in self.taken if one.state(now=self.now) is vouchers.State.OPEN]
        assert sum(pending for _, pending in kept) == sum(held)
        assert all(available >= 0 for available, _ in kept)
        out = sum(one.released_at is None for one in self.taken)
        assert left(self.session, self.cafe.coffee) == STOCK - out >= 0
        assert len({one.redemption_id for one in self.taken if one.redeemed_at}) == sum(
            one.redeemed_at is not None for one in self.taken
        )

    def _issue(self, person: UUID, units: int) -> None:
        give_coins(self.session, person, units, now=self.now)
        self.issued += units

    def _posted(self, owner: UUID, purpose: str) -> int:
        return int(self.session.execute(POSTED, {"owner": owner, "purpose": purpose}).scalar_one())

    def _of_taken(self, place: int, work: Callable[[vouchers.Voucher], object]) -> None:
        work(self.taken[place % len(self.taken)])

    def _take(self, person: UUID, *, shared: bool) -> vouchers.Voucher:
        return vouchers.take_offer(
            self.session, offer_id=self.cafe.coffee, citizen_id=person, request_id=new_id(), now=self.now,
            family_id=self._family().id if shared else None,
        )  # fmt: skip

    def _pay(self, person: UUID, units: int, *, shared: bool) -> Charge:
        family = self._family().id if shared else None
        opened = open_pay_code(self.session, person, family_id=family, now=self.now)
        return charge(self.session, self.cafe, opened, units, now=self.now)

    def _family(self) -> families.Family:
        if self.family is None:
            raise families.FamilyUnknown
        return self.family

    def _found(self) -> None:
        self.family = families.found(self.session, head_id=self.people[0], request_id=new_id(), now=self.now)
        self.owners.append(self.family.id)

    def _dissolve(self) -> None:
        families.dissolve(self.session, family_id=self._family().id, by=self.people[0], now=self.now)
        self.family = None


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_every_coin_issued_is_somewhere(session: Session, steps: list[tuple[str, int, int]]) -> None:
    with session.begin_nested() as outer:
        world = World(session)
        for act, place, units in steps:
            world.do(act, place, units)
        world.check()
        assert ledger.audit(session).holds
        outer.rollback()
