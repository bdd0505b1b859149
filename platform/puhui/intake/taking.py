"""The use case: a provider's reports become activities and transfers in the caller's transaction."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from partners.providers import Provider, Report, Riders
from puhui.identity.vault import Vault
from puhui.intake.decoding import Refused, decode
from rewards.activities import Clock, Line, Outcome, Policy, Status, close_call, open_call, read, record
from rewards.methods import catalogue


class Answer(msgspec.Struct, omit_defaults=True, gc=False):
    """The answer to one row. *index* counts from 0, *id* is the caller's, *activity* ours where one was kept."""

    index: int
    id: str | None
    status: str
    code: str
    grams: int
    points: int
    activity: str | None = None
    detail: str | None = None


class Tally(NamedTuple):
    """What a call came to. ``rows = accepted + duplicate + capped + review + the sum of rejected``."""

    rows: int
    accepted: int
    duplicate: int
    capped: int
    review: int
    rejected: dict[str, int]
    grams: int
    points: int

    def __add__(self, other: object) -> Tally:
        """Add the tally of another call."""
        if not isinstance(other, Tally):
            return NotImplemented
        rejected = dict(sorted((Counter(self.rejected) + Counter(other.rejected)).items()))
        sums = {name: getattr(self, name) + getattr(other, name) for name in self._fields if name != "rejected"}
        return Tally(rejected=rejected, **sums)


NO_ROWS = Tally(0, 0, 0, 0, 0, {}, 0, 0)


class BatchAnswer(msgspec.Struct):
    """The answer to a call: its tally, then a row for each row."""

    request_id: str
    provider: str
    rows: int
    accepted: int
    duplicate: int
    capped: int
    review: int
    rejected: dict[str, int]
    grams: int
    points: int
    answers: list[Answer]


def rider_key(vault: Vault) -> bytes:
    """The platform's key under which riders become pseudonyms; it follows from PUHUI_DATA_KEY."""
    return vault.fingerprint("riders", "")


def take_in(
    session: Session,
    *,
    provider: Provider,
    riders: Riders,
    rows: Sequence[Report | Refused],
    now: datetime,
    call_id: UUID | None = None,
) -> list[Answer]:
    """Record the acts of *rows*, and answer each row in its place."""
    with _uncollected():
        return _take_in(session, provider, riders, rows, now=now, call_id=call_id or new_id())


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep Python's collector out of the way: a call makes many small objects and no cycles (a fifth of the time)."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _take_in(
    session: Session,
    provider: Provider,
    riders: Riders,
    rows: Sequence[Report | Refused],
    *,
    now: datetime,
    call_id: UUID,
) -> list[Answer]:
    policy = _policy(provider, now)
    pseudonyms = {rider: riders.pseudonym(rider) for rider in {r.rider for r in rows if isinstance(r, Report)}}
    lines = [Line(pseudonyms[row.rider], read(row, policy)) for row in rows if isinstance(row, Report)]
    outcomes = iter(record(session, lines, policy=policy, call_id=call_id, now=now))
    return [
        _answer(index, row.id, next(outcomes))
        if isinstance(row, Report)
        else Answer(index, row.id, Status.REJECTED, row.code, 0, 0, detail=row.detail)
        for index, row in enumerate(rows)
    ]


def take_batch(
    session: Session, *, provider: Provider, riders: Riders, body: bytes, request_key: str, now: datetime
) -> bytes:
    """Record an NDJSON body under *request_key* and answer JSON; the same again answers the first answer.

    Raises BatchTooLarge, BatchTooLong, BatchEmpty, IntakeConflict.
    """
    rows = decode(body)
    call = open_call(session, provider_id=provider.id, request_key=request_key, body=body)
    if call.answer is not None:
        return call.answer
    answers = take_in(session, provider=provider, riders=riders, rows=rows, now=now, call_id=call.id)
    tally = tally_of(answers)
    answer = msgspec.json.encode(
        BatchAnswer(request_id=str(call.id), provider=provider.code, answers=answers, **tally._asdict())
    )
    close_call(session, call, rows=len(rows), answer=answer, now=now)
    return answer


def tally_of(answers: Sequence[Answer]) -> Tally:
    """Count the answers by status, rejections by code, and add up what was credited."""
    statuses = Counter(answer.status for answer in answers)
    rejected = Counter(answer.code for answer in answers if answer.status == Status.REJECTED)
    return Tally(
        rows=len(answers),
        accepted=statuses[Status.ACCEPTED],
        duplicate=statuses[Status.DUPLICATE],
        capped=statuses[Status.CAPPED],
        review=statuses[Status.REVIEW],
        rejected=dict(sorted(rejected.items())),
        grams=sum(answer.grams for answer in answers),
        points=sum(answer.points for answer in answers),
    )


def _policy(provider: Provider, now: datetime) -> Policy:
    earliest = provider.accepts_from(now)
    return Policy(
        provider_id=provider.id,
        clock=Clock(provider.zone),
        methods=frozenset(provider.methods),
        not_before=None if earliest is None else int(earliest.timestamp()),
        now=int(now.timestamp()),
        catalogue=catalogue(),
    )


def _answer(index: int, given: str, outcome: Outcome) -> Answer:
    return Answer(
        index,
        given,
        outcome.status,
        outcome.code,
        outcome.grams,
        outcome.points,
        None if outcome.activity is None else _hyphenated(outcome.activity),
    )


def _hyphenated(activity: UUID) -> str:
    """What ``str`` answers, at half the time: it is asked for every row."""
    text = f"{activity.int:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
