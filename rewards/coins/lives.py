"""How long coins live: dated rules, the cohorts that they make, and what of an owner's coins expires when.

Coins credited within one cohort expire together, at a local midnight. Older coins never outlive younger ones, so what
has expired is always everything credited before one instant, which is what the ledger can answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

import ledger
from ledger.kernel.model import Model

CITY_TIME = ZoneInfo("Asia/Shanghai")
MONTHS = 12
COMING_AT_MOST = 24


class CoinLife(Model):
    """From *valid_from* on, coins of *cohort_months* expire *keeps_months* after these months' end."""

    __tablename__ = "coin_life"
    __table_args__ = ({"schema": "rewards"},)

    valid_from: Mapped[datetime] = mapped_column(primary_key=True)
    cohort_months: Mapped[int] = mapped_column(sa.SmallInteger)
    keeps_months: Mapped[int] = mapped_column(sa.SmallInteger)
    standing: Mapped[str]
    source: Mapped[str]


@dataclass(frozen=True, slots=True)
class Cohort:
    """Coins credited before *end* (and not in an earlier cohort) expire at *expires_at*."""

    end: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Expiring:
    """Coins of one owner that expire together."""

    units: int
    expires_at: datetime


def coin_lives(session: Session) -> Sequence[CoinLife]:
    """Answer every rule of the life of coins, the oldest first."""
    return session.scalars(sa.select(CoinLife).order_by(CoinLife.valid_from)).all()


def cohorts(rules: Sequence[CoinLife], *, until: datetime) -> list[Cohort]:
    """Answer the cohorts from the first rule on that begin before *until*, the oldest first."""
    found: list[Cohort] = []
    for rule, following in pairwise([*rules, None]):
        if rule is not None:
            found += _cohorts_of(rule, until=until, cut=following.valid_from if following else None)
    latest = [max(cohort.expires_at for cohort in found[: place + 1]) for place in range(len(found))]
    return [Cohort(cohort.end, expires_at) for cohort, expires_at in zip(found, latest, strict=True)]


def due(rules: Sequence[CoinLife], *, now: datetime) -> Cohort | None:
    """Answer the youngest cohort whose time is over at *now*, or None."""
    over = [cohort for cohort in cohorts(rules, until=now) if cohort.expires_at <= now]
    return over[-1] if over else None


def coming(rules: Sequence[CoinLife], *, now: datetime) -> list[Cohort]:
    """Answer the cohorts that live at *now*, the next to expire first."""
    return [cohort for cohort in cohorts(rules, until=now) if cohort.expires_at > now]


def expiring_of(session: Session, account: ledger.Account, *, now: datetime) -> list[Expiring]:
    """Answer what can be spent from the account, by when it expires, the next first."""
    found, before = [], 0
    for cohort in coming(coin_lives(session), now=now)[:COMING_AT_MOST]:
        units = ledger.expiring_units(session, [account], cohort_end=cohort.end, now=now)[account.id]
        if units > before:
            found.append(Expiring(units - before, cohort.expires_at))
        before = units
    return found


def _cohorts_of(rule: CoinLife, *, until: datetime, cut: datetime | None) -> Iterator[Cohort]:
    """Yield the cohorts of one rule that begin before *until*; the last is cut where a later rule begins."""
    start = rule.valid_from
    while start < until and (cut is None or start < cut):
        whole = _midnight(_next_boundary(start.astimezone(CITY_TIME).date(), rule.cohort_months))
        kept = _later(whole.astimezone(CITY_TIME).date(), rule.keeps_months)
        yield Cohort(min(whole, cut) if cut else whole, _midnight(kept))
        start = whole


def _next_boundary(day: date, months: int) -> date:
    """Answer the first day of the next run of so many months, counted from January."""
    return _later(day.replace(month=(day.month - 1) // months * months + 1, day=1), months)


def _later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, MONTHS)
    return day.replace(year=day.year + years, month=month + 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, CITY_TIME)
