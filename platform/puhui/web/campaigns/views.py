"""Pages of campaigns for those who run them: planning, publishing, results."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from ledger.kernel.errors import DomainError
from partners.institutions.queries import MemberFilter
from partners.institutions.queries import members as members_of
from puhui.identity.model import Role
from puhui.institution_jobs import heads_of
from puhui.notices import Notice, tell_many
from puhui.problems import problem_of, sentence_of
from puhui.sheets import Column, Sheet, write_book
from puhui.web import Audience, audience, current_person, done, now, page, session
from puhui.web.campaigns import words
from puhui.web.campaigns.forms import PlaceForm, PlanForm, form_data
from puhui.web.institutions.standing import Standing, standing, standing_as, tree
from puhui.web.institutions.words import department_paths
from puhui.web.methods.words import method_name
from puhui.web.sending import send_book, wants_book
from puhui.web.trail import record
from rewards.campaigns import actions, queries
from rewards.campaigns.model import Campaign, Template
from rewards.campaigns.rules import METHODS, TeamResult, state_of
from rewards.methods import catalogue

blueprint = Blueprint("campaigns", __name__)
PAGE = 30
TOLD_AT_MOST = 20_000


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {
        "campaign_states": words.STATES,
        "campaign_templates": words.TEMPLATES,
        "campaign_sources": words.SOURCES,
        "campaign_goals": words.GOALS,
        "place_kinds": words.PLACE_KINDS,
        "goal_amount": words.goal_amount,
        "clock": words.clock,
        "days_of": words.days_of,
    }


@blueprint.get("/institution/campaigns")
@audience(Audience.INSTITUTION_MANAGER)
def index() -> Response:
    """List the institution's campaigns, the latest first; as a sheet too."""
    mine = standing()
    place = min(max(request.args.get("page", 1, type=int), 1), 10_000)
    limit, offset = (5000, 0) if wants_book() else (PAGE + 1, (place - 1) * PAGE)
    rows = queries.campaigns_of(session(), mine.institution.id, limit=limit, offset=offset)
    if wants_book():
        columns = [
            Column(_("标题"), width=30),
            Column(_("活动类型")),
            Column(_("开始"), "moment"),
            Column(_("结束"), "moment"),
        ]
        columns += [Column(_("状态"))]
        cells = [
            (
                one.title,
                str(words.TEMPLATES[one.template]),
                one.starts_at,
                one.ends_at,
                str(words.STATES[state_of(one, now=now())]),
            )
            for one in rows
        ]
        return send_book(write_book([Sheet(_("活动"), columns, cells)]), _("活动"))
    return page(
        "campaigns/index.html",
        standing=mine,
        rows=[(one, state_of(one, now=now())) for one in rows[:PAGE]],
        more=url_for("campaigns.index", page=place + 1) if len(rows) > PAGE else None,
    )


@blueprint.get("/institution/campaign-plans")
@audience(Audience.INSTITUTION_MANAGER)
def planning() -> Response:
    """Show the form of a new campaign, filled from what it is modelled on."""
    mine = standing_as(Role.LIAISON)
    asked = request.args.get("template", "")
    template = Template(asked) if asked in list(Template) else Template.GREEN_TRAVEL
    title = "" if template is Template.OWN else str(words.TEMPLATES[template])
    form = PlanForm(data={"template": template.value, "title": title, "goal": "people"})
    return _planning(mine, form, list(METHODS[template]))


@blueprint.post("/institution/campaign-plans")
@audience(Audience.INSTITUTION_MANAGER)
def create() -> Response:
    """Write a campaign down; nobody sees it before it is published."""
    return _keep(None)


@blueprint.get("/institution/campaigns/<uuid:campaign_id>/plan")
@audience(Audience.INSTITUTION_MANAGER)
def replanning(campaign_id: UUID) -> Response:
    """Show the plan of a campaign that is not published yet."""
    mine = standing_as(Role.LIAISON)
    campaign = _campaign(mine, campaign_id)
    return _planning(mine, PlanForm(data=form_data(campaign)), campaign.methods, campaign=campaign)


@blueprint.post("/institution/campaigns/<uuid:campaign_id>/plan")
@audience(Audience.INSTITUTION_MANAGER)
def replan(campaign_id: UUID) -> Response:
    """Write the plan anew."""
    return _keep(campaign_id)


def _keep(campaign_id: UUID | None) -> Response:
    mine, form = standing_as(Role.LIAISON), PlanForm()
    campaign = _campaign(mine, campaign_id) if campaign_id else None
    known = {method.code for method in catalogue().methods}
    methods = [code for code in request.form.getlist("method") if code in known]
    if not form.validate_on_submit():
        return _planning(mine, form, methods, campaign=campaign, status=422)
    try:
        kept = actions.plan(
            session(), mine.institution.id, form.plan(methods), by=current_person().id, now=now(),
            campaign_id=campaign_id or UUID(form.request_key),
        )  # fmt: skip
    except DomainError as error:
        at = form.goal_amount if error.code == "campaign_goal_unfit" else form.ends_on
        at.errors = [sentence_of(error)]
        return _planning(mine, form, methods, campaign=campaign, status=problem_of(error).status)
    record("campaign.planned", kept.id)
    return done(url_for("campaigns.show", campaign_id=kept.id), _("草稿已保存，发布后成员才能看到。"))


def _planning(
    mine: Standing, form: PlanForm, methods: list[str], *, campaign: Campaign | None = None, status: int = 200
) -> Response:
    every = [(method.code, method_name(method)) for method in catalogue().methods if not method.code.startswith("P")]
    return page(
        "campaigns/planning.html",
        status=status,
        standing=mine,
        form=form,
        methods=methods,
        every=every,
        campaign=campaign,
    )


def _campaign(mine: Standing, campaign_id: UUID) -> Campaign:
    return queries.campaign_of(session(), campaign_id, institution_id=mine.institution.id)


@blueprint.get("/institution/campaigns/<uuid:campaign_id>")
@audience(Audience.INSTITUTION_MANAGER)
def show(campaign_id: UUID) -> Response:
    """Show how far a campaign is, its teams and places; the teams as a sheet too."""
    return showing(standing(), campaign_id, PlaceForm(formdata=None))


def showing(mine: Standing, campaign_id: UUID, form: PlaceForm, *, status: int = 200) -> Response:
    """Answer the campaign's page with the form of a new place."""
    campaign = _campaign(mine, campaign_id)
    teams = queries.team_results(session(), campaign_id)
    if wants_book():
        return send_book(_book(teams), campaign.title)
    return page(
        "campaigns/show.html",
        status=status,
        standing=mine,
        campaign=campaign,
        state=state_of(campaign, now=now()),
        progress=queries.progress_of(session(), campaign_id),
        teams=[team for team in teams if team.entered],
        methods=[method_name(catalogue().method(code)) for code in campaign.methods],
        places=queries.places_of(session(), campaign_id),
        check_ins=queries.check_ins_by_place(session(), campaign_id),
        form=form,
    )


def _book(teams: list[TeamResult]) -> bytes:
    columns = [Column(_("队伍"), width=36), Column(_("部门人数"), "whole"), Column(_("参与人数"), "whole")]
    columns += [Column(_("行为次数"), "whole"), Column(_("减排量（克）"), "whole"), Column(_("人均（克）"), "whole")]
    rows = [(one.team.name, one.team.heads, one.entered, one.acts, one.grams, one.per_head_grams) for one in teams]
    return write_book([Sheet(_("队伍"), columns, rows)])


@blueprint.post("/institution/campaigns/<uuid:campaign_id>/publication")
@audience(Audience.INSTITUTION_MANAGER)
def publish(campaign_id: UUID) -> Response:
    """Publish a campaign: the departments become its teams, and members are told once."""
    mine = standing_as(Role.LIAISON)
    campaign = _campaign(mine, campaign_id)
    heads, paths = heads_of(session(), mine.institution.id), department_paths(tree())
    teams = [(one.id, paths[one.id], heads[one.id]) for level, one in tree() if level == 1]
    actions.publish(session(), campaign_id, teams=teams, now=now())
    record("campaign.published", campaign_id)
    everybody = members_of(session(), mine.institution.id, which=MemberFilter(), limit=TOLD_AT_MOST)
    link = url_for("campaigns.joining", campaign_id=campaign_id)
    notices = [
        Notice(one.person_id, "campaign_published", link, f"campaign {campaign_id}", {"title": campaign.title})
        for one in everybody
    ]
    tell_many(session(), notices, now=now())
    return done(url_for("campaigns.show", campaign_id=campaign_id), _("已发布，成员会收到一条消息。"))


@blueprint.post("/institution/campaigns/<uuid:campaign_id>/closure")
@audience(Audience.INSTITUTION_MANAGER)
def call_off(campaign_id: UUID) -> Response:
    """End a campaign before its time."""
    mine = standing_as(Role.LIAISON)
    _campaign(mine, campaign_id)
    actions.call_off(session(), campaign_id, now=now())
    record("campaign.called_off", campaign_id)
    return done(url_for("campaigns.show", campaign_id=campaign_id), _("已提前结束，已有的记录保留。"))
