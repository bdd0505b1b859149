"""One enterprise's year: what is due, done, pending and at hand, its deadline, and what a shortfall may cost."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from partners.enterprises.bulk import read_rows
from partners.enterprises.compliance.errors import ObligationUnknown
from partners.enterprises.compliance.model import Obligation
from partners.enterprises.compliance.queries import obligations_of
from partners.enterprises.compliance.rules import (
    Gap,
    Penalty,
    offset_cap,
    penalty_range,
    reminder_due,
    reminders,
)
from partners.enterprises.exact import half_up
from partners.enterprises.holdings.queries import held_now
from partners.enterprises.instruments.model import Kind
from partners.enterprises.instruments.queries import instruments_by_code
from partners.enterprises.prices.model import COMPOSITE
from partners.enterprises.records.model import Slot
from partners.enterprises.rulebook.model import ObligationYear, RuleBook

AT_HAND = (Slot.REGISTRY, Slot.TRADING, Slot.NEXT_DAY)


@dataclass(frozen=True, slots=True)
class YearStatus:
    """Everything a page needs to say about one year; tonnes. *reminder* is 90, 30, 15 or None while it is far off."""

    obligation: Obligation
    deadline: ObligationYear
    gap: Gap
    offset_cap_t: int
    reminder: int | None
    coming_reminders: list[tuple[int, date]]
    penalty: Penalty | None


@dataclass(frozen=True, slots=True)
class MrvTask:
    """A task of the calendar and, where it was done, its receipt."""

    task: str
    due_on: date
    standing: str
    receipt_no: str | None
    filed_on: date | None


def year_status(session: Session, *, enterprise_id: UUID, year: int, book: RuleBook, today: date) -> YearStatus:
    """Answer the state of a year's obligation. Raises ObligationUnknown."""
    obligation = next((one for one in obligations_of(session, enterprise_id) if one.year == year), None)
    deadline = book.years.get(year)
    if obligation is None or deadline is None:
        raise ObligationUnknown(enterprise=enterprise_id, year=year)
    gap = _gap(session, enterprise_id, obligation, book, today)
    days = book.numbers("reminder_days", today)
    return YearStatus(
        obligation=obligation,
        deadline=deadline,
        gap=gap,
        offset_cap_t=offset_cap(due_t=obligation.due_t, cap_bp=book.number("offset_cap_bp", today)),
        reminder=reminder_due(deadline.deadline, today=today, days=days) if gap.open_t else None,
        coming_reminders=reminders(deadline.deadline, today=today, days=days) if gap.open_t else [],
        penalty=penalty_range(
            missing_t=gap.open_t,
            averages_fen=month_averages(session, deadline.deadline),
            least=book.number("penalty_least", max(today, date(2024, 5, 1))),
            most=book.number("penalty_most", max(today, date(2024, 5, 1))),
        ),
    )


def years_near(session: Session, enterprise_id: UUID, *, book: RuleBook, today: date) -> list[YearStatus]:
    """Answer the years that are not done and whose reminder stands today: 90, 30 or 15 days before the deadline."""
    owed = (one.year for one in obligations_of(session, enterprise_id) if one.year in book.years)
    states = (year_status(session, enterprise_id=enterprise_id, year=year, book=book, today=today) for year in owed)
    return [status for status in states if status.reminder is not None]


def _gap(session: Session, enterprise_id: UUID, obligation: Obligation, book: RuleBook, today: date) -> Gap:
    done = _done(session, enterprise_id, obligation.year)
    return Gap(
        due_t=obligation.due_t,
        surrendered_t=done.get("surrender_approved", 0) + done.get("province_surrender", 0),
        offset_t=done.get("offset_approved", 0),
        pending_t=sum(
            done.get(f"{what}_filed", 0) - done.get(f"{what}_approved", 0) - done.get(f"{what}_refused", 0)
            for what in ("surrender", "offset")
        ),
        eligible_t=_eligible(session, enterprise_id, obligation.year, book, today),
    )


def _done(session: Session, enterprise_id: UUID, year: int) -> dict[str, int]:
    rows = read_rows(
        session,
        """SELECT kind, sum(units)::bigint FROM partners.market_record
           WHERE stripe = %(stripe)s AND enterprise_id = %(enterprise)s AND year = %(year)s
             AND state = 'approved' AND booked_at IS NOT NULL GROUP BY kind""",
        {"stripe": ledger.stripe_of(enterprise_id), "enterprise": enterprise_id, "year": year},
    )
    return dict(rows)


def _eligible(session: Session, enterprise_id: UUID, year: int, book: RuleBook, today: date) -> int:
    """Answer the allowances at hand, wherever they are free, of vintages that count for the year (rule 23)."""
    accepted = [
        one.code
        for one in instruments_by_code(session, kind=Kind.CEA).values()
        if one.vintage is not None
        and (said := book.acceptance(year=year, vintage=one.vintage, day=today)) is not None
        and said.accepted
    ]
    held = held_now(session, enterprise_id)
    return sum(held.get((code, slot), 0) for code in accepted for slot in AT_HAND)


def month_averages(session: Session, deadline: date) -> dict[str, int]:
    """Answer the average prices, in fen, of the deadline's month and the one before: which is meant is not settled."""
    first = deadline.replace(day=1)
    rows = read_rows(
        session,
        """SELECT to_char(day, 'YYYY-MM'), sum(volume_t)::bigint, sum(amount_fen)::bigint FROM partners.day_trade
           WHERE day BETWEEN %(since)s AND %(until)s AND instrument <> %(composite)s
           GROUP BY 1 HAVING sum(volume_t) > 0""",
        {"since": (first - timedelta(days=1)).replace(day=1), "until": deadline, "composite": COMPOSITE},
    )
    return {month: half_up(amount, volume) for month, volume, amount in rows}


def mrv_calendar(session: Session, *, enterprise_id: UUID, sector: str, year: int) -> list[MrvTask]:
    """Answer the year's tasks with the receipts on file; monthly filings are due 40 days after the month's end."""
    filed = read_rows(
        session,
        """SELECT kind, month, receipt_no, filed_on FROM partners.market_document
           WHERE enterprise_id = %(id)s AND year = %(year)s ORDER BY filed_on, receipt_no""",
        {"id": enterprise_id, "year": year},
    )
    receipts = {(kind, month): (receipt, on) for kind, month, receipt, on in filed}
    tasks = read_rows(
        session,
        """SELECT task, due_on, standing FROM partners.mrv_task
           WHERE sector = %(sector)s AND year = %(year)s ORDER BY due_on, task""",
        {"sector": sector, "year": year},
    )
    listed = [MrvTask(task, due, standing, *receipts.get((task, None), (None, None))) for task, due, standing in tasks]
    for month in range(1, 13):
        due = date(year, month, monthrange(year, month)[1]) + timedelta(days=40)
        receipt = receipts.get(("monthly_filing", month), (None, None))
        listed.append(MrvTask(f"monthly_filing_{month:02}", due, "official", *receipt))
    return sorted(listed, key=lambda task: (task.due_on, task.task))
