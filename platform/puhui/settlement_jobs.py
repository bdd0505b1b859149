"""What the worker and the commands do for settlement: runs, payouts, booking what the service said, reconciliation."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from uuid import UUID

import structlog

import ledger
from partners import payments, receipts, settlement, sponsors
from partners.payments import (
    PaymentClient,
    PaymentFailed,
    PaymentFundsShort,
    PaymentKeyRefused,
    PaymentRequestInvalid,
    PaymentUnknown,
    every,
)
from partners.payments import Payout as ServicePayout
from partners.settlement import Break, Payout, SettlementRateMissing, Statement, Told
from puhui import paying
from puhui.db import Database
from puhui.settings import Settings

log = structlog.get_logger()
BATCH = 100
UNDONE_MEANWHILE = 3
LISTED = 10_000
LOOK_AFTER = 3
"""From this try on an unsure payout is looked for in the service's list before it is called again."""
Outcome = Mapping[str, object]


@dataclass(slots=True)
class Tally:
    """What a run did: statements and their fen, what waits for money, and merchants that could not be settled."""

    merchants: int = 0
    statements: int = 0
    net_fen: int = 0
    waiting_lines: int = 0
    waiting_fen: int = 0
    failed: list[UUID] = field(default_factory=list)

    def add(self, made: Statement | None) -> None:
        """Count one merchant."""
        self.merchants += 1
        if made is not None:
            self.statements += 1
            self.net_fen += made.net_fen
            self.waiting_lines += made.waiting_lines
            self.waiting_fen += made.waiting_fen


def run_through(
    database: Database,
    through: date,
    *,
    now: datetime,
    asked_by: UUID | None = None,
    told: Callable[[int], object] | None = None,
) -> Tally:
    """Settle every merchant through a day, each in a transaction of its own, and keep how far it is.

    A run that was broken off begins again and finds what is done. Raises SettlementDayOpen, SettlementRateMissing
    where nothing at all has a price.
    """
    database.run(lambda session: settlement.ask_run(session, through=through, asked_by=asked_by, now=now))
    tally, after = Tally(), None
    while ids := database.run(partial(settlement.merchants_after, after=after, limit=BATCH)):
        for merchant_id in ids:
            _settle(database, merchant_id, through, tally=tally, now=now)
            if told is not None:
                told(tally.merchants)
        after = ids[-1]
        database.run(partial(settlement.note_progress, through=through, done=tally.merchants, finished=False, now=now))
    database.run(
        partial(settlement.note_progress, through=through, done=tally.merchants, finished=not tally.failed, now=now)
    )
    return tally


def _settle(database: Database, merchant_id: UUID, through: date, *, tally: Tally, now: datetime) -> None:
    """Settle one merchant; where somebody undoes just now, again. What fails is told and tried at the next run."""
    settle = partial(settlement.settle_merchant, merchant_id=merchant_id, through=through, now=now)
    for attempt in range(1, UNDONE_MEANWHILE + 1):
        try:
            tally.add(database.run(settle))
        except ledger.InsufficientBalance:
            if attempt < UNDONE_MEANWHILE:
                continue
            log.exception("settlement.failed", merchant=str(merchant_id), through=through.isoformat())
        except (SettlementRateMissing, ledger.LedgerError):
            log.exception("settlement.failed", merchant=str(merchant_id), through=through.isoformat())
        else:
            return
        tally.merchants += 1
        tally.failed.append(merchant_id)
        return


def settle_yesterday(database: Database, now: datetime) -> Outcome:
    """Settle the last day that is over: the nightly run, and again whatever was broken off."""
    database.run(
        lambda session: settlement.ask_run(session, through=settlement.last_due_day(now), asked_by=None, now=now)
    )
    return resume_runs(database, now)


def resume_runs(database: Database, now: datetime) -> Outcome:
    """Do the runs that were asked for and are not finished."""
    asked = database.run(lambda session: [run.through for run in settlement.unfinished_runs(session)])
    done = [run_through(database, through, now=now) for through in asked]
    return {
        "runs": len(done),
        "statements": sum(one.statements for one in done),
        "failed": sum(len(one.failed) for one in done),
    }


def count_coins(database: Database, now: datetime) -> Outcome:
    """Count where all coins are, for the public page."""
    figures = database.run(lambda session: sponsors.count_coins(session, now=now))
    return {"issued": figures.issued, "unpaid": figures.unpaid}


def book_news(database: Database, now: datetime) -> int:
    """Book what the service said of receipts, refunds and payouts; answer how many."""
    booked = 0
    while True:
        done = len(database.run(lambda session: receipts.book_receipts(session, now=now, limit=BATCH)))
        done += database.run(lambda session: receipts.book_refunds(session, now=now, limit=BATCH))
        done += database.run(lambda session: settlement.book_payouts(session, now=now, limit=BATCH))
        booked += done
        if done < BATCH:
            return booked


def move_money(database: Database, now: datetime, *, client: PaymentClient) -> Outcome:
    """Send the payouts and refunds that are due, and book what the service said."""
    sent = send_payouts(database, client, now=now)
    refunds = paying.send_refunds(database, client, now=now)
    return {"payouts": sent, "refunds": refunds, "booked": book_news(database, now)}


def move_due_money(database: Database, now: datetime) -> Outcome:
    """Move what is due at the settings' service; without a key for it there is only news to book."""
    try:
        client = paying.client_of(Settings.from_env(os.environ))
    except PaymentKeyRefused:
        return {"payouts": 0, "refunds": 0, "booked": book_news(database, now)}
    try:
        return move_money(database, now, client=client)
    finally:
        client.transport.close()


def send_payouts(database: Database, client: PaymentClient, *, now: datetime) -> int:
    """Call the payouts that are due; answer how many the service took. What is unsure is called again later."""
    due = database.run(lambda session: settlement.due_payouts(session, now=now, limit=BATCH))
    return sum(_send(database, client, payout, now) for payout in due)


def _send(database: Database, client: PaymentClient, payout: Payout, now: datetime) -> int:
    try:
        answer = _found(client, payout) if payout.tries > LOOK_AFTER else None
        answer = answer or client.create_payout(
            amount_fen=payout.amount_fen,
            destination=payout.destination,
            request_id=settlement.call_key(payout),
            metadata={"payout": str(payout.id), "statement": str(payout.statement_id)},
        )
    except (PaymentRequestInvalid, PaymentUnknown) as refused:
        log.warning("payout.refused", payout=str(payout.id), problem=refused.code)
        database.run(partial(settlement.fail_unsent, payout_id=payout.id, code=refused.code, now=now))
        return 0
    except PaymentFailed as failed:
        log.warning("payout.not_sent", payout=str(payout.id), problem=failed.code)
        is_refusal = isinstance(failed, PaymentFundsShort)
        database.run(partial(settlement.note_problem, payout_id=payout.id, code=failed.code, is_refusal=is_refusal))
        return 0
    database.run(partial(settlement.note_sent, payout_id=payout.id, answer=answer, now=now))
    return 1


def _found(client: PaymentClient, payout: Payout) -> ServicePayout | None:
    """Answer the service's payout that carries ours in its metadata, where a call whose answer was lost had made it."""
    mine = str(payout.id)
    listed = every(client.payouts, at_most=LISTED)
    return next((one for one in listed if one.metadata.get("payout") == mine), None)


def catch_up(database: Database, client: PaymentClient, *, at_most: int, now: datetime) -> int:
    """Take in the service's newest events that nobody told us, then book; answer how many were new."""
    events = list(every(client.events, at_most=at_most))
    stored = database.run(partial(payments.store_missed, events=events, now=now))
    while database.run(partial(payments.process_events, now=now, limit=BATCH)) == BATCH:
        pass
    book_news(database, now)
    return stored


def reconcile(database: Database, client: PaymentClient, *, now: datetime) -> Sequence[Break]:
    """Read what the service says, compare, and answer the open breaks. Raises PaymentFailed's subclasses."""
    payouts = list(every(client.payouts, at_most=LISTED))
    intents = list(every(client.payment_intents, at_most=LISTED))
    refunds = list(every(client.refunds, at_most=LISTED))
    is_whole = max(len(payouts), len(intents), len(refunds)) < LISTED
    told = Told(payouts=payouts, intents=intents, refunds=refunds, balance=client.balance(), is_whole=is_whole)
    return database.run(partial(settlement.reconcile, told=told, now=now))


def reconcile_nightly(database: Database, now: datetime) -> Outcome:
    """Catch up and reconcile with the settings' service; one that is away is told, not raised."""
    try:
        client = paying.client_of(Settings.from_env(os.environ))
        caught = catch_up(database, client, at_most=1000, now=now)
        return {"caught_up": caught, "open_breaks": len(reconcile(database, client, now=now))}
    except PaymentFailed as failed:
        return {"problem": failed.code}
