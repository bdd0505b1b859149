"""What the pages of a family show, and how a refusal is said on them."""

from __future__ import annotations

from flask import Response, abort, request, url_for
from flask_babel import gettext
from wtforms.fields.choices import SelectChoice

from ledger.kernel.errors import DomainError
from puhui.codes import family_key
from puhui.identity.current import name_of
from puhui.problems import sentence_of
from puhui.web import current_person, done, now, page, session
from puhui.web.exchange.history import expiring_of
from puhui.web.families.forms import JoinForm, MinorForm, ShareForm
from puhui.web.forms import ActionForm
from rewards import coins, families
from rewards.families import BAND_YEARS, Family, Member

SHOWN_LINES = 10


def own_family() -> Family:
    """Answer the family of who is asking. Raises FamilyUnknown."""
    family = families.family_of(session(), current_person().id)
    if family is None:
        raise families.FamilyUnknown
    return family


def shown(*, status: int = 200, **forms: ActionForm) -> Response:
    """Answer the family's page, with *forms* that were filled in wrongly in place of fresh ones."""
    citizen = current_person().id
    family = families.family_of(session(), citizen)
    if family is None:
        join = forms.get("join") or JoinForm(formdata=None, code=request.args.get("code", "")[:40])
        return page("families/none.html", status=status, form=ActionForm(formdata=None), join=join)
    members = families.members_of(session(), family.id)
    history = coins.history_of(session(), family.id, limit=SHOWN_LINES)
    is_head = family.head_id == citizen
    return page(
        "families/show.html",
        status=status,
        family=family,
        is_head=is_head,
        me=next(member for member in members if member.person_id == citizen),
        members=[(member, label_of(member)) for member in members],
        balance=coins.coins_of(session(), family.id, now=now()),
        own=coins.coins_of(session(), citizen, now=now()).available,
        expiring=expiring_of(family.id, now()),
        shares=families.shares_of(session(), family.id),
        invitations=invitations(family) if is_head else [],
        lines=history.lines if history else [],
        form=ActionForm(formdata=None),
        share=forms.get("share") or ShareForm(formdata=None),
        minor=minor_form(forms.get("minor")),
    )


def invitations(family: Family) -> list[tuple[families.Invitation, str]]:
    """Answer the invitations that still let somebody in, with their codes for the head to pass on."""
    rows = families.invitations_of(session(), family.id, now=now())
    return [(row, families.code_of(row.id, key=family_key())) for row in rows]


def minor_form(filled: ActionForm | None = None) -> MinorForm:
    """Answer the form that adds a child, with the bands of now."""
    form = filled if isinstance(filled, MinorForm) else MinorForm(formdata=None)
    form.born_from.choices = [SelectChoice(year, band_of(year)) for year in families.bands(now())]
    return form


def band_of(born_from: int) -> str:
    """Answer a band of birth years: ``2016–2019 年出生``."""
    return str(gettext("%(from)s–%(to)s 年出生", **{"from": born_from, "to": born_from + BAND_YEARS - 1}))


def label_of(member: Member) -> str:
    """Answer how a member is called on the family's page: by name, a child by its band alone."""
    if member.person_id is None:
        return str(gettext("孩子（%(band)s）", band=band_of(member.born_from or 0)))
    return name_of(session(), member.person_id) or str(gettext("未填姓名"))


def refused(error: DomainError, target: str | None = None) -> Response:
    """Go back to the family and say why; nothing of what was begun stays."""
    session().rollback()
    return done(target or url_for("families.show"), sentence_of(error))


def checked(form: ActionForm) -> ActionForm:
    """Answer a form that carries its token and request id; anything else is a fault (422)."""
    if not form.validate():
        abort(422)
    return form
