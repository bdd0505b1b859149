"""The ledger's accounts that settlement moves, and the moves of one statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from ledger import NewAccount, NewTransfer
from partners import sponsors
from partners.receipts import CNY, service_account
from partners.settlement.gathering import SETTLEMENT

TAKINGS, COIN = "takings", "coin"


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of one merchant's settlement."""

    takings: ledger.Account
    payable: ledger.Account
    unearned: ledger.Account
    fees: ledger.Account
    service: ledger.Account
    settled: ledger.Account


def accounts_for(session: Session, merchant_id: UUID) -> Accounts:
    """Answer the accounts, those in yuan opened where they are not there. Raises AccountUnknown (no takings)."""
    takings = ledger.account_of(session, owner=merchant_id, purpose=TAKINGS, asset=COIN)
    wanted = [
        NewAccount(merchant_id, "payable", CNY),
        NewAccount(merchant_id, "unearned", CNY),
        NewAccount(ledger.SYSTEM, "fees", CNY, spread=True),
        service_account(),
        sponsors.SETTLED,
    ]
    return Accounts(takings, *ledger.open_accounts(session, wanted))


def fund_transfers(
    session: Session, accounts: Accounts, drawn: Mapping[UUID, int], *, statement_id: UUID, now: datetime
) -> list[NewTransfer]:
    """Answer the transfers from funds to the merchant; what is below zero goes the other way."""
    funds = ledger.open_accounts(session, [NewAccount(one, "fund", CNY) for one in drawn])
    return [
        NewTransfer(fund.id, accounts.payable.id, drawn[fund.owner], now, SETTLEMENT, statement_id)
        if drawn[fund.owner] > 0
        else NewTransfer(accounts.payable.id, fund.id, -drawn[fund.owner], now, SETTLEMENT, statement_id)
        for fund in funds
    ]
