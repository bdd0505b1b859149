"""Stripes: 64 self-balancing sets of books. An id says its stripe; PostgreSQL computes the same."""

from __future__ import annotations

from uuid import UUID

STRIPES = 64
STRIPE_MASK = STRIPES - 1
SPREAD_BIT = 64


def stripe_of(owner: UUID) -> int:
    """Answer the stripe, 0 to 63, in which the owner's accounts lie."""
    return owner.int & STRIPE_MASK


def whole_account(account: int) -> int:
    """Answer the id that callers know: of a sub-account, the spread account's."""
    return account & ~STRIPE_MASK if account & SPREAD_BIT else account


def stripe_of_transfer(debit: int, credit: int, home: int) -> int:
    """Answer the stripe of a transfer; *home* is the request's, used where both accounts are spread."""
    if not debit & SPREAD_BIT:
        return debit & STRIPE_MASK
    return home if credit & SPREAD_BIT else credit & STRIPE_MASK


def transfer_id(number: int, place: int, stripe: int) -> int:
    """Answer the id of the transfer (or hold) at *place* of call *number*."""
    return number << 23 | place << 6 | stripe
