"""Why a family cannot do something. In this order: the first that applies is raised.

DomainError
├── FamilyUnknown             family: there is none, it is dissolved, or the person is not in it
├── FamilyHeadOnly            family: only its head may do this
├── FamilyTaken               the person is in a family already
├── FamilyFull                most
├── FamilyInvitationRefused   the code is wrong, used, revoked or too old; which of these is not told
├── FamilyMemberUnknown       member
├── FamilyHeadStays           the head cannot leave or be removed, only dissolve
├── FamilySpendingRefused     family: the head has not allowed this member to spend
├── FamilyCoinsInUse          vouchers are open, or a charge can still be undone
├── FamilyBandInvalid         born_from: the years of a minor only
└── FamilyConflict            request: the request id was used for something else
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class FamilyUnknown(DomainError):
    """There is no such family for this person."""

    code = "family_unknown"


class FamilyHeadOnly(DomainError):
    """Only the head may do this."""

    code = "family_head_only"


class FamilyTaken(DomainError):
    """The person is in a family already."""

    code = "family_taken"


class FamilyFull(DomainError):
    """The family has as many members as a family may have."""

    code = "family_full"


class FamilyInvitationRefused(DomainError):
    """The invitation lets nobody in: wrong, used, revoked or too old."""

    code = "family_invitation_refused"


class FamilyMemberUnknown(DomainError):
    """There is no such member now."""

    code = "family_member_unknown"


class FamilyHeadStays(DomainError):
    """The head cannot leave the family alone."""

    code = "family_head_stays"


class FamilySpendingRefused(DomainError):
    """The head has not allowed this member to spend the family's coins."""

    code = "family_spending_refused"


class FamilyCoinsInUse(DomainError):
    """Some of the family's coins are held by vouchers, or a charge can still be undone."""

    code = "family_coins_in_use"


class FamilyBandInvalid(DomainError):
    """These birth years are no minor's."""

    code = "family_band_invalid"


class FamilyConflict(DomainError):
    """The request id was used for something else."""

    code = "request_conflict"
