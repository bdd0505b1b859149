"""A record is one line of a statement or notice, typed; its kind says which units move from where to where."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

MARKET_TIME = ZoneInfo("Asia/Shanghai")


class Slot(StrEnum):
    """Where an enterprise's units are: location and state. Each is an account of the ledger with a floor of zero."""

    REGISTRY = "registry.available"
    TRADING = "trading.available"
    NEXT_DAY = "trading.next_day"
    FROZEN = "registry.frozen"
    TRADING_FROZEN = "trading.frozen"
    PENDING_SURRENDER = "registry.pending_surrender"
    PENDING_OFFSET = "registry.pending_offset"
    PENDING_CARRY = "registry.pending_carry"
    PENDING_CANCEL = "registry.pending_cancel"
    PROVINCE = "province.undelivered"


class Outside(StrEnum):
    """Where units come from and go to; the system's accounts in the ledger."""

    ISSUE = "market.issue"
    MARKET = "market.market"
    SURRENDERED = "market.surrendered"
    OFFSET = "market.offset_used"
    CANCELLED = "market.cancelled"
    EXPIRED = "market.expired"
    CARRIED = "market.carried"
    OPENING = "market.opening"
    SUCCESSION = "market.succession"
    DEDUCTED = "market.deducted"


Place = Slot | Outside


class RecordKind(StrEnum):
    """What happened. The value is stored; the sentence is the platform's."""

    BUY = "buy"
    SELL = "sell"
    OPENING = "opening"
    PRE_ALLOCATION = "pre_allocation"
    ALLOCATION = "allocation"
    TOP_UP = "top_up"
    RETURN = "allocation_return"
    PROVINCE_ALLOCATION = "province_allocation"
    PROVINCE_DELIVERY = "province_delivery"
    PROVINCE_SURRENDER = "province_surrender"
    TO_TRADING = "to_trading"
    TO_REGISTRY = "to_registry"
    SURRENDER_FILED = "surrender_filed"
    SURRENDER_APPROVED = "surrender_approved"
    SURRENDER_REFUSED = "surrender_refused"
    OFFSET_FILED = "offset_filed"
    OFFSET_APPROVED = "offset_approved"
    OFFSET_REFUSED = "offset_refused"
    CARRY_FILED = "carry_filed"
    CARRY_RECLAIMED = "carry_reclaimed"
    CARRY_REFUSED = "carry_refused"
    CARRY_ISSUED = "carry_issued"
    CANCEL_FILED = "cancel_filed"
    CANCEL_APPROVED = "cancel_approved"
    CANCEL_REFUSED = "cancel_refused"
    FROZEN = "frozen"
    UNFROZEN = "unfrozen"
    TRADING_FROZEN = "trading_frozen"
    TRADING_UNFROZEN = "trading_unfrozen"
    DEDUCTED = "deducted"
    DEDUCTION_RECEIVED = "deduction_received"
    SUCCESSION_OUT = "succession_out"
    SUCCESSION_IN = "succession_in"
    EXPIRED = "expired"
    TRADE_IN = "trade_in"
    TRADE_OUT = "trade_out"


K, S, X = RecordKind, Slot, Outside
# The whole bookkeeping: kind → from, to. A buy of a next-day instrument goes to NEXT_DAY instead (rule 15).
MOVES: dict[RecordKind, tuple[Place, Place]] = {
    K.BUY: (X.MARKET, S.TRADING),
    K.SELL: (S.TRADING, X.MARKET),
    K.OPENING: (X.OPENING, S.REGISTRY),
    K.PRE_ALLOCATION: (X.ISSUE, S.REGISTRY),
    K.ALLOCATION: (X.ISSUE, S.REGISTRY),
    K.TOP_UP: (X.ISSUE, S.REGISTRY),
    K.RETURN: (S.REGISTRY, X.ISSUE),
    K.PROVINCE_ALLOCATION: (X.ISSUE, S.PROVINCE),
    K.PROVINCE_DELIVERY: (S.PROVINCE, S.REGISTRY),
    K.PROVINCE_SURRENDER: (S.PROVINCE, X.SURRENDERED),
    K.TO_TRADING: (S.REGISTRY, S.TRADING),
    K.TO_REGISTRY: (S.TRADING, S.REGISTRY),
    K.SURRENDER_FILED: (S.REGISTRY, S.PENDING_SURRENDER),
    K.SURRENDER_APPROVED: (S.PENDING_SURRENDER, X.SURRENDERED),
    K.SURRENDER_REFUSED: (S.PENDING_SURRENDER, S.REGISTRY),
    K.OFFSET_FILED: (S.REGISTRY, S.PENDING_OFFSET),
    K.OFFSET_APPROVED: (S.PENDING_OFFSET, X.OFFSET),
    K.OFFSET_REFUSED: (S.PENDING_OFFSET, S.REGISTRY),
    K.CARRY_FILED: (S.REGISTRY, S.PENDING_CARRY),
    K.CARRY_RECLAIMED: (S.PENDING_CARRY, X.CARRIED),
    K.CARRY_REFUSED: (S.PENDING_CARRY, S.REGISTRY),
    K.CARRY_ISSUED: (X.CARRIED, S.REGISTRY),
    K.CANCEL_FILED: (S.REGISTRY, S.PENDING_CANCEL),
    K.CANCEL_APPROVED: (S.PENDING_CANCEL, X.CANCELLED),
    K.CANCEL_REFUSED: (S.PENDING_CANCEL, S.REGISTRY),
    K.FROZEN: (S.REGISTRY, S.FROZEN),
    K.UNFROZEN: (S.FROZEN, S.REGISTRY),
    K.TRADING_FROZEN: (S.TRADING, S.TRADING_FROZEN),
    K.TRADING_UNFROZEN: (S.TRADING_FROZEN, S.TRADING),
    K.DEDUCTED: (S.FROZEN, X.DEDUCTED),
    K.DEDUCTION_RECEIVED: (X.DEDUCTED, S.REGISTRY),
    K.SUCCESSION_OUT: (S.REGISTRY, X.SUCCESSION),
    K.SUCCESSION_IN: (X.SUCCESSION, S.REGISTRY),
    K.EXPIRED: (S.REGISTRY, X.EXPIRED),
}
# The registry's own word of a trade (交易过户): it proves, and moves nothing (rule 22).
EVIDENCE = frozenset({K.TRADE_IN, K.TRADE_OUT})
TRADES = frozenset({K.BUY, K.SELL})
ALLOCATIONS = frozenset({K.PRE_ALLOCATION, K.ALLOCATION, K.TOP_UP, K.RETURN, K.PROVINCE_ALLOCATION})
FINAL = frozenset(
    {K.SURRENDER_APPROVED, K.PROVINCE_SURRENDER, K.OFFSET_APPROVED, K.CANCEL_APPROVED, K.DEDUCTED, K.EXPIRED}
)


class Action(StrEnum):
    """NEW, CANCEL and REPLACE, as in FIX trade capture reports."""

    NEW = "new"
    CANCEL = "cancel"
    REPLACE = "replace"


class Record(msgspec.Struct, gc=False):
    """One line. Units are whole units of the instrument, money is fen; *business_at* is when it happened.

    *number* is the source's own number (trade or serial); with account and kind it makes the natural key, under which
    two lines are the same fact. *computed*, *peak_factor* and *gap_rate* are what an allocation table shows beside the
    allowance, as written.
    """

    line: int
    action: Action
    kind: RecordKind
    number: str
    sequence: int
    business_at: datetime
    day: date
    instrument: str
    units: int
    account_no: str
    credit_code: str
    method: int | None
    price_fen: int | None
    amount_fen: int | None
    fee_fen: int | None
    cash_fen: int | None
    balance_after: int | None
    counterparty: str
    auction_no: str
    year: int | None
    reason: str
    beneficiary: str
    serials: str
    computed: str = ""
    peak_factor: str = ""
    gap_rate: str = ""
    natural_key: str = ""

    def __post_init__(self) -> None:
        self.natural_key = f"{self.account_no}|{self.number}|{self.kind._value_}"

    def content_hash(self) -> bytes:
        """Sixteen bytes that differ when any fact of the line differs."""
        facts = (
            *(self.kind, self.number, self.sequence, self.business_at, self.instrument, self.units, self.account_no),
            *(self.method, self.price_fen, self.amount_fen, self.fee_fen, self.counterparty, self.year),
            *(self.reason, self.beneficiary, self.serials),
        )
        return hashlib.blake2b(_encode(facts), digest_size=16).digest()


_encode = msgspec.msgpack.Encoder().encode
