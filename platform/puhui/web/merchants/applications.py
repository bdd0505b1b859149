"""A shop signs up: phone by code, application with documents, its state; withdrawn while it waits."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from ledger.kernel.errors import DomainError
from partners import merchants
from partners.merchants import Application, Shop
from puhui.files import kept_file, send_file_of
from puhui.identity import limits
from puhui.identity.errors import CodeNotAccepted, CodeUndeliverable
from puhui.identity.log_in import count_wrong_code, send_code, use_code
from puhui.identity.model import Kind
from puhui.identity.rules import CODE_PER_ADDRESS, CODE_PER_PHONE, masked, phone_number
from puhui.merchants import Contact, apply_for, contact_of
from puhui.merchants.signing_up import Document
from puhui.problems import problem_of, sentence_of
from puhui.web import Audience, apart, audience, current_person, done, house, now, page, session
from puhui.web.forms import ActionForm
from puhui.web.merchants.forms import ApplicationForm, PhoneForm, ReasonForm
from puhui.web.sending import takes_files
from puhui.web.trail import record

blueprint = Blueprint("merchant_applications", __name__)
PAGE = 20
MOST_DOCUMENTS = 5
FIELDS = {
    "CreditCodeLengthWrong": "credit_code", "CreditCodeCharactersWrong": "credit_code",
    "CreditCodeChecksumWrong": "credit_code", "CreditCodeTaken": "credit_code",
    "ApplicationOpen": "credit_code", "FileEmpty": "documents", "FileTooLarge": "documents",
    "FileKindRefused": "documents", "CodeNotAccepted": "code", "PhoneInvalid": "code",
}  # fmt: skip
"""Beside which field of the form an error is said."""


@blueprint.get("/merchant-applications")
@audience(Audience.SIGNED_IN)
def index() -> Response:
    """List the applications that who is asking handed in, and let them begin one."""
    before = request.args.get("before", type=UUID)
    rows = merchants.applications(session(), applied_by=current_person().id, before=before, limit=PAGE + 1)
    return page(
        "merchants/applications.html",
        rows=rows[:PAGE],
        form=PhoneForm(formdata=None),
        more=url_for("merchant_applications.index", before=rows[PAGE - 1].id) if len(rows) > PAGE else None,
    )


@blueprint.post("/merchant-applications/phone-code")
@audience(Audience.SIGNED_IN)
def create_code() -> Response:
    """Send a code to the contact's phone and show the application's form."""
    form = PhoneForm()
    if not form.validate_on_submit():
        return page("merchants/applications.html", rows=[], form=form, more=None, status=422)
    try:
        phone = phone_number(form.phone.data)
        code = sent_code(phone)
    except DomainError as error:
        form.phone.errors = [sentence_of(error)]
        return page("merchants/applications.html", rows=[], form=form, more=None, status=problem_of(error).status)
    return _form(ApplicationForm(formdata=None, data={"phone": phone, "county_code": "", "kind": "shop"}), code)


@blueprint.post("/merchant-applications")
@takes_files(25)
@audience(Audience.SIGNED_IN)
def create() -> Response:
    """Hand the application in with its documents."""
    form = ApplicationForm()
    if not form.validate_on_submit():
        return _form(form, status=422)
    try:
        phone = phone_number(form.phone.data)
        use_code(session(), vault=house().vault, phone=phone, code=form.code.data.strip(), now=now())
        application = _apply(form, phone)
    except DomainError as error:
        if isinstance(error, CodeNotAccepted):
            with apart() as opened:
                count_wrong_code(opened, vault=house().vault, phone=phone)
        field = FIELDS.get(type(error).__name__, "name")
        form[field].errors = [*form[field].errors, sentence_of(error)]
        return _form(form, status=problem_of(error).status)
    record("merchant.applied", application.id, credit_code=application.credit_code)
    target = url_for("merchant_applications.show", application_id=application.id)
    return done(target, gettext("申请已提交，运营方审核后会通知您。"))


@blueprint.get("/merchant-applications/<uuid:application_id>")
@audience(Audience.SIGNED_IN)
def show(application_id: UUID) -> Response:
    """Show an application to who handed it in, and to the operator who decides."""
    application = _visible(application_id)
    contact = contact_of(session(), vault=house().vault, application=application)
    return page(
        "merchants/application.html",
        application=application,
        contact=contact,
        phone=masked(contact.phone) if contact else None,
        files=[kept_file(session(), file) for file in merchants.documents_of(session(), application_id)],
        decides=_is_operator() and application.applied_by != current_person().id,
        form=ActionForm(formdata=None),
        reason=ReasonForm(formdata=None),
        own=application.applied_by == current_person().id,
    )


@blueprint.get("/merchant-applications/<uuid:application_id>/documents/<uuid:file_id>")
@audience(Audience.SIGNED_IN)
def document(application_id: UUID, file_id: UUID) -> Response:
    """Send a document of an application to who may see it."""
    _visible(application_id)
    if file_id not in merchants.documents_of(session(), application_id):
        raise merchants.ApplicationUnknown(application=application_id)
    return send_file_of(session(), file_id)


@blueprint.post("/merchant-applications/<uuid:application_id>/withdrawal")
@audience(Audience.SIGNED_IN)
def withdraw(application_id: UUID) -> Response:
    """Take an application back."""
    merchants.withdraw(session(), application_id=application_id, applied_by=current_person().id, now=now())
    record("merchant.application_withdrawn", application_id)
    return done(url_for("merchant_applications.show", application_id=application_id), gettext("申请已撤回。"))


def sent_code(phone: str) -> str:
    """Send a one-time code to *phone* and answer it for the development page. Raises TooManyAttempts."""
    if not house().settings.is_development:
        raise CodeUndeliverable
    with apart() as opened:
        address = request.remote_addr or "unknown"
        limits.count(opened, vault=house().vault, limits=CODE_PER_ADDRESS, of=address, now=now())
        limits.count(opened, vault=house().vault, limits=CODE_PER_PHONE, of=phone, now=now())
        return send_code(opened, vault=house().vault, phone=phone, now=now())


def _apply(form: ApplicationForm, phone: str) -> Application:
    sent = [file for file in request.files.getlist("documents") if file.filename][:MOST_DOCUMENTS]
    name = form.name.data.strip()
    return apply_for(
        session(), vault=house().vault, application_id=UUID(form.request_key),
        shop=Shop(
            credit_code=form.credit_code.data, name=name, name_en=form.name_en.data.strip() or name,
            kind=form.kind.data, county_code=form.county_code.data, address=form.address.data,
        ),
        contact=Contact(form.contact.data.strip(), phone),
        documents=[Document(file.filename or "", file.read()) for file in sent],
        applied_by=current_person().id, now=now(),
    )  # fmt: skip


def _form(form: ApplicationForm, code: str | None = None, *, status: int = 200) -> Response:
    phone = masked(form.phone.data or "")
    return page("merchants/application_form.html", form=form, phone=phone, shown_code=code, status=status)


def _visible(application_id: UUID) -> Application:
    application = merchants.application_of(session(), application_id)
    if application.applied_by != current_person().id and not _is_operator():
        raise merchants.ApplicationUnknown(application=application_id)
    return application


def _is_operator() -> bool:
    acting = current_person().acting
    return acting is not None and acting.kind is Kind.OPERATOR and acting.role.value == "operator"
