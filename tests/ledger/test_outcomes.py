"""Independent items: the good are posted, the others answered by code, in a fixed order of precedence."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from tests.ledger.conftest import LIN, NOW, Books, move, post

NOWHERE = 1 << 50

# The case: debit, credit, units; "lin" has 10 coins, "shut" is a closed account, "points" keeps another asset.
PRECEDENCE = [
    ("nowhere nowhere 0", "units_invalid"),
    ("lin lin 0", "units_invalid"),
    ("lin nowhere 99", "account_unknown"),
    ("nowhere nowhere 1", "account_unknown"),
    ("shut shut 1", "same_account"),
    ("points shut 99", "asset_mismatch"),
    ("shut cafe 99", "account_closed"),
    ("lin shut 99", "account_closed"),
    ("lin cafe 99", "insufficient_balance"),
    ("cafe lin 1", "insufficient_balance"),
]


@pytest.fixture
def accounts(session: Session, books: Books) -> dict[str, int]:
    """The cast with a closed account and one in points."""
    shut = ledger.open_account(session, owner=LIN, purpose="shut", asset="coin")
    points = ledger.open_account(session, owner=LIN, purpose="points", asset="point")
    post(session, move(books.issuance, books.lin, 10))
    ledger.close_account(session, shut, request_id=new_id(), now=NOW)
    return {"lin": books.lin, "cafe": books.cafe, "shut": shut.id, "points": points.id, "nowhere": NOWHERE}


@pytest.mark.parametrize(("case", "code"), PRECEDENCE)
def test_the_first_listed_refusal_wins(session: Session, accounts: dict[str, int], case: str, code: str) -> None:
    debit, credit, units = case.split()
    item = move(accounts[debit], accounts[credit], int(units))
    assert ledger.post_each(session, [item], request_id=new_id(), now=NOW) == [ledger.Outcome(None, code)]
    for items in ([item], [item, item]):
        with pytest.raises(ledger.LedgerError) as refused:
            post(session, *items)
        assert refused.value.code == code


def test_the_good_items_are_posted_and_the_others_answered(session: Session, books: Books) -> None:
    request_id = new_id()
    items = [
        move(books.lin, books.cafe, 1),
        move(books.issuance, books.lin, 5),
        move(books.lin, books.wang, 4),
        move(books.lin, books.cafe, 2),
        move(books.wang, books.cafe, 4),
    ]
    outcomes = ledger.post_each(session, items, request_id=request_id, now=NOW)
    assert [outcome.code for outcome in outcomes] == ["insufficient_balance", None, None, "insufficient_balance", None]
    assert ledger.balance(session, books.cafe).posted == 4
    assert ledger.post_each(session, items, request_id=request_id, now=NOW) == outcomes
    assert ledger.statement(session, books.cafe).lines[0].transfer_id == outcomes[4].transfer_id
    with pytest.raises(ledger.RequestConflict):
        ledger.post_each(session, items[1:], request_id=request_id, now=NOW)
    assert ledger.audit(session).holds


def test_a_closed_account_can_be_reopened(session: Session, books: Books) -> None:
    request_id = new_id()
    closed = ledger.close_account(session, books.cafe, request_id=request_id, now=NOW)
    assert closed.closed_at is not None
    assert ledger.close_account(session, books.cafe, request_id=request_id, now=NOW) == closed
    post(session, move(books.issuance, books.lin, 10))
    with pytest.raises(ledger.AccountClosed):
        post(session, move(books.lin, books.cafe, 1))
    assert ledger.reopen_account(session, books.cafe, request_id=new_id(), now=NOW).closed_at is None
    post(session, move(books.lin, books.cafe, 1))


def test_an_account_with_an_open_hold_is_not_closed(session: Session, books: Books) -> None:
    post(session, move(books.issuance, books.lin, 10))
    hold = ledger.NewHold(books.lin, books.cafe, 1, None, "voucher")
    ledger.hold(session, [hold], request_id=new_id(), now=NOW)
    for account in (books.lin, books.cafe):
        with pytest.raises(ledger.AccountInUse):
            ledger.close_account(session, account, request_id=new_id(), now=NOW)
