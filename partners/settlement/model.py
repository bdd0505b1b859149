"""Terms with dates, statements with lines, disputes, corrections, payouts, breaks. Money is whole fen."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ledger.kernel.model import Model
from partners.sponsors import Worth

SCHEMA = {"schema": "partners"}


class Cycle(StrEnum):
    """How often a merchant is settled."""

    DAY = "day"
    MONTH = "month"


class PayoutState(StrEnum):
    """Where a payout is."""

    PREPARED = "prepared"
    SENT = "sent"
    PAID = "paid"
    FAILED = "failed"


class SettlementRate(Model):
    """From *valid_from* on, *coins_units* coins are worth *fen_units* fen, until a later rate."""

    __tablename__ = "settlement_rate"
    __table_args__ = (SCHEMA,)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    coins_units: Mapped[int]
    fen_units: Mapped[int]
    valid_from: Mapped[datetime]
    source: Mapped[str]
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]

    @property
    def worth(self) -> Worth:
        """The ratio."""
        return Worth(self.coins_units, self.fen_units)


class SettlementFee(Model):
    """What the operator keeps of a statement: *basis_points* of its coins' worth and *fixed_fen* a run."""

    __tablename__ = "settlement_fee"
    __table_args__ = (SCHEMA,)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    merchant_id: Mapped[UUID | None]
    basis_points: Mapped[int]
    fixed_fen: Mapped[int]
    valid_from: Mapped[datetime]
    source: Mapped[str]
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]


class SettlementCycle(Model):
    """How often a merchant wants to be settled from *valid_from* on."""

    __tablename__ = "settlement_cycle"
    __table_args__ = (SCHEMA,)

    merchant_id: Mapped[UUID] = mapped_column(primary_key=True)
    valid_from: Mapped[datetime] = mapped_column(primary_key=True)
    cycle: Mapped[str]
    made_by: Mapped[UUID | None]


class PayoutAccount(Model):
    """Where a merchant's money goes from *valid_from* on: a token of the payment service."""

    __tablename__ = "payout_account"
    __table_args__ = (SCHEMA,)

    merchant_id: Mapped[UUID] = mapped_column(primary_key=True)
    valid_from: Mapped[datetime] = mapped_column(primary_key=True)
    destination: Mapped[str]
    made_by: Mapped[UUID | None]


class BackingRule(Model):
    """Whether, from *valid_from* on, points become coins only while funds cover *basis_points* of their cost."""

    __tablename__ = "backing_rule"
    __table_args__ = (SCHEMA,)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    caps: Mapped[bool]
    basis_points: Mapped[int]
    valid_from: Mapped[datetime]
    source: Mapped[str]
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]


class Run(Model):
    """A run over all merchants through a day, and how far it is."""

    __tablename__ = "settlement_run"
    __table_args__ = (SCHEMA,)

    through: Mapped[date] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID | None]
    seen_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    merchants: Mapped[int]
    done: Mapped[int]


class Mark(Model):
    """From when a merchant's next run has to look at the ledger; its lock is the merchant's turn."""

    __tablename__ = "settlement_mark"
    __table_args__ = (SCHEMA,)

    merchant_id: Mapped[UUID] = mapped_column(primary_key=True)
    look_since: Mapped[datetime]


class Funding(Model):
    """What a fund paid of a statement; below zero where a statement gave back."""

    __tablename__ = "statement_funding"
    __table_args__ = (SCHEMA,)

    statement_id: Mapped[UUID] = mapped_column(primary_key=True)
    fund_id: Mapped[UUID] = mapped_column(primary_key=True)
    fen: Mapped[int]


class Statement(Model):
    """What a merchant is owed for the coins taken through a day. Written once, never changed."""

    __tablename__ = "settlement_statement"
    __table_args__ = (SCHEMA,)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    merchant_id: Mapped[UUID]
    through: Mapped[date]
    cycle: Mapped[str]
    made_at: Mapped[datetime]
    lines: Mapped[int]
    opening_coins: Mapped[int]
    taken_coins: Mapped[int]
    undone_coins: Mapped[int]
    settled_coins: Mapped[int]
    closing_coins: Mapped[int]
    waiting_lines: Mapped[int]
    waiting_fen: Mapped[int]
    gross_fen: Mapped[int]
    cash_fen: Mapped[int]
    correction_fen: Mapped[int]
    basis_points: Mapped[int]
    fixed_fen: Mapped[int]
    fee_fen: Mapped[int]
    net_fen: Mapped[int]
    opening_fen: Mapped[int]
    closing_fen: Mapped[int]


class StatementLine(Model):
    """A transfer of the merchant's takings as it was settled: coins and fen are negative where coins went back."""

    __tablename__ = "statement_line"
    __table_args__ = (SCHEMA,)

    stripe: Mapped[int] = mapped_column(primary_key=True)
    transfer_id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[UUID]
    place: Mapped[int]
    kind: Mapped[str]
    coins_units: Mapped[int]
    fen: Mapped[int]
    occurred_at: Mapped[datetime]
    reverses: Mapped[int | None]
    reference: Mapped[UUID | None]


class Dispute(Model):
    """What a merchant says is wrong with a statement or one line of it, and what the operator answered."""

    __tablename__ = "settlement_dispute"
    __table_args__ = (SCHEMA,)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    merchant_id: Mapped[UUID]
    statement_id: Mapped[UUID]
    transfer_id: Mapped[int | None]
    reason: Mapped[str]
    raised_by: Mapped[UUID]
    raised_at: Mapped[datetime]
    answer: Mapped[str | None]
    accepted: Mapped[bool | None]
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]


class Correction(Model):
    """A further entry for (or against) a merchant; the next statement carries it."""

    __tablename__ = "settlement_correction"
    __table_args__ = (SCHEMA,)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    merchant_id: Mapped[UUID]
    dispute_id: Mapped[UUID | None]
    fen: Mapped[int]
    reason: Mapped[str]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    statement_id: Mapped[UUID | None]


class Payout(Model):
    """Money of a statement on its way to the merchant: try number *attempt*. Its state is told by its timestamps."""

    __tablename__ = "payout"
    __table_args__ = (SCHEMA,)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    merchant_id: Mapped[UUID]
    statement_id: Mapped[UUID]
    attempt: Mapped[int]
    amount_fen: Mapped[int]
    destination: Mapped[str | None]
    hold_id: Mapped[int]
    transfer_id: Mapped[int | None]
    prepared_at: Mapped[datetime]
    tries: Mapped[int]
    next_try_at: Mapped[datetime]
    key_number: Mapped[int]
    last_problem: Mapped[str | None]
    payment_id: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failure_code: Mapped[str | None]

    @property
    def state(self) -> PayoutState:
        """What the payout is; a bank may send back what was paid."""
        if self.failed_at is not None:
            return PayoutState.FAILED
        if self.paid_at is not None:
            return PayoutState.PAID
        return PayoutState.PREPARED if self.sent_at is None else PayoutState.SENT


class Break(Model):
    """A difference between what was sent, what the service says and what the ledger holds."""

    __tablename__ = "settlement_break"
    __table_args__ = (SCHEMA,)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    facts: Mapped[dict[str, str | int | None]] = mapped_column(JSONB)
    facts_hash: Mapped[bytes]
    found_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[UUID | None]
    resolution: Mapped[str | None]

    def age_days(self, now: datetime) -> int:
        """Whole days since it was found."""
        return (now - self.found_at).days
