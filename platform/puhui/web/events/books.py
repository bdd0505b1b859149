"""Sheets of events: lists, the people of an event, its inventory and what was retired for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from flask_babel import gettext as _

from puhui.guests import name_of_guest, phone_of_guest
from puhui.identity.vault import Vault
from puhui.sheets import Column, Sheet, write_book, write_template
from puhui.web.events import words
from rewards.events.certificates import grouped
from rewards.events.model import Line, Participant, PlanLine
from rewards.events.queries import Standing

PEOPLE = ("姓名", "手机号", "出行方式", "单程公里数")
"""The columns of the sheet of people; the sheet is Chinese whatever language the page is in."""


MODE_WORDS = {
    "walk": "步行", "bike": "自行车", "metro": "地铁", "car": "小汽车", "bus": "公交", "ebike": "电动自行车",
    "rail": "火车", "plane": "飞机",
}  # fmt: skip


def events_book(rows: Iterable[Standing]) -> bytes:
    """Write a list of events."""
    columns = [
        Column(_("活动"), width=36), Column(_("类型")), Column(_("地点"), width=30), Column(_("开始"), "moment"),
        Column(_("结束"), "moment"), Column(_("人数"), "whole"), Column(_("状态")),
        Column(_("排放（千克）"), "decimal"), Column(_("证书核验码"), width=20),
    ]  # fmt: skip
    cells = [
        (
            row.event.name, str(words.KINDS[row.event.kind]), row.event.place, row.event.starts_at, row.event.ends_at,
            row.event.people, str(words.STAGES[row.stage]),
            Decimal(row.inventory.grams) / 1000 if row.inventory and row.inventory.grams is not None else None,
            grouped(row.certificate.code) if row.certificate else None,
        )
        for row in rows
    ]  # fmt: skip
    return write_book([Sheet(_("零碳活动"), columns, cells)])


def people_book(vault: Vault, rows: Iterable[Participant]) -> bytes:
    """Write the people of an event; phones have their middle hidden."""
    columns = [
        Column(_("姓名")), Column(_("手机号")), Column(_("报名"), "moment"), Column(_("签到"), "moment"),
        Column(_("签到方式")), Column(_("出行方式")), Column(_("往返公里数"), "decimal"),
    ]  # fmt: skip
    cells = [
        (
            name_of_guest(vault, row), phone_of_guest(vault, row), row.registered_at, row.signed_in_at,
            str(words.WAYS[row.signed_in_how]) if row.signed_in_how else None,
            str(words.ITEMS[row.mode]) if row.mode else None,
            Decimal(row.metres) / 1000 if row.metres is not None else None,
        )
        for row in rows
    ]  # fmt: skip
    return write_book([Sheet(_("参会人"), columns, cells)])


def people_template() -> bytes:
    """Write the sheet to fill people in."""
    modes = list(MODE_WORDS.values())
    columns = [Column(PEOPLE[0]), Column(PEOPLE[1], width=16), Column(PEOPLE[2], choices=modes), Column(PEOPLE[3])]
    notes = [
        _("每行一人，姓名必填；手机号可不填，填了签到时就能认出同一个人。"),
        _("出行方式从下拉列表选，单程公里数填大致的数；两项要么都填，要么都不填。"),
        _("出行调查可只填一部分人：清单会按样本推算全体，并给出不确定度。"),
        _("上传时先检查所有行，有一行不对就一行也不导入，并把带“错误原因”的同一张表还给您。"),
    ]
    return write_template("参会人", columns, samples=[("示例", "13800000000", modes[2], "6.5")], notes=notes)


def mode_named(word: str) -> str | None:
    """Answer the code of a way of travel by the word in the sheet; None where it is none."""
    return next((code for code, chinese in MODE_WORDS.items() if word in (code, chinese)), None)


def accounts_book(lines: Sequence[Line], plan: Sequence[PlanLine]) -> bytes:
    """Write an event's inventory and its plan, with every factor and its source."""
    inventory = [
        Column(_("排放源")), Column(_("核算项")), Column(_("说明"), width=36), Column(_("数量"), "decimal"),
        Column(_("单位")), Column(_("因子（千克/单位）"), "decimal"), Column(_("因子状态")),
        Column(_("因子来源"), width=40), Column(_("地区")), Column(_("年份")), Column(_("克"), "whole"),
        Column(_("不确定度（±克）"), "whole"),
    ]  # fmt: skip
    cells = [
        (
            str(words.SOURCES[line.source]), str(words.ITEMS[line.item]), line.words, line.quantity, line.unit,
            line.factor, str(words.STATUSES[line.factor_status]), line.factor_source, line.factor_area,
            line.factor_vintage, line.grams, line.half_grams,
        )
        for line in lines
    ]  # fmt: skip
    offset = [
        Column(_("类型")), Column(_("克"), "whole"), Column(_("登记机构"), width=30), Column(_("起始序列号"), width=28),
        Column(_("终止序列号"), width=28), Column(_("注销日期"), "date"), Column(_("注销凭证编号"), width=20),
    ]  # fmt: skip
    planned = [
        (
            str(words.UNIT_KINDS[one.kind]), one.grams, one.book, one.first_serial, one.last_serial, one.cancelled_on,
            one.certificate_no,
        )
        for one in plan
    ]  # fmt: skip
    return write_book([Sheet(_("排放清单"), inventory, cells), Sheet(_("抵消方案"), offset, planned)])
