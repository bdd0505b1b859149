"""Posting: lists that stand or fall together, once per request id."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

import ledger
from ledger.kernel.ids import new_id
from tests.ledger.conftest import CAFE, NOW, Books, move, post


def test_a_transfer_moves_units_from_one_account_to_the_other(session: Session, books: Books) -> None:
    post(session, move(books.issuance, books.lin, 100))
    post(session, move(books.lin, books.cafe, 30))
    assert ledger.balance(session, books.lin).available == 70
    assert ledger.balance(session, books.cafe).posted == 30
    assert ledger.balance(session, books.issuance).posted == 100
    assert ledger.audit(session).holds


def test_a_list_stands_or_falls_together(session: Session, books: Books) -> None:
    with pytest.raises(ledger.InsufficientBalance) as refused:
        post(session, move(books.issuance, books.wang, 5), move(books.lin, books.cafe, 1))
    assert refused.value.facts == {"account": books.lin, "needed": "1", "available": "0"}
    assert ledger.balance(session, books.wang).posted == 0
    post(session, move(books.issuance, books.lin, 5), move(books.lin, books.cafe, 1))
    assert ledger.balance(session, books.lin).posted == 4


@pytest.mark.parametrize("count", [1, 3])
def test_the_same_request_answers_the_first_answer_again(session: Session, books: Books, count: int) -> None:
    request_id = new_id()
    first = post(session, *[move(books.issuance, books.lin, 5)] * count, request_id=request_id)
    again = post(session, *[move(books.issuance, books.lin, 5)] * count, request_id=request_id)
    assert (first.replayed, again.replayed) == (False, True)
    assert again.transfer_ids == first.transfer_ids
    assert again.posted_at == first.posted_at
    with pytest.raises(ledger.RequestConflict):
        post(session, *[move(books.issuance, books.lin, 6)] * count, request_id=request_id)
    assert ledger.balance(session, books.lin).posted == 5 * count


def test_a_refused_request_id_may_be_used_again(session: Session, books: Books) -> None:
    request_id = new_id()
    with pytest.raises(ledger.InsufficientBalance):
        post(session, move(books.lin, books.cafe, 1), request_id=request_id)
    post(session, move(books.issuance, books.lin, 1))
    assert not post(session, move(books.lin, books.cafe, 1), request_id=request_id).replayed


def test_a_transfer_between_stripes_passes_through_clearing(session: Session, books: Books) -> None:
    post(session, move(books.issuance, books.lin, 10))
    posting = post(session, move(books.lin, books.wang, 4), move(books.lin, books.cafe, 1))
    assert ledger.balance(session, books.lin).posted == 5
    assert ledger.balance(session, books.wang).posted == 4
    assert len(posting.transfer_ids) == 2
    assert ledger.audit(session).holds


def test_a_merchant_is_paid_out_from_all_its_sub_accounts(session: Session, books: Books) -> None:
    post(session, move(books.issuance, books.lin, 10), move(books.issuance, books.wang, 10))
    post(session, move(books.lin, books.cafe, 10), move(books.wang, books.cafe, 10))
    with pytest.raises(ledger.InsufficientBalance) as refused:
        post(session, move(books.cafe, books.issuance, 21))
    assert refused.value.facts == {"account": books.cafe, "needed": "21", "available": "20"}
    post(session, move(books.cafe, books.issuance, 15), move(books.cafe, books.wang, 3))
    assert ledger.balance(session, books.cafe).posted == 2
    assert ledger.balance(session, books.wang).posted == 3
    assert ledger.audit(session).holds


def test_a_reversal_gives_back_once(session: Session, books: Books) -> None:
    post(session, move(books.issuance, books.lin, 10))
    posting = post(session, move(books.lin, books.cafe, 4), move(books.lin, books.wang, 5))
    undone = ledger.reverse(session, posting.transfer_ids, reason="duplicate scan", request_id=new_id(), now=NOW)
    assert ledger.balance(session, books.lin).posted == 10
    assert ledger.statement(session, books.wang).lines[0].reason == "duplicate scan"
    with pytest.raises(ledger.TransferReversed):
        ledger.reverse(session, posting.transfer_ids[:1], reason="again", request_id=new_id(), now=NOW)
    with pytest.raises(ledger.TransferUnknown):
        ledger.reverse(session, [undone.transfer_ids[0] + (1 << 40)], reason="none", request_id=new_id(), now=NOW)
    assert ledger.audit(session).holds


def test_a_statement_is_paged_newest_first_with_the_balance_after_each(session: Session, books: Books) -> None:
    for units in range(1, 8):
        post(session, move(books.issuance, books.lin, units), move(books.lin, books.cafe, 1))
    seen: list[tuple[int, int]] = []
    after: str | None = None
    while True:
        page = ledger.statement(session, books.lin, after=after, limit=4)
        seen += [(line.change, line.balance) for line in page.lines]
        after = page.after
        if after is None:
            break
    expected, balance = [], 0
    for units in range(1, 8):
        expected += [(units, balance + units), (-1, balance + units - 1)]
        balance += units - 1
    assert seen == expected[::-1]
    takings = ledger.statement(session, books.cafe)
    assert [line.balance for line in takings.lines] == [7, 6, 5, 4, 3, 2, 1]


def test_a_transfer_is_reversed_once_whatever_the_stripe_of_the_reversal(session: Session, books: Books) -> None:
    post(session, move(books.issuance, books.lin, 10), move(books.lin, books.cafe, 6))
    between_stripes = post(session, move(books.lin, books.wang, 4)).transfer_ids
    between_spread = post(session, move(books.cafe, books.issuance, 2)).transfer_ids
    for ids in (between_stripes, between_spread):
        with pytest.raises(ledger.TransferReversed):
            ledger.reverse(session, ids * 2, reason="twice", request_id=new_id(), now=NOW)
        ledger.reverse(session, ids, reason="once", request_id=new_id(), now=NOW)
        for _ in range(3):
            with pytest.raises(ledger.TransferReversed):
                ledger.reverse(session, ids, reason="again", request_id=new_id(), now=NOW)
    assert ledger.balance(session, books.lin).posted == 4
    assert ledger.balance(session, books.cafe).posted == 6
    assert ledger.audit(session).holds


@pytest.mark.parametrize("kind", ["", "x" * 33])
@pytest.mark.parametrize("count", [1, 2])
def test_a_kind_that_is_none_is_a_fault_of_the_program(session: Session, books: Books, kind: str, count: int) -> None:
    new = move(books.issuance, books.lin, 1)._replace(kind=kind)
    held = ledger.NewHold(books.issuance, books.lin, 1, None, kind)
    with pytest.raises(ValueError, match="a kind has 1 to 32 characters"):
        post(session, *[new] * count)
    with pytest.raises(ValueError, match="a kind has 1 to 32 characters"):
        ledger.post_each(session, [new] * count, request_id=new_id(), now=NOW)
    with pytest.raises(ValueError, match="a kind has 1 to 32 characters"):
        ledger.hold(session, [held] * count, request_id=new_id(), now=NOW)


def test_a_list_is_not_longer_than_its_ids_can_count(session: Session, books: Books) -> None:
    with pytest.raises(ValueError, match="65536"):
        post(session, *[move(books.issuance, books.lin, 1)] * 65_537)


def test_a_spread_account_with_a_floor_grows_on_its_credit_side(session: Session, books: Books) -> None:
    with pytest.raises(ValueError, match="grows on its credit side"):
        ledger.open_account(
            session, owner=CAFE, purpose="debt", asset="coin", normal_side=ledger.Side.DEBIT, spread=True
        )
