"""Inviting by sheet: the template, the check of every row before any is taken, the answer in the same rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ledger.kernel.errors import DomainError
from partners.institutions.members import Entry
from partners.institutions.model import Institution, MemberRole
from partners.institutions.queries import known_addressees, tree_of
from partners.institutions.rules import Tree
from puhui.identity.model import Person
from puhui.identity.rules import phone_number
from puhui.identity.vault import Vault
from puhui.members import seal, staff_hash
from puhui.sheets import Column, SheetUnreadable, Table, write_template
from puhui.web.institutions.words import MEMBER_ROLES, department_paths

LONGEST_NAME, LONGEST_STAFF = 40, 32


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sheet came to: *entries* where every row is good, else the *faults* by row, from 0."""

    entries: list[Entry]
    people: dict[bytes, UUID]
    faults: dict[int, str]


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    phone: str
    staff: str
    department: str
    role: str


def titles() -> list[str]:
    """Answer the header of the template in the language of the request."""
    return [_("姓名"), _("手机号"), _("工号"), _("部门"), _("角色")]


def template_of(tree: Tree) -> bytes:
    """Write the template with the institution's own departments and roles to choose from."""
    paths = list(department_paths(tree).values())
    name, phone, staff, department, role = titles()
    # Excel takes 255 characters of choices in a cell's rule; a longer list of departments is typed instead.
    choices = paths if len(",".join(paths)) <= 255 else ()
    columns = [
        Column(name),
        Column(phone),
        Column(staff),
        Column(department, width=30, choices=choices),
        Column(role, choices=[str(word) for word in MEMBER_ROLES.values()]),
    ]
    notes = [
        _("每行一人。手机号必填，其余可空；角色空着就是职工。"),
        _("部门写全路径，如“医务部/内科”；全单位只有一个同名部门时可只写名称。"),
        _("部门管理员须写部门。"),
        _("导入只是邀请：本人登录后自己决定是否加入，并自己决定是否显示姓名。"),
        _("姓名和工号加密保存，只用来让您认出邀请了谁；接受后邀请里的姓名即删除。"),
        _("请先删除示例行。任何一行有错，整份都不导入，错误写在最后一列。"),
    ]
    sample = [_("示例：张三"), "13800138000", "A0001", paths[0] if paths else "", str(MEMBER_ROLES[MemberRole.MEMBER])]
    return write_template(_("成员"), columns, samples=[sample], notes=notes)


def read_sheet(
    session: Session, table: Table, *, institution: Institution, vault: Vault, within: Sequence[UUID] | None
) -> Reading:
    """Check every row; *within* are the departments that the sender may invite to, None for all.

    Raises SheetUnreadable where the header is not the template's.
    """
    tree = tree_of(session, institution.id)
    rows = list(_rows(table))
    phones = [_phone(row.phone) for row in rows]
    hashes = [vault.fingerprint("phone", phone) if phone else b"" for phone in phones]
    people = _people(session, hashes)
    members = known_addressees(session, institution.id, list(people.values()))
    often = Counter(hashes)
    departments = _Departments(tree, within)
    entries: list[Entry] = []
    faults: dict[int, str] = {}
    for place, (row, hashed) in enumerate(zip(rows, hashes, strict=True)):
        fault = _fault(row, hashed, often, is_member=people.get(hashed) in members) or departments.fault(row)
        if fault:
            faults[place] = fault
            continue
        entries.append(
            Entry(
                addressee=hashed,
                role=_role(row.role) or MemberRole.MEMBER,
                department_id=departments.find(row.department),
                name_sealed=seal(institution, vault, field="name", text=row.name) if row.name else None,
                staff_sealed=seal(institution, vault, field="staff", text=row.staff) if row.staff else None,
                staff_hash=staff_hash(institution.id, vault, row.staff) if row.staff else None,
            )
        )
    return Reading(entries, people, faults)


def _rows(table: Table) -> Iterator[_Row]:
    wanted = titles()
    try:
        places = [table.header.index(title) for title in wanted]
    except ValueError as error:
        raise SheetUnreadable(reason="header", row=1) from error
    for row in table.rows:
        yield _Row(*(row[place].strip().replace("\x00", "") for place in places))


def _phone(text: str) -> str | None:
    try:
        return phone_number(text)
    except DomainError:
        return None


def _people(session: Session, hashes: list[bytes]) -> dict[bytes, UUID]:
    """Answer which of the phones' hashes are people's already, in one statement."""
    wanted = sa.cast([hashed for hashed in hashes if hashed], sa.ARRAY(sa.LargeBinary))
    rows = session.execute(sa.select(Person.phone_hash, Person.id).where(Person.phone_hash == sa.any_(wanted)))
    return {row.phone_hash: row.id for row in rows if row.phone_hash is not None}


def _fault(row: _Row, hashed: bytes, often: Counter[bytes], *, is_member: bool) -> str | None:
    if not hashed:
        return str(_("手机号有误：应为 11 位手机号码。"))
    if often[hashed] > 1:
        return str(_("手机号与本表另一行重复。"))
    if is_member:
        return str(_("此人已是成员，请删去这一行。"))
    if len(row.name) > LONGEST_NAME or len(row.staff) > LONGEST_STAFF:
        return str(_("姓名或工号过长。"))
    if _role(row.role) is None:
        return str(_("没有“%(role)s”这个角色。", role=row.role[:40]))
    return None


def _role(text: str) -> MemberRole | None:
    if not text:
        return MemberRole.MEMBER
    return next((role for role, word in MEMBER_ROLES.items() if str(word) == text), None)


class _Departments:
    """Departments as people write them: the whole way, or the name where there is one of it."""

    def __init__(self, tree: Tree, within: Sequence[UUID] | None) -> None:
        self._within = within
        self._names: dict[str, list[UUID]] = {}
        for _level, one in tree:
            self._names.setdefault(one.name, []).append(one.id)
        self._paths = {path: one for one, path in department_paths(tree).items()}

    def find(self, text: str) -> UUID | None:
        path = text.replace("／", "/").strip("/")
        found = self._paths.get(path)
        if isinstance(found, UUID):
            return found
        named = self._names.get(path, [])
        return named[0] if len(named) == 1 else None

    def fault(self, row: _Row) -> str | None:
        found = self.find(row.department)
        if row.department and found is None:
            return str(
                _("没有“%(department)s”这个部门，或有多个同名部门，请写全路径。", department=row.department[:60])
            )
        if found is None and _role(row.role) is MemberRole.DEPARTMENT_MANAGER:
            return str(_("部门管理员须写部门。"))
        if self._within is not None and found not in self._within:
            return str(_("您只能邀请到自己管理的部门。"))
        if self._within is not None and _role(row.role) is not MemberRole.MEMBER:
            return str(_("部门管理员只能邀请职工。"))
        return None
