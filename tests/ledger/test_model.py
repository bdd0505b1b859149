"""The ledger against a plain one in memory: whatever is done in whatever order, both say the same.

PUHUI_SEED repeats a run, PUHUI_MODEL_RUNS sets how many stories of up to 60 steps are told (a CI run tells 80),
PUHUI_MODEL_SHRINK looks for the shortest story that fails (minutes).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, TypeAlias, TypeVar
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from psycopg.pq import TransactionStatus

import ledger
from ledger import NewHold, NewTransfer
from puhui.addresses import Addresses
from tests.ledger.conftest import NOW
from tests.ledger.odd_lists import CAFE_TAKINGS, CAST, ISSUANCE, minutes, oddities, pairs, picks, sensible
from tests.ledger.plain_ledger import PlainAccount, PlainHold, PlainLedger

T = TypeVar("T")
Code: TypeAlias = "str | None"

RUNS = int(os.environ.get("PUHUI_MODEL_RUNS", "80"))
PHASES = tuple(Phase) if "PUHUI_MODEL_SHRINK" in os.environ else (Phase.generate,)
SEED = int(os.environ.get("PUHUI_SEED") or secrets.randbelow(2**32))


@dataclass(frozen=True)
class Call:
    """A call that succeeded: how to make it again, with which other content, and what it answered."""

    again: Callable[[], Any]
    otherwise: Callable[[], Any]
    answer: Any


class Story(RuleBasedStateMachine):
    """Everything that can be done to a ledger, done to both."""

    connection: psycopg.Connection[Any]
    steps: ClassVar[list[int]] = []

    @initialize()
    def begin(self) -> None:
        """Open the cast's accounts; the whole story is one transaction that is rolled back."""
        self.now, self.plain, self.calls, self.made = NOW, PlainLedger(), list[Call](), 0
        self.accounts = ledger.open_accounts(self.connection, CAST)
        for opened in self.accounts:
            self.plain.accounts[opened.id] = PlainAccount(
                opened.id, opened.asset, opened.normal_side, opened.floor, opened.spread
            )
        self.ids = [opened.id for opened in self.accounts] + [(1 << 50) + 7]

    def teardown(self) -> None:
        """Audit, then forget everything."""
        try:
            if self.connection.info.transaction_status is TransactionStatus.INTRANS:
                report = ledger.audit(self.connection)
                assert report.holds, report.findings
        finally:
            self.connection.rollback()

    def request_id(self, stripe: int) -> UUID:
        """Make a fresh request id that lies in a stripe."""
        self.made += 1
        return UUID(int=0x0199BBBB << 96 | self.made << 6 | stripe & 63)

    def attempt(self, expected: Code | set[Code], call: Callable[[], T]) -> T | None:
        """Make a call that must be refused by the expected code, or succeed where that is None."""
        answer: T | None = None
        code: Code = None
        try:
            answer = call()
        except ledger.LedgerError as refused:
            code = refused.code
        assert code in (expected if isinstance(expected, set) else {expected}), (code, expected)
        return answer

    # What is done

    @rule(place=st.integers(1, 4), count=sensible)
    def issue(self, place: int, count: int) -> None:
        self._post([NewTransfer(self.ids[ISSUANCE], self.ids[place], count, self.now, "issue")], place)

    @rule(
        items=st.lists(st.tuples(pairs, sensible, minutes), min_size=1, max_size=5),
        oddity=oddities,
        stripe=picks,
    )
    def post(self, items: list[tuple[tuple[int, int], int, timedelta]], oddity: int | None, stripe: int) -> None:
        listed = [NewTransfer(self.ids[d], self.ids[c], u, self.now + at, "test") for (d, c), u, at in items]
        if oddity is not None:
            listed[-1] = listed[-1]._replace(units=oddity)
        self._post(listed, stripe)

    def _post(self, items: list[NewTransfer], stripe: int) -> None:
        request_id, now = self.request_id(stripe), self.now
        expected = self.plain.refusal(items, now)

        def again() -> ledger.Posting:
            return ledger.post(self.connection, items, request_id=request_id, now=now)

        def otherwise() -> ledger.Posting:
            other = [*items[:-1], items[-1]._replace(units=items[-1].units % 30 + 1)]
            return ledger.post(self.connection, other, request_id=request_id, now=now)

        posting = self.attempt(expected, again)
        if posting is not None:
            assert not posting.replayed
            self.plain.post(posting.transfer_ids, items)
            self.calls.append(Call(again, otherwise, posting.transfer_ids))

    @rule(
        items=st.lists(st.tuples(pairs, sensible, st.one_of(st.none(), minutes)), min_size=1, max_size=3),
        oddity=oddities,
        stripe=picks,
    )
    def hold(self, items: list[tuple[tuple[int, int], int, timedelta | None]], oddity: int | None, stripe: int) -> None:
        listed = [
            NewHold(
                self.ids[d],
                self.ids[c],
                u,
                None if ends is None else self.now + abs(ends) + timedelta(minutes=1),
                "test",
            )
            for (d, c), u, ends in items
        ]
        if oddity is not None:
            listed[-1] = listed[-1]._replace(units=oddity)
        if any(self._is_spread_with_floor(new.debit) for new in listed):
            return  # A hold draws on one sub-account alone; test_holds.py says so.
        request_id, now = self.request_id(stripe), self.now

        def again() -> list[ledger.Hold]:
            return ledger.hold(self.connection, listed, request_id=request_id, now=now)

        def otherwise() -> list[ledger.Hold]:
            return ledger.hold(self.connection, [*listed, listed[0]], request_id=request_id, now=now)

        held = self.attempt(self.plain.refusal(listed, now), again)
        if held is not None:
            self.plain.holds.update({one.id: PlainHold(new) for one, new in zip(held, listed, strict=True)})
            self.calls.append(Call(again, otherwise, [one.id for one in held]))

    def _is_spread_with_floor(self, account_id: int) -> bool:
        account = self.plain.accounts.get(account_id)
        return account is not None and account.spread and account.floor

    @precondition(lambda self: self.plain.holds)
    @rule(pick=picks, count=st.one_of(st.none(), st.integers(-1, 31), st.sampled_from([2**70])), stripe=picks)
    def settle(self, pick: int, count: int | None, stripe: int) -> None:
        hold_id, request_id, now = self._pick(self.plain.holds, pick), self.request_id(stripe), self.now
        held = self.plain.holds[hold_id]
        expected = self._why_not_settle(held, count)

        def again() -> ledger.Posting:
            return ledger.settle(self.connection, hold_id, units=count, request_id=request_id, now=now)

        def otherwise() -> ledger.Posting:
            return ledger.settle(self.connection, hold_id, units=(count or 0) + 1, request_id=request_id, now=now)

        posting = self.attempt(expected, again)
        if posting is not None:
            held.ended = "settled"
            transfer = NewTransfer(
                held.new.debit, held.new.credit, held.new.units if count is None else count, now, held.new.kind
            )
            self.plain.post(posting.transfer_ids, [transfer])
            self.calls.append(Call(again, otherwise, posting.transfer_ids))

    def _why_not_settle(self, held: PlainHold, count: int | None) -> Code | set[Code]:
        if held.ended is not None:
            return "hold_ended"
        if held.has_lapsed(self.now):
            return {"hold_expired", "hold_ended"}  # The latter where another call needed its units already.
        if count is not None and count < 1:
            return "units_invalid"
        if count is not None and count > held.new.units:
            return "hold_exceeded"
        closed = any(self.plain.accounts[side].closed for side in (held.new.debit, held.new.credit))
        return "account_closed" if closed else None

    @precondition(lambda self: self.plain.holds)
    @rule(pick=picks, stripe=picks)
    def release(self, pick: int, stripe: int) -> None:
        hold_id, request_id, now = self._pick(self.plain.holds, pick), self.request_id(stripe), self.now
        held = self.plain.holds[hold_id]
        expected: Code | set[Code] = (
            "hold_ended" if held.ended else {None, "hold_ended"} if held.has_lapsed(now) else None
        )

        def again() -> ledger.Posting:
            return ledger.release(self.connection, hold_id, request_id=request_id, now=now)

        def otherwise() -> ledger.Posting:
            return ledger.settle(self.connection, hold_id, request_id=request_id, now=now)

        posting = self.attempt(expected, again)
        held.ended = held.ended or "released"
        if posting is not None:
            self.calls.append(Call(again, otherwise, posting.transfer_ids))

    @precondition(lambda self: self.plain.transfers)
    @rule(chosen=st.lists(picks, min_size=1, max_size=3), stripe=picks)
    def reverse(self, chosen: list[int], stripe: int) -> None:
        ids, request_id, now = (
            [self._pick(self.plain.transfers, pick) for pick in chosen],
            self.request_id(stripe),
            self.now,
        )
        originals = [self.plain.transfers[id].new for id in ids]
        undone = [new._replace(debit=new.credit, credit=new.debit, occurred_at=now) for new in originals]

        def again() -> ledger.Posting:
            return ledger.reverse(self.connection, ids, reason="mistake", request_id=request_id, now=now)

        def otherwise() -> ledger.Posting:
            return ledger.reverse(self.connection, ids, reason="whim", request_id=request_id, now=now)

        posting = self.attempt(self.plain.refusal(undone, now, reversing=ids), again)
        if posting is not None:
            self.plain.post(posting.transfer_ids, undone)
            for original, reversal in zip(ids, posting.transfer_ids, strict=True):
                self.plain.transfers[original].reversed_by = reversal
            self.calls.append(Call(again, otherwise, posting.transfer_ids))

    @rule(items=st.lists(st.tuples(pairs, sensible, minutes), min_size=1, max_size=5), oddity=oddities, stripe=picks)
    def post_each(self, items: list[tuple[tuple[int, int], int, timedelta]], oddity: int | None, stripe: int) -> None:
        listed = [NewTransfer(self.ids[d], self.ids[c], u, self.now + at, "test") for (d, c), u, at in items]
        if oddity is not None:
            listed[-1] = listed[-1]._replace(units=oddity)
        request_id, now = self.request_id(stripe), self.now
        outcomes = ledger.post_each(self.connection, listed, request_id=request_id, now=now)
        spread = self.plain.accounts[self.ids[CAFE_TAKINGS]]
        drawable = self.plain.available(spread, now)  # What a list brings to a spread account is drawn by later ones.
        for new, outcome in zip(listed, outcomes, strict=True):
            expected = self.plain.refusal([new], now)
            if expected is None and new.debit == spread.id:
                expected = None if new.units <= drawable else "insufficient_balance"
                drawable -= 0 if expected else new.units
            assert outcome.code == expected
            if outcome.code is None:
                assert outcome.transfer_id is not None
                self.plain.post([outcome.transfer_id], [new])
        assert ledger.post_each(self.connection, listed, request_id=request_id, now=now) == outcomes

    @rule(pick=st.integers(1, len(CAST) - 1), stripe=picks)
    def close(self, pick: int, stripe: int) -> None:
        account, request_id, now = self.plain.accounts[self.ids[pick]], self.request_id(stripe), self.now
        open_holds = [h for h in self.plain.holds.values() if h.ended is None and self.plain.change(account, h.new)]
        in_use = any(held.holds(now) for held in open_holds)
        expected: Code | set[Code] = "account_in_use" if in_use else {None, "account_in_use"} if open_holds else None

        def again() -> ledger.Account:
            return ledger.close_account(self.connection, account.id, request_id=request_id, now=now)

        closed = self.attempt(None if account.closed else expected, again)
        account.closed = account.closed or closed is not None
        if closed is not None:
            assert again() == closed

    @precondition(lambda self: any(account.closed for account in self.plain.accounts.values()))
    @rule(stripe=picks)
    def reopen(self, stripe: int) -> None:
        account = next(account for account in self.plain.accounts.values() if account.closed)
        ledger.reopen_account(self.connection, account.id, request_id=self.request_id(stripe), now=self.now)
        account.closed = False

    @rule(passed=st.integers(1, 120))
    def let_time_pass(self, passed: int) -> None:
        self.now += timedelta(minutes=passed)

    @rule(limit=st.integers(1, 3))
    def expire_holds(self, limit: int) -> None:
        lapsed = [held for held in self.plain.holds.values() if held.ended is None and held.has_lapsed(self.now)]
        assert ledger.expire_holds(self.connection, now=self.now, limit=limit) <= min(limit, len(lapsed))

    @precondition(lambda self: self.calls)
    @rule(pick=picks)
    def repeat(self, pick: int) -> None:
        call = self.calls[pick % len(self.calls)]
        answer = call.again()
        if isinstance(answer, ledger.Posting):
            assert answer.replayed
            assert answer.transfer_ids == call.answer
        else:
            assert [one.id for one in answer] == call.answer
        with pytest.raises(ledger.RequestConflict):
            call.otherwise()

    @rule(pick=st.integers(0, len(CAST) - 1))
    def open_again(self, pick: int) -> None:
        assert ledger.open_accounts(self.connection, [CAST[pick]])[0].id == self.ids[pick]
        known = CAST[pick]
        other = known._replace(spread=False) if known.spread else known._replace(floor=not known.floor)
        with pytest.raises(ledger.AccountDiffers):
            ledger.open_accounts(self.connection, [other])

    # What must be true

    @rule(pick=st.integers(0, len(CAST) - 1), limit=st.integers(1, 20))
    def read_statement(self, pick: int, limit: int) -> None:
        account, seen, after = self.plain.accounts[self.ids[pick]], list[ledger.StatementLine](), None
        while True:
            page = ledger.statement(self.connection, account.id, after=after, limit=limit)
            seen, after = seen + page.lines, page.after
            if after is None:
                break
        balance = account.posted
        for line in seen:
            assert line.balance == balance
            balance -= line.change
        assert balance == 0
        if not account.spread:
            # The transfers of one call happen at one instant; which of them comes first is not promised.
            history = [(t.id >> 23, self.plain.change(account, t.new)) for t in self.plain.transfers.values()]
            assert sorted((line.transfer_id >> 23, line.change) for line in seen) == sorted(x for x in history if x[1])
            assert [line.transfer_id for line in seen] == sorted((line.transfer_id for line in seen), reverse=True)

    @precondition(lambda self: self.plain.transfers)
    @rule(pick=st.integers(0, len(CAST) - 1), chosen=picks, passed=minutes)
    def read_a_balance_of_then(self, pick: int, chosen: int, passed: timedelta) -> None:
        account = self.plain.accounts[self.ids[pick]]
        at = self.plain.transfers[self._pick(self.plain.transfers, chosen)].new.occurred_at + passed // 600
        until_then = [transfer for transfer in self.plain.transfers.values() if transfer.new.occurred_at <= at]
        expected = self.plain.replayed(account, until_then)
        assert ledger.balance_at(self.connection, account.id, occurred_at=at) == expected
        last = self._pick(self.plain.transfers, chosen)
        found = {line.transfer_id: line for line in ledger.statement(self.connection, account.id, limit=500).lines}
        if last in found:
            until_then = [transfer for transfer in self.plain.transfers.values() if transfer.id >> 23 <= last >> 23]
            expected = self.plain.replayed(account, until_then)
            assert ledger.balance_at(self.connection, account.id, posted_at=found[last].posted_at) == expected

    @invariant()
    def balances_are_the_same(self) -> None:
        self.steps.append(1)
        found = ledger.balances(self.connection, self.accounts, now=self.now)
        for account in self.plain.accounts.values():
            pending, incoming = self.plain.pending(account, self.now)
            expected = ledger.Balance(account.posted, pending, account.posted - pending, incoming)
            assert found[account.id] == expected, account
            assert not account.floor or expected.available >= 0

    @invariant()
    def every_asset_sums_to_nought(self) -> None:
        assert self.plain.sum_of("coin") == self.plain.sum_of("point") == 0

    def _pick(self, mapping: dict[int, Any], pick: int) -> int:
        return list(mapping)[pick % len(mapping)]


def test_a_plain_ledger_says_the_same_after_any_story(
    own_addresses: Addresses, capsys: pytest.CaptureFixture[str]
) -> None:
    print(f"PUHUI_SEED={SEED}")
    with psycopg.connect(own_addresses.app, options="-c role=puhui_app -c timezone=UTC") as connection:

        @seed(SEED)
        class Told(Story):
            pass

        Told.connection = connection
        run_state_machine_as_test(
            Told,
            settings=settings(
                max_examples=RUNS, stateful_step_count=60, deadline=None, database=None, print_blob=False,
                suppress_health_check=list(HealthCheck), report_multiple_bugs=False, phases=PHASES,
            ),
        )  # fmt: skip
    with capsys.disabled():
        print(f"\nledger model: {RUNS} stories, {len(Story.steps)} steps, PUHUI_SEED={SEED}")
