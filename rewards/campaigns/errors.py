"""What may go wrong with campaigns.

DomainError
├── CampaignUnknown          campaign: not there, not published yet, or another institution's
├── CampaignDatesUnfit       starts_at, ends_at: out of order, over already, or longer than a campaign is
├── CampaignGoalUnfit        goal: nothing, or acts and grams without a method that counts
├── CampaignFixed            campaign: published, so what was promised stays
├── CampaignClosed           campaign: not published, over, or called off
├── CampaignTeamUnknown      team: not one of the campaign's
├── CampaignPlaceUnknown     place: not one of the campaign's
├── CampaignPlaceUnfit       name: taken; opens, closes: out of order; a poster without a limit
├── CampaignEntryUnknown     person takes no part
├── CheckInNotAccepted       the code is old, wrong, or not good here and now; never says which
├── CertificateNotEarned     nothing was done yet that a certificate could say
└── CertificateUnknown       code
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class CampaignUnknown(DomainError):
    """There is no such campaign for whoever asks."""

    code = "campaign_unknown"


class CampaignDatesUnfit(DomainError):
    """The time of the campaign is out of order, over, or too long."""

    code = "campaign_dates_unfit"


class CampaignGoalUnfit(DomainError):
    """The goal is nothing, or cannot be counted."""

    code = "campaign_goal_unfit"


class CampaignFixed(DomainError):
    """The campaign was published; what it promised stays."""

    code = "campaign_fixed"


class CampaignClosed(DomainError):
    """The campaign takes nobody in now."""

    code = "campaign_closed"


class CampaignTeamUnknown(DomainError):
    """The team is not one of the campaign's."""

    code = "campaign_team_unknown"


class CampaignPlaceUnknown(DomainError):
    """The place is not one of the campaign's."""

    code = "campaign_place_unknown"


class CampaignPlaceUnfit(DomainError):
    """A place of this name is there, or its hours are out of order."""

    code = "campaign_place_unfit"


class CampaignEntryUnknown(DomainError):
    """The person takes no part."""

    code = "campaign_entry_unknown"


class CheckInNotAccepted(DomainError):
    """The code was not accepted; it is not said why."""

    code = "check_in_not_accepted"


class CertificateNotEarned(DomainError):
    """There is nothing yet that a certificate could say."""

    code = "certificate_not_earned"


class CertificateUnknown(DomainError):
    """No certificate has this code."""

    code = "certificate_unknown"
