"""Rules of trade confirmations (6 to 14, 20): pure functions of one case, each answering a finding or None."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time

from partners.enterprises.calendar import TradingCalendar
from partners.enterprises.exact import half_up, scaled
from partners.enterprises.findings import Finding, reject, warn
from partners.enterprises.instruments.model import Instrument, Kind
from partners.enterprises.instruments.rules import amount_fen
from partners.enterprises.prices.model import DayPrice, Method
from partners.enterprises.prices.rules import band
from partners.enterprises.records.model import Record, RecordKind
from partners.enterprises.rulebook.model import TradingLimits

NOON = time(12)  # A statement without a time of day is read as noon, when there is no trading.
EXCHANGE_KINDS = frozenset({Kind.CEA, Kind.CCER})


@dataclass(slots=True)
class Trade:
    """One confirmation, its instrument, the limits of its day, and the day's public price where it is on file."""

    record: Record
    instrument: Instrument
    limits: TradingLimits
    price: DayPrice | None
    calendar: TradingCalendar


def check_numbers(trade: Trade) -> Finding | None:
    """Rule 6: at least one unit, at least one fen."""
    record = trade.record
    if record.units < 1:
        return reject(6, "quantity_below_one", units=record.units)
    if record.price_fen is None or record.price_fen < 1:
        return reject(6, "price_missing")
    return None


def check_amount(trade: Trade) -> Finding | None:
    """Rule 7: amount = quantity × price (× years), within the tolerance of a single trade."""
    record = trade.record
    expected = amount_fen(trade.instrument, units=record.units, price_fen=record.price_fen or 0)
    if record.amount_fen is None:
        return warn(7, "amount_missing", expected_fen=expected)
    if abs(record.amount_fen - expected) <= trade.limits.amount_tolerance_fen:
        return None
    slipped = record.amount_fen in (expected * 100, expected // 100, expected * 10_000, expected // 10_000)
    return reject(7, "amount_unit_slipped" if slipped else "amount_differs", expected_fen=expected)


def check_size(trade: Trade) -> Finding | None:
    """Rule 8: a listed trade below the block size, a block trade not below it."""
    record, least = trade.record, trade.limits.block_least_t
    if trade.instrument.kind not in EXCHANGE_KINDS:
        return None
    if record.method == Method.LISTED and record.units >= least:
        return reject(8, "listed_too_large", units=record.units, least_t=least)
    if record.method == Method.BLOCK and record.units < least:
        return reject(8, "block_too_small", units=record.units, least_t=least)
    return None


def check_band(trade: Trade) -> Finding | None:
    """Rules 9 and 10: the price lies in the band around the previous close; auctions have none."""
    record, kind = trade.record, trade.instrument.kind
    if record.method not in (Method.LISTED, Method.BLOCK) or kind not in EXCHANGE_KINDS:
        return None
    rule = 9 if record.method == Method.LISTED else 10
    if trade.price is None or trade.price.prev_fen is None:
        return warn(rule, "previous_close_unknown")
    width = trade.limits.listed_band_bp if rule == 9 else trade.limits.block_band_bp
    allowed = band(trade.price.prev_fen, width)
    if record.price_fen is None or allowed.low_fen <= record.price_fen <= allowed.high_fen:
        return None
    return reject(rule, "outside_band", low_fen=allowed.low_fen, high_fen=allowed.high_fen)


def check_auction(trade: Trade) -> Finding | None:
    """Rule 11: an auction has no band and needs its number."""
    if trade.record.method == Method.AUCTION and not trade.record.auction_no:
        return warn(11, "auction_number_missing")
    return None


def check_range(trade: Trade) -> Finding | None:
    """Rule 12: a listed price lies within the official high and low of the day."""
    price, record = trade.price, trade.record
    if record.method != Method.LISTED or price is None or price.high_fen is None or price.low_fen is None:
        return None
    if record.price_fen is not None and not price.low_fen <= record.price_fen <= price.high_fen:
        return warn(12, "outside_day_range", low_fen=price.low_fen, high_fen=price.high_fen)
    return None


def check_time(trade: Trade) -> Finding | None:
    """Rule 13: on a trading day, within the hours of the method."""
    record = trade.record
    if trade.instrument.kind not in EXCHANGE_KINDS:
        return None
    if not trade.calendar.is_trading_day(record.day):
        return warn(13, "not_a_trading_day", day=record.day.isoformat())
    at = record.business_at.timetz().replace(tzinfo=None)
    if at == NOON or record.method == Method.AUCTION:
        return None
    sessions = trade.limits.block_sessions if record.method == Method.BLOCK else trade.limits.listed_sessions
    for opens, closes in sessions:
        if opens <= at <= closes:
            return None
    return warn(13, "outside_trading_hours", at=at.isoformat())


def check_window(trade: Trade) -> Finding | None:
    """Rule 14: within the days on which the instrument was quoted."""
    if trade.instrument.is_quoted_on(trade.record.day):
        return None
    return reject(14, "outside_quoted_window", day=trade.record.day.isoformat())


def check_cash(trade: Trade) -> Finding | None:
    """Rule 20: cash = −amount − fee for a buy, +amount − fee for a sale; the fee by its rate, once one is known."""
    record = trade.record
    amount, fee = record.amount_fen or 0, record.fee_fen or 0
    if trade.limits.fee_rate is not None:
        expected_fee = half_up(amount * scaled(trade.limits.fee_rate, 6), 1_000_000)
        if record.fee_fen is not None and expected_fee != fee:
            return warn(20, "fee_differs", expected_fen=expected_fee)
    expected = -amount - fee if record.kind is RecordKind.BUY else amount - fee
    if record.cash_fen is not None and record.cash_fen != expected:
        return warn(20, "cash_differs", expected_fen=expected)
    return None


CHECKS: tuple[Callable[[Trade], Finding | None], ...] = (
    *(check_numbers, check_amount, check_size, check_band, check_auction, check_range, check_time, check_window),
    check_cash,
)
