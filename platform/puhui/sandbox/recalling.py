"""Recalling what the platform knows of its payments, so that a sandbox that was restarted, or a demo town that was
built without one, finds the same objects and the same balance."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import psycopg

from puhui.sandbox import intents, money
from puhui.sandbox.books import Books
from puhui.sandbox.forms import Form
from puhui.sandbox.refusals import Body, Refused

_ORDER = "array_position(ARRAY['payment_intent', 'refund', 'transfer', 'payout'], kind)"
_KNOWN = f"SELECT id, kind, status, amount_fen, parent_id FROM partners.payment ORDER BY {_ORDER}, told_at, id"  # noqa: S608  # Our own words.
_CARD = "pm_card_visa"


class Known(NamedTuple):
    """A payment as the platform last knew it."""

    id: str
    kind: str
    status: str
    amount_fen: int
    parent_id: str | None


def known_payments(url: str) -> list[Known]:
    """Read what the database at *url* knows; nothing where it has no such table yet."""
    with psycopg.connect(url) as connection:
        try:
            return [Known(*row) for row in connection.execute(_KNOWN)]
        except psycopg.errors.UndefinedTable:
            return []


def recall(books: Books, known: Iterable[Known]) -> int:
    """Make each payment again under its own id and answer how many; nobody is told. What does not fit is left out."""
    told, books.tell = books.tell, None
    try:
        return sum(_recall(books, payment) for payment in known)
    finally:
        books.tell = told


def _recall(books: Books, payment: Known) -> bool:
    try:
        made = _MAKERS[payment.kind](books, payment)
    except Refused:
        return False
    kept = books.objects[payment.kind]
    kept[payment.id] = kept.pop(made["id"])
    made["id"] = payment.id
    return True


def _intent(books: Books, payment: Known) -> Body:
    confirms = [("confirm", "true")] if payment.status == "succeeded" else []
    fields = [("amount", str(payment.amount_fen)), ("currency", "cny"), ("payment_method", _CARD), *confirms]
    made = intents.create(books, Form(fields))
    made["status"] = payment.status
    return made


def _refund(books: Books, payment: Known) -> Body:
    fields = [("payment_intent", payment.parent_id or ""), ("amount", str(payment.amount_fen))]
    made = money.create_refund(books, Form(fields))
    made["status"] = payment.status
    return made


def _transfer(books: Books, payment: Known) -> Body:
    fields = [("amount", str(payment.amount_fen)), ("currency", "cny"), ("destination", "acct_recalled")]
    return money.create_transfer(books, Form(fields))


def _payout(books: Books, payment: Known) -> Body:
    made = money.create_payout(books, Form([("amount", str(payment.amount_fen)), ("currency", "cny")]))
    if payment.status == "failed":
        money.fail(books, made)
    elif payment.status == "paid":
        money.arrive(books, made)
    made["status"] = payment.status
    return made


_MAKERS: dict[str, Callable[[Books, Known], Body]] = {
    "payment_intent": _intent,
    "refund": _refund,
    "transfer": _transfer,
    "payout": _payout,
}
