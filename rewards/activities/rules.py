"""May this act count, and how much of it? Pure: values in, an answer out, no database.

The order of precedence is part of the contract; the first that applies is the answer (docs/intake.md lists the
sentences, tests/rewards/activities/test_rules.py is the table):

 1. ``id_repeated``            rejected   an earlier row of the same call has this id
 2. ``already_received``       duplicate  the provider sent this very record before
 3. ``record_changed``         rejected   the provider sent another record under this id before
 4. ``method_unknown``         rejected
 5. ``method_not_allowed``     rejected   the provider may not report this method
 6. ``unit_wrong``             rejected
 7. ``quantity_invalid``       rejected   not a decimal, or finer than a thousandth
 8. ``quantity_not_positive``  rejected   negative; zero is looked at after 19, so that a ride to its start says so
 9. ``time_before_method``     rejected   before the method's first version
10. ``variant_unknown``        rejected   the method has branches and none fits
11. ``quantity_absurd``        rejected   more than one act can be
12. ``time_order``             rejected   ends before it starts
13. ``time_in_future``         rejected
14. ``time_too_old``           rejected   before the provider's window
15. ``account_closed``         rejected
16. ``end_missing``            rejected   a ride without an end
17. ``ride_too_short``         rejected   kept, as the next two and ``overlaps``
18. ``ride_too_long``          rejected
19. ``same_place``             rejected   start and end at the same station
20. ``same_act``               duplicate  another record of the same physical act counts already
21. ``overlaps``               rejected   during another journey of the same person
22. ``speed_implausible``      review
23. ``cap_day`` ``cap_month`` ``cap_year``   capped    credited up to the cap, which may be nothing
24. ``credited`` ``points_only`` ``recorded``  accepted
"""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from rewards.methods import Cap, Catalogue, Counts, Credit, Method, Period, PointRate, Tier, Variant, Version, credit
from rewards.methods.rules import lower_tier, thousandths

FUTURE_TOLERANCE_SECONDS = 120
LONGEST_JOURNEY_SECONDS = 24 * 3600
NOTHING = Credit(0, 0, 0)


class Status(StrEnum):
    """The answer to a reported act."""

    __hash__ = str.__hash__  # As in rewards.methods.model: no call into Python on the hot path.

    ACCEPTED = "accepted"
    CAPPED = "capped"
    REVIEW = "review"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


CLAIMING = frozenset({Status.ACCEPTED, Status.CAPPED, Status.REVIEW})
"""Statuses whose act stands: it blocks a second record of itself and other journeys at the time."""

KEPT = frozenset({"ride_too_short", "ride_too_long", "same_place", "overlaps"})
"""Rejections that are kept, since a citizen may ask where the ride went; all others are the provider's to mend."""


class Reported(Protocol):
    """What a provider says about one act. *quantity* is a decimal; a time without offset is provider-local."""

    @property
    def id(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def quantity(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime | None: ...
    @property
    def trip(self) -> str | None: ...
    @property
    def from_place(self) -> str | None: ...
    @property
    def to_place(self) -> str | None: ...
    @property
    def evidence(self) -> str | None: ...
    @property
    def variant(self) -> str | None: ...


class Hour(NamedTuple):
    """An hour of a local clock: Unix seconds at its first moment, its offset and its day."""

    start: int
    offset_minutes: int
    day: date


class Clock:
    """A provider's wall clock. It remembers hours, since most rows of a call fall into a few of them.

    In an hour that a clock change repeats the first one is meant; a time that it skips is read by the old offset.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._hours: dict[int, Hour | None] = {}

    def read(self, moment: datetime) -> tuple[int, Hour]:
        """Unix seconds of *moment*, and its hour; a time with an offset of its own means itself."""
        if moment.tzinfo is not None:
            return self._read_slowly(moment.astimezone(self.zone))
        key = moment.toordinal() * 24 + moment.hour
        hour = self._hours.get(key)
        if hour is not None:
            return hour.start + moment.minute * 60 + moment.second, hour
        if key not in self._hours:
            self._hours[key] = self._plain_hour(moment.replace(minute=0, second=0, microsecond=0))
        return self._read_slowly(moment.replace(tzinfo=self.zone))

    def _plain_hour(self, first: datetime) -> Hour | None:
        """The hour that begins at *first*, or None where the clock changes near it."""
        edges = [first.replace(tzinfo=self.zone, minute=minute, fold=fold) for minute in (0, 59) for fold in (0, 1)]
        return self._read_slowly(edges[0])[1] if len({edge.utcoffset() for edge in edges}) == 1 else None

    @staticmethod
    def _read_slowly(aware: datetime) -> tuple[int, Hour]:
        seconds = int(aware.timestamp())
        offset = aware.utcoffset() or timedelta()
        start = seconds - aware.minute * 60 - aware.second
        return seconds, Hour(start, int(offset.total_seconds()) // 60, aware.date())


class Policy(NamedTuple):
    """What the provider may do, and the instant of the call. *not_before* and *now* are Unix seconds."""

    provider_id: int
    clock: Clock
    methods: frozenset[str]
    not_before: int | None
    now: int
    catalogue: Catalogue


class Draft(msgspec.Struct, gc=False):
    """A reported act, read and checked by itself; *code* is set where it already fails."""

    source_id: str
    code: str | None = None
    method: Method | None = None
    version: Version | None = None
    variant: Variant | None = None
    rate: PointRate | None = None
    quantity: int = 0
    start: int = 0
    end: int | None = None
    offset_minutes: int = 0
    day: date = date.min
    trip: str | None = None
    tier: Tier = Tier.A


class Act(NamedTuple):
    """What identifies one physical act of a person: method group, start, trip or order number where one was given."""

    group: str
    start: int
    trip: str


class Decision(NamedTuple):
    """The answer to an act: *counted* thousandths of the unit were credited."""

    status: Status
    code: str
    counted: int = 0
    credit: Credit = NOTHING
    duplicate_of: UUID | None = None


class Record(NamedTuple):
    """A record that the provider sent before."""

    activity: UUID
    rejected: bool
    method: str
    quantity: int
    start: int
    end: int | None


@dataclass(slots=True)
class Person:
    """What counts already for one person: acts, journeys (no two overlap), usage by method and period."""

    closed: bool = False
    acts: dict[Act, UUID] = field(default_factory=dict)
    journeys: list[tuple[int, int]] = field(default_factory=list)
    used: dict[tuple[str, int], list[int]] = field(default_factory=dict)

    def add_journey(self, start: int, end: int) -> None:
        """Remember a journey; stretches that touch become one, so a look at the neighbours is enough."""
        while self.journeys:
            place = bisect_right(self.journeys, (end, end))
            if not place or self.journeys[place - 1][1] < start:
                break
            earlier = self.journeys.pop(place - 1)
            start, end = min(start, earlier[0]), max(end, earlier[1])
        insort(self.journeys, (start, end))

    def travels_during(self, start: int, end: int) -> bool:
        """Whether a journey of the person takes any moment of [start, end)."""
        place = bisect_right(self.journeys, (start, end))
        before = place and self.journeys[place - 1][1] > start
        return bool(before or (place < len(self.journeys) and self.journeys[place][0] < end))

    def add_usage(self, method: str, period: int, *, counted: int, grams: int, events: int = 1) -> None:
        """Count *events* acts, worth *grams* by the formula, against a period (see ``period_key``)."""
        used = self.used.get((method, period))
        if used is None:
            self.used[method, period] = [counted, events, grams]
            return
        used[0] += counted
        used[1] += events
        used[2] += grams


PLACE = {Counts.QUANTITY: 0, Counts.EVENTS: 1, Counts.GRAMS: 2}


def period_key(period: Period, day: date) -> int:
    """Number the day, month or year that *day* lies in; the three ranges of numbers do not meet."""
    if period is Period.DAY:
        return day.toordinal()
    return day.year * 12 + day.month if period is Period.MONTH else day.year


def read(report: Reported, policy: Policy) -> Draft:
    """Read a report by itself: rules 4 to 14 and 16 to 19. A failing draft names its code."""
    draft = Draft(report.id, trip=report.trip)
    draft.code = _read_method(draft, report, policy) or _read_times(draft, report, policy) or _check_ride(draft, report)
    if draft.code is None and draft.quantity == 0:
        draft.code = "quantity_not_positive"
    return draft


def _read_method(draft: Draft, report: Reported, policy: Policy) -> str | None:
    method = policy.catalogue.find(report.method)
    quantity = thousandths(report.quantity)
    draft.quantity = quantity or 0
    if method is None:
        return "method_unknown"
    draft.method = method
    if method.code not in policy.methods:
        return "method_not_allowed"
    if report.unit not in method.units:
        return "unit_wrong"
    if quantity is None:
        return "quantity_invalid"
    return "quantity_not_positive" if quantity < 0 else None


def _read_times(draft: Draft, report: Reported, policy: Policy) -> str | None:
    """Read the times and choose the version of the day; every rule of a version comes with it."""
    ended = report.ended_at
    draft.start, hour = policy.clock.read(report.started_at)
    draft.day, draft.offset_minutes = hour.day, hour.offset_minutes
    if ended is not None:
        draft.end = policy.clock.read(ended)[0]
        if draft.end < draft.start and ended.tzinfo is None:
            draft.end = int(ended.replace(tzinfo=policy.clock.zone, fold=1).timestamp())
    method = draft.method
    version = method.on(draft.day) if method else None
    if method is None or version is None:
        return "time_before_method"
    draft.version, draft.rate = version, policy.catalogue.rate_on(draft.day)
    draft.tier = version.tier if report.evidence is None else lower_tier(version.tier, report.evidence)
    draft.variant = version.variant(report.variant, report.unit)
    if (report.variant is not None or version.variants) and draft.variant is None:
        return "variant_unknown"
    return "quantity_absurd" if draft.quantity > version.max_quantity else _check_times(draft, policy)


def _check_times(draft: Draft, policy: Policy) -> str | None:
    if draft.end is not None and draft.end < draft.start:
        return "time_order"
    if max(draft.start, draft.end or 0) > policy.now + FUTURE_TOLERANCE_SECONDS:
        return "time_in_future"
    if policy.not_before is not None and draft.start < policy.not_before:
        return "time_too_old"
    return None


def _check_ride(draft: Draft, report: Reported) -> str | None:
    if draft.version is None or draft.method is None or not draft.method.journey:
        return None
    ride = draft.version.ride
    if draft.end is None:
        return "end_missing" if ride is not None else None
    seconds = draft.end - draft.start
    if ride is not None and seconds < ride.min_seconds:
        return "ride_too_short"
    if seconds > (ride.max_seconds if ride is not None else LONGEST_JOURNEY_SECONDS):
        return "ride_too_long"
    if report.from_place is not None and report.from_place == report.to_place:
        return "same_place"
    return None


def decide(draft: Draft, person: Person, *, record: Record | None, repeated: bool, activity: UUID) -> Decision:
    """Decide one act against what counts already for *person*, and remember it there if it stands."""
    failure = _earlier_failure(draft, person, record=record, repeated=repeated)
    if failure is not None:
        return failure
    method, version, rate = draft.method, draft.version, draft.rate
    if method is None or version is None or rate is None:
        raise AssertionError("a draft without a code has been read")
    act = Act(method.group, draft.start, draft.trip or "")
    first = person.acts.get(act)
    if first is not None:
        return Decision(Status.DUPLICATE, "same_act", duplicate_of=first)
    if method.journey and draft.end is not None:
        if person.travels_during(draft.start, draft.end):
            return Decision(Status.REJECTED, "overlaps")
        person.add_journey(draft.start, draft.end)
    person.acts[act] = activity
    if _is_too_fast(draft, version):
        return Decision(Status.REVIEW, "speed_implausible")
    decision = _credit_within_caps(draft, method, version, rate, person)
    for period in version.periods:
        key = period_key(period, draft.day)
        person.add_usage(method.code, key, counted=decision.counted, grams=decision.credit.computed)
    return decision


def _earlier_failure(draft: Draft, person: Person, *, record: Record | None, repeated: bool) -> Decision | None:
    if repeated:
        return Decision(Status.REJECTED, "id_repeated")
    if record is not None and not record.rejected:
        same = (record.method, record.quantity, record.start, record.end)
        if draft.method is not None and same == (draft.method.code, draft.quantity, draft.start, draft.end):
            return Decision(Status.DUPLICATE, "already_received", duplicate_of=record.activity)
        return Decision(Status.REJECTED, "record_changed")
    if person.closed and (draft.code is None or draft.code in KEPT or draft.code == "end_missing"):
        return Decision(Status.REJECTED, "account_closed")
    return Decision(Status.REJECTED, draft.code) if draft.code is not None else None


def _is_too_fast(draft: Draft, version: Version) -> bool:
    """Metres over seconds against km/h, in whole numbers. Only rides have a bound, and they count kilometres."""
    if version.ride is None or draft.end is None:
        return False
    return draft.quantity * 3600 > version.ride.max_kmh * 1000 * (draft.end - draft.start)


def _credit_within_caps(draft: Draft, method: Method, version: Version, rate: PointRate, person: Person) -> Decision:
    counted, grams_left, code = draft.quantity, None, ""
    for cap in version.caps:
        left = _left(cap, method, draft.day, person)
        if cap.counts is Counts.GRAMS:
            grams_left, grams_code = left, f"cap_{cap.period}"
            continue
        room = left if cap.counts is Counts.QUANTITY else (counted if left else 0)
        if room < counted:
            counted, code = room, f"cap_{cap.period}"
    worth = credit(version, draft.variant, rate, quantity=counted, tier=draft.tier)
    if grams_left is not None and worth.computed > grams_left:
        share = credit_of_grams(grams_left, rate, draft.tier)
        counted, worth, code = counted * grams_left // worth.computed, share, grams_code
    if code:
        return Decision(Status.CAPPED, code, counted, worth)
    return Decision(Status.ACCEPTED, _worth_code(worth), counted, worth)


def credit_of_grams(grams: int, rate: PointRate, tier: Tier) -> Credit:
    """What exactly *grams* are worth, where a cap in grams cut the act short."""
    points = grams * rate.tier_percent[tier] // (100 * rate.grams_per_point)
    return Credit(grams, 0 if tier is Tier.C else grams, points)


def _left(cap: Cap, method: Method, day: date, person: Person) -> int:
    used = person.used.get((method.code, period_key(cap.period, day)))
    if used is None:
        return cap.limit
    left = cap.limit - used[PLACE[cap.counts]]
    return left if left > 0 else 0


def _worth_code(worth: Credit) -> str:
    if worth.grams:
        return "credited"
    return "points_only" if worth.points else "recorded"
