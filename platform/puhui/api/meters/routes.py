"""``/api/v1/meters``: providers push readings; an institution's program reads its meters and indicators."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from flask import request
from flask_smorest import Blueprint

from partners.meters.errors import ReadingsUnreadable
from partners.meters.indicators import Missing, Period
from partners.meters.queries import meters_of
from partners.meters.readings import Outcome, Reading, take_readings
from partners.providers import provider_of
from puhui.api.meters.schemas import (
    IndicatorsSchema,
    MetersSchema,
    ReadingAnswerSchema,
    ReadingBatchSchema,
    ReadingSchema,
)
from puhui.api.schemas import ProblemSchema
from puhui.metering.books import compare, open_books
from puhui.web import Audience, audience, current_person, current_provider, now, session

blueprint = Blueprint("meters_api", __name__, url_prefix="/api/v1/meters", description="Meters and their readings")
MOST_ROWS = 50_000
FIRST, LAST = 2000, 2100
Visible = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern="^[!-~]+$")]


class Row(msgspec.Struct, forbid_unknown_fields=True):
    """A reading as it is sent."""

    id: Visible
    meter: Visible
    quantity: Annotated[str, msgspec.Meta(max_length=32)]
    unit: Annotated[str, msgspec.Meta(min_length=1, max_length=8)]
    started_at: datetime
    ended_at: datetime


_decoder = msgspec.json.Decoder(Row)


@blueprint.route("", methods=["GET"])
@blueprint.response(200, MetersSchema)
@audience(Audience.INSTITUTION_MANAGER)
def index() -> dict[str, Any]:
    """Answer the meters of the institution that the person acts for."""
    meters = meters_of(session(), current_person().organisation_id)
    names = ("id", "name", "number", "energy", "unit", "is_sub_meter", "for_vehicles")
    return {
        "meters": [
            {
                **{name: getattr(m, name) for name in names},
                "opened_on": m.opened_on.isoformat(),
                "closed_on": m.closed_on.isoformat() if m.closed_on else None,
            }
            for m in meters
        ]
    }


@blueprint.route("/indicators/<int(min=2001, max=2100):year>", methods=["GET"])
@blueprint.response(200, IndicatorsSchema)
@blueprint.alt_response(404, schema=ProblemSchema, description="The organisation is no institution yet")
@audience(Audience.INSTITUTION)
def year(year: int) -> dict[str, Any]:
    """Answer the indicators of a year."""
    return _indicators(Period(year))


@blueprint.route("/indicators/<int(min=2001, max=2100):year>/quarters/<int(min=1, max=4):quarter>", methods=["GET"])
@blueprint.response(200, IndicatorsSchema)
@blueprint.alt_response(404, schema=ProblemSchema, description="The organisation is no institution yet")
@audience(Audience.INSTITUTION)
def quarter(year: int, quarter: int) -> dict[str, Any]:
    """Answer the indicators of a quarter: the sum of its three months, not stretched to a year."""
    return _indicators(Period(year, quarter))


def _indicators(period: Period) -> dict[str, Any]:
    books = open_books(session(), current_person().organisation_id, year=period.year)
    figures = [
        {
            "measure": one.figure.measure,
            "unit": one.figure.unit,
            "value": _text(one.figure.value),
            "before": _text(one.before.value),
            "change_percent": _text(one.change_percent),
            "target": _text(one.target),
            "peer_median": _text(one.peer_median),
            "missing": [_missing(gap) for gap in one.figure.missing],
        }
        for one in compare(session(), books, period)
    ]
    return {"period": period.code, "figures": figures}


def _missing(gap: Missing) -> dict[str, str]:
    return {"code": gap.code, **gap.facts}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


@blueprint.route("/readings", methods=["POST"])
@blueprint.doc(requestBody={"required": True, "content": {"application/json": {"schema": ReadingSchema}}})
@blueprint.response(200, ReadingAnswerSchema)
@blueprint.alt_response(404, schema=ProblemSchema, description="The provider is unknown or closed")
@blueprint.alt_response(422, schema=ProblemSchema, description="The body is not one reading")
@audience(Audience.PROVIDER, scope="meters:write")
def create() -> dict[str, Any]:
    """Report one reading. It is received once by your own id; a rejected reading is an answer, not an error."""
    row = _read(request.get_data(cache=True))
    if isinstance(row, str):
        raise ReadingsUnreadable(reason=row)
    answers: list[dict[str, Any]] = _take([row])["answers"]
    return answers[0]


@blueprint.route("/readings/batches", methods=["POST"])
@blueprint.doc(
    requestBody={
        "required": True,
        "content": {
            "application/x-ndjson": {
                "schema": {"type": "string", "description": "One reading a line; see POST /api/v1/meters/readings"}
            }
        },
    }
)
@blueprint.response(200, ReadingBatchSchema)
@blueprint.alt_response(404, schema=ProblemSchema, description="The provider is unknown or closed")
@blueprint.alt_response(413, schema=ProblemSchema, description="The body is too large")
@blueprint.alt_response(422, schema=ProblemSchema, description="There is no row, or more than 50,000")
@audience(Audience.PROVIDER, scope="meters:write")
def create_batch() -> dict[str, Any]:
    """Report up to 50,000 readings, one JSON object a line (NDJSON); every row is answered by itself."""
    lines = [line for line in request.get_data(cache=True).removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()]
    if not 0 < len(lines) <= MOST_ROWS:
        raise ReadingsUnreadable(reason="empty" if not lines else "too_many")
    return _take([_read(line) for line in lines])


def _read(line: bytes) -> Reading | str:
    """Read a row, or answer what is wrong with it."""
    try:
        row = _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return str(error)
    if not all(FIRST <= at.year < LAST for at in (row.started_at, row.ended_at)):
        return "Expected a time between 2000 and 2100 - at `$.started_at`"
    return Reading(row.id, row.meter, row.quantity, row.unit, row.started_at, row.ended_at)


def _take(rows: list[Reading | str]) -> dict[str, Any]:
    provider = provider_of(session(), current_provider().code)
    good = [row for row in rows if isinstance(row, Reading)]
    outcomes = iter(take_readings(session(), provider_id=provider.id, rows=good, now=now()))
    answers = []
    for index, row in enumerate(rows):
        outcome = Outcome("rejected", "field_invalid") if isinstance(row, str) else next(outcomes)
        answer = {"index": index, "id": None if isinstance(row, str) else row.id, **outcome._asdict()}
        answers.append({**answer, "detail": row} if isinstance(row, str) else answer)
    counts = {status: sum(a["status"] == status for a in answers) for status in ("accepted", "duplicate", "rejected")}
    return {"rows": len(rows), **counts, "answers": answers}
