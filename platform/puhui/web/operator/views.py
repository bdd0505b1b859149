"""The operator's first page and the record of timed jobs."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, request, url_for

from puhui.web import Audience, audience, page, session
from puhui.web.operator.rooms import ROOMS

blueprint = Blueprint("operator", __name__)
PAGE = 30


@blueprint.get("/operator")
@audience(Audience.OPERATOR)
def show() -> Response:
    """Show where the operator's work is."""
    there = [room for room in ROOMS if room.endpoint in current_app.view_functions]
    return page("operator/show.html", rooms=there)


@blueprint.get("/operator/jobs")
@audience(Audience.OPERATOR, Audience.AUDITOR)
def jobs() -> Response:
    """List what the worker ran, newest first."""
    place = max(request.args.get("page", 1, type=int), 1)
    statement = (
        "SELECT job, due_at, started_at, finished_at, succeeded, outcome FROM platform.job_run"
        " ORDER BY due_at DESC, job LIMIT :limit OFFSET :offset"
    )
    rows = session().execute(sa.text(statement), {"limit": PAGE + 1, "offset": (place - 1) * PAGE}).all()
    return page(
        "operator/jobs.html",
        rows=rows[:PAGE],
        more=url_for("operator.jobs", page=place + 1) if len(rows) > PAGE else None,
    )
