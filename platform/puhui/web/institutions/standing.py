"""Where somebody stands in the institution that they act for: as whom, and over which departments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from flask import abort, g

from partners.institutions.members import member_of_person
from partners.institutions.model import Institution, Member
from partners.institutions.queries import institution_of, tree_of
from partners.institutions.rules import Tree
from puhui.identity.model import Role
from puhui.web import current_person, session


@dataclass(frozen=True, slots=True)
class Standing:
    """The institution, the member's own row where there is one, and the role that they act in."""

    institution: Institution
    member: Member | None
    role: Role

    @property
    def leads(self) -> bool:
        """Whether this is a liaison, who may change things."""
        return self.role is Role.LIAISON

    @property
    def reviews(self) -> bool:
        """Whether this is a reviewer, who decides about versions."""
        return self.role is Role.REVIEWER

    @property
    def manages(self) -> bool:
        """Whether this is anybody but a plain member."""
        return self.role is not Role.MEMBER

    def scope(self, tree: Tree) -> list[UUID] | None:
        """Answer the departments that this person looks after; None for all of them."""
        if self.role is not Role.DEPARTMENT_MANAGER:
            return None
        own = self.member.department_id if self.member else None
        return tree.within(own) if own in tree.by_id and own is not None else []


def standing() -> Standing:
    """Answer where the person stands who is asking. Raises InstitutionUnknown."""
    person = current_person()
    institution = institution_of(session(), person.organisation_id)
    role = person.acting.role if person.acting else Role.MEMBER
    return Standing(institution, member_of_person(session(), institution.id, person.id), role)


def standing_as(*roles: Role) -> Standing:
    """Answer where the person stands; 403 for one in none of *roles*."""
    found = standing()
    return found if found.role in roles else abort(403)


def tree() -> Tree:
    """Answer the departments of the institution that the person acts for, read once a request."""
    if "institution_tree" not in g:
        g.institution_tree = tree_of(session(), current_person().organisation_id)
    return cast(Tree, g.institution_tree)
