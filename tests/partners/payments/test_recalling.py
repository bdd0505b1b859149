"""A sandbox that is started again knows the payments that the platform knows."""

from __future__ import annotations

from puhui.sandbox.books import Books
from puhui.sandbox.forms import Form
from puhui.sandbox.money import balance
from puhui.sandbox.recalling import Known, recall

KNOWN = [
    Known("pi_1", "payment_intent", "succeeded", 5000, None),
    Known("pi_2", "payment_intent", "requires_payment_method", 900, None),
    Known("re_1", "refund", "succeeded", 500, "pi_1"),
    Known("po_1", "payout", "paid", 1000, None),
    Known("po_2", "payout", "failed", 2000, None),
    Known("po_3", "payout", "pending", 300, None),
]


def test_what_the_platform_knows_is_there_again_with_its_balance_and_nobody_is_told() -> None:
    heard: list[object] = []
    books = Books(lambda event: heard.append(event) or 1)
    assert recall(books, KNOWN) == 6
    assert heard == []
    assert books.available_fen == 5000 - 500 - 1000 - 300
    assert {kind: [(row["id"], row["status"]) for row in books.all(kind)] for kind in ("payment_intent", "payout")} == {
        "payment_intent": [("pi_1", "succeeded"), ("pi_2", "requires_payment_method")],
        "payout": [("po_1", "paid"), ("po_2", "failed"), ("po_3", "pending")],
    }
    assert books.one("refund", "re_1")["payment_intent"] == "pi_1"
    assert balance(books, Form([]))["available"][0]["amount"] == 3200


def test_what_cannot_have_been_is_left_out() -> None:
    books = Books()
    assert recall(books, [Known("re_9", "refund", "succeeded", 5, "pi_of_another_service")]) == 0
    assert recall(books, [Known("po_9", "payout", "paid", 5, None)]) == 0
    assert books.available_fen == 0
