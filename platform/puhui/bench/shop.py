"""The shop of the counter's benchmark: clerks who are logged in, and citizens' vouchers in number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from ledger import NewAccount, NewTransfer, Side
from ledger.kernel import clock
from ledger.kernel.ids import new_id
from partners import merchants
from partners.providers import register
from puhui.db import Database
from puhui.identity.log_in import open_log_in
from puhui.identity.model import Kind, Role
from puhui.identity.people import create_organisation, create_person, join
from puhui.identity.providers import create_client, keep_token
from puhui.identity.vault import Vault, new_token
from puhui.settings import Settings
from rewards import offers, vouchers

COUNTY = "360000"
PROVIDER = "bench-bike"
BATCH = 200


@dataclass(frozen=True, slots=True)
class Shop:
    """The counter, the cookies of its clerks, the numbers of open vouchers, and a provider's token."""

    counter_id: UUID
    cookies: list[str]
    numbers: list[int]
    token: str


def open_shop(database: Database, settings: Settings, *, vouchers: int, clerks: int) -> Shop:
    """Open the shop and let one citizen a voucher take its offer."""
    now = clock.now()
    with database.transaction() as session:
        merchant_id, counter_id, cookies = _open(session, Vault(settings.data_key), clerks, now)
        offer_id = _offer(session, merchant_id, vouchers, now)
        token = _provider(session, now)
    numbers: list[int] = []
    for first in range(0, vouchers, BATCH):
        with database.transaction() as session:
            numbers += _take(session, offer_id, min(BATCH, vouchers - first), now)
    return Shop(counter_id, cookies, numbers, token)


def _open(session: Session, vault: Vault, clerks: int, now: datetime) -> tuple[UUID, UUID, list[str]]:
    organisation = create_organisation(session, kind=Kind.MERCHANT, name="虚构基准店", now=now)
    merchants.open_merchant(
        session, merchant_id=organisation.id, name="虚构基准店", name_en="Bench Shop", kind="shop",
        county_code=COUNTY, now=now,
    )  # fmt: skip
    store = merchants.open_store(
        session, store_id=new_id(), merchant_id=organisation.id, name="总店", name_en="Main", address="基准路 1 号",
        county_code=COUNTY,
    )  # fmt: skip
    counter = merchants.open_counter(
        session, counter_id=new_id(), store_id=store.id, merchant_id=organisation.id, name="一号", name_en="One"
    )
    cookies = []
    for number in range(clerks):
        person = create_person(session, vault=vault, phone=f"+861990000{number:04d}", name=None, now=now)
        membership = join(session, person=person, organisation=organisation, role=Role.CLERK, now=now)
        cookies.append(open_log_in(session, person_id=person.id, membership_id=membership.id, now=now)[0])
    return organisation.id, counter.id, cookies


def _offer(session: Session, merchant_id: UUID, stock: int, now: datetime) -> UUID:
    return offers.open_offer(
        session, offer_id=new_id(), merchant_id=merchant_id, county_code=COUNTY, kind="goods", title="基准商品",
        title_en="Bench good", description="", description_en="", coins_units=1, stock_units=stock, per_person=1,
        voucher_days=7, valid_from=now - timedelta(days=1), valid_until=now + timedelta(days=30),
    ).id  # fmt: skip


def _provider(session: Session, now: datetime) -> str:
    register(
        session, code=PROVIDER, name_zh="虚构基准单车", name_en="Bench Bikes", time_zone="Asia/Shanghai",
        methods=["T02"], max_age_days=30,
    )  # fmt: skip
    token = new_token()
    create_client(session, client_id="bench-client", provider_code=PROVIDER, scopes=("activities:write",), now=now)
    keep_token(session, token=token, client_id="bench-client", scopes=("activities:write",), now=now)
    return token


def _take(session: Session, offer_id: UUID, count: int, now: datetime) -> list[int]:
    people = [new_id() for _ in range(count)]
    (issuance,) = ledger.open_accounts(
        session, [NewAccount(ledger.SYSTEM, "issuance", "coin", Side.DEBIT, floor=False, spread=True)]
    )
    accounts = ledger.open_accounts(session, [NewAccount(citizen, "coins", "coin") for citizen in people])
    gifts = [NewTransfer(issuance.id, account.id, 1, now, "gift") for account in accounts]
    ledger.post(session, gifts, request_id=new_id(), now=now)
    return [
        vouchers.take_offer(session, offer_id=offer_id, citizen_id=citizen, request_id=new_id(), now=now).number
        for citizen in people
    ]
