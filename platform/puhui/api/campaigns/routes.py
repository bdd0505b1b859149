"""``/api/v1/institution/campaigns`` and ``/api/v1/campaign-certificates``."""

from __future__ import annotations

from uuid import UUID

from flask_smorest import Blueprint

from partners.institutions.queries import institution_of
from puhui.api.campaigns.schemas import CampaignCertificateSchema, CampaignListSchema, CampaignProgressSchema
from puhui.web import Audience, audience, now, session
from puhui.web.institutions.standing import standing
from rewards.campaigns import queries
from rewards.campaigns.model import Campaign
from rewards.campaigns.rules import state_of

blueprint = Blueprint("campaigns_api", __name__, url_prefix="/api/v1", description="Campaigns of institutions")
FACTS = ("id", "template", "title", "starts_at", "ends_at", "goal", "goal_amount", "methods")


@blueprint.route("/institution/campaigns", methods=["GET"])
@blueprint.response(200, CampaignListSchema)
@audience(Audience.INSTITUTION_MANAGER)
def index() -> dict[str, object]:
    """Answer the institution's campaigns, the latest first, two hundred at most."""
    rows = queries.campaigns_of(session(), standing().institution.id, limit=200)
    return {"items": [_facts(one) for one in rows]}


@blueprint.route("/institution/campaigns/<uuid:campaign_id>/progress", methods=["GET"])
@blueprint.response(200, CampaignProgressSchema)
@audience(Audience.INSTITUTION_MANAGER)
def progress(campaign_id: UUID) -> dict[str, object]:
    """Answer how far a campaign is, and its teams."""
    campaign = queries.campaign_of(session(), campaign_id, institution_id=standing().institution.id)
    found = queries.progress_of(session(), campaign_id)
    return {
        "entered": found.entered,
        "people": found.people,
        "acts": found.acts,
        "grams": found.grams,
        "check_ins": found.check_ins,
        "counted_at": campaign.counted_at,
        "teams": [
            {
                "name": one.team.name,
                "heads": one.team.heads,
                "entered": one.entered,
                "acts": one.acts,
                "grams": one.grams,
                "per_head_grams": one.per_head_grams,
            }
            for one in queries.team_results(session(), campaign_id)
        ],
    }


@blueprint.route("/campaign-certificates/<code>", methods=["GET"])
@blueprint.response(200, CampaignCertificateSchema)
@audience(Audience.PUBLIC)
def certificate(code: str) -> dict[str, object]:
    """Answer what a certificate says to anybody who has its code."""
    found = queries.certificate_of(session(), code)
    campaign = queries.campaign_by_id(session(), found.campaign_id)
    return {
        "code": found.code,
        "title": campaign.title,
        "institution": institution_of(session(), campaign.institution_id).name,
        "starts_at": campaign.starts_at,
        "ends_at": campaign.ends_at,
        "acts": found.acts,
        "grams": found.grams,
        "check_ins": found.check_ins,
        "issued_at": found.issued_at,
    }


def _facts(campaign: Campaign) -> dict[str, object]:
    return {name: getattr(campaign, name) for name in FACTS} | {"state": state_of(campaign, now=now())}
