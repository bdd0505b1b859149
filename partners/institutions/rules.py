"""May it be so? Codes, figures of a year, and the tree of departments: pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from partners.institutions.errors import (
    CreditCodeInvalid,
    DepartmentCycle,
    DepartmentNameTaken,
    DepartmentNeeded,
    DepartmentTooDeep,
    DepartmentUnknown,
    InvitationNotAccepted,
    TooManyDepartments,
    YearInvalid,
)
from partners.institutions.model import Department, Invitation, MemberRole

DEEPEST = 5
DEPARTMENTS_AT_MOST = 1000
FIRST_YEAR = 2000
LARGEST_AREA_M2 = Decimal(20_000_000)
LARGEST_HEADCOUNT = 1_000_000
LINK_DAYS = 30
SHEET_DAYS = 60
MANAGERS = frozenset({MemberRole.LIAISON, MemberRole.DEPARTMENT_MANAGER, MemberRole.REVIEWER})


def credit_code(text: str) -> str:
    """Answer the 统一社会信用代码 without blanks, in capitals. Raises CreditCodeInvalid (GB 32100-2015)."""
    try:
        return str(uscc.validate(text))
    except ValidationError as error:
        raise CreditCodeInvalid(credit_code=text[:40]) from error


def check_year(*, year: int, floor_area_m2: Decimal, headcount: int, now: datetime) -> None:
    """Refuse what no institution can be: a year to come, no area, nobody. Raises YearInvalid."""
    in_time = FIRST_YEAR <= year <= now.year + 1
    in_size = 0 < floor_area_m2 <= LARGEST_AREA_M2 and 0 < headcount <= LARGEST_HEADCOUNT
    if not (in_time and in_size):
        raise YearInvalid(year=year)


def check_role(role: MemberRole, department_id: UUID | None) -> None:
    """Raises DepartmentNeeded where a department manager has no department."""
    if role is MemberRole.DEPARTMENT_MANAGER and department_id is None:
        raise DepartmentNeeded(role=role.value)


def check_invitation(invitation: Invitation | None, *, addressee: bytes, now: datetime) -> Invitation:
    """Answer the invitation where it is *addressee*'s to accept at *now*. Raises InvitationNotAccepted."""
    if (
        invitation is None
        or invitation.ended_at is not None
        or invitation.expires_at <= now
        or invitation.uses >= invitation.most_uses
        or invitation.addressee not in (None, addressee)
    ):
        raise InvitationNotAccepted
    return invitation


def link_expiry(now: datetime) -> datetime:
    """Answer until when a link invites."""
    return now + timedelta(days=LINK_DAYS)


class Tree:
    """The open departments of one institution, at most a thousand, as a tree of at most five levels."""

    def __init__(self, departments: Iterable[Department]) -> None:
        self.by_id = {department.id: department for department in departments}
        self._below: dict[UUID | None, list[Department]] = {}
        for department in sorted(self.by_id.values(), key=lambda one: (one.name, one.id)):
            self._below.setdefault(department.parent_id, []).append(department)

    def __iter__(self) -> Iterator[tuple[int, Department]]:
        """Yield (level from 1, department), parents before what is below them, siblings by name."""
        waiting = [(1, one) for one in reversed(self.below(None))]
        while waiting:
            level, one = waiting.pop()
            yield level, one
            waiting += [(level + 1, child) for child in reversed(self.below(one.id))]

    def below(self, department_id: UUID | None) -> list[Department]:
        """Answer what lies directly below; None stands for the institution."""
        return self._below.get(department_id, [])

    def find(self, department_id: UUID) -> Department:
        """Answer the department. Raises DepartmentUnknown."""
        found = self.by_id.get(department_id)
        if found is None:
            raise DepartmentUnknown(department=department_id)
        return found

    def within(self, department_id: UUID) -> list[UUID]:
        """Answer the department and all that lies below it."""
        found = [department_id]
        for one in found:
            found += [child.id for child in self.below(one)]
        return found

    def path(self, department_id: UUID) -> list[Department]:
        """Answer the way from the top down to the department, itself included."""
        way: list[Department] = []
        step: UUID | None = department_id
        while step is not None:
            one = self.find(step)
            way.append(one)
            step = one.parent_id
        return way[::-1]

    def height(self, department_id: UUID) -> int:
        """Answer how many levels the department and what is below it take."""
        return 1 + max((self.height(child.id) for child in self.below(department_id)), default=0)

    def check_new(self, name: str, parent_id: UUID | None) -> None:
        """Raises DepartmentUnknown, TooManyDepartments, DepartmentTooDeep, DepartmentNameTaken."""
        level = 0 if parent_id is None else len(self.path(parent_id))
        if len(self.by_id) >= DEPARTMENTS_AT_MOST:
            raise TooManyDepartments(most=DEPARTMENTS_AT_MOST)
        if level >= DEEPEST:
            raise DepartmentTooDeep(most=DEEPEST)
        self.check_name(name, parent_id)

    def check_name(self, name: str, parent_id: UUID | None, *, department_id: UUID | None = None) -> None:
        """Raises DepartmentNameTaken; the unique index ``department_name`` is the truth behind it."""
        if any(one.name == name and one.id != department_id for one in self.below(parent_id)):
            raise DepartmentNameTaken(name=name)

    def check_move(self, department_id: UUID, parent_id: UUID | None) -> None:
        """Raises DepartmentUnknown, DepartmentCycle, DepartmentTooDeep, DepartmentNameTaken."""
        moved = self.find(department_id)
        way = [] if parent_id is None else self.path(parent_id)
        if any(one.id == department_id for one in way):
            raise DepartmentCycle(department=department_id, parent=parent_id)
        if len(way) + self.height(department_id) > DEEPEST:
            raise DepartmentTooDeep(most=DEEPEST)
        self.check_name(moved.name, parent_id, department_id=department_id)
