"""The arithmetic of an inventory, the order and the deadlines of its offset, and the codes of the sign-in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.kernel.ids import new_id
from rewards.events import errors, factors, offsets, rules, short
from rewards.events.codes import SignInBook
from rewards.events.model import Covers, PlanLine
from rewards.events.rules import Trip
from rewards.units import UnitKind
from tests.cafe import NOON

BOOK = SignInBook(key=b"the tests' own key of sign-in", step_seconds=30)


@pytest.mark.parametrize(
    ("quantity", "factor", "grams"),
    [
        ("6", "0.5836", 3_502),  # 3,501.6 g
        ("1", "0", 0),
        ("0", "12.3", 0),
        ("1", "-130.12", 0),  # A negative factor counts as nought.
        ("0.000001", "0.000001", 1),
        ("99999999999.999999", "999999.999999", 99_999_999_999_899_899_000),
    ],
)
def test_grams_are_exact_and_rounded_up(quantity: str, factor: str, grams: int) -> None:
    exact = Fraction(quantity) * Fraction(factor) * 1000
    found = rules.grams_of(Decimal(quantity), Decimal(factor))
    assert found == max(0, -(-exact.numerator // exact.denominator))
    if grams < 10**6:
        assert found == grams


def test_uncertainty_is_the_root_of_the_sum_of_squares() -> None:
    assert rules.half_of(10_000, quantity_permille=30, factor_permille=40) == 500
    assert rules.combined([300, 400]) == 500
    assert rules.combined([]) == 0
    assert rules.permille_of(10_000, 501) == 51


@given(st.lists(st.integers(0, 10**12), max_size=20))
def test_a_sum_is_less_uncertain_than_its_parts_added_and_more_than_each(halves: list[int]) -> None:
    both = rules.combined(halves)
    assert max(halves, default=0) <= both <= sum(halves)


def test_everybody_asked_leaves_no_sampling_error() -> None:
    trips = [Trip("car", 10_000), Trip("metro", 8_000), Trip("car", 6_001)]
    by_mode = {each.mode: each for each in rules.extrapolate(trips, people=3)}
    assert (by_mode["car"].pkm, by_mode["car"].permille) == (Decimal("16.001"), 0)


def test_a_sample_is_extrapolated_with_its_range() -> None:
    """400 of 5,000 runners answer: half by metro 10 km, half by car 20 km. The hand-computed half range is 4.7 %·2."""
    trips = [Trip("metro", 10_000)] * 200 + [Trip("car", 20_000)] * 200
    by_mode = {each.mode: each for each in rules.extrapolate(trips, people=5_000)}
    assert by_mode["metro"].pkm == 25_000
    assert by_mode["car"].pkm == 50_000
    # t·√((N−n)/N)·s/(x̄·√n) = 1.96 · √0.92 · √(n/(n−1)) / √400 = 9.41 %, rounded up to thousandths.
    assert (by_mode["car"].permille, by_mode["car"].answers) == (95, 200)


def test_few_answers_take_students_t_and_one_says_nothing() -> None:
    few = rules.extrapolate([Trip("car", 10_000), Trip("car", 12_000)], people=10)[0]
    assert few.permille > 1000
    with pytest.raises(errors.SampleTooSmall):
        rules.extrapolate([Trip("car", 10_000)], people=2)
    with pytest.raises(errors.SampleTooSmall):
        rules.extrapolate([], people=2)
    assert rules.extrapolate([Trip("car", 10_000)], people=1)[0].pkm == 10


@given(st.lists(st.integers(0, 500_000), min_size=2, max_size=60), st.integers(0, 5_000))
def test_a_larger_crowd_is_never_estimated_smaller(metres: list[int], more: int) -> None:
    trips = [Trip("bus", each) for each in metres]
    now, then = (rules.extrapolate(trips, people=people)[0].pkm for people in (len(trips), len(trips) + more))
    assert now == Decimal(sum(metres)) / 1000
    assert then >= now


def test_factors_come_with_vintage_and_citation_and_are_never_overwritten() -> None:
    power = factors.cited("grid_power")
    assert power is not None
    assert (power.factor, power.area, power.vintage, power.status) == (
        Decimal("0.5836"), "江西", "2023", "published (copy)",
    )  # fmt: skip
    assert "公告2025年第47号" in power.source
    kept = factors.value_of("grid_power", entered=Decimal("0.1"), source="我自己的数")
    assert kept == power
    heat = factors.cited("bought_heat")
    assert heat is not None
    assert heat.factor == 110  # The table prints tonnes in a column of kilograms.


def test_where_no_factor_was_found_a_number_with_its_source_is_needed_and_flagged() -> None:
    for item in ("bus", "rail", "plane", "meal", "room_night", "printed_sheet", "material_piece"):
        assert factors.cited(item) is None
        with pytest.raises(errors.FactorMissing):
            factors.value_of(item, entered=Decimal(1), source=" ")
    value = factors.value_of("meal", entered=Decimal("0.9"), source="食堂 2026 年采购单")
    assert (value.status, value.permille) == ("entered", 500)
    with pytest.raises(errors.ItemUnknown):
        factors.cited("rocket")


def test_every_cited_factor_stands_in_the_catalogue() -> None:
    found = [code for code in factors.ITEMS if factors.cited(code) is not None]
    assert len(found) >= 14
    assert all(factors.cited(code).source for code in found)  # type: ignore[union-attr]  # Found above.


def test_a_range_of_sources_widens_a_factor() -> None:
    """Tap water is 0.168 in a standard and 0.194 in popular tables: 15.5 % apart, more than the status alone says."""
    water = factors.cited("tap_water")
    assert water is not None
    assert water.permille == 155


def line(kind: UnitKind, grams: int = 1_000) -> PlanLine:
    return PlanLine(
        plan_id=new_id(), place=1, kind=kind, grams=grams, holder=None, book="国家登记系统", first_serial="A1",
        last_serial="A2", grams_per_unit=1_000_000, project="示范林场", year=2025, cancelled_on=date(2026, 11, 1),
        certificate_no="ZX-1", proof_file=None,
    )  # fmt: skip


def test_the_order_of_the_guide_may_be_left_with_a_reason_only() -> None:
    offsets.check_order([line(UnitKind.ALLOWANCE)], reason="")
    offsets.check_order([line(UnitKind.ALLOWANCE), line(UnitKind.CCER)], reason="")
    for lines in ([line(UnitKind.PUHUI)], [line(UnitKind.ALLOWANCE), line(UnitKind.SINK)]):
        with pytest.raises(errors.OrderReasonMissing):
            offsets.check_order(lines, reason=" 略 ")
        offsets.check_order(lines, reason=short.ORDER_REASON)


@pytest.mark.parametrize(
    ("kind", "ended", "until"),
    [
        (UnitKind.CCER, datetime(2026, 11, 22, 10, tzinfo=UTC), date(2027, 11, 22)),
        (UnitKind.CCER, datetime(2026, 11, 22, 17, tzinfo=UTC), date(2027, 11, 23)),  # Past midnight in town.
        (UnitKind.SINK, datetime(2026, 11, 22, 10, tzinfo=UTC), date(2032, 11, 22)),
        (UnitKind.PUHUI, datetime(2028, 2, 29, 3, tzinfo=UTC), date(2029, 2, 28)),
    ],
)
def test_credits_have_a_year_and_new_forest_six(kind: UnitKind, ended: datetime, until: date) -> None:
    assert offsets.last_day(kind, ended_at=ended) == until
    midnight = datetime(until.year, until.month, until.day, 15, 59, 59, tzinfo=UTC)
    offsets.check_in_time([line(kind)], ended_at=ended, now=midnight)
    with pytest.raises(errors.DeadlinePassed):
        offsets.check_in_time([line(kind)], ended_at=ended, now=midnight + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("book", " "), ("project", ""), ("certificate_no", ""), ("grams_per_unit", 0), ("year", 2027),
        ("cancelled_on", date(2026, 10, 31)), ("cancelled_on", date(2026, 11, 23)),
    ],
)  # fmt: skip
def test_a_registrys_proof_is_whole_or_refused(field: str, value: object) -> None:
    proof = line(UnitKind.CCER)
    offsets.check_proof(proof, made_on=date(2026, 11, 1), today=date(2026, 11, 22))
    setattr(proof, field, value)
    with pytest.raises(errors.ProofInvalid):
        offsets.check_proof(proof, made_on=date(2026, 11, 1), today=date(2026, 11, 22))


def test_what_was_retired_before_counts_and_nothing_comes_back() -> None:
    assert offsets.target(grams=5_000, half_grams=900, covers=Covers.TOTAL, retired_grams=0) == 5_000
    assert offsets.target(grams=5_000, half_grams=900, covers=Covers.UPPER, retired_grams=2_000) == 3_900
    assert offsets.target(grams=5_000, half_grams=900, covers=Covers.TOTAL, retired_grams=6_000) == 0


def test_a_meeting_of_twelve_is_counted_in_three_lines() -> None:
    entered = short.Entered(Decimal("0.25"), "会议室分项计量")
    meeting = short.Meeting(
        people=12, hours=Decimal(2), power=entered, lunches=12, meal=short.Entered(Decimal("0.8"), "食堂采购单"),
        mode="metro", km=Decimal("4.5"),
    )  # fmt: skip
    lines = short.lines_of_meeting(meeting)
    assert [(each.item, each.quantity) for each in lines] == [
        ("grid_power", Decimal("6.000")), ("metro", Decimal("108.0")), ("meal", Decimal(12)),
    ]  # fmt: skip
    assert "会议室分项计量" in lines[0].words


def test_the_code_on_the_screen_changes_and_the_one_before_still_does() -> None:
    event = new_id()
    code = BOOK.screen(event, at=NOON)
    for seconds, how in ((0, "screen"), (59, "screen"), (60, None), (-30, None)):
        at = NOON + timedelta(seconds=seconds)
        assert BOOK.how(code, event, poster_version=None, at=at) == how, seconds
    assert BOOK.how(code, new_id(), poster_version=None, at=NOON) is None
    assert BOOK.how("", event, poster_version=1, at=NOON) is None
    assert BOOK.how("烛", event, poster_version=1, at=NOON) is None


def test_a_poster_does_not_change_until_it_is_renewed() -> None:
    event = new_id()
    code = BOOK.poster(event, 1)
    assert BOOK.how(code, event, poster_version=1, at=NOON) == "poster"
    for version in (None, -1, 2):
        assert BOOK.how(code, event, poster_version=version, at=NOON) is None


def test_a_pass_lasts_a_quarter_of_an_hour_and_cannot_be_made_up() -> None:
    event = new_id()
    given_pass = BOOK.make_pass(event, "screen", at=NOON)
    assert BOOK.read_pass(given_pass, event, at=NOON + timedelta(minutes=15)) == "screen"
    assert BOOK.read_pass(given_pass, event, at=NOON + timedelta(minutes=16)) is None
    assert BOOK.read_pass(given_pass, new_id(), at=NOON) is None
    longer = given_pass.replace(".", ".9", 1)
    for text in (longer, given_pass.replace("screen", "poster"), "", "screen", "screen.x.y", "screen.1.烛"):
        assert BOOK.read_pass(text, event, at=NOON) is None, text
