"""Refusals of activities and of their providers."""

from __future__ import annotations

from http import HTTPStatus

from flask_babel import lazy_gettext as _l

from puhui.problems.kinds import Problem, bad, conflict, missing

INTAKE: dict[str, Problem] = {
    "idempotency_key_missing": bad(_l("请在 Idempotency-Key 请求头中给出 1 到 200 个可见 ASCII 字符。")),
    "activity_malformed": bad(_l("这不是一条可读的行为记录：%(reason)s %(detail)s"), "reason", "detail"),
    "batch_too_long": Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _l("一次最多 %(most)s 行，请分批提交。"), ("most",)),
    "batch_too_large": Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _l("一次最多 %(most)s 字节，请分批提交。"), ("most",)
    ),
    "batch_empty": bad(_l("请求中没有一行记录。")),
    "intake_conflict": conflict(_l("这个 Idempotency-Key 已用于另一份内容。")),
    "provider_unknown": missing(_l("没有这个数据方，或已停用。")),
    "format_unknown": bad(_l("该数据方没有这种文件格式。")),
    "file_unreadable": bad(_l("文件与其格式不符。")),
    "rider_key_changed": Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, _l("平台的数据密钥已更换，骑行者无法对应，已停止接收。")
    ),
    "claim_code_invalid": bad(_l("绑定码与编号不符或已过期，请向数据方重新获取。")),
    "rider_unknown": missing(_l("还没有收到过这个编号的行为记录。")),
    "rider_claimed_by_another": conflict(_l("这个编号已由他人绑定。")),
    "participant_closed": Problem(HTTPStatus.GONE, _l("该账户已注销，不再记录行为。")),
    "activity_unknown": missing(_l("没有这条行为记录。")),
    "method_unknown": missing(_l("没有这个方法学。")),
    "method_data_invalid": Problem(HTTPStatus.INTERNAL_SERVER_ERROR, _l("方法学数据有误。")),
}
