"""The reports that an assessor asks for: monthly bill list, quarterly notice, yearly report with analysis.

That these are the papers, and in this order, is from puhui.md §3.2 (E6–E8); the order of the indicators is that of the
national table (§3.1, E1). No official layout of the forms could be read, so none is imitated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from partners.meters import keeping, queries
from partners.meters.indicators import NATIONAL, Period, Total, change_percent
from partners.meters.model import Meter
from puhui.metering import words
from puhui.metering.analysis import analysis, use_of_month
from puhui.metering.books import Books, Compared, compare, open_books
from puhui.papers import write_paper
from puhui.sheets import Column, Sheet, write_book

MOST_BILLS = 20_000


@dataclass(frozen=True, slots=True)
class Table:
    """A part of a report: its title, columns and rows, and sentences below."""

    title: str
    columns: Sequence[Column] = ()
    rows: Sequence[Sequence[object]] = ()
    notes: Sequence[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Report:
    """A report: who, of when, in parts."""

    title: str
    institution: str
    of: str
    parts: Sequence[Table]
    made_at: datetime


def bill_list(session: Session, institution_id: UUID, month: date, *, now: datetime) -> Report:
    """The bills of a month, one line a meter; a meter without a bill is listed without a figure."""
    books = open_books(session, institution_id, year=month.year)
    bills = {
        row.meter.id: row.bill
        for row in queries.bills_of(session, institution_id, first=month, last=month, limit=MOST_BILLS)
    }
    columns = [
        Column(_("序号"), "whole"),
        Column(_("计量表")),
        Column(_("表号")),
        Column(_("能源")),
        Column(_("用量"), "decimal"),
    ]
    columns += [
        Column(_("单位")),
        Column(_("金额（元）"), "decimal"),
        Column(_("是否估抄")),
        Column(_("备注"), width=40),
    ]
    rows: list[list[object]] = []
    for number, meter in enumerate([m for m in books.meters if m.id in bills or m.serves(month)], start=1):
        bill, use = bills.get(meter.id), books.uses.get((meter.id, month))
        quantity = use.quantity if use is not None else None
        amount = None if bill is None or bill.amount_fen is None else Decimal(bill.amount_fen) / 100
        remark = bill.remark if bill else _("接口读数") if quantity is not None else _("没有账单")
        rows.append(
            [
                number,
                meter.name,
                meter.number,
                _energy(meter.energy),
                quantity,
                meter.unit,
                amount,
                bool(bill and bill.estimated),
                remark,
            ]
        )
    part = Table(_("账单"), columns, rows)
    return _report(_("月度账单清单"), books, f"{month:%Y-%m}", [part], now)


def quarter_notice(session: Session, institution_id: UUID, period: Period, *, now: datetime) -> Report:
    """What an institution posts for its people every quarter: the four indicators and the use, against last year."""
    books = open_books(session, institution_id, year=period.year)
    compared = compare(session, books, period)
    parts = [_indicators(compared, whole_year=False), _uses(books, period), _quality(books, period)]
    return _report(_("季度能源资源消费公示"), books, _of(period), parts, now)


def year_report(session: Session, institution_id: UUID, period: Period, *, now: datetime) -> Report:
    """The yearly report: basis, use, indicators, savings, quality of the data, analysis, methods with sources."""
    books = open_books(session, institution_id, year=period.year)
    compared = compare(session, books, period)
    parts = [
        _basis(books, period),
        _uses(books, period),
        _months(books, period),
        _indicators(compared, whole_year=True),
        _savings(session, books, period),
        _quality(books, period),
        Table(_("分析"), notes=analysis(books, compared, period)),
        _methods(compared),
    ]
    return _report(_("年度能源资源消费报告"), books, _of(period), parts, now)


def report_of(session: Session, institution_id: UUID, period: Period, *, now: datetime) -> Report:
    """The report of a year or the notice of a quarter."""
    made = year_report if period.quarter is None else quarter_notice
    return made(session, institution_id, period, now=now)


def report_name(session: Session, institution_id: UUID, period: Period) -> str:
    """The name of the files of a report, without ending."""
    institution = open_books(session, institution_id, year=period.year).institution
    what = _("年度能源资源消费报告") if period.quarter is None else _("季度能源资源消费公示")
    return f"{institution.name}-{period.code}-{what}"


def report_book(session: Session, institution_id: UUID, period: Period, *, now: datetime) -> bytes:
    """The report as XLSX: a sheet for every part."""
    return book_of(report_of(session, institution_id, period, now=now))


def report_paper(session: Session, institution_id: UUID, period: Period, *, now: datetime) -> bytes:
    """The report as PDF. Raises PaperUnavailable."""
    return paper_of(report_of(session, institution_id, period, now=now))


def book_of(report: Report) -> bytes:
    """A report as XLSX."""
    sheets = []
    for place, part in enumerate(report.parts, start=1):
        name = f"{place} {part.title}"
        if part.rows:
            sheets.append(Sheet(name, part.columns, part.rows))
        if part.notes:
            title = f"{name} {_('说明')}" if part.rows else name
            sheets.append(Sheet(title, [Column(part.title, width=100)], [[note] for note in part.notes]))
    return write_book(sheets or [Sheet(report.title, [Column(report.title)], [])])


def paper_of(report: Report) -> bytes:
    """A report as PDF. Raises PaperUnavailable."""
    return write_paper("reports/paper.html", report=report)


def _report(title: str, books: Books, of: str, parts: Sequence[Table], now: datetime) -> Report:
    return Report(title, books.institution.name, of, parts, now)


def _of(period: Period) -> str:
    if period.quarter is None:
        return str(_("%(year)s 年", year=period.year))
    return str(_("%(year)s 年第 %(quarter)s 季度", year=period.year, quarter=period.quarter))


def _energy(energy: str) -> str:
    return str(words.ENERGIES[energy])


def _basis(books: Books, period: Period) -> Table:
    year = books.years.get(period.year)
    columns = [Column(_("项目")), Column(_("内容"), width=40)]
    rows = [
        [_("单位全称"), books.institution.name],
        [_("统一社会信用代码"), books.institution.credit_code],
        [_("建筑面积（平方米）"), f"{year.floor_area_m2:,f}" if year else _("未登记")],
        [_("用能人数"), f"{year.headcount:,}" if year else _("未登记")],
        [_("计量表"), str(len(books.meters))],
    ]
    return Table(_("基本情况"), columns, rows, [year.source] if year else [])


def _uses(books: Books, period: Period) -> Table:
    before = {(t.energy, t.unit, t.for_vehicles): t for t in books.totals(period.before())}
    columns = [Column(_("能源")), Column(_("单位")), Column(_("用量"), "decimal"), Column(_("上年同期"), "decimal")]
    columns += [
        Column(_("变化（%）"), "decimal"),
        Column(_("缺数（表·月）"), "whole"),
        Column(_("估抄（表·月）"), "whole"),
    ]
    rows: list[list[object]] = []
    for total in books.totals(period):
        then = before.get((total.energy, total.unit, total.for_vehicles))
        whole, whole_then = _whole(total), _whole(then) if then else None
        name = f"{_energy(total.energy)}{_('（公务用车）') if total.for_vehicles else ''}"
        change = change_percent(whole, whole_then)
        rows.append(
            [name, total.unit, total.use, then.use if then else None, change, len(total.unknown), total.estimated]
        )
    notes = [_("有缺数的能源不计算变化；缺数不作零处理。")] if any(row[5] for row in rows) else []
    return Table(_("能源资源消费量"), columns, rows, notes)


def _whole(total: Total) -> Decimal | None:
    return None if total.unknown else total.use


def _months(books: Books, period: Period) -> Table:
    mains = [meter for meter in books.meters if not meter.is_sub_meter]
    kinds = sorted({(meter.energy, meter.unit) for meter in mains})
    columns = [Column(_("月份")), *(Column(f"{_energy(energy)}（{unit}）", "decimal") for energy, unit in kinds)]
    rows = [[f"{month:%Y-%m}", *(_month_use(books, mains, kind, month) for kind in kinds)] for month in period.months]
    return Table(_("逐月用量"), columns, rows)


def _month_use(books: Books, mains: Sequence[Meter], kind: tuple[str, str], month: date) -> Decimal | None:
    return use_of_month(books, [meter for meter in mains if (meter.energy, meter.unit) == kind], month)


def _indicators(compared: Sequence[Compared], *, whole_year: bool) -> Table:
    columns = [
        Column(_("指标"), width=24),
        Column(_("单位")),
        Column(_("本期"), "decimal"),
        Column(_("上年同期"), "decimal"),
        Column(_("变化（%）"), "decimal"),
    ]
    if whole_year:
        columns += [
            Column(_("目标"), "decimal"),
            Column(_("同类中位数"), "decimal"),
            Column(_("广东 2021 同类均值"), "decimal"),
        ]
        columns += [Column(_("全国 2022"), "decimal")]
    rows: list[list[object]] = []
    notes = []
    for one in compared:
        measure = one.figure.measure
        row: list[object] = [
            str(words.MEASURES[measure]),
            words.MEASURE_UNITS[measure],
            _two(one.figure.value),
            _two(one.before.value),
            one.change_percent,
        ]
        if whole_year:
            row += [_two(one.target), _two(one.peer_median), one.guangdong, NATIONAL[measure][1]]
        rows.append(row)
        if one.figure.missing:
            notes.append(f"{words.MEASURES[measure]}：{words.missing_of(one.figure.missing)}")
    if whole_year:
        notes.append(
            _("广东数据为外省样本（广东省能源局 2023-01-03，转载），只作参考；同类单位不足五家时不显示中位数。")
        )
    else:
        notes.append(_("季度数为三个月的合计，不折算为全年。"))
    return Table(_("能耗指标"), columns, rows, notes)


def _two(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("0.01"))


def _savings(session: Session, books: Books, period: Period) -> Table:
    kept = keeping.savings_of(session, books.institution.id, first=period.months[0], last=period.months[-1])
    columns = [
        Column(_("月份")),
        Column(_("方法")),
        Column(_("基准"), "decimal"),
        Column(_("用量"), "decimal"),
        Column(_("节约量"), "decimal"),
    ]
    columns += [Column(_("单位")), Column(_("减排量（克）"), "whole"), Column(_("核定结果"), width=50)]
    rows = [
        [
            f"{one.month:%Y-%m}",
            str(words.METHODS[one.method + one.variant]),
            one.baseline,
            one.used,
            one.saved,
            one.unit,
            0 if one.reversed_at else one.grams,
            _("已撤回：%(reason)s", reason=one.reversal) if one.reversed_at else words.reason_of(one.reason, one.facts),
        ]
        for one in sorted(kept, key=lambda row: (row.month, row.method, row.variant))
    ]
    return Table(_("节约量核定"), columns, rows, [] if rows else [_("本期尚未核定节约量。")])


def _quality(books: Books, period: Period) -> Table:
    months = set(period.months)
    names = {meter.id: meter.name for meter in books.meters}
    notes = [
        f"{one.month:%Y-%m} {names[one.meter_id]}：{words.sentence(words.FINDINGS, one.code, one.facts)}"
        + (f" —— {one.explanation}" if one.explanation else _(" —— 待说明") if one.settled_at is None else "")
        for one in books.findings
        if one.month in months and one.settlement != "corrected"
    ]
    notes += [
        f"{one.first_day} – {one.last_day} {words.REMARKS[one.kind]}：{one.words}"
        for one in books.remarks
        if any(one.touches(month) for month in months)
    ]
    return Table(_("数据质量与情况说明"), notes=notes or [_("没有需要说明的情况。")])


def _methods(compared: Sequence[Compared]) -> Table:
    columns = [
        Column(_("用于")),
        Column(_("能源")),
        Column(_("系数"), "decimal"),
        Column(_("单位")),
        Column(_("年份与地区")),
        Column(_("状态")),
        Column(_("来源"), width=60),
    ]
    rows = []
    for one in compared:
        for part in one.figure.parts:
            if part.factor is not None:
                factor = part.factor
                rows.append(
                    [
                        str(words.MEASURES[one.figure.measure]),
                        _energy(part.energy),
                        factor.value.normalize(),
                        f"{'kgce' if factor.kind == 'coal' else 'kgCO2'}/{factor.unit}",
                        f"{factor.area} {factor.vintage}".strip(),
                        str(words.STATUSES[factor.status]),
                        factor.source,
                    ]
                )
    notes = [f"{words.MEASURES[one.figure.measure]} = {words.FORMULAS[one.figure.measure]}" for one in compared]
    return Table(_("计算方法与来源"), columns, rows, notes)
