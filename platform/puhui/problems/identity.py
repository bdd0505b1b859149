"""Refusals of logging in and of membership."""

from __future__ import annotations

from http import HTTPStatus

from flask_babel import lazy_gettext as _l

from puhui.problems.kinds import Problem, bad, missing

IDENTITY: dict[str, Problem] = {
    "phone_invalid": bad(_l("请输入 11 位中国大陆手机号。")),
    "too_many_attempts": Problem(
        HTTPStatus.TOO_MANY_REQUESTS, _l("操作过于频繁，请于 %(retry_at)s 后再试。"), ("retry_at",)
    ),
    "code_not_accepted": bad(_l("验证码不正确或已失效，请核对或重新获取。")),
    "code_undeliverable": Problem(HTTPStatus.SERVICE_UNAVAILABLE, _l("暂时无法发送验证码，请稍后再试或用密码登录。")),
    "password_not_accepted": bad(_l("手机号或密码不正确。")),
    "password_too_weak": bad(_l("密码至少 %(least)s 位，且不能由少数几个字符重复而成。"), "least"),
    "account_locked": Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        _l("密码连续输错 5 次，账号已锁定，%(locked_until)s 自动解锁。"),
        ("locked_until",),
    ),
    "person_closed": Problem(HTTPStatus.GONE, _l("该账号已注销。")),
    "role_unfit": bad(_l("该类机构没有此角色。"), "kind", "role"),
    "membership_unknown": missing(_l("没有这个身份，或已被撤销。")),
    "client_not_accepted": Problem(HTTPStatus.UNAUTHORIZED, _l("客户端标识或密钥不正确。")),
}
