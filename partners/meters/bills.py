"""May this bill be taken? Pure: cells in, a bill or the code of the first rule that it breaks.

The order is the contract: ``meter_unknown``, ``month_invalid``, ``month_future``, ``meter_not_there``,
``quantity_invalid``, ``quantity_too_large``, ``amount_invalid``, ``estimated_invalid``, ``text_too_long``,
``row_repeated``, ``reason_missing``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from partners.meters.model import Meter, Use

CODES = (
    "meter_unknown",
    "month_invalid",
    "month_future",
    "meter_not_there",
    "quantity_invalid",
    "quantity_too_large",
    "amount_invalid",
    "estimated_invalid",
    "text_too_long",
    "row_repeated",
    "reason_missing",
)
MONTH = re.compile(r"(20[0-9]{2})[-./年]?(0?[1-9]|1[0-2])月?(-0?1)?")
QUANTITY = re.compile(r"[0-9]{1,12}(\.[0-9]{1,3})?")
AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
YES = frozenset({"是", "yes", "y", "true", "1", "估", "估抄"})
NO = frozenset({"", "否", "no", "n", "false", "0", "实抄"})
MOST = Decimal(1_000_000_000)
LONGEST_TEXT = 300


class Line(NamedTuple):
    """A bill as somebody wrote it: every cell is text."""

    meter: str
    month: str
    quantity: str
    amount: str = ""
    estimated: str = ""
    remark: str = ""
    reason: str = ""


class Draft(NamedTuple):
    """A bill that may be taken. *replaces* is the use that it corrects; *same* says that it is there already."""

    meter: Meter
    month: date
    quantity: Decimal
    amount_fen: int | None
    estimated: bool
    remark: str
    reason: str | None
    same: bool


class Refusal(NamedTuple):
    """Why a bill may not be taken; *facts* fill in the sentence."""

    code: str
    facts: Mapping[str, str]


Answer = Draft | Refusal


def check(
    lines: Sequence[Line],
    *,
    meters: Mapping[str, Meter],
    known: Mapping[tuple[str, date], Use],
    this_month: date,
) -> list[Answer]:
    """Answer each line in its place. *meters* by number; *known* bills by number and month."""
    seen: set[tuple[str, date]] = set()
    answers: list[Answer] = []
    for line in lines:
        answer = _check_one(line, meters=meters, known=known, this_month=this_month)
        if isinstance(answer, Draft):
            key = (answer.meter.number, answer.month)
            if key in seen:
                answer = _refuse("row_repeated", meter=key[0], month=f"{key[1]:%Y-%m}")
            seen.add(key)
        answers.append(answer)
    return answers


def _check_one(
    line: Line, *, meters: Mapping[str, Meter], known: Mapping[tuple[str, date], Use], this_month: date
) -> Answer:
    meter = meters.get(line.meter.strip())
    if meter is None:
        return _refuse("meter_unknown", meter=line.meter)
    month = month_of(line.month)
    if month is None:
        return _refuse("month_invalid", month=line.month)
    if month > this_month:
        return _refuse("month_future", month=f"{month:%Y-%m}")
    if not _is_there(meter, month):
        return _refuse("meter_not_there", meter=meter.number, month=f"{month:%Y-%m}")
    return _check_figures(line, meter, month, known.get((meter.number, month)))


def _check_figures(line: Line, meter: Meter, month: date, earlier: Use | None) -> Answer:
    quantity, amount = _plain(line.quantity), _plain(line.amount)
    if not QUANTITY.fullmatch(quantity):
        return _refuse("quantity_invalid", quantity=line.quantity)
    if Decimal(quantity) >= MOST:
        return _refuse("quantity_too_large", quantity=line.quantity)
    if amount and not AMOUNT.fullmatch(amount):
        return _refuse("amount_invalid", amount=line.amount)
    word = line.estimated.strip().lower()
    if word not in YES | NO:
        return _refuse("estimated_invalid", estimated=line.estimated)
    if max(len(line.remark), len(line.reason)) > LONGEST_TEXT:
        return _refuse("text_too_long", most=str(LONGEST_TEXT))
    draft = Draft(
        meter,
        month,
        Decimal(quantity),
        int(Decimal(amount) * 100) if amount else None,
        word in YES,
        line.remark.strip(),
        line.reason.strip() or None,
        same=False,
    )
    return draft if earlier is None else _check_correction(draft, earlier)


def _check_correction(draft: Draft, earlier: Use) -> Answer:
    same = (earlier.quantity, earlier.amount_fen, earlier.estimated)
    if same == (draft.quantity, draft.amount_fen, draft.estimated):
        return draft._replace(same=True)
    if draft.reason is None:
        was = "—" if earlier.quantity is None else f"{earlier.quantity.normalize():f}"
        return _refuse("reason_missing", meter=draft.meter.number, month=f"{draft.month:%Y-%m}", was=was)
    return draft


def _is_there(meter: Meter, month: date) -> bool:
    """Whether the meter has any day in *month*: a first and a last month are billed too."""
    opened = meter.opened_on.replace(day=1)
    return opened <= month and (meter.closed_on is None or month <= meter.closed_on)


def month_of(text: str) -> date | None:
    """Read 2026-03, 2026/3, 202603, 2026年3月 or the first day of a month; None where it is none."""
    found = MONTH.fullmatch(text.strip())
    return date(int(found[1]), int(found[2]), 1) if found else None


def _plain(text: str) -> str:
    """Leave out spaces and separators of thousands."""
    return text.strip().replace(",", "").replace("，", "").replace(" ", "")


def _refuse(code: str, **facts: str) -> Refusal:
    return Refusal(code, facts)
