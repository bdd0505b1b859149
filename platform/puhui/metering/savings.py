"""Savings into the ledger: decided by the rules of meters, recorded as acts of the institution by the usual intake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger import stripe_of
from partners.meters import keeping
from partners.meters.errors import SecondPersonMissing
from partners.meters.keeping import Credit, SavingRow
from partners.meters.model import Bill, months_between, next_month, year_before
from partners.meters.savings import KINDS, THOUSANDTH, Around, Decision, decide
from partners.providers import Report, provider_of
from puhui.metering.books import Books, open_books
from rewards.activities import Clock, Kind, Line, Policy, Status, activity_of, open_participants, read, record
from rewards.methods import catalogue

PROVIDER = "puhui-meters"
CITY_TIME = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a month would come to by today's figures, beside what was decided before, where something was."""

    decision: Decision
    kept: SavingRow | None

    @property
    def stands(self) -> bool:
        """Whether the month is credited already and the credit was not taken back."""
        return self.kept is not None and self.kept.outcome == "credited" and self.kept.reversed_at is None

    @property
    def differs(self) -> bool:
        """Whether the figures changed after the credit, so that it should be taken back and decided anew."""
        return self.stands and self.kept is not None and self.kept.saved != self.decision.saved


def proposals(session: Session, institution_id: UUID, *, year: int, now: datetime) -> list[Proposal]:
    """Decide about every month of *year* that is over, the newest first, without keeping anything."""
    books = open_books(session, institution_id, year=year)
    months = [m for m in months_between(date(year, 1, 1), date(year, 12, 1)) if is_over(m, now)]
    kept = {
        (row.method, row.variant, row.month): row
        for row in keeping.savings_of(session, institution_id, first=date(year, 1, 1), last=date(year, 12, 1))
    }
    around = around_of(books)
    uses = {(UUID(str(meter)), month): use for (meter, month), use in books.uses.items()}
    decided = [decide(kind, month, books.meters, uses, around) for month in reversed(months) for kind in KINDS]
    found = [Proposal(one, kept.get((one.kind.method, one.kind.variant, one.month))) for one in decided]
    return [one for one in found if one.decision.reason != "no_meter" or one.kept is not None]


def is_over(month: date, now: datetime) -> bool:
    """Whether *month* has ended in the city's time."""
    return next_month(month) <= now.astimezone(CITY_TIME).date()


def around_of(books: Books) -> Around:
    """What is known besides the figures."""
    return Around(
        remarks=books.remarks,
        open_findings={(f.meter_id, f.month): f.code for f in books.findings if f.settled_at is None},
        confirmed={(f.meter_id, f.month): f.code for f in books.findings if f.settlement == "confirmed"},
        floor_area={year: one.floor_area_m2 for year, one in books.years.items()},
        quotas=books.targets,
    )


def credit_months(
    session: Session, institution_id: UUID, *, year: int, quarter: int, by: UUID, request_id: UUID, now: datetime
) -> list[SavingRow]:
    """Decide the months of a quarter for good, and answer the decisions.

    A saving becomes an act of the institution, the rest is kept with its reason; a second call changes nothing.
    Raises SecondPersonMissing where *by* entered one of the bills.
    """
    first, last = date(year, 3 * quarter - 2, 1), date(year, 3 * quarter, 1)
    _check_second_person(session, institution_id, first=first, last=last, by=by)
    session.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 17))"), {"key": str(institution_id)})
    found = proposals(session, institution_id, year=year, now=now)
    open_ones = [one for one in found if first <= one.decision.month <= last and not one.stands]
    fresh = [one for one in open_ones if not _is_kept(one)]
    credits = _record(session, institution_id, fresh, request_id=request_id, now=now)
    for place, (proposal, (reason, credit)) in enumerate(zip(fresh, credits, strict=True)):
        keeping.keep_saving(
            session,
            institution_id=institution_id,
            saving_id=uuid5(request_id, f"saving:{place}"),
            revision=_revision(proposal),
            decision=proposal.decision,
            reason=reason,
            credit=credit,
            by=by,
            now=now,
        )
    return keeping.savings_of(session, institution_id, first=first, last=last)


def reverse_saving(
    session: Session, institution_id: UUID, saving_id: UUID, *, reason: str, request_id: UUID, now: datetime
) -> None:
    """Take a credited saving back by its reversal in the ledger. Raises SavingUnknown, InsufficientBalance."""
    saving = keeping.saving_of(session, institution_id, saving_id)
    if saving.activity_id is not None:
        act = activity_of(session, institution_id, saving.activity_id)
        transfers = [number for number in (act.reduction_transfer, act.points_transfer) if number is not None]
        ledger.reverse(session, transfers, reason=reason, request_id=request_id, now=now)
    keeping.mark_reversed(session, institution_id, saving, reason=reason, now=now)


def _is_kept(proposal: Proposal) -> bool:
    """Whether the same refusal was kept before."""
    kept, decision = proposal.kept, proposal.decision
    return (
        kept is not None
        and kept.reversed_at is None
        and decision.outcome == "not_credited"
        and (kept.reason, kept.saved) == (decision.reason, decision.saved)
    )


def _revision(proposal: Proposal) -> int:
    return 0 if proposal.kept is None else proposal.kept.revision + 1


def _record(
    session: Session, institution_id: UUID, fresh: Sequence[Proposal], *, request_id: UUID, now: datetime
) -> list[tuple[str, Credit]]:
    """Record those that are savings as acts; answers for each the reason that holds and what was credited."""
    nothing = Credit(None, 0, 0)
    worth = [one for one in fresh if one.decision.outcome == "credited"]
    if not worth:
        return [(one.decision.reason, nothing) for one in fresh]
    provider = provider_of(session, PROVIDER)
    policy = Policy(
        provider_id=provider.id,
        clock=Clock(provider.zone),
        methods=frozenset(provider.methods),
        not_before=None,
        now=int(now.timestamp()),
        catalogue=catalogue(),
    )
    open_participants(session, [institution_id], kind=Kind.INSTITUTION, now=now)
    lines = [Line(institution_id, read(_report(institution_id, one), policy)) for one in worth]
    outcomes = iter(record(session, lines, policy=policy, call_id=request_id, now=now))
    answers = []
    for one in fresh:
        if one.decision.outcome != "credited":
            answers.append((one.decision.reason, nothing))
            continue
        outcome = next(outcomes)
        taken = outcome.status in (Status.ACCEPTED, Status.CAPPED)
        credit = Credit(outcome.activity, outcome.grams, outcome.points) if taken else nothing
        answers.append((outcome.code, credit))
    return answers


def _report(institution_id: UUID, proposal: Proposal) -> Report:
    """The act as a provider would report it: a month's saving, on the first day of the month."""
    decision = proposal.decision
    name = f"{decision.kind.method}{decision.kind.variant}-{decision.month:%Y%m}-{_revision(proposal)}"
    saved = (decision.saved or Decimal(0)).quantize(THOUSANDTH, ROUND_DOWN)
    return Report(
        id=f"{institution_id.hex[-12:]}-{name}",
        rider=str(institution_id),
        method=decision.kind.method,
        quantity=f"{saved:f}",
        unit=decision.kind.unit,
        started_at=datetime(decision.month.year, decision.month.month, 1),  # noqa: DTZ001  # Local time of the provider.
        trip=name,
        variant=decision.kind.variant or None,
    )


def _check_second_person(session: Session, institution_id: UUID, *, first: date, last: date, by: UUID) -> None:
    entered = sa.select(Bill.id).where(
        Bill.stripe == stripe_of(institution_id),
        Bill.institution_id == institution_id,
        Bill.entered_by == by,
        sa.or_(Bill.month.between(first, last), Bill.month.between(year_before(first), year_before(last))),
    )
    if session.scalar(entered.limit(1)) is not None:
        raise SecondPersonMissing(person="same")
