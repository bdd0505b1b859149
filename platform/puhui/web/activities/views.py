"""A citizen's acts: the list, how one was computed, and the providers' riders that are the citizen's."""

from __future__ import annotations

from itertools import groupby
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

import ledger
from ledger.kernel.errors import DomainError
from partners.providers import Provider, all_providers, provider_of, riders_of
from puhui.intake import rider_key
from puhui.problems import sentence_of
from puhui.web import Audience, audience, current_person, done, house, now, page, session
from puhui.web.activities.forms import BindingForm
from puhui.web.activities.words import CODES, STATUSES
from puhui.web.methods.words import is_chinese
from rewards import activities
from rewards.methods import catalogue

blueprint = Blueprint("activities", __name__)
PAGE = 30


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {
        "activity_statuses": STATUSES,
        "activity_codes": CODES,
        "method_of": catalogue().method,
        "provider_name": lambda provider: provider.name_zh if is_chinese() else provider.name_en,
    }


@blueprint.get("/activities")
@audience(Audience.CITIZEN)
def index() -> Response:
    """List the citizen's acts by day, newest first."""
    person = current_person().id
    found = activities.activities_of(
        session(), person, after=activities.cursor_of(request.args.get("after", "")), limit=PAGE
    )
    days = [(day, list(acts)) for day, acts in groupby(found.activities, key=lambda act: act.local_start.date())]
    return page(
        "activities/index.html",
        days=days,
        grams=_balance(person, "reduction", "reduction"),
        points=_balance(person, "points", "point"),
        bindings=activities.bindings_of(session(), person),
        more=url_for("activities.index", after=str(found.after)) if found.after else None,
    )


@blueprint.get("/activities/<uuid:activity_id>")
@audience(Audience.CITIZEN)
def show(activity_id: UUID) -> Response:
    """Explain one act down to formula, factor, source, version, caps and transfers."""
    act = activities.activity_of(session(), current_person().id, activity_id)
    method = catalogue().method(act.method)
    version = method.versions[act.method_version - 1]
    rate = next(each for each in catalogue().rates if each.version == act.rate_version)
    return page(
        "activities/show.html",
        act=act,
        method=method,
        version=version,
        rate=rate,
        share=rate.tier_percent[version.tier.__class__(act.tier)],
        provider=_providers().get(act.provider_id),
    )


@blueprint.get("/activities/bindings")
@audience(Audience.CITIZEN)
def bindings() -> Response:
    """Show which riders are bound, since when, and the form to bind one."""
    return _bindings_page(BindingForm())


@blueprint.post("/activities/bindings")
@audience(Audience.CITIZEN)
def bind() -> Response:
    """Bind a rider to the citizen: what it earned moves over, and all that follows. Repeating it moves nothing."""
    form = BindingForm()
    form.provider.choices = _choices()
    if not form.validate_on_submit():
        return _bindings_page(form, status=422)
    try:
        moved = _claim(form)
    except DomainError as error:
        form.claim_code.errors = [sentence_of(error)]
        return _bindings_page(form, status=422)
    message = _("已绑定，转入 %(grams)s g 和 %(points)s 积分。", grams=moved.grams, points=moved.points)
    return done(url_for("activities.index"), message)


def _claim(form: BindingForm) -> activities.Claim:
    provider = provider_of(session(), form.provider.data)
    riders = riders_of(session(), provider.code, key=rider_key(house().vault))
    rider = form.rider.data.strip()
    riders.check_claim_code(rider, form.claim_code.data, today=now().date())
    return activities.claim(
        session(),
        rider=riders.pseudonym(rider),
        person=current_person().id,
        request_id=UUID(str(form.request_key)),
        now=now(),
    )


def _bindings_page(form: BindingForm, status: int = 200) -> Response:
    form.provider.choices = _choices()
    return page(
        "activities/bindings.html",
        status=status,
        form=form,
        bindings=activities.bindings_of(session(), current_person().id),
        providers=_providers(),
    )


def _choices() -> list[tuple[str, str]]:
    return [(each.code, each.name_zh if is_chinese() else each.name_en) for each in all_providers(session())]


def _providers() -> dict[int, Provider]:
    return {each.id: each for each in all_providers(session())}


def _balance(owner: UUID, purpose: str, asset: str) -> int:
    try:
        account = ledger.account_of(session(), owner=owner, purpose=purpose, asset=asset)
    except ledger.AccountUnknown:
        return 0
    return ledger.balance(session(), account).posted
