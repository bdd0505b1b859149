"""The forms of an enterprise's pages and of the operator's pages about enterprises."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from puhui.web.enterprises import words
from puhui.web.forms import ActionForm, Form

PRICE = r"^[0-9]{1,6}(\.[0-9]{1,2})?$"


def _plain(text: str | None) -> str | None:
    """Leave out what PostgreSQL cannot hold."""
    return text.replace("\x00", "").strip() if text else text


def _choices(named: dict[str, object]) -> list[SelectChoice]:
    return [SelectChoice(value, word) for value, word in named.items()]


SOURCED = _choices({name: word for name, word in words.RULE_STANDINGS.items() if name != "unknown"})


class FileForm(ActionForm):
    """A statement as XLSX or CSV, and what it is: a template, a sheet, or a mapping that was saved."""

    what = SelectField(_l("内容"), choices=[])
    file = FileField(_l("文件（XLSX 或 CSV）"), validators=[FileRequired(_l("请选择文件。"))])


class MappingFileForm(ActionForm):
    """A file of one's own whose columns are to be mapped."""

    base = SelectField(_l("内容"), choices=[])
    file = FileField(_l("文件（XLSX 或 CSV）"), validators=[FileRequired(_l("请选择文件。"))])


class ReasonForm(Form):
    """Why a file is sent back."""

    reason = TextAreaField(
        _l("说明"), validators=[InputRequired(_l("请写明原因。")), Length(max=500)], filters=[_plain]
    )


class ResolutionForm(Form):
    """How a difference was resolved: its reason and words."""

    cause = SelectField(_l("原因"), choices=_choices(words.REASONS))
    resolution = TextAreaField(
        _l("如何处理"), validators=[InputRequired(_l("请写明如何处理。")), Length(max=500)], filters=[_plain]
    )


class PlanForm(Form):
    """Prices to plan with, in yuan a tonne, and a mix of one's own in tonnes."""

    allowance = StringField(_l("配额价格（元/吨）"), validators=[InputRequired(_l("请填写价格。")), Regexp(PRICE)])
    credit = StringField(_l("CCER 价格（元/吨，可空）"), validators=[Optional(), Regexp(PRICE)])
    buy = IntegerField(_l("自拟：购买（吨，可空）"), validators=[Optional(), NumberRange(0, 10**9)])
    offset = IntegerField(_l("自拟：抵销（吨，可空）"), validators=[Optional(), NumberRange(0, 10**9)])
    carry = IntegerField(_l("自拟：结转（吨，可空）"), validators=[Optional(), NumberRange(0, 10**9)])


class DocumentForm(ActionForm):
    """A paper of the year with its receipt."""

    kind = SelectField(_l("文件种类"), choices=_choices(words.DOCUMENTS))
    month = IntegerField(_l("月份（仅月度存证）"), validators=[Optional(), NumberRange(1, 12)])
    receipt_no = StringField(
        _l("回执或文号"), validators=[InputRequired(_l("请填写回执或文号。")), Length(max=100)], filters=[_plain]
    )
    filed_on = DateField(_l("提交日期"), validators=[InputRequired(_l("请填写日期。"))])
    file = FileField(_l("文件（PDF 或图片，可空）"))


class ApplicationForm(ActionForm):
    """An enterprise asks to join."""

    name = StringField(
        _l("企业名称"), validators=[InputRequired(_l("请填写企业名称。")), Length(max=100)], filters=[_plain]
    )
    credit_code = StringField(
        _l("统一社会信用代码"), validators=[InputRequired(_l("请填写统一社会信用代码。"))], filters=[_plain]
    )
    sector = SelectField(_l("行业"), choices=_choices(words.SECTORS))
    standing = SelectField(_l("机构性质"), choices=_choices(words.STANDINGS))
    registry_no = StringField(_l("登记账号（可空）"), validators=[Length(max=60)], filters=[_plain])
    trading_no = StringField(_l("交易账号（可空）"), validators=[Length(max=60)], filters=[_plain])


class MemberForm(Form):
    """A person whom the operator gives a role in an enterprise."""

    phone = StringField(_l("手机号"), validators=[InputRequired(_l("请填写手机号。"))], filters=[_plain])
    name = StringField(_l("姓名（新用户必填）"), validators=[Length(max=40)], filters=[_plain])
    role = SelectField(
        _l("身份"),
        choices=[
            SelectChoice("maker", _l("经办")),
            SelectChoice("checker", _l("复核")),
            SelectChoice("viewer", _l("查看")),
        ],
    )


class PolicyForm(Form):
    """How an enterprise counts cost, until when its books are closed, and whose part it is."""

    lot_policy = SelectField(_l("成本结转方法"), choices=_choices(words.LOT_POLICIES))
    free_first = BooleanField(_l("清缴先用免费配额"))
    closed_until = DateField(_l("账期关闭至（可空）"), validators=[Optional()])
    parent = SelectField(_l("上级企业"), choices=[])


class RuleRowForm(Form):
    """A new row of the rulebook: a parameter's value from a day on, with its source."""

    name = SelectField(_l("参数"), choices=_choices(words.PARAMETERS))
    value = StringField(_l("数值"), validators=[InputRequired(_l("请填写数值。")), Length(max=200)], filters=[_plain])
    valid_from = DateField(_l("自何日起"), validators=[InputRequired(_l("请填写日期。"))])
    standing = SelectField(_l("来源性质"), choices=SOURCED)
    citation = StringField(
        _l("来源"), validators=[InputRequired(_l("请写明来源。")), Length(max=200)], filters=[_plain]
    )


class VintageForm(Form):
    """Whether a vintage counts for a year from a day on, with its source."""

    year = IntegerField(_l("清缴年度"), validators=[InputRequired(_l("请填写年度。")), NumberRange(2020, 2100)])
    vintage = IntegerField(_l("配额年份"), validators=[InputRequired(_l("请填写年份。")), NumberRange(2020, 2100)])
    accepted = BooleanField(_l("可以使用"))
    valid_from = DateField(_l("自何日起"), validators=[InputRequired(_l("请填写日期。"))])
    standing = SelectField(_l("来源性质"), choices=SOURCED)
    citation = StringField(
        _l("来源"), validators=[InputRequired(_l("请写明来源。")), Length(max=200)], filters=[_plain]
    )
