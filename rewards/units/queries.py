"""Named reads of issues, blocks and retirements, and the check that serials and grams tell the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from rewards.units.errors import IssueUnknown, RetirementUnknown
from rewards.units.model import Block, Issue, Retirement, Series, UnitKind
from rewards.units.rules import Free

if TYPE_CHECKING:
    from rewards.units.actions import Take


@dataclass(frozen=True, slots=True)
class IssueRow:
    """An issue with its registry, its serials in words and what is left of it."""

    issue: Issue
    registry: str
    first_serial: str
    last_serial: str
    left_grams: int


@dataclass(frozen=True, slots=True)
class RetiredBlock:
    """Serials that a retirement took, as the registry writes them, with what they were and their transfer."""

    kind: str
    registry: str
    first_serial: str
    last_serial: str
    units: int
    grams: int
    project: str
    year: int
    source: str
    certificate_no: str | None
    cancelled_on: str | None
    transfer_id: int


def issue_of(session: Session, issue_id: UUID) -> Issue:
    """Answer an issue. Raises IssueUnknown."""
    found = session.get(Issue, issue_id)
    if found is None:
        raise IssueUnknown(issue=issue_id)
    return found


def retirement_of(session: Session, retirement_id: UUID) -> Retirement:
    """Answer a retirement. Raises RetirementUnknown."""
    found = session.get(Retirement, retirement_id)
    if found is None:
        raise RetirementUnknown(retirement=retirement_id)
    return found


def is_of(take: Take) -> sa.ColumnElement[bool]:
    """Answer the condition of the approved issues that a take may draw on."""
    mine = sa.and_(Issue.holder == take.holder, Issue.kind == take.kind, Issue.approved_at.is_not(None))
    return mine if take.issue_id is None else sa.and_(mine, Issue.id == take.issue_id)


def free_blocks(session: Session, take: Take) -> list[Free]:
    """Answer the free blocks that a take may draw on, the oldest year first, as a list that never skips one."""
    query = (
        sa.select(Block, Issue.grams_per_unit)
        .join(Issue, Issue.id == Block.issue_id)
        .where(is_of(take), Block.split_at.is_(None), Block.retirement_id.is_(None))
        .order_by(Issue.year, Issue.id, sa.func.lower(Block.serials))
        .execution_options(populate_existing=True)
    )
    return [Free(block.id, block.first, block.last, grams) for block, grams in session.execute(query)]


def issues(
    session: Session,
    *,
    kind: UnitKind | None = None,
    sink_project_id: UUID | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> list[IssueRow]:
    """Answer issues, the newest id first, those of a kind or of a sink project where asked."""
    query = sa.select(Issue, Series, _left()).join(Series, Series.id == Issue.series_id)
    if kind is not None:
        query = query.where(Issue.kind == kind)
    if sink_project_id is not None:
        query = query.where(Issue.sink_project_id == sink_project_id)
    if after is not None:
        query = query.where(Issue.id < after)
    return [_row(*found) for found in session.execute(query.order_by(Issue.id.desc()).limit(limit))]


def available_grams(session: Session, *, holder: UUID, kind: UnitKind) -> int:
    """Answer the grams that a holder has left of a kind, as the ledger has them."""
    try:
        account = ledger.account_of(session, owner=holder, purpose=f"units_{kind}", asset="offset")
    except ledger.AccountUnknown:
        return 0
    return ledger.balance(session, account).available


def retired_blocks(session: Session, retirement_ids: Sequence[UUID]) -> list[RetiredBlock]:
    """Answer the serials of retirements, in the order of year and serial."""
    query = (
        sa.select(Block, Issue, Series)
        .join(Issue, Issue.id == Block.issue_id)
        .join(Series, Series.id == Block.series_id)
        .where(Block.retirement_id.in_(retirement_ids))
        .order_by(Issue.year, Series.id, sa.func.lower(Block.serials))
    )
    return [_retired(*found) for found in session.execute(query)]


def retirements_of(session: Session, beneficiary: UUID) -> Sequence[Retirement]:
    """Answer what was retired for a beneficiary, the oldest first."""
    query = sa.select(Retirement).where(Retirement.beneficiary == beneficiary)
    return session.scalars(query.order_by(Retirement.retired_at, Retirement.id)).all()


def differences(session: Session) -> list[str]:
    """Answer where serials and grams differ: holders, beneficiaries and issues that do not add up. Empty is good."""
    return list(session.scalars(sa.text(_DIFFERENCES)))


_DIFFERENCES = """
WITH live AS (
    SELECT b.*, i.holder, i.kind, i.grams_per_unit, upper(b.serials) - lower(b.serials) AS units
    FROM rewards.unit_block b JOIN rewards.unit_issue i ON i.id = b.issue_id
    WHERE b.split_at IS NULL
), told AS (
    SELECT holder AS owner, 'units_' || kind AS purpose, sum(units * grams_per_unit) AS grams
    FROM live WHERE retirement_id IS NULL GROUP BY 1, 2
    UNION ALL
    SELECT r.beneficiary, 'retired', sum(l.units * l.grams_per_unit)
    FROM live l JOIN rewards.unit_retirement r ON r.id = l.retirement_id GROUP BY 1
), kept AS (
    SELECT a.owner, a.purpose, a.credits_posted - a.debits_posted AS grams
    FROM ledger.named_account a JOIN ledger.asset s ON s.id = a.asset
    WHERE s.code = 'offset' AND (a.purpose LIKE 'units\\_%' OR a.purpose = 'retired')
)
SELECT 'account ' || coalesce(told.owner, kept.owner) || ' ' || coalesce(told.purpose, kept.purpose)
FROM told FULL JOIN kept USING (owner, purpose)
WHERE coalesce(told.grams, 0) <> coalesce(kept.grams, 0)
UNION ALL
SELECT 'issue ' || i.id FROM rewards.unit_issue i LEFT JOIN live l ON l.issue_id = i.id
WHERE i.approved_at IS NOT NULL GROUP BY i.id HAVING coalesce(sum(l.units), 0) <> i.last - i.first + 1
"""


def _left() -> sa.ScalarSelect[int]:
    units = sa.func.sum(sa.func.upper(Block.serials) - sa.func.lower(Block.serials))
    return (
        sa.select(sa.func.coalesce(units, 0) * Issue.grams_per_unit)
        .where(Block.issue_id == Issue.id, Block.split_at.is_(None), Block.retirement_id.is_(None))
        .correlate(Issue)
        .scalar_subquery()
    )


def _row(issue: Issue, series: Series, left: int) -> IssueRow:
    return IssueRow(issue, series.book, series.text(issue.first), series.text(issue.last), int(left or 0))


def _retired(block: Block, issue: Issue, series: Series) -> RetiredBlock:
    units = block.last - block.first + 1
    return RetiredBlock(
        kind=issue.kind,
        registry=series.book,
        first_serial=series.text(block.first),
        last_serial=series.text(block.last),
        units=units,
        grams=units * issue.grams_per_unit,
        project=issue.project,
        year=issue.year,
        source=issue.source,
        certificate_no=issue.certificate_no,
        cancelled_on=issue.cancelled_on.isoformat() if issue.cancelled_on else None,
        transfer_id=block.transfer_id or 0,
    )
