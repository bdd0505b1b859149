"""The town's merchants as they run: a second store, offers of every deal and state, a refused scan, an application."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from partners import merchants
from partners.merchants import Shop
from puhui.codes import code_book_of
from puhui.db import Database
from puhui.demo.cast import CITIZENS, COUNTY, MERCHANTS, known
from puhui.identity.model import Membership
from puhui.identity.people import person_of_phone
from puhui.identity.vault import Vault
from puhui.merchants import Contact, apply_for
from puhui.merchants.signing_up import Document
from puhui.settings import Settings
from rewards import offers, vouchers
from rewards.offers import Deal, Plan, Terms, Texts

CITY_TIME = ZoneInfo("Asia/Shanghai")
CAFE, BOOKSHOP = MERCHANTS[0], MERCHANTS[1]
PDF = b"%PDF-1.4\n% A licence of a fictional shop.\n%%EOF\n"
CREDIT_CODE = "91360000MA7DEM000L"
"""Well-formed and fictional: no shop has it."""


def make(database: Database, settings: Settings, now: datetime, *, small: bool) -> None:
    """Give the café offers of each kind and state and, unless *small*, a second store; let a tea house apply."""
    if not small:
        database.run(_open_second_store)
    database.run(lambda session: _build(session, settings, now))


def _build(session: Session, settings: Settings, now: datetime) -> None:
    _make_offers(session, now)
    _scan_nonsense(session, settings, now)
    _apply(session, settings, now)


def _open_second_store(session: Session) -> None:
    merchant, store = known(CAFE.key), known("cafe/riverside")
    merchants.open_store(
        session, store_id=store, merchant_id=merchant, name="禾里咖啡河滨店", name_en="Heli Coffee, riverside",
        address="青禾市河滨步道 6 号", county_code=COUNTY,
    )  # fmt: skip
    for number in (1, 2):
        merchants.open_counter(
            session, counter_id=known(f"cafe/riverside/{number}"), store_id=store, merchant_id=merchant,
            name=f"{number} 号台", name_en=f"Counter {number}",
        )  # fmt: skip


def _make_offers(session: Session, now: datetime) -> None:
    cake = Texts("蛋糕一块（加付 9.90 元）", "A slice of cake, and 9.90 yuan", "当日现做。", "Made today.")
    off = Texts("整单八折", "20 % off everything", "满 50 元可用。", "From 50 yuan on.")
    bag = Texts("赠挂耳咖啡一包", "A drip bag as a gift", "消费满 80 元赠。", "With 80 yuan or more.")
    late = Texts("午后茶歇套餐", "An afternoon set", "工作日午后。", "On working days.")
    idea = Texts("新品试饮", "A tasting", "还在准备。", "Still being prepared.")
    _make(session, "cake", cake, 15, now=now, state="published", terms=Terms(deal=Deal.COINS_CASH, cash_fen=990))
    eighty = Terms(deal=Deal.DISCOUNT, discount_percent=20, least_spend_fen=5_000)
    _make(session, "off", off, 20, now=now, state="published", terms=eighty)
    _make(session, "bag", bag, 8, now=now, state="published", terms=Terms(deal=Deal.GIFT, least_spend_fen=8_000))
    hours = Terms(weekdays=0b0011111, opens_minute=14 * 60, closes_minute=17 * 60 + 30)
    _make(session, "set", late, 35, now=now, state="paused", terms=hours)
    _make(session, "tasting", idea, 10, now=now, state="draft", terms=Terms())


def _make(session: Session, key: str, texts: Texts, coins: int, *, now: datetime, state: str, terms: Terms) -> None:
    merchant, offer_id = known(CAFE.key), known(f"cafe/{key}")
    today = now.astimezone(CITY_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
    plan = Plan(
        kind="food" if key == "cake" else "drink", county_code=COUNTY, texts=texts, coins_units=coins, per_person=2,
        voucher_days=30, valid_from=today - timedelta(days=20), valid_until=today + timedelta(days=180), terms=terms,
    )  # fmt: skip
    offers.draft_offer(session, offer_id=offer_id, merchant_id=merchant, plan=plan, stock_units=60)
    if state == "draft":
        return
    offers.publish_offer(session, offer_id=offer_id, merchant_id=merchant, now=now - timedelta(days=20))
    offers.change_stock(
        session, offer_id=offer_id, merchant_id=merchant, units=20, reason="补货",
        changed_by=_staff(session, "manager"), request_id=known(f"stock/{key}"), now=now - timedelta(days=3),
    )  # fmt: skip
    if state == "paused":
        offers.pause_offer(session, offer_id=offer_id, merchant_id=merchant, now=now - timedelta(days=2))


def _scan_nonsense(session: Session, settings: Settings, now: datetime) -> None:
    """Let the clerk read two codes that are refused, so that the list of failed tries has something to say."""
    for place, code in enumerate(("https://qinghe.example/menu", "70" + "4" * 16)):
        vouchers.scan_code(
            session, code=code, codes=code_book_of(settings), merchant_id=known(CAFE.key),
            counter_id=known("cafe/counter"), clerk_id=_staff(session, "clerk"),
            request_id=known(f"nonsense/{place}"), now=now - timedelta(hours=3 + place),
        )  # fmt: skip


def _apply(session: Session, settings: Settings, now: datetime) -> None:
    vault = Vault(settings.data_key)
    applicant = person_of_phone(session, vault=vault, phone=CITIZENS[1].phone)
    if applicant is None:
        return
    apply_for(
        session, vault=vault, application_id=known("application/tea"),
        shop=Shop(CREDIT_CODE, "云雾茶舍", "Cloud Tea House", "shop", COUNTY, "青禾市茶山路 20 号"),
        contact=Contact("茶小青", "+8619900000301"), documents=[Document("营业执照.pdf", PDF)],
        applied_by=applicant.id, now=now - timedelta(hours=20),
    )  # fmt: skip


def _staff(session: Session, role: str) -> UUID:
    query = sa.select(Membership.person_id).where(
        Membership.organisation_id == known(CAFE.key), Membership.role == role
    )
    return session.scalars(query.order_by(Membership.id)).one()
