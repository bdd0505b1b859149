"""Campaigns for those who take part: joining, checking in, how one appears, the certificate. No switch of identity."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, url_for
from flask_babel import gettext as _

from ledger.kernel.errors import DomainError
from partners.institutions.members import member_of_person
from partners.institutions.queries import institution_of, tree_of
from puhui.codes import campaign_code_book
from puhui.members import appearances, names_of
from puhui.papers import write_paper
from puhui.problems import problem_of, sentence_of
from puhui.qr import svg
from puhui.web import Audience, audience, current_person, done, house, now, page, person_or_none, session
from puhui.web.campaigns.forms import AppearanceForm, CodeForm, EntryForm
from puhui.web.campaigns.places import blueprint
from puhui.web.methods.words import method_name
from puhui.web.sending import send_paper
from rewards.campaigns import actions, queries
from rewards.campaigns.errors import CampaignUnknown, CheckInNotAccepted
from rewards.campaigns.model import Appearance, Campaign, CampaignState
from rewards.campaigns.rules import result_of, shown_people, shown_teams, state_of
from rewards.methods import catalogue

__all__ = ["blueprint"]
LOOKED_AT = 50


@blueprint.get("/campaigns/<uuid:campaign_id>")
@audience(Audience.SIGNED_IN)
def joining(campaign_id: UUID) -> Response:
    """Show a campaign to a member: what it is, how far it is, and taking part."""
    campaign, person = _visible(campaign_id), current_person().id
    entry = queries.entry_of(session(), campaign_id, person)
    is_in = entry is not None and entry.left_at is None
    results = queries.team_results(session(), campaign_id)
    people = shown_people(
        queries.first_entries(session(), campaign_id, limit=LOOKED_AT), least_group=campaign.least_group
    )
    return page(
        "campaigns/joining.html",
        campaign=campaign,
        institution=institution_of(session(), campaign.institution_id),
        state=state_of(campaign, now=now()),
        progress=queries.progress_of(session(), campaign_id),
        methods=[method_name(catalogue().method(code)) for code in campaign.methods],
        entry=entry if is_in else None,
        teams=shown_teams(results, least_group=campaign.least_group) if campaign.ranks else [],
        own=result_of(results, entry.team_id) if is_in and entry else None,
        people=people if campaign.ranks else [],
        names=appearances(session(), house().vault, {one.person_id: one.shown_as for one in people}),
        form=EntryForm(formdata=None),
        appearance=AppearanceForm(formdata=None, data={"shown_as": entry.shown_as.value if entry else "anonymous"}),
    )


@blueprint.post("/campaigns/<uuid:campaign_id>/entry")
@audience(Audience.SIGNED_IN)
def enter(campaign_id: UUID) -> Response:
    """Take part."""
    campaign = _visible(campaign_id)
    team = _team(campaign)
    actions.enter(session(), campaign_id, person_id=current_person().id, team_id=team, now=now())
    return done(
        url_for("campaigns.joining", campaign_id=campaign_id), _("已参加。计入的行为会自动汇入，不用每天打卡。")
    )


@blueprint.post("/campaigns/<uuid:campaign_id>/departure")
@audience(Audience.SIGNED_IN)
def depart(campaign_id: UUID) -> Response:
    """Take no further part."""
    actions.leave(session(), campaign_id, person_id=current_person().id, now=now())
    return done(url_for("campaigns.joining", campaign_id=campaign_id), _("已退出活动。"))


@blueprint.post("/campaigns/<uuid:campaign_id>/appearance")
@audience(Audience.SIGNED_IN)
def appear(campaign_id: UUID) -> Response:
    """Keep how the person wants to appear."""
    form = AppearanceForm()
    if form.validate_on_submit():
        shown_as = Appearance(form.shown_as.data)
        actions.choose_appearance(session(), campaign_id, person_id=current_person().id, shown_as=shown_as)
    return done(url_for("campaigns.joining", campaign_id=campaign_id), _("已保存。"))


@blueprint.get("/check-ins")
@audience(Audience.SIGNED_IN)
def scanning() -> Response:
    """Show the scanner and the field for a code."""
    return page("campaigns/scanning.html", form=CodeForm())


@blueprint.get("/check-ins/<code>")
@audience(Audience.SIGNED_IN)
def arriving(code: str) -> Response:
    """Show what was scanned with one button: looking at a page checks nobody in."""
    return _arrive(CodeForm(formdata=None, data={"code": code}))


@blueprint.post("/check-ins")
@audience(Audience.SIGNED_IN)
def check_in() -> Response:
    """Check in by a code, once a day and place."""
    form, person = CodeForm(), current_person().id
    if not form.validate_on_submit():
        return page("campaigns/scanning.html", form=form, status=422)
    codes = campaign_code_book()
    try:
        place, campaign = actions.read_code(session(), code=form.code.data, codes=codes, now=now())
        if member_of_person(session(), campaign.institution_id, person) is None:
            raise CheckInNotAccepted
        made = actions.check_in(
            session(), code=form.code.data, codes=codes, person_id=person, team_id=_team(campaign), now=now()
        )
    except DomainError as error:
        form.code.errors = [sentence_of(error)]
        return page("campaigns/scanning.html", form=form, status=problem_of(error).status)
    target = url_for("campaigns.joining", campaign_id=campaign.id)
    return done(target, _("已在“%(place)s”签到。", place=place.name) if made.at == now() else _("今天已经签过到了。"))


def _arrive(form: CodeForm) -> Response:
    try:
        place, campaign = actions.read_code(session(), code=form.code.data, codes=campaign_code_book(), now=now())
    except DomainError as error:
        form.code.errors = [sentence_of(error)]
        return page("campaigns/scanning.html", form=form, status=problem_of(error).status)
    member = member_of_person(session(), campaign.institution_id, current_person().id)
    institution = institution_of(session(), campaign.institution_id)
    return page(
        "campaigns/arriving.html", form=form, place=place, campaign=campaign, member=member, institution=institution
    )


@blueprint.post("/campaigns/<uuid:campaign_id>/certificate")
@audience(Audience.SIGNED_IN)
def certify(campaign_id: UUID) -> Response:
    """Make the person's certificate and show its page."""
    made = actions.certify(session(), campaign_id, person_id=current_person().id, now=now())
    return done(url_for("campaigns.certificate", code=made.code))


@blueprint.get("/campaign-certificates/<code>")
@audience(Audience.PUBLIC)
def certificate(code: str) -> Response:
    """Show anybody who has its code what a certificate says; whose it is stands on the holder's paper alone."""
    return page("campaigns/certificate.html", **_certified(code))


@blueprint.get("/campaign-certificates/<code>/paper")
@audience(Audience.SIGNED_IN)
def paper(code: str) -> Response:
    """Send the holder the certificate as PDF, with the holder's name where one was given."""
    facts = _certified(code)
    if not facts["is_mine"]:
        raise CampaignUnknown
    person = current_person().id
    name = names_of(session(), house().vault, [person]).get(person)
    address = url_for("campaigns.certificate", code=code, _external=True)
    found = write_paper("campaigns/certificate_paper.html", name=name, qr=svg(address, label=_("验证二维码")), **facts)
    return send_paper(found, _("活动证书"))


def _certified(code: str) -> dict[str, Any]:
    found = queries.certificate_of(session(), code)
    campaign = queries.campaign_by_id(session(), found.campaign_id)
    person = _person_id()
    return {
        "certificate": found,
        "campaign": campaign,
        "institution": institution_of(session(), campaign.institution_id),
        "is_mine": person == found.person_id,
        "spelled": f"{found.code[:4]}-{found.code[4:8]}-{found.code[8:]}",
    }


def _person_id() -> UUID | None:
    from_log_in = person_or_none()
    return from_log_in.id if from_log_in else None


def _visible(campaign_id: UUID) -> Campaign:
    """Answer a published campaign to a member of its institution or to who took part. Raises CampaignUnknown."""
    campaign, person = queries.campaign_by_id(session(), campaign_id), current_person().id
    is_draft = state_of(campaign, now=now()) is CampaignState.DRAFT
    took_part = queries.entry_of(session(), campaign_id, person) is not None
    if is_draft or not (took_part or member_of_person(session(), campaign.institution_id, person)):
        raise CampaignUnknown(campaign=campaign_id)
    return campaign


def _team(campaign: Campaign) -> UUID | None:
    """Answer the team of the person's department or of one above it, where the campaign has one."""
    member = member_of_person(session(), campaign.institution_id, current_person().id)
    tree = tree_of(session(), campaign.institution_id)
    if member is None or member.department_id not in tree.by_id or member.department_id is None:
        return None
    teams = {team.department_id: team.id for team in queries.teams_of(session(), campaign.id)}
    return next((teams[one.id] for one in reversed(tree.path(member.department_id)) if one.id in teams), None)
