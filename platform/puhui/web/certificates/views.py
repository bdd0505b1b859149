"""Pages of certificates. Whoever holds a code can check what it stands for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from puhui.papers import write_paper
from puhui.qr import svg
from puhui.sheets import Column, Sheet, write_book
from puhui.web import Audience, audience, done, page, session
from puhui.web.events.blueprint import percent
from puhui.web.sending import send_book, send_paper, wants_book
from rewards import gifts
from rewards.events import certificates, queries
from rewards.events.errors import CertificateUnknown
from rewards.events.model import Certificate

blueprint = Blueprint("certificates", __name__)
PAGE, MOST_ROWS = 20, 5_000


@blueprint.get("/certificates")
@audience(Audience.PUBLIC)
def index() -> Response:
    """Take a code to check, and list the newest certificates."""
    typed = request.args.get("code", "")
    wrong = None
    if typed:
        code = certificates.read_code(typed)
        try:
            queries.certificate_coded(session(), code)
            return done(url_for("certificates.show", code=code))
        except CertificateUnknown:
            wrong = _("没有这个核验码的证书，请核对 12 位字母和数字。")
    limit = MOST_ROWS if wants_book() else PAGE + 1
    rows = queries.certificates(session(), before=_cursor(), limit=limit)
    if wants_book():
        return send_book(_book(list(rows)), _("零碳活动证书"))
    shown = rows[:PAGE]
    more = url_for("certificates.index", after=shown[-1].id) if len(rows) > PAGE else None
    return page("certificates/index.html", rows=shown, typed=typed[:40], wrong=wrong, more=more)


@blueprint.get("/certificates/<code>")
@audience(Audience.PUBLIC)
def show(code: str) -> Response:
    """Show a certificate as it was issued, and whether a later version has taken its place."""
    found = queries.certificate_coded(session(), certificates.read_code(code))
    return page("certificates/show.html", **_context(found))


@blueprint.get("/certificates/<code>/paper")
@audience(Audience.PUBLIC)
def paper(code: str) -> Response:
    """Send a certificate as a PDF."""
    found = queries.certificate_coded(session(), certificates.read_code(code))
    return send_paper(write_paper("certificates/paper.html", **_context(found)), _("零碳活动证书"))


def _context(found: Certificate) -> dict[str, Any]:
    versions = queries.certificates_of(session(), found.event_id)
    event = queries.event_of(session(), found.event_id)
    address = url_for("certificates.show", code=found.code, _external=True)
    return {
        "certificate": found,
        "said": found.content,
        "newest": versions[0],
        "versions": versions,
        "given": gifts.given_to(session(), [event.id])[event.id] if event.gifts_at else None,
        "address": address,
        "qr": svg(address, label=_("核验二维码")),
        "share": percent(found.content["permille"]),
    }


def _book(rows: list[Certificate]) -> bytes:
    columns = [
        Column(_("核验码"), width=20), Column(_("活动"), width=36), Column(_("组织方"), width=30),
        Column(_("版本"), "whole"), Column(_("签发"), "moment"), Column(_("排放（克）"), "whole"),
        Column(_("注销（克）"), "whole"),
    ]  # fmt: skip
    cells = [
        (
            certificates.grouped(row.code), row.content["name"], row.content["organiser"], row.version, row.issued_at,
            row.content["grams"], row.content["retired_grams"],
        )
        for row in rows
    ]  # fmt: skip
    return write_book([Sheet(_("零碳活动证书"), columns, cells)])


def _cursor() -> UUID | None:
    try:
        return UUID(request.args.get("after", ""))
    except ValueError:
        return None
