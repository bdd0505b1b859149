"""The audit trail: what staff did, when, from where. Nobody edits it; it can be taken away as a sheet."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from puhui.identity.audit import acts_of
from puhui.identity.current import name_of
from puhui.identity.model import AuditEntry, Kind, Role
from puhui.sheets import Column, Sheet, write_book
from puhui.web import Audience, audience, current_person, page, session
from puhui.web.audit.words import facts_of, word_of
from puhui.web.frame import ROLE_NAMES
from puhui.web.sending import send_book, wants_book

blueprint = Blueprint("audit", __name__)
PAGE = 30
MOST_EXPORTED = 20_000
FILTERS = ("subject", "action", "since", "until")
CITY_TIME = ZoneInfo("Asia/Shanghai")
WHO = (
    Audience.OPERATOR,
    Audience.AUDITOR,
    Audience.MERCHANT_MANAGER,
    Audience.INSTITUTION_MANAGER,
    Audience.ENTERPRISE,
)


@blueprint.get("/audit")
@audience(*WHO)
def index() -> Response:
    """List the acts of one's own organisation's staff; the operator's and the auditor's list has everyone's."""
    if wants_book():
        return _book(_acts(limit=MOST_EXPORTED))
    rows = _acts(limit=PAGE + 1)
    shown = rows[:PAGE]
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name in FILTERS and value}
    names = _names(shown)
    return page(
        "audit/index.html",
        rows=[(row, word_of(row.action), names[row.person_id], facts_of(row)) for row in shown],
        asked=request.args,
        book=url_for("audit.index", **(kept | {"as": "xlsx"})),
        more=url_for("audit.index", **kept, before=shown[-1].id) if len(rows) > PAGE else None,
    )


def _acts(*, limit: int) -> list[AuditEntry]:
    return acts_of(
        session(),
        organisation_id=_organisation(),
        subject=request.args.get("subject", "").strip()[:200] or None,
        action=request.args.get("action", "").strip()[:60] or None,
        since=_midnight("since"),
        until=_midnight("until", days=1),
        before=request.args.get("before", type=UUID),
        limit=limit,
    )


def _organisation() -> UUID | None:
    acting = current_person().acting
    return None if acting is None or acting.kind is Kind.OPERATOR else acting.organisation_id


def _midnight(name: str, *, days: int = 0) -> datetime | None:
    """Answer the beginning of the local day that the filter names, *days* later; what is no day filters nothing."""
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return datetime.combine(day, time(), CITY_TIME) + timedelta(days=days)


def _names(rows: list[AuditEntry]) -> dict[UUID, str]:
    return {person: name_of(session(), person) or str(person)[:8] for person in {row.person_id for row in rows}}


def _book(rows: list[AuditEntry]) -> Response:
    names = _names(rows)
    columns = [
        Column(_("时间"), "moment"),
        Column(_("操作"), width=24),
        Column(_("对象"), width=38),
        Column(_("经手人")),
        Column(_("角色")),
        Column(_("内容"), width=60),
        Column(_("来源地址")),
        Column(_("请求编号"), width=38),
    ]
    cells = [
        (
            row.at,
            word_of(row.action),
            row.subject,
            names[row.person_id],
            str(ROLE_NAMES[Role(row.role)]) if row.role else "",
            facts_of(row),
            row.address,
            row.request_id,
        )
        for row in rows
    ]
    return send_book(write_book([Sheet(_("操作日志"), columns, cells)]), _("操作日志"))
