"""An enterprise asks to join: whoever asks becomes its first maker once the operator has looked at it."""

from __future__ import annotations

from uuid import UUID

from flask import Response, url_for
from flask_babel import gettext as _

from ledger.kernel.errors import DomainError
from partners.enterprises.parties.applications import Application, applications, ask_to_join
from puhui.problems import sentence_of
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.enterprises.forms import ApplicationForm
from puhui.web.enterprises.room import blueprint


@blueprint.get("/enterprise/application")
@audience(Audience.SIGNED_IN)
def application() -> Response:
    """Show the form to ask with, and what became of earlier applications."""
    return _page(ApplicationForm(formdata=None))


@blueprint.post("/enterprise/application")
@audience(Audience.SIGNED_IN)
def apply() -> Response:
    """Keep an application; nothing is opened before the operator has looked at it."""
    form = ApplicationForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    wanted = Application(
        id=UUID(form.request_key),
        person_id=current_person().id,
        credit_code=form.credit_code.data,
        name=form.name.data,
        sector=form.sector.data,
        standing=form.standing.data,
        registry_no=form.registry_no.data or "",
        trading_no=form.trading_no.data or "",
        asked_at=now(),
        decided_at=None,
        refusal=None,
        enterprise_id=None,
    )
    try:
        ask_to_join(session(), wanted)
    except DomainError as error:
        if error.code not in ("enterprise_code_invalid", "enterprise_exists", "enterprise_application_open"):
            raise
        form.credit_code.errors = [sentence_of(error)]
        return _page(form, 422)
    return done(url_for("enterprises.application"), _("已提交，等待运营方审核。"))


def _page(form: ApplicationForm, status: int = 200) -> Response:
    mine = applications(session(), person_id=current_person().id, limit=20)
    return page("enterprises/application.html", status=status, form=form, mine=mine)
