"""Gifts: coins or points given to an event or a carbon sink. A contribution, never an offset; it cannot be taken back.

Events and sinks call ``open_recipient(session, id=, kind="event"|"sink", name=, now=, name_en=)`` and
``close_recipient(session, id=, now=)``; the id is theirs (the event's, the sink's). ``given_to(session, [id])`` answers
``{id: {"coin": units, "point": units}}``. In the ledger it is the account of the purpose ``donated`` of that id.
"""

from rewards.gifts.actions import close_recipient, give, open_recipient
from rewards.gifts.errors import GiftConflict, GiftUnknown, RecipientClosed, RecipientInvalid, RecipientUnknown
from rewards.gifts.model import KINDS, Gift, Recipient
from rewards.gifts.queries import gift_of, gifts_of, given_to, recipient_of, recipients_by_id, recipients_open

__all__ = [
    "KINDS",
    "Gift",
    "GiftConflict",
    "GiftUnknown",
    "Recipient",
    "RecipientClosed",
    "RecipientInvalid",
    "RecipientUnknown",
    "close_recipient",
    "gift_of",
    "gifts_of",
    "give",
    "given_to",
    "open_recipient",
    "recipient_of",
    "recipients_by_id",
    "recipients_open",
]
