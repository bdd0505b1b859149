"""The ledger's accounts in yuan that money comes in by."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from ledger import NewAccount, Side

CNY = "cny"
FUND, UNEARNED = "fund", "unearned"


def at_service(session: Session) -> ledger.Account:
    """Answer the account of what lies at the payment service."""
    return ledger.open_accounts(session, [service_account()])[0]


def service_account() -> NewAccount:
    """Answer how that account is opened: debits are money that came, credits money that left."""
    return NewAccount(ledger.SYSTEM, "at_service", CNY, Side.DEBIT, floor=False, spread=True)


def fund_account(session: Session, fund_id: UUID) -> ledger.Account:
    """Answer a fund's account; PostgreSQL refuses a balance below zero."""
    return ledger.open_account(session, owner=fund_id, purpose=FUND, asset=CNY)


def unearned_account(session: Session, merchant_id: UUID) -> ledger.Account:
    """Answer the account of cash paid for vouchers of the merchant that are not settled yet."""
    return ledger.open_account(session, owner=merchant_id, purpose=UNEARNED, asset=CNY)
