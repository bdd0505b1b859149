"""Planning a campaign, opening a place, taking part, checking in, looking up a certificate."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from puhui.web.campaigns.words import GOALS, PLACE_KINDS, TEMPLATES
from puhui.web.forms import ActionForm, Form
from puhui.web.institutions.forms import NEEDED, plain
from puhui.web.institutions.words import APPEARANCES
from rewards.campaigns.actions import Plan
from rewards.campaigns.model import Appearance, Campaign, Goal, PlaceKind, Template
from rewards.campaigns.rules import CITY_TIME


class PlanForm(ActionForm):
    """What a campaign is to be; the methods that count are ticked beside it."""

    template = SelectField(_l("活动类型"), choices=[SelectChoice(one.value, TEMPLATES[one]) for one in Template])
    title = StringField(_l("标题"), validators=[DataRequired(NEEDED), Length(max=80)], filters=[plain])
    purpose = TextAreaField(_l("说明"), validators=[DataRequired(NEEDED), Length(max=500)], filters=[plain])
    starts_on = DateField(_l("开始日期"), validators=[InputRequired(NEEDED)])
    ends_on = DateField(_l("结束日期（含当日）"), validators=[InputRequired(NEEDED)])
    goal = SelectField(_l("共同目标"), choices=[SelectChoice(one.value, GOALS[one]) for one in Goal])
    goal_amount = IntegerField(_l("目标数"), validators=[InputRequired(NEEDED), NumberRange(1, 10**12)])
    ranks = BooleanField(_l("显示领先的部门（按人均，只显示前一半）"))
    least_group = IntegerField(
        _l("参与比较的部门至少几人"), default=5, validators=[InputRequired(), NumberRange(3, 1000)]
    )

    def plan(self, methods: list[str]) -> Plan:
        """Answer the plan that the form says; days are the town's."""
        return Plan(
            template=Template(self.template.data),
            title=self.title.data,
            purpose=self.purpose.data,
            starts_at=_midnight(self.starts_on.data),
            ends_at=_midnight(self.ends_on.data + timedelta(days=1)),
            goal=Goal(self.goal.data),
            goal_amount=self.goal_amount.data,
            methods=methods,
            ranks=self.ranks.data,
            least_group=self.least_group.data,
        )


def form_data(campaign: Campaign) -> dict[str, object]:
    """Answer what the form shows for a campaign."""
    last = campaign.ends_at - timedelta(seconds=1)
    return {
        "template": campaign.template.value,
        "title": campaign.title,
        "purpose": campaign.purpose,
        "starts_on": campaign.starts_at.astimezone(CITY_TIME).date(),
        "ends_on": last.astimezone(CITY_TIME).date(),
        "goal": campaign.goal.value,
        "goal_amount": campaign.goal_amount,
        "ranks": campaign.ranks,
        "least_group": campaign.least_group,
    }


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, CITY_TIME)


class PlaceForm(ActionForm):
    """A place whose code people scan."""

    kind = SelectField(_l("签到方式"), choices=[SelectChoice(one.value, PLACE_KINDS[one]) for one in PlaceKind])
    name = StringField(_l("地点"), validators=[DataRequired(NEEDED), Length(max=60)], filters=[plain])
    opens = TimeField(_l("每日开放自（可空）"), validators=[Optional()])
    closes = TimeField(_l("每日开放至（可空）"), validators=[Optional()])
    most_a_day = IntegerField(_l("海报每日最多签到人数"), validators=[Optional(), NumberRange(1, 100_000)])

    def minutes(self) -> tuple[int, int]:
        """Answer when the place opens and closes, in minutes of the day."""
        opens, closes = self.opens.data, self.closes.data
        return opens.hour * 60 + opens.minute if opens else 0, closes.hour * 60 + closes.minute if closes else 24 * 60


class EntryForm(ActionForm):
    """Taking part."""


class AppearanceForm(ActionForm):
    """How one appears in a campaign."""

    shown_as = SelectField(_l("排行中的我"), choices=[SelectChoice(one.value, APPEARANCES[one]) for one in Appearance])


class CodeForm(Form):
    """What a screen or poster shows."""

    code = StringField(_l("签到码"), validators=[DataRequired(NEEDED), Length(max=300)], filters=[plain])
