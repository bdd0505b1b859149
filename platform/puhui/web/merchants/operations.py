"""The operator's side: applications decided by a second pair of eyes, merchants suspended and let back."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext

from partners import merchants
from puhui.merchants import approve_application, lift_suspension, suspend_merchant
from puhui.notices import tell
from puhui.sheets import Column
from puhui.web import Audience, audience, current_person, done, house, now, page, session
from puhui.web.forms import ActionForm
from puhui.web.merchants.books import send_list
from puhui.web.merchants.forms import ReasonForm
from puhui.web.merchants.tries import tries_page
from puhui.web.merchants.words import APPLICATION_STATES
from puhui.web.offers.words import MERCHANT_KINDS
from puhui.web.sending import wants_book
from puhui.web.trail import record

blueprint = Blueprint("merchant_operations", __name__)
PAGE, BOOK = 20, 5_000


@blueprint.get("/operator/merchants")
@audience(Audience.OPERATOR)
def index() -> Response:
    """List the merchants by name, with those that are suspended marked."""
    after = request.args.get("after", type=UUID)
    rows = merchants.merchants_by_name(session(), after=after, limit=BOOK if wants_book() else PAGE + 1)
    if wants_book():
        columns = [
            Column(gettext("商户名称"), width=30), Column(gettext("行业")), Column(gettext("县区")),
            Column(gettext("入驻时间"), "moment"),
        ]  # fmt: skip
        lines = [[row.name, str(MERCHANT_KINDS[row.kind]), row.county_code, row.joined_at] for row in rows]
        return send_list(gettext("商户"), columns, lines)
    return page(
        "merchants/operator_index.html",
        rows=rows[:PAGE],
        suspended=merchants.suspended(session(), [row.id for row in rows]),
        more=url_for("merchant_operations.index", after=rows[PAGE - 1].id) if len(rows) > PAGE else None,
    )


@blueprint.get("/operator/merchant-applications")
@audience(Audience.OPERATOR)
def applications() -> Response:
    """List the applications that wait, or all."""
    only_open = request.args.get("state") != "all"
    before = request.args.get("before", type=UUID)
    rows = merchants.applications(
        session(), only_open=only_open, before=before, limit=BOOK if wants_book() else PAGE + 1
    )
    if wants_book():
        columns = [
            Column(gettext("统一社会信用代码"), width=24), Column(gettext("商户名称"), width=30),
            Column(gettext("申请时间"), "moment"), Column(gettext("状态")),
        ]  # fmt: skip
        lines = [[row.credit_code, row.name, row.applied_at, str(APPLICATION_STATES[row.state.value])] for row in rows]
        return send_list(gettext("入驻申请"), columns, lines)
    state = request.args.get("state")
    more = url_for(".applications", before=rows[PAGE - 1].id, state=state) if len(rows) > PAGE else None
    return page(
        "merchants/operator_applications.html", rows=rows[:PAGE], only_open=only_open, more=more,
        words=APPLICATION_STATES,
    )  # fmt: skip


@blueprint.post("/merchant-applications/<uuid:application_id>/approval")
@audience(Audience.OPERATOR)
def approve(application_id: UUID) -> Response:
    """Open the merchant; who applied cannot."""
    merchant = approve_application(
        session(), vault=house().vault, application_id=application_id, decided_by=current_person().id, now=now()
    )
    record("merchant.approved", merchant.id, application=str(application_id))
    return done(url_for("merchant_operations.show", merchant_id=merchant.id), gettext("已通过，商户已开通。"))


@blueprint.post("/merchant-applications/<uuid:application_id>/refusal")
@audience(Audience.OPERATOR)
def refuse(application_id: UUID) -> Response:
    """Turn an application down with a reason that the applicant reads."""
    form, target = ReasonForm(), url_for("merchant_applications.show", application_id=application_id)
    if not form.validate_on_submit():
        return done(target, gettext("请写明不通过的原因。"))
    refused = merchants.refuse(
        session(), application_id=application_id, reason=form.reason.data, decided_by=current_person().id, now=now()
    )
    tell(
        session(), person=refused.applied_by, kind="merchant_refused", facts={"name": refused.name},
        link=target, key=f"merchant-refused-{application_id}", now=now(),
    )  # fmt: skip
    record("merchant.refused", application_id, reason=form.reason.data)
    return done(target, gettext("已告知申请人不通过。"))


@blueprint.get("/operator/merchants/<uuid:merchant_id>")
@audience(Audience.OPERATOR)
def show(merchant_id: UUID) -> Response:
    """Show a merchant: its stores, what it is owed, its suspensions."""
    return page(
        "merchants/operator_show.html",
        merchant=merchants.merchant_of(session(), merchant_id),
        places=merchants.counters_of(session(), merchant_id),
        takings=merchants.takings_of(session(), merchant_id, now=now()),
        suspensions=merchants.suspensions_of(session(), merchant_id),
        running=merchants.running_suspension(session(), merchant_id),
        form=ReasonForm(formdata=None),
        lifting=ActionForm(formdata=None),
    )


@blueprint.post("/operator/merchants/<uuid:merchant_id>/suspensions")
@audience(Audience.OPERATOR)
def suspend(merchant_id: UUID) -> Response:
    """Suspend a merchant: offers off show, open vouchers given back, its account closed in the ledger."""
    form, target = ReasonForm(), url_for("merchant_operations.show", merchant_id=merchant_id)
    if not form.validate_on_submit():
        return done(target, gettext("请写明暂停的原因。"))
    suspension = suspend_merchant(
        session(), suspension_id=UUID(form.request_key), merchant_id=merchant_id, reason=form.reason.data,
        by=current_person().id, now=now(),
    )  # fmt: skip
    if suspension.began_at == now():
        record("merchant.suspended", merchant_id, reason=form.reason.data)
    return done(target, gettext("已暂停：账户已关闭，未用的券已退回顾客。"))


@blueprint.post("/operator/merchants/<uuid:merchant_id>/restoration")
@audience(Audience.OPERATOR)
def restore(merchant_id: UUID) -> Response:
    """Lift the suspension."""
    if not ActionForm().validate_on_submit():
        abort(422)
    lift_suspension(session(), merchant_id=merchant_id, by=current_person().id, now=now())
    record("merchant.restored", merchant_id)
    return done(url_for("merchant_operations.show", merchant_id=merchant_id), gettext("已恢复营业。"))


@blueprint.get("/operator/merchants/<uuid:merchant_id>/refused-scans")
@audience(Audience.OPERATOR)
def refused_scans(merchant_id: UUID) -> Response:
    """Show the codes that were refused at the merchant's counters, and why."""
    merchant = merchants.merchant_of(session(), merchant_id)
    return tries_page(merchant, url_for(".refused_scans", merchant_id=merchant_id))
