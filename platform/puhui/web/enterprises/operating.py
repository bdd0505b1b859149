"""The operator's pages about enterprises: applications, members, policies, open differences."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from flask import Response, url_for
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from partners.enterprises.parties.actions import add_account, register_enterprise, set_policy
from partners.enterprises.parties.applications import (
    application_of,
    applications,
    check_admissible,
    decide_application,
)
from partners.enterprises.parties.errors import ParentInvalid
from partners.enterprises.parties.model import Enterprise
from partners.enterprises.parties.queries import accounts_of, enterprise_of, enterprises
from partners.enterprises.reconciliation.queries import breaks_of, open_breaks
from puhui.identity.audit import acts_of
from puhui.identity.current import name_of
from puhui.identity.errors import PhoneInvalid
from puhui.identity.model import Kind, Membership, Organisation, Person, Role
from puhui.identity.people import create_organisation, create_person, join, leave, person_of_phone
from puhui.identity.rules import phone_number
from puhui.problems import sentence_of
from puhui.sheets import Sheet
from puhui.web import Audience, audience, current_person, done, house, now, page, session
from puhui.web.audit.words import word_of
from puhui.web.enterprises import words
from puhui.web.enterprises.breaks import breaks_sheet
from puhui.web.enterprises.forms import MemberForm, PolicyForm, ReasonForm
from puhui.web.enterprises.room import ROWS, blueprint, column, listed, page_number
from puhui.web.trail import record


@blueprint.get("/operator/enterprises")
@audience(Audience.OPERATOR)
def operator_index() -> Response:
    """List the enterprises, and before them the applications that wait."""
    number = page_number()
    rows = enterprises(session(), limit=ROWS + 1, offset=number * ROWS)
    columns = [column(_("企业名称")), column(_("统一社会信用代码"), width=22), column(_("行业")), column(_("机构性质"))]

    def sheets() -> list[Sheet]:
        found = enterprises(session(), limit=100_000)
        lines = [
            [one.name, one.credit_code, str(words.SECTORS[one.sector]), str(words.STANDINGS[one.standing])]
            for one in found
        ]
        return [Sheet(_("企业"), columns, lines)]

    return listed(
        "enterprises/operator_index.html",
        name=_("企业"),
        sheets=sheets,
        rows=rows[:ROWS],
        following=url_for("enterprises.operator_index", page=number + 1) if rows[ROWS:] else None,
        asked=[one for one in applications(session()) if one.decided_at is None],
    )


@blueprint.get("/operator/enterprises/applications/<uuid:application_id>")
@audience(Audience.OPERATOR)
def operator_application(application_id: UUID) -> Response:
    """Show an application and the two ways to decide."""
    return _application_page(application_id, ReasonForm(formdata=None))


def _application_page(application_id: UUID, form: ReasonForm, status: int = 200) -> Response:
    found = application_of(session(), application_id)
    return page(
        "enterprises/operator_application.html",
        status=status,
        asked=found,
        applicant=name_of(session(), found.person_id),
        form=form,
    )


@blueprint.post("/operator/enterprises/applications/<uuid:application_id>/admission")
@audience(Audience.OPERATOR)
def admit(application_id: UUID) -> Response:
    """Open the enterprise with its accounts; who asked becomes its first maker. Rule 39 refuses who may not trade."""
    asked = application_of(session(), application_id)
    check_admissible(asked)
    made = create_organisation(
        session(), kind=Kind.ENTERPRISE, name=asked.name, credit_code=asked.credit_code, now=now()
    )
    register_enterprise(
        session(),
        organisation_id=made.id,
        credit_code=asked.credit_code,
        name=asked.name,
        sector=asked.sector,
        standing=asked.standing,
        now=now(),
    )
    for system, number in (("registry", asked.registry_no), ("trading", asked.trading_no)):
        if number:
            add_account(session(), enterprise_id=made.id, system=system, account_no=number, market="CEA", now=now())
    join(session(), person=session().get_one(Person, asked.person_id), organisation=made, role=Role.MAKER, now=now())
    decide_application(session(), application_id, decided_by=current_person().id, enterprise_id=made.id, now=now())
    record("enterprise.admitted", made.id)
    return done(url_for("enterprises.operator_show", enterprise_id=made.id), _("已准入，请再添加复核人员。"))


@blueprint.post("/operator/enterprises/applications/<uuid:application_id>/refusal")
@audience(Audience.OPERATOR)
def refuse(application_id: UUID) -> Response:
    """Refuse an application, with a reason that the applicant sees."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _application_page(application_id, form, 422)
    decide_application(session(), application_id, decided_by=current_person().id, refusal=form.reason.data, now=now())
    record("enterprise.refused", application_id)
    return done(url_for("enterprises.operator_index"), _("已驳回。"))


@blueprint.get("/operator/enterprises/<uuid:enterprise_id>")
@audience(Audience.OPERATOR)
def operator_show(enterprise_id: UUID) -> Response:
    """Show an enterprise: accounts, members, policy, open differences and what its staff did."""
    return _enterprise_page(enterprise_of(session(), enterprise_id))


def _enterprise_page(
    firm: Enterprise, *, member: MemberForm | None = None, policy: PolicyForm | None = None, status: int = 200
) -> Response:
    rows = session().execute(
        sa.select(Membership.id, Membership.person_id, Membership.role)
        .where(Membership.organisation_id == firm.id, Membership.ended_at.is_(None))
        .order_by(Membership.started_at, Membership.id)
        .limit(200)
    )
    members = [(membership, name_of(session(), person), role) for membership, person, role in rows]
    return page(
        "enterprises/operator_show.html",
        status=status,
        firm=firm,
        accounts=accounts_of(session(), firm.id).values(),
        members=members,
        member=member or MemberForm(formdata=None),
        policy=policy or _policy_form(firm),
        breaks=breaks_of(session(), firm.id, limit=20),
        acts=acts_of(session(), organisation_id=firm.id, limit=20),
        act_word=word_of,
        at=now(),
    )


def _policy_form(firm: Enterprise, *, filled: bool = True) -> PolicyForm:
    form = PolicyForm(formdata=None, obj=firm) if filled else PolicyForm()
    others = [one for one in enterprises(session(), limit=1_000) if one.id != firm.id]
    form.parent.choices = [SelectChoice("", _("没有")), *(SelectChoice(str(one.id), one.name) for one in others)]
    if filled:
        form.parent.data = str(firm.parent_id or "")
    return form


@blueprint.post("/operator/enterprises/<uuid:enterprise_id>/policy")
@audience(Audience.OPERATOR)
def keep_policy(enterprise_id: UUID) -> Response:
    """Write down how the enterprise counts cost, until when its books are closed and whose part it is."""
    firm = enterprise_of(session(), enterprise_id)
    form = _policy_form(firm, filled=False)
    if not form.validate_on_submit():
        return _enterprise_page(firm, policy=form, status=422)
    try:
        set_policy(
            session(),
            enterprise_id=firm.id,
            lot_policy=form.lot_policy.data,
            free_first=form.free_first.data,
            closed_until=form.closed_until.data,
            parent_id=UUID(form.parent.data) if form.parent.data else None,
        )
    except ParentInvalid as error:
        form.parent.errors = [sentence_of(error)]
        return _enterprise_page(firm, policy=form, status=422)
    record("enterprise.policy_set", firm.id)
    return done(url_for("enterprises.operator_show", enterprise_id=firm.id), _("已保存。"))


@blueprint.post("/operator/enterprises/<uuid:enterprise_id>/members")
@audience(Audience.OPERATOR)
def add_member(enterprise_id: UUID) -> Response:
    """Give a person a role in the enterprise: maker, checker or reader."""
    firm, form = enterprise_of(session(), enterprise_id), MemberForm()
    if not form.validate_on_submit():
        return _enterprise_page(firm, member=form, status=422)
    try:
        phone = phone_number(form.phone.data)
    except PhoneInvalid as error:
        form.phone.errors = [sentence_of(error)]
        return _enterprise_page(firm, member=form, status=422)
    vault = house().vault
    person = person_of_phone(session(), vault=vault, phone=phone)
    if person is None and not form.name.data:
        form.name.errors = [_("还没有这个用户，请填写姓名。")]
        return _enterprise_page(firm, member=form, status=422)
    if person is None:
        person = create_person(session(), vault=vault, phone=phone, name=form.name.data, now=now())
    joined = join(
        session(),
        person=person,
        organisation=session().get_one(Organisation, firm.id),
        role=Role(form.role.data),
        now=now(),
    )
    record("enterprise.member_added", joined.id, role=form.role.data)
    return done(url_for("enterprises.operator_show", enterprise_id=firm.id), _("已添加。"))


@blueprint.post("/operator/enterprises/<uuid:enterprise_id>/members/<uuid:membership_id>/closure")
@audience(Audience.OPERATOR)
def end_member(enterprise_id: UUID, membership_id: UUID) -> Response:
    """End a membership; whoever acts under it is logged out."""
    firm = enterprise_of(session(), enterprise_id)
    membership = session().get(Membership, membership_id)
    if membership is not None and membership.organisation_id == firm.id:
        leave(session(), membership_id=membership_id, now=now())
        record("enterprise.member_ended", membership_id)
    return done(url_for("enterprises.operator_show", enterprise_id=firm.id), _("已结束该身份。"))


@blueprint.get("/operator/market/breaks")
@audience(Audience.OPERATOR, Audience.AUDITOR)
def operator_breaks() -> Response:
    """List the open differences of all enterprises, oldest first."""
    number = page_number()
    rows = open_breaks(session(), limit=ROWS + 1, offset=number * ROWS)
    return listed(
        "enterprises/operator_breaks.html",
        name=_("差异"),
        sheets=lambda: [breaks_sheet([one for _name, _id, one in open_breaks(session(), limit=100_000)])],
        rows=rows[:ROWS],
        following=url_for("enterprises.operator_breaks", page=number + 1) if rows[ROWS:] else None,
        at=now(),
    )
