"""Why an offer cannot be taken. In this order: the first that applies is raised.

DomainError
├── OfferUnknown            offer
├── OfferNotOpen            offer, valid_from, valid_until
├── OfferSoldOut            offer
├── OfferLimitReached       offer, per_person
└── OfferInvalid            fields: an offer that nobody could take, or one opened before with other facts
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class OfferUnknown(DomainError):
    """No offer has this id."""

    code = "offer_unknown"


class OfferNotOpen(DomainError):
    """The offer has not begun, or is over."""

    code = "offer_not_open"


class OfferSoldOut(DomainError):
    """Nothing is left."""

    code = "offer_sold_out"


class OfferLimitReached(DomainError):
    """This person has taken as many as one person may."""

    code = "offer_limit_reached"


class OfferInvalid(DomainError):
    """The offer could never be taken, or its id was used for another offer."""

    code = "offer_invalid"
