"""Writing down what an enterprise owes, when it was done, and the papers of the year. Repeating is safe."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from partners.enterprises.bulk import connection_of
from partners.enterprises.compliance.errors import DocumentInvalid, ObligationUnknown

DOCUMENTS = (
    *("monthly_filing", "quality_plan", "annual_report", "verification_result", "allocation_notice"),
    *("surrender_notice", "surrender_certificate", "carry_notice"),
)


def record_obligation(
    session: Session,
    *,
    enterprise_id: UUID,
    year: int,
    verified_t: int,
    due_t: int,
    notice_no: str,
    recorded_by: UUID,
    now: datetime,
) -> None:
    """Write down a year's verified emissions and what is due, as its notice says; a later notice replaces it."""
    connection_of(session).execute(
        """INSERT INTO partners.obligation (enterprise_id, year, verified_t, due_t, notice_no, recorded_by, recorded_at)
           VALUES (%s, %s, %s, %s, %s, %s, %s)
           ON CONFLICT (enterprise_id, year) DO UPDATE SET verified_t = EXCLUDED.verified_t, due_t = EXCLUDED.due_t,
               notice_no = EXCLUDED.notice_no, recorded_by = EXCLUDED.recorded_by,
               recorded_at = EXCLUDED.recorded_at""",
        (enterprise_id, year, verified_t, due_t, notice_no, recorded_by, now),
    )


def complete_obligation(session: Session, *, enterprise_id: UUID, year: int, completed_on: date) -> None:
    """Write down the day of the certificate of surrender (履约证明). Raises ObligationUnknown."""
    done = connection_of(session).execute(
        "UPDATE partners.obligation SET completed_on = %s WHERE enterprise_id = %s AND year = %s",
        (completed_on, enterprise_id, year),
    )
    if done.rowcount == 0:
        raise ObligationUnknown(enterprise=enterprise_id, year=year)


def file_document(
    session: Session,
    *,
    enterprise_id: UUID,
    year: int,
    kind: str,
    month: int | None,
    receipt_no: str,
    filed_on: date,
    sha256: bytes | None,
    recorded_by: UUID,
    request_id: UUID,
    now: datetime,
    file_id: UUID | None = None,
) -> None:
    """Keep the receipt of a filing, report, verification result or notice. Raises DocumentInvalid."""
    if kind not in DOCUMENTS or (kind == "monthly_filing") != (month is not None) or not receipt_no.strip():
        raise DocumentInvalid(kind=kind, month=month)
    connection_of(session).execute(
        """INSERT INTO partners.market_document
               (enterprise_id, id, year, kind, month, receipt_no, filed_on, sha256, file_id, recorded_by,
                recorded_at)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
        (enterprise_id, request_id, year, kind, month, receipt_no.strip(), filed_on, sha256, file_id, recorded_by, now),
    )
