"""``/api/v1/pay-codes``."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from flask_smorest import Blueprint

from puhui.api.paycodes.schemas import NewPayCodeSchema, PayCodeSchema
from puhui.codes import pay_code_book
from puhui.web import Audience, audience, current_person, now, session
from rewards import paycodes
from rewards.paycodes import Charge, PayCode

blueprint = Blueprint("paycodes_api", __name__, url_prefix="/api/v1", description="Paying an amount at a counter")


class NewPayCode(TypedDict):
    """What NewPayCodeSchema loads."""

    request_id: UUID
    family_id: UUID | None


class ShownPayCode(TypedDict):
    """What PayCodeSchema dumps."""

    id: UUID
    family_id: UUID | None
    opened_at: datetime
    expires_at: datetime
    is_open: bool
    code: str | None
    code_changes_in: int | None
    charge: Charge | None


@blueprint.route("/pay-codes", methods=["POST"])
@blueprint.arguments(NewPayCodeSchema)
@blueprint.response(201, PayCodeSchema)
@audience(Audience.CITIZEN)
def create(wanted: NewPayCode) -> ShownPayCode:
    """Open a pay code; the one that was open is closed.

    Safe to repeat: the same request id answers the same pay code.
    """
    return shown(
        paycodes.open_pay_code(
            session(),
            citizen_id=current_person().id,
            family_id=wanted["family_id"],
            request_id=wanted["request_id"],
            now=now(),
        )
    )


@blueprint.route("/pay-codes/<uuid:pay_code_id>", methods=["GET"])
@blueprint.response(200, PayCodeSchema)
@audience(Audience.CITIZEN)
def show(pay_code_id: UUID) -> ShownPayCode:
    """Answer a pay code with the code to show now, and what was charged on it."""
    return shown(paycodes.pay_code_of(session(), citizen_id=current_person().id, pay_code_id=pay_code_id))


@blueprint.route("/pay-codes/<uuid:pay_code_id>/closing", methods=["POST"])
@blueprint.response(201, PayCodeSchema)
@audience(Audience.CITIZEN)
def close(pay_code_id: UUID) -> ShownPayCode:
    """Close a pay code before its time.

    Safe to repeat.
    """
    closed = paycodes.close_pay_code(session(), citizen_id=current_person().id, pay_code_id=pay_code_id, now=now())
    return shown(closed)


def shown(pay_code: PayCode) -> ShownPayCode:
    """Answer what the citizen may see; the code only while it is worth something."""
    is_open, codes = pay_code.is_open(now=now()), pay_code_book()
    return ShownPayCode(
        id=pay_code.id,
        family_id=pay_code.family_id,
        opened_at=pay_code.opened_at,
        expires_at=pay_code.expires_at,
        is_open=is_open,
        code=codes.code(pay_code.number, at=now()) if is_open else None,
        code_changes_in=codes.seconds_left(at=now()) if is_open else None,
        charge=paycodes.charge_on(session(), pay_code),
    )
