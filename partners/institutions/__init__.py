"""Public institutions: who they are by year, their departments as a tree, their members.

For neighbours: ``year_of(session, institution_id, year)`` answers floor area (``floor_area_m2``, a Decimal) and
``headcount``; ``institution_of`` answers type, county and parent; ``tree_of`` the departments.
"""

from partners.institutions.model import (
    Department,
    Institution,
    InstitutionYear,
    Member,
    MemberRole,
    ShownAs,
    State,
    Type,
)
from partners.institutions.queries import institution_of, tree_of, year_of, years_of
from partners.institutions.rules import Tree

__all__ = [
    "Department",
    "Institution",
    "InstitutionYear",
    "Member",
    "MemberRole",
    "ShownAs",
    "State",
    "Tree",
    "Type",
    "institution_of",
    "tree_of",
    "year_of",
    "years_of",
]
