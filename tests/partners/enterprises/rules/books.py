"""Rows about the books as a whole: order, balances, reconciliation, pledges, valuation, prices, keeping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from partners.enterprises.calendar import TradingCalendar
from partners.enterprises.compliance.rules import Gap, reminder_due
from partners.enterprises.holdings.model import Book, Event
from partners.enterprises.holdings.rules import fold
from partners.enterprises.instruments.errors import KindsDiffer
from partners.enterprises.instruments.model import Kind, Quantity
from partners.enterprises.instruments.rules import total
from partners.enterprises.prices.errors import ValuationRefused
from partners.enterprises.prices.model import DayPrice, DayTrade, Method
from partners.enterprises.prices.rules import check_trades
from partners.enterprises.prices.valuation import value
from partners.enterprises.reconciliation.model import Snapshot
from partners.enterprises.reconciliation.rules import (
    DaySum,
    Leg,
    compare_ledger,
    compare_legs,
    compare_movements,
    compare_snapshots,
)
from partners.enterprises.records.files import keep_until
from partners.enterprises.records.model import MARKET_TIME, RecordKind, Slot
from partners.enterprises.rulebook.queries import rulebook
from partners.enterprises.statements.checks import check_pledged
from partners.enterprises.statements.model import World
from tests.partners.enterprises.rules.cases import Run, case
from tests.partners.enterprises.rules.lines import instrument, world

K = RecordKind
MONDAY = date(2025, 6, 2)
CALENDAR = TradingCalendar(frozenset())
LAST = datetime(2026, 1, 1, tzinfo=MARKET_TIME)


def event(number: int, kind: RecordKind, units: int, *, days: int = 0, hour: int = 10) -> Event:
    day = MONDAY + timedelta(days=days)
    at = datetime.combine(day, time(hour), MARKET_TIME)
    return Event(UUID(int=number), kind, units, at, day, 0, f"{number:03}")


def book(*events: Event) -> Book:
    return fold(events, next_day=True, next_trading_day=CALENDAR.next_trading_day, until=LAST)


def waiting(*events: Event) -> Run:
    return lambda _: [(one.rule, one.missing) for one in book(*events).waiting]


BOUGHT = event(1, K.BUY, 10)
case(15, "passes", "sold two days later", waiting(BOUGHT, event(2, K.SELL, 10, days=2)), [])
case(15, "fails", "sold in the afternoon", waiting(BOUGHT, event(2, K.SELL, 10, hour=14)), [(15, 10)])
case(15, "boundary", "sold as the next trading day begins", waiting(BOUGHT, event(2, K.SELL, 10, days=1, hour=0)), [])

HELD = event(1, K.ALLOCATION, 100)
case(16, "passes", "less than is there", waiting(HELD, event(2, K.TO_TRADING, 99, hour=11)), [])
case(16, "fails", "one tonne more", waiting(HELD, event(2, K.TO_TRADING, 101, hour=11)), [(16, 1)])
case(16, "boundary", "all that is there", waiting(HELD, event(2, K.TO_TRADING, 100, hour=11)), [])

FROZEN = event(2, K.FROZEN, 40, hour=11)
case(
    29,
    "passes",
    "what is frozen is freed by its own record",
    waiting(HELD, FROZEN, event(3, K.UNFROZEN, 40, hour=12)),
    [],
)
case(29, "fails", "more is freed than was frozen", waiting(HELD, FROZEN, event(3, K.UNFROZEN, 41, hour=12)), [(29, 1)])
case(29, "boundary", "all but the frozen may go", waiting(HELD, FROZEN, event(3, K.TO_TRADING, 60, hour=12)), [])
case(29, "fails", "one of the frozen may not", waiting(HELD, FROZEN, event(3, K.TO_TRADING, 61, hour=12)), [(16, 1)])


def legs(mine: Leg, other: Leg) -> Run:
    return lambda _: [one.code for one in compare_legs("D1", mine, other)]


LEG = Leg("CEA25", 100, 8_000)
case(19, "passes", "both sides say the same", legs(LEG, LEG), [])
case(19, "fails", "another quantity", legs(LEG, replace(LEG, units=99)), ["legs_differ"])
case(19, "fails", "another vintage", legs(LEG, replace(LEG, instrument="CEA24")), ["legs_differ"])
case(19, "boundary", "a single fen", legs(LEG, replace(LEG, price_fen=8_001)), ["legs_differ"])

MOMENT = datetime.combine(MONDAY, time(18), MARKET_TIME)


def snapshot(units: int, at: datetime = MOMENT) -> Run:
    taken = Snapshot("CEA25", Slot.REGISTRY, at, units)
    return lambda _: [one.facts["difference"] for one in compare_snapshots([taken], {"CEA25": book(HELD)})]


case(21, "passes", "the registry shows the same", snapshot(100), [])
case(21, "fails", "the registry shows less", snapshot(90), [10])
case(21, "boundary", "at the instant of the movement it counts", snapshot(100, HELD.at), [])
case(21, "boundary", "a moment earlier it does not", snapshot(0, HELD.at - timedelta(seconds=1)), [])


def movements(exchange: int, registry: int, *, days: int) -> Run:
    sums = [DaySum("CEA25", MONDAY, "in", exchange, registry)]
    today = MONDAY + timedelta(days=days)
    return lambda _: [
        one.code for one in compare_movements(sums, today=today, next_trading_day=CALENDAR.next_trading_day)
    ]


case(22, "passes", "both say it", movements(5, 5, days=5), [])
case(22, "fails", "a trade alone", movements(5, 0, days=5), ["trade_without_movement"])
case(22, "fails", "a movement alone", movements(0, 5, days=5), ["movement_without_trade"])
case(22, "boundary", "on the next trading day it is not late yet", movements(5, 0, days=1), [])
case(22, "boundary", "the day after it is", movements(5, 0, days=2), ["trade_without_movement"])


def gap(done: int, offset: int) -> Run:
    return lambda _: Gap(due_t=100, surrendered_t=done, offset_t=offset, pending_t=0, eligible_t=0).open_t


case(24, "passes", "more than is due", gap(98, 5), 0)
case(24, "fails", "a tonne short", gap(95, 4), 1)
case(24, "boundary", "exactly what is due", gap(95, 5), 0)
DEADLINE = date(2026, 12, 31)
case(
    24,
    "boundary",
    "ninety days before",
    lambda _: reminder_due(DEADLINE, today=date(2026, 10, 2), days=(90, 30, 15)),
    90,
)
case(
    24,
    "boundary",
    "ninety-one days before",
    lambda _: reminder_due(DEADLINE, today=date(2026, 10, 1), days=(90, 30, 15)),
    None,
)


def pledged(units: int, *, ends: str = "2026-11-30", certificate: str = "C-2") -> Run:
    cells = {"instrument": "CEA25", "units": str(units), "certificate_no": certificate, "lender": "虚构银行"}
    cells |= {"debt": "100.00", "starts_on": "2026-05-01", "ends_on": ends}

    def run(session: Session) -> object:
        around = world(session)
        place = World(around.enterprise, around.accounts, around.instruments, around.book, date(2026, 5, 1))
        place.available, place.certificates = {"CEA25": 100}, {"C-1"}
        return [f"{one.severity}:{one.code}" for one in check_pledged(cells, place)[1]]

    return run


case(30, "passes", "less than is free", pledged(99), [])
case(30, "fails", "more than is free", pledged(101), ["R:pledge_over_free"])
case(30, "fails", "a certificate that secures another", pledged(1, certificate="C-1"), ["R:certificate_used"])
case(30, "fails", "an end before the start", pledged(1, ends="2026-04-30"), ["R:term_not_in_order"])
case(30, "boundary", "all that is free", pledged(100), [])
case(30, "boundary", "an end on the first day", pledged(1, ends="2026-05-01"), ["R:term_not_in_order"])


def ledger_says(units: int) -> Run:
    return lambda _: [one.code for one in compare_ledger(book(HELD).position, {Slot.REGISTRY: units}, "CEA25")]


case(34, "passes", "records and ledger add up", ledger_says(100), [])
case(34, "fails", "the ledger has less", ledger_says(60), ["books_differ_from_records"])
case(34, "boundary", "one unit", ledger_says(99), ["books_differ_from_records"])


def worth(*, volume: int = 5, age: int = 0, kind: Kind = Kind.CEA, counts: bool = True) -> Run:
    day = MONDAY - timedelta(days=age)
    last = DayPrice("CEA24", day, "", 7_000, 7_000, 7_000, 7_000, 7_100, None, volume, 0) if volume else None

    def run(_: Session) -> object:
        quantity = Quantity(instrument("CEA24", kind, 2024), 10)
        try:
            found = value(quantity, last_traded=last, surrenderable=counts, as_of=MONDAY, max_age_days=30)
        except ValuationRefused as refused:
            return refused.facts["reason"]
        return found.amount_fen

    return run


case(36, "passes", "a traded close of today", worth(), 71_000)
case(36, "fails", "a close that is only carried on", worth(volume=0), "never_traded")
case(36, "fails", "a vintage that counts no more", worth(counts=False), "vintage_not_surrenderable")
case(36, "fails", "the average of many projects", worth(kind=Kind.CCER), "average_of_projects")
case(36, "fails", "the composite", worth(kind=Kind.INDEX), "index_is_no_price")
case(36, "boundary", "thirty days old", worth(age=30), 71_000)
case(36, "boundary", "thirty-one days old", worth(age=31), "price_is_stale")


def fed(composite: int, ever: int = 12) -> Run:
    rows = [
        DayTrade("CEA24", MONDAY, Method.LISTED, "", 5, 50, 5, 50, 5, 50),
        DayTrade("CEA24", MONDAY + timedelta(days=1), Method.LISTED, "", 7, 70, 12, 120, ever, 120),
        DayTrade("COMCEA", MONDAY, Method.LISTED, "", composite, 50, composite, 50, composite, 50),
    ]
    return lambda _: sorted({finding.code for _, finding in check_trades(rows)} - {"composite_is_an_index"})


case(37, "passes", "the composite is the sum, totals go on", fed(5), [])
case(37, "fails", "the composite is more", fed(6), ["composite_is_not_the_sum"])
case(37, "boundary", "a total that misses one tonne", fed(5, 11), ["all_time_total_jumps"])


def added(*kinds: Kind) -> Run:
    def run(_: Session) -> object:
        try:
            return total([Quantity(instrument(f"X{place}", kind, 2024), 1) for place, kind in enumerate(kinds)])
        except KindsDiffer:
            return "kinds_differ"

    return run


case(38, "passes", "two allowances", added(Kind.CEA, Kind.CEA), 2)
case(38, "fails", "an allowance and a certificate", added(Kind.CEA, Kind.GEC), "kinds_differ")
case(38, "boundary", "an allowance and a credit, both in tonnes", added(Kind.CEA, Kind.CCER), "kinds_differ")


def kept(kinds: Sequence[Kind], today: date = MONDAY) -> Run:
    return lambda session: keep_until(rulebook(session), set(kinds), today=today)


case(40, "passes", "five years for allowances", kept([Kind.CEA]), date(2030, 6, 2))
case(40, "fails", "ten years where a credit is among them, not five", kept([Kind.CEA, Kind.CCER]), date(2035, 6, 2))
case(40, "boundary", "a file of a leap day", kept([Kind.CEA], date(2028, 2, 29)), date(2033, 2, 28))
