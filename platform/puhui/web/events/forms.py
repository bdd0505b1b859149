"""Forms of events."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    Field,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from puhui.web.events import words
from puhui.web.forms import ActionForm, Form
from rewards.events.factors import ITEMS, MODES, PARAMETERS
from rewards.events.model import Covers, EventKind
from rewards.units import UnitKind

CITY_TIME = ZoneInfo("Asia/Shanghai")
NEEDED = _l("请填写。")
NUMBER = re.compile(r"[0-9]{1,11}(\.[0-9]{1,6})?", re.ASCII)


def plain(text: str | None) -> str | None:
    """Leave out what PostgreSQL cannot hold, and blanks around."""
    return text.replace("\x00", "").strip() if text else text


class NumberField(StringField):  # type: ignore[misc]  # WTForms has no types.
    """A number not below nought as people type it; ``number`` is the exact decimal, or None where nothing stands."""

    widget = TextInput()

    @property
    def number(self) -> Decimal | None:
        """The number that was typed."""
        return Decimal(self.data) if self.data and NUMBER.fullmatch(self.data) else None

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002  # WTForms hands it over.
        """Refuse what is no plain number."""
        if self.data and not NUMBER.fullmatch(self.data):
            raise StopValidation(str(_l("请填写不小于 0 的数，最多 6 位小数。")))


def kilogram_number(label: object, *, needed: bool = False) -> Field:
    """Make a field for a number that may be left empty unless *needed*."""
    return NumberField(label, validators=[InputRequired(NEEDED) if needed else Optional()], filters=[plain])


def text(label: object, *, most: int, needed: bool = True) -> Field:
    """Make a field for a line of words."""
    return StringField(
        label, validators=[InputRequired(NEEDED) if needed else Optional(), Length(max=most)], filters=[plain]
    )


def choices(codes: Sequence[str], named: dict[str, object]) -> list[SelectChoice]:
    """Answer the choices of a list."""
    return [SelectChoice(str(code), named[code]) for code in codes]


def _ticks(label: object) -> Field:
    ticks = [SelectChoice(str(place), words_) for place, (_, words_) in enumerate(words.MEASURES)]
    return SelectMultipleField(
        label, choices=ticks, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )


class MeetingForm(ActionForm):
    """The short form: a page for a small meeting."""

    name = text(_l("会议名称"), most=100)
    place = text(_l("地点"), most=200)
    starts_at = DateTimeLocalField(_l("开始"), format="%Y-%m-%dT%H:%M", validators=[InputRequired(NEEDED)])
    hours = kilogram_number(_l("时长（小时）"), needed=True)
    people = IntegerField(_l("人数"), validators=[InputRequired(NEEDED), NumberRange(1, 1000)])
    lunches = IntegerField(_l("用餐（份）"), default=0, validators=[Optional(), NumberRange(0, 10_000)])
    mode = SelectField(
        _l("大家多数怎么来"),
        choices=[SelectChoice("", _l("暂不填，签到时各自填写")), *choices(MODES, words.ITEMS)],
        default="",
    )
    km = kilogram_number(_l("单程平均公里数"))
    measures = _ticks(_l("减排措施（先减排，后抵消）"))
    power = kilogram_number(_l("会议用电：每人每小时千瓦时"))
    power_source = text(_l("来源"), most=200, needed=False)
    meal = kilogram_number(_l("用餐：每份千克二氧化碳"))
    meal_source = text(_l("来源"), most=200, needed=False)
    mode_factor = kilogram_number(_l("出行：每人公里千克二氧化碳（无可引用因子的方式才需填写）"))
    mode_source = text(_l("来源"), most=200, needed=False)


class EventForm(ActionForm):
    """The full form: everything of an event."""

    kind = SelectField(_l("类型"), choices=choices(list(EventKind), words.KINDS))
    name = text(_l("活动名称"), most=100)
    place = text(_l("地点"), most=200)
    starts_at = DateTimeLocalField(_l("开始"), format="%Y-%m-%dT%H:%M", validators=[InputRequired(NEEDED)])
    ends_at = DateTimeLocalField(_l("结束"), format="%Y-%m-%dT%H:%M", validators=[InputRequired(NEEDED)])
    people = IntegerField(
        _l("预计人数（结束后改为实际人数）"), validators=[InputRequired(NEEDED), NumberRange(1, 1_000_000)]
    )
    boundary = TextAreaField(
        _l("核算边界：计入哪些阶段和排放源，不计入哪些，为什么"),
        validators=[Optional(), Length(max=2000)],
        filters=[plain],
    )
    measures = TextAreaField(_l("减排措施，每行一项"), validators=[Optional(), Length(max=4000)], filters=[plain])
    evaluator = text(_l("第三方评价机构（自我声明则不填）"), most=200, needed=False)


class LineForm(Form):
    """A line of the inventory."""

    item = SelectField(_l("核算项"), choices=choices(list(ITEMS), words.ITEMS))
    quantity = kilogram_number(_l("数量"), needed=True)
    words = text(_l("说明（数据从哪里来）"), most=300, needed=False)
    quantity_percent = IntegerField(
        _l("数量的不确定度（±%）"), default=10, validators=[Optional(), NumberRange(0, 500)]
    )
    factor = kilogram_number(_l("因子（千克/单位，无可引用因子时填写）"))
    factor_source = text(_l("因子来源"), most=300, needed=False)


class PlaceForm(Form):
    """Which line is meant."""

    place = IntegerField(validators=[InputRequired(), NumberRange(0, 32_000)])


class HolderForm(Form):
    """Units of the pool or of a sink project to plan."""

    kind = SelectField(_l("类型"), choices=choices([UnitKind.PUHUI, UnitKind.SINK], words.UNIT_KINDS))
    holder = SelectField(_l("来源"), validate_choice=False)
    kilograms = kilogram_number(_l("数量（千克）"), needed=True)


class ProofForm(Form):
    """A registry's record of a cancellation."""

    kind = SelectField(_l("类型"), choices=choices([k for k in UnitKind if k is not UnitKind.SINK], words.UNIT_KINDS))
    registry = text(_l("登记机构"), most=100)
    project = text(_l("项目名称"), most=200)
    year = IntegerField(_l("减排量年份"), validators=[InputRequired(NEEDED), NumberRange(2000, 2100)])
    first_serial = text(_l("起始序列号"), most=80)
    last_serial = text(_l("终止序列号"), most=80)
    tonnes = kilogram_number(_l("每个序列号代表多少吨"), needed=True)
    cancelled_on = DateField(_l("注销日期"), validators=[InputRequired(NEEDED)])
    certificate_no = text(_l("注销凭证编号"), most=100)
    proof = FileField(_l("注销凭证（PDF 或照片）"))


class CoverForm(Form):
    """What the offset covers."""

    covers = SelectField(_l("抵消范围"), choices=choices(list(Covers), words.COVERED))


class ReasonForm(Form):
    """A reason in words."""

    reason = text(_l("原因"), most=300, needed=False)


class ReviewForm(Form):
    """A reviewer's decision."""

    note = text(_l("审核意见"), most=500, needed=False)
    decision = SelectField(choices=[SelectChoice("approved", ""), SelectChoice("returned", "")])


class SureForm(Form):
    """Something that cannot be undone is confirmed by a tick."""

    sure = BooleanField(_l("我知道注销后不可撤回"), validators=[InputRequired(_l("请先勾选确认。"))])


class SheetForm(Form):
    """A sheet to take in."""

    sheet = FileField(_l("名单（XLSX 或 CSV）"))


class GuestForm(ActionForm):
    """What a guest says: a name, a phone if they like, how they came."""

    name = text(_l("姓名"), most=40)
    phone = text(_l("手机号（可不填；已报名的请填报名时的号码）"), most=20, needed=False)
    mode = SelectField(_l("您怎么来的"), choices=choices(MODES, words.ITEMS))
    km = kilogram_number(_l("单程多少公里（大致即可）"), needed=True)
    shown = StringField()


class ParameterForm(ActionForm):
    """A number that the operator sets, with its source."""

    item = SelectField(_l("参数"), choices=choices(PARAMETERS, words.ITEMS))
    value = kilogram_number(_l("数值"), needed=True)
    source = text(_l("来源（文件、计量记录或说明）"), most=300)


class IssueForm(ActionForm):
    """A batch of the pool's units that a second operator approves."""

    registry = text(_l("登记机构"), most=100)
    project = text(_l("项目名称"), most=200)
    method = text(_l("核算方法"), most=200, needed=False)
    year = IntegerField(_l("减排量年份"), validators=[InputRequired(NEEDED), NumberRange(2000, 2100)])
    first_serial = text(_l("起始序列号"), most=80)
    last_serial = text(_l("终止序列号"), most=80)
    kilograms = IntegerField(
        _l("每个序列号代表多少千克"), validators=[InputRequired(NEEDED), NumberRange(1, 1_000_000)]
    )
    source = text(_l("签发文件（文号、日期）"), most=300)
