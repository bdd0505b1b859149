"""What a version would have given last month: numbers by department and method, never who."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from rewards.schemes.awarding import Tenure, simulate
from rewards.schemes.rules import Settings


@dataclass(frozen=True, slots=True)
class Simulation:
    """Acts and hundredths of a point of a month; *people* would have earned, of *members* who are in now."""

    first: date
    last: date
    members: int
    people: int
    acts: int
    units: int
    wanted: int
    by_department: list[tuple[UUID | None, int, int]]
    by_method: list[tuple[str, int, int]]
    by_code: Counter[str]


def simulation_of(session: Session, settings: Settings, tenures: Sequence[Tenure], *, today: date) -> Simulation:
    """Try *settings* on the acts that those who are members now did in the calendar month before *today*."""
    last = today.replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    here = [tenure for tenure in tenures if tenure.until is None]
    decisions = simulate(session, settings, here, first=first, last=last)
    earned = [one for one in decisions if one.units]
    people: dict[UUID | None, set[UUID]] = defaultdict(set)
    units: Counter[UUID | None] = Counter()
    methods: Counter[str] = Counter()
    acts: Counter[str] = Counter()
    for one in earned:
        people[one.act.department].add(one.act.person)
        units[one.act.department] += one.units
        methods[one.act.method] += one.units
        acts[one.act.method] += 1
    return Simulation(
        first=first,
        last=last,
        members=len(here),
        people=len({one.act.person for one in earned}),
        acts=len(decisions),
        units=sum(one.units for one in decisions),
        wanted=sum(one.wanted for one in decisions),
        by_department=[(where, len(people[where]), sum_) for where, sum_ in units.most_common()],
        by_method=[(code, acts[code], sum_) for code, sum_ in methods.most_common()],
        by_code=Counter(one.code.value for one in decisions),
    )
