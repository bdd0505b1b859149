"""Families: a head, members whom the head invites, shared coins in an account of the family's own."""

from rewards.families.actions import accept, add_minor, allow_spending, found, invite, remove, revoke_invitation
from rewards.families.codes import code_of
from rewards.families.errors import (
    FamilyBandInvalid,
    FamilyCoinsInUse,
    FamilyConflict,
    FamilyFull,
    FamilyHeadOnly,
    FamilyHeadStays,
    FamilyInvitationRefused,
    FamilyMemberUnknown,
    FamilySpendingRefused,
    FamilyTaken,
    FamilyUnknown,
)
from rewards.families.model import BAND_YEARS, Family, Invitation, Member, Share
from rewards.families.money import dissolve, parts_of, put_in, share_of
from rewards.families.queries import (
    check_spender,
    family_of,
    heads_of,
    invitations_of,
    members_of,
    membership_of,
    shares_of,
)
from rewards.families.rules import bands

__all__ = [
    "BAND_YEARS",
    "Family",
    "FamilyBandInvalid",
    "FamilyCoinsInUse",
    "FamilyConflict",
    "FamilyFull",
    "FamilyHeadOnly",
    "FamilyHeadStays",
    "FamilyInvitationRefused",
    "FamilyMemberUnknown",
    "FamilySpendingRefused",
    "FamilyTaken",
    "FamilyUnknown",
    "Invitation",
    "Member",
    "Share",
    "accept",
    "add_minor",
    "allow_spending",
    "bands",
    "check_spender",
    "code_of",
    "dissolve",
    "family_of",
    "found",
    "heads_of",
    "invitations_of",
    "invite",
    "members_of",
    "membership_of",
    "parts_of",
    "put_in",
    "remove",
    "revoke_invitation",
    "share_of",
    "shares_of",
]
