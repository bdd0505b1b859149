"""What the worker does for the market mirror: free bought units, reconcile at night, remind, watch pledges.

Everything is told once: to people as a notice, to their programs as a signed message.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from partners.enterprises.compliance.year import years_near
from partners.enterprises.pledges.queries import watched_pledges
from partners.enterprises.reconciliation.actions import reconcile
from partners.enterprises.reconciliation.model import Break
from partners.enterprises.reconciliation.queries import enterprise_ids
from partners.enterprises.records.actions import release_due
from partners.enterprises.records.model import MARKET_TIME
from partners.enterprises.rulebook.queries import rulebook
from puhui.db import Database
from puhui.deliveries import enqueue
from puhui.identity.model import Role
from puhui.notices import Notice, staff_of, tell_many

BATCH = 100
WHO = (Role.MAKER, Role.CHECKER)


def release_market_units(database: Database, now: datetime) -> Mapping[str, object]:
    """Free the units whose next trading day has come, a hundred books in a transaction."""
    touched = 0
    while done := database.run(partial(release_due, now=now, limit=BATCH)):
        touched += done
        if done < BATCH:
            break
    return {"books": touched}


def reconcile_market(database: Database, now: datetime) -> Mapping[str, object]:
    """Reconcile every enterprise, each in a transaction of its own; differences are written down, never repaired."""
    firms, found = 0, 0
    for enterprise_id in _firms(database):
        found += database.run(partial(_reconcile, enterprise_id=enterprise_id, now=now))
        firms += 1
    return {"firms": firms, "open_breaks": found}


def _firms(database: Database) -> Iterator[UUID]:
    after: UUID | None = None
    while ids := database.run(partial(enterprise_ids, after=after, limit=BATCH)):
        yield from ids
        after = ids[-1]


def _reconcile(session: Session, *, enterprise_id: UUID, now: datetime) -> int:
    found = reconcile(session, enterprise_id=enterprise_id, now=now)
    tell_of_breaks(session, enterprise_id, found, now=now)
    return len(found)


def tell_of_breaks(session: Session, enterprise_id: UUID, breaks: Iterable[Break], *, now: datetime) -> int:
    """Tell the enterprise's people and programs of each open break, once; answer how many notices are new."""
    people = staff_of(session, enterprise_id, WHO)
    listed = list(breaks)
    for one in listed:
        body = {"break": str(one.id), "rule": one.rule, "code": one.code, "subject": one.subject, "facts": one.facts}
        enqueue(
            session,
            organisation=enterprise_id,
            event="market_break.opened",
            body=body | {"found_at": one.found_at.isoformat()},
            key=f"market_break:{one.id}",
            now=now,
        )
    return tell_many(
        session,
        (
            Notice(person, "market_break", "/enterprise/breaks", f"market_break:{one.id}", {"rule": one.rule})
            for person in people
            for one in listed
        ),
        now=now,
    )


def remind_market(database: Database, now: datetime) -> Mapping[str, object]:
    """Remind of surrender deadlines 90, 30 and 15 days before, once each, while something is still to be done."""
    return {"notices": sum(database.run(partial(_remind, enterprise_id=one, now=now)) for one in _firms(database))}


def _remind(session: Session, *, enterprise_id: UUID, now: datetime) -> int:
    today = now.astimezone(MARKET_TIME).date()
    people, told = staff_of(session, enterprise_id, WHO), 0
    for status in years_near(session, enterprise_id, book=rulebook(session), today=today):
        year, before = status.obligation.year, status.reminder or 0
        deadline = status.deadline.deadline.isoformat()
        key = f"surrender_deadline:{year}:{before}"
        facts: dict[str, str | int] = {"year": year, "days": before, "deadline": deadline}
        facts |= {"open_t": status.gap.open_t, "missing_t": status.gap.missing_t}
        enqueue(
            session, organisation=enterprise_id, event="surrender_deadline.near", body=dict(facts), key=key, now=now
        )
        notices = [Notice(one, "surrender_deadline", "/enterprise/obligations", key, facts) for one in people]
        told += tell_many(session, notices, now=now)
    return told


def watch_pledges(database: Database, now: datetime) -> Mapping[str, object]:
    """Tell of pledges whose value fell below their alert, whose term spans a deadline or outlives the vintage."""
    return {"notices": sum(database.run(partial(_watch, enterprise_id=one, now=now)) for one in _firms(database))}


def _watch(session: Session, *, enterprise_id: UUID, now: datetime) -> int:
    today = now.astimezone(MARKET_TIME).date()
    people, notices = staff_of(session, enterprise_id, WHO), []
    for watched in watched_pledges(session, enterprise_id, book=rulebook(session), today=today):
        for finding in watched.findings:
            pledge = watched.pledge
            key = f"pledge_alert:{pledge.id}:{finding.code}"
            body: dict[str, object] = {"pledge": str(pledge.id), "code": finding.code, "facts": finding.facts}
            body |= {"instrument": pledge.instrument, "units": pledge.units}
            enqueue(session, organisation=enterprise_id, event="pledge.alert", body=body, key=key, now=now)
            facts: dict[str, str | int] = {"certificate": pledge.certificate_no, "instrument": pledge.instrument}
            notices += [Notice(one, "pledge_alert", "/enterprise/pledges", key, facts) for one in people]
    return tell_many(session, notices, now=now)
