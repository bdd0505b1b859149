"""Rules of trade confirmations (6 to 14, 20): pure functions of one case, each answering a finding or None."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time

from partners.enterprises.calendar import TradingCalendar
from partners.enterprises.exact import half_up, scaled
from partners.enterprises.findings import Finding, reject, warn
from partners.enterprises.instruments.model import Instrument, Kind
from partners.enterprises.instruments.rules import amount_fen
from partners.enterprises.prices.model import DayPrice, Method
from partners.enterprises.prices.rules import Band, band
from partners.enterprises.records.model import Record, RecordKind
from partners.enterprises.rulebook.model import Session, TradingLimits

NOON = time(12)  # A statement without a time of day is read as noon, when there is no trading.
EXCHANGE_KINDS = frozenset({Kind.CEA, Kind.CCER})


@dataclass(slots=True)
class Ground:
    """What a day, an instrument and a method say about every trade of that day: looked up once, used for each row.

    *allowed* is the band around the previous close, None where there is none or it is not known.
    """

    instrument: Instrument
    limits: TradingLimits
    price: DayPrice | None
    allowed: Band | None
    is_exchange: bool
    is_trading_day: bool
    is_quoted: bool
    sessions: tuple[Session, ...]


def ground_of(
    instrument: Instrument,
    *,
    day: date,
    method: int | None,
    limits: TradingLimits,
    price: DayPrice | None,
    calendar: TradingCalendar,
) -> Ground:
    """Look up what holds for trades of an instrument on a day by a method."""
    is_exchange = instrument.kind in EXCHANGE_KINDS
    allowed = None
    if is_exchange and price is not None and price.prev_fen is not None and method in (Method.LISTED, Method.BLOCK):
        width = limits.listed_band_bp if method == Method.LISTED else limits.block_band_bp
        allowed = band(price.prev_fen, width)
    return Ground(
        instrument=instrument,
        limits=limits,
        price=price,
        allowed=allowed,
        is_exchange=is_exchange,
        is_trading_day=not is_exchange or calendar.is_trading_day(day),
        is_quoted=instrument.is_quoted_on(day),
        sessions=limits.block_sessions if method == Method.BLOCK else limits.listed_sessions,
    )


def check_numbers(record: Record, ground: Ground) -> Finding | None:  # noqa: ARG001  # Every check has the same shape.
    """Rule 6: at least one unit, at least one fen."""
    if record.units < 1:
        return reject(6, "quantity_below_one", units=record.units)
    if record.price_fen is None or record.price_fen < 1:
        return reject(6, "price_missing")
    return None


def check_amount(record: Record, ground: Ground) -> Finding | None:
    """Rule 7: amount = quantity × price (× years), within the tolerance of a single trade."""
    expected = amount_fen(ground.instrument, units=record.units, price_fen=record.price_fen or 0)
    amount = record.amount_fen
    if amount == expected:
        return None
    if amount is None:
        return warn(7, "amount_missing", expected_fen=expected)
    if abs(amount - expected) <= ground.limits.amount_tolerance_fen:
        return None
    slipped = amount in (expected * 100, expected // 100, expected * 10_000, expected // 10_000)
    return reject(7, "amount_unit_slipped" if slipped else "amount_differs", expected_fen=expected)


def check_size(record: Record, ground: Ground) -> Finding | None:
    """Rule 8: a listed trade below the block size, a block trade not below it."""
    least = ground.limits.block_least_t
    if not ground.is_exchange:
        return None
    if record.method == Method.LISTED and record.units >= least:
        return reject(8, "listed_too_large", units=record.units, least_t=least)
    if record.method == Method.BLOCK and record.units < least:
        return reject(8, "block_too_small", units=record.units, least_t=least)
    return None


def check_band(record: Record, ground: Ground) -> Finding | None:
    """Rules 9 and 10: the price lies in the band around the previous close; auctions have none."""
    allowed, price = ground.allowed, record.price_fen
    if allowed is not None:
        if price is None or allowed.low_fen <= price <= allowed.high_fen:
            return None
        rule = 9 if record.method == Method.LISTED else 10
        return reject(rule, "outside_band", low_fen=allowed.low_fen, high_fen=allowed.high_fen)
    if ground.is_exchange and record.method in (Method.LISTED, Method.BLOCK):
        return warn(9 if record.method == Method.LISTED else 10, "previous_close_unknown")
    return None


def check_auction(record: Record, ground: Ground) -> Finding | None:  # noqa: ARG001  # Every check has the same shape.
    """Rule 11: an auction has no band and needs its number."""
    if record.method == Method.AUCTION and not record.auction_no:
        return warn(11, "auction_number_missing")
    return None


def check_range(record: Record, ground: Ground) -> Finding | None:
    """Rule 12: a listed price lies within the official high and low of the day."""
    price = ground.price
    if price is None or price.high_fen is None or price.low_fen is None or record.method != Method.LISTED:
        return None
    if record.price_fen is not None and not price.low_fen <= record.price_fen <= price.high_fen:
        return warn(12, "outside_day_range", low_fen=price.low_fen, high_fen=price.high_fen)
    return None


def check_time(record: Record, ground: Ground) -> Finding | None:
    """Rule 13: on a trading day, within the hours of the method."""
    if not ground.is_trading_day:
        return warn(13, "not_a_trading_day", day=record.day.isoformat())
    at = record.business_at.time()
    for opens, closes in ground.sessions:
        if opens <= at <= closes:
            return None
    if at == NOON or record.method == Method.AUCTION or not ground.is_exchange:
        return None
    return warn(13, "outside_trading_hours", at=at.isoformat())


def check_window(record: Record, ground: Ground) -> Finding | None:
    """Rule 14: within the days on which the instrument was quoted."""
    if ground.is_quoted:
        return None
    return reject(14, "outside_quoted_window", day=record.day.isoformat())


def check_cash(record: Record, ground: Ground) -> Finding | None:
    """Rule 20: cash = −amount − fee for a buy, +amount − fee for a sale; the fee by its rate, once one is known."""
    amount, fee = record.amount_fen or 0, record.fee_fen or 0
    if ground.limits.fee_rate is not None:
        expected_fee = half_up(amount * scaled(ground.limits.fee_rate, 6), 1_000_000)
        if record.fee_fen is not None and expected_fee != fee:
            return warn(20, "fee_differs", expected_fen=expected_fee)
    expected = -amount - fee if record.kind is RecordKind.BUY else amount - fee
    if record.cash_fen is not None and record.cash_fen != expected:
        return warn(20, "cash_differs", expected_fen=expected)
    return None


CHECKS: tuple[Callable[[Record, Ground], Finding | None], ...] = (
    *(check_numbers, check_amount, check_size, check_band, check_auction, check_range, check_time, check_window),
    check_cash,
)
