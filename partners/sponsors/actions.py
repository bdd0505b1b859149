"""Opening funds, topping them up, giving top-ups back, counting coins."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from partners import receipts
from partners.receipts import Purpose, Receipt, ReceiptRefund
from partners.sponsors import queries
from partners.sponsors.errors import FundExists, FundUnknown
from partners.sponsors.model import CoinFigures, Fund

_PLACES = {"coins": "outstanding", "takings": "taken", "settled": "settled", "expired": "expired"}


def open_fund(
    session: Session,
    *,
    fund_id: UUID,
    name: str,
    name_en: str,
    now: datetime,
    purpose: str = "",
    organisation_id: UUID | None = None,
) -> Fund:
    """Open a fund and its account in the ledger; opening it again answers the same. Raises FundExists."""
    new = insert(Fund).values(
        id=fund_id, name=name, name_en=name_en, purpose=purpose, organisation_id=organisation_id, opened_at=now
    )
    session.execute(new.on_conflict_do_nothing())
    known = session.get(Fund, fund_id)
    if known is None or (known.name, known.organisation_id) != (name, organisation_id):
        raise FundExists(fund=fund_id)
    receipts.fund_account(session, fund_id)
    return known


def begin_top_up(
    session: Session, *, fund_id: UUID, payer_id: UUID, amount_fen: int, request_id: UUID, now: datetime
) -> Receipt:
    """Write down that *payer_id* (who orders it) is to pay *amount_fen* into a fund; the fund has it once it is booked.

    The same request answers the same receipt. Raises FundUnknown, ReceiptConflict.
    """
    fund = queries.fund_of(session, fund_id)
    if fund.closed_at is not None:
        raise FundUnknown(fund=fund_id)
    return receipts.begin_receipt(
        session,
        purpose=Purpose.TOP_UP,
        payee_id=fund_id,
        account=receipts.fund_account(session, fund_id),
        payer_id=payer_id,
        amount_fen=amount_fen,
        request_id=request_id,
        now=now,
    )


def return_top_up(
    session: Session, *, receipt_id: UUID, amount_fen: int | None, reason: str, request_id: UUID, now: datetime
) -> ReceiptRefund:
    """Give a top-up back to its sponsor, whole or in part, as far as the fund has not spent it.

    Raises ReceiptUnknown, ReceiptConflict, ReceiptUnpaid, RefundTooLarge, InsufficientBalance.
    """
    queries.lock_funds(session)  # A run that pays from the fund just now goes first, or waits.
    return receipts.begin_refund(
        session, receipt_id=receipt_id, amount_fen=amount_fen, reason=reason, request_id=request_id, now=now
    )


def count_coins(session: Session, *, now: datetime) -> CoinFigures:
    """Count where all coins are and keep the figures: one pass over the accounts, for the worker, not for a page."""
    rows = session.execute(sa.text("SELECT purpose, units FROM partners.coins_by_purpose"))
    found = {purpose: int(units) for purpose, units in rows}
    issued = -found.pop("issuance", 0)
    named = {column: found.pop(purpose, 0) for purpose, column in _PLACES.items()}
    values = {"taken_at": now, "issued": issued, "elsewhere": sum(found.values()), **named}
    session.execute(insert(CoinFigures).values(values).on_conflict_do_nothing())
    return session.get_one(CoinFigures, now)
