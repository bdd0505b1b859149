"""Departments are a tree of at most five levels; they open, move, are renamed and close."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from partners.institutions.actions import close_department, move_department, open_department, rename_department
from partners.institutions.errors import (
    DepartmentCycle,
    DepartmentInUse,
    DepartmentNameTaken,
    DepartmentTooDeep,
    DepartmentUnknown,
    InstitutionNotApproved,
)
from partners.institutions.members import add_member
from partners.institutions.model import MemberRole
from partners.institutions.queries import tree_of
from tests.institution import NOON, apply_for, make_institution


def names(session: Session, institution: UUID) -> list[str]:
    return ["-" * (level - 1) + one.name for level, one in tree_of(session, institution)]


def test_departments_form_a_tree_in_the_order_of_their_names(session: Session) -> None:
    hospital = make_institution(session)
    medical = open_department(session, hospital, name="B 医务", now=NOON)
    open_department(session, hospital, name="A 行政", now=NOON)
    open_department(session, hospital, name="内科", parent_id=medical.id, now=NOON)
    assert names(session, hospital) == ["A 行政", "B 医务", "-内科"]


def test_two_open_departments_of_one_parent_have_two_names(session: Session) -> None:
    hospital = make_institution(session)
    first = open_department(session, hospital, name="后勤", now=NOON)
    with pytest.raises(DepartmentNameTaken):
        open_department(session, hospital, name="后勤", now=NOON)
    close_department(session, hospital, first.id, now=NOON)
    second = open_department(session, hospital, name="后勤", now=NOON)
    open_department(session, hospital, name="后勤", parent_id=second.id, now=NOON)
    assert names(session, hospital) == ["后勤", "-后勤"]


def test_a_department_is_renamed_unless_a_sibling_has_the_name(session: Session) -> None:
    hospital = make_institution(session)
    one = open_department(session, hospital, name="一科", now=NOON)
    open_department(session, hospital, name="二科", now=NOON)
    with pytest.raises(DepartmentNameTaken):
        rename_department(session, hospital, one.id, name="二科")
    rename_department(session, hospital, one.id, name="三科")
    assert names(session, hospital) == ["三科", "二科"]


def test_a_department_moves_with_all_below_it_and_never_below_itself(session: Session) -> None:
    hospital = make_institution(session)
    a = open_department(session, hospital, name="A", now=NOON)
    b = open_department(session, hospital, name="B", parent_id=a.id, now=NOON)
    c = open_department(session, hospital, name="C", parent_id=b.id, now=NOON)
    for target in (a, b, c):
        with pytest.raises(DepartmentCycle):
            move_department(session, hospital, a.id, parent_id=target.id)
    move_department(session, hospital, b.id, parent_id=None)
    assert names(session, hospital) == ["A", "B", "-C"]


def test_the_tree_has_five_levels_at_most_also_after_a_move(session: Session) -> None:
    hospital = make_institution(session)
    above: UUID | None = None
    for level in range(5):
        above = open_department(session, hospital, name=f"第{level}层", parent_id=above, now=NOON).id
    with pytest.raises(DepartmentTooDeep):
        open_department(session, hospital, name="再下一层", parent_id=above, now=NOON)
    other = open_department(session, hospital, name="旁支", now=NOON)
    with pytest.raises(DepartmentTooDeep):
        move_department(session, hospital, other.id, parent_id=above)


def test_a_department_closes_once_nobody_and_nothing_is_in_it(session: Session) -> None:
    hospital = make_institution(session)
    above = open_department(session, hospital, name="A", now=NOON)
    below = open_department(session, hospital, name="B", parent_id=above.id, now=NOON)
    add_member(
        session, hospital, person_id=new_id(), role=MemberRole.MEMBER, department_id=below.id, now=NOON
    )  # fmt: skip
    for department in (above, below):
        with pytest.raises(DepartmentInUse):
            close_department(session, hospital, department.id, now=NOON)
    empty = open_department(session, hospital, name="C", now=NOON)
    close_department(session, hospital, empty.id, now=NOON)
    with pytest.raises(DepartmentUnknown):
        rename_department(session, hospital, empty.id, name="D")


def test_a_department_of_another_institution_is_not_there(session: Session) -> None:
    hospital, school = make_institution(session), make_institution(session)
    foreign = open_department(session, school, name="教务", now=NOON)
    with pytest.raises(DepartmentUnknown):
        open_department(session, hospital, name="内科", parent_id=foreign.id, now=NOON)


def test_nothing_opens_before_the_operator_approves(session: Session) -> None:
    waiting = apply_for(session)
    with pytest.raises(InstitutionNotApproved):
        open_department(session, waiting.id, name="办公室", now=NOON)
