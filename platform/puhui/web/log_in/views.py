"""Logging in by code or password, logging out, choosing what to act as."""

from __future__ import annotations

from uuid import UUID

import structlog
from flask import Blueprint, Response, abort, flash, get_flashed_messages, request, url_for
from flask import session as browser_state
from flask_babel import gettext as _

from ledger.kernel.errors import DomainError
from puhui.identity import limits
from puhui.identity.current import COOKIE
from puhui.identity.errors import CodeNotAccepted, CodeUndeliverable, MembershipUnknown, PasswordNotAccepted
from puhui.identity.log_in import (
    check_password_of,
    close_log_in,
    count_wrong_code,
    count_wrong_password,
    open_log_in,
    send_code,
    use_code,
)
from puhui.identity.model import Person, Role
from puhui.identity.people import memberships_of, person_of_phone
from puhui.identity.rules import CODE_PER_ADDRESS, CODE_PER_PHONE, LOG_IN_PER_ADDRESS, masked, phone_number
from puhui.joining import join_citizen
from puhui.problems import problem_of, sentence_of
from puhui.web import Audience, apart, audience, current_person, done, house, now, page, safe_target, session
from puhui.web.log_in.forms import CodeForm, PasswordForm, PhoneForm

blueprint = Blueprint("log_in", __name__)
log = structlog.get_logger()


@blueprint.get("/log-in")
@audience(Audience.PUBLIC)
def show() -> Response:
    """Ask for the phone number."""
    return page("log_in/show.html", form=PhoneForm(data={"next": request.args.get("next", "")}))


@blueprint.post("/log-in/code")
@audience(Audience.PUBLIC)
def create_code() -> Response:
    """Send a code to the phone and ask for it."""
    form = PhoneForm()
    if not form.validate_on_submit():
        return page("log_in/show.html", form=form, status=422)
    try:
        phone = phone_number(form.phone.data)
        with apart() as opened:
            limits.count(opened, vault=house().vault, limits=CODE_PER_ADDRESS, of=_address(), now=now())
            limits.count(opened, vault=house().vault, limits=CODE_PER_PHONE, of=phone, now=now())
            code = send_code(opened, vault=house().vault, phone=phone, now=now())
    except DomainError as error:
        form.phone.errors = [sentence_of(error)]
        return page("log_in/show.html", form=form, status=problem_of(error).status)
    return _ask_for_code(CodeForm(formdata=None, data={"phone": phone, "next": form.next.data}), _deliver(code))


@blueprint.post("/log-in")
@audience(Audience.PUBLIC)
def create() -> Response:
    """Log in with a code; a phone that is new becomes a citizen once they agree to the privacy text."""
    form = CodeForm()
    if not form.validate_on_submit():
        return _ask_for_code(form, status=422)
    vault = house().vault
    try:
        phone = phone_number(form.phone.data)
        _count_log_in()
        use_code(session(), vault=vault, phone=phone, code=form.code.data.strip(), now=now())
    except CodeNotAccepted as error:
        with apart() as opened:
            count_wrong_code(opened, vault=vault, phone=phone)
        form.code.errors = [sentence_of(error)]
        return _ask_for_code(form, status=422)
    except DomainError as error:
        form.code.errors = [sentence_of(error)]
        return _ask_for_code(form, status=problem_of(error).status)
    person = person_of_phone(session(), vault=vault, phone=phone)
    if person is None and not form.agrees.data:
        # The answer is no 2xx, so the use of the code is rolled back and the same code serves once more.
        return _ask_for_code(form, status=422, is_new=True)
    return _enter(person or _welcome(phone), form.next.data)


@blueprint.get("/log-in/staff")
@audience(Audience.PUBLIC)
def show_staff() -> Response:
    """Ask staff for phone and password."""
    return page("log_in/staff.html", form=PasswordForm(data={"next": request.args.get("next", "")}))


@blueprint.post("/log-in/staff")
@audience(Audience.PUBLIC)
def create_staff() -> Response:
    """Log in with a password; five wrong ones lock the account for a while."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return page("log_in/staff.html", form=form, status=422)
    person = None
    try:
        _count_log_in()
        person = person_of_phone(session(), vault=house().vault, phone=phone_number(form.phone.data))
        check_password_of(session(), person=person, password=form.password.data, now=now())
    except DomainError as error:
        if isinstance(error, PasswordNotAccepted) and person is not None:
            with apart() as opened:
                count_wrong_password(opened, person_id=person.id, now=now())
        form.password.errors = [sentence_of(error)]
        return page("log_in/staff.html", form=form, status=problem_of(error).status)
    if person is None:
        abort(401)
    return _enter(person, form.next.data)


@blueprint.get("/acting-as")
@audience(Audience.SIGNED_IN)
def acting() -> Response:
    """Let a person with several memberships choose what to act as."""
    return page("log_in/acting.html", memberships=memberships_of(session(), current_person().id))


@blueprint.post("/acting-as")
@audience(Audience.SIGNED_IN)
def act() -> Response:
    """Act as a citizen or under a membership from now on: a fresh log-in replaces this one."""
    membership_id = request.form.get("membership", type=UUID)
    if membership_id is None and request.form.get("membership"):
        raise MembershipUnknown
    close_log_in(session(), token=request.cookies[COOKIE])
    target = safe_target(request.form.get("next"), url_for("home.show"))
    return _with_log_in(done(target), current_person().id, membership_id)


@blueprint.post("/log-out")
@audience(Audience.PUBLIC)
def log_out() -> Response:
    """Log this device out."""
    close_log_in(session(), token=request.cookies.get(COOKIE, ""))
    browser_state.clear()
    response = done(url_for("home.show"))
    response.delete_cookie(COOKIE)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _count_log_in() -> None:
    with apart() as opened:
        limits.count(opened, vault=house().vault, limits=LOG_IN_PER_ADDRESS, of=_address(), now=now())


def _address() -> str:
    return request.remote_addr or "unknown"


def _deliver(code: str) -> str | None:
    """Hand the code over for delivery; in development it is answered, for the page to show it."""
    if house().settings.is_development:
        return code
    raise CodeUndeliverable


def _ask_for_code(form: CodeForm, code: str | None = None, *, status: int = 200, is_new: bool = False) -> Response:
    phone = masked(form.phone.data or "")
    return page("log_in/code.html", status=status, form=form, phone=phone, shown_code=code, is_new=is_new)


def _welcome(phone: str) -> Person:
    """Make a citizen of a phone that logs in for the first time."""
    flash(_("欢迎加入普惠！"))
    log.info("citizen.joined")
    return join_citizen(session(), vault=house().vault, phone=phone, name=None, now=now())


def _enter(person: Person, target: str | None) -> Response:
    """Log *person* in: as a citizen, or under their only membership; whose work has several rooms chooses.

    A mere member of an institution comes as a citizen; the way to the institution is on the first page.
    """
    memberships = memberships_of(session(), person.id)
    home = safe_target(target, url_for("home.show"))
    is_citizen = person.consented_at is not None
    if is_citizen and all(Role(membership.role) is Role.MEMBER for membership in memberships):
        return _with_log_in(done(home), person.id, None)
    if len(memberships) > 1 or (memberships and is_citizen):
        return _with_log_in(done(url_for("log_in.acting", next=home)), person.id, None)
    return _with_log_in(done(home), person.id, memberships[0].id if memberships else None)


def _with_log_in(response: Response, person_id: UUID, membership_id: UUID | None) -> Response:
    """Open a log-in and give its cookie; what the browser knew before is forgotten."""
    token, ends_at = open_log_in(session(), person_id=person_id, membership_id=membership_id, now=now())
    messages = get_flashed_messages()
    browser_state.clear()
    for message in messages:
        flash(str(message))
    is_secure = not house().settings.is_development
    response.set_cookie(COOKIE, token, expires=ends_at, httponly=True, samesite="Lax", secure=is_secure)
    return response
