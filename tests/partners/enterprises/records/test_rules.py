"""The rules of table B that look at one line: passing, failing and boundary rows, a case a line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from functools import cache
from uuid import UUID

import msgspec
import pytest
from sqlalchemy.orm import Session

from partners.enterprises.calendar import TradingCalendar
from partners.enterprises.instruments.model import Instrument, Kind
from partners.enterprises.parties.model import Enterprise, MarketAccount
from partners.enterprises.prices.model import DayPrice
from partners.enterprises.records.mapping import REGISTRY_MOVEMENTS, TRADE_CONFIRMATION, Mapping
from partners.enterprises.records.model import MARKET_TIME, Action, Record, RecordKind
from partners.enterprises.records.movement_rules import check_project, check_reductions
from partners.enterprises.records.parsing import Unreadable, read_csv
from partners.enterprises.records.surroundings import Project, Surroundings
from partners.enterprises.records.validator import Answer, validate
from partners.enterprises.rulebook.model import RuleBook
from partners.enterprises.rulebook.queries import rulebook
from tests.partners.enterprises.world import credit_code

K = RecordKind
DAY = date(2026, 3, 4)
MINE = UUID(int=7)


@pytest.fixture
def book(session: Session) -> RuleBook:
    return rulebook(session)


@cache
def instrument(code: str, kind: Kind = Kind.CEA, vintage: int | None = 2025, years: int | None = None) -> Instrument:
    return Instrument(
        *(code, kind, code, code, "t", 0, "per_unit_year" if years else "per_unit", years, vintage, "A210001", None),
        *("SO2" if years else None, "registry", None, (), date(2026, 1, 5) if kind is Kind.CEA else None, None, None),
        *(None, "test"),
    )


def world(book: RuleBook) -> Surroundings:
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
            "CCER-A210001-2024": instrument("CCER-A210001-2024", Kind.CCER, 2024),
            "SO2": instrument("SO2", Kind.PDR, None, 5),
            "GEC": instrument("GEC", Kind.GEC, None),
            "COMCEA": instrument("COMCEA", Kind.INDEX, None),
        },
        book=book,
        calendar=TradingCalendar(frozenset()),
        prices={("CEA25", DAY): price},
        due_t={2025: 1_019},
        verified_t={2025: 1_001},
        projects={"A210001": Project("A210001", date(2022, 5, 1), date(2025, 1, 26), None, "甲", "乙")},
        carry_limit_t=500,
    )


def record(kind: RecordKind = K.BUY, **facts: object) -> Record:
    trade = kind in (K.BUY, K.SELL)
    at = facts.pop("at", time(10))
    day = facts.pop("day", DAY)
    assert isinstance(at, time)
    assert isinstance(day, date)
    made = Record(
        *(2, Action.NEW, kind, "N1", 0, datetime.combine(day, at, MARKET_TIME), day, "CEA25", 100),
        *("JY" if trade else "DJ", "", 10 if trade else None, 8_000 if trade else None, 800_000 if trade else None),
        *(None, None, None, "", "", 2025, "", "", ""),
    )
    return msgspec.structs.replace(made, **facts)


def codes(answer: Answer) -> list[str]:
    return [f"{finding.rule}{finding.severity}:{finding.code}" for finding in answer.findings]


def check(made: Record, around: Surroundings) -> list[str]:
    return codes(validate([made], around)[0])


TRADES: list[tuple[dict[str, object], list[str]]] = [
    ({}, []),
    ({"credit_code": credit_code(1)}, []),
    ({"credit_code": " ".join(credit_code(1))}, []),
    ({"credit_code": credit_code(1)[:-1] + "?"}, ["3R:credit_code_invalid"]),
    ({"credit_code": credit_code(2)}, ["3R:another_enterprise"]),
    ({"account_no": "XX"}, ["4R:account_not_of_enterprise"]),
    ({"account_no": "DJ"}, ["4R:account_of_another_system"]),
    ({"instrument": "CEA99"}, ["5R:instrument_unknown"]),
    ({"instrument": "COMCEA"}, ["5R:index_is_no_instrument"]),
    ({"units": 0, "amount_fen": 0}, ["6R:quantity_below_one"]),
    ({"price_fen": None}, ["6R:price_missing", "7R:amount_differs"]),
    ({"amount_fen": 800_001}, []),
    ({"amount_fen": 800_002}, ["7R:amount_differs"]),
    ({"amount_fen": 80_000_000}, ["7R:amount_unit_slipped"]),
    ({"amount_fen": None}, ["7W:amount_missing"]),
    ({"units": 99_999, "amount_fen": 799_992_000}, []),
    ({"units": 100_000, "amount_fen": 800_000_000}, ["8R:listed_too_large"]),
    ({"units": 100_000, "amount_fen": 800_000_000, "method": 20, "at": time(14)}, []),
    ({"units": 99_999, "amount_fen": 799_992_000, "method": 20, "at": time(14)}, ["8R:block_too_small"]),
    ({"price_fen": 8_800, "amount_fen": 880_000}, ["12W:outside_day_range"]),
    ({"price_fen": 8_801, "amount_fen": 880_100}, ["9R:outside_band", "12W:outside_day_range"]),
    ({"price_fen": 7_199, "amount_fen": 719_900}, ["9R:outside_band", "12W:outside_day_range"]),
    ({"day": date(2026, 3, 5)}, ["9W:previous_close_unknown"]),
    ({"units": 100_000, "method": 20, "at": time(14), "price_fen": 10_400, "amount_fen": 1_040_000_000}, []),
    (
        {"units": 100_000, "method": 20, "at": time(14), "price_fen": 10_401, "amount_fen": 1_040_100_000},
        ["10R:outside_band"],
    ),
    ({"method": 21, "price_fen": 20_000, "amount_fen": 2_000_000}, ["11W:auction_number_missing"]),
    ({"method": 21, "price_fen": 20_000, "amount_fen": 2_000_000, "auction_no": "P1"}, []),
    ({"price_fen": 8_100, "amount_fen": 810_000}, []),
    ({"price_fen": 8_101, "amount_fen": 810_100}, ["12W:outside_day_range"]),
    ({"at": time(11, 30)}, []),
    ({"at": time(11, 30, 1)}, ["13W:outside_trading_hours"]),
    ({"at": time(12)}, []),
    ({"method": 20, "units": 100_000, "amount_fen": 800_000_000, "at": time(10)}, ["13W:outside_trading_hours"]),
    ({"day": date(2026, 3, 7)}, ["9W:previous_close_unknown", "13W:not_a_trading_day"]),
    ({"day": date(2026, 1, 5)}, ["9W:previous_close_unknown"]),
    ({"day": date(2026, 1, 2)}, ["9W:previous_close_unknown", "14R:outside_quoted_window"]),
    ({"cash_fen": -800_300, "fee_fen": 300}, []),
    ({"cash_fen": -800_000, "fee_fen": 300}, ["20W:cash_differs"]),
    # A pollution right is priced per tonne and year: 96 t × 389 yuan × 5 years, the first online deal of Jiangxi.
    ({"instrument": "SO2", "method": None, "units": 96, "price_fen": 38_900, "amount_fen": 18_672_000}, []),
    (
        {"instrument": "SO2", "method": None, "units": 96, "price_fen": 38_900, "amount_fen": 3_734_400},
        ["7R:amount_differs"],
    ),
    ({"instrument": "GEC", "method": None}, ["35R:certificate_code_missing"]),
    ({"number": ""}, ["1R:number_missing"]),
    ({"action": Action.REPLACE}, ["1R:nothing_to_correct"]),
]


@pytest.mark.parametrize(("facts", "expected"), TRADES)
def test_a_trade_confirmation(book: RuleBook, facts: dict[str, object], expected: list[str]) -> None:
    assert check(record(**facts), world(book)) == expected


def test_a_sale_brings_its_amount_less_the_fee(book: RuleBook) -> None:
    assert check(record(K.SELL, cash_fen=799_700, fee_fen=300), world(book)) == []
    assert check(record(K.SELL, cash_fen=800_300, fee_fen=300), world(book)) == ["20W:cash_differs"]


OFFSET: dict[str, object] = {"instrument": "CCER-A210001-2024"}
MOVEMENTS: list[tuple[RecordKind, dict[str, object], list[str]]] = [
    (K.SURRENDER_FILED, {}, []),
    (K.SURRENDER_FILED, {"instrument": "CEA24"}, ["23R:vintage_not_accepted"]),
    (K.SURRENDER_FILED, {"instrument": "CEA24", "year": 2024}, []),
    (K.SURRENDER_FILED, {"year": 2024}, ["23R:vintage_not_accepted"]),
    (K.SURRENDER_FILED, {"year": 2026}, ["23N:acceptance_is_draft"]),
    (K.SURRENDER_FILED, {"year": None}, ["23R:year_missing"]),
    (K.SURRENDER_FILED, OFFSET, ["23R:not_an_allowance"]),
    # Five per cent of 1,019 t are 50.95 t: fifty, floored.
    (K.OFFSET_FILED, OFFSET | {"units": 50}, []),
    (K.OFFSET_FILED, OFFSET | {"units": 51}, ["25R:offset_over_cap"]),
    (K.OFFSET_FILED, OFFSET | {"units": 5, "year": 2024}, ["25W:obligation_unknown"]),
    (K.OFFSET_FILED, {"units": 5}, ["25R:not_a_voluntary_credit"]),
    (K.OFFSET_APPROVED, OFFSET, ["32R:reason_or_beneficiary_missing"]),
    (K.OFFSET_APPROVED, OFFSET | {"reason": "抵销", "beneficiary": "本厂"}, []),
    (K.CARRY_FILED, {"instrument": "CEA24", "units": 500}, []),
    (K.CARRY_FILED, {"instrument": "CEA24", "units": 501}, ["26R:carry_over_limit"]),
    (K.CARRY_FILED, {"units": 5}, ["26R:vintage_is_not_carried"]),
    (K.CARRY_FILED, {"instrument": "CEA24", "units": 5, "day": date(2026, 6, 10)}, []),
    (K.CARRY_FILED, {"instrument": "CEA24", "units": 5, "day": date(2026, 6, 11)}, ["26R:carry_filed_late"]),
    # Half of the 1,001 t verified for the year before, floored.
    (K.PRE_ALLOCATION, {"units": 500, "year": 2026}, []),
    (K.PRE_ALLOCATION, {"units": 501, "year": 2026}, ["28W:pre_allocation_too_large"]),
    (K.PRE_ALLOCATION, {"year": 2023}, ["28W:verified_emissions_unknown"]),
    (K.RETURN, {}, ["28W:return_without_record"]),
    (K.RETURN, {"reason": "调整通知"}, []),
    (K.CANCEL_APPROVED, {"reason": "自愿注销", "beneficiary": "公众"}, []),
    (K.CANCEL_APPROVED, {"reason": " ", "beneficiary": "公众"}, ["32R:reason_or_beneficiary_missing"]),
    (K.ALLOCATION, {"serials": "GS1-1-IN-GS4533-2-2020-22653-1-100"}, []),
    (K.ALLOCATION, {"serials": "GS1-1-IN-GS4533-2-2020-22653-1-99"}, ["33R:block_is_not_the_quantity"]),
    (K.ALLOCATION, {"serials": "甲-1"}, ["33W:serial_opaque"]),
    (K.ALLOCATION, {"account_no": "JY"}, ["4R:account_of_another_system"]),
    (K.ALLOCATION, {"units": 0}, ["6R:quantity_below_one"]),
]


@pytest.mark.parametrize(("kind", "facts", "expected"), MOVEMENTS)
def test_a_registry_movement(book: RuleBook, kind: RecordKind, facts: dict[str, object], expected: list[str]) -> None:
    assert check(record(kind, **facts), world(book)) == expected


def test_that_units_of_2026_count_for_2025_is_not_settled(book: RuleBook) -> None:
    around = world(book)
    around.instruments["CEA26"] = instrument("CEA26", vintage=2026)
    assert check(record(K.SURRENDER_FILED, instrument="CEA26"), around) == ["23W:acceptance_unsettled"]


def test_sums_run_over_the_whole_file(book: RuleBook) -> None:
    filed = [record(K.OFFSET_FILED, **OFFSET, number=f"N{n}", units=units) for n, units in enumerate((30, 20, 1))]
    assert [codes(answer) for answer in validate(filed, world(book))] == [[], [], ["25R:offset_over_cap"]]


def test_a_green_certificate_is_sold_once(book: RuleBook) -> None:
    sold = [record(K.SELL, instrument="GEC", method=None, number=f"N{n}", serials="GEC-1") for n in range(2)]
    assert [codes(answer) for answer in validate(sold, world(book))] == [[], ["35R:certificate_sold_before"]]


def test_a_running_balance_goes_on(book: RuleBook) -> None:
    rows = [
        record(K.ALLOCATION, number="N1", balance_after=100),
        record(K.TO_TRADING, number="N2", units=40, balance_after=60),
        record(K.SURRENDER_FILED, number="N3", units=10, balance_after=51),
    ]
    assert [codes(answer) for answer in validate(rows, world(book))] == [[], [], ["18R:running_balance_differs"]]


def test_authorities_registries_and_exchanges_hold_no_rights(book: RuleBook) -> None:
    around = world(book)
    around.enterprise = replace(around.enterprise, standing="registry")
    assert check(record(), around) == ["39R:may_not_hold_rights"]


def test_late_rows_and_closed_periods_are_told(book: RuleBook) -> None:
    around = world(book)
    around.enterprise = replace(around.enterprise, closed_until=DAY)
    around.booked_until = datetime(2026, 3, 5, tzinfo=MARKET_TIME)
    assert check(record(), around) == ["17W:arrived_late", "17W:period_closed"]


def test_a_line_is_known_by_account_number_and_leg(book: RuleBook) -> None:
    around = world(book)
    rows = [record(), record(), record(units=50, amount_fen=400_000), record(K.SELL)]
    assert [(answer.outcome, codes(answer)) for answer in validate(rows, around)] == [
        ("staged", []),
        ("duplicate", ["1W:known_already"]),
        ("rejected", ["1R:known_with_other_content"]),
        ("staged", []),
    ]


def test_projects_and_reductions_of_the_voluntary_market() -> None:
    since = date(2012, 11, 8)
    assert not list(check_project(started_on=date(2012, 11, 9), project_since=since, validator="甲", verifier="乙"))
    found = list(check_project(started_on=since, project_since=since, validator="甲", verifier="甲"))
    assert [one.code for one in found] == ["project_began_too_early", "validator_is_verifier"]
    # Project A210027 of the public register: three years add up to 743,451 t.
    years = {2024: 318_027, 2025: 337_210, 2026: 88_214}
    good = {"total_t": 743_451, "by_year": years, "ended_on": date(2026, 3, 31), "filed_on": date(2026, 8, 13)}
    limits = {"since": date(2020, 9, 22), "age_years": 5}
    assert not list(check_reductions(**good, **limits))  # type: ignore[arg-type]  # A case as keywords.
    old = good | {"ended_on": date(2020, 9, 22), "total_t": 1}
    assert [one.code for one in check_reductions(**old, **limits)] == [  # type: ignore[arg-type]  # A case as keywords.
        "years_do_not_add_up",
        "reductions_too_early",
        "reductions_too_old",
    ]


def test_words_units_and_encodings_follow_the_mapping() -> None:
    mapping = Mapping(
        columns={
            "number": "编号",
            "kind": "方向",
            "day": "日期",
            "units": "量",
            "amount": "万元",
            "price": "价",
        },
        constants={"instrument": "CEA25", "account_no": "JY"},
        words={"kind": {"B": "buy"}},
        money="wan_yuan",
    )
    text = (
        '编号,方向,日期,量,万元,价\r\n1,B,2026/3/4,"1,000",8.05,80.50\r\n2,?,2026/3/4,1,1,1\r\n3,B,20260304,1.5,1,1\r\n'
    )
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        first, second, third = read_csv(text.encode(encoding), mapping)
        assert isinstance(first, Record)
        assert (first.units, first.amount_fen, first.price_fen, first.day) == (1_000, 8_050_000, 8_050, DAY)
        assert isinstance(second, Unreadable)
        assert isinstance(third, Unreadable)
        assert (second.finding.code, third.finding.code) == ("cell_unreadable", "number_unreadable")


def test_templates_name_every_column() -> None:
    for mapping in (TRADE_CONFIRMATION, REGISTRY_MOVEMENTS):
        assert len(set(mapping.columns.values())) == len(mapping.columns)


def test_the_rulebook_has_forty_rules_each_with_a_source(book: RuleBook) -> None:
    assert sorted({rule.number for rule in book.rules}) == list(range(1, 41))
    assert all(rule.citation and rule.title for rule in book.rules)
    unknown = {one.name for one in book.parameters if one.value is None}
    assert unknown == {"fee_rate", "holding_limit_t", "penalty_month"}
