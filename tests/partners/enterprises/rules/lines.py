"""Rows about single lines (rules 1 to 14, 17, 18, 20, 23, 25 to 28, 31 to 33, 35, 39), through the one validator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from functools import cache
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from partners.enterprises.calendar import TradingCalendar
from partners.enterprises.instruments.model import Instrument, Kind
from partners.enterprises.parties.model import Enterprise, MarketAccount
from partners.enterprises.prices.model import DayPrice
from partners.enterprises.records.model import MARKET_TIME, Action, Record, RecordKind
from partners.enterprises.records.movement_rules import check_reductions
from partners.enterprises.records.parsing import Unreadable, read_csv
from partners.enterprises.records.surroundings import Project, Surroundings
from partners.enterprises.records.templates import TEMPLATES
from partners.enterprises.records.validator import validate
from partners.enterprises.rulebook.model import Parameter
from partners.enterprises.rulebook.queries import rulebook
from tests.partners.enterprises.rules.cases import Run, case
from tests.partners.enterprises.world import credit_code

K = RecordKind
DAY = date(2026, 3, 4)
MINE = UUID(int=7)
Change = Callable[[Surroundings], None]


@cache
def instrument(code: str, kind: Kind = Kind.CEA, vintage: int | None = 2025, years: int | None = None) -> Instrument:
    return Instrument(
        *(code, kind, code, code, "t", 0, "per_unit_year" if years else "per_unit", years, vintage, "A210001", None),
        *("SO2" if years else None, "registry", None, (), date(2026, 1, 5) if kind is Kind.CEA else None, None, None),
        *(None, "test"),
    )


def world(session: Session) -> Surroundings:
    price = DayPrice("CEA25", DAY, "", 8_000, 8_000, 8_100, 7_900, 8_050, None, 10, 80_500)
    return Surroundings(
        enterprise=Enterprise(
            MINE, credit_code(1), "虚构水泥厂", "cement", "participant", "moving_average", True, None, None
        ),
        accounts={
            "JY": MarketAccount("trading", "JY", "CEA", MINE),
            "DJ": MarketAccount("registry", "DJ", "CEA", MINE),
        },
        instruments={
            "CEA25": instrument("CEA25"),
            "CEA24": instrument("CEA24", vintage=2024),
            "CEA": instrument("CEA", vintage=2020),
            "CCER": instrument("CCER", Kind.CCER, 2024),
            "SO2": instrument("SO2", Kind.PDR, None, 5),
            "GEC": instrument("GEC", Kind.GEC, None),
            "COMCEA": instrument("COMCEA", Kind.INDEX, None),
        },
        book=rulebook(session),
        calendar=TradingCalendar(frozenset()),
        prices={("CEA25", DAY): price},
        due_t={2025: 1_019},
        verified_t={2025: 1_001},
        projects={"A210001": Project("A210001", date(2022, 5, 1), date(2025, 1, 26), None, "甲", "乙")},
        carry_limit_t=500,
    )


def record(kind: RecordKind = K.BUY, **facts: object) -> Record:
    trade = kind in (K.BUY, K.SELL)
    at, day = facts.pop("at", time(10)), facts.pop("day", DAY)
    assert isinstance(at, time)
    assert isinstance(day, date)
    made = Record(
        *(2, Action.NEW, kind, "N1", 0, datetime.combine(day, at, MARKET_TIME), day, "CEA25", 100),
        *("JY" if trade else "DJ", "", 10 if trade else None, 8_000 if trade else None, 800_000 if trade else None),
        *(None, None, None, "", "", 2025, "", "", ""),
    )
    return msgspec.structs.replace(made, **facts)


def said(*records: Record, given: Change = lambda _: None) -> Run:
    """Answer the codes that the validator says about each of *records*, in a world that *given* changed."""

    def run(session: Session) -> object:
        around = world(session)
        given(around)
        copies = [msgspec.structs.replace(one) for one in records]
        found = [[f"{one.rule}{one.severity}:{one.code}" for one in a.findings] for a in validate(copies, around)]
        return found[0] if len(found) == 1 else found

    return run


def knows(one: Record) -> Change:
    def change(around: Surroundings) -> None:
        around.on_file[one.natural_key] = one.content_hash()

    return change


# A right that no exchange quotes, so that only the rule in question has something to say.
RIGHT: dict[str, object] = {"instrument": "SO2", "method": None, "amount_fen": 4_000_000}
OTHER = record(units=50, amount_fen=400_000)
case(1, "passes", "a number that is not on file", said(record()), [])
case(
    1, "fails", "other facts under a known number", said(record(), given=knows(OTHER)), ["1R:known_with_other_content"]
)
case(1, "boundary", "the very same facts again", said(record(), given=knows(record())), ["1W:known_already"])
case(1, "boundary", "a correction names what it corrects", said(record(action=Action.REPLACE), given=knows(OTHER)), [])
case(1, "fails", "a correction of nothing", said(record(action=Action.CANCEL)), ["1R:nothing_to_correct"])

case(3, "passes", "the enterprise's own code", said(record(credit_code=credit_code(1))), [])
case(3, "fails", "a wrong check digit", said(record(credit_code=credit_code(1)[:-1] + "?")), ["3R:credit_code_invalid"])
case(3, "fails", "another firm's code", said(record(credit_code=credit_code(2))), ["3R:another_enterprise"])
case(3, "boundary", "the same code with blanks", said(record(credit_code=" ".join(credit_code(1)))), [])

case(4, "passes", "its trading account", said(record()), [])
case(4, "fails", "an account that is not its own", said(record(account_no="XX")), ["4R:account_not_of_enterprise"])
case(4, "boundary", "its own account at the registry", said(record(account_no="DJ")), ["4R:account_of_another_system"])

case(5, "passes", "a vintage", said(record()), [])
case(5, "fails", "the composite", said(record(instrument="COMCEA")), ["5R:index_is_no_instrument"])
case(5, "fails", "a vintage that was never issued", said(record(instrument="CEA99")), ["5R:instrument_unknown"])
OLD = record(instrument="CEA19-20", day=date(2026, 3, 5))
case(5, "boundary", "the allowance of 2019–2020 by its other name", said(OLD), ["9W:previous_close_unknown"])

case(6, "passes", "a hundred tonnes", said(record()), [])
case(6, "fails", "no unit", said(record(units=0, amount_fen=0)), ["6R:quantity_below_one"])
case(6, "boundary", "one tonne", said(record(units=1, amount_fen=8_000)), [])
case(6, "fails", "no price", said(record(price_fen=None, amount_fen=0)), ["6R:price_missing"])

case(7, "passes", "quantity times price", said(record()), [])
case(7, "fails", "two fen off", said(record(amount_fen=800_002)), ["7R:amount_differs"])
case(7, "boundary", "one fen off", said(record(amount_fen=800_001)), [])
case(7, "fails", "yuan written as fen", said(record(amount_fen=80_000_000)), ["7R:amount_unit_slipped"])
YEARS = {"instrument": "SO2", "method": None, "units": 96, "price_fen": 38_900}
case(7, "boundary", "a pollution right costs its price every year", said(record(**YEARS, amount_fen=18_672_000)), [])

BLOCK = {"method": 20, "at": time(14)}
case(8, "passes", "a listed trade", said(record()), [])
case(
    8,
    "fails",
    "a listed trade of a block's size",
    said(record(units=100_000, amount_fen=800_000_000)),
    ["8R:listed_too_large"],
)
case(8, "boundary", "one tonne below", said(record(units=99_999, amount_fen=799_992_000)), [])
case(8, "boundary", "a block of the least size", said(record(**BLOCK, units=100_000, amount_fen=800_000_000)), [])
case(
    8,
    "fails",
    "a block one tonne short",
    said(record(**BLOCK, units=99_999, amount_fen=799_992_000)),
    ["8R:block_too_small"],
)

case(9, "passes", "near the previous close", said(record()), [])
case(
    9,
    "fails",
    "a fen above ten percent",
    said(record(price_fen=8_801, amount_fen=880_100)),
    ["9R:outside_band", "12W:outside_day_range"],
)
case(9, "boundary", "ten percent above", said(record(price_fen=8_800, amount_fen=880_000)), ["12W:outside_day_range"])
case(9, "boundary", "no previous close", said(record(day=date(2026, 3, 5))), ["9W:previous_close_unknown"])

BIG = BLOCK | {"units": 100_000}
case(10, "passes", "a block at the previous close", said(record(**BIG, amount_fen=800_000_000)), [])
case(
    10,
    "fails",
    "a fen above thirty percent",
    said(record(**BIG, price_fen=10_401, amount_fen=1_040_100_000)),
    ["10R:outside_band"],
)
case(10, "boundary", "thirty percent above", said(record(**BIG, price_fen=10_400, amount_fen=1_040_000_000)), [])

AUCTION = {"method": 21, "price_fen": 20_000, "amount_fen": 2_000_000}
case(11, "passes", "an auction with its number", said(record(**AUCTION, auction_no="P1")), [])
case(11, "fails", "an auction without one", said(record(**AUCTION)), ["11W:auction_number_missing"])
case(11, "boundary", "far outside the band, which an auction has not", said(record(**AUCTION, auction_no="1")), [])

case(12, "passes", "between low and high", said(record()), [])
case(
    12,
    "fails",
    "above the high of the day",
    said(record(price_fen=8_101, amount_fen=810_100)),
    ["12W:outside_day_range"],
)
case(12, "boundary", "at the high of the day", said(record(price_fen=8_100, amount_fen=810_000)), [])

case(13, "passes", "in the morning", said(record()), [])
case(
    13,
    "fails",
    "on a Saturday",
    said(record(day=date(2026, 3, 7))),
    ["9W:previous_close_unknown", "13W:not_a_trading_day"],
)
case(13, "boundary", "at half past eleven", said(record(at=time(11, 30))), [])
case(13, "fails", "a second later", said(record(at=time(11, 30, 1))), ["13W:outside_trading_hours"])

case(14, "passes", "while it is quoted", said(record()), [])
case(
    14,
    "fails",
    "before the first quotation",
    said(record(day=date(2026, 1, 2))),
    ["9W:previous_close_unknown", "14R:outside_quoted_window"],
)
case(14, "boundary", "on the first day", said(record(day=date(2026, 1, 5))), ["9W:previous_close_unknown"])


def late(around: Surroundings) -> None:
    around.booked_until = datetime(2026, 3, 5, tzinfo=MARKET_TIME)


def closed(around: Surroundings) -> None:
    around.enterprise = replace(around.enterprise, closed_until=DAY)


def just_in_time(around: Surroundings) -> None:
    around.booked_until = datetime.combine(DAY, time(10), MARKET_TIME)


case(17, "passes", "later than all before", said(record()), [])
case(17, "fails", "earlier than what is booked", said(record(), given=late), ["17W:arrived_late"])
case(17, "fails", "in a closed period", said(record(), given=closed), ["17W:period_closed"])
case(17, "boundary", "at the very instant", said(record(), given=just_in_time), [])

ROWS = (
    record(K.ALLOCATION, number="N1", balance_after=100),
    record(K.TO_TRADING, number="N2", units=40, balance_after=60),
)
WRONG = record(K.SURRENDER_FILED, number="N3", units=10, balance_after=51)
case(18, "passes", "balances that go on", said(*ROWS), [[], []])
case(18, "fails", "a tonne too much", said(*ROWS, WRONG), [[], [], ["18R:running_balance_differs"]])
case(18, "boundary", "the first balance of a statement stands for itself", said(ROWS[1]), [])

case(20, "passes", "amount and fee leave", said(record(cash_fen=-800_300, fee_fen=300)), [])
case(20, "fails", "the fee forgotten", said(record(cash_fen=-800_000, fee_fen=300)), ["20W:cash_differs"])
OLD_CASH = record(cash_fen=-1, day=date(2024, 4, 30), **RIGHT)
case(20, "boundary", "a day before the regulation was in force", said(OLD_CASH), [])


def with_fee(around: Surroundings) -> None:
    fee = Parameter("fee_rate", date(2026, 1, 1), "0.001", 20, "official", "test")
    around.book = replace(around.book, parameters=(*around.book.parameters, fee), _limits={})


case(20, "boundary", "the fee at a rate that became known", said(record(fee_fen=800), given=with_fee), [])
case(20, "fails", "another fee than the rate's", said(record(fee_fen=799), given=with_fee), ["20W:fee_differs"])

FILED = K.SURRENDER_FILED
case(23, "passes", "its own year", said(record(FILED)), [])
case(23, "fails", "an old vintage for 2025", said(record(FILED, instrument="CEA24")), ["23R:vintage_not_accepted"])
case(23, "boundary", "the youngest that counts for 2024", said(record(FILED, instrument="CEA24", year=2024)), [])
case(23, "boundary", "2026 rests on a draft", said(record(FILED, year=2026)), ["23N:acceptance_is_draft"])

CREDIT: dict[str, object] = {"instrument": "CCER"}
# Five per cent of 1,019 t are 50.95 t: fifty, floored.
case(25, "passes", "within five percent", said(record(K.OFFSET_FILED, **CREDIT, units=49)), [])
case(25, "fails", "a tonne above", said(record(K.OFFSET_FILED, **CREDIT, units=51)), ["25R:offset_over_cap"])
case(25, "boundary", "the cap, floored", said(record(K.OFFSET_FILED, **CREDIT, units=50)), [])
case(25, "fails", "an allowance", said(record(K.OFFSET_FILED, units=5)), ["25R:not_a_voluntary_credit"])

CARRY: dict[str, object] = {"instrument": "CEA24"}
case(26, "passes", "below the limit, in time", said(record(K.CARRY_FILED, **CARRY, units=499)), [])
case(26, "fails", "a tonne above", said(record(K.CARRY_FILED, **CARRY, units=501)), ["26R:carry_over_limit"])
case(
    26,
    "boundary",
    "the limit on the last day",
    said(record(K.CARRY_FILED, **CARRY, units=500, day=date(2026, 6, 10))),
    [],
)
LATE_CARRY = record(K.CARRY_FILED, **CARRY, units=5, day=date(2026, 6, 11))
case(26, "fails", "a day later", said(LATE_CARRY), ["26R:carry_filed_late"])

case(
    27,
    "passes",
    "floored, six decimals, two",
    said(record(K.ALLOCATION, computed="100.4", peak_factor="1.023456", gap_rate="12.34%")),
    [],
)
case(27, "fails", "rounded up", said(record(K.ALLOCATION, computed="99.9")), ["27W:allowance_not_floored"])
case(27, "fails", "seven decimals", said(record(K.ALLOCATION, peak_factor="1.0234567")), ["27W:peak_factor_decimals"])
case(27, "fails", "three decimals", said(record(K.ALLOCATION, gap_rate="12.345%")), ["27W:gap_rate_decimals"])
case(27, "boundary", "a whole number", said(record(K.ALLOCATION, computed="100")), [])
case(27, "boundary", "a hair below the next", said(record(K.ALLOCATION, computed="100.999999")), [])
OLD_SHARE = record(K.ALLOCATION, computed="99.9", day=date(2024, 12, 31))
case(27, "boundary", "before the draft that says so", said(OLD_SHARE), [])

case(28, "passes", "below half of the last verified", said(record(K.PRE_ALLOCATION, units=499, year=2026)), [])
case(28, "fails", "above half", said(record(K.PRE_ALLOCATION, units=501, year=2026)), ["28W:pre_allocation_too_large"])
case(28, "boundary", "half of 1,001 t, floored", said(record(K.PRE_ALLOCATION, units=500, year=2026)), [])
case(28, "fails", "a return without its record", said(record(K.RETURN)), ["28W:return_without_record"])


def _years(**facts: object) -> Run:
    usual: dict[str, object] = {"total_t": 100, "by_year": {2025: 100}, "ended_on": date(2025, 6, 30)}
    usual |= {"filed_on": date(2026, 6, 30), "since": date(2020, 9, 22), "age_years": 5}

    def run(_: Session) -> object:
        return [one.code for one in check_reductions(**(usual | facts))]  # type: ignore[arg-type]  # As keywords.

    return run


case(31, "passes", "young reductions whose years add up", _years(), [])
case(31, "fails", "years that do not add up", _years(total_t=101), ["years_do_not_add_up"])
case(31, "boundary", "exactly five years old", _years(filed_on=date(2030, 6, 30)), [])
case(31, "fails", "a day older", _years(filed_on=date(2030, 7, 1)), ["reductions_too_old"])

GONE = {"reason": "自愿注销", "beneficiary": "公众"}
case(32, "passes", "with reason and beneficiary", said(record(K.CANCEL_APPROVED, **GONE)), [])
case(32, "fails", "without", said(record(K.CANCEL_APPROVED)), ["32R:reason_or_beneficiary_missing"])
case(
    32,
    "boundary",
    "a reason of blanks",
    said(record(K.CANCEL_APPROVED, **(GONE | {"reason": " "}))),
    ["32R:reason_or_beneficiary_missing"],
)

SERIAL = "GS1-1-IN-GS4533-2-2020-22653-1-"
case(33, "passes", "a block of its quantity", said(record(K.ALLOCATION, serials=SERIAL + "100")), [])
case(
    33,
    "fails",
    "a block that is one short",
    said(record(K.ALLOCATION, serials=SERIAL + "99")),
    ["33R:block_is_not_the_quantity"],
)
case(
    33,
    "boundary",
    "a form that nobody knows is kept",
    said(record(K.ALLOCATION, serials="甲-1")),
    ["33W:serial_opaque"],
)

GREEN = [record(K.SELL, instrument="GEC", method=None, number=f"N{n}", serials="GEC-1") for n in range(2)]
case(35, "passes", "sold for the first time", said(GREEN[0]), [])
case(35, "fails", "sold twice", said(*GREEN), [[], ["35R:certificate_sold_before"]])
case(35, "boundary", "without its code", said(record(instrument="GEC", method=None)), ["35R:certificate_code_missing"])


def exchange(around: Surroundings) -> None:
    around.enterprise = replace(around.enterprise, standing="exchange")


case(39, "passes", "a participant", said(record()), [])
case(39, "fails", "an exchange", said(record(), given=exchange), ["39R:may_not_hold_rights"])
EARLY, FIRST = record(day=date(2024, 4, 30), **RIGHT), record(day=date(2024, 5, 1), **RIGHT)
case(39, "boundary", "a day before the regulation was in force", said(EARLY, given=exchange), [])
case(39, "boundary", "on its first day", said(FIRST, given=exchange), ["39R:may_not_hold_rights"])


def _read(**cells: str) -> Run:
    def run(_: Session) -> object:
        template = TEMPLATES["trades"]
        row = {**template.sample, **cells}
        text = ",".join(template.titles) + "\n" + ",".join(row.get(name, "") for name in template.mapping.columns)
        (line,) = read_csv(text.encode(), template.mapping)
        return line.finding.code if isinstance(line, Unreadable) else (line.units, line.price_fen)

    return run


case(2, "passes", "a line that can be read", _read(), (100, 8_000))
case(2, "fails", "a word that nobody knows", _read(kind="借入"), "cell_unreadable")
case(2, "boundary", "a number with a useless zero", _read(price="80.000"), (100, 8_000))
case(6, "fails", "half a tonne", _read(units="0.5"), "number_unreadable")
