"""May this pay code be charged with so much, may this charge be undone?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from rewards.limits import Name, SpendingLimit
from rewards.paycodes.errors import (
    ChargeDayReached,
    ChargeInvalid,
    ChargeTooLarge,
    ChargeUndone,
    PayCodeExpired,
    PayCodeTooOld,
    PayCodeUsed,
    PayCodeWrong,
    UndoTooLate,
)
from rewards.paycodes.model import Charge, PayCode
from rewards.vouchers.codes import CodeBook, Reading

ACCEPTED_STEPS = 2
"""The current and the previous step: a code is good for at least one step after it was shown."""
KNOWN_STEPS = 20
"""A code of one of these steps is called too old rather than wrong, so that the clerk asks for a fresh one."""
READ_WITHIN = timedelta(minutes=3)
"""A clerk who scans first has so long to type the amount."""

Limits = Mapping[Name, SpendingLimit]


def step_of(codes: CodeBook, reading: Reading | None, *, at: datetime) -> int:
    """Answer the time step of a code read at *at*. Raises PayCodeWrong, PayCodeTooOld."""
    age = codes.age(reading, at=at, steps=KNOWN_STEPS) if reading is not None else None
    if age is None:
        raise PayCodeWrong
    if age >= ACCEPTED_STEPS:
        raise PayCodeTooOld
    return codes.step(at) - age


def instant_read(read_at: datetime | None, *, now: datetime) -> datetime:
    """Answer the instant at which the code counts as read. Raises PayCodeTooOld."""
    if read_at is None or read_at > now:
        return now
    if now - read_at > READ_WITHIN:
        raise PayCodeTooOld
    return read_at


def check_payable(pay_code: PayCode, *, read_at: datetime) -> None:
    """Refuse a pay code that is closed, or was over when it was read. Raises PayCodeUsed, PayCodeExpired.

    PostgreSQL says it again: unique index ``charge_once``.
    """
    if pay_code.closed_at is not None:
        raise PayCodeUsed(pay_code=pay_code.id, at=pay_code.closed_at)
    if read_at >= pay_code.expires_at:
        raise PayCodeExpired(pay_code=pay_code.id, at=pay_code.expires_at)


def check_amount(coins_units: int, *, charged_today: int, limits: Limits) -> None:
    """Refuse an amount. Raises ChargeInvalid, ChargeTooLarge, ChargeDayReached."""
    most, day = limits[Name.CHARGE].units, limits[Name.CHARGE_DAY].units
    if coins_units < 1:
        raise ChargeInvalid(coins=coins_units)
    if coins_units > most:
        raise ChargeTooLarge(coins=coins_units, most=most)
    if charged_today + coins_units > day:
        raise ChargeDayReached(coins=coins_units, left=max(0, day - charged_today))


def check_undoable(charge: Charge, *, limits: Limits, now: datetime) -> None:
    """Refuse to undo twice, or too late. Raises ChargeUndone, UndoTooLate."""
    if charge.undone_at is not None:
        raise ChargeUndone(charge=charge.id, at=charge.undone_at)
    seconds = limits[Name.UNDO_SECONDS].units
    if now - charge.charged_at > timedelta(seconds=seconds):
        raise UndoTooLate(charge=charge.id, minutes=seconds // 60)
