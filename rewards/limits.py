"""Dated limits of spending: how much at a time, how much a day, how long. Data, each with its source and its date."""

from __future__ import annotations

from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, Session, mapped_column

from ledger.kernel.model import Model

CITY_TIME = ZoneInfo("Asia/Shanghai")


class Name(StrEnum):
    """What is limited; the unit is in the comment of the table ``rewards.spending_limit``."""

    EXCHANGE_DAY = "exchange_day"
    CHARGE = "charge"
    CHARGE_DAY = "charge_day"
    PAY_CODE_SECONDS = "pay_code_seconds"
    UNDO_SECONDS = "undo_seconds"
    FAMILY_MEMBERS = "family_members"


class SpendingLimit(Model):
    """A limit in force from *valid_from* until a later one of its name."""

    __tablename__ = "spending_limit"
    __table_args__ = ({"schema": "rewards"},)

    name: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[datetime] = mapped_column(primary_key=True)
    units: Mapped[int]
    standing: Mapped[str]
    source: Mapped[str]


def limits_at(session: Session, at: datetime) -> dict[Name, SpendingLimit]:
    """Answer every limit in force at *at*."""
    query = (
        sa.select(SpendingLimit)
        .where(SpendingLimit.valid_from <= at)
        .order_by(SpendingLimit.name, SpendingLimit.valid_from.desc())
        .ext(distinct_on(SpendingLimit.name))
    )
    return {Name(limit.name): limit for limit in session.scalars(query)}


def day_start(now: datetime) -> datetime:
    """Answer when the day of *now* began in town: what is limited by the day is limited by the local day."""
    return datetime.combine(now.astimezone(CITY_TIME).date(), time.min, CITY_TIME)
