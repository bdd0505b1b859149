"""What every template knows: assets, choices, who is logged in, where the sections are."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, Response, current_app, g, render_template_string, request, url_for
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from puhui.edge import session
from puhui.identity.current import CurrentPerson, current_name, person_or_none
from puhui.identity.model import Kind, Role
from puhui.notices import KINDS, NoticeRow, sentences_of, unread_of
from puhui.web.assets import Assets, AssetsMissing
from puhui.web.preferences.choices import chosen

MISSING = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>puhui</title>
<h1>页面资源尚未构建 · The page assets are not built</h1>
<p>请在项目目录运行 <code>make assets</code>，然后刷新此页。</p>
<p>Run <code>make assets</code> in the project's folder, then reload this page.</p></html>"""


@dataclass(frozen=True, slots=True)
class Section:
    """A place in the bar at the foot (phone) or head (desktop): where it leads, its word, its icon's name."""

    endpoint: str
    word: object
    icon: str


CITIZEN = (
    Section("home.show", _l("首页"), "home"),
    Section("activities.index", _l("低碳行为"), "leaf"),
    Section("offers.index", _l("兑换"), "gift"),
    Section("vouchers.index", _l("我的券"), "ticket"),
)
VISITOR = (
    Section("home.show", _l("首页"), "home"),
    Section("methods.index", _l("方法学"), "book"),
    Section("offers.index", _l("兑换"), "gift"),
    Section("log_in.show", _l("登录"), "person"),
)
MERCHANT = (
    Section("home.show", _l("首页"), "home"),
    Section("counter.show", _l("核销"), "scan"),
    Section("counter.takings", _l("收款"), "coins"),
)
ENTERPRISE = (
    Section("enterprises.show", _l("持仓"), "coins"),
    Section("enterprises.records", _l("流水"), "book"),
    Section("enterprises.obligations", _l("清缴"), "leaf"),
    Section("market.index", _l("行情"), "home"),
)
INSTITUTION = (
    Section("institutions.show", _l("总览"), "home"),
    Section("members.index", _l("成员"), "person"),
    Section("schemes.index", _l("积分制"), "coins"),
    Section("campaigns.index", _l("活动"), "leaf"),
)
INSTITUTION_MEMBER = (
    Section("institutions.show", _l("总览"), "home"),
    Section("memberships.mine", _l("我的单位"), "person"),
    Section("campaigns.scanning", _l("签到"), "scan"),
)


ROLE_NAMES: dict[Role, object] = {
    Role.CLERK: _l("店员"),
    Role.MANAGER: _l("店长"),
    Role.MEMBER: _l("成员"),
    Role.LIAISON: _l("节能联络员"),
    Role.DEPARTMENT_MANAGER: _l("部门管理员"),
    Role.REVIEWER: _l("审核员"),
    Role.VIEWER: _l("查看"),
    Role.MAKER: _l("经办"),
    Role.CHECKER: _l("复核"),
    Role.OPERATOR: _l("系统管理员"),
    Role.SECURITY: _l("安全管理员"),
    Role.AUDITOR: _l("审计管理员"),
    Role.TECHNICIAN: _l("接口人员"),
}


def sections() -> list[Section]:
    """Answer the sections for who is asking."""
    person = person_or_none()
    mine: tuple[Section, ...]
    if person is None:
        mine = VISITOR
    elif person.acting is not None and person.acting.kind is Kind.MERCHANT:
        mine = MERCHANT
    elif person.acting is not None and person.acting.kind is Kind.ENTERPRISE:
        mine = ENTERPRISE
    elif person.acting is not None and person.acting.kind is Kind.INSTITUTION:
        mine = INSTITUTION_MEMBER if person.acting.role is Role.MEMBER else INSTITUTION
    else:
        mine = CITIZEN if person.acting is None else CITIZEN[:1]
    there = [section for section in mine if section.endpoint in current_app.view_functions]
    return there if len(there) > 1 else []


def init_frame(app: Flask) -> None:
    """Give the frame to the templates of *app*."""
    assets = Assets()
    app.jinja_env.globals.update(
        asset=assets.address,
        chosen=chosen,
        sections=sections,
        has_page=lambda endpoint: endpoint in app.view_functions,
        person_name=current_name,
        language_tag=lambda: "zh-Hans" if get_locale().language == "zh" else "en",
        here=_here,
        role_name=ROLE_NAMES.__getitem__,
        urgent_notices=_urgent_notices,
    )
    app.context_processor(_who)
    app.register_error_handler(AssetsMissing, _say_that_assets_are_missing)


def _urgent_notices() -> list[tuple[NoticeRow, str, str]]:
    """Answer what the person was told, has not read, and should see first."""
    person = person_or_none()
    rows = unread_of(session(), person.id) if person is not None else []
    return [(row, *sentences_of(row.kind, row.facts)) for row in rows if KINDS[row.kind].urgent]


def _who() -> dict[str, CurrentPerson | None]:
    return {"person": person_or_none()}


def _here() -> str:
    """Answer the address to come back to after a choice: this page, or home when it came from a form."""
    return request.full_path.rstrip("?") if request.method == "GET" else url_for("home.show")


def _say_that_assets_are_missing(_: AssetsMissing) -> Response:
    g.assets_missing = True
    return Response(render_template_string(MISSING), 503, content_type="text/html; charset=utf-8")
