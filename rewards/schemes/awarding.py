"""Members' accepted acts become points of the scheme: read once, decided in memory, posted once, written once.

The scheme's row is locked throughout, so quotas and budget hold however many workers run. An act is looked at once:
its award, also one of nothing, is a row whose key is the act. The number of statements does not depend on the acts.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

import ledger
from ledger import NewAccount, NewTransfer, Side
from rewards.activities.participants import driver, families
from rewards.schemes.errors import SchemeUnknown
from rewards.schemes.model import ASSET, Scheme, Span, Whose
from rewards.schemes.queries import PURPOSE, approved_versions, owner_of
from rewards.schemes.rules import Act, Decision, Settings, Usage, decide, first_day, settings_of, stretches

KIND = "scheme"
BATCH = 20_000
OVERLAP = timedelta(minutes=15)  # Longer than a call of the intake can take: its rows carry the time it began.
SIMULATED_AT_MOST = 300_000

# Acts by their time-ordered ids: what was received since a moment, whoever did it, then only members'.
NEW = """
SELECT a.id, w.person, w.department, a.method, a.day, a.started_at, a.grams, a.points
FROM generate_series(0, 63) AS s (stripe)
CROSS JOIN LATERAL (SELECT * FROM rewards.activity b WHERE b.stripe = s.stripe AND b.id > %(low)s) a
JOIN who w ON w.stripe = a.stripe AND w.identity = a.participant_id
"""
# Acts by the people who did them, however long ago they were received.
ALL = """
SELECT a.id, w.person, w.department, a.method, a.day, a.started_at, a.grams, a.points
FROM who w JOIN rewards.activity a ON a.stripe = w.stripe AND a.participant_id = w.identity
    AND a.started_at >= %(first)s::date - 1
"""
WHO = """
WITH who AS MATERIALIZED (
    SELECT * FROM unnest(%(stripes)s::smallint[], %(identities)s::uuid[], %(people)s::uuid[], %(departments)s::uuid[],
        %(since)s::timestamptz[], %(until)s::timestamptz[])
        AS w (stripe, identity, person, department, since, until)
)
"""
STANDING = """
JOIN unnest(%(methods)s::text[], %(firsts)s::date[], %(lasts)s::date[]) AS c (method, first, last)
    ON c.method = a.method AND a.day BETWEEN c.first AND c.last
WHERE a.status IN ('accepted', 'capped')
    AND a.started_at >= w.since AND (w.until IS NULL OR a.started_at < w.until)
"""
UNSEEN = """
AND NOT EXISTS (
    SELECT FROM rewards.scheme_award g
    WHERE g.stripe = (get_byte(uuid_send(w.person), 15) & 63)::smallint
        AND g.scheme_id = %(scheme)s AND g.activity_id = a.id
)
"""
ORDER = "ORDER BY a.started_at, a.id LIMIT %(limit)s"

COPY = """
COPY rewards.scheme_award (
    stripe, scheme_id, activity_id, person_id, department_id, units, wanted_units, transfer, awarded_at, day, version,
    method, code
) FROM STDIN
"""
USED = """
SELECT g.{owner}, date_trunc(%(span)s, g.day::timestamp)::date, sum(g.units)::bigint
FROM rewards.scheme_award g
WHERE g.scheme_id = %(scheme)s AND g.{owner} = ANY (%(owners)s) AND g.reversed_at IS NULL AND g.units > 0
    AND g.day >= %(first)s AND date_trunc(%(span)s, g.day::timestamp)::date = ANY (%(days)s)
GROUP BY 1, 2
"""


class Tenure(NamedTuple):
    """A person's time in the institution, and the department now; *until* is None while it lasts."""

    person: UUID
    department: UUID | None
    since: datetime
    until: datetime | None


class Run(NamedTuple):
    """What a run came to: acts looked at, hundredths of a point given."""

    acts: int
    units: int


def award(
    session: Session,
    scheme_id: UUID,
    tenures: Sequence[Tenure],
    *,
    now: datetime,
    everything: bool = False,
    limit: int = BATCH,
) -> Run:
    """Give points for acts that came since the last run, or, with *everything*, for all that was not looked at.

    Run until the acts are fewer than *limit*. Raises SchemeUnknown.
    """
    scheme = _locked(session, scheme_id)
    versions = [(one.version, settings_of(one)) for one in approved_versions(session, scheme_id)]
    if not versions or scheme.ended_at is not None or not tenures:
        return Run(0, 0)
    since = None if everything or scheme.seen_until is None else scheme.seen_until - OVERLAP
    acts = _read(session, tenures, [settings for _, settings in versions], since=since, scheme=scheme_id, limit=limit)
    usage = Usage(scheme.awarded_units, _used(session, scheme_id, acts, [settings for _, settings in versions]))
    decisions = decide(acts, versions, usage)
    _post(session, scheme_id, decisions, now=now)
    scheme.awarded_units = usage.awarded_units
    if len(acts) < limit:
        scheme.seen_until = now
    session.flush()
    return Run(len(acts), sum(decision.units for decision in decisions))


def simulate(
    session: Session, settings: Settings, tenures: Sequence[Tenure], *, first: date, last: date
) -> list[Decision]:
    """Answer what the acts of the days from *first* to *last* would have given, with nothing given before.

    The members' time of joining does not matter here, nor does the version's own beginning. Nothing is written.
    """
    open_ended = [tenure._replace(since=datetime.min.replace(tzinfo=UTC), until=None) for tenure in tenures]
    tried = Settings(
        purpose=settings.purpose,
        starts_on=first,
        ends_on=last,
        valid_from=first,
        grams_per_point=settings.grams_per_point,
        budget_units=settings.budget_units,
        weights=settings.weights,
        quotas=settings.quotas,
    )
    acts = _read(session, open_ended, [tried], since=None, scheme=None, limit=SIMULATED_AT_MOST)
    return decide(acts, [(0, tried)], Usage())


def take_back(session: Session, scheme_id: UUID, *, now: datetime, limit: int = BATCH) -> Run:
    """Reverse awards for acts that no longer stand; a reversal is a further transfer. Raises SchemeUnknown."""
    scheme = _locked(session, scheme_id)
    rows = (
        driver(session)
        .execute(
            "SELECT g.stripe, g.activity_id, g.transfer, g.units FROM rewards.scheme_award g"
            " WHERE g.scheme_id = %s AND g.transfer IS NOT NULL AND g.reversed_at IS NULL AND NOT EXISTS ("
            "  SELECT FROM rewards.activity a WHERE a.stripe = (get_byte(uuid_send(g.activity_id), 15) & 63)::smallint"
            "  AND a.id = g.activity_id AND a.status IN ('accepted', 'capped')"
            " ) ORDER BY g.stripe, g.activity_id LIMIT %s",
            (scheme_id, limit),
        )
        .fetchall()
    )
    if not rows:
        return Run(0, 0)
    activities = [row[1] for row in rows]
    ledger.reverse(
        session,
        [row[2] for row in rows],
        reason="the act no longer stands",
        request_id=_request_id(b"reverse", scheme_id, activities),
        now=now,
    )
    driver(session).execute(
        "UPDATE rewards.scheme_award g SET reversed_at = %s FROM unnest(%s::smallint[], %s::uuid[]) AS w (stripe, id)"
        " WHERE g.stripe = w.stripe AND g.activity_id = w.id AND g.scheme_id = %s",
        (now, [row[0] for row in rows], activities, scheme_id),
    )
    units = sum(row[3] for row in rows)
    scheme.awarded_units -= units
    session.flush()
    return Run(len(rows), units)


def _locked(session: Session, scheme_id: UUID) -> Scheme:
    scheme = session.scalar(
        sa.select(Scheme).where(Scheme.id == scheme_id).with_for_update().execution_options(populate_existing=True)
    )
    if scheme is None:
        raise SchemeUnknown(scheme=scheme_id)
    return scheme


def _read(
    session: Session,
    tenures: Sequence[Tenure],
    settings: Sequence[Settings],
    *,
    since: datetime | None,
    scheme: UUID | None,
    limit: int,
) -> list[Act]:
    """Read members' standing acts by the methods that count, those of riders whom they claimed among them."""
    riders = families(session, {tenure.person for tenure in tenures})
    counting = stretches(settings)
    who = [(identity, tenure) for tenure in tenures for identity in (tenure.person, *riders.get(tenure.person, ()))]
    values = {
        "stripes": [ledger.stripe_of(identity) for identity, _ in who],
        "identities": [identity for identity, _ in who],
        "people": [tenure.person for _, tenure in who],
        "departments": [tenure.department for _, tenure in who],
        "since": [tenure.since for _, tenure in who],
        "until": [tenure.until for _, tenure in who],
        "methods": [method for method, _, _ in counting],
        "firsts": [first for _, first, _ in counting],
        "lasts": [last for _, _, last in counting],
        "first": min((first for _, first, _ in counting), default=None),
        "low": None if since is None else _lowest_id(since),
        "scheme": scheme,
        "limit": limit,
    }
    query = WHO + (ALL if since is None else NEW) + STANDING + (UNSEEN if scheme else "") + ORDER
    return [Act(*row) for row in driver(session).execute(query.encode(), values).fetchall()]


def _lowest_id(moment: datetime) -> UUID:
    """Answer an id before all that were made from *moment* on: ids begin with milliseconds (RFC 9562, version 7)."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def _used(
    session: Session, scheme_id: UUID, acts: Sequence[Act], settings: Sequence[Settings]
) -> dict[tuple[Whose, Span, UUID, date], int]:
    """Read what was given to the people and departments of *acts* in the periods that a quota counts."""
    used: dict[tuple[Whose, Span, UUID, date], int] = {}
    for whose, span in {quota for one in settings for quota in one.quotas}:
        owners = {act.person if whose is Whose.PERSON else act.department for act in acts} - {None}
        days = sorted({first_day(span, act.day) for act in acts})
        if not owners or not days:
            continue
        column = "person_id" if whose is Whose.PERSON else "department_id"
        values = {"scheme": scheme_id, "span": span.value, "owners": list(owners), "days": days, "first": days[0]}
        for owner, day, units in driver(session).execute(USED.format(owner=column).encode(), values).fetchall():
            used[whose, span, owner, day] = units
    return used


def _post(session: Session, scheme_id: UUID, decisions: Sequence[Decision], *, now: datetime) -> None:
    """Post what was given as one list a version, then write every decision down."""
    by_version: dict[int, list[Decision]] = defaultdict(list)
    for decision in decisions:
        by_version[decision.version].append(decision)
    for version, theirs in sorted(by_version.items()):
        given = [decision for decision in theirs if decision.units]
        numbers = iter(_transfer(session, scheme_id, version, given, now=now))
        _write(session, scheme_id, theirs, numbers, now=now)


def _write(
    session: Session, scheme_id: UUID, decisions: Sequence[Decision], numbers: Iterator[int], *, now: datetime
) -> None:
    """Write decisions down by one COPY; *numbers* are the transfers of those that gave something, in their order."""
    with driver(session).cursor() as cursor, cursor.copy(COPY) as copy:
        for act, version, units, wanted, code in decisions:
            transfer = next(numbers) if units else None
            stripe = ledger.stripe_of(act.person)
            given = (act.id, act.person, act.department, units, wanted, transfer)
            copy.write_row((stripe, scheme_id, *given, now, act.day, version, act.method, code.value))


def _transfer(
    session: Session, scheme_id: UUID, version: int, given: Sequence[Decision], *, now: datetime
) -> list[int]:
    if not given:
        return []
    people = sorted({decision.act.person for decision in given})
    issuance, *accounts = ledger.open_accounts(
        session,
        [
            NewAccount(ledger.SYSTEM, "issuance", ASSET, Side.DEBIT, floor=False, spread=True),
            *(NewAccount(owner_of(scheme_id, person), PURPOSE, ASSET) for person in people),
        ],
    )
    account_of = dict(zip(people, (account.id for account in accounts), strict=True))
    transfers = [
        NewTransfer(issuance.id, account_of[one.act.person], one.units, one.act.started_at, KIND, one.act.id)
        for one in given
    ]
    request_id = _request_id(f"award {version}".encode(), scheme_id, (one.act.id for one in given))
    return list(ledger.post(session, transfers, request_id=request_id, now=now).transfer_ids)


def _request_id(act: bytes, scheme_id: UUID, activities: Iterable[UUID]) -> UUID:
    """Answer the request id of a list: the same scheme, version and acts are the same request."""
    digest = hashlib.sha256(act + scheme_id.bytes)
    for activity in activities:
        digest.update(activity.bytes)
    return UUID(bytes=digest.digest()[:16])
