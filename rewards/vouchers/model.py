"""Vouchers and scans. A voucher's state is told by its timestamps and the present instant."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from ledger.kernel.model import Model


class State(StrEnum):
    """What a voucher is at an instant."""

    OPEN = "open"
    REDEEMED = "redeemed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    UNDONE = "undone"


class Refusal(StrEnum):
    """Why a code was not accepted. Only a signed-in clerk may see it. In this order: the first that applies wins."""

    TOO_MANY_TRIES = "too_many_tries"
    NOT_A_VOUCHER_CODE = "not_a_voucher_code"
    CHECK_IN_CODE = "check_in_code"
    CODE_WRONG = "code_wrong"
    CODE_TOO_OLD = "code_too_old"
    OTHER_MERCHANT = "other_merchant"
    REDEEMED = "voucher_already_redeemed"
    UNDONE = "voucher_undone"
    CANCELLED = "voucher_cancelled"
    EXPIRED = "voucher_expired"
    OUTSIDE_HOURS = "outside_hours"
    PAY_CODE_USED = "pay_code_used"
    PAY_CODE_EXPIRED = "pay_code_expired"
    SCAN_TOO_OLD = "scan_too_old"


class CodeKind(StrEnum):
    """What a code at the counter stands for."""

    VOUCHER = "voucher"
    PAY_CODE = "pay_code"
    CHECK_IN = "check_in"


class Voucher(Model):
    """A held right to one offer. *number* is in its code; *id* is the request id of the taking."""

    __tablename__ = "voucher"
    __table_args__ = ({"schema": "rewards"},)

    stripe: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int]
    citizen_id: Mapped[UUID]
    offer_id: Mapped[UUID]
    merchant_id: Mapped[UUID]
    ordinal: Mapped[int]
    coins_units: Mapped[int]
    hold_id: Mapped[int]
    taken_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    redeemed_at: Mapped[datetime | None]
    redemption_id: Mapped[UUID | None]
    redeemed_by: Mapped[UUID | None]
    counter_id: Mapped[UUID | None]
    cancelled_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    offer_version: Mapped[int] = mapped_column(default=1)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]
    undo_reason: Mapped[str | None]
    family_id: Mapped[UUID | None]

    def state(self, *, now: datetime) -> State:
        """Answer the state at *now*; a voucher whose time is over is expired also before the job has seen it."""
        if self.undone_at is not None:
            return State.UNDONE
        if self.redeemed_at is not None:
            return State.REDEEMED
        if self.cancelled_at is not None:
            return State.CANCELLED
        if self.released_at is not None or now >= self.expires_at:
            return State.EXPIRED
        return State.OPEN


class Scan(Model):
    """A code that a clerk read. Confirming an accepted one redeems the voucher; its id is the request id."""

    __tablename__ = "scan"
    __table_args__ = ({"schema": "rewards"},)

    stripe: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    merchant_id: Mapped[UUID]
    counter_id: Mapped[UUID]
    clerk_id: Mapped[UUID]
    scanned_at: Mapped[datetime]
    code_hash: Mapped[bytes]
    refusal: Mapped[str | None]
    voucher_stripe: Mapped[int | None]
    voucher_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(default=CodeKind.VOUCHER.value)


class OfflineRule(Model):
    """What a counter without a network may hand over, from an instant on; coins, and hours until the upload."""

    __tablename__ = "offline_rule"
    __table_args__ = ({"schema": "rewards"},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    voucher_units: Mapped[int]
    counter_day_units: Mapped[int]
    upload_hours: Mapped[int]
    valid_from: Mapped[datetime]
    standing: Mapped[str]
    source: Mapped[str]


class OfflineScan(Model):
    """A scan that waited in a counter's queue. Its id is the nonce; *outcome* is ``redeemed`` or a machine reason."""

    __tablename__ = "offline_scan"
    __table_args__ = ({"schema": "rewards"},)

    stripe: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    merchant_id: Mapped[UUID]
    counter_id: Mapped[UUID]
    clerk_id: Mapped[UUID]
    scanned_at: Mapped[datetime]
    uploaded_at: Mapped[datetime]
    code_hash: Mapped[bytes]
    outcome: Mapped[str]
    coins_units: Mapped[int | None]
    voucher_stripe: Mapped[int | None]
    voucher_id: Mapped[UUID | None]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[UUID | None]
