"""A merchant disagrees: what is right becomes a further entry on the next statement, and nothing is rewritten."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from ledger.kernel.ids import new_id
from partners import settlement
from partners.settlement import (
    CorrectionMissing,
    Dispute,
    DisputeAnswered,
    DisputeOpen,
    DisputeUnknown,
    LineUnknown,
    StatementUnknown,
)
from tests.cafe import NOON
from tests.partners.settlement.world import NIGHT, OPERATOR, TODAY, Town, open_town

MANAGER = UUID(int=9 << 64)
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def town(session: Session) -> Town:
    town = open_town(session)
    town.redeem(30)
    town.redeem(10, now=NOON + timedelta(minutes=1))
    town.settle()
    return town


def _dispute(town: Town, *, line: int | None = None, merchant: UUID | None = None, key: UUID | None = None) -> Dispute:
    statement = settlement.statements(town.session)[0]
    lines = settlement.lines_of(town.session, statement.id)
    return settlement.dispute(
        town.session, merchant_id=merchant or town.cafe.id, statement_id=statement.id, request_id=key or new_id(),
        transfer_id=None if line is None else lines[line].transfer_id, reason="少算一杯", raised_by=MANAGER, now=NIGHT,
    )  # fmt: skip


def _answer(town: Town, dispute_id: UUID, *, accepted: bool, fen: int = 0) -> Dispute:
    return settlement.answer(
        town.session, dispute_id=dispute_id, accepted=accepted, words="核对无误" if not accepted else "补一杯",
        correction_fen=fen, answered_by=OPERATOR, now=NIGHT,
    )  # fmt: skip


@pytest.mark.parametrize("fen", [1500, -200])
def test_an_accepted_dispute_is_a_correction_on_the_next_statement(town: Town, fen: int) -> None:
    before = settlement.statements(town.session)[0]
    _answer(town, _dispute(town, line=0).id, accepted=True, fen=fen)
    assert [one.fen for one in settlement.corrections_waiting(town.session, town.cafe.id)] == [fen]
    town.redeem(10, now=NIGHT)
    made = town.settle(TOMORROW)
    assert made is not None
    assert (made.gross_fen, made.correction_fen, made.net_fen) == (500, fen, 500 + fen) if fen > -500 else True
    assert town.owed() == 2500 + fen
    assert town.balance(town.fund, "fund") == 1_000_000 - 2500 - fen
    assert (before.net_fen, settlement.corrections_waiting(town.session, town.cafe.id)) == (2000, [])


def test_a_correction_alone_makes_a_statement(town: Town) -> None:
    _answer(town, _dispute(town).id, accepted=True, fen=700)
    made = town.settle(TOMORROW)
    assert made is not None
    assert (made.lines, made.net_fen) == (0, 700)
    assert [one.reason for one in settlement.corrections_of(town.session, made.id)] == ["补一杯"]


def test_a_refused_dispute_moves_nothing(town: Town) -> None:
    answered = _answer(town, _dispute(town, line=1).id, accepted=False, fen=900)
    assert (answered.accepted, answered.answer) == (False, "核对无误")
    assert town.settle(TOMORROW) is None
    with pytest.raises(DisputeAnswered):
        _answer(town, answered.id, accepted=True, fen=900)


def test_what_is_disputed_is_the_merchants_own_and_once_at_a_time(town: Town) -> None:
    key = new_id()
    first = _dispute(town, line=0, key=key)
    assert _dispute(town, line=0, key=key) is first
    with pytest.raises(DisputeOpen):
        _dispute(town, line=0)
    _dispute(town)
    assert len(settlement.disputes(town.session, merchant_id=town.cafe.id, open_only=True)) == 2
    with pytest.raises(StatementUnknown):
        _dispute(town, merchant=UUID(int=5))


def test_a_line_of_another_statement_cannot_be_disputed(town: Town) -> None:
    statement = settlement.statements(town.session)[0]
    with pytest.raises(LineUnknown):
        settlement.dispute(
            town.session, merchant_id=town.cafe.id, statement_id=statement.id, transfer_id=12345, reason="?",
            raised_by=MANAGER, request_id=new_id(), now=NIGHT,
        )  # fmt: skip


def test_an_answer_needs_a_dispute_and_an_acceptance_an_amount(town: Town) -> None:
    with pytest.raises(DisputeUnknown):
        _answer(town, new_id(), accepted=False)
    with pytest.raises(CorrectionMissing):
        _answer(town, _dispute(town).id, accepted=True)
