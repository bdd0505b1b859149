"""A scheme is opened, its versions are drafted, submitted and decided by a second person."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from rewards.methods import catalogue
from rewards.schemes.errors import SchemeEnded, SchemeExists, SchemeUnknown, SchemeVersionOpen
from rewards.schemes.model import Scheme, SchemeVersion, VersionState
from rewards.schemes.queries import approved_versions, version_of, versions_of
from rewards.schemes.rules import (
    Settings,
    check_decision,
    check_draft,
    check_settings,
    check_succession,
)

CITY_TIME = ZoneInfo("Asia/Shanghai")


def open_scheme(
    session: Session,
    *,
    institution_id: UUID,
    year: int,
    name: str,
    by: UUID,
    now: datetime,
    scheme_id: UUID | None = None,
) -> Scheme:
    """Open a scheme of a year, still without rules. Raises SchemeExists."""
    taken = sa.select(Scheme.id).where(
        Scheme.institution_id == institution_id, Scheme.year == year, Scheme.name == name
    )
    if session.scalar(taken) is not None:
        raise SchemeExists(name=name)
    scheme = Scheme(
        id=scheme_id or new_id(),
        institution_id=institution_id,
        year=year,
        name=name,
        opened_by=by,
        opened_at=now,
        awarded_units=0,
    )
    session.add(scheme)
    session.flush()
    return scheme


def draft(session: Session, scheme_id: UUID, *, settings: Settings, author: UUID, now: datetime) -> SchemeVersion:
    """Write a draft, or rewrite the one that is open; whoever wrote last is the author.

    Raises SchemeUnknown, SchemeEnded, SchemeVersionFixed, and what ``check_settings`` raises.
    """
    scheme = _locked(session, scheme_id)
    check_settings(settings, year=scheme.year, known=frozenset(method.code for method in catalogue().methods))
    versions = versions_of(session, scheme_id)
    if versions and versions[0].state in (VersionState.DRAFT, VersionState.SUBMITTED):
        version = versions[0]
        check_draft(version)
    else:
        number = versions[0].version + 1 if versions else 1
        version = SchemeVersion(id=new_id(), scheme_id=scheme_id, version=number)
        session.add(version)
    version.purpose, version.starts_on, version.ends_on = settings.purpose, settings.starts_on, settings.ends_on
    version.valid_from, version.grams_per_point = settings.valid_from, settings.grams_per_point
    version.budget_units, version.weights = settings.budget_units, dict(settings.weights)
    version.quotas = {f"{whose} {span}": units for (whose, span), units in settings.quotas.items()}
    version.author, version.drafted_at = author, now
    session.flush()
    return version


def submit(session: Session, scheme_id: UUID, number: int, *, now: datetime) -> SchemeVersion:
    """Hand a draft to the reviewers; from now on it is never rewritten.

    Raises SchemeVersionUnknown, SchemeVersionFixed, SchemeDatesUnfit, SchemeBudgetUnfit.
    """
    scheme = _locked(session, scheme_id)
    version = version_of(session, scheme_id, number)
    check_draft(version)
    _check_succession(session, scheme, version, now)
    version.submitted_at = now
    session.flush()
    return version


def approve(session: Session, scheme_id: UUID, number: int, *, reviewer: UUID, now: datetime) -> SchemeVersion:
    """Publish a submitted version; acts since its first day are looked at by the next run.

    Raises SchemeVersionUnknown, SchemeVersionNotReady, ReviewerIsAuthor, SchemeDatesUnfit, SchemeBudgetUnfit.
    """
    scheme = _locked(session, scheme_id)
    version = version_of(session, scheme_id, number)
    check_decision(version, reviewer=reviewer)
    _check_succession(session, scheme, version, now)
    version.reviewer, version.decided_at = reviewer, now
    scheme.seen_until = None
    session.flush()
    return version


def refuse(
    session: Session, scheme_id: UUID, number: int, *, reviewer: UUID, reason: str, now: datetime
) -> SchemeVersion:
    """Send a submitted version back with a reason.

    Raises SchemeVersionUnknown, SchemeVersionNotReady, ReviewerIsAuthor.
    """
    _locked(session, scheme_id)
    version = version_of(session, scheme_id, number)
    check_decision(version, reviewer=reviewer)
    version.reviewer, version.decided_at, version.refusal = reviewer, now, reason
    session.flush()
    return version


def end_scheme(session: Session, scheme_id: UUID, *, now: datetime) -> Scheme:
    """End a scheme for good; what it gave stays. Raises SchemeUnknown, SchemeEnded, SchemeVersionOpen."""
    scheme = _locked(session, scheme_id)
    newest = versions_of(session, scheme_id)[:1]
    if newest and newest[0].state is VersionState.SUBMITTED:
        raise SchemeVersionOpen(version=newest[0].version)
    scheme.ended_at = now
    session.flush()
    return scheme


def _check_succession(session: Session, scheme: Scheme, version: SchemeVersion, now: datetime) -> None:
    check_succession(
        version,
        approved_versions(session, scheme.id),
        today=now.astimezone(CITY_TIME).date(),
        awarded_units=scheme.awarded_units,
    )


def _locked(session: Session, scheme_id: UUID) -> Scheme:
    scheme = session.scalar(
        sa.select(Scheme).where(Scheme.id == scheme_id).with_for_update().execution_options(populate_existing=True)
    )
    if scheme is None:
        raise SchemeUnknown(scheme=scheme_id)
    if scheme.ended_at is not None:
        raise SchemeEnded(scheme=scheme_id)
    return scheme
