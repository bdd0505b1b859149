"""A citizen's own account: name, agreement, leaving."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, url_for
from flask import session as browser_state
from flask_babel import gettext as _

from puhui.identity.current import COOKIE, current_name
from puhui.identity.model import Person
from puhui.identity.people import close_person, phone_of, rename
from puhui.identity.rules import masked
from puhui.web import Audience, audience, current_person, done, house, now, page, session
from puhui.web.account.forms import LeaveForm, NameForm
from rewards.activities import close_participant

blueprint = Blueprint("account", __name__)
log = structlog.get_logger()


@blueprint.get("/account")
@audience(Audience.CITIZEN)
def show() -> Response:
    """Show what is kept about the person, the name to change and the way out."""
    return _page(NameForm(data={"name": current_name()}), LeaveForm(formdata=None))


@blueprint.post("/account/name")
@audience(Audience.CITIZEN)
def name() -> Response:
    """Keep another name, sealed."""
    form = NameForm()
    if not form.validate_on_submit():
        return _page(form, LeaveForm(formdata=None), status=422)
    rename(session(), vault=house().vault, person=_person(), name=form.name.data.strip())
    return done(url_for("account.show"), _("已保存。"))


@blueprint.post("/account/closure")
@audience(Audience.CITIZEN)
def close() -> Response:
    """Close the account: the key is destroyed, nothing more is credited, every log-in ends."""
    form = LeaveForm()
    if not form.validate_on_submit():
        return _page(NameForm(formdata=None, data={"name": current_name()}), form, status=422)
    person = _person()
    close_participant(session(), person.id, now=now())
    close_person(session(), person=person, now=now())
    log.info("citizen.left")
    browser_state.clear()
    response = done(url_for("home.show"), _("账号已注销，您的个人信息已无法读取。"))
    response.delete_cookie(COOKIE)
    return response


def _person() -> Person:
    return session().get_one(Person, current_person().id)


def _page(name_form: NameForm, leave_form: LeaveForm, *, status: int = 200) -> Response:
    person = _person()
    phone = phone_of(session(), vault=house().vault, person=person)
    return page(
        "account/show.html",
        status=status,
        kept=person,
        phone=masked(phone) if phone else None,
        name_form=name_form,
        leave_form=leave_form,
    )
