"""``POST /api/v1/oauth/token``: a provider's program asks for an access token."""

from __future__ import annotations

from typing import cast

from flask import Response, current_app, request
from flask_smorest import Blueprint

from puhui.api.oauth.schemas import OAuthErrorSchema, TokenRequestSchema, TokenSchema
from puhui.identity import limits
from puhui.identity.rules import TOKEN_PER_ADDRESS
from puhui.web import Audience, apart, audience, house, now

blueprint = Blueprint("oauth_api", __name__, url_prefix="/api/v1/oauth", description="Access tokens for providers")


@blueprint.route("/token", methods=["POST"])
@blueprint.doc(
    requestBody={"required": True, "content": {"application/x-www-form-urlencoded": {"schema": TokenRequestSchema}}}
)
@blueprint.response(200, TokenSchema)
@blueprint.alt_response(400, schema=OAuthErrorSchema, description="The request is not understood")
@blueprint.alt_response(401, schema=OAuthErrorSchema, description="The program or its secret is not accepted")
@audience(Audience.PUBLIC)
def create() -> Response:
    """Get an access token (OAuth2 client credentials).

    The token lasts an hour; ask for the next one when it ends.
    """
    with apart() as opened:
        address = request.remote_addr or "unknown"
        limits.count(opened, vault=house().vault, limits=TOKEN_PER_ADDRESS, of=address, now=now())
    return cast(Response, current_app.extensions["puhui_oauth"].create_token_response())
