"""Institutions, departments, members, results of schemes. Nobody is named who did not choose so."""

from __future__ import annotations

import marshmallow as ma

from partners.institutions.model import MemberRole, Type
from puhui.api.exchange.schemas import A_TIME, AN_ID
from puhui.api.schemas import DecimalString, StrictSchema


class InstitutionYearSchema(ma.Schema):
    """What an institution is measured against in a year."""

    year = ma.fields.Integer(metadata={"description": "Calendar year", "example": 2025})
    floor_area_m2 = DecimalString(metadata={"description": "Floor area in m²", "example": "18640.00"})
    headcount = ma.fields.Integer(metadata={"description": "People who use energy there", "example": 312})
    source = ma.fields.String(metadata={"description": "Where the figures come from", "example": "能耗统计报表"})


class InstitutionSchema(ma.Schema):
    """The institution that the caller acts for."""

    id = ma.fields.UUID(metadata={"description": "The institution", "example": AN_ID})
    name = ma.fields.String(metadata={"description": "Full name", "example": "青禾市机关事务中心"})
    credit_code = ma.fields.String(metadata={"description": "统一社会信用代码", "example": "11369900MB000002XG"})
    type = ma.fields.Enum(Type, by_value=True, metadata={"description": "What it is", "example": "local_agency"})
    county_code = ma.fields.String(metadata={"description": "Where, six digits", "example": "360102"})
    parent_id = ma.fields.UUID(
        allow_none=True, metadata={"description": "The institution above, or null", "example": None}
    )
    years = ma.fields.List(ma.fields.Nested(InstitutionYearSchema), metadata={"description": "The newest year first"})


class DepartmentSchema(ma.Schema):
    """A department in the tree."""

    id = ma.fields.UUID(metadata={"description": "The department", "example": AN_ID})
    parent_id = ma.fields.UUID(
        allow_none=True, metadata={"description": "The one above, or null at the top", "example": None}
    )
    name = ma.fields.String(metadata={"description": "Its name", "example": "计量监测科"})
    path = ma.fields.String(metadata={"description": "The way from the top", "example": "公共机构节能处/计量监测科"})
    level = ma.fields.Integer(metadata={"description": "1 at the top, 5 at most", "example": 2})
    members = ma.fields.Integer(metadata={"description": "Members in it, not below", "example": 8})


class DepartmentListSchema(ma.Schema):
    """All open departments, parents before what is below them."""

    items = ma.fields.List(ma.fields.Nested(DepartmentSchema), metadata={"description": "The departments"})


class InstitutionMembersQuerySchema(StrictSchema):
    """Which members."""

    department_id = ma.fields.UUID(
        load_default=None, metadata={"description": "Only of this department and those below", "example": AN_ID}
    )
    role = ma.fields.Enum(
        MemberRole, by_value=True, load_default=None, metadata={"description": "Only in this role", "example": "member"}
    )
    after = ma.fields.Integer(
        load_default=0,
        validate=ma.validate.Range(min=0, max=2**31 - 1),
        metadata={"description": "Number of the last member of the page before", "example": 50},
    )
    limit = ma.fields.Integer(
        load_default=50,
        validate=ma.validate.Range(min=1, max=500),
        metadata={"description": "How many at most", "example": 50},
    )


class InstitutionMemberSchema(ma.Schema):
    """A member, without a name unless the member chose to be named."""

    id = ma.fields.UUID(metadata={"description": "The membership", "example": AN_ID})
    number = ma.fields.Integer(metadata={"description": "The member's number in the institution", "example": 17})
    department_id = ma.fields.UUID(allow_none=True, metadata={"description": "The department", "example": AN_ID})
    role = ma.fields.Enum(MemberRole, by_value=True, metadata={"description": "The role", "example": "member"})
    shown_name = ma.fields.String(
        allow_none=True, metadata={"description": "As the member chose to appear, or null", "example": "林*"}
    )
    joined_at = ma.fields.AwareDateTime(metadata={"description": "Since when", "example": A_TIME})


class InstitutionMemberListSchema(ma.Schema):
    """Members by number."""

    items = ma.fields.List(ma.fields.Nested(InstitutionMemberSchema), metadata={"description": "The members"})
    total = ma.fields.Integer(metadata={"description": "How many the filter lets through", "example": 312})


class SchemeSchema(ma.Schema):
    """A scheme of a year."""

    id = ma.fields.UUID(metadata={"description": "The scheme", "example": AN_ID})
    year = ma.fields.Integer(metadata={"description": "Calendar year", "example": 2026})
    name = ma.fields.String(metadata={"description": "Its name", "example": "2026 年职工低碳积分"})
    awarded_points = DecimalString(metadata={"description": "Points given, less those taken back", "example": "759.42"})
    ended_at = ma.fields.AwareDateTime(
        allow_none=True, metadata={"description": "When it was ended, or null", "example": None}
    )


class SchemeListSchema(ma.Schema):
    """Schemes, the newest year first."""

    items = ma.fields.List(ma.fields.Nested(SchemeSchema), metadata={"description": "The schemes"})


class SchemeDepartmentSchema(ma.Schema):
    """What a department's members were given."""

    department_id = ma.fields.UUID(
        allow_none=True, metadata={"description": "The department, null for members without one", "example": AN_ID}
    )
    people = ma.fields.Integer(metadata={"description": "Members with points", "example": 12})
    acts = ma.fields.Integer(metadata={"description": "Acts that gave points", "example": 339})
    points = DecimalString(metadata={"description": "Points given", "example": "194.10"})


class SchemeMethodSchema(ma.Schema):
    """What a method gave."""

    method = ma.fields.String(metadata={"description": "Code of the method", "example": "T02"})
    acts = ma.fields.Integer(metadata={"description": "Acts that gave points", "example": 318})
    points = DecimalString(metadata={"description": "Points given", "example": "187.62"})


class SchemeResultsSchema(ma.Schema):
    """What a scheme gave, in numbers only."""

    awarded_points = DecimalString(metadata={"description": "Points given in all", "example": "759.42"})
    budget_points = DecimalString(
        allow_none=True, metadata={"description": "Budget of the version in force, or null", "example": "5000.00"}
    )
    departments = ma.fields.List(
        ma.fields.Nested(SchemeDepartmentSchema), metadata={"description": "By department, most points first"}
    )
    methods = ma.fields.List(
        ma.fields.Nested(SchemeMethodSchema), metadata={"description": "By method, most points first"}
    )
