"""Why a gift cannot be made. In this order: the first that applies is raised.

DomainError
├── RecipientInvalid    recipient: its kind or name is wrong, or its id is another's
├── RecipientUnknown    recipient
├── GiftConflict        gift: the request id was used for another gift
├── RecipientClosed     recipient, at
└── GiftUnknown         gift: there is none, or it is another citizen's
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class RecipientInvalid(DomainError):
    """The recipient's kind or name is wrong, or the id is another recipient's."""

    code = "recipient_invalid"


class RecipientUnknown(DomainError):
    """There is no such recipient."""

    code = "recipient_unknown"


class GiftConflict(DomainError):
    """The request id belongs to another gift."""

    code = "request_conflict"


class RecipientClosed(DomainError):
    """The recipient takes nothing any more."""

    code = "recipient_closed"


class GiftUnknown(DomainError):
    """There is no such gift, or it is another citizen's."""

    code = "gift_unknown"
