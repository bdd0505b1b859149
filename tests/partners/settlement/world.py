"""A town in which coins cost fifty fen: the café, its citizens, and a fund that pays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from ledger import NewTransfer
from ledger.kernel.ids import new_id
from partners import receipts, sponsors
from partners.settlement import Statement, set_fee, set_payout_account, set_rate, settle_merchant
from tests.cafe import NOON, Cafe, give_coins, open_cafe
from tests.factories import make_citizen

BEFORE = NOON - timedelta(days=60)
TODAY = date(2026, 11, 22)
NIGHT = NOON + timedelta(hours=13)
"""One in the morning after the day of NOON: the day may be settled."""
OPERATOR = UUID(int=7 << 64)


@dataclass(frozen=True)
class Town:
    """The café and the fund, in one session."""

    session: Session
    cafe: Cafe
    fund: UUID

    def redeem(self, coins: int, *, now: datetime = NOON, citizen: UUID | None = None, kind: str = "voucher") -> int:
        """Let a citizen spend *coins* at the café; answers the transfer."""
        return spend(self.session, self.cafe.id, coins, now=now, citizen=citizen, kind=kind)

    def undo(self, transfer_id: int, *, now: datetime = NOON) -> None:
        ledger.reverse(self.session, [transfer_id], reason="rang up twice", request_id=new_id(), now=now)

    def settle(self, through: date = TODAY, *, now: datetime | None = None) -> Statement | None:
        night = now or NIGHT + timedelta(days=(through - TODAY).days)
        return settle_merchant(self.session, merchant_id=self.cafe.id, through=through, now=night)

    def balance(self, owner: UUID, purpose: str, asset: str = "cny") -> int:
        account = ledger.account_of(self.session, owner=owner, purpose=purpose, asset=asset)
        return ledger.balance(self.session, account).posted

    def owed(self) -> int:
        return self.balance(self.cafe.id, "payable")


def spend(
    session: Session, merchant_id: UUID, coins: int, *, now: datetime = NOON, citizen: UUID | None = None,
    kind: str = "voucher",
) -> int:  # fmt: skip
    """Let a citizen, new where none is named, spend coins at a merchant."""
    if citizen is None:
        citizen = make_citizen(session).id
        give_coins(session, citizen, coins, now=now)
    purse = ledger.account_of(session, owner=citizen, purpose="coins", asset="coin")
    takings = ledger.account_of(session, owner=merchant_id, purpose="takings", asset="coin")
    move = NewTransfer(purse.id, takings.id, coins, now, kind, new_id())
    return ledger.post(session, [move], request_id=new_id(), now=now).transfer_ids[0]


def open_town(session: Session, *, fen: int = 1_000_000, coins_units: int = 1, fen_units: int = 50) -> Town:
    """Open the café and a fund of *fen*, and let coins have a price."""
    cafe = open_cafe(session)
    fund = open_fund(session, fen=fen)
    set_rate(
        session, coins_units=coins_units, fen_units=fen_units, valid_from=BEFORE, source="协议第 3 条",
        made_by=OPERATOR, now=BEFORE,
    )  # fmt: skip
    set_payout_account(session, merchant_id=cafe.id, destination="ba_sandbox", made_by=OPERATOR, now=BEFORE)
    return Town(session, cafe, fund)


def open_fund(session: Session, *, fen: int, name: str = "绿行基金", now: datetime = BEFORE) -> UUID:
    """Open a fund with money in it."""
    fund = sponsors.open_fund(session, fund_id=new_id(), name=name, name_en=f"Fund {name}", now=now)
    if fen:
        fill_fund(session, fund.id, fen)
    return fund.id


def fill_fund(session: Session, fund_id: UUID, fen: int) -> None:
    """Let money have come into a fund."""
    service, account = receipts.at_service(session), receipts.fund_account(session, fund_id)
    ledger.post(session, [NewTransfer(service.id, account.id, fen, BEFORE, "top_up")], request_id=new_id(), now=BEFORE)


def charge(session: Session, *, basis_points: int, fixed_fen: int, merchant_id: UUID | None = None) -> None:
    """Set a fee."""
    set_fee(
        session, merchant_id=merchant_id, basis_points=basis_points, fixed_fen=fixed_fen, valid_from=BEFORE,
        source="协议第 5 条", made_by=OPERATOR, now=BEFORE,
    )  # fmt: skip
