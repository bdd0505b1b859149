"""``/api/v1/family``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict
from uuid import UUID

from flask_smorest import Blueprint

from puhui.api.families.schemas import FamilySchema, FamilyShareSchema, NewFamilyShareSchema
from puhui.web import Audience, audience, current_person, now, session
from rewards import coins, families
from rewards.families import Family, Member, Share

blueprint = Blueprint("families_api", __name__, url_prefix="/api/v1", description="Coins that a family shares")


class ShownFamily(TypedDict):
    """What FamilySchema dumps."""

    id: UUID
    is_head: bool
    available_units: int
    held_units: int
    members: Sequence[Member]


class NewShare(TypedDict):
    """What NewFamilyShareSchema loads."""

    request_id: UUID
    units: int


@blueprint.route("/family", methods=["GET"])
@blueprint.response(200, FamilySchema)
@audience(Audience.CITIZEN)
def show() -> ShownFamily:
    """Answer the citizen's family; 404 where there is none."""
    family = _own()
    balance = coins.coins_of(session(), family.id, now=now())
    return ShownFamily(
        id=family.id,
        is_head=family.head_id == current_person().id,
        available_units=balance.available,
        held_units=balance.pending,
        members=families.members_of(session(), family.id),
    )


@blueprint.route("/family/shares", methods=["POST"])
@blueprint.arguments(NewFamilyShareSchema)
@blueprint.response(201, FamilyShareSchema)
@audience(Audience.CITIZEN)
def put_in(wanted: NewShare) -> Share:
    """Put some of the citizen's coins into the family's; their expiry stays.

    Safe to repeat: the same request id answers the same act.
    """
    return families.put_in(
        session(),
        family_id=_own().id,
        person_id=current_person().id,
        units=wanted["units"],
        request_id=wanted["request_id"],
        now=now(),
    )


def _own() -> Family:
    family = families.family_of(session(), current_person().id)
    if family is None:
        raise families.FamilyUnknown
    return family
