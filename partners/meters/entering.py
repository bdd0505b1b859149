"""Taking bills: all lines are checked before any is taken, a correction is a further row, and then we look again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ledger import stripe_of
from ledger.kernel.ids import new_id
from partners.meters import bills, findings, queries
from partners.meters.bills import Draft, Line, Refusal
from partners.meters.errors import BillInvalid, BillUnchanged
from partners.meters.model import Bill, Meter, Use

BILL_DUE_AFTER = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a list of bills: how many are new, corrections, or were there already."""

    new: int
    corrected: int
    same: int


def check_bills(session: Session, *, institution_id: UUID, lines: Sequence[Line], today: date) -> list[Draft | Refusal]:
    """Answer each line in its place, before any is taken."""
    meters = {meter.number: meter for meter in queries.meters_of(session, institution_id)}
    months = [month for month in (bills.month_of(line.month) for line in lines) if month is not None]
    known: dict[tuple[str, date], Use] = {}
    if months:
        uses = queries.uses_of(session, institution_id, first=min(months), last=max(months))
        numbers = {meter.id: meter.number for meter in meters.values()}
        known = {
            (numbers[meter_id], month): use for (meter_id, month), use in uses.items() if use.came_by != "provider"
        }
    return bills.check(lines, meters=meters, known=known, this_month=today.replace(day=1))


def take_bills(
    session: Session,
    *,
    institution_id: UUID,
    drafts: Sequence[Draft],
    came_by: str,
    by: UUID,
    request_id: UUID,
    now: datetime,
    photo_id: UUID | None = None,
) -> Taken:
    """Write checked bills, each as the next revision of its month, then look for what is strange.

    The same request again takes nothing. Bills of one institution are written one call after the other.
    """
    stripe = stripe_of(institution_id)
    session.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 16))"), {"key": str(institution_id)})
    done = sa.select(Bill.id).where(Bill.stripe == stripe, Bill.id == uuid5(request_id, "0"))
    fresh = [draft for draft in drafts if not draft.same]
    if session.scalar(done) is None and fresh:
        revisions = _revisions(session, stripe, fresh)
        session.add_all(
            Bill(
                stripe=stripe,
                id=uuid5(request_id, str(place)),
                institution_id=institution_id,
                meter_id=draft.meter.id,
                month=draft.month,
                revision=revisions.get((draft.meter.id, draft.month), -1) + 1,
                quantity=draft.quantity,
                amount_fen=draft.amount_fen,
                estimated=draft.estimated,
                remark=draft.remark,
                reason=draft.reason if (draft.meter.id, draft.month) in revisions else None,
                photo_id=photo_id,
                came_by=came_by,
                entered_by=by,
                entered_at=now,
                request_id=request_id,
            )
            for place, draft in enumerate(fresh)
        )
        session.flush()
        look_again(session, institution_id=institution_id, now=now)
        corrected = sum((draft.meter.id, draft.month) in revisions for draft in fresh)
        return Taken(len(fresh) - corrected, corrected, len(drafts) - len(fresh))
    return Taken(0, 0, len(drafts))


def _revisions(session: Session, stripe: int, drafts: Sequence[Draft]) -> dict[tuple[UUID, date], int]:
    rows = session.execute(
        sa.select(Bill.meter_id, Bill.month, sa.func.max(Bill.revision))
        .where(Bill.stripe == stripe, Bill.meter_id.in_({draft.meter.id for draft in drafts}))
        .group_by(Bill.meter_id, Bill.month)
    )
    return {(meter_id, month): revision for meter_id, month, revision in rows}


def enter_bill(
    session: Session,
    *,
    institution_id: UUID,
    line: Line,
    by: UUID,
    request_id: UUID,
    now: datetime,
    today: date,
    photo_id: UUID | None = None,
) -> Taken:
    """Take one bill from a form. Raises BillInvalid with the reason, BillUnchanged."""
    answer = check_bills(session, institution_id=institution_id, lines=[line], today=today)[0]
    if isinstance(answer, Refusal):
        raise BillInvalid(reason=answer.code, **answer.facts)
    if answer.same:
        raise BillUnchanged(meter=answer.meter.number)
    return take_bills(
        session,
        institution_id=institution_id,
        drafts=[answer],
        came_by="form",
        by=by,
        request_id=request_id,
        now=now,
        photo_id=photo_id,
    )


def withdraw_bill(
    session: Session, *, meter: Meter, month: date, reason: str, by: UUID, request_id: UUID, now: datetime
) -> None:
    """Take a bill back that should not be there: a further revision without a figure. Raises BillUnchanged."""
    newest = queries.newest_bill(session, meter, month)
    if newest is None or newest.quantity is None:
        raise BillUnchanged(meter=meter.number)
    session.add(
        Bill(
            stripe=newest.stripe,
            id=uuid5(request_id, "0"),
            institution_id=meter.institution_id,
            meter_id=meter.id,
            month=month,
            revision=newest.revision + 1,
            quantity=None,
            amount_fen=None,
            estimated=False,
            remark="",
            reason=reason,
            photo_id=None,
            came_by="form",
            entered_by=by,
            entered_at=now,
            request_id=request_id,
        )
    )
    session.flush()
    look_again(session, institution_id=meter.institution_id, now=now)


def look_again(session: Session, *, institution_id: UUID, now: datetime) -> int:
    """Look for what is strange in the last five years, keep what is new, settle what has gone; answers what is open."""
    until = (now - BILL_DUE_AFTER).date().replace(day=1)
    first = until.replace(year=until.year - 5)
    meters = queries.meters_of(session, institution_id)
    uses: dict[UUID, dict[date, Use]] = {}
    for (meter_id, month), use in queries.uses_of(session, institution_id, first=first, last=date(2100, 1, 1)).items():
        uses.setdefault(meter_id, {})[month] = use
    found = findings.detect(meters, uses, until=until)
    rows = [
        {
            "id": str(new_id()),
            "meter_id": str(one.meter_id),
            "month": one.month.isoformat(),
            "code": one.code,
            "facts": dict(one.facts),
            "basis": one.basis,
        }
        for one in found
    ]
    values = {
        "stripe": stripe_of(institution_id),
        "institution": institution_id,
        "rows": json.dumps(rows, ensure_ascii=False),
        "now": now,
    }
    session.execute(sa.text(KEEP), values)
    session.execute(sa.text(SETTLE), values)
    return len(queries.open_findings_of(session, institution_id))


KEEP = """
INSERT INTO partners.meter_finding (stripe, id, institution_id, meter_id, month, code, facts, basis, found_at)
SELECT :stripe, r.id, :institution, r.meter_id, r.month, r.code, r.facts, r.basis, :now
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r (id uuid, meter_id uuid, month date, code text, facts jsonb, basis text)
ON CONFLICT (stripe, meter_id, month, code, basis) DO UPDATE
SET settled_at = NULL, settlement = NULL WHERE meter_finding.settlement = 'corrected'
"""

SETTLE = """
UPDATE partners.meter_finding f SET settled_at = :now, settlement = 'corrected'
WHERE f.stripe = :stripe AND f.institution_id = :institution AND f.settled_at IS NULL AND NOT EXISTS (
    SELECT FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (meter_id uuid, month date, code text, basis text)
    WHERE (r.meter_id, r.month, r.code, r.basis) = (f.meter_id, f.month, f.code, f.basis))
"""
