"""What is done to a family from its pages. Ending it, and letting somebody go, is asked first and recorded."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import gettext

import ledger
from ledger.kernel.errors import DomainError
from puhui.codes import family_key
from puhui.identity import limits
from puhui.identity.rules import Limit
from puhui.problems import sentence_of
from puhui.web import Audience, apart, audience, current_person, done, house, now, session
from puhui.web.families import pages
from puhui.web.families.forms import JoinForm, MinorForm, ShareForm
from puhui.web.forms import ActionForm
from puhui.web.trail import record
from rewards import coins, families

TRIES = (Limit("family code person hour", 10, timedelta(hours=1)),)


@audience(Audience.CITIZEN)
def found() -> Response:
    """Found a family with the citizen as its head."""
    form = pages.checked(ActionForm())
    try:
        families.found(session(), head_id=current_person().id, request_id=UUID(form.request_key), now=now())
    except families.FamilyTaken as error:
        return pages.refused(error)
    return _back(gettext("家庭已建立。邀请家人加入吧。"))


@audience(Audience.CITIZEN)
def join() -> Response:
    """Let the citizen in by a code; tries are counted, so that codes are not to be guessed."""
    form = JoinForm()
    if not form.validate():
        return pages.shown(status=422, join=form)
    with apart() as opened:
        limits.count(opened, vault=house().vault, limits=TRIES, of=str(current_person().id), now=now())
    try:
        families.accept(
            session(),
            code=form.code.data,
            person_id=current_person().id,
            request_id=UUID(form.request_key),
            now=now(),
        )
    except (families.FamilyInvitationRefused, families.FamilyTaken, families.FamilyFull) as error:
        session().rollback()
        form.code.errors = [sentence_of(error)]
        return pages.shown(status=422, join=form)
    return _back(gettext("已加入家庭。"))


@audience(Audience.CITIZEN)
def invite() -> Response:
    """Make an invitation and show its code."""
    form, family = pages.checked(ActionForm()), pages.own_family()
    try:
        families.invite(
            session(),
            family_id=family.id,
            by=current_person().id,
            key=family_key(),
            request_id=UUID(form.request_key),
            now=now(),
        )
    except families.FamilyFull as error:
        return pages.refused(error)
    return _back(gettext("邀请码已生成，24 小时内有效，只能用一次。"))


@audience(Audience.CITIZEN)
def revoke(invitation_id: UUID) -> Response:
    """Make an invitation worthless."""
    family = pages.own_family()
    families.revoke_invitation(
        session(), family_id=family.id, by=current_person().id, invitation_id=invitation_id, now=now()
    )
    return _back(gettext("邀请码已作废。"))


@audience(Audience.CITIZEN)
def add_minor() -> Response:
    """Add a child by a band of birth years."""
    form = pages.minor_form(MinorForm())
    if not form.validate():
        return pages.shown(status=422, minor=form)
    try:
        families.add_minor(
            session(),
            family_id=pages.own_family().id,
            by=current_person().id,
            born_from=form.born_from.data,
            request_id=UUID(form.request_key),
            now=now(),
        )
    except families.FamilyFull as error:
        return pages.refused(error)
    return _back(gettext("已添加。孩子不登录，也不能使用碳币。"))


@audience(Audience.CITIZEN)
def put_in() -> Response:
    """Put some of the citizen's coins into the family's."""
    form = ShareForm()
    if not form.validate():
        return pages.shown(status=422, share=form)
    try:
        families.put_in(
            session(),
            family_id=pages.own_family().id,
            person_id=current_person().id,
            units=form.units.data,
            request_id=UUID(form.request_key),
            now=now(),
        )
    except (ledger.InsufficientBalance, coins.CoinsMoved) as error:
        return _wrong_share(form, error)
    return _back(gettext("已放入家庭，保留原来的到期日。"))


@audience(Audience.CITIZEN)
def allow(member_id: UUID) -> Response:
    """Let a member spend the family's coins, or no longer."""
    may_spend = request.form.get("may_spend") == "yes"
    families.allow_spending(
        session(),
        family_id=pages.own_family().id,
        by=current_person().id,
        member_id=member_id,
        may_spend=may_spend,
    )
    record("family.spending_changed", member_id, may_spend=may_spend)
    return _back(gettext("已允许使用家庭碳币。") if may_spend else gettext("已不再允许使用家庭碳币。"))


@audience(Audience.CITIZEN)
def remove(member_id: UUID) -> Response:
    """Let a member go."""
    pages.checked(ActionForm())
    try:
        member = families.remove(
            session(), family_id=pages.own_family().id, by=current_person().id, member_id=member_id, now=now()
        )
    except families.FamilyHeadStays as error:
        return pages.refused(error)
    record("family.member_left", member_id, removed=member.removed_by is not None)
    return _back(gettext("已移出家庭。") if member.removed_by else gettext("您已退出家庭。"))


@audience(Audience.CITIZEN)
def dissolve() -> Response:
    """End the family; what is left goes back as was said before."""
    pages.checked(ActionForm())
    family = pages.own_family()
    try:
        parts = families.dissolve(session(), family_id=family.id, by=current_person().id, now=now())
    except (families.FamilyCoinsInUse, coins.CoinsMoved) as error:
        return pages.refused(error)
    record("family.dissolved", family.id, coins=sum(parts.values()), members=len(parts))
    return _back(gettext("家庭已解散，碳币已按规则退回。"))


def _wrong_share(form: ShareForm, error: DomainError) -> Response:
    session().rollback()
    form.units.errors = [sentence_of(error)]
    return pages.shown(status=409, share=form)


def _back(message: str) -> Response:
    return done(url_for("families.show"), message)
