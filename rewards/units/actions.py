"""Issuing and retiring units. Serials are rows, grams are in the ledger, and both change in one transaction.

Locks are taken in one order everywhere: series, issues, blocks, then the ledger's accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.orm import Session

import ledger
from ledger import NewAccount, NewTransfer, Side
from ledger.kernel.ids import new_id
from rewards.units import queries, rules
from rewards.units.errors import IssueConflict, OwnIssue, RetirementConflict, SerialsTaken
from rewards.units.model import Block, Issue, Retirement, Series, UnitKind

ASSET = "offset"
"""Grams of CO2e that a unit certifies; apart from ``reduction``, which counts what people did and is never spent."""
KIND_ISSUE, KIND_RETIREMENT = "unit_issue", "unit_retirement"


@dataclass(frozen=True, slots=True)
class NewIssue:
    """A run of serials to enter. *source* is the notice or record that says it exists; *holder* will hold it."""

    kind: UnitKind
    registry: str
    first_serial: str
    last_serial: str
    grams_per_unit: int
    holder: UUID
    project: str
    year: int
    source: str
    method: str = ""
    sink_project_id: UUID | None = None
    proof_file: UUID | None = None
    cancelled_on: date | None = None
    certificate_no: str | None = None


@dataclass(frozen=True, slots=True)
class Take:
    """What a retirement is to take: *grams* at least, of a holder's units of a kind, or of one *issue* alone."""

    holder: UUID
    kind: UnitKind
    grams: int
    issue_id: UUID | None = None


def enter_issue(session: Session, new: NewIssue, *, issue_id: UUID, by: UUID, now: datetime) -> Issue:
    """Write an issue down for a second person to approve; the same id again answers the same issue.

    Raises IssueConflict, SerialsUnreadable, SerialsTaken.
    """
    run = rules.read_serials(new.first_serial, new.last_serial)
    series = _lock_series(session, new.registry.strip(), run)
    known = session.get(Issue, issue_id)
    if known is not None:
        if (known.series_id, known.first, known.last, known.holder) != (series.id, run.first, run.last, new.holder):
            raise IssueConflict(issue=issue_id)
        return known
    _check_free(session, series, run)
    issue = Issue(
        id=issue_id, kind=new.kind, series_id=series.id, first=run.first, last=run.last,
        grams_per_unit=new.grams_per_unit, holder=new.holder, project=new.project, method=new.method, year=new.year,
        source=new.source, sink_project_id=new.sink_project_id, proof_file=new.proof_file,
        cancelled_on=new.cancelled_on, certificate_no=new.certificate_no, entered_by=by, entered_at=now,
        approved_by=None, approved_at=None, transfer_id=None,
    )  # fmt: skip
    session.add(issue)
    session.flush()
    return issue


def approve_issue(session: Session, *, issue_id: UUID, by: UUID, now: datetime) -> Issue:
    """Let an issue count: its serials become one block, its grams the holder's. Approving twice changes nothing.

    Raises IssueUnknown, OwnIssue, SerialsTaken.
    """
    series = session.get_one(Series, queries.issue_of(session, issue_id).series_id, with_for_update=True)
    issue = session.get_one(Issue, issue_id, with_for_update=True, populate_existing=True)
    if issue.approved_at is not None:
        return issue
    if issue.entered_by == by:
        raise OwnIssue(issue=issue_id)
    _check_free(session, series, rules.Run(series.prefix, series.digits, issue.first, issue.last))
    issuance, holding = ledger.open_accounts(
        session,
        [
            NewAccount(ledger.SYSTEM, "issuance", ASSET, Side.DEBIT, floor=False, spread=True),
            NewAccount(issue.holder, f"units_{issue.kind}", ASSET),
        ],
    )
    transfer = NewTransfer(issuance.id, holding.id, issue.grams, now, KIND_ISSUE, issue.id)
    posting = ledger.post(session, [transfer], request_id=uuid5(issue.id, KIND_ISSUE), now=now)
    issue.approved_by, issue.approved_at, issue.transfer_id = by, now, posting.transfer_ids[0]
    session.add(_block(issue.id, series.id, issue.first, issue.last, parent_id=None, now=now))
    session.flush()
    return issue


def retire(
    session: Session,
    takes: Sequence[Take],
    *,
    beneficiary: UUID,
    reason: str,
    by: UUID,
    request_id: UUID,
    now: datetime,
) -> Retirement:
    """Retire exact units for *beneficiary*, once: the same request answers the first retirement again.

    A part of a block splits it. Raises RetirementConflict, UnitsShort.
    """
    known = session.get(Retirement, request_id, populate_existing=True)
    if known is None:
        _lock_issues(session, takes)
        # A press that waited for the lock finds here what the first press did.
        known = session.get(Retirement, request_id, populate_existing=True)
    if known is not None:
        if (known.beneficiary, known.reason) != (beneficiary, reason):
            raise RetirementConflict(retirement=request_id)
        return known
    chosen = _choose(session, takes)
    retirement = Retirement(
        id=request_id, beneficiary=beneficiary, reason=reason, grams=sum(cut.grams for _, cut in chosen),
        retired_by=by, retired_at=now,
    )  # fmt: skip
    session.add(retirement)
    session.flush()
    transfers = _post(session, chosen, retirement, now=now)
    for (_, cut), transfer_id in zip(chosen, transfers, strict=True):
        _end(session, cut, retirement, transfer_id, now=now)
    return retirement


def _lock_series(session: Session, registry: str, run: rules.Run) -> Series:
    values = {"book": registry, "prefix": run.prefix, "digits": run.digits}
    session.execute(insert(Series).values(values).on_conflict_do_nothing())
    return session.scalars(sa.select(Series).filter_by(**values).with_for_update()).one()


def _check_free(session: Session, series: Series, run: rules.Run) -> None:
    """Refuse serials that are in the book. PostgreSQL says it again: the constraint ``blocks_never_overlap``."""
    taken = sa.select(Block.id).where(
        Block.series_id == series.id, Block.split_at.is_(None), Block.serials.overlaps(Range(run.first, run.last + 1))
    )
    if session.scalars(taken.limit(1)).first() is not None:
        raise SerialsTaken(first=series.text(run.first), last=series.text(run.last), registry=series.book)


def _lock_issues(session: Session, takes: Sequence[Take]) -> None:
    """Lock the issues first and read their blocks afterwards: who waited sees what the one before left of them."""
    wanted = [queries.is_of(take) for take in takes]
    session.execute(sa.select(Issue.id).where(sa.or_(*wanted)).order_by(Issue.id).with_for_update())


def _choose(session: Session, takes: Sequence[Take]) -> list[tuple[Take, rules.Cut]]:
    chosen: list[tuple[Take, rules.Cut]] = []
    for take in takes:
        free = queries.free_blocks(session, take)
        chosen += [(take, cut) for cut in rules.allocate(free, grams=take.grams, kind=take.kind)]
    return chosen


def _post(
    session: Session, chosen: Sequence[tuple[Take, rules.Cut]], retirement: Retirement, *, now: datetime
) -> list[int]:
    """Move the grams of each cut from its holder to the beneficiary's ``retired``, from where nothing comes back."""
    keys = sorted({(take.holder, f"units_{take.kind}") for take, _ in chosen})
    accounts = ledger.open_accounts(
        session,
        [
            NewAccount(retirement.beneficiary, "retired", ASSET),
            *(NewAccount(holder, purpose, ASSET) for holder, purpose in keys),
        ],
    )
    into, holdings = accounts[0].id, dict(zip(keys, [account.id for account in accounts[1:]], strict=True))
    transfers = [
        NewTransfer(
            holdings[take.holder, f"units_{take.kind}"], into, cut.grams, now, KIND_RETIREMENT, retirement.beneficiary
        )
        for take, cut in chosen
    ]
    return list(ledger.post(session, transfers, request_id=retirement.id, now=now).transfer_ids)


def _end(session: Session, cut: rules.Cut, retirement: Retirement, transfer_id: int, *, now: datetime) -> None:
    """Retire a block, or split it and retire the part that was taken; what is left stays free."""
    block = session.get_one(Block, cut.block_id)
    if (block.first, block.last) == (cut.first, cut.last):
        block.retirement_id, block.transfer_id = retirement.id, transfer_id
        session.flush()
        return
    block.split_at = now
    session.flush()
    taken = _block(block.issue_id, block.series_id, cut.first, cut.last, parent_id=block.id, now=now)
    taken.retirement_id, taken.transfer_id = retirement.id, transfer_id
    session.add_all(
        [taken, _block(block.issue_id, block.series_id, cut.last + 1, block.last, parent_id=block.id, now=now)]
    )
    session.flush()


def _block(issue_id: UUID, series_id: int, first: int, last: int, *, parent_id: UUID | None, now: datetime) -> Block:
    return Block(
        id=new_id(), issue_id=issue_id, series_id=series_id, serials=Range(first, last + 1), parent_id=parent_id,
        made_at=now, split_at=None, retirement_id=None, transfer_id=None,
    )  # fmt: skip
