"""``/api/v1/enterprise/…``: the mirror of one enterprise, for its people's cookie or its program's token.

A program's token carries ``market:read`` or ``market:write``; its provider code is the credit code in small letters.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from flask import abort
from flask_smorest import Blueprint

from ledger.kernel.ids import new_id
from partners.enterprises.compliance.queries import obligations_of
from partners.enterprises.compliance.year import YearStatus, year_status
from partners.enterprises.exact import yuan
from partners.enterprises.findings import Finding
from partners.enterprises.holdings.queries import group_held, held_now, held_on
from partners.enterprises.instruments.queries import instruments_by_code
from partners.enterprises.parties.errors import EnterpriseUnknown
from partners.enterprises.parties.model import Enterprise
from partners.enterprises.parties.queries import enterprise_by_code, enterprise_of
from partners.enterprises.reconciliation.queries import breaks_of
from partners.enterprises.records import queries
from partners.enterprises.records.model import MARKET_TIME
from partners.enterprises.rulebook.queries import rulebook
from partners.enterprises.statements.actions import bring
from puhui.api.enterprises.schemas import (
    MarketBreaksQuerySchema,
    MarketBreaksSchema,
    MarketHoldingsQuerySchema,
    MarketHoldingsSchema,
    MarketImportedSchema,
    MarketImportSchema,
    MarketObligationsSchema,
    MarketRecordsQuerySchema,
    MarketRecordsSchema,
)
from puhui.api.schemas import ProblemSchema
from puhui.web import Audience, audience, current_provider, now, person_or_none, session
from puhui.web.enterprises.tables import csv_of
from puhui.web.market.sentences import sentence_of_finding

blueprint = Blueprint(
    "enterprises_api", __name__, url_prefix="/api/v1/enterprise", description="The mirror of one enterprise"
)
FINAL = "以注册登记系统记录为准"
FIRST_DAY = date(2000, 1, 1)
READ, WRITE = "market:read", "market:write"


def _mine() -> Enterprise:
    """Answer the enterprise of the person or the program that asks; a program of no enterprise is refused."""
    person = person_or_none()
    if person is not None:
        return enterprise_of(session(), person.organisation_id)
    try:
        return enterprise_by_code(session(), current_provider().code.upper())
    except EnterpriseUnknown:
        abort(403)


def _who() -> UUID:
    person = person_or_none()
    return person.id if person is not None else uuid5(NAMESPACE_URL, f"program:{current_provider().client_id}")


def _today() -> date:
    return now().astimezone(MARKET_TIME).date()


@blueprint.route("/holdings", methods=["GET"])
@blueprint.arguments(MarketHoldingsQuerySchema, location="query")
@blueprint.response(200, MarketHoldingsSchema)
@audience(Audience.ENTERPRISE, Audience.PROVIDER, scope=READ)
def holdings(query: dict[str, Any]) -> dict[str, Any]:
    """Answer what is held now or was held on a day, alone or with the subsidiaries."""
    firm, on = _mine(), query.get("on")
    instant = _end_of(on) if on else None
    if query["group"]:
        held = group_held(session(), firm.id, instant=instant)
    else:
        held = held_on(session(), firm.id, instant=instant) if instant else held_now(session(), firm.id)
    instruments = instruments_by_code(session())
    items = [
        {
            "instrument": code,
            "place": slot.value,
            "units": units,
            "unit": instruments[code].unit,
            "decimals": instruments[code].decimals,
        }
        for (code, slot), units in sorted(held.items())
        if units
    ]
    return {"on": on.isoformat() if on else None, "final": FINAL, "items": items}


def _end_of(day: date) -> datetime:
    bounded = min(max(day, FIRST_DAY), date(2100, 12, 31))
    return datetime.combine(bounded + timedelta(days=1), datetime.min.time(), MARKET_TIME) - timedelta(microseconds=1)


@blueprint.route("/records", methods=["GET"])
@blueprint.arguments(MarketRecordsQuerySchema, location="query")
@blueprint.response(200, MarketRecordsSchema)
@audience(Audience.ENTERPRISE, Audience.PROVIDER, scope=READ)
def records(query: dict[str, Any]) -> dict[str, Any]:
    """Answer the blotter, newest first, filtered by days, instrument, kind and state."""
    until = min(query.get("until") or _today() + timedelta(days=1), date(2100, 12, 31))
    rows = queries.blotter(
        session(),
        _mine().id,
        since=max(query.get("since") or FIRST_DAY, FIRST_DAY),
        until=max(until, FIRST_DAY),
        instrument=query.get("instrument"),
        kind=query.get("kind"),
        state=query.get("state"),
        limit=query["limit"],
        offset=query["offset"],
    )
    return {
        "items": [
            {
                "id": str(row.id),
                "instrument": row.instrument,
                "kind": row.kind,
                "business_at": row.business_at.isoformat(),
                "units": row.units,
                "price_cny": _yuan(row.price_fen),
                "amount_cny": _yuan(row.amount_fen),
                "fee_cny": _yuan(row.fee_fen),
                "number": row.deal_no,
                "state": row.state,
                "waiting": row.waiting_for is not None,
            }
            for row in rows
        ]
    }


def _yuan(fen: int | None) -> str | None:
    return None if fen is None else yuan(fen)


@blueprint.route("/obligations", methods=["GET"])
@blueprint.response(200, MarketObligationsSchema)
@audience(Audience.ENTERPRISE, Audience.PROVIDER, scope=READ)
def obligations() -> dict[str, Any]:
    """Answer every year's obligation, gap, deadline and exposure."""
    firm, book = _mine(), rulebook(session())
    years = [
        year_status(session(), enterprise_id=firm.id, year=one.year, book=book, today=_today())
        for one in reversed(obligations_of(session(), firm.id))
    ]
    return {"items": [_obligation(year) for year in years]}


def _obligation(year: YearStatus) -> dict[str, Any]:
    gap, fine = year.gap, year.penalty
    return {
        "year": year.obligation.year,
        "notice_no": year.obligation.notice_no,
        "deadline": year.deadline.deadline.isoformat(),
        "due_t": gap.due_t,
        "surrendered_t": gap.surrendered_t,
        "offset_t": gap.offset_t,
        "offset_cap_t": year.offset_cap_t,
        "pending_t": gap.pending_t,
        "eligible_t": gap.eligible_t,
        "open_t": gap.open_t,
        "missing_t": gap.missing_t,
        "penalty_least_cny": yuan(fine.least_fen) if fine else None,
        "penalty_most_cny": yuan(fine.most_fen) if fine else None,
        "penalty_basis": fine.basis if fine else None,
    }


@blueprint.route("/breaks", methods=["GET"])
@blueprint.arguments(MarketBreaksQuerySchema, location="query")
@blueprint.response(200, MarketBreaksSchema)
@audience(Audience.ENTERPRISE, Audience.PROVIDER, scope=READ)
def breaks(query: dict[str, Any]) -> dict[str, Any]:
    """Answer the differences, the oldest open one first."""
    rows = breaks_of(session(), _mine().id, open_only=not query["all"], limit=1_000)
    return {
        "items": [
            {
                "id": str(row.id),
                "rule": row.rule,
                "code": row.code,
                "sentence": sentence_of_finding(row.code, row.facts),
                "subject": row.subject,
                "found_at": row.found_at.isoformat(),
                "age_days": row.age_days(now()),
                "reason": row.reason,
                "resolution": row.resolution,
            }
            for row in rows
        ]
    }


@blueprint.route("/imports", methods=["POST"])
@blueprint.arguments(MarketImportSchema)
@blueprint.response(200, MarketImportedSchema)
@blueprint.alt_response(404, schema=ProblemSchema, description="No template, sheet or saved mapping has this name")
@audience(Audience.ENTERPRISE_MAKER, Audience.PROVIDER, scope=WRITE)
def bring_rows(body: dict[str, Any]) -> dict[str, Any]:
    """Check rows as a file's and keep what passes for a second person; the same rows again are answered again.

    One validator for files, forms and programs. Nothing is booked by this call.
    """
    firm, table = _mine(), [body["header"], *body["rows"]]
    staged = bring(
        session(),
        enterprise_id=firm.id,
        what=body["what"],
        name=body["name"],
        content=csv_of(table),
        table=table,
        staged_by=_who(),
        request_id=new_id(),
        now=now(),
    )
    return _imported(firm, staged.file_id, seen_before=staged.seen_before)


@blueprint.route("/imports/<uuid:file_id>", methods=["GET"])
@blueprint.response(200, MarketImportedSchema)
@blueprint.alt_response(404, schema=ProblemSchema, description="The enterprise brought no such file")
@audience(Audience.ENTERPRISE, Audience.PROVIDER, scope=READ)
def imported(file_id: UUID) -> dict[str, Any]:
    """Answer what became of a file and of each of its rows."""
    return _imported(_mine(), file_id, seen_before=True)


def _imported(firm: Enterprise, file_id: UUID, *, seen_before: bool) -> dict[str, Any]:
    file = queries.file_of(session(), enterprise_id=firm.id, file_id=file_id)
    told = queries.answers_of(session(), enterprise_id=firm.id, file_id=file_id, limit=250_000)
    said = {line: (outcome, findings) for line, outcome, findings in told}
    # Blank lines are no rows: the lines that were read are those that were told of, and the first others.
    others = (line for line in range(2, file.rows_read + len(said) + 2) if line not in said)
    lines = sorted([*said, *(next(others) for _place in range(file.rows_read - len(said)))])
    rows = [
        {"line": line, "outcome": outcome, "findings": [_finding(one) for one in findings]}
        for line in lines
        for outcome, findings in [said.get(line, ("staged", []))]
    ]
    return {
        "id": str(file.id),
        "name": file.name,
        "state": file.state,
        "seen_before": seen_before,
        "counts": file.answers,
        "rows": rows,
    }


def _finding(one: queries.KeptFinding | Finding) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "severity": str(one.severity),
        "code": one.code,
        "sentence": sentence_of_finding(one.code, one.facts),
    }
