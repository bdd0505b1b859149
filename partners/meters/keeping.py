"""Keep what was computed: indicators for peers and lists, decisions about savings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ledger import stripe_of
from partners.meters.errors import SavingUnknown
from partners.meters.indicators import Figure, Period
from partners.meters.savings import Decision


class SavingRow(NamedTuple):
    """A decision as it was kept; *grams* and *points* are what the ledger was told."""

    id: UUID
    method: str
    variant: str
    month: date
    revision: int
    baseline: Decimal | None
    used: Decimal | None
    saved: Decimal | None
    unit: str
    outcome: str
    reason: str
    facts: dict[str, str]
    activity_id: UUID | None
    grams: int
    points: int
    decided_at: datetime
    reversed_at: datetime | None
    reversal: str | None


class Credit(NamedTuple):
    """What the ledger was told about a decision; nothing where it was not credited."""

    activity_id: UUID | None
    grams: int
    points: int


class PeerRow(NamedTuple):
    """An institution's indicator of a period, for the operator's list."""

    institution_id: UUID
    name: str
    type: str
    measure: str
    value: Decimal | None


def keep_figures(
    session: Session, *, institution_id: UUID, period: Period, figures: Sequence[Figure], now: datetime
) -> None:
    """Keep the indicators of a period in place of what was kept before."""
    rows = [
        {
            "measure": figure.measure,
            "value": None if figure.value is None else str(figure.value),
            "facts": {"missing": [[one.code, dict(one.facts)] for one in figure.missing[:20]]},
        }
        for figure in figures
    ]
    session.execute(
        sa.text(
            "INSERT INTO partners.indicator (institution_id, period, measure, value, facts, computed_at)"
            " SELECT :institution, :period, r.measure, r.value, r.facts, :now"
            " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (measure text, value numeric, facts jsonb)"
            " ON CONFLICT (institution_id, period, measure) DO UPDATE"
            " SET value = EXCLUDED.value, facts = EXCLUDED.facts, computed_at = EXCLUDED.computed_at"
        ),
        {
            "institution": institution_id,
            "period": period.code,
            "rows": json.dumps(rows, ensure_ascii=False),
            "now": now,
        },
    )


def peer_values(session: Session, *, institution_id: UUID, period: Period) -> dict[str, list[Decimal]]:
    """The values of other institutions of the same type in a period, by measure."""
    rows = session.execute(
        sa.text(
            "SELECT i.measure, i.value FROM partners.indicator i JOIN partners.institution n ON n.id = i.institution_id"
            " WHERE i.period = :period AND i.value IS NOT NULL AND i.institution_id <> :institution"
            " AND n.type = (SELECT type FROM partners.institution WHERE id = :institution) ORDER BY i.measure, i.value"
        ),
        {"period": period.code, "institution": institution_id},
    )
    found: dict[str, list[Decimal]] = {}
    for measure, value in rows:
        found.setdefault(measure, []).append(value)
    return found


def indicators_of_all(session: Session, period: Period, *, limit: int = 50, offset: int = 0) -> list[PeerRow]:
    """Every institution's indicators of a period, by name; four rows an institution."""
    rows = session.execute(
        sa.text(
            "SELECT n.id, n.name, n.type, i.measure, i.value FROM ("
            "  SELECT id, name, type FROM partners.institution WHERE id IN"
            "  (SELECT institution_id FROM partners.indicator WHERE period = :period)"
            "  ORDER BY name, id LIMIT :limit OFFSET :offset) n"
            " JOIN partners.indicator i ON i.institution_id = n.id AND i.period = :period"
            " ORDER BY n.name, n.id, i.measure"
        ),
        {"period": period.code, "limit": limit, "offset": offset},
    )
    return [PeerRow(*row) for row in rows]


COLUMNS = """
id, method, variant, month, revision, baseline, used, saved, unit, outcome, reason, facts, activity_id, grams, points,
decided_at, reversed_at, reversal
"""
SAVINGS = f"""
SELECT DISTINCT ON (month, method, variant) {COLUMNS} FROM partners.saving
WHERE stripe = :stripe AND institution_id = :institution AND month BETWEEN :first AND :last
ORDER BY month DESC, method, variant, revision DESC
"""  # noqa: S608  # COLUMNS is ours.
SAVING = f"""
SELECT {COLUMNS} FROM partners.saving
WHERE stripe = :stripe AND institution_id = :institution AND id = :id AND outcome = 'credited' AND reversed_at IS NULL
"""  # noqa: S608  # COLUMNS is ours.
KEEP = """
INSERT INTO partners.saving (stripe, id, institution_id, method, variant, month, revision, baseline, used, saved, unit,
    outcome, reason, facts, activity_id, grams, points, decided_by, decided_at)
VALUES (:stripe, :id, :institution, :method, :variant, :month, :revision, :baseline, :used, :saved, :unit,
    :outcome, :reason, CAST(:facts AS jsonb), :activity, :grams, :points, :by, :now)
"""


def savings_of(session: Session, institution_id: UUID, *, first: date, last: date) -> list[SavingRow]:
    """The newest decision of every method and month from *first* to *last*, the newest month first."""
    rows = session.execute(
        sa.text(SAVINGS),
        {"stripe": stripe_of(institution_id), "institution": institution_id, "first": first, "last": last},
    )
    return [SavingRow(*row) for row in rows]


def saving_of(session: Session, institution_id: UUID, saving_id: UUID) -> SavingRow:
    """One decision that is credited and stands. Raises SavingUnknown."""
    row = session.execute(
        sa.text(SAVING),
        {"stripe": stripe_of(institution_id), "institution": institution_id, "id": saving_id},
    ).one_or_none()
    if row is None:
        raise SavingUnknown(saving=str(saving_id))
    return SavingRow(*row)


def keep_saving(
    session: Session,
    *,
    institution_id: UUID,
    saving_id: UUID,
    revision: int,
    decision: Decision,
    reason: str,
    credit: Credit,
    by: UUID,
    now: datetime,
) -> None:
    """Keep a decision and what the ledger was told."""
    session.execute(
        sa.text(KEEP),
        {
            "stripe": stripe_of(institution_id),
            "id": saving_id,
            "institution": institution_id,
            "method": decision.kind.method,
            "variant": decision.kind.variant,
            "month": decision.month,
            "revision": revision,
            "baseline": decision.baseline,
            "used": decision.used,
            "saved": decision.saved,
            "unit": decision.kind.unit,
            "outcome": "credited" if credit.activity_id is not None else "not_credited",
            "reason": reason,
            "facts": json.dumps(dict(decision.facts), ensure_ascii=False),
            "activity": credit.activity_id,
            "grams": credit.grams,
            "points": credit.points,
            "by": by,
            "now": now,
        },
    )


def mark_reversed(session: Session, institution_id: UUID, saving: SavingRow, *, reason: str, now: datetime) -> None:
    """Say that a credited saving was taken back, and why."""
    changed: Any = session.execute(
        sa.text(
            "UPDATE partners.saving SET reversed_at = :now, reversal = :reason"
            " WHERE stripe = :stripe AND id = :id AND reversed_at IS NULL"
        ),
        {"stripe": stripe_of(institution_id), "id": saving.id, "reason": reason, "now": now},
    )
    if not changed.rowcount:
        raise SavingUnknown(saving=str(saving.id))
