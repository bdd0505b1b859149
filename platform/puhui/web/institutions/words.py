"""The words of institutions: types, states, roles, appearances."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from partners.institutions.model import MemberRole, ShownAs, State, Type
from partners.institutions.rules import Tree

TYPES: dict[Type, object] = {
    Type.PROVINCIAL_AGENCY: _l("省级以上机关"),
    Type.LOCAL_AGENCY: _l("市级以下机关"),
    Type.UNIVERSITY: _l("高等学校"),
    Type.SCHOOL: _l("中小学校"),
    Type.HOSPITAL: _l("医院"),
    Type.VENUE: _l("场馆"),
    Type.OTHER: _l("其他公共机构"),
}
STATES: dict[State, object] = {
    State.APPLIED: _l("待审核"),
    State.APPROVED: _l("已通过"),
    State.REFUSED: _l("未通过"),
}
MEMBER_ROLES: dict[MemberRole, object] = {
    MemberRole.MEMBER: _l("职工"),
    MemberRole.LIAISON: _l("节能联络员"),
    MemberRole.DEPARTMENT_MANAGER: _l("部门管理员"),
    MemberRole.REVIEWER: _l("审核员"),
}
APPEARANCES: dict[str, object] = {
    ShownAs.ANONYMOUS: _l("匿名"),
    ShownAs.INITIAL: _l("只显示姓氏"),
    ShownAs.NAME: _l("显示姓名"),
}


def department_paths(tree: Tree) -> dict[object, str]:
    """Answer each department's way from the top, as ``医务部/内科``."""
    return {one.id: "/".join(step.name for step in tree.path(one.id)) for _, one in tree}
