"""Building the demo town: who lives there, what they did in two months, what they bought for it.

Everything is drawn from one seed and goes through the actions that pages and providers call; running it again finds
the town and adds nothing.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from ledger.kernel import clock
from partners.merchants import open_counter, open_merchant, open_store
from partners.providers import Report, provider_of, register, riders_of
from puhui.db import Database
from puhui.demo import enterprises, events, institutions, merchants, meters, purchases, settlement, spending
from puhui.demo.acts import reports_of, rider_id
from puhui.demo.cast import (
    CITIZENS,
    COUNTY,
    MERCHANTS,
    METERS,
    OFFICES,
    PASSWORD,
    PROVIDERS,
    SEED,
    SMALL,
    Citizen,
    Firm,
    known,
)
from puhui.identity.model import Kind, Organisation, Role
from puhui.identity.people import create_organisation, create_person, join
from puhui.identity.vault import Vault
from puhui.intake import rider_key, take_in
from puhui.settings import Settings
from rewards.activities import claim
from rewards.offers import open_offer

CITY_TIME = ZoneInfo("Asia/Shanghai")
DAYS = 60


def is_built(session: Session) -> bool:
    """Answer whether this database has the demo town."""
    return session.get(Organisation, known("operator")) is not None


def build_town(database: Database, settings: Settings, *, small: bool) -> None:
    """Build the town in an empty database: twelve citizens and sixty days, or three and sixty where *small*."""
    now = clock.now()
    vault = Vault(settings.data_key)
    citizens = CITIZENS[:SMALL] if small else CITIZENS
    first = (now.astimezone(CITY_TIME) - timedelta(days=DAYS)).date()
    database.run(lambda session: _open_firms(session, vault, now))
    people = database.run(lambda session: _open_citizens(session, vault, citizens, now))
    reports = town_reports(citizens, first)
    for code in sorted(reports):
        _take_in(database, vault, _Sender(code, reports[code], people), now)
    database.run(lambda session: purchases.make(session, settings, people, now))
    settlement.make(database, now)
    institutions.make(database, settings, people, now)
    events.make(database, settings, now)
    enterprises.make(database, settings, now)
    meters.make(database, now)
    database.run(lambda session: spending.make(session, settings, people, now))
    merchants.make(database, settings, now, small=small)


def _open_firms(session: Session, vault: Vault, now: datetime) -> None:
    since = _midnight(now) - timedelta(days=DAYS + 30)
    for firm in (*OFFICES, *MERCHANTS):
        organisation = create_organisation(
            session, kind=Kind(firm.kind), name=firm.name, name_en=firm.name_en, now=since, id=known(firm.key)
        )
        for employee in firm.staff:
            person = create_person(
                session, vault=vault, phone=employee.phone, name=employee.name, now=since, password=PASSWORD
            )
            join(session, person=person, organisation=organisation, role=Role(employee.role), now=since)
        if firm.kind == Kind.MERCHANT:
            _open_shop(session, firm, since, now)
    for provider in PROVIDERS:
        register(
            session,
            code=provider.code,
            name_zh=provider.name,
            name_en=provider.name_en,
            time_zone="Asia/Shanghai",
            methods=list(provider.methods),
            max_age_days=DAYS + 5,
        )


def _open_shop(session: Session, firm: Firm, since: datetime, now: datetime) -> None:
    merchant, store = known(firm.key), known(f"{firm.key}/store")
    open_merchant(
        session,
        merchant_id=merchant,
        name=firm.name,
        name_en=firm.name_en,
        kind=firm.trade,
        county_code=COUNTY,
        now=since,
    )
    open_store(
        session,
        store_id=store,
        merchant_id=merchant,
        name=f"{firm.name}总店",
        name_en=f"{firm.name_en}, main store",
        address=firm.address,
        county_code=COUNTY,
    )
    open_counter(
        session,
        counter_id=known(f"{firm.key}/counter"),
        store_id=store,
        merchant_id=merchant,
        name="1 号台",
        name_en="Counter 1",
    )
    for offer in firm.offers:
        open_offer(
            session,
            offer_id=known(f"{firm.key}/{offer.key}"),
            merchant_id=merchant,
            county_code=COUNTY,
            kind=offer.kind,
            title=offer.title,
            title_en=offer.title_en,
            description=offer.description,
            description_en=offer.description_en,
            coins_units=offer.coins,
            stock_units=offer.stock,
            per_person=offer.per_person,
            voucher_days=30,
            valid_from=since,
            valid_until=_midnight(now) + timedelta(days=365),
        )


def _midnight(now: datetime) -> datetime:
    """Answer the beginning of the town's day."""
    return now.astimezone(CITY_TIME).replace(hour=0, minute=0, second=0, microsecond=0)


def _open_citizens(session: Session, vault: Vault, citizens: tuple[Citizen, ...], now: datetime) -> dict[str, UUID]:
    since = now - timedelta(days=DAYS + 2)
    return {
        citizen.name: create_person(
            session, vault=vault, phone=citizen.phone, name=citizen.name, now=since, consents=True
        ).id
        for citizen in citizens
    }


def town_reports(citizens: tuple[Citizen, ...], first: date) -> dict[str, list[Report]]:
    """Answer what each provider reports, in the order of time."""
    dice = Random(SEED)
    found: dict[str, list[Report]] = defaultdict(list)
    for name, methods in (*((citizen.name, citizen.habits) for citizen in citizens), *METERS):
        for provider, report in reports_of(name, methods, first=first, days=DAYS, dice=dice):
            found[provider].append(report)
    return {code: sorted(rows, key=lambda row: (row.started_at, row.id)) for code, rows in found.items()}


class _Sender(NamedTuple):
    """A provider's code, what it reports, and the citizens who may be among its riders."""

    code: str
    rows: list[Report]
    people: dict[str, UUID]


def _take_in(database: Database, vault: Vault, sender: _Sender, now: datetime) -> None:
    """Take each rider's first act in, let the citizen claim the rider, then take in the rest."""
    code, rows, people = sender
    firsts = {row.rider: row for row in reversed(rows)}

    def first_acts_and_claims(session: Session) -> None:
        provider = provider_of(session, code)
        riders = riders_of(session, code, key=rider_key(vault))
        take_in(session, provider=provider, riders=riders, rows=list(firsts.values()), now=now)
        for name, person in people.items():
            if rider_id(name, code) in firsts:
                rider = riders.pseudonym(rider_id(name, code))
                claim(session, rider=rider, person=person, request_id=known(f"claim/{code}/{name}"), now=now)

    def the_rest(session: Session) -> None:
        provider = provider_of(session, code)
        riders = riders_of(session, code, key=rider_key(vault))
        rest = [row for row in rows if firsts[row.rider] is not row]
        take_in(session, provider=provider, riders=riders, rows=rest, now=now)

    database.run(first_acts_and_claims)
    database.run(the_rest)
