"""Forms of signing up, places, staff and offers."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from puhui.web.forms import ActionForm, Form
from puhui.web.offers.words import MERCHANT_KINDS, OFFER_KINDS

DAYS = (
    (0, _l("周一")),
    (1, _l("周二")),
    (2, _l("周三")),
    (3, _l("周四")),
    (4, _l("周五")),
    (5, _l("周六")),
    (6, _l("周日")),
)
DEALS = (
    ("coins", _l("碳币换")), ("coins_cash", _l("碳币加现金")), ("discount", _l("折扣或立减")), ("gift", _l("满额赠礼")),
)  # fmt: skip
_NEEDED = InputRequired(_l("请填写这一项。"))
_WHOLE = {"inputmode": "numeric", "min": "1"}


def _choices(pairs: Iterable[tuple[str | int, object]]) -> list[SelectChoice]:
    return [SelectChoice(value, word) for value, word in pairs]


class PhoneForm(Form):
    """Whom a code is sent to before an application or an invitation."""

    phone = StringField(_l("手机号"), validators=[_NEEDED, Length(max=20)], render_kw={"inputmode": "tel"})


class CodeField(StringField):  # type: ignore[misc]  # WTForms has no types.
    """Six digits that were sent to a phone."""

    def __init__(self, **more: object) -> None:
        wrong = Regexp(r"^\s*[0-9]{6}\s*$", message=_l("验证码是 6 位数字。"))
        words = {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "6"}
        super().__init__(_l("验证码"), validators=[InputRequired(_l("请输入验证码。")), wrong], render_kw=words, **more)


class ApplicationForm(ActionForm):
    """A shop asks to become a merchant."""

    phone = HiddenField(validators=[_NEEDED, Length(max=20)])
    code = CodeField()
    credit_code = StringField(_l("统一社会信用代码"), validators=[_NEEDED, Length(max=40)])
    name = StringField(_l("商户名称"), validators=[_NEEDED, Length(max=60)])
    name_en = StringField(_l("英文名称（可不填）"), validators=[Length(max=60)])
    kind = SelectField(_l("行业"), choices=_choices(MERCHANT_KINDS.items()))
    county_code = StringField(
        _l("所在县区（6 位行政区划代码）"), validators=[Regexp(r"^[0-9]{6}$", message=_l("行政区划代码是 6 位数字。"))]
    )
    address = StringField(_l("地址"), validators=[_NEEDED, Length(max=200)])
    contact = StringField(_l("联系人"), validators=[_NEEDED, Length(max=40)])
    documents = MultipleFileField(_l("营业执照照片或 PDF"))


class ReasonForm(ActionForm):
    """Why something is done."""

    reason = StringField(_l("原因"), validators=[_NEEDED, Length(max=200)])


class StoreForm(ActionForm):
    """A store's name and address."""

    name = StringField(_l("门店名称"), validators=[_NEEDED, Length(max=80)])
    name_en = StringField(_l("英文名称（可不填）"), validators=[Length(max=80)])
    address = StringField(_l("地址"), validators=[_NEEDED, Length(max=200)])


class CounterForm(ActionForm):
    """A counter's name."""

    name = StringField(_l("柜台名称"), validators=[_NEEDED, Length(max=80)])
    name_en = StringField(_l("英文名称（可不填）"), validators=[Length(max=80)])


class InviteForm(ActionForm):
    """A phone is invited."""

    phone = StringField(_l("手机号"), validators=[_NEEDED, Length(max=20)], render_kw={"inputmode": "tel"})
    role = SelectField(_l("角色"), choices=_choices([("clerk", _l("店员")), ("manager", _l("店长"))]))


class AcceptForm(Form):
    """Who was invited proves the phone and chooses a password."""

    code = CodeField()
    name = StringField(_l("姓名"), validators=[_NEEDED, Length(max=40)])
    password = PasswordField(
        _l("设置密码"),
        validators=[InputRequired(_l("请设置密码。")), Length(max=200)],
        render_kw={"autocomplete": "new-password"},
    )


class TextsForm(ActionForm):
    """What an offer is called and says."""

    title = StringField(_l("名称"), validators=[_NEEDED, Length(max=60)])
    title_en = StringField(_l("英文名称（可不填）"), validators=[Length(max=80)])
    description = TextAreaField(_l("说明"), validators=[Length(max=500)])
    description_en = TextAreaField(_l("英文说明（可不填）"), validators=[Length(max=500)])


class OfferForm(TextsForm):
    """Everything about a draft. Yuan are typed with a point, as on a price tag."""

    kind = SelectField(_l("分类"), choices=_choices(OFFER_KINDS.items()))
    deal = SelectField(_l("方式"), choices=_choices(DEALS))
    coins = IntegerField(_l("需要碳币"), validators=[_NEEDED, NumberRange(1, 1_000_000)], render_kw=_WHOLE)
    cash = StringField(_l("另付现金（元，碳币加现金时填）"), validators=[Length(max=12)])
    discount_percent = IntegerField(
        _l("优惠百分比（折扣时填，20 即八折）"), validators=[Optional(), NumberRange(1, 99)]
    )
    discount = StringField(_l("立减金额（元，与百分比二选一）"), validators=[Length(max=12)])
    least_spend = StringField(_l("最低消费（元，可不填）"), validators=[Length(max=12)])
    stock = IntegerField(_l("库存"), validators=[InputRequired(_l("请填写这一项。")), NumberRange(0, 1_000_000)])
    per_person = IntegerField(_l("每人限兑"), validators=[_NEEDED, NumberRange(1, 1000)], render_kw=_WHOLE)
    voucher_days = IntegerField(_l("兑换后几天内可用"), validators=[_NEEDED, NumberRange(1, 366)], render_kw=_WHOLE)
    first_day = DateField(_l("兑换开始日"), validators=[_NEEDED])
    last_day = DateField(_l("兑换截止日（含）"), validators=[_NEEDED])
    weekdays = SelectMultipleField(_l("可用星期（不选为每天）"), coerce=int, choices=_choices(DAYS))
    opens = TimeField(_l("每日可用自（可不填）"), validators=[Optional()])
    closes = TimeField(_l("每日可用至（可不填）"), validators=[Optional()])


class StockForm(ActionForm):
    """More or less stock, and why."""

    units = IntegerField(_l("增减数量（减少填负数）"), validators=[_NEEDED, NumberRange(-1_000_000, 1_000_000)])
    reason = StringField(_l("原因"), validators=[_NEEDED, Length(max=200)])


class ScheduleForm(ActionForm):
    """Until when an offer on show can be taken, and how many a person may take."""

    last_day = DateField(_l("兑换截止日（含）"), validators=[_NEEDED])
    per_person = IntegerField(_l("每人限兑"), validators=[_NEEDED, NumberRange(1, 1000)])
