"""What a year's figures say, in sentences that they bear out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _

from partners.meters.indicators import Period, change_percent
from partners.meters.model import Meter, year_before
from puhui.metering import words
from puhui.metering.books import Books, Compared


def analysis(books: Books, compared: Sequence[Compared], period: Period) -> list[str]:
    """Sentences that the figures bear out, and nothing else."""
    told = []
    for one in compared:
        name, value = str(words.MEASURES[one.figure.measure]), one.figure.value
        if value is None:
            told.append(_("%(name)s无法计算：%(why)s。", name=name, why=words.missing_of(one.figure.missing)))
            continue
        text = _(
            "%(name)s为 %(value)s %(unit)s",
            name=name,
            value=words.plain(value),
            unit=words.MEASURE_UNITS[one.figure.measure],
        )
        if one.change_percent is not None:
            way = _("上升") if one.change_percent > 0 else _("下降")
            text += _("，比上年%(way)s %(percent)s%%", way=way, percent=f"{abs(one.change_percent):f}")
        if one.target is not None:
            text += (
                _("，已达到目标 %(target)s", target=words.plain(one.target))
                if value <= one.target
                else _("，未达到目标 %(target)s", target=words.plain(one.target))
            )
        if one.peer_median is not None:
            text += _("，同类单位中位数为 %(peers)s", peers=words.plain(one.peer_median))
        told.append(text + "。")
    return told + _largest_rises(books, period)


def _largest_rises(books: Books, period: Period) -> list[str]:
    """For every energy the month that rose most against its own month of last year."""
    told = []
    for total in books.totals(period):
        meters = [
            m
            for m in books.meters
            if (m.energy, m.unit, m.for_vehicles) == (total.energy, total.unit, total.for_vehicles)
        ]
        rises = []
        for month in period.months:
            change = change_percent(use_of_month(books, meters, month), use_of_month(books, meters, year_before(month)))
            if change is not None:
                rises.append((change, month))
        if rises and max(rises)[0] > 0:
            change, month = max(rises)
            told.append(
                _(
                    "%(energy)s：%(month)s 比上年同月增加最多，为 %(percent)s%%。",
                    energy=words.ENERGIES[total.energy],
                    month=f"{month:%Y-%m}",
                    percent=f"{change:f}",
                )
            )
    return told


def use_of_month(books: Books, meters: Sequence[Meter], month: date) -> Decimal | None:
    """The use of several meters in a month; None where one that is there has no figure."""
    there = [m for m in meters if not m.is_sub_meter and (m.serves(month) or (m.id, month) in books.uses)]
    uses = [books.uses.get((meter.id, month)) for meter in there]
    known = [use.quantity for use in uses if use is not None and use.gap is None and use.quantity is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(uses) else None
