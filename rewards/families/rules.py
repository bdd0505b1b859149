"""May a family do this, and who gets what when it ends?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from rewards.families.errors import FamilyBandInvalid, FamilyFull, FamilyHeadOnly, FamilyHeadStays
from rewards.families.model import BAND_YEARS, Family, Member

CITY_TIME = ZoneInfo("Asia/Shanghai")
INVITED_FOR = timedelta(hours=24)
OF_AGE = 18


def check_head(family: Family, *, person_id: UUID) -> None:
    """Refuse everybody but the head. Raises FamilyHeadOnly."""
    if family.head_id != person_id:
        raise FamilyHeadOnly(family=family.id)


def check_room(members: Sequence[Member], *, most: int) -> None:
    """Refuse one member too many. Raises FamilyFull."""
    if len(members) >= most:
        raise FamilyFull(most=most)


def check_not_head(family: Family, member: Member) -> None:
    """Refuse to let the head go. Raises FamilyHeadStays."""
    if member.person_id == family.head_id:
        raise FamilyHeadStays(family=family.id)


def bands(now: datetime) -> list[int]:
    """Answer the first years of the bands in which minors may be born, the youngest first."""
    year = now.astimezone(CITY_TIME).year
    first = year - year % BAND_YEARS
    return [
        band for band in range(first, first - OF_AGE - BAND_YEARS, -BAND_YEARS) if band + BAND_YEARS > year - OF_AGE
    ]


def check_band(born_from: int, *, now: datetime) -> None:
    """Refuse years in which no minor is born. Raises FamilyBandInvalid."""
    if born_from not in bands(now):
        raise FamilyBandInvalid(born_from=born_from)


def split(units: int, *, shares: Mapping[UUID, int], members: Collection[UUID], head: UUID) -> dict[UUID, int]:
    """Share out what is left, in proportion to what each person who is still there put in; the rest is the head's.

    Where nobody who is still there put anything in, all of it is the head's. Nobody gets nothing as an entry.
    """
    present = {person: shares[person] for person in members if shares.get(person)}
    total = sum(present.values())
    parts = {person: units * put // total for person, put in present.items()} if total else {}
    parts[head] = parts.get(head, 0) + units - sum(parts.values())
    return {person: part for person, part in parts.items() if part}
