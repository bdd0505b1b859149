"""What tests of spending share: pay codes at the café's counter, and works that begin at one instant."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from ledger.kernel.errors import DomainError
from ledger.kernel.ids import new_id
from puhui.db import Database
from rewards import paycodes
from rewards.paycodes import Charge, PayCode
from rewards.vouchers import CodeBook
from rewards.vouchers.codes import PAY_PREFIX
from tests.cafe import NOON, Cafe

PAY_CODES = CodeBook(key=b"the tests' own key of pay codes", step_seconds=30, prefix=PAY_PREFIX)


def open_pay_code(
    session: Session,
    citizen: UUID,
    *,
    family_id: UUID | None = None,
    request_id: UUID | None = None,
    now: datetime = NOON,
) -> PayCode:
    """Let a citizen open a pay code."""
    return paycodes.open_pay_code(
        session, citizen_id=citizen, family_id=family_id, request_id=request_id or new_id(), now=now
    )


def digits_of(pay_code: PayCode, *, now: datetime = NOON) -> str:
    """Answer what the citizen shows."""
    return PAY_CODES.code(pay_code.number, at=now)


def charge(
    session: Session,
    cafe: Cafe,
    pay_code: PayCode,
    units: int,
    *,
    now: datetime = NOON,
    request_id: UUID | None = None,
    digits: str | None = None,
    read_at: datetime | None = None,
) -> Charge:
    """Let Zhou charge an amount on what the citizen shows."""
    return paycodes.charge(
        session, digits=digits or digits_of(pay_code, now=now), codes=PAY_CODES, counter=cafe.counter_id,
        merchant=cafe.id, clerk=cafe.clerk.person.id, coins_units=units, request_id=request_id or new_id(), now=now,
        read_at=read_at,
    )  # fmt: skip


def undo(session: Session, cafe: Cafe, made: Charge, *, now: datetime = NOON, request_id: UUID | None = None) -> Charge:
    """Let Zhou give a charge back."""
    return paycodes.undo_charge(
        session, charge_id=made.id, merchant=cafe.id, clerk=cafe.clerk.person.id, reason="收错了",
        request_id=request_id or new_id(), now=now,
    )  # fmt: skip


def at_once(database: Database, *works: Callable[[Session], object]) -> list[object]:
    """Run each work in a thread and transaction of its own, all beginning together; answer results and refusals."""
    start, answers = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[Session], object]) -> None:
        start.wait()
        try:
            answers[place] = database.run(work)
        except DomainError as error:
            answers[place] = error

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def names(answers: list[object]) -> list[str]:
    """Answer the sorted names of what came of works, so that a test reads like a sentence."""
    return sorted(type(answer).__name__ for answer in answers)
