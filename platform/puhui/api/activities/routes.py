"""``POST /api/v1/activities`` and ``/batches``: a provider reports acts; one way for one act and for fifty thousand."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from flask import Response, request
from flask_smorest import Blueprint

from ledger.kernel.errors import DomainError
from partners.providers import provider_of, riders_of
from puhui.api.activities.schemas import AnswerSchema, BatchSchema, ReportSchema
from puhui.api.schemas import ProblemSchema
from puhui.intake import rider_key, take_batch
from puhui.intake.taking import BatchAnswer
from puhui.web import Audience, audience, current_provider, house, now, session

blueprint = Blueprint("activities_api", __name__, url_prefix="/api/v1/activities", description="Acts, for providers")

KEY = re.compile(r"[!-~]{1,200}")
KEY_PARAMETER: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]{1,200}$"},
    "description": "The same key and body is answered with the first answer; another body is a conflict",
    "example": "upload-2026-03-05-0001",
}
UNREADABLE = frozenset({"line_malformed", "encoding_invalid", "field_invalid"})


class IdempotencyKeyMissing(DomainError):
    """The header Idempotency-Key is missing or not 1 to 200 visible ASCII characters."""

    code = "idempotency_key_missing"


class ActivityMalformed(DomainError):
    """The body is not one act. Facts: ``reason``, ``detail``."""

    code = "activity_malformed"


@blueprint.route("", methods=["POST"])
@blueprint.doc(
    parameters=[KEY_PARAMETER],
    requestBody={"required": True, "content": {"application/json": {"schema": ReportSchema}}},
)
@blueprint.response(200, AnswerSchema)
@blueprint.alt_response(404, schema=ProblemSchema, description="The provider is unknown or closed")
@blueprint.alt_response(409, schema=ProblemSchema, description="The key was used for another body")
@blueprint.alt_response(413, schema=ProblemSchema, description="The body is too large")
@blueprint.alt_response(422, schema=ProblemSchema, description="The body is not one act, or the key is missing")
@audience(Audience.PROVIDER, scope="activities:write")
def create() -> Response:
    """Report one act.

    The answer says whether it was accepted, and why not; a rejected act is an answer, not an error.
    """
    body = request.get_data(cache=True)
    answer = msgspec.json.decode(_take(_one_line(body)), type=BatchAnswer).answers[0]
    if answer.code in UNREADABLE:
        raise ActivityMalformed(reason=answer.code, detail=answer.detail or "")
    return Response(msgspec.json.encode(answer), content_type="application/json")


@blueprint.route("/batches", methods=["POST"])
@blueprint.doc(
    parameters=[KEY_PARAMETER],
    requestBody={
        "required": True,
        "content": {
            "application/x-ndjson": {
                "schema": {"type": "string", "description": "One act a line; see POST /api/v1/activities"}
            }
        },
    },
)
@blueprint.response(200, BatchSchema)
@blueprint.alt_response(404, schema=ProblemSchema, description="The provider is unknown or closed")
@blueprint.alt_response(409, schema=ProblemSchema, description="The key was used for another body")
@blueprint.alt_response(413, schema=ProblemSchema, description="More than 50,000 rows or 32 MiB")
@blueprint.alt_response(422, schema=ProblemSchema, description="There is no row, or the key is missing")
@audience(Audience.PROVIDER, scope="activities:write")
def create_batch() -> Response:
    """Report up to 50,000 acts, one JSON object a line (NDJSON).

    Every row is answered by itself, a malformed one too; the good rows go through, all in one transaction.
    """
    return Response(_take(request.get_data(cache=True)), content_type="application/json")


def _take(body: bytes) -> bytes:
    key = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(key):
        raise IdempotencyKeyMissing
    provider = provider_of(session(), current_provider().code)
    riders = riders_of(session(), provider.code, key=rider_key(house().vault))
    return take_batch(session(), provider=provider, riders=riders, body=body, request_key=key, now=now())


def _one_line(body: bytes) -> bytes:
    try:
        return msgspec.json.format(body, indent=-1)
    except msgspec.DecodeError as error:
        raise ActivityMalformed(reason="line_malformed", detail=str(error)) from error
