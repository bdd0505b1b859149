"""A citizen claims a provider's rider: what the rider earned moves over by transfers, and so does all that follows."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from ledger import NewTransfer
from rewards.activities.errors import ParticipantClosed, RiderClaimedByAnother, RiderUnknown
from rewards.activities.model import Kind, Participant
from rewards.activities.participants import driver, lock, open_participants

TRANSFER_KIND = "claim"


class Claim(NamedTuple):
    """What a claim moved. *replayed* tells that the rider was this person's already."""

    rider: UUID
    grams: int
    points: int
    replayed: bool


class Binding(NamedTuple):
    """A rider that a person has claimed, and since when; the date is also that of the consent."""

    rider: UUID
    provider_id: int
    claimed_at: datetime
    activities: int


def claim(session: Session, *, rider: UUID, person: UUID, request_id: UUID, now: datetime) -> Claim:
    """Bind *rider* to *person* and move its balances. Repeating it moves nothing.

    Raises RiderUnknown, RiderClaimedByAnother, ParticipantClosed.
    """
    found = lock(session, [rider]).get(rider)
    if found is None or not found.is_rider:
        raise RiderUnknown
    if found.claimed_by is not None and found.claimed_by != person:
        raise RiderClaimedByAnother
    if found.claimed_by == person:
        return Claim(rider, 0, 0, replayed=True)
    open_participants(session, [person], kind=Kind.PERSON, now=now)
    claimant = lock(session, [person])[person]
    if found.closed or claimant.closed:
        raise ParticipantClosed(participant=person)
    moved = _move(session, found, claimant, request_id=request_id, now=now)
    driver(session).execute(
        "UPDATE rewards.participant SET claimed_by = %s, claimed_at = %s WHERE stripe = %s AND id = %s",
        (person, now, ledger.stripe_of(rider), rider),
    )
    return moved


def _move(session: Session, rider: Participant, person: Participant, *, request_id: UUID, now: datetime) -> Claim:
    pairs = [
        (rider.reduction_account, person.reduction_account),
        (rider.points_account, person.points_account),
    ]
    accounts = [ledger.account(session, old) for old, _ in pairs]
    units = [ledger.balance(session, account).available for account in accounts]
    transfers = [
        NewTransfer(old, new, amount, now, TRANSFER_KIND, rider.id)
        for (old, new), amount in zip(pairs, units, strict=True)
        if amount
    ]
    if transfers:
        ledger.post(session, transfers, request_id=request_id, now=now)
    return Claim(rider.id, units[0], units[1], replayed=False)


def bindings_of(session: Session, person: UUID) -> list[Binding]:
    """The riders that *person* has claimed, newest first."""
    rows = driver(session).execute(
        "SELECT p.id, p.provider_id, p.claimed_at,"
        " (SELECT count(*) FROM rewards.activity a WHERE a.stripe = p.stripe AND a.participant_id = p.id)"
        " FROM rewards.participant p WHERE p.claimed_by = %s ORDER BY p.claimed_at DESC, p.id LIMIT 100",
        (person,),
    )
    return [Binding(*row) for row in rows.fetchall()]
