"""A merchant says that a statement is wrong; the operator answers. What is right is a further entry, never an edit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from partners.settlement import queries
from partners.settlement.errors import CorrectionMissing, DisputeAnswered, DisputeOpen, DisputeUnknown, LineUnknown
from partners.settlement.model import Correction, Dispute, StatementLine


def dispute(
    session: Session,
    *,
    merchant_id: UUID,
    statement_id: UUID,
    transfer_id: int | None,
    reason: str,
    raised_by: UUID,
    request_id: UUID,
    now: datetime,
) -> Dispute:
    """Dispute a statement of the merchant, or one line of it. The same request answers the same dispute.

    Raises StatementUnknown, LineUnknown, DisputeOpen.
    """
    queries.statement_of(session, statement_id, merchant_id=merchant_id)
    known = session.get(Dispute, request_id)
    if known is not None and known.merchant_id == merchant_id:
        return known
    if transfer_id is not None:
        line = session.get(StatementLine, (transfer_id & 63, transfer_id))
        if line is None or line.statement_id != statement_id:
            raise LineUnknown(transfer=transfer_id)
    # The unique index ``dispute_open`` refuses a second one of the same line, also one that comes at this moment.
    new = insert(Dispute).values(
        id=request_id, merchant_id=merchant_id, statement_id=statement_id, transfer_id=transfer_id, reason=reason,
        raised_by=raised_by, raised_at=now,
    )  # fmt: skip
    if session.scalar(new.on_conflict_do_nothing().returning(Dispute.id)) is None:
        raise DisputeOpen(statement=statement_id, transfer=transfer_id)
    return session.get_one(Dispute, request_id)


def answer(
    session: Session,
    *,
    dispute_id: UUID,
    accepted: bool,
    words: str,
    correction_fen: int,
    answered_by: UUID,
    now: datetime,
) -> Dispute:
    """Answer a dispute once. Accepting it makes a correction of *correction_fen*, which the next statement carries.

    Raises DisputeUnknown, DisputeAnswered, CorrectionMissing.
    """
    found = session.get(Dispute, dispute_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise DisputeUnknown(dispute=dispute_id)
    if found.answered_at is not None:
        raise DisputeAnswered(dispute=dispute_id)
    if accepted and correction_fen == 0:
        raise CorrectionMissing(dispute=dispute_id)
    found.answer, found.accepted, found.answered_by, found.answered_at = words, accepted, answered_by, now
    if accepted:
        session.add(
            Correction(
                id=dispute_id, merchant_id=found.merchant_id, dispute_id=dispute_id, fen=correction_fen, reason=words,
                made_by=answered_by, made_at=now, statement_id=None,
            )
        )  # fmt: skip
    session.flush()
    return found


def disputes(
    session: Session, *, merchant_id: UUID | None = None, open_only: bool = False, limit: int = 100
) -> Sequence[Dispute]:
    """Answer disputes, the newest first: of one merchant or of all."""
    query = sa.select(Dispute).order_by(Dispute.raised_at.desc(), Dispute.id.desc()).limit(limit)
    if merchant_id is not None:
        query = query.where(Dispute.merchant_id == merchant_id)
    return session.scalars(query.where(Dispute.answered_at.is_(None)) if open_only else query).all()


def disputes_of(session: Session, statement_id: UUID) -> Sequence[Dispute]:
    """Answer the disputes of a statement, the oldest first."""
    query = sa.select(Dispute).where(Dispute.statement_id == statement_id)
    return session.scalars(query.order_by(Dispute.raised_at, Dispute.id).limit(200)).all()
