"""Families: a head, members whom the head invites, shared coins in an account of the family's own."""

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
from rewards.families.queries import check_spender, family_of, invitations_of, members_of, membership_of, shares_of

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
    "check_spender",
    "family_of",
    "invitations_of",
    "members_of",
    "membership_of",
    "shares_of",
]
