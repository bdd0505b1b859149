"""What an act gives, in which order quotas and budget cut it, and which settings may stand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.kernel.errors import DomainError
from rewards.schemes.errors import SchemeBudgetUnfit, SchemeDatesUnfit, SchemeMethodsUnfit, SchemeQuotaUnfit
from rewards.schemes.model import AwardCode, Span, Whose
from rewards.schemes.rules import Act, Settings, Usage, check_settings, decide, forecast, stretches
from tests.scheme import person_quota, rules

LIN, JIANG = UUID(int=1), UUID(int=2)
OFFICE = UUID(int=9)
TENTH = date(2026, 6, 10)


def act(grams: int = 80, *, person: UUID = LIN, day: date = TENTH, method: str = "T02", points: int = 0) -> Act:
    at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
    return Act(uuid4(), person, OFFICE, method, day, at, grams, points)


def given_by(settings: Settings, *acts: Act) -> list[tuple[int, str]]:
    return [(one.units, one.code.value) for one in decide(acts, [(1, settings)], Usage())]


def test_an_act_gives_grams_by_weight_over_the_grams_of_a_point_rounded_down() -> None:
    assert given_by(rules(weights={"T02": 150}), act(80)) == [(120_00, "awarded")]
    assert given_by(rules(grams_per_point=200), act(129)) == [(64, "awarded")]
    assert given_by(rules(grams_per_point=200), act(1)) == [(0, "too_small")]


def test_an_act_without_grams_enters_with_its_points() -> None:
    assert given_by(rules(), act(0, points=7)) == [(7_00, "awarded")]


def test_a_method_that_does_not_count_and_a_day_outside_give_no_answer_at_all() -> None:
    assert given_by(rules(), act(method="T01"), act(day=date(2026, 5, 31)), act(day=date(2027, 1, 1))) == []


@pytest.mark.parametrize(
    ("span", "second", "units"),
    [
        (Span.DAY, TENTH, 20_00),
        (Span.DAY, TENTH + timedelta(days=1), 80_00),
        (Span.MONTH, TENTH + timedelta(days=1), 20_00),
        (Span.MONTH, date(2026, 7, 1), 80_00),
        (Span.YEAR, date(2026, 12, 31), 20_00),
    ],
)
def test_a_persons_quota_counts_over_its_day_month_or_year(span: Span, second: date, units: int) -> None:
    found = given_by(rules(quotas=person_quota(span, 100)), act(80), act(80, day=second))
    assert found == [(80_00, "awarded"), (units, "awarded" if units == 80_00 else "person_quota")]


def test_a_departments_quota_is_shared_by_its_members_and_a_persons_is_not() -> None:
    shared = rules(quotas={(Whose.DEPARTMENT, Span.DAY): 100_00})
    assert given_by(shared, act(80), act(80, person=JIANG)) == [(80_00, "awarded"), (20_00, "department_quota")]
    apart = rules(quotas=person_quota(Span.DAY, 100))
    assert given_by(apart, act(80), act(80, person=JIANG)) == [(80_00, "awarded"), (80_00, "awarded")]


def test_the_budget_is_never_passed_and_says_so() -> None:
    assert given_by(rules(budget_units=100_00), act(80), act(80), act(80)) == [
        (80_00, "awarded"),
        (20_00, "budget_spent"),
        (0, "budget_spent"),
    ]


def test_the_version_of_the_day_decides_and_the_next_takes_over_from_its_first_day() -> None:
    first, second = rules(), rules(valid_from=date(2026, 6, 11), weights={"T02": 50})
    acts = [act(80), act(80, day=date(2026, 6, 11))]
    found = decide(acts, [(1, first), (2, second)], Usage())
    assert [(one.version, one.units) for one in found] == [(1, 80_00), (2, 40_00)]
    assert stretches([first, second]) == [
        ("T02", date(2026, 6, 1), date(2026, 6, 10)),
        ("T02", date(2026, 6, 11), date(2026, 12, 31)),
    ]


@given(st.lists(st.integers(0, 500), max_size=30), st.integers(1, 3000), st.integers(1, 3000))
def test_neither_quota_nor_budget_is_ever_passed(grams: list[int], quota: int, budget: int) -> None:
    settings = rules(quotas=person_quota(Span.DAY, quota), budget_units=budget * 100)
    usage = Usage()
    found = decide([act(one) for one in grams], [(1, settings)], usage)
    total = sum(one.units for one in found)
    assert total == usage.awarded_units == min(sum(grams), quota, budget) * 100
    assert all(one.units == one.wanted or one.code is not AwardCode.AWARDED for one in found)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"ends_on": date(2027, 1, 1)}, SchemeDatesUnfit),
        ({"starts_on": date(2026, 12, 31), "ends_on": date(2026, 12, 30)}, SchemeDatesUnfit),
        ({"valid_from": date(2026, 5, 31)}, SchemeDatesUnfit),
        ({"weights": {}}, SchemeMethodsUnfit),
        ({"weights": {"Z99": 100}}, SchemeMethodsUnfit),
        ({"weights": {"T02": 0}}, SchemeMethodsUnfit),
        ({"quotas": person_quota(Span.DAY, 0)}, SchemeQuotaUnfit),
        ({"quotas": person_quota(Span.DAY, 9) | person_quota(Span.YEAR, 8)}, SchemeQuotaUnfit),
        ({"budget_units": 0}, SchemeBudgetUnfit),
    ],
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, object], error: type[DomainError]) -> None:
    check_settings(rules(), year=2026, known=frozenset({"T02"}))
    with pytest.raises(error):
        check_settings(rules(**wrong), year=2026, known=frozenset({"T02"}))


def test_the_forecast_continues_the_pace_and_names_the_day_the_budget_ends() -> None:
    settings = rules(starts_on=JUNE_1, ends_on=date(2026, 6, 30), budget_units=2000)
    told = forecast(settings, awarded_units=1000, today=date(2026, 6, 10))
    assert (told.per_day_units, told.total_units, told.spent_on) == (100, 3000, date(2026, 6, 20))
    enough = forecast(rules(ends_on=date(2026, 6, 30)), awarded_units=1000, today=date(2026, 6, 10))
    assert enough.spent_on is None
    assert forecast(settings, awarded_units=0, today=date(2026, 6, 10)).total_units == 0


JUNE_1 = date(2026, 6, 1)
