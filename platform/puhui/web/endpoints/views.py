"""Pages of an organisation's own program: where messages go, the secret that signs them, what was sent."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from puhui.deliveries import (
    DeliveryRow,
    EndpointAddressRefused,
    EndpointLimitReached,
    close_endpoint,
    deliveries_of,
    endpoints_of,
    open_endpoint,
    secret_of,
)
from puhui.problems import sentence_of
from puhui.web import Audience, audience, current_person, done, house, now, page, session
from puhui.web.forms import Form
from puhui.web.trail import record

blueprint = Blueprint("endpoints", __name__)
PAGE = 20
WHO = (Audience.MERCHANT_MANAGER, Audience.INSTITUTION_MANAGER, Audience.ENTERPRISE_MAKER)


class EndpointForm(Form):
    """Where messages shall go."""

    address = StringField(_l("推送地址"), validators=[DataRequired(_l("请填写推送地址。")), Length(max=500)])


@blueprint.get("/endpoints")
@audience(*WHO)
def index() -> Response:
    """Show the organisation's endpoints and the latest messages."""
    return _page(EndpointForm(formdata=None))


@blueprint.post("/endpoints")
@audience(*WHO)
def create() -> Response:
    """Register an endpoint."""
    form = EndpointForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    try:
        made = open_endpoint(
            session(),
            organisation=_organisation(),
            address=form.address.data.strip(),
            local_allowed=house().settings.is_development,
            now=now(),
        )
    except (EndpointAddressRefused, EndpointLimitReached) as error:
        form.address.errors = [sentence_of(error)]
        return _page(form, status=422)
    record("endpoint.opened", made.id)
    return done(url_for("endpoints.index"), _("已登记推送地址。"))


@blueprint.post("/endpoints/<uuid:endpoint_id>/closure")
@audience(*WHO)
def close(endpoint_id: UUID) -> Response:
    """Stop sending there."""
    close_endpoint(session(), endpoint_id, organisation=_organisation(), now=now())
    record("endpoint.closed", endpoint_id)
    return done(url_for("endpoints.index"), _("已停用推送地址。"))


def _page(form: EndpointForm, *, status: int = 200) -> Response:
    before = request.args.get("before", type=UUID)
    rows = deliveries_of(session(), _organisation(), before=before, limit=PAGE + 1)
    return page(
        "endpoints/index.html",
        status=status,
        form=form,
        endpoints=[
            (endpoint, secret_of(house().vault, endpoint.id)) for endpoint in endpoints_of(session(), _organisation())
        ],
        rows=rows[:PAGE],
        state_of=_state_of,
        more=url_for("endpoints.index", before=rows[PAGE - 1].id) if len(rows) > PAGE else None,
    )


def _state_of(row: DeliveryRow) -> str:
    if row.delivered_at:
        return str(_("已送达"))
    return str(_("待重试") if row.due_at and row.tries else _("待推送") if row.due_at else _("已放弃"))


def _organisation() -> UUID:
    organisation = current_person().organisation_id
    if organisation is None:
        raise RuntimeError("the audience lets organisations' staff in alone")
    return organisation
