"""The café of the cast: Cloud Coffee with its counter and its coffee, and a citizen who can pay for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from ledger import NewAccount, NewTransfer, Side
from ledger.kernel.ids import new_id
from partners import merchants
from rewards import coins, offers, vouchers
from rewards.vouchers import CodeBook, Scan, Voucher
from tests.factories import Staff, make_merchant_clerk

CODES = CodeBook(key=b"the tests' own key of codes", step_seconds=30)
COUNTY = "360102"
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
"""Noon in town."""


@dataclass(frozen=True, slots=True)
class Cafe:
    """Cloud Coffee: its clerk Zhou, its counter, and its coffee for 30 coins."""

    clerk: Staff
    counter_id: UUID
    coffee: UUID

    @property
    def id(self) -> UUID:
        return self.clerk.organisation.id


def open_cafe(session: Session, *, stock: int = 10, per_person: int = 2, now: datetime = NOON) -> Cafe:
    """Open the café with one store, one counter and its coffee, in the books and in the ledger."""
    clerk = make_merchant_clerk(session)
    merchant_id = clerk.organisation.id
    merchants.open_merchant(
        session,
        merchant_id=merchant_id,
        name="云上咖啡",
        name_en="Cloud Coffee",
        kind="cafe",
        county_code=COUNTY,
        now=now,
    )
    store = merchants.open_store(
        session, store_id=new_id(), merchant_id=merchant_id, name="江边店", name_en="Riverside",
        address="东湖区沿江路 1 号", county_code=COUNTY,
    )  # fmt: skip
    counter = merchants.open_counter(
        session, counter_id=new_id(), store_id=store.id, merchant_id=merchant_id, name="一号柜台", name_en="Counter 1"
    )
    coffee = open_offer(session, merchant_id, stock=stock, per_person=per_person, now=now)
    return Cafe(clerk=clerk, counter_id=counter.id, coffee=coffee)


def open_offer(
    session: Session,
    merchant_id: UUID,
    *,
    price: int = 30,
    stock: int = 10,
    per_person: int = 2,
    kind: str = "drink",
    title: str = "美式咖啡一杯",
    now: datetime = NOON,
) -> UUID:
    """Offer something for coins, from yesterday for thirty days, with vouchers of seven days."""
    return offers.open_offer(
        session, offer_id=new_id(), merchant_id=merchant_id, county_code=COUNTY, kind=kind, title=title,
        title_en="A black coffee", description="冷热任选，自带杯更好", description_en="Hot or iced; bring a cup",
        coins_units=price, stock_units=stock, per_person=per_person, voucher_days=7,
        valid_from=now - timedelta(days=1), valid_until=now + timedelta(days=30),
    ).id  # fmt: skip


def give_points(session: Session, citizen_id: UUID, units: int, *, now: datetime = NOON) -> None:
    """Let the citizen have earned points."""
    _give(session, citizen_id, units, purpose="points", asset="point", now=now)


def give_coins(session: Session, citizen_id: UUID, units: int, *, now: datetime = NOON) -> None:
    """Let the citizen have coins."""
    _give(session, citizen_id, units, purpose="coins", asset="coin", now=now)


def _give(session: Session, citizen_id: UUID, units: int, *, purpose: str, asset: str, now: datetime) -> None:
    issuance, account = ledger.open_accounts(
        session,
        [
            NewAccount(ledger.SYSTEM, "issuance", asset, Side.DEBIT, floor=False, spread=True),
            NewAccount(citizen_id, purpose, asset),
        ],
    )
    ledger.post(session, [NewTransfer(issuance.id, account.id, units, now, "gift")], request_id=new_id(), now=now)


def take(
    session: Session, offer_id: UUID, citizen_id: UUID, *, now: datetime = NOON, request_id: UUID | None = None
) -> Voucher:
    """Take an offer."""
    return vouchers.take_offer(
        session, offer_id=offer_id, citizen_id=citizen_id, request_id=request_id or new_id(), now=now
    )


def scan(
    session: Session,
    cafe: Cafe,
    voucher: Voucher,
    *,
    now: datetime = NOON,
    request_id: UUID | None = None,
    code: str | None = None,
) -> Scan:
    """Let Zhou read the voucher's code at her counter."""
    return vouchers.scan_code(
        session, code=code or CODES.code(voucher.number, at=now), codes=CODES, merchant_id=cafe.id,
        counter_id=cafe.counter_id, clerk_id=cafe.clerk.person.id, request_id=request_id or new_id(), now=now,
    )  # fmt: skip


def redeem(session: Session, cafe: Cafe, scanned: Scan, *, now: datetime = NOON) -> Voucher:
    """Let Zhou confirm what she scanned."""
    return vouchers.redeem(session, scan_id=scanned.id, merchant_id=cafe.id, clerk_id=cafe.clerk.person.id, now=now)


def left(session: Session, offer_id: UUID) -> int:
    """Answer what is left of an offer."""
    return offers.offer_of(session, offer_id).left_units


def purse(session: Session, citizen_id: UUID, *, now: datetime = NOON) -> tuple[int, int]:
    """Answer the coins that the citizen can spend and those that vouchers hold."""
    balance = coins.coins_of(session, citizen_id, now=now)
    return balance.available, balance.pending
