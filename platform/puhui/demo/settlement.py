"""The town's money: a fictional sponsor's fund, what a coin is worth, fees, and the shops' last days settled and paid.

No payment service is needed to build it: what one would have said is taken in as its messages are.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from partners import receipts, settlement, sponsors
from partners.payments import Observation, observe
from partners.payments import Payout as ServicePayout
from puhui import settlement_jobs
from puhui.db import Database
from puhui.demo.cast import MERCHANTS, known
from puhui.identity.model import Membership

FUND, FUND_EN = "青禾绿色生活基金", "Qinghe Green Life Fund"
TOP_UP_FEN = 5_000_000
SOURCE = "本项目自拟的演示约定，不是官方标准"
DAYS = 6
"""So many days are settled; the latest stays open, so that there is something to settle by hand."""


def make(database: Database, now: datetime) -> None:
    """Open the fund, set the terms, settle a few days and pay all but the last of them."""
    database.run(partial(_open, since=now - timedelta(days=90)))
    for back in range(DAYS, 0, -1):
        at = now - timedelta(days=back)
        settlement_jobs.run_through(database, settlement.last_due_day(at), now=at)
        if back > 1:
            database.run(partial(_pay, at=at + timedelta(hours=1)))
    database.run(partial(sponsors.count_coins, now=now))


def _open(session: Session, *, since: datetime) -> None:
    operator = session.scalars(
        sa.select(Membership.person_id).where(Membership.organisation_id == known("operator")).order_by(Membership.id)
    ).first()
    if operator is None:
        raise LookupError("operator")
    fund = sponsors.open_fund(
        session,
        fund_id=known("fund"),
        name=FUND,
        name_en=FUND_EN,
        purpose="支持青禾市居民绿色出行和低碳消费",
        now=since,
    )
    _set_terms(session, operator, since)
    top_up = sponsors.begin_top_up(
        session, fund_id=fund.id, payer_id=known("operator"), amount_fen=TOP_UP_FEN, request_id=known("fund/top-up"),
        now=since,
    )  # fmt: skip
    top_up.payment_id = "pi_demo_town"
    arrived = Observation(
        top_up.payment_id, "payment_intent", "succeeded", TOP_UP_FEN, TOP_UP_FEN, parent_id=None, failure_code=None,
        told_at=since,
    )  # fmt: skip
    observe(session, arrived, now=since)
    receipts.book_receipts(session, now=since)


def _set_terms(session: Session, operator: UUID, since: datetime) -> None:
    """Let a coin be worth fifty fen, and the operator keep sixty in ten thousand and ten fen a run."""
    settlement.set_rate(
        session, coins_units=1, fen_units=50, valid_from=since, source=SOURCE, made_by=operator, now=since
    )
    settlement.set_fee(
        session, merchant_id=None, basis_points=60, fixed_fen=10, valid_from=since, source=SOURCE, made_by=operator,
        now=since,
    )  # fmt: skip
    for firm in MERCHANTS:
        settlement.set_payout_account(
            session, merchant_id=known(firm.key), destination="ba_sandbox", made_by=operator, now=since
        )


def _pay(session: Session, *, at: datetime) -> None:
    """Let the payouts that are due have been sent, and have arrived an hour later."""
    for payout in settlement.due_payouts(session, now=at):
        sent = ServicePayout(
            id=f"po_demo_{payout.id.hex[:16]}", status="paid", amount_fen=payout.amount_fen, currency="cny",
            failure_code=None,
        )  # fmt: skip
        settlement.note_sent(session, payout_id=payout.id, answer=sent, now=at)
    settlement.book_payouts(session, now=at + timedelta(hours=1))
