"""``POST /api/v1/oauth/token``."""

from __future__ import annotations

from flask_smorest import Blueprint

blueprint = Blueprint("oauth_api", __name__, url_prefix="/api/v1/oauth", description="Access tokens for providers")
