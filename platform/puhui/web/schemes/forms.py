"""Opening a scheme and drafting its rules. Weights are one field a method, so they are read beside the form."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from wtforms import DateField, DecimalField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from puhui.web.forms import ActionForm
from puhui.web.institutions.forms import NEEDED, plain
from rewards.schemes.model import UNITS_PER_POINT, Span, Whose
from rewards.schemes.rules import HEAVIEST, Settings

MOST_POINTS = 1_000_000_000


class SchemeForm(ActionForm):
    """A year and a name."""

    year = IntegerField(_l("年度"), validators=[InputRequired(NEEDED), NumberRange(2000, 2100)])
    name = StringField(_l("名称"), validators=[DataRequired(NEEDED), Length(max=80)], filters=[plain])


def _quota(word: object) -> DecimalField:
    return DecimalField(word, places=2, validators=[Optional(), NumberRange(Decimal("0.01"), MOST_POINTS)])


class DraftForm(ActionForm):
    """The rules of a version; points with two places."""

    purpose = TextAreaField(_l("目的"), validators=[DataRequired(NEEDED), Length(max=500)], filters=[plain])
    starts_on = DateField(_l("开始日期"), validators=[InputRequired(NEEDED)])
    ends_on = DateField(_l("结束日期"), validators=[InputRequired(NEEDED)])
    valid_from = DateField(_l("本版生效日期"), validators=[InputRequired(NEEDED)])
    grams_per_point = IntegerField(
        _l("多少克减排量得 1 分"), validators=[InputRequired(NEEDED), NumberRange(1, 1_000_000)]
    )
    budget = DecimalField(
        _l("积分预算（分）"), places=2, validators=[InputRequired(NEEDED), NumberRange(Decimal(1), MOST_POINTS)]
    )
    person_day = _quota(_l("每人每日最多（分，可空）"))
    person_month = _quota(_l("每人每月最多（分，可空）"))
    person_year = _quota(_l("每人全年最多（分，可空）"))
    department_day = _quota(_l("每部门每日最多（分，可空）"))
    department_month = _quota(_l("每部门每月最多（分，可空）"))
    department_year = _quota(_l("每部门全年最多（分，可空）"))

    def settings(self, weights: Mapping[str, int]) -> Settings:
        """Answer the rules that the form says."""
        quotas = {}
        for whose in Whose:
            for span in Span:
                asked = self[f"{whose}_{span}"].data
                if asked is not None:
                    quotas[whose, span] = _units(asked)
        return Settings(
            purpose=self.purpose.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            valid_from=self.valid_from.data,
            grams_per_point=self.grams_per_point.data,
            budget_units=_units(self.budget.data),
            weights=weights,
            quotas=quotas,
        )


def form_data(settings: Settings) -> dict[str, object]:
    """Answer what the form shows for *settings*."""
    quotas = {f"{whose}_{span}": points_of_units(units) for (whose, span), units in settings.quotas.items()}
    return {
        "purpose": settings.purpose,
        "starts_on": settings.starts_on,
        "ends_on": settings.ends_on,
        "valid_from": settings.valid_from,
        "grams_per_point": settings.grams_per_point,
        "budget": points_of_units(settings.budget_units),
        **quotas,
    }


def weights_in(sent: Mapping[str, str]) -> dict[str, int]:
    """Read the weights that were typed, in percent; an empty field means that the method does not count.

    Raises ValueError for what is no whole number from 1 to a thousand.
    """
    found = {}
    for name, text in sent.items():
        if not name.startswith("weight-") or not text.strip():
            continue
        weight = int(text)
        if not 1 <= weight <= HEAVIEST:
            raise ValueError(name)
        found[name.removeprefix("weight-")] = weight
    return found


def points_of_units(units: int) -> Decimal:
    """Answer hundredths of a point as points."""
    return Decimal(units) / UNITS_PER_POINT


def _units(points: Decimal) -> int:
    return int((points * UNITS_PER_POINT).to_integral_value())
