"""``/api/v1/institution``: for the programs of those who look after an institution."""

from __future__ import annotations

from decimal import Decimal
from typing import TypedDict
from uuid import UUID

from flask_smorest import Blueprint

from partners.institutions import queries
from partners.institutions.model import MemberRole
from puhui.api.institutions.schemas import (
    DepartmentListSchema,
    InstitutionMemberListSchema,
    InstitutionMembersQuerySchema,
    InstitutionSchema,
    SchemeListSchema,
    SchemeResultsSchema,
)
from puhui.members import appearances
from puhui.web import Audience, audience, house, session
from puhui.web.institutions.standing import standing
from puhui.web.institutions.words import department_paths
from rewards.schemes import queries as schemes
from rewards.schemes.model import UNITS_PER_POINT

blueprint = Blueprint("institutions_api", __name__, url_prefix="/api/v1", description="Public institutions")


class MembersQuery(TypedDict):
    """What InstitutionMembersQuerySchema loads."""

    department_id: UUID | None
    role: MemberRole | None
    after: int
    limit: int


@blueprint.route("/institution", methods=["GET"])
@blueprint.response(200, InstitutionSchema)
@audience(Audience.INSTITUTION_MANAGER)
def show() -> dict[str, object]:
    """Answer the institution that the caller acts for, with its figures by year."""
    institution = standing().institution
    return {
        "id": institution.id,
        "name": institution.name,
        "credit_code": institution.credit_code,
        "type": institution.type,
        "county_code": institution.county_code,
        "parent_id": institution.parent_id,
        "years": queries.years_of(session(), institution.id),
    }


@blueprint.route("/institution/departments", methods=["GET"])
@blueprint.response(200, DepartmentListSchema)
@audience(Audience.INSTITUTION_MANAGER)
def departments() -> dict[str, object]:
    """Answer the open departments as a tree in reading order."""
    institution = standing().institution.id
    tree, counts = queries.tree_of(session(), institution), queries.members_by_department(session(), institution)
    paths = department_paths(tree)
    return {
        "items": [
            {
                "id": one.id,
                "parent_id": one.parent_id,
                "name": one.name,
                "path": paths[one.id],
                "level": level,
                "members": counts.get(one.id, 0),
            }
            for level, one in tree
        ]
    }


@blueprint.route("/institution/members", methods=["GET"])
@blueprint.arguments(InstitutionMembersQuerySchema, location="query")
@blueprint.response(200, InstitutionMemberListSchema)
@audience(Audience.INSTITUTION_MANAGER)
def members(query: MembersQuery) -> dict[str, object]:
    """Answer members by number; a department manager gets those of their own departments.

    The next page is asked for with the number of the last member.
    """
    mine = standing()
    tree = queries.tree_of(session(), mine.institution.id)
    within = mine.scope(tree)
    if query["department_id"] is not None:
        tree.find(query["department_id"])
        below = tree.within(query["department_id"])
        within = below if within is None else [one for one in below if one in within]
    which = queries.MemberFilter(departments=within, role=query["role"])
    rows = queries.members(session(), mine.institution.id, which=which, after=query["after"], limit=query["limit"])
    names = appearances(session(), house().vault, {one.person_id: one.shown_as for one in rows})
    return {
        "items": [
            {
                "id": one.id,
                "number": one.number,
                "department_id": one.department_id,
                "role": one.role,
                "shown_name": names.get(one.person_id),
                "joined_at": one.joined_at,
            }
            for one in rows
        ],
        "total": queries.count_members(session(), mine.institution.id, which=which),
    }


@blueprint.route("/institution/schemes", methods=["GET"])
@blueprint.response(200, SchemeListSchema)
@audience(Audience.INSTITUTION_MANAGER)
def scheme_list() -> dict[str, object]:
    """Answer the institution's schemes, the newest year first."""
    rows = schemes.schemes_of(session(), standing().institution.id)
    return {
        "items": [
            {
                "id": one.id,
                "year": one.year,
                "name": one.name,
                "awarded_points": _points(one.awarded_units),
                "ended_at": one.ended_at,
            }
            for one in rows
        ]
    }


@blueprint.route("/institution/schemes/<uuid:scheme_id>/results", methods=["GET"])
@blueprint.response(200, SchemeResultsSchema)
@audience(Audience.INSTITUTION_MANAGER)
def results(scheme_id: UUID) -> dict[str, object]:
    """Answer what a scheme gave by department and by method, in numbers only."""
    scheme = schemes.scheme_of(session(), scheme_id, institution_id=standing().institution.id)
    approved = schemes.approved_versions(session(), scheme_id)
    by_department = schemes.results_by_department(session(), scheme_id)
    by_method = schemes.results_by_method(session(), scheme_id)
    return {
        "awarded_points": _points(scheme.awarded_units),
        "budget_points": _points(approved[-1].budget_units) if approved else None,
        "departments": [
            {
                "department_id": one.department_id,
                "people": one.people,
                "acts": one.acts,
                "points": _points(one.units),
            }
            for one in by_department
        ],
        "methods": [{"method": code, "acts": acts, "points": _points(units)} for code, acts, units in by_method],
    }


def _points(units: int) -> Decimal:
    """Answer hundredths as points with two places, so that they cross as ``"12.50"``."""
    return (Decimal(units) / UNITS_PER_POINT).quantize(Decimal("0.01"))
