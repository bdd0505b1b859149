"""What a counter does, where several floors meet: any code is read by one scanner, and each act is recorded.

The audit trail is written in the transaction of the act itself, by one INSERT.
"""

from puhui.redeeming.acts import Books, Place, charge_at_counter, read_code, redeem_at_counter, undo_at_counter
from puhui.redeeming.books import books, books_of, public_keys_of
from puhui.redeeming.kinds import CODE_KINDS, kind_of
from puhui.redeeming.queue import take_in_queue

__all__ = [
    "CODE_KINDS",
    "Books",
    "Place",
    "books",
    "books_of",
    "charge_at_counter",
    "kind_of",
    "public_keys_of",
    "read_code",
    "redeem_at_counter",
    "take_in_queue",
    "undo_at_counter",
]
