"""Refusals of the ledger."""

from __future__ import annotations

from http import HTTPStatus

from flask_babel import lazy_gettext as _l

from puhui.problems.kinds import Problem, bad, conflict, missing

LEDGER: dict[str, Problem] = {
    "account_unknown": missing(_l("没有这个账户。")),
    "account_closed": Problem(HTTPStatus.GONE, _l("该账户已关闭。")),
    "account_differs": conflict(_l("该账户已按别的方式开立。")),
    "account_in_use": conflict(_l("该账户还有冻结的数额，不能关闭。")),
    "asset_unknown": missing(_l("没有这种资产。")),
    "asset_mismatch": bad(_l("两个账户的资产不同。")),
    "same_account": bad(_l("转出和转入是同一个账户。")),
    "units_invalid": bad(_l("数量必须是正整数。")),
    "insufficient_balance": conflict(_l("余额不足：需要 %(needed)s，可用 %(available)s。"), "needed", "available"),
    "request_conflict": conflict(_l("同一请求编号已用于别的内容，请刷新后重试。")),
    "transfer_unknown": missing(_l("没有这笔记录。")),
    "transfer_reversed": conflict(_l("这笔记录已冲正。")),
    "hold_unknown": missing(_l("没有这笔冻结。")),
    "hold_ended": conflict(_l("这笔冻结已结束。")),
    "hold_expired": conflict(_l("这笔冻结已过期。")),
    "hold_exceeded": bad(_l("数量超过冻结的数额。")),
    "journal_invalid": bad(_l("账本文件无法读取。")),
}
