"""The page 消息: what the platform told a person, newest first."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from puhui.notices import mark_read, notices_of, sentences_of
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.forms import Form

blueprint = Blueprint("notices", __name__)
PAGE = 20


@blueprint.get("/notices")
@audience(Audience.SIGNED_IN)
def index() -> Response:
    """List what the person was told."""
    before = request.args.get("before", type=UUID)
    rows = notices_of(session(), current_person().id, before=before, limit=PAGE + 1)
    shown = rows[:PAGE]
    return page(
        "notices/index.html",
        rows=[(row, *sentences_of(row.kind, row.facts)) for row in shown],
        unread=any(row.read_at is None for row in shown),
        more=url_for("notices.index", before=shown[-1].id) if len(rows) > PAGE else None,
    )


@blueprint.post("/notices/readings")
@audience(Audience.SIGNED_IN)
def read() -> Response:
    """Mark all as read."""
    if Form().validate_on_submit():
        mark_read(session(), person=current_person().id, now=now())
    return done(url_for("notices.index"), _("已全部标为已读。"))
