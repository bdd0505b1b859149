"""Campaigns, how far they are, and their certificates."""

from __future__ import annotations

import marshmallow as ma

from puhui.api.exchange.schemas import A_TIME, AN_ID
from rewards.campaigns.model import CampaignState, Goal, Template


class CampaignSchema(ma.Schema):
    """A campaign of the institution that the caller acts for."""

    id = ma.fields.UUID(metadata={"description": "The campaign", "example": AN_ID})
    template = ma.fields.Enum(
        Template, by_value=True, metadata={"description": "What it is modelled on", "example": "green_travel"}
    )
    title = ma.fields.String(metadata={"description": "Its title", "example": "135 绿色出行"})
    starts_at = ma.fields.AwareDateTime(metadata={"description": "From this instant", "example": A_TIME})
    ends_at = ma.fields.AwareDateTime(metadata={"description": "Before this instant", "example": A_TIME})
    state = ma.fields.Enum(
        CampaignState, by_value=True, metadata={"description": "Where it stands now", "example": "running"}
    )
    goal = ma.fields.Enum(Goal, by_value=True, metadata={"description": "What counts", "example": "grams"})
    goal_amount = ma.fields.Integer(metadata={"description": "How much of it", "example": 300000})
    methods = ma.fields.List(
        ma.fields.String(), metadata={"description": "Codes of the methods that count", "example": ["T01", "T02"]}
    )


class CampaignListSchema(ma.Schema):
    """Campaigns, the latest first."""

    items = ma.fields.List(ma.fields.Nested(CampaignSchema), metadata={"description": "The campaigns"})


class CampaignTeamSchema(ma.Schema):
    """What a team came to."""

    name = ma.fields.String(metadata={"description": "The department's way", "example": "公共机构节能处"})
    heads = ma.fields.Integer(metadata={"description": "Everybody in the department", "example": 40})
    entered = ma.fields.Integer(metadata={"description": "Those who take part", "example": 22})
    acts = ma.fields.Integer(metadata={"description": "Acts that count", "example": 129})
    grams = ma.fields.Integer(metadata={"description": "Grams of CO2e", "example": 18300})
    per_head_grams = ma.fields.Integer(metadata={"description": "Grams over everybody, rounded down", "example": 457})


class CampaignProgressSchema(ma.Schema):
    """How far a campaign was when it was last counted."""

    entered = ma.fields.Integer(metadata={"description": "Those who take part", "example": 120})
    people = ma.fields.Integer(metadata={"description": "Of them with an act or a check-in", "example": 98})
    acts = ma.fields.Integer(metadata={"description": "Acts that count", "example": 1290})
    grams = ma.fields.Integer(metadata={"description": "Grams of CO2e", "example": 183000})
    check_ins = ma.fields.Integer(metadata={"description": "Check-ins", "example": 60})
    counted_at = ma.fields.AwareDateTime(allow_none=True, metadata={"description": "As of", "example": A_TIME})
    teams = ma.fields.List(ma.fields.Nested(CampaignTeamSchema), metadata={"description": "Teams by name"})


class CampaignCertificateSchema(ma.Schema):
    """What a certificate says; whose it is stands on the holder's paper alone."""

    code = ma.fields.String(metadata={"description": "Twelve characters", "example": "7KQM3XWPA2HD"})
    title = ma.fields.String(metadata={"description": "Of the campaign", "example": "135 绿色出行"})
    institution = ma.fields.String(metadata={"description": "Who held it", "example": "青禾市机关事务中心"})
    starts_at = ma.fields.AwareDateTime(metadata={"description": "The campaign from", "example": A_TIME})
    ends_at = ma.fields.AwareDateTime(metadata={"description": "The campaign until", "example": A_TIME})
    acts = ma.fields.Integer(metadata={"description": "Acts that counted", "example": 14})
    grams = ma.fields.Integer(metadata={"description": "Grams of CO2e", "example": 2100})
    check_ins = ma.fields.Integer(metadata={"description": "Check-ins", "example": 1})
    issued_at = ma.fields.AwareDateTime(metadata={"description": "As of", "example": A_TIME})
