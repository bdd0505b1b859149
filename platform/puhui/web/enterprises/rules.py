"""The rulebook on a page: the forty rules, parameters with their sources, and what nobody published yet."""

from __future__ import annotations

import json

from flask import Response, url_for
from flask_babel import gettext as _

from partners.enterprises.rulebook.actions import add_acceptance, add_parameter
from partners.enterprises.rulebook.errors import RuleRowExists, RuleRowInvalid
from partners.enterprises.rulebook.model import Acceptance, Parameter, Value
from partners.enterprises.rulebook.queries import rulebook
from puhui.problems import sentence_of
from puhui.sheets import Sheet
from puhui.web import Audience, audience, done, person_or_none, session
from puhui.web.enterprises import words
from puhui.web.enterprises.forms import RuleRowForm, VintageForm
from puhui.web.enterprises.room import blueprint, column, listed
from puhui.web.trail import record


@blueprint.get("/market/rules")
@audience(Audience.PUBLIC)
def rules() -> Response:
    """Show every rule, parameter and accepted vintage with its days and source; the operator may add rows."""
    return _page(RuleRowForm(formdata=None), VintageForm(formdata=None))


def _page(row: RuleRowForm, vintage: VintageForm, status: int = 200) -> Response:
    book = rulebook(session())
    person = person_or_none()

    def sheets() -> list[Sheet]:
        titles = [
            column(_("规则"), "whole"),
            column(_("自何日起"), "date"),
            column(_("级别")),
            column(_("内容"), width=60),
        ]
        rules = [[o.number, o.valid_from, o.severity, o.title, _standing(o.standing), o.citation] for o in book.rules]
        names = [column(_("参数"), width=30), column(_("自何日起"), "date"), column(_("数值"))]
        rows = [
            [
                str(words.PARAMETERS.get(o.name, o.name)),
                o.valid_from,
                _value(o.value),
                _standing(o.standing),
                o.citation,
            ]
            for o in book.parameters
        ]
        sources = [column(_("来源性质")), column(_("来源"), width=60)]
        return [Sheet(_("规则"), [*titles, *sources], rules), Sheet(_("参数"), [*names, *sources], rows)]

    return listed(
        "enterprises/rules.html",
        name=_("碳市场规则"),
        sheets=sheets,
        book=book,
        shown=_value,
        rule_standings=words.RULE_STANDINGS,
        operates=person is not None and person.acting is not None and person.acting.kind.value == "operator",
        row=row,
        vintage=vintage,
        status=status,
    )


def _standing(standing: str) -> str:
    return str(words.RULE_STANDINGS[standing])


def _value(value: Value) -> str:
    if value is None:
        return str(_("暂空：未查到公布的数值"))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@blueprint.post("/operator/market/parameters")
@audience(Audience.OPERATOR)
def keep_parameter() -> Response:
    """Add a row to the rulebook: a parameter's value from a day on. Earlier rows stay."""
    row = RuleRowForm()
    if not row.validate_on_submit():
        return _page(row, VintageForm(formdata=None), 422)
    made = Parameter(
        row.name.data, row.valid_from.data, _typed(row.value.data), 0, row.standing.data, row.citation.data
    )
    try:
        add_parameter(session(), made)
    except (RuleRowInvalid, RuleRowExists) as error:
        row.value.errors = [sentence_of(error)]
        return _page(row, VintageForm(formdata=None), 422)
    record("market_parameter.added", row.name.data, valid_from=row.valid_from.data.isoformat())
    return done(url_for("enterprises.rules"), _("已新增一行，原有的行不变。"))


def _typed(text: str) -> Value:
    """Read a value as JSON where it is a number or a list; a day or a rate stays text."""
    try:
        value: Value = json.loads(text)
    except json.JSONDecodeError:
        return text
    return value if isinstance(value, int | list) and not isinstance(value, bool) else text


@blueprint.post("/operator/market/vintages")
@audience(Audience.OPERATOR)
def keep_vintage() -> Response:
    """Add a row that says whether a vintage counts for a year from a day on."""
    form = VintageForm()
    if not form.validate_on_submit():
        return _page(RuleRowForm(formdata=None), form, 422)
    said = Acceptance(
        *(form.year.data, form.vintage.data, form.valid_from.data, form.accepted.data),
        *(form.standing.data, form.citation.data),
    )
    try:
        add_acceptance(session(), said)
    except (RuleRowInvalid, RuleRowExists) as error:
        form.year.errors = [sentence_of(error)]
        return _page(RuleRowForm(formdata=None), form, 422)
    record("vintage_acceptance.added", f"{said.year}/{said.vintage}")
    return done(url_for("enterprises.rules"), _("已新增一行，原有的行不变。"))
