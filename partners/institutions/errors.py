"""What may go wrong with institutions, departments and members.

DomainError
├── CreditCodeInvalid        credit_code: its check character does not fit, or it is no 统一社会信用代码
├── InstitutionExists        credit_code: another institution applied with it
├── InstitutionUnknown       institution
├── InstitutionNotApproved   institution: the operator has not approved it
├── InstitutionDecided       institution: the application was decided before
├── ParentUnfit              institution, parent: unknown, not approved, or below the institution itself
├── YearInvalid              year, floor_area_m2 or headcount out of bounds
├── DepartmentUnknown        department: not there, closed, or another institution's
├── DepartmentNameTaken      name: an open department of the same parent has it
├── DepartmentTooDeep        most: levels that a tree may have
├── DepartmentCycle          department, parent: the parent lies below the department
├── DepartmentInUse          department, members, departments: close or move those first
├── TooManyDepartments       most
├── MemberUnknown            member
├── MemberElsewhere          member: outside the departments that the manager manages
├── LastLiaison              institution: somebody must stay who can manage it
├── DepartmentNeeded         role: a department manager has a department
└── InvitationNotAccepted    expired, withdrawn, used up or another person's; never says which
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class CreditCodeInvalid(DomainError):
    """The text is no 统一社会信用代码."""

    code = "credit_code_invalid"


class InstitutionExists(DomainError):
    """An institution with this code applied before."""

    code = "institution_exists"


class InstitutionUnknown(DomainError):
    """No institution has this id."""

    code = "institution_unknown"


class InstitutionNotApproved(DomainError):
    """The operator has not approved the institution."""

    code = "institution_not_approved"


class InstitutionDecided(DomainError):
    """The application was decided before."""

    code = "institution_decided"


class ParentUnfit(DomainError):
    """The institution above is unknown, not approved, or lies below."""

    code = "parent_unfit"


class YearInvalid(DomainError):
    """Year, floor area or headcount is out of bounds."""

    code = "institution_year_invalid"


class DepartmentUnknown(DomainError):
    """The department is not there, is closed, or is another institution's."""

    code = "department_unknown"


class DepartmentNameTaken(DomainError):
    """An open department of the same parent has the name."""

    code = "department_name_taken"


class DepartmentTooDeep(DomainError):
    """The tree would have more levels than it may."""

    code = "department_too_deep"


class DepartmentCycle(DomainError):
    """The parent lies below the department."""

    code = "department_cycle"


class DepartmentInUse(DomainError):
    """Members or departments are still below."""

    code = "department_in_use"


class TooManyDepartments(DomainError):
    """The institution has as many open departments as it may."""

    code = "too_many_departments"


class MemberUnknown(DomainError):
    """The institution has no such member, or the membership ended."""

    code = "member_unknown"


class MemberElsewhere(DomainError):
    """The member is outside the departments that the manager manages."""

    code = "member_elsewhere"


class LastLiaison(DomainError):
    """The institution would have no liaison left."""

    code = "last_liaison"


class DepartmentNeeded(DomainError):
    """A department manager needs a department."""

    code = "department_needed"


class InvitationNotAccepted(DomainError):
    """The invitation cannot be used; it is not said why."""

    code = "invitation_not_accepted"
