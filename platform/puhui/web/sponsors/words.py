"""The words of receipts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from partners.receipts import State

RECEIPT_STATES: dict[State, object] = {
    State.OPEN: _l("待支付"),
    State.PENDING: _l("等待结果"),
    State.DECLINED: _l("未通过"),
    State.PAID: _l("已到账"),
    State.GIVEN_UP: _l("已取消"),
}
