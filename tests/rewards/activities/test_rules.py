"""The order of precedence as a table: every case breaks its own rule and all later ones, and its own is the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.activities.rules import Clock, Decision, Draft, Person, Policy, Record, Status, decide, read
from rewards.methods import catalogue

ZONE = ZoneInfo("America/Mexico_City")
NOW = int(datetime(2026, 3, 5, 12, tzinfo=UTC).timestamp())
POLICY = Policy(
    1, Clock(ZONE), frozenset({"T01", "T02", "T03", "T05", "P02", "T09", "F03", "R09"}), None, NOW, catalogue()
)
FIRST, SECOND = UUID(int=1), UUID(int=2)
EIGHT = datetime(2026, 3, 2, 8)  # noqa: DTZ001  # Provider-local, as files have it.


@dataclass(frozen=True)
class Said:
    """A ride of 3.2 km, ten minutes from eight in the morning, unless said otherwise."""

    id: str = "r1"
    method: str = "T02"
    quantity: str = "3.2"
    unit: str = "km"
    started_at: datetime = EIGHT
    ended_at: datetime | None = EIGHT + timedelta(minutes=10)
    trip: str | None = None
    from_place: str | None = None
    to_place: str | None = None
    evidence: str | None = None
    variant: str | None = None


def answer(said: Said, person: Person | None = None, *, policy: Policy = POLICY, **known: object) -> Decision:
    record = known.get("record")
    assert record is None or isinstance(record, Record)
    repeated = bool(known.get("repeated", False))
    return decide(read(said, policy), person or Person(), record=record, repeated=repeated, activity=SECOND)


OLD = EIGHT.replace(year=1999)
PAST = POLICY._replace(not_before=NOW - 86_400)
WRONG = Said(
    id="r1", method="T99", unit="mi", quantity="x", started_at=OLD, ended_at=OLD - timedelta(hours=1), variant="x"
)
AGAIN = Record(
    FIRST,
    False,
    "T02",
    3200,
    int(EIGHT.replace(tzinfo=ZONE).timestamp()),
    int(EIGHT.replace(tzinfo=ZONE).timestamp()) + 600,
)
OTHER = AGAIN._replace(quantity=1)
CLOSED = Person(closed=True)
LATER = EIGHT.replace(year=2027)
PRECEDENCE = [
    ("id_repeated", WRONG, {"repeated": True, "record": OTHER}),
    ("record_changed", WRONG, {"record": OTHER}),
    ("method_unknown", WRONG, {}),
    ("method_not_allowed", replace(WRONG, method="T12"), {}),
    ("unit_wrong", replace(WRONG, method="T02"), {}),
    ("quantity_invalid", replace(WRONG, method="T02", unit="km"), {}),
    ("quantity_not_positive", replace(WRONG, method="T02", unit="km", quantity="-1"), {}),
    ("time_before_method", replace(WRONG, method="T02", unit="km", quantity="999"), {}),
    ("variant_unknown", Said(variant="x", quantity="999", started_at=LATER, ended_at=EIGHT), {}),
    ("quantity_absurd", Said(quantity="999", started_at=LATER, ended_at=EIGHT), {}),
    ("time_order", Said(started_at=LATER, ended_at=EIGHT), {}),
    ("time_in_future", Said(started_at=LATER, ended_at=None), {}),
    ("time_too_old", Said(ended_at=None), {"policy": PAST}),
    ("account_closed", Said(ended_at=None), {"person": CLOSED}),
    ("end_missing", Said(ended_at=None, from_place="2", to_place="2"), {}),
    ("ride_too_short", Said(ended_at=EIGHT + timedelta(seconds=59), from_place="2", to_place="2", quantity="0"), {}),
    ("ride_too_long", Said(ended_at=EIGHT + timedelta(seconds=10_801), from_place="2", to_place="2", quantity="0"), {}),
    ("same_place", Said(from_place="2", to_place="2", quantity="0"), {}),
    ("quantity_not_positive", Said(quantity="0"), {}),
]


@pytest.mark.parametrize("case", PRECEDENCE, ids=lambda case: case[0])
def test_the_first_rule_that_applies_is_the_answer(case: tuple[str, Said, dict[str, object]]) -> None:
    code, said, known = case
    policy = known.pop("policy", POLICY) if "policy" in known else POLICY
    assert isinstance(policy, Policy)
    person = known.get("person")
    assert person is None or isinstance(person, Person)
    rest = {key: value for key, value in known.items() if key != "person"}
    decision = answer(said, person, policy=policy, **rest)
    assert (decision.status, decision.code) == (Status.REJECTED, code)


def test_a_record_sent_again_is_a_duplicate_even_when_the_account_is_closed_and_the_window_over() -> None:
    decision = answer(Said(), CLOSED, policy=PAST, record=AGAIN)
    assert (decision.status, decision.code, decision.duplicate_of) == (Status.DUPLICATE, "already_received", FIRST)


def test_one_physical_act_counts_once_whoever_reports_it() -> None:
    lin = Person()
    assert answer(Said(method="F03", unit="order", quantity="1", ended_at=None, trip="order-7"), lin).code == "credited"
    second = answer(Said(id="x", method="R09", unit="pair", quantity="1", ended_at=None, trip="order-7"), lin)
    assert (second.status, second.code, second.duplicate_of) == (Status.DUPLICATE, "same_act", SECOND)
    assert (
        answer(Said(id="y", method="R09", unit="pair", quantity="1", ended_at=None, trip="order-8"), lin).code
        == "credited"
    )


MINUTES = [
    # a second journey from, to (minutes after eight), and the answer; the first is from 0 to 10
    (0, 10, "overlaps"),
    (9, 20, "overlaps"),
    (-10, 1, "overlaps"),
    (2, 8, "overlaps"),
    (-10, 30, "overlaps"),
    (10, 20, "credited"),
    (-10, 0, "credited"),
]


@pytest.mark.parametrize(("start", "end", "code"), MINUTES)
def test_journeys_of_one_person_do_not_overlap(start: int, end: int, code: str) -> None:
    lin = Person()
    answer(Said(), lin)
    start_at, end_at = EIGHT + timedelta(minutes=start), EIGHT + timedelta(minutes=end)
    bus = Said(id="b", method="T05", unit="pkm", started_at=start_at, ended_at=end_at)
    assert answer(bus, lin).code == code


def test_a_refused_ride_blocks_nothing() -> None:
    lin = Person()
    assert answer(Said(from_place="2", to_place="2"), lin).code == "same_place"
    assert answer(Said(id="r2"), lin).code == "credited"


def at(hour: int, **given: str) -> Said:
    start = EIGHT.replace(hour=hour)
    return replace(Said(id=f"r{hour}", started_at=start, ended_at=start + timedelta(minutes=50)), **given)


def test_the_daily_cap_credits_what_is_left_and_then_nothing() -> None:
    lin = Person()
    answers = [answer(at(hour, quantity="9"), lin) for hour in (8, 9, 10, 11)]
    assert [(d.status, d.counted, d.credit.grams) for d in answers] == [
        (Status.ACCEPTED, 9000, 360),
        (Status.ACCEPTED, 9000, 360),
        (Status.CAPPED, 2000, 80),
        (Status.CAPPED, 0, 0),
    ]
    tomorrow = replace(
        at(8, quantity="9"), started_at=EIGHT + timedelta(days=1), ended_at=EIGHT + timedelta(days=1, hours=1)
    )
    assert answer(tomorrow, lin).status is Status.ACCEPTED


def test_a_cap_may_count_acts_or_grams_or_a_month() -> None:
    lin = Person()
    buses = [answer(at(hour, method="T05", unit="pkm", quantity="30"), lin) for hour in (8, 9, 10, 11, 12)]
    assert [d.credit.grams for d in buses] == [807, 807, 807, 807, 0]
    walk = answer(replace(at(20, method="T01", unit="step", quantity="20000"), ended_at=None), lin)
    assert (walk.status, walk.code, walk.credit.grams, walk.counted) == (Status.CAPPED, "cap_day", 296, 14_800_000)
    days = [
        answer(replace(at(6, method="T09", unit="day", quantity="3"), ended_at=None, trip=str(n)), lin)
        for n in range(3)
    ]
    assert [(d.code, d.counted) for d in days] == [("credited", 3000), ("credited", 3000), ("cap_month", 2000)]


def test_the_day_of_a_cap_is_the_provider_local_day() -> None:
    late = Said(started_at=datetime(2026, 3, 3, 5, 30, tzinfo=UTC), ended_at=datetime(2026, 3, 3, 5, 50, tzinfo=UTC))
    assert read(late, POLICY).day == EIGHT.date()


CLOCK_CHANGES = [
    # Mexico City, 2015: forward on 5 April at 2:00, back on 25 October at 2:00
    ("2015-04-05T01:59:00", "2015-04-05T03:01:00", 120),
    ("2015-10-25T01:50:00", "2015-10-25T01:10:00", 1200),
    ("2015-10-25T00:50:00", "2015-10-25T02:10:00", 8400),
]


@pytest.mark.parametrize(("start", "end", "seconds"), CLOCK_CHANGES)
def test_local_times_are_read_across_clock_changes(start: str, end: str, seconds: int) -> None:
    draft: Draft = read(Said(started_at=datetime.fromisoformat(start), ended_at=datetime.fromisoformat(end)), POLICY)
    assert draft.end is not None
    assert draft.end - draft.start == seconds


def test_a_time_with_an_offset_means_itself() -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert Clock(ZONE).read(noon)[0] == int(noon.timestamp())


@given(st.datetimes(min_value=datetime(2014, 1, 1), max_value=datetime(2027, 1, 1)))  # noqa: DTZ001  # Local times.
def test_the_remembering_clock_reads_as_the_zone_does(moment: datetime) -> None:
    clock, expected = Clock(ZONE), moment.replace(tzinfo=ZONE)
    for _ in range(2):
        seconds, hour = clock.read(moment)
        assert (seconds, hour.day, hour.offset_minutes * 60) == (
            int(expected.timestamp()),
            moment.date(),
            expected.utcoffset().total_seconds(),  # type: ignore[union-attr]  # It has a zone.
        )


def test_a_ride_too_fast_for_a_bicycle_waits_for_a_person() -> None:
    decision = answer(Said(quantity="30"))
    assert (decision.status, decision.code, decision.credit.grams) == (Status.REVIEW, "speed_implausible", 0)


def test_self_declared_acts_give_half_the_points_and_no_grams() -> None:
    decision = answer(Said(method="T03"))
    assert (decision.code, decision.credit.grams, decision.credit.points) == ("points_only", 0, 64)


def test_an_old_act_is_computed_by_the_version_of_its_day() -> None:
    policy = POLICY._replace(methods=frozenset({"H01"}))
    meter = Said(method="H01", unit="kWh", quantity="100", ended_at=None)
    older = replace(meter, started_at=EIGHT.replace(year=2025))
    assert [answer(said, policy=policy).credit.grams for said in (older, meter)] == [57_520, 58_360]
