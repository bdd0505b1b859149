"""``/api/v1/statements``, for the merchant's manager."""

from __future__ import annotations

from datetime import date
from typing import Any, TypedDict
from uuid import UUID

from flask_smorest import Blueprint

from partners import settlement
from partners.settlement import Dispute, LineUnknown, Payout, Statement
from puhui.api.schemas import ProblemSchema
from puhui.api.settlement.schemas import (
    DisputeSchema,
    LinesQuerySchema,
    NewDisputeSchema,
    StatementLineListSchema,
    StatementListSchema,
    StatementSchema,
    StatementsQuerySchema,
)
from puhui.api.sponsors.routes import plain_yuan
from puhui.web import Audience, audience, current_person, now, session

blueprint = Blueprint("settlement_api", __name__, url_prefix="/api/v1", description="What a merchant is owed")


class StatementsQuery(TypedDict):
    """What StatementsQuerySchema loads."""

    since: date | None
    until: date | None
    after: UUID | None
    limit: int


class LinesQuery(TypedDict):
    """What LinesQuerySchema loads."""

    after: int
    limit: int


class NewDispute(TypedDict):
    """What NewDisputeSchema loads."""

    request_id: UUID
    reason: str
    place: int | None


@blueprint.route("/statements", methods=["GET"])
@blueprint.arguments(StatementsQuerySchema, location="query")
@blueprint.response(200, StatementListSchema)
@blueprint.alt_response(404, schema=ProblemSchema, description="The statement of `after` is not there")
@audience(Audience.MERCHANT_MANAGER)
def index(query: StatementsQuery) -> dict[str, list[dict[str, Any]]]:
    """Answer the merchant's statements, the latest day first."""
    mine = current_person().organisation_id
    after = None
    if query["after"] is not None:
        last = settlement.statement_of(session(), query["after"], merchant_id=mine)
        after = (last.through, last.id)
    found = settlement.statements(
        session(), merchant_id=mine, since=query["since"], until=query["until"], after=after, limit=query["limit"]
    )
    paid = settlement.payouts_of(session(), [one.id for one in found])
    return {"items": [_shown(one, paid.get(one.id)) for one in found]}


@blueprint.route("/statements/<uuid:statement_id>", methods=["GET"])
@blueprint.response(200, StatementSchema)
@blueprint.alt_response(404, schema=ProblemSchema, description="No such statement of this merchant")
@audience(Audience.MERCHANT_MANAGER)
def show(statement_id: UUID) -> dict[str, Any]:
    """Answer one statement with its latest payout."""
    made = _own(statement_id)
    return _shown(made, settlement.payouts_of(session(), [made.id]).get(made.id))


@blueprint.route("/statements/<uuid:statement_id>/lines", methods=["GET"])
@blueprint.arguments(LinesQuerySchema, location="query")
@blueprint.response(200, StatementLineListSchema)
@blueprint.alt_response(404, schema=ProblemSchema, description="No such statement of this merchant")
@audience(Audience.MERCHANT_MANAGER)
def lines(query: LinesQuery, statement_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """Answer every redemption and undo of a statement, in its order."""
    made = _own(statement_id)
    found = settlement.lines_of(session(), made.id, after=query["after"], limit=query["limit"])
    return {
        "items": [
            {
                "place": one.place,
                "transfer": str(one.transfer_id),
                "kind": one.kind,
                "coins_units": one.coins_units,
                "amount": plain_yuan(one.fen),
                "occurred_at": one.occurred_at,
                "reverses": str(one.reverses) if one.reverses else None,
            }
            for one in found
        ]
    }


@blueprint.route("/statements/<uuid:statement_id>/disputes", methods=["POST"])
@blueprint.arguments(NewDisputeSchema)
@blueprint.response(201, DisputeSchema)
@blueprint.alt_response(404, schema=ProblemSchema, description="No such statement or line")
@blueprint.alt_response(409, schema=ProblemSchema, description="It is disputed already")
@audience(Audience.MERCHANT_MANAGER)
def create_dispute(wanted: NewDispute, statement_id: UUID) -> Dispute:
    """Dispute a statement or one line of it.

    Safe to repeat. A statement is never rewritten: what is accepted comes as a correction on the next one.
    """
    made = _own(statement_id)
    transfer_id = None
    if wanted["place"] is not None:
        found = settlement.lines_of(session(), made.id, after=wanted["place"] - 1, limit=1)
        if not found or found[0].place != wanted["place"]:
            raise LineUnknown(transfer=wanted["place"])
        transfer_id = found[0].transfer_id
    return settlement.dispute(
        session(),
        merchant_id=made.merchant_id,
        statement_id=made.id,
        transfer_id=transfer_id,
        reason=wanted["reason"],
        raised_by=current_person().id,
        request_id=wanted["request_id"],
        now=now(),
    )


def _own(statement_id: UUID) -> Statement:
    return settlement.statement_of(session(), statement_id, merchant_id=current_person().organisation_id)


def _shown(made: Statement, payout: Payout | None) -> dict[str, Any]:
    coins = ("opening_coins", "taken_coins", "undone_coins", "settled_coins", "closing_coins")
    money = {"gross": made.gross_fen, "cash": made.cash_fen, "correction": made.correction_fen, "fee": made.fee_fen}
    return {
        "id": made.id,
        "through": made.through,
        "cycle": made.cycle,
        "made_at": made.made_at,
        "lines": made.lines,
        **{name: getattr(made, name) for name in coins},
        **{name: plain_yuan(fen) for name, fen in money.items()},
        "net": plain_yuan(made.net_fen),
        "payout": _paid(payout) if payout is not None else None,
    }


def _paid(payout: Payout) -> dict[str, Any]:
    return {
        "state": payout.state.value,
        "attempt": payout.attempt,
        "amount": plain_yuan(payout.amount_fen),
        "sent_at": payout.sent_at,
        "paid_at": payout.paid_at,
        "failed_at": payout.failed_at,
    }
