"""Record what was reported: lock the people, look once, decide row by row in memory, post once, write once.

The number of statements does not depend on the number of rows. People are locked before anything is looked at, riders
before those who claimed them, each in the order of their ids, so that caps, overlaps and "counts once" hold however
many calls run at the same time.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from ledger import NewAccount, NewTransfer, Side
from rewards.activities import participants, state
from rewards.activities.model import Outcome, Participant
from rewards.activities.rules import CLAIMING, KEPT, Decision, Draft, Person, Policy, Record, Status, decide
from rewards.activities.writing import Row, write
from rewards.methods import Credit

TRANSFER_KIND = "activity"
LONGEST_LIST = 65_536  # What the ledger posts at once.
NOTHING_KEPT = frozenset({"already_received"})


class Line(NamedTuple):
    """One row of a call: the draft and the identity that it came by."""

    participant: UUID
    draft: Draft


def record(session: Session, lines: Sequence[Line], *, policy: Policy, call_id: UUID, now: datetime) -> list[Outcome]:
    """Decide and record the acts of one call, in the order of its rows. Answers one outcome a row.

    Everything is posted as one list under *call_id*, or nothing is.
    """
    with participants.by_index(session):
        locked = _lock_people(session, lines, policy, now)
        owners = {rider: found.claimed_by or rider for rider, found in locked.items()}
        persons = _read_people(session, lines, owners, locked, policy)
        known = state.records(session, policy.provider_id, [(line.participant, line.draft.source_id) for line in lines])
    ids = _new_ids(lines, now)
    decisions = _decide_all(lines, ids, owners, persons, known)
    earners = {rider: locked[owner] for rider, owner in owners.items()}
    postings = _post(session, lines, ids, decisions, earners=earners, call_id=call_id, now=now)
    rows = [
        Row(activity, line.participant, line.draft, decision, *posting)
        for activity, line, decision, posting in zip(ids, lines, decisions, postings, strict=True)
    ]
    kept = [_is_kept(row.decision, known.get(n)) for n, row in enumerate(rows)]
    replaced = [known[n].activity for n in known if kept[n]]
    keeping = [row for row, keep in zip(rows, kept, strict=True) if keep]
    write(session, keeping, replaced=replaced, provider_id=policy.provider_id, call_id=call_id, now=now)
    return [_outcome(row, keep, known.get(n)) for n, (row, keep) in enumerate(zip(rows, kept, strict=True))]


def _lock_people(session: Session, lines: Sequence[Line], policy: Policy, now: datetime) -> dict[UUID, Participant]:
    """Lock riders, made where they are new and have something to keep, then those who claimed them."""
    wanted = {line.participant for line in lines if line.draft.code is None or line.draft.code in KEPT}
    others = {line.participant for line in lines} - wanted
    locked = participants.lock_or_open(session, wanted, provider_id=policy.provider_id, now=now)
    locked |= participants.lock(session, others)
    claimants = {found.claimed_by for found in locked.values() if found.claimed_by is not None}
    return locked | participants.lock(session, claimants)


def _read_people(
    session: Session,
    lines: Sequence[Line],
    owners: dict[UUID, UUID],
    locked: dict[UUID, Participant],
    policy: Policy,
) -> dict[UUID, Person]:
    drafts: dict[UUID, list[Draft]] = {}
    for participant, draft in lines:
        if draft.code is None:
            drafts.setdefault(owners[participant], []).append(draft)
    families = participants.families(session, {owner for owner in drafts if not locked[owner].is_rider})
    reaches = [state.Reach([owner, *families.get(owner, [])], theirs) for owner, theirs in drafts.items()]
    persons = dict(zip(drafts, state.people(session, reaches, policy.catalogue), strict=True))
    for rider, owner in owners.items():
        persons.setdefault(owner, Person()).closed |= locked[owner].closed or locked[rider].closed
    return persons


def _new_ids(lines: Sequence[Line], now: datetime) -> list[UUID]:
    """Time-ordered ids (RFC 9562 version 7) whose last six bits are the participant's stripe."""
    milliseconds = int(now.timestamp() * 1000) & (2**48 - 1)
    first = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(36) << 26
    return [UUID(int=first | n << 6 | line.participant.int & 63) for n, line in enumerate(lines)]


def _decide_all(
    lines: Sequence[Line],
    ids: list[UUID],
    owners: dict[UUID, UUID],
    persons: dict[UUID, Person],
    known: dict[int, Record],
) -> list[Decision]:
    stranger = Person()
    seen: set[str] = set()
    decisions = []
    for n, (participant, draft) in enumerate(lines):
        owner = owners.get(participant)
        person = persons[owner] if owner is not None else stranger
        repeated = draft.source_id in seen
        seen.add(draft.source_id)
        decisions.append(decide(draft, person, record=known.get(n), repeated=repeated, activity=ids[n]))
    return decisions


def _post(
    session: Session,
    lines: Sequence[Line],
    ids: list[UUID],
    decisions: list[Decision],
    *,
    earners: dict[UUID, Participant],
    call_id: UUID,
    now: datetime,
) -> list[tuple[int | None, int | None]]:
    """Post grams and points of every credited act as one list; answers each row's two transfers."""
    if not any(decision.credit.grams or decision.credit.points for decision in decisions):
        return [(None, None)] * len(decisions)
    grams_from, points_from = _issuance(session)
    transfers: list[NewTransfer] = []
    places: list[tuple[int | None, int | None]] = []
    for (participant, draft), activity, decision in zip(lines, ids, decisions, strict=True):
        grams, points = decision.credit.grams, decision.credit.points
        places.append((len(transfers) if grams else None, len(transfers) + bool(grams) if points else None))
        if not grams and not points:
            continue
        owner = earners[participant]
        at = datetime.fromtimestamp(draft.start, UTC)
        if grams:
            transfers.append(NewTransfer(grams_from, owner.reduction_account, grams, at, TRANSFER_KIND, activity))
        if points:
            transfers.append(NewTransfer(points_from, owner.points_account, points, at, TRANSFER_KIND, activity))
    numbers = _post_in_lists(session, transfers, call_id=call_id, now=now)
    return [(None if one is None else numbers[one], None if other is None else numbers[other]) for one, other in places]


def _post_in_lists(session: Session, transfers: list[NewTransfer], *, call_id: UUID, now: datetime) -> list[int]:
    """Post lists as long as the ledger takes them, in one transaction; answers the transfers' ids."""
    numbers: list[int] = []
    for place, first in enumerate(range(0, len(transfers), LONGEST_LIST)):
        part = transfers[first : first + LONGEST_LIST]
        request_id = UUID(int=call_id.int ^ place << 64)
        numbers += ledger.post(session, part, request_id=request_id, now=now).transfer_ids
    return numbers


def _issuance(session: Session) -> tuple[int, int]:
    opened = ledger.open_accounts(
        session,
        [
            NewAccount(ledger.SYSTEM, "issuance", asset, Side.DEBIT, floor=False, spread=True)
            for asset in (participants.REDUCTION, participants.POINT)
        ],
    )
    return opened[0].id, opened[1].id


def _is_kept(decision: Decision, earlier: Record | None) -> bool:
    """Whether the act gets a row: what stands, a second record of an act, and rejections that a citizen may ask about.

    A record that was rejected before is kept again only when it now stands; then the new row takes its place.
    """
    if decision.status in CLAIMING:
        return True
    if earlier is not None or decision.code in NOTHING_KEPT:
        return False
    return decision.status is Status.DUPLICATE or decision.code in KEPT


def _outcome(row: Row, kept: bool, earlier: Record | None) -> Outcome:
    credit: Credit = row.decision.credit
    activity = row.activity if kept else (earlier.activity if earlier is not None else None)
    return Outcome(row.decision.status, row.decision.code, credit.grams, credit.points, activity)
