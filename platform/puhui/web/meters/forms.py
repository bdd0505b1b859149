"""Forms of sites, meters, bills, findings and remarks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp

from partners.meters.model import UNITS
from puhui.metering import words
from puhui.web.forms import ActionForm, Form

NUMBER = r"^[!-~]{1,40}$"
DECIMAL = r"^[0-9]{1,12}(\.[0-9]{1,2})?$"


def _plain(text: str | None) -> str | None:
    return text.replace("\x00", "").strip() if text else text


class SiteForm(Form):
    """A site."""

    site_name = StringField(
        _l("院区或地点名称"), validators=[InputRequired(_l("请填写名称。")), Length(max=60)], filters=[_plain]
    )


class BuildingForm(Form):
    """A building of a site."""

    site = SelectField(_l("所在地点"), validators=[InputRequired()])
    building_name = StringField(
        _l("建筑名称"), validators=[InputRequired(_l("请填写名称。")), Length(max=60)], filters=[_plain]
    )
    floor_area_m2 = StringField(
        _l("建筑面积（平方米，可空）"), validators=[Optional(), Regexp(DECIMAL, message=_l("请填数字，最多两位小数。"))]
    )


class MeterForm(Form):
    """A meter, or a fuel card."""

    place = SelectField(_l("位置"), validators=[InputRequired()])
    name = StringField(
        _l("计量表名称"), validators=[InputRequired(_l("请填写名称。")), Length(max=60)], filters=[_plain]
    )
    number = StringField(
        _l("表号或户号"),
        validators=[
            InputRequired(_l("请填写表号。")),
            Regexp(NUMBER, message=_l("表号只用字母、数字和符号，不含空格。")),
        ],
        filters=[_plain],
    )
    energy = SelectField(_l("能源"), choices=[SelectChoice(energy, word) for energy, word in words.ENERGIES.items()])
    unit = SelectField(
        _l("单位（可空）"),
        choices=[
            SelectChoice("", _l("该能源的常用单位")),
            *(SelectChoice(u, u) for u in sorted({u for units in UNITS.values() for u in units})),
        ],
    )
    opened_on = DateField(_l("启用日期"), validators=[InputRequired(_l("请填写日期。"))])
    for_vehicles = BooleanField(_l("公务用车的油卡（不计入单位面积能耗）"))
    is_sub_meter = BooleanField(_l("分项表：它的用量已包含在总表中，只显示不相加"))
    claimed_for = StringField(
        _l("光伏发电量已用于（绿证、CCER，可空）"), validators=[Optional(), Length(max=60)], filters=[_plain]
    )
    provider = SelectField(_l("允许哪家数据方推送读数"), choices=[])


class BillForm(ActionForm):
    """A month's bill, or its correction."""

    month = StringField(_l("月份"), validators=[InputRequired(_l("请填写月份。")), Length(max=20)], filters=[_plain])
    quantity = StringField(_l("用量"), validators=[InputRequired(_l("请填写用量。")), Length(max=30)], filters=[_plain])
    amount = StringField(_l("金额（元，可空）"), validators=[Optional(), Length(max=30)], filters=[_plain])
    estimated = BooleanField(_l("估抄"))
    remark = StringField(_l("备注（可空）"), validators=[Optional(), Length(max=300)], filters=[_plain])
    reason = StringField(
        _l("更正原因（更正已有账单时必填）"), validators=[Optional(), Length(max=300)], filters=[_plain]
    )
    photo = FileField(_l("账单照片（可空）"))


class SheetForm(ActionForm):
    """A sheet of bills."""

    file = FileField(_l("账单表格（XLSX 或 CSV）"), validators=[FileRequired(_l("请选择文件。"))])


class WordsForm(Form):
    """Why a finding is right, a bill is withdrawn, or a saving is taken back."""

    words = StringField(_l("说明"), validators=[InputRequired(_l("请写明原因。")), Length(max=300)], filters=[_plain])


class WithdrawalForm(ActionForm, WordsForm):
    """Taking a bill back."""


class RemarkForm(Form):
    """Closed days, weather, works."""

    kind = SelectField(_l("情况"), choices=[SelectChoice(kind, word) for kind, word in words.REMARKS.items()])
    building = SelectField(_l("建筑"), choices=[])
    first_day = DateField(_l("从"), validators=[InputRequired(_l("请填写日期。"))])
    last_day = DateField(_l("到"), validators=[InputRequired(_l("请填写日期。"))])
    words = TextAreaField(_l("说明"), validators=[InputRequired(_l("请写明情况。")), Length(max=300)], filters=[_plain])


class ClosingForm(Form):
    """The last day of a meter."""

    closed_on = DateField(_l("停用日期"), validators=[InputRequired(_l("请填写日期。"))])
